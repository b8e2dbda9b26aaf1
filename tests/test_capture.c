/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The formats: what the bytes say, in each byte order and resolution; every
 * prefix, every flipped bit, lying lengths.
 */
#include "captures.h"

#include "capture/interfaces.h"

#define SECOND UINT64_C(1000000000)

static void pcap_in_every_variant(void **state)
{
	static const struct {
		uint32_t magic;
		uint64_t to_ns;
	} v[] = { { MICRO, 1000 }, { NANO, 1 }, { MODIFIED, 1000 }, { IXIA_SOFT, 1000 },
		  { IXIA_HARD, 1 } };

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(v) / sizeof(*v); i++) {
		struct buf b = { 0 };
		struct seen *s;

		put_big = i % 2;
		pcap_header(&b, v[i / 2].magic, 0x54000000u | RAW_IP);	/* FCS bits above */
		if (v[i / 2].magic == IXIA_SOFT || v[i / 2].magic == IXIA_HARD)
			put32(&b, 19);		/* bytes of all records */
		put32(&b, 1700000000);
		put32(&b, 999999);
		put32(&b, 3);
		put32(&b, 1500);
		if (v[i / 2].magic == MODIFIED)
			put64(&b, 0x0807060504030201);
		buf_puts(&b, "abc");
		s = see_bytes(&b);
		assert_int_equal(s->n, 1);
		assert_true(s->v[0].ts == 1700000000 * SECOND + 999999 * v[i / 2].to_ns);
		assert_true(s->v[0].number == 1 && s->v[0].bytes.n == 3 && s->first[0] == 'a');
		assert_int_equal(s->v[0].wire_length, 1500);
		assert_int_equal(s->v[0].from->linktype, RAW_IP);
		assert_int_equal(s->v[0].from->snaplen, 65535);
		assert_null(s->v[0].from->interface);
		assert_string_equal(s->said, "");
		assert_true(s->state.bytes == b.n && s->state.bytes_done == b.n);
		assert_true(s->state.files_done == 1 && s->state.packet_bytes == 3);
		seen_free(s);
		buf_done(&b);
	}
	put_big = false;
}

/* What the version decides: the order of the lengths; and what AIX is known by. */
static void pcap_of_every_version(void **state)
{
	static const struct {
		uint16_t major, minor;
		uint32_t linktype, first, second;	/* the two lengths */
		uint32_t is_linktype, to_ns;
	} v[] = {
		{ 2, 0, ETHERNET, 1500, 3, ETHERNET, 1000 },
		{ 2, 1, ETHERNET, 1500, 3, ETHERNET, 1000 },
		{ 2, 2, ETHERNET, 1500, 3, ETHERNET, 1000 },
		{ 2, 3, ETHERNET, 1500, 3, ETHERNET, 1000 },
		{ 2, 3, ETHERNET, 3, 1500, ETHERNET, 1000 },
		{ 2, 4, ETHERNET, 3, 1500, ETHERNET, 1000 },
		{ 543, 0, ETHERNET, 1500, 3, ETHERNET, 1000 },
		{ 2, 2, 6, 1500, 3, ETHERNET, 1 },	/* AIX */
		{ 2, 2, 9, 1500, 3, 6, 1 },
		{ 2, 2, 15, 1500, 3, 10, 1 },
		{ 2, 2, 24, 1500, 3, 0, 1 },
		{ 2, 4, 6, 3, 1500, 6, 1000 },
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(v) / sizeof(*v); i++) {
		struct buf b = { 0 };
		struct seen *s;

		put_big = i % 2;
		put32(&b, MICRO);
		put16(&b, v[i / 2].major);
		put16(&b, v[i / 2].minor);
		put64(&b, 0);
		put32(&b, 65535);
		put32(&b, v[i / 2].linktype);
		put32(&b, 10);
		put32(&b, 5);
		put32(&b, v[i / 2].first);
		put32(&b, v[i / 2].second);
		put_big = false;
		buf_puts(&b, "abc");
		s = see_bytes(&b);
		assert_string_equal(s->said, "");
		assert_true(s->n == 1 && s->v[0].bytes.n == 3 && s->v[0].wire_length == 1500);
		assert_true(s->v[0].ts == 10 * SECOND + 5 * v[i / 2].to_ns);
		assert_int_equal(s->v[0].from->linktype, v[i / 2].is_linktype);
		seen_free(s);
		buf_done(&b);
	}
}

static void pcap_kinds_that_are_not_read_are_named(void **state)
{
	static const struct {
		uint32_t magic;
		uint16_t major;
		const char *said;
	} v[] = {
		{ MICRO, 1, "it looks like a pcap of a version before 2.0;" },
		{ 0xa1b234cd, 2, "it looks like a pcap of Francisco Mesquita's kind;" },
		{ 0xa12b3c4d, 2, "it looks like a pcap of Navtel's kind; convert it" },
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(v) / sizeof(*v); i++) {
		struct buf b = { 0 };
		struct seen *s;

		put_big = i % 2;
		put32(&b, v[i / 2].magic);
		put16(&b, v[i / 2].major);
		put_fill(&b, 40, 0);
		put_big = false;
		s = see_bytes(&b);
		assert_null(s->source);
		assert_said(s, v[i / 2].said);
		seen_free(s);
		buf_done(&b);
	}
}

/* Four more bytes before each packet, and nothing that says so: a word on it, and no guess. */
static void pcap_of_nokia_is_not_guessed(void **state)
{
	static const struct {
		uint32_t magic, part;
		size_t more;		/* bytes in the packet header */
		const char *said;
	} v[] = {
		{ MICRO, 900000, 4, "damaged at byte 100: a packet of 900000 bytes (or pcap as " },
		{ MICRO, 100000, 4, "damaged at byte 100: a packet of 100000 bytes (or pcap as " },
		{ MODIFIED, 100000, 12, "damaged at byte 108: a packet of 100000 bytes (or " },
		{ MICRO, 5, 8, "damaged at byte 100: a packet of 1000000000 bytes (or pcap as " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(v) / sizeof(*v); i++) {
		struct buf b = { 0 };
		struct seen *s;

		pcap_header(&b, v[i].magic, ETHERNET);
		for (unsigned k = 0; k < 2; k++) {
			pcap_packet(&b, 1000000000, v[i].part, 60);
			b.n -= 60;
			put_fill(&b, v[i].more + 60, 0x1f);
		}
		put_fill(&b, 300000, 0x1f);
		s = see_bytes(&b);
		assert_true(s->n == 1 && s->state.cut_short == 1);
		assert_said(s, v[i].said);
		assert_said(s, "Nokia or Red Hat 6 changed it: convert it with editcap); 1 ");
		seen_free(s);
		buf_done(&b);
	}
}

static void snoop_is_read(void **state)
{
	struct buf b = { 0 };
	struct seen *s;

	(void)state;
	for (uint32_t link = 0; link <= 4; link += 4) {
		b.n = 0;
		snoop_header(&b, 2, link);
		for (uint32_t i = 0; i < 70; i++)
			snoop_packet(&b, 1000 + i, i / 2, 61 + i % 4);
		s = see_bytes(&b);
		assert_string_equal(s->said, "");
		assert_int_equal(s->n, 70);
		for (uint32_t i = 0; i < 70; i++) {
			const struct frame *f = &s->v[i];

			assert_true(f->bytes.n == 61 + i % 4 && s->first[i] == 61 + i % 4);
			assert_true(f->ts == (1000 + i) * SECOND + SECOND / 4);
			assert_true(f->wire_length == f->bytes.n + 10 && f->number == i + 1);
			assert_int_equal(f->from->linktype, ETHERNET);
		}
		assert_int_equal(s->state.kernel_drops, 34);
		seen_free(s);
	}
	buf_done(&b);
}

static void lying_snoop_lengths_end_the_file(void **state)
{
	static const struct {
		size_t at;		/* in the second packet's header */
		uint32_t v;
		const char *said;
	} v[] = {
		{ 4, 65, "damaged at byte 104: a packet of 65 bytes in a record of 88; 1 packet" },
		{ 4, UINT32_MAX, "a packet of 4294967295 bytes in a record of 88; 1 packet was" },
		{ 8, 23, "a packet of 64 bytes in a record of 23; 1 packet was read" },
		{ 8, 0, "a packet of 64 bytes in a record of 0; 1 packet was read" },
		{ 8, UINT32_MAX, "a packet of 64 bytes in a record of 4294967295; 1 packet was" },
		{ 8, 92, "cut short at byte 192, in the middle of a packet; 1 packet was read" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(v) / sizeof(*v); i++) {
		struct buf b = { 0 };
		struct seen *s;

		snoop_header(&b, 2, 4);
		snoop_packet(&b, 1, 0, 64);
		snoop_packet(&b, 1, 0, 64);
		for (size_t k = 0; k < 4; k++)
			b.p[104 + v[i].at + k] = (char)(v[i].v >> (24 - 8 * k));
		s = see_bytes(&b);
		assert_true(s->n == 1 && s->state.cut_short == 1);
		assert_said(s, v[i].said);
		seen_free(s);
		buf_done(&b);
	}
}

static void an_empty_capture_is_fine(void **state)
{
	struct buf b = { 0 };
	struct seen *s;

	(void)state;
	pcap_header(&b, MICRO, ETHERNET);
	s = see_bytes(&b);
	assert_true(s->source != NULL && s->n == 0 && s->state.cut_short == 0);
	assert_string_equal(s->said, "");
	seen_free(s);
	b.n = 0;
	ng_section(&b);
	s = see_bytes(&b);
	assert_true(s->source != NULL && s->n == 0 && s->state.cut_short == 0);
	seen_free(s);
	b.n = 0;
	snoop_header(&b, 2, 4);
	s = see_bytes(&b);
	assert_true(s->source != NULL && s->n == 0 && s->state.cut_short == 0);
	seen_free(s);
	buf_done(&b);
}

/* Extreme times neither wrap nor trap. */
static void times_are_bounded(void **state)
{
	struct buf b = { 0 };
	struct seen *s;

	(void)state;
	pcap_header(&b, MICRO, ETHERNET);
	pcap_packet(&b, UINT32_MAX, UINT32_MAX, 1);
	s = see_bytes(&b);
	assert_true(s->v[0].ts == UINT32_MAX * SECOND + UINT32_MAX * UINT64_C(1000));
	seen_free(s);
	buf_done(&b);
}

static void clocks_tick_as_described(void **state)
{
	static const struct {
		struct clock clock;
		uint64_t units, ns;
	} v[] = {
		{ { false, 6, 0 }, 1700000000123456, UINT64_C(1700000000123456000) },
		{ { false, 9, 0 }, UINT64_C(1700000000123456789), UINT64_C(1700000000123456789) },
		{ { false, 0, 0 }, 7, 7 * SECOND },
		{ { false, 3, 0 }, 1500, 1500000000 },
		{ { false, 12, 0 }, 1999, 1 },			/* 1.999 ns */
		{ { false, 127, 0 }, UINT64_MAX, 0 },
		{ { true, 0, 0 }, 7, 7 * SECOND },
		{ { true, 1, 0 }, 3, 1500000000 },
		{ { true, 10, 0 }, 1024 + 512, 1500000000 },
		{ { true, 32, 0 }, UINT64_C(0x180000000), 1500000000 },
		{ { true, 63, 0 }, UINT64_C(0xc000000000000000), 1500000000 },
		{ { true, 64, 0 }, UINT64_C(0x8000000000000000), 500000000 },
		{ { true, 127, 0 }, UINT64_MAX, 0 },
		{ { false, 6, 10 }, 5, 10 * SECOND + 5000 },
		{ { false, 6, -10 }, 11000000, SECOND },
		{ { false, 6, -10 }, 9000000, 0 },		/* before 1970 */
		{ { false, 6, INT64_MIN }, UINT64_MAX, 0 },
		{ { false, 6, INT64_MAX }, 1, UINT64_MAX },
		{ { false, 0, 0 }, UINT64_MAX, UINT64_MAX },
		{ { false, 6, 0 }, UINT64_MAX, UINT64_MAX },
		{ { true, 0, 0 }, UINT64_MAX, UINT64_MAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(v) / sizeof(*v); i++)
		if (clock_ns(&v[i].clock, v[i].units) != v[i].ns)
			fail_msg("clock %zu: %llu", i,
				 (unsigned long long)clock_ns(&v[i].clock, v[i].units));
}

/* An obsolete packet block: interface and drops are 16 bits each. */
static void put_old_packet(struct buf *b, uint16_t interface, uint32_t n)
{
	size_t at = block_begin(b, 2);

	put16(b, interface);
	put16(b, 0xffff);
	put32(b, 0);
	put32(b, 5000);
	put32(b, n);
	put32(b, n);
	put_fill(b, n, (uint8_t)n);
	block_end(b, at);
}

static void put_simple_packet(struct buf *b, uint32_t wire, uint32_t n)
{
	size_t at = block_begin(b, 3);

	put32(b, wire);
	put_fill(b, n, (uint8_t)n);
	block_end(b, at);
}

static void put_statistics(struct buf *b, uint32_t interface, uint64_t ifdrop, uint64_t osdrop)
{
	size_t at = block_begin(b, 5);
	struct buf v = { 0 };

	put32(b, interface);
	put64(b, 0);
	put64(&v, ifdrop);
	put64(&v, osdrop);
	ng_option(b, 5, v.p, 8);
	ng_option(b, 7, v.p + 8, 8);
	put32(b, 0);
	block_end(b, at);
	buf_done(&v);
}

/* One section with everything that there is; put_big says how. */
static void put_section(struct buf *b)
{
	ng_section(b);
	ng_block(b, 10, "secrets that are never looked at");
	ng_interface(b, ETHERNET, "eth\x1b[1m", 6);
	ng_interface(b, RAW_IP, NULL, 9);
	ng_interface(b, 113, "any", 0x80 | 10);
	ng_packet(b, 0, 3000000, 61);
	ng_block(b, 4, "");
	ng_packet(b, 1, 3000000001, 62);
	ng_block(b, 0x7777, "unknown");
	ng_packet(b, 2, 3 * 1024 + 512, 63);
	put_statistics(b, 0, 3, 4);
	put_old_packet(b, 0, 5);
	ng_block(b, 0xbad, "PEN, then anything");
	put_simple_packet(b, 6, 6);
	put_simple_packet(b, 300000, 8);
	put_statistics(b, 0, 5, 4);
	put_statistics(b, 99, 1, 1);
}

static void section_is_right(const struct seen *s, size_t from, uint64_t number)
{
	const struct frame *f = &s->v[from];

	assert_true(f[0].ts == 3 * SECOND && f[0].bytes.n == 61 && f[0].wire_length == 71);
	assert_string_equal(f[0].from->interface, "eth\\x1b[1m");
	assert_true(f[0].from->linktype == ETHERNET && f[0].from->snaplen == 262144);
	assert_true(f[1].ts == 3 * SECOND + 1 && f[1].from->linktype == RAW_IP);
	assert_null(f[1].from->interface);
	assert_true(f[2].ts == 3 * SECOND + SECOND / 2 && f[2].from->linktype == 113);
	assert_true(f[3].ts == 5000000 && f[3].bytes.n == 5 && f[3].from == f[0].from);
	assert_true(f[4].ts == 5000000 && f[4].bytes.n == 6 && f[4].wire_length == 6);
	assert_true(f[5].bytes.n == 8 && f[5].wire_length == 300000);
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(s->first[from + i], f[i].bytes.n);
		assert_true(f[i].number == number + i + (i > 3));	/* a custom block counts */
	}
}

static void pcapng_in_both_byte_orders(void **state)
{
	struct buf b = { 0 };
	struct seen *s;

	(void)state;
	put_section(&b);
	put_big = true;
	put_section(&b);
	put_big = false;
	s = see_bytes(&b);
	assert_string_equal(s->said, "");
	assert_int_equal(s->n, 12);
	section_is_right(s, 0, 1);
	section_is_right(s, 6, 8);
	assert_ptr_equal(s->v[0].from, s->v[6].from);	/* alike: one origin */
	assert_int_equal(s->state.kernel_drops, 18);	/* 5 + 4 in each section */
	seen_free(s);
	buf_done(&b);
}

/* Options are padded by all writers but at the end of a block by not quite all. */
static void interfaces_with_odd_options(void **state)
{
	struct buf b = { 0 };
	struct seen *s;
	size_t at;

	(void)state;
	ng_section(&b);
	at = block_begin(&b, 1);
	put16(&b, ETHERNET);
	put16(&b, 0);
	put32(&b, 0);
	put16(&b, 14);			/* if_tsoffset */
	put16(&b, 8);
	put64(&b, 100);
	put16(&b, 9);			/* if_tsresol, and no opt_endofopt */
	put16(&b, 1);
	buf_putc(&b, 3);
	block_end(&b, at);
	ng_packet(&b, 0, 1500, 4);
	s = see_bytes(&b);
	assert_string_equal(s->said, "");
	assert_true(s->n == 1 && s->v[0].ts == 101 * SECOND + SECOND / 2);
	seen_free(s);
	buf_done(&b);
}

/* A reader on bytes in a block of exactly their length. */
static void read_exactly(const struct format *format, const void *p, size_t n)
{
	struct slice exact = exact_copy(p, n);
	struct arena origins = { 0 };
	struct reader r = {
		.name = "exact",
		.format = format,
		.origins = &origins,
		.window = { .c = cursor_of(exact), .seen = n },
	};
	struct frame f[CAPTURE_BATCH];
	volatile uint8_t touched = 0;
	unsigned got;

	do {
		format->read(&r, f, CAPTURE_BATCH, &got);
		for (unsigned i = 0; i < got; i++)
			if (f[i].bytes.n > 0)
				touched = f[i].bytes.p[f[i].bytes.n - 1];
	} while (got > 0);
	(void)touched;
	if (format->done)
		format->done(&r);
	arena_done(&origins);
	exact_free(exact);
}

/* Frames of which n bytes are all there: the capture's frames end at these offsets. */
static size_t frames_before(const size_t *ends, size_t count, size_t n)
{
	size_t whole = 0;

	while (whole < count && ends[whole] <= n)
		whole++;
	return whole;
}

static bool is_boundary(const size_t *ends, size_t count, size_t n)
{
	for (size_t i = 0; i < count; i++)
		if (ends[i] == n)
			return true;
	return false;
}

static void cut_everywhere(const struct format *format, const struct buf *b, const size_t *ends,
			   size_t count)
{
	for (size_t n = b->n; n > 0; n--) {
		struct buf part = { .p = b->p, .n = n };
		struct seen *s = see_bytes(&part);
		char at[64];

		read_exactly(format, b->p, n);
		if (s->source) {
			assert_int_equal(s->n, frames_before(ends + 1, count - 1, n));
			assert_int_equal(s->state.cut_short, !is_boundary(ends, count, n));
			snprintf(at, sizeof(at), "one.pcap: cut short at byte %zu, in the", n);
			if (s->state.cut_short)
				assert_said(s, at);
		} else {
			assert_true(n < 16);	/* too short to tell what it is */
			assert_said(s, "not a capture; it looks like");
		}
		seen_free(s);
	}
}

static void pcap_cut_at_every_byte(void **state)
{
	struct buf b = { 0 };
	size_t ends[4];

	(void)state;
	pcap_header(&b, MICRO, ETHERNET);
	for (uint32_t i = 0; i < 4; i++) {
		ends[i] = b.n;
		if (i < 3)
			pcap_packet(&b, i, i, 20 * i);
	}
	cut_everywhere(&format_pcap, &b, ends, 4);
	buf_done(&b);
}

static void snoop_cut_at_every_byte(void **state)
{
	struct buf b = { 0 };
	size_t ends[4];

	(void)state;
	snoop_header(&b, 2, 4);
	for (uint32_t i = 0; i < 4; i++) {
		ends[i] = b.n;
		if (i < 3)
			snoop_packet(&b, i, i, 21 * i);
	}
	cut_everywhere(&format_snoop, &b, ends, 4);
	buf_done(&b);
}

static void pcapng_cut_at_every_byte(void **state)
{
	struct buf b = { 0 };
	size_t ends[6];

	(void)state;
	ng_section(&b);
	ends[0] = b.n;			/* an empty capture, too, is whole */
	ng_interface(&b, ETHERNET, "eth0", 6);
	for (uint32_t i = 1; i < 6; i++) {
		ng_packet(&b, 0, i, 21 * i);
		ends[i] = b.n;
	}
	for (size_t n = b.n; n > 0; n--)
		read_exactly(&format_pcapng, b.p, n);
	/* Between section header and interface there is one more boundary. */
	for (size_t n = ends[0] + 49; n <= b.n; n++) {
		struct buf part = { .p = b.p, .n = n };
		struct seen *s = see_bytes(&part);

		assert_int_equal(s->n, frames_before(ends + 1, 5, n));
		if (n > ends[1])
			assert_int_equal(s->state.cut_short, !is_boundary(ends, 6, n));
		seen_free(s);
	}
	buf_done(&b);
}

static void flip_every_bit(const struct format *format, struct buf *b)
{
	for (size_t i = 0; i < b->n * 8; i++) {
		struct seen *s;

		b->p[i / 8] = (char)(b->p[i / 8] ^ 1 << i % 8);
		if (format->knows((struct slice){ (const uint8_t *)b->p, b->n }))
			read_exactly(format, b->p, b->n);
		if (i % 7 == 0) {	/* as a file as well, but not each: that takes long */
			s = see_bytes(b);
			assert_true(s->n <= 7);
			seen_free(s);
		}
		b->p[i / 8] = (char)(b->p[i / 8] ^ 1 << i % 8);
	}
}

static void every_bit_flipped(void **state)
{
	struct buf b = { 0 };

	(void)state;
	pcap_header(&b, MICRO, ETHERNET);
	for (uint32_t i = 0; i < 3; i++)
		pcap_packet(&b, i, i, 20 * i);
	flip_every_bit(&format_pcap, &b);
	b.n = 0;
	put_section(&b);
	flip_every_bit(&format_pcapng, &b);
	b.n = 0;
	snoop_header(&b, 2, 4);
	for (uint32_t i = 0; i < 3; i++)
		snoop_packet(&b, i, i, 21 * i);
	flip_every_bit(&format_snoop, &b);
	buf_done(&b);
}

static void a_lying_pcap_length_ends_the_file(void **state)
{
	struct buf b = { 0 };
	struct seen *s;

	(void)state;
	pcap_header(&b, MICRO, ETHERNET);
	pcap_packet(&b, 1, 1, 4);
	put64(&b, 0);
	put32(&b, UINT32_MAX);
	put32(&b, UINT32_MAX);
	s = see_bytes(&b);
	assert_true(s->n == 1 && s->state.cut_short == 1);
	assert_said(s, "one.pcap: damaged at byte 44: a packet of 4294967295 bytes (or pcap as "
		       "Nokia or Red Hat 6 changed it: convert it with editcap); 1 packet was ");
	seen_free(s);
	b.n = 44;
	pcap_packet(&b, 1, 1, 4);
	put64(&b, 0);
	put64(&b, UINT64_MAX);
	s = see_bytes(&b);
	assert_said(s, "one.pcap: damaged at byte 64: a packet of 4294967295 bytes; "
		       "2 packets were read");
	seen_free(s);
	buf_done(&b);
}

/* The last block of a section that is sound so far is put by `lie`. */
static void ng_lie(void (*lie)(struct buf *b), const char *said)
{
	struct buf b = { 0 };
	struct seen *s;

	ng_section(&b);
	ng_interface(&b, ETHERNET, NULL, 6);
	ng_packet(&b, 0, 1, 4);
	lie(&b);
	s = see_bytes(&b);
	assert_int_equal(s->n, 1);
	assert_int_equal(s->state.cut_short, 1);
	assert_said(s, said);
	seen_free(s);
	buf_done(&b);
}

static void put_packet_longer_than_block(struct buf *b)
{
	size_t at = b->n;

	ng_packet(b, 0, 1, 4);
	b->p[at + 20] = 5 + 3;		/* four bytes and no padding are there */
}

static void put_packet_of_nobody(struct buf *b) { ng_packet(b, 1, 1, 4); }

static void put_short_block(struct buf *b)
{
	put32(b, 6);
	put32(b, 11);
	put64(b, 0);
}

static void put_huge_packet_block(struct buf *b)
{
	put32(b, 6);
	put32(b, 0xfffffff0u);
	put64(b, 0);
}

static void put_block_that_ends_otherwise(struct buf *b)
{
	ng_block(b, 0x7777, "unknown");
	b->p[b->n - 4] ^= 4;
}

static void put_packet_that_ends_otherwise(struct buf *b)
{
	ng_packet(b, 0, 1, 4);
	b->p[b->n - 4] ^= 4;
}

static void put_section_without_order(struct buf *b)
{
	size_t at = b->n;

	ng_section(b);
	b->p[at + 8] ^= 1;
}

static void put_interface_with_long_option(struct buf *b)
{
	size_t at = b->n;

	ng_interface(b, ETHERNET, "eth0", 6);
	b->p[at + 18] = 100;
}

static void put_block_longer_than_file(struct buf *b)
{
	put32(b, 0x7777);
	put32(b, 0xfffffff0u);
	put64(b, 0);
}

static void lying_pcapng_lengths_end_the_file(void **state)
{
	(void)state;
	ng_lie(put_packet_longer_than_block, "a packet of 8 bytes in a shorter block; 1 packet");
	ng_lie(put_packet_of_nobody, "a packet of interface 1, which is not described");
	ng_lie(put_short_block, "a block of 11 bytes");
	ng_lie(put_huge_packet_block, "a block of 4294967280 bytes");
	ng_lie(put_block_that_ends_otherwise, "that does not end so");
	ng_lie(put_packet_that_ends_otherwise, "that does not end so");
	ng_lie(put_section_without_order, "a section header without a byte order");
	ng_lie(put_interface_with_long_option, "an interface description with a wrong length");
	ng_lie(put_block_longer_than_file, "cut short at byte 104, in the middle of a block; 1 ");
}

/* Memory does not follow what the file says: interfaces are counted, names are shared. */
static void interfaces_are_bounded(void **state)
{
	struct buf b = { 0 };
	struct seen *s;

	(void)state;
	ng_section(&b);
	for (unsigned i = 0; i < 70000; i++)
		ng_interface(&b, ETHERNET, NULL, 6);
	s = see_bytes(&b);
	assert_said(s, "too many interfaces; 0 packets were read");
	assert_int_equal(s->state.cut_short, 1);
	seen_free(s);
	b.n = 0;
	ng_section(&b);
	for (uint16_t i = 0; i < 5000; i++)
		ng_interface(&b, i, NULL, 6);
	s = see_bytes(&b);
	assert_said(s, "too many interfaces");
	seen_free(s);
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pcap_in_every_variant),
		cmocka_unit_test(pcap_of_every_version),
		cmocka_unit_test(pcap_kinds_that_are_not_read_are_named),
		cmocka_unit_test(pcap_of_nokia_is_not_guessed),
		cmocka_unit_test(snoop_is_read),
		cmocka_unit_test(lying_snoop_lengths_end_the_file),
		cmocka_unit_test(an_empty_capture_is_fine),
		cmocka_unit_test(times_are_bounded),
		cmocka_unit_test(clocks_tick_as_described),
		cmocka_unit_test(pcapng_in_both_byte_orders),
		cmocka_unit_test(interfaces_with_odd_options),
		cmocka_unit_test(pcap_cut_at_every_byte),
		cmocka_unit_test(snoop_cut_at_every_byte),
		cmocka_unit_test(pcapng_cut_at_every_byte),
		cmocka_unit_test(every_bit_flipped),
		cmocka_unit_test(a_lying_pcap_length_ends_the_file),
		cmocka_unit_test(lying_pcapng_lengths_end_the_file),
		cmocka_unit_test(interfaces_are_bounded),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
