/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hellos: handshakes as bytes, for the tests of tls/ (test_hex() reads them).
 *
 * Each is a whole record but where its comment says otherwise.
 */
#ifndef TESTS_HELLOS_H
#define TESTS_HELLOS_H

#define RANDOM32 \
	"000102030405060708090a0b0c0d0e0f 101112131415161718191a1b1c1d1e1f\n"

/* Schannel of Windows XP: eleven suites, nothing else (JA3 README, second example). */
#define HELLO_XP \
	"16 0301 0041		-- handshake, TLS 1.0\n" \
	"01 00003d		-- ClientHello\n" \
	"0301 " RANDOM32 \
	"00			-- no session id\n" \
	"0016 0004 0005 000a 0009 0064 0062 0003 0006 0013 0012 0063\n" \
	"01 00			-- no compression\n"

/* Schannel of Windows Vista (JA3 README, first example), to resume a session. */
#define HELLO_VISTA \
	"16 0301 0080		-- handshake, TLS 1.0\n" \
	"01 00007c		-- ClientHello\n" \
	"0301 " RANDOM32 \
	"04 aabbccdd		-- session id\n" \
	"0018 002f 0035 0005 000a c009 c00a c013 c014 0032 0038 0013 0004\n" \
	"01 00\n" \
	"0037			-- extensions\n" \
	"0000 0021 001f 00 001c 6175746f646973636f7665722e6f7574706f73742e6578616d706c65\n" \
	"000a 0008 0006 0017 0018 0019\n" \
	"000b 0002 01 00\n"

/* OpenSSL 3.0, s_client -alpn h2,http/1.1 */
#define HELLO_OPENSSL \
	"16 0301 0154		-- handshake; TLS 1.0 says nothing here\n" \
	"01 000150		-- ClientHello\n" \
	"0303 3fc90c1e760623718e60d672dc65f2378f2975745a6c33f666c2a273443fb498\n" \
	"20 8195de9f3f81d23e69540edfe530a1f6a337ff829d4b0206d4ec6ddf43942c3c\n" \
	"003e 1302 1303 1301 c02c c030 009f cca9 cca8 ccaa c02b c02f 009e c024 c028 006b c023\n" \
	"     c027 0067 c00a c014 0039 c009 c013 0033 009d 009c 003d 003c 0035 002f 00ff\n" \
	"01 00\n" \
	"00c9\n" \
	"0000 001a 0018 00 0015 6f75746c6f6f6b2e6f66666963653336352e636f6d\n" \
	"000b 0004 03 00 01 02\n" \
	"000a 0016 0014 001d 0017 001e 0019 0018 0100 0101 0102 0103 0104\n" \
	"0023 0000		-- session_ticket, empty\n" \
	"0010 000e 000c 02 6832 08 687474702f312e31\n" \
	"0016 0000		-- encrypt_then_mac\n" \
	"0017 0000		-- extended_master_secret\n" \
	"000d 002a 0028 0403 0503 0603 0807 0808 0809 080a 080b 0804 0805 0806 0401 0501 0601\n" \
	"               0303 0301 0302 0402 0502 0602\n" \
	"002b 0009 08 0304 0303 0302 0301\n" \
	"002d 0002 01 01		-- psk_key_exchange_modes\n" \
	"0033 0026 0024 001d 0020\n" \
	"     83c2ee8532e7fa1040c08772c5b829a966da2cdc3761ebed539adb63c905796f\n"

/* Internet Explorer 6: TLS suites and SSL 2.0 kinds in SSLv2 format. */
#define HELLO_SSLV2 \
	"804c 01 0300		-- two-byte header, CLIENT-HELLO, up to SSL 3.0\n" \
	"0033 0000 0010		-- lengths: kinds, session id, challenge\n" \
	"000004 000005 00000a 010080 0700c0 030080 000009 060040 000064 000062\n" \
	"000003 000006 020080 040080 000013 000012 000063\n" \
	"00112233445566778899aabbccddeeff\n"

/* The same message behind a three-byte header, with two bytes of padding. */
#define HELLO_SSLV2_PADDED \
	"004e 02 01 0300\n" \
	"0033 0000 0010\n" \
	"000004 000005 00000a 010080 0700c0 030080 000009 060040 000064 000062\n" \
	"000003 000006 020080 040080 000013 000012 000063\n" \
	"00112233445566778899aabbccddeeff 0000\n"

#define SERVER_HELLO_SSLV2 \
	"801a 04 00 01 0002	-- SERVER-HELLO, no hit, X.509, SSL 2.0\n" \
	"0005 0006 0004		-- lengths: certificate, kinds, connection id\n" \
	"3003020101 010080 0700c0 c0ffee00\n"

/* A TLS 1.2 ServerHello that resumes HELLO_VISTA's session. */
#define SERVER_HELLO_RESUMES \
	"16 0301 0035 02 000031 0301 " RANDOM32 "04 aabbccdd 002f 00\n" \
	"0005 ff01 0001 00\n"

/* TLS 1.2 by a server that could have done 1.3: RFC 8446 section 4.1.3. */
#define SERVER_HELLO_1_2 \
	"16 0303 003b 02 000037\n" \
	"0303 000102030405060708090a0b0c0d0e0f1011121314151617 444f574e47524401\n" \
	"00 c02f 00 000f ff01 0001 00 0010 0006 0004 03 666f6f\n"

/* TLS 1.3 */
#define SERVER_HELLO_1_3 \
	"16 0303 005a 02 000056 0303 " RANDOM32 "00 1302 00 002e\n" \
	"002b 0002 0304 0033 0024 001d 0020 " RANDOM32

#define HELLO_RETRY \
	"16 0303 0038 02 000034 0303\n" \
	"cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c\n" \
	"00 1301 00 000c 002b 0002 0304 0033 0002 0018\n"

/* Draft 18: neither session id nor compression method. */
#define SERVER_HELLO_DRAFT \
	"16 0301 0030 02 00002c 7f12 " RANDOM32 "1301 0006 002a 0002 0000\n"

#define CHANGE_CIPHER "14 0303 0001 01\n"
#define FINISHED "16 0303 0028 0000000000000000 5f5e5d5c5b5a59585756555453525150 " \
	"4f4e4d4c4b4a49484746454443424140\n"
#define APPLICATION "17 0303 0005 0102030405\n"
#define ALERT_VERSION "15 0301 0002 02 46\n"

#endif
