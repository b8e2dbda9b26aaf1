/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sighting: copying the facts out of a flow, all in one block.
 *
 * What follows from the shape of a hello is there already, in one piece; all
 * else is got field by field.
 */
#include "fact/sighting.h"

#include <stdlib.h>
#include <string.h>

#include "fact/shape.h"

/* Of the leaf but the chain's length, which is the message's. */
static const enum field_id leaf_fields[] = {
	FIELD_CERT_ISSUER, FIELD_CERT_SUBJECT, FIELD_CERT_NOT_BEFORE, FIELD_CERT_NOT_AFTER,
	FIELD_CERT_SHA256, FIELD_CERT_NAMES, FIELD_CERT_KEY_TYPE, FIELD_CERT_KEY_BITS,
	FIELD_CERT_SIGNATURE
};

static bool among(const enum field_id *list, size_t n, enum field_id id)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == id)
			return true;
	return false;
}

enum alike sighting_alike(enum field_id id)
{
	for (unsigned side = 0; side < 2; side++) {
		size_t n;
		const enum field_id *list = shape_fields((enum side)side, &n);

		if (among(list, n, id))
			return side == CLIENT ? ALIKE_OFFER : ALIKE_ANSWER;
	}
	if (among(leaf_fields, sizeof(leaf_fields) / sizeof(leaf_fields[0]), id))
		return ALIKE_LEAF;
	return ALIKES;
}

/* The values of a shape, whose bytes are copied to room. */
static void put_shape(const struct shape *shape, enum side side, uint8_t *room,
		      struct value values[static FIELDS])
{
	size_t n;
	const enum field_id *ids = shape_fields(side, &n);

	memcpy(room, shape->room, shape->used);
	for (size_t i = 0; i < n; i++) {
		struct value *v = &values[ids[i]];

		*v = shape->values[i];
		if (value_has_bytes(v) && v->bytes.n > 0)
			v->bytes.p = room + (v->bytes.p - shape->room);
	}
}

/* Which fields the shapes have; their bytes are counted into *body. */
static void ask_shapes(const struct handshake *h, const struct shape *ret[static 2],
		       bool done[static FIELDS], size_t *body)
{
	for (unsigned side = 0; side < 2; side++) {
		struct shape *shape = h->shapes[side];
		size_t n;
		const enum field_id *ids = shape_fields((enum side)side, &n);

		ret[side] = NULL;
		if (shape == NULL || !shape_fill(shape, h, (enum side)side))
			continue;
		ret[side] = shape;
		*body += shape->used;
		for (size_t i = 0; i < n; i++)
			done[ids[i]] = true;
	}
}

/* The values of all other fields, and their bytes counted into *body. */
static void get_others(const struct handshake *h, const bool done[static FIELDS],
		       struct scratch *scratch, struct value ret[static FIELDS], size_t *body)
{
	for (size_t i = 0; i < FIELDS; i++) {
		if (done[i])
			continue;
		ret[i] = fields[i].get(h, scratch);
		if (value_has_bytes(&ret[i]))
			*body += ret[i].bytes.n;
	}
}

/* Their copies; returns the room behind. */
static uint8_t *put_others(struct sighting *s, const bool done[static FIELDS],
			   const struct value values[static FIELDS], uint8_t *room)
{
	for (size_t i = 0; i < FIELDS; i++) {
		struct value *v = &s->values[i];

		if (done[i])
			continue;
		*v = values[i];
		if (value_has_bytes(v) && v->bytes.n > 0) {
			memcpy(room, v->bytes.p, v->bytes.n);
			v->bytes.p = room;
			room += v->bytes.n;
		}
	}
	return room;
}

/* The events, for which the room is aligned; returns the room behind. */
static uint8_t *put_events(struct sighting *s, const struct event *events, unsigned n,
			   uint8_t *room)
{
	if (n > 0)
		memcpy(room, events, n * sizeof(*events));
	s->events = (const struct event *)(const void *)room;
	s->nevents = n;
	return room + n * sizeof(*events);
}

struct sighting *sighting_new(const struct handshake *h)
{
	uint8_t made[SCRATCH_SIZE];
	struct scratch scratch = { made, sizeof(made) };
	bool done[FIELDS] = { false };
	struct value values[FIELDS];
	const struct shape *shapes[2];
	struct sighting *s;
	size_t body = h->nevents * sizeof(*h->events);
	uint8_t *room;

	ask_shapes(h, shapes, done, &body);
	get_others(h, done, &scratch, values, &body);
	s = malloc(sizeof(*s) + body);
	if (s == NULL)
		return NULL;
	s->ts = h->ts;
	s->ts_end = h->ts_end;
	s->nhits = s->hits_over = 0;
	s->odd = (uint8_t)((h->offer ? h->offer->odd : 0) | (h->answer ? h->answer->odd : 0));
	s->events_over = h->events_over;
	room = put_events(s, h->events, h->nevents, (uint8_t *)(s + 1));
	room = put_others(s, done, values, room);
	for (unsigned side = 0; side < 2; side++) {
		s->alike[side == CLIENT ? ALIKE_OFFER : ALIKE_ANSWER] =
			shapes[side] ? shapes[side]->id : 0;
		if (shapes[side] == NULL)
			continue;
		put_shape(shapes[side], (enum side)side, room, s->values);
		room += shapes[side]->used;
	}
	s->alike[ALIKE_LEAF] = h->leaf ? h->leaf->serial : 0;
	return s;
}

struct sighting *sighting_copy(const struct sighting *s)
{
	size_t told = s->nevents * sizeof(*s->events), body = told;
	struct sighting *copy;
	uint8_t *room;

	for (size_t i = 0; i < FIELDS; i++)
		if (value_has_bytes(&s->values[i]))
			body += s->values[i].bytes.n;
	copy = malloc(sizeof(*copy) + body);
	if (copy == NULL)
		return NULL;
	*copy = *s;
	room = (uint8_t *)(copy + 1);
	if (told > 0)
		memcpy(room, s->events, told);
	copy->events = (const struct event *)(const void *)room;
	room += told;
	for (size_t i = 0; i < FIELDS; i++) {
		struct value *v = &copy->values[i];

		if (!value_has_bytes(v) || v->bytes.n == 0)
			continue;
		memcpy(room, v->bytes.p, v->bytes.n);
		v->bytes.p = room;
		room += v->bytes.n;
	}
	return copy;
}

void sighting_free(struct sighting *s)
{
	free(s);
}
