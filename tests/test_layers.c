/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tunnels as bytes: what each header says, what is no tunnel though its port says
 * so, what is counted as not read.
 */
#include "frame.h"

#define CONTENT		IP4("06", "002b") TCP HELLO		/* 43 bytes */
#define ETHERNET	ETH_INNER "0800" CONTENT		/* 57 bytes */
#define UDP_FROM(sport, dport, length) sport " " dport " " length " 0000\n"

static void mpls(void **state)
{
	(void)state;
	assert_int_equal(ether(ETH "8847 00010040 -- label 16\n 493e013f -- bottom\n" CONTENT),
			 DECODED_TCP);
	assert_hello();
	assert_null(packet.macs);
	assert_int_equal(packet.net, 0);
	assert_string_equal(path(), "ether mpls ipv4 tcp");
	assert_int_equal(ether(ETH "8848 0001013f" IP6("06", "0017") TCP HELLO), DECODED_TCP);
	assert_ends("2001:db8::1", "2001:db8::2");

	assert_int_equal(ether(ETH "8847 0001013f 00000007 -- control word\n" ETHERNET),
			 DECODED_TCP);
	assert_hello();
	assert_int_equal(packet.macs[5], 3);
	assert_int_equal(ether(ETH "8847 0001013f" ETHERNET), DECODED_TCP);
	assert_hello();
	/* A length that is not exact, but the checksum is (of RFC 1071's making). */
	assert_int_equal(ether(ETH "8847 0001013f 4500 0028 0000 0000 40 06 efcd 81000001 0a000002"
			       TCP "0000 0000 0000 -- padding\n"), DECODED_TCP);
	assert_ends("129.0.0.1", "10.0.0.2");
	/* A hardware address that begins like IPv4, and one that begins like IPv6. */
	assert_int_equal(ether(ETH "8847 0001013f 4c5e0c000001 020000000004 0800" CONTENT),
			 DECODED_TCP);
	assert_hello();
	assert_int_equal(ether(ETH "8847 0001013f 6c5e0c000001 020000000004 0800" CONTENT),
			 DECODED_TCP);
	assert_hello();
	assert_string_equal(path(), "ether mpls ether ipv4 tcp");
}

static void mpls_not_read(void **state)
{
	char hex[1024] = ETH "8847";

	(void)state;
	assert_int_equal(ether(ETH "8847 0001013f 50 00 00 00 00 00 00 00 00 00 00 00 00 00 00"),
			 DECODED_LAYER);
	assert_true(packet.cause_key == KEY_ETHERTYPE && packet.cause_value == 0x8847);
	/* The routers' own: an associated channel, with and without the label that says so. */
	assert_int_equal(ether(ETH "8847 0001013f 10000007 00000000 0000000000000000 00000000"),
			 DECODED_OTHER);
	assert_int_equal(ether(ETH "8847 0000d13f 10000007"), DECODED_OTHER);
	assert_int_equal(ether(ETH "8847 0001003f"), DECODED_MALFORMED);
	for (int i = 0; i < 40; i++)
		strcat(hex, "0001003f ");
	assert_int_equal(ether(hex), DECODED_DEEP);
}

static void pppoe(void **state)
{
	uint32_t net;

	(void)state;
	assert_int_equal(ether(ETH "8864 11 00 0011 002d 0021" CONTENT "0000 -- padding\n"),
			 DECODED_TCP);
	assert_hello();
	assert_string_equal(path(), "ether pppoe ppp ipv4 tcp");
	assert_non_null(packet.macs);
	net = packet.net;
	assert_int_not_equal(net, 0);
	assert_int_equal(ether(ETH "8864 11 00 0012 002d 0021" CONTENT), DECODED_TCP);
	assert_int_not_equal(packet.net, net);
	assert_int_equal(ether(ETH "8864 11 00 0011 002c 21 -- half the protocol\n" CONTENT),
			 DECODED_TCP);
	assert_int_equal(ether(ETH "8864 11 00 0011 0041 0057" IP6("06", "0017") TCP HELLO),
			 DECODED_TCP);
	assert_int_equal(ether(ETH "8864 11 00 0011 0006 c021 -- LCP\n 01010004"), DECODED_OTHER);
	assert_int_equal(ether(ETH "8864 11 00 0011 0008 003d -- multilink\n c0000001 0021"),
			 DECODED_LAYER);
	assert_true(packet.cause_key == KEY_PPP && packet.cause_value == 0x3d);
	assert_string_equal(key_name(packet.cause_key), "PPP protocol");
	assert_int_equal(ether(ETH "8864 11 a7 0011 0000 -- discovery\n"), DECODED_OTHER);
	assert_int_equal(ether(ETH "8864 21 00 0011 002d 0021" CONTENT), DECODED_MALFORMED);
	assert_int_equal(ether(ETH "8864 11 00 0011 002e 0021" CONTENT), DECODED_MALFORMED);
}

static void pptp(void **state)
{
	(void)state;
	assert_int_equal(ether(ETH "0800" OUTER4("2f", "0053")
			       "3081 880b 002f 0007 -- length, call\n 00000001 00000002\n"
			       "ff03 0021" CONTENT), DECODED_TCP);
	assert_hello();
	assert_int_equal(packet.net, 0);
	assert_null(packet.macs);
	assert_string_equal(path(), "ether ipv4 gre ppp ipv4 tcp");
	assert_int_equal(ether(ETH "0800" OUTER4("2f", "004c")
			       "3001 880b 002c 0007 00000001 21" CONTENT), DECODED_TCP);
	assert_hello();
	assert_int_equal(ether(ETH "0800" OUTER4("2f", "0020")
			       "2081 880b 0000 0007 00000002 -- an acknowledgement\n"),
			 DECODED_OTHER);
	assert_int_equal(ether(ETH "0800" OUTER4("2f", "0026")
			       "3001 880b 0006 0007 00000001 ff03 00fd 9000 -- encrypted\n"),
			 DECODED_LAYER);
	assert_true(packet.cause_key == KEY_PPP && packet.cause_value == 0xfd);
	/* Version 1 without its key, or of something else; a length beyond the end. */
	assert_int_equal(ether(ETH "0800" OUTER4("2f", "001c") "1001 880b 00000001"),
			 DECODED_MALFORMED);
	assert_int_equal(ether(ETH "0800" OUTER4("2f", "001c") "2001 0800 00000001"),
			 DECODED_MALFORMED);
	assert_int_equal(ether(ETH "0800" OUTER4("2f", "0024")
			       "3001 880b 0005 0007 00000001 ff03 0021"), DECODED_MALFORMED);
}

static void gtp(void **state)
{
	(void)state;
	assert_int_equal(ether(ETH "0800" OUTER4("11", "004f") UDP_FROM("0868", "0868", "003b")
			       "30 ff 002b 00001000" CONTENT), DECODED_TCP);
	assert_hello();
	assert_int_equal(packet.net, 0);
	assert_null(packet.macs);
	assert_string_equal(path(), "ether ipv4 udp gtp ipv4 tcp");
	assert_int_equal(ether(ETH "0800" OUTER4("11", "0057") UDP_FROM("0868", "0868", "0043")
			       "34 ff 0033 00001000 0000 00 85 -- PDU session container\n"
			       "01 0009 00" CONTENT), DECODED_TCP);
	assert_hello();
	assert_int_equal(ether(ETH "0800" OUTER4("11", "0053") UDP_FROM("0868", "0868", "003f")
			       "32 ff 002f 00001000 0007 00 85 -- counted\n" CONTENT),
			 DECODED_TCP);
	assert_hello();
	assert_int_equal(ether(ETH "0800" OUTER4("11", "0030") UDP_FROM("0868", "0868", "001c")
			       "34 ff 000c 00001000 0000 00 85 00 000900 00000000"),
			 DECODED_MALFORMED);
	assert_int_equal(ether(ETH "0800" OUTER4("11", "0028") UDP_FROM("0868", "0868", "0014")
			       "30 ff 0004 00001000 02000000 -- Ethernet\n"), DECODED_LAYER);
	assert_true(packet.cause_key == KEY_UDPPORT && packet.cause_value == 2152);
	/* An echo; a length that does not fit; version 2. */
	assert_int_equal(ether(ETH "0800" OUTER4("11", "0028") UDP_FROM("0868", "0868", "0014")
			       "32 01 0004 00000000 00000000"), DECODED_UDP);
	assert_int_equal(packet.payload.n, 12);
	assert_int_equal(ether(ETH "0800" OUTER4("11", "0028") UDP_FROM("0868", "0868", "0014")
			       "30 ff 0005 00001000 45000000"), DECODED_UDP);
	assert_int_equal(ether(ETH "0800" OUTER4("11", "0028") UDP_FROM("0868", "0868", "0014")
			       "48 ff 0004 00001000 45000000"), DECODED_UDP);
}

static void l2tp(void **state)
{
	(void)state;
	assert_int_equal(ether(ETH "0800" OUTER4("11", "0053") UDP_FROM("06a5", "06a5", "003f")
			       "4002 0037 0001 0002 ff03 0021" CONTENT), DECODED_TCP);
	assert_hello();
	assert_int_equal(packet.net, 0);
	assert_string_equal(path(), "ether ipv4 udp l2tp ppp ipv4 tcp");
	/* The server's answer to another port; sequence numbers and an offset. */
	assert_int_equal(ether(ETH "0800" OUTER4("11", "0057") UDP_FROM("06a5", "d431", "0043")
			       "0a02 0001 0002 0003 0004 0002 0000 0021" CONTENT), DECODED_TCP);
	assert_hello();
	assert_int_equal(ether(ETH "0800" OUTER4("11", "0028") UDP_FROM("06a5", "06a5", "0014")
			       "c802 000c 0001 0000 0000 0000 -- control\n"), DECODED_UDP);
	assert_int_equal(ether(ETH "0800" OUTER4("11", "0028") UDP_FROM("06a5", "06a5", "0014")
			       "4002 000d 0001 0000 0021 0000 -- another length\n"), DECODED_UDP);
	assert_int_equal(ether(ETH "0800" OUTER4("11", "0028") UDP_FROM("06a5", "06a5", "0014")
			       "0003 0000 00000001 00000000 -- version 3\n"), DECODED_LAYER);
	assert_int_equal(ether(ETH "0800" OUTER4("11", "0022") UDP_FROM("06a5", "06a5", "000e")
			       "0202 0001 0002 -- offset cut off\n"), DECODED_MALFORMED);
}

static void nsh_and_generic_vxlan(void **state)
{
	(void)state;
	assert_int_equal(ether(ETH "894f 0fc6 01 03 000028ff"
			       "00000000 00000000 00000000 00000000" ETHERNET), DECODED_TCP);
	assert_hello();
	assert_string_equal(path(), "ether nsh ether ipv4 tcp");
	assert_int_equal(ether(ETH "894f 0fc2 02 01 000028ff" CONTENT), DECODED_TCP);
	assert_null(packet.macs);
	assert_int_equal(ether(ETH "894f 0fc2 02 09 000028ff"), DECODED_LAYER);
	assert_int_equal(ether(ETH "894f 0fc1 02 01 000028ff" CONTENT), DECODED_MALFORMED);
	assert_int_equal(ether(ETH "894f 4fc2 02 01 000028ff" CONTENT), DECODED_MALFORMED);

	assert_int_equal(ether(ETH "0800" OUTER4("11", "004f") UDP_FROM("d431", "12b6", "003b")
			       "0c 0000 01 00138b 00" CONTENT), DECODED_TCP);
	assert_hello();
	assert_true(packet.has_vni && packet.vni == 5003 && packet.net != 0);
	assert_int_equal(ether(ETH "0800" OUTER4("11", "005d") UDP_FROM("d431", "12b6", "0049")
			       "08 0000 00 00138b 00" ETHERNET), DECODED_TCP);
	assert_int_equal(ether(ETH "0800" OUTER4("11", "0024") UDP_FROM("d431", "12b6", "0010")
			       "3c 0000 01 00138b 00 -- version 3\n"), DECODED_UDP);
}

static void geneve_and_cmd(void **state)
{
	(void)state;
	assert_int_equal(ether(ETH "0800" OUTER4("11", "0065") UDP_FROM("d431", "17c1", "0051")
			       "02 00 6558 00138a 00 -- 8 bytes of options\n"
			       "0102 80 01 00000001" ETHERNET), DECODED_TCP);
	assert_hello();
	assert_true(packet.has_vni && packet.vni == 5002 && packet.net != 0);
	assert_int_equal(packet.macs[5], 3);
	assert_string_equal(path(), "ether ipv4 udp geneve ether ipv4 tcp");
	assert_int_equal(ether(ETH "0800" OUTER4("11", "004f") UDP_FROM("d431", "17c1", "003b")
			       "00 00 0800 00138a 00" CONTENT), DECODED_TCP);
	assert_hello();
	/* Version 1; a reserved bit; a reserved byte; options that are not there. */
	assert_int_equal(ether(ETH "0800" OUTER4("11", "0024") UDP_FROM("d431", "17c1", "0010")
			       "40 00 0800 00138a 00"), DECODED_UDP);
	assert_int_equal(ether(ETH "0800" OUTER4("11", "0024") UDP_FROM("d431", "17c1", "0010")
			       "00 01 0800 00138a 00"), DECODED_UDP);
	assert_int_equal(ether(ETH "0800" OUTER4("11", "0024") UDP_FROM("d431", "17c1", "0010")
			       "00 00 0800 00138a 01"), DECODED_UDP);
	assert_int_equal(ether(ETH "0800" OUTER4("11", "0024") UDP_FROM("d431", "17c1", "0010")
			       "01 00 0800 00138a 00"), DECODED_MALFORMED);

	assert_int_equal(ether(ETH "8909 01 01 0001 0064 0800" CONTENT), DECODED_TCP);
	assert_hello();
	assert_int_equal(packet.net, 0);
	assert_string_equal(path(), "ether cmd ipv4 tcp");
	assert_int_equal(ether(ETH "8909 02 01 0001 0064 0800" CONTENT), DECODED_LAYER);
	assert_int_equal(ether(ETH "8909 01 01 0001"), DECODED_MALFORMED);
}

static void backbone_bridges(void **state)
{
	uint32_t net;

	(void)state;
	assert_int_equal(ether(ETH "88e7 00 011171" ETHERNET), DECODED_TCP);
	assert_hello();
	net = packet.net;
	assert_int_not_equal(net, 0);
	assert_int_equal(packet.macs[5], 3);
	assert_int_equal(ether(ETH "88e7 e0 011171 -- a priority\n" ETHERNET), DECODED_TCP);
	assert_int_equal(packet.net, net);
}

static void lisp(void **state)
{
	(void)state;
	assert_int_equal(ether(ETH "0800" OUTER4("11", "004f") UDP_FROM("d431", "10f5", "003b")
			       "88 000001 00002a 00" CONTENT), DECODED_TCP);
	assert_hello();
	assert_int_not_equal(packet.net, 0);
	assert_int_equal(ether(ETH "0800" OUTER4("11", "004f") UDP_FROM("d431", "10f5", "003b")
			       "c0 000001 00000003" CONTENT), DECODED_TCP);
	assert_int_equal(packet.net, 0);
	/* Nonce and map version at once; a reserved bit; no IP. */
	assert_int_equal(ether(ETH "0800" OUTER4("11", "004f") UDP_FROM("d431", "10f5", "003b")
			       "90 000001 00000003" CONTENT), DECODED_UDP);
	assert_int_equal(ether(ETH "0800" OUTER4("11", "004f") UDP_FROM("d431", "10f5", "003b")
			       "84 000001 00000003" CONTENT), DECODED_UDP);
	assert_int_equal(ether(ETH "0800" OUTER4("11", "0025") UDP_FROM("d431", "10f5", "0011")
			       "80 000001 00000003 17"), DECODED_UDP);
}

#define TEREDO6 \
	"60000000 0017 06 39 200100004136e378800063bf3ffffdd2 20010db8000000000000000000000002"

static void teredo(void **state)
{
	(void)state;
	assert_int_equal(ether(ETH "0800" OUTER4("11", "005b") UDP_FROM("d431", "0dd8", "0047")
			       TEREDO6 TCP HELLO), DECODED_TCP);
	assert_ends("2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::2");
	assert_string_equal(path(), "ether ipv4 udp teredo ipv6 tcp");
	/* From the server, with an authentication and an origin. */
	assert_int_equal(ether(ETH "0800" OUTER4("11", "0070") UDP_FROM("0dd8", "d431", "005c")
			       "0001 00 00 0102030405060708 00 0000 2bce 3ffffdd2"
			       TEREDO6 TCP HELLO), DECODED_TCP);
	/* Ends that are no Teredo addresses; a length that does not fit exactly. */
	assert_int_equal(ether(ETH "0800" OUTER4("11", "005b") UDP_FROM("d431", "0dd8", "0047")
			       IP6("06", "0017") TCP HELLO), DECODED_UDP);
	assert_int_equal(ether(ETH "0800" OUTER4("11", "005c") UDP_FROM("d431", "0dd8", "0048")
			       TEREDO6 TCP HELLO "00"), DECODED_UDP);
	assert_int_equal(packet.payload.n, 64);
}

static void tzsp(void **state)
{
	(void)state;
	assert_int_equal(ether(ETH "0800" OUTER4("11", "005d") UDP_FROM("d431", "9090", "0049")
			       "01 00 0001 00 0a 01 c4 01 -- padding, a tag, the end\n" ETHERNET),
			 DECODED_MALFORMED);
	assert_int_equal(ether(ETH "0800" OUTER4("11", "005e") UDP_FROM("d431", "9090", "004a")
			       "01 00 0001 00 0a 01 c4 01 -- padding, a tag, the end\n" ETHERNET),
			 DECODED_TCP);
	assert_hello();
	assert_string_equal(path(), "ether ipv4 udp tzsp ether ipv4 tcp");
	assert_int_equal(ether(ETH "0800" OUTER4("11", "0021") UDP_FROM("d431", "9090", "000d")
			       "01 00 0077 01 -- Prism\n"), DECODED_LAYER);
	assert_int_equal(ether(ETH "0800" OUTER4("11", "0021") UDP_FROM("d431", "9090", "000d")
			       "01 04 0000 01 -- keep-alive\n"), DECODED_UDP);
	assert_int_equal(ether(ETH "0800" OUTER4("11", "0022") UDP_FROM("d431", "9090", "000e")
			       "01 00 0001 0a 05 -- a tag beyond the end\n"), DECODED_MALFORMED);
}

#define CAPWAP(flags) "00 10 " flags " 00000000\n"	/* header of 8 bytes, radio 0, binding 1 */

static void capwap(void **state)
{
	(void)state;
	/* Cisco's order of bytes, to the controller. */
	assert_int_equal(ether(ETH "0800" OUTER4("11", "006f") UDP_FROM("d431", "147f", "005b")
			       CAPWAP("0300") "01 08 0000 020000000009 020000000004"
			       "020000000003 0010 aaaa03 000000 0800" CONTENT), DECODED_TCP);
	assert_hello();
	assert_string_equal(path(), "ether ipv4 udp capwap wlan ipv4 tcp");
	/* The standard's, from the controller. */
	assert_int_equal(ether(ETH "0800" OUTER4("11", "006f") UDP_FROM("147f", "d431", "005b")
			       CAPWAP("0300") "08 02 0000 020000000009 020000000004"
			       "020000000003 1000 aaaa03 000000 0800" CONTENT), DECODED_TCP);
	assert_hello();
	assert_int_equal(ether(ETH "0800" OUTER4("11", "005d") UDP_FROM("d431", "147f", "0049")
			       CAPWAP("0200") ETHERNET), DECODED_TCP);
	assert_hello();
	/* In parts; of another radio; a keep-alive; a header of four bytes; encrypted. */
	assert_int_equal(ether(ETH "0800" OUTER4("11", "005d") UDP_FROM("d431", "147f", "0049")
			       CAPWAP("0280") ETHERNET), DECODED_LAYER);
	assert_int_equal(ether(ETH "0800" OUTER4("11", "005d") UDP_FROM("d431", "147f", "0049")
			       CAPWAP("0700") ETHERNET), DECODED_LAYER);
	assert_int_equal(ether(ETH "0800" OUTER4("11", "0024") UDP_FROM("d431", "147f", "0010")
			       CAPWAP("0208")), DECODED_UDP);
	assert_int_equal(ether(ETH "0800" OUTER4("11", "0024") UDP_FROM("d431", "147f", "0010")
			       "00 08 0200 00000000"), DECODED_UDP);
	assert_int_equal(ether(ETH "0800" OUTER4("11", "0024") UDP_FROM("d431", "147f", "0010")
			       "01 000000 16fefd00"), DECODED_LAYER);
	assert_true(packet.cause_key == KEY_UDPPORT && packet.cause_value == 5247);
}

static const struct stacked stacked[] = {
	{ 1, ETH "8847 00010040 493e013f" CONTENT },
	{ 1, ETH "8847 0001013f 00000007" ETHERNET },
	{ 1, ETH "8847 0001013f 6c5e0c000001 020000000004 0800" CONTENT },
	{ 1, ETH "8100 0014 8864 11 00 0011 002d 0021" CONTENT },
	{ 1, ETH "0800" OUTER4("2f", "0053") "3081 880b 002f 0007 00000001 00000002 ff03 0021"
	  CONTENT },
	{ 1, ETH "0800" OUTER4("11", "0057") UDP_FROM("0868", "0868", "0043")
	  "34 ff 0033 00001000 0000 00 85 01 0009 00" CONTENT },
	{ 1, ETH "0800" OUTER4("11", "0057") UDP_FROM("06a5", "d431", "0043")
	  "0a02 0001 0002 0003 0004 0002 0000 0021" CONTENT },
	{ 1, ETH "894f 0fc6 01 03 000028ff 00000000 00000000 00000000 00000000" ETHERNET },
	{ 1, ETH "0800" OUTER4("11", "004f") UDP_FROM("d431", "12b6", "003b")
	  "0c 0000 01 00138b 00" CONTENT },
	{ 1, ETH "0800" OUTER4("11", "0065") UDP_FROM("d431", "17c1", "0051")
	  "02 00 6558 00138a 00 0102 80 01 00000001" ETHERNET },
	{ 1, ETH "8909 01 01 0001 0064 0800" CONTENT },
	{ 1, ETH "88e7 00 011171" ETHERNET },
	{ 1, ETH "0800" OUTER4("11", "004f") UDP_FROM("d431", "10f5", "003b")
	  "88 000001 00002a 00" CONTENT },
	{ 1, ETH "0800" OUTER4("11", "0070") UDP_FROM("0dd8", "d431", "005c")
	  "0001 00 00 0102030405060708 00 0000 2bce 3ffffdd2" TEREDO6 TCP HELLO },
	{ 1, ETH "0800" OUTER4("11", "005e") UDP_FROM("d431", "9090", "004a")
	  "01 00 0001 00 0a 01 c4 01" ETHERNET },
	{ 1, ETH "0800" OUTER4("11", "006f") UDP_FROM("d431", "147f", "005b") CAPWAP("0300")
	  "01 08 0000 020000000009 020000000004 020000000003 0010 aaaa03 000000 0800" CONTENT },
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
		cmocka_unit_test(mpls),
		cmocka_unit_test(mpls_not_read),
		cmocka_unit_test(pppoe),
		cmocka_unit_test(pptp),
		cmocka_unit_test(gtp),
		cmocka_unit_test(l2tp),
		cmocka_unit_test(nsh_and_generic_vxlan),
		cmocka_unit_test(geneve_and_cmd),
		cmocka_unit_test(backbone_bridges),
		cmocka_unit_test(lisp),
		cmocka_unit_test(teredo),
		cmocka_unit_test(tzsp),
		cmocka_unit_test(capwap),
		cmocka_unit_test(every_prefix),
		cmocka_unit_test(every_bit),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	exact_free(bytes);
	return failed;
}
