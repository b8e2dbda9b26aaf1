/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fragment: IP datagrams put together from their fragments (RFC 791, 3.2;
 * RFC 8200, 4.5), in any order, in any tunnel.
 *
 * Bounded in datagrams and in bytes; full, it gives the oldest up.  After 30 s
 * of the packets' time a datagram is given up as well.  One whose fragments
 * overlap, or contradict each other, is given up with all that may follow of it
 * (RFC 5722, which goes for IPv4 here too); a fragment seen twice is no overlap.
 */
#ifndef FLOW_FRAGMENT_H
#define FLOW_FRAGMENT_H

#include "decode/decode.h"

struct fragments;

struct fragments_state {
	uint64_t lost;		/* frames of datagrams that were given up */
	uint64_t spare;		/* frames of datagrams that were whole without them */
};

struct whole {			/* a datagram without its IP header */
	struct slice bytes;	/* good until the next fragments_add() */
	uint8_t protocol;	/* of what its bytes begin with */
	unsigned frames;	/* that it came in */
};

/* At most so many datagrams and bytes at once; 0: 16,384 and 16 MiB. */
struct fragments *fragments_new(size_t datagrams, size_t bytes);
void fragments_free(struct fragments *f);

/*
 * Takes a packet that is DECODED_FRAGMENT; frames: how many it came in, more than
 * one if it was itself in fragments.  True: its datagram is whole, in *ret, for
 * decode_resume().  p's bytes may be those of the datagram made before.
 */
bool fragments_add(struct fragments *f, const struct packet *p, unsigned frames,
		   struct whole *ret);

void fragments_flush(struct fragments *f);	/* the capture is over: nothing more comes */
const struct fragments_state *fragments_state(const struct fragments *f);

#endif
