/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv: comma-separated values: a heading, then one line a host, the worst first.
 *
 * Entries of lists are joined by "; ".  Everything is known only at the end.
 */
#include "base/text.h"
#include "out/cell.h"
#include "out/file.h"

struct row {
	struct buf *to;
	const struct summary *sum;
	const struct host *host;
};

static void put_ip(const struct row *r)
{
	char ip[ADDR_TEXT];

	buf_puts(r->to, addr_text(&r->host->ip, ip));
}

static void put_vlan(const struct row *r)
{
	if (r->host->vlan != VLAN_NONE)
		buf_number(r->to, r->host->vlan);
}

static void put_name(const struct row *r)
{
	const char *name = capture_name(r->sum->capture, &r->host->ip);

	buf_puts(r->to, name ? name : "");
}

static void put_verdict(const struct row *r)
{
	buf_puts(r->to, verdict_names[host_verdict(r->host)]);
}

static void put_confidence(const struct row *r)
{
	buf_puts(r->to, confidence_names[host_confidence(r->host)]);
}

typedef bool (*words_fn)(const struct host *h, unsigned i, struct buf *ret);

static void put_words(const struct row *r, words_fn words, unsigned n)
{
	struct buf b = { 0 };
	const char *between = "";

	for (unsigned i = 0; i < n; i++, b.n = 0)
		if (words(r->host, i, &b)) {
			buf_puts(r->to, between);
			buf_add(r->to, b.p, b.n);
			between = "; ";
		}
	buf_done(&b);
}

static void put_because(const struct row *r)
{
	put_words(r, host_because, HOST_REASONS);
}

static void put_help(const struct row *r)
{
	put_words(r, host_would_help, HOST_HELPS);
}

static void put_stacks(const struct row *r)
{
	for (unsigned i = 0; i < r->host->nstacks; i++)
		buf_printf(r->to, "%s%s", i ? "; " : "", r->host->stacks[i].is->id);
}

static void put_labels(const struct row *r)
{
	for (unsigned i = 0; i < r->host->nstacks; i++)
		buf_printf(r->to, "%s%s", i ? "; " : "", r->host->stacks[i].is->label);
}

static void put_several(const struct row *r)
{
	buf_puts(r->to, host_is_several(r->host) ? "true" : "false");
}

static void put_fixes(const struct row *r)
{
	for (unsigned i = 0; host_fix(r->host, i) != NULL; i++)
		buf_printf(r->to, "%s%s", i ? "; " : "", host_fix(r->host, i)->id);
}

static void put_findings(const struct row *r)
{
	for (size_t i = 0; i < r->host->nfindings; i++)
		buf_printf(r->to, "%s%s", i ? "; " : "", r->host->findings[i]->rule->id);
}

static void put_services(const struct row *r)
{
	const char *between = "";

	for (unsigned i = 0; i < AREAS; i++)
		if (r->host->areas >> i & 1) {
			buf_printf(r->to, "%s%s", between, area_names[i]);
			between = "; ";
		}
}

/* "tls1.0 x3; tls1.3 x7": a count a version, the lowest first; rank 0 by its own word. */
static void put_ranks(struct buf *b, const uint64_t *counts, const char *none)
{
	const char *between = "";

	for (unsigned i = 1; i <= VERSION_RANKS; i++) {
		unsigned rank = i % VERSION_RANKS;
		const char *token = rank ? version_of_rank(rank) : none;

		if (counts[rank] == 0 || token == NULL)
			continue;
		buf_printf(b, "%s%s x", between, token);
		buf_number(b, counts[rank]);
		between = "; ";
	}
}

static void put_offered(const struct row *r)
{
	put_ranks(r->to, r->host->offered, "unknown");
}

static void put_negotiated(const struct row *r)
{
	put_ranks(r->to, r->host->negotiated, "none");
}

static void put_outcomes(const struct row *r)
{
	const char *between = "";

	for (unsigned i = 0; i < RESULTS; i++)
		if (r->host->results[i] > 0) {
			buf_printf(r->to, "%s%s x", between, result_names[i]);
			buf_number(r->to, r->host->results[i]);
			between = "; ";
		}
}

static void put_handshakes(const struct row *r)
{
	buf_number(r->to, r->host->handshakes);
}

static void put_first(const struct row *r)
{
	text_time(r->to, r->host->first);
}

static void put_last(const struct row *r)
{
	text_time(r->to, r->host->last);
}

static const struct { const char *head; void (*put)(const struct row *r); } columns[] = {
	{ "ip", put_ip }, { "vlan", put_vlan }, { "name", put_name },
	{ "verdict", put_verdict }, { "confidence", put_confidence },
	{ "because", put_because }, { "would_help", put_help },
	{ "stacks", put_stacks }, { "stack_labels", put_labels },
	{ "several_machines", put_several }, { "fixes", put_fixes },
	{ "findings", put_findings }, { "services", put_services },
	{ "handshakes", put_handshakes }, { "offered", put_offered },
	{ "negotiated", put_negotiated }, { "outcomes", put_outcomes },
	{ "first", put_first }, { "last", put_last },
};

enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static void csv_finish(struct sink *s, const struct summary *sum)
{
	const struct host *const *hosts;
	size_t n = hosts_all(sum->hosts, &hosts);

	for (size_t c = 0; c < COLUMNS; c++)
		buf_printf(&s->buf, "%s%s", c ? "," : "", columns[c].head);
	buf_puts(&s->buf, "\r\n");
	for (size_t i = 0; i < n; i++) {
		const struct row row = { &s->buf, sum, hosts[i] };

		for (size_t c = 0; c < COLUMNS; c++) {
			size_t from;

			buf_puts(&s->buf, c ? "," : "");
			from = s->buf.n;
			columns[c].put(&row);
			cell_end(&s->buf, from, true);
		}
		buf_puts(&s->buf, "\r\n");
		file_relieve(s);
	}
}

const struct output output_csv = {
	.name = "csv",
	.help = "comma-separated values: one line a host, with its verdict and why",
	.finish = csv_finish,
};
