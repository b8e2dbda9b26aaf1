/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: the pcap format.
 *
 *	file header, 24 bytes:	magic u32, version u16 u16, reserved u32 u32, snaplen u32,
 *				FCS and link type u32
 *	before each packet:	seconds u32, micro- or nanoseconds u32, captured u32, original u32
 *
 * The magic number tells byte order, resolution, and the headers' sizes.  Of the
 * last field only the lower 16 bits are the link type; the rest tells of frame
 * check sequences.  Source: draft-ietf-opsawg-pcap.
 *
 * Variants: Kuznetzov's patched libpcap has 8 more bytes before each packet
 * (interface index, protocol, packet type); before version 2.3 the two lengths
 * stood the other way round, in some files of 2.3 still, and in those of DG/UX,
 * "version 543.0".  Source: libpcap, sf-pcap.c.  Ixia's "lcap" has 4 more bytes
 * behind the file header (the size of all records); AIX writes version 2.2 with
 * nanoseconds and the interface types of RFC 1573.  Source: Wireshark,
 * wiretap/libpcap.c.
 *
 * Some systems changed the packet headers and not the magic number (Nokia, Red
 * Hat 6.1, SuSE 6.3).  Guessing them by what looks right would let anybody who
 * can send the first packets decide how the rest is read: they are not guessed.
 */
#include <stdio.h>

#include "base/text.h"
#include "capture/bytes.h"
#include "capture/reader.h"

#define FILE_HEADER 24
#define PACKET_HEADER 16
#define LINKTYPE_BITS 0xffffu
#define AIX_VERSION 0x00020002u
#define VARIANTS_NOT_READ " (or pcap as Nokia or Red Hat 6 changed it: convert it with editcap)"

static const struct variant {
	uint32_t magic;
	uint32_t to_ns;
	size_t more_in_file, more_in_packet;	/* bytes of header beyond the usual */
} variants[] = {
	{ 0xa1b2c3d4, 1000, 0, 0 },
	{ 0xa1b23c4d, 1, 0, 0 },
	{ 0xa1b2cd34, 1000, 0, 8 },		/* Kuznetzov */
	{ 0x1c0001ab, 1000, 4, 0 },		/* Ixia, by software */
	{ 0x1c0001ac, 1, 4, 0 },		/* Ixia, by hardware */
};

static const struct variant *variant_of(uint32_t magic)
{
	for (size_t i = 0; i < sizeof(variants) / sizeof(*variants); i++)
		if (variants[i].magic == magic)
			return &variants[i];
	return NULL;
}

/* A file of which six bytes are there has its major version, too; none before 2 is read. */
static bool is_in_order(struct slice first, bool big)
{
	return variant_of(bytes_u32(first.p, big)) != NULL &&
	       (first.n < 6 || bytes_u16(first.p + 4, big) >= 2);
}

static bool knows(struct slice first)
{
	return first.n >= 4 && (is_in_order(first, false) || is_in_order(first, true));
}

/* Major version in the upper half, minor version in the lower. */
static enum lengths lengths_of(uint32_t version)
{
	if (version < 0x00020003u || version == 543u << 16)
		return LENGTHS_SWAPPED;
	return version == 0x00020003u ? LENGTHS_EITHER : LENGTHS_PLAIN;
}

/* RFC 1573: ethernetCsmacd(6), iso88025TokenRing(9), fddi(15), softwareLoopback(24). */
static void understand_aix(struct pcap_header *p)
{
	static const struct {
		uint32_t iftype, linktype;
	} types[] = { { 6, 1 }, { 9, 6 }, { 15, 10 }, { 24, 0 } };

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (p->origin->linktype == types[i].iftype) {
			p->origin->linktype = types[i].linktype;
			p->to_ns = 1;
			return;
		}
}

static bool read_file_header(struct reader *r)
{
	struct cursor c = r->window.c;
	const uint8_t *h = cur_take(&c, FILE_HEADER);
	struct pcap_header *p = &r->pcap;
	const struct variant *is;
	uint32_t version;

	if (h == NULL)
		return false;
	p->big = variant_of(bytes_u32(h, true)) != NULL;
	is = variant_of(bytes_u32(h, p->big));
	cur_skip(&c, is->more_in_file);
	if (!cur_ok(&c))
		return false;
	version = (uint32_t)bytes_u16(h + 4, p->big) << 16 | bytes_u16(h + 6, p->big);
	p->to_ns = is->to_ns;
	p->record_size = PACKET_HEADER + is->more_in_packet;
	p->lengths = lengths_of(version);
	p->origin = arena_alloc(r->origins, sizeof(*p->origin));
	p->origin->file = r->name;
	p->origin->snaplen = bytes_u32(h + 16, p->big);
	p->origin->linktype = bytes_u32(h + 20, p->big) & LINKTYPE_BITS;
	if (version == AIX_VERSION && is == variants)
		understand_aix(p);
	r->window.c = c;
	return true;
}

/* The two lengths of a packet as most files have them: captured, original. */
static void put_right(const struct pcap_header *p, uint32_t *captured, uint32_t *wire)
{
	uint32_t first = *captured;

	if (p->lengths == LENGTHS_EITHER && *captured <= *wire)
		return;
	*captured = *wire;
	*wire = first;
}

/*
 * The second packet's header, if it is none: where there were four more bytes
 * before the first packet, seconds stand for microseconds, and those for a length.
 */
static bool is_astray(const struct pcap_header *p, const uint8_t *h, uint32_t captured,
		      uint32_t wire)
{
	return (uint64_t)bytes_u32(h + 4, p->big) * p->to_ns >= NS_PER_SECOND && captured > wire;
}

static enum reading too_long(struct reader *r, uint32_t length)
{
	const char *perhaps = r->number < 2 ? VARIANTS_NOT_READ : "";

	snprintf(r->wrong, sizeof(r->wrong), "a packet of %u bytes%s", length, perhaps);
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
		uint32_t wire = h ? bytes_u32(h + 12, p->big) : 0;
		struct frame *f = &ret[*n];

		if (p->lengths != LENGTHS_PLAIN)
			put_right(p, &captured, &wire);
		if (captured > READER_FRAME_MOST ||
		    (r->number == 1 && h && is_astray(p, h, captured, wire)))
			return too_long(r, captured);
		f->bytes = cur_slice(&c, captured);
		if (!cur_ok(&c)) {
			r->amid = cur_left(&r->window.c) > 0 ? "packet" : NULL;
			return READING_MORE;
		}
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
