/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode: VXLAN (RFC 7348), an Ethernet frame inside UDP, and its generic form
 * (draft-ietf-nvo3-vxlan-gpe), whose header names what follows.
 */
#include "decode/decode.h"

/*
 * VXLAN's ports are also the ports of others (a client's, by chance).  So the
 * header must look as senders make it: the I flag, perhaps the group policy
 * bit (draft-smith-vxlan-group-policy), and nothing where nothing may be.
 */
struct next decode_vxlan(struct cursor *c, struct packet *p)
{
	struct cursor look = *c;
	uint8_t flags = cur_u8(&look);
	uint32_t group = cur_u24(&look), vni = cur_u24(&look);
	bool reserved = cur_u8(&look) != 0 || (flags != 0x88 && group != 0);

	if (!cur_ok(&look) || (flags != 0x08 && flags != 0x88) || reserved)
		return decode_no_tunnel(p);
	*c = look;
	p->has_vni = true;
	p->vni = vni;
	packet_net(p, vni);
	return (struct next){ KEY_LINK, 1 };
}

struct next decode_vxlan_gpe(struct cursor *c, struct packet *p)
{
	struct cursor look = *c;
	uint8_t flags = cur_u8(&look);
	uint16_t reserved = cur_u16(&look);
	uint8_t protocol = cur_u8(&look);
	uint32_t vni = cur_u24(&look);

	/* Version 0, the I flag, perhaps P, B and O. */
	if (cur_u8(&look) != 0 || !cur_ok(&look) || (flags & 0xf8) != 0x08 || reserved != 0)
		return decode_no_tunnel(p);
	*c = look;
	p->has_vni = true;
	p->vni = vni;
	packet_net(p, vni);
	if ((flags & 0x04) == 0)		/* no next protocol: as in VXLAN itself */
		return (struct next){ KEY_LINK, 1 };
	return nsh_next(p, protocol);
}
