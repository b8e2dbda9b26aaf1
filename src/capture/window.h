/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: the part of a capture's bytes that is in sight.
 *
 * A mapped file is in sight as a whole; a stream's window slides over it, and
 * window_more() is the only thing that slides it.  So a reader takes records
 * from `c` as long as they lie whole in it, hands them out without a copy, and
 * asks for more bytes only when nothing it handed out is in use any more.
 */
#ifndef CAPTURE_WINDOW_H
#define CAPTURE_WINDOW_H

#include "capture/inflate.h"

#define WINDOW_SIZE 1048576u	/* of a stream: the longest record that a reader may ask for */

struct window {
	struct cursor c;	/* in sight and not consumed yet */
	uint64_t seen;		/* bytes of the (unpacked) capture that have been in sight */
	uint64_t skip;		/* bytes to pass over that are not in sight yet */
	uint8_t *map;		/* the whole file, or NULL */
	size_t map_size;
	size_t behind;		/* of the map: given back to the system up to here */
	struct stream *stream;	/* owned, or NULL */
	uint8_t *buffer;	/* of a stream: WINDOW_SIZE bytes */
};

bool window_map(struct window *w, int fd, size_t size);	/* false: see errno */
void window_stream(struct window *w, int fd);		/* the descriptor is borrowed */
void window_done(struct window *w);

/* More bytes behind those in sight, which move; false: there are no more. */
bool window_more(struct window *w);

/* Consumes n bytes, in sight or not; `skip` says how many still have to come. */
void window_skip(struct window *w, uint64_t n);

/* Gives the pages of a map that lie before `c` back, now and then. */
void window_forget(struct window *w);

/*
 * Records follow one another, so each header is a wait for memory.  Most bytes
 * of most captures are in full frames: where the next two headers are, if the
 * frames before them are full ones, is asked for ahead.  `before`: bytes of a
 * record that are not the frame's.
 */
static inline void window_expect(const struct cursor *c, size_t before)
{
	const size_t full = 1514 + before;

	if (c->n <= 2 * full)
		return;
	__builtin_prefetch(c->p + full);
	__builtin_prefetch(c->p + 2 * full);
}

static inline uint64_t window_offset(const struct window *w)
{
	return w->seen - w->c.n + w->skip;
}

#endif
