/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sighting: a handshake that has left its flow.
 *
 * One allocation holds every field's value, the events, and the rules the handshake broke.
 * A worker makes it, the aggregator frees it: whoever holds the pointer owns
 * it, and nobody else does.
 */
#ifndef FACT_SIGHTING_H
#define FACT_SIGHTING_H

#include "fact/fact.h"

#define SIGHTING_HITS 32

struct rule;

/*
 * Values that follow from the same thing are the same where its number is (0: not
 * known).  To save work with; never told.
 */
enum alike { ALIKE_OFFER, ALIKE_ANSWER, ALIKE_LEAF, ALIKES };

struct sighting {
	uint64_t ts, ts_end;
	uint64_t alike[ALIKES];
	const struct rule *hits[SIGHTING_HITS];	/* rules outlive sightings */
	unsigned nhits;
	unsigned hits_over;			/* rules broken for which there was no place */
	uint8_t odd;				/* enum hello_odd of both hellos */
	const struct event *events;			/* by time; where they were asked for */
	unsigned nevents, events_over;
	struct value values[FIELDS];
};

struct sighting *sighting_new(const struct handshake *h);	/* NULL: out of memory */
struct sighting *sighting_copy(const struct sighting *s);	/* NULL: the same */
void sighting_free(struct sighting *s);				/* NULL is fine */

/*
 * Fills in a late fact (field_is_late); bytes that v points to must outlive the
 * sighting: our own words do.
 */
void sighting_learn(struct sighting *s, enum field_id id, struct value v);

/* One rule more that it broke. */
static inline void sighting_hit(struct sighting *s, const struct rule *rule)
{
	if (s->nhits < SIGHTING_HITS)
		s->hits[s->nhits++] = rule;
	else
		s->hits_over++;
}

/* What a field's value follows from alone; ALIKES: more than one thing. */
enum alike sighting_alike(enum field_id id);

static inline const struct value *sighting_get(const struct sighting *s, enum field_id id)
{
	return &s->values[id];
}

#endif
