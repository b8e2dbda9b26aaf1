/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule: stacks: what a form asks for, in words: why a hello bears its name.
 */
#include "rule/stack.h"

enum { SHOWN = 8 };		/* codes of a list written out */

static const struct { const char *is, *none; } nouns[STACK_LISTS] = {
	{ "suites", "no suites" }, { "extensions", "no extensions" }, { "groups", "no groups" },
	{ "point formats", "no point formats" }, { "compression", "no compression methods" },
	{ "SSL 2.0 suites", "no SSL 2.0 suites" },
};

static const char *const verbs[STACK_OPS] = {
	"exactly", "begin", "end", "all in the order of", "none but", "have", "lack",
	"have one of", "at least", "at most"
};

static void codes_words(struct buf *b, const struct codes *c, enum stack_list list, bool whole)
{
	int digits = list == STACK_KINDS ? 6 : list >= STACK_POINTS ? 2 : 4;

	if (c->n == 0 || (c->name != NULL && !whole)) {
		buf_printf(b, " %s", c->n > 0 ? c->name : "none");
		return;
	}
	for (size_t i = 0; i < c->n && (whole || c->n <= SHOWN + 2 || i < SHOWN); i++)
		buf_printf(b, " %0*x", digits, c->v[i]);
	if (!whole && c->n > SHOWN + 2)
		buf_printf(b, " ... (%zu)", c->n);
}

static void test_say(struct buf *b, const struct list_test *t, bool whole)
{
	if (t->op == STACK_IS && t->n == 1 && t->choices[0].n == 0) {
		buf_puts(b, nouns[t->list].none);
		return;
	}
	buf_printf(b, "%s %s", nouns[t->list].is, verbs[t->op]);
	if (t->op >= STACK_LEAST)
		buf_printf(b, " %zu", t->number);
	for (size_t i = 0; i < t->n; i++) {
		if (i > 0)
			buf_puts(b, " or");
		codes_words(b, &t->choices[i], t->list, whole);
	}
}

static void versions_words(struct buf *b, const char *what, const struct versions *of, bool same)
{
	char token[TLS_TOKEN];

	if (of->n == 0 && !same)
		return;
	buf_printf(b, "%s%s", b->n > 0 ? "; " : "", what);
	if (same)
		buf_puts(b, " the hello's");
	for (size_t i = 0; i < of->n; i++)
		buf_printf(b, "%s %s", i > 0 || same ? " or" : "",
			   tls_version_token(of->v[i], token));
}

static void bits_words(struct buf *b, const char *what, unsigned bits, const char *const *names)
{
	const char *between = " ";

	if (bits == 0)
		return;
	buf_printf(b, "%s%s", b->n > 0 ? "; " : "", what);
	for (unsigned i = 0; names[i] != NULL; i++) {
		if (!(bits & 1U << i))
			continue;
		buf_printf(b, "%s%s", between, names[i]);
		between = " or ";
	}
}

void form_words(struct buf *b, const struct form *f, bool whole)
{
	static const char *const formats[] = { "tls", "ssl2", NULL };

	bits_words(b, "format", f->formats, formats);
	versions_words(b, "hello's version", &f->version, false);
	versions_words(b, "offers at most", &f->max, false);
	versions_words(b, "record's version", &f->record, f->record_same);
	for (size_t i = 0; i < f->ntests; i++) {
		buf_puts(b, b->n > 0 ? "; " : "");
		test_say(b, &f->tests[i], whole);
	}
	bits_words(b, "renegotiation SCSV (00ff)", f->scsv, stack_scsv_names);
	if (f->has_grease)
		buf_printf(b, "%s%s", b->n > 0 ? "; " : "", f->grease ? "GREASE" : "no GREASE");
}
