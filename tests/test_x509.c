/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates and digests.
 *
 * The certificate is of "openssl req -x509": O=Bänk, GmbH; a P-256 key; the
 * names outlook.office365.com and *.office.com, and an address between them.
 */
#include "test.h"

#include "x509/x509.h"

#define CERTIFICATE \
	"308201cd30820172a003020102020101300a06082a8648ce3d0403023043310b\n" \
	"300906035504061302444531143012060355040a0c0b42c3a46e6b2c20476d62\n" \
	"48311e301c06035504030c156f75746c6f6f6b2e6f66666963653336352e636f\n" \
	"6d301e170d3236313132303136343830385a170d333631313137313634383038\n" \
	"5a3043310b300906035504061302444531143012060355040a0c0b42c3a46e6b\n" \
	"2c20476d6248311e301c06035504030c156f75746c6f6f6b2e6f666669636533\n" \
	"36352e636f6d3059301306072a8648ce3d020106082a8648ce3d030107034200\n" \
	"0442ba88080f8f456a58f9f67fd13efb181b5246ad7cdb57b573bea88f423de8\n" \
	"dc79a84e1380b3c8da4af93c58b52c1b32f44f5a540553cd66c8f9e127b893ce\n" \
	"c3a357305530340603551d11042d302b82156f75746c6f6f6b2e6f6666696365\n" \
	"3336352e636f6d8704c0000201820c2a2e6f66666963652e636f6d301d060355\n" \
	"1d0e04160414596358869f54c32e7ecd382e689e174bb2fc20c7300a06082a86\n" \
	"48ce3d0403020349003046022100d473705566ba5a719dd9179095ea4cbc29a4\n" \
	"40b538384910da188aa374187f7e022100bc6cdc6c7b287c6db771c6ee13d8f2\n" \
	"9e389712234ce48adae59bff3d10f0fca8\n"

static void reads_a_certificate(void **state)
{
	struct slice der = test_hex(CERTIFICATE);
	struct certificate c;

	(void)state;
	assert_true(x509_parse(der, &c));
	assert_string_equal(c.subject, "CN=outlook.office365.com, O=B\xc3\xa4nk\\, GmbH, C=DE");
	assert_string_equal(c.issuer, c.subject);
	assert_true(c.self_issued);
	assert_slice(((struct slice){ c.names, c.nnames }),
		     "\x15" "outlook.office365.com" "\x0c" "*.office.com");
	assert_true(c.not_before == UINT64_C(1795193288000000000));
	assert_true(c.not_after == UINT64_C(2110553288000000000));
	assert_string_equal(c.key_type, "ec");
	assert_int_equal(c.key_bits, 256);
	assert_string_equal(c.signature, "ecdsa-with-SHA256");
	assert_string_equal(c.sha256,
			    "6f16799c0f418b52e3de8fd67551ec3a12af15d47f114d7e310974c8b428feb7");
	exact_free(der);
}

/* The offset of a text in the certificate, counted from `from`. */
static size_t find(struct slice s, size_t from, const char *text)
{
	size_t n = strlen(text);

	for (; from + n <= s.n; from++)
		if (memcmp(s.p + from, text, n) == 0)
			return from;
	fail();
	return 0;
}

/* The certificate with these bytes where `text` stands behind offset `from`. */
static bool parse_changed(const char *text, size_t from, const char *to, struct certificate *ret)
{
	struct slice der = test_hex(CERTIFICATE);
	uint8_t b[1024];
	bool ok;

	memcpy(b, der.p, der.n);
	memcpy(b + find(der, from, text), to, strlen(text));
	ok = x509_parse((struct slice){ b, der.n }, ret);
	exact_free(der);
	return ok;
}

static void deceiving_names_are_left_out(void **state)
{
	struct certificate c;

	(void)state;
	assert_true(parse_changed("*.office", 0, "*.off\0ce", &c));
	assert_slice(((struct slice){ c.names, c.nnames }), "\x15" "outlook.office365.com");
	/* Not UTF-8, though its type says so; what would end a line or begin an escape. */
	assert_false(parse_changed("\xc3\xa4nk", 0, "\xffnk,", &c));
	assert_true(parse_changed("k, Gm", 0, "\n\x1b,\\+", &c));
	assert_null(strchr(c.issuer, '\n'));
	assert_null(strchr(c.issuer, '\x1b'));
	assert_false(c.self_issued);
}

static void times_are_clamped(void **state)
{
	struct certificate c;

	(void)state;
	assert_true(parse_changed("261120164808Z", 0, "600101000000Z", &c));	/* 1960 */
	assert_true(c.not_before == 0);
	assert_false(parse_changed("261120164808Z", 0, "261320164808Z", &c));
	assert_false(parse_changed("261120164808Z", 0, "abcdefghijklm", &c));
}

static void keys_that_nobody_knows_keep_their_name(void **state)
{
	struct certificate c;

	(void)state;
	/* The curve's object identifier: one that does not exist. */
	assert_true(parse_changed("\x03\x01\x07\x03\x42", 0, "\x03\x01\x7f\x03\x42", &c));
	assert_string_equal(c.key_type, "id-ecpublickey");
	assert_int_equal(c.key_bits, 0);
}

static void refuses_what_is_no_certificate(void **state)
{
	struct slice der = test_hex(CERTIFICATE);
	struct certificate c;
	uint8_t longer[1024];

	(void)state;
	for (size_t n = 0; n < der.n; n++) {
		struct slice s = exact_copy(der.p, n);

		assert_false(x509_parse(s, &c));
		exact_free(s);
	}
	memcpy(longer, der.p, der.n);
	longer[der.n] = 0;
	assert_false(x509_parse((struct slice){ longer, der.n + 1 }, &c));
	exact_free(der);
}

static void flipped_bits_do_no_harm(void **state)
{
	struct slice der = test_hex(CERTIFICATE);
	struct slice s = exact_copy(der.p, der.n);
	uint8_t *b = (uint8_t *)(uintptr_t)s.p;
	struct certificate c;

	(void)state;
	for (size_t bit = 0; bit < s.n * 8; bit++) {
		b[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (x509_parse(s, &c)) {
			assert_non_null(memchr(c.subject, '\0', sizeof(c.subject)));
			assert_non_null(memchr(c.issuer, '\0', sizeof(c.issuer)));
			assert_true(c.nnames <= sizeof(c.names) && strlen(c.sha256) == 64);
		}
		b[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	exact_free(s);
	exact_free(der);
}

/* Certificates are kept a while and shared: the one kept is never another's. */
static void asking_again_gives_the_same(void **state)
{
	struct slice der = test_hex(CERTIFICATE);
	const struct certificate *first = certificate_hold(der), *again = certificate_hold(der);
	struct slice copy = exact_copy(der.p, der.n);
	uint8_t *b = (uint8_t *)(uintptr_t)copy.p;
	uint8_t *at = memmem(b, copy.n, "nk, GmbH", 8);
	struct certificate fresh;

	(void)state;
	assert_non_null(first);
	assert_ptr_equal(first, again);
	certificate_release(again);
	assert_true(x509_parse(der, &fresh) && fresh.serial != first->serial);
	fresh.serial = first->serial;
	assert_memory_equal(first, &fresh, sizeof(fresh));
	assert_non_null(at);
	for (uint8_t c = 'A'; c <= 'Z'; c++) {	/* the same length and signature: the same slot */
		const struct certificate *other;

		*at = c;
		other = certificate_hold(copy);
		assert_non_null(other);
		assert_int_not_equal(other->serial, first->serial);
		assert_string_not_equal(other->sha256, first->sha256);
		certificate_release(other);
		again = certificate_hold(der);
		assert_string_equal(again->subject, first->subject);
		assert_string_equal(again->sha256, first->sha256);
		certificate_release(again);
	}
	certificate_release(first);
	certificate_release(NULL);
	assert_null(certificate_hold((struct slice){ der.p, der.n - 1 }));
	exact_free(copy);
	exact_free(der);
}

/* RFC 1321 appendix A.5, FIPS 180-4 examples, RFC 4648 section 10. */
static void digests_are_the_published_ones(void **state)
{
	char hex[65], text[16];
	uint8_t sha1[20];

	(void)state;
	x509_md5(test_text(""), hex);
	assert_string_equal(hex, "d41d8cd98f00b204e9800998ecf8427e");
	x509_md5(test_text("message digest"), hex);
	assert_string_equal(hex, "f96b697d7cb7938d525a2f31aaf161d0");
	x509_sha256(test_text("abc"), hex);
	assert_string_equal(hex,
			    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	x509_sha1(test_text("abc"), sha1);
	assert_memory_equal(sha1, "\xa9\x99\x3e\x36\x47\x06\x81\x6a\xba\x3e", 10);
	assert_true(x509_base64(test_text("foobar"), text, 9));
	assert_string_equal(text, "Zm9vYmFy");
	assert_true(x509_base64(test_text("foob"), text, 9));
	assert_string_equal(text, "Zm9vYg==");
	assert_true(x509_base64(test_text(""), text, 1));
	assert_string_equal(text, "");
	assert_false(x509_base64(test_text("foobar"), text, 8));
	assert_memory_equal(x509_library_version(), "OpenSSL 3.", 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_certificate),
		cmocka_unit_test(deceiving_names_are_left_out),
		cmocka_unit_test(times_are_clamped),
		cmocka_unit_test(keys_that_nobody_knows_keep_their_name),
		cmocka_unit_test(refuses_what_is_no_certificate),
		cmocka_unit_test(flipped_bits_do_no_harm),
		cmocka_unit_test(asking_again_gives_the_same),
		cmocka_unit_test(digests_are_the_published_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
