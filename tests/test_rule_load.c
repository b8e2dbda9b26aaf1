/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is a rule and what is none; files and folders.
 * The exact words about each mistake: tests/rules.sh.
 */
#include "rule_text.h"

#include <sys/stat.h>

/* Rules that an overzealous check might refuse. */
static const char *const sound[] = {
	"when: {offer.max: {at_least: tls1.1, at_most: tls1.1}}",
	"when: {offer.max: {is: [ssl3, tls1.2], at_most: tls1.1}}",
	"when: {offer.max: {more: tls1.2}}",
	"when: {offer.max: tls1.0, answer.version: {less: $offer.max}}",
	"when: {answer.version: {less: $offer.max, more: $offer.legacy_version}}",
	"when: {server.port: {more: 443, less: 445}}",
	"when: {server.port: {is: [443, 993], more: 443}}",
	"when: {server.name: {starts_with: a, ends_with: b, contains: c, glob: '*'}}",
	"when: {server.name: {is: [abc, cba], ends_with: c}}",
	"when: {server.name: {exists: true, ends_with: c}}",
	"when: {client.ip: {is: 10.1.0.0/16, in: 10.0.0.0/8}}",
	"when: {client.ip: {is: 10.0.0.0/8, in: 10.1.0.0/16}}",
	"when: {offer.cipher_classes: {only: [rc4, cbc], has: cbc}}",
	"when: {offer.cipher_classes: {none_of: [rc4, cbc], has: gcm}}",
	"when: {offer.cipher_classes: {none_of: [rc4]}}",
	"when: {offer.cipher_codes: {only: [rc4, 3des], has_all: [5, 10]}}",
	"when: {offer.cipher_codes: {none_of: [47], has: [ecdhe]}}",
	"when: {offer.group_codes: {none_of: [23, 24]}}",
	"when: {offer.alpn: {only: [h2], has_all: [h2]}}",
	"when: {offer.alpn: {none_of: [h2]}}",
	"when: {offer.versions: {only: [tls1.0], has: tls1.0}}",
	"when: {tls.resumed: false}, unless: {tls.established: false}",
	"when: {offer.max: {at_most: tls1.1}}, unless: {offer.max: ssl3}",
	"when: {server.port: {less: 1024}}, unless: {server.port: {less: 1023}}",
	"when: {service.area: [exchange, teams]}, unless: {service.area: teams}",
	"when: {offer.max: {at_most: tls1.1}}, any: [{offer.max: tls1.0}, {offer.ech: true}]",
	"when: {'offer.max': \"tls1.0\"}, fix: find-program",
	"when: {offer.max: tls1.0}, fix: {schannel: ssl-off, default: find-program}",
};

static void sound_rules_load(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(sound) / sizeof(sound[0]); i++) {
		struct ruleset *r = load_rule(sound[i]);

		if (r == NULL)
			print_message("%s\n", sound[i]);
		must_load(r);
		ruleset_free(r);
	}
}

/* The second rule's condition, its level and culprit, and whether the first one shadows it. */
static const struct {
	const char *first, *second;
	bool shadowed;
} pairs[] = {
	{ "when: {offer.max: tls1.0}", "when: {offer.max: tls1.0}", true },
	{ "when: {offer.max: tls1.0}", "when: {offer.max: tls1.1}", false },
	{ "when: {offer.max: [tls1.0, tls1.1]}", "when: {offer.max: tls1.1}", true },
	{ "when: {offer.max: tls1.1}", "when: {offer.max: [tls1.0, tls1.1]}", false },
	{ "when: {offer.max: {less: tls1.2}}", "when: {offer.max: {at_most: tls1.1}}", true },
	{ "when: {offer.max: {exists: true}}", "when: {offer.max: {at_most: tls1.1}}", true },
	{ "when: {offer.max: {exists: false}}", "when: {offer.max: {at_most: tls1.1}}", false },
	{ "when: {server.port: {less: 10}}", "when: {server.port: [3, 9]}", true },
	{ "when: {server.port: {less: 10}}", "when: {server.port: [3, 10]}", false },
	{ "when: {server.port: {less: 10}}",
	  "when: {server.port: {less: 9}, offer.ech: true}", true },
	{ "when: {server.port: {less: 9}, offer.ech: true}",
	  "when: {server.port: {less: 9}}", false },
	{ "when: {service.area: [exchange, teams]}", "when: {service.area: teams}", true },
	{ "when: {server.name: {ends_with: c}}", "when: {server.name: [abc, bc]}", true },
	{ "when: {server.name: {ends_with: c}}", "when: {server.name: [abc, cb]}", false },
	{ "when: {server.name: {ends_with: [b, c]}}", "when: {server.name: {ends_with: c}}", true },
	{ "when: {server.name: {ends_with: c}}", "when: {server.name: {contains: c}}", false },
	{ "when: {server.name: a}", "when: {server.name: {glob: '*'}}", false },
	{ "when: {client.ip: 10.0.0.0/8}", "when: {client.ip: {in: [10.1.0.0/16]}}", true },
	{ "when: {client.ip: 10.1.0.0/16}", "when: {client.ip: 10.0.0.0/8}", false },
	{ "when: {client.ip: 10.0.0.0/9}", "when: {client.ip: [10.0.0.0/9, 10.128.0.0/9]}", false },
	{ "when: {offer.cipher_codes: {has: [1, 2]}}", "when: {offer.cipher_codes: 2}", true },
	{ "when: {offer.cipher_codes: {has_all: [1]}}",
	  "when: {offer.cipher_codes: {has_all: [1, 2]}}", true },
	{ "when: {offer.cipher_codes: {only: [1, rc4]}}",
	  "when: {offer.cipher_codes: {only: [rc4]}}", true },
	{ "when: {offer.cipher_codes: {none_of: [1]}}",
	  "when: {offer.cipher_codes: {none_of: [1, 2]}}", true },
	{ "when: {offer.cipher_codes: {none_of: [1, 2]}}",
	  "when: {offer.cipher_codes: {none_of: [1]}}", false },
	{ "when: {answer.version: {less: $offer.max}}",
	  "when: {answer.version: {less: $offer.max}}", true },
	{ "when: {answer.version: {less: $offer.max}}", "when: {answer.version: {less: tls1.2}}",
	  false },
	{ "any: [{offer.ech: true}, {offer.psk: true}]", "when: {offer.psk: true}", true },
	{ "any: [{offer.ech: true}, {offer.psk: true}]", "when: {offer.grease: true}", false },
	{ "when: {offer.psk: true}", "any: [{offer.psk: true}, {offer.ech: true}]", false },
	{ "any: [{offer.ech: true}, {offer.psk: true}]",
	  "any: [{offer.psk: true}, {offer.ech: true}]", true },
	{ "when: {offer.ech: true}, unless: {server.port: 1}", "when: {offer.ech: true}", false },
	{ "when: {offer.ech: true}", "when: {offer.ech: true}, unless: {server.port: 1}", true },
	{ "when: {offer.ech: true}, unless: {server.port: 1}",
	  "when: {offer.ech: true}, unless: {server.port: [1, 2]}", true },
	{ "when: {offer.ech: true}, unless: {server.port: [1, 2]}",
	  "when: {offer.ech: true}, unless: {server.port: 1}", false },
};

static struct ruleset *load_pair(size_t i, const char *head)
{
	struct buf b = { 0 };
	struct ruleset *r;

	buf_printf(&b, "version: 1\nrules:\n- {id: one, title: T, level: low, culprit: host, %s}\n"
		   "- {id: two, title: T, %s, %s}\n", pairs[i].first, head, pairs[i].second);
	r = load_text(b.p, b.n);
	buf_done(&b);
	return r;
}

static void shadows_are_proven(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct ruleset *r = load_pair(i, "level: low, culprit: host");

		if ((r == NULL) != pairs[i].shadowed)
			fail_msg("%s | %s", pairs[i].first, pairs[i].second);
		if (r == NULL)
			assert_non_null(strstr(errors.v[0].what, "shadowed by \"one\""));
		ruleset_free(r);
		/* With another level or culprit it says something of its own. */
		r = load_pair(i, "level: high, culprit: host");
		must_load(r);
		ruleset_free(r);
		r = load_pair(i, "level: low, culprit: path");
		must_load(r);
		ruleset_free(r);
	}
	errors_done(&errors);
}

/* ---- files and folders ------------------------------------------------------------------ */

static char folder[] = "/tmp/test_rules.XXXXXX";

static const char *in_folder(const char *name)
{
	static char path[100];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void put(const char *name, const char *id)
{
	FILE *f = fopen(in_folder(name), "w");

	assert_non_null(f);
	fprintf(f, "version: 1\nrules:\n- {id: %s, title: T, level: low, culprit: host, "
		"when: {server.port: 1}}\n", id);
	fclose(f);
}

/* What lies beside rules is read as what it is called. */
static void put_fixes(void)
{
	FILE *f = fopen(in_folder("fixes.yaml"), "w");

	assert_non_null(f);
	fputs("version: 1\nfixes:\n- {id: a-fix, title: T, applies_to: all, steps: [Do it.]}\n",
	      f);
	fclose(f);
}

static void folders_are_read_in_order(void **state)
{
	static const char *const names[] = { "b.yaml", "a.yaml", "fixes.yaml",
					     ".c.yaml", "d.yml", "sub/e.yaml" };
	const char *paths[] = { folder, NULL };
	struct ruleset *r;

	(void)state;
	assert_non_null(mkdtemp(folder));
	errors_done(&errors);
	assert_null(ruleset_load(paths, 1, &errors));
	assert_string_equal(errors.v[0].what, "no rule files (*.yaml) in it");
	assert_int_equal(mkdir(in_folder("sub"), 0700), 0);
	assert_int_equal(mkdir(in_folder("sub.yaml"), 0700), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		put(names[i], i == 0 ? "two" : i == 1 ? "one" : "no-rule-file");
	put_fixes();
	errors_done(&errors);
	r = ruleset_load(paths, 1, &errors);
	must_load(r);
	assert_int_equal(ruleset_count(r), 2);
	assert_string_equal(ruleset_rule(r, 0)->id, "one");
	assert_string_equal(ruleset_rule(r, 1)->id, "two");
	assert_string_equal(ruleset_rule(r, 1)->file, in_folder("b.yaml"));
	assert_int_equal(ruleset_rule(r, 1)->line, 3);
	assert_ptr_equal(ruleset_find(r, "two"), ruleset_rule(r, 1));
	assert_null(ruleset_find(r, "three"));
	assert_non_null(ruleset_fix(r, "a-fix"));
	assert_null(ruleset_fix(r, "two"));
	ruleset_free(r);

	put("d.yml", "two");			/* named itself, it is read; the id is taken */
	paths[1] = strdup(in_folder("d.yml"));
	assert_null(ruleset_load(paths, 2, &errors));
	assert_int_equal(errors.n, 1);
	assert_non_null(strstr(errors.v[0].what, "the id \"two\" is already at "));
	assert_string_equal(errors.v[0].file, paths[1]);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlink(in_folder(names[i]));
	rmdir(in_folder("sub"));
	rmdir(in_folder("sub.yaml"));
	rmdir(folder);
	errors_done(&errors);
	assert_null(ruleset_load(paths, 1, &errors));
	assert_string_equal(errors.v[0].what, "cannot be read: No such file or directory");
	errors_done(&errors);
	free((char *)(uintptr_t)paths[1]);
}

static void a_rule_reads_as_words(void **state)
{
	static const char expected[] =
		"a-rule: A rule\n\n  level    low\n  culprit  host\n"
		"  file     FILE:4\n\nA handshake breaks it when\n"
		"      offer.max is at least tls1.0\n  and offer.max is at most tls1.1\n"
		"  and answer.version is less than offer.max\n"
		"  and service.area is one of exchange, teams, common\n"
		"  and server.name is not known\n  and offer.alpn has h2\n"
		"      and offer.group_codes has none of 23, 24\n   or offer.ech is true\n\n"
		"unless\n      quality.grade is poor\n   or server.port is more than 5\n"
		"      and server.port is less than 9\n\nIt says\n  {client.ip}\n\n"
		"It may be wrong when\n  - a\n  - b\n\nReferences\n  - https://example.org/\n";
	struct ruleset *r = load_rule(
		"when: {offer.max: {at_least: tls1.0, at_most: tls1.1}, "
		"answer.version: {less: $offer.max}, service.area: [$areas, common], "
		"server.name: {exists: false}}, any: [{offer.alpn: h2, "
		"offer.group_codes: {none_of: [23, 24]}}, {offer.ech: true}], "
		"unless: {quality.grade: poor, server.port: {more: 5, less: 9}}, "
		"message: '{client.ip}', false_positives: [a, b], "
		"references: ['https://example.org/']");
	char *text = NULL;
	size_t n = 0;
	FILE *to = open_memstream(&text, &n);
	struct rule rule;

	(void)state;
	must_load(r);
	rule = *ruleset_rule(r, 0);
	rule.file = "FILE";
	rule_explain(&rule, to);
	fclose(to);
	assert_string_equal(text, expected);
	free(text);
	ruleset_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sound_rules_load),
		cmocka_unit_test(shadows_are_proven),
		cmocka_unit_test(folders_are_read_in_order),
		cmocka_unit_test(a_rule_reads_as_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
