/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: the pcapng format.
 *
 *	block:	type u32, length u32, body, length u32 again
 *
 * A section header block begins a section: its byte order, and interfaces
 * numbered from 0.  A packet belongs to an interface of its section.  All other
 * blocks are passed over by their length, among them the secrets that would
 * decrypt TLS, which are never looked at.
 *
 * Wireshark numbers custom, journal and system-event blocks as frames; so do
 * we, or the numbers behind them would not be the ones that people see there.
 *
 * Source: draft-ietf-opsawg-pcapng, section 4.
 */
#include <stdarg.h>
#include <stdio.h>

#include "capture/bytes.h"
#include "capture/interfaces.h"

#define SECTION_HEADER 0x0a0d0d0au	/* reads the same in both byte orders */
#define BYTE_ORDER_MAGIC 0x1a2b3c4du

enum {
	BLOCK_LEAST = 12,
	SECTION_LEAST = 28,
	BLOCK_MOST = WINDOW_SIZE - 4,	/* of those that must lie whole in the window */
	PACKET_HEADER = 20,
	SIMPLE_HEADER = 4,
};

enum block {
	BLOCK_INTERFACE = 1,
	BLOCK_OLD_PACKET = 2,
	BLOCK_SIMPLE_PACKET = 3,
	BLOCK_NAMES = 4,
	BLOCK_STATISTICS = 5,
	BLOCK_PACKET = 6,
	BLOCK_JOURNAL = 9,
	BLOCK_CUSTOM = 0xbad,
	BLOCK_CUSTOM_PRIVATE = 0x40000bad,
};

static bool knows(struct slice first)
{
	uint32_t magic = first.n >= 12 ? bytes_u32(first.p + 8, false) : 0;

	return first.n >= 12 && bytes_u32(first.p, false) == SECTION_HEADER &&
	       (magic == BYTE_ORDER_MAGIC || __builtin_bswap32(magic) == BYTE_ORDER_MAGIC);
}

__attribute__((format(printf, 2, 3)))
static enum reading damaged(struct reader *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(r->wrong, sizeof(r->wrong), fmt, ap);
	va_end(ap);
	return READING_DAMAGED;
}

/*
 * System events (sysdig), versions 1, 2 and 2 large; those with flags are no frames there.
 * Source: Wireshark, wiretap/pcapng_module.h.
 */
static bool is_event(uint32_t type)
{
	return type == 0x204 || type == 0x216 || type == 0x221;
}

static bool is_numbered(uint32_t type)
{
	return type == BLOCK_CUSTOM || type == BLOCK_CUSTOM_PRIVATE || type == BLOCK_JOURNAL ||
	       is_event(type);
}

/* The unpadded lengths that some writers give are rounded up, as Wireshark does. */
static uint64_t size_of(uint32_t length)
{
	return ((uint64_t)length + 3) & ~UINT64_C(3);
}

/* Consumes a block up to the length that closes it. */
static enum reading pass_over(struct reader *r, uint32_t length)
{
	window_skip(&r->window, size_of(length) - 4);
	r->ng.due = length;
	return READING_FULL;
}

/* The length that closes a block passed over. */
static enum reading close_block(struct reader *r)
{
	struct cursor c = r->window.c;
	const uint8_t *p = r->window.skip == 0 ? cur_take(&c, 4) : NULL;

	if (p == NULL) {
		r->amid = "block";
		return READING_MORE;
	}
	if (bytes_u32(p, r->ng.big) != r->ng.due)
		return damaged(r, "a block of %u bytes that does not end so", r->ng.due);
	r->window.c = c;
	r->ng.due = 0;
	return READING_FULL;
}

/* Byte-order magic u32, version u16 u16, section length u64, options (section 4.1). */
static enum reading read_section(struct reader *r)
{
	struct cursor c = r->window.c;
	const uint8_t *h = cur_take(&c, SECTION_LEAST - 4);
	uint32_t length;

	if (h == NULL) {
		r->amid = r->ng.begun ? "block" : "file header";
		return READING_MORE;
	}
	if (!knows((struct slice){ h, SECTION_LEAST - 4 }))
		return damaged(r, "a section header without a byte order");
	r->ng.big = bytes_u32(h + 8, true) == BYTE_ORDER_MAGIC;
	length = bytes_u32(h + 4, r->ng.big);
	if (length < SECTION_LEAST)
		return damaged(r, "a section header of %u bytes", length);
	if (r->ng.interfaces == NULL)
		r->ng.interfaces = interfaces_new();
	interfaces_forget(r->ng.interfaces);
	r->ng.begun = true;
	return pass_over(r, length);
}

/*
 * Interface u32 (obsolete form: u16, and drops u16), time u32 u32 (upper half
 * first), captured u32, original u32, packet, options (sections 4.3, A.1).
 */
static enum reading read_packet(struct reader *r, bool old, struct slice body, struct frame *f)
{
	bool big = r->ng.big;
	struct cursor c = cursor_of(body);
	const uint8_t *h = cur_take(&c, PACKET_HEADER);
	uint32_t captured = h ? bytes_u32(h + 12, big) : 0;
	const struct interface *i;
	uint32_t id;

	if (captured > READER_FRAME_MOST)
		return damaged(r, "a packet of %u bytes", captured);
	f->bytes = cur_slice(&c, captured);
	if (!cur_ok(&c))
		return damaged(r, "a packet of %u bytes in a shorter block", captured);
	id = old ? bytes_u16(h, big) : bytes_u32(h, big);
	i = interfaces_find(r->ng.interfaces, id);
	if (i == NULL)
		return damaged(r, "a packet of interface %u, which is not described", id);
	f->wire_length = bytes_u32(h + 16, big);
	if (f->wire_length < captured)
		f->wire_length = captured;
	f->ts = clock_ns(&i->clock, (uint64_t)bytes_u32(h + 4, big) << 32 | bytes_u32(h + 8, big));
	f->from = i->origin;
	r->ng.last = f->ts;
	return READING_FULL;
}

/*
 * Original length u32, packet (section 4.4); the interface is the first one.
 * It has no time: it gets that of the packet before it.
 */
static enum reading read_simple_packet(struct reader *r, struct slice body, struct frame *f)
{
	struct cursor c = cursor_of(body);
	const uint8_t *h = cur_take(&c, SIMPLE_HEADER);
	const struct interface *i = interfaces_find(r->ng.interfaces, 0);
	size_t captured = cur_left(&c);
	uint32_t snaplen;

	if (h == NULL || i == NULL)
		return damaged(r, "a packet without an interface");
	f->wire_length = bytes_u32(h, r->ng.big);
	snaplen = i->origin->snaplen ? i->origin->snaplen : UINT32_MAX;
	if (captured > f->wire_length)
		captured = f->wire_length;
	if (captured > snaplen)
		captured = snaplen;
	if (captured > READER_FRAME_MOST)
		return damaged(r, "a packet of %u bytes", f->wire_length);
	f->bytes = cur_slice(&c, captured);
	f->ts = r->ng.last;
	f->from = i->origin;
	return READING_FULL;
}

/* A block of which the whole body is of interest. */
static enum reading read_body(struct reader *r, uint32_t type, struct slice body, struct frame *f)
{
	switch ((enum block)type) {
	case BLOCK_PACKET:
	case BLOCK_OLD_PACKET:
		return read_packet(r, type == BLOCK_OLD_PACKET, body, f);
	case BLOCK_SIMPLE_PACKET:
		return read_simple_packet(r, body, f);
	case BLOCK_INTERFACE:
		return interfaces_describe(r, body) ? READING_FULL : READING_DAMAGED;
	case BLOCK_STATISTICS:
		interfaces_count(r, body);
		return READING_FULL;
	case BLOCK_NAMES:
		r->names_left_out += hostnames_read(r->names, body, r->ng.big);
		return READING_FULL;
	default:
		return READING_FULL;
	}
}

static bool is_packet(uint32_t type)
{
	return type == BLOCK_PACKET || type == BLOCK_OLD_PACKET || type == BLOCK_SIMPLE_PACKET;
}

/* Names label, no more: a block of them that is too long is left out, not an error. */
static bool are_names(struct reader *r, uint32_t type, uint32_t length)
{
	if (type != BLOCK_NAMES || r->names == NULL)
		return false;
	if (length <= BLOCK_MOST)
		return true;
	r->names_left_out++;
	return false;
}

/* A block that must lie whole in the window; *got: it was a packet. */
static enum reading read_whole(struct reader *r, uint32_t type, uint32_t length,
			       struct frame *f, bool *got)
{
	struct cursor c = r->window.c;
	struct slice body;
	const uint8_t *end;
	enum reading is;

	if (length > BLOCK_MOST)
		return damaged(r, "a block of %u bytes", length);
	cur_skip(&c, 8);
	body = cur_slice(&c, (size_t)size_of(length) - BLOCK_LEAST);
	end = cur_take(&c, 4);
	if (end == NULL) {
		r->amid = is_packet(type) ? "packet" : "block";
		return READING_MORE;
	}
	if (bytes_u32(end, r->ng.big) != length)
		return damaged(r, "a block of %u bytes that does not end so", length);
	is = read_body(r, type, body, f);
	if (is != READING_FULL)
		return is;
	if (is_packet(type)) {
		f->number = ++r->number;
		*got = true;
		window_expect(&c, BLOCK_LEAST + PACKET_HEADER + 2);	/* 2: padding */
	}
	r->window.c = c;
	return READING_FULL;
}

static enum reading read_block(struct reader *r, struct frame *f, bool *got)
{
	struct cursor c = r->window.c;
	const uint8_t *h;
	uint32_t type, length;

	if (r->ng.due > 0)
		return close_block(r);
	h = cur_take(&c, 8);
	if (h == NULL) {
		r->amid = cur_left(&r->window.c) > 0 ? "block" : NULL;
		return READING_MORE;
	}
	type = bytes_u32(h, r->ng.big);
	if (type == SECTION_HEADER || !r->ng.begun)
		return read_section(r);
	length = bytes_u32(h + 4, r->ng.big);
	if (length < BLOCK_LEAST)
		return damaged(r, "a block of %u bytes", length);
	if (is_packet(type) || type == BLOCK_INTERFACE || type == BLOCK_STATISTICS ||
	    are_names(r, type, length))
		return read_whole(r, type, length, f, got);
	r->number += is_numbered(type);
	r->no_packets += is_numbered(type);
	return pass_over(r, length);
}

static enum reading read_frames(struct reader *r, struct frame *ret, unsigned room, unsigned *n)
{
	enum reading is = READING_FULL;

	*n = 0;
	while (*n < room && is == READING_FULL) {
		bool got = false;

		is = read_block(r, &ret[*n], &got);
		*n += got;
	}
	return is;
}

static void done(struct reader *r)
{
	interfaces_free(r->ng.interfaces);
}

const struct format format_pcapng = {
	.name = "pcapng",
	.knows = knows,
	.read = read_frames,
	.done = done,
};
