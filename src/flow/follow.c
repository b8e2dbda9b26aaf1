/* SPDX-License-Identifier: Apache-2.0 */
/*
 * follow: what the two voices of a connection say, until TLS speaks for itself.
 *
 * TLS is found by what it is, not by its port: at the stream's start, where a
 * prelude says so, or else at the start of any later segment.  The server's
 * begins where its bytes look like a ServerHello.  Either side may be captured
 * later than the other; they pair all the same.
 *
 * After a hole a voice is listened to anew, and TLS is picked up at the first
 * segment that starts with a record: so the outcome is known although a part
 * of the handshake is not.
 */
#include "flow/story.h"

#include <stdlib.h>

static bool is_client(const struct talk *t, unsigned end) { return t->client == end; }
static bool is_server(const struct talk *t, unsigned end) { return t->client == !end; }

/* Whether s starts with a TLS record of any kind, for picking up after a hole. */
static bool begins_record(const struct voice *v, struct slice s)
{
	enum { CHANGE_CIPHER_SPEC = 20, ALERT, HANDSHAKE, APPLICATION_DATA, MESSAGES = 24 };
	struct cursor c = cursor_of(s);
	uint8_t type = cur_u8(&c), major = cur_u8(&c), minor = cur_u8(&c);
	uint16_t length = cur_u16(&c);
	uint8_t first = cur_u8(&c);

	if (!cur_ok(&c) || major != 3 || minor > 4 || length == 0 || length > TLS_RECORD_MAX)
		return false;
	switch (type) {
	case CHANGE_CIPHER_SPEC:
		return length == 1 && first == 1;
	case ALERT:
		return length == 2 ? first == 1 || first == 2 : v->change_cipher;
	case HANDSHAKE:
		return v->change_cipher || (first > 0 && first <= MESSAGES && cur_u8(&c) == 0);
	default:
		return type == APPLICATION_DATA;
	}
}

static bool begins_client(const struct flows *f, const struct talk *t, unsigned end,
			  struct slice s)
{
	return tls_looks_client(s) == PARSE_OK && role_asks(f, t, end);
}

/* An alert alone is an answer only at the very start, or to a hello. */
static bool begins_server(const struct flows *f, const struct talk *t, unsigned end,
			  struct slice s)
{
	struct cursor c = cursor_of(s);

	if (tls_looks_server(s) != PARSE_OK || !role_answers(f, t, end))
		return false;
	return cur_u8(&c) != 21 || t->tls || t->voice[end].segments <= 1;
}

/* A caller's first record may be a warning; its hello comes behind it. */
static bool warns_first(const struct talk *t, unsigned end, struct slice s)
{
	struct cursor c = cursor_of(s);

	return cur_u8(&c) == 21 && tls_looks_server(s) == PARSE_OK && t->flow->has_isn != 0 &&
	       t->flow->client == end && (t->tls || t->voice[end].segments <= 1);
}

/* The client's TLS begins: from here on an answer is waited for. */
void follow_hello(struct flows *f, struct talk *t, unsigned end, uint32_t seq)
{
	struct voice *v = &t->voice[end];
	uint64_t now = f->alone ? f->settled : f->now;

	t->hello_seq = seq;
	t->hello_ts = v->stream.nmarks > 0 ? v->stream.marks[0].ts : now;
	if (t->hello_ts < now)		/* a packet without a time is not long ago */
		t->hello_ts = now;
	t->server_began = t->voice[!end].stream.next;
	t->resent = t->quiet = false;
	if (f->packet != NULL && !t->has_place) {
		talk_place(t, f->packet);
		t->has_place = true;
	}
	if (!t->answer.is && t->list != TALKS_CLOSING)
		talk_move(f, t, TALKS_WAITING);
}

static void begin(struct flows *f, struct talk *t, unsigned end, enum side side)
{
	struct voice *v = &t->voice[end];

	v->ear = EAR_TLS;
	v->prelude_over = true;
	v->reader = (struct tls_reader){ .encrypted = v->hole && v->change_cipher };
	v->stream.keep = true;
	v->segments = v->bytes = 0;
	t->tls = true;
	t->client = side == CLIENT ? end : !end;
	if (side == CLIENT)
		follow_hello(f, t, end, stream_at(&v->stream));
}

/* All that is ready is of no use. */
static void pass_over(struct voice *v)
{
	stream_consume(&v->stream, stream_ready(&v->stream).n);
	stream_unmark(&v->stream);
}

/* Nor is what was waiting for more; the latest portion may be. */
static bool pass_to_portion(struct voice *v)
{
	int32_t old = seq_ahead(stream_at(&v->stream), v->stream.portion);

	if (old <= 0 || (size_t)old >= stream_ready(&v->stream).n)
		return false;
	stream_consume(&v->stream, (size_t)old);
	stream_unmark(&v->stream);
	return true;
}

static void prelude_ends(struct talk *t)
{
	t->voice[0].prelude_over = t->voice[1].prelude_over = true;
}

/* A proxy may be asked later, or again after it refused. */
static bool asks_proxy(const struct talk *t, unsigned end, struct slice s)
{
	return !t->tls && !is_server(t, end) && (t->prelude.is == NULL || t->refused) &&
	       slice_starts(s, "CONNECT ");
}

static void restart_prelude(struct talk *t, unsigned client)
{
	t->prelude = (struct prelude_state){ .is = NULL };
	t->refused = false;
	t->client = client;
	t->voice[0].prelude_over = t->voice[1].prelude_over = false;
}

/* A proxy that asks for credentials has refused, until it grants. */
static void note_refusal(struct talk *t, enum prelude_says says, const struct stream *s)
{
	bool asks = t->prelude.is == &prelude_connect && t->prelude.status >= 300;

	if (says == PRELUDE_TLS)
		t->refused = false;
	else if ((says == PRELUDE_REFUSED || asks) && !t->refused) {
		t->refused = true;
		t->refused_mark = s->marks[s->nmarks > 0 ? s->nmarks - 1 : 0];
	}
}

/* True: look again at what is left. */
static bool hear_prelude(struct flows *f, struct talk *t, unsigned end)
{
	struct voice *v = &t->voice[end];
	struct slice s = stream_ready(&v->stream);
	struct cursor c = cursor_of(s);
	bool claimed = t->prelude.is != NULL;
	enum prelude_says says;

	says = prelude_feed(&t->prelude, is_client(t, end) ? CLIENT : SERVER, &c);
	stream_consume(&v->stream, s.n - cur_left(&c));
	note_refusal(t, says, &v->stream);
	if (says != PRELUDE_UNSURE && says != PRELUDE_NOT_MINE && cur_left(&c) < s.n)
		story_prelude(f, t, end, says == PRELUDE_NEXT);
	switch (says) {
	case PRELUDE_MORE:
	case PRELUDE_NEXT:
		stream_unmark(&v->stream);
		return cur_left(&c) > 0 && cur_left(&c) < s.n;
	case PRELUDE_TLS:
	case PRELUDE_REFUSED:
		prelude_ends(t);
		stream_unmark(&v->stream);
		return true;
	case PRELUDE_UNSURE:
		return false;
	default:
		if (claimed)
			prelude_ends(t);
		else if (tls_looks_client(s) != PARSE_MORE)
			v->prelude_over = true;
		return v->prelude_over;
	}
}

/* The start of a portion that is neither TLS nor a prelude. */
static bool search(struct flows *f, struct talk *t, unsigned end)
{
	struct voice *v = &t->voice[end];
	struct slice s = stream_ready(&v->stream);

	if (asks_proxy(t, end, s) && !role_is_server(f, t, end)) {
		restart_prelude(t, end);
		if (hear_prelude(f, t, end) && !v->prelude_over)
			return true;
		if (!v->prelude_over)
			return false;
	}
	if (tls_looks_client(s) == PARSE_MORE || tls_looks_server(s) == PARSE_MORE)
		return false;
	if (pass_to_portion(v))
		return true;
	pass_over(v);
	return false;
}

static bool hear_open(struct flows *f, struct talk *t, unsigned end)
{
	struct voice *v = &t->voice[end];
	struct slice s = stream_ready(&v->stream);
	bool midway = v->hole || t->quality.midstream;

	if (s.n == 0)
		return false;
	if (begins_client(f, t, end, s)) {
		begin(f, t, end, CLIENT);
		return true;
	}
	if (begins_server(f, t, end, s)) {
		begin(f, t, end, SERVER);
		return true;
	}
	if (warns_first(t, end, s)) {
		begin(f, t, end, CLIENT);
		return true;
	}
	if (midway && (t->offer.is || t->answer.is) && begins_record(v, s)) {
		begin(f, t, end, is_client(t, end) ? CLIENT : SERVER);
		return true;
	}
	return v->prelude_over ? search(f, t, end) : hear_prelude(f, t, end);
}

void follow_deaf(struct flows *f, struct talk *t, unsigned end)
{
	t->voice[end].ear = EAR_DEAF;
	t->voice[end].stream.keep = false;
	t->quality.overflow = true;
	f->state.let_go++;
}

/* A hello's header, and then no TLS: if nothing was said so far, search on. */
static void not_tls(struct talk *t, unsigned end)
{
	struct voice *v = &t->voice[end];

	v->ear = t->offer.is || t->answer.is ? EAR_DEAF : EAR_OPEN;
	pass_over(v);
}

static bool lend_room(struct flows *f, struct talk *t, unsigned end)
{
	struct voice *v = &t->voice[end];

	v->room = v->room ? v->room : malloc(TLS_MESSAGE_MAX);
	if (v->room == NULL) {
		follow_deaf(f, t, end);
		return false;
	}
	v->reader.room = v->room;
	v->reader.room_size = TLS_MESSAGE_MAX;
	return true;
}

static bool hear_tls(struct flows *f, struct talk *t, unsigned end)
{
	struct voice *v = &t->voice[end];
	struct slice s = stream_ready(&v->stream);
	struct cursor c = cursor_of(s);
	struct record r = { .whole = true };

	r.says = tls_read(&v->reader, &c, &r.unit);
	stream_consume(&v->stream, s.n - cur_left(&c));
	switch (r.says) {
	case TLS_MORE:
		return false;
	case TLS_ROOM:
		return lend_room(f, t, end);
	case TLS_TOO_LONG:
		t->quality.overflow = true;
		f->state.let_go++;
		return true;
	case TLS_NOT_TLS:
		not_tls(t, end);
		return false;
	default:
		r.length = v->reader.skip;
		hear(f, t, end, &r);
		stream_unmark(&v->stream);
		if (t->fate == FATE_OPEN && outcome_established(t)) {
			t->fate = FATE_DECIDED;
			story_note(f, t->flow, &(struct told){ .is = EVENT_ESTABLISHED, .end = end,
							       .mark = &t->end_mark }, true);
		}
		return t->fate == FATE_OPEN;
	}
}

static void listen(struct flows *f, struct talk *t, unsigned end)
{
	struct voice *v = &t->voice[end];
	bool again = true;

	while (again) {
		if (v->ear == EAR_OPEN)
			again = hear_open(f, t, end);
		else if (v->ear == EAR_TLS)
			again = hear_tls(f, t, end);
		else
			again = false;
	}
	if (v->ear == EAR_DEAF)
		pass_over(v);
}

/* What there is of a hello that will never be whole. */
static void hear_part(struct flows *f, struct talk *t, unsigned end)
{
	struct voice *v = &t->voice[end];
	struct record r = { .says = TLS_MESSAGE };

	if (v->ear == EAR_TLS &&
	    tls_partial(&v->reader, stream_ready(&v->stream), &r.unit, &r.want))
		hear(f, t, end, &r);
}

static void leap(struct flows *f, struct talk *t, unsigned end)
{
	struct voice *v = &t->voice[end];

	hear_part(f, t, end);
	stream_leap(&v->stream, &t->quality);
	v->hole = true;
	v->reader = (struct tls_reader){ .room = NULL };
	if (v->ear == EAR_TLS)
		v->ear = EAR_OPEN;
}

static bool gave_up(const struct flows *f, const struct stream *s)
{
	bool acked = s->has_acked && seq_ahead(s->next, s->acked) > 0;

	return s->pieces != NULL &&
	       (stream_full(s) || (acked && f->now > s->waits_since + GRACE));
}

void follow(struct flows *f, struct talk *t, unsigned end)
{
	struct stream *s = &t->voice[end].stream;

	while (t->fate == FATE_OPEN) {
		enum stream_news news = stream_pull(s);

		if (news == STREAM_READY)
			listen(f, t, end);
		else if (news == STREAM_HOLE || gave_up(f, s))
			leap(f, t, end);
		else
			break;
	}
	if (t->fate == FATE_OPEN)
		stream_settle(s);
}

void follow_rest(struct flows *f, struct talk *t)
{
	for (unsigned end = 0; end < 2; end++) {
		struct voice *v = &t->voice[end];

		for (follow(f, t, end); t->fate == FATE_OPEN && v->stream.pieces != NULL;
		     follow(f, t, end))
			leap(f, t, end);
		if (t->fate != FATE_OPEN)
			return;
		hear_part(f, t, end);
		if (stream_lacks(&v->stream) && t->flow->seen & 1 << end) {
			t->quality.gaps++;
			v->hole = true;
		}
	}
}
