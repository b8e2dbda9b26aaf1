/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode: VXLAN (RFC 7348), an Ethernet frame inside UDP.
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

	if (!cur_ok(&look) || (flags != 0x08 && flags != 0x88) || reserved) {
		p->depth--;			/* this layer was none */
		return decode_end(DECODED_UDP);
	}
	*c = look;
	p->has_vni = true;
	p->vni = vni;
	packet_net(p, vni);
	return (struct next){ KEY_LINK, 1 };
}
