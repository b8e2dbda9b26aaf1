/* SPDX-License-Identifier: Apache-2.0 */
/*
 * say: what clients and servers say in TLS, for tests of flows.
 *
 * The bytes are as short as they may be; RFC 5246 section 7.4, RFC 8446 section 4.
 */
#ifndef TESTS_SAY_H
#define TESTS_SAY_H

#include "test.h"

#include "tls/tls.h"

struct say {
	uint8_t b[20000];
	size_t n;
};

static inline struct slice said(const struct say *s) { return (struct slice){ s->b, s->n }; }

static inline void say_n(struct say *s, uint64_t v, unsigned bytes)
{
	while (bytes-- > 0)
		s->b[s->n++] = (uint8_t)(v >> 8 * bytes);
}

static inline void say_bytes(struct say *s, const void *p, size_t n)
{
	memcpy(s->b + s->n, p, n);
	s->n += n;
}

/* A length of `bytes` bytes at `at`, for all that was said behind it. */
static inline void say_length(struct say *s, size_t at, unsigned bytes)
{
	size_t n = s->n - at - bytes;

	for (unsigned i = 0; i < bytes; i++)
		s->b[at + i] = (uint8_t)(n >> 8 * (bytes - 1 - i));
}

static inline size_t say_open(struct say *s, unsigned bytes)
{
	s->n += bytes;
	return s->n - bytes;
}

static inline void say_record(struct say *s, unsigned type, struct slice body)
{
	say_n(s, type, 1);
	say_n(s, 0x0303, 2);
	say_n(s, body.n, 2);
	say_bytes(s, body.p, body.n);
}

struct hello_plan {
	uint16_t version;		/* legacy */
	uint16_t top;			/* in supported_versions; 0: no such extension */
	const char *name;		/* NULL: no server name */
	size_t pad;			/* bytes of padding extension; 0: none */
	uint8_t salt;			/* first byte of the random */
	uint8_t session;		/* bytes of session id */
	bool early_data;
};

static inline void say_extensions(struct say *s, const struct hello_plan *p)
{
	size_t all = say_open(s, 2), ext, list;

	if (p->name != NULL) {
		say_n(s, EXT_SERVER_NAME, 2);
		ext = say_open(s, 2);
		list = say_open(s, 2);
		say_n(s, 0, 1);
		say_n(s, strlen(p->name), 2);
		say_bytes(s, p->name, strlen(p->name));
		say_length(s, list, 2);
		say_length(s, ext, 2);
	}
	if (p->pad > 0) {
		say_n(s, EXT_PADDING, 2);
		say_n(s, p->pad, 2);
		memset(s->b + s->n, 0, p->pad);
		s->n += p->pad;
	}
	if (p->early_data)
		say_n(s, (uint64_t)EXT_EARLY_DATA << 16, 4);
	if (p->top != 0) {		/* last: a hello cut off looks older than it is */
		say_n(s, EXT_SUPPORTED_VERSIONS, 2);
		say_n(s, 5, 2);
		say_n(s, 4, 1);
		say_n(s, p->top, 2);
		say_n(s, TLS1_2, 2);
	}
	say_length(s, all, 2);
}

static inline void say_client_hello(struct say *s, const struct hello_plan *p)
{
	size_t record = s->n + 3, message;

	say_n(s, 0x160301, 3);
	(void)say_open(s, 2);
	say_n(s, 1, 1);
	message = say_open(s, 3);
	say_n(s, p->version ? p->version : TLS1_2, 2);
	say_n(s, p->salt ? p->salt : 0x11, 1);
	for (unsigned i = 1; i < 32; i++)
		say_n(s, 0x20 + i, 1);
	say_n(s, p->session, 1);
	for (unsigned i = 0; i < p->session; i++)
		say_n(s, i, 1);
	say_n(s, 4, 2);
	say_n(s, 0xc02fc030, 4);
	say_n(s, 0x0100, 2);
	say_extensions(s, p);
	say_length(s, message, 3);
	say_length(s, record, 2);
}

static const uint8_t say_retry_random[32] = {	/* RFC 8446 section 4.1.3 */
	0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65,
	0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2,
	0xc8, 0xa8, 0x33, 0x9c
};

/* version TLS1_3 is told in the extension; session: bytes of the client's id echoed. */
static inline void say_server_hello(struct say *s, uint16_t version, uint8_t session, bool retry)
{
	size_t record = s->n + 3, message;

	say_n(s, 0x160303, 3);
	(void)say_open(s, 2);
	say_n(s, 2, 1);
	message = say_open(s, 3);
	say_n(s, version == TLS1_3 ? TLS1_2 : version, 2);
	for (unsigned i = 0; i < 32; i++)
		say_n(s, retry ? say_retry_random[i] : 0x80 + i, 1);
	say_n(s, session, 1);
	for (unsigned i = 0; i < session; i++)
		say_n(s, i, 1);
	say_n(s, 0xc02f00, 3);
	if (version == TLS1_3)
		say_n(s, 0x0006002b00020304, 8);
	say_length(s, message, 3);
	say_length(s, record, 2);
}

/* Any other handshake message, of n bytes that mean nothing. */
static inline void say_message(struct say *s, unsigned type, size_t n)
{
	say_n(s, 0x160303, 3);
	say_n(s, n + 4, 2);
	say_n(s, type, 1);
	say_n(s, n, 3);
	memset(s->b + s->n, 0x5a, n);
	s->n += n;
}

static inline void say_cipher(struct say *s, unsigned type, size_t n)
{
	say_n(s, type, 1);
	say_n(s, 0x0303, 2);
	say_n(s, n, 2);
	memset(s->b + s->n, 0xe7, n);
	s->n += n;
}

static inline void say_change_cipher(struct say *s) { say_n(s, 0x140303000101, 6); }

static inline void say_finished(struct say *s)		/* up to TLS 1.2: ChangeCipherSpec too */
{
	say_change_cipher(s);
	say_cipher(s, 22, 40);
}

static inline void say_alert(struct say *s, unsigned level, unsigned code)
{
	say_n(s, 0x1503030002, 5);
	say_n(s, level, 1);
	say_n(s, code, 1);
}

static inline void say_data(struct say *s, size_t n) { say_cipher(s, 23, n); }

#endif
