/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every shipped file of rules, fixes, stacks, issuers and endpoints, broken in some
 * thousands of ways: it is refused with words, or what was loaded is what it
 * now says.  Never is a change passed over: if what is written differs, what was
 * loaded differs.  MUTANTS_SEED=N in the environment makes others.
 */
#include "meaning.h"

#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MUTANTS = 700, TEXT_MOST = 1 << 20 };

static char folder[] = "/tmp/test_mutants.XXXXXX";
static uint32_t seed;

static size_t dice(size_t n)
{
	seed = seed * 1664525 + 1013904223;
	return n > 0 ? (seed >> 8) % n : 0;
}

static void at_path(char path[static 4096], const char *dir, const char *name)
{
	snprintf(path, 4096, "%s/%s", dir, name);
}

static struct buf slurp(const char *path)
{
	struct buf b = { 0 };
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	buf_room(&b, TEXT_MOST);
	b.n = fread(b.p, 1, TEXT_MOST, f);
	fclose(f);
	return b;
}

static void spill(const char *path, const char *p, size_t n)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, n, f), n);
	fclose(f);
}

/* ---- what stands beside a file of rules: the same ids, and little else --------------------- */

static void put_fixes(const struct ruleset *r)
{
	char path[4096];
	FILE *f;

	at_path(path, folder, "fixes.yaml");
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("version: 1\nfixes:\n", f);
	for (size_t i = 0; i < map_count(r->books->ids); i++) {
		const struct fix *fix = map_value(r->books->ids, i);

		fprintf(f, "- {id: %s, title: T, applies_to: A, steps: [S]}\n", fix->id);
	}
	fclose(f);
}

static void put_stacks(const struct ruleset *r)
{
	const char *last = "";
	char path[4096];
	FILE *f;

	at_path(path, folder, "stacks.yaml");
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("version: 1\nstacks:\n", f);
	for (size_t i = 0; i < r->stacks->n; i++) {
		const struct stack *s = &r->stacks->forms[i]->stack;

		if (strcmp(s->id, last) != 0)
			fprintf(f, "- {id: %s, family: %s, label: L, tls12: 'yes', confidence: "
				"low, source: S, match: {suites: 0001 %04zx}}\n", s->id,
				s->family, i + 16);
		last = s->id;
	}
	fclose(f);
}

/* ---- loading ------------------------------------------------------------------------------- */

/* Whatever can be done with rules, done once. */
static void use(const struct ruleset *r, FILE *nowhere)
{
	static struct sighting s;
	unsigned run;

	s.nhits = s.hits_over = 0;
	ruleset_test(r, nowhere, &run);
	ruleset_judge(r, &s);
	ruleset_judge_late(r, &s);
}

static void say_loaded(FILE *to, const struct ruleset *r, const char *path, enum kind kind)
{
	struct arena a = { 0 };
	struct errors e = { 0 };
	struct issuer_names names;

	if (kind != KIND_ISSUERS) {
		say_ruleset(to, r, kind);
		return;
	}
	names = issuers_in(conf_load(path, &a, &e));
	say_issuers(to, &names, r);
	arena_done(&a);
	errors_done(&e);
}

/* What was loaded, in words; NULL: it was refused, in words too. */
static char *load_rules(const char *path, enum kind kind)
{
	char beside[4096], *words = NULL;
	const char *paths[] = { path, beside };
	struct errors e = { 0 };
	struct ruleset *r;
	size_t n = 0;
	FILE *to;

	at_path(beside, folder, "stacks.yaml");
	r = ruleset_load(paths, kind == KIND_STACKS ? 1 : 2, &e);
	assert_int_equal(r == NULL, e.n > 0);
	errors_done(&e);
	if (r == NULL)
		return NULL;
	to = open_memstream(&words, &n);
	say_loaded(to, r, path, kind);
	fclose(to);
	to = fopen("/dev/null", "w");
	use(r, to);
	fclose(to);
	ruleset_free(r);
	return words;
}

static char *load_endpoints(const char *path)
{
	struct m365 *m = m365_new();
	struct errors e = { 0 };
	struct file_form form;
	char *words = NULL;
	size_t n = 0;
	bool sound = read_file(m, path, -1, &e, &form);

	assert_int_equal(sound, e.n == 0);
	errors_done(&e);
	if (sound) {
		FILE *to = open_memstream(&words, &n);

		m365_seal(m);
		say_endpoints(to, m, &form);
		fclose(to);
	}
	m365_free(m);
	return words;
}

static char *loaded_from(const char *path, enum kind kind)
{
	return kind == KIND_ENDPOINTS ? load_endpoints(path) : load_rules(path, kind);
}

static char *written_in(const char *path, enum kind kind)
{
	struct arena a = { 0 };
	struct errors e = { 0 };
	const struct node *root = conf_load(path, &a, &e);
	char *words = NULL;
	size_t n = 0;
	FILE *to = open_memstream(&words, &n);

	if (root != NULL)
		say_tree(to, root, kind);
	fclose(to);
	arena_done(&a);
	errors_done(&e);
	return words;
}

/* ---- mutants ------------------------------------------------------------------------------- */

static size_t line_end(const struct buf *b, size_t at)
{
	while (at < b->n && b->p[at] != '\n')
		at++;
	return at;
}

static size_t line_begin(const struct buf *b, size_t at)
{
	while (at > 0 && b->p[at - 1] != '\n')
		at--;
	return at;
}

/* n bytes at `at` make room for text. */
static void replace(struct buf *b, size_t at, size_t n, const char *text, size_t size)
{
	buf_room(b, size + 1);
	memmove(b->p + at + size, b->p + at + n, b->n - at - n);
	memcpy(b->p + at, text, size);
	b->n += size - n;
}

/* The value of a line somewhere: behind its colon or hyphen, up to its end or a comma. */
static void some_value(const struct buf *b, size_t *ret_at, size_t *ret_n)
{
	size_t at = line_begin(b, dice(b->n)), end = line_end(b, at), stops = 1;

	for (size_t i = at; i < end; i++)
		stops += strchr(":,[{", b->p[i]) != NULL;
	stops = dice(stops);
	while (at < end && (stops > 0 || strchr(" -[{", b->p[at]) != NULL))
		stops -= strchr(":,[{", b->p[at++]) != NULL && stops > 0;
	*ret_at = at;
	while (at < end && strchr(",]}", b->p[at]) == NULL &&
	       !(b->p[at] == ':' && at + 1 < end && b->p[at + 1] == ' '))
		at++;
	*ret_n = at - *ret_at;
}

static const char *const put_in[] = {
	"[", "]", "{", "}", ": ", "\n", "$m365", "null", "&a ", "*a", "\"", "'", "-", "#", "!!str ",
	"999999999999999999999", "18446744073709551615", "-1", "0x", "0", "1.5", "tls1.0", "only",
	"exists", "{at_most: ssl3}", "[[]]", "\t", "true", "~", "''", "{}", "[a, [b]]", "\xff",
	"offer.max", "99999", "high", "host", "10.0.0.0/33", "::/0", "2026-02-30", "|\n", "? ", "%",
	"500ms", "match", "c02b", "$none",
};

static void put_word(struct buf *b)
{
	const char *word = put_in[dice(sizeof(put_in) / sizeof(put_in[0]))];
	size_t at = dice(b->n), n = 0;

	if (dice(3) > 0)
		some_value(b, &at, &n);
	replace(b, at, n, word, strlen(word));
}

static void nest(struct buf *b)
{
	char deep[400];
	size_t n = 1 + dice(sizeof(deep)), at, size;

	memset(deep, dice(2) ? '[' : '{', n);
	some_value(b, &at, &size);
	replace(b, at, dice(2) ? size : 0, deep, n);
}

static void swap_values(struct buf *b)
{
	size_t at, n, other, size;
	char first[400], second[400];

	some_value(b, &at, &n);
	some_value(b, &other, &size);
	if (n > sizeof(first) || size > sizeof(second) || (at < other + size && other < at + n))
		return;
	memcpy(first, b->p + at, n);
	memcpy(second, b->p + other, size);
	if (at < other) {
		replace(b, other, size, first, n);
		replace(b, at, n, second, size);
	} else {
		replace(b, at, n, second, size);
		replace(b, other, size, first, n);
	}
}

static size_t key_of(const struct buf *b, size_t at)
{
	size_t end = line_end(b, at), begin = line_begin(b, at), n = 0;

	while (begin < end && strchr(" -", b->p[begin]) != NULL)
		begin++;
	while (begin + n < end && b->p[begin + n] != ':')
		n++;
	return begin + n < end ? n : 0;
}

/* The value of a line becomes that of another with the same key: it loads, often. */
static void borrow_value(struct buf *b)
{
	size_t at = line_begin(b, dice(b->n)), n = key_of(b, at), other = at;
	size_t begin = at, from, size;
	char value[400];

	while (begin < b->n && strchr(" -", b->p[begin]) != NULL)
		begin++;
	for (unsigned tries = 0; n > 0 && tries < 200 && other == at; tries++) {
		size_t line = line_begin(b, dice(b->n)), start = line;

		while (start < b->n && strchr(" -", b->p[start]) != NULL)
			start++;
		if (line != at && key_of(b, line) == n &&
		    memcmp(b->p + start, b->p + begin, n) == 0)
			other = start;
	}
	if (other == at)
		return;
	from = other + n;
	size = line_end(b, from) - from;
	if (size > sizeof(value))
		return;
	memcpy(value, b->p + from, size);
	begin += n;
	replace(b, begin, line_end(b, begin) - begin, value, size);
}

/* One item of a list in brackets is gone, or a digit is another. */
static void change_a_little(struct buf *b)
{
	size_t at = dice(b->n), n = 0;

	if (dice(2)) {
		while (at < b->n && (b->p[at] < '0' || b->p[at] > '9'))
			at++;
		if (at < b->n)
			b->p[at] = (char)('0' + dice(10));
		return;
	}
	while (at < b->n && strchr("[,", b->p[at]) == NULL)
		at++;
	at++;
	while (at + n < b->n && strchr(",]\n", b->p[at + n]) == NULL)
		n++;
	if (at + n < b->n)
		replace(b, at, n + (b->p[at + n] == ','), "", 0);
}

static void change_byte(struct buf *b)
{
	static const char bits[] = "$:[]{}\"'>-# \n0123456789abcdefxyz\\,.&*|";
	size_t at = dice(b->n);

	b->p[at] = dice(4) > 0 ? bits[dice(sizeof(bits) - 1)] : (char)dice(256);
}

static void change_lines(struct buf *b, bool twice)
{
	size_t at = line_begin(b, dice(b->n)), end = at;
	char *copy;

	for (size_t lines = 1 + dice(3); lines > 0 && end < b->n; lines--)
		end = line_end(b, end) + 1;
	if (end > b->n)
		end = b->n;
	copy = malloc(end - at + 1);
	memcpy(copy, b->p + at, end - at);
	if (twice)
		replace(b, at, 0, copy, end - at);
	else
		replace(b, at, end - at, "", 0);
	free(copy);
}

static void mutate(struct buf *b)
{
	size_t at = dice(b->n), n;

	switch (dice(18)) {
	case 0:	change_byte(b);				break;
	case 1:	change_lines(b, false);			break;
	case 2:	change_lines(b, true);			break;
	case 3:
	case 4:	swap_values(b);				break;
	case 5:	nest(b);				break;
	case 6:	replace(b, line_begin(b, at), 0, "    ", 1 + dice(4));	break;
	case 7:						/* a piece is gone, or the rest */
		n = dice(8) > 0 ? dice(40) : b->n;
		replace(b, at, n < b->n - at ? n : b->n - at, "", 0);
		break;
	case 8:
	case 9: put_word(b);				break;
	case 10:
	case 11:
	case 12:
	case 13: borrow_value(b);			break;
	default: change_a_little(b);
	}
	if (b->n == 0)
		buf_puts(b, "\n");
}

struct tally {
	unsigned refused, same, other;
};

static void try(const char *path, const struct buf *b, enum kind kind, const char *written,
		const char *words, struct tally *t)
{
	char *now, *says;

	spill(path, b->p, b->n);
	now = loaded_from(path, kind);
	says = now ? written_in(path, kind) : NULL;
	if (now == NULL) {
		t->refused++;
	} else if (strcmp(says, written) == 0) {
		t->same++;
	} else {
		t->other++;
		if (strcmp(now, words) == 0) {
			fail_msg("this loads as if it were not changed: %s", path);
		}
	}
	free(now);
	free(says);
}

static void mutants_of(const char *source, const char *name, enum kind kind)
{
	struct buf whole = slurp(source), b = { 0 };
	struct tally t = { 0 };
	char path[4096], *written, *words;

	at_path(path, folder, name);
	spill(path, whole.p, whole.n);
	written = written_in(path, kind);
	words = loaded_from(path, kind);
	if (words == NULL)
		fail_msg("%s does not load", source);
	seed = getenv("MUTANTS_SEED") ? (uint32_t)atoi(getenv("MUTANTS_SEED")) : 20261120;
	for (unsigned i = 0; i < MUTANTS; i++) {
		b.n = 0;
		buf_add(&b, whole.p, whole.n);
		for (size_t k = dice(3) > 0; k < 2; k++)
			mutate(&b);
		try(path, &b, kind, written, words, &t);
	}
	print_message("%s: %u refused, %u the same, %u other\n", name, t.refused, t.same, t.other);
	assert_true(t.refused > MUTANTS / 10 && t.other > MUTANTS / 20);
	unlink(path);
	free(written);
	free(words);
	buf_done(&whole);
	buf_done(&b);
}

/* ---- the files ------------------------------------------------------------------------------ */

static const char *base_name(const char *path)
{
	return strrchr(path, '/') + 1;
}

static void each(const char *pattern, bool named, enum kind kind)
{
	const char *dir = getenv("srcdir");
	char path[4096];
	glob_t files;
	unsigned n = 0;

	at_path(path, dir ? dir : ".", pattern);
	assert_int_equal(glob(path, 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		const char *name = base_name(files.gl_pathv[i]);
		bool special = strcmp(name, "fixes.yaml") == 0 ||
			       strcmp(name, "stacks.yaml") == 0 ||
			       strcmp(name, "issuers.yaml") == 0;

		if (special && !named)
			continue;
		mutants_of(files.gl_pathv[i], name, kind);
		n++;
	}
	assert_true(n > 0);
	globfree(&files);
}

static void of_rules(void **state)
{
	(void)state;
	each("rules/*.yaml", false, KIND_RULES);
}

static void of_endpoints(void **state)
{
	(void)state;
	each("rules/endpoints/*.yaml", false, KIND_ENDPOINTS);
}

static void of_issuers(void **state)
{
	(void)state;
	each("rules/issuers.yaml", true, KIND_ISSUERS);
}

/* These take the places of what rules stand beside: they come last. */
static void of_fixes(void **state)
{
	(void)state;
	each("rules/fixes.yaml", true, KIND_FIXES);
}

static void of_stacks(void **state)
{
	(void)state;
	each("rules/stacks.yaml", true, KIND_STACKS);
}

static int open_folder(void **state)
{
	struct errors e = { 0 };
	struct ruleset *r = ruleset_load(NULL, 0, &e);

	(void)state;
	if (mkdtemp(folder) == NULL || r == NULL)
		return -1;
	put_fixes(r);
	put_stacks(r);
	ruleset_free(r);
	return 0;
}

static int close_folder(void **state)
{
	static const char *const names[] = { "fixes.yaml", "stacks.yaml" };
	char path[4096];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		at_path(path, folder, names[i]);
		unlink(path);
	}
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_rules),
		cmocka_unit_test(of_endpoints),
		cmocka_unit_test(of_issuers),
		cmocka_unit_test(of_fixes),
		cmocka_unit_test(of_stacks),
	};

	return cmocka_run_group_tests(tests, open_folder, close_folder);
}
