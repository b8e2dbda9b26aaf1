/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch: a screenful.
 *
 *	lines 1 to 3	what is read, how fast, and what of it was lost
 *	then		hosts, as many as fit, and the latest findings; or one host's page
 *	last line	the keys, or what the last one did
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "watch/view.h"

enum { HEAD = 3, FOOT = 1, FINDINGS_MOST = 6 };

static const char *const sort_names[SORTS] = { "severity", "last seen", "count", "address" };

static const char *const help[] = {
	"",
	"  up down PgUp PgDn Home End   choose a host",
	"  Enter     its evidence: what happened, step by step",
	"  s         sort by severity, last seen, count, address",
	"  f         show one service's hosts only: exchange, sharepoint, teams ...",
	"  space     freeze the table, and let it go on",
	"  w         write the chosen host's packets as a capture file",
	"  + -       replay a file faster, slower",
	"  q         leave; Esc goes back",
	"",
	"  OFFERS: the highest version the host ever offered.  GETS: that was ever chosen.",
	"  VERDICT: as in hellotap(1).  Times are UTC.",
};

static void draw_speed(struct canvas *c, const struct view_head *h)
{
	buf_puts(&c->text, "   ");
	text_grouped(&c->text, h->packets_a_second);
	buf_puts(&c->text, " packets/s  ");
	text_grouped(&c->text, h->bits_a_second / 1000000);
	buf_puts(&c->text, " Mb/s");
}

static void draw_head(const struct view *v, const struct view_head *h,
		      const struct summary *sum, struct canvas *c)
{
	buf_printf(&c->text, "hellotap  %s  (%s%s)  ", h->source, h->pace,
		   v->frozen ? ", table frozen" : "");
	row_time(&c->text, sum->last);
	buf_puts(&c->text, "  ");
	text_grouped(&c->text, sum->capture->packets);
	buf_puts(&c->text, " packets");
	draw_speed(c, h);
	canvas_line(c, SHADE_STRONG, false);
	buf_puts(&c->text, "connections ");
	text_grouped(&c->text, sum->flow->connections);
	buf_puts(&c->text, "  TLS ");
	text_grouped(&c->text, sum->flow->tls);
	buf_puts(&c->text, sum->all ? "  handshakes " : "  with Microsoft 365 ");
	text_grouped(&c->text, sum->flow->handshakes);
	buf_printf(&c->text, "  followed now %" PRIu64, sum->flow->flows_now);
	canvas_line(c, SHADE_PLAIN, false);
}

/* What of the wire was not seen. */
static void draw_quality(const struct summary *sum, struct canvas *c)
{
	uint64_t undecoded = sum->undecoded_other, dropped = sum->capture->kernel_drops;
	bool bad;

	for (size_t i = 0; i < sum->nundecoded; i++)
		undecoded += sum->undecoded[i].count;
	bad = dropped * 1000 > sum->capture->packets;
	buf_puts(&c->text, "lost: ");
	text_grouped(&c->text, dropped);
	buf_puts(&c->text, " packets, ");
	text_grouped(&c->text, sum->flow->gaps);
	buf_puts(&c->text, " holes; one side only: ");
	text_grouped(&c->text, sum->flow->one_way);
	buf_puts(&c->text, "; not decoded: ");
	text_grouped(&c->text, undecoded);
	if (bad)
		buf_puts(&c->text, "  OVER 0.1 % LOST");
	canvas_line(c, bad ? SHADE_RED : SHADE_FAINT, false);
}

static int latest_finding_first(const void *a, const void *b)
{
	const struct finding *x = *(const struct finding *const *)a;
	const struct finding *y = *(const struct finding *const *)b;

	return x->last > y->last ? -1 : x->last < y->last;
}

static void draw_findings(const struct summary *sum, unsigned rows, struct canvas *c)
{
	const struct finding *const *all, **latest;
	size_t n = hosts_findings(sum->hosts, &all);

	buf_puts(&c->text, "LATEST FINDINGS (");
	text_grouped(&c->text, n);
	buf_puts(&c->text, " in all)");
	canvas_line(c, SHADE_STRONG, false);
	latest = xcalloc(n ? n : 1, sizeof(*latest));
	if (n > 0)
		memcpy(latest, all, n * sizeof(*latest));
	qsort(latest, n, sizeof(*latest), latest_finding_first);
	for (size_t i = 0; i < rows; i++) {
		if (i < n)
			row_finding(c, latest[i]);
		else
			canvas_line(c, SHADE_PLAIN, false);
	}
	free(latest);
}

static void draw_table(struct view *v, struct canvas *c)
{
	size_t at = view_place(v);

	if (v->rows == 0)
		v->top = 0;
	if (at < v->top)
		v->top = (unsigned)at;
	if (v->rows > 0 && at >= v->top + v->rows)
		v->top = (unsigned)(at - v->rows + 1);
	row_head(c);
	for (unsigned i = 0; i < v->rows; i++) {
		if (v->top + i < v->n)
			row_host(c, v->list[v->top + i], v->top + i == at);
		else
			canvas_line(c, SHADE_PLAIN, false);
	}
}

static void draw_keys(const struct view *v, const struct view_head *h, struct canvas *c)
{
	if (h->notice != NULL)
		buf_puts(&c->text, h->notice);
	else if (v->page != NULL)
		buf_puts(&c->text, "up down PgUp PgDn  w write packets  q back");
	else if (v->help)
		buf_puts(&c->text, "any key: back");
	else
		buf_printf(&c->text, "q quit  Enter open  s sort: %s  f %s  "
			   "space freeze  ? help", sort_names[v->sort],
			   v->area < 0 ? "all services" : area_names[v->area]);
	canvas_line(c, SHADE_CYAN, false);
}

static void draw_page(struct view *v, struct canvas *c)
{
	const char *at = v->page, *end = v->page + v->npage;
	unsigned line = 0;

	for (; at < end; line++) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		if (stop == NULL)
			stop = end;
		if (line >= v->top && line < v->top + v->rows) {
			buf_add(&c->text, at, (size_t)(stop - at));
			canvas_line(c, SHADE_PLAIN, false);
		}
		at = stop + 1;
	}
	v->page_lines = line;
	for (; line < v->top + v->rows; line++)
		canvas_line(c, SHADE_PLAIN, false);
}

static void draw_help(struct canvas *c, unsigned rows)
{
	for (unsigned i = 0; i < rows; i++) {
		if (i < sizeof(help) / sizeof(help[0]))
			buf_puts(&c->text, help[i]);
		canvas_line(c, SHADE_PLAIN, false);
	}
}

/* The last n lines of one canvas become another one. */
static void keep(struct canvas *still, const struct canvas *c, unsigned n)
{
	canvas_clear(still, c->columns, n);
	for (unsigned i = c->n - n; i < c->n; i++) {
		const struct canvas_line *l = &c->lines[i];

		buf_add(&still->text, c->text.p + l->from, l->n);
		canvas_line(still, l->shade, l->chosen);
	}
}

static void draw_again(const struct canvas *still, struct canvas *c)
{
	for (unsigned i = 0; i < still->n; i++) {
		const struct canvas_line *l = &still->lines[i];

		buf_add(&c->text, still->text.p + l->from, l->n);
		canvas_line(c, l->shade, l->chosen);
	}
}

void view_draw(struct view *v, const struct view_head *head, const struct summary *sum,
	       struct canvas *c)
{
	unsigned body = c->rows > HEAD + FOOT ? c->rows - HEAD - FOOT : 0;
	unsigned findings = body >= 14 ? FINDINGS_MOST : body / 4;

	draw_head(v, head, sum, c);
	draw_quality(sum, c);
	if (v->help) {
		draw_help(c, body);
	} else if (v->page != NULL) {
		v->rows = body;
		draw_page(v, c);
	} else if (v->frozen && v->still.n > 0 && v->still.columns == c->columns &&
		   v->still.rows == body) {
		draw_again(&v->still, c);
	} else {
		v->rows = body > findings + 2 ? body - findings - 2 : 0;
		draw_table(v, c);
		draw_findings(sum, findings, c);
		keep(&v->still, c, body);
	}
	draw_keys(v, head, c);
}
