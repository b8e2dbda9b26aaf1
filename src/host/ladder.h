/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ladder: what attempts in the order of time come to.  Private to the room.
 *
 * A rung is an offer that failed and a lower one of the same program that began
 * after the failure, within seconds.
 */
#ifndef HOST_LADDER_H
#define HOST_LADDER_H

#include "base/buf.h"
#include "host/attempt.h"
#include "host/host.h"

struct attempts {
	struct attempt *v;		/* by ts */
	unsigned n;
	unsigned rungs;			/* seen before these, and no longer among them */
};

struct rung {
	const struct attempt *lower;
	const struct attempt *top;	/* the highest offer that failed before it */
};

/* The rung to attempt i; false: it follows no failure. */
bool ladder_rung(const struct attempts *a, unsigned i, struct rung *ret);

/* Whether the lower offer got where the higher one did not. */
bool ladder_came_through(const struct rung *r);

/* All rungs that came through of the program that climbed down this one. */
struct ladder {
	unsigned rungs;
	unsigned returns;		/* times it went back as high, and came through */
	unsigned refused;		/* lower offers that the server called needless: alert 86 */
	unsigned alone;			/* lower offers that no failure stands before */
	uint64_t returned_after;	/* nanoseconds from a rung to the first return */
};

void ladder_of(const struct attempts *a, const struct rung *r, struct ladder *ret);

/* Large hellos that died where smaller ones came through. */
struct large {
	unsigned drops;			/* events, with one that came through between each two */
	unsigned passes, after;		/* the small ones; of them behind the first event */
	uint32_t size;			/* of the smallest that died */
	uint32_t smaller;		/* of the largest that came through */
	const struct attempt *pass;	/* the latest of which facts are kept; NULL */
};

bool ladder_large(const struct attempts *a, struct large *ret);
bool ladder_is_drop(const struct attempt *a);	/* it is part of an event */

/* Who did it, how often, and whether it lasts, in words. */
void ladder_words(const struct rung *r, const struct ladder *l, struct buf *ret);
void ladder_large_words(const struct large *l, struct buf *ret);
enum confidence ladder_large_confidence(const struct large *l);

/* How far the way in which the higher offer failed allows to accuse anybody. */
enum confidence ladder_confidence(const struct rung *r, const struct ladder *l);

#endif
