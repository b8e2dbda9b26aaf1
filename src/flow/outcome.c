/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outcome: how a handshake ended, from what both voices showed.
 *
 * The order of the questions is the order of certainty.  What the capture did
 * not see is never evidence: where bytes of the server are missing, a close is
 * no refusal, and where only one side was captured, silence is not silence.
 */
#include "flow/talk.h"

#define SILENCE_AT_END (UINT64_C(5) * 1000000000)	/* contract, section 4 */

static bool reached_cipher(const struct voice *v)
{
	return v->change_cipher || v->application || v->encrypted;
}

/*
 * Up to TLS 1.2: both sides behind ChangeCipherSpec.  TLS 1.3: the client's
 * Finished, sent when it had the server's flight (early data comes before).
 */
bool outcome_established(const struct talk *t)
{
	const struct voice *c, *s;
	uint16_t version;

	if (t->client == END_UNKNOWN)
		return false;
	c = &t->voice[t->client];
	s = &t->voice[!t->client];
	version = t->version;
	if (t->answer.is && t->answer.hello.format == HELLO_SSL2)
		return reached_cipher(c) && reached_cipher(s);
	if (version == 0)
		return c->finished && s->finished;
	if (tls_version_rank(version) < tls_version_rank(TLS1_3))
		return reached_cipher(c) && reached_cipher(s);
	return c->finished && s->flight && seq_ahead(s->flight_seq, c->finished_ack) >= 0;
}

/* Whether the server said something behind the hello, seen or only acknowledged. */
static bool server_spoke(const struct talk *t)
{
	const struct stream *s = &t->voice[!t->client].stream;

	return s->pieces != NULL || (s->begun && seq_ahead(t->server_began, s->next) > 0) ||
	       stream_lacks(s);
}

bool outcome_silent(const struct flows *f, const struct talk *t)
{
	const struct stream *s;
	uint64_t silence = f->o.silence < SILENCE_AT_END ? f->o.silence : SILENCE_AT_END;
	bool acked;

	if (t->client == END_UNKNOWN || t->flow->seen != 3 || t->answer.is || t->alert.is)
		return false;
	s = &t->voice[t->client].stream;
	acked = s->has_acked && seq_ahead(t->hello_seq, s->acked) > 0;
	return (acked || t->resent) && !server_spoke(t) && f->now >= t->hello_ts &&
	       f->now - t->hello_ts >= silence;
}

/* Whether the handshake may have gone on where the capture has holes. */
static bool is_blind(const struct talk *t)
{
	const struct voice *c = &t->voice[t->client], *s = &t->voice[!t->client];

	if (!server_spoke(t) && !t->answer.is)
		return false;
	return c->hole || s->hole || c->ear == EAR_DEAF || s->ear == EAR_DEAF;
}

static enum result result_of(const struct flows *f, const struct talk *t)
{
	if (outcome_established(t))
		return RESULT_ESTABLISHED;
	if (t->alert.is)
		return RESULT_ALERT;
	if (t->refused && !t->offer.is)
		return RESULT_REFUSED;
	if (t->flow->seen != 3)
		return RESULT_ONE_WAY;
	if (t->client == END_UNKNOWN || is_blind(t))
		return RESULT_UNFINISHED;
	if (t->quiet)
		return RESULT_SILENT;
	if (t->reset.is)
		return RESULT_RESET;
	if (t->flow->fin)
		return RESULT_CLOSED;
	return outcome_silent(f, t) ? RESULT_SILENT : RESULT_UNFINISHED;
}

struct outcome outcome_of(const struct flows *f, const struct talk *t, struct mark *ret)
{
	struct outcome o = { .result = result_of(f, t), .has_alert = t->alert.is };

	if (o.has_alert) {
		o.alert_from = t->alert.from == t->client ? CLIENT : SERVER;
		o.alert_level = t->alert.level;
		o.alert_code = t->alert.code;
	}
	o.has_reset = t->reset.is;
	if (o.has_reset) {
		o.reset_from = t->reset.from == t->client ? CLIENT : SERVER;
		o.reset_ttl = t->reset.ttl;
	}
	o.has_close = o.result == RESULT_CLOSED && t->fin.is;
	if (o.has_close)
		o.close_from = t->fin.from == t->client ? CLIENT : SERVER;
	*ret = t->end_mark;
	if (o.result == RESULT_ALERT)
		*ret = t->alert.mark;
	else if (o.result == RESULT_RESET)
		*ret = t->reset.mark;
	else if (o.result == RESULT_REFUSED)
		*ret = t->refused_mark;
	return o;
}
