/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode: Apple's PKTAP, several interfaces in one capture, each with its own
 * link type (tcpdump.org/linktypes/LINKTYPE_PKTAP.html; Wireshark's packet-pktap.c).
 *
 *	length of the header 4, record type 4, link type 4, ...; little-endian
 */
#include "decode/decode.h"

enum { RECORD_PACKET = 1, FIELDS = 12 };

struct next decode_pktap(struct cursor *c, struct packet *p)
{
	uint32_t length = cur_le32(c), record = cur_le32(c), link = cur_le32(c);

	if (length < FIELDS)
		return decode_end(DECODED_MALFORMED);
	cur_skip(c, length - FIELDS);
	if (record != RECORD_PACKET)
		return decode_end(DECODED_OTHER);
	if (link > UINT16_MAX) {
		p->cause_key = KEY_LINK;
		p->cause_value = link;
		return decode_end(DECODED_LINKTYPE);
	}
	return (struct next){ KEY_LINK, (uint16_t)link };
}
