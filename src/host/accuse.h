/* SPDX-License-Identifier: Apache-2.0 */
/*
 * accuse: proxies become findings.  Private to the room.
 */
#ifndef HOST_ACCUSE_H
#define HOST_ACCUSE_H

#include "host/host.h"

struct accused {
	struct finding *v;
	size_t n, cap;
};

/* Judges each proxy by the rules on legs.*; *ret is made anew. */
void accuse(const struct ruleset *rules, const struct proxy *const *proxies, size_t n,
	    struct accused *ret);
void accused_free(struct accused *a);

/*
 * Whether a finding on a host says of the box at that address what its clients
 * are, or what the finding on it as a proxy says better.
 */
struct excuse {
	const struct proxy *at, *hidden;	/* the proxy there; the one without an address */
	uint64_t aliased;			/* legs of that one under the host's address */
};
bool is_excused(const struct finding *f, const struct excuse *e, const struct accused *a);

#endif
