/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode: IPv6 and its extension headers (RFC 8200), also inside IP (RFC 4213).
 *
 * Each extension header is a layer of its own, so a chain of them is bounded by
 * DECODE_DEPTH like any other nesting.
 */
#include "decode/decode.h"

enum { HEADER = 40 };

struct next decode_ipv6(struct cursor *c, struct packet *p)
{
	uint8_t version, following;
	uint16_t length;
	struct cursor h;

	if (!packet_header(c, HEADER, &h))
		return decode_end(DECODED_MALFORMED);
	version = cur_u8(&h) >> 4;
	cur_skip(&h, 3);			/* traffic class, flow label */
	length = cur_u16(&h);
	following = cur_u8(&h);
	p->ttl = cur_u8(&h);			/* hop limit */
	p->src = addr_v6(cur_slice(&h, 16));
	p->dst = addr_v6(cur_slice(&h, 16));
	if (version != 6)
		return decode_end(DECODED_MALFORMED);
	/* On a wire an IPv4-mapped address can only pretend to be that IPv4 host. */
	if (addr_is_v4(&p->src) || addr_is_v4(&p->dst))
		return decode_end(DECODED_MALFORMED);
	/* Of length 0 are jumbograms (RFC 2675) and what is still to be cut into segments. */
	if (length != 0 && !packet_clip(p, c, length))
		return decode_end(DECODED_MALFORMED);
	return (struct next){ KEY_IPPROTO, following };
}

struct next decode_6in4(struct cursor *c, struct packet *p)
{
	p->macs = NULL;				/* they are the tunnel's */
	return decode_ipv6(c, p);
}

/* Hop-by-hop and destination options (RFC 8200, 4.3 and 4.6). */
struct next decode_ipv6_options(struct cursor *c, struct packet *p)
{
	uint8_t following = cur_u8(c);
	size_t length = cur_u8(c);

	(void)p;
	cur_skip(c, 6 + length * 8);
	return (struct next){ KEY_IPPROTO, following };
}

/*
 * On its way the header's destination is only the next stop.  The last one is
 * the first segment of type 4 (RFC 8754) and the last address of the others.
 */
struct next decode_ipv6_routing(struct cursor *c, struct packet *p)
{
	uint8_t following = cur_u8(c);
	size_t length = cur_u8(c);
	uint8_t type = cur_u8(c), left = cur_u8(c);
	struct cursor stops = cursor_of(cur_slice(c, 4 + length * 8));

	cur_skip(&stops, 4);
	if (left == 0 || (type != 0 && type != 2 && type != 4))
		return (struct next){ KEY_IPPROTO, following };
	if (type != 4 && cur_left(&stops) >= 16)
		cur_skip(&stops, cur_left(&stops) - 16);
	p->dst = addr_v6(cur_slice(&stops, 16));
	if (!cur_ok(&stops) || addr_is_v4(&p->dst))
		return decode_end(DECODED_MALFORMED);
	return (struct next){ KEY_IPPROTO, following };
}

struct next decode_ipv6_fragment(struct cursor *c, struct packet *p)
{
	uint8_t following = cur_u8(c);
	uint16_t part;
	uint32_t id;

	cur_skip(c, 1);
	part = cur_u16(c);
	id = cur_u32(c);
	if ((part & 0xfff9) == 0)		/* offset 0, no more: whole (RFC 6946) */
		return (struct next){ KEY_IPPROTO, following };
	p->fragment = (struct fragment){
		.id = id, .offset = part & 0xfff8, .more = (part & 0x0001) != 0,
	};
	p->cause_key = KEY_IPPROTO;
	p->cause_value = following;
	return decode_end(DECODED_FRAGMENT);
}

/* The authentication header leaves what it vouches for in the clear (RFC 4302). */
struct next decode_ah(struct cursor *c, struct packet *p)
{
	uint8_t following = cur_u8(c);
	size_t words = cur_u8(c);		/* of 32 bits, less two */

	(void)p;
	cur_skip(c, 2 + words * 4 + 4);
	return (struct next){ KEY_IPPROTO, following };
}
