/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compare: two captures of the same conversations, from both sides of a proxy.
 *
 * Each is read twice: first for what it tells of the clocks (host/clock.h), then the
 * handshakes of both gather on the same hosts, those of outside in inside's time.
 * What stands between is then found as in one capture that shows both sides.
 */
#ifndef OUT_COMPARE_H
#define OUT_COMPARE_H

#include "host/clock.h"
#include "out/out.h"

enum { COMPARE_INSIDE, COMPARE_OUTSIDE, COMPARE_SIDES, COMPARE_MOMENTS = 1 << 19 };

struct compare_side {
	const char *path;		/* as named by the operator */
	uint64_t first, last;		/* time of its packets, by its own clock; 0: none */
	uint64_t packets, connections, handshakes, lost;
	struct moment *moments;		/* of the first reading; owned */
	size_t nmoments, cap;
	uint64_t over;			/* handshakes beyond COMPARE_MOMENTS: not held to clocks */
};

struct comparison {
	struct compare_side side[COMPARE_SIDES];
	struct clock_offset clock;
	bool given;			/* the offset: by the operator */
	struct clock_offset doubted;	/* one that was found, but not taken */
	size_t crossed;			/* hellos of inside that came out */
	struct hosts *hosts;		/* of both; borrowed */
	uint64_t unrecorded;		/* handshakes lost for want of memory */
	struct summary sum;		/* of the last reading, for names and what was lost */
};

/* Where a capture's handshakes go while it is read. */
struct compare_reading {
	struct comparison *c;
	unsigned side;
	bool again;			/* the second time */
};

void comparison_done(struct comparison *c);

/* After the first reading of both: the offset, unless it was given, and what came out. */
void comparison_clock(struct comparison *c);

/* A capture was read: what it was. */
void comparison_side(struct comparison *c, unsigned side, const struct summary *sum);

/* The time that both captures show, by inside's clock; false: there is none. */
bool comparison_overlap(const struct comparison *c, uint64_t *ret_from, uint64_t *ret_to);

/* Sentences about the clocks, the time in common, and what came out. */
void comparison_clocks(const struct comparison *c, struct buf *ret);
void comparison_match(const struct comparison *c, struct buf *ret);
void comparison_crossing(const struct comparison *c, struct buf *ret);

/* What stands between, in a sentence each. */
void comparison_verdict(const struct comparison *c, struct buf *ret);

/* priv: a compare_reading, borrowed.  Writes nothing. */
extern const struct output output_compare_reading;

/* priv: a comparison, borrowed; text and JSON. */
extern const struct output output_compare_text, output_compare_json;

#endif
