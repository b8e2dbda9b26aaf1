/* SPDX-License-Identifier: Apache-2.0 */
/*
 * count: what a sighting adds to its host.  Private to the room.
 */
#ifndef HOST_COUNT_H
#define HOST_COUNT_H

#include "base/map.h"
#include "host/host.h"
#include "host/pool.h"

bool sighting_says(const struct sighting *s, enum field_id id);	/* a bool that is true */
unsigned sighting_rank(const struct sighting *s, enum field_id id);	/* of a version; 0 */

uint16_t sighting_vlan(const struct sighting *s);	/* what tells its host apart; VLAN_NONE */

void host_key(const struct addr *ip, uint16_t vlan, uint8_t ret[static POOL_KEY]);

void totals_count(struct totals *t, const struct sighting *s);	/* totals.c */

/* Counts the offer by its kind, and what else the verdict rests on: verdict.c. */
void host_count_offer(struct host *h, const struct sighting *s);

/* Counts the stack behind the offer; known: by id, what stays for good: stacks.c. */
void host_count_stack(struct host *h, struct map *known, const struct sighting *s);
void known_stacks_free(struct map *known);

/* Notes the hardware address: apart.c. */
void host_count_mac(struct host *h, const struct sighting *s);

/* What is known of hosts only beside all others; puts all in another order. */
void hosts_compare(struct host **all, size_t n);

/* The stacks that cannot be on one machine, by their labels. */
void host_machines_words(const struct host *h, struct buf *ret);

#endif
