/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace: one client's story, connection by connection.
 *
 *	trace.c		which connections, and which legs belong together
 *	trace_words.c	what an event means
 *	trace_end.c	what the connection came to
 *	trace_text.c, trace_json.c	the tellers
 *
 * A story is one connection of the client and, where the capture shows them, the
 * connections by which a proxy went on for it.  Legs belong together that carry
 * the same client random; or else those of which the second asks for the same name,
 * lies within the first one's time, and begins at the address where the first one
 * ends; or where a neighbour answered the first one in the name of a Microsoft
 * address, goes to that address.  Nothing else is enough: another machine that
 * happens to ask for the same name is no leg.
 *
 * All is bounded: stories by the option, what may yet become a leg by a ring.
 */
#ifndef OUT_TRACE_H
#define OUT_TRACE_H

#include "out/out.h"

enum { TRACE_LEGS = 3, TRACE_MOST = 20, TRACE_MOST_EVER = 1000 };

struct trace_options {
	struct addr client;
	const char *name;		/* of the server, * and ? as wildcards; NULL: any */
	bool has_around, daily;		/* daily: `around` is a time of day, on any day */
	uint64_t around, within;	/* nanoseconds; since 1970, or since midnight (UTC) */
	size_t most;			/* stories; 0: TRACE_MOST */
};

struct story {
	const struct sighting *leg[TRACE_LEGS];		/* the client's first */
	unsigned nlegs;
	bool same_hello[TRACE_LEGS];	/* the same client random as the leg before */
	unsigned rivals[TRACE_LEGS];	/* connections that could be that leg as well */
};

struct trace;

struct trace *trace_new(const struct trace_options *o);	/* o is copied, its name borrowed */
void trace_free(struct trace *t);

void trace_take(struct trace *t, const struct sighting *s);	/* copies what it needs */

/* By time; good until the next call. */
size_t trace_stories(struct trace *t, const struct story **ret);

/* What was seen of the client in all, and not told. */
struct trace_state {
	const struct trace_options *o;
	const struct ruleset *rules;	/* and whom else the capture shows; set by the tellers */
	struct hosts *hosts;
	uint64_t seen;			/* handshakes of the client, whatever their name and time */
	uint64_t other_name, other_time, over;	/* of them passed over, by the reason */
	uint64_t as_server;		/* handshakes in which the address is the server's */
	uint64_t let_go;		/* that might have been legs */
	bool has_edge;			/* how far away Microsoft's addresses answer from, */
	unsigned edge;			/* in hops: the upper quartile of their SYN-ACKs */
};

struct trace_state trace_state(const struct trace *t);

/* ---- for the tellers ----------------------------------------------------------------- */

/* When its first packet came that is known. */
uint64_t trace_begin(const struct sighting *s);

/* "client" "proxy" "server" ...: who speaks on that leg from that side. */
const char *story_role(const struct story *s, unsigned leg, enum side side);

/* Whether that address of a is this one of b. */
bool trace_same_addr(const struct sighting *a, enum field_id x, const struct sighting *b,
		   enum field_id y);

/* Whether a Microsoft address is answered for from beside the capture. */
bool trace_is_near(const struct sighting *s);

/* How many routers lie behind an arriving TTL, if its sender began with 64, 128 or 255. */
unsigned ttl_hops(uint8_t ttl);

/* What an event says and means, a sentence without its end. */
void story_say(const struct trace_state *st, const struct story *s, unsigned leg,
	       const struct event *e, struct buf *ret);

/* One packet's events: a line. */
struct story_line {
	unsigned leg, n;
	const struct event *events;
	uint64_t since_start, since_last;	/* nanoseconds */
};

struct story_walk {			/* zero-initialised is the start */
	unsigned at[TRACE_LEGS];
	bool begun;
	uint64_t last;
};

/* The next line of all legs by time; false: there is none. */
bool story_next(const struct story *s, struct story_walk *w, struct story_line *ret);
void story_say_line(const struct trace_state *st, const struct story *s,
		    const struct story_line *l, struct buf *ret);

/* The event's name, for programs: "client-hello". */
const char *event_name(enum event_is is);

enum story_end {
	STORY_CONCLUSION,		/* how it ended, whose doing that is */
	STORY_USER,			/* what people may see of it on their screen */
	STORY_UNSEEN,			/* what would have to be seen to say more */
	STORY_ENDS
};

/* Whole sentences; nothing is added where there is nothing to say. */
void story_end(const struct trace_state *st, const struct story *s, enum story_end which,
	       struct buf *ret);

/* "TLS 1.2", "SSL 3.0": a version in words. */
void say_version(struct buf *b, uint64_t version);

/* The display filter of a leg. */
struct slice trace_filter(const struct sighting *s);

/* Their priv is a trace, which close() frees: each gathers for itself. */
extern const struct output output_trace_text, output_trace_json;

#endif
