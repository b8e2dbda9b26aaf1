/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text: networks, and whether all their hosts are ready for TLS 1.2 alone.
 *
 * Hosts that are in the way are named; -v names all of them, and tells of the
 * networks that have no place here.
 */
#include "base/text.h"
#include "out/file.h"
#include "out/record.h"
#include "out/report.h"

enum { NAMED_MOST = 10, TOLD_MOST = 50 };

static const struct column columns[] = {
	{ .head = "NETWORK", .spills = true },
	{ .head = "READY", .wraps = true, .words = true },
	{ .head = "HOSTS", .wraps = true },
	{ .head = "IN THE WAY", .wraps = true, .most = 60 },
};

void report_block(struct buf *b, const struct prefix *p)
{
	bool v4 = addr_is_v4(&p->addr) && p->bits >= 96;
	char ip[ADDR_TEXT];

	buf_printf(b, "%s/%u", addr_text(&p->addr, ip), v4 ? p->bits - 96u : p->bits);
}

static void put_name(struct buf *b, const struct subnet *g)
{
	if (g->name != NULL)
		report_words(b, g->name);
	else
		report_block(b, &g->block);
}

/* "3 modern, 1 legacy". */
static void put_counts(struct buf *b, const struct subnet *g)
{
	const char *between = "";

	for (unsigned v = 0; v < VERDICTS; v++)
		if (g->verdicts[v] > 0) {
			buf_puts(b, between);
			text_grouped(b, g->verdicts[v]);
			buf_printf(b, " %s", verdict_names[v]);
			between = ", ";
		}
}

/* Those that are not safe, else those that were not seen well enough. */
static void put_hosts(const struct report *r, struct buf *b, const struct subnet *g)
{
	size_t n = g->not_safe > 0 ? g->not_safe : g->unseen;
	size_t most = r->sink->verbose || n <= NAMED_MOST ? n : NAMED_MOST;
	char ip[ADDR_TEXT];

	for (size_t i = 0; i < most; i++) {
		const struct host *h = g->hosts[i];

		buf_printf(b, "%s%s %s", i ? ", " : "", addr_text(&h->ip, ip),
			   verdict_names[host_verdict(h)]);
		if (host_is_carrier(h))
			buf_puts(b, " (a proxy or NAT: its handshakes carry on those of others)");
		else if (g->not_safe == 0)
			buf_printf(b, " (%s)", confidence_names[host_confidence(h)]);
	}
	if (n > most) {
		buf_puts(b, ", and ");
		text_grouped(b, n - most);
		buf_puts(b, " more");
	}
}

static void put_row(const struct report *r, struct table *t, const struct subnet *g)
{
	put_name(&t->text, g);
	table_next(t);
	buf_puts(&t->text, readiness_names[g->readiness]);
	table_next(t);
	put_counts(&t->text, g);
	table_next(t);
	put_hosts(r, &t->text, g);
	table_next(t);
}

/* What a network's readiness does not speak of. */
static void put_limits(const struct report *r)
{
	uint64_t forgotten = hosts_forgotten(r->sum->hosts);
	struct buf b = { 0 };

	buf_puts(&b, r->sum->all ? "Of hosts that were seen to speak TLS, and of no others."
				 : "Of hosts that were seen to speak TLS to Microsoft 365, and of "
				   "no others.");
	if (forgotten > 0) {
		buf_putc(&b, ' ');
		report_count(&b, forgotten, "host");
		buf_puts(&b, " let go for want of room (--max-hosts) may be missing: a network "
			     "that is told to be safe need not be.");
	}
	page_wrap(&r->page, 0, buf_slice(&b));
	buf_done(&b);
}

void report_groups(const struct report *r)
{
	struct table t = { .columns = columns, .ncolumns = sizeof(columns) / sizeof(columns[0]) };
	const struct subnet *groups;
	size_t n, most;

	if (r->sum->groups == NULL || r->nhosts == 0)
		return;
	n = groups_tell(r->sum->groups, r->hosts, r->nhosts, &groups);
	most = r->sink->verbose || n <= TOLD_MOST ? n : TOLD_MOST;
	page_heading(&r->page, "NETWORKS");
	put_limits(r);
	for (size_t i = 0; i < most; i++)
		put_row(r, &t, &groups[i]);
	table_print(&t, &r->page);
	table_done(&t);
	if (most < n) {
		struct buf b = { 0 };

		report_count(&b, n - most, "more network");
		buf_puts(&b, " (-v tells them).");
		page_wrap(&r->page, 0, buf_slice(&b));
		buf_done(&b);
	}
	file_relieve(r->sink);
}
