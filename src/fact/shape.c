/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shape: finding the shape of a hello, and making the facts that follow from it.
 */
#include "fact/shape.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

enum { SETS = 256, WAYS = 4 };

struct set {
	struct shape *ways[WAYS];	/* owned; NULL: free */
	unsigned next;			/* to be replaced */
};

struct shapes {
	struct hash_key hash_key;
	struct shapes_state state;
	struct set sets[2][SETS];	/* by side */
};

/* Ascending, as sightings hold their bytes. */
static const enum field_id offer_fields[] = {
	FIELD_OFFER_JA3, FIELD_OFFER_CIPHERS, FIELD_OFFER_COMPLETE, FIELD_OFFER_FORMAT,
	FIELD_OFFER_RECORD, FIELD_OFFER_LEGACY, FIELD_OFFER_VERSIONS, FIELD_OFFER_MAX,
	FIELD_OFFER_CIPHER_CODES, FIELD_OFFER_CIPHER_CLASSES, FIELD_OFFER_ACCEPTED,
	FIELD_OFFER_EXTENSIONS,
	FIELD_OFFER_GROUPS, FIELD_OFFER_POINTS, FIELD_OFFER_SIGNATURES, FIELD_OFFER_COMPRESSIONS,
	FIELD_OFFER_SHARES, FIELD_OFFER_ALPN, FIELD_OFFER_GREASE, FIELD_OFFER_FALLBACK,
	FIELD_OFFER_RENEGOTIATION, FIELD_OFFER_ECH, FIELD_OFFER_PSK, FIELD_OFFER_TICKET,
	FIELD_OFFER_EMS, FIELD_OFFER_ETM, FIELD_OFFER_SESSION_LENGTH, FIELD_OFFER_MALFORMED,
	FIELD_OFFER_JA4, FIELD_STACK_ID, FIELD_STACK_FAMILY, FIELD_STACK_OS, FIELD_STACK_LABEL,
	FIELD_STACK_TLS12, FIELD_STACK_CONFIDENCE, FIELD_STACK_BECAUSE, FIELD_STACK_PATCHED,
	FIELD_STACK_CONFIGURED, FIELD_STACK_CAPABLE, FIELD_STACK_SIGNS
};

static const enum field_id answer_fields[] = {
	FIELD_TLS_VERSION, FIELD_TLS_PROTOCOL, FIELD_TLS_CIPHER, FIELD_TLS_NEXT_PROTOCOL,
	FIELD_ANSWER_JA3S, FIELD_ANSWER_RECORD, FIELD_ANSWER_LEGACY, FIELD_ANSWER_VERSION,
	FIELD_ANSWER_CIPHER, FIELD_ANSWER_CLASSES, FIELD_ANSWER_EXTENSIONS, FIELD_ANSWER_GROUP,
	FIELD_ANSWER_COMPRESSION, FIELD_ANSWER_MALFORMED
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

_Static_assert(COUNT(offer_fields) <= SHAPE_VALUES && COUNT(answer_fields) <= SHAPE_VALUES,
	       "a shape has room for its values");

const enum field_id *shape_fields(enum side side, size_t *ret_n)
{
	*ret_n = side == CLIENT ? COUNT(offer_fields) : COUNT(answer_fields);
	return side == CLIENT ? offer_fields : answer_fields;
}

/* ---- what the facts look at ---------------------------------------------------------- */

struct key {
	size_t n;
	bool full;
	uint8_t b[SHAPE_KEY];
};

static void put(struct key *k, const void *p, size_t n)
{
	if (n > sizeof(k->b) - k->n) {
		k->full = true;
		return;
	}
	if (n > 0)
		memcpy(k->b + k->n, p, n);
	k->n += n;
}

static void put_number(struct key *k, size_t n)
{
	uint8_t b[2] = { (uint8_t)(n >> 8), (uint8_t)n };

	if (n > UINT16_MAX)
		k->full = true;
	put(k, b, sizeof(b));
}

static void put_list(struct key *k, struct slice s)
{
	put_number(k, s.n);
	put(k, s.p, s.n);
}

/* The groups without the keys; of a list that lies, everything. */
static void put_shares(struct key *k, struct slice body)
{
	struct cursor c = cursor_of(body);
	struct cursor list = cursor_of(cur_vec16(&c));
	size_t from = k->n;

	put_number(k, 1);
	put_number(k, cur_left(&list));
	put_number(k, cur_left(&c));
	while (cur_left(&list) > 0) {
		put_number(k, cur_u16(&list));
		put_number(k, cur_vec16(&list).n);
	}
	if (cur_ok(&c) && cur_ok(&list))
		return;
	k->n = from;
	put_number(k, 0);
	put_list(k, body);
}

static void put_offer_extension(struct key *k, uint16_t type, struct slice body)
{
	switch (type) {
	case EXT_SERVER_NAME:
	case EXT_PADDING:
	case EXT_PRE_SHARED_KEY:
	case EXT_ECH:
	case EXT_ESNI:
		break;				/* that it is there is all that counts */
	case EXT_SESSION_TICKET:
		put_number(k, body.n > 0);
		break;
	case EXT_KEY_SHARE:
		put_shares(k, body);
		break;
	default:
		put_list(k, body);
	}
}

/* A group and a key; in a HelloRetryRequest the group alone. */
static void put_answer_extension(struct key *k, uint16_t type, struct slice body)
{
	struct cursor c = cursor_of(body);

	if (type != EXT_KEY_SHARE) {
		put_list(k, body);
		return;
	}
	put_number(k, cur_u16(&c));
	put_number(k, cur_vec16(&c).n);
	put_number(k, cur_ok(&c) ? 1 + cur_left(&c) : 0);
	put_number(k, body.n);
}

static void put_hello(struct key *k, const struct hello *h, enum side side)
{
	struct cursor c = cursor_of(h->extensions);
	struct slice body;
	uint16_t type;

	put_number(k, (unsigned)side << 8 | (unsigned)h->format << 4 | h->complete << 1 |
		   h->has_extensions);
	put_number(k, (unsigned)h->odd << 1 | (side == SERVER && answer_is_retry(h)));
	put_number(k, h->record_version);
	put_number(k, h->version);
	put_number(k, h->session_id.n);
	put_number(k, h->session_id.p != NULL);
	put_number(k, h->ciphers_said);
	put_list(k, h->ciphers);
	put_list(k, h->compressions);
	while (hello_ext_next(&c, &type, &body)) {
		put_number(k, type);
		if (side == CLIENT)
			put_offer_extension(k, type, body);
		else
			put_answer_extension(k, type, body);
	}
}

/* ---- the shapes seen lately ---------------------------------------------------------- */

struct shapes *shapes_new(void)
{
	struct shapes *all = calloc(1, sizeof(*all));

	if (all != NULL)
		all->hash_key = hash_key_random();
	return all;
}

void shapes_free(struct shapes *all)
{
	if (all == NULL)
		return;
	for (size_t i = 0; i < 2 * SETS; i++)
		for (size_t k = 0; k < WAYS; k++)
			free(all->sets[i / SETS][i % SETS].ways[k]);
	free(all);
}

const struct shapes_state *shapes_state(const struct shapes *all)
{
	return &all->state;
}

static uint64_t next_id(void)
{
	static atomic_uint_fast64_t last;

	return atomic_fetch_add_explicit(&last, 1, memory_order_relaxed) + 1;
}

void shape_renew(struct shape *s)
{
	s->id = next_id();
	s->filled = s->large = false;
}

static struct shape *make(struct set *set, const struct key *k)
{
	struct shape **at = &set->ways[set->next++ % WAYS];

	if (*at == NULL)
		*at = malloc(sizeof(**at));
	if (*at == NULL)
		return NULL;
	(*at)->rules = 0;
	(*at)->stack = NULL;
	(*at)->nkey = (uint32_t)k->n;
	memcpy((*at)->key, k->b, k->n);
	shape_renew(*at);
	return *at;
}

struct shape *shapes_find(struct shapes *all, const struct hello *h, enum side side)
{
	struct key k;			/* its bytes are written before they are read */
	struct set *set;

	if (all == NULL || h == NULL)
		return NULL;
	k.n = 0;
	k.full = false;
	put_hello(&k, h, side);
	all->state.none += k.full;
	if (k.full)
		return NULL;
	set = &all->sets[side][hash_bytes(&all->hash_key, k.b, k.n) % SETS];
	for (size_t i = 0; i < WAYS; i++) {
		struct shape *s = set->ways[i];

		if (s != NULL && s->nkey == k.n && memcmp(s->key, k.b, k.n) == 0) {
			all->state.found++;
			return s;
		}
	}
	all->state.made++;
	return make(set, &k);
}

/* ---- the facts ----------------------------------------------------------------------- */

static bool fill(struct shape *s, const struct handshake *h, enum side side)
{
	uint8_t made[SCRATCH_SIZE];
	struct scratch scratch = { made, sizeof(made) };
	size_t n;
	const enum field_id *ids = shape_fields(side, &n);

	s->used = 0;
	for (size_t i = 0; i < n; i++) {
		struct value *v = &s->values[i];

		*v = fields[ids[i]].get(h, &scratch);
		if (!value_has_bytes(v) || v->bytes.n == 0)
			continue;
		if (v->bytes.n > SHAPE_ROOM - s->used)
			return false;
		memcpy(s->room + s->used, v->bytes.p, v->bytes.n);
		v->bytes.p = s->room + s->used;
		s->used += v->bytes.n;
	}
	return true;
}

bool shape_fill(struct shape *s, const struct handshake *h, enum side side)
{
	if (h->udp || h->explain)
		return false;		/* some of them follow from that, too */
	if (side == CLIENT && s->stack != h->stack) {
		shape_renew(s);
		s->rules = 0;
		s->stack = h->stack;
	}
	if (!s->filled && !s->large) {
		s->filled = fill(s, h, side);
		s->large = !s->filled;
	}
	return s->filled;
}
