/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fact: what the client offered.
 *
 * An extension that is not in a complete hello makes an empty list where the
 * record wants one ("signature_codes":[]); in a hello cut off it makes nothing,
 * because it may lie in the part not seen.
 */
#include <string.h>

#include "fact/get.h"

enum { FALLBACK_SCSV = 0x5600, RENEGOTIATION_SCSV = 0x00ff };	/* RFC 7507, RFC 5746 */

struct value get_offer_complete(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return h->offer ? value_bool(h->offer->complete) : value_none;
}

struct value get_offer_format(const struct handshake *h, struct scratch *s)
{
	(void)s;
	if (h->offer == NULL)
		return value_none;
	return value_words(h->offer->format == HELLO_SSL2 ? "ssl2" : h->udp ? "quic" : "tls");
}

static bool is_tls(const struct handshake *h)
{
	return h->offer != NULL && h->offer->format == HELLO_TLS;
}

struct value get_offer_record(const struct handshake *h, struct scratch *s)
{
	(void)s;
	if (!is_tls(h) || h->offer->record_version == 0)
		return value_none;	/* a handshake message without a record around it */
	return value_of(VALUE_VERSION, h->offer->record_version);
}

struct value get_offer_legacy(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return h->offer ? value_of(VALUE_VERSION, h->offer->version) : value_none;
}

/* supported_versions without GREASE; without that extension the one version of the hello. */
struct value get_offer_versions(const struct handshake *h, struct scratch *s)
{
	struct slice pairs, kept;
	struct cursor c;
	uint8_t *p;

	if (h->offer == NULL || !h->offer->complete)
		return value_none;
	if (!offer_versions(h->offer, &pairs)) {
		p = scratch_take(s, 2);
		if (p == NULL)
			return value_none;
		p[0] = (uint8_t)(h->offer->version >> 8);
		p[1] = (uint8_t)h->offer->version;
		return value_bytes(VALUE_VERSIONS, (struct slice){ p, 2 });
	}
	p = scratch_take(s, pairs.n);
	if (p == NULL)
		return value_none;
	kept = (struct slice){ p, 0 };
	c = cursor_of(pairs);
	while (cur_left(&c) >= 2) {
		struct slice pair = cur_slice(&c, 2);

		if (tls_is_grease((uint16_t)(pair.p[0] << 8 | pair.p[1])))
			continue;
		memcpy(p + kept.n, pair.p, 2);
		kept.n += 2;
	}
	return value_bytes(VALUE_VERSIONS, kept);
}

struct value get_offer_max(const struct handshake *h, struct scratch *s)
{
	uint16_t max = h->offer && h->offer->complete ? offer_max(h->offer) : 0;

	(void)s;
	return max ? value_of(VALUE_VERSION, max) : value_none;
}

struct value get_offer_cipher_codes(const struct handshake *h, struct scratch *s)
{
	(void)s;
	if (h->offer == NULL || (!h->offer->complete && h->offer->ciphers.n == 0))
		return value_none;
	return value_codes(VALUE_CODES, h->offer->ciphers,
			   h->offer->format == HELLO_SSL2 ? 3 : 2);
}

struct value get_offer_cipher_classes(const struct handshake *h, struct scratch *s)
{
	struct value v = get_offer_cipher_codes(h, s);
	uint64_t classes = 0;

	if (!value_known(&v) || !h->offer->complete)
		return value_none;
	for (size_t i = 0; i < value_count(&v); i++)
		classes |= tls_cipher_classes(value_code(&v, i), h->offer->format);
	return value_set(classes, tls_class_names);
}

/* Of a hello that was cut off only that there is one can be known. */
struct value get_offer_accepted(const struct handshake *h, struct scratch *s)
{
	struct value v = get_offer_cipher_codes(h, s);
	bool tls13;

	if (!value_known(&v))
		return value_none;
	tls13 = tls_version_rank(offer_max(h->offer)) >= tls_version_rank(TLS1_3);
	for (size_t i = 0; i < value_count(&v); i++)
		if (m365_accepts(value_code(&v, i), tls13))
			return value_bool(true);
	return h->offer->complete ? value_bool(false) : value_none;
}

struct value get_offer_extensions(const struct handshake *h, struct scratch *s)
{
	return is_tls(h) ? value_extensions(h->offer, s) : value_none;
}

typedef bool (*list_fn)(const struct hello *h, struct slice *ret);

/* A list of an extension: absent, it is empty in a complete hello, else not known. */
static struct value list(const struct handshake *h, list_fn get, enum value_type type,
			 uint8_t width)
{
	struct slice all = { NULL, 0 };

	if (!is_tls(h) || (!get(h->offer, &all) && !h->offer->complete))
		return value_none;
	return value_codes(type, all, width);
}

struct value get_offer_groups(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return list(h, offer_groups, VALUE_CODES, 2);
}

struct value get_offer_points(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return list(h, offer_point_formats, VALUE_CODES, 1);
}

struct value get_offer_signatures(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return list(h, offer_signatures, VALUE_CODES, 2);
}

struct value get_offer_alpn(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return list(h, offer_alpn, VALUE_TEXTS, 0);
}

struct value get_offer_compressions(const struct handshake *h, struct scratch *s)
{
	(void)s;
	if (!is_tls(h) || h->offer->compressions.n == 0)
		return value_none;
	return value_codes(VALUE_CODES, h->offer->compressions, 1);
}

struct value get_offer_shares(const struct handshake *h, struct scratch *s)
{
	struct slice all = { s->p, 0 };
	struct slice shares;
	struct cursor c;

	if (!is_tls(h) || !offer_key_shares(h->offer, &shares))
		return value_none;
	c = cursor_of(shares);
	while (cur_left(&c) > 0) {
		struct slice group = cur_slice(&c, 2);
		uint8_t *p = scratch_take(s, 2);

		(void)cur_vec16(&c);
		if (!cur_ok(&c) || p == NULL)
			return value_none;
		memcpy(p, group.p, 2);
		all.n += 2;
	}
	return value_codes(VALUE_CODES, all, 2);
}

/* Whether something is in the hello: known to be absent only if all of it was seen. */
static struct value seen(const struct handshake *h, bool there)
{
	if (h->offer == NULL || (!there && !h->offer->complete))
		return value_none;
	return value_bool(there);
}

static bool has_ext(const struct handshake *h, uint16_t type)
{
	struct slice body;

	return h->offer != NULL && hello_ext(h->offer, type, &body);
}

struct value get_offer_grease(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return seen(h, h->offer != NULL && offer_grease(h->offer));
}

struct value get_offer_fallback(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return seen(h, h->offer != NULL && offer_has_cipher(h->offer, FALLBACK_SCSV));
}

struct value get_offer_renegotiation(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return seen(h, h->offer != NULL && offer_has_cipher(h->offer, RENEGOTIATION_SCSV));
}

struct value get_offer_ech(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return seen(h, has_ext(h, EXT_ECH) || has_ext(h, EXT_ESNI));
}

struct value get_offer_psk(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return seen(h, has_ext(h, EXT_PRE_SHARED_KEY));
}

struct value get_offer_ticket(const struct handshake *h, struct scratch *s)
{
	struct slice ticket;

	(void)s;
	return seen(h, h->offer != NULL && hello_ext(h->offer, EXT_SESSION_TICKET, &ticket) &&
		    ticket.n > 0);
}

struct value get_offer_ems(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return seen(h, has_ext(h, EXT_EXTENDED_MASTER_SECRET));
}

struct value get_offer_etm(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return seen(h, has_ext(h, EXT_ENCRYPT_THEN_MAC));
}

struct value get_offer_session_length(const struct handshake *h, struct scratch *s)
{
	(void)s;
	if (h->offer == NULL || (!h->offer->complete && h->offer->session_id.p == NULL))
		return value_none;
	return value_of(VALUE_NUMBER, h->offer->session_id.n);
}

struct value get_offer_size(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return h->offer && h->offer->size ? value_of(VALUE_NUMBER, h->offer->size) : value_none;
}

struct value get_offer_malformed(const struct handshake *h, struct scratch *s)
{
	(void)s;
	if (h->offer == NULL || h->offer->odd == 0)
		return value_none;
	return value_set(h->offer->odd, hello_odd_names);
}

/* The first twelve hex digits of the SHA-256, or zeroes for an empty list (JA4.md). */
static void ja4_digest(const char *text, size_t n, char *to)
{
	char hex[65] = "000000000000";

	if (n > 0)
		x509_sha256((struct slice){ (const uint8_t *)text, n }, hex);
	memcpy(to, hex, 12);
}

struct value get_offer_ja4(const struct handshake *h, struct scratch *s)
{
	char text[10 + 1 + 12 + 1 + 12 + 1] = "";
	struct ja4 parts;

	if (h->offer == NULL || !ja4_parts(h->offer, h->udp ? 'q' : 't', &parts))
		return value_none;
	memcpy(text, parts.a, 10);
	text[10] = text[23] = '_';
	ja4_digest(parts.b, parts.nb, text + 11);
	ja4_digest(parts.c, parts.nc, text + 24);
	return scratch_text(s, text);
}

struct value get_offer_random(const struct handshake *h, struct scratch *s)
{
	(void)s;
	if (h->offer == NULL || h->offer->random.n == 0)
		return value_none;
	return value_bytes(VALUE_HEX, h->offer->random);
}
