/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text: the hosts, those with the worst findings first.
 *
 * Modern hosts without a finding share one line, and so do those of which no
 * complete hello was seen; -v tells all, and why each verdict fell.  A host of
 * which at least half the handshakes failed has a line of its own.
 */
#include "base/text.h"
#include "out/file.h"
#include "out/report.h"

static const struct column columns[] = {
	{ .head = "HOST", .spills = true },
	{ .head = "VERDICT", .wraps = true, .words = true },
	{ .head = "OFFERS UP TO", .wraps = true },
	{ .head = "TLS STACK", .wraps = true, .words = true, .most = 40, .drop = 1 },
	{ .head = "FIX", .wraps = true },
	{ .head = "NEGOTIATED", .wraps = true, .drop = 5 },
	{ .head = "OUTCOMES", .wraps = true, .drop = 3 },
	{ .head = "SERVICES", .wraps = true, .drop = 6 },
	{ .head = "FINDINGS", .wraps = true, .drop = TABLE_LUXURY },
	{ .head = "FIRST", .drop = TABLE_LUXURY + 1 },
	{ .head = "LAST (UTC)", .drop = 7 },
};

/* "TLS 1.0 x3, TLS 1.3 x7": a count a version, the lowest first. */
static void put_ranks(struct buf *b, const uint64_t *counts, const char *none)
{
	const char *between = "";

	for (unsigned i = 1; i <= VERSION_RANKS; i++) {
		unsigned rank = i % VERSION_RANKS;

		if (counts[rank] == 0)
			continue;
		buf_puts(b, between);
		buf_puts(b, rank ? version_words(rank) : none);
		buf_puts(b, " x");
		text_grouped(b, counts[rank]);
		between = ", ";
	}
}

static void put_services(struct buf *b, const struct host *h)
{
	const char *between = "";

	for (unsigned i = 0; i < AREAS; i++)
		if (h->areas >> i & 1) {
			buf_puts(b, between);
			buf_puts(b, area_names[i]);
			between = ", ";
		}
}

static void put_time(const struct report *r, struct buf *b, uint64_t ts)
{
	struct buf whole = { 0 };

	text_time_short(&whole, ts);
	if (r->one_day && whole.n > 11)
		buf_add(b, whole.p + 11, whole.n - 11);
	else
		buf_add(b, whole.p, whole.n);
	buf_done(&whole);
}

static void put_rules(struct buf *b, const struct host *h)
{
	for (size_t i = 0; i < h->nfindings; i++) {
		buf_puts(b, i ? ", " : "");
		buf_puts(b, h->findings[i]->rule->id);
	}
	if (h->nfindings == 0)
		buf_putc(b, '-');
}

/* "legacy", "mixed (medium)": how sure it is, unless it is. */
static void put_verdict(struct buf *b, const struct host *h)
{
	enum confidence c = host_confidence(h);

	buf_puts(b, verdict_names[host_verdict(h)]);
	if (host_is_carrier(h))
		buf_puts(b, " (a proxy or NAT)");
	else if (host_verdict(h) != VERDICT_UNKNOWN && c != CONFIDENCE_HIGH)
		buf_printf(b, " (%s)", confidence_names[c]);
}

static void put_stacks(struct buf *b, const struct host *h)
{
	for (unsigned i = 0; i < h->nstacks; i++)
		buf_printf(b, "%s%s", i ? "; " : "", h->stacks[i].is->label);
	if (h->more_stacks > 0)
		buf_puts(b, "; others");
	if (h->unnamed > 0)
		buf_puts(b, h->nstacks ? "; unknown" : "unknown");
}

static void put_fixes(struct buf *b, const struct host *h)
{
	for (unsigned i = 0; host_fix(h, i) != NULL; i++)
		buf_printf(b, "%s%s", i ? ", " : "", host_fix(h, i)->id);
}

static void put_name(const struct report *r, struct buf *b, const struct host *h)
{
	const char *name = capture_name(r->sum->capture, &h->ip);
	char ip[ADDR_TEXT];

	buf_puts(b, addr_text(&h->ip, ip));
	if (h->has_namesake && h->vlan != VLAN_NONE)
		buf_printf(b, " VLAN %u", h->vlan);
	if (name != NULL)
		buf_printf(b, " (%s)", name);
}

static void put_row(const struct report *r, struct table *t, const struct host *h)
{
	put_name(r, &t->text, h);
	table_next(t);
	put_verdict(&t->text, h);
	table_next(t);
	put_ranks(&t->text, h->offered, "unknown");
	table_next(t);
	put_stacks(&t->text, h);
	table_next(t);
	put_fixes(&t->text, h);
	table_next(t);
	put_ranks(&t->text, h->negotiated, "none");
	table_next(t);
	results_words(h->results, &t->text);
	table_next(t);
	put_services(&t->text, h);
	table_next(t);
	put_rules(&t->text, h);
	table_next(t);
	put_time(r, &t->text, h->first);
	table_next(t);
	put_time(r, &t->text, h->last);
	table_next(t);
}

enum sort_of_host { HOST_TOLD, HOST_MODERN, HOST_UNKNOWN };

static enum sort_of_host sort_of(const struct report *r, const struct host *h)
{
	uint64_t failed = results_failed(h->results);

	enum verdict v = host_verdict(h);

	if (r->sink->verbose || h->nfindings > 0 || host_low_offers(h) > 0 ||
	    (failed > 0 && failed >= h->results[RESULT_ESTABLISHED]))
		return HOST_TOLD;
	return v == VERDICT_MODERN ? HOST_MODERN : v == VERDICT_UNKNOWN ? HOST_UNKNOWN : HOST_TOLD;
}

static void put_line(const struct report *r, uint64_t n, const char *before, const char *what)
{
	struct buf b = { 0 };

	if (n == 0)
		return;
	report_count(&b, n, before);
	buf_puts(&b, what);
	page_wrap(&r->page, 0, buf_slice(&b));
	buf_done(&b);
}

static void add_words(struct buf *b, const char *before, struct buf *words)
{
	buf_puts(b, before);
	buf_add(b, words->p, words->n);
	words->n = 0;
}

/* "10.1.4.18: mixed, confidence high: because ...; what would help: ...". */
static void put_why(const struct report *r, const struct host *h)
{
	struct buf b = { 0 }, words = { 0 };
	const char *before = ": ";

	put_name(r, &b, h);
	buf_printf(&b, ": %s, confidence %s", verdict_names[host_verdict(h)],
		   confidence_names[host_confidence(h)]);
	for (unsigned i = 0; i < HOST_REASONS; i++)
		if (host_because(h, i, &words)) {
			add_words(&b, before, &words);
			before = "; ";
		}
	before = ". What would make it surer: ";
	for (unsigned i = 0; i < HOST_HELPS; i++)
		if (host_would_help(h, i, &words)) {
			add_words(&b, before, &words);
			before = "; ";
		}
	buf_putc(&b, '.');
	buf_puts(r->page.to, "- ");
	page_wrap(&r->page, 2, buf_slice(&b));
	buf_done(&words);
	buf_done(&b);
}

enum { WHYS_MOST = 10 };

/* Why the verdicts fell: of all with -v, else of those that are not sure. */
static void put_whys(const struct report *r)
{
	uint64_t n = 0;

	for (size_t i = 0; i < r->nhosts; i++) {
		const struct host *h = r->hosts[i];

		if (sort_of(r, h) != HOST_TOLD || (!r->sink->verbose && host_confidence(h) ==
						   CONFIDENCE_HIGH))
			continue;
		if (n++ == 0)
			page_heading(&r->page, r->sink->verbose ? "WHY THESE VERDICTS"
								: "VERDICTS THAT ARE NOT SURE");
		if (r->sink->verbose || n <= WHYS_MOST)
			put_why(r, h);
		file_relieve(r->sink);
	}
	if (!r->sink->verbose && n > WHYS_MOST)
		put_line(r, n - WHYS_MOST, "more host", " (-v tells why).");
}

/* Modern hosts fail too now and then: that is said, if not of whom. */
static void put_modern(const struct report *r, uint64_t n, const char *noun,
		       const uint64_t failed[static RESULTS])
{
	struct buf b = { 0 };

	buf_puts(&b, ": TLS 1.2 or above in every complete hello, and no finding");
	if (results_failed(failed) > 0) {
		buf_puts(&b, "; not all their handshakes were established: ");
		results_words(failed, &b);
	}
	buf_puts(&b, " (-v lists them).");
	put_line(r, n, noun, buf_text(&b));
	buf_done(&b);
}

void report_hosts(const struct report *r)
{
	struct table t = { .columns = columns, .ncolumns = sizeof(columns) / sizeof(columns[0]) };
	uint64_t sorts[3] = { 0 }, failed[RESULTS] = { 0 };
	const char *others;

	if (r->nhosts == 0)
		return;
	page_heading(&r->page, "HOSTS");
	for (size_t i = 0; i < r->nhosts; i++) {
		enum sort_of_host sort = sort_of(r, r->hosts[i]);

		if (sort == HOST_TOLD)
			put_row(r, &t, r->hosts[i]);
		for (unsigned k = 0; sort == HOST_MODERN && k < RESULTS; k++)
			failed[k] += k == RESULT_ESTABLISHED ? 0 : r->hosts[i]->results[k];
		sorts[sort]++;
	}
	if (sorts[HOST_TOLD] > 0)
		table_print(&t, &r->page);
	table_done(&t);
	others = sorts[HOST_TOLD] ? "other host" : "host";
	put_modern(r, sorts[HOST_MODERN], others, failed);
	put_line(r, sorts[HOST_UNKNOWN], others,
		 ": no complete hello, so nothing can be said (-v lists them).");
	file_relieve(r->sink);
	put_whys(r);
}

void report_verdicts(const struct report *r, struct buf *b)
{
	uint64_t counts[VERDICTS] = { 0 };
	const char *between = ": ";

	if (r->nhosts == 0)
		return;
	for (size_t i = 0; i < r->nhosts; i++)
		counts[host_verdict(r->hosts[i])]++;
	text_grouped(b, r->nhosts);
	for (unsigned v = 0; v < VERDICTS; v++)
		if (counts[v] > 0) {
			buf_puts(b, between);
			text_grouped(b, counts[v]);
			buf_printf(b, " %s", verdict_names[v]);
			between = ", ";
		}
}
