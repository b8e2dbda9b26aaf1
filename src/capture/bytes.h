/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: numbers in either byte order.
 *
 * Captures are written in the byte order of the machine that wrote them; the
 * cursor reads network order only.  These take bytes that cur_take() gave, and
 * compile to one load.
 */
#ifndef CAPTURE_BYTES_H
#define CAPTURE_BYTES_H

#include "base/cursor.h"

static inline uint16_t bytes_u16(const uint8_t *p, bool big)
{
	return big ? (uint16_t)(p[0] << 8 | p[1]) : (uint16_t)(p[1] << 8 | p[0]);
}

static inline uint32_t bytes_u32(const uint8_t *p, bool big)
{
	uint32_t low = p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;

	return big ? __builtin_bswap32(low) : low;
}

static inline uint64_t bytes_u64(const uint8_t *p, bool big)
{
	uint64_t first = bytes_u32(p, big);
	uint64_t second = bytes_u32(p + 4, big);

	return big ? first << 32 | second : second << 32 | first;
}

#endif
