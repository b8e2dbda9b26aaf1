/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hellos: what the bytes say, whatever is missing, flipped or lying.
 */
#include "test.h"

#include "hellos.h"
#include "tls/tls.h"

/* The body of the message in a record, the record in a block of its own. */
static struct slice body_of(struct slice record)
{
	struct cursor c = cursor_of(record);
	struct tls_reader r = { .room = NULL };
	struct tls_unit u;
	enum tls_says says = tls_read(&r, &c, &u);

	assert_true(says == TLS_MESSAGE || says == TLS_SSL2_HELLO || says == TLS_SSL2_SERVER_HELLO);
	return u.body;
}

static struct hello client(struct slice record)
{
	struct hello h;

	assert_int_equal(client_hello_parse(body_of(record), true, &h), PARSE_OK);
	return h;
}

static struct hello server(struct slice record)
{
	struct hello h;

	assert_int_equal(server_hello_parse(body_of(record), true, &h), PARSE_OK);
	return h;
}

static void assert_bytes(struct slice s, const char *hex)
{
	struct slice want = test_hex(hex);

	assert_int_equal(s.n, want.n);
	assert_memory_equal(s.p, want.p, want.n);
	exact_free(want);
}

/* A ClientHello body with these extensions: TLS 1.2, one suite. */
static struct slice with_extensions(const char *version, const char *hex)
{
	char text[8192];
	struct slice block = test_hex(hex), s;

	snprintf(text, sizeof(text), "%s " RANDOM32 "00 0002 002f 01 00 %04zx %s", version, block.n,
		 hex);
	exact_free(block);
	s = test_hex(text);
	return s;
}

static void reads_a_modern_hello(void **state)
{
	struct slice s = test_hex(HELLO_OPENSSL), list;
	struct hello h = client(s);

	(void)state;
	assert_true(h.complete && h.odd == 0 && h.format == HELLO_TLS && h.has_extensions);
	assert_int_equal(h.version, TLS1_2);
	assert_int_equal(h.size, 0x154);
	assert_true(h.random.n == 32 && h.session_id.n == 32 && h.ciphers.n == 62);
	assert_bytes(h.compressions, "00");
	assert_true(offer_server_name(&h, &list));
	assert_slice(list, "outlook.office365.com");
	assert_true(offer_versions(&h, &list));
	assert_bytes(list, "0304 0303 0302 0301");
	assert_true(offer_groups(&h, &list) && list.n == 20);
	assert_true(offer_point_formats(&h, &list));
	assert_bytes(list, "00 01 02");
	assert_true(offer_signatures(&h, &list) && list.n == 40);
	assert_true(offer_alpn(&h, &list));
	assert_bytes(list, "02 6832 08 687474702f312e31");
	assert_true(offer_key_shares(&h, &list) && list.n == 36);
	assert_int_equal(offer_max(&h), TLS1_3);
	assert_true(offer_has_cipher(&h, 0x00ff) && !offer_has_cipher(&h, 0x5600));
	assert_false(offer_grease(&h));
	assert_false(offer_resumes(&h));	/* the session id is for middleboxes */
	assert_true(hello_ext(&h, EXT_ENCRYPT_THEN_MAC, &list) && list.n == 0);
	assert_false(hello_ext(&h, EXT_ECH, &list));
	exact_free(s);
}

static void reads_old_hellos(void **state)
{
	struct slice s = test_hex(HELLO_XP), name;
	struct hello h = client(s);

	(void)state;
	assert_true(h.complete && h.odd == 0 && !h.has_extensions && h.extensions.n == 0);
	assert_true(h.ciphers.n == 22 && offer_max(&h) == TLS1_0);
	assert_false(offer_server_name(&h, &name));
	exact_free(s);

	s = test_hex(HELLO_VISTA);
	h = client(s);
	assert_true(h.odd == 0 && offer_max(&h) == TLS1_0 && offer_resumes(&h));
	assert_true(offer_server_name(&h, &name));
	assert_slice(name, "autodiscover.outpost.example");
	exact_free(s);
}

static void reads_sslv2_format(void **state)
{
	struct slice s = test_hex(HELLO_SSLV2);
	struct hello h;

	(void)state;
	assert_int_equal(sslv2_client_hello_parse(body_of(s), true, &h), PARSE_OK);
	assert_true(h.complete && h.odd == 0 && h.format == HELLO_SSL2 && h.size == s.n);
	assert_true(h.ciphers.n == 51 && h.random.n == 16 && h.session_id.n == 0);
	assert_int_equal(offer_max(&h), SSL3);
	assert_true(offer_has_cipher(&h, 0x0064) && !offer_has_cipher(&h, 0x0080));
	exact_free(s);

	s = test_hex(SERVER_HELLO_SSLV2);
	assert_int_equal(sslv2_server_hello_parse(body_of(s), true, &h), PARSE_OK);
	assert_true(h.complete && h.odd == 0 && answer_version(&h) == SSL2);
	assert_bytes(h.ciphers, "010080 0700c0");
	assert_bytes(h.session_id, "c0ffee00");
	assert_false(answer_resumed(&h, &h));
	exact_free(s);
	s = test_hex("800b 04 01 00 0002 0000 0000 0000");
	assert_int_equal(sslv2_server_hello_parse(body_of(s), true, &h), PARSE_OK);
	assert_true(answer_resumed(&h, &h));
	exact_free(s);
}

static void reads_answers(void **state)
{
	struct slice s = test_hex(SERVER_HELLO_1_2), name;
	struct hello h = server(s);
	uint16_t group;

	(void)state;
	assert_true(h.complete && h.odd == 0 && answer_version(&h) == TLS1_2);
	assert_int_equal(answer_sentinel(&h), TLS1_2);
	assert_bytes(h.ciphers, "c02f");
	assert_true(answer_alpn(&h, &name));
	assert_slice(name, "foo");
	assert_false(answer_is_retry(&h) || answer_group(&h, &group));
	exact_free(s);

	s = test_hex(SERVER_HELLO_1_3);
	h = server(s);
	assert_true(answer_version(&h) == TLS1_3 && h.version == TLS1_2);
	assert_true(answer_group(&h, &group) && group == 0x001d);
	assert_true(answer_sentinel(&h) == 0 && !answer_is_retry(&h) && !answer_alpn(&h, &name));
	exact_free(s);

	s = test_hex(HELLO_RETRY);
	h = server(s);
	assert_true(answer_is_retry(&h) && answer_version(&h) == TLS1_3);
	assert_true(answer_group(&h, &group) && group == 0x0018);
	exact_free(s);

	s = test_hex(SERVER_HELLO_DRAFT);
	h = server(s);
	assert_true(h.complete && h.odd == 0 && h.version == 0x7f12);
	assert_true(answer_version(&h) == TLS1_3 && h.ciphers.n == 2 && h.compressions.n == 0);
	assert_true(hello_ext(&h, EXT_EARLY_DATA, &name) && name.n == 2);
	exact_free(s);
}

/* RFC 8446 section 4.1.3: the last eight bytes, and only below TLS 1.3. */
static void the_sentinel_needs_a_lower_version(void **state)
{
	static const struct {
		const char *version, *last;
		uint16_t want;
	} cases[] = {
		{ "0303", "444f574e47524401", TLS1_2 }, { "0301", "444f574e47524400", TLS1_1 },
		{ "0303", "444f574e47524402", 0 }, { "0303", "444f574e47524301", 0 },
		{ "0304", "444f574e47524401", 0 }, { "7f1c", "444f574e47524401", 0 },
		{ "0399", "444f574e47524401", 0 }
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[256];
		struct slice s;
		struct hello h;

		snprintf(text, sizeof(text), "%s 000102030405060708090a0b0c0d0e0f1011121314151617"
			 "%s 00 002f 00", cases[i].version, cases[i].last);
		s = test_hex(text);
		assert_int_equal(server_hello_parse(s, true, &h), PARSE_OK);
		assert_int_equal(answer_sentinel(&h), cases[i].want);
		exact_free(s);
	}
}

static void resumption_shows_in_the_hellos(void **state)
{
	struct slice vista = test_hex(HELLO_VISTA), xp = test_hex(HELLO_XP), openssl, s13;
	struct slice echo = test_hex(SERVER_HELLO_RESUMES);
	struct hello offer = client(vista), none = client(xp), answer = server(echo), h;

	(void)state;
	assert_true(answer_resumed(&offer, &answer));
	assert_false(answer_resumed(&none, &answer));
	openssl = test_hex(HELLO_OPENSSL);
	offer = client(openssl);
	assert_false(answer_resumed(&offer, &answer));	/* another id */
	s13 = test_hex(SERVER_HELLO_1_3);
	h = server(s13);
	assert_false(answer_resumed(&offer, &h));
	exact_free(s13);
	/* pre_shared_key, selected identity 0 */
	s13 = test_hex("0303 " RANDOM32 "00 1301 00 000c 002b 0002 0304 0029 0002 0000");
	assert_int_equal(server_hello_parse(s13, true, &h), PARSE_OK);
	assert_true(answer_resumed(&offer, &h));
	exact_free(s13);
	exact_free(openssl);
	exact_free(echo);
	exact_free(vista);
	exact_free(xp);

	s13 = with_extensions("0303", "0023 0003 aabbcc");
	assert_int_equal(client_hello_parse(s13, true, &h), PARSE_OK);
	assert_true(offer_resumes(&h));		/* a ticket */
	exact_free(s13);
}

static void the_greatest_version_that_counts(void **state)
{
	static const struct {
		const char *legacy, *extensions;
		uint16_t max;
		bool grease;
	} cases[] = {
		{ "0303", "", TLS1_2, false },
		{ "0300", "", SSL3, false },
		{ "0304", "", TLS1_3, false },
		{ "0399", "", 0, false },
		{ "0303", "002b 0003 02 0302", TLS1_1, false },
		{ "0301", "002b 0005 04 0301 0303", TLS1_2, false },
		{ "0303", "002b 0007 06 fafa 0301 0304", TLS1_3, true },
		{ "0303", "002b 0003 02 7f1c", TLS1_3, false },
		{ "0303", "002b 0005 04 fb1a 0303", TLS1_3, false },
		{ "0303", "002b 0005 04 7e02 0303", TLS1_2, false },
		{ "0303", "002b 0003 02 2a2a", 0, true },	/* nothing that counts */
		{ "0303", "002b 0003 02 0505", 0, false },
		{ "0303", "002b 0001 00", 0, false },
		{ "0303", "002b 0000", 0, false },
		{ "0303", "002b 0003 04 0304", 0, false },	/* a lie: not known */
		{ "0303", "002b 0004 03 0302 03", TLS1_1, false },
		{ "0303", "002b 0003 02 0302 002b 0003 02 0304", TLS1_1, false },
		{ "0303", "1a1a 0000", TLS1_2, true },
		{ "0303", "000a 0004 0002 4a4a", TLS1_2, true },
		{ "0303", "000d 0004 0002 4a4a", TLS1_2, true },
		{ "0303", "0033 0007 0005 4a4a 0001 00", TLS1_2, true }
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice s = with_extensions(cases[i].legacy, cases[i].extensions);
		struct hello h;

		assert_int_equal(client_hello_parse(s, true, &h), PARSE_OK);
		assert_int_equal(offer_max(&h), cases[i].max);
		assert_int_equal(offer_grease(&h), cases[i].grease);
		exact_free(s);
		s = with_extensions(cases[i].legacy, cases[i].extensions);
		assert_int_equal(client_hello_parse(s, false, &h), PARSE_OK);
		assert_int_equal(offer_max(&h), 0);	/* more may have followed */
		exact_free(s);
	}
}

/* X25519MLKEM768 makes a hello of two segments: 1,216 bytes of key. */
static void reads_post_quantum_hellos(void **state)
{
	char hex[4096];
	struct slice s, shares;
	struct hello h;

	(void)state;
	snprintf(hex, sizeof(hex), "000a 0006 0004 11ec 001d 0033 04ea 04e8 11ec 04c0 %0*d 001d "
		 "0020 " RANDOM32 "002b 0003 02 0304", 2 * 1216, 0);
	s = with_extensions("0303", hex);
	assert_int_equal(client_hello_parse(s, true, &h), PARSE_OK);
	assert_true(h.odd == 0 && h.size > 1280 && offer_max(&h) == TLS1_3);
	assert_true(offer_key_shares(&h, &shares) && shares.n == 4 + 1216 + 4 + 32);
	exact_free(s);
}

/* A lying length at each level, and what else is odd. */
static void odd_hellos_keep_what_is_sound(void **state)
{
#define START "0303 " RANDOM32
	static const struct {
		const char *hex;
		int odd;		/* -1: no hello */
		bool complete;
		unsigned ciphers, extensions;
	} cases[] = {
		{ START "00 0002 002f 01 00", 0, true, 2, 0 },
		{ START "00 0002 002f 01 00 0000", 0, true, 2, 0 },
		{ START "00 0004 002f 01 00", HELLO_LYING_LENGTH, false, 4, 0 },
		{ START "00 0006 002f 01 00", HELLO_LYING_LENGTH, false, 0, 0 },
		{ START "00 0002 002f 02 00", HELLO_LYING_LENGTH, false, 2, 0 },
		{ START "21 0002 002f 01 00", -1, false, 0, 0 },
		{ START "03 aabb", -1, false, 0, 0 },
		{ START, -1, false, 0, 0 },
		{ "0303", -1, false, 0, 0 },
		{ "", -1, false, 0, 0 },
		{ START "00 0000 01 00", HELLO_EMPTY_LIST, true, 0, 0 },
		{ START "00 0002 002f 00", HELLO_EMPTY_LIST, true, 2, 0 },
		{ START "00 0003 002f 00 01 00", HELLO_ODD_LENGTH, true, 2, 0 },
		{ START "00 0002 002f 01 00 00", HELLO_TRAILING_BYTES, true, 2, 0 },
		{ START "00 0002 002f 01 00 0004 0017 0000 aa", HELLO_TRAILING_BYTES, true, 2, 4 },
		{ START "00 0002 002f 01 00 0005 0017 0000", HELLO_LYING_LENGTH, false, 2, 4 },
		{ START "00 0002 002f 01 00 0008 0017 0000 0018 0001", HELLO_LYING_LENGTH, false,
		  2, 4 },
		{ START "00 0002 002f 01 00 0006 0017 0000 0018", HELLO_LYING_LENGTH, false, 2, 4 },
		{ START "00 0002 002f 01 00 0008 0017 0000 0017 0000", HELLO_DUPLICATE_EXTENSION,
		  true, 2, 8 },
		{ START "00 0002 002f 01 00 0008 000a 0004 0004 001d", HELLO_LYING_LENGTH, true,
		  2, 8 },
		{ START "00 0002 002f 01 00 0008 000a 0004 0001 001d",
		  HELLO_TRAILING_BYTES | HELLO_ODD_LENGTH | HELLO_EMPTY_LIST, true, 2, 8 },
		{ START "00 0002 002f 01 00 0009 0010 0005 0003 03 6832", HELLO_LYING_LENGTH, true,
		  2, 9 },
		{ START "00 0002 002f 01 00 000a 0000 0006 0004 00 0004 61", HELLO_LYING_LENGTH,
		  true, 2, 10 }
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice s = test_hex(cases[i].hex), list;
		struct hello h;
		enum parse p = client_hello_parse(s, true, &h);

		assert_int_equal(p == PARSE_OK, cases[i].odd != -1);
		if (p == PARSE_OK) {
			assert_int_equal(h.odd, cases[i].odd);
			assert_int_equal(h.complete, cases[i].complete);
			assert_int_equal(h.ciphers.n, cases[i].ciphers);
			assert_int_equal(h.extensions.n, cases[i].extensions);
			assert_int_equal(offer_max(&h), h.complete ? TLS1_2 : 0);
			assert_false(offer_alpn(&h, &list) || offer_server_name(&h, &list));
		}
		exact_free(s);
	}
	assert_string_equal(hello_odd_names[3], "lying-length");
}

static void certificates_come_leaf_first(void **state)
{
	static const struct {
		const char *hex;
		enum parse want;
		unsigned chain;
	} cases[] = {
		{ "000006 000003 aabbcc", PARSE_OK, 1 },
		{ "00000a 000003 aabbcc 000001 dd", PARSE_OK, 2 },
		{ "000000", PARSE_BAD, 0 },
		{ "000003 000000", PARSE_BAD, 0 },
		{ "000007 000003 aabbcc", PARSE_BAD, 0 },
		{ "000006 000004 aabbcc", PARSE_BAD, 0 },
		{ "00000a 000003 aabbcc 000002 dd", PARSE_BAD, 0 },
		{ "", PARSE_BAD, 0 }
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice s = test_hex(cases[i].hex), leaf;
		unsigned chain;

		assert_int_equal(certificate_parse(s, &leaf, &chain), cases[i].want);
		if (cases[i].want == PARSE_OK) {
			assert_int_equal(chain, cases[i].chain);
			assert_bytes(leaf, "aabbcc");
		}
		exact_free(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_modern_hello),
		cmocka_unit_test(reads_old_hellos),
		cmocka_unit_test(reads_sslv2_format),
		cmocka_unit_test(reads_answers),
		cmocka_unit_test(the_sentinel_needs_a_lower_version),
		cmocka_unit_test(resumption_shows_in_the_hellos),
		cmocka_unit_test(the_greatest_version_that_counts),
		cmocka_unit_test(reads_post_quantum_hellos),
		cmocka_unit_test(odd_hellos_keep_what_is_sound),
		cmocka_unit_test(certificates_come_leaf_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
