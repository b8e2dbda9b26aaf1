/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shipped rules, whole; broken ones: test_mutants.c.
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_shipped_rules_are_whole),
		cmocka_unit_test(an_incomplete_offer_breaks_no_rule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
