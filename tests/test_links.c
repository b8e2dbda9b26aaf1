/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Link types as bytes: serial lines, wireless, and what tools wrap frames into.
 */
#include "frame.h"

#define CONTENT	IP4("06", "002b") TCP HELLO		/* 43 bytes */
#define ENDS	"020000000009 020000000004 020000000003\n"
#define IP	"aaaa03 000000 0800" CONTENT

static void serial_lines(void **state)
{
	(void)state;
	assert_int_equal(run(9, "0021" CONTENT, 0), DECODED_TCP);
	assert_hello();
	assert_string_equal(path(), "ppp ipv4 tcp");
	assert_int_equal(run(9, "ff03 0021" CONTENT, 0), DECODED_TCP);
	assert_int_equal(run(50, "ff03 21" CONTENT, 0), DECODED_TCP);
	assert_int_equal(run(50, "ff03 0057" IP6("06", "0014") TCP, 0), DECODED_TCP);
	assert_int_equal(run(9, "ff03 0281 0001013f" CONTENT, 0), DECODED_TCP);
	assert_hello();
	assert_int_equal(run(50, "ff03 8021 0101 0004", 0), DECODED_OTHER);
	assert_int_equal(run(50, "ff03 002d 45", 0), DECODED_LAYER);
	assert_true(packet.cause_key == KEY_PPP && packet.cause_value == 0x2d);
	assert_int_equal(run(9, "ff", 0), DECODED_MALFORMED);

	assert_int_equal(run(50, "0f00 0800" CONTENT, 0), DECODED_TCP);
	assert_hello();
	assert_int_equal(run(104, "0f00 0800" CONTENT, 0), DECODED_TCP);
	assert_hello();
	assert_string_equal(path(), "chdlc ipv4 tcp");
	assert_int_equal(run(104, "8f00 8035 00000002 -- SLARP\n", 0), DECODED_OTHER);
	assert_int_equal(run(104, "8f00 2000 02b4 -- CDP\n", 0), DECODED_OTHER);
	assert_int_equal(run(104, "0f00 0003", 0), DECODED_LAYER);
	assert_true(packet.cause_key == KEY_ETHERTYPE && packet.cause_value == 3);
	assert_int_equal(run(104, "1f00 0800" CONTENT, 0), DECODED_LAYER);
	assert_true(packet.cause_key == KEY_LINK && packet.cause_value == 104);
}

static void wireless(void **state)
{
	(void)state;
	assert_int_equal(run(105, "0801 0000" ENDS "1000" IP "deadbeef -- FCS\n", 0), DECODED_TCP);
	assert_hello();
	assert_null(packet.macs);
	assert_string_equal(path(), "wlan ipv4 tcp");
	/* QoS; QoS and HT; four addresses; between two stations. */
	assert_int_equal(run(105, "8802 0000" ENDS "1000 0000" IP, 0), DECODED_TCP);
	assert_int_equal(run(105, "8882 0000" ENDS "1000 0000 00000000" IP, 0), DECODED_TCP);
	assert_int_equal(run(105, "0803 0000" ENDS "1000 020000000007" IP, 0), DECODED_TCP);
	assert_int_equal(run(105, "8803 0000" ENDS "1000 020000000007 0000" IP, 0), DECODED_TCP);
	assert_hello();
	assert_int_equal(run(105, "0800 0000" ENDS "1000" IP, 0), DECODED_TCP);
	assert_memory_equal(packet.macs, bytes.p + 4, 12);
	/* A beacon, an acknowledgement, no data. */
	assert_int_equal(run(105, "8000 0000" ENDS "1000", 0), DECODED_OTHER);
	assert_int_equal(run(105, "d400 0000 020000000009", 0), DECODED_OTHER);
	assert_int_equal(run(105, "4801 0000" ENDS "1000", 0), DECODED_OTHER);
	assert_int_equal(run(105, "c801 0000" ENDS "1000 0000", 0), DECODED_OTHER);
}

static void wireless_not_read(void **state)
{
	(void)state;
	assert_int_equal(run(105, "0841 0000" ENDS "1000 00000020 00000000", 0),
			 DECODED_ENCRYPTED);
	assert_true(decoded_badly(DECODED_ENCRYPTED));
	assert_true(packet.cause_key == KEY_LINK && packet.cause_value == 105);
	assert_int_equal(run(105, "0805 0000" ENDS "1000 -- more fragments\n" IP, 0),
			 DECODED_LAYER);
	assert_int_equal(run(105, "0801 0000" ENDS "1100 -- fragment 1\n" IP, 0), DECODED_LAYER);
	assert_int_equal(run(105, "8801 0000" ENDS "1000 8000 -- A-MSDU\n" IP, 0),
			 DECODED_LAYER);
	assert_int_equal(run(105, "0901 0000" ENDS "1000 -- version 1\n" IP, 0),
			 DECODED_MALFORMED);
	assert_int_equal(run(105, "0801 0000 0200", 0), DECODED_MALFORMED);
}

static void radiotap(void **state)
{
	(void)state;
	assert_int_equal(run(127, "00 00 0800 00000000 0801 0000" ENDS "1000" IP, 0),
			 DECODED_TCP);
	assert_hello();
	assert_string_equal(path(), "radiotap wlan ipv4 tcp");
	/* Two words of what is present, a clock at the next multiple of eight, flags. */
	assert_int_equal(run(127, "00 00 1a00 03000080 00000000 00000000 0102030405060708 10 00"
			     "0801 0000" ENDS "1000" IP "deadbeef", 0), DECODED_TCP);
	assert_hello();
	/* A header of 26 bytes, filled up to 28. */
	assert_int_equal(run(127, "00 00 0900 02000000 20 8801 0000" ENDS "1000 0000 ffff" IP, 0),
			 DECODED_TCP);
	assert_hello();
	assert_int_equal(run(127, "00 00 1a00 03000080 00000000 00000000 0102030405060708 40 00"
			     "0801 0000" ENDS "1000" IP " -- not what was sent\n", 0),
			 DECODED_MALFORMED);
	assert_int_equal(run(127, "01 00 0800 00000000 0801 0000" ENDS "1000" IP, 0),
			 DECODED_MALFORMED);
	assert_int_equal(run(127, "00 00 0700 000000", 0), DECODED_MALFORMED);
	assert_int_equal(run(127, "00 00 ff00 00000000", 0), DECODED_MALFORMED);
	assert_int_equal(run(113, "0000 0323 0000 0000000000000000 0000 00 00 0800 00000000"
			     "0801 0000" ENDS "1000" IP, 0), DECODED_TCP);
}

static void tools(void **state)
{
	(void)state;
	assert_int_equal(run(178, "4d4743 01" ETH "0800" CONTENT, 0), DECODED_TCP);
	assert_hello();
	assert_string_equal(path(), "juniper ether ipv4 tcp");
	assert_int_equal(run(178, "4d4743 81 0003 010101" ETH "0800" CONTENT, 0), DECODED_TCP);
	assert_int_equal(run(178, "4d4743 03 00000002" CONTENT, 0), DECODED_TCP);
	assert_hello();
	assert_int_equal(run(178, "4d4743 03 00000002 83", 0), DECODED_LAYER);
	assert_int_equal(run(178, "4d4744 01" ETH "0800" CONTENT, 0), DECODED_MALFORMED);
	assert_int_equal(run(178, "4d4743 81 00ff 01", 0), DECODED_MALFORMED);

	assert_int_equal(run(258, "10000000 01000000 01000000 00000000" ETH "0800" CONTENT, 0),
			 DECODED_TCP);
	assert_hello();
	assert_string_equal(path(), "pktap ether ipv4 tcp");
	assert_int_equal(run(258, "0c000000 01000000 0c000000" CONTENT, 0), DECODED_TCP);
	assert_int_equal(run(258, "0c000000 00000000 01000000", 0), DECODED_OTHER);
	assert_int_equal(run(258, "0c000000 01000000 93000000 00", 0), DECODED_LINKTYPE);
	assert_true(packet.cause_key == KEY_LINK && packet.cause_value == 147);
	assert_int_equal(run(258, "0c000000 01000000 01000100 00", 0), DECODED_LINKTYPE);
	assert_int_equal(packet.cause_value, 65537);
	assert_int_equal(run(258, "0b000000 01000000 01000000" ETH, 0), DECODED_MALFORMED);
	assert_int_equal(run(258, "ffffffff 01000000 01000000" ETH, 0), DECODED_MALFORMED);
	/* One header inside another ends, too. */
	assert_int_equal(run(258, "0c000000 01000000 02010000 0c000000 01000000 0c000000" CONTENT,
			     0), DECODED_TCP);
}

static void firewall_log(void **state)
{
	(void)state;
	assert_int_equal(run(239, "02 00 001e 0800 0100 0800 03 00 -- little-endian\n"
			     "0900 0a00 746c733a00 000000 2f00 0900" CONTENT "00", 0),
			 DECODED_TCP);
	assert_hello();
	assert_string_equal(path(), "nflog ipv4 tcp");
	assert_int_equal(run(239, "02 00 001e 0008 0001 0800 03 00 -- big-endian\n"
			     "002f 0009" CONTENT "00", 0), DECODED_TCP);
	assert_hello();
	assert_int_equal(run(239, "0a 00 001e 4000 0900" IP6("06", "0014") TCP, 0), DECODED_TCP);
	assert_int_equal(run(239, "02 00 001e 0800 0100 0800 03 00", 0), DECODED_OTHER);
	assert_int_equal(run(239, "07 00 001e 2f00 0900" CONTENT, 0), DECODED_LAYER);
	assert_int_equal(run(239, "02 01 001e 2f00 0900" CONTENT, 0), DECODED_LAYER);
	assert_int_equal(run(239, "02 00 001e 0300 0100", 0), DECODED_MALFORMED);
	assert_int_equal(run(239, "02 00 001e 3000 0900" CONTENT, 0), DECODED_MALFORMED);
	assert_int_equal(run(239, "02 00 001e ffff 0100 00", 0), DECODED_MALFORMED);
}

static const struct stacked stacked[] = {
	{ 9, "ff03 0021" CONTENT },
	{ 50, "0f00 0800" CONTENT },
	{ 104, "0f00 0800" CONTENT },
	{ 105, "8883 0000" ENDS "1000 020000000007 0000 00000000" IP },
	{ 127, "00 00 1a00 03000080 00000000 00000000 0102030405060708 20 00"
	  "8801 0000" ENDS "1000 0000 ffff" IP },
	{ 178, "4d4743 81 0003 010101" ETH "0800" CONTENT },
	{ 178, "4d4743 03 00000002" CONTENT },
	{ 239, "02 00 001e 0800 0100 0800 03 00 0900 0a00 746c733a00 000000 2f00 0900" CONTENT },
	{ 258, "10000000 01000000 01000000 00000000" ETH "0800" CONTENT },
};

static void every_prefix(void **state)
{
	(void)state;
	check_prefixes(stacked, sizeof(stacked) / sizeof(stacked[0]));
}

static void every_bit(void **state)
{
	(void)state;
	check_bits(stacked, sizeof(stacked) / sizeof(stacked[0]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(serial_lines),
		cmocka_unit_test(wireless),
		cmocka_unit_test(wireless_not_read),
		cmocka_unit_test(radiotap),
		cmocka_unit_test(tools),
		cmocka_unit_test(firewall_log),
		cmocka_unit_test(every_prefix),
		cmocka_unit_test(every_bit),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	exact_free(bytes);
	return failed;
}
