/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stream: one direction of a connection, put in order.
 *
 * Segments go in as they were captured: late, early, twice, overlapping, cut.
 * Bytes come out in order and once; of bytes that came twice the first win.
 * The bytes of a segment that lies whole and in order are lent, not copied.
 *
 * A round: stream_add(); while stream_pull() has news, look at stream_ready()
 * and stream_consume() what was understood; stream_settle() at the end, which
 * copies what is left, because the packet's bytes go away.
 *
 * Sequence numbers wrap; they are compared by their difference (RFC 9293 3.4).
 */
#ifndef FLOW_STREAM_H
#define FLOW_STREAM_H

#include "fact/fact.h"

struct origin;

enum {
	STREAM_WINDOW = 1 << 20,	/* farther from the next byte, it is not this stream's */
	STREAM_PIECES = 64,		/* segments that wait behind a hole */
	STREAM_WAITING = 65536,		/* and their bytes */
	STREAM_KEPT = 65536,		/* bytes in order that are held, read or unread */
	STREAM_MARKS = 6
};

/* The packet that bytes came in. */
struct mark {
	uint64_t ts;
	uint64_t number;
	const struct origin *from;
	uint32_t ack;			/* what its sender had received by then */
};

struct segment {
	uint32_t seq;
	struct slice data;
	uint32_t length;		/* as sent: over data.n if the snap length cut it */
	bool pushed;			/* PSH */
	struct mark mark;
};

struct piece;				/* a segment that waits behind a hole */

enum stream_news {
	STREAM_DRY,			/* nothing new in order */
	STREAM_READY,			/* more bytes are ready */
	STREAM_HOLE			/* the next bytes will never come: stream_leap() */
};

struct stream {
	bool begun;			/* next is known */
	bool has_acked, has_fin;
	bool keep;			/* hold what was read, to compare what comes again */
	uint32_t next;			/* sequence number of the next byte in order */
	uint32_t portion;		/* where the latest bytes that became ready begin */
	uint32_t acked;			/* how far the peer says it has received */
	uint32_t fin;			/* sequence number of the FIN */
	uint32_t missing;		/* bytes at next that the snap length cut off */
	bool lost;			/* bytes before next found no room */
	enum stream_news news;		/* of the last stream_add() */
	struct slice lent;		/* the packet's bytes, until stream_settle() */
	size_t lent_at;			/* of them consumed */
	uint8_t *buf;			/* n bytes in order before what is lent */
	uint32_t n, at, cap;		/* those before at were consumed */
	struct piece *pieces;		/* by sequence number, apart from each other */
	uint32_t npieces, waiting;
	uint64_t waits_since;		/* when the first of them came */
	struct mark marks[STREAM_MARKS];	/* packets of what is being read */
	uint8_t nmarks;
};

/* The first byte has this number, unless the stream has begun already. */
void stream_begin(struct stream *s, uint32_t seq);
void stream_done(struct stream *s);

/*
 * Takes one segment.  False: it is none of this stream's (too far away), and
 * nothing came of it.  Counts into q what was odd about it.
 */
bool stream_add(struct stream *s, const struct segment *g, struct quality *q);
void stream_ack(struct stream *s, uint32_t ack);	/* from the peer */
void stream_fin(struct stream *s, uint32_t seq);

/* Begins earlier than thought, as packet m shows: what is held waits behind the beginning. */
void stream_rewind(struct stream *s, uint32_t seq, const struct mark *m);

/* Makes the next bytes ready, in the portions in which they were sent. */
enum stream_news stream_pull(struct stream *s);

/*
 * Gives up the bytes that are missing: what was ready is dropped, what comes
 * next does not join it.  False: nothing waits behind a hole.
 */
bool stream_leap(struct stream *s, struct quality *q);

/* Bytes in order that were not consumed; good until the next call but stream_consume(). */
struct slice stream_ready(const struct stream *s);
void stream_consume(struct stream *s, size_t n);

/* The sequence number of the first byte of stream_ready(). */
uint32_t stream_at(const struct stream *s);

/* A message was read: the packets marked so far are its, new ones are the next one's. */
void stream_unmark(struct stream *s);

/* The packet is over: what is lent is copied, as far as it is needed. */
void stream_settle(struct stream *s);

/* Whether too much waits behind a hole to go on waiting. */
bool stream_full(const struct stream *s);

/* Whether the peer acknowledged data that the capture lacks. */
bool stream_lacks(const struct stream *s);

/* Bytes of memory held. */
size_t stream_held(const struct stream *s);

/* How far sequence number `to` is ahead of `from`; negative: behind. */
static inline int32_t seq_ahead(uint32_t from, uint32_t to)
{
	return (int32_t)(to - from);
}

#endif
