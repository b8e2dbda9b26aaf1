/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host: what tells hosts apart, and what only seems to.
 *
 * Addresses do, and VLANs where an address may be used in several.  Hardware
 * addresses do not: behind a router all hosts have the router's.  An address
 * that was seen under two which are no router's was given out again, or is used
 * twice; that is said.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "host/count.h"

/*
 * Addresses that are given out again in other networks: RFC 1918, RFC 3927, RFC
 * 6598; RFC 4193, RFC 4291 2.5.6.
 */
static bool is_private(const struct addr *a)
{
	const uint8_t *v4 = a->b + 12;

	if (!addr_is_v4(a))
		return (a->b[0] & 0xfe) == 0xfc || (a->b[0] == 0xfe && (a->b[1] & 0xc0) == 0x80);
	return v4[0] == 10 || (v4[0] == 172 && (v4[1] & 0xf0) == 16) ||
	       (v4[0] == 192 && v4[1] == 168) || (v4[0] == 169 && v4[1] == 254) ||
	       (v4[0] == 100 && (v4[1] & 0xc0) == 64);
}

uint16_t sighting_vlan(const struct sighting *s)
{
	const struct value *ip = sighting_get(s, FIELD_CLIENT_IP);
	const struct value *v = sighting_get(s, FIELD_VLAN);
	unsigned vlan = 0;

	if (!value_known(ip) || !value_known(v) || !is_private(&ip->addr))
		return VLAN_NONE;
	for (size_t i = 0; i < v->bytes.n && vlan < VLAN_NONE; i++)
		vlan = vlan * 10 + (v->bytes.p[i] - '0');
	return vlan < VLAN_NONE ? (uint16_t)vlan : VLAN_NONE;
}

void host_key(const struct addr *ip, uint16_t vlan, uint8_t ret[static POOL_KEY])
{
	memset(ret, 0, POOL_KEY);
	memcpy(ret, ip->b, sizeof(ip->b));
	ret[16] = (uint8_t)(vlan >> 8);
	ret[17] = (uint8_t)vlan;
}

/* ---- hardware addresses ---------------------------------------------------------------- */

static unsigned digit(uint8_t c)
{
	return (c & 0xfu) + (c > '9' ? 9 : 0);
}

void host_count_mac(struct host *h, const struct sighting *s)
{
	const struct value *v = sighting_get(s, FIELD_CLIENT_MAC);
	uint8_t mac[6];

	if (!value_known(v) || v->bytes.n != 17 || h->nmacs > MACS_MOST)
		return;			/* "00-0C-29-AA-BB-CC" */
	for (size_t i = 0; i < 6; i++)
		mac[i] = (uint8_t)(digit(v->bytes.p[3 * i]) << 4 | digit(v->bytes.p[3 * i + 1]));
	for (unsigned i = 0; i < h->nmacs; i++)
		if (memcmp(h->macs[i], mac, 6) == 0)
			return;
	if (h->nmacs < MACS_MOST)
		memcpy(h->macs[h->nmacs], mac, 6);
	h->nmacs++;
}

struct owner {
	uint8_t mac[6];
	bool v4;			/* a machine has an address of each family */
	struct host *host;
};

static int by_mac(const void *a, const void *b)
{
	const struct owner *x = a, *y = b;
	int order = memcmp(x->mac, y->mac, 6);

	return order != 0 ? order : (int)x->v4 - (int)y->v4;
}

static void find_routers(struct host *const *hosts, size_t n)
{
	struct owner *all = xcalloc(n * MACS_MOST + 1, sizeof(*all));
	size_t used = 0;

	for (size_t i = 0; i < n; i++) {
		hosts[i]->has_routers = false;
		for (unsigned k = 0; k < hosts[i]->nmacs && k < MACS_MOST; k++) {
			memcpy(all[used].mac, hosts[i]->macs[k], 6);
			all[used].v4 = addr_is_v4(&hosts[i]->ip);
			all[used++].host = hosts[i];
		}
	}
	qsort(all, used, sizeof(*all), by_mac);
	for (size_t i = 1; i < used; i++)
		if (by_mac(&all[i - 1], &all[i]) == 0)
			all[i - 1].host->has_routers = all[i].host->has_routers = true;
	free(all);
}

/* ---- beside each other ----------------------------------------------------------------- */

static int by_address(const void *a, const void *b)
{
	const struct host *x = *(const struct host *const *)a;
	const struct host *y = *(const struct host *const *)b;

	return addr_cmp(&x->ip, &y->ip);
}

void hosts_compare(struct host **all, size_t n)
{
	size_t from = 0, to = 0;

	find_routers(all, n);
	qsort(all, n, sizeof(*all), by_address);
	for (; from < n; from = to) {
		unsigned high = 0;

		for (to = from; to < n && addr_cmp(&all[from]->ip, &all[to]->ip) == 0; to++)
			high += host_high_offers(all[to]) > 0;
		for (size_t i = from; i < to; i++) {
			all[i]->has_namesake = to - from > 1;
			all[i]->does_better = high > 0 && host_high_offers(all[i]) == 0;
		}
	}
}
