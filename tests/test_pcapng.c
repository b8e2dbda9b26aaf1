/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pcapng, block by block: what is read, what is passed over, what is a lie.
 */
#include "captures.h"

#include "capture/hostnames.h"

#define SECOND UINT64_C(1000000000)

/* A section with one interface, and whatever `more` puts; both byte orders. */
static struct seen *see_section(void (*more)(struct buf *b), bool big)
{
	struct buf b = { 0 };
	struct seen *s;

	put_big = big;
	ng_section(&b);
	ng_interface(&b, ETHERNET, "eth0", 6);
	more(&b);
	ng_packet(&b, 0, 7000000, 60);
	put_big = false;
	s = see_bytes(&b);
	buf_done(&b);
	return s;
}

/* ---- passed over ---- */

static const struct {
	uint32_t type;
	bool numbered;		/* a frame in Wireshark's count */
} others[] = {
	{ 0, false },			/* reserved */
	{ 4, false },			/* name resolution */
	{ 7, false },			/* IRIG timestamps, reserved */
	{ 8, false },			/* ARINC 429 in AFDX, reserved */
	{ 9, true },			/* systemd journal export */
	{ 10, false },			/* decryption secrets */
	{ 0x201, false },		/* sysdig machine info */
	{ 0x204, true },		/* sysdig events */
	{ 0x216, true },
	{ 0x221, true },
	{ 0xbad, true },		/* custom, to be copied and not */
	{ 0x40000bad, true },
	{ 0x0a0d0d0b, false },
	{ 0x80000001, false },		/* for local use */
	{ UINT32_MAX, false },
};

static uint32_t other;
static size_t other_length;

static void put_other(struct buf *b)
{
	size_t at = block_begin(b, other);

	put_fill(b, other_length, 0xa5);
	block_end(b, at);
}

/* Of any content and length, with none, and longer than what is in sight. */
static void other_blocks_are_passed_over(void **state)
{
	static const size_t lengths[] = { 0, 4, 5, 64, 5000, 1100000 };

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(others) / sizeof(*others); i++)
		for (size_t k = 0; k < sizeof(lengths) / sizeof(*lengths); k++) {
			struct seen *s;

			other = others[i / 2].type;
			other_length = lengths[k];
			s = see_section(put_other, i % 2);
			assert_string_equal(s->said, "");
			assert_true(s->n == 1 && s->v[0].ts == 7 * SECOND);
			assert_int_equal(s->v[0].number, 1 + others[i / 2].numbered);
			seen_free(s);
		}
}

static void lie_about_other(struct buf *b)
{
	size_t at = b->n;

	put_other(b);
	b->p[at + 4] = (char)(b->p[at + 4] + 4);	/* of little-endian */
}

static void lying_lengths_of_other_blocks_are_damage(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		struct seen *s;

		other = others[i].type;
		other_length = 64;
		s = see_section(lie_about_other, false);
		assert_true(s->n == 0 && s->state.cut_short == 1);
		assert_said(s, "a block of 80 bytes that does not end so; 0 packets were read");
		seen_free(s);
	}
}

/* ---- packets ---- */

/* An interface with that snaplen, and time in units and from a beginning of its own. */
static void put_interface(struct buf *b, uint32_t snaplen, uint8_t resolution, int64_t offset)
{
	size_t at = block_begin(b, 1);
	struct buf v = { 0 };

	put16(b, RAW_IP);
	put16(b, 0);
	put32(b, snaplen);
	ng_option(b, 3, "the uplink\x1b[2J", 14);	/* if_description */
	ng_option(b, 1, "a comment", 9);
	ng_option(b, 9, &resolution, 1);
	put64(&v, (uint64_t)offset);
	ng_option(b, 14, v.p, 8);
	put32(b, 0);
	block_end(b, at);
	buf_done(&v);
}

static void put_simple(struct buf *b, uint32_t wire, size_t n)
{
	size_t at = block_begin(b, 3);

	put32(b, wire);
	put_fill(b, n, (uint8_t)n);
	block_end(b, at);
}

/* Their length is the least of the block's, the packet's and the snaplen. */
static void simple_packets_know_the_snaplen(void **state)
{
	static const struct {
		uint32_t snaplen, wire;
		size_t in_block, bytes;
	} v[] = {
		{ 64, 1500, 64, 64 },
		{ 66, 1500, 68, 66 },		/* two of them are padding */
		{ 66, 61, 64, 61 },
		{ 0, 61, 64, 61 },
		{ 0, 1500, 64, 64 },		/* shorter than it says */
		{ 1, 9, 12, 1 },
		{ 100, 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(v) / sizeof(*v); i++) {
		struct buf b = { 0 };
		struct seen *s;

		put_big = i % 2;
		ng_section(&b);
		put_interface(&b, v[i / 2].snaplen, 6, 0);
		put_simple(&b, v[i / 2].wire, v[i / 2].in_block);
		put_big = false;
		s = see_bytes(&b);
		assert_string_equal(s->said, "");
		assert_int_equal(s->n, 1);
		assert_int_equal(s->v[0].bytes.n, v[i / 2].bytes);
		assert_int_equal(s->v[0].from->snaplen, v[i / 2].snaplen);
		seen_free(s);
		buf_done(&b);
	}
}

static void times_are_as_the_interface_says(void **state)
{
	static const struct {
		uint8_t resolution;
		int64_t offset;
		uint64_t units, ns;
	} v[] = {
		{ 6, 0, 1500000, SECOND + SECOND / 2 },
		{ 9, 0, 1500000000, SECOND + SECOND / 2 },
		{ 0, 0, 3, 3 * SECOND },
		{ 0x80 | 1, 0, 3, SECOND + SECOND / 2 },
		{ 0x80 | 20, 0, 3 << 19, SECOND + SECOND / 2 },
		{ 0x80 | 32, 0, UINT64_C(3) << 31, SECOND + SECOND / 2 },
		{ 6, 1700000000, 1, 1700000000 * SECOND + 1000 },
		{ 6, -1, 1500000, SECOND / 2 },
		{ 0x80 | 32, 100, UINT64_C(3) << 31, 101 * SECOND + SECOND / 2 },
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(v) / sizeof(*v); i++) {
		struct buf b = { 0 };
		struct seen *s;

		put_big = i % 2;
		ng_section(&b);
		put_interface(&b, 0, v[i / 2].resolution, v[i / 2].offset);
		ng_packet(&b, 0, v[i / 2].units, 60);
		put_big = false;
		s = see_bytes(&b);
		assert_true(s->n == 1 && s->v[0].ts == v[i / 2].ns);
		seen_free(s);
		buf_done(&b);
	}
}

/* A packet's options: comment, flags, hash; of them the lengths may lie, for they are not read. */
static void options_of_packets_are_passed_over(void **state)
{
	(void)state;
	for (uint16_t lie = 0; lie < 3; lie++) {
		struct buf b = { 0 };
		struct seen *s;
		size_t at;

		ng_section(&b);
		ng_interface(&b, ETHERNET, NULL, 6);
		at = block_begin(&b, 6);
		put32(&b, 0);
		put64(&b, 0);
		put32(&b, 5);
		put32(&b, 5);
		put_fill(&b, 5, 5);
		put_fill(&b, 3, 0);
		put16(&b, 1);
		put16(&b, lie == 0 ? 7 : lie == 1 ? 8 : 0xffff);
		buf_puts(&b, "comment");
		put_fill(&b, 1, 0);
		block_end(&b, at);
		ng_packet(&b, 0, 1, 60);
		s = see_bytes(&b);
		assert_string_equal(s->said, "");
		assert_true(s->n == 2 && s->v[0].bytes.n == 5 && s->v[1].number == 2);
		seen_free(s);
		buf_done(&b);
	}
}

/* Interfaces are numbered anew in a section, whatever its byte order. */
static void sections_are_apart(void **state)
{
	struct buf b = { 0 };
	struct seen *s;

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		put_big = i % 2;
		ng_section(&b);
		put_interface(&b, 100 + i, (uint8_t)(i % 2 ? 9 : 6), i);
		ng_packet(&b, 0, 1000, 60);
	}
	ng_section(&b);
	ng_packet(&b, 0, 1000, 60);
	put_big = false;
	s = see_bytes(&b);
	assert_int_equal(s->n, 4);
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(s->v[i].from->snaplen, 100 + i);
		assert_true(s->v[i].ts == i * SECOND + (i % 2 ? 1000 : 1000000));
	}
	assert_said(s, "a packet of interface 0, which is not described; 4 packets were read");
	seen_free(s);
	buf_done(&b);
}

/* ---- names ---- */

static void put_record(struct buf *b, uint16_t type, const void *p, uint16_t n)
{
	ng_option(b, type, p, n);
}

static void put_names(struct buf *b)
{
	size_t at = block_begin(b, 4);

	put_record(b, 1, "\x0a\0\0\1pc-1.example\0alias\0", 4 + 19);
	put_record(b, 3, "\2\2\2\2\2\2mac\0", 10);		/* EUI-48 */
	put_record(b, 2, "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1six\0", 20);
	put_record(b, 1, "\x0a\0\0\1second\0", 11);
	put_record(b, 1, "\x0a\0\0\2a\x1b[2Jb", 10);		/* hostile, and without its end */
	put_record(b, 1, "\x0a\0\0\3\0", 5);			/* no name */
	put_record(b, 1, "\x0a\0\0", 3);			/* no address */
	put_record(b, 0x1234, "unknown", 7);
	put_record(b, 1, "\x0a\0\0\4last\0", 9);
	put32(b, 0);
	ng_option(b, 2, "dns.example", 11);			/* ns_dnsname */
	put_record(b, 1, "\x0a\0\0\5behind the end\0", 19);
	block_end(b, at);
}

static const char *name_in(const struct seen *s, const char *ip)
{
	struct addr a;

	assert_true(addr_parse(ip, &a));
	return capture_name(&s->state, &a);
}

static void names_are_collected(void **state)
{
	(void)state;
	for (int big = 0; big < 2; big++) {
		struct seen *s = see_section(put_names, big);

		assert_string_equal(s->said, "");
		assert_true(s->n == 1 && s->v[0].number == 1);
		assert_string_equal(name_in(s, "10.0.0.1"), "pc-1.example");
		assert_string_equal(name_in(s, "2001:db8::1"), "six");
		assert_string_equal(name_in(s, "10.0.0.2"), "a\\x1b[2Jb");
		assert_null(name_in(s, "10.0.0.3"));
		assert_string_equal(name_in(s, "10.0.0.4"), "last");
		assert_null(name_in(s, "10.0.0.5"));
		assert_int_equal(hostnames_count(s->state.names), 4);
		assert_int_equal(s->state.names_left_out, 0);
		seen_free(s);
	}
	assert_null(capture_name(NULL, &(struct addr){ { 0 } }));
}

static void put_too_many_names(struct buf *b)
{
	char record[] = "\x0a\0\0\0n";
	size_t at = 0;

	for (unsigned i = 0; i < HOSTNAMES_MOST + 10; i++) {
		if (i % 10000 == 0)
			at = block_begin(b, 4);
		record[1] = (char)(i >> 16);
		record[2] = (char)(i >> 8);
		record[3] = (char)i;
		put_record(b, 1, record, 6);
		if (i % 10000 == 9999)
			block_end(b, at);
	}
	block_end(b, at);
}

static void names_are_bounded(void **state)
{
	struct seen *s = see_section(put_too_many_names, false);

	(void)state;
	assert_string_equal(s->said, "");
	assert_int_equal(s->n, 1);
	assert_int_equal(hostnames_count(s->state.names), HOSTNAMES_MOST);
	assert_int_equal(s->state.names_left_out, 10);
	assert_string_equal(name_in(s, "10.0.255.255"), "n");
	assert_null(name_in(s, "10.1.0.0"));
	seen_free(s);
	other = 4;
	other_length = 1100000;
	s = see_section(put_other, false);
	assert_true(s->n == 1 && s->state.names_left_out == 1);
	seen_free(s);
}

/* A hostile block: every prefix in its own memory, every bit flipped, every length a lie. */
static void names_of_any_bytes(void **state)
{
	struct buf b = { 0 };

	(void)state;
	put_names(&b);
	for (size_t n = 0; n <= b.n - 12; n++) {
		struct slice body = exact_copy(b.p + 8, n);
		struct hostnames *all = hostnames_new();

		assert_int_equal(hostnames_read(all, body, false), 0);
		assert_true(hostnames_count(all) <= 5);
		hostnames_free(all);
		exact_free(body);
	}
	for (size_t i = 64; i < (b.n - 4) * 8; i++) {
		struct slice body;
		struct hostnames *all = hostnames_new();

		b.p[i / 8] = (char)(b.p[i / 8] ^ 1 << i % 8);
		body = exact_copy(b.p + 8, b.n - 12);
		assert_int_equal(hostnames_read(all, body, i % 2), 0);
		assert_true(hostnames_count(all) <= 12);
		hostnames_free(all);
		exact_free(body);
		b.p[i / 8] = (char)(b.p[i / 8] ^ 1 << i % 8);
	}
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(other_blocks_are_passed_over),
		cmocka_unit_test(lying_lengths_of_other_blocks_are_damage),
		cmocka_unit_test(simple_packets_know_the_snaplen),
		cmocka_unit_test(times_are_as_the_interface_says),
		cmocka_unit_test(options_of_packets_are_passed_over),
		cmocka_unit_test(sections_are_apart),
		cmocka_unit_test(names_are_collected),
		cmocka_unit_test(names_are_bounded),
		cmocka_unit_test(names_of_any_bytes),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
