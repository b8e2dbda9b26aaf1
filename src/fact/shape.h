/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shape: what hellos of the same software have in common.
 *
 * Most hellos of a network are the same few, but for random numbers, keys,
 * tickets, and the name that is asked for.  All else, the shape, is what most
 * facts of a hello follow from: fingerprints, lists, classes, the TLS stack.
 * So these facts are made once a shape and lent to every hello that has it.
 *
 * Two hellos have the same shape if all bytes are equal that such a fact looks
 * at; bytes are compared, not digests.  The hash that finds the place is keyed,
 * shapes are bounded in number and size, and an unusual hello has none: all
 * that hostile hellos can do is to make us work as if there were no shapes.
 *
 * Shapes belong to one worker; what they hold is copied into sightings.
 */
#ifndef FACT_SHAPE_H
#define FACT_SHAPE_H

#include "fact/fact.h"

enum {
	SHAPE_KEY = 768,		/* bytes of a shape at most */
	SHAPE_ROOM = 2048,		/* and of its facts */
	SHAPE_VALUES = 40
};

struct shape {
	/*
	 * Of the facts, among all shapes of all workers: where it is the same, so are
	 * they.  Never told to anybody: it depends on what was seen before.
	 */
	uint64_t id;
	bool filled;			/* values are there */
	bool large;			/* they have no room here */
	uint64_t rules;			/* serial of the ruleset that named the stack; 0: none */
	const struct stack *stack;	/* as named by it; NULL: unknown */
	struct value values[SHAPE_VALUES];	/* of shape_fields(), bytes in room */
	size_t used;
	uint8_t room[SHAPE_ROOM];
	uint32_t nkey;
	uint8_t key[SHAPE_KEY];
};

struct shapes;

struct shapes_state {
	uint64_t found, made, none;	/* lookups: known; new; too large to be kept */
};

struct shapes *shapes_new(void);		/* NULL: out of memory */
void shapes_free(struct shapes *all);		/* NULL is fine */
const struct shapes_state *shapes_state(const struct shapes *all);

/* The shape of a hello, good until the next call for that side; NULL: it has none. */
struct shape *shapes_find(struct shapes *all, const struct hello *h, enum side side);

/* The stack in it was named by other rules, or not yet: its facts are made anew. */
void shape_renew(struct shape *s);

/* The fields that follow from the shape of that side's hello, ascending; n of them. */
const enum field_id *shape_fields(enum side side, size_t *ret_n);

/*
 * The values of these fields in h, whose offer or answer has that shape.  False:
 * they are to be got as ever.
 */
bool shape_fill(struct shape *s, const struct handshake *h, enum side side);

#endif
