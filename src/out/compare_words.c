/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compare: what is said of the clocks, of the match, and of what stands between.
 */
#include <inttypes.h>

#include "base/text.h"
#include "out/compare.h"
#include "out/report.h"

/* "3.4 s", "12 ms", "0.05 ms": no more digits than are meant. */
static void say_span(struct buf *b, uint64_t ns)
{
	if (ns >= NS_PER_SECOND)
		buf_printf(b, "%.3f s", (double)ns / 1e9);
	else
		buf_printf(b, ns >= 10000000 ? "%.0f ms" : "%.3g ms", (double)ns / 1e6);
}

static void say_ahead(struct buf *b, int64_t ahead)
{
	say_span(b, (uint64_t)(ahead < 0 ? -ahead : ahead));
	buf_puts(b, ahead < 0 ? " behind inside's" : " ahead of inside's");
}

void comparison_clocks(const struct comparison *c, struct buf *b)
{
	const struct clock_offset *o = &c->clock;

	if (!c->given && o->by == CLOCK_NONE) {
		buf_puts(b, "How far apart the clocks are cannot be told. They are taken to be the "
			    "same.");
		return;
	}
	buf_puts(b, "Outside's clock is ");
	say_ahead(b, o->ahead);
	if (c->given) {
		buf_puts(b, ", as --offset says.");
		return;
	}
	buf_puts(b, ", give or take ");
	say_span(b, o->within);
	buf_puts(b, o->by == CLOCK_SAME_HELLOS ? ": by " : ": so ");
	report_count(b, o->pairs, o->by == CLOCK_SAME_HELLOS ? "hello" : "pair");
	buf_puts(b, o->by == CLOCK_SAME_HELLOS ? " seen on both sides"
		 : " of one name fit, the outer begun while the inner was under way");
	if (o->against > 0)
		buf_printf(b, ", against %zu that say%s something else", o->against,
			   o->against == 1 ? "s" : "");
	buf_putc(b, '.');
	if (!clock_is_sure(o))
		buf_puts(b, " That is not sure: more handshakes, or --offset, would make it so.");
}

/* Why nothing of one belongs to anything of the other. */
static void say_no_match(const struct comparison *c, struct buf *b)
{
	static const char *const names[] = { "inside", "outside" };
	bool empty = false;

	for (unsigned i = 0; i < COMPARE_SIDES; i++) {
		if (c->side[i].handshakes > 0)
			continue;
		buf_printf(b, "There is no handshake in the capture from %s. ", names[i]);
		empty = true;
	}
	if (c->doubted.by != CLOCK_NONE) {
		buf_puts(b, "By their own clocks the captures are not of the same time. Were "
			    "outside's ");
		say_ahead(b, c->doubted.ahead);
		buf_printf(b, ", %zu pairs of one name would fit, which may be chance: if a clock "
			   "is that wrong, --offset says so.", c->doubted.pairs);
		return;
	}
	buf_puts(b, "The captures do not match");
	buf_puts(b, empty ? "." : ": no hello of one is in the other, and no two handshakes of one "
		 "name fit each other in time, whatever the clocks. Are they of the same proxy "
		 "and of the same time?");
}

void comparison_match(const struct comparison *c, struct buf *b)
{
	uint64_t from, to;

	if (!c->given && c->clock.by == CLOCK_NONE) {
		say_no_match(c, b);
		return;
	}
	if (!comparison_overlap(c, &from, &to)) {
		buf_puts(b, "The captures do not overlap: one ends before the other begins.");
		return;
	}
	buf_puts(b, "Both show ");
	report_span(b, from, to);
	buf_puts(b, " UTC by inside's clock (");
	text_duration(b, to - from);
	buf_puts(b, ").");
}

/* Hellos of inside by whether they reach TLS 1.2, and what became of them. */
struct passing {
	uint64_t all[2], same[2], changed[2], lowered, reset[2], silent[2];
	unsigned least;			/* the least that came out of one that was lowered */
};

static void count_passing(const struct comparison *c, struct passing *p)
{
	const struct compare_side *in = &c->side[COMPARE_INSIDE];

	*p = (struct passing){ .least = UINT8_MAX };
	for (size_t i = 0; i < in->nmoments; i++) {
		const struct moment *m = &in->moments[i];
		unsigned high = m->rank >= tls_version_rank(TLS1_2);

		if (!m->has_random || m->rank == 0)
			continue;
		p->all[high]++;
		p->same[high] += m->crossed && !m->changed;
		p->changed[high] += m->changed;
		p->reset[high] += !m->crossed && m->result == RESULT_RESET;
		p->silent[high] += !m->crossed && m->result == RESULT_SILENT;
		if (m->changed && m->came_out > 0 && m->came_out < m->rank) {
			p->lowered++;
			p->least = m->came_out < p->least ? m->came_out : p->least;
		}
	}
}

void comparison_crossing(const struct comparison *c, struct buf *b)
{
	static const char *const kinds[] = { "below TLS 1.2", "of TLS 1.2 and above" };
	struct passing p;

	if (c->crossed == 0)
		return;
	count_passing(c, &p);
	for (unsigned high = 2; high-- > 0;) {
		if (p.all[high] == 0)
			continue;
		buf_puts(b, b->n > 0 ? " " : "");
		buf_puts(b, "Of ");
		report_count(b, p.all[high], "hello");
		buf_printf(b, " %s, %" PRIu64 " came out as %s", kinds[high], p.same[high],
			   p.same[high] == 1 ? "it was" : "they were");
		if (p.changed[high] > 0)
			buf_printf(b, ", %" PRIu64 " changed", p.changed[high]);
		if (p.reset[high] > 0)
			buf_printf(b, ", %" PRIu64 " ended in a reset inside", p.reset[high]);
		if (p.silent[high] > 0)
			buf_printf(b, ", %" PRIu64 " got no answer", p.silent[high]);
		buf_putc(b, '.');
	}
}

static void say_proxy(const struct proxy *p, struct buf *b)
{
	char ip[ADDR_TEXT];

	buf_puts(b, b->n > 0 ? " " : "");
	if (addr_cmp(&p->ip, &(struct addr){ { 0 } }) == 0)
		buf_puts(b, "A device whose address is not in sight");
	else
		buf_puts(b, addr_text(&p->ip, ip));
	buf_printf(b, ": %s, confidence %s. It ", legs_verdict_names[p->verdict],
		   confidence_names[p->confidence]);
	proxy_says(p, b);
	buf_putc(b, '.');
}

/* Where no box takes part in TLS: what becomes of the hellos on their way. */
static void say_path(const struct comparison *c, struct buf *b)
{
	struct passing p;

	count_passing(c, &p);
	if (p.lowered > 0) {
		buf_puts(b, "A device between rewrites hellos: ");
		report_count(b, p.lowered, "offer");
		buf_puts(b, " came out lower, down to ");
		buf_puts(b, version_words(p.least));
		buf_putc(b, '.');
	} else if (p.changed[0] + p.changed[1] > 0) {
		buf_puts(b, "A device between rewrites hellos, but not their highest version.");
	} else if (p.reset[1] > 0 && p.same[1] == 0) {
		buf_puts(b, "A device between resets hellos of TLS 1.2 and above: none came out");
		buf_puts(b, p.same[0] > 0 ? ", and lower ones did." : ".");
	} else if (p.same[0] + p.same[1] < p.all[0] + p.all[1]) {
		buf_puts(b, "The hellos that came out are as they were; ");
		buf_number(b, p.all[0] + p.all[1] - p.same[0] - p.same[1]);
		buf_puts(b, " of inside did not come out, or not in this capture.");
	} else {
		buf_puts(b, "The hellos pass as they are: nothing between takes part in TLS.");
	}
}

void comparison_verdict(const struct comparison *c, struct buf *b)
{
	const struct proxy *const *proxies;
	size_t n = hosts_proxies(c->hosts, &proxies);

	uint64_t from, to;

	for (size_t i = 0; i < n; i++)
		if (proxies[i]->verdict != LEGS_UNKNOWN)
			say_proxy(proxies[i], b);
	if (b->n > 0 && !comparison_overlap(c, &from, &to))
		buf_puts(b, " The captures show no time in common: this is sure only if the device "
			    "was set up the same way in both.");
	if (b->n > 0)
		return;
	if (c->crossed > 0)
		say_path(c, b);
	else
		buf_puts(b, "What stands between cannot be told from these captures.");
}
