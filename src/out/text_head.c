/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text: what was read, by what it was judged, and how well it was captured.
 *
 * "Nothing lost" is said only if no counter anywhere speaks against it.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/map.h"
#include "base/text.h"
#include "out/report.h"

enum { INPUTS_SHOWN = 3, STALE_DAYS = 60 };

static void put_item(const struct report *r, const char *label, struct buf *b)
{
	if (b->n > 0)
		page_item(&r->page, label, b);
	b->n = 0;
}

static void put_inputs(const struct report *r, struct buf *b)
{
	const struct summary *sum = r->sum;

	for (size_t i = 0; i < sum->ninputs && i < INPUTS_SHOWN; i++) {
		if (i > 0)
			buf_puts(b, ", ");
		if (strcmp(sum->inputs[i], "-") == 0)
			buf_puts(b, "standard input");
		else
			report_name(b, sum->inputs[i]);
	}
	if (sum->ninputs > INPUTS_SHOWN) {
		buf_puts(b, " and ");
		text_grouped(b, sum->ninputs - INPUTS_SHOWN);
		buf_puts(b, " more");
	}
	if (sum->capture->files > 1) {
		buf_puts(b, ": ");
		report_count(b, sum->capture->files, "file");
	}
	put_item(r, "Read", b);
}

static void put_time(const struct report *r, struct buf *b)
{
	if (r->sum->first == 0)
		return;
	report_span(b, r->sum->first, r->sum->last);
	buf_puts(b, " UTC (");
	text_duration(b, r->sum->last - r->sum->first);
	buf_puts(b, ")");
	put_item(r, "Time", b);
}

static void put_packets(const struct report *r, struct buf *b)
{
	const struct summary *sum = r->sum;

	text_grouped(b, sum->capture->packets);
	buf_puts(b, " (");
	text_bytes(b, sum->capture->packet_bytes);
	buf_puts(b, "): ");
	text_grouped(b, sum->tcp);
	buf_puts(b, " TCP, ");
	text_grouped(b, sum->udp);
	buf_puts(b, " UDP, ");
	text_grouped(b, sum->other);
	buf_puts(b, " of other kinds");
	if (sum->capture->filtered > 0) {
		buf_puts(b, "; ");
		text_grouped(b, sum->capture->filtered);
		buf_puts(b, " more not let through by the filter");
	}
	if (sum->most > 0 && sum->capture->packets >= sum->most)
		buf_puts(b, "; reading stopped there, as -c says");
	put_item(r, "Packets", b);
}

static void put_handshakes(const struct report *r, struct buf *b)
{
	const struct flow_state *f = r->sum->flow;

	text_grouped(b, f->connections);
	buf_puts(b, " TCP, ");
	text_grouped(b, f->tls);
	buf_puts(b, " of them with TLS");
	put_item(r, "Connections", b);
	text_grouped(b, f->handshakes);
	buf_puts(b, r->sum->all ? " TLS, " : " TLS to Microsoft 365, ");
	buf_puts(b, hosts_forgotten(r->sum->hosts) ? "from more than " : "from ");
	report_count(b, r->nhosts, "host");
	put_item(r, "Handshakes", b);
	results_words(hosts_totals(r->sum->hosts)->results, b);
	put_item(r, "Outcomes", b);
}

/* How far the capture is from the data: what is newer than the capture is not old. */
static uint64_t age_in_days(const struct report *r, const struct m365_data *d)
{
	uint64_t then = r->sum->last ? r->sum->last : r->sum->now;

	if (d->published == 0 || d->published > then)
		return 0;
	return (then - d->published) / (86400 * NS_PER_SECOND);
}

/* "2025-12-01 (china, worldwide)": all files of the i-th one's date; false: told already. */
static bool put_date(struct buf *b, const struct m365 *m, size_t i)
{
	const char *date = m365_data(m, i)->date, *between = " (";

	for (size_t k = 0; k < i; k++)
		if (strcmp(m365_data(m, k)->date, date) == 0)
			return false;
	buf_puts(b, b->n > 0 ? ", " : "");
	report_name(b, *date ? date : "additions without a date");
	for (size_t k = i; *date && k < m365_data_count(m); k++)
		if (strcmp(m365_data(m, k)->date, date) == 0) {
			buf_puts(b, between);
			buf_puts(b, cloud_names[m365_data(m, k)->cloud]);
			between = ", ";
		}
	buf_puts(b, *date ? ")" : "");
	return true;
}

static void put_endpoints(const struct report *r, struct buf *b)
{
	const struct m365 *m = r->sum->m365;
	uint64_t oldest = 0;

	for (size_t i = 0; m != NULL && i < m365_data_count(m); i++) {
		uint64_t age = age_in_days(r, m365_data(m, i));

		if (put_date(b, m, i) && age > oldest)
			oldest = age;
	}
	if (oldest > STALE_DAYS)
		buf_printf(b, "; %" PRIu64 " days older than the capture: `hellotap endpoints "
			   "update` tells how to get newer data", oldest);
	put_item(r, "Endpoints", b);
}

static void put_rules(const struct report *r, struct buf *b)
{
	const struct ruleset *rules = r->sum->rules;
	const char *last = "";

	if (rules == NULL)
		return;
	text_grouped(b, ruleset_count(rules));
	for (size_t i = 0; i < ruleset_count(rules); i++) {
		const char *file = ruleset_rule(rules, i)->file;

		if (file != NULL && strcmp(file, last) != 0) {
			buf_puts(b, *last ? ", " : " from ");
			report_name(b, file);
			last = file;
		}
	}
	put_item(r, "Rules", b);
}

/* ---- how well it was captured -------------------------------------------------------- */

static void add(struct buf *b, uint64_t n, const char *noun, const char *rest)
{
	if (n == 0)
		return;
	if (b->n > 0)
		buf_puts(b, "; ");
	report_count(b, n, noun);
	buf_puts(b, rest);
}

static void put_share(struct buf *b, uint64_t part, uint64_t whole)
{
	buf_puts(b, " (");
	report_share(b, part, whole);
	buf_puts(b, ")");
}

static void add_cause(struct buf *b, const struct undecoded *u)
{
	buf_puts(b, decoded_name(u->why));
	if (u->key == KEY_ETHERTYPE)
		buf_printf(b, " (%s 0x%04x)", key_name(u->key), u->value);
	else if (u->key != KEY_END)
		buf_printf(b, " (%s %u)", key_name(u->key), u->value);
	buf_puts(b, " x");
	text_grouped(b, u->count);
}

static void add_undecoded(struct buf *b, const struct summary *sum)
{
	uint64_t all = sum->undecoded_other;

	for (size_t i = 0; i < sum->nundecoded; i++)
		all += sum->undecoded[i].count;
	if (all == 0)
		return;
	add(b, all, "frame", " not decodable");
	put_share(b, all, sum->capture->packets);
	for (size_t i = 0; i < sum->nundecoded; i++) {
		buf_puts(b, i ? ", " : ": ");
		add_cause(b, &sum->undecoded[i]);
	}
	if (sum->undecoded_other > 0) {
		buf_puts(b, ", other causes x");
		text_grouped(b, sum->undecoded_other);
	}
}

static void put_quality(const struct report *r, struct buf *b)
{
	const struct summary *sum = r->sum;
	const struct totals *t = hosts_totals(sum->hosts);
	const struct flow_state *f = sum->flow;
	bool damaged = sum->capture->cut_short + sum->capture->left_out > 0;

	add(b, sum->interrupted, "reading", " stopped before the end");
	add(b, sum->capture->cut_short, "file", " cut short or damaged");
	report_drops(r, b);
	add(b, f->gaps, "hole", " in the bytes of handshakes");
	add(b, f->one_way, "handshake", " seen from one side only");
	if (f->one_way > 0)
		put_share(b, f->one_way, f->handshakes);
	add(b, sum->cut, "packet", " cut by the snap length");
	if (sum->cut > 0)
		put_share(b, sum->cut, sum->capture->packets);
	add(b, t->truncated, "handshake", " with bytes missing for that");
	add_undecoded(b, sum);
	add(b, f->evicted, "connection", " let go undecided, the table was full");
	add(b, f->let_go, "direction", " given up for their length or for memory");
	add(b, sum->unrecorded, "handshake", " not recorded for want of memory");
	add(b, hosts_forgotten(sum->hosts), "host", " let go, the mildest first");
	add(b, hosts_findings_forgotten(sum->hosts), "finding", " let go, the mildest first");
	add(b, hosts_legs(sum->hosts).forgotten, "handshake",
	    " not held against later ones, to find proxies (--max-legs)");
	if (b->n == 0 && t->grades[GRADE_GOOD] < t->handshakes)
		add(b, t->handshakes - t->grades[GRADE_GOOD], "handshake",
		    " not seen from beginning to end (see below)");
	if (b->n == 0 && sum->capture->left_out == 0)
		buf_printf(b, "nothing lost: every frame decoded, no drops reported%s",
			   t->handshakes ? ", no holes, both sides of every handshake" : "");
	if (sum->capture->packets > 0)
		put_item(r, "Capture", b);
	b->n = 0;
	for (size_t i = 0; sum->damage != NULL && i < sum->damage->n; i++) {
		if (sum->damage->v[i].file != NULL) {
			report_name(b, sum->damage->v[i].file);
			buf_puts(b, ": ");
		}
		report_name(b, sum->damage->v[i].what);
		put_item(r, damaged ? "Damage" : "Note", b);
	}
}

static void put_levels(const struct report *r, struct buf *b)
{
	const char *between = ": ";

	for (unsigned level = LEVELS; level-- > 0;) {
		uint64_t n = 0;

		for (size_t i = 0; i < r->nfindings; i++)
			n += r->findings[i]->rule->level == level;
		if (n == 0)
			continue;
		buf_puts(b, between);
		text_grouped(b, n);
		buf_printf(b, " %s", level_names[level]);
		between = ", ";
	}
}

/* Findings by what they accuse: "on 6 of 16 hosts; 1 on a server". */
static void put_accused(const struct report *r, struct buf *b)
{
	static const char *const nouns[CULPRITS] = { NULL, "proxy", "host's path", "server" };
	uint64_t counts[CULPRITS] = { 0 };
	uint64_t hosts = 0;

	for (size_t i = 0; i < r->nhosts; i++)
		hosts += r->hosts[i]->nfindings > 0;
	for (size_t i = 0; i < r->nfindings; i++)
		counts[r->findings[i]->rule->culprit]++;
	if (hosts > 0) {
		buf_puts(b, "; on ");
		text_grouped(b, hosts);
		buf_puts(b, " of ");
		report_count(b, r->nhosts, "host");
	}
	for (unsigned i = 0; i < CULPRITS; i++)
		if (nouns[i] != NULL && counts[i] > 0) {
			buf_puts(b, "; ");
			text_grouped(b, counts[i]);
			buf_printf(b, " on a %s", nouns[i]);
		}
}

/* Hosts with low offers that a finding about their path speaks of. */
static struct map *spoken_of(const struct report *r)
{
	struct map *m = map_new();

	for (size_t i = 0; i < r->nfindings; i++)
		if (r->findings[i]->rule->culprit == CULPRIT_PATH)
			(void)map_add(m, (struct slice){ r->findings[i]->who.b, 16 });
	return m;
}

/* Users feel a failed handshake whether or not a rule has an opinion on it. */
static void put_failed(const struct report *r, struct buf *b)
{
	const struct totals *t = hosts_totals(r->sum->hosts);
	uint64_t failed = results_failed(t->results);

	if (failed == 0)
		return;
	buf_puts(b, "; ");
	text_grouped(b, failed);
	buf_puts(b, " of ");
	report_count(b, t->handshakes, "handshake");
	buf_puts(b, " failed");
}

/* Low offers that no rule speaks of (they are not bound for Microsoft 365) are said too. */
static void put_result(const struct report *r, struct buf *b)
{
	struct map *spoken = spoken_of(r);
	uint64_t low = 0, unknown = 0;

	for (size_t i = 0; i < r->nhosts; i++) {
		const struct host *h = r->hosts[i];

		low += h->nfindings == 0 && host_low_offers(h) > 0 && !host_is_carrier(h) &&
		       map_find(spoken, (struct slice){ h->ip.b, 16 }) == NULL;
		unknown += host_low_offers(h) + host_high_offers(h) == 0;
	}
	map_free(spoken);
	if (r->nfindings > 0) {
		report_count(b, r->nfindings, "finding");
		put_levels(r, b);
		put_accused(r, b);
	} else {
		buf_puts(b, r->nhosts ? "no findings" : "no TLS handshakes to judge");
	}
	if (low > 0) {
		buf_puts(b, "; ");
		report_count(b, low, r->nfindings ? "other host" : "host");
		buf_puts(b, " with offers below TLS 1.2 that no rule speaks of");
	}
	if (unknown > 0) {
		buf_puts(b, "; ");
		report_count(b, unknown, "host");
		buf_puts(b, " without one complete hello, of which nothing can be said");
	}
	put_failed(r, b);
	put_item(r, "Result", b);
}

void report_head(const struct report *r)
{
	struct buf b = { 0 };

	page_ink(&r->page, INK_STRONG);
	buf_puts(r->page.to, PACKAGE_STRING);
	page_ink(&r->page, INK_PLAIN);
	buf_puts(r->page.to, r->sum->all ? ": TLS handshakes\n\n"
					 : ": TLS handshakes to Microsoft 365\n\n");
	put_result(r, &b);
	if (report_loss(r, &b))
		put_item(r, "Loss", &b);
	report_verdicts(r, &b);
	put_item(r, "Hosts", &b);
	put_inputs(r, &b);
	put_time(r, &b);
	put_packets(r, &b);
	put_handshakes(r, &b);
	put_quality(r, &b);
	put_endpoints(r, &b);
	put_rules(r, &b);
	buf_done(&b);
}
