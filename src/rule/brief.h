/* SPDX-License-Identifier: Apache-2.0 */
/*
 * brief: what is kept of a handshake that may become part of a sequence: its
 * times and a few of its facts, in one block.  For those who remember handshakes.
 */
#ifndef RULE_BRIEF_H
#define RULE_BRIEF_H

#include "fact/sighting.h"

struct told {
	enum field_id field;
	struct value value;
};

struct brief {
	uint64_t ts, ts_end;
	uint64_t number;		/* of the handshake, by whoever keeps it; 0 at first */
	bool told;			/* in a chain already, by whoever keeps it */
	size_t n;
	struct told facts[];		/* and behind them the bytes they point to */
};

/* tells: FIELDS of them, fields wanted beside those that findings tell; NULL: none.  Free it. */
struct brief *brief_new(const struct sighting *s, const bool *tells);

/* A sighting of those facts alone, which point into b.  Free it. */
struct sighting *brief_sighting(const struct brief *b);

#endif
