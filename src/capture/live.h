/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: packets from interfaces, as they come.
 *
 *	live.c		interfaces, and the queues that their packets come in
 *	handle.c	one open packet socket
 *	fanout.c	which of several sockets on an interface gets a packet
 *
 * Every interface is opened once for each queue; a queue reads its handle of every
 * interface, in a thread of its own.  All packets of a connection come in one
 * queue, whatever interface they come from.
 *
 * A frame is handed out where the kernel put it, and is good for that call only.
 */
#ifndef CAPTURE_LIVE_H
#define CAPTURE_LIVE_H

#include "capture/capture.h"

enum { LIVE_INTERFACES = 32, LIVE_QUEUES = 256 };

struct live_options {
	const char *const *interfaces;	/* "any": all of them; borrowed until live_free() */
	size_t n;
	unsigned queues;		/* at least 1 */
	size_t buffer;			/* bytes for each interface, all queues; 0: 64 MiB */
	unsigned snaplen;		/* bytes of a frame that are kept; 0: 262,144 */
	bool promiscuous;
	bool immediate;			/* packets are handed out one by one: slow */
	bool micro;			/* time in microseconds, else nanoseconds where offered */
	const char *stamps;		/* who puts the time on a packet: "adapter"; NULL: host */
	const char *filter;		/* a BPF expression, NULL: none */
	const struct spare *spare;	/* what the kernel leaves out; not with a filter */
};

/* What it has come to.  They only grow, but for `down`. */
struct live_state {
	uint64_t packets, bytes;	/* handed out */
	uint64_t received;		/* that the kernel had for us, with those it dropped */
	uint64_t dropped;		/* by the kernel: the buffer was full */
	uint64_t interface_dropped;	/* by the interface, before the kernel had them */
	unsigned interfaces;
	unsigned down;			/* of them, down or gone now */
};

struct live;

/* NULL: *e says why, and whether it is a matter of privileges. */
struct live *live_open(const struct live_options *o, struct errors *e);
void live_free(struct live *l);

typedef void (*frame_fn)(const struct frame *f, void *arg);

/*
 * A queue's thread: hands out what has come, up to `most` frames or a little more,
 * and waits at most ms milliseconds for the first; how many there were.
 */
unsigned live_take(struct live *l, unsigned queue, unsigned most, unsigned ms,
		   frame_fn take, void *arg);

/* From any thread: live_take() in all queues returns at once. */
void live_wake(struct live *l);

/* A queue's thread: no more packets come in; those that came can still be taken. */
void live_shut(struct live *l, unsigned queue);

/*
 * One thread, once a second or so: looks after interfaces that went away or came
 * back.  *e: what has changed, said once.
 */
void live_tend(struct live *l, struct errors *e);

/* From any thread: as the queues counted last, at most a quarter of a second ago. */
void live_state(const struct live *l, struct live_state *ret);

#endif
