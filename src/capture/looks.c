/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: what files begin with.
 *
 * Sources: the formats' own documents as collected in file(1)'s magic files and
 * in Wireshark's wiretap/file_access.c; libpcap, sf-pcap.c.  To add one: one row.
 */
#include "capture/looks.h"

#include <string.h>

#include "capture/bytes.h"

#define UNPACK "; unpack it first"
#define CONVERT "; convert it to pcapng first, for example with Wireshark's editcap"

struct magic {
	const char *bytes;
	size_t n;
	const char *what;
};

#define ROW(bytes, what) { bytes, sizeof(bytes) - 1, what }

static const struct magic magics[] = {
	ROW("\x1f\x8b", "gz data inside of packed data" UNPACK),
	ROW("\x28\xb5\x2f\xfd", "zst data inside of packed data" UNPACK),
	ROW("\xfd" "7zXZ\0", "xz data" UNPACK),
	ROW("BZh", "bzip2 data" UNPACK),
	ROW("\x04\x22\x4d\x18", "lz4 data" UNPACK),
	ROW("PK\x03\x04", "a zip archive" UNPACK),
	ROW("PK\x05\x06", "an empty zip archive"),
	ROW("7z\xbc\xaf\x27\x1c", "a 7z archive" UNPACK),
	ROW("Rar!\x1a\x07", "a rar archive" UNPACK),
	ROW("\xd4\xc3\xb2\xa1", "a pcap of a version before 2.0"),
	ROW("\xa1\xb2\xc3\xd4", "a pcap of a version before 2.0"),
	ROW("\xcd\x34\xb2\xa1", "a pcap of Francisco Mesquita's kind" CONVERT),
	ROW("\xa1\xb2\x34\xcd", "a pcap of Francisco Mesquita's kind" CONVERT),
	ROW("\x4d\x3c\x2b\xa1", "a pcap of Navtel's kind" CONVERT),
	ROW("\xa1\x2b\x3c\x4d", "a pcap of Navtel's kind" CONVERT),
	ROW("snoop\0\0\0", "a snoop capture of another version or link type" CONVERT),
	ROW("btsnoop\0", "a Bluetooth capture (btsnoop)"),
	ROW("iptrace 1.0", "an AIX iptrace capture" CONVERT),
	ROW("iptrace 2.0", "an AIX iptrace capture" CONVERT),
	ROW("GMBU", "a Microsoft Network Monitor 2 capture" CONVERT),
	ROW("RTSS", "a Microsoft Network Monitor 1 capture" CONVERT),
	ROW("TRSNIFF data", "a Sniffer capture" CONVERT),
	ROW("XCP\0", "a NetXRay or Sniffer capture" CONVERT),
	ROW("\x7f" "ver", "an EtherPeek or OmniPeek capture" CONVERT),
	ROW("%PDF", "a PDF document"),
	ROW("\x7f" "ELF", "an ELF program"),
	ROW("MZ", "a Windows program"),
	ROW("\x89PNG", "a PNG picture"),
	ROW("\xff\xd8\xff", "a JPEG picture"),
	ROW("GIF8", "a GIF picture"),
	ROW("SQLite format 3", "an SQLite database"),
	ROW("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Microsoft Office document"),
};

/* Text that is markup or data, any case. */
static const struct magic words[] = {
	ROW("<!DOCTYPE html", "an HTML page (was it downloaded without a login?)"),
	ROW("<html", "an HTML page (was it downloaded without a login?)"),
	ROW("<?xml", "an XML document"),
	ROW("{", "JSON text"),
	ROW("[{", "JSON text"),
};

static struct slice without_space(struct slice s)
{
	while (s.n > 0 && strchr(" \t\r\n", s.p[0]) != NULL && s.p[0] != '\0') {
		s.p++;
		s.n--;
	}
	return s;
}

/* No control characters but white space; bytes over 0x7f may be UTF-8 or Latin-1. */
static bool is_text(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] < ' ' && (s.p[i] < '\t' || s.p[i] > '\r')) || s.p[i] == 0x7f)
			return false;
	return true;
}

static bool is_zero(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != 0)
			return false;
	return true;
}

/*
 * One ERF record: time u64 little-endian (seconds in its upper half), type u8
 * (bit 7: more headers), flags u8, length u16 with the 16 bytes of this header,
 * loss u16, wire length u16.  ERF has no magic number.  Source: Endace, "ERF
 * types reference guide"; types there are 1 to 48.
 */
static size_t erf_length(struct cursor *c)
{
	const uint8_t *h = cur_take(c, 16);
	uint32_t seconds = h ? bytes_u32(h + 4, false) : 0;
	unsigned type = h ? h[8] & 0x7f : 0;
	size_t length = h ? bytes_u16(h + 10, true) : 0;

	if (seconds < 631152000u || type < 1 || type > 48 || length < 16)	/* before 1990 */
		return 0;
	return length;
}

/* Two records on end that make sense, or one that is all there is. */
static bool is_erf(struct slice s)
{
	struct cursor c = cursor_of(s);
	size_t length = erf_length(&c);

	if (length == 0)
		return false;
	cur_skip(&c, length - 16);
	if (!cur_ok(&c))
		return false;
	return cur_left(&c) == 0 || erf_length(&c) > 0;
}

static bool ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), k = strlen(end);

	return n >= k && slice_is((struct slice){ (const uint8_t *)name + n - k, k }, end);
}

const char *looks_like(struct slice first, const char *name)
{
	struct slice text = without_space(first);

	if (first.n == 0)
		return "an empty file";
	for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++)
		if (first.n >= magics[i].n && memcmp(first.p, magics[i].bytes, magics[i].n) == 0)
			return magics[i].what;
	if (is_zero(first))
		return "nothing but zero bytes";
	if (is_text(first)) {
		for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
			if (slice_starts(text, words[i].bytes))
				return words[i].what;
		return "text";
	}
	if (ends_with(name, ".etl"))
		return "a Windows event trace, by its name; convert it with etl2pcapng";
	if (is_erf(first))
		return "an ERF capture (Endace)" CONVERT;
	return "data of no known kind";
}
