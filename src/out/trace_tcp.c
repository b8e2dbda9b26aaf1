/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace: what TCP shows, and what is said before TLS.
 *
 * A TTL tells how many routers a packet came by, as senders begin with 64, 128 or
 * 255.  Routes differ by a hop or two between packets of one machine; more is
 * another machine.
 */
#include <inttypes.h>

#include "base/text.h"
#include "out/trace_say.h"

enum { HOPS_MEAN = 3, HOPS_FAR = 5 };

static void say_hops(struct buf *b, uint8_t ttl)
{
	unsigned hops = ttl_hops(ttl);

	if (hops == 0)
		buf_printf(b, "TTL %u: no router between", ttl);
	else
		buf_printf(b, "TTL %u: %u router%s away", ttl, hops, hops == 1 ? "" : "s");
}

static void say_end(struct buf *b, const struct sighting *s, enum field_id ip, enum field_id port)
{
	const struct value *a = sighting_get(s, ip), *p = sighting_get(s, port);
	char text[ADDR_TEXT];

	if (!value_known(a))
		return;
	buf_printf(b, addr_is_v4(&a->addr) ? "%s:%u" : "[%s]:%u", addr_text(&a->addr, text),
		   (unsigned)p->number);
}

void say_syn(const struct sighting *s, const struct event *e, struct buf *b)
{
	buf_puts(b, "opens a connection to ");
	say_end(b, s, FIELD_SERVER_IP, FIELD_SERVER_PORT);
	if (e->count > 1) {
		buf_printf(b, ", asks %" PRIu32 " times in ", e->count);
		text_duration(b, e->until - e->ts);
	}
}

/* Whether somebody nearer than Microsoft's machines answers for one of them. */
static bool is_near(const struct trace_state *st, const struct sighting *s, uint8_t ttl)
{
	const struct value *by = sighting_get(s, FIELD_SERVICE_MATCHED_BY);

	return st->has_edge && ttl > 0 && value_known(by) && by->number & MATCH_ADDRESS &&
	       ttl_hops(ttl) + HOPS_FAR <= st->edge;
}

/* Who answers is not who was meant: that one is behind more routers. */
static void say_farther(struct buf *b, const char *role, unsigned hops)
{
	buf_printf(b, "; the %s itself is %u router%s away", role, hops, hops == 1 ? "" : "s");
}

void say_syn_ack(const struct trace_state *st, const struct story *story, unsigned leg,
			const struct event *e, struct buf *b)
{
	const struct sighting *s = story->leg[leg];
	const struct event *up = leg + 1 < story->nlegs ?
				 trace_event(story->leg[leg + 1], EVENT_SYN_ACK) : NULL;

	buf_puts(b, "accepts it");
	if (trace_knows(s, FIELD_RTT)) {
		buf_puts(b, " after ");
		text_ms(b, sighting_get(s, FIELD_RTT)->number);
		buf_puts(b, " ms");
	}
	if (e->ttl == 0)
		return;
	buf_puts(b, "; ");
	say_hops(b, e->ttl);
	if (is_near(st, s, e->ttl))
		buf_printf(b, ", while Microsoft's addresses are %u away elsewhere in this "
			   "capture: a box on the way answers in their name", st->edge);
	else if (trace_is_near(s))
		buf_puts(b, ": whoever answers is next to the capture, not at Microsoft");
	else if (up != NULL && up->ttl > 0 && ttl_hops(e->ttl) + HOPS_MEAN <= ttl_hops(up->ttl))
		say_farther(b, story_role(story, leg + 1, SERVER), ttl_hops(up->ttl));
}

/* The TTL beside that of the SYN-ACK: the same machine, or another one? */
void say_ttl(const struct sighting *s, const struct event *e, struct buf *b)
{
	const struct event *first = trace_event(s, EVENT_SYN_ACK);
	unsigned apart;

	if (e->side != SERVER || e->ttl == 0 || first == NULL || first->ttl == 0)
		return;
	apart = e->ttl > first->ttl ? (unsigned)(e->ttl - first->ttl)
				    : (unsigned)(first->ttl - e->ttl);
	if (apart < HOPS_MEAN)
		return;
	buf_puts(b, "; ");
	say_hops(b, e->ttl);
	buf_printf(b, ", but the SYN-ACK's was %u: another machine sent this", first->ttl);
}

void say_reset(const struct sighting *s, const struct event *e, struct buf *b)
{
	const struct event *first = trace_event(s, EVENT_SYN_ACK);

	buf_puts(b, "resets the connection (RST)");
	if (e->side == SERVER && e->ttl > 0 && first != NULL && first->ttl == e->ttl)
		buf_printf(b, "; TTL %u, as its SYN-ACK had", e->ttl);
	say_ttl(s, e, b);
}

/* ---- before TLS ---------------------------------------------------------------------- */

static void say_status(const struct event *e, struct buf *b)
{
	if (e->status >= 200 && e->status < 300)
		buf_printf(b, "accepts (%u): from here on it passes bytes, or takes part in TLS",
			   e->status);
	else if (e->status == 407)
		buf_puts(b, "wants credentials first (407)");
	else if (e->status != 0)
		buf_printf(b, "refuses (%u)", e->status);
	else
		buf_puts(b, "answers");
}

static void say_connect(const struct sighting *s, const struct event *e, struct buf *b)
{
	if (e->side == SERVER) {
		say_status(e, b);
		return;
	}
	buf_puts(b, "asks the proxy for");
	if (!say_text(b, " ", s, FIELD_PRELUDE_TARGET, ""))
		buf_puts(b, " a connection");
	buf_puts(b, " (CONNECT");
	(void)say_text(b, ", ", s, FIELD_PRELUDE_AGENT, "");
	buf_putc(b, ')');
}

/* The last message of each side is the request, and the answer to it. */
static void say_socks(const struct sighting *s, const struct event *e, struct buf *b)
{
	bool last = true;

	for (const struct event *k = e + 1; k < s->events + s->nevents; k++)
		last &= k->is != EVENT_PRELUDE || k->side != e->side;
	if (!last)
		buf_puts(b, e->side == CLIENT ? "speaks to the SOCKS proxy" : "answers (SOCKS)");
	else if (e->side == SERVER)
		buf_puts(b, trace_event(s, EVENT_HELLO) != NULL ? "accepts (SOCKS)"
							      : "answers (SOCKS)");
	else if (!say_text(b, "asks the SOCKS proxy for ", s, FIELD_PRELUDE_TARGET, ""))
		buf_puts(b, "asks the SOCKS proxy for a connection");
}

/* Dialogues that lead to STARTTLS, requests to SOCKS proxies, headers of balancers. */
void say_prelude(const struct sighting *s, const struct event *e, struct buf *b)
{
	const struct value *v = sighting_get(s, FIELD_PRELUDE_KIND);
	struct slice kind = v->type == VALUE_TEXT ? v->bytes : (struct slice){ NULL, 0 };

	if (e->level == 1) {
		buf_puts(b, "says for whom it speaks (PROXY protocol)");
	} else if (slice_is(kind, "connect")) {
		say_connect(s, e, b);
	} else if (slice_starts(kind, "socks")) {
		say_socks(s, e, b);
	} else {
		buf_puts(b, e->side == CLIENT ? "speaks " : "answers in ");
		for (size_t i = 0; i < kind.n; i++)	/* our own word: SMTP, IMAP */
			buf_putc(b, (char)(kind.p[i] >= 'a' && kind.p[i] <= 'z' ?
					   kind.p[i] - 0x20 : kind.p[i]));
		buf_puts(b, " before TLS");
		if (e->status != 0)
			buf_printf(b, " (%u)", e->status);
	}
}
