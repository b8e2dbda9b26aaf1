/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fact: what the server chose, and the certificate it showed.
 */
#include "fact/get.h"

static bool is_tls(const struct handshake *h)
{
	return h->answer != NULL && h->answer->format == HELLO_TLS;
}

struct value get_answer_record(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return is_tls(h) ? value_of(VALUE_VERSION, h->answer->record_version) : value_none;
}

struct value get_answer_legacy(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return h->answer ? value_of(VALUE_VERSION, h->answer->version) : value_none;
}

/* A ServerHello cut off may still have said "1.3" in the part not seen. */
struct value get_answer_version(const struct handshake *h, struct scratch *s)
{
	uint16_t version = h->answer && h->answer->complete ? answer_version(h->answer) : 0;

	(void)s;
	return version ? value_of(VALUE_VERSION, version) : value_none;
}

/* An SSL 2.0 server sends a list of its own, and chooses nothing. */
struct value get_answer_cipher(const struct handshake *h, struct scratch *s)
{
	(void)s;
	if (!is_tls(h) || h->answer->ciphers.n != 2)
		return value_none;
	return value_of(VALUE_NUMBER,
			(uint64_t)(h->answer->ciphers.p[0] << 8 | h->answer->ciphers.p[1]));
}

struct value get_answer_classes(const struct handshake *h, struct scratch *s)
{
	struct value code = get_answer_cipher(h, s);

	if (!value_known(&code))
		return value_none;
	return value_set(tls_cipher_classes((uint32_t)code.number, HELLO_TLS), tls_class_names);
}

struct value get_answer_extensions(const struct handshake *h, struct scratch *s)
{
	return is_tls(h) ? value_extensions(h->answer, s) : value_none;
}

struct value get_answer_group(const struct handshake *h, struct scratch *s)
{
	uint16_t group;

	(void)s;
	if (!is_tls(h) || !answer_group(h->answer, &group))
		return value_none;
	return value_of(VALUE_NUMBER, group);
}

struct value get_answer_compression(const struct handshake *h, struct scratch *s)
{
	(void)s;
	if (!is_tls(h) || h->answer->compressions.n != 1)
		return value_none;
	return value_of(VALUE_NUMBER, h->answer->compressions.p[0]);
}

struct value get_answer_retry(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return h->answer ? value_bool(h->retried) : value_none;
}

struct value get_answer_sentinel(const struct handshake *h, struct scratch *s)
{
	uint16_t sentinel = is_tls(h) && h->answer->complete ? answer_sentinel(h->answer) : 0;

	(void)s;
	return sentinel ? value_of(VALUE_VERSION, sentinel) : value_none;
}

struct value get_answer_malformed(const struct handshake *h, struct scratch *s)
{
	(void)s;
	if (h->answer == NULL || h->answer->odd == 0)
		return value_none;
	return value_set(h->answer->odd, hello_odd_names);
}

struct value get_cert_names(const struct handshake *h, struct scratch *s)
{
	(void)s;
	if (h->leaf == NULL)
		return value_none;
	return value_bytes(VALUE_TEXTS, (struct slice){ h->leaf->names, h->leaf->nnames });
}

struct value get_cert_key_type(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return h->leaf ? value_words(h->leaf->key_type) : value_none;
}

struct value get_cert_key_bits(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return h->leaf && h->leaf->key_bits ? value_of(VALUE_NUMBER, h->leaf->key_bits)
					    : value_none;
}

struct value get_cert_signature(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return h->leaf ? value_words(h->leaf->signature) : value_none;
}

struct value get_cert_chain(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return h->leaf ? value_of(VALUE_NUMBER, h->chain) : value_none;
}
