/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode: TZSP, frames that sniffers and MikroTik routers send on inside UDP
 * (Wireshark's packet-tzsp.c; MikroTik's packet sniffer).
 *
 *	version 1, type, protocol 2, tags: 0 padding, 1 the end, others with a length
 */
#include "decode/decode.h"

enum { TZSP_VERSION = 1, TZSP_RECEIVED = 0, TZSP_TRANSMIT = 1 };
enum { TAG_PADDING = 0, TAG_END = 1 };
enum { TZSP_ETHERNET = 1, TZSP_WLAN = 18 };

struct next decode_tzsp(struct cursor *c, struct packet *p)
{
	struct cursor look = *c;
	uint8_t version = cur_u8(&look), type = cur_u8(&look), tag;
	uint16_t protocol = cur_u16(&look);

	if (!cur_ok(&look) || version != TZSP_VERSION || type > TZSP_TRANSMIT)
		return decode_no_tunnel(p);
	do {
		tag = cur_u8(&look);
		if (tag != TAG_PADDING && tag != TAG_END)
			cur_skip(&look, cur_u8(&look));
	} while (cur_ok(&look) && tag != TAG_END);
	*c = look;
	switch (protocol) {
	case TZSP_ETHERNET:
		return (struct next){ KEY_LINK, 1 };
	case TZSP_WLAN:
		return (struct next){ KEY_LINK, 105 };	/* LINKTYPE_IEEE802_11 */
	default:
		return decode_end(DECODED_LAYER);
	}
}
