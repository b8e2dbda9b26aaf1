/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text: the hosts, those with the worst findings first.
 *
 * Hosts without a finding whose every complete hello reaches TLS 1.2 share one
 * line, and so do those of which no complete hello was seen; -v tells all.  A
 * host of which at least half the handshakes failed has a line of its own.
 */
#include "base/text.h"
#include "out/file.h"
#include "out/report.h"

static const struct column columns[] = {
	{ .head = "HOST", .spills = true },
	{ .head = "SEEN", .right = true },
	{ .head = "OFFERS UP TO", .wraps = true },
	{ .head = "NEGOTIATED", .wraps = true, .drop = 1 },
	{ .head = "SERVICES", .wraps = true, .drop = 4 },
	{ .head = "OUTCOMES", .wraps = true, .drop = 2 },
	{ .head = "FIRST", .drop = TABLE_LUXURY + 1 },
	{ .head = "LAST (UTC)", .drop = 3 },
	{ .head = "FINDINGS", .wraps = true },
};

/* "tls1.0 x3, tls1.3 x7": a count a version, the lowest first. */
static void put_ranks(struct buf *b, const uint64_t *counts, const char *none)
{
	const char *between = "";

	for (unsigned i = 1; i <= VERSION_RANKS; i++) {
		unsigned rank = i % VERSION_RANKS;
		const char *token = rank ? version_of_rank(rank) : none;

		if (counts[rank] == 0 || token == NULL)
			continue;
		buf_puts(b, between);
		buf_puts(b, token);
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

static void put_row(const struct report *r, struct table *t, const struct host *h)
{
	const char *name = capture_name(r->sum->capture, &h->ip);
	char ip[ADDR_TEXT];

	buf_puts(&t->text, addr_text(&h->ip, ip));
	if (name != NULL)
		buf_printf(&t->text, " (%s)", name);
	table_next(t);
	text_grouped(&t->text, h->handshakes);
	table_next(t);
	put_ranks(&t->text, h->offered, "unknown");
	table_next(t);
	put_ranks(&t->text, h->negotiated, "none");
	table_next(t);
	put_services(&t->text, h);
	table_next(t);
	results_words(h->results, &t->text);
	table_next(t);
	put_time(r, &t->text, h->first);
	table_next(t);
	put_time(r, &t->text, h->last);
	table_next(t);
	put_rules(&t->text, h);
	table_next(t);
}

enum sort_of_host { HOST_TOLD, HOST_MODERN, HOST_UNKNOWN };

static enum sort_of_host sort_of(const struct report *r, const struct host *h)
{
	uint64_t failed = results_failed(h->results);

	if (r->sink->verbose || h->nfindings > 0 || host_low_offers(h) > 0 ||
	    (failed > 0 && failed >= h->results[RESULT_ESTABLISHED]))
		return HOST_TOLD;
	return host_high_offers(h) > 0 ? HOST_MODERN : HOST_UNKNOWN;
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
}
