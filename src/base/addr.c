/* SPDX-License-Identifier: Apache-2.0 */
/*
 * addr: an IPv4 or IPv6 address, always sixteen bytes.
 */
#include "base/addr.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

static const uint8_t v4_mapped[12] = { [10] = 0xff, [11] = 0xff };

bool addr_is_v4(const struct addr *a)
{
	return memcmp(a->b, v4_mapped, sizeof(v4_mapped)) == 0;
}

int addr_cmp(const struct addr *a, const struct addr *b)
{
	return memcmp(a->b, b->b, sizeof(a->b));
}

const char *addr_text(const struct addr *a, char buf[static ADDR_TEXT])
{
	if (addr_is_v4(a))
		return inet_ntop(AF_INET, a->b + 12, buf, ADDR_TEXT);
	return inet_ntop(AF_INET6, a->b, buf, ADDR_TEXT);
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
