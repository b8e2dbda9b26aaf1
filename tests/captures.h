/* SPDX-License-Identifier: Apache-2.0 */
/*
 * captures: captures written byte by byte, and everything that reading one gives.
 */
#ifndef TESTS_CAPTURES_H
#define TESTS_CAPTURES_H

#include "test.h"

#include <ftw.h>
#include <unistd.h>

#include "base/buf.h"
#include "capture/capture.h"

#define ETHERNET 1
#define RAW_IP 101
#define MICRO 0xa1b2c3d4u
#define NANO 0xa1b23c4du
#define MODIFIED 0xa1b2cd34u
#define IXIA_SOFT 0x1c0001abu
#define IXIA_HARD 0x1c0001acu

/* ---- bytes ---- */

static bool put_big;		/* the byte order of what put_* write */

static inline void put16(struct buf *b, uint16_t v)
{
	buf_putc(b, (char)(put_big ? v >> 8 : v & 0xff));
	buf_putc(b, (char)(put_big ? v & 0xff : v >> 8));
}

static inline void put32(struct buf *b, uint32_t v)
{
	put16(b, (uint16_t)(put_big ? v >> 16 : v & 0xffff));
	put16(b, (uint16_t)(put_big ? v & 0xffff : v >> 16));
}

static inline void put64(struct buf *b, uint64_t v)
{
	put32(b, (uint32_t)(put_big ? v >> 32 : v & 0xffffffffu));
	put32(b, (uint32_t)(put_big ? v & 0xffffffffu : v >> 32));
}

static inline void put_fill(struct buf *b, size_t n, uint8_t with)
{
	while (n-- > 0)
		buf_putc(b, (char)with);
}

/* ---- pcap ---- */

static inline void pcap_header(struct buf *b, uint32_t magic, uint32_t linktype)
{
	put32(b, magic);
	put16(b, 2);
	put16(b, 4);
	put32(b, 0);
	put32(b, 0);
	put32(b, 65535);
	put32(b, linktype);
}

static inline void pcap_packet(struct buf *b, uint32_t seconds, uint32_t part, uint32_t n)
{
	put32(b, seconds);
	put32(b, part);
	put32(b, n);
	put32(b, n + 10);	/* cut by the snaplen */
	put_fill(b, n, (uint8_t)n);
}

/* ---- snoop ---- */

static inline void snoop_header(struct buf *b, uint32_t version, uint32_t link)
{
	buf_add(b, "snoop\0\0\0", 8);
	put_big = true;
	put32(b, version);
	put32(b, link);
	put_big = false;
}

static inline void snoop_packet(struct buf *b, uint32_t seconds, uint32_t drops, uint32_t n)
{
	uint32_t pad = (4 - n % 4) % 4;

	put_big = true;
	put32(b, n + 10);
	put32(b, n);
	put32(b, 24 + n + pad);
	put32(b, drops);
	put32(b, seconds);
	put32(b, 250000);
	put_big = false;
	put_fill(b, n, (uint8_t)n);
	put_fill(b, pad, 0);
}

/* ---- pcapng ---- */

static inline size_t block_begin(struct buf *b, uint32_t type)
{
	put32(b, type);
	put32(b, 0);
	return b->n - 8;
}

static inline void block_end(struct buf *b, size_t at)
{
	uint32_t length;
	struct buf head = { 0 };

	while ((b->n - at) % 4 != 0)
		buf_putc(b, 0);
	length = (uint32_t)(b->n - at + 4);
	put32(b, length);
	put32(&head, length);
	memcpy(b->p + at + 4, head.p, 4);
	buf_done(&head);
}

static inline void ng_section(struct buf *b)
{
	size_t at = block_begin(b, 0x0a0d0d0a);

	put32(b, 0x1a2b3c4d);
	put16(b, 1);
	put16(b, 0);
	put64(b, UINT64_MAX);
	block_end(b, at);
}

static inline void ng_option(struct buf *b, uint16_t code, const void *p, uint16_t n)
{
	put16(b, code);
	put16(b, n);
	buf_add(b, p, n);
	put_fill(b, (4 - n % 4u) % 4, 0);
}

/* An interface; resolution 6 is microseconds and the default. */
static inline void ng_interface(struct buf *b, uint16_t linktype, const char *name,
				uint8_t resolution)
{
	size_t at = block_begin(b, 1);

	put16(b, linktype);
	put16(b, 0);
	put32(b, 262144);
	if (name)
		ng_option(b, 2, name, (uint16_t)strlen(name));
	if (resolution != 6)
		ng_option(b, 9, &resolution, 1);
	put32(b, 0);		/* opt_endofopt */
	block_end(b, at);
}

static inline void ng_packet(struct buf *b, uint32_t interface, uint64_t time, uint32_t n)
{
	size_t at = block_begin(b, 6);

	put32(b, interface);
	put32(b, (uint32_t)(time >> 32));
	put32(b, (uint32_t)time);
	put32(b, n);
	put32(b, n + 10);
	put_fill(b, n, (uint8_t)n);
	block_end(b, at);
}

static inline void ng_block(struct buf *b, uint32_t type, const char *body)
{
	size_t at = block_begin(b, type);

	buf_puts(b, body);
	block_end(b, at);
}

/* ---- files ---- */

static char test_dir[64];
static char test_path_text[8][256];

/* A name in the test's folder; good for seven more calls. */
static inline const char *test_path(const char *name)
{
	static unsigned next;
	char *text = test_path_text[next++ % 8];

	snprintf(text, sizeof(test_path_text[0]), "%s/%s", test_dir, name);
	return text;
}

static inline const char *test_file(const char *name, const struct buf *b)
{
	const char *path = test_path(name);
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	if (b->n > 0)
		assert_int_equal(fwrite(b->p, 1, b->n, f), b->n);
	assert_int_equal(fclose(f), 0);
	return path;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static inline int make_dir(void **state)
{
	(void)state;
	strcpy(test_dir, "/tmp/test_capture_XXXXXX");
	return mkdtemp(test_dir) ? 0 : -1;
}

static inline int remove_dir(void **state)
{
	(void)state;
	return nftw(test_dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* ---- reading ---- */

#define SEEN_MOST 4096

struct seen {
	struct frame v[SEEN_MOST];	/* bytes.p is good until the next batch only: NULL here */
	uint8_t first[SEEN_MOST];	/* the first byte of each */
	size_t n, bytes;
	struct source *source;		/* NULL: it could not be opened */
	struct capture_state state;
	char *said;			/* all messages */
};

/* All frames, each byte of which is touched. */
static inline void read_all(struct seen *s)
{
	struct frame batch[CAPTURE_BATCH];
	unsigned n;

	while ((n = capture_batch(s->source, batch)) > 0) {
		for (unsigned i = 0; i < n; i++) {
			volatile uint8_t touched = 0;

			for (size_t k = 0; k < batch[i].bytes.n; k++)
				touched = batch[i].bytes.p[k];
			s->bytes += batch[i].bytes.n;
			assert_true(batch[i].wire_length >= batch[i].bytes.n);
			assert_non_null(batch[i].from->file);
			if (s->n < SEEN_MOST) {
				s->first[s->n] = batch[i].bytes.n ? batch[i].bytes.p[0] : touched;
				s->v[s->n++] = batch[i];
			}
		}
	}
	s->state = *source_state(s->source);
}

static inline struct seen *see(const char *const *paths, size_t n,
			       const struct capture_options *o)
{
	struct seen *s = calloc(1, sizeof(*s));
	struct errors e = { 0 };
	size_t size;
	FILE *to = open_memstream(&s->said, &size);

	s->source = source_open(paths, n, o, &e);
	if (s->source)
		read_all(s);
	errors_print(&e, to);
	fclose(to);
	errors_done(&e);
	return s;
}

static inline struct seen *see_one(const char *path)
{
	return see(&path, 1, &(struct capture_options){ 0 });
}

static inline struct seen *see_bytes(const struct buf *b)
{
	return see_one(test_file("one.pcap", b));
}

static inline void seen_free(struct seen *s)
{
	source_free(s->source);
	free(s->said);
	free(s);
}

#define assert_said(s, text) do { \
		if (strstr((s)->said, text) == NULL) \
			fail_msg("\"%s\" is not in: %s", text, (s)->said); \
	} while (0)

#endif
