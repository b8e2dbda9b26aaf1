/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: one packet socket, opened by libpcap.  Private to the room.
 */
#ifndef CAPTURE_HANDLE_H
#define CAPTURE_HANDLE_H

#include "base/buf.h"
#include "capture/live.h"

enum { FILTER_MOST = 4096 };		/* instructions: BPF_MAXINSNS of the kernel */

struct pcap;

struct handle {
	struct pcap *pcap;		/* NULL: closed */
	int fd;
	bool nano;
	struct origin is;		/* as it was opened; its file is NULL */
	const struct origin *from;	/* the same, where it outlives the handle */
	uint32_t received, dropped;	/* as the kernel said last: they wrap */
};

/* False: `why` says it in words. */
bool handle_open(struct handle *h, const struct live_options *o, const char *interface,
		 struct buf *why);
void handle_close(struct handle *h);

/* What the kernel counted since the last time. */
void handle_count(struct handle *h, uint64_t *received, uint64_t *dropped);

/* No packet more passes. */
void handle_shut(struct handle *h);

/* ---- fanout.c ---------------------------------------------------------------------------- */

/*
 * Joins the handles of one interface, in this order: each packet goes to one of
 * them, the same one for all packets of a connection.  False: *why says why not.
 */
bool fanout_join(struct handle *const *handles, unsigned n, struct buf *why);

#endif
