/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode: links with hardly a header: raw IP and the loopback of the BSDs.
 *
 * tcpdump.org/linktypes.html: LINKTYPE_RAW, LINKTYPE_NULL, LINKTYPE_LOOP.
 */
#include "decode/decode.h"

struct next ip_next(struct cursor *c, enum decoded otherwise)
{
	struct cursor look = *c;
	uint8_t version = cur_u8(&look) >> 4;

	if (!cur_ok(&look))
		cur_spend(c);
	if (version == 4)
		return (struct next){ KEY_ETHERTYPE, 0x0800 };
	if (version == 6)
		return (struct next){ KEY_ETHERTYPE, 0x86dd };
	return decode_end(otherwise);
}

struct next decode_raw(struct cursor *c, struct packet *p)
{
	(void)p;
	return ip_next(c, DECODED_MALFORMED);
}

/* Address families as the BSDs number them; each has its own for IPv6. */
static struct next family_next(uint32_t family)
{
	switch (family) {
	case 2:
		return (struct next){ KEY_ETHERTYPE, 0x0800 };
	case 24:			/* NetBSD, OpenBSD, Npcap */
	case 28:			/* FreeBSD */
	case 30:			/* macOS */
		return (struct next){ KEY_ETHERTYPE, 0x86dd };
	case 7:				/* OSI */
	case 16:			/* AppleTalk */
	case 23:			/* IPX */
		return decode_end(DECODED_OTHER);
	default:
		return decode_end(DECODED_LAYER);
	}
}

struct next decode_loop(struct cursor *c, struct packet *p)
{
	(void)p;
	return family_next(cur_u32(c));
}

/* The family is in the byte order of the machine that captured; families are small numbers. */
struct next decode_null(struct cursor *c, struct packet *p)
{
	uint32_t family = cur_u32(c);

	(void)p;
	if (family > 0xffff)
		family = family >> 24 | (family >> 8 & 0xff00);
	return family_next(family);
}
