/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: gz by zlib, zst by libzstd, plain bytes as they are.
 *
 * Packed bytes pass through one small buffer, so memory does not depend on the
 * file.  A zst frame may ask for a window of up to 128 MiB (the library's own
 * default limit); a frame that asks for more is refused as damaged.
 */
#include "capture/inflate.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <stdlib.h>
#include <unistd.h>

#include <zlib.h>
#include <zstd.h>

#include "base/arena.h"
#include "capture/capture.h"

#define PACKED_SIZE 131072
#define FIRST_TAKE 4096
#define GZ_ANY_WINDOW (16 + MAX_WBITS)	/* inflateInit2: the gzip format, any window */

struct stream {
	int fd;
	enum packing packing;
	bool begun, over;
	const char *wrong;
	int error;
	uint64_t taken;
	size_t at, n;			/* of packed[]: the bytes not yet unpacked */
	bool in_frame;			/* zst: the frame at hand is not finished */
	z_stream gz;
	ZSTD_DStream *zst;
	uint8_t packed[PACKED_SIZE];
};

/* Magic numbers: RFC 1952 section 2.3.1; RFC 8878 sections 3.1.1 and 3.1.2 (skippable frames). */
enum packing packing_of(struct slice first)
{
	if (first.n >= 2 && first.p[0] == 0x1f && first.p[1] == 0x8b)
		return PACKING_GZ;
	if (first.n >= PACKING_PEEK && memcmp(first.p, "\x28\xb5\x2f\xfd", 4) == 0)
		return PACKING_ZST;
	if (first.n >= PACKING_PEEK && (first.p[0] & 0xf0) == 0x50 &&
	    memcmp(first.p + 1, "\x2a\x4d\x18", 3) == 0)
		return PACKING_ZST;
	return PACKING_NONE;
}

const char *packing_name(enum packing is)
{
	static const char *const names[] = {
		[PACKING_NONE] = NULL,
		[PACKING_GZ] = "gz",
		[PACKING_ZST] = "zst",
	};

	return names[is];
}

struct stream *stream_new(int fd)
{
	struct stream *s = xcalloc(1, sizeof(*s));

	s->fd = fd;
	return s;
}

void stream_free(struct stream *s)
{
	if (s == NULL)
		return;
	if (s->packing == PACKING_GZ)
		inflateEnd(&s->gz);
	ZSTD_freeDStream(s->zst);
	free(s);
}

enum packing stream_packing(const struct stream *s)
{
	return s->packing;
}

uint64_t stream_taken(const struct stream *s)
{
	return s->taken;
}

const char *stream_wrong(const struct stream *s)
{
	return s->wrong;
}

int stream_errno(const struct stream *s)
{
	return s->error;
}

/* The stream is over, and not as it should be. */
static void fail(struct stream *s, const char *why)
{
	s->over = true;
	s->wrong = why;
}

static volatile sig_atomic_t stopped;

void capture_stop(void)
{
	stopped = 1;
}

static size_t take(struct stream *s, uint8_t *ret, size_t room)
{
	ssize_t got;

	do
		got = stopped ? 0 : read(s->fd, ret, room);
	while (got < 0 && errno == EINTR);
	if (got < 0) {
		s->error = errno;
		fail(s, strerror(errno));
	}
	if (got <= 0)
		return 0;
	s->taken += (uint64_t)got;
	return (size_t)got;
}

/* More packed bytes behind those that are left; false: there are none. */
static bool refill(struct stream *s)
{
	size_t got;

	if (s->at > 0) {
		memmove(s->packed, s->packed + s->at, s->n);
		s->at = 0;
	}
	got = take(s, s->packed + s->n, PACKED_SIZE - s->n);
	s->n += got;
	return got > 0;
}

static void begin(struct stream *s)
{
	size_t got;

	s->begun = true;
	do	/* a little: a folder's files are all looked into, and that is enough for it */
		got = take(s, s->packed + s->n, FIRST_TAKE - s->n);
	while (got > 0 && (s->n += got) < PACKING_PEEK);
	s->packing = packing_of((struct slice){ s->packed, s->n });
	if (s->packing == PACKING_GZ && inflateInit2(&s->gz, GZ_ANY_WINDOW) != Z_OK) {
		s->packing = PACKING_NONE;
		fail(s, "no memory to unpack it");
	}
	if (s->packing == PACKING_ZST) {
		s->zst = ZSTD_createDStream();
		if (s->zst == NULL)
			fail(s, "no memory to unpack it");
	}
}

static size_t read_plain(struct stream *s, uint8_t *ret, size_t room)
{
	size_t n = s->n < room ? s->n : room;

	if (n == 0) {
		n = take(s, ret, room);
		s->over = n == 0;
		return n;
	}
	memcpy(ret, s->packed + s->at, n);
	s->at += n;
	s->n -= n;
	return n;
}

/*
 * A gz member has ended: another one, zeros that fill a block (as gzip(1)
 * allows), or the end must follow.
 */
static void next_member(struct stream *s)
{
	for (;;) {
		if (s->n == 0 && !refill(s)) {
			s->over = true;
			return;
		}
		if (s->packed[s->at] != 0)
			break;
		s->at++;
		s->n--;
	}
	if (s->packed[s->at] != 0x1f || inflateReset(&s->gz) != Z_OK)
		fail(s, "something follows the gz data that is not gz");
}

static size_t read_gz(struct stream *s, uint8_t *ret, size_t room)
{
	s->gz.next_out = ret;
	s->gz.avail_out = (uInt)room;
	while (!s->over && s->gz.avail_out == (uInt)room) {
		int is;

		s->gz.next_in = s->packed + s->at;
		s->gz.avail_in = (uInt)s->n;
		is = inflate(&s->gz, Z_NO_FLUSH);
		s->at += s->n - s->gz.avail_in;
		s->n = s->gz.avail_in;
		if (is == Z_STREAM_END)
			next_member(s);
		else if (is != Z_OK && is != Z_BUF_ERROR)
			fail(s, "the gz data is damaged");
		else if (s->gz.avail_out == (uInt)room && s->n == 0 && !refill(s) && !s->wrong)
			fail(s, "the gz data ends too early");
	}
	return room - s->gz.avail_out;
}

static size_t read_zst(struct stream *s, uint8_t *ret, size_t room)
{
	ZSTD_outBuffer out = { .dst = ret, .size = room };

	while (!s->over && out.pos == 0) {
		ZSTD_inBuffer in = { .src = s->packed + s->at, .size = s->n };
		size_t rest;

		if (s->n == 0 && !s->in_frame && !refill(s)) {
			s->over = true;
			break;
		}
		in = (ZSTD_inBuffer){ .src = s->packed + s->at, .size = s->n };
		rest = ZSTD_decompressStream(s->zst, &out, &in);
		s->at += in.pos;
		s->n -= in.pos;
		s->in_frame = rest != 0;
		if (ZSTD_isError(rest))
			fail(s, "the zst data is damaged");
		else if (s->in_frame && out.pos == 0 && s->n == 0 && !refill(s) && !s->wrong)
			fail(s, "the zst data ends too early");
	}
	return out.pos;
}

size_t stream_read(struct stream *s, uint8_t *ret, size_t room)
{
	if (!s->begun)
		begin(s);
	if (s->over)
		return 0;
	switch (s->packing) {
	case PACKING_GZ:
		return read_gz(s, ret, room);
	case PACKING_ZST:
		return read_zst(s, ret, room);
	case PACKING_NONE:
		break;
	}
	return read_plain(s, ret, room);
}
