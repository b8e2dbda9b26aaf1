/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch: a host in one line, a finding in one line.
 */
#include <string.h>

#include "base/text.h"
#include "watch/view.h"

enum { WIDTH_VERSION = 7, WIDTH_VERDICT = 8, WIDTH_TIME = 8, WIDTH_COUNT = 7, GAPS = 6,
       FIXED = 2 * WIDTH_VERSION + WIDTH_VERDICT + WIDTH_TIME + WIDTH_COUNT + GAPS };

struct widths {
	unsigned host, stack;
};

/* IPv4 fits always; what is left is shared out, the stack's name first. */
static struct widths widths(unsigned columns)
{
	unsigned left = columns > FIXED + 30 ? columns - FIXED : 30;
	struct widths w = { .host = 15 };

	w.stack = left - w.host;
	if (w.stack > 40) {
		w.host += w.stack - 40 > 24 ? 24 : w.stack - 40;
		w.stack = left - w.host;
	}
	return w;
}

void row_time(struct buf *b, uint64_t ns)
{
	struct buf whole = { 0 };

	text_time_short(&whole, ns);
	if (whole.n > 11)
		buf_add(b, whole.p + 11, whole.n - 11);
	buf_done(&whole);
}

static void time_cell(struct canvas *c, uint64_t ns)
{
	struct buf b = { 0 };

	row_time(&b, ns);
	canvas_cell(c, buf_text(&b), WIDTH_TIME, false);
	buf_done(&b);
}

void row_head(struct canvas *c)
{
	struct widths w = widths(c->columns);

	canvas_cell(c, "HOST", w.host, false);
	canvas_cell(c, "TLS STACK", w.stack, false);
	canvas_cell(c, "OFFERS", WIDTH_VERSION, false);
	canvas_cell(c, "GETS", WIDTH_VERSION, false);
	canvas_cell(c, "VERDICT", WIDTH_VERDICT, false);
	canvas_cell(c, "LAST", WIDTH_TIME, false);
	canvas_cell(c, "COUNT", WIDTH_COUNT, true);
	canvas_line(c, SHADE_STRONG, false);
}

static const char *best(const uint64_t counts[static VERSION_RANKS])
{
	unsigned rank = VERSION_RANKS - 1;

	while (rank > 0 && counts[rank] == 0)
		rank--;
	return rank > 0 ? version_words(rank) : "-";
}

/* The stack seen most; "+2": others are behind the address too. */
static void stack_cell(struct canvas *c, const struct host *h, unsigned width)
{
	const struct seen_stack *most = NULL;
	struct buf b = { 0 };

	for (unsigned i = 0; i < h->nstacks; i++)
		if (most == NULL || h->stacks[i].count > most->count)
			most = &h->stacks[i];
	buf_puts(&b, most ? most->is->label : "-");
	if (h->nstacks > 1) {
		if (b.n + 3 > width)
			b.n = width > 3 ? width - 3 : 0;
		buf_printf(&b, " +%u", h->nstacks - 1u);
	}
	canvas_cell(c, buf_text(&b), width, false);
	buf_done(&b);
}

static enum shade shade_of(const struct host *h)
{
	switch (host_verdict(h)) {
	case VERDICT_LEGACY:
	case VERDICT_WEAK:	return SHADE_RED;
	case VERDICT_MIXED:
	case VERDICT_FALLBACK:
	case VERDICT_MASKED:	return SHADE_YELLOW;
	case VERDICT_MODERN:	return SHADE_GREEN;
	default:		return SHADE_PLAIN;
	}
}

void row_host(struct canvas *c, const struct host *h, bool chosen)
{
	struct widths w = widths(c->columns);
	struct buf count = { 0 };
	char ip[ADDR_TEXT];

	canvas_cell(c, addr_text(&h->ip, ip), w.host, false);
	stack_cell(c, h, w.stack);
	canvas_cell(c, best(h->offered), WIDTH_VERSION, false);
	canvas_cell(c, best(h->negotiated), WIDTH_VERSION, false);
	canvas_cell(c, verdict_names[host_verdict(h)], WIDTH_VERDICT, false);
	time_cell(c, h->last);
	text_grouped(&count, h->handshakes);
	canvas_cell(c, buf_text(&count), WIDTH_COUNT, true);
	canvas_line(c, shade_of(h), chosen);
	buf_done(&count);
}

static enum shade shade_of_level(enum level level)
{
	return level >= LEVEL_HIGH ? SHADE_RED : level == LEVEL_MEDIUM ? SHADE_YELLOW : SHADE_CYAN;
}

void row_finding(struct canvas *c, const struct finding *f)
{
	time_cell(c, f->last);
	buf_printf(&c->text, "%-8s ", level_names[f->rule->level]);
	buf_puts(&c->text, f->message);
	if (f->count > 1) {
		buf_puts(&c->text, " (x");
		text_grouped(&c->text, f->count);
		buf_puts(&c->text, ")");
	}
	canvas_line(c, shade_of_level(f->rule->level), false);
}
