/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: the snoop format, of Solaris.
 *
 *	file header, 16 bytes:	"snoop" and three zero bytes, version u32, link type u32
 *	before each packet:	original u32, captured u32, record u32, drops u32,
 *				seconds u32, microseconds u32
 *
 * All of it is big-endian.  A record is its header, the packet and padding; the
 * drops are counted since the capture began.  Source: RFC 1761.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "capture/bytes.h"
#include "capture/reader.h"

#define FILE_HEADER 16
#define PACKET_HEADER 24
#define VERSION 2
#define RECORD_MOST (READER_FRAME_MOST + 4096)	/* with any padding that makes sense */

enum { IEEE_802_3 = 0, ETHERNET = 4, LINKTYPE_ETHERNET = 1 };	/* RFC 1761, table 1 */

static bool knows(struct slice first)
{
	uint32_t link;

	if (first.n < FILE_HEADER || memcmp(first.p, "snoop\0\0\0", 8) != 0)
		return false;
	link = bytes_u32(first.p + 12, true);
	return bytes_u32(first.p + 8, true) == VERSION && (link == IEEE_802_3 || link == ETHERNET);
}

static bool read_file_header(struct reader *r)
{
	if (cur_take(&r->window.c, FILE_HEADER) == NULL)
		return false;
	r->snoop.origin = arena_alloc(r->origins, sizeof(*r->snoop.origin));
	r->snoop.origin->file = r->name;
	r->snoop.origin->linktype = LINKTYPE_ETHERNET;
	return true;
}

static void count_drops(struct reader *r, uint32_t dropped)
{
	if (dropped > r->snoop.dropped)
		r->dropped += dropped - r->snoop.dropped;
	r->snoop.dropped = dropped;
}

static enum reading read_frame(struct reader *r, struct frame *f)
{
	struct cursor c = r->window.c;
	const uint8_t *h = cur_take(&c, PACKET_HEADER);
	uint32_t captured = h ? bytes_u32(h + 4, true) : 0;
	uint32_t record = h ? bytes_u32(h + 8, true) : PACKET_HEADER;

	if (record < PACKET_HEADER || record > RECORD_MOST || captured > record - PACKET_HEADER ||
	    captured > READER_FRAME_MOST) {
		snprintf(r->wrong, sizeof(r->wrong), "a packet of %u bytes in a record of %u",
			 captured, record);
		return READING_DAMAGED;
	}
	f->bytes = cur_slice(&c, captured);
	cur_skip(&c, record - PACKET_HEADER - captured);
	if (!cur_ok(&c)) {
		r->amid = cur_left(&r->window.c) > 0 ? "packet" : NULL;
		return READING_MORE;
	}
	f->wire_length = bytes_u32(h, true);
	if (f->wire_length < captured)
		f->wire_length = captured;
	f->ts = bytes_u32(h + 16, true) * NS_PER_SECOND + bytes_u32(h + 20, true) * UINT64_C(1000);
	f->number = ++r->number;
	f->from = r->snoop.origin;
	count_drops(r, bytes_u32(h + 12, true));
	r->window.c = c;
	return READING_FULL;
}

static enum reading read_frames(struct reader *r, struct frame *ret, unsigned room, unsigned *n)
{
	enum reading is = READING_FULL;

	*n = 0;
	if (r->snoop.origin == NULL && !read_file_header(r))
		return READING_MORE;
	while (*n < room && is == READING_FULL) {
		is = read_frame(r, &ret[*n]);
		*n += is == READING_FULL;
	}
	return is;
}

const struct format format_snoop = {
	.name = "snoop",
	.knows = knows,
	.read = read_frames,
};
