/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd: hellotap rules -- are these rules sound, what are they, what do they
 * mean, and do they do what their own tests say?
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "cmd/cmd.h"
#include "rule/rule.h"

struct subcommand {
	const char *name;
	bool wants_id;			/* the first argument is no path */
	int (*run)(const struct ruleset *r, const char *id, struct errors *e);
};

/* Rules stand in the order of their files. */
static size_t count_files(const struct ruleset *r)
{
	size_t files = 0;

	for (size_t i = 0; i < ruleset_count(r); i++)
		if (i == 0 || strcmp(ruleset_rule(r, i)->file, ruleset_rule(r, i - 1)->file) != 0)
			files++;
	return files;
}

static const char *plural(size_t n) { return n == 1 ? "" : "s"; }

static int check(const struct ruleset *r, const char *id, struct errors *e)
{
	size_t rules = ruleset_count(r), files = count_files(r);

	(void)id;
	(void)e;
	printf("%zu rule%s in %zu file%s: sound\n", rules, plural(rules), files, plural(files));
	return EXIT_DONE;
}

static int list(const struct ruleset *r, const char *id, struct errors *e)
{
	int widest = (int)strlen("RULE");

	(void)id;
	(void)e;
	for (size_t i = 0; i < ruleset_count(r); i++)
		if ((int)strlen(ruleset_rule(r, i)->id) > widest)
			widest = (int)strlen(ruleset_rule(r, i)->id);
	printf("%-*s  %-8s  %-7s  %s\n", widest, "RULE", "LEVEL", "CULPRIT", "TITLE");
	for (size_t i = 0; i < ruleset_count(r); i++) {
		const struct rule *rule = ruleset_rule(r, i);

		printf("%-*s  %-8s  %-7s  %s\n", widest, rule->id, level_names[rule->level],
		       culprit_names[rule->culprit], rule->title);
	}
	return EXIT_DONE;
}

static const char *nearest_rule(const struct ruleset *r, const char *id)
{
	size_t n = ruleset_count(r);
	const char **ids = xcalloc(n, sizeof(*ids)), *near;

	for (size_t i = 0; i < n; i++)
		ids[i] = ruleset_rule(r, i)->id;
	near = nearest(id, ids, n);
	free(ids);
	return near;
}

static int explain(const struct ruleset *r, const char *id, struct errors *e)
{
	const struct rule *rule = ruleset_find(r, id);
	const struct fix *fix = ruleset_fix(r, id);
	const char *near;

	if (rule != NULL)
		rule_explain(rule, stdout);
	else if (fix != NULL)
		fix_explain(fix, stdout);
	if (rule != NULL || fix != NULL)
		return EXIT_DONE;
	near = nearest_rule(r, id);
	errors_add(e, (struct place){ 0 }, "there is no rule or fix '%s'; %s%s%s", id,
		   near ? "did you mean '" : "see 'hellotap rules list'", near ? near : "",
		   near ? "'?" : "");
	return EXIT_USAGE;
}

static int test(const struct ruleset *r, const char *id, struct errors *e)
{
	unsigned run, failed = ruleset_test(r, stdout, &run);

	(void)id;
	(void)e;
	printf("%u test%s of %zu rule%s: %u failed\n", run, plural(run), ruleset_count(r),
	       plural(ruleset_count(r)), failed);
	return failed > 0 ? EXIT_FOUND : EXIT_DONE;
}

static const char *type_words(enum value_type type)
{
	static const char *const words[] = {
		[VALUE_NONE] = "", [VALUE_BOOL] = "bool", [VALUE_NUMBER] = "number",
		[VALUE_MS] = "ms", [VALUE_TIME] = "time", [VALUE_VERSION] = "version",
		[VALUE_TEXT] = "text", [VALUE_ADDR] = "address", [VALUE_HEX] = "hex",
		[VALUE_CODES] = "codes", [VALUE_CIPHERS] = "ciphers",
		[VALUE_VERSIONS] = "versions", [VALUE_SET] = "set", [VALUE_TEXTS] = "texts",
		[VALUE_NUMBERS] = "numbers"
	};

	return words[type];
}

static int explain_fields(void)
{
	for (size_t i = 0; i < FIELDS; i++)
		printf("%-30s %-8s %s\n", fields[i].name, type_words(fields[i].type),
		       fields[i].help);
	return EXIT_DONE;
}

static const struct subcommand subcommands[] = {
	{ "check", false, check },
	{ "list", false, list },
	{ "explain", true, explain },
	{ "test", false, test },
};

static const struct subcommand *find(const char *name, struct errors *e)
{
	const char *names[sizeof(subcommands) / sizeof(*subcommands)], *near;
	size_t n = sizeof(subcommands) / sizeof(*subcommands);

	for (size_t i = 0; i < n; i++) {
		names[i] = subcommands[i].name;
		if (strcmp(name, names[i]) == 0)
			return &subcommands[i];
	}
	near = nearest(name, names, n);
	errors_add(e, (struct place){ 0 }, "rules has no '%s'; %s%s%s", name,
		   near ? "did you mean '" : "expected check, list, explain or test",
		   near ? near : "", near ? "'?" : "");
	return NULL;
}

/* argv: the subcommand, then its arguments. */
static int run_subcommand(int argc, char **argv, struct errors *e)
{
	const struct subcommand *s = find(argv[0], e);
	int first = s && s->wants_id ? 2 : 1, code;
	struct ruleset *r;

	if (s == NULL)
		return EXIT_USAGE;
	if (argc < first) {
		errors_add(e, (struct place){ 0 }, "rules %s: an argument is missing "
			   "(hellotap help rules)", s->name);
		return EXIT_USAGE;
	}
	if (s->wants_id && strcmp(argv[1], "fields") == 0)
		return explain_fields();
	r = ruleset_load((const char *const *)argv + first, (size_t)(argc - first), e);
	if (r == NULL)
		return EXIT_USAGE;
	code = s->run(r, argv[1], e);
	ruleset_free(r);
	return code;
}

static bool take_nothing(void *arg, const char *name, const char *value, struct errors *e)
{
	(void)arg;
	(void)name;
	(void)value;
	(void)e;
	return true;
}

static int rules_run(int argc, char **argv)
{
	struct errors e = { 0 };
	int first, code = EXIT_USAGE;

	if (command_help_asked(&command_rules, argc, argv))
		return EXIT_DONE;
	first = command_options(&command_rules, argc, argv, take_nothing, NULL, &e);
	if (first == argc)
		command_help(&command_rules, stderr);
	else if (first > 0)
		code = run_subcommand(argc - first, argv + first, &e);
	return command_fail(&e, (enum exit_code)code);
}

const struct command command_rules = {
	.name = "rules",
	.usage = "check|list|explain|test [PATH ...]",
	.help = "Check, list, explain or test rules",
	.details =
		"  check [PATH ...]       every mistake in rule files and folders\n"
		"  list [PATH ...]        all rules, a line each\n"
		"  explain ID [PATH ...]  what a rule matches, in words; how a fix is done\n"
		"  explain fields         all fields that rules may ask for\n"
		"  test [PATH ...]        run the tests that stand in the rules\n\n"
		"Without a PATH: the installed rules.\n",
	.run = rules_run,
};
