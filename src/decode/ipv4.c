/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode: IPv4 (RFC 791), also inside IP (RFC 2003).
 *
 * Checksums are not looked at: a sender that leaves them to its network card is
 * captured before they are made.
 */
#include "decode/decode.h"

enum { HEADER = 20, MORE_FRAGMENTS = 0x2000, FRAGMENT_OFFSET = 0x1fff };

static struct next fragment(struct packet *p, uint8_t protocol, uint16_t id, uint16_t part)
{
	p->fragment = (struct fragment){
		.id = id, .offset = (part & FRAGMENT_OFFSET) * 8u,
		.more = (part & MORE_FRAGMENTS) != 0,
	};
	p->cause_key = KEY_IPPROTO;
	p->cause_value = protocol;
	return decode_end(DECODED_FRAGMENT);
}

struct next decode_ipv4(struct cursor *c, struct packet *p)
{
	uint8_t version_ihl, protocol;
	size_t header, total;
	struct cursor h;
	uint16_t id, part;

	if (!packet_header(c, HEADER, &h))
		return decode_end(DECODED_MALFORMED);
	version_ihl = cur_u8(&h);
	cur_skip(&h, 1);			/* DSCP, ECN */
	total = cur_u16(&h);
	id = cur_u16(&h);
	part = cur_u16(&h);
	p->ttl = cur_u8(&h);
	protocol = cur_u8(&h);
	cur_skip(&h, 2);			/* checksum */
	p->src = addr_v4(cur_slice(&h, 4));
	p->dst = addr_v4(cur_slice(&h, 4));

	header = (size_t)(version_ihl & 0x0f) * 4;
	if (version_ihl >> 4 != 4 || header < HEADER)
		return decode_end(DECODED_MALFORMED);
	/* Of length 0 is what a network card is still to cut into segments: all of it. */
	if (total != 0 && (total < header || !packet_clip(p, c, total - HEADER)))
		return decode_end(DECODED_MALFORMED);
	cur_skip(c, header - HEADER);		/* options */
	if ((part & (MORE_FRAGMENTS | FRAGMENT_OFFSET)) != 0)
		return fragment(p, protocol, id, part);
	return (struct next){ KEY_IPPROTO, protocol };
}

struct next decode_ipip(struct cursor *c, struct packet *p)
{
	p->macs = NULL;				/* they are the tunnel's */
	return decode_ipv4(c, p);
}
