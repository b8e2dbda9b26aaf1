/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode: Ethernet II, IEEE 802.3 with LLC and SNAP, VLAN tags.
 *
 * IEEE 802.3 clause 3.2.6 (length or type), IEEE 802.1Q and 802.1ad (tags),
 * RFC 1042 (IP over LLC and SNAP).
 */
#include "decode/decode.h"

enum {
	HEADER = 14,
	LENGTH_MAX = 1500,		/* IEEE 802.3: up to here the field is a length */
	VLAN_ID = 0x0fff,
	SNAP_SAP = 0xaa, UNNUMBERED = 0x03,
	OUI_ETHERNET = 0x000000,	/* RFC 1042 */
	OUI_BRIDGE_TUNNEL = 0x0000f8	/* IEEE 802.1H */
};

/* Of what speaks LLC without an EtherType (STP, IS-IS, CDP ...) nothing concerns us. */
struct next decode_llc(struct cursor *c, struct packet *p)
{
	uint8_t dsap = cur_u8(c), ssap = cur_u8(c), control = cur_u8(c);
	uint32_t oui;

	(void)p;
	if (dsap != SNAP_SAP || ssap != SNAP_SAP || control != UNNUMBERED)
		return decode_end(DECODED_OTHER);
	oui = cur_u24(c);
	if (oui != OUI_ETHERNET && oui != OUI_BRIDGE_TUNNEL)
		return decode_end(DECODED_OTHER);
	return (struct next){ KEY_ETHERTYPE, cur_u16(c) };
}

struct next ether_next(struct packet *p, struct cursor *c, uint16_t type)
{
	if (type > LENGTH_MAX)
		return (struct next){ KEY_ETHERTYPE, type };
	if (!packet_clip(p, c, type))
		return decode_end(DECODED_MALFORMED);
	return decode_llc(c, p);
}

struct next decode_ether(struct cursor *c, struct packet *p)
{
	struct cursor h;

	if (!packet_header(c, HEADER, &h))
		return decode_end(DECODED_MALFORMED);
	p->macs = cur_take(&h, 6 + 6);
	return ether_next(p, c, cur_u16(&h));
}

struct next decode_vlan(struct cursor *c, struct packet *p)
{
	uint16_t id = cur_u16(c) & VLAN_ID;

	/* Id 0 is a priority and no VLAN; often only one direction bears it. */
	if (id != 0) {
		packet_net(p, id);
		if (p->nvlans < DECODE_VLANS)
			p->vlans[p->nvlans++] = id;
	}
	return ether_next(p, c, cur_u16(c));
}
