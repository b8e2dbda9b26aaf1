/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode: a frame becomes a packet.
 *
 * Each layer is a function that eats its own header off a cursor and says what
 * comes next.  decode() walks the layers in a loop; no layer calls another, so
 * tunnels nest as deep as DECODE_DEPTH allows and no deeper.
 *
 * To add a layer: write its function in a file of its own and give it one line
 * in layers.def.
 *
 * Pure: no allocation, no clock, no files.
 */
#ifndef DECODE_DECODE_H
#define DECODE_DECODE_H

#include "base/addr.h"
#include "base/cursor.h"
#include "capture/capture.h"

#define DECODE_DEPTH 16		/* layers in one frame; the rest is an attack */
#define DECODE_VLANS 4		/* tags remembered, outermost first */

enum tcp_flag {
	TCP_FIN = 0x01, TCP_SYN = 0x02, TCP_RST = 0x04, TCP_PSH = 0x08, TCP_ACK = 0x10
};

/* What became of a frame. */
enum decoded {
	DECODED_TCP,
	DECODED_UDP,		/* and no tunnel inside */
	DECODED_OTHER,		/* sound, of no concern: ARP, ICMP, LLDP, 802.3 control ... */
	/* From here on undecodable, counted by cause; packet.cause_* says what it was. */
	DECODED_LINKTYPE,	/* a link type we do not know: cause_value is its number */
	DECODED_LAYER,		/* a protocol we do not know: cause_key and cause_value */
	DECODED_FRAGMENT,	/* part of an IP datagram (flow/fragment.c may put it together) */
	DECODED_SHORT,		/* the capture's snap length cut a header off */
	DECODED_MALFORMED,	/* lengths that contradict each other */
	DECODED_DEEP,		/* more than DECODE_DEPTH layers */
	DECODED_ENCRYPTED	/* protected by its link: 802.11 */
};

/* What names the next layer, and the number it is known by. */
enum key {
	KEY_END, KEY_LINK, KEY_ETHERTYPE, KEY_IPPROTO, KEY_UDPPORT, KEY_ERSPAN,
	KEY_UDPSOURCE,		/* of tunnels whose server answers from its port to any */
	KEY_PPP, KEY_WLAN
};

enum wlan {			/* KEY_WLAN: how an 802.11 header differs from the standard's */
	WLAN_SWAPPED = 1,	/* frame control and sequence are big-endian */
	WLAN_PADDED = 2		/* filled up to a multiple of four bytes */
};

struct next {
	uint16_t key;		/* enum key; KEY_END: value is an enum decoded, what became of it */
	uint16_t value;
};

/* Where a fragment stands in its IP datagram. */
struct fragment {
	uint32_t id;
	uint32_t offset;		/* bytes before it */
	bool more;			/* bytes behind it */
};

struct packet {
	/* What every TCP packet is asked for. */
	struct addr src, dst;		/* innermost IP */
	uint16_t sport, dport;
	uint32_t seq, ack;
	uint8_t tcp_flags;
	uint8_t ttl;			/* or hop limit, innermost IP */
	uint32_t net;			/* VLAN, VNI ... mixed: tells equal inner addresses apart */
	struct slice payload;		/* TCP or UDP payload as captured, padding cut off */
	uint32_t payload_length;	/* as sent: over payload.n if the capture cut it */
	const struct frame *frame;

	/* Where it was found (macs comes first: see clear() in decode.c). */
	const uint8_t *macs;		/* destination, source: 12 bytes in the frame; NULL: none */
	uint16_t vlans[DECODE_VLANS];
	uint8_t nvlans;
	uint8_t depth;
	uint8_t path[DECODE_DEPTH];	/* layer numbers for layer_name(), outermost first */
	bool has_vni, has_erspan;
	uint32_t vni;			/* innermost VXLAN or Geneve */
	uint32_t erspan;		/* innermost ERSPAN session id */

	/*
	 * Of an undecodable frame: the layer it ended in, or the one that is not
	 * known.  Of an IP fragment: the protocol it is a part of.
	 */
	enum key cause_key;
	uint32_t cause_value;

	/* Of an IP fragment, whose bytes are the payload; of all others not even cleared. */
	struct fragment fragment;
};

/* A layer's decoder: eats its header, notes what it learned, names what follows. */
typedef struct next (*layer_fn)(struct cursor *c, struct packet *p);

/* Fills *ret (all of it) from f, which must outlive it. */
enum decoded decode(const struct frame *f, struct packet *ret);

/*
 * Goes on where half, an IP fragment, ended: with its whole datagram, whose
 * bytes must outlive *ret, and the protocol that its first fragment named.
 * Depth goes on from half's, so fragments in fragments come to an end.
 */
enum decoded decode_resume(const struct packet *half, uint8_t protocol, struct slice whole,
			   struct packet *ret);

/* Whether a frame so decoded could not be read, as against read and of no concern. */
static inline bool decoded_badly(enum decoded d) { return d >= DECODED_LINKTYPE; }

const char *layer_name(unsigned number);		/* "ether", "vlan", "ipv4" ... */
const char *decoded_name(enum decoded d);		/* "unknown link type" ... */
const char *key_name(enum key k);			/* "link type", "EtherType" ... */

/* ---- for decoders -------------------------------------------------------------------- */

/* The walk is over. */
static inline struct next decode_end(enum decoded d) { return (struct next){ KEY_END, d }; }

/* A tunnel's port, but not its header: somebody's datagram. */
static inline struct next decode_no_tunnel(struct packet *p)
{
	p->depth--;
	return decode_end(DECODED_UDP);
}

/* Mixes an id into p->net. */
static inline void packet_net(struct packet *p, uint32_t id) { p->net = p->net * 31 + id + 1; }

/*
 * A header of n bytes as a cursor of its own: one check here, and none in the
 * reads that follow.  False: there are fewer, and c is spent.
 */
static inline bool packet_header(struct cursor *c, size_t n, struct cursor *ret)
{
	const uint8_t *b = cur_take(c, n);

	*ret = (struct cursor){ .p = b, .n = n };
	return b != NULL;
}

/* What was sent behind the cursor, captured or not.  While the walk goes on. */
static inline size_t packet_left(const struct packet *p, const struct cursor *c)
{
	return cur_left(c) + p->payload_length;
}

/* Numbers as little-endian machines write them. */
static inline uint16_t cur_le16(struct cursor *c)
{
	uint16_t low = cur_u8(c);

	return (uint16_t)(cur_u8(c) << 8 | low);
}

static inline uint32_t cur_le32(struct cursor *c)
{
	uint32_t low = cur_le16(c);

	return (uint32_t)cur_le16(c) << 16 | low;
}

/*
 * A header says that the next n bytes are its own: what lies behind them is
 * padding or an FCS.  False: more than was sent, so the header lies.  While the
 * walk goes on, p->payload_length is what was sent but not captured.
 */
static inline bool packet_clip(struct packet *p, struct cursor *c, size_t n)
{
	size_t left = cur_left(c);

	if (!cur_ok(c))
		return true;		/* the walk ends anyway, for its own cause */
	if (n > left + p->payload_length)
		return false;
	p->payload_length = n > left ? (uint32_t)(n - left) : 0;
	if (n < left)
		cur_clip(c, n);
	return true;
}

/* What an EtherType field names, lengths of IEEE 802.3 included. */
struct next ether_next(struct packet *p, struct cursor *c, uint16_t type);

/* IPv4 or IPv6, as the first four bits say; otherwise: if they say neither. */
struct next ip_next(struct cursor *c, enum decoded otherwise);

/* What NSH's and VXLAN-GPE's next protocol field names. */
struct next nsh_next(struct packet *p, uint8_t protocol);

/* What follows in an IEEE 802.2 frame. */
struct next decode_llc(struct cursor *c, struct packet *p);

#define LAYER(key, value, name, fn) struct next fn(struct cursor *c, struct packet *p);
#include "decode/layers.def"
#undef LAYER

#endif
