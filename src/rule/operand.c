/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule: the right side of a condition, read as the field's type wants it.
 *
 * The same reader serves the facts of inline tests, so both are checked alike.
 */
#include <inttypes.h>
#include <string.h>

#include "rule/code.h"

static const char *const tokens[] = { "ssl2", "ssl3", "tls1.0", "tls1.1", "tls1.2", "tls1.3",
				      "dtls1.0", "dtls1.2", "dtls1.3" };

enum { TOKENS = sizeof(tokens) / sizeof(tokens[0]), CODE_MOST = 0xffffff, TEXT_MOST = 255 };

const struct node *list_named(const struct loader *l, const struct node *n)
{
	const struct node *list;

	if (n->kind != NODE_SCALAR || n->quoted || *n->text != '$' || l->lists == NULL)
		return NULL;
	list = conf_get(l->lists, n->text + 1);
	return list && list->kind == NODE_LIST ? list : NULL;
}

/* ---- one item --------------------------------------------------------------------------- */

static bool put_number(struct operand *to, uint64_t n)
{
	to->numbers[to->nnumbers++] = n;
	return true;
}

static bool put_text(struct operand *to, const void *p, size_t n)
{
	to->texts[to->ntexts++] = (struct slice){ p, n };
	return true;
}

static bool read_version(struct loader *l, const struct node *n, struct operand *to)
{
	struct buf meant = { 0 };
	const char *text;
	uint16_t version;

	if (!conf_text(n, l->file, l->errors, &text))
		return false;
	version = tls_version_of(text);
	if (version != 0)
		return put_number(to, version);
	rule_say(l, n, "unknown version \"%s\"%s", text,
		 rule_meant_or(&meant, text, tokens, TOKENS));
	buf_done(&meant);
	return false;
}

/* Words of a closed vocabulary must be among them; the bit number, or -1 and said. */
static int read_word(struct loader *l, enum field_id id, const struct node *n, const char *text)
{
	size_t nwords = 0;
	const char *const *words = field_words(id, &nwords);
	struct buf meant = { 0 };

	for (size_t i = 0; i < nwords; i++)
		if (strcmp(words[i], text) == 0)
			return (int)i;
	rule_say(l, n, "%s is never \"%s\"%s", fields[id].name, text,
		 rule_meant_or(&meant, text, words, nwords));
	buf_done(&meant);
	return -1;
}

static bool read_text(struct loader *l, enum field_id id, enum op_id op, const struct node *n,
		      struct operand *to)
{
	size_t nwords;
	const char *text;

	if (!conf_text(n, l->file, l->errors, &text))
		return false;
	if (*text == '\0')
		return rule_say(l, n, "an empty text; expected one character at least");
	if (fields[id].type == VALUE_TEXTS && strlen(text) > TEXT_MOST)
		return rule_say(l, n, "a text of %zu bytes; expected %d at most", strlen(text),
				TEXT_MOST);
	if (op == OP_IS && field_words(id, &nwords) != NULL && read_word(l, id, n, text) < 0)
		return false;
	return put_text(to, text, strlen(text));
}

/* Position among the classes, or -1. */
static int class_of(const char *name)
{
	for (int bit = 0; bit < 64 && tls_class_names[bit] != NULL; bit++)
		if (strcmp(tls_class_names[bit], name) == 0)
			return bit;
	return -1;
}

/* A number, an IANA name, or a class of suites where suites are meant. */
static bool read_code(struct loader *l, enum field_id id, const struct node *n,
		      struct operand *to)
{
	bool digits = n->kind == NODE_SCALAR && !n->quoted && *n->text >= '0' && *n->text <= '9';
	int bit = n->kind == NODE_SCALAR && field_has_ciphers(id) ? class_of(n->text) : -1;
	const char *text;
	uint64_t code;

	if (bit >= 0 && (n->quoted || strcmp(n->text, "null") != 0)) {
		to->mask |= UINT64_C(1) << bit;
		return true;
	}
	if (digits) {
		if (!conf_number(n, l->file, l->errors, &code))
			return false;
		if (code > CODE_MOST)
			return rule_say(l, n, "%s is too large; expected a code up to 0xffffff",
					n->text);
		return put_number(to, code);
	}
	if (!conf_text(n, l->file, l->errors, &text))
		return false;
	if (field_code_of(id, text, &code))
		return put_number(to, code);
	if (field_has_ciphers(id))
		return rule_say(l, n, "unknown suite \"%s\"; expected a number, an IANA name "
				"(TLS_...) or a class of suites", text);
	return rule_say(l, n, "unknown code \"%s\"; expected a number or an IANA name", text);
}

static bool read_addr(struct loader *l, const struct node *n, struct operand *to)
{
	const char *text;

	if (!conf_text(n, l->file, l->errors, &text))
		return false;
	if (!prefix_parse(text, &to->blocks[to->nblocks]))
		return rule_say(l, n, "\"%s\" is no address block; expected 10.0.0.0/8, "
				"2001:db8::/32 or an address", text);
	to->nblocks++;
	return true;
}

static bool read_ms(struct loader *l, const struct node *n, struct operand *to)
{
	uint64_t ms;

	if (!conf_number(n, l->file, l->errors, &ms))
		return false;
	if (ms > UINT64_MAX / 1000000)
		return rule_say(l, n, "%s milliseconds are too many", n->text);
	return put_number(to, ms * 1000000);
}

static bool read_time(struct loader *l, const struct node *n, struct operand *to)
{
	const char *text;
	uint64_t ns;

	if (!conf_text(n, l->file, l->errors, &text))
		return false;
	if (!time_parse(text, &ns))
		return rule_say(l, n, "\"%s\" is no date; expected 2026-12-31 or "
				"2026-12-31T23:59:59Z", text);
	return put_number(to, ns);
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool read_hex(struct loader *l, const struct node *n, struct operand *to)
{
	const char *text;
	uint8_t *bytes;
	size_t count;

	if (!conf_text(n, l->file, l->errors, &text))
		return false;
	count = strlen(text) / 2;
	bytes = arena_alloc(l->arena, count);
	for (size_t i = 0; i < 2 * count; i++) {
		if (digit_of(text[i]) < 0)
			count = 0;
		else
			bytes[i / 2] = (uint8_t)(bytes[i / 2] << 4 | digit_of(text[i]));
	}
	if (count == 0 || text[2 * count] != '\0')
		return rule_say(l, n, "\"%s\" is no hex; expected two digits a byte", text);
	return put_text(to, bytes, count);
}

static bool read_set(struct loader *l, enum field_id id, const struct node *n,
		     struct operand *to)
{
	const char *text;
	int bit;

	if (!conf_text(n, l->file, l->errors, &text))
		return false;
	bit = read_word(l, id, n, text);
	if (bit < 0)
		return false;
	to->mask |= UINT64_C(1) << bit;
	return true;
}

static bool read_number(struct loader *l, enum field_id id, const struct node *n,
			struct operand *to)
{
	uint64_t number;

	if (!conf_number(n, l->file, l->errors, &number))
		return false;
	if (number > field_most(id))
		return rule_say(l, n, "%s is never %s; expected 0 to %" PRIu64, fields[id].name,
				n->text, field_most(id));
	return put_number(to, number);
}

static bool read_bool(struct loader *l, const struct node *n, struct operand *to)
{
	bool yes;

	return conf_bool(n, l->file, l->errors, &yes) && put_number(to, yes);
}

static bool read_item(struct loader *l, enum field_id id, enum op_id op, const struct node *n,
		      struct operand *to)
{
	switch (fields[id].type) {
	case VALUE_BOOL:	return read_bool(l, n, to);
	case VALUE_MS:		return read_ms(l, n, to);
	case VALUE_TIME:	return read_time(l, n, to);
	case VALUE_VERSION:
	case VALUE_VERSIONS:	return read_version(l, n, to);
	case VALUE_TEXT:
	case VALUE_TEXTS:	return read_text(l, id, op, n, to);
	case VALUE_ADDR:	return read_addr(l, n, to);
	case VALUE_HEX:		return read_hex(l, n, to);
	case VALUE_CODES:
	case VALUE_CIPHERS:	return read_code(l, id, n, to);
	case VALUE_SET:		return read_set(l, id, n, to);
	case VALUE_NUMBER:
		return id == FIELD_ANSWER_CIPHER || id == FIELD_ANSWER_GROUP ?
		       read_code(l, id, n, to) : read_number(l, id, n, to);
	default:		return read_number(l, id, n, to);
	}
}

/* ---- all items -------------------------------------------------------------------------- */

/* How many items there are at most, $names opened. */
static size_t room_for(const struct loader *l, const struct node *n)
{
	const struct node *named = list_named(l, n);
	size_t room = 0;

	if (named != NULL)
		return named->n;
	if (n->kind != NODE_LIST)
		return 1;
	for (size_t i = 0; i < n->n; i++) {
		named = list_named(l, n->items[i]);
		room += named ? named->n : 1;
	}
	return room;
}

static bool say_unknown_name(struct loader *l, const struct node *n)
{
	const char *names[FIELDS + 64];
	struct buf meant = { 0 };
	size_t count = 0;

	if (field_find(n->text + 1) != NULL)
		return rule_say(l, n, "\"%s\" is a field; expected a value or a list here",
				n->text);
	for (size_t i = 0; l->lists != NULL && i < l->lists->n && count < 64; i++)
		names[count++] = l->lists->items[2 * i]->text;
	for (size_t i = 0; i < FIELDS; i++)
		names[count++] = fields[i].name;
	rule_meant(&meant, n->text + 1, names, count);
	rule_say(l, n, "\"%s\" names no list and no field%s", n->text, buf_text(&meant));
	buf_done(&meant);
	return false;
}

/* A value, no list and no name of one. */
static bool read_leaf(struct loader *l, enum field_id id, enum op_id op, const struct node *n,
		      struct operand *to)
{
	if (n->kind == NODE_LIST || list_named(l, n) != NULL)
		return rule_say(l, n, "a list in a list; expected values");
	if (n->kind == NODE_SCALAR && !n->quoted && *n->text == '$')
		return say_unknown_name(l, n);
	to->words[to->nwords++] = n->text;
	return read_item(l, id, op, n, to);
}

static bool read_list(struct loader *l, enum field_id id, enum op_id op, const struct node *list,
		      struct operand *to)
{
	bool sound = true;

	for (size_t i = 0; i < list->n; i++)
		sound &= read_leaf(l, id, op, list->items[i], to);
	return sound;
}

static bool read_items(struct loader *l, enum field_id id, enum op_id op, const struct node *n,
		       struct operand *to)
{
	const struct node *named = list_named(l, n);
	bool sound = true;

	if (named != NULL)
		return read_list(l, id, op, named, to);
	if (n->kind != NODE_LIST)
		return read_leaf(l, id, op, n, to);
	for (size_t i = 0; i < n->n; i++) {
		named = list_named(l, n->items[i]);
		sound &= named ? read_list(l, id, op, named, to) :
			 read_leaf(l, id, op, n->items[i], to);
	}
	return sound;
}

bool operand_parse(struct loader *l, enum field_id id, enum op_id op, const struct node *n,
		   struct operand *ret)
{
	size_t room = room_for(l, n);

	*ret = (struct operand){
		.numbers = arena_alloc(l->arena, room * sizeof(*ret->numbers)),
		.texts = arena_alloc(l->arena, room * sizeof(*ret->texts)),
		.blocks = arena_alloc(l->arena, room * sizeof(*ret->blocks)),
		.words = arena_alloc(l->arena, room * sizeof(*ret->words)),
	};
	return read_items(l, id, op, n, ret);
}
