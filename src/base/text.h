/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text: numbers, times and hostile bytes in words that people read.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/buf.h"

#define NS_PER_SECOND UINT64_C(1000000000)

/* Bytes from the wire, safe for a terminal: what is not printable ASCII becomes \xNN. */
void text_wire(struct buf *b, struct slice s);

/* Nanoseconds since 1970 as "2026-11-20". */
void text_date(struct buf *b, uint64_t ns);

/* Nanoseconds since 1970 as "2026-11-20T09:00:00.123456789Z" (RFC 3339, always nine digits). */
void text_time(struct buf *b, uint64_t ns);

/* The same to the second, for reports: "2026-11-20 09:00:00". */
void text_time_short(struct buf *b, uint64_t ns);

/* Nanoseconds as milliseconds: "0.4", "12", "1234.567"; at most three decimals. */
void text_ms(struct buf *b, uint64_t ns);

/* "00-0C-29-AA-BB-CC", as ECS wants hardware addresses. */
#define TEXT_MAC 18
const char *text_mac(const uint8_t mac[static 6], char ret[static TEXT_MAC]);

/* 1234567 as "1,234,567". */
void text_grouped(struct buf *b, uint64_t v);

/* "1.9 GB", "340 kB", "17 bytes": powers of ten. */
void text_bytes(struct buf *b, uint64_t v);

/* "1 h 03 min", "2 min 07 s", "4.2 s". */
void text_duration(struct buf *b, uint64_t ns);

#endif
