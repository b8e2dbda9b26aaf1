/* SPDX-License-Identifier: Apache-2.0 */
/*
 * caller: who tries every version on every server is a scanner, and climbs down
 * no ladder.  Private to the room.
 */
#ifndef HOST_CALLER_H
#define HOST_CALLER_H

#include "host/attempt.h"
#include "host/pool.h"

size_t caller_size(void);		/* of what a pool of callers keeps */

/* Counts an attempt on a service, which is any number of its own. */
void caller_note(struct pool *callers, const struct addr *client, uint64_t service,
		 const struct attempt *a);

bool caller_scans(const struct pool *callers, const struct addr *client);

#endif
