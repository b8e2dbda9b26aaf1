/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serve: a text that is fetched over HTTP instead of written to a file.
 *
 * The socket listens before the fence is up and is answered from sink_pump(),
 * without a thread: a slow client waits, we do not.  Private to the room.
 */
#ifndef OUT_SERVE_H
#define OUT_SERVE_H

#include "out/out.h"

struct server;

/* Whether a target is ADDRESS:PORT, [ADDRESS]:PORT or :PORT (127.0.0.1) and not a file. */
bool serve_wants(const char *target);

struct server *serve_open(const char *target, struct errors *e);	/* NULL: *e says why */
void serve_close(struct server *v);				/* NULL is fine */

/* What is answered from now on; a copy is made. */
void serve_text(struct server *v, struct slice text);
void serve_pump(struct server *v);

#endif
