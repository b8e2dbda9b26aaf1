/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What conf.h promises: positions, refusals, and no crash on any bytes.
 */
#include "test.h"

#include <unistd.h>

#include "base/text.h"
#include "conf/conf.h"

static struct arena arena;
static struct errors errors;

static int begin(void **state)
{
	(void)state;
	arena = (struct arena){ 0 };
	errors = (struct errors){ 0 };
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_done(&arena);
	errors_done(&errors);
	return 0;
}

/* Parses a copy in a block of exactly that size. */
static struct node *parse_n(const char *text, size_t n)
{
	struct slice s = exact_copy(text, n);
	struct node *root = conf_parse(s, "f", &arena, &errors);

	exact_free(s);
	return root;
}

static struct node *parse(const char *text) { return parse_n(text, strlen(text)); }

/* The first error is exactly this one. */
static void said_first(unsigned line, unsigned col, const char *what)
{
	assert_true(errors.n > 0);
	assert_string_equal(errors.v[0].what, what);
	assert_string_equal(errors.v[0].file, "f");
	assert_int_equal(errors.v[0].line, line);
	assert_int_equal(errors.v[0].col, col);
}

/* The text is refused with exactly this error first. */
static void refused_n(const char *text, size_t n, unsigned line, unsigned col, const char *what)
{
	errors_done(&errors);
	assert_null(parse_n(text, n));
	said_first(line, col, what);
}

/* A duplicate key is said, and the tree has the first of each. */
static struct node *doubled(const char *text, unsigned line, unsigned col, const char *what)
{
	struct node *root;

	errors_done(&errors);
	root = parse(text);
	assert_non_null(root);
	assert_int_equal(errors.n, 1);
	said_first(line, col, what);
	return root;
}

static void refused(const char *text, unsigned line, unsigned col, const char *what)
{
	refused_n(text, strlen(text), line, col, what);
}

static void a_tree_has_positions(void **state)
{
	const struct node *root = parse("a: 1\nb:\n  - x\n  - {c: 'y'}\n"), *list;

	(void)state;
	assert_non_null(root);
	assert_int_equal(root->kind, NODE_MAP);
	assert_int_equal(root->n, 2);
	list = conf_get(root, "b");
	assert_int_equal(list->kind, NODE_LIST);
	assert_int_equal(list->n, 2);
	assert_true(list->items[0]->line == 3 && list->items[0]->col == 5);
	assert_false(list->items[0]->quoted);
	assert_string_equal(conf_get(list->items[1], "c")->text, "y");
	assert_true(conf_get(list->items[1], "c")->quoted);
	assert_true(conf_get(list->items[1], "c")->line == 4 &&
		    conf_get(list->items[1], "c")->col == 9);
	assert_null(conf_get(root, "c"));
	assert_null(conf_get(list, "a"));
	assert_int_equal(errors.n, 0);
}

static void json_is_read_the_same(void **state)
{
	static const char json[] =
		"\xef\xbb\xbf[{\"id\": 1,\r\n"
		"\t\"urls\":[\"a\\/b\",\"\\u00e9\"],\"required\":true}]";
	const struct node *root = parse(json), *urls;
	uint64_t id;
	bool required;

	(void)state;
	assert_non_null(root);
	assert_true(root->line == 1 && root->col == 1);
	assert_true(conf_number(conf_get(root->items[0], "id"), "f", &errors, &id) && id == 1);
	urls = conf_get(root->items[0], "urls");
	assert_string_equal(urls->items[0]->text, "a/b");
	assert_string_equal(urls->items[1]->text, "\xc3\xa9");
	assert_true(urls->line == 2);
	assert_true(conf_bool(conf_get(root->items[0], "required"), "f", &errors, &required));
	assert_true(required);
}

static void structure_that_is_refused(void **state)
{
	struct node *root;

	(void)state;
	root = doubled("a: 1\nb: 2\na: 3\nc: 4\n", 3, 1, "the key \"a\" is already at line 1");
	assert_int_equal(root->n, 3);
	assert_string_equal(conf_get(root, "a")->text, "1");
	assert_string_equal(conf_get(root, "c")->text, "4");
	doubled("{a: 1, 'a': 2}", 1, 8, "the key \"a\" is already at line 1");
	refused("[x]: 1\n", 1, 1, "a list as a key; expected a word");
	refused("? {a: 1}\n: 1\n", 1, 3, "a map as a key; expected a word");
	refused("'': 1\n", 1, 1, "an empty key; expected a word");
	refused("a: &x 1\n", 1, 4, "anchor \"&x\": anchors and aliases are not used here");
	refused("a: &x [1]\n", 1, 4, "anchor \"&x\": anchors and aliases are not used here");
	refused("a: &x {b: 1}\n", 1, 4, "anchor \"&x\": anchors and aliases are not used here");
	refused("a: *x\n", 1, 4, "alias \"*x\": anchors and aliases are not used here");
	refused("a: !!binary eA==\n", 1, 4,
		"tag \"tag:yaml.org,2002:binary\": tags are not used here");
	refused("a: \"x\\0y\"\n", 1, 4, "a NUL character in a text");
	refused("a: 1\n---\nb: 2\n", 2, 1, "a second document; expected one in a file");
	refused("", 1, 1, "nothing in it; expected YAML");
	refused("# only this\n", 1, 1, "nothing in it; expected YAML");
	refused("\xef\xbb\xbf", 1, 1, "nothing in it; expected YAML");
}

static void bytes_that_are_refused(void **state)
{
	static const char no_utf8[] = "not UTF-8; expected a text file in UTF-8";

	(void)state;
	refused("a: 1\nb: \xff\n", 2, 4, no_utf8);
	refused("a: \xc0\x80\n", 1, 4, no_utf8);		/* an overlong NUL */
	refused("a: \xe0\x80\xaf\n", 1, 4, no_utf8);
	refused("a: \xed\xa0\x80\n", 1, 4, no_utf8);		/* a surrogate */
	refused("a: \xf4\x90\x80\x80\n", 1, 4, no_utf8);	/* beyond U+10FFFF */
	refused("\xff\xfe" "a", 1, 1, no_utf8);			/* UTF-16 */
	refused("a: \xc3", 1, 4, no_utf8);
	refused_n("a: \0\n", 5, 1, 4, "the character U+0000 is not allowed in YAML");
	refused("a: 1\r\nb: \x1b[1m\n", 2, 4, "the character U+001B is not allowed in YAML");
	refused("a: \xef\xbb\xbf\n", 1, 4, "the character U+FEFF is not allowed in YAML");
}

static void syntax_that_is_refused(void **state)
{
	(void)state;
	refused("a:\n\tb: 1\n", 2, 1, "not YAML: a tab; indent with spaces");
	refused("a: @b\n", 1, 4, "not YAML: found character that cannot start any token "
		"while scanning for the next token at line 1");
	refused("a: [1, 2\n", 2, 1, "not YAML: did not find expected ',' or ']' "
		"while parsing a flow sequence at line 1");
	refused("a: 'x\n", 2, 1, "not YAML: found unexpected end of stream "
		"while scanning a quoted scalar at line 1");
	refused("a: b: c\n", 1, 5, "not YAML: mapping values are not allowed in this context");
}

/* One run names every mistake, up to a bound. */
static void mistakes_are_collected(void **state)
{
	struct buf b = { 0 };

	(void)state;
	assert_null(parse("a: 1\na: 2\nb: *x\nc: &y 1\n"));
	assert_int_equal(errors.n, 3);
	for (unsigned i = 0; i < 1000; i++)
		buf_puts(&b, "- *x\n");
	errors_done(&errors);
	assert_null(parse_n(b.p, b.n));
	assert_int_equal(errors.n, 50);
	buf_done(&b);
}

static void an_alias_bomb_is_no_bomb(void **state)
{
	struct buf b = { 0 };

	(void)state;
	buf_puts(&b, "a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
	for (unsigned i = 1; i < 20; i++) {
		buf_printf(&b, "a%u: &a%u [", i, i);
		for (unsigned k = 0; k < 9; k++)
			buf_printf(&b, "*a%u%s", i - 1, k < 8 ? ", " : "]\n");
	}
	assert_null(parse_n(b.p, b.n));
	assert_string_equal(errors.v[0].what,
			    "anchor \"&a0\": anchors and aliases are not used here");
	buf_done(&b);
}

static void nest(struct buf *b, const char *open, unsigned n)
{
	b->n = 0;
	for (unsigned i = 0; i < n; i++)
		buf_puts(b, open);
}

static void nesting_is_bounded(void **state)
{
	struct buf b = { 0 };

	(void)state;
	nest(&b, "[", CONF_DEPTH);
	for (unsigned i = 0; i < CONF_DEPTH; i++)
		buf_putc(&b, ']');
	assert_non_null(parse_n(b.p, b.n));
	nest(&b, "[", 1000000);
	refused_n(b.p, b.n, 1, CONF_DEPTH + 1, "nested deeper than 32 levels");
	nest(&b, "{a: ", 100000);
	refused_n(b.p, b.n, 1, 4 * CONF_DEPTH + 1, "nested deeper than 32 levels");
	nest(&b, "- ", 100000);
	refused_n(b.p, b.n, 1, 2 * CONF_DEPTH + 1, "nested deeper than 32 levels");
	nest(&b, "? ", 100000);
	refused_n(b.p, b.n, 1, 2 * CONF_DEPTH + 1, "nested deeper than 32 levels");
	buf_done(&b);
}

static void values_are_bounded(void **state)
{
	struct buf b = { 0 };

	(void)state;
	nest(&b, "- 1\n", CONF_NODES - 1);
	assert_non_null(parse_n(b.p, b.n));
	nest(&b, "- 1\n", CONF_NODES);
	refused_n(b.p, b.n, CONF_NODES, 3, "more than 1000000 values");
	buf_done(&b);
}

static void many_keys_are_compared(void **state)
{
	struct node *root;
	struct buf b = { 0 };

	(void)state;
	for (unsigned i = 0; i < 5000; i++)
		buf_printf(&b, "k%u: 1\n", i);
	assert_non_null(parse_n(b.p, b.n));
	buf_puts(&b, "k7: 2\n");
	root = doubled(buf_text(&b), 5001, 1, "the key \"k7\" is already at line 8");
	assert_int_equal(root->n, 5000);
	assert_string_equal(conf_get(root, "k7")->text, "1");
	buf_done(&b);
}

static void scalars_have_types(void **state)
{
	const struct node *r = parse("[12, 0x00fF, '12', 012, -1, 18446744073709551615, "
				     "18446744073709551616, 0x, true, 'true', yes, null, ~, x]");
	const char *file = "f", *text = NULL;
	bool b = false;
	uint64_t n = 0;

	(void)state;
	assert_non_null(r);
	assert_true(conf_number(r->items[0], file, &errors, &n) && n == 12);
	assert_true(conf_number(r->items[1], file, &errors, &n) && n == 255);
	assert_true(conf_number(r->items[5], file, &errors, &n) && n == UINT64_MAX);
	assert_true(conf_text(r->items[0], file, &errors, &text) && strcmp(text, "12") == 0);
	assert_true(conf_text(r->items[9], file, &errors, &text) && strcmp(text, "true") == 0);
	assert_true(conf_bool(r->items[8], file, &errors, &b) && b);
	assert_int_equal(errors.n, 0);
	for (size_t i = 2; i <= 4; i++)
		assert_false(conf_number(r->items[i], file, &errors, &n));
	assert_false(conf_number(r->items[6], file, &errors, &n));
	assert_false(conf_number(r->items[7], file, &errors, &n));
	assert_false(conf_bool(r->items[9], file, &errors, &b));
	assert_false(conf_bool(r->items[10], file, &errors, &b));	/* no YAML 1.1 "yes" */
	assert_false(conf_text(r->items[8], file, &errors, &text));
	assert_false(conf_text(r->items[11], file, &errors, &text));
	assert_false(conf_text(r->items[12], file, &errors, &text));
	assert_int_equal(errors.n, 10);
	assert_string_equal(errors.v[0].what, "the text \"12\"; expected a number");
	assert_string_equal(errors.v[6].what, "\"yes\"; expected true or false");
	assert_string_equal(errors.v[8].what,
			    "\"null\"; expected a text (in quotes, if the word is meant)");
}

static void kinds_are_checked(void **state)
{
	const struct node *r = parse("a: [1]\nb: {c: d}\ne:\n");
	const char *text = NULL;
	uint64_t n = 0;

	(void)state;
	assert_true(conf_is_map(r, "f", &errors));
	assert_true(conf_is_list(conf_get(r, "a"), "f", &errors));
	assert_false(conf_is_map(conf_get(r, "a"), "f", &errors));
	assert_false(conf_is_list(conf_get(r, "b"), "f", &errors));
	assert_false(conf_number(conf_get(r, "b"), "f", &errors, &n));
	assert_false(conf_text(conf_get(r, "e"), "f", &errors, &text));
	assert_int_equal(errors.n, 4);
	assert_string_equal(errors.v[0].what, "a list; expected a map (key: value)");
	assert_string_equal(errors.v[1].what, "a map; expected a list");
	assert_true(errors.v[1].line == 2 && errors.v[1].col == 4);
	assert_string_equal(errors.v[2].what, "a map; expected a number");
	assert_string_equal(errors.v[3].what, "nothing; expected a text");
}

static void unknown_keys_are_named(void **state)
{
	static const char *const known[] = { "level", "title" };
	const struct node *r = parse("title: x\nlevle: high\nzzz: 1\n");

	(void)state;
	assert_false(conf_keys(r, "f", &errors, known, 2));
	assert_int_equal(errors.n, 2);
	assert_string_equal(errors.v[0].what,
			    "unknown key \"levle\"; did you mean \"level\"?");
	assert_true(errors.v[0].line == 2 && errors.v[0].col == 1);
	assert_string_equal(errors.v[1].what, "unknown key \"zzz\"");
}

static const char sample[] =
	"# words\nversion: 1\nlists:\n  weak: [rc4, \"nu\\x6cl\", 'it''s']\nrules:\n"
	"  - id: a-b\n    text: |\n      many\n      lines\n    folded: >-\n      one\n      line\n"
	"    when: {offer.max: {at_most: tls1.1}, \"k\\u00e9y\": [1, 0x2]}\n    ? odd\n    : - n\n"
	"...\n";

/* Never neither and never both. */
static void tree_or_error(const char *text, size_t n)
{
	const struct node *root = parse_n(text, n);

	assert_int_equal(root != NULL, errors.n == 0);
}

static void a_prefix_never_crashes(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof(sample); n++) {
		errors_done(&errors);
		tree_or_error(sample, n);
	}
}

static void a_flipped_bit_never_crashes(void **state)
{
	char copy[sizeof(sample)];

	(void)state;
	for (size_t bit = 0; bit < 8 * (sizeof(sample) - 1); bit++) {
		memcpy(copy, sample, sizeof(sample));
		copy[bit / 8] = (char)(copy[bit / 8] ^ (1 << bit % 8));
		errors_done(&errors);
		tree_or_error(copy, sizeof(sample) - 1);
	}
}

static void files_are_read(void **state)
{
	char path[] = "/tmp/test_conf.XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "a: 1\n", 5), 5);
	close(fd);
	assert_non_null(conf_load(path, &arena, &errors));
	assert_int_equal(errors.n, 0);
	unlink(path);
	assert_null(conf_load(path, &arena, &errors));
	assert_string_equal(errors.v[0].what, "cannot be read: No such file or directory");
	assert_string_equal(errors.v[0].file, path);
	assert_null(conf_load("/", &arena, &errors));
	assert_string_equal(errors.v[1].what, "cannot be read: Is a directory");
	assert_null(conf_load("/dev/zero", &arena, &errors));
	assert_string_equal(errors.v[2].what, "larger than 64 MiB; expected a configuration file");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_tree_has_positions, begin, end),
		cmocka_unit_test_setup_teardown(json_is_read_the_same, begin, end),
		cmocka_unit_test_setup_teardown(structure_that_is_refused, begin, end),
		cmocka_unit_test_setup_teardown(bytes_that_are_refused, begin, end),
		cmocka_unit_test_setup_teardown(syntax_that_is_refused, begin, end),
		cmocka_unit_test_setup_teardown(mistakes_are_collected, begin, end),
		cmocka_unit_test_setup_teardown(an_alias_bomb_is_no_bomb, begin, end),
		cmocka_unit_test_setup_teardown(nesting_is_bounded, begin, end),
		cmocka_unit_test_setup_teardown(values_are_bounded, begin, end),
		cmocka_unit_test_setup_teardown(many_keys_are_compared, begin, end),
		cmocka_unit_test_setup_teardown(scalars_have_types, begin, end),
		cmocka_unit_test_setup_teardown(kinds_are_checked, begin, end),
		cmocka_unit_test_setup_teardown(unknown_keys_are_named, begin, end),
		cmocka_unit_test_setup_teardown(a_prefix_never_crashes, begin, end),
		cmocka_unit_test_setup_teardown(a_flipped_bit_never_crashes, begin, end),
		cmocka_unit_test_setup_teardown(files_are_read, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
