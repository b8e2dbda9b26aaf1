/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: the pcap format.
 *
 *	file header, 24 bytes:	magic u32, version u16 u16, reserved u32 u32, snaplen u32,
 *				FCS and link type u32
 *	before each packet:	seconds u32, micro- or nanoseconds u32, captured u32, original u32
 *
 * The magic number tells byte order and resolution.  Of the last field only the
 * lower 16 bits are the link type; the rest tells of frame check sequences.
 * Source: draft-ietf-opsawg-pcap.  The "modified" format of Kuznetzov's patched
 * libpcap has 8 more bytes before each packet (interface index, protocol,
 * packet type); source: libpcap, sf-pcap.c.
 */
#include <stdio.h>

#include "base/text.h"
#include "capture/bytes.h"
#include "capture/reader.h"

#define FILE_HEADER 24
#define MAGIC_MICRO 0xa1b2c3d4u
#define MAGIC_NANO 0xa1b23c4du
#define MAGIC_MODIFIED 0xa1b2cd34u
#define LINKTYPE_BITS 0xffffu

static bool is_magic(uint32_t magic)
{
	return magic == MAGIC_MICRO || magic == MAGIC_NANO || magic == MAGIC_MODIFIED;
}

static bool knows(struct slice first)
{
	return first.n >= 4 &&
	       (is_magic(bytes_u32(first.p, false)) || is_magic(bytes_u32(first.p, true)));
}

static bool read_file_header(struct reader *r)
{
	struct cursor c = r->window.c;
	const uint8_t *h = cur_take(&c, FILE_HEADER);
	struct pcap_header *p = &r->pcap;
	uint32_t magic;

	if (h == NULL)
		return false;
	p->big = is_magic(bytes_u32(h, true));
	magic = bytes_u32(h, p->big);
	p->to_ns = magic == MAGIC_NANO ? 1 : 1000;
	p->record_size = magic == MAGIC_MODIFIED ? 24 : 16;
	p->origin = arena_alloc(r->origins, sizeof(*p->origin));
	p->origin->file = r->name;
	p->origin->snaplen = bytes_u32(h + 16, p->big);
	p->origin->linktype = bytes_u32(h + 20, p->big) & LINKTYPE_BITS;
	r->window.c = c;
	return true;
}

static enum reading too_long(struct reader *r, uint32_t length)
{
	snprintf(r->wrong, sizeof(r->wrong), "a packet of %u bytes", length);
	return READING_DAMAGED;
}

static enum reading read_frames(struct reader *r, struct frame *ret, unsigned room, unsigned *n)
{
	const struct pcap_header *p = &r->pcap;

	*n = 0;
	if (p->origin == NULL && !read_file_header(r)) {
		r->amid = "file header";
		return READING_MORE;
	}
	while (*n < room) {
		struct cursor c = r->window.c;
		const uint8_t *h = cur_take(&c, p->record_size);
		uint32_t captured = h ? bytes_u32(h + 8, p->big) : 0;
		struct frame *f = &ret[*n];
		uint32_t wire;

		if (captured > READER_FRAME_MOST)
			return too_long(r, captured);
		f->bytes = cur_slice(&c, captured);
		if (!cur_ok(&c)) {
			r->amid = cur_left(&r->window.c) > 0 ? "packet" : NULL;
			return READING_MORE;
		}
		wire = bytes_u32(h + 12, p->big);
		f->ts = bytes_u32(h, p->big) * NS_PER_SECOND +
			(uint64_t)bytes_u32(h + 4, p->big) * p->to_ns;
		f->wire_length = wire > captured ? wire : captured;
		f->number = ++r->number;
		f->from = p->origin;
		r->window.c = c;
		window_expect(&c, p->record_size);
		(*n)++;
	}
	return READING_FULL;
}

const struct format format_pcap = {
	.name = "pcap",
	.knows = knows,
	.read = read_frames,
};
