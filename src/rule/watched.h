/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watched: a rule of a sequence and values of `by`, with the handshakes that fit
 * its steps.  Private to the room.
 */
#ifndef RULE_WATCHED_H
#define RULE_WATCHED_H

#include "rule/brief.h"
#include "rule/sequence.h"

/* Handshakes kept for one step of one key. */
enum { STEP_MOST = 8 };

#define DIGEST 65

struct fits {				/* the handshakes that fit one step, by time */
	struct brief *v[STEP_MOST];
	unsigned n;
};

struct watched {
	struct watched *chain;		/* in its bucket */
	struct watched *older, *newer;
	uint64_t hash;
	const struct rule *rule;
	char digest[DIGEST];		/* of the values of `by` */
	uint64_t newest;
	struct fits steps[];
};

struct span {				/* of one handshake */
	uint64_t begins, ends;
};

/*
 * Places in the steps of a chain with `mine` at step `at`, which is not among
 * them; false: there is none, or it takes too long.
 */
bool watched_chain(const struct watched *w, unsigned at, struct span mine,
		   unsigned ret[static SEQUENCE_STEPS]);

#endif
