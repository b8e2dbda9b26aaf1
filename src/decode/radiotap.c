/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode: radiotap, what a wireless card knew of a frame (radiotap.org).
 *
 *	version 0, padding, length 2, what is present 4 (bit 31: and 4 more), fields;
 *	all little-endian, each field at a multiple of its size
 */
#include "decode/decode.h"

enum { HEADER = 8 };
enum { PRESENT_TSFT = 1u << 0, PRESENT_FLAGS = 1u << 1, PRESENT_MORE = 1u << 31 };
enum { FLAG_PADDED = 0x20, FLAG_BAD_FCS = 0x40 };

/* Of all fields only the flags concern us; before them only a clock can stand. */
static uint8_t flags_of(struct cursor h)
{
	size_t all = cur_left(&h);
	uint32_t present, more;

	cur_skip(&h, 4);
	present = more = cur_le32(&h);
	while ((more & PRESENT_MORE) != 0)
		more = cur_le32(&h);
	if ((present & PRESENT_FLAGS) == 0)
		return 0;
	if ((present & PRESENT_TSFT) != 0) {
		cur_skip(&h, (8 - (all - cur_left(&h)) % 8) % 8);
		cur_skip(&h, 8);
	}
	return cur_u8(&h);
}

struct next decode_radiotap(struct cursor *c, struct packet *p)
{
	struct cursor look = *c, h;
	uint8_t version = cur_u8(&look), flags;
	size_t length;

	(void)p;
	cur_skip(&look, 1);
	length = cur_le16(&look);
	if (!cur_ok(&look))
		cur_spend(c);
	if (version != 0 || length < HEADER || !packet_header(c, length, &h))
		return decode_end(DECODED_MALFORMED);
	flags = flags_of(h);
	if ((flags & FLAG_BAD_FCS) != 0)	/* not what was sent */
		return decode_end(DECODED_MALFORMED);
	if ((flags & FLAG_PADDED) != 0)
		return (struct next){ KEY_WLAN, WLAN_PADDED };
	return (struct next){ KEY_LINK, 105 };	/* LINKTYPE_IEEE802_11 */
}
