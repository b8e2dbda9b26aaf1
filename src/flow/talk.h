/* SPDX-License-Identifier: Apache-2.0 */
/*
 * talk: what is kept of a connection that speaks, until it is decided.
 *
 * Made when the first payload comes, freed when the handshake was handed on or
 * turned out to be none of ours.  A talk has two voices, by the number of the
 * end (table.h); which of them is the client's is known from the SYN, or from
 * the hellos, which know better.
 *
 *	follow.c	what the voices say before TLS; holes; the end
 *	hear.c		what they say in TLS
 *	outcome.c	how it ended
 *	emit.c		the handshake made of it
 */
#ifndef FLOW_TALK_H
#define FLOW_TALK_H

#include "fact/shape.h"
#include "flow/flow.h"
#include "flow/stream.h"
#include "flow/table.h"

enum {
	END_UNKNOWN = 2,		/* instead of the number of an end */
	SEARCH_BYTES = 65536,		/* a voice is searched so far for TLS */
	SEARCH_SEGMENTS = 64,
	FOLLOW_BYTES = 4 * TLS_MESSAGE_MAX,	/* and so far in TLS for how it went */
	OFFER_FRAMES = 4,		/* frames kept of the offer, of offer and answer */
	ANSWER_FRAMES = 7,
	HANDSHAKES = 8			/* records of one connection */
};

#define SECOND UINT64_C(1000000000)
#define PATIENCE 6		/* times the silence: so long an answer may yet come */
#define GRACE SECOND		/* after FIN, RST or alert: for the other side's last words */

enum ear {				/* how a voice is listened to */
	EAR_OPEN,			/* for a prelude, or for the start of TLS */
	EAR_TLS,
	EAR_DEAF			/* no more: too long, or no TLS after all */
};

struct voice {
	struct stream stream;
	struct tls_reader reader;
	uint8_t *room;			/* lent to the reader; owned */
	enum ear ear;
	bool prelude_over;		/* no prelude is expected here */
	bool hole;			/* bytes were lost: go on at any record */
	bool change_cipher, application, encrypted;
	bool more;			/* server: messages from its hello to ChangeCipherSpec */
	bool finished;			/* a record as long as a Finished */
	uint32_t finished_ack;		/* what its sender had received by then */
	bool flight;			/* an encrypted record at all, */
	uint32_t flight_seq;		/* and where the first stood */
	uint32_t segments, bytes;	/* before TLS, or since it began */
	bool has_sent;
	uint32_t sent;			/* behind the farthest byte that was captured */
};

/* A hello's copy: the message with its header, and what it says. */
struct kept {
	bool is;
	uint8_t *bytes;			/* owned */
	size_t n;
	struct hello hello;
};

/* An alert or a RST. */
struct shot {
	bool is;
	unsigned from;			/* end */
	uint8_t level, code, ttl;
	struct mark mark;
};

/* Where frames of the connection were found. */
struct whereabouts {
	uint16_t vlans[DECODE_VLANS];
	uint8_t nvlans, depth;
	uint8_t path[DECODE_DEPTH];
	bool has_vni, has_erspan;
	uint32_t vni, erspan;
};

enum fate {
	FATE_OPEN,
	FATE_DECIDED,			/* hand the handshake on, now or soon (flow.c, is_held()) */
	FATE_DROPPED			/* none of ours */
};

enum scope { SCOPE_OPEN, SCOPE_IN, SCOPE_OUT };

/* A talk is in one of these, in the order in which it got there. */
enum talk_list { TALKS_OPEN, TALKS_WAITING, TALKS_CLOSING, TALK_LISTS };

struct talk {
	struct flow *flow;		/* borrowed: it owns this talk */
	struct talk *newer, *older;
	enum talk_list list;
	uint64_t since;			/* when it got into the list, by flows.passed */
	enum fate fate;
	enum scope scope;
	size_t held;			/* as counted in flow_state.bytes_now */
	unsigned client;		/* end, or END_UNKNOWN */
	struct voice voice[2];

	bool tls;			/* either voice speaks it */
	bool counted;			/* in flow_state.tls */
	struct prelude_state prelude;
	bool refused;
	struct mark refused_mark;

	struct kept offer, answer;
	bool has_service;		/* the offer's name, or the one asked for, led to it */
	struct service service;
	unsigned offer_end;		/* who said the offer */
	uint64_t offer_ts, answer_ts;	/* of the first packet of each */
	const struct origin *offer_from, *answer_from;
	uint16_t version;		/* of the answer, as answer_version() says; 0: none */
	bool answer_retries;		/* the answer kept is a HelloRetryRequest */
	bool retried;
	bool resent;			/* the client sent its hello again */
	bool quiet;			/* the client gave up waiting for an answer */
	uint32_t server_began;		/* where the server stood when the hello began */
	uint32_t hello_seq;		/* where the client's hello began */
	uint64_t hello_ts;
	const struct certificate *leaf;	/* held */
	unsigned chain;			/* certificates in its message */
	bool certificate_bad;
	struct shot alert, reset;
	struct shot fin;		/* the first one; its ttl is not kept */
	bool rebuffed;			/* by the server's fatal alert */
	unsigned handshakes;		/* handed on before this one */
	bool odd_reset;			/* not the next number: it counts if nothing follows */
	struct mark end_mark;		/* the FIN, or what established it */
	struct quality quality;
	struct whereabouts place;
	bool has_place;			/* of the offer's packet, not just of any */
	bool has_mac;
	uint8_t mac[6];
	struct mark frames[HANDSHAKE_FRAMES];
	uint8_t nframes;
};

struct talk_ring {
	struct talk *newest, *oldest;
};

enum { NOBODIES = 8192 };

struct flows {
	struct flow_table table;
	struct flow_options o;
	struct shapes *shapes;		/* NULL: no memory, and facts are made each time */
	handshake_fn done;
	void *arg;
	struct flow_state state;
	uint64_t now;			/* packet time */
	uint64_t settled;		/* now without the packet that is alone */
	uint64_t passed;		/* time that passed: it only grows, and lists go by it */
	bool alone;			/* now is the time of one packet, far from all before */
	struct flow *lone;		/* that packet's; NULL: it has none */
	uint64_t sweep_at;
	bool started;
	const struct packet *packet;	/* the one at hand; NULL: none */
	const struct flow *flushing;	/* the one that flows_flush() ends; NULL */
	struct talk_ring talks[TALK_LISTS];
	struct talk *spare;		/* talks that ended, by `older` */
	unsigned nspare;
	struct stories *stories;	/* NULL: nobody asked for events */
	uint32_t nobody[NOBODIES];	/* hashes of flows known to be of no concern */
};

/* life.c */
void flow_touch(struct flows *f, struct flow *flow);	/* it was this flow's */
void flow_end_talk(struct flows *f, struct flow *flow);	/* what is known is all there will be */
void flow_retire(struct flows *f, struct flow *flow);	/* if its connection is over */
void flow_end(struct flows *f, struct flow *flow);	/* it is gone */
void flow_spare_memory(struct flows *f);		/* the oldest talks, until it suffices */

/* close.c */
void flow_closes(struct flows *f, struct flow *flow, const struct packet *p, unsigned end);
void flow_goes_on(struct talk *t);	/* somebody still speaks */

/* talk.c */
struct talk *talk_new(struct flows *f, struct flow *flow);	/* NULL: no memory */
void talk_free(struct flows *f, struct talk *t);
void talk_free_spares(struct flows *f);
void talk_move(struct flows *f, struct talk *t, enum talk_list to);
void talk_account(struct flows *f, struct talk *t);	/* its memory, anew */
void talk_frame(struct talk *t, const struct mark *m, unsigned most);
void talk_renew(struct talk *t);	/* the same connection, another handshake */
void talk_place(struct talk *t, const struct packet *p);
struct mark talk_mark(const struct packet *p);

/* follow.c: new bytes of one end; a hello that begins at `seq`; all that is left of both. */
void follow(struct flows *f, struct talk *t, unsigned end);
void follow_hello(struct flows *f, struct talk *t, unsigned end, uint32_t seq);
void follow_rest(struct flows *f, struct talk *t);
void follow_deaf(struct flows *f, struct talk *t, unsigned end);	/* no more of that one */

/* role.c: whether it may be the client; the server; whether it is surely the server. */
bool role_asks(const struct flows *f, const struct talk *t, unsigned end);
bool role_answers(const struct flows *f, const struct talk *t, unsigned end);
bool role_is_server(const struct flows *f, const struct talk *t, unsigned end);
bool role_is_reversed(const struct talk *t);	/* the SYN was the server's */

/* hear.c */
struct record {
	enum tls_says says;
	struct tls_unit unit;
	bool whole;
	uint32_t want;			/* length of the message as it says */
	uint32_t length;		/* of an encrypted record */
};
void hear(struct flows *f, struct talk *t, unsigned end, const struct record *r);

/* outcome.c */
bool outcome_established(const struct talk *t);
bool outcome_silent(const struct flows *f, const struct talk *t);
struct outcome outcome_of(const struct flows *f, const struct talk *t, struct mark *ret);

/* emit.c */
bool emit_same_file(const struct origin *a, const struct origin *b);
enum scope emit_scope(const struct flows *f, struct talk *t, const struct hello *offer);
void emit(struct flows *f, struct talk *t);	/* hands the handshake on, if it is in scope */

#endif
