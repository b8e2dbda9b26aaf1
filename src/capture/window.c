/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: windows on files and streams.
 *
 * Pages of a map that were read stay with the process until they are given
 * back; giving them back in steps keeps the peak of memory the same for a file
 * of any size (they stay in the system's cache).
 */
#include "capture/window.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/arena.h"

#define FORGET_STEP ((size_t)8 << 20)	/* a multiple of every page size */

bool window_map(struct window *w, int fd, size_t size)
{
	void *at;

	*w = (struct window){ 0 };
	if (size == 0)
		return true;
	at = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (at == MAP_FAILED)
		return false;
	(void)madvise(at, size, MADV_SEQUENTIAL);	/* a hint: reading works without it */
	w->map = at;
	w->map_size = size;
	w->seen = size;
	w->c = cursor_of((struct slice){ w->map, size });
	return true;
}

void window_stream(struct window *w, int fd)
{
	*w = (struct window){ .stream = stream_new(fd) };
	w->buffer = xcalloc(1, WINDOW_SIZE);
	w->c = cursor_of((struct slice){ w->buffer, 0 });
}

void window_done(struct window *w)
{
	if (w->map)
		munmap(w->map, w->map_size);
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
	size_t got;

	if (w->stream == NULL)
		return false;
	assert(kept < WINDOW_SIZE);	/* readers refuse longer records */
	if (kept > 0)
		memmove(w->buffer, w->c.p, kept);
	got = stream_read(w->stream, w->buffer + kept, WINDOW_SIZE - kept);
	w->seen += got;
	w->c = cursor_of((struct slice){ w->buffer, kept + got });
	w->skip = 0;
	window_skip(w, skip);
	return got > 0;
}

void window_forget(struct window *w)
{
	size_t done = w->map_size - w->c.n;

	if (w->map == NULL || done - w->behind < FORGET_STEP)
		return;
	done -= done % FORGET_STEP;
	(void)madvise(w->map + w->behind, done - w->behind, MADV_DONTNEED);
	w->behind = done;
}
