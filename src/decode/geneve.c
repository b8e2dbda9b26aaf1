/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode: Geneve (RFC 8926 section 3.4), any EtherType inside UDP.
 */
#include "decode/decode.h"

enum { GENEVE_HEADER = 8, GENEVE_ETHERNET = 0x6558 };

/* Its port may be a client's by chance: version 0 and reserved bits unset, or it is none. */
struct next decode_geneve(struct cursor *c, struct packet *p)
{
	struct cursor look = *c;
	uint8_t version_length = cur_u8(&look), flags = cur_u8(&look);
	uint16_t type = cur_u16(&look);
	uint32_t vni = cur_u24(&look);
	size_t options = (size_t)(version_length & 0x3f) * 4;

	if (cur_u8(&look) != 0 || !cur_ok(&look) || version_length >> 6 != 0 || flags & 0x3f)
		return decode_no_tunnel(p);
	cur_skip(c, GENEVE_HEADER + options);
	p->macs = NULL;				/* they are the tunnel's */
	p->has_vni = true;
	p->vni = vni;
	packet_net(p, vni);
	if (type == GENEVE_ETHERNET)
		return (struct next){ KEY_LINK, 1 };
	return (struct next){ KEY_ETHERTYPE, type };
}
