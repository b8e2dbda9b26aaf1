/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock: how far apart the clocks of two captures were that saw the same conversations.
 *
 * Best proof: hellos with the same client random, which passed both points at once but
 * for the way between.  Without them: what a proxy sent on for a client was sent while
 * the client waited.  Each pair of one name allows a short range of offsets; the offset
 * that most pairs allow is the one, if no other comes near.  Wrong pairs allow offsets
 * that agree with nothing, so a minority of them does not matter.
 */
#ifndef HOST_CLOCK_H
#define HOST_CLOCK_H

#include "base/addr.h"
#include <stdbool.h>
#include <stddef.h>

#define CLOCK_RANDOM 32

/* Times are in nanoseconds and below this: their differences are numbers with a sign. */
#define CLOCK_MOST ((UINT64_C(1) << 62) - 1)

/* What a handshake tells of its capture's clock. */
struct moment {
	uint64_t begin, hello, end;	/* its first packet that is known, its hello, its end */
	uint64_t name;			/* a hash of the name asked for; 0: none */
	struct addr client, server;
	bool has_random;
	bool crossed, changed;		/* its hello is on the other side; looks other there */
	uint64_t look;			/* a hash of what is offered */
	uint8_t random[CLOCK_RANDOM];
	uint8_t rank, result;		/* of offer.max (0: not known), enum result */
	uint8_t came_out;		/* rank of the offer on the other side */
};

enum clock_proof { CLOCK_NONE, CLOCK_SAME_HELLOS, CLOCK_NESTED };

struct clock_offset {
	enum clock_proof by;
	int64_t ahead;			/* the outside clock, of the inside one */
	uint64_t within;		/* the true one is not farther from it than so */
	size_t pairs;			/* that agree on it */
	size_t against;			/* that agree on another: the most on one */
};

/* What of the pairs is looked at is bounded; all here may put in and out in another order. */
void clock_estimate(struct moment *in, size_t nin, struct moment *out, size_t nout,
		    struct clock_offset *ret);

/* Marks the moments of `in` whose hello is in `out` too; how many. */
size_t clock_crossed(struct moment *in, size_t nin, struct moment *out, size_t nout);

/* The moment with that random, of those that clock_crossed() went over; NULL: none. */
const struct moment *clock_find(const struct moment *v, size_t n, const uint8_t *random);

/* More than a minute, which a few pairs that fit are no proof of. */
bool clock_is_far(const struct clock_offset *c);

/* Whether it may be relied on: several pairs, and at most half as many for any other. */
bool clock_is_sure(const struct clock_offset *c);

#endif
