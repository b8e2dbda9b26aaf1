/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text: numbers, times and hostile bytes in words that people read.
 */
#include "base/text.h"

#include <inttypes.h>
#include <time.h>

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

static struct tm utc(uint64_t ns)
{
	time_t seconds = (time_t)(ns / NS_PER_SECOND);
	struct tm t = { 0 };

	gmtime_r(&seconds, &t);
	return t;
}

void text_time(struct buf *b, uint64_t ns)
{
	struct tm t = utc(ns);

	buf_printf(b, "%04d-%02d-%02dT%02d:%02d:%02d.%09" PRIu64 "Z", t.tm_year + 1900,
		   t.tm_mon + 1, t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec, ns % NS_PER_SECOND);
}

void text_time_short(struct buf *b, uint64_t ns)
{
	struct tm t = utc(ns);

	buf_printf(b, "%04d-%02d-%02d %02d:%02d:%02d", t.tm_year + 1900, t.tm_mon + 1,
		   t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec);
}

void text_ms(struct buf *b, uint64_t ns)
{
	uint64_t us = (ns + 500) / 1000;

	buf_number(b, us / 1000);
	if (us % 1000 == 0)
		return;
	buf_printf(b, ".%03" PRIu64, us % 1000);
	while (b->p[b->n - 1] == '0')
		b->n--;
}

void text_grouped(struct buf *b, uint64_t v)
{
	if (v >= 1000) {
		text_grouped(b, v / 1000);
		buf_printf(b, ",%03" PRIu64, v % 1000);
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
