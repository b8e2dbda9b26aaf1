/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode: MPLS (RFC 3032): labels, then IP, or an Ethernet frame with or without
 * a control word before it (RFC 4448).
 *
 * Nothing in the packet says which: the labels' meaning is the routers' secret.
 * So the bytes must: IP's version where its length and checksum hold, else an
 * EtherType in its place.  What fits neither is counted as not read.
 */
#include "decode/decode.h"

enum {
	LABELS = 16,			/* in one stack; more is an attack */
	LABEL_GAL = 13,			/* RFC 5586: what follows is for the routers */
	BOTTOM = 0x100,
	CHANNEL = 1			/* first four bits of an associated channel: RFC 4385 */
};

/* Whether an Ethernet header stands n bytes behind c. */
static bool is_ether(struct cursor c, size_t n)
{
	uint16_t type;
	uint8_t first;

	cur_skip(&c, n + 12);
	type = cur_u16(&c);
	first = cur_u8(&c);
	switch (type) {
	case 0x0800:
		return first >> 4 == 4;
	case 0x86dd:
		return first >> 4 == 6;
	case 0x0806: case 0x8100: case 0x88a8: case 0x9100: case 0x8809: case 0x8847:
	case 0x8848: case 0x8863: case 0x8864: case 0x88cc: case 0x88e5: case 0x8902:
		return true;
	default:			/* IEEE 802.3: spanning tree and its like */
		return cur_ok(&c) && type >= 3 && (first == 0x42 || first == 0xaa) &&
			type <= cur_left(&c) + 1;
	}
}

enum fit { FIT_NOT, FIT_LOOSE, FIT_SURE };	/* how well IP fits the bytes */

/* Padding and an FCS may follow, so the checksum is asked where the length is not exact. */
static enum fit fits_ipv4(struct cursor c, size_t left)
{
	struct cursor look = c;
	uint8_t version_ihl = cur_u8(&look);
	uint32_t sum = 0;
	size_t total;

	cur_skip(&look, 1);
	total = cur_u16(&look);
	if (version_ihl < 0x45 || version_ihl > 0x4f || total > left || (total > 0 && total < 20))
		return FIT_NOT;
	if (total == left)
		return FIT_SURE;
	for (unsigned i = 0; i < (version_ihl & 0x0fu) * 2; i++)
		sum += cur_u16(&c);
	return cur_ok(&c) && sum > 0 && sum % 0xffff == 0 ? FIT_SURE : FIT_LOOSE;
}

static enum fit fits_ipv6(struct cursor c, size_t left)
{
	size_t total;

	cur_skip(&c, 4);
	total = cur_u16(&c) + 40u;
	return total > left ? FIT_NOT : total == left ? FIT_SURE : FIT_LOOSE;
}

static struct next below(struct cursor *c, struct packet *p)
{
	struct cursor look = *c;
	uint8_t version = cur_u8(&look) >> 4;
	size_t left = packet_left(p, c);
	struct next ip = { KEY_ETHERTYPE, version == 4 ? 0x0800 : 0x86dd };
	enum fit fit = version == 4 ? fits_ipv4(*c, left) :
		version == 6 ? fits_ipv6(*c, left) : FIT_NOT;

	if (fit == FIT_SURE)
		return ip;
	if (version == 0 && is_ether(*c, 4)) {
		cur_skip(c, 4);			/* control word */
		return (struct next){ KEY_LINK, 1 };
	}
	if (is_ether(*c, 0))
		return (struct next){ KEY_LINK, 1 };
	if (fit == FIT_LOOSE)
		return ip;
	cur_skip(&look, 4 + 14);		/* as far as was looked */
	if (!cur_ok(&look) && p->payload_length > 0)
		cur_spend(c);
	return decode_end(version == CHANNEL ? DECODED_OTHER : DECODED_LAYER);
}

/* Labels are one router's choice, and others each way: they tell no networks apart. */
struct next decode_mpls(struct cursor *c, struct packet *p)
{
	p->macs = NULL;				/* they are the routers' */
	for (int i = 0; i < LABELS; i++) {
		uint32_t entry = cur_u32(c);

		if (!cur_ok(c))
			return decode_end(DECODED_MALFORMED);
		if (entry >> 12 == LABEL_GAL)
			return decode_end(DECODED_OTHER);
		if ((entry & BOTTOM) != 0)
			return below(c, p);
	}
	return decode_end(DECODED_DEEP);
}
