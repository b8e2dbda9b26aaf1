/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd: identify: decode one ClientHello, given as hex or as bytes, and name
 * the TLS stack behind it.
 *
 * What it prints are the fields of the offer and of the stack, the same ones
 * that `read` puts into a record, and what else sends these bytes; nothing is
 * known of who sent it and what became of it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "cmd/cmd.h"
#include "cmd/hello_text.h"
#include "fact/sighting.h"
#include "out/out.h"
#include "rule/rule.h"

#define HEX_TEXT "0123456789abcdefABCDEFxX:, \t\r\n"

enum { INPUT_MOST = 4 << 20, RULES_MOST = 64 };

struct identify {
	const char *output, *hex;
	const char *rules[RULES_MOST];
	size_t nrules;
};

static bool identify_take(void *arg, const char *name, const char *value, struct errors *e)
{
	struct identify *set = arg;

	if (strcmp(name, "hex") == 0) {
		set->hex = value;
		return true;
	}
	if (strcmp(name, "rules") == 0) {
		if (set->nrules < RULES_MOST)
			set->rules[set->nrules++] = value;
		else
			errors_add(e, (struct place){ 0 }, "--rules: more than %d paths",
				   RULES_MOST);
		return e->n == 0;
	}
	set->output = value;
	if (strcmp(value, "text") == 0 || strcmp(value, "json") == 0)
		return true;
	errors_add(e, (struct place){ 0 }, "--output wants text or json, not '%s'", value);
	return false;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Hex with white space, colons and "0x" in it, to bytes in place; false: *bad is what is no hex. */
static bool unhex(struct buf *b, size_t *bad)
{
	size_t n = 0;
	int high = -1;

	for (size_t i = 0; i < b->n; i++) {
		char c = b->p[i];
		int d = digit(c);

		if (c != '\0' && strchr(" \t\r\n:,", c) != NULL)
			continue;
		if (high == 0 && (c == 'x' || c == 'X')) {
			high = -1;
		} else if (d < 0) {
			*bad = i;
			return false;
		} else if (high < 0) {
			high = d;
		} else {
			b->p[n++] = (char)(high << 4 | d);
			high = -1;
		}
	}
	*bad = b->n;
	b->n = n;
	return high < 0;
}

static bool read_input(const char *path, struct buf *ret, struct errors *e)
{
	bool standard = strcmp(path, "-") == 0;
	FILE *f = standard ? stdin : fopen(path, "rb");
	size_t n;

	if (f == NULL) {
		errors_add(e, (struct place){ path, 0, 0 }, "cannot be read: %s", strerror(errno));
		return false;
	}
	do {
		buf_room(ret, 65536);
		n = fread(ret->p + ret->n, 1, 65536, f);
		ret->n += n;
	} while (n > 0 && ret->n <= INPUT_MOST);
	if (ferror(f))
		errors_add(e, (struct place){ path, 0, 0 }, "cannot be read: %s", strerror(errno));
	else if (ret->n > INPUT_MOST)
		errors_add(e, (struct place){ path, 0, 0 }, "too long for one ClientHello");
	if (!standard)
		fclose(f);
	return e->n == 0;
}

/* A handshake message with its own header but no record around it. */
static enum parse parse_bare(struct slice s, struct hello *ret)
{
	struct cursor c = cursor_of(s);
	uint8_t type = cur_u8(&c);
	uint32_t length = cur_u24(&c);
	size_t there = cur_left(&c);

	if (type != 1 || !cur_ok(&c) || there > length)
		return PARSE_BAD;
	if (client_hello_parse(cur_rest(&c), there == length, ret) != PARSE_OK)
		return PARSE_BAD;
	ret->size = length + 4;
	return PARSE_OK;
}

/*
 * The ClientHello at the start of s, in whichever wrapping; room is for one that
 * is split over records, and must live as long as *ret.
 */
static enum parse parse_any(struct slice s, struct buf *room, struct hello *ret)
{
	struct tls_reader r = { .room = NULL };
	struct cursor c = cursor_of(s);
	struct tls_unit u;
	uint32_t want;
	enum tls_says says = tls_read(&r, &c, &u);

	if (says == TLS_ROOM) {
		buf_room(room, TLS_MESSAGE_MAX);
		r.room = (uint8_t *)room->p;
		r.room_size = TLS_MESSAGE_MAX;
		says = tls_read(&r, &c, &u);
	}
	if (says == TLS_SSL2_HELLO)
		return sslv2_client_hello_parse(u.body, true, ret);
	if (says == TLS_MESSAGE && u.type == 1) {
		enum parse p = client_hello_parse(u.body, true, ret);

		ret->record_version = u.record_version;
		return p;
	}
	if (says == TLS_MORE && tls_partial(&r, cur_rest(&c), &u, &want) && u.type == 1) {
		enum parse p = client_hello_parse(u.body, false, ret);

		ret->record_version = u.record_version;
		ret->size = want;
		return p;
	}
	return parse_bare(s, ret);
}

/* Leaves only the facts that lie in the hello itself. */
static void keep_offer(struct sighting *s)
{
	for (size_t i = 0; i < FIELDS; i++)
		if (strncmp(fields[i].json, "hellotap.offer.", 15) != 0 &&
		    strncmp(fields[i].json, "hellotap.stack.", 15) != 0 &&
		    strncmp(fields[i].json, "tls.client.", 11) != 0)
			s->values[i].type = VALUE_NONE;
	s->ts = s->ts_end = 0;
}

static enum exit_code print_hello(const struct identify *set, const struct ruleset *rules,
				  const struct hello *hello, struct errors *e)
{
	struct handshake h = {
		.offer = hello, .outcome = { .result = RESULT_UNFINISHED },
		.stack = ruleset_stack(rules, hello), .explain = true
	};
	struct sighting *s = sighting_new(&h);
	struct sink *sink;
	bool written;

	if (s == NULL)
		return EXIT_IO;
	keep_offer(s);
	if (strcmp(set->output, "text") == 0) {
		hello_text(s, hello->ciphers_said / 2, stdout);
		sighting_free(s);
		return ferror(stdout) ? EXIT_IO : EXIT_DONE;
	}
	sink = sink_open(set->output, e);
	if (sink != NULL)
		sink_handshake(sink, s);
	written = sink != NULL && sink_close(sink, e);
	sighting_free(s);
	return written ? EXIT_DONE : EXIT_IO;
}

/* Bytes, or hex in a file: a file of nothing but hex digits is hex. */
static bool get_bytes(const struct identify *set, const char *path, struct buf *ret,
		      struct errors *e)
{
	size_t bad;

	if (set->hex == NULL) {
		if (!read_input(path, ret, e))
			return false;
		if (strspn(buf_text(ret), HEX_TEXT) == ret->n)
			(void)unhex(ret, &bad);
		return true;
	}
	buf_puts(ret, set->hex);
	if (unhex(ret, &bad))
		return true;
	if (bad < strlen(set->hex))
		errors_add(e, (struct place){ 0 }, "--hex: '%c' at place %zu is no hex digit",
			   set->hex[bad], bad + 1);
	else
		errors_add(e, (struct place){ 0 }, "--hex: half a byte at the end");
	return false;
}

static enum exit_code identify(const struct identify *set, const char *path,
			       const struct ruleset *rules, struct errors *e)
{
	struct buf bytes = { 0 }, room = { 0 };
	struct hello hello;
	enum exit_code code = EXIT_IO;

	if (!get_bytes(set, path, &bytes, e)) {
		code = set->hex ? EXIT_USAGE : EXIT_IO;
	} else if (parse_any(buf_slice(&bytes), &room, &hello) == PARSE_OK) {
		code = print_hello(set, rules, &hello, e);
	} else {
		errors_add(e, (struct place){ set->hex ? NULL : path, 0, 0 },
			   "no ClientHello in these %zu bytes; expected a TLS record (16 03 ...), "
			   "an SSLv2-format hello (80 .. 01 ...) or a handshake message (01 ...)",
			   bytes.n);
	}
	buf_done(&bytes);
	buf_done(&room);
	return code;
}

static int identify_run(int argc, char **argv)
{
	struct identify set = { .output = "text" };
	struct errors e = { 0 };
	int first = command_options(&command_identify, argc, argv, identify_take, &set, &e);
	int operands = argc - first;
	enum exit_code code = EXIT_USAGE;
	struct ruleset *rules;

	if (first < 0)
		return command_fail(&e, EXIT_USAGE);
	if (operands + (set.hex != NULL) != 1) {
		errors_add(&e, (struct place){ 0 },
			   "identify what? give --hex HEX, or one file, or - for standard input");
		return command_fail(&e, EXIT_USAGE);
	}
	rules = ruleset_load(set.rules, set.nrules, &e);
	if (rules != NULL)
		code = identify(&set, argv[first], rules, &e);
	ruleset_free(rules);
	return command_fail(&e, code);
}

static const struct option_spec options[] = {
	{ "output", 'o', "text|json", "how to print it" },
	{ "hex", 0, "HEX", "the bytes; white space and colons are passed over" },
	{ "rules", 0, "PATH", "rule file or folder, with its stacks.yaml; repeatable" },
	{ 0 }
};

const struct command command_identify = {
	.name = "identify",
	.usage = "[-o NAME] [--rules PATH] [--hex HEX | FILE|-]",
	.help = "Name the TLS stack behind a ClientHello, and decode it",
	.options = options,
	.run = identify_run,
};
