/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode: PPP (RFC 1661), in HDLC's framing or bare (RFC 1662), as a link of its
 * own, over Ethernet (RFC 2516), and inside PPTP and L2TP; Cisco's HDLC.
 *
 * Address, control and half of the protocol field may be left out, by agreement
 * of the two ends (RFC 1661, 6.5 and 6.6).  What they agreed upon is in the
 * bytes: a protocol's first byte is even and its second odd.
 */
#include "decode/decode.h"

enum {
	HDLC_ALL = 0xff, HDLC_UI = 0x03,	/* RFC 1662, 3.1 */
	CISCO_UNICAST = 0x0f, CISCO_MULTICAST = 0x8f,	/* RFC 1547, 4.3.1 */
	CONTROL = 0x8000,		/* RFC 1661, 2: from here on NCPs, LCP, authentication */
	PPPOE_VERSION_TYPE = 0x11, PPPOE_SESSION = 0
};

enum { CISCO_CDP = 0x2000, CISCO_OSI = 0xfefe };

struct next decode_ppp(struct cursor *c, struct packet *p)
{
	struct cursor look = *c;
	uint8_t first = cur_u8(&look), second = cur_u8(&look);
	uint16_t protocol;

	if (!cur_ok(&look))
		cur_spend(c);
	/* Neither begins a PPP protocol: tcpdump.org's LINKTYPE_PPP_HDLC. */
	if ((first == CISCO_UNICAST || first == CISCO_MULTICAST) && second == 0)
		return decode_chdlc(c, p);
	if (first == HDLC_ALL && second == HDLC_UI)
		*c = look;
	protocol = cur_u8(c);
	if ((protocol & 1) == 0)
		protocol = (uint16_t)(protocol << 8 | cur_u8(c));
	if (protocol >= CONTROL)
		return decode_end(DECODED_OTHER);
	return (struct next){ KEY_PPP, protocol };
}

/* Both ways bear the session's one id. */
struct next decode_pppoe(struct cursor *c, struct packet *p)
{
	uint8_t version_type = cur_u8(c), code = cur_u8(c);
	uint16_t session = cur_u16(c), length = cur_u16(c);

	if (version_type != PPPOE_VERSION_TYPE || !packet_clip(p, c, length))
		return decode_end(DECODED_MALFORMED);
	if (code != PPPOE_SESSION)
		return decode_end(DECODED_OTHER);
	packet_net(p, session);
	return (struct next){ KEY_LINK, 9 };	/* LINKTYPE_PPP */
}

/* tcpdump.org's LINKTYPE_C_HDLC; SLARP has RARP's number. */
struct next decode_chdlc(struct cursor *c, struct packet *p)
{
	uint8_t address = cur_u8(c);
	uint16_t type;

	(void)p;
	cur_skip(c, 1);				/* control */
	type = cur_u16(c);
	if (address != CISCO_UNICAST && address != CISCO_MULTICAST)
		return decode_end(DECODED_LAYER);
	if (type == CISCO_CDP || type == CISCO_OSI)
		return decode_end(DECODED_OTHER);
	return (struct next){ KEY_ETHERTYPE, type };
}
