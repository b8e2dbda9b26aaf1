/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames as bytes: each layer says what its header says, padding is cut, what
 * the snap length took is told from what a header invents.
 */
#include "frame.h"

static void plain_tcp(void **state)
{
	(void)state;
	assert_int_equal(ether(ETH "0800" IP4("06", "002b") TCP HELLO "00 00 00 -- padding"),
			 DECODED_TCP);
	assert_hello();
	assert_true(packet.seq == 0x01020304 && packet.ack == 0x05060708);
	assert_int_equal(packet.tcp_flags, TCP_PSH | TCP_ACK);
	assert_memory_equal(packet.macs, bytes.p, 12);
	assert_true(packet.net == 0 && packet.nvlans == 0);
	assert_false(packet.has_vni || packet.has_erspan);
	assert_int_equal(packet.cause_key, KEY_END);
	assert_string_equal(path(), "ether ipv4 tcp");
}

static void options_are_skipped(void **state)
{
	(void)state;
	assert_int_equal(ether(ETH "0800" "46 00 0033 0000 0000 40 06 0000 0a000001 0a000002 "
			       "94040000 -- router alert\n"
			       "c001 01bb 01020304 05060708 60 18 ffff 0000 0000 "
			       "01 01 01 01 -- no operation\n" HELLO "00"), DECODED_TCP);
	assert_int_equal(packet.payload.n, 3);
	assert_int_equal(packet.payload_length, 3);
}

static void a_network_card_cuts_later(void **state)
{
	(void)state;
	/* Length 0 in the header: everything that is there. */
	assert_int_equal(ether(ETH "0800" IP4("06", "0000") TCP HELLO), DECODED_TCP);
	assert_hello();
	assert_int_equal(ether(ETH "86dd" IP6("06", "0000") TCP HELLO), DECODED_TCP);
	assert_int_equal(packet.payload.n, 3);
}

static void a_frame_of_256_kib(void **state)
{
	static const uint8_t head[] = {
		2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x08, 0x00,
		0x45, 0, 0, 0, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
		0xc0, 1, 1, 0xbb, 1, 2, 3, 4, 5, 6, 7, 8, 0x50, 0x18, 0, 0, 0, 0, 0, 0
	};
	size_t n = 256 * 1024;
	uint8_t *big = calloc(1, n);
	struct frame f = frame_of(1, (struct slice){ big, n }, 0);
	struct packet p;

	(void)state;
	memcpy(big, head, sizeof(head));
	assert_int_equal(decode(&f, &p), DECODED_TCP);
	assert_int_equal(p.payload.n, n - sizeof(head));
	assert_int_equal(p.payload_length, n - sizeof(head));
	free(big);
}

static void the_snap_length_cuts_payload(void **state)
{
	(void)state;
	assert_int_equal(run(1, ETH "0800" IP4("06", "0228") TCP HELLO, 509), DECODED_TCP);
	assert_int_equal(packet.payload.n, 3);
	assert_int_equal(packet.payload_length, 512);
	/* The rest of the wire's bytes are padding. */
	assert_int_equal(run(1, ETH "0800" IP4("06", "0228") TCP HELLO, 513), DECODED_TCP);
	assert_int_equal(packet.payload_length, 512);
	/* One byte more than was on the wire is a lie. */
	assert_int_equal(run(1, ETH "0800" IP4("06", "0228") TCP HELLO, 508), DECODED_MALFORMED);
	assert_true(packet.cause_key == KEY_ETHERTYPE && packet.cause_value == 0x0800);
	assert_int_equal(run(1, ETH "86dd" IP6("06", "0200") TCP HELLO, 489), DECODED_TCP);
	assert_int_equal(packet.payload_length, 492);
	assert_int_equal(run(1, ETH "86dd" IP6("06", "0200") TCP HELLO, 488), DECODED_MALFORMED);
}

static void the_snap_length_cuts_headers(void **state)
{
	(void)state;
	assert_int_equal(run(1, ETH "0800 4500 0028 0000", 50), DECODED_SHORT);
	assert_true(packet.cause_key == KEY_ETHERTYPE && packet.cause_value == 0x0800);
	assert_int_equal(run(1, ETH "0800 4500 0028 0000", 0), DECODED_MALFORMED);
	assert_int_equal(run(1, "02 00 00", 50), DECODED_SHORT);
	assert_int_equal(run(1, ETH "08", 50), DECODED_SHORT);
	assert_int_equal(run(1, ETH "86dd 60", 50), DECODED_SHORT);
	assert_int_equal(run(1, ETH "0800" IP4("06", "0228") "c001 01bb", 600), DECODED_SHORT);
	assert_true(packet.cause_key == KEY_IPPROTO && packet.cause_value == 6);
	assert_int_equal(run(1, ETH "0800" IP4("11", "0228") "c001 01bb 00", 600), DECODED_SHORT);
	/* The datagram itself is too small for TCP, whatever else was cut off. */
	assert_int_equal(run(1, ETH "0800" IP4("06", "0018") "c001 01bb", 600),
			 DECODED_MALFORMED);
	/* Ports and flags are there, and of the options we need nothing. */
	assert_int_equal(run(1, ETH "0800" IP4("06", "0234")
			     "c001 01bb 01020304 05060708 80 12 ffff 0000 0000 0101", 600),
			 DECODED_TCP);
	assert_int_equal(packet.tcp_flags, TCP_SYN | TCP_ACK);
	assert_int_equal(packet.payload.n, 0);
	assert_int_equal(packet.payload_length, 512);
}

static void lying_lengths(void **state)
{
	(void)state;
	/* IPv4: version 5, header of 16 bytes, options beyond the end, total below the header */
	assert_int_equal(ether(ETH "0800 55 00 0028 00000000 40 06 0000 0a000001 0a000002" TCP),
			 DECODED_MALFORMED);
	assert_int_equal(ether(ETH "0800 44 00 0028 00000000 40 06 0000 0a000001 0a000002" TCP),
			 DECODED_MALFORMED);
	assert_int_equal(ether(ETH "0800 4f 00 0028 00000000 40 06 0000 0a000001 0a000002" TCP),
			 DECODED_MALFORMED);
	assert_int_equal(ether(ETH "0800" IP4("06", "0013") TCP), DECODED_MALFORMED);
	assert_int_equal(ether(ETH "0800" IP4("06", "0029") TCP), DECODED_MALFORMED);
	/* IPv6: version 5, payload beyond the end */
	assert_int_equal(ether(ETH "86dd 50000000 0014 06 40"
			       "20010db8000000000000000000000001"
			       "20010db8000000000000000000000002" TCP), DECODED_MALFORMED);
	assert_int_equal(ether(ETH "86dd" IP6("06", "0015") TCP), DECODED_MALFORMED);
	/* TCP: header of 16 bytes, options beyond the end */
	assert_int_equal(ether(ETH "0800" IP4("06", "0028")
			       "c001 01bb 01020304 05060708 40 18 ffff 0000 0000"),
			 DECODED_MALFORMED);
	assert_int_equal(ether(ETH "0800" IP4("06", "0028")
			       "c001 01bb 01020304 05060708 60 18 ffff 0000 0000"),
			 DECODED_MALFORMED);
	assert_true(packet.cause_key == KEY_IPPROTO && packet.cause_value == 6);
	/* UDP: less than its header, more than the datagram */
	assert_int_equal(ether(ETH "0800" IP4("11", "001e") "c001 0035 0007 0000 0000"),
			 DECODED_MALFORMED);
	assert_int_equal(ether(ETH "0800" IP4("11", "001e") "c001 0035 000b 0000 0000"),
			 DECODED_MALFORMED);
	/* 802.3: more than the frame */
	assert_int_equal(ether(ETH "0009 aaaa03 000000 0800"), DECODED_MALFORMED);
}

static void ipv6_and_its_extensions(void **state)
{
	(void)state;
	assert_int_equal(ether(ETH "86dd" IP6("06", "0017") TCP HELLO), DECODED_TCP);
	assert_ends("2001:db8::1", "2001:db8::2");
	assert_int_equal(packet.ttl, 57);
	assert_int_equal(packet.payload.n, 3);
	assert_string_equal(path(), "ether ipv6 tcp");

	assert_int_equal(ether(ETH "86dd" IP6("00", "0057")
			       "3c 00 0104 00000000 -- hop by hop, then destination options\n"
			       "2b 01 010c 00000000 0000000000000000 -- then routing\n"
			       "33 00 00 00 00000000 -- segments left 0, then AH\n"
			       "2c 04 0000 00000001 00000002 aabbccdd aabbccdd aabbccdd -- ICV\n"
			       "06 00 0000 00000003 -- fragment header of a whole datagram\n"
			       TCP HELLO), DECODED_TCP);
	assert_int_equal(packet.payload.n, 3);
	assert_string_equal(path(), "ether ipv6 hopopt dstopt routing ah fragment tcp");

	assert_int_equal(ether(ETH "86dd" IP6("00", "0018")
			       "06 04 0104 00000000 -- 40 bytes that are not there\n" TCP),
			 DECODED_MALFORMED);
}

static void the_last_stop_is_the_destination(void **state)
{
	(void)state;
	/* Segment routing: the list is in reverse. */
	assert_int_equal(ether(ETH "86dd" IP6("2b", "003f")
			       "06 04 04 01 00000000 -- type 4, segments left 1\n"
			       "20010db8000000000000000000000009"
			       "20010db8000000000000000000000002" TCP HELLO), DECODED_TCP);
	assert_ends("2001:db8::1", "2001:db8::9");
	assert_int_equal(ether(ETH "86dd" IP6("2b", "003f")
			       "06 04 00 01 00000000 -- type 0, segments left 1\n"
			       "20010db8000000000000000000000002"
			       "20010db8000000000000000000000009" TCP HELLO), DECODED_TCP);
	assert_ends("2001:db8::1", "2001:db8::9");
	assert_int_equal(ether(ETH "86dd" IP6("2b", "001f")
			       "06 00 04 01 00000000 -- stops left, but none named\n" TCP HELLO),
			 DECODED_MALFORMED);
}

static void mapped_addresses_are_a_lie(void **state)
{
	(void)state;
	assert_int_equal(ether(ETH "86dd 60000000 0014 06 40"
			       "00000000000000000000ffff0a000001"
			       "20010db8000000000000000000000002" TCP), DECODED_MALFORMED);
}

static void fragments(void **state)
{
	(void)state;
	assert_int_equal(ether(ETH "0800" "4500 002b 0007 2000 40 06 0000 0a000001 0a000002"
			       TCP HELLO), DECODED_FRAGMENT);
	assert_true(packet.cause_key == KEY_IPPROTO && packet.cause_value == 6);
	assert_int_equal(packet.payload.n, 23);
	assert_ends("10.0.0.1", "10.0.0.2");
	assert_int_equal(ether(ETH "0800" "4500 002b 0007 0001 40 11 0000 0a000001 0a000002"
			       TCP HELLO), DECODED_FRAGMENT);
	assert_true(packet.cause_key == KEY_IPPROTO && packet.cause_value == 17);
	/* "Don't fragment" is no fragment. */
	assert_int_equal(ether(ETH "0800" "4500 002b 0007 4000 40 06 0000 0a000001 0a000002"
			       TCP HELLO), DECODED_TCP);
	assert_int_equal(ether(ETH "86dd" IP6("2c", "001c") "06 00 0001 00000007" TCP),
			 DECODED_FRAGMENT);
	assert_true(packet.cause_key == KEY_IPPROTO && packet.cause_value == 6);
	assert_int_equal(ether(ETH "86dd" IP6("2c", "001c") "06 00 0008 00000007" TCP),
			 DECODED_FRAGMENT);
}

static void vlans(void **state)
{
	uint32_t one;

	(void)state;
	assert_int_equal(ether(ETH "8100 6014 0800" IP4("06", "002b") TCP HELLO), DECODED_TCP);
	assert_hello();
	assert_true(packet.nvlans == 1 && packet.vlans[0] == 20);
	one = packet.net;
	assert_int_not_equal(one, 0);

	assert_int_equal(ether(ETH "88a8 0064 8100 0014 0800" IP4("06", "002b") TCP HELLO),
			 DECODED_TCP);
	assert_hello();
	assert_true(packet.nvlans == 2 && packet.vlans[0] == 100 && packet.vlans[1] == 20);
	assert_int_not_equal(packet.net, one);
	assert_string_equal(path(), "ether qinq vlan ipv4 tcp");

	assert_int_equal(ether(ETH "9100 0064 8100 0014 8100 0015 8100 0016 8100 0017 0800"
			       IP4("06", "002b") TCP HELLO), DECODED_TCP);
	assert_hello();
	assert_true(packet.nvlans == 4 && packet.vlans[3] == 22);

	/* A priority without a VLAN is the same network as no tag. */
	assert_int_equal(ether(ETH "8100 e000 0800" IP4("06", "002b") TCP HELLO), DECODED_TCP);
	assert_true(packet.nvlans == 0 && packet.net == 0);
}

static void llc_and_snap(void **state)
{
	(void)state;
	assert_int_equal(ether(ETH "0033 aaaa03 000000 0800" IP4("06", "002b") TCP HELLO "ff"),
			 DECODED_TCP);
	assert_hello();
	assert_int_equal(ether(ETH "0033 aaaa03 0000f8 0800" IP4("06", "002b") TCP HELLO),
			 DECODED_TCP);
	assert_hello();
	assert_int_equal(ether(ETH "8100 0014 0033 aaaa03 000000 0800" IP4("06", "002b") TCP
			       HELLO), DECODED_TCP);
	assert_hello();
	assert_int_equal(ether(ETH "0007 424203 0000 00 00 -- STP\n"), DECODED_OTHER);
	assert_int_equal(ether(ETH "000a aaaa03 00000c 2000 02b4 -- CDP\n"), DECODED_OTHER);
}

static void other_links(void **state)
{
	(void)state;
	assert_int_equal(run(113, "0000 0001 0006 020000000002 0000 0800" IP4("06", "002b") TCP
			     HELLO, 0), DECODED_TCP);
	assert_hello();
	assert_null(packet.macs);
	assert_int_equal(run(276, "0800 0000 00000002 0001 00 06 020000000002 0000"
			     IP4("06", "002b") TCP HELLO, 0), DECODED_TCP);
	assert_hello();
	assert_int_equal(run(113, "0000 0001 0006 020000000002 0000 0004 -- LLC follows\n"
			     "aaaa03 000000 0800" IP4("06", "002b") TCP HELLO, 0), DECODED_TCP);
	assert_int_equal(run(113, "0000 0001 0006 020000000002 0000 0001 ffff", 0),
			 DECODED_OTHER);
	assert_int_equal(run(113, "0004 0338 0000 0000000000000000 0000 -- netlink\n", 0),
			 DECODED_OTHER);
	assert_int_equal(run(113, "0000 0302 0000 0000000000000000 0000 -- frame relay\n", 0),
			 DECODED_LINKTYPE);
	assert_int_equal(packet.cause_value, 107);

	assert_int_equal(run(0, "02000000" IP4("06", "002b") TCP HELLO, 0), DECODED_TCP);
	assert_hello();
	assert_int_equal(run(0, "00000002" IP4("06", "002b") TCP HELLO, 0), DECODED_TCP);
	assert_hello();
	assert_int_equal(run(0, "1e000000" IP6("06", "0014") TCP, 0), DECODED_TCP);
	assert_int_equal(run(0, "1c000000" IP6("06", "0014") TCP, 0), DECODED_TCP);
	assert_int_equal(run(108, "00000018" IP6("06", "0014") TCP, 0), DECODED_TCP);
	assert_int_equal(run(108, "00000002" IP4("06", "002b") TCP HELLO, 0), DECODED_TCP);
	assert_int_equal(run(108, "02000000" IP4("06", "002b") TCP HELLO, 0), DECODED_LAYER);
	assert_true(packet.cause_key == KEY_LINK && packet.cause_value == 108);
	assert_int_equal(run(0, "17000000", 0), DECODED_OTHER);

	assert_int_equal(run(228, IP4("06", "002b") TCP HELLO, 0), DECODED_TCP);
	assert_hello();
	assert_int_equal(run(229, IP6("06", "0014") TCP, 0), DECODED_TCP);
	assert_int_equal(run(101, IP4("06", "002b") TCP HELLO, 0), DECODED_TCP);
	assert_int_equal(run(12, IP6("06", "0014") TCP, 0), DECODED_TCP);
	assert_int_equal(run(14, IP4("06", "002b") TCP HELLO, 0), DECODED_TCP);
	assert_string_equal(path(), "raw ipv4 tcp");
	assert_int_equal(run(101, "50", 0), DECODED_MALFORMED);
	assert_int_equal(run(101, "", 0), DECODED_MALFORMED);
	assert_int_equal(run(101, "", 40), DECODED_SHORT);

	assert_int_equal(run(147, IP4("06", "002b") TCP HELLO, 0), DECODED_LINKTYPE);
	assert_true(packet.cause_key == KEY_LINK && packet.cause_value == 147);
	assert_int_equal(packet.depth, 0);
}

static void ip_in_ip(void **state)
{
	(void)state;
	assert_int_equal(ether(ETH "0800" OUTER4("04", "003f") IP4("06", "002b") TCP HELLO),
			 DECODED_TCP);
	assert_hello();
	assert_null(packet.macs);
	assert_string_equal(path(), "ether ipv4 ipip tcp");
	assert_int_equal(ether(ETH "0800" OUTER4("29", "0053") IP6("06", "0017") TCP HELLO),
			 DECODED_TCP);
	assert_ends("2001:db8::1", "2001:db8::2");
	assert_string_equal(path(), "ether ipv4 6in4 tcp");
	assert_int_equal(ether(ETH "86dd" IP6("04", "002b") IP4("06", "002b") TCP HELLO),
			 DECODED_TCP);
	assert_hello();
	/* The inner datagram claims a byte that the outer one has not. */
	assert_int_equal(ether(ETH "0800" OUTER4("04", "003f") IP4("06", "002c") TCP HELLO "ff"),
			 DECODED_MALFORMED);
}

static void gre(void **state)
{
	uint32_t net;

	(void)state;
	assert_int_equal(ether(ETH "0800" OUTER4("2f", "0043") "0000 0800"
			       IP4("06", "002b") TCP HELLO), DECODED_TCP);
	assert_hello();
	assert_null(packet.macs);
	assert_string_equal(path(), "ether ipv4 gre ipv4 tcp");
	assert_int_equal(packet.net, 0);

	assert_int_equal(ether(ETH "0800" OUTER4("2f", "004f") "b000 0800 -- checksum key seq\n"
			       "abcd 0000 00000007 00000001" IP4("06", "002b") TCP HELLO),
			 DECODED_TCP);
	assert_hello();
	assert_int_not_equal(packet.net, 0);

	assert_int_equal(ether(ETH "0800" OUTER4("2f", "0055") "2000 6558 -- bridged, NVGRE\n"
			       "00002a11" ETH_INNER "0800" IP4("06", "002b") TCP HELLO),
			 DECODED_TCP);
	assert_hello();
	assert_int_equal(packet.macs[5], 3);
	net = packet.net;
	assert_int_equal(ether(ETH "0800" OUTER4("2f", "0055") "2000 6558 00002a99"
			       ETH_INNER "0800" IP4("06", "002b") TCP HELLO), DECODED_TCP);
	assert_int_equal(packet.net, net);

	assert_int_equal(ether(ETH "0800" OUTER4("2f", "0018") "0000 0000 -- keepalive\n"),
			 DECODED_OTHER);
	assert_int_equal(ether(ETH "0800" OUTER4("2f", "0018") "0000 880b -- PPP of no version\n"),
			 DECODED_LAYER);
	assert_true(packet.cause_key == KEY_ETHERTYPE && packet.cause_value == 0x880b);
	assert_int_equal(ether(ETH "0800" OUTER4("2f", "0018") "4000 0800 -- routing\n"),
			 DECODED_LAYER);
	assert_true(packet.cause_key == KEY_IPPROTO && packet.cause_value == 47);
	assert_int_equal(ether(ETH "0800" OUTER4("2f", "0018") "0002 0800 -- version 2\n"),
			 DECODED_MALFORMED);
	assert_int_equal(ether(ETH "0800" OUTER4("2f", "001a") "2000 0800 0000 -- half a key\n"),
			 DECODED_MALFORMED);
}

static void erspan(void **state)
{
	(void)state;
	assert_int_equal(ether(ETH "0800" OUTER4("2f", "0051") "0000 88be -- type I\n"
			       ETH_INNER "0800" IP4("06", "002b") TCP HELLO), DECODED_TCP);
	assert_hello();
	assert_false(packet.has_erspan);
	assert_string_equal(path(), "ether ipv4 gre erspan1 ether ipv4 tcp");

	assert_int_equal(ether(ETH "0800" OUTER4("2f", "005d") "1000 88be 00000009 -- type II\n"
			       "1014 -- version 1, VLAN 20\n 1065 -- 802.1Q, session 101\n"
			       "00000007 -- port index\n"
			       ETH_INNER "0800" IP4("06", "002b") TCP HELLO), DECODED_TCP);
	assert_hello();
	assert_true(packet.has_erspan && packet.erspan == 101);
	assert_true(packet.nvlans == 1 && packet.vlans[0] == 20);
	assert_int_equal(packet.net, 0);
	assert_int_equal(packet.macs[5], 3);

	assert_int_equal(ether(ETH "0800" OUTER4("2f", "0061") "1000 88be 00000009 -- type II\n"
			       "1014 1865 00000007 -- the tag is in the frame\n"
			       ETH_INNER "8100 0014 0800" IP4("06", "002b") TCP HELLO),
			 DECODED_TCP);
	assert_true(packet.nvlans == 1 && packet.vlans[0] == 20);
	assert_int_equal(ether(ETH "0800" OUTER4("2f", "0024") "1000 88be 00000009"
			       "2014 1065 00000007 -- version 2 is not type II\n"),
			 DECODED_MALFORMED);

	assert_int_equal(ether(ETH "0800" OUTER4("2f", "0061") "1000 22eb 00000009 -- type III\n"
			       "2014 03ff 00000001 0000 0000 -- session 1023\n"
			       ETH_INNER "0800" IP4("06", "002b") TCP HELLO), DECODED_TCP);
	assert_hello();
	assert_true(packet.has_erspan && packet.erspan == 1023);
	assert_string_equal(path(), "ether ipv4 gre erspan3 ether ipv4 tcp");
	assert_int_equal(ether(ETH "0800" OUTER4("2f", "0069") "1000 22eb 00000009 -- type III\n"
			       "2014 0065 00000001 0000 0001 -- with a platform's subheader\n"
			       "0c00000000000000" ETH_INNER "0800" IP4("06", "002b") TCP HELLO),
			 DECODED_TCP);
	assert_hello();
	assert_int_equal(ether(ETH "0800" OUTER4("2f", "0053") "1000 22eb 00000009 -- type III\n"
			       "2014 0065 00000001 0000 0800 -- of an IP packet\n"
			       IP4("06", "002b") TCP HELLO), DECODED_TCP);
	assert_hello();
	assert_int_equal(ether(ETH "0800" OUTER4("2f", "0028") "1000 22eb 00000009 -- type III\n"
			       "2014 0065 00000001 0000 0400 -- of something else\n"),
			 DECODED_LAYER);
	assert_true(packet.cause_key == KEY_ERSPAN && packet.cause_value == 3);
}

static void vxlan(void **state)
{
	uint32_t net;

	(void)state;
	assert_int_equal(ether(ETH "0800" OUTER4("11", "005d") "d431 12b5 0049 0000"
			       "08 000000 00002a 00 -- VNI 42\n"
			       ETH_INNER "0800" IP4("06", "002b") TCP HELLO), DECODED_TCP);
	assert_hello();
	assert_true(packet.has_vni && packet.vni == 42);
	assert_int_equal(packet.macs[5], 3);
	net = packet.net;
	assert_int_not_equal(net, 0);
	assert_string_equal(path(), "ether ipv4 udp vxlan ether ipv4 tcp");

	assert_int_equal(ether(ETH "0800" OUTER4("11", "005d") "d431 2118 0049 0000"
			       "88 000007 00002a 00 -- Linux' old port, group policy\n"
			       ETH_INNER "0800" IP4("06", "002b") TCP HELLO), DECODED_TCP);
	assert_hello();
	assert_int_equal(packet.net, net);

	/* Somebody's datagram to a port that is VXLAN's by chance. */
	assert_int_equal(ether(ETH "0800" OUTER4("11", "0024") "0035 12b5 0010 0000"
			       "0c 340000 00002a 00"), DECODED_UDP);
	assert_int_equal(packet.payload.n, 8);
	assert_string_equal(path(), "ether ipv4 udp");
	assert_int_equal(ether(ETH "0800" OUTER4("11", "0023") "0035 12b5 000f 0000"
			       "08 000000 00002a"), DECODED_UDP);
	assert_int_equal(packet.payload.n, 7);
}

static void geneve(void **state)
{
	uint32_t net;

	(void)state;
	assert_int_equal(ether(ETH "0800" OUTER4("11", "0065") "d431 17c1 0051 0000"
			       "02 00 6558 00002a 00 -- version 0, VNI 42\n"
			       "0103 00 01 00000000 -- options\n"
			       ETH_INNER "0800" IP4("06", "002b") TCP HELLO), DECODED_TCP);
	assert_hello();
	assert_true(packet.has_vni && packet.vni == 42);
	assert_int_equal(packet.macs[5], 3);
	net = packet.net;
	assert_int_not_equal(net, 0);
	assert_string_equal(path(), "ether ipv4 udp geneve ether ipv4 tcp");

	assert_int_equal(ether(ETH "0800" OUTER4("11", "004f") "d431 17c1 003b 0000"
			       "00 00 0800 00002a 00 -- IPv4 itself\n"
			       IP4("06", "002b") TCP HELLO), DECODED_TCP);
	assert_hello();
	assert_null(packet.macs);
	assert_int_equal(packet.net, net);

	/* Version 1; a reserved bit; options that are not there. */
	assert_int_equal(ether(ETH "0800" OUTER4("11", "0024") "0035 17c1 0010 0000"
			       "40 00 6558 00002a 00"), DECODED_UDP);
	assert_int_equal(packet.payload.n, 8);
	assert_int_equal(ether(ETH "0800" OUTER4("11", "0024") "0035 17c1 0010 0000"
			       "00 01 6558 00002a 00"), DECODED_UDP);
	assert_string_equal(path(), "ether ipv4 udp");
	assert_int_equal(ether(ETH "0800" OUTER4("11", "0024") "0035 17c1 0010 0000"
			       "01 00 6558 00002a 00"), DECODED_MALFORMED);
}

static void cisco_metadata(void **state)
{
	(void)state;
	assert_int_equal(ether(ETH "8909 01 01 0001 0007 0800" IP4("06", "002b") TCP HELLO),
			 DECODED_TCP);
	assert_hello();
	assert_int_equal(packet.net, 0);
	assert_int_equal(ether(ETH "8909 02 01 0001 0007 0800" IP4("06", "002b") TCP HELLO),
			 DECODED_LAYER);
	assert_true(packet.cause_key == KEY_ETHERTYPE && packet.cause_value == 0x8909);
	assert_int_equal(run(1, ETH "8909 01 01", 60), DECODED_SHORT);
}

static void udp(void **state)
{
	(void)state;
	assert_int_equal(ether(ETH "0800" IP4("11", "0020") "c001 0035 000a 0000 1234 -- DNS\n"
			       "ffff -- behind UDP's length\n"), DECODED_UDP);
	assert_true(packet.sport == 49153 && packet.dport == 53);
	assert_true(packet.payload.n == 2 && packet.payload_length == 2);
	assert_int_equal(run(1, ETH "0800" IP4("11", "0120") "c001 01bb 010c 0000 1234", 1000),
			 DECODED_UDP);
	assert_true(packet.payload.n == 2 && packet.payload_length == 260);
}

static void of_no_concern(void **state)
{
	(void)state;
	assert_int_equal(ether(ETH "0806 0001"), DECODED_OTHER);
	assert_false(decoded_badly(DECODED_OTHER));
	assert_int_equal(ether(ETH "88cc"), DECODED_OTHER);
	assert_int_equal(ether(ETH "8100 0014 888e"), DECODED_OTHER);
	assert_int_equal(ether(ETH "88f7"), DECODED_OTHER);
	assert_int_equal(ether(ETH "0800" IP4("01", "0014")), DECODED_OTHER);
	assert_int_equal(ether(ETH "0800" IP4("02", "0014")), DECODED_OTHER);
	assert_int_equal(ether(ETH "0800" IP4("32", "0014")), DECODED_OTHER);
	assert_int_equal(ether(ETH "0800" IP4("59", "0014")), DECODED_OTHER);
	assert_int_equal(ether(ETH "0800" IP4("84", "0014")), DECODED_OTHER);
	assert_int_equal(ether(ETH "86dd" IP6("3a", "0000")), DECODED_OTHER);
}

static void not_read(void **state)
{
	(void)state;
	assert_int_equal(ether(ETH "88e5 00 -- MACsec\n"), DECODED_LAYER);
	assert_true(packet.cause_key == KEY_ETHERTYPE && packet.cause_value == 0x88e5);
	assert_true(decoded_badly(DECODED_LAYER));
	assert_int_equal(ether(ETH "0600 00"), DECODED_LAYER);
	assert_int_equal(ether(ETH "0800" IP4("73", "0014") " -- L2TP\n"), DECODED_LAYER);
	assert_true(packet.cause_key == KEY_IPPROTO && packet.cause_value == 115);
	assert_string_equal(key_name(packet.cause_key), "IP protocol");
	assert_string_equal(decoded_name(DECODED_LAYER), "unknown protocol");
}

static void nesting_ends(void **state)
{
	char hex[4096] = ETH;

	(void)state;
	for (int i = 0; i < 14; i++)
		strcat(hex, "8100 0001 ");
	strcat(hex, "0806");
	assert_int_equal(ether(hex), DECODED_OTHER);
	assert_int_equal(packet.depth, DECODE_DEPTH);
	strcpy(hex, ETH);
	for (int i = 0; i < 40; i++)
		strcat(hex, "8100 0001 ");
	assert_int_equal(ether(hex), DECODED_DEEP);
	assert_int_equal(packet.depth, DECODE_DEPTH);
	assert_true(packet.cause_key == KEY_ETHERTYPE && packet.cause_value == 0x8100);
}

/* ---- every prefix, every bit ---------------------------------------------------------- */

static const struct stacked stacked[] = {
	{ 1, ETH "88a8 0064 8100 0014 0800" IP4("06", "002b") TCP HELLO },
	{ 1, ETH "86dd" IP6("00", "0057") "3c 00 0104 00000000 2b 01 010c 00000000"
	  "0000000000000000 33 00 00 00 00000000 2c 04 0000 00000001 00000002 aabbccdd aabbccdd"
	  "aabbccdd 06 00 0000 00000003" TCP HELLO },
	{ 1, ETH "86dd" IP6("2b", "003f") "06 04 04 01 00000000"
	  "20010db8000000000000000000000009 20010db8000000000000000000000002" TCP HELLO },
	{ 1, ETH "0800" OUTER4("2f", "0069") "1000 22eb 00000009 2014 0065 00000001 0000 0001"
	  "0c00000000000000" ETH_INNER "0800" IP4("06", "002b") TCP HELLO },
	{ 1, ETH "0800" OUTER4("2f", "0061") "1000 88be 00000009 1014 1865 00000007"
	  ETH_INNER "8100 0014 0800" IP4("06", "002b") TCP HELLO },
	{ 1, ETH "0800" OUTER4("2f", "004f") "b000 0800 abcd 0000 00000007 00000001"
	  IP4("06", "002b") TCP HELLO },
	{ 1, ETH "8100 000a 0800" OUTER4("11", "005d") "d431 12b5 0049 0000 08 000000 00002a 00"
	  ETH_INNER "0800" IP4("06", "002b") TCP HELLO },
	{ 1, ETH "0033 aaaa03 000000 0800" IP4("06", "002b") TCP HELLO },
	{ 1, ETH "0800" OUTER4("29", "0053") IP6("06", "0017") TCP HELLO },
	{ 1, ETH "8909 01 01 0001 0007 0800" OUTER4("11", "0065") "d431 17c1 0051 0000"
	  "02 00 6558 00002a 00 0103000100000000" ETH_INNER "0800" IP4("06", "002b") TCP HELLO },
	{ 276, "0800 0000 00000002 0001 00 06 020000000002 0000" IP4("06", "002b") TCP HELLO },
	{ 0, "02000000" IP4("11", "001e") "c001 0035 000a 0000 1234" },
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
		cmocka_unit_test(plain_tcp),
		cmocka_unit_test(options_are_skipped),
		cmocka_unit_test(a_network_card_cuts_later),
		cmocka_unit_test(a_frame_of_256_kib),
		cmocka_unit_test(the_snap_length_cuts_payload),
		cmocka_unit_test(the_snap_length_cuts_headers),
		cmocka_unit_test(lying_lengths),
		cmocka_unit_test(ipv6_and_its_extensions),
		cmocka_unit_test(the_last_stop_is_the_destination),
		cmocka_unit_test(mapped_addresses_are_a_lie),
		cmocka_unit_test(fragments),
		cmocka_unit_test(vlans),
		cmocka_unit_test(llc_and_snap),
		cmocka_unit_test(other_links),
		cmocka_unit_test(ip_in_ip),
		cmocka_unit_test(gre),
		cmocka_unit_test(erspan),
		cmocka_unit_test(vxlan),
		cmocka_unit_test(geneve),
		cmocka_unit_test(cisco_metadata),
		cmocka_unit_test(udp),
		cmocka_unit_test(of_no_concern),
		cmocka_unit_test(not_read),
		cmocka_unit_test(nesting_ends),
		cmocka_unit_test(every_prefix),
		cmocka_unit_test(every_bit),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	exact_free(bytes);
	return failed;
}
