/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flow: where each packet goes.
 *
 * A packet of a flow that nobody follows costs the lookup, and a look at its
 * first bytes: it may be the hello of a connection that began before the
 * capture.  SYNs leave a note in the flow's entry; the first payload makes a
 * talk.  A SYN with another number begins a new connection in the same entry.
 */
#include "flow/flow.h"

#include <string.h>

#include "flow/story.h"

enum { REWIND = 65536 };

/* ---- who is let in ------------------------------------------------------------------- */

static bool is_syn(const struct packet *p)
{
	return (p->tcp_flags & (TCP_SYN | TCP_RST | TCP_FIN)) == TCP_SYN;
}

/* What a client says first to a proxy or through one, whole lines at a time. */
static bool begins_prelude(struct slice s)
{
	return slice_starts(s, "CONNECT ") || slice_starts(s, "PROXY ") ||
	       slice_starts(s, "\r\n\r\n");		/* PROXY protocol, version 2 */
}

/*
 * Whether a packet from the middle of a connection is worth a flow: it begins
 * a hello or a prelude, or it is Microsoft's and may be a hello's later part.
 */
static bool is_worth(struct flows *f, const struct packet *p, uint32_t hash)
{
	uint32_t *nobody = &f->nobody[hash % NOBODIES];
	struct cursor c = cursor_of(p->payload);
	struct service ignored;

	if (tls_looks_client(p->payload) == PARSE_OK || begins_prelude(p->payload))
		return true;
	if (tls_looks_server(p->payload) == PARSE_OK && cur_u8(&c) != 21)
		return true;			/* not for an alert alone */
	if (f->o.m365 == NULL || *nobody == hash)
		return false;
	if (m365_by_addr(f->o.m365, &p->dst, p->dport, false, &ignored) ||
	    m365_by_addr(f->o.m365, &p->src, p->sport, false, &ignored))
		return true;
	*nobody = hash;
	return false;
}

static struct flow *admit(struct flows *f, const struct packet *p, const struct flow_key *k,
			  uint32_t hash)
{
	struct flow *flow;

	if (!is_syn(p) && (p->payload.n == 0 || p->tcp_flags & TCP_RST || !is_worth(f, p, hash)))
		return NULL;
	while ((flow = flow_table_add(&f->table, k, hash)) == NULL) {
		struct flow *out = flow_table_oldest(&f->table, LIST_CLOSED);

		if (out == NULL)
			out = flow_table_oldest(&f->table, LIST_LIVE);
		if (out == NULL)
			return NULL;
		f->state.evicted += out->phase != FLOW_DONE;
		if (out->talk != NULL)
			out->talk->quality.overflow = true;
		flow_end(f, out);
	}
	flow->first = f->now;
	flow->last = flow->moved = f->passed;
	flow->client = END_UNKNOWN;
	f->state.connections++;
	f->state.flows_now = f->table.count;
	return flow;
}

/* ---- SYN ----------------------------------------------------------------------------- */

/* The same entry, another connection. */
static void restart(struct flows *f, struct flow *flow)
{
	struct flow fresh;

	flow_end_talk(f, flow);
	story_drop(f, flow);
	fresh = (struct flow){
		.key = flow->key, .hash = flow->hash, .list = flow->list,
		.newer = flow->newer, .older = flow->older,
		.first = f->now, .last = f->passed, .moved = f->passed, .client = END_UNKNOWN,
	};
	*flow = fresh;
	flow_table_move(&f->table, flow, LIST_LIVE);
	f->state.connections++;
}

/*
 * Whether a SYN begins another connection than the one that is known.  While
 * that one is fresh and alive it does not: a span on both sides of a firewall
 * that draws its own numbers shows each SYN twice with different ones.
 */
static bool is_other_syn(const struct flows *f, const struct flow *flow, const struct packet *p,
			 unsigned end)
{
	const struct stream *s = flow->talk ? &flow->talk->voice[end].stream : NULL;
	int32_t behind = s ? seq_ahead(p->seq + 1, s->next) : 0;
	bool over = flow->phase == FLOW_DONE || flow->fin || flow->reset ||
		    f->passed - flow->last >= SECOND;

	if (flow->has_isn & 1 << end)
		return flow->isn[end] != p->seq && over;
	if (flow->phase == FLOW_NEW || (s && s->begun && behind >= 0 && behind < STREAM_WINDOW))
		return false;			/* the SYN comes late, its data came first */
	return over;
}

/*
 * Without a SYN, the first segment captured need not be the first one sent.
 * What is known to come before it: a segment, a late SYN.
 */
static void rewind_to(struct flow *flow, unsigned end, uint32_t seq, const struct packet *p)
{
	struct mark m = talk_mark(p);
	struct voice *v = flow->talk ? &flow->talk->voice[end] : NULL;
	int32_t before = v ? seq_ahead(seq, v->stream.next - v->stream.n) : 0;

	if (v && !(flow->has_isn & 1 << end) && v->stream.begun && v->ear == EAR_OPEN &&
	    !v->hole && before > 1 && before < REWIND)
		stream_rewind(&v->stream, seq, &m);
}

/*
 * A SYN with another number that came too early to be believed, and this is the
 * answer to it: it was a new connection after all.  On both sides of a firewall
 * that draws numbers for one side only the server's stays the same.
 */
static bool is_answer_to_rival(const struct flow *flow, const struct packet *p, unsigned end)
{
	return flow->has_rival && p->tcp_flags & TCP_ACK && p->ack == flow->rival + 1 &&
	       (!(flow->has_isn & 1 << end) || flow->isn[end] != p->seq);
}

static void note_syn(struct flows *f, struct flow *flow, const struct packet *p, unsigned end)
{
	uint8_t bit = (uint8_t)(1 << end);

	if (is_answer_to_rival(flow, p, end)) {
		restart(f, flow);
		flow->seen = 3;			/* the SYN and this */
	}
	if (flow->has_isn & bit && flow->isn[end] != p->seq) {
		if (!(p->tcp_flags & TCP_ACK)) {
			flow->has_rival = true;
			flow->rival = p->seq;
		}
		return;
	}
	story_packet(f, flow, p->tcp_flags & TCP_ACK ? EVENT_SYN_ACK : EVENT_SYN, end);
	rewind_to(flow, end, p->seq + 1, p);
	flow->isn[end] = p->seq;
	flow->has_isn |= bit;
	if (p->tcp_flags & TCP_ACK) {
		flow->client = !end;
		flow->synack_ttl = p->ttl;
		flow->has_synack_ttl = true;
		if (!(flow->has_isn & 1 << !end)) {	/* the SYN was missed, or is late */
			rewind_to(flow, !end, p->ack, p);
			flow->isn[!end] = p->ack - 1;
			flow->has_isn = 3;
		}
		if (!flow->has_rtt && flow->syn_ts != 0 && p->frame->ts >= flow->syn_ts) {
			flow->rtt = p->frame->ts - flow->syn_ts;
			flow->has_rtt = true;
		}
		return;
	}
	flow->client = (uint8_t)end;
	if (!flow->has_synack_ttl)
		flow->syn_ts = p->frame->ts;	/* of the last one sent before the answer */
	if (p->macs != NULL) {
		struct cursor c = cursor_of((struct slice){ p->macs, 12 });

		cur_skip(&c, 6);
		memcpy(flow->mac, cur_take(&c, 6), sizeof(flow->mac));
		flow->has_mac = true;
	}
}

/* ---- payload ------------------------------------------------------------------------- */

/* The first payload of a connection, or of what was captured of it. */
static struct talk *begin_talk(struct flows *f, struct flow *flow, const struct packet *p,
			       unsigned end)
{
	struct talk *t = talk_new(f, flow);

	if (t == NULL)
		return NULL;
	talk_place(t, p);
	for (unsigned i = 0; i < 2; i++)	/* it may have to be rewound */
		t->voice[i].stream.keep = !(flow->has_isn & 1 << i);
	if (flow->has_isn != 0)
		return t;
	t->quality.midstream = true;
	if (begins_prelude(p->payload) && !role_is_server(f, t, end))
		t->client = end;
	else
		t->voice[0].prelude_over = t->voice[1].prelude_over = true;
	return t;
}

/*
 * A voice that never came to TLS is not listened to for ever, nor one whose
 * handshake went on where the capture did not see it: what is known is told.
 */
static void limit(struct flows *f, struct talk *t, unsigned end)
{
	struct voice *v = &t->voice[end];

	if (t->tls && v->bytes >= FOLLOW_BYTES) {
		follow_rest(f, t);
		t->fate = t->fate == FATE_OPEN ? FATE_DECIDED : t->fate;
		return;
	}
	if (v->segments < SEARCH_SEGMENTS && v->bytes < SEARCH_BYTES)
		return;
	if (!t->tls) {
		t->fate = t->refused ? FATE_DECIDED : FATE_DROPPED;
		f->state.let_go += v->hole;	/* a hello may have been in it */
	} else if (v->ear == EAR_OPEN && !v->hole) {
		follow_deaf(f, t, end);
	}
}

static void take_payload(struct flows *f, struct talk *t, const struct packet *p, unsigned end)
{
	struct voice *v = &t->voice[end];
	struct segment g = {
		.seq = p->seq + (p->tcp_flags & TCP_SYN ? 1 : 0),
		.data = p->payload, .length = p->payload_length,
		.pushed = p->tcp_flags & TCP_PSH, .mark = talk_mark(p),
	};
	uint32_t repeated = t->quality.repeated;

	if (p->tcp_flags & TCP_ACK)
		stream_ack(&t->voice[!end].stream, p->ack);
	if (g.length == 0) {
		story_ack(f, t, p, end);
		return;
	}
	rewind_to(t->flow, end, p->seq, p);
	if (!stream_add(&v->stream, &g, &t->quality))
		return;
	if (!v->has_sent || seq_ahead(v->sent, g.seq + g.length) > 0)
		v->sent = g.seq + g.length;
	v->has_sent = true;
	flow_goes_on(t);
	v->segments++;
	v->bytes += g.length;
	t->resent |= t->client == end && t->quality.repeated > repeated;
	if (t->quality.repeated > repeated)
		story_packet(f, t->flow, EVENT_RESENT, end);
	follow(f, t, end);
	if (t->fate == FATE_OPEN)
		limit(f, t, end);
}

/* ---- a packet ------------------------------------------------------------------------ */

/*
 * A low offer that came through may be the second try of one that failed: what
 * ended that one is told GRACE after it, so this one is told GRACE after it was
 * decided.  Sightings then come in the order in which the client tried.
 */
static bool is_held(struct flows *f, struct talk *t)
{
	uint16_t max = t->offer.is ? offer_max(&t->offer.hello) : 0;

	if (t->fate != FATE_DECIDED || max == 0 ||
	    tls_version_rank(max) >= tls_version_rank(TLS1_2) || !outcome_established(t))
		return false;
	talk_move(f, t, TALKS_CLOSING);
	return true;
}

static void settle(struct flows *f, struct flow *flow)
{
	if (flow->talk->fate != FATE_OPEN && !is_held(f, flow->talk)) {
		flow_end_talk(f, flow);
		return;
	}
	talk_account(f, flow->talk);
	flow_spare_memory(f);
}

/* Payload, or an acknowledgement: what it adds to what is known. */
static void take(struct flows *f, struct flow *flow, const struct packet *p, unsigned end)
{
	if (flow->phase == FLOW_NEW && p->payload_length > 0 && !(p->tcp_flags & TCP_RST))
		(void)begin_talk(f, flow, p, end);
	if (flow->talk == NULL || flow->talk->fate != FATE_OPEN)
		return;
	if (!(p->tcp_flags & TCP_RST))
		take_payload(f, flow->talk, p, end);
	settle(f, flow);
}

void flows_place(const struct flows *f, const struct packet *p, struct flow_place *ret)
{
	ret->end = flow_table_key(p, &ret->key);
	ret->hash = flow_table_hash(&f->table, &ret->key);
	flow_table_fetch_bucket(&f->table, ret->hash);
}

void flows_fetch(const struct flows *f, const struct flow_place *at)
{
	flow_table_fetch_flow(&f->table, at->hash);
}

static void tell_spent(const struct flows *f, struct flow *flow, const struct packet *p)
{
	if (flow->told || flow->client == END_UNKNOWN || !(flow->has_isn & 1 << flow->client))
		return;
	flow->told = true;
	f->o.spent(p, flow->isn[flow->client], f->o.spent_arg);
}

void flows_packet_at(struct flows *f, const struct packet *p, const struct flow_place *at)
{
	unsigned end = at->end;
	struct flow *flow;

	flows_tick(f, p->frame->ts);
	flow = flow_table_find(&f->table, &at->key, at->hash);
	if (flow == NULL)
		flow = admit(f, p, &at->key, at->hash);
	else if (is_syn(p) && is_other_syn(f, flow, p, end))
		restart(f, flow);
	if (flow == NULL)
		return;
	f->packet = p;
	flow_touch(f, flow);
	flow->seen |= (uint8_t)(1 << end);
	if (is_syn(p))
		note_syn(f, flow, p, end);
	if (flow->phase != FLOW_DONE)
		take(f, flow, p, end);
	flow_closes(f, flow, p, end);
	f->packet = NULL;
	f->lone = f->alone ? flow : NULL;
	if (f->o.spent != NULL && flow->phase == FLOW_DONE)
		tell_spent(f, flow, p);
}

void flows_packet(struct flows *f, const struct packet *p)
{
	struct flow_place at;

	flows_place(f, p, &at);
	flows_packet_at(f, p, &at);
}
