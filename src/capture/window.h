/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: the part of a capture's bytes that is in sight.
 *
 * The window slides over a stream, and window_more() is the only thing that
 * slides it.  So a reader takes records from `c` as long as they lie whole in
 * it, hands them out without a copy, and asks for more bytes only when nothing
 * it handed out is in use any more.
 *
 * Files are read, not mapped.  A read piece is ours: nobody can change it under
 * a parser that has checked a length, and a file that shrinks is a short read
 * and no SIGBUS.  It is faster, too: a piece of this size stays in the cache
 * between the copy and the decoder, and there are no page faults.
 */
#ifndef CAPTURE_WINDOW_H
#define CAPTURE_WINDOW_H

#include "capture/inflate.h"

#define WINDOW_SIZE 1048576u	/* the longest record that a reader may ask for */
#define WINDOW_PIECE 524288u	/* bytes that come into sight at a time, at most */

struct window {
	struct cursor c;	/* in sight and not consumed yet */
	uint64_t seen;		/* bytes of the (unpacked) capture that have been in sight */
	uint64_t skip;		/* bytes to pass over that are not in sight yet */
	struct stream *stream;	/* owned; NULL: what is in sight is all there is */
	uint8_t *buffer;	/* WINDOW_SIZE bytes */
};

void window_stream(struct window *w, int fd);	/* the descriptor is borrowed */
void window_done(struct window *w);

/* More bytes behind those in sight, which move; false: there are no more. */
bool window_more(struct window *w);

/* Consumes n bytes, in sight or not; `skip` says how many still have to come. */
void window_skip(struct window *w, uint64_t n);

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
