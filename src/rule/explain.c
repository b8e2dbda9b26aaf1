/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule: a rule in words.
 */
#include "rule/code.h"

void test_words(struct buf *b, const struct test *t)
{
	const struct operand *with = &t->with;

	buf_puts(b, fields[t->field].name);
	if (t->op == OP_EXISTS) {
		buf_puts(b, t->exists ? " is known" : " is not known");
		return;
	}
	buf_printf(b, " %s ", ops[t->op].words);
	if (t->compares)
		buf_puts(b, fields[t->other].name);
	else if (with->nwords > 1 && t->op != OP_ONLY && t->op != OP_HAS_ALL &&
		 t->op != OP_NONE_OF)
		buf_puts(b, "one of ");
	for (size_t i = 0; i < with->nwords; i++)
		buf_printf(b, "%s%s", i > 0 ? ", " : "", with->words[i]);
}

static void print_group(const struct group *g, const char *first, const char *then, FILE *to)
{
	for (size_t i = 0; i < g->n; i++) {
		struct buf b = { 0 };

		test_words(&b, &g->tests[i]);
		fprintf(to, "%s%s\n", i > 0 ? then : first, buf_text(&b));
		buf_done(&b);
	}
}

static void print_list(const char *title, const char *const *v, size_t n, FILE *to)
{
	if (n > 0)
		fprintf(to, "\n%s\n", title);
	for (size_t i = 0; i < n; i++)
		fprintf(to, "  - %s\n", v[i]);
}

/* "winhttp-defaults  for schannel-windows-7, schannel-windows-8": a line a fix. */
static void print_choice(const struct rule *rule, const struct fix *fix, FILE *to)
{
	const char *between = "  for ";

	fprintf(to, "  fix      %s", fix->id);
	for (size_t i = 0; i < rule->nchoices; i++)
		if (rule->choices[i].fix == fix) {
			fprintf(to, "%s%s", between, rule->choices[i].when);
			between = ", ";
		}
	if (rule->nchoices > 0 && fix == rule->fix)
		fprintf(to, "%s", *between == ',' ? ", any other" : "  for any other");
	fputc('\n', to);
}

/* Whether the i-th choice is the first of its fix, which is not the rule's own either. */
static bool is_new(const struct rule *rule, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (rule->choices[k].fix == rule->choices[i].fix)
			return false;
	return rule->choices[i].fix != rule->fix;
}

static void print_choices(const struct rule *rule, FILE *to)
{
	for (size_t i = 0; i < rule->nchoices; i++)
		if (is_new(rule, i))
			print_choice(rule, rule->choices[i].fix, to);
	if (rule->fix != NULL)
		print_choice(rule, rule->fix, to);
}

static void print_step(const char *step, size_t number, FILE *to)
{
	fprintf(to, "%3zu. ", number);
	for (; *step != '\0'; step++) {
		fputc(*step, to);
		if (*step == '\n')
			fputs("     ", to);
	}
	fputc('\n', to);
}

void fix_explain(const struct fix *fix, FILE *to)
{
	fprintf(to, "%s: %s\n\n  for      %s\n", fix->id, fix->title, fix->applies_to);
	if (fix->ends != NULL)
		fprintf(to, "  ends     %s\n", fix->ends);
	fprintf(to, "  file     %s:%u\n\n", fix->file, fix->line);
	for (size_t i = 0; i < fix->nsteps; i++)
		print_step(fix->steps[i], i + 1, to);
	if (fix->superseded != NULL)
		fprintf(to, "\nSuperseded\n  %s\n", fix->superseded);
	print_list("References", fix->references, fix->nreferences, to);
}

static void print_fixes(const struct rule *rule, FILE *to)
{
	for (size_t i = 0; i < rule->nchoices; i++)
		if (is_new(rule, i)) {
			fputs("\nFix ", to);
			fix_explain(rule->choices[i].fix, to);
		}
	if (rule->fix != NULL) {
		fputs("\nFix ", to);
		fix_explain(rule->fix, to);
	}
}

static void print_unless(const struct rule_code *c, const char *first, FILE *to)
{
	if (c->nunless > 0)
		fputs(first, to);
	for (size_t i = 0; i < c->nunless; i++)
		print_group(&c->unless[i], i > 0 ? "   or " : "      ", "      and ", to);
}

static void print_code(const struct rule_code *c, FILE *to)
{
	fputs("A handshake breaks it when\n", to);
	print_group(&c->when, "      ", "  and ", to);
	for (size_t i = 0; i < c->nany; i++)
		print_group(&c->any[i], i > 0 ? "   or " : c->when.n ? "  and " : "      ",
			    "      and ", to);
	print_unless(c, "\nunless\n", to);
}

static void print_sequence(const struct sequence *q, FILE *to)
{
	struct buf b = { 0 };

	duration_print(&b, q->within);
	fprintf(to, "Handshakes break it that begin one after the other, within %s, with the "
		"same\n", buf_text(&b));
	for (size_t i = 0; i < q->nby; i++)
		fprintf(to, "%s%s", i == 0 ? "      " : i + 1 < q->nby ? ", " : " and ",
			fields[q->by[i]].name);
	fputs("\nwhen\n", to);
	for (unsigned i = 0; i < q->n; i++) {
		char first[24];

		snprintf(first, sizeof(first), "%4u. ", i + 1);
		print_group(&q->steps[i].when, first, "  and ", to);
		if (q->ends[i] && i + 1 < q->n)
			fputs("      and it ends before the next begins\n", to);
	}
	print_unless(&q->unless, "\nunless of the last of them\n", to);
	buf_done(&b);
}

void rule_explain(const struct rule *rule, FILE *to)
{
	const struct rule_code *c = rule->code;

	fprintf(to, "%s: %s\n\n  level    %s\n  culprit  %s\n", rule->id, rule->title,
		level_names[rule->level], culprit_names[rule->culprit]);
	print_choices(rule, to);
	fprintf(to, "  file     %s:%u\n\n", rule->file, rule->line);
	if (c->sequence != NULL)
		print_sequence(c->sequence, to);
	else
		print_code(c, to);
	if (*rule->message != '\0')
		fprintf(to, "\nIt says%s\n  %s\n", c->sequence ? ", of the last of them" : "",
			rule->message);
	print_list("It may be wrong when", rule->false_positives, rule->nfalse_positives, to);
	print_list("References", rule->references, rule->nreferences, to);
	print_fixes(rule, to);
}
