/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gather: findings while they grow.  Private to the room.
 */
#ifndef HOST_GATHER_H
#define HOST_GATHER_H

#include "base/map.h"
#include "host/host.h"
#include "host/pool.h"
#include "rule/sequence.h"

enum { FINDING_KEY_RULE = 16 };	/* where in a finding's key its rule stands */

struct kept_finding {
	struct slot slot;
	struct finding is;
};

struct gather {
	struct map *files;		/* names of captures, each kept once */
	struct buf message;
};

void gather_init(struct gather *g);
void gather_done(struct gather *g);

/* Counts one broken rule on its culprit; may let a milder finding go. */
void gather_hit(struct gather *g, struct pool *findings, const struct rule *rule,
		const struct sighting *s);

/* The same of a sequence that was completed; the finding it counts in, or NULL. */
struct finding *gather_chain(struct gather *g, struct pool *findings, const struct chain *c);

/* The findings under the rules of the same id in another set; others are dropped. */
void gather_renew(struct pool *findings, const struct ruleset *rules);

void kept_finding_drop(struct slot *s);

enum grade sighting_grade(const struct sighting *s);
enum result sighting_result(const struct sighting *s);	/* RESULTS: not known */

/* For qsort(3) over struct finding pointers: level, culprit, rule. */
int worst_finding_first(const void *a, const void *b);

#endif
