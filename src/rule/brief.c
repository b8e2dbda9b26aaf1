/* SPDX-License-Identifier: Apache-2.0 */
/*
 * brief: a few facts of a sighting, packed.
 */
#include "rule/brief.h"

#include <string.h>

#include "base/arena.h"

/* What a finding tells of each handshake that shows it. */
static const bool always[FIELDS] = {
	[FIELD_CLIENT_IP] = true, [FIELD_SERVER_IP] = true, [FIELD_SERVER_PORT] = true,
	[FIELD_SERVER_NAME] = true, [FIELD_FILE] = true, [FIELD_FRAMES] = true,
	[FIELD_DISPLAY_FILTER] = true, [FIELD_COMMUNITY_ID] = true, [FIELD_QUALITY] = true,
	[FIELD_OUTCOME] = true, [FIELD_OFFER_COMPLETE] = true, [FIELD_ONE_WAY] = true,
	[FIELD_RESET_FROM] = true, [FIELD_RESET_TTL] = true, [FIELD_SYNACK_TTL] = true
};

/* The known ones of the fields wanted; how many, and their bytes into *ret_body. */
static size_t choose(const struct sighting *s, const bool *tells, enum field_id *ret,
		     size_t *ret_body)
{
	size_t n = 0;

	*ret_body = 0;
	for (unsigned i = 0; i < FIELDS; i++) {
		enum field_id id = (enum field_id)i;
		const struct value *v = sighting_get(s, id);

		if (!value_known(v) || ((tells == NULL || !tells[id]) && !always[id]))
			continue;
		ret[n++] = id;
		if (value_has_bytes(v))
			*ret_body += v->bytes.n;
	}
	return n;
}

struct brief *brief_new(const struct sighting *s, const bool *tells)
{
	enum field_id ids[FIELDS];
	size_t body, n = choose(s, tells, ids, &body);
	struct brief *b = xcalloc(1, sizeof(*b) + n * sizeof(b->facts[0]) + body);
	uint8_t *room = (uint8_t *)&b->facts[n];

	b->ts = s->ts;
	b->ts_end = s->ts_end;
	b->n = n;
	for (size_t i = 0; i < n; i++) {
		struct value v = *sighting_get(s, ids[i]);

		if (value_has_bytes(&v) && v.bytes.n > 0) {
			memcpy(room, v.bytes.p, v.bytes.n);
			v.bytes.p = room;
			room += v.bytes.n;
		}
		b->facts[i] = (struct told){ ids[i], v };
	}
	return b;
}

struct sighting *brief_sighting(const struct brief *b)
{
	struct sighting *s = xcalloc(1, sizeof(*s));

	s->ts = b->ts;
	s->ts_end = b->ts_end;
	for (size_t i = 0; i < b->n; i++)
		s->values[b->facts[i].field] = b->facts[i].value;
	return s;
}
