/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hear: what a voice says in TLS becomes offer, answer, certificate and signs
 * of how it went.
 *
 * A hello is copied once, when it is known to matter; a hello that is whole in
 * its packet and out of scope is not copied at all.
 */
#include "flow/story.h"

#include <stdlib.h>
#include <string.h>

enum {					/* handshake messages, RFC 8446 section 4, RFC 5246 7.4 */
	CLIENT_HELLO = 1, SERVER_HELLO = 2, NEW_SESSION_TICKET = 4, CERTIFICATE = 11,
	SERVER_HELLO_DONE = 14, MESSAGE_HEADER = 4, WARNING = 1
};

typedef enum parse (*parse_fn)(struct slice body, bool whole, struct hello *ret);

/* An alert is 1 + 1 + 16 bytes once encrypted, the shortest Finished 4 + 12 + 16. */
enum { FINISHED_LENGTH = 32 };

static const struct mark *last_mark(const struct voice *v)
{
	return &v->stream.marks[v->stream.nmarks > 0 ? v->stream.nmarks - 1 : 0];
}

static void move(struct slice *s, const uint8_t *from, const uint8_t *to)
{
	if (s->p != NULL)
		s->p = to + (s->p - from);
}

/* What was read from a message, as read from its copy. */
static struct hello moved(struct hello h, const uint8_t *from, const uint8_t *to)
{
	move(&h.random, from, to);
	move(&h.session_id, from, to);
	move(&h.ciphers, from, to);
	move(&h.compressions, from, to);
	move(&h.extensions, from, to);
	return h;
}

/* Copies the message, which h was read from.  False: no memory. */
static bool keep(struct kept *k, const struct record *r, const struct hello *h)
{
	struct slice body = r->unit.body;
	size_t head = r->says == TLS_MESSAGE ? MESSAGE_HEADER : 0;
	size_t want = r->whole ? body.n : r->want - MESSAGE_HEADER;
	uint8_t *p = malloc(head + body.n + 1);

	if (p == NULL)
		return false;
	if (head > 0) {
		p[0] = r->unit.type;
		p[1] = (uint8_t)(want >> 16);
		p[2] = (uint8_t)(want >> 8);
		p[3] = (uint8_t)want;
	}
	if (body.n > 0)
		memcpy(p + head, body.p, body.n);
	free(k->bytes);
	*k = (struct kept){ .is = true, .bytes = p, .n = head + body.n,
			    .hello = moved(*h, body.p, p + head) };
	k->hello.record_version = r->unit.record_version;
	if (!r->whole)
		k->hello.size = r->want;
	return true;
}

static void count_tls(struct flows *f, struct talk *t)
{
	f->state.tls += !t->counted;
	t->counted = true;
}

static void note_frames(struct talk *t, const struct voice *v, unsigned most)
{
	for (unsigned i = 0; i < v->stream.nmarks; i++)
		talk_frame(t, &v->stream.marks[i], most);
}

/* The first of its kind and side; the packet is the latest of what was read. */
static void note(struct flows *f, const struct talk *t, unsigned end, enum event_is is)
{
	story_note(f, t->flow, &(struct told){ .is = is, .end = end,
					       .mark = last_mark(&t->voice[end]) }, true);
}

/* Where the hello began, and where it ended. */
static void note_offer(struct flows *f, const struct talk *t, const struct voice *v)
{
	struct told told = { .is = EVENT_HELLO, .end = t->offer_end, .mark = &v->stream.marks[0] };

	story_note(f, t->flow, &told, true);
	told.mark = last_mark(v);
	told.is = EVENT_HELLO_WHOLE;
	if (v->stream.nmarks > 1 && t->offer.hello.complete)
		story_note(f, t->flow, &told, true);
}

/*
 * A hello after the server's fatal alert: the first handshake is over, this is
 * another.  The client's own alert is no such thing: it could say both for ever.
 */
static bool is_another(const struct talk *t, unsigned end)
{
	return t->offer.is && t->rebuffed && t->client == end;
}

/* False: there were enough of them. */
static bool begin_another(struct flows *f, struct talk *t, unsigned end, size_t hello)
{
	if (++t->handshakes == HANDSHAKES) {
		t->quality.overflow = true;
		f->state.let_go++;
		t->fate = FATE_DECIDED;
		return false;
	}
	emit(f, t);
	story_renew(f, t->flow);
	talk_renew(t);
	talk_move(f, t, TALKS_OPEN);
	follow_hello(f, t, end, stream_at(&t->voice[end].stream) - (uint32_t)hello);
	return true;
}

static void hear_offer(struct flows *f, struct talk *t, unsigned end, const struct record *r)
{
	bool ssl2 = r->says == TLS_SSL2_HELLO;
	parse_fn parse = ssl2 ? sslv2_client_hello_parse : client_hello_parse;
	struct voice *v = &t->voice[end];
	struct hello h;

	if (!role_asks(f, t, end))
		return;
	if (parse(r->unit.body, r->whole, &h) == PARSE_BAD) {
		f->state.malformed += r->whole;
		return;
	}
	if (t->offer.is && t->offer_end != end) {	/* the called end's was no question */
		story_renew(f, t->flow);
		talk_renew(t);
	}
	if (is_another(t, end) && !begin_another(f, t, end, r->unit.body.n))
		return;
	if (t->offer.is) {	/* the one after a HelloRetryRequest, or a renegotiation */
		note(f, t, end, EVENT_HELLO_AGAIN);
		return;
	}
	count_tls(f, t);
	t->client = t->offer_end = end;
	t->scope = emit_scope(f, t, &h);
	if (t->scope == SCOPE_OUT && !role_is_reversed(t))
		t->fate = FATE_DROPPED;
	else if (!keep(&t->offer, r, &h))
		t->quality.overflow = true;
	t->offer_ts = v->stream.marks[0].ts;
	t->offer_from = v->stream.marks[0].from;
	note_frames(t, v, OFFER_FRAMES);
	note_offer(f, t, v);
}

static void hear_answer(struct flows *f, struct talk *t, unsigned end, const struct record *r)
{
	bool ssl2 = r->says == TLS_SSL2_SERVER_HELLO;
	parse_fn parse = ssl2 ? sslv2_server_hello_parse : server_hello_parse;
	struct voice *v = &t->voice[end];
	struct hello h;

	if (!role_answers(f, t, end))
		return;				/* one's own question is no answer */
	if (parse(r->unit.body, r->whole, &h) == PARSE_BAD) {
		f->state.malformed += r->whole;
		return;
	}
	if (t->answer.is && !t->answer_retries)
		return;
	count_tls(f, t);
	t->client = !end;
	if (!keep(&t->answer, r, &h))
		t->quality.overflow = true;
	t->version = t->answer.is ? answer_version(&t->answer.hello) : 0;
	t->answer_retries = !ssl2 && answer_is_retry(&h);
	t->retried |= t->answer_retries;
	t->answer_ts = v->stream.marks[0].ts;
	t->answer_from = v->stream.marks[0].from;
	note_frames(t, v, ANSWER_FRAMES);
	note(f, t, end, t->answer_retries ? EVENT_RETRY : EVENT_ANSWER);
}

/* Out of scope by all names and addresses but the certificate's: that decides. */
static void hear_certificate(struct flows *f, struct talk *t, unsigned end,
			     const struct record *r)
{
	struct slice der;
	unsigned chain;

	if (t->client == end || t->leaf != NULL)
		return;
	note(f, t, end, EVENT_CERTIFICATE);
	if (certificate_parse(r->unit.body, &der, &chain) == PARSE_OK)
		t->leaf = certificate_hold(der);
	if (t->leaf == NULL) {
		f->state.bad_certificates++;
		t->certificate_bad = true;
		return;
	}
	t->chain = chain;
	if (t->scope == SCOPE_OPEN && t->offer.is && t->offer.hello.complete)
		t->scope = emit_scope(f, t, &t->offer.hello);
	if (t->scope == SCOPE_OUT)
		t->fate = FATE_DROPPED;
}

static void hear_message(struct flows *f, struct talk *t, unsigned end, const struct record *r)
{
	struct voice *v = &t->voice[end];

	/* Whoever goes on after a warning was not ended by it. */
	if (t->alert.is && t->alert.from == end && t->alert.level == WARNING)
		t->alert.is = false;
	if (r->unit.type >= CERTIFICATE && r->unit.type <= SERVER_HELLO_DONE)
		v->more = true;
	if (r->unit.type == CLIENT_HELLO)
		hear_offer(f, t, end, r);
	else if (r->unit.type == SERVER_HELLO)
		hear_answer(f, t, end, r);
	else if (r->unit.type == CERTIFICATE && r->whole)
		hear_certificate(f, t, end, r);
}

static void hear_alert(struct flows *f, struct talk *t, unsigned end, const struct record *r)
{
	bool fatal = r->unit.level != WARNING;

	t->rebuffed |= fatal && t->client == !end;
	if (t->alert.is && t->alert.level != WARNING && !fatal)
		return;
	t->alert = (struct shot){
		.is = true, .from = end, .level = r->unit.level, .code = r->unit.code,
		.mark = *last_mark(&t->voice[end]),
	};
	story_shot(f, t->flow, EVENT_ALERT, &t->alert);
	if (fatal)
		talk_move(f, t, TALKS_CLOSING);
}

/*
 * Below TLS 1.3 application data says that the handshake is over; in TLS 1.3
 * everything behind the ServerHello looks so, and only a record as long as a
 * Finished shows that its sender went along.
 */
static void hear_application(struct voice *v, const struct record *r)
{
	v->application = true;
	v->stream.keep = false;
	if (!v->flight)
		v->flight_seq = stream_at(&v->stream);
	v->flight = true;
	if (r->length < FINISHED_LENGTH)
		return;
	v->finished = true;
	v->finished_ack = last_mark(v)->ack;
}

void hear(struct flows *f, struct talk *t, unsigned end, const struct record *r)
{
	struct voice *v = &t->voice[end];

	switch (r->says) {
	case TLS_MESSAGE:
		hear_message(f, t, end, r);
		break;
	case TLS_SSL2_HELLO:
		hear_offer(f, t, end, r);
		break;
	case TLS_SSL2_SERVER_HELLO:
		hear_answer(f, t, end, r);
		break;
	case TLS_ALERT:
		hear_alert(f, t, end, r);
		break;
	case TLS_CHANGE_CIPHER:
		v->change_cipher = true;
		note(f, t, end, EVENT_CHANGE_CIPHER);
		break;
	case TLS_APPLICATION:
		hear_application(v, r);
		note(f, t, end, EVENT_DATA);
		break;
	default:
		v->encrypted = true;
		note(f, t, end, EVENT_ENCRYPTED);
	}
	t->end_mark = *last_mark(v);
}
