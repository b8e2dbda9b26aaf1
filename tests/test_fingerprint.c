/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JA3, JA3S and JA4 against the examples their authors publish.
 */
#include "test.h"

#include "hellos.h"
#include "tls/tls.h"
#include "x509/x509.h"

static struct hello client(struct slice record, bool whole)
{
	struct cursor c = cursor_of(record);
	struct hello h;

	cur_skip(&c, 9);
	assert_int_equal(client_hello_parse(cur_rest(&c), whole, &h), PARSE_OK);
	return h;
}

static void assert_ja3(const char *hex, const char *text, const char *md5)
{
	struct slice s = test_hex(hex);
	struct hello h = client(s, true);
	char buf[FINGERPRINT_TEXT], digest[33];
	size_t n = ja3_string(&h, buf);

	assert_slice(((struct slice){ (const uint8_t *)buf, n }), text);
	x509_md5((struct slice){ (const uint8_t *)buf, n }, digest);
	assert_string_equal(digest, md5);
	exact_free(s);
}

/* github.com/salesforce/ja3, README.md */
static void ja3_of_its_readme(void **state)
{
	(void)state;
	assert_ja3(HELLO_VISTA, "769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,"
		   "23-24-25,0", "ada70206e40642a3e4461f35503241d5");
	assert_ja3(HELLO_XP, "769,4-5-10-9-100-98-3-6-19-18-99,,,",
		   "de350869b8c85de67a350c8d186f11e6");
}

#define REST_OF_12 "0303 " RANDOM32 "00 "

static void ja3_leaves_grease_out(void **state)
{
	(void)state;
	assert_ja3("16 0301 0000 01 000000" REST_OF_12 "0006 0a0a 1301 c02f 01 00\n"
		   "001c 1a1a 0000 0000 0000 000a 0006 0004 2a2a 001d 000b 0002 01 00 3a3a 0000",
		   "771,4865-49199,0-10-11,29,0", "595921e9fec93842ba4be2d9f46f3bbe");
	assert_ja3("16 0301 0000 01 000000" REST_OF_12 "0002 0a0a 01 00 0004 1a1a 0000",
		   "771,,,,", "bddda940f9963577c41d7c28b1a5f65f");
}

/* github.com/FoxIO-LLC/ja4, technical_details/JA4.md: its worked example. */
#define HELLO_JA4 \
	"16 0301 0000 01 000000" REST_OF_12 \
	"0020 dada 1301 1302 1303 c02b c02f c02c c030 cca9 cca8 c013 c014 009c 009d 002f 0035\n" \
	"01 00 007a\n" \
	"3a3a 0000 001b 0000 0000 0006 0004 00 0001 61 0033 0000\n" \
	"0010 000e 000c 02 6832 08 687474702f312e31 4469 0000 0017 0000 002d 0000\n" \
	"000d 0012 0010 0403 0804 0401 0503 0805 0501 0806 0601\n" \
	"0005 0000 0023 0000 0012 0000 002b 0007 06 0a0a 0304 0303 ff01 0000\n" \
	"000b 0000 000a 0000 0015 0005 0000000000 fafa 0000"

static void assert_half(const char *text, size_t n, const char *want)
{
	char hex[65];

	x509_sha256((struct slice){ (const uint8_t *)text, n }, hex);
	hex[12] = '\0';
	assert_string_equal(hex, want);
}

static void ja4_of_its_documentation(void **state)
{
	struct slice s = test_hex(HELLO_JA4);
	struct hello h = client(s, true);
	static struct ja4 ja4;

	(void)state;
	assert_true(ja4_parts(&h, 't', &ja4));
	assert_string_equal(ja4.a, "t13d1516h2");
	assert_half(ja4.b, ja4.nb, "8daaf6152771");
	assert_half(ja4.c, ja4.nc, "e5627efa2ab1");
	assert_true(ja4_parts(&h, 'q', &ja4) && ja4.a[0] == 'q');
	exact_free(s);
}

static void ja4_counts_and_versions(void **state)
{
	static const struct {
		const char *hex, *a, *b, *c;
	} cases[] = {
		{ HELLO_XP, "t10i110000",
		  "0003,0004,0005,0006,0009,000a,0012,0013,0062,0063,0064", "" },
		{ "16 0301 0000 01 000000 0300" RANDOM32 "00 0000 01 00", "ts3i000000", "", "" },
		{ "16 0301 0000 01 000000" REST_OF_12 "0002 0a0a 01 00 0017 002b 0003 02 7f1c\n"
		  "0010 0005 0003 02 ab0d 000d 0003 0001 0a", "t00i0003ad", "",
		  "000d,002b" },
		{ "16 0301 0000 01 000000" REST_OF_12 "0002 002f 01 00 0008 0010 0004 0002 01 61",
		  "t12i0101aa", "002f", "" },
		{ "16 0301 0000 01 000000" REST_OF_12 "0004 0035 0035 01 00 0006 0010 0002 0000",
		  "t12i020100", "0035,0035", "" }
	};
	static struct ja4 ja4;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice s = test_hex(cases[i].hex);
		struct hello h = client(s, true);

		assert_true(ja4_parts(&h, 't', &ja4));
		assert_string_equal(ja4.a, cases[i].a);
		assert_slice(((struct slice){ (uint8_t *)ja4.b, ja4.nb }), cases[i].b);
		assert_slice(((struct slice){ (uint8_t *)ja4.c, ja4.nc }), cases[i].c);
		exact_free(s);
	}
}

static void ja3s_is_version_suite_extensions(void **state)
{
	struct slice s = test_hex(SERVER_HELLO_1_2);
	struct cursor c = cursor_of(s);
	char buf[FINGERPRINT_TEXT];
	struct hello h;

	(void)state;
	cur_skip(&c, 9);
	assert_int_equal(server_hello_parse(cur_rest(&c), true, &h), PARSE_OK);
	assert_slice(((struct slice){ (uint8_t *)buf, ja3s_string(&h, buf) }),
		     "771,49199,65281-16");
	h.complete = false;
	assert_int_equal(ja3s_string(&h, buf), 0);
	exact_free(s);
}

static void what_is_not_whole_has_no_fingerprint(void **state)
{
	struct slice s = test_hex(HELLO_JA4);
	struct hello h = client(s, false);
	char buf[FINGERPRINT_TEXT];
	static struct ja4 ja4;

	(void)state;
	assert_true(ja3_string(&h, buf) == 0 && !ja4_parts(&h, 't', &ja4));
	h = client(s, true);
	h.format = HELLO_SSL2;
	assert_true(ja3_string(&h, buf) == 0 && !ja4_parts(&h, 't', &ja4));
	exact_free(s);
}

/* A hello of n suites: the texts fill their buffers to the last byte, and then do not fit. */
static void what_does_not_fit_has_no_fingerprint(void **state)
{
	static uint8_t body[2 + 32 + 1 + 2 + 2 * 900 + 2];
	char buf[FINGERPRINT_TEXT];
	static struct ja4 ja4;

	(void)state;
	for (unsigned n = 600; n <= 900; n++) {
		size_t size = 2 + 32 + 1 + 2 + 2 * n + 2, ja3 = strlen("771,,,,") + n - 1 + 5 * n;
		struct hello h;
		struct slice s;

		memset(body, 0xc0, sizeof(body));
		memcpy(body, "\x03\x03", 2);
		body[34] = 0;
		body[35] = (uint8_t)(2 * n >> 8);
		body[36] = (uint8_t)(2 * n & 0xff);
		memcpy(body + size - 2, "\x01\x00", 2);
		s = exact_copy(body, size);
		assert_int_equal(client_hello_parse(s, true, &h), PARSE_OK);
		assert_int_equal(ja3_string(&h, buf), ja3 <= FINGERPRINT_TEXT ? ja3 : 0);
		assert_int_equal(ja4_parts(&h, 't', &ja4), 5 * n - 1 <= FINGERPRINT_TEXT);
		exact_free(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ja3_of_its_readme),
		cmocka_unit_test(ja3_leaves_grease_out),
		cmocka_unit_test(ja4_of_its_documentation),
		cmocka_unit_test(ja4_counts_and_versions),
		cmocka_unit_test(ja3s_is_version_suite_extensions),
		cmocka_unit_test(what_is_not_whole_has_no_fingerprint),
		cmocka_unit_test(what_does_not_fit_has_no_fingerprint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
