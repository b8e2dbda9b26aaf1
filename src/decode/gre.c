/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode: GRE (RFC 2784, RFC 2890) and its version 1, which carries PPP for PPTP
 * (RFC 2637, 4.1).
 */
#include "decode/decode.h"

enum {
	GRE_CHECKSUM = 0x8000, GRE_ROUTING = 0x4000, GRE_KEY = 0x2000, GRE_SEQUENCE = 0x1000,
	GRE_ACKNOWLEDGEMENT = 0x0080, GRE_VERSION = 0x0007
};

enum {				/* protocol types that are more than EtherTypes */
	GRE_KEEPALIVE = 0x0000,
	GRE_BRIDGED = 0x6558,	/* Ethernet: RFC 1701, NVGRE (RFC 7637) */
	GRE_PPP = 0x880b,
	GRE_ERSPAN = 0x88be, GRE_ERSPAN3 = 0x22eb	/* draft-foschiano-erspan-03 */
};

static struct next gre_next(uint16_t flags, uint16_t protocol)
{
	switch (protocol) {
	case GRE_KEEPALIVE:
		return decode_end(DECODED_OTHER);
	case GRE_BRIDGED:
		return (struct next){ KEY_LINK, 1 };
	case GRE_ERSPAN:		/* only type II counts its frames */
		return (struct next){ KEY_ERSPAN, (flags & GRE_SEQUENCE) != 0 ? 2 : 1 };
	case GRE_ERSPAN3:
		return (struct next){ KEY_ERSPAN, 3 };
	default:
		return (struct next){ KEY_ETHERTYPE, protocol };
	}
}

/* Its key is a length and a call id; each way has an id of its own. */
static struct next pptp(struct cursor *c, struct packet *p, uint16_t flags)
{
	size_t length;

	if ((flags & GRE_KEY) == 0 || (flags & (GRE_CHECKSUM | GRE_ROUTING)) != 0)
		return decode_end(DECODED_MALFORMED);
	length = cur_u16(c);
	cur_skip(c, 2);
	if ((flags & GRE_SEQUENCE) != 0)
		cur_skip(c, 4);
	if ((flags & GRE_ACKNOWLEDGEMENT) != 0)
		cur_skip(c, 4);
	if (!packet_clip(p, c, length))
		return decode_end(DECODED_MALFORMED);
	if ((flags & GRE_SEQUENCE) == 0 || length == 0)
		return decode_end(DECODED_OTHER);	/* an acknowledgement alone */
	return (struct next){ KEY_LINK, 9 };		/* LINKTYPE_PPP */
}

struct next decode_gre(struct cursor *c, struct packet *p)
{
	uint16_t flags = cur_u16(c), protocol = cur_u16(c);

	p->macs = NULL;				/* they are the tunnel's */
	if ((flags & GRE_VERSION) == 1 && protocol == GRE_PPP)
		return pptp(c, p, flags);
	if ((flags & GRE_VERSION) != 0)
		return decode_end(DECODED_MALFORMED);
	if ((flags & GRE_ROUTING) != 0)		/* of RFC 1701, given up since */
		return decode_end(DECODED_LAYER);
	if ((flags & GRE_CHECKSUM) != 0)
		cur_skip(c, 4);
	if ((flags & GRE_KEY) != 0) {
		uint32_t key = cur_u32(c);

		/* NVGRE keeps a hash of the flow in the low byte, another one each way. */
		packet_net(p, protocol == GRE_BRIDGED ? key >> 8 : key);
	}
	if ((flags & GRE_SEQUENCE) != 0)
		cur_skip(c, 4);
	return gre_next(flags, protocol);
}
