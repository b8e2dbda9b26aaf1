/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode: provider backbone bridges (IEEE 802.1ah, now 802.1Q 9.7): the service
 * tag and a customer's whole frame.
 */
#include "decode/decode.h"

struct next decode_pbb(struct cursor *c, struct packet *p)
{
	uint32_t tag = cur_u32(c);

	packet_net(p, tag & 0x00ffffff);	/* I-SID; before it PCP, DEI, UCA */
	return (struct next){ KEY_LINK, 1 };
}
