/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode: the loop that walks the layers of layers.def.
 *
 * The loop ends because every turn stops or raises depth, but for the one that
 * asks for UDP's other port.  What names a
 * layer is one number, so finding it is a switch that the compiler turns into a
 * handful of comparisons.
 */
#include "decode/decode.h"

#include <string.h>

/* The number of a layer is that of its line. */
enum {
#define LAYER(key, value, name, fn) LAYER_##key##_##value,
#include "decode/layers.def"
#undef LAYER
	LAYERS
};

_Static_assert(LAYERS <= 256, "packet.path holds layers in a byte");

const char *layer_name(unsigned number)
{
	static const char *const names[] = {
#define LAYER(key, value, name, fn) name,
#include "decode/layers.def"
#undef LAYER
	};

	return number < LAYERS ? names[number] : NULL;
}

const char *decoded_name(enum decoded d)
{
	static const char *const names[] = {
		[DECODED_TCP] = "TCP",
		[DECODED_UDP] = "UDP",
		[DECODED_OTHER] = "other protocol",
		[DECODED_LINKTYPE] = "unknown link type",
		[DECODED_LAYER] = "unknown protocol",
		[DECODED_FRAGMENT] = "IP fragment",
		[DECODED_SHORT] = "cut off by the snap length",
		[DECODED_MALFORMED] = "malformed",
		[DECODED_DEEP] = "too many layers",
		[DECODED_ENCRYPTED] = "encrypted on its link",
	};

	return (size_t)d < sizeof(names) / sizeof(names[0]) ? names[d] : NULL;
}

const char *key_name(enum key k)
{
	static const char *const names[] = {
		[KEY_END] = "end",
		[KEY_LINK] = "link type",
		[KEY_ETHERTYPE] = "EtherType",
		[KEY_IPPROTO] = "IP protocol",
		[KEY_UDPPORT] = "UDP port",
		[KEY_ERSPAN] = "ERSPAN type",
		[KEY_UDPSOURCE] = "UDP source port",
		[KEY_PPP] = "PPP protocol",
		[KEY_WLAN] = "802.11 form",
	};

	return (size_t)k < sizeof(names) / sizeof(names[0]) ? names[k] : NULL;
}

struct next decode_other(struct cursor *c, struct packet *p)
{
	(void)c;
	(void)p;
	return decode_end(DECODED_OTHER);
}

/* A protocol without a line in layers.def. */
static struct next unknown(struct next at, const struct packet *p)
{
	if (at.key == KEY_UDPPORT)
		return (struct next){ KEY_UDPSOURCE, p->sport };
	if (at.key == KEY_UDPSOURCE)
		return decode_end(DECODED_UDP);
	return decode_end(at.key == KEY_LINK ? DECODED_LINKTYPE : DECODED_LAYER);
}

/* In the order in which struct next lies in a register. */
#define WAY(key, value) ((uint32_t)(value) << 16 | (key))

static inline struct next step(struct next at, struct cursor *c, struct packet *p)
{
	switch (WAY(at.key, at.value)) {
#define LAYER(key, value, name, fn) \
	case WAY(key, value): \
		p->path[p->depth++] = LAYER_##key##_##value; \
		return fn(c, p);
#include "decode/layers.def"
#undef LAYER
	default:
		return unknown(at, p);
	}
}

/*
 * All but what decode() sets in any case.  In two parts, because compilers clear
 * so few bytes with a handful of stores and more of them with a string
 * instruction, which takes longer than a layer does.
 */
static inline void clear(struct packet *p)
{
	const size_t payload = offsetof(struct packet, payload);
	const size_t macs = offsetof(struct packet, macs);

	_Static_assert(offsetof(struct packet, macs) ==
		       offsetof(struct packet, frame) + sizeof(p->frame), "what decode() sets");
	memset(p, 0, payload);
	memset((uint8_t *)p + macs, 0, offsetof(struct packet, fragment) - macs);
}

static enum decoded walk(struct next next, struct cursor *c, struct packet *p)
{
	struct next at = next;
	enum decoded d;

	while (next.key != KEY_END && p->depth < DECODE_DEPTH) {
		at = next;
		next = step(at, c, p);
	}
	if (!cur_ok(c))
		d = p->payload_length > 0 ? DECODED_SHORT : DECODED_MALFORMED;
	else
		d = next.key == KEY_END ? (enum decoded)next.value : DECODED_DEEP;
	if (decoded_badly(d) && p->cause_key == KEY_END) {
		p->cause_key = at.key;
		p->cause_value = at.value;
	}
	return d;
}

static enum decoded finish(enum decoded d, struct cursor *c, struct packet *p)
{
	p->payload = cur_rest(c);
	p->payload_length += (uint32_t)p->payload.n;
	return d;
}

enum decoded decode(const struct frame *f, struct packet *ret)
{
	struct cursor c = cursor_of(f->bytes);
	uint32_t link = f->from->linktype;
	enum decoded d;

	clear(ret);
	ret->frame = f;
	ret->payload_length = f->wire_length > f->bytes.n ?
		f->wire_length - (uint32_t)f->bytes.n : 0;
	if (link <= UINT16_MAX) {
		d = walk((struct next){ KEY_LINK, (uint16_t)link }, &c, ret);
	} else {
		d = DECODED_LINKTYPE;
		ret->cause_key = KEY_LINK;
		ret->cause_value = link;
	}
	return finish(d, &c, ret);
}

enum decoded decode_resume(const struct packet *half, uint8_t protocol, struct slice whole,
			   struct packet *ret)
{
	struct cursor c = cursor_of(whole);
	struct slice frame = half->frame->bytes;

	*ret = *half;
	/* Inside another datagram they were, whose bytes may be gone. */
	if (half->macs != NULL && (half->macs < frame.p || half->macs >= frame.p + frame.n))
		ret->macs = NULL;
	ret->cause_key = KEY_END;
	ret->cause_value = 0;
	ret->payload_length = 0;
	return finish(walk((struct next){ KEY_IPPROTO, protocol }, &c, ret), &c, ret);
}
