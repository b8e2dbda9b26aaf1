/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run: a connection as the kernel's program knows it.
 */
#include "run/spared.h"

#include <arpa/inet.h>
#include <string.h>

static void put_addr(const struct addr *a, uint8_t ret[static 16])
{
	bool v4 = addr_is_v4(a);

	memcpy(ret, v4 ? a->b + 12 : a->b, v4 ? 4 : 16);
}

/* Which of the two addresses is the greater, as the kernel's program reads them. */
static bool is_greater(const uint8_t a[static 16], const uint8_t b[static 16], bool v4)
{
	uint64_t x[2] = { 0 }, y[2] = { 0 };
	uint32_t p, q;

	memcpy(&p, a, sizeof(p));
	memcpy(&q, b, sizeof(q));
	memcpy(x, a, sizeof(x));
	memcpy(y, b, sizeof(y));
	if (v4)
		return p > q;
	return x[1] != y[1] ? x[1] > y[1] : x[0] > y[0];
}

bool spare_key_of(const struct packet *p, struct spare_key *ret)
{
	bool v4 = addr_is_v4(&p->src), turned;
	uint8_t src[16] = { 0 }, dst[16] = { 0 };

	put_addr(&p->src, src);
	put_addr(&p->dst, dst);
	if (p->depth != 3 + p->nvlans || p->nvlans > 1 || v4 != addr_is_v4(&p->dst) ||
	    memcmp(src, dst, sizeof(src)) == 0 || p->has_vni || p->has_erspan)
		return false;
	turned = is_greater(src, dst, v4);
	memcpy(ret->addr[turned], src, sizeof(src));
	memcpy(ret->addr[!turned], dst, sizeof(dst));
	ret->port[turned] = htons(p->sport);
	ret->port[!turned] = htons(p->dport);
	ret->vlan = p->nvlans > 0 ? 0x1000u | (p->vlans[0] & 0xfff) : 0;
	return true;
}
