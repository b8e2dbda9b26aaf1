/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode: data frames of IEEE 802.11 (clause 9.2.3 and 9.3.2.1).
 *
 *	frame control 2, duration 2, addresses 3 * 6, sequence 2, [address 6],
 *	[QoS control 2, [HT control 4]], then IEEE 802.2
 *
 * Frames in several parts and several frames in one (A-MSDU) are not read, and
 * what the link encrypts cannot be.
 */
#include "decode/decode.h"

enum {				/* the frame control, read as its two bytes stand */
	VERSION = 0x0300, TYPE = 0x0c00, TYPE_DATA = 0x0800, NO_DATA = 0x4000, QOS = 0x8000,
	TO_DS = 0x01, FROM_DS = 0x02, MORE_FRAGMENTS = 0x04, PROTECTED = 0x40, HT_CONTROL = 0x80
};

enum { ADDRESSES = 18, FRAGMENT_NUMBER = 0x000f, QOS_AMSDU = 0x80 };

/* What follows the header of a data frame.  Its FCS, if any, lies behind IP's length. */
static struct next data(struct cursor *c, struct packet *p, uint16_t control, unsigned form)
{
	size_t before = cur_left(c);
	uint16_t sequence, qos = 0;

	cur_skip(c, 2);
	p->macs = cur_take(c, ADDRESSES);
	/* Only without an access point do both ends stand where a frame has them. */
	if ((control & (TO_DS | FROM_DS)) != 0)
		p->macs = NULL;
	sequence = form == WLAN_SWAPPED ? cur_u16(c) : cur_le16(c);
	if ((control & TO_DS) != 0 && (control & FROM_DS) != 0)
		cur_skip(c, 6);
	if ((control & QOS) != 0) {
		qos = cur_u16(c);
		if ((control & HT_CONTROL) != 0)
			cur_skip(c, 4);
	}
	if (form == WLAN_PADDED)
		cur_skip(c, (2 + cur_left(c) - before) % 4);
	if ((control & NO_DATA) != 0)
		return decode_end(DECODED_OTHER);
	if ((control & PROTECTED) != 0)
		return decode_end(DECODED_ENCRYPTED);
	if ((control & MORE_FRAGMENTS) != 0 || (sequence & FRAGMENT_NUMBER) != 0 ||
	    (qos >> 8 & QOS_AMSDU) != 0)
		return decode_end(DECODED_LAYER);
	return decode_llc(c, p);
}

static struct next wlan(struct cursor *c, struct packet *p, unsigned form)
{
	uint16_t control = form == WLAN_SWAPPED ? cur_le16(c) : cur_u16(c);

	if ((control & VERSION) != 0)
		return decode_end(DECODED_MALFORMED);
	if ((control & TYPE) != TYPE_DATA)
		return decode_end(DECODED_OTHER);
	return data(c, p, control, form);
}

struct next decode_wlan(struct cursor *c, struct packet *p)
{
	return wlan(c, p, 0);
}

struct next decode_wlan_padded(struct cursor *c, struct packet *p)
{
	return wlan(c, p, WLAN_PADDED);
}

struct next decode_wlan_swapped(struct cursor *c, struct packet *p)
{
	return wlan(c, p, WLAN_SWAPPED);
}
