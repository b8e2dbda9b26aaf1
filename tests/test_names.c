/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Versions, GREASE, names of codes, classes of suites.
 */
#include "test.h"

#include "tls/tls.h"

static void versions_have_tokens_and_an_order(void **state)
{
	char words[TLS_WORDS];
	char buf[TLS_TOKEN];

	(void)state;
	assert_string_equal(tls_version_token(TLS1_2, buf), "tls1.2");
	assert_string_equal(tls_version_token(DTLS1_0, buf), "dtls1.0");
	assert_string_equal(tls_version_token(0x7f17, buf), "0x7f17");
	assert_string_equal(tls_version_words(SSL2, words), "SSL 2.0");
	assert_string_equal(tls_version_words(SSL3, words), "SSL 3.0");
	assert_string_equal(tls_version_words(TLS1_0, words), "TLS 1.0");
	assert_string_equal(tls_version_words(DTLS1_3, words), "DTLS 1.3");
	assert_string_equal(tls_version_words(0x7f17, words), "0x7f17");
	assert_int_equal(tls_version_of("ssl3"), SSL3);
	assert_int_equal(tls_version_of("0x0303"), 0);
	assert_true(tls_version_counts(0x7f17) == TLS1_3 && tls_version_counts(0x0305) == 0);
	assert_true(tls_version_rank(SSL2) < tls_version_rank(SSL3));
	assert_true(tls_version_rank(TLS1_2) < tls_version_rank(0x7f12));
	assert_int_equal(tls_version_rank(DTLS1_2), tls_version_rank(TLS1_2));
	assert_true(tls_version_rank(0) == 0 && tls_version_rank(0x0a0a) == 0);
	assert_true(tls_is_grease(0x0a0a) && tls_is_grease(0xfafa));
	assert_false(tls_is_grease(0x0a1a) || tls_is_grease(0x0a0b) || tls_is_grease(0));
}

static bool has_class(uint32_t code, enum hello_format format, const char *name)
{
	unsigned bit = 0;

	while (strcmp(tls_class_names[bit], name) != 0)
		assert_non_null(tls_class_names[++bit]);
	return (tls_cipher_classes(code, format) >> bit & 1) != 0;
}

/* Exactly these classes, separated by blanks, in the order of tls_class_names. */
static void assert_classes(uint32_t code, enum hello_format format, const char *want)
{
	char got[256] = "";

	for (unsigned bit = 0; tls_class_names[bit] != NULL; bit++)
		if (has_class(code, format, tls_class_names[bit]))
			sprintf(got + strlen(got), "%s%s", *got ? " " : "", tls_class_names[bit]);
	assert_string_equal(got, want);
}

static void codes_have_their_registered_names(void **state)
{
	(void)state;
	assert_string_equal(tls_cipher_name(0x0000, HELLO_TLS), "TLS_NULL_WITH_NULL_NULL");
	assert_string_equal(tls_cipher_name(0xc02f, HELLO_TLS),
			    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
	assert_string_equal(tls_cipher_name(0xd005, HELLO_SSL2),
			    "TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256");
	assert_string_equal(tls_cipher_name(0xffe1, HELLO_TLS), "SSL_RSA_FIPS_WITH_DES_CBC_SHA");
	assert_string_equal(tls_cipher_name(0x0700c0, HELLO_SSL2),
			    "SSL_CK_DES_192_EDE3_CBC_WITH_MD5");
	assert_null(tls_cipher_name(0x0700c0, HELLO_TLS));
	assert_null(tls_cipher_name(0x010081, HELLO_SSL2));
	assert_null(tls_cipher_name(0x0a0a, HELLO_TLS));
	assert_null(tls_cipher_name(0xffff, HELLO_TLS));
	assert_string_equal(tls_extension_name(0), "server_name");
	assert_string_equal(tls_extension_name(EXT_ECH), "encrypted_client_hello");
	assert_null(tls_extension_name(0xffff));
	assert_string_equal(tls_group_name(0x001d), "x25519");
	assert_null(tls_group_name(0));
	assert_string_equal(tls_signature_name(0x0804), "rsa_pss_rsae_sha256");
	assert_null(tls_signature_name(0xffff));
	assert_string_equal(tls_alert_name(0), "close_notify");
	assert_string_equal(tls_alert_name(70), "protocol_version");
	assert_string_equal(tls_alert_name(121), "ech_required");
	assert_null(tls_alert_name(255));
}

static void suites_have_classes(void **state)
{
	(void)state;
	assert_classes(0x0005, HELLO_TLS, "rc4 rsa-kx");
	assert_classes(0x0008, HELLO_TLS, "des export rsa-kx cbc");
	assert_classes(0x000a, HELLO_TLS, "3des rsa-kx cbc");
	assert_classes(0x0002, HELLO_TLS, "null rsa-kx");
	assert_classes(0x0018, HELLO_TLS, "rc4 anon md5");
	assert_classes(0x0062, HELLO_TLS, "des export rsa-kx cbc");
	assert_classes(0x0031, HELLO_TLS, "cbc aes dh");
	assert_classes(0x0033, HELLO_TLS, "dhe forward-secret cbc aes");
	assert_classes(0x0095, HELLO_TLS, "rsa-kx cbc psk aes");
	assert_classes(0xc004, HELLO_TLS, "cbc aes ecdh");
	assert_classes(0xc02f, HELLO_TLS, "ecdhe forward-secret gcm aes aead");
	assert_classes(0xc0aa, HELLO_TLS, "dhe forward-secret ccm psk aes aead");
	assert_classes(0xcca8, HELLO_TLS, "ecdhe forward-secret chacha20 aead");
	assert_classes(0x1301, HELLO_TLS, "forward-secret gcm tls13 aes aead");
	assert_classes(0xc0b4, HELLO_TLS, "null forward-secret tls13");
	assert_classes(0x5600, HELLO_TLS, "scsv");
	assert_classes(0x020080, HELLO_SSL2, "rc4 export md5 rsa-kx");
	assert_classes(0x0700c0, HELLO_SSL2, "3des md5 rsa-kx cbc");
	assert_classes(0x000005, HELLO_SSL2, "rc4 rsa-kx");
	assert_classes(0x1399, HELLO_TLS, "");
}

static void hybrids_resist_quantum_computers(void **state)
{
	(void)state;
	assert_true(tls_group_is_pq(0x11ec) && tls_group_is_pq(0x6399) && tls_group_is_pq(0x0201));
	assert_false(tls_group_is_pq(0x001d) || tls_group_is_pq(0x0100) || tls_group_is_pq(0x1a1a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_have_tokens_and_an_order),
		cmocka_unit_test(codes_have_their_registered_names),
		cmocka_unit_test(suites_have_classes),
		cmocka_unit_test(hybrids_resist_quantum_computers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
