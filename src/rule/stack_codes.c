/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule: stacks: lists of codes, and what is asked of them.
 */
#include <string.h>

#include "base/map.h"
#include "rule/stack.h"

const char *const stack_list_names[] = {
	"suites", "extensions", "groups", "points", "compression", "kinds", NULL
};
const char *const stack_op_names[] = {
	"is", "starts", "ends", "within", "only", "has", "lacks", "any", "least", "most", NULL
};

static const unsigned list_digits[STACK_LISTS] = { 4, 4, 4, 2, 2, 6 };

/* ---- codes --------------------------------------------------------------------------------- */

static bool code_of(const char *word, size_t n, unsigned digits, uint32_t *ret)
{
	*ret = 0;
	for (size_t i = 0; i < n; i++) {
		static const char all[] = "0123456789abcdef";
		const char *at = memchr(all, word[i], 16);

		if (at == NULL)
			return false;
		*ret = *ret << 4 | (uint32_t)(at - all);
	}
	return n == digits;
}

static bool say_order(struct loader *l, const struct map *orders, const struct node *n,
		      const char *name)
{
	size_t count = map_count(orders);
	const char **names = arena_alloc(l->arena, (count + 1) * sizeof(*names));
	struct buf meant = { 0 };

	for (size_t i = 0; i < count; i++)
		names[i] = arena_text(l->arena, map_key(orders, i));
	rule_say(l, n, "no order \"%s\"%s", name, rule_meant(&meant, name, names, count));
	buf_done(&meant);
	return false;
}

/* The order that a word "$name" names; NULL: said. */
static const struct codes *named(struct loader *l, const struct map *orders,
				 const struct node *n, struct slice word)
{
	struct slice name = { word.p + 1, word.n - 1 };
	void **found = orders ? map_find(orders, name) : NULL;
	struct order *order = found ? *found : NULL;

	if (orders == NULL)
		rule_say(l, n, "\"%.*s\": no name of an order can stand here; expected codes",
			 (int)word.n, (const char *)word.p);
	else if (order == NULL)
		say_order(l, orders, n, arena_text(l->arena, name));
	else
		order->used = true;
	return order ? &order->codes : NULL;
}

/* The word's codes at the end of *ret, which has room for STACK_CODES. */
static bool add_word(struct loader *l, const struct map *orders, const struct node *n,
		     struct slice word, unsigned digits, uint32_t *v, struct codes *ret)
{
	const char *text = (const char *)word.p;
	uint32_t code;
	const struct codes *more = &(struct codes){ .v = &code, .n = 1 };

	if (*text == '$') {
		more = named(l, orders, n, word);
		if (more == NULL)
			return false;
		ret->name = arena_text(l->arena, (struct slice){ word.p + 1, word.n - 1 });
	} else if (!code_of(text, word.n, digits, &code)) {
		return rule_say(l, n, "\"%.*s\" is no code here; expected %u hexadecimal digits, "
				"0 to 9 and a to f", (int)word.n, text, digits);
	}
	for (size_t i = 0; i < more->n; i++) {
		if (ret->n == STACK_CODES)
			return rule_say(l, n, "more than %d codes", STACK_CODES);
		if (codes_have(ret, more->v[i]))
			return rule_say(l, n, "%0*x stands twice", (int)digits, more->v[i]);
		v[ret->n++] = more->v[i];
		ret->mask |= code_bit(more->v[i]);
	}
	return true;
}

bool codes_read(struct loader *l, const struct map *orders, const struct node *n,
		unsigned digits, struct codes *ret)
{
	uint32_t v[STACK_CODES], *kept;
	const char *text = NULL;
	size_t words = 0;

	*ret = (struct codes){ .v = v };
	if (!conf_text(n, l->file, l->errors, &text))
		return false;
	for (text += strspn(text, " \t\n"); *text != '\0'; text += strspn(text, " \t\n")) {
		size_t size = strcspn(text, " \t\n");

		if (!add_word(l, orders, n, (struct slice){ (const uint8_t *)text, size },
			      digits, v, ret))
			return false;
		text += size;
		words++;
	}
	if (words != 1)
		ret->name = NULL;
	kept = arena_alloc(l->arena, (ret->n + 1) * sizeof(*kept));
	memcpy(kept, v, ret->n * sizeof(*kept));
	ret->v = kept;
	return words > 0 || rule_say(l, n, "no code; expected one at least");
}

/* ---- conditions ---------------------------------------------------------------------------- */

/* Whether a form could ever see this code in that list; false: said. */
static bool is_seen(struct loader *l, const struct node *n, enum stack_list list, uint32_t code)
{
	bool grease = list <= STACK_GROUPS && tls_is_grease((uint16_t)code);

	if (list == STACK_SUITES && code == 0x00ff)
		return rule_say(l, n, "00ff does not count among the suites; ask for it with "
				"\"scsv\"");
	if ((list == STACK_SUITES && code == 0x5600) ||
	    (list == STACK_EXTENSIONS && (code == EXT_PADDING || code == EXT_PRE_SHARED_KEY)))
		return rule_say(l, n, "%04x does not count among the %s: it comes and goes with "
				"the connection", code, stack_list_names[list]);
	return !grease || rule_say(l, n, "%04x is GREASE and does not count; ask for it with "
				   "\"grease\"", code);
}

static bool read_choice(struct loader *l, const struct map *orders, struct list_test *t,
			const struct node *n, struct codes *ret)
{
	const struct map *usable = t->list <= STACK_GROUPS ? orders : NULL;

	if (t->op == STACK_IS && n->kind == NODE_SCALAR && strcmp(n->text, "none") == 0)
		return true;
	if (!codes_read(l, usable, n, list_digits[t->list], ret))
		return false;
	for (size_t i = 0; i < ret->n; i++)
		if (!is_seen(l, n, t->list, ret->v[i]))
			return false;
	return true;
}

/* Codes, or a list of such: one of them.  "none" is the empty list. */
static bool read_choices(struct loader *l, const struct map *orders, struct list_test *t,
			 const struct node *n)
{
	size_t count = n->kind == NODE_LIST ? n->n : 1;
	struct codes *choices = arena_alloc(l->arena, (count + 1) * sizeof(*choices));
	bool sound = true;

	if (count == 0)
		return rule_say(l, n, "an empty list; expected codes");
	for (size_t i = 0; i < count; i++)
		sound &= read_choice(l, orders, t, n->kind == NODE_LIST ? n->items[i] : n,
				     &choices[i]);
	if (t->op == STACK_LACKS && count > 1)
		return rule_say(l, n, "a list under \"lacks\"; expected codes, none of which "
				"may be there");
	t->choices = choices;
	t->n = count;
	return sound;
}

static bool read_number(struct loader *l, struct list_test *t, const struct node *n)
{
	uint64_t number;

	if (!conf_number(n, l->file, l->errors, &number))
		return false;
	if (number == 0 || number > STACK_CODES)
		return rule_say(l, n, "%s is out of range; expected 1 to %d", n->text,
				STACK_CODES);
	t->number = (size_t)number;
	return true;
}

static bool read_one(struct loader *l, const struct map *orders, const struct node *key,
		     const struct node *n, struct list_test *t)
{
	for (unsigned op = 0; op < STACK_OPS; op++) {
		if (strcmp(key->text, stack_op_names[op]) != 0)
			continue;
		t->op = (enum stack_op)op;
		return op >= STACK_LEAST ? read_number(l, t, n) : read_choices(l, orders, t, n);
	}
	return false;		/* conf_keys() has said it */
}

bool list_read(struct loader *l, const struct map *orders, enum stack_list list,
	       const struct node *n, struct list_test *ret, size_t *ret_n)
{
	struct list_test *t = &ret[*ret_n];
	bool sound;

	*t = (struct list_test){ .list = list, .op = STACK_IS };
	if (n->kind != NODE_MAP) {
		++*ret_n;
		return read_choices(l, orders, t, n);
	}
	sound = conf_keys(n, l->file, l->errors, stack_op_names, STACK_OPS);
	if (n->n == 0)
		sound = rule_say(l, n, "an empty map; expected codes, or is, starts, within ...");
	for (size_t i = 0; i < n->n && sound; i++) {
		ret[*ret_n] = (struct list_test){ .list = list };
		sound = read_one(l, orders, n->items[2 * i], n->items[2 * i + 1], &ret[*ret_n]);
		++*ret_n;
	}
	return sound;
}
