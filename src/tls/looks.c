/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls: may these bytes begin a TLS stream?
 *
 * A beginning is a row of byte ranges, one for each byte.  The ranges are
 * held against as many bytes as are there, so the answer is a "no" as early as
 * it can be and a "yes" only for the whole row.  A record may be shorter than
 * the row (a hello split over small records): then only the bytes that lie in
 * that record are asked for.
 *
 * Records: RFC 8446 section 5.1.  SSLv2 format: RFC 5246 appendix E.2 and the
 * SSL 2.0 draft, sections 2.1.1 (headers of two and of three bytes) and 2.5.
 */
#include "tls/tls.h"

struct range {
	uint8_t lo, hi;
};

#define ANY { 0, 0xff }

static enum parse begins(struct slice s, const struct range *row, size_t n)
{
	struct cursor c = cursor_of(s);

	for (size_t i = 0; i < n; i++) {
		uint8_t byte;

		if (cur_left(&c) == 0)
			return PARSE_MORE;
		byte = cur_u8(&c);
		if (byte < row[i].lo || byte > row[i].hi)
			return PARSE_BAD;
	}
	return PARSE_OK;
}

/* A row of 11: a record header, a handshake header, a version. */
static enum parse begins_hello(struct slice s, const struct range row[11])
{
	struct cursor c = cursor_of(s);
	size_t length, n = 11;

	cur_skip(&c, 3);
	length = cur_u16(&c);
	if (cur_ok(&c)) {
		if (length == 0 || length > TLS_RECORD_MAX)
			return PARSE_BAD;
		if (length < n - TLS_RECORD_HEADER)
			n = TLS_RECORD_HEADER + length;
	}
	return begins(s, row, n);
}

/*
 * What stands behind handshake records of no bytes.  They are forbidden (RFC 8446
 * section 5.1), but servers pass over them, and so does the reader of records.
 */
static struct slice behind_empty_records(struct slice s)
{
	static const struct range empty[] = { { 22, 22 }, { 3, 3 }, ANY, { 0, 0 }, { 0, 0 } };
	enum { EMPTY_MAX = 8 };

	for (size_t i = 0; i < EMPTY_MAX && begins(s, empty, TLS_RECORD_HEADER) == PARSE_OK; i++) {
		struct cursor c = cursor_of(s);

		cur_skip(&c, TLS_RECORD_HEADER);
		s = cur_rest(&c);
	}
	return s;
}

/*
 * CLIENT-HELLO in SSLv2 format.  Its three inner lengths must fill the record:
 * bytes that chance upon the type and the version still fail here.
 */
static enum parse begins_sslv2_client(struct slice s)
{
	static const struct range row[] = {
		{ 1, 1 }, { 0, 3 }, { 0, 4 }, ANY, ANY, { 0, 0 }, { 0, 32 }, { 0, 0 }, { 0, 64 }
	};
	struct cursor c = cursor_of(s);
	size_t length, padding, ciphers, rest;
	uint16_t version;
	enum parse p;

	if (!sslv2_header(&c, &length, &padding))
		return PARSE_MORE;
	p = begins(cur_peek(&c), row, sizeof(row) / sizeof(row[0]));
	if (p != PARSE_OK)
		return p;
	cur_skip(&c, 1);
	version = cur_u16(&c);
	ciphers = cur_u16(&c);
	rest = cur_u16(&c);
	rest += cur_u16(&c);
	if ((version != SSL2 && version < SSL3) || ciphers == 0 || ciphers % 3 != 0)
		return PARSE_BAD;
	return 9 + ciphers + rest == length ? PARSE_OK : PARSE_BAD;
}

/* SERVER-HELLO in SSLv2 format: type, hit, certificate type, version 0002. */
static enum parse begins_sslv2_server(struct slice s)
{
	static const struct range row[] = { { 4, 4 }, { 0, 1 }, { 0, 1 }, { 0, 0 }, { 2, 2 } };
	struct cursor c = cursor_of(s);
	size_t length, padding;

	if (!sslv2_header(&c, &length, &padding))
		return PARSE_MORE;
	return begins(cur_peek(&c), row, sizeof(row) / sizeof(row[0]));
}

/* Whether a first byte can only be an SSLv2 header's: 0x40 would be its escape bit alone. */
static bool may_be_sslv2(struct slice s)
{
	static const struct range security_escape[] = { { 0x40, 0x7f } };

	return begins(s, security_escape, 1) == PARSE_BAD;
}

enum parse tls_looks_client(struct slice s)
{
	static const struct range row[11] = {
		{ 22, 22 }, { 3, 3 }, ANY, ANY, ANY, { 1, 1 }, { 0, 0 }, ANY, ANY, { 3, 3 }, ANY
	};
	enum parse p = begins_hello(behind_empty_records(s), row);

	return p == PARSE_BAD && may_be_sslv2(s) ? begins_sslv2_client(s) : p;
}

enum parse tls_looks_server(struct slice s)
{
	static const struct range hello[11] = {
		{ 22, 22 }, { 3, 3 }, ANY, ANY, ANY, { 2, 2 }, { 0, 0 }, ANY, ANY, { 3, 0x7f }, ANY
	};
	static const struct range alert[] = {
		{ 21, 21 }, { 3, 3 }, ANY, { 0, 0 }, { 2, 2 }, { 1, 2 }, ANY
	};
	enum parse p = begins_hello(s, hello);

	if (p == PARSE_BAD)
		p = begins(s, alert, sizeof(alert) / sizeof(alert[0]));
	return p == PARSE_BAD && may_be_sslv2(s) ? begins_sslv2_server(s) : p;
}
