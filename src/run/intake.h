/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run: what becomes of the frames of one source, counted.  Private to the room.
 *
 * Frames are decoded, and datagrams in fragments put together, by whoever takes
 * them in; what comes out are TCP packets.
 */
#ifndef RUN_INTAKE_H
#define RUN_INTAKE_H

#include "out/out.h"

enum { UNDECODED_MOST = sizeof(((struct summary *)0)->undecoded) / sizeof(struct undecoded) };

struct intake {
	struct fragments *fragments;		/* owned */
	uint64_t first, last;			/* time of the packets seen */
	uint64_t tcp, udp, other, cut;
	struct undecoded undecoded[UNDECODED_MOST];	/* the last one seen first */
	size_t nundecoded;
	uint64_t undecoded_other;
};

void intake_init(struct intake *in);
void intake_done(struct intake *in);

/*
 * Decodes and counts.  True: *ret is a TCP packet; its bytes are the frame's, or
 * those of a datagram put together, good until the next call.
 */
bool intake_frame(struct intake *in, const struct frame *f, struct packet *ret);

void intake_end(struct intake *in);		/* the source is over */

/* Adds the counters of another one, which ended. */
void intake_add(struct intake *in, const struct intake *more);

void intake_summary(const struct intake *in, struct summary *ret);

#endif
