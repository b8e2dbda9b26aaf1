/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frame: one frame for a test: written as annotated bytes, decoded, looked at.
 */
#ifndef TESTS_FRAME_H
#define TESTS_FRAME_H

#include "test.h"

#include "decode/decode.h"

#define ETH		"02 00 00 00 00 01 -- to\n 02 00 00 00 00 02 -- from\n"
#define ETH_INNER	"02 00 00 00 00 03 -- to\n 02 00 00 00 00 04 -- from\n"
#define IP4(proto, total) \
	"45 00 " total " 0000 0000 40 " proto " 0000 0a000001 0a000002 -- 10.0.0.1 to 10.0.0.2\n"
#define OUTER4(proto, total) \
	"45 00 " total " 0000 0000 ff " proto " 0000 c0000201 c0000202 -- tunnel's ends\n"
#define IP6(next, length) \
	"60000000 " length " " next " 39 -- hop limit 57\n" \
	"20010db8000000000000000000000001 20010db8000000000000000000000002 "
#define TCP \
	"c001 01bb 01020304 05060708 50 18 ffff 0000 0000 -- PSH ACK\n"
#define HELLO "16 03 01 "

static inline struct frame frame_of(uint32_t linktype, struct slice s, uint32_t cut)
{
	static struct origin from[512];
	struct origin *o = &from[linktype % 512];

	o->linktype = linktype;
	return (struct frame){ .bytes = s, .wire_length = (uint32_t)s.n + cut, .from = o };
}

/*
 * One frame, as long as a test looks at it.  The bytes stay where they are
 * until the next frame, since the packet points into them.
 */
static struct packet packet;
static struct slice bytes;

static inline enum decoded run(uint32_t linktype, const char *hex, uint32_t cut)
{
	static struct frame f;

	exact_free(bytes);
	bytes = test_hex(hex);
	f = frame_of(linktype, bytes, cut);
	memset(&packet, 0xa5, sizeof(packet));
	return decode(&f, &packet);
}

static inline enum decoded ether(const char *hex) { return run(1, hex, 0); }

static inline const char *path(void)
{
	static char text[256];

	text[0] = '\0';
	for (unsigned i = 0; i < packet.depth; i++) {
		if (i > 0)
			strcat(text, " ");
		strcat(text, layer_name(packet.path[i]));
	}
	return text;
}

static inline void assert_ends(const char *src, const char *dst)
{
	char text[ADDR_TEXT];

	assert_string_equal(addr_text(&packet.src, text), src);
	assert_string_equal(addr_text(&packet.dst, text), dst);
}

/* The hello's first bytes from 10.0.0.1 to 10.0.0.2 are found whole. */
static inline void assert_hello(void)
{
	assert_int_equal(packet.payload.n, 3);
	assert_memory_equal(packet.payload.p, "\x16\x03\x01", 3);
	assert_int_equal(packet.payload_length, 3);
	assert_true(packet.sport == 49153 && packet.dport == 443);
	assert_ends("10.0.0.1", "10.0.0.2");
	assert_int_equal(packet.ttl, 64);
}

/* What must hold of any answer, whatever the bytes. */
static inline void check(struct frame f)
{
	struct packet p;
	enum decoded d;

	memset(&p, 0xa5, sizeof(p));
	d = decode(&f, &p);
	assert_non_null(decoded_name(d));
	assert_true(p.depth <= DECODE_DEPTH && p.nvlans <= DECODE_VLANS);
	for (unsigned i = 0; i < p.depth; i++)
		assert_non_null(layer_name(p.path[i]));
	assert_true(p.payload.n <= p.payload_length && p.payload_length <= f.wire_length);
	if (p.payload.n > 0)
		assert_true(p.payload.p >= f.bytes.p &&
			    p.payload.p + p.payload.n <= f.bytes.p + f.bytes.n);
	if (p.macs != NULL)
		assert_true(p.macs >= f.bytes.p && p.macs + 12 <= f.bytes.p + f.bytes.n);
	assert_true(decoded_badly(d) == (p.cause_key != KEY_END));
	assert_ptr_equal(p.frame, &f);
}

struct stacked {
	uint32_t linktype;
	const char *hex;
};

static inline void check_prefixes(const struct stacked *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct slice whole = test_hex(v[i].hex);

		for (size_t at = 0; at < whole.n; at++) {
			struct slice s = exact_copy(whole.p, at);
			uint32_t cut = (uint32_t)(whole.n - at);
			struct frame snapped = frame_of(v[i].linktype, s, cut);
			struct packet p;
			enum decoded d = decode(&snapped, &p);

			/* Cut by the capture nothing is a contradiction. */
			assert_true(d == DECODED_SHORT || d == DECODED_TCP || d == DECODED_UDP);
			check(snapped);
			check(frame_of(v[i].linktype, s, 0));
			exact_free(s);
		}
		exact_free(whole);
	}
}

static inline void check_bits(const struct stacked *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct slice s = test_hex(v[i].hex);

		for (size_t bit = 0; bit < s.n * 8; bit++) {
			uint8_t *byte = (uint8_t *)(uintptr_t)s.p + bit / 8;

			*byte ^= (uint8_t)(1u << bit % 8);
			check(frame_of(v[i].linktype, s, 0));
			check(frame_of(v[i].linktype, s, 9));
			*byte ^= (uint8_t)(1u << bit % 8);
		}
		exact_free(s);
	}
}

#endif
