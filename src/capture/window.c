/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: windows on streams.
 */
#include "capture/window.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

void window_stream(struct window *w, int fd)
{
	*w = (struct window){ .stream = stream_new(fd) };
	w->buffer = xcalloc(1, WINDOW_SIZE);
	w->c = cursor_of((struct slice){ w->buffer, 0 });
}

void window_done(struct window *w)
{
	stream_free(w->stream);
	free(w->buffer);
	*w = (struct window){ 0 };
}

void window_skip(struct window *w, uint64_t n)
{
	size_t here = n < w->c.n ? (size_t)n : w->c.n;

	cur_skip(&w->c, here);
	w->skip += n - here;
}

bool window_more(struct window *w)
{
	size_t kept = w->c.n;
	uint64_t skip = w->skip;
	size_t room = WINDOW_SIZE - kept;
	size_t got;

	if (w->stream == NULL)
		return false;
	assert(kept < WINDOW_SIZE);	/* readers refuse longer records */
	if (kept > 0)
		memmove(w->buffer, w->c.p, kept);
	got = stream_read(w->stream, w->buffer + kept, room < WINDOW_PIECE ? room : WINDOW_PIECE);
	w->seen += got;
	w->c = cursor_of((struct slice){ w->buffer, kept + got });
	w->skip = 0;
	window_skip(w, skip);
	return got > 0;
}
