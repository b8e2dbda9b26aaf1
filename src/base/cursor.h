/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cursor: reading bytes that somebody else wrote.
 *
 * A slice is a run of borrowed bytes.  A cursor walks a slice from front to
 * back and cannot leave it.  A read past the end yields zero and *spends* the
 * cursor: it is empty from then on, every later read yields zero as well, and
 * cur_ok() is false for good.  So a parser reads like the RFC it implements
 * and asks once, at its end, whether everything was there; and a loop over
 * "while (cur_left(&c))" ends even on hostile input.
 *
 * Nothing here allocates, copies or logs.  Only cur_take() moves a cursor.
 */
#ifndef BASE_CURSOR_H
#define BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct slice {
	const uint8_t *p;
	size_t n;
};

struct cursor {
	const uint8_t *p;	/* next byte */
	size_t n;		/* bytes left; 0 once spent */
	bool spent;		/* something was read that was not there */
};

static inline struct cursor cursor_of(struct slice s)
{
	return (struct cursor){ .p = s.p, .n = s.n };
}

static inline size_t cur_left(const struct cursor *c) { return c->n; }
static inline bool cur_ok(const struct cursor *c) { return !c->spent; }

static inline void cur_spend(struct cursor *c)
{
	c->n = 0;
	c->spent = true;
}

/* The next n bytes, or NULL and a spent cursor if there are fewer. */
static inline const uint8_t *cur_take(struct cursor *c, size_t n)
{
	const uint8_t *at = c->p;

	if (n > c->n) {
		cur_spend(c);
		return NULL;
	}
	if (n > 0) {
		c->p += n;
		c->n -= n;
	}
	return at;
}

static inline uint8_t cur_u8(struct cursor *c)
{
	const uint8_t *b = cur_take(c, 1);

	return b ? b[0] : 0;
}

static inline uint16_t cur_u16(struct cursor *c)
{
	const uint8_t *b = cur_take(c, 2);

	return b ? (uint16_t)(b[0] << 8 | b[1]) : 0;
}

static inline uint32_t cur_u24(struct cursor *c)
{
	const uint8_t *b = cur_take(c, 3);

	return b ? (uint32_t)b[0] << 16 | (uint32_t)b[1] << 8 | b[2] : 0;
}

static inline uint32_t cur_u32(struct cursor *c)
{
	uint32_t hi = cur_u16(c);

	return hi << 16 | cur_u16(c);
}

static inline void cur_skip(struct cursor *c, size_t n) { (void)cur_take(c, n); }

static inline struct slice cur_slice(struct cursor *c, size_t n)
{
	const uint8_t *b = cur_take(c, n);

	return (struct slice){ .p = b, .n = b ? n : 0 };
}

static inline struct slice cur_rest(struct cursor *c)
{
	return cur_slice(c, c->n);
}

/* Forget all but the next n bytes: what follows is padding, not data. */
static inline void cur_clip(struct cursor *c, size_t n)
{
	if (n > c->n)
		cur_spend(c);
	else
		c->n = n;
}

/* TLS vectors: a length, then that many bytes.  A lying length spends c. */
static inline struct slice cur_vec8(struct cursor *c) { return cur_slice(c, cur_u8(c)); }
static inline struct slice cur_vec16(struct cursor *c) { return cur_slice(c, cur_u16(c)); }
static inline struct slice cur_vec24(struct cursor *c) { return cur_slice(c, cur_u24(c)); }

/*
 * Text protocols: the next line without its CRLF (or bare LF).  With no
 * newline in sight the cursor stays where it was: wait for more.
 */
bool cur_line(struct cursor *c, struct slice *ret);

bool slice_is(struct slice s, const char *text);		/* equal, any case */
bool slice_starts(struct slice s, const char *prefix);	/* begins so, any case */
bool slice_may_start(struct slice s, const char *prefix);	/* does, or yet could */

static inline struct slice cur_peek(const struct cursor *c)
{
	return (struct slice){ .p = c->p, .n = c->n };
}

#endif
