/* SPDX-License-Identifier: Apache-2.0 */
/*
 * readiness: the networks that hosts are grouped by.  Private to the room.
 */
#ifndef HOST_READINESS_H
#define HOST_READINESS_H

#include "base/arena.h"
#include "host/host.h"

struct network {
	struct prefix block;
	size_t named;			/* its place among the names */
};

struct groups {
	struct arena arena;		/* of the file */
	const char **names;		/* NULL: blocks of v4 and v6 bits */
	size_t nnames;
	struct network *networks;	/* the longest first */
	size_t nnetworks;
	unsigned v4, v6;		/* bits as in struct prefix */
	struct subnet *told;
	const struct host **hosts;
};

/* readiness_load.c: version: 1, networks: [{name: ..., in: [...]}]; false: *e says why. */
bool networks_load(struct groups *g, const char *path, struct errors *e);

#endif
