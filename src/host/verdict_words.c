/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host: why a verdict fell, and what would make it surer, in words.
 */
#include <inttypes.h>

#include "host/count.h"

static uint64_t whole(const struct host *h)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < OFFER_KINDS; i++)
		n += h->offers[i].n;
	return n;
}

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* "TLS 1.0", "TLS 1.0 or TLS 1.1", "SSL 3.0 to TLS 1.1": the ranks that were offered. */
static void put_range(const struct host *h, unsigned from, unsigned to, struct buf *ret)
{
	unsigned lowest = 0, highest = 0;

	for (unsigned rank = from; rank <= to && rank < VERSION_RANKS; rank++)
		if (h->offered[rank] > 0) {
			highest = rank;
			lowest = lowest ? lowest : rank;
		}
	buf_puts(ret, version_words(lowest));
	if (highest != lowest)
		buf_printf(ret, " %s %s", highest == lowest + 1 ? "or" : "to",
			   version_words(highest));
}

/* ---- reasons ------------------------------------------------------------------------- */

/* "all 4 complete ClientHellos", "both ...", "the one ...". */
static void put_all(uint64_t n, struct buf *ret)
{
	if (n > 2)
		buf_printf(ret, "all %" PRIu64, n);
	else
		buf_puts(ret, n == 2 ? "both" : "the one");
	buf_printf(ret, " complete ClientHello%s", plural(n));
}

static bool is_refused(const struct host *h)
{
	return h->results[RESULT_REFUSED] == h->handshakes;
}

static void say_offers(const struct host *h, struct buf *ret)
{
	uint64_t high = host_high_offers(h), low = host_low_offers(h);

	if (high + low == 0 && h->aliased_low + h->aliased_high > 0)
		return;
	if (high + low == 0) {
		buf_puts(ret, is_refused(h) ? "its connections were refused before TLS began"
					    : "no complete ClientHello was seen");
		return;
	}
	if (high > 0 && low > 0)
		buf_printf(ret, "%" PRIu64 " of %" PRIu64 " complete ClientHellos", high,
			   high + low);
	else
		put_all(high + low, ret);
	if (high > 0) {
		buf_puts(ret, high == 1 ? " reaches " : " reach ");
		put_range(h, tls_version_rank(TLS1_2), VERSION_RANKS, ret);
	}
	if (high > 0 && low > 0)
		buf_printf(ret, ", %" PRIu64, low);
	if (low > 0) {
		buf_puts(ret, low == 1 ? " offers at most " : " offer at most ");
		put_range(h, 1, tls_version_rank(TLS1_1), ret);
	}
}

static void say_weak(const struct host *h, struct buf *ret)
{
	uint64_t weak = h->offers[OFFER_WEAK].n;

	if (weak == 0)
		return;
	if (h->offers[OFFER_HIGH].n == 0)
		buf_puts(ret, "no offer of TLS 1.2 holds a suite that Microsoft 365 accepts");
	else
		buf_printf(ret, "%" PRIu64 " offer%s of TLS 1.2 without a suite that Microsoft "
			   "365 accepts, others with one", weak, plural(weak));
	if (h->weak_established > 0)
		buf_printf(ret, ", yet %" PRIu64 " of these handshakes went through",
			   h->weak_established);
}

/* Retries by the client's word alone: none of theirs was seen to fail. */
static uint64_t marked_alone(const struct host *h)
{
	return h->offers[OFFER_RETRY].n - h->followed;
}

static bool nothing_higher(const struct host *h)
{
	return host_high_offers(h) + h->answered_high + h->incomplete == 0;
}

static void say_retries(const struct host *h, struct buf *ret)
{
	uint64_t alone = marked_alone(h), marked = h->marked - alone;

	if (h->followed > 0)
		buf_printf(ret, "%" PRIu64 " low offer%s %s because a higher one failed just "
			   "before", h->followed, plural(h->followed),
			   h->followed == 1 ? "was made" : "were made");
	if (h->followed > 0 && marked > 0)
		buf_printf(ret, " (%" PRIu64 " marked so by the client, TLS_FALLBACK_SCSV)",
			   marked);
	if (alone == 0)
		return;
	buf_printf(ret, "%sthe client marks %" PRIu64 " low offer%s as %s after a failure "
		   "(TLS_FALLBACK_SCSV)", h->followed > 0 ? ", and " : "", alone, plural(alone),
		   alone == 1 ? "a retry" : "retries");
	if (nothing_higher(h))
		buf_puts(ret, ", the failed one is not in the capture");
	else if (h->path_fix == NULL)
		buf_puts(ret, ", no higher one was seen to fail just before");
}

static void say_resumed(const struct host *h, struct buf *ret)
{
	uint64_t n = h->offers[OFFER_RESUMED].n;

	if (n > 0)
		buf_printf(ret, "%" PRIu64 " low offer%s up an earlier session and repeat%s "
			   "its version", n, n == 1 ? " takes" : "s take", n == 1 ? "s" : "");
}

static void say_answered(const struct host *h, struct buf *ret)
{
	if (h->answered_high > 0)
		buf_printf(ret, "%" PRIu64 " ClientHello%s not seen whole %s answered with TLS "
			   "1.2 or above, so the host offers that", h->answered_high,
			   plural(h->answered_high), h->answered_high == 1 ? "was" : "were");
}

static void say_masked(const struct host *h, struct buf *ret)
{
	char ip[ADDR_TEXT];

	if (h->raised > 0)
		buf_printf(ret, "the proxy %s takes %" PRIu64 " of its low offers further with "
			   "TLS 1.2 or above", addr_text(&h->proxy, ip), h->raised);
}

static void say_held_down(const struct host *h, struct buf *ret)
{
	uint64_t n = h->held_down > h->aliased_low ? h->held_down - h->aliased_low : 0;

	if (n > 0)
		buf_printf(ret, "%" PRIu64 " low offer%s from a TLS stack that knows more and is "
			   "held down", n, n == 1 ? " comes" : "s come");
}

static void say_several(const struct host *h, struct buf *ret)
{
	if (!host_is_several(h))
		return;
	buf_puts(ret, "several machines are behind this address (");
	host_machines_words(h, ret);
	buf_puts(ret, "): NAT, a proxy, or an address given out again; not one host");
}

static void say_upstream(const struct host *h, struct buf *ret)
{
	if (host_is_carrier(h))
		buf_printf(ret, "a proxy or NAT: its handshakes carry on those of others (%" PRIu64
			   " of %" PRIu64 ")", h->upstream, h->handshakes);
	else if (h->upstream > 0)
		buf_printf(ret, "it is a proxy or NAT too: %" PRIu64 " of its handshakes %s on "
			   "those of others", h->upstream, h->upstream == 1 ? "carries" : "carry");
}

static void say_aliased(const struct host *h, struct buf *ret)
{
	uint64_t n = h->aliased_low + h->aliased_high;

	if (n > 0)
		buf_printf(ret, "%" PRIu64 " ClientHello%s a proxy's that goes on under this "
			   "address, and %s left out", n, n == 1 ? " is" : "s are",
			   n == 1 ? "is" : "are");
}

static void say_many(const struct host *h, struct buf *ret)
{
	if (host_may_be_several(h) && !host_is_several(h) && !host_is_carrier(h) &&
	    host_verdict(h) == VERDICT_MIXED)
		buf_printf(ret, "%u TLS stacks under one address: many programs, or many machines "
			   "behind NAT or a proxy", h->nstacks);
}

static void say_macs(const struct host *h, struct buf *ret)
{
	if (h->nmacs > 1 && !h->has_routers)
		buf_printf(ret, "seen under %s hardware addresses: given out again (DHCP), used "
			   "twice, or behind several routers",
			   h->nmacs > MACS_MOST ? "several" : "two");
}

static void say_vlans(const struct host *h, struct buf *ret)
{
	if (h->does_better)
		buf_puts(ret, "the same address offers TLS 1.2 or above in another VLAN: another "
			 "machine, or the same one seen there");
}

static void say_quality(const struct host *h, struct buf *ret)
{
	uint64_t poor = whole(h);

	for (unsigned i = 0; i < OFFER_KINDS; i++)
		poor -= h->offers[i].good;
	if (h->incomplete > 0)
		buf_printf(ret, "%" PRIu64 " ClientHello%s cut off", h->incomplete,
			   h->incomplete == 1 ? " was" : "s were");
	if (poor > 0)
		buf_printf(ret, "%s%" PRIu64 " complete one%s not well captured",
			   h->incomplete > 0 ? ", " : "", poor, poor == 1 ? " was" : "s were");
}

typedef void (*say_fn)(const struct host *h, struct buf *ret);

static const say_fn reasons[HOST_REASONS] = {
	say_offers, say_weak, say_retries, say_resumed, say_answered, say_masked, say_held_down,
	say_several, say_many, say_upstream, say_aliased, say_macs, say_vlans, say_quality
};

static bool says(const say_fn *fns, unsigned n, unsigned i, const struct host *h,
		 struct buf *ret)
{
	size_t before = ret->n;

	if (i < n)
		fns[i](h, ret);
	return ret->n > before;
}

bool host_because(const struct host *h, unsigned i, struct buf *ret)
{
	return says(reasons, HOST_REASONS, i, h, ret);
}

/* ---- what would help ----------------------------------------------------------------- */

static bool is_low_only(const struct host *h)
{
	return host_high_offers(h) + h->answered_high + h->offers[OFFER_RETRY].n == 0 &&
	       host_low_offers(h) > 0;
}

static void want_again(const struct host *h, struct buf *ret)
{
	if (host_verdict(h) != VERDICT_UNKNOWN || host_is_carrier(h) || !is_low_only(h))
		return;
	if (h->offers[OFFER_LOW].n == 0)
		buf_puts(ret, "low offers that take up no session: restart the program while "
			 "capturing");
	else
		buf_puts(ret, "one low offer; seen again it is legacy");
}

static void want_whole(const struct host *h, struct buf *ret)
{
	if (whole(h) > 0 || h->incomplete > 0 || is_refused(h))
		return;
	buf_puts(ret, "a capture that holds the beginning of its connections");
}

static void want_snaplen(const struct host *h, struct buf *ret)
{
	if (h->truncated > 0)
		buf_puts(ret, "packets are cut by the snap length: capture with -s 0");
}

static void want_no_loss(const struct host *h, struct buf *ret)
{
	if (h->lossy > 0 || (h->incomplete > 0 && h->truncated == 0))
		buf_puts(ret, "bytes are missing: a capture without loss, from the beginning of "
			 "the connections");
}

static void want_both_ways(const struct host *h, struct buf *ret)
{
	if (h->one_way > 0)
		buf_puts(ret, "one direction is missing: mirror both");
}

/* The tally that a verdict's confidence hangs on. */
static const struct tally *weakest(const struct host *h)
{
	const struct tally *low = &h->offers[OFFER_LOW], *high = &h->offers[OFFER_HIGH];

	switch (host_verdict(h)) {
	case VERDICT_MODERN:	return high;
	case VERDICT_WEAK:	return &h->offers[OFFER_WEAK];
	case VERDICT_FALLBACK:	return &h->offers[OFFER_RETRY];
	case VERDICT_MIXED:	break;
	default:		return low;
	}
	if (low->n == 0 && h->offers[OFFER_RESUMED].n > 0)
		return &h->offers[OFFER_RESUMED];
	if (low->n == 0)
		low = &h->offers[OFFER_WEAK];
	else if (high->n == 0)
		high = &h->offers[OFFER_WEAK];
	return high->good < low->good ? high : low;
}

static void want_more(const struct host *h, struct buf *ret)
{
	enum verdict v = host_verdict(h);
	const struct tally *t = weakest(h);

	if (v == VERDICT_UNKNOWN || host_confidence(h) == CONFIDENCE_HIGH || t->good >= 2)
		return;
	if (t == &h->offers[OFFER_RESUMED])
		buf_puts(ret, "a low offer that takes up no session: restart the program while "
			 "capturing");
	else
		buf_printf(ret, "%s good handshake that shows it was seen; two or more would make "
			   "it high", t->good == 1 ? "one" : "no");
}

static void want_failed(const struct host *h, struct buf *ret)
{
	if (host_verdict(h) == VERDICT_FALLBACK && nothing_higher(h))
		buf_puts(ret, "the higher offer that failed is not in the capture: capture "
			 "longer, or nearer to the host");
}

static void want_inside(const struct host *h, struct buf *ret)
{
	if (host_is_several(h))
		buf_puts(ret, "capture on the inside of what shares this address");
}

static const say_fn helps[HOST_HELPS] = {
	want_again, want_whole, want_snaplen, want_no_loss, want_both_ways, want_more,
	want_failed, want_inside
};

bool host_would_help(const struct host *h, unsigned i, struct buf *ret)
{
	return says(helps, HOST_HELPS, i, h, ret);
}
