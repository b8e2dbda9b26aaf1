/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode: GTP-U (3GPP TS 29.281), a mobile's IP packets inside UDP.
 *
 *	flags, message type, length 2, TEID 4, and if any of E, S and PN is set:
 *	sequence number 2, N-PDU number, type of the next extension header
 */
#include "decode/decode.h"

enum {
	VERSION_1_GTP = 0x30,		/* version 1, GTP and not GTP', bit 4 unset */
	EXTENDED = 0x04, OPTIONAL = 0x07,
	G_PDU = 0xff
};

/* Each: its length in units of four bytes, content, type of the next. */
static bool skip_extensions(struct cursor *c, uint8_t type)
{
	while (type != 0) {
		size_t units = cur_u8(c);

		if (units == 0)
			return false;
		cur_skip(c, units * 4 - 2);
		type = cur_u8(c);
	}
	return true;
}

/* Echoes and other signals stay what they are: UDP.  TEIDs are others each way. */
struct next decode_gtp(struct cursor *c, struct packet *p)
{
	struct cursor look = *c;
	uint8_t flags = cur_u8(&look), type = cur_u8(&look), extension;
	size_t length = cur_u16(&look);

	cur_skip(&look, 4);
	if (!cur_ok(&look) || (flags & 0xf8) != VERSION_1_GTP || type != G_PDU ||
	    length != packet_left(p, &look))
		return decode_no_tunnel(p);
	*c = look;
	p->macs = NULL;				/* they are the tunnel's */
	if ((flags & OPTIONAL) != 0) {
		cur_skip(c, 2 + 1);
		extension = cur_u8(c);
		if ((flags & EXTENDED) != 0 && !skip_extensions(c, extension))
			return decode_end(DECODED_MALFORMED);
	}
	return ip_next(c, DECODED_LAYER);
}
