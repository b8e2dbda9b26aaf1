/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch: the latest handshakes and packets, for when somebody asks.  Private to the room.
 *
 * Both are rings: the oldest goes.  A page of evidence is told of the handshakes,
 * a capture file is written of the packets.
 */
#ifndef WATCH_RECENT_H
#define WATCH_RECENT_H

#include "out/out.h"

enum { RECENT_SIGHTINGS = 4096, RECENT_BYTES = 64 << 20, RECENT_PACKETS = 1 << 17 };

struct recent;

struct recent *recent_new(void);
void recent_free(struct recent *r);				/* NULL is fine */

void recent_sighting(struct recent *r, const struct sighting *s);	/* copies it */
void recent_frame(struct recent *r, const struct frame *f);		/* copies it */

/* What is still known of a host, told as `hellotap trace` does, instead of what is in *ret. */
void recent_tell(struct recent *r, const struct addr *host, unsigned columns,
		 const struct summary *sum, struct buf *ret);

/*
 * The packets still known that come from or go to a host, as a pcap file made anew;
 * *ret: how many.  False: *e says why it could not be written.
 */
bool recent_write(struct recent *r, const struct addr *host, const char *path,
		  uint64_t *ret, struct errors *e);

#endif
