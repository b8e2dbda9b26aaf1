/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text: numbers, times and hostile bytes in words that people read.
 */
#include "base/text.h"

#include <inttypes.h>

void text_wire(struct buf *b, struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 0x20 && s.p[i] < 0x7f && s.p[i] != '\\')
			buf_putc(b, (char)s.p[i]);
		else {
			buf_add(b, "\\x", 2);
			buf_hex(b, (struct slice){ s.p + i, 1 });
		}
}

/* v in n digits, with zeroes in front. */
static void put_digits(struct buf *b, uint64_t v, unsigned n)
{
	buf_room(b, n);
	for (unsigned i = n; i-- > 0; v /= 10)
		b->p[b->n + i] = (char)('0' + v % 10);
	b->n += n;
}

/*
 * The date of a day since 1970-01-01, by counting in eras of 400 years that
 * begin on the first of March (Howard Hinnant, "chrono-Compatible Low-Level
 * Date Algorithms", civil_from_days).
 */
void text_date(struct buf *b, uint64_t ns)
{
	uint64_t z = ns / NS_PER_SECOND / 86400 + 719468, era = z / 146097, doe = z % 146097;
	uint64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	uint64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
	uint64_t month = mp < 10 ? mp + 3 : mp - 9;

	put_digits(b, yoe + era * 400 + (month <= 2), 4);
	buf_putc(b, '-');
	put_digits(b, month, 2);
	buf_putc(b, '-');
	put_digits(b, doy - (153 * mp + 2) / 5 + 1, 2);
}

static void put_clock(struct buf *b, uint64_t ns)
{
	uint64_t s = ns / NS_PER_SECOND % 86400;

	put_digits(b, s / 3600, 2);
	buf_putc(b, ':');
	put_digits(b, s / 60 % 60, 2);
	buf_putc(b, ':');
	put_digits(b, s % 60, 2);
}

void text_time(struct buf *b, uint64_t ns)
{
	text_date(b, ns);
	buf_putc(b, 'T');
	put_clock(b, ns);
	buf_putc(b, '.');
	put_digits(b, ns % NS_PER_SECOND, 9);
	buf_putc(b, 'Z');
}

void text_time_short(struct buf *b, uint64_t ns)
{
	text_date(b, ns);
	buf_putc(b, ' ');
	put_clock(b, ns);
}

void text_ms(struct buf *b, uint64_t ns)
{
	uint64_t us = (ns + 500) / 1000;

	buf_number(b, us / 1000);
	if (us % 1000 == 0)
		return;
	buf_putc(b, '.');
	put_digits(b, us % 1000, 3);
	while (b->p[b->n - 1] == '0')
		b->n--;
}

const char *text_mac(const uint8_t mac[static 6], char ret[static TEXT_MAC])
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < 6; i++) {
		ret[3 * i] = digits[mac[i] >> 4];
		ret[3 * i + 1] = digits[mac[i] & 0xf];
		ret[3 * i + 2] = '-';
	}
	ret[TEXT_MAC - 1] = '\0';
	return ret;
}

void text_grouped(struct buf *b, uint64_t v)
{
	if (v >= 1000) {
		text_grouped(b, v / 1000);
		buf_putc(b, ',');
		put_digits(b, v % 1000, 3);
	} else {
		buf_number(b, v);
	}
}

void text_bytes(struct buf *b, uint64_t v)
{
	static const char *const units[] = { "bytes", "kB", "MB", "GB", "TB", "PB", "EB" };
	double scaled = (double)v;
	unsigned unit = 0;

	while (scaled >= 999.5 && unit + 1 < sizeof(units) / sizeof(units[0])) {
		scaled /= 1000;
		unit++;
	}
	buf_printf(b, "%.*f %s", unit > 0 && scaled < 9.95 ? 1 : 0, scaled, units[unit]);
}

void text_duration(struct buf *b, uint64_t ns)
{
	uint64_t s = ns / NS_PER_SECOND;

	if (s >= 3600)
		buf_printf(b, "%" PRIu64 " h %02" PRIu64 " min", s / 3600, s / 60 % 60);
	else if (s >= 60)
		buf_printf(b, "%" PRIu64 " min %02" PRIu64 " s", s / 60, s % 60);
	else
		buf_printf(b, "%.1f s", (double)ns / 1e9);
}
