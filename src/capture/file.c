/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: opening one file, and what it was that ended it.
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

static const struct format *const formats[] = { &format_pcap, &format_pcapng, &format_snoop };

static bool is_stdin(const char *name)
{
	return strcmp(name, "-") == 0;
}

static bool open_window(struct reader *r)
{
	struct stat st;

	r->fd = is_stdin(r->name) ? STDIN_FILENO : open(r->name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (r->fd < 0 || fstat(r->fd, &st) != 0)
		return false;
	if (S_ISREG(st.st_mode) && r->fd != STDIN_FILENO) {
		r->size = (uint64_t)st.st_size;
		(void)posix_fadvise(r->fd, 0, 0, POSIX_FADV_SEQUENTIAL);	/* a hint */
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
	const char *packing = packing_name(stream_packing(s));

	if (first.n > LOOK_AT)
		first.n = LOOK_AT;
	buf_puts(why, "not a capture; ");
	if (stream_wrong(s))
		buf_printf(why, "%s", stream_wrong(s));
	else if (packing)
		buf_printf(why, "unpacked from %s it looks like %s", packing,
			   looks_like(first, r->name));
	else
		buf_printf(why, "it looks like %s", looks_like(first, r->name));
	buf_puts(why, "; expected pcap, pcapng or snoop (plain, gz or zst)");
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
	if (r->format != NULL)
		return r;
	if (stream_errno(r->window.stream) != 0) {
		buf_puts(why, strerror(stream_errno(r->window.stream)));
		*ret = REFUSAL_SYSTEM;
	} else {
		explain(r, cur_peek(&r->window.c), why);
		*ret = REFUSAL_FORMAT;
	}
	reader_close(r);
	return NULL;
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

/* What somebody else did to a plain file meanwhile, to follow what is said of its end. */
static void put_change(const struct reader *r, struct buf *b)
{
	struct stat st;

	if (r->size > stream_taken(r->window.stream))
		buf_printf(b, ": the file had %" PRIu64 " bytes when it was opened", r->size);
	else if (r->size > 0 && fstat(r->fd, &st) == 0 && (uint64_t)st.st_size > r->size)
		buf_puts(b, ": the file is still being written");
}

/* The bytes are over; false: just as they should be. */
static bool put_cut(const struct reader *r, const char *wrong, struct buf *b)
{
	const struct stream *s = r->window.stream;
	bool shrunk = s && !wrong && stream_taken(s) < r->size;

	if (r->amid == NULL && !wrong && !shrunk)
		return false;
	buf_printf(b, "cut short at byte %" PRIu64, r->window.seen);
	if (s && packing_name(stream_packing(s)))
		buf_puts(b, " (unpacked)");
	if (r->amid)
		buf_printf(b, ", in the middle of a %s", r->amid);
	if (wrong)
		buf_printf(b, ": %s", wrong);
	else if (s)
		put_change(r, b);
	return true;
}

bool reader_fault(const struct reader *r, enum reading last, struct buf *ret)
{
	const struct stream *s = r->window.stream;
	uint64_t packets = r->number - r->no_packets;

	if (last == READING_DAMAGED) {
		buf_printf(ret, "damaged at byte %" PRIu64, window_offset(&r->window));
		if (s && packing_name(stream_packing(s)))
			buf_puts(ret, " (unpacked)");
		buf_printf(ret, ": %s", r->wrong);
	} else if (!put_cut(r, s ? stream_wrong(s) : NULL, ret)) {
		return false;
	}
	buf_printf(ret, "; %" PRIu64 " packet%s read", packets, packets == 1 ? " was" : "s were");
	return true;
}
