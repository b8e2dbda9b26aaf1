/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode: Ethernet as Juniper's routers capture it (tcpdump's print-juniper.c).
 *
 *	"MGC", flags, [length of extensions 2, extensions], the frame; without its
 *	link's header: 4 bytes of the protocol, the packet
 */
#include "decode/decode.h"

enum { MAGIC = 0x4d4743, EXTENDED = 0x80, NO_LINK = 0x02 };

struct next decode_juniper_ether(struct cursor *c, struct packet *p)
{
	uint32_t magic = cur_u24(c);
	uint8_t flags = cur_u8(c);

	(void)p;
	if (magic != MAGIC)
		return decode_end(DECODED_MALFORMED);
	if ((flags & EXTENDED) != 0)
		cur_skip(c, cur_u16(c));
	if ((flags & NO_LINK) == 0)
		return (struct next){ KEY_LINK, 1 };
	cur_skip(c, 4);
	return ip_next(c, DECODED_LAYER);
}
