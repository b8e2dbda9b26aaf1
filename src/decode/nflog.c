/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode: NFLOG, what a firewall rule of Linux gave to a capture
 * (tcpdump.org/linktypes/LINKTYPE_NFLOG.html).
 *
 *	address family, version 0, resource 2, then attributes: length 2, type 2,
 *	value, padding to a multiple of four
 *
 * Attributes are in the byte order of the machine that captured; types are
 * small numbers, which tells the orders apart.
 */
#include "decode/decode.h"

enum { FAMILY_IPV4 = 2, FAMILY_IPV6 = 10 };	/* as Linux numbers them */
enum { PAYLOAD = 9, TYPE = 0x7fff, SMALL = 0xff };

static struct next family_next(uint8_t family)
{
	switch (family) {
	case FAMILY_IPV4:
		return (struct next){ KEY_ETHERTYPE, 0x0800 };
	case FAMILY_IPV6:
		return (struct next){ KEY_ETHERTYPE, 0x86dd };
	default:
		return decode_end(DECODED_LAYER);
	}
}

struct next decode_nflog(struct cursor *c, struct packet *p)
{
	uint8_t family = cur_u8(c), version = cur_u8(c);

	cur_skip(c, 2);
	if (version != 0)
		return decode_end(DECODED_LAYER);
	while (packet_left(p, c) > 0 && cur_ok(c)) {
		struct cursor big = *c;
		uint16_t length = cur_le16(c), type = cur_le16(c);

		if ((type & TYPE) > SMALL) {
			length = cur_u16(&big);
			type = cur_u16(&big);
		}
		if (length < 4)
			return decode_end(DECODED_MALFORMED);
		if ((type & TYPE) == PAYLOAD)
			return packet_clip(p, c, length - 4u) ? family_next(family) :
				decode_end(DECODED_MALFORMED);
		cur_skip(c, (length - 4u + 3) & ~3u);
	}
	return decode_end(DECODED_OTHER);	/* a log line without its packet */
}
