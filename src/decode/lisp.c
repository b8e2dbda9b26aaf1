/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode: LISP's data (RFC 9300, 5.3), an IP packet inside UDP.
 *
 *	flags N L E V I R KK, nonce or map version 3, instance id 3 and locators 1
 */
#include "decode/decode.h"

enum { NONCE = 0x80, ECHO = 0x20, VERSION = 0x10, INSTANCE = 0x08, RESERVED = 0x07 };

/* Its port may be a client's by chance, so the flags must make sense, and IP follow. */
struct next decode_lisp(struct cursor *c, struct packet *p)
{
	struct cursor look = *c, behind;
	uint8_t flags = cur_u8(&look), inner;
	uint32_t instance;

	cur_skip(&look, 3);
	instance = cur_u24(&look);
	cur_skip(&look, 1);
	behind = look;
	inner = cur_u8(&behind);
	if ((flags & RESERVED) != 0 || (inner >> 4 != 4 && inner >> 4 != 6) ||
	    ((flags & VERSION) != 0 && (flags & (NONCE | ECHO)) != 0))
		return decode_no_tunnel(p);
	*c = look;
	p->macs = NULL;				/* they are the tunnel's */
	if ((flags & INSTANCE) != 0)
		packet_net(p, instance);
	return ip_next(c, DECODED_LAYER);
}
