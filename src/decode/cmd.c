/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode: Cisco MetaData, the Security Group Tag in the frame (Wireshark's
 * packet-cisco-metadata.c; Cisco TrustSec configuration guides).
 *
 *	version 1, length 1, option length and type 2, tag 2, then the EtherType
 */
#include "decode/decode.h"

enum { CMD_VERSION = 1 };

struct next decode_cmd(struct cursor *c, struct packet *p)
{
	struct cursor h;

	(void)p;				/* the tag is the sender's, one each way */
	if (!packet_header(c, 8, &h))
		return decode_end(DECODED_MALFORMED);
	if (cur_u8(&h) != CMD_VERSION)
		return decode_end(DECODED_LAYER);
	cur_skip(&h, 1 + 2 + 2);
	return (struct next){ KEY_ETHERTYPE, cur_u16(&h) };
}
