/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode: L2TP version 2 (RFC 2661, 3.1), PPP inside UDP.  Version 3 is not read.
 *
 *	flags and version 2, [length 2], tunnel 2, session 2, [Ns 2, Nr 2],
 *	[offset size 2, that many bytes]
 */
#include "decode/decode.h"

enum {
	CONTROL = 0x8000, LENGTH = 0x4000, SEQUENCE = 0x0800, OFFSET = 0x0200,
	RESERVED = 0x34f0, VERSION = 0x000f
};

/* Tunnel and session ids are others each way. */
struct next decode_l2tp(struct cursor *c, struct packet *p)
{
	struct cursor look = *c;
	size_t sent = packet_left(p, c);
	uint16_t flags = cur_u16(&look);

	if (!cur_ok(&look) || (flags & (CONTROL | RESERVED)) != 0)
		return decode_no_tunnel(p);
	if (flags == 3)				/* RFC 3931, 4.1.2.1 */
		return decode_end(DECODED_LAYER);
	if ((flags & VERSION) != 2)
		return decode_no_tunnel(p);
	if ((flags & LENGTH) != 0 && cur_u16(&look) != sent)
		return decode_no_tunnel(p);
	cur_skip(&look, 2 + 2);
	if ((flags & SEQUENCE) != 0)
		cur_skip(&look, 2 + 2);
	if ((flags & OFFSET) != 0)
		cur_skip(&look, cur_u16(&look));
	*c = look;
	p->macs = NULL;				/* they are the tunnel's */
	return (struct next){ KEY_LINK, 9 };	/* LINKTYPE_PPP */
}
