/* SPDX-License-Identifier: Apache-2.0 */
/*
 * buf: a growing run of bytes to print into.
 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

void buf_done(struct buf *b)
{
	free(b->p);
	*b = (struct buf){ 0 };
}

void buf_room(struct buf *b, size_t more)
{
	size_t want = b->n + more;

	if (want <= b->cap)
		return;
	if (want < 2 * b->cap)
		want = 2 * b->cap;
	if (want < 256)
		want = 256;
	b->p = xrealloc(b->p, want);
	b->cap = want;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
	if (n == 0)
		return;
	buf_room(b, n);
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

void buf_puts(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_number(struct buf *b, uint64_t v)
{
	char digits[20];
	size_t n = sizeof(digits);

	do {
		digits[--n] = (char)('0' + v % 10);
		v /= 10;
	} while (v != 0);
	buf_add(b, digits + n, sizeof(digits) - n);
}

void buf_hex(struct buf *b, struct slice bytes)
{
	static const char digit[16] = "0123456789abcdef";

	buf_room(b, bytes.n * 2);
	for (size_t i = 0; i < bytes.n; i++) {
		b->p[b->n++] = digit[bytes.p[i] >> 4];
		b->p[b->n++] = digit[bytes.p[i] & 15];
	}
}

const char *buf_text(struct buf *b)
{
	buf_room(b, 1);
	b->p[b->n] = '\0';
	return b->p;
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	buf_room(b, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n += (size_t)n;
}
