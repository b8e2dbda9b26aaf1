/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode: Linux "cooked" captures, as of the interface "any": SLL and SLL2.
 *
 * tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html and LINKTYPE_LINUX_SLL2.html.
 * The link's own header is gone; what the kernel knew of it is in its place.
 */
#include "decode/decode.h"

enum {				/* linux/if_arp.h */
	ARPHRD_FRAD = 770,
	ARPHRD_IEEE80211_RADIOTAP = 803,
	ARPHRD_NETLINK = 824
};

enum {				/* linux/if_ether.h: below 0x600 these are no EtherTypes */
	ETH_P_802_3 = 0x0001,	/* Novell's IPX without LLC */
	ETH_P_802_2 = 0x0004
};

/* The hardware type says how the protocol field is meant. */
static struct next cooked(struct cursor *c, struct packet *p, uint16_t arphrd, uint16_t protocol)
{
	if (arphrd == ARPHRD_NETLINK)
		return decode_end(DECODED_OTHER);
	if (arphrd == ARPHRD_IEEE80211_RADIOTAP)
		return (struct next){ KEY_LINK, 127 };	/* LINKTYPE_IEEE802_11_RADIOTAP */
	if (arphrd == ARPHRD_FRAD)
		return (struct next){ KEY_LINK, 107 };	/* LINKTYPE_FRELAY */
	if (protocol == ETH_P_802_3)
		return decode_end(DECODED_OTHER);
	if (protocol == ETH_P_802_2)
		return decode_llc(c, p);
	return (struct next){ KEY_ETHERTYPE, protocol };
}

struct next decode_sll(struct cursor *c, struct packet *p)
{
	uint16_t arphrd, protocol;

	cur_skip(c, 2);				/* packet type */
	arphrd = cur_u16(c);
	cur_skip(c, 2 + 8);			/* length of the address, address */
	protocol = cur_u16(c);
	return cooked(c, p, arphrd, protocol);
}

struct next decode_sll2(struct cursor *c, struct packet *p)
{
	uint16_t arphrd, protocol = cur_u16(c);

	cur_skip(c, 2 + 4);			/* reserved, interface index */
	arphrd = cur_u16(c);
	cur_skip(c, 1 + 1 + 8);			/* packet type, length of the address, address */
	return cooked(c, p, arphrd, protocol);
}
