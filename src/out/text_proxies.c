/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text: the boxes between clients and Microsoft: what they take, what they send.
 *
 * Those that something goes on through are told in full, with a connection of
 * either side; those of which one side was captured share what is to be said.
 */
#include <string.h>

#include "base/text.h"
#include "out/file.h"
#include "out/report.h"

enum { INDENT = 4, TOLD_MOST = 20 };

static void put_paragraph(const struct report *r, struct buf *b)
{
	page_spaces(&r->page, INDENT);
	page_wrap(&r->page, INDENT, buf_slice(b));
	b->n = 0;
}

/* "10.1.9.8 ports 8080 8081 (name)". */
static void put_address(const struct report *r, const struct proxy *p, struct buf *b)
{
	const char *name = capture_name(r->sum->capture, &p->ip);
	char ip[ADDR_TEXT];

	if (addr_cmp(&p->ip, &(struct addr){ { 0 } }) == 0) {
		buf_puts(b, "In the way, address not seen");
		return;
	}
	buf_puts(b, addr_text(&p->ip, ip));
	if (p->nports > 0)
		buf_puts(b, p->nports == 1 ? " port" : " ports");
	for (unsigned i = 0; i < p->nports; i++)
		buf_printf(b, " %u", p->ports[i]);
	if (p->more_ports)
		buf_puts(b, " and others");
	if (name != NULL) {
		buf_puts(b, " (");
		report_name(b, name);
		buf_putc(b, ')');
	}
}

static void put_ways(const struct proxy *p, struct buf *b)
{
	const char *between = ", known by ";

	for (unsigned i = 0; legs_recognised_names[i] != NULL; i++)
		if (p->recognised >> i & 1) {
			buf_puts(b, between);
			buf_puts(b, legs_recognised_names[i]);
			between = " ";
		}
}

static void put_title(const struct report *r, const struct proxy *p)
{
	struct buf b = { 0 };

	buf_putc(r->page.to, '\n');
	page_ink(&r->page, INK_STRONG);
	put_address(r, p, &b);
	buf_printf(&b, ": %s", p->verdict == LEGS_UNKNOWN ? "seen from its clients' side only"
							   : legs_verdict_names[p->verdict]);
	put_ways(p, &b);
	buf_puts(&b, ", ");
	report_count(&b, p->clients, "client");
	buf_puts(&b, ", ");
	report_span(&b, p->first, p->last);
	page_wrap(&r->page, INDENT, buf_slice(&b));
	page_ink(&r->page, INK_PLAIN);
	buf_done(&b);
}

static void put_proofs(const struct report *r, const struct proxy *p, struct buf *b)
{
	const char *between = ": ";

	if (p->verdict == LEGS_UNKNOWN)
		buf_puts(b, "Known as a proxy");
	else
		buf_printf(b, "Confidence %s", confidence_names[p->confidence]);
	for (unsigned i = 0; i < PROOFS; i++)
		if (p->proofs >> i & 1) {
			buf_puts(b, between);
			proxy_proof(p, (enum proof)i, b);
			between = "; ";
		}
	buf_putc(b, '.');
	put_paragraph(r, b);
}

static void put_example(const struct report *r, const struct proxy *p)
{
	static const char *const sides[] = { "client: ", "upstream: " };

	for (unsigned role = 0; role < LEG_ROLES && p->nexamples > 0; role++) {
		const struct evidence *e = &p->examples[role][0];

		if (e->ts == 0)
			continue;
		report_evidence(r, e, sides[role], INDENT);
	}
}

static void put_proxy(const struct report *r, const struct proxy *p)
{
	struct buf b = { 0 };

	put_title(r, p);
	proxy_says(p, &b);
	b.p[0] = (char)(b.p[0] - 'a' + 'A');
	buf_putc(&b, '.');
	put_paragraph(r, &b);
	proxy_differs(p, &b);
	if (b.n > 0) {
		struct buf whole = { 0 };

		buf_puts(&whole, "Between the legs: ");
		buf_add(&whole, b.p, b.n);
		buf_putc(&whole, '.');
		put_paragraph(r, &whole);
		buf_done(&whole);
	}
	b.n = 0;
	put_proofs(r, p, &b);
	put_example(r, p);
	buf_done(&b);
}

void report_proxies(const struct report *r)
{
	const struct proxy *const *proxies;
	size_t n = hosts_proxies(r->sum->hosts, &proxies), told = 0;
	struct buf b = { 0 };

	if (n == 0)
		return;
	page_heading(&r->page, "PROXIES");
	for (size_t i = 0; i < n && (r->sink->verbose || told < TOLD_MOST); i++, told++)
		put_proxy(r, proxies[i]);
	if (told < n) {
		buf_putc(r->page.to, '\n');
		text_grouped(&b, n - told);
		buf_puts(&b, " more (-v tells them in full).");
		page_wrap(&r->page, 0, buf_slice(&b));
	}
	buf_done(&b);
	file_relieve(r->sink);
}
