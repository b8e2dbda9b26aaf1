/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode: CAPWAP's data (RFC 5415, 4.3; RFC 5416), what an access point sends to
 * its controller: 802.11 frames, or the Ethernet frames that they have become.
 *
 *	version and type 1, header length 5 bits, radio 5, binding 5, T F L W M K and
 *	reserved 9, fragment id 2, offset 2, then what W and M announce
 */
#include "decode/decode.h"

enum {
	PLAIN = 0x00, DTLS = 0x01,	/* version 0 and the preamble's type */
	NATIVE = 0x100, FRAGMENT = 0x080, KEEP_ALIVE = 0x008, RESERVED = 0x007,
	BINDING_WLAN = 1, HEADER = 8
};

/*
 * RFC 5416 wants 802.11's order of bytes; Cisco's access points send frame control
 * and sequence the other way round (Wireshark's packet-capwap.c has a switch for
 * it).  There, To DS and From DS stand where the version is, which is 0.
 */
static struct next wlan_next(struct cursor *c)
{
	struct cursor look = *c;
	uint8_t first = cur_u8(&look), second = cur_u8(&look);

	if ((first & 0x03) != 0 && (second & 0x03) == 0)
		return (struct next){ KEY_WLAN, WLAN_SWAPPED };
	return (struct next){ KEY_LINK, 105 };	/* LINKTYPE_IEEE802_11 */
}

struct next decode_capwap(struct cursor *c, struct packet *p)
{
	struct cursor look = *c;
	uint8_t preamble = cur_u8(&look);
	uint32_t bits = cur_u24(&look);
	size_t header = (bits >> 19) * 4u;

	cur_skip(&look, 4);			/* fragment id and offset */
	if (!cur_ok(&look))
		return decode_no_tunnel(p);
	if (preamble == DTLS && bits == 0)
		return decode_end(DECODED_LAYER);
	if (preamble != PLAIN || header < HEADER || (bits & RESERVED) != 0 ||
	    (bits & KEEP_ALIVE) != 0)
		return decode_no_tunnel(p);
	cur_skip(c, header);
	p->macs = NULL;				/* they are the tunnel's */
	if ((bits & FRAGMENT) != 0)
		return decode_end(DECODED_LAYER);
	if ((bits & NATIVE) == 0)
		return (struct next){ KEY_LINK, 1 };
	if ((bits >> 9 & 0x1f) != BINDING_WLAN)
		return decode_end(DECODED_LAYER);
	return wlan_next(c);
}
