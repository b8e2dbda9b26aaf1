/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host: scanners, known by five versions offered to four services in a minute.
 *
 * A program that climbs down stops where it came through, three rungs below the
 * first at most: none of today goes from TLS 1.3 to SSL 3.0.
 */
#include "host/caller.h"

#include <string.h>

enum { SERVICES = 4, VERSIONS = 5 };

#define WINDOW (UINT64_C(60) * 1000000000)

struct caller {
	struct slot slot;
	uint64_t since;
	unsigned ranks;			/* a bit each */
	uint64_t services[SERVICES];
	unsigned nservices;
	bool scans;
};

size_t caller_size(void)
{
	return sizeof(struct caller);
}

static unsigned bits(unsigned set)
{
	unsigned n = 0;

	for (; set != 0; set &= set - 1)
		n++;
	return n;
}

void caller_note(struct pool *callers, const struct addr *client, uint64_t service,
		 const struct attempt *a)
{
	uint8_t key[POOL_KEY] = { 0 };
	struct caller *c;
	unsigned i = 0;

	memcpy(key, client->b, sizeof(client->b));
	c = (struct caller *)pool_touch(callers, key, 0);
	if (c == NULL)
		return;
	if (a->ts - c->since > WINDOW && c->since - a->ts > WINDOW) {
		c->since = a->ts;
		c->ranks = c->nservices = 0;
	}
	c->ranks |= 1u << a->rank;
	while (i < c->nservices && c->services[i] != service)
		i++;
	if (i == c->nservices && i < SERVICES)
		c->services[c->nservices++] = service;
	c->scans |= c->nservices == SERVICES && bits(c->ranks) >= VERSIONS;
}

bool caller_scans(const struct pool *callers, const struct addr *client)
{
	uint8_t key[POOL_KEY] = { 0 };
	const struct caller *c;

	memcpy(key, client->b, sizeof(client->b));
	c = (const struct caller *)pool_find(callers, key);
	return c != NULL && c->scans;
}
