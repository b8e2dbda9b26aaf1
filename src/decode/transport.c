/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode: TCP (RFC 9293) ends the walk; UDP (RFC 768) may lead on to a tunnel.
 */
#include "decode/decode.h"

enum { TCP_HEADER = 20, UDP_HEADER = 8 };

/*
 * TCP's options tell us nothing.  If the capture cut them off, ports and
 * flags still count, and how much was sent is known.
 */
static struct next tcp_options(struct cursor *c, struct packet *p, size_t n)
{
	size_t left = cur_left(c);

	if (n > left + p->payload_length)
		return decode_end(DECODED_MALFORMED);
	if (n > left) {
		p->payload_length -= (uint32_t)(n - left);
		n = left;
	}
	cur_skip(c, n);
	return decode_end(DECODED_TCP);
}

struct next decode_tcp(struct cursor *c, struct packet *p)
{
	struct cursor h;
	size_t header;

	if (!packet_header(c, TCP_HEADER, &h))
		return decode_end(DECODED_MALFORMED);
	p->sport = cur_u16(&h);
	p->dport = cur_u16(&h);
	p->seq = cur_u32(&h);
	p->ack = cur_u32(&h);
	header = (size_t)(cur_u8(&h) >> 4) * 4;
	p->tcp_flags = cur_u8(&h);		/* then window, checksum, urgent pointer */
	if (header < TCP_HEADER)
		return decode_end(DECODED_MALFORMED);
	return tcp_options(c, p, header - TCP_HEADER);
}

struct next decode_udp(struct cursor *c, struct packet *p)
{
	struct cursor h;
	size_t length;

	if (!packet_header(c, UDP_HEADER, &h))
		return decode_end(DECODED_MALFORMED);
	p->sport = cur_u16(&h);
	p->dport = cur_u16(&h);
	length = cur_u16(&h);			/* 0: a jumbogram, RFC 2675; then the checksum */
	if (length != 0 && (length < UDP_HEADER || !packet_clip(p, c, length - UDP_HEADER)))
		return decode_end(DECODED_MALFORMED);
	return (struct next){ KEY_UDPPORT, p->dport };
}
