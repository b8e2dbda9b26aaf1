/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls: the texts behind the fingerprints JA3, JA3S and JA4.
 *
 * Sources: JA3 and JA3S, github.com/salesforce/ja3 (README; its authors print
 * the legacy version, so do we); JA4, github.com/FoxIO-LLC/ja4,
 * technical_details/JA4.md (BSD 3-clause).  GREASE (RFC 8701) is left out of
 * what a client sent.  What does not fit the buffer has no fingerprint: half
 * of one would be another client's.
 */
#include <string.h>

#include "tls/tls.h"

struct writer {
	char *p;
	size_t n;		/* written */
	bool full;		/* something did not fit: no fingerprint */
};

static void put(struct writer *w, char c)
{
	if (w->n == FINGERPRINT_TEXT)
		w->full = true;
	else
		w->p[w->n++] = c;
}

static void put_decimal(struct writer *w, unsigned v)
{
	char digits[10];
	unsigned n = 0;

	do
		digits[n++] = (char)('0' + v % 10);
	while ((v /= 10) > 0);
	while (n > 0)
		put(w, digits[--n]);
}

static const char hex_digits[] = "0123456789abcdef";

static void put_hex(struct writer *w, uint16_t v)
{
	for (unsigned shift = 16; shift > 0; shift -= 4)
		put(w, hex_digits[v >> (shift - 4) & 0xf]);
}

/* The length of a finished text, 0 if it did not fit. */
static size_t finished(const struct writer *w) { return w->full ? 0 : w->n; }

/* ---- JA3 ----------------------------------------------------------------------------- */

/* ",1-2-3"; entries of `width` bytes; GREASE is left out of pairs. */
static void put_list(struct writer *w, struct slice list, unsigned width)
{
	struct cursor c = cursor_of(list);
	char separator = ',';

	while (cur_left(&c) > 0 && !w->full) {
		uint16_t v = width == 1 ? cur_u8(&c) : cur_u16(&c);

		if (width == 2 && tls_is_grease(v))
			continue;
		put(w, separator);
		put_decimal(w, v);
		separator = '-';
	}
	if (separator == ',')	/* nothing in it, or nothing but GREASE */
		put(w, ',');
}

static void put_extensions(struct writer *w, const struct hello *h, bool grease)
{
	struct cursor c = cursor_of(h->extensions);
	bool first = true;
	struct slice body;
	uint16_t type;

	put(w, ',');
	while (hello_ext_next(&c, &type, &body) && !w->full) {
		if (!grease && tls_is_grease(type))
			continue;
		if (!first)
			put(w, '-');
		put_decimal(w, type);
		first = false;
	}
}

size_t ja3_string(const struct hello *offer, char buf[static FINGERPRINT_TEXT])
{
	struct writer w = { .p = buf };
	struct slice groups, formats;

	if (!offer->complete || offer->format != HELLO_TLS)
		return 0;
	(void)offer_groups(offer, &groups);
	(void)offer_point_formats(offer, &formats);
	put_decimal(&w, offer->version);
	put_list(&w, offer->ciphers, 2);
	put_extensions(&w, offer, false);
	put_list(&w, groups, 2);
	put_list(&w, formats, 1);
	return finished(&w);
}

size_t ja3s_string(const struct hello *answer, char buf[static FINGERPRINT_TEXT])
{
	struct writer w = { .p = buf };
	struct cursor c = cursor_of(answer->ciphers);

	if (!answer->complete || answer->format != HELLO_TLS)
		return 0;
	put_decimal(&w, answer->version);
	put(&w, ',');
	put_decimal(&w, cur_u16(&c));
	put_extensions(&w, answer, true);
	return finished(&w);
}

/* ---- JA4 ----------------------------------------------------------------------------- */

#define CODES_MAX (FINGERPRINT_TEXT / 5 + 1)	/* "c02f," each */

struct codes {
	uint16_t v[CODES_MAX];
	size_t n;		/* of all, kept or not */
};

static void codes_add(struct codes *codes, uint16_t code)
{
	if (tls_is_grease(code))
		return;
	if (codes->n < CODES_MAX)
		codes->v[codes->n] = code;
	codes->n++;
}

/* Shell's sort: short, and no worse on a list made to be slow. */
static void codes_sort(struct codes *codes)
{
	for (size_t gap = codes->n / 2; gap > 0; gap /= 2) {
		for (size_t i = gap; i < codes->n; i++) {
			uint16_t v = codes->v[i];
			size_t j = i;

			for (; j >= gap && codes->v[j - gap] > v; j -= gap)
				codes->v[j] = codes->v[j - gap];
			codes->v[j] = v;
		}
	}
}

static void put_codes(struct writer *w, const struct codes *codes)
{
	for (size_t i = 0; i < codes->n; i++) {
		if (i > 0)
			put(w, ',');
		put_hex(w, codes->v[i]);
	}
}

static const char *ja4_version(const struct hello *offer)
{
	static const struct {
		uint16_t code;
		char text[3];
	} known[] = {
		{ TLS1_3, "13" }, { TLS1_2, "12" }, { TLS1_1, "11" }, { TLS1_0, "10" },
		{ SSL3, "s3" }, { SSL2, "s2" },
		{ DTLS1_0, "d1" }, { DTLS1_2, "d2" }, { DTLS1_3, "d3" }
	};
	uint16_t version = 0;
	struct slice list;
	struct cursor c;

	(void)offer_versions(offer, &list);
	c = cursor_of(list);
	while (cur_left(&c) > 0) {
		uint16_t v = cur_u16(&c);

		if (v > version && !tls_is_grease(v))
			version = v;
	}
	if (version == 0)
		version = offer->version;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].code == version)
			return known[i].text;
	return "00";
}

static bool is_alphanumeric(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* First and last character of the first protocol, or of its hex. */
static void ja4_alpn(const struct hello *offer, char ret[2])
{
	struct slice list, name;
	struct cursor c;
	uint8_t first, last;

	(void)offer_alpn(offer, &list);
	c = cursor_of(list);
	name = cur_vec8(&c);
	ret[0] = ret[1] = '0';
	if (name.n == 0)
		return;
	c = cursor_of(name);
	first = last = cur_u8(&c);
	cur_skip(&c, cur_left(&c) > 0 ? cur_left(&c) - 1 : 0);
	if (cur_left(&c) > 0)
		last = cur_u8(&c);
	if (is_alphanumeric(first) && is_alphanumeric(last)) {
		ret[0] = (char)first;
		ret[1] = (char)last;
	} else {
		ret[0] = hex_digits[first >> 4];
		ret[1] = hex_digits[last & 0xf];
	}
}

static void ja4_count(size_t n, char ret[2])
{
	if (n > 99)
		n = 99;
	ret[0] = (char)('0' + n / 10);
	ret[1] = (char)('0' + n % 10);
}

static void add_pairs(struct codes *codes, struct slice pairs)
{
	struct cursor c = cursor_of(pairs);

	while (cur_left(&c) > 0)
		codes_add(codes, cur_u16(&c));
}

/* The sorted extensions but server_name and ALPN, then the signature algorithms as sent. */
static bool ja4_c(const struct hello *offer, struct ja4 *ret, size_t *ret_count)
{
	struct cursor c = cursor_of(offer->extensions);
	struct codes extensions, signatures;
	struct writer w = { .p = ret->c };
	struct slice body;
	uint16_t type;

	extensions.n = signatures.n = *ret_count = 0;
	while (hello_ext_next(&c, &type, &body)) {
		*ret_count += !tls_is_grease(type);
		if (type != EXT_SERVER_NAME && type != EXT_ALPN)
			codes_add(&extensions, type);
	}
	(void)offer_signatures(offer, &body);
	add_pairs(&signatures, body);
	if (extensions.n > CODES_MAX || signatures.n > CODES_MAX)
		return false;
	codes_sort(&extensions);
	put_codes(&w, &extensions);
	if (extensions.n > 0 && signatures.n > 0) {
		put(&w, '_');
		put_codes(&w, &signatures);
	}
	ret->nc = w.n;
	return !w.full;
}

bool ja4_parts(const struct hello *offer, char transport, struct ja4 *ret)
{
	struct writer w = { .p = ret->b };
	struct codes ciphers;
	struct slice ignored;
	size_t extensions;

	if (!offer->complete || offer->format != HELLO_TLS)
		return false;
	ciphers.n = 0;
	add_pairs(&ciphers, offer->ciphers);
	if (ciphers.n > CODES_MAX)
		return false;
	ret->a[0] = transport;
	memcpy(ret->a + 1, ja4_version(offer), 2);
	ret->a[3] = hello_ext(offer, EXT_SERVER_NAME, &ignored) ? 'd' : 'i';
	ja4_count(ciphers.n, ret->a + 4);
	codes_sort(&ciphers);
	put_codes(&w, &ciphers);
	ret->nb = w.n;
	if (w.full || !ja4_c(offer, ret, &extensions))
		return false;
	ja4_count(extensions, ret->a + 6);
	ja4_alpn(offer, ret->a + 8);
	ret->a[10] = '\0';
	return true;
}
