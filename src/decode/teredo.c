/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode: Teredo (RFC 4380, 5.1.1), IPv6 inside UDP.
 *
 * Before the packet may stand an authentication and an origin indication.  All
 * that tells it from any other datagram is that an IPv6 header fits exactly and
 * that one end is a Teredo address, or the local link during qualification.
 */
#include "decode/decode.h"

static void skip_indications(struct cursor *c)
{
	struct cursor look = *c;

	if (cur_u16(&look) == 0x0001) {		/* authentication */
		size_t client = cur_u8(&look), value = cur_u8(&look);

		cur_skip(&look, client + value + 8 + 1);	/* nonce, confirmation */
		*c = look;
	}
	look = *c;
	if (cur_u16(&look) == 0x0000) {		/* origin */
		cur_skip(&look, 2 + 4);
		*c = look;
	}
}

static bool is_teredo(const uint8_t *a)
{
	bool global = a[0] == 0x20 && a[1] == 0x01 && a[2] == 0 && a[3] == 0;

	return global || (a[0] == 0xfe && a[1] == 0x80) || (a[0] == 0xff && a[1] == 0x02);
}

struct next decode_teredo(struct cursor *c, struct packet *p)
{
	struct cursor inner = *c, look;
	const uint8_t *ends;
	uint8_t version;
	size_t length;

	skip_indications(&inner);
	look = inner;
	version = cur_u8(&look) >> 4;
	cur_skip(&look, 3);
	length = cur_u16(&look);
	cur_skip(&look, 2);
	ends = cur_take(&look, 16 + 16);
	if (ends == NULL || version != 6 || length != packet_left(p, &look) ||
	    (!is_teredo(ends) && !is_teredo(ends + 16)))
		return decode_no_tunnel(p);
	*c = inner;
	p->macs = NULL;				/* they are the tunnel's */
	return (struct next){ KEY_ETHERTYPE, 0x86dd };
}
