/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode: ERSPAN, the mirror of a switch port that Cisco sends in GRE.
 *
 * draft-foschiano-erspan-03.  Type I has no header of its own; types II and III
 * name the session and, unless the frame has kept its tag, the VLAN.
 */
#include "decode/decode.h"

/*
 * Session ids are not mixed into p->net: two sessions often mirror the two
 * directions of one port, or one packet twice on its way.
 */
static void note_session(struct packet *p, uint16_t word)
{
	p->has_erspan = true;
	p->erspan = word & 0x03ff;
}

struct next decode_erspan1(struct cursor *c, struct packet *p)
{
	(void)c;
	(void)p;
	return (struct next){ KEY_LINK, 1 };
}

struct next decode_erspan2(struct cursor *c, struct packet *p)
{
	uint16_t version_vlan = cur_u16(c), word = cur_u16(c);
	unsigned encapsulation = word >> 11 & 0x3;
	uint16_t vlan = version_vlan & 0x0fff;

	cur_skip(c, 4);				/* reserved, port index */
	if (cur_ok(c) && version_vlan >> 12 != 1)
		return decode_end(DECODED_MALFORMED);
	note_session(p, word);
	/* 2: the frame had an 802.1Q tag, which is now only here (3: it is in the frame). */
	if (encapsulation == 2 && vlan != 0 && p->nvlans < DECODE_VLANS)
		p->vlans[p->nvlans++] = vlan;
	return (struct next){ KEY_LINK, 1 };
}

struct next decode_erspan3(struct cursor *c, struct packet *p)
{
	uint16_t version_vlan = cur_u16(c), word = cur_u16(c), kind;

	cur_skip(c, 4 + 2);			/* timestamp, security group tag */
	kind = cur_u16(c);			/* P, frame type, hardware id, D, Gra, O */
	if ((kind & 0x0001) != 0)		/* O: a platform's own subheader */
		cur_skip(c, 8);
	if (cur_ok(c) && version_vlan >> 12 != 2)
		return decode_end(DECODED_MALFORMED);
	note_session(p, word);
	switch (kind >> 10 & 0x1f) {
	case 0:
		return (struct next){ KEY_LINK, 1 };
	case 2:					/* an IP packet without its link's header */
		return (struct next){ KEY_LINK, 101 };
	default:
		return decode_end(DECODED_LAYER);
	}
}
