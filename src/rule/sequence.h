/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sequence: rules over several handshakes.
 *
 *	by      fields that all handshakes of a sequence have in common
 *	within  from the beginning of the first to the beginning of the last
 *	steps   conditions, one handshake each, in this order
 *
 * Sightings do not come in the order of their time: silence is only known when
 * it has lasted.  So what is kept of a key (a rule and the values of `by`) is,
 * for each step, the latest handshakes that fit it, and any sighting may be the
 * one that was missing.
 *
 * A step begins after the one before it began; where that one asks how its
 * handshake ended, not before it had ended.  A handshake is one link at most of
 * one place in the chains of one rule.  `unless` is asked of the last step.
 *
 * Bounded: keys, and handshakes kept of all of them; the key not touched for
 * longest goes first.
 */
#ifndef RULE_SEQUENCE_H
#define RULE_SEQUENCE_H

#include "rule/rule.h"

enum { SEQUENCE_STEPS = 8, SEQUENCE_BY = 8 };

/* Handshakes that make a sequence whole, a step each, in the order of the steps. */
struct chain {
	const struct rule *rule;
	const struct sighting *steps[SEQUENCE_STEPS];	/* gone when the call returns */
	bool again[SEQUENCE_STEPS];	/* it was part of an earlier one of this rule and key */
	unsigned n;
};

bool rule_is_sequence(const struct rule *rule);

typedef void (*chain_fn)(const struct chain *c, void *arg);

struct sequences;

struct sequences_state {
	uint64_t forgotten;		/* keys let go that might still have been needed */
	uint64_t crowded;		/* handshakes let go for later ones of the same step */
};

/* r must outlive it; most: keys, 0: 100,000. */
struct sequences *sequences_new(const struct ruleset *r, size_t most);
void sequences_free(struct sequences *q);

/*
 * Adds the rules whose sequence s completes to s->hits, and tells each chain.
 * The steps' sightings hold what a finding tells of a handshake: time, frames,
 * outcome, quality; those of the last step also what the rule's message and fix
 * ask for.
 */
void sequences_see(struct sequences *q, struct sighting *s, chain_fn done, void *arg);

struct sequences_state sequences_state(const struct sequences *q);

#endif
