/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sighting: copying the facts out of a flow, all in one block.
 */
#include "fact/sighting.h"

#include <stdlib.h>
#include <string.h>

struct sighting *sighting_new(const struct handshake *h)
{
	uint8_t made[SCRATCH_SIZE];
	struct scratch scratch = { made, sizeof(made) };
	struct value values[FIELDS];
	struct sighting *s;
	size_t body = 0;
	uint8_t *room;

	for (size_t i = 0; i < FIELDS; i++) {
		values[i] = fields[i].get(h, &scratch);
		if (value_has_bytes(&values[i]))
			body += values[i].bytes.n;
	}
	s = malloc(sizeof(*s) + body);
	if (s == NULL)
		return NULL;
	s->ts = h->ts;
	s->ts_end = h->ts_end;
	s->nhits = s->hits_over = 0;
	s->odd = (uint8_t)((h->offer ? h->offer->odd : 0) | (h->answer ? h->answer->odd : 0));
	room = (uint8_t *)(s + 1);
	for (size_t i = 0; i < FIELDS; i++) {
		struct value *v = &s->values[i];

		*v = values[i];
		if (value_has_bytes(v) && v->bytes.n > 0) {
			memcpy(room, v->bytes.p, v->bytes.n);
			v->bytes.p = room;
			room += v->bytes.n;
		}
	}
	return s;
}

void sighting_free(struct sighting *s)
{
	free(s);
}
