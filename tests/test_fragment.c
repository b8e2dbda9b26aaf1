/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Datagrams from fragments: in every order, with copies, with lies; what never
 * becomes whole is counted, and nothing outgrows its bounds.
 */
#include "frame.h"

#include "flow/fragment.h"

#define MS UINT64_C(1000000)
#define PART4(id, part, total) \
	ETH "0800 4500 " total " " id " " part " 40 06 0000 0a000001 0a000002\n"
#define PART6(part, length) \
	ETH "86dd 60000000 " length " 2c 39 20010db8000000000000000000000001" \
	"20010db8000000000000000000000002 06 00 " part " 00000007\n"
/* TCP and the hello, 23 bytes, in three. */
#define A "c001 01bb 01020304"
#define B "05060708 50 18 ffff"
#define C_ "0000 0000" HELLO

static struct fragments *table;
static struct whole whole;
static uint64_t now;

static int setup(void **state)
{
	(void)state;
	table = fragments_new(0, 0);
	now = 1700000000 * UINT64_C(1000000000);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fragments_free(table);
	return 0;
}

/* Shows one fragment.  True: its datagram is whole, and `packet` is what it says. */
static bool show_cut(const char *hex, uint32_t cut)
{
	static struct frame f;
	struct packet half;

	exact_free(bytes);
	bytes = test_hex(hex);
	f = frame_of(1, bytes, cut);
	f.ts = now += MS;
	assert_int_equal(decode(&f, &half), DECODED_FRAGMENT);
	if (!fragments_add(table, &half, 1, &whole))
		return false;
	assert_int_equal(decode_resume(&half, whole.protocol, whole.bytes, &packet), DECODED_TCP);
	assert_ptr_equal(packet.frame, &f);
	return true;
}

static bool show(const char *hex) { return show_cut(hex, 0); }

static void assert_counted(uint64_t lost, uint64_t spare)
{
	fragments_flush(table);
	assert_int_equal(fragments_state(table)->lost, lost);
	assert_int_equal(fragments_state(table)->spare, spare);
}

static void any_order(void **state)
{
	static const unsigned char orders[][3] = {
		{ 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 }
	};
	static const char *const v4[] = {
		PART4("0007", "2000", "001c") A, PART4("0007", "2001", "001c") B,
		PART4("0007", "0002", "001b") C_
	};
	static const char *const v6[] = {
		PART6("0001", "0010") A, PART6("0009", "0010") B, PART6("0010", "000f") C_
	};

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		assert_false(show(v4[orders[i][0]]));
		assert_false(show(v4[orders[i][1]]));
		assert_true(show(v4[orders[i][2]]));
		assert_hello();
		assert_int_equal(whole.frames, 3);
		assert_memory_equal(packet.macs, bytes.p, 12);
		assert_string_equal(path(), "ether ipv4 tcp");
		assert_false(show(v6[orders[i][0]]));
		assert_false(show(v6[orders[i][1]]));
		assert_true(show(v6[orders[i][2]]));
		assert_ends("2001:db8::1", "2001:db8::2");
		assert_int_equal(packet.payload.n, 3);
		now += 1000 * MS;		/* the same id is another datagram's now */
	}
	assert_counted(0, 0);
}

static void copies_do_no_harm(void **state)
{
	(void)state;
	assert_false(show(PART4("0007", "2000", "0024") A B));
	assert_false(show(PART4("0007", "2000", "0024") A B));
	assert_true(show(PART4("0007", "0002", "001b") C_));
	assert_hello();
	assert_int_equal(whole.frames, 3);
	assert_false(show(PART4("0007", "0002", "001b") C_));
	assert_false(show(PART4("0007", "2000", "0024") A B));
	assert_counted(0, 2);
}

static void others_are_apart(void **state)
{
	(void)state;
	assert_false(show(PART4("0007", "2000", "0024") A B));
	assert_false(show(PART4("0008", "0002", "001b") C_));
	assert_false(show(ETH "8100 0014 0800 4500 001b 0007 0002 40 06 0000 0a000001 0a000002"
			  C_));
	assert_false(show(ETH "0800 4500 001b 0007 0002 40 11 0000 0a000001 0a000002" C_));
	assert_false(show(ETH "0800 4500 001b 0007 0002 40 06 0000 0a000009 0a000002" C_));
	assert_true(show(PART4("0007", "0002", "001b") C_));
	assert_counted(4, 0);
}

/* RFC 5722: the datagram, and all that may follow of it. */
static void overlaps(void **state)
{
	(void)state;
	assert_false(show(PART4("0007", "2000", "0024") A B));
	assert_false(show(PART4("0007", "2001", "001c") B));
	assert_false(show(PART4("0007", "0002", "001b") C_));
	assert_false(show(PART6("0001", "0018") A B));
	assert_false(show(PART6("0001", "0010") A));
	assert_false(show(PART6("0010", "000f") C_));
	/* The same place, other bytes. */
	assert_false(show(PART4("0008", "2000", "001c") A));
	assert_false(show(PART4("0008", "2000", "001c") B));
	assert_false(show(PART4("0008", "0001", "0023") B C_));
	assert_counted(9, 0);
}

static void contradictions(void **state)
{
	(void)state;
	/* Two ends; bytes behind the end; an end before bytes that were there. */
	assert_false(show(PART4("0001", "0002", "001b") C_));
	assert_false(show(PART4("0001", "0001", "001c") B));
	assert_false(show(PART4("0002", "0001", "001b") C_));
	assert_false(show(PART4("0002", "2002", "001c") B));
	assert_false(show(PART4("0003", "2002", "001c") B));
	assert_false(show(PART4("0003", "0001", "001b") C_));
	/* Not the last and not of eights; of no bytes; beyond 65,535; cut by the capture. */
	assert_false(show(PART4("0004", "2000", "001b") C_));
	assert_false(show(PART4("0005", "2000", "0014")));
	assert_false(show(PART4("0006", "1fff", "001c") A));
	assert_false(show_cut(PART4("0007", "2000", "0024") A, 8));
	assert_false(show(PART4("0007", "0002", "001b") C_));
	assert_counted(11, 0);
}

static void time_runs_out(void **state)
{
	(void)state;
	assert_false(show(PART4("0007", "2000", "0024") A B));
	now += 29000 * MS;
	assert_true(show(PART4("0007", "0002", "001b") C_));
	assert_false(show(PART4("0008", "2000", "0024") A B));
	now += 30001 * MS;
	assert_false(show(PART4("0008", "0002", "001b") C_));
	assert_int_equal(fragments_state(table)->lost, 1);
	now -= 60000 * MS;			/* a file out of order: no harm */
	assert_true(show(PART4("0008", "2000", "0024") A B));
	assert_counted(1, 0);
}

static void bounds(void **state)
{
	char hex[512];

	(void)state;
	fragments_free(table);
	table = fragments_new(4, 0);
	for (unsigned id = 0; id < 100; id++) {
		snprintf(hex, sizeof(hex), ETH "0800 4500 0024 %04x 2000 40 06 0000 0a000001"
			 "0a000002 " A B, id);
		assert_false(show(hex));
	}
	assert_int_equal(fragments_state(table)->lost, 96);
	assert_true(show(PART4("0063", "0002", "001b") C_));
	fragments_free(table);
	table = fragments_new(0, 600);
	for (unsigned id = 0; id < 100; id++) {
		snprintf(hex, sizeof(hex), ETH "0800 4500 0024 %04x 2000 40 06 0000 0a000001"
			 "0a000002 " A B, id);
		assert_false(show(hex));
	}
	assert_true(fragments_state(table)->lost >= 95);
	assert_counted(100, 0);
}

/* A datagram of 65,535 bytes in eights: too many pieces, but no harm. */
static void crumbs(void **state)
{
	char hex[512];

	(void)state;
	for (unsigned at = 0; at < 8191; at++) {
		snprintf(hex, sizeof(hex), ETH "0800 4500 001c 0007 %04x 40 06 0000 0a000001"
			 "0a000002 " A, 0x2000 | at);
		assert_false(show(hex));
	}
	assert_counted(8191, 0);
}

/* VXLAN in fragments, and in it a datagram in fragments. */
static void tunnels(void **state)
{
	struct packet half;
	struct frame f;
	struct slice s;

	(void)state;
	assert_false(show(ETH "0800 4500 0024 0007 2000 40 11 0000 c0000201 c0000202"
			  "d431 12b5 0042 0000 08 000000 00002a 00"));
	s = test_hex(ETH "0800 4500 0046 0007 0002 40 11 0000 c0000201 c0000202"
		     ETH_INNER "0800 4500 0024 0009 2000 40 06 0000 0a000001 0a000002" A B);
	f = frame_of(1, s, 0);
	f.ts = now;
	assert_int_equal(decode(&f, &half), DECODED_FRAGMENT);
	assert_true(fragments_add(table, &half, 1, &whole));
	assert_int_equal(decode_resume(&half, whole.protocol, whole.bytes, &packet),
			 DECODED_FRAGMENT);
	assert_true(packet.has_vni && packet.fragment.id == 9 && packet.fragment.more);
	assert_int_equal(packet.macs[5], 3);
	half = packet;
	assert_false(fragments_add(table, &half, whole.frames, &whole));
	exact_free(s);
	assert_true(show(ETH "0800" OUTER4("11", "004d") "d431 12b5 0039 0000"
			 "08 000000 00002a 00" ETH_INNER
			 "0800 4500 001b 0009 0002 40 06 0000 0a000001 0a000002" C_));
	assert_hello();
	assert_int_equal(whole.frames, 3);
	assert_string_equal(path(), "ether ipv4 udp vxlan ether ipv4 tcp");
	assert_counted(0, 0);
}

/* Fragments that hold fragments come to an end. */
static void nesting_ends(void **state)
{
	struct packet half, p;
	struct frame f;
	struct slice s = test_hex(PART4("0007", "2000", "001c") A), inner;
	unsigned n = 0;
	enum decoded d;

	(void)state;
	inner = test_hex("4500 001c 0007 2000 40 04 0000 0a000001 0a000002 0000000000000000");
	f = frame_of(1, s, 0);
	d = decode(&f, &half);
	while (d == DECODED_FRAGMENT && n++ < 1000) {
		d = decode_resume(&half, 4, inner, &p);
		half = p;
	}
	assert_int_equal(d, DECODED_DEEP);
	assert_true(n <= DECODE_DEPTH && p.depth <= DECODE_DEPTH);
	exact_free(s);
	exact_free(inner);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(any_order), T(copies_do_no_harm), T(others_are_apart), T(overlaps),
		T(contradictions), T(time_runs_out), T(bounds), T(crumbs), T(tunnels),
		T(nesting_ends),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	exact_free(bytes);
	return failed;
}
