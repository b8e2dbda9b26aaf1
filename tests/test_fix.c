/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which fix a sighting calls for, and which fixes a finding keeps.
 * The exact words about each mistake: tests/rules.sh.
 */
#include "rule_text.h"
#include "sample.h"

#include "base/data.h"

#define CHOICES \
	"when: {offer.max: tls1.0}, fix: {schannel: ssl-off, schannel-windows-8: webclient, " \
	"schannel-windows-8-1: windows-caller, interceptor: path-device, openssl-1: measure, " \
	"configured: legacy-by-policy, default: find-program}"

static struct sighting *seen_with(const char *id, const char *family, int configured)
{
	struct sighting *s = sample_seen("10.0.0.1", TLS1_0, 0, "alert");

	if (id != NULL)
		sample_text(s, FIELD_STACK_ID, id);
	if (family != NULL)
		sample_text(s, FIELD_STACK_FAMILY, family);
	if (configured >= 0)
		s->values[FIELD_STACK_CONFIGURED] =
			(struct value){ .type = VALUE_BOOL, .number = (uint64_t)configured };
	return s;
}

static const struct {
	const char *id, *family;
	int configured;			/* -1: not known */
	const char *fix;
} cases[] = {
	{ NULL, NULL, -1, "find-program" },
	{ NULL, NULL, 0, "find-program" },
	{ NULL, NULL, 1, "legacy-by-policy" },
	{ "schannel-windows-7", "schannel", -1, "ssl-off" },
	{ "schannel-windows-7", "schannel", 0, "ssl-off" },
	{ "schannel-windows-7", "schannel", 1, "legacy-by-policy" },
	{ "schannel-windows-8", "schannel", 1, "webclient" },
	{ "schannel-windows-8-1", "schannel", 1, "windows-caller" },
	{ "schannel-windows-8-2", "schannel", 0, "webclient" },
	{ "schannel-windows-88", "schannel", 0, "ssl-off" },
	{ "openssl-1-0-0", "openssl", -1, "measure" },
	{ "openssl-10", "openssl", -1, "find-program" },
	{ "openssl", "openssl", -1, "find-program" },
	{ "tmg", "interceptor", -1, "path-device" },
	{ NULL, "interceptor", -1, "path-device" },
	{ "schann", "other", -1, "find-program" },
};

static void the_stack_chooses(void **state)
{
	struct ruleset *r = load_rule(CHOICES);

	(void)state;
	must_load(r);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sighting *s = seen_with(cases[i].id, cases[i].family, cases[i].configured);

		assert_string_equal(rule_fix(ruleset_rule(r, 0), s)->id, cases[i].fix);
		free(s);
	}
	ruleset_free(r);
}

static void one_or_none(void **state)
{
	struct sighting *s = seen_with("openssl-3", "openssl", 1);
	struct ruleset *r = load_rule("when: {offer.max: tls1.0}, fix: measure");

	(void)state;
	must_load(r);
	assert_string_equal(rule_fix(ruleset_rule(r, 0), s)->id, "measure");
	assert_ptr_equal(ruleset_fix(r, "measure"), rule_fix(ruleset_rule(r, 0), s));
	assert_null(ruleset_fix(r, "measures"));
	ruleset_free(r);
	r = load_rule("when: {offer.max: tls1.0}");
	must_load(r);
	assert_null(rule_fix(ruleset_rule(r, 0), s));
	ruleset_free(r);
	free(s);
}

/* The most called for stands first; of more than are kept, the last go without. */
static void a_finding_keeps_the_fixes(void **state)
{
	static const char *const ids[] = {
		"openssl-1-1", "schannel-windows-7", "schannel-windows-7", "schannel-windows-8",
		"schannel-windows-8-1", NULL, "schannel-windows-8", "schannel-windows-8"
	};
	static const char *const order[] = { "webclient", "ssl-off", "measure", "windows-caller" };
	static const uint64_t counts[] = { 3, 2, 1, 1 };
	struct hosts *h = hosts_new(NULL);
	struct ruleset *r = load_rule(CHOICES);
	const struct finding *const *f;

	(void)state;
	must_load(r);
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		struct sighting *s = seen_with(ids[i], NULL, -1);

		s->hits[s->nhits++] = ruleset_rule(r, 0);
		hosts_sighting(h, s);
		free(s);
	}
	assert_int_equal(hosts_findings(h, &f), 1);
	assert_int_equal(f[0]->nfixes, FIXES_MOST);
	for (unsigned i = 0; i < FIXES_MOST; i++) {
		assert_string_equal(f[0]->fixes[i].fix->id, order[i]);
		assert_int_equal(f[0]->fixes[i].count, counts[i]);
	}
	assert_int_equal(f[0]->fixes_over, 1);
	assert_int_equal(hosts_fixes_over(h), 1);
	hosts_free(h);
	ruleset_free(r);
}

/* What the steps set is there in full: keys of both views, and no value with SSL 3.0. */
static void the_shipped_fixes_are_whole(void **state)
{
	struct ruleset *r = load_rule("when: {offer.max: tls1.0}, fix: winhttp-defaults");
	const struct fix *fix;
	unsigned plain = 0, wow = 0;

	(void)state;
	must_load(r);
	fix = ruleset_fix(r, "winhttp-defaults");
	for (size_t i = 0; i < fix->nregistry; i++) {
		const struct registry_value *v = &fix->registry[i];

		if (strcmp(v->name, "DefaultSecureProtocols") == 0)
			assert_string_equal(v->value, "0x00000A00");
		if (strstr(v->key, "\\SOFTWARE\\Wow6432Node\\") != NULL)
			wow++;
		else if (strstr(v->key, "\\SOFTWARE\\") != NULL)
			plain++;
	}
	assert_int_equal(plain, 5);
	assert_int_equal(wow, plain);
	fix = ruleset_fix(r, "mailbox-client");
	assert_string_equal(fix->ends, "2026-12-31");
	assert_non_null(fix->superseded);
	ruleset_free(r);
}

/* ---- a file of fixes, and what is wrong with it ----------------------------------------- */

static char folder[] = "/tmp/test_fix.XXXXXX";

static void put_file(const char *name, const char *text, size_t n)
{
	char path[100];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
	fclose(f);
}

static struct ruleset *load_beside(const char *fixes, size_t n)
{
	static const char rule[] = "version: 1\nrules:\n- {id: a-rule, title: T, level: low, "
				   "culprit: host, when: {offer.max: tls1.0}, fix: measure}\n";
	const char *paths[] = { folder };

	put_file("rules.yaml", rule, sizeof(rule) - 1);
	put_file("fixes.yaml", fixes, n);
	errors_done(&errors);
	return ruleset_load(paths, 1, &errors);
}

/* The fixes beside a rule go before the installed ones; those fill in for what is not there. */
static void own_fixes_go_first(void **state)
{
	static const char own[] = "version: 1\nfixes:\n"
				  "- {id: measure, title: Ours, applies_to: us, steps: [Do it.]}\n";
	static const char other[] = "version: 1\nfixes:\n"
				    "- {id: other, title: T, applies_to: us, steps: [Do it.]}\n";
	struct ruleset *r = load_beside(own, sizeof(own) - 1);

	(void)state;
	must_load(r);
	assert_string_equal(ruleset_rule(r, 0)->fix->title, "Ours");
	ruleset_free(r);
	r = load_beside(other, sizeof(other) - 1);
	must_load(r);
	assert_non_null(strstr(ruleset_rule(r, 0)->fix->title, "TLS 1.0"));
	ruleset_free(r);
}

static int open_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL;
}

static int close_folder(void **state)
{
	static const char *const names[] = { "rules.yaml", "fixes.yaml" };
	char path[100];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		unlink(path);
	}
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_stack_chooses),
		cmocka_unit_test(one_or_none),
		cmocka_unit_test(a_finding_keeps_the_fixes),
		cmocka_unit_test(the_shipped_fixes_are_whole),
		cmocka_unit_test(own_fixes_go_first),
	};

	return cmocka_run_group_tests(tests, open_folder, close_folder);
}
