/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: opening one file: is it packed, and which format is it?
 *
 * A plain file is mapped; what is packed or is no plain file (standard input, a
 * FIFO) is read through a window.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/looks.h"
#include "capture/reader.h"

#define LOOK_AT 4096		/* bytes of a file that is no capture */

static const struct format *const formats[] = { &format_pcap, &format_pcapng };

static bool is_stdin(const char *name)
{
	return strcmp(name, "-") == 0;
}

static bool open_window(struct reader *r)
{
	uint8_t first[PACKING_PEEK];
	struct stat st;
	ssize_t n;

	r->fd = is_stdin(r->name) ? STDIN_FILENO : open(r->name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (r->fd < 0 || fstat(r->fd, &st) != 0)
		return false;
	if (S_ISREG(st.st_mode) && r->fd != STDIN_FILENO) {
		n = pread(r->fd, first, sizeof(first), 0);
		if (n < 0)
			return false;
		if (packing_of((struct slice){ first, (size_t)n }) == PACKING_NONE)
			return window_map(&r->window, r->fd, (size_t)st.st_size);
	}
	window_stream(&r->window, r->fd);
	return true;
}

static const struct format *format_of(struct slice first)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++)
		if (formats[i]->knows(first))
			return formats[i];
	return NULL;
}

static void explain(const struct reader *r, struct slice first, struct buf *why)
{
	const struct stream *s = r->window.stream;
	const char *packing = s ? packing_name(stream_packing(s)) : NULL;

	if (first.n > LOOK_AT)
		first.n = LOOK_AT;
	buf_puts(why, "not a capture; ");
	if (s && stream_wrong(s))
		buf_printf(why, "%s", stream_wrong(s));
	else if (packing)
		buf_printf(why, "unpacked from %s it looks like %s", packing,
			   looks_like(first, r->name));
	else
		buf_printf(why, "it looks like %s", looks_like(first, r->name));
	buf_puts(why, "; expected pcap or pcapng (plain, gz or zst)");
}

struct reader *reader_open(const char *name, struct arena *origins, struct buf *why,
			   enum refusal *ret)
{
	struct reader *r = xcalloc(1, sizeof(*r));

	r->name = name;
	r->origins = origins;
	if (!open_window(r)) {
		buf_puts(why, strerror(errno));
		*ret = REFUSAL_SYSTEM;
		reader_close(r);
		return NULL;
	}
	while (r->window.c.n < READER_PEEK && window_more(&r->window))
		;
	r->format = format_of(cur_peek(&r->window.c));
	if (r->format == NULL) {
		explain(r, cur_peek(&r->window.c), why);
		*ret = REFUSAL_FORMAT;
		reader_close(r);
		return NULL;
	}
	return r;
}

void reader_close(struct reader *r)
{
	if (r == NULL)
		return;
	if (r->format && r->format->done)
		r->format->done(r);
	window_done(&r->window);
	if (r->fd > STDIN_FILENO)
		close(r->fd);
	free(r);
}

uint64_t reader_taken(const struct reader *r)
{
	const struct stream *s = r->window.stream;

	return s ? stream_taken(s) : window_offset(&r->window);
}

bool reader_fault(const struct reader *r, enum reading last, struct buf *ret)
{
	const struct stream *s = r->window.stream;
	const char *wrong = s ? stream_wrong(s) : NULL;
	const char *unpacked = s && packing_name(stream_packing(s)) ? " (unpacked)" : "";

	if (last == READING_DAMAGED) {
		buf_printf(ret, "damaged at byte %" PRIu64 "%s: %s", window_offset(&r->window),
			   unpacked, r->wrong);
	} else if (r->amid || wrong) {
		buf_printf(ret, "cut short at byte %" PRIu64 "%s", r->window.seen, unpacked);
		if (r->amid)
			buf_printf(ret, ", in the middle of a %s", r->amid);
		if (wrong)
			buf_printf(ret, ": %s", wrong);
	} else {
		return false;
	}
	buf_printf(ret, "; %" PRIu64 " packet%s read", r->number,
		   r->number == 1 ? " was" : "s were");
	return true;
}
