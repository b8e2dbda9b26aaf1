/* SPDX-License-Identifier: Apache-2.0 */
/*
 * addr: an IPv4 or IPv6 address, always sixteen bytes.
 *
 * IPv4 is kept in its v4-mapped form (::ffff:a.b.c.d), so hashing, comparing
 * and longest-prefix matching have one case and not two.
 */
#ifndef BASE_ADDR_H
#define BASE_ADDR_H

#include <stdint.h>
#include <string.h>

#include "base/cursor.h"

#define ADDR_TEXT 46		/* INET6_ADDRSTRLEN */

struct addr {
	uint8_t b[16];
};

/* An address block: the first `bits` of `addr` count (IPv4: 96 more than in CIDR notation). */
struct prefix {
	struct addr addr;
	uint8_t bits;		/* 0 to 128 */
};

/* All zeroes but for the prefix, if the slice is of another size.  Inline: once per packet. */
static inline struct addr addr_v4(struct slice four)
{
	struct addr a = { .b = { [10] = 0xff, [11] = 0xff } };

	if (four.n == 4)
		memcpy(a.b + 12, four.p, 4);
	return a;
}

static inline struct addr addr_v6(struct slice sixteen)
{
	struct addr a = { .b = { 0 } };

	if (sixteen.n == 16)
		memcpy(a.b, sixteen.p, 16);
	return a;
}

static inline bool addr_is_v4(const struct addr *a)
{
	const struct addr mapped = { .b = { [10] = 0xff, [11] = 0xff } };

	return memcmp(a->b, mapped.b, 12) == 0;
}

int addr_cmp(const struct addr *a, const struct addr *b);	/* as memcmp */
const char *addr_text(const struct addr *a, char buf[static ADDR_TEXT]);

/* Text, NUL-terminated, as inet_pton(3) reads it; false: not an address, *ret unchanged. */
bool addr_parse(const char *text, struct addr *ret);

/* "10.0.0.0/8", "2001:db8::/32", or one bare address; bits beyond the length must be zero. */
bool prefix_parse(const char *text, struct prefix *ret);
bool prefix_has(const struct prefix *p, const struct addr *a);

#endif
