/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flow: packets become two ordered byte streams, and those one handshake.
 *
 *	flow.c		where each packet goes
 *	table.c		which flow a packet belongs to; who must go when it is full
 *	stream.c	one direction: in order, first bytes win, holes counted
 *	follow.c	where TLS begins in the two streams, and where it goes on after a hole
 *	role.c		which end may be the client
 *	hear.c		what is said in TLS: offer, answer, certificate, alerts
 *	close.c		FIN and RST, and which of them to believe
 *	outcome.c	how it ended
 *	emit.c		the handshake made of it
 *	life.c, talk.c	when flows end, and what is kept of them until then
 *	story.c		the packets that meant something, if somebody asks for them
 *
 * A flow table belongs to one worker and is bounded in flows and in bytes;
 * full, it forgets the flow idle longest, which then ends as what is known of
 * it.  Time is the packet's, never the wall's, so a capture file replays the
 * same on every machine.
 *
 * A packet that concerns nobody costs a lookup.  A hello that lies whole in one
 * in-order segment is parsed where it lies.
 */
#ifndef FLOW_FLOW_H
#define FLOW_FLOW_H

#include "base/hash.h"
#include "classify/classify.h"
#include "decode/decode.h"
#include "fact/fact.h"

struct flows;

enum { FLOWS_DEFAULT = 1 << 20, FLOW_BYTES_DEFAULT = 1 << 30 };

struct flow_options {
	size_t flows;			/* in the table at once; 0: FLOWS_DEFAULT */
	size_t bytes;			/* buffered by all flows together; 0: FLOW_BYTES_DEFAULT */
	uint64_t idle;			/* nanoseconds without a packet until let go; 0: 120 s */
	uint64_t silence;		/* no answer for so long is silence; 0: 5 s.  It is told
					   when the client gives up, the capture ends, or after
					   six times as long: a late answer is not lost */
	bool all;			/* --scope all: every handshake, not just Microsoft 365 */
	bool events;			/* handshakes come with their events */
	const struct m365 *m365;	/* borrowed; NULL only with all */
	struct classifier *classifier;	/* borrowed; NULL: no opinion is asked */

	/*
	 * Told once of a connection whose beginning was seen, with one of its packets
	 * and the number of its client's SYN, when nothing more is wanted of it but SYN,
	 * FIN and RST.  NULL: nobody wants to know.
	 */
	void (*spent)(const struct packet *p, uint32_t isn, void *arg);
	void *spent_arg;
};

struct flow_state {			/* counters; they only grow, but for flows_now */
	uint64_t connections;		/* TCP connections noticed */
	uint64_t tls;			/* of them that spoke TLS, in scope or not */
	uint64_t handshakes;		/* handed on */
	uint64_t one_way;		/* of the handshakes, seen from one side */
	uint64_t gaps;			/* holes in them */
	uint64_t evicted;		/* flows let go undecided because the table was full */
	uint64_t let_go;		/* directions given up for their length or for memory */
	uint64_t malformed;		/* hellos that were no hellos behind a sound header */
	uint64_t bad_certificates;
	uint64_t flows_now, bytes_now;
	size_t bytes_per_idle_flow;
};

/* Called once per handshake, when it is decided or its flow dies. */
typedef void (*handshake_fn)(const struct handshake *h, void *arg);

struct flows *flows_new(const struct flow_options *o, handshake_fn done, void *arg);
void flows_free(struct flows *f);			/* does not flush */
void flows_packet(struct flows *f, const struct packet *p);	/* p is DECODED_TCP */
void flows_renew(struct flows *f, const struct m365 *m365);	/* other data from now on */
void flows_flush(struct flows *f);			/* the capture is over: every flow ends */

/*
 * The same in steps, for packets that are there in a batch: the place of each,
 * some packets before its turn what is there is fetched from memory, then it is
 * taken.  Places may be kept while other packets are taken.
 */
struct flow_place;

void flows_place(const struct flows *f, const struct packet *p, struct flow_place *ret);
void flows_fetch(const struct flows *f, const struct flow_place *at);
void flows_packet_at(struct flows *f, const struct packet *p, const struct flow_place *at);

/*
 * Time goes on to that of a packet which another table took, or of the wall on a
 * quiet wire: what is due ends.  Tables that share a capture's connections and
 * tick with each other's packets end all of theirs as one table would.
 */
void flows_tick(struct flows *f, uint64_t ts);

/* The same number for all packets of a connection (p is DECODED_TCP); key: any, but one. */
uint32_t flows_share(const struct hash_key *key, const struct packet *p);

struct flow_key;

/*
 * While flows_flush() hands a handshake on: the beginning and the ends of its
 * flow, by which it goes (addr, port and net by memcmp).  NULL: it is not under way.
 */
const struct flow_key *flows_flushing(const struct flows *f, uint64_t *ret_first);
const struct flow_state *flows_state(const struct flows *f);

/* The counters of two tables together. */
void flow_state_add(struct flow_state *to, const struct flow_state *more);

#endif
