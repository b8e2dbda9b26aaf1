/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: an interface that is captured from, and what becomes of it.  Private to the room.
 *
 * The thread that tends opens handles, the queues' threads use and close them:
 * a handle is handed over by `offered`, and asked back by `leave`.
 */
#ifndef CAPTURE_PORT_H
#define CAPTURE_PORT_H

#include <stdatomic.h>

#include "base/arena.h"
#include "capture/handle.h"

enum port_is { PORT_UP, PORT_DOWN, PORT_GONE };

struct berth {				/* of one queue on one interface */
	struct handle *mine;		/* the queue's */
	struct handle *_Atomic offered;
	atomic_bool leave, empty;
	uint64_t rest;			/* an error: not before this time again */
	const struct origin *from;	/* of the last handle opened: the tending thread's */
};

struct port {
	const char *name;
	struct berth *berths;
	unsigned n;
	enum port_is is;
	unsigned index;			/* of the kernel */
	int kind;			/* ARPHRD_*: what its frames begin with */
	int drops[2];			/* files in which the kernel counts what it lost; -1 */
	uint64_t drops_last;
	_Atomic uint64_t dropped;
	bool said;			/* that it cannot be opened again */
};

/* Opens all handles and joins them; false: *why says why not. */
bool port_open(struct port *p, const struct live_options *o, struct arena *origins,
	       struct buf *why);
void port_close(struct port *p);		/* no queue's thread is left */

/* Looks after it; *e: what changed. */
void port_tend(struct port *p, const struct live_options *o, struct arena *origins,
	       struct errors *e);

/* What the interface lost so far, anew. */
void port_count(struct port *p);

#endif
