/* SPDX-License-Identifier: Apache-2.0 */
/*
 * close: what FIN and RST say about a connection.
 *
 * A RST is believed where its receiver would believe it: its number is the next
 * one of its sender (RFC 5961, 3.2), or the one that the other side asked for
 * last (RFC 9293, 3.5.2).  Where bytes of the sender are missing, nobody here
 * knows which of them is next: then any number up to the last known one will do.
 *
 * Any other RST ends nothing: its receiver asks again, and who sent it guessed.
 * It is told only if neither side said anything behind it.
 */
#include "flow/story.h"

/* A FIN or RST far from where its stream stands is none of this connection's. */
static bool is_stray(const struct flow *flow, const struct packet *p, unsigned end)
{
	const struct stream *s = flow->talk ? &flow->talk->voice[end].stream : NULL;
	int32_t off = s && s->begun ? seq_ahead(s->next, p->seq) : 0;

	return off > STREAM_WINDOW || off < -STREAM_WINDOW;
}

/* Before the first payload there are only the numbers of the SYNs. */
static bool is_early_reset(const struct flow *flow, const struct packet *p, unsigned end)
{
	if (flow->has_isn & 1 << end)
		return p->seq == flow->isn[end] + 1;
	return !(flow->has_isn & 1 << !end) || p->ack == flow->isn[!end] + 1;
}

static bool is_believed(const struct voice *v, uint32_t seq)
{
	const struct stream *s = &v->stream;
	uint32_t top = s->next;

	if (!s->begun || (s->has_acked && seq == s->acked))
		return true;
	if (s->has_acked && seq_ahead(top, s->acked) > 0)
		top = s->acked;
	if (v->has_sent && seq_ahead(top, v->sent) > 0)
		top = v->sent;
	if (s->has_fin && s->fin == top)
		top++;
	return seq_ahead(s->next, seq) >= 0 && seq_ahead(seq, top) >= 0;
}

static struct shot reset_of(const struct packet *p, unsigned end)
{
	return (struct shot){ .is = true, .from = end, .ttl = p->ttl, .mark = talk_mark(p) };
}

/* A RST that nobody need believe; what follows shows what it was. */
static void note_odd_reset(struct flows *f, struct talk *t, const struct packet *p, unsigned end)
{
	if (t->reset.is)
		return;
	t->reset = reset_of(p, end);
	t->odd_reset = true;
	if (t->list == TALKS_CLOSING)
		return;
	t->quiet = end == t->client && outcome_silent(f, t);
	talk_move(f, t, TALKS_WAITING);
}

void flow_goes_on(struct talk *t)
{
	if (!t->odd_reset)
		return;
	t->odd_reset = t->reset.is = t->quiet = false;
}

static void close_talk(struct flows *f, struct talk *t, const struct packet *p, unsigned end)
{
	flow_goes_on(t);
	if (p->tcp_flags & TCP_FIN) {
		stream_fin(&t->voice[end].stream, p->seq + p->payload_length);
		if (!t->fin.is)
			t->fin = (struct shot){ .is = true, .from = end };
	}
	if (p->tcp_flags & TCP_RST && !t->reset.is)
		t->reset = reset_of(p, end);
	if (!t->reset.is || t->list != TALKS_CLOSING)
		t->end_mark = talk_mark(p);
	if (t->list == TALKS_CLOSING)
		return;
	t->quiet = end == t->client && outcome_silent(f, t);
	talk_move(f, t, TALKS_CLOSING);
}

void flow_closes(struct flows *f, struct flow *flow, const struct packet *p, unsigned end)
{
	struct talk *t = flow->talk;
	bool reset = p->tcp_flags & TCP_RST;

	if (!(p->tcp_flags & (TCP_FIN | TCP_RST)) || is_stray(flow, p, end))
		return;
	if (t != NULL && t->fate != FATE_OPEN)
		t = NULL;			/* it is decided, and only held */
	if (reset && t != NULL && !is_believed(&t->voice[end], p->seq)) {
		note_odd_reset(f, t, p, end);
		story_packet(f, flow, EVENT_RESET, end);
		return;
	}
	if (reset && flow->phase == FLOW_NEW && !is_early_reset(flow, p, end))
		return;
	story_packet(f, flow, reset ? EVENT_RESET : EVENT_FIN, end);
	if (reset)
		flow->reset = true;
	else
		flow->fin |= (uint8_t)(1 << end);
	if (t != NULL)
		close_talk(f, t, p, end);
	else if (flow->talk == NULL)
		flow_retire(f, flow);
}
