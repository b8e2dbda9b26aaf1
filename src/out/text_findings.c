/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text: findings, the worst first, each with what shows it.
 *
 * Of one rule the first ten are told in full, the others by name; -v tells all.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "out/file.h"
#include "out/report.h"

enum { INDENT = 10, EVIDENCE_SHOWN = 3, TOLD_MOST = 10 };

static void put_title(const struct report *r, const struct finding *f)
{
	const char *level = level_names[f->rule->level];
	struct buf b = { 0 };

	buf_putc(r->page.to, '\n');
	page_ink(&r->page, report_ink(f->rule->level));
	buf_puts(r->page.to, level);
	page_ink(&r->page, INK_PLAIN);
	page_spaces(&r->page, INDENT - (unsigned)strlen(level));
	report_culprit(r, &b, f);
	if (f->host != NULL && f->count < f->host->handshakes) {
		buf_puts(&b, ", in ");
		text_grouped(&b, f->count);
		buf_puts(&b, " of ");
		report_count(&b, f->host->handshakes, "handshake");
	}
	buf_puts(&b, ": ");
	report_words(&b, f->rule->title);
	buf_printf(&b, " [%s]", f->rule->id);
	page_ink(&r->page, INK_STRONG);
	page_wrap(&r->page, INDENT, buf_slice(&b));
	page_ink(&r->page, INK_PLAIN);
	buf_done(&b);
}

static void put_paragraph(const struct report *r, struct buf *b)
{
	page_spaces(&r->page, INDENT);
	page_wrap(&r->page, INDENT, buf_slice(b));
	b->n = 0;
}

/* What the host does over all: a finding on some of its handshakes is not all there is. */
static void put_host(const struct report *r, const struct finding *f, struct buf *b)
{
	if (!finding_because(f, BECAUSE_HOST, b))
		return;
	b->p[0] = (char)toupper((unsigned char)b->p[0]);
	buf_putc(b, '.');
	put_paragraph(r, b);
}

/* When it was seen, and how well. */
static void put_seen(const struct report *r, const struct finding *f, struct buf *b)
{
	const char *between = ": ";

	(void)finding_because(f, BECAUSE_COUNT, b);
	b->p[0] = 'S';
	buf_puts(b, ", ");
	report_span(b, f->first, f->last);
	buf_printf(b, " UTC. Confidence %s", confidence_names[finding_confidence(f)]);
	for (unsigned why = BECAUSE_STORY; why < BECAUSES; why++) {
		struct buf words = { 0 };

		if (why != BECAUSE_HOST && finding_because(f, (enum because)why, &words)) {
			buf_puts(b, between);
			buf_add(b, words.p, words.n);
			between = "; ";
		}
		buf_done(&words);
	}
	buf_putc(b, '.');
	put_paragraph(r, b);
}

/* "office.pcap frames 4 6 8", and the filter beside it or, where it is narrow, below. */
void report_evidence(const struct report *r, const struct evidence *e, const char *label,
		     unsigned indent)
{
	const char *filter = e->display_filter ? e->display_filter : "";
	struct buf b = { 0 };
	unsigned used;

	buf_puts(&b, label);
	if (e->file != NULL) {
		report_name(&b, e->file);
		buf_putc(&b, ' ');
	}
	if (e->nframes > 0)
		buf_puts(&b, e->nframes == 1 ? "frame" : "frames");
	for (unsigned i = 0; i < e->nframes; i++) {
		buf_putc(&b, ' ');
		buf_number(&b, e->frames[i]);
	}
	used = indent + text_width(buf_slice(&b)) + 2 + (unsigned)strlen(filter);
	page_spaces(&r->page, indent);
	buf_add(r->page.to, b.p, b.n);
	if (*filter != '\0') {
		if (used <= r->page.columns) {
			page_spaces(&r->page, 2);
		} else {
			buf_putc(r->page.to, '\n');
			page_spaces(&r->page, indent + 2);
		}
		page_ink(&r->page, INK_CYAN);
		buf_puts(r->page.to, filter);
		page_ink(&r->page, INK_PLAIN);
	}
	buf_putc(r->page.to, '\n');
	buf_done(&b);
}

/* A handshake, or those of a sequence, a line each. */
static void put_evidence(const struct report *r, const struct evidence *e)
{
	for (; e != NULL; e = e->then)
		report_evidence(r, e, "", INDENT);
}

static bool is_same_evidence(const struct evidence *a, const struct evidence *b)
{
	return a->file == b->file && a->nframes == b->nframes && a->nframes > 0 &&
	       memcmp(a->frames, b->frames, a->nframes * sizeof(a->frames[0])) == 0;
}

/* Whether what would be shown of f is shown of g already, and the fixes are the same. */
static bool is_covered(const struct finding *f, const struct finding *g, unsigned shown)
{
	if (f->nfixes != g->nfixes || f->nevidence == 0 || f->count != g->count)
		return false;
	for (unsigned i = 0; i < f->nfixes; i++)
		if (f->fixes[i].fix != g->fixes[i].fix)
			return false;
	for (unsigned i = 0; i < f->nevidence && i < shown; i++) {
		unsigned k = 0;

		while (k < g->nevidence && k < shown &&
		       !is_same_evidence(&f->evidence[i], &g->evidence[k]))
			k++;
		if (k == g->nevidence || k == shown)
			return false;
	}
	return true;
}

/* above: a finding on the same host that shows the same; NULL: there is none. */
static void put_finding(const struct report *r, const struct finding *f,
			const struct finding *above)
{
	unsigned shown = r->sink->verbose ? EVIDENCE_MOST : EVIDENCE_SHOWN;
	struct buf b = { 0 };

	put_title(r, f);
	if (*f->message != '\0') {
		report_words(&b, f->message);
		put_paragraph(r, &b);
	}
	if (above != NULL) {
		buf_printf(&b, "The same handshakes as above under [%s]%s.", above->rule->id,
			   f->nfixes > 0 ? ", with the same fix" : "");
		put_paragraph(r, &b);
		buf_done(&b);
		return;
	}
	put_host(r, f, &b);
	put_seen(r, f, &b);
	for (unsigned i = 0; i < f->nfixes; i++) {
		buf_printf(&b, "Fix: %s: ", f->fixes[i].fix->id);
		report_words(&b, f->fixes[i].fix->title);
		put_paragraph(r, &b);
	}
	for (unsigned i = 0; i < f->nevidence && i < shown; i++)
		put_evidence(r, &f->evidence[i]);
	buf_done(&b);
}

/* How often each rule was told of already. */
struct told {
	const struct rule *rule;
	size_t n;
};

static struct told *told_of(struct told *told, size_t *n, const struct rule *rule)
{
	size_t i = 0;

	while (i < *n && told[i].rule != rule)
		i++;
	if (i == *n)
		told[(*n)++] = (struct told){ .rule = rule };
	return &told[i];
}

/* "legacy-offer also: 10.1.4.24 (5), 10.1.4.25 (3)": those of a rule that were not told. */
static void put_others(const struct report *r, const struct rule *rule)
{
	struct buf b = { 0 };
	size_t n = 0;

	buf_printf(&b, "[%s] also:", rule->id);
	for (size_t i = 0; i < r->nfindings; i++) {
		const struct finding *f = r->findings[i];

		if (f->rule != rule || ++n <= TOLD_MOST)
			continue;
		buf_puts(&b, n == TOLD_MOST + 1 ? " " : ", ");
		report_culprit(r, &b, f);
		buf_puts(&b, " (");
		report_count(&b, f->count, "time");
		buf_puts(&b, ")");
	}
	buf_puts(&b, ". -v tells them in full.");
	buf_putc(r->page.to, '\n');
	put_paragraph(r, &b);
	buf_done(&b);
}

/* Of those told in full before f, one on the same host that covers it. */
static const struct finding *covered_by(const struct report *r, const struct finding *f,
					const struct finding *const *full, size_t nfull)
{
	unsigned shown = r->sink->verbose ? EVIDENCE_MOST : EVIDENCE_SHOWN;

	for (size_t i = 0; f->host != NULL && i < f->host->nfindings; i++) {
		const struct finding *g = f->host->findings[i];
		size_t k = 0;

		if (g == f)
			break;
		while (!r->sink->verbose && k < nfull && full[k] != g)
			k++;
		if ((r->sink->verbose || k < nfull) && is_covered(f, g, shown))
			return g;
	}
	return NULL;
}

void report_findings(const struct report *r)
{
	const struct finding **full;
	struct told *told;
	size_t ntold = 0, nfull = 0;

	if (r->nfindings == 0)
		return;
	told = xcalloc(r->nfindings, sizeof(*told));
	full = xcalloc(r->nfindings, sizeof(*full));
	page_heading(&r->page, "FINDINGS");
	for (size_t i = 0; i < r->nfindings; i++) {
		const struct finding *f = r->findings[i], *above;

		if (!r->sink->verbose && told_of(told, &ntold, f->rule)->n++ >= TOLD_MOST)
			continue;
		above = covered_by(r, f, full, nfull);
		put_finding(r, f, above);
		if (above == NULL)
			full[nfull++] = f;
		file_relieve(r->sink);
	}
	for (size_t i = 0; i < ntold; i++)
		if (told[i].n > TOLD_MOST)
			put_others(r, told[i].rule);
	free(full);
	free(told);
}
