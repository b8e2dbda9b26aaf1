/* SPDX-License-Identifier: Apache-2.0 */
/*
 * addr: an IPv4 or IPv6 address, always sixteen bytes.
 */
#include "base/addr.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

int addr_cmp(const struct addr *a, const struct addr *b)
{
	return memcmp(a->b, b->b, sizeof(a->b));
}

static char *put_byte(char *to, unsigned v)
{
	if (v >= 100)
		*to++ = (char)('0' + v / 100);
	if (v >= 10)
		*to++ = (char)('0' + v / 10 % 10);
	*to++ = (char)('0' + v % 10);
	return to;
}

static char *put_group(char *to, unsigned v)
{
	static const char digits[] = "0123456789abcdef";

	for (unsigned shift = 12; shift > 0; shift -= 4)
		if (v >> shift != 0)
			*to++ = digits[v >> shift & 0xf];
	*to++ = digits[v & 0xf];
	return to;
}

/* The longest run of at least two groups of zeroes, the first among equals: RFC 5952, 4.2. */
static void find_zeroes(const unsigned group[static 8], unsigned *ret_from, unsigned *ret_n)
{
	unsigned n = 0;

	*ret_from = 8;
	*ret_n = 1;
	for (unsigned i = 0; i < 8; i++) {
		n = group[i] == 0 ? n + 1 : 0;
		if (n > *ret_n) {
			*ret_n = n;
			*ret_from = i + 1 - n;
		}
	}
}

static void put_v6(char *to, const uint8_t b[static 16])
{
	unsigned group[8], from, n;

	for (unsigned i = 0; i < 8; i++)
		group[i] = (unsigned)b[2 * i] << 8 | b[2 * i + 1];
	find_zeroes(group, &from, &n);
	for (unsigned i = 0; i < 8; i++) {
		if (i == from) {
			*to++ = ':';
			i += n - 1;
			if (i == 7)
				*to++ = ':';
			continue;
		}
		if (i > 0)
			*to++ = ':';
		to = put_group(to, group[i]);
	}
	*to = '\0';
}

/* On the way of every record, so not by inet_ntop(3), which formats by template. */
const char *addr_text(const struct addr *a, char buf[static ADDR_TEXT])
{
	static const uint8_t zeroes[10];
	char *to = buf;

	if (addr_is_v4(a)) {
		for (unsigned i = 12; i < 16; i++) {
			to = put_byte(to, a->b[i]);
			*to++ = '.';
		}
		to[-1] = '\0';
	} else if (memcmp(a->b, zeroes, sizeof(zeroes)) == 0) {
		(void)inet_ntop(AF_INET6, a->b, buf, ADDR_TEXT);	/* "::1", "::1.2.3.4" */
	} else {
		put_v6(buf, a->b);
	}
	return buf;
}

bool addr_parse(const char *text, struct addr *ret)
{
	uint8_t four[4];
	struct addr six;

	if (inet_pton(AF_INET, text, four) == 1) {
		*ret = addr_v4((struct slice){ four, sizeof(four) });
		return true;
	}
	if (inet_pton(AF_INET6, text, six.b) != 1)
		return false;
	*ret = six;
	return true;
}

/* The decimal number after the slash; -1 if it is none or above max. */
static int length_parse(const char *text, int max)
{
	int n = 0;

	if (*text == '\0')
		return -1;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return -1;
		n = n * 10 + (*text - '0');
		if (n > max)
			return -1;
	}
	return n;
}

static bool tail_is_zero(const struct prefix *p)
{
	for (unsigned bit = p->bits; bit < 128; bit++)
		if (p->addr.b[bit / 8] & (0x80u >> bit % 8))
			return false;
	return true;
}

bool prefix_parse(const char *text, struct prefix *ret)
{
	const char *slash = strchr(text, '/');
	size_t n = slash ? (size_t)(slash - text) : strlen(text);
	char host[ADDR_TEXT];
	struct prefix p;
	int max, bits;

	if (n >= sizeof(host))
		return false;
	memcpy(host, text, n);
	host[n] = '\0';
	if (!addr_parse(host, &p.addr))
		return false;
	max = strchr(host, ':') ? 128 : 32;
	bits = slash ? length_parse(slash + 1, max) : max;
	if (bits < 0)
		return false;
	p.bits = (uint8_t)(bits + 128 - max);
	if (!tail_is_zero(&p))
		return false;
	*ret = p;
	return true;
}

bool prefix_has(const struct prefix *p, const struct addr *a)
{
	unsigned whole = p->bits / 8, rest = p->bits % 8;
	uint8_t mask = (uint8_t)(0xff00u >> rest);

	return memcmp(p->addr.b, a->b, whole) == 0 &&
	       (rest == 0 || ((p->addr.b[whole] ^ a->b[whole]) & mask) == 0);
}
