/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fact: what the Elastic Common Schema has names for, in the forms it wants.
 */
#include "fact/get.h"

/* "1.2", "3.0" for SSL 3.0: the version without its protocol. */
struct value get_tls_version(const struct handshake *h, struct scratch *s)
{
	static const struct { uint16_t version; const char *text; } texts[] = {
		{ SSL2, "2.0" }, { SSL3, "3.0" }, { TLS1_0, "1.0" }, { TLS1_1, "1.1" },
		{ TLS1_2, "1.2" }, { TLS1_3, "1.3" }, { DTLS1_0, "1.0" }, { DTLS1_2, "1.2" },
		{ DTLS1_3, "1.3" },
	};
	uint16_t version = h->answer ? answer_version(h->answer) : 0;

	(void)s;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].version == version)
			return value_words(texts[i].text);
	return value_none;
}

struct value get_tls_protocol(const struct handshake *h, struct scratch *s)
{
	uint16_t version = h->answer ? answer_version(h->answer) : 0;

	(void)s;
	if (version == 0)
		return value_none;
	if (version == SSL2 || version == SSL3)
		return value_words("ssl");
	return value_words(version >> 8 == 0xfe ? "dtls" : "tls");
}

struct value get_tls_cipher(const struct handshake *h, struct scratch *s)
{
	struct value code = get_answer_cipher(h, s);

	if (!value_known(&code))
		return value_none;
	return value_words(tls_cipher_name((uint32_t)code.number, h->answer->format));
}

struct value get_tls_established(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return value_bool(h->established);
}

struct value get_tls_resumed(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return h->answer ? value_bool(h->resumed) : value_none;
}

struct value get_tls_next_protocol(const struct handshake *h, struct scratch *s)
{
	struct slice name;

	(void)s;
	if (h->answer == NULL || !answer_alpn(h->answer, &name))
		return value_none;
	return value_bytes(VALUE_TEXT, name);
}

struct value get_offer_name(const struct handshake *h, struct scratch *s)
{
	struct slice name;

	(void)s;
	if (h->offer == NULL || !offer_server_name(h->offer, &name) || name.n == 0)
		return value_none;
	return value_bytes(VALUE_TEXT, name);
}

static struct value md5_of(const char *text, size_t n, struct scratch *s)
{
	char hex[33];

	if (n == 0)
		return value_none;
	x509_md5((struct slice){ (const uint8_t *)text, n }, hex);
	return scratch_text(s, hex);
}

struct value get_offer_ja3(const struct handshake *h, struct scratch *s)
{
	char text[FINGERPRINT_TEXT];

	return h->offer ? md5_of(text, ja3_string(h->offer, text), s) : value_none;
}

struct value get_answer_ja3s(const struct handshake *h, struct scratch *s)
{
	char text[FINGERPRINT_TEXT];

	return h->answer ? md5_of(text, ja3s_string(h->answer, text), s) : value_none;
}

struct value get_offer_cipher_names(const struct handshake *h, struct scratch *s)
{
	struct value v = get_offer_cipher_codes(h, s);

	if (value_known(&v))
		v.type = VALUE_CIPHERS;
	return v;
}

struct value get_cert_issuer(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return h->leaf ? value_words(h->leaf->issuer) : value_none;
}

struct value get_cert_subject(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return h->leaf ? value_words(h->leaf->subject) : value_none;
}

struct value get_cert_not_before(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return h->leaf ? value_of(VALUE_TIME, h->leaf->not_before) : value_none;
}

struct value get_cert_not_after(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return h->leaf ? value_of(VALUE_TIME, h->leaf->not_after) : value_none;
}

struct value get_cert_sha256(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return h->leaf ? value_words(h->leaf->sha256) : value_none;
}
