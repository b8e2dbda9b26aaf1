/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shipped rules: whole, and broken in many ways.
 */
#include "rule_text.h"

static struct buf shipped(void)
{
	const char *dir = getenv("srcdir");
	char path[4096];
	struct buf b = { 0 };
	FILE *f;

	snprintf(path, sizeof(path), "%s/rules/legacy.yaml", dir ? dir : ".");
	f = fopen(path, "r");
	assert_non_null(f);
	buf_room(&b, 1 << 20);
	b.n = fread(b.p, 1, 1 << 20, f);
	fclose(f);
	return b;
}

static void the_shipped_rules_are_whole(void **state)
{
	struct buf b = shipped();
	struct ruleset *r = load_text(b.p, b.n);
	unsigned run = 0;

	(void)state;
	must_load(r);
	assert_int_equal(ruleset_test(r, stderr, &run), 0);
	assert_true(run >= 4 * ruleset_count(r));
	for (size_t i = 0; i < ruleset_count(r); i++) {
		const struct rule *rule = ruleset_rule(r, i);

		assert_true(strlen(rule->message) > 0 && rule->fix != NULL);
		assert_true(rule->nreferences > 0 && rule->nfalse_positives > 0);
	}
	ruleset_free(r);
	buf_done(&b);
}

static struct value words(const char *s)
{
	return (struct value){ .type = VALUE_TEXT, .bytes = test_text(s) };
}

/* Of everything known but a whole offer no rule makes a finding. */
static void an_incomplete_offer_breaks_no_rule(void **state)
{
	static const uint8_t rc4[] = { 0, 5, 0, 4 };
	static struct sighting s;
	struct buf b = shipped();
	struct ruleset *r = load_text(b.p, b.n);

	(void)state;
	must_load(r);
	s.values[FIELD_OFFER_COMPLETE] = (struct value){ .type = VALUE_BOOL, .number = 0 };
	s.values[FIELD_OFFER_CIPHER_CODES] = (struct value){ .type = VALUE_CODES, .width = 2,
							     .bytes = { rc4, sizeof(rc4) } };
	s.values[FIELD_OFFER_LEGACY] = (struct value){ .type = VALUE_VERSION, .number = SSL3 };
	s.values[FIELD_OFFER_RECORD] = s.values[FIELD_OFFER_LEGACY];
	s.values[FIELD_ANSWER_VERSION] = s.values[FIELD_OFFER_LEGACY];
	s.values[FIELD_SERVICE_AREA] = words("exchange");
	for (unsigned i = 0; i < 3; i++) {
		static const char *const formats[] = { "tls", "ssl2", "quic" };

		s.values[FIELD_OFFER_FORMAT] = words(formats[i]);
		ruleset_judge(r, &s);
		assert_int_equal(s.nhits, 0);
	}
	ruleset_free(r);
	buf_done(&b);
}

/* Loads, and does with what loads all that can be done with it. */
static bool survives(const char *text, size_t n)
{
	static struct sighting s;
	struct ruleset *r = load_text(text, n);
	FILE *to = fopen("/dev/null", "w");
	bool loaded = r != NULL;
	unsigned run;

	for (size_t i = 0; loaded && i < ruleset_count(r); i++)
		rule_explain(ruleset_rule(r, i), to);
	if (loaded) {
		ruleset_test(r, to, &run);
		s.nhits = 0;
		ruleset_judge(r, &s);
	}
	ruleset_free(r);
	fclose(to);
	return loaded;
}

static uint32_t seed = 20261120;

static size_t dice(size_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

/* One of: a byte changed, a word put in, a line gone, a line twice. */
static void mutate(struct buf *b)
{
	static const char *const put_in[] = {
		"[", "]", "{", "}", ": ", "\n", "$m365", "null", "&a ", "*a", "\"", "'", "-",
		"999999999999999999999", "tls1.0", "only", "exists", "{at_most: ssl3}", "[[]]", "\t"
	};
	size_t at = dice(b->n), end = at;
	const char *word = put_in[dice(sizeof(put_in) / sizeof(put_in[0]))];

	while (end < b->n && b->p[end] != '\n')
		end++;
	switch (dice(4)) {
	case 0:
		b->p[at] = (char)dice(256);
		break;
	case 1:
		buf_room(b, 64);
		memmove(b->p + at + strlen(word), b->p + at, b->n - at);
		memcpy(b->p + at, word, strlen(word));
		b->n += strlen(word);
		break;
	case 2:
		memmove(b->p + at, b->p + end, b->n - end);
		b->n -= end - at;
		break;
	default:
		buf_room(b, end - at);
		memmove(b->p + end + (end - at), b->p + end, b->n - end);
		memcpy(b->p + end, b->p + at, end - at);
		b->n += end - at;
	}
}

static void mutants_are_survived(void **state)
{
	struct buf whole = shipped(), b = { 0 };
	unsigned loaded = 0, mutants = 400;

	(void)state;
	for (unsigned i = 0; i < mutants; i++) {
		b.n = 0;
		buf_add(&b, whole.p, whole.n);
		for (size_t k = 0; k <= dice(3); k++)
			mutate(&b);
		loaded += survives(b.p, b.n);
	}
	assert_true(loaded > 0 && loaded < mutants);	/* else it tried one path only */
	for (size_t n = 0; n < whole.n; n += 97)
		survives(whole.p, n);
	buf_done(&whole);
	buf_done(&b);
	errors_done(&errors);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_shipped_rules_are_whole),
		cmocka_unit_test(an_incomplete_offer_breaks_no_rule),
		cmocka_unit_test(mutants_are_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
