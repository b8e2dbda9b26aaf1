/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire: TCP conversations for tests, packet by packet.
 *
 * A wire holds packets in the order in which they were sent; a test drops,
 * doubles, cuts and shuffles them, then shows them to a flow table and looks
 * at what was handed on.  Side 0 is the client's, side 1 the server's.
 */
#ifndef TESTS_WIRE_H
#define TESTS_WIRE_H

#include "test.h"

#include "flow/flow.h"

enum { C, S, WIRE_PACKETS = 400, HEARD = 16, MS = 1000000 };

#define T0 UINT64_C(1700000000000000000)

struct wire_packet {
	struct packet p;
	struct frame frame;
	struct slice bytes;		/* owned */
};

struct wire {
	struct wire_packet v[WIRE_PACKETS];
	size_t n;
	struct origin from;
	struct addr addr[2];
	uint16_t port[2];
	uint32_t seq[2];		/* next number of each side */
	uint64_t ts;
};

/* What of a handshake a test asks about. */
struct heard {
	enum result result;
	bool has_offer, complete, has_answer, resumed, retried, has_leaf, bad_leaf, has_rtt;
	uint16_t max, version;
	char name[64], prelude[16], target[64], application[32];
	struct outcome outcome;
	struct quality quality;
	struct service service;
	struct handshake h;		/* its pointers are dead */
};

struct ear_log {
	struct heard v[HEARD];
	size_t n;
};

static inline struct addr wire_addr(const char *text)
{
	struct addr a;

	assert_true(addr_parse(text, &a));
	return a;
}

static inline struct wire *wire_new(void)
{
	struct wire *w = calloc(1, sizeof(*w));

	w->from = (struct origin){ .file = "test.pcap" };
	w->addr[C] = wire_addr("10.1.2.3");
	w->addr[S] = wire_addr("52.96.165.2");
	w->port[C] = 50123;
	w->port[S] = 443;
	w->seq[C] = 1000;
	w->seq[S] = 900000;
	w->ts = T0;
	return w;
}

static inline void wire_free(struct wire *w)
{
	for (size_t i = 0; i < w->n; i++)
		exact_free(w->v[i].bytes);
	free(w);
}

/* One packet from a side, a millisecond after the one before. */
static inline struct wire_packet *wire_put(struct wire *w, int from, unsigned flags,
					   struct slice payload)
{
	static const uint8_t macs[12] = { 0, 0, 0, 0, 0, 9, 0x02, 0, 0, 0, 0, 7 };
	struct wire_packet *k = &w->v[w->n++];

	assert_true(w->n <= WIRE_PACKETS);
	k->bytes = exact_copy(payload.p, payload.n);
	k->frame = (struct frame){
		.ts = w->ts += MS, .number = w->n, .bytes = k->bytes, .from = &w->from,
	};
	k->p = (struct packet){
		.src = w->addr[from], .dst = w->addr[!from],
		.sport = w->port[from], .dport = w->port[!from],
		.seq = w->seq[from], .ack = flags & TCP_ACK ? w->seq[!from] : 0,
		.tcp_flags = (uint8_t)flags, .ttl = from == C ? 64 : 112,
		.payload = k->bytes, .payload_length = (uint32_t)payload.n, .macs = macs,
	};
	w->seq[from] += (uint32_t)payload.n + !!(flags & TCP_SYN) + !!(flags & TCP_FIN);
	return k;
}

static inline void wire_say(struct wire *w, int from, struct slice payload)
{
	wire_put(w, from, TCP_ACK | TCP_PSH, payload);
}

static inline void wire_flag(struct wire *w, int from, unsigned flags)
{
	wire_put(w, from, flags, (struct slice){ NULL, 0 });
}

static inline void wire_ack(struct wire *w, int from) { wire_flag(w, from, TCP_ACK); }

static inline void wire_open(struct wire *w)
{
	wire_flag(w, C, TCP_SYN);
	wire_flag(w, S, TCP_SYN | TCP_ACK);
	wire_flag(w, C, TCP_ACK);
}

static inline void wire_close(struct wire *w)
{
	wire_flag(w, C, TCP_FIN | TCP_ACK);
	wire_flag(w, S, TCP_FIN | TCP_ACK);
	wire_flag(w, C, TCP_ACK);
}

/* In portions of n bytes. */
static inline void wire_say_by(struct wire *w, int from, struct slice s, size_t n)
{
	for (; s.n > 0; s.p += n, s.n -= n) {
		n = n < s.n ? n : s.n;
		wire_put(w, from, TCP_ACK, (struct slice){ s.p, n });
	}
}

/* Time passes without a packet of this connection. */
static inline void wire_wait(struct wire *w, uint64_t ms) { w->ts += ms * MS; }

/* A SYN of somebody else: the clock of the table moves on. */
static inline void wire_other(struct wire *w)
{
	static const uint8_t four[4] = { 192, 0, 2, 77 };
	struct wire_packet *k = wire_put(w, C, TCP_SYN, (struct slice){ NULL, 0 });

	w->seq[C]--;
	k->p.src = addr_v4((struct slice){ four, 4 });
}

/* Takes packet i out and puts it in before packet `to` of those left. */
static inline void wire_move(struct wire *w, size_t i, size_t to)
{
	struct wire_packet k = w->v[i];

	memmove(&w->v[i], &w->v[i + 1], (w->n - i - 1) * sizeof(k));
	memmove(&w->v[to + 1], &w->v[to], (w->n - 1 - to) * sizeof(k));
	w->v[to] = k;
}

/* Shows one packet; its bytes are in a block of their own, gone afterwards. */
static inline void wire_show(struct wire *w, struct flows *f, size_t i)
{
	struct wire_packet *k = &w->v[i];
	struct slice own = exact_copy(k->bytes.p, k->p.payload.n);
	struct packet p = k->p;

	p.payload = own;
	p.frame = &k->frame;
	flows_packet(f, &p);
	exact_free(own);
}

static inline void heard_text(char *to, size_t room, struct slice s)
{
	size_t n = s.n < room ? s.n : room - 1;

	memcpy(to, s.p ? (const char *)s.p : "", n);
	to[n] = '\0';
}

static inline void hear_one(const struct handshake *h, void *arg)
{
	struct ear_log *log = arg;
	struct heard *r = &log->v[log->n++];
	struct slice name = { NULL, 0 };

	assert_true(log->n <= HEARD);
	*r = (struct heard){
		.result = h->outcome.result, .outcome = h->outcome, .quality = h->quality,
		.service = h->service, .resumed = h->resumed, .retried = h->retried,
		.has_leaf = h->leaf != NULL, .bad_leaf = h->certificate_bad,
		.has_rtt = h->has_rtt, .has_offer = h->offer != NULL,
		.has_answer = h->answer != NULL, .h = *h,
	};
	if (h->offer != NULL) {
		r->complete = h->offer->complete;
		r->max = offer_max(h->offer);
		(void)offer_server_name(h->offer, &name);
		heard_text(r->name, sizeof(r->name), name);
	}
	if (h->answer != NULL)
		r->version = answer_version(h->answer);
	if (h->prelude != NULL)
		snprintf(r->prelude, sizeof(r->prelude), "%s", h->prelude->is->name);
	if (h->prelude != NULL)
		snprintf(r->target, sizeof(r->target), "%.60s", h->prelude->target);
	if (h->application != NULL)
		snprintf(r->application, sizeof(r->application), "%s", h->application);
	assert_true(h->ts_end >= h->ts && h->nframes <= HANDSHAKE_FRAMES);
	for (unsigned i = 1; i < h->nframes; i++)
		assert_true(h->frames[i - 1] < h->frames[i]);
}

/* All packets in order, then the end of the capture. */
static inline struct flow_state wire_run(struct wire *w, const struct flow_options *o,
					 struct ear_log *ret)
{
	struct flow_options all = { .all = true };
	struct flows *f;
	struct flow_state state;

	ret->n = 0;
	f = flows_new(o ? o : &all, hear_one, ret);
	for (size_t i = 0; i < w->n; i++)
		wire_show(w, f, i);
	flows_flush(f);
	state = *flows_state(f);
	assert_int_equal(state.bytes_now, 0);
	assert_int_equal(state.flows_now, 0);
	flows_free(f);
	return state;
}

#endif
