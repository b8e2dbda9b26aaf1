/* SPDX-License-Identifier: Apache-2.0 */
/*
 * buf: a growing run of bytes to print into.
 *
 * Outputs print a whole record into one buf and write it once.  Zero-initialised
 * is empty and ready; text in it is not NUL-terminated unless buf_text is called.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/cursor.h"

struct buf {
	char *p;
	size_t n, cap;
};

void buf_done(struct buf *b);
void buf_room(struct buf *b, size_t more);		/* n + more bytes will fit */
void buf_add(struct buf *b, const void *p, size_t n);
void buf_puts(struct buf *b, const char *s);
void buf_number(struct buf *b, uint64_t v);		/* decimal */
void buf_hex(struct buf *b, struct slice bytes);	/* lower case, no separators */
const char *buf_text(struct buf *b);			/* NUL-terminated, until the next call */

__attribute__((format(printf, 2, 3)))
void buf_printf(struct buf *b, const char *fmt, ...);

static inline void buf_putc(struct buf *b, char c)
{
	if (b->n == b->cap)
		buf_room(b, 1);
	b->p[b->n++] = c;
}

static inline struct slice buf_slice(const struct buf *b)
{
	return (struct slice){ (const uint8_t *)b->p, b->n };
}

#endif
