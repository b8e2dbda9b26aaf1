/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode: the network service header (RFC 8300).
 *
 *	version, O, U, TTL and length 2, metadata type, next protocol, path 4, metadata
 */
#include "decode/decode.h"

struct next nsh_next(struct packet *p, uint8_t protocol)
{
	switch (protocol) {			/* IANA "NSH Next Protocol" */
	case 1:
		p->macs = NULL;			/* they are the tunnel's */
		return (struct next){ KEY_ETHERTYPE, 0x0800 };
	case 2:
		p->macs = NULL;
		return (struct next){ KEY_ETHERTYPE, 0x86dd };
	case 3:
		return (struct next){ KEY_LINK, 1 };
	case 4:
		return (struct next){ KEY_ETHERTYPE, 0x894f };
	case 5:
		return (struct next){ KEY_ETHERTYPE, 0x8847 };
	default:
		return decode_end(DECODED_LAYER);
	}
}

/* The path's id is another one each way. */
struct next decode_nsh(struct cursor *c, struct packet *p)
{
	uint16_t first = cur_u16(c);
	size_t words = first & 0x3f;
	uint8_t protocol;

	cur_skip(c, 1);				/* metadata type */
	protocol = cur_u8(c);
	if (words < 2 || first >> 14 != 0)
		return decode_end(DECODED_MALFORMED);
	cur_skip(c, words * 4 - 4);
	return nsh_next(p, protocol);
}
