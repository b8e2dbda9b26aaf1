/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run: sightings on their way from a worker to the aggregator.  Private to the room.
 *
 * One producer, one consumer, a fixed number of places.  Whoever takes a parcel
 * out owns its sighting.
 */
#ifndef RUN_RING_H
#define RUN_RING_H

#include "flow/table.h"
#include "run/gate.h"

struct sighting;

#define TURN_FLUSH (UINT64_MAX - 1)	/* the packet of what the end of the source brings out */
#define TURN_OVER UINT64_MAX		/* nothing comes any more */

/*
 * Where a sighting stands among all others.  First by the packet that brought it
 * out; packets are counted from 0 over the whole source.  One packet may bring
 * out several, for it may say that time has passed: they go by the time, frame
 * and ends of the handshake.  At the end of the source they go by their flow.
 */
struct turn {
	uint64_t packet;
	uint64_t ts, number;
	struct flow_key key;
	uint32_t nth;			/* that its worker brought out */
};

int turn_cmp(const struct turn *a, const struct turn *b);

struct parcel {
	struct sighting *sighting;
	struct turn turn;
};

struct ring;

struct ring *ring_new(unsigned places);		/* a power of two */
void ring_free(struct ring *r);			/* and the sightings in it */

/* The producer's; false: it is full. */
bool ring_put(struct ring *r, const struct parcel *p);
void ring_wait_room(struct ring *r);

unsigned ring_count(struct ring *r);		/* what is in it; from any thread */

/* The consumer's: the oldest one, which stays until it is dropped; NULL: it is empty. */
const struct parcel *ring_peek(struct ring *r);
void ring_drop(struct ring *r);

#endif
