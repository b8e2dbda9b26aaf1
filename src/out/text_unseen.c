/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text: what was not seen, so that silence is not taken for health.
 *
 * Only what happened is said.
 */
#include "base/text.h"
#include "out/report.h"

static void put_point(const struct report *r, uint64_t n, const char *noun, const char *rest)
{
	struct buf b = { 0 };

	if (n == 0)
		return;
	report_count(&b, n, noun);
	buf_puts(&b, rest);
	buf_puts(r->page.to, "- ");
	page_wrap(&r->page, 2, buf_slice(&b));
	buf_done(&b);
}

enum { MINDS_NAMED = 5 };

/* "10.1.4.18 and 3 more": hosts that offer less than TLS 1.2 and more. */
static void put_two_minds(const struct report *r)
{
	char ip[ADDR_TEXT];
	struct buf names = { 0 };
	uint64_t n = 0;

	buf_puts(&names, " with old offers and new ones (");
	for (size_t i = 0; i < r->nhosts; i++) {
		if (host_low_offers(r->hosts[i]) == 0 || host_high_offers(r->hosts[i]) == 0 ||
		    host_is_carrier(r->hosts[i]))
			continue;
		if (n++ < MINDS_NAMED)
			buf_printf(&names, "%s%s", n > 1 ? ", " : "",
				   addr_text(&r->hosts[i]->ip, ip));
	}
	if (n > MINDS_NAMED)
		buf_puts(&names, ", ...");
	buf_puts(&names, "): several programs, or several machines behind one address (NAT, a "
			 "proxy, a terminal server). A host here is an address.");
	put_point(r, n, "host", buf_text(&names));
	buf_done(&names);
}

/* What a limit of the judging let go. */
static void put_limits(const struct report *r)
{
	struct sequences_state q = hosts_sequences(r->sum->hosts);

	put_point(r, hosts_totals(r->sum->hosts)->hits_over, "broken rule",
		  " of handshakes that break more rules than one record holds.");
	put_point(r, hosts_fixes_over(r->sum->hosts), "handshake",
		  " that called for another fix than those their finding tells.");
	put_point(r, hosts_fallbacks_forgotten(r->sum->hosts), "handshake",
		  " let go before a fallback could be told by it: --max-hosts keeps more.");
	put_point(r, q.forgotten, "beginning",
		  " of a sequence let go before what was to follow: --max-sequences keeps more.");
	put_point(r, q.crowded, "handshake",
		  " that fit a step of a sequence let go for later ones of the same step.");
}

static void put_points(const struct report *r)
{
	const struct totals *t = hosts_totals(r->sum->hosts);
	const struct flow_state *f = r->sum->flow;

	put_point(r, t->incomplete, "hello",
		  " incomplete: what may be in the part not captured (newer versions) is not "
		  "known, so there is no verdict on versions.");
	put_point(r, t->no_offer, "handshake", " without a ClientHello in the capture.");
	put_point(r, t->one_way, "handshake",
		  " seen from one side: what the other side said is not known. A span port that "
		  "mirrors one direction, or asymmetric routing, looks like this.");
	put_point(r, t->midstream, "connection",
		  " without its SYN: begun before the capture, or the capture is filtered.");
	put_point(r, t->results[RESULT_UNFINISHED], "handshake",
		  " with nothing behind it that tells how it ended: the capture ended, or is "
		  "filtered.");
	put_point(r, t->hidden, "certificate",
		  " out of sight: TLS 1.3 encrypts them, and resumed sessions send none.");
	put_point(r, t->ech, "hello",
		  " with Encrypted ClientHello, or the grease that imitates it: the server name "
		  "in the clear may be a front.");
	put_point(r, t->proxied, "handshake",
		  " through a proxy (CONNECT or SOCKS): what the proxy itself offers to the "
		  "server is another connection and another record, if it was captured.");
	put_two_minds(r);
	put_point(r, t->overlaps, "handshake",
		  " with bytes sent twice and differently; the first ones count here, the "
		  "receiver may have taken the others.");
	put_point(r, t->malformed + f->malformed, "hello", " malformed.");
	put_point(r, f->bad_certificates, "certificate", " that could not be parsed.");
	put_limits(r);
	put_point(r, r->sum->udp, "UDP packet",
		  " not looked into: what speaks TLS over UDP (QUIC, DTLS) is missing here.");
}

/* What was there instead of handshakes, and what to try. */
static void put_instead(const struct summary *sum, struct buf *b)
{
	const struct flow_state *f = sum->flow;

	if (sum->capture->packets == 0) {
		buf_puts(b, sum->capture->filtered ?
			 "The filter let no packet through; for frames with VLAN tags it must "
			 "begin with \"vlan and\"." : "There was no packet.");
		return;
	}
	if (sum->tcp == 0) {
		buf_puts(b, sum->udp ? "There was UDP but no TCP: QUIC and DTLS are not read."
				     : "There were no TCP packets at all: is this the right "
				       "port, and is the traffic in a tunnel that is not decoded?");
		return;
	}
	if (sum->cut > sum->capture->packets / 2)
		buf_puts(b, "Most packets were cut when they were captured: a snap length of "
			    "262144 (tcpdump -s 0) keeps them whole. ");
	report_count(b, f->connections, "TCP connection");
	buf_puts(b, ", ");
	text_grouped(b, f->tls);
	buf_puts(b, " of them with TLS");
	buf_puts(b, f->tls > 0 && !sum->all ?
		 ", none bound for Microsoft 365 by address or by name. --scope all reports "
		 "every TLS handshake; --cloud and --endpoints change what counts as "
		 "Microsoft 365." :
		 ". A handshake is at the beginning of a connection: of connections that are "
		 "older than the capture it is not there.");
}

/* Nothing to report on. */
static void put_nothing(const struct report *r)
{
	const struct summary *sum = r->sum;
	struct buf b = { 0 };

	buf_puts(&b, sum->all ? "No TLS handshake is in what was read. "
			      : "No TLS handshake to Microsoft 365 is in what was read. ");
	put_instead(sum, &b);
	buf_putc(r->page.to, '\n');
	page_wrap(&r->page, 0, buf_slice(&b));
	buf_done(&b);
}

void report_unseen(const struct report *r)
{
	size_t before, after;

	if (hosts_totals(r->sum->hosts)->handshakes == 0)
		put_nothing(r);
	before = r->page.to->n;
	page_heading(&r->page, "NOT SEEN");
	after = r->page.to->n;
	put_points(r);
	if (r->page.to->n == after)
		r->page.to->n = before;
}
