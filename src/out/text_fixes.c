/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text: what to change, each fix once, in the order of the findings that call
 * for it; then those that their steps send the reader to.
 *
 * Lines of a step that begin with a space (registry keys, commands) are there
 * to be copied: they are never wrapped.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "out/file.h"
#include "out/report.h"

enum { INDENT = 4, NUMBER = 3, LABEL = 12, NAMED_MOST = 20 };

static bool calls_for(const struct finding *f, const struct fix *fix)
{
	for (unsigned i = 0; i < f->nfixes; i++)
		if (f->fixes[i].fix == fix)
			return true;
	return false;
}

static int by_culprit(const void *a, const void *b)
{
	const struct finding *x = *(const struct finding *const *)a;
	const struct finding *y = *(const struct finding *const *)b;
	int order = (int)x->rule->culprit - (int)y->rule->culprit;

	if (order == 0)
		order = addr_cmp(&x->who, &y->who);
	return order != 0 ? order : (int)x->port - (int)y->port;
}

/* The culprits that need the fix, each once, whatever number of rules it breaks. */
static size_t list_culprits(const struct report *r, const struct fix *fix,
			    const struct finding **ret)
{
	size_t all = 0, n = 0;

	for (size_t i = 0; i < r->nfindings; i++)
		if (calls_for(r->findings[i], fix))
			ret[all++] = r->findings[i];
	qsort(ret, all, sizeof(*ret), by_culprit);
	for (size_t i = 0; i < all; i++)
		if (i == 0 || by_culprit(&ret[i - 1], &ret[i]) != 0)
			ret[n++] = ret[i];
	return n;
}

static bool offers_more(const struct finding *f)
{
	return f->host != NULL && host_low_offers(f->host) > 0 && host_high_offers(f->host) > 0;
}

static void put_label(const struct report *r, const char *label, struct buf *b)
{
	page_spaces(&r->page, INDENT);
	buf_puts(r->page.to, label);
	page_spaces(&r->page, LABEL - (unsigned)strlen(label));
	page_wrap(&r->page, INDENT + LABEL, buf_slice(b));
	b->n = 0;
}

/* Those of n culprits that do, or do not, offer TLS 1.2 elsewhere. */
static void put_culprits(const struct report *r, const struct finding *const *v, size_t n,
			 bool more)
{
	size_t most = r->sink->verbose ? n : NAMED_MOST, named = 0, left = 0;
	struct buf b = { 0 };

	for (size_t i = 0; i < n; i++) {
		if (offers_more(v[i]) != more)
			continue;
		if (named == most) {
			left++;
			continue;
		}
		buf_puts(&b, named++ ? ", " : "");
		report_culprit(r, &b, v[i]);
	}
	if (left > 0) {
		buf_puts(&b, " and ");
		text_grouped(&b, left);
		buf_puts(&b, " more (-v names them)");
	}
	if (more && named > 0)
		buf_puts(&b, ": other hellos from there offer TLS 1.2 or more, so it is one "
			     "program's setting (or one machine behind a shared address), not "
			     "the whole machine's");
	if (named > 0)
		put_label(r, more ? "One caller" : "Needed by", &b);
	buf_done(&b);
}

static void put_line(const struct report *r, unsigned indent, struct slice line)
{
	struct buf b = { 0 };
	char *text;

	buf_add(&b, line.p, line.n);
	text = xstrdup(buf_text(&b));
	b.n = 0;
	report_words(&b, text);
	if (line.n > 0 && line.p[0] == ' ') {
		buf_add(r->page.to, b.p, b.n);
		buf_putc(r->page.to, '\n');
	} else {
		page_wrap(&r->page, indent, buf_slice(&b));
	}
	free(text);
	buf_done(&b);
}

static void put_step(const struct report *r, const char *step, size_t number)
{
	unsigned indent = INDENT + NUMBER;
	size_t start = r->page.to->n;

	page_spaces(&r->page, INDENT);
	buf_number(r->page.to, number);
	buf_putc(r->page.to, '.');
	while (r->page.to->n - start < indent)
		buf_putc(r->page.to, ' ');
	for (;;) {
		size_t n = strcspn(step, "\n");

		put_line(r, indent, (struct slice){ (const uint8_t *)step, n });
		if (step[n] == '\0')
			break;
		step += n + 1;
		page_spaces(&r->page, indent);
	}
}

/* Addresses are not wrapped either. */
static void put_references(const struct report *r, const struct fix *fix, struct buf *b)
{
	for (size_t i = 0; i < fix->nreferences; i++) {
		page_spaces(&r->page, INDENT);
		buf_puts(r->page.to, i ? "" : "See");
		page_spaces(&r->page, LABEL - (i ? 0 : 3));
		report_words(b, fix->references[i]);
		buf_add(r->page.to, b->p, b->n);
		buf_putc(r->page.to, '\n');
		b->n = 0;
	}
}

enum { NAMED_FIXES = 32 };		/* by the steps of others */

/* Those that are called for, and behind them those that their steps name. */
struct told {
	const struct fix **v;
	size_t needed, n;
};

static bool is_among(const struct fix *const *told, size_t n, const struct fix *fix)
{
	for (size_t i = 0; i < n; i++)
		if (told[i] == fix)
			return true;
	return false;
}

/* A word of a step as the id of a fix; its end in *end.  NULL: it is none. */
static const struct fix *fix_at(const struct report *r, const char *word, const char **end)
{
	size_t n = strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789-");
	char id[64];

	*end = word + (n ? n : 1);
	if (n == 0 || n >= sizeof(id) || r->sum->rules == NULL)
		return NULL;
	memcpy(id, word, n);
	id[n] = '\0';
	return strchr(id, '-') ? ruleset_fix(r->sum->rules, id) : NULL;
}

/* Adds the fixes that a step of those needed names. */
static void add_named(const struct report *r, struct told *told, const char *step)
{
	while (*step != '\0') {
		const struct fix *fix = fix_at(r, step, &step);

		if (fix != NULL && told->n < told->needed + NAMED_FIXES &&
		    !is_among(told->v, told->n, fix))
			told->v[told->n++] = fix;
	}
}

static bool names(const struct report *r, const struct fix *by, const struct fix *fix)
{
	for (size_t i = 0; i < by->nsteps; i++)
		for (const char *at = by->steps[i]; *at != '\0';)
			if (fix_at(r, at, &at) == fix)
				return true;
	return false;
}

/* The fixes needed whose steps send the reader to this one. */
static void put_namers(const struct report *r, const struct told *told, const struct fix *fix,
		       struct buf *b)
{
	for (size_t i = 0; i < told->needed; i++)
		if (names(r, told->v[i], fix))
			buf_printf(b, "%s%s", b->n > 0 ? ", " : "", told->v[i]->id);
	put_label(r, "Named by", b);
}

static void put_fix(const struct report *r, const struct told *told, size_t at,
		    const struct finding **room)
{
	const struct fix *fix = told->v[at];
	size_t n = list_culprits(r, fix, room);
	struct buf b = { 0 };

	buf_putc(r->page.to, '\n');
	buf_printf(&b, "%s: ", fix->id);
	report_words(&b, fix->title);
	page_ink(&r->page, INK_STRONG);
	page_wrap(&r->page, INDENT, buf_slice(&b));
	page_ink(&r->page, INK_PLAIN);
	b.n = 0;
	put_culprits(r, room, n, false);
	put_culprits(r, room, n, true);
	if (at >= told->needed)
		put_namers(r, told, fix, &b);
	report_words(&b, fix->applies_to);
	put_label(r, "Applies to", &b);
	for (size_t i = 0; i < fix->nsteps; i++)
		put_step(r, fix->steps[i], i + 1);
	if (fix->ends != NULL) {
		buf_printf(&b, "%s; what helps until then helps no longer", fix->ends);
		put_label(r, "Ends", &b);
	}
	if (fix->superseded != NULL) {
		report_words(&b, fix->superseded);
		put_label(r, "Superseded", &b);
	}
	put_references(r, fix, &b);
	buf_done(&b);
}

/* Each fix that is called for, in the order of the findings. */
static size_t list_fixes(const struct report *r, const struct fix **told)
{
	size_t n = 0;

	for (size_t i = 0; i < r->nfindings; i++)
		for (unsigned k = 0; k < r->findings[i]->nfixes; k++)
			if (!is_among(told, n, r->findings[i]->fixes[k].fix))
				told[n++] = r->findings[i]->fixes[k].fix;
	return n;
}

static void put_heading(const struct report *r)
{
	const char *words = "What is needed, and then the fixes that the steps of these name.";

	page_heading(&r->page, "FIXES");
	page_wrap(&r->page, 0, (struct slice){ (const uint8_t *)words, strlen(words) });
}

void report_fixes(const struct report *r)
{
	const struct finding **room = xcalloc(r->nfindings + 1, sizeof(struct finding *));
	struct told told = { .v = xcalloc(r->nfindings * FIXES_MOST + NAMED_FIXES,
					  sizeof(struct fix *)) };

	told.needed = told.n = list_fixes(r, told.v);
	if (told.n > 0)
		put_heading(r);
	for (size_t i = 0; i < told.needed; i++)
		for (size_t k = 0; k < told.v[i]->nsteps; k++)
			add_named(r, &told, told.v[i]->steps[k]);
	for (size_t i = 0; i < told.n; i++) {
		put_fix(r, &told, i, room);
		file_relieve(r->sink);
	}
	free(told.v);
	free(room);
}
