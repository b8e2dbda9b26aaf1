/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host: what is remembered of clients' attempts, service by service.
 *
 * Attempts that tell nothing new are not kept: of three alike in a row, the one
 * in the middle goes.  When there are still too many the oldest go, whole rungs
 * at a time, and the rungs are counted.
 */
#include "host/fallback.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "host/caller.h"
#include "host/gather.h"
#include "host/ladder.h"

enum { ATTEMPTS_MOST = 24, SPARE = 4 };

/* What shows something, and so is let go later. */
enum { WORTH_NOTHING, WORTH_FAILURE };

struct calls {				/* of one client to one service */
	struct slot slot;
	struct addr client;
	unsigned n, rungs;
	struct attempt *v;		/* ATTEMPTS_MOST + 1; few at first */
	unsigned cap;
	uint64_t *nbriefs;
};

struct fallback {
	struct pool services, callers;
	struct hash_key key;
	size_t most;
	uint64_t nbriefs, unkept;	/* briefs that are, and that were not, kept */
	bool tells[FIELDS];		/* what is in them */
};

/* ---- the pool ---------------------------------------------------------------------------- */

static void drop_attempt(struct calls *s, unsigned i)
{
	*s->nbriefs -= s->v[i].brief != NULL;
	free(s->v[i].brief);
	memmove(&s->v[i], &s->v[i + 1], (s->n - i - 1) * sizeof(s->v[0]));
	s->n--;
}

static void drop_service(struct slot *slot)
{
	struct calls *s = (struct calls *)slot;

	while (s->n > 0)
		drop_attempt(s, s->n - 1);
	free(s->v);
}

/* What rules, messages and fixes may ask of an episode beside what findings always tell. */
static void list_facts(bool tells[static FIELDS])
{
	for (unsigned i = 0; i < FIELDS; i++) {
		const char *name = fields[i].name;

		tells[i] = strncmp(name, "service.", 8) == 0 || strncmp(name, "stack.", 6) == 0 ||
			   strncmp(name, "prelude.", 8) == 0 || strncmp(name, "outcome.", 8) == 0 ||
			   strncmp(name, "client.", 7) == 0 || fields[i].type == VALUE_VERSION;
	}
	tells[FIELD_OFFER_SIZE] = tells[FIELD_OFFER_FALLBACK] = tells[FIELD_OFFER_FORMAT] = true;
	tells[FIELD_STACK_BECAUSE] = tells[FIELD_STACK_SIGNS] = false;
}

struct fallback *fallback_new(size_t most)
{
	struct fallback *f = xcalloc(1, sizeof(*f));

	f->most = most;
	f->key = hash_key_random();
	list_facts(f->tells);
	pool_init(&f->services, sizeof(struct calls), most, drop_service);
	pool_init(&f->callers, caller_size(), most, NULL);
	return f;
}

void fallback_free(struct fallback *f)
{
	if (f == NULL)
		return;
	pool_done(&f->services);
	pool_done(&f->callers);
	free(f);
}

uint64_t fallback_forgotten(const struct fallback *f)
{
	return f->services.forgotten + f->unkept;
}

/* The name in lower case; without one, the area and the server's address. */
static uint64_t service_hash(const struct fallback *f, const struct sighting *s)
{
	const struct value *name = sighting_get(s, FIELD_SERVER_NAME);
	const struct value *ip = sighting_get(s, FIELD_SERVER_IP);
	uint8_t text[256];
	size_t n = 0;

	if (!value_known(name) || name->bytes.n == 0)
		return hash_bytes(&f->key, ip->addr.b, value_known(ip) ? sizeof(ip->addr.b) : 0);
	for (; n < sizeof(text) && n < name->bytes.n; n++) {
		uint8_t c = name->bytes.p[n];

		text[n] = c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
	}
	return hash_bytes(&f->key, text, n);
}

/* ---- remembering ------------------------------------------------------------------------- */

static bool tells_the_same(const struct attempt *a, const struct attempt *b)
{
	return a->rank == b->rank && a->family == b->family && a->failure == b->failure &&
	       a->extensions == b->extensions && a->size == b->size &&
	       a->marked == b->marked && a->resumes == b->resumes;
}

static struct attempts attempts_of(const struct calls *s)
{
	return (struct attempts){ s->v, s->n, s->rungs };
}

/* The oldest attempt, and with it what rests on it. */
static void drop_oldest(struct calls *s)
{
	struct attempts a = attempts_of(s);
	unsigned last = 0;
	struct rung r;

	for (unsigned i = 1; i < s->n; i++)
		if (ladder_rung(&a, i, &r) && r.top == &s->v[0]) {
			last = i;
			s->rungs++;
			break;
		}
	for (unsigned i = 0; i <= last; i++)
		drop_attempt(s, 0);
}

static struct attempt *put(struct calls *s, const struct attempt *a)
{
	unsigned at = s->n;

	if (s->n == s->cap) {
		s->cap = s->cap ? 2 * s->cap : 3;
		s->v = xrealloc(s->v, s->cap * sizeof(s->v[0]));
	}
	while (at > 0 && s->v[at - 1].ts > a->ts)
		at--;
	memmove(&s->v[at + 1], &s->v[at], (s->n - at) * sizeof(s->v[0]));
	s->v[at] = *a;
	s->n++;
	return &s->v[at];
}

/* Of those alike around place i, the ones in the middle go. */
static void thin(struct calls *s, unsigned i)
{
	unsigned first = i, last = i;

	while (first > 0 && tells_the_same(&s->v[first - 1], &s->v[i]))
		first--;
	while (last + 1 < s->n && tells_the_same(&s->v[last + 1], &s->v[i]))
		last++;
	while (last - first >= 2) {
		s->v[first].times += s->v[first + 1].times;
		drop_attempt(s, first + 1);
		last--;
	}
}

/* Whether it failed or may have climbed down; else it is but held beside what did. */
static bool is_telling(const struct attempt *a)
{
	return attempt_failed(a) || a->rank < tls_version_rank(TLS1_3);
}

static void keep_facts(struct fallback *f, struct attempt *a, const struct sighting *s)
{
	if (f->nbriefs >= (is_telling(a) ? f->most : f->most / SPARE)) {
		f->unkept += is_telling(a);
		return;
	}
	a->brief = brief_new(s, is_telling(a) ? f->tells : NULL);
	f->nbriefs++;
}

static struct calls *touch(struct fallback *f, const struct addr *client, uint64_t service,
			     unsigned worth)
{
	uint8_t key[POOL_KEY] = { 0 };
	struct calls *s;

	memcpy(key, client->b, sizeof(client->b));
	memcpy(key + sizeof(client->b), &service, sizeof(service));
	s = (struct calls *)pool_touch(&f->services, key, worth);
	if (s != NULL) {
		s->client = *client;
		s->nbriefs = &f->nbriefs;
	}
	return s;
}

/* ---- telling ----------------------------------------------------------------------------- */

static struct value words(const char *s)
{
	return (struct value){ .type = VALUE_TEXT,
			       .bytes = { (const uint8_t *)s, strlen(s) } };
}

static void learn(struct sighting *s, enum field_id id, uint64_t n)
{
	sighting_learn(s, id, (struct value){ .type = fields[id].type, .number = n });
}

/* What is known of a rung by itself. */
static void learn_rung(struct sighting *s, const struct rung *r)
{
	learn(s, FIELD_FALLBACK_FROM, r->top->max);
	learn(s, FIELD_FALLBACK_AFTER, r->lower->ts - r->top->ts);
	sighting_learn(s, FIELD_FALLBACK_CAUSE, words(failure_names[r->top->failure]));
	if (r->top->failure == FAILURE_ALERT || r->top->failure == FAILURE_CERTIFICATE)
		learn(s, FIELD_FALLBACK_ALERT, r->top->alert);
	if (r->top->failure == FAILURE_FOREIGN || r->top->failure == FAILURE_RESET)
		learn(s, FIELD_FALLBACK_RESET_TTL, r->top->reset_ttl);
	if (r->top->failure == FAILURE_FOREIGN ||
	    (r->top->failure == FAILURE_RESET && r->top->synack_ttl != 0))
		learn(s, FIELD_FALLBACK_SYNACK_TTL, r->top->synack_ttl);
}

void fallback_see(struct fallback *f, struct sighting *s)
{
	const struct value *ip = sighting_get(s, FIELD_CLIENT_IP);
	struct attempt a, *kept;
	struct attempts all;
	struct calls *to;
	uint64_t service;
	struct rung r;
	struct ladder l;

	if (!value_known(ip) || !attempt_of(s, &a))
		return;
	service = service_hash(f, s);
	caller_note(&f->callers, &ip->addr, service, &a);
	to = touch(f, &ip->addr, service, attempt_failed(&a) ? WORTH_FAILURE : WORTH_NOTHING);
	if (to == NULL)
		return;
	if (to->n == ATTEMPTS_MOST)
		drop_oldest(to);
	keep_facts(f, &a, s);
	kept = put(to, &a);
	all = attempts_of(to);
	if (!caller_scans(&f->callers, &ip->addr) &&
	    ladder_rung(&all, (unsigned)(kept - to->v), &r)) {
		ladder_of(&all, &r, &l);
		if (l.alone == 0)
			learn_rung(s, &r);
	}
	thin(to, (unsigned)(kept - to->v));
}

struct telling {
	episode_fn tell;
	void *arg;
	struct buf because;
	const struct attempt *beside[ATTEMPTS_MOST + 1];	/* of the service that is told */
	unsigned n;
};

static struct told told(enum field_id id, uint64_t n)
{
	return (struct told){ id, { .type = fields[id].type, .number = n } };
}

/* Whether it stood beside an earlier episode. */
static bool note_beside(struct telling *t, const struct attempt *other)
{
	for (unsigned i = 0; i < t->n; i++)
		if (t->beside[i] == other)
			return true;
	t->beside[t->n++] = other;
	return false;
}

static void tell(struct telling *t, struct episode *e, const struct attempt *other)
{
	struct sighting *beside = other && other->brief ? brief_sighting(other->brief) : NULL;

	e->other = beside;
	e->again = beside && note_beside(t, other);
	e->because = buf_text(&t->because);
	t->tell(e, t->arg);
	free(beside);
	free(e->step);
	t->because.n = 0;
}

static void tell_rung(struct telling *t, const struct attempts *a, unsigned i)
{
	struct episode e = { .step = NULL };
	struct ladder l;
	struct rung r;

	if (a->v[i].brief == NULL || !ladder_rung(a, i, &r) || !ladder_came_through(&r))
		return;
	ladder_of(a, &r, &l);
	if (l.alone > 0)
		return;
	ladder_words(&r, &l, &t->because);
	e.most = ladder_confidence(&r, &l);
	e.step = brief_sighting(r.lower->brief);
	learn_rung(e.step, &r);
	e.story[0] = told(FIELD_FALLBACK_RUNGS, l.rungs);
	e.story[1] = told(FIELD_FALLBACK_RETURNS, l.returns);
	e.story[2] = told(FIELD_FALLBACK_REFUSED, l.refused > 0);
	tell(t, &e, r.top);
}

static void tell_drop(struct telling *t, const struct attempt *drop, const struct large *l)
{
	struct episode e = { .most = ladder_large_confidence(l) };

	if (drop->brief == NULL)
		return;
	ladder_large_words(l, &t->because);
	e.step = brief_sighting(drop->brief);
	e.story[0] = told(FIELD_FALLBACK_DROPS, l->drops);
	e.story[1] = told(FIELD_FALLBACK_SIZE, l->size);
	e.story[2] = told(FIELD_FALLBACK_SMALLER, l->smaller);
	tell(t, &e, l->pass);
}

static int earliest_first(const void *a, const void *b)
{
	const struct calls *x = *(const struct calls *const *)a;
	const struct calls *y = *(const struct calls *const *)b;

	if (x->v[0].ts != y->v[0].ts)
		return x->v[0].ts < y->v[0].ts ? -1 : 1;
	return addr_cmp(&x->client, &y->client);
}

static void tell_service(struct telling *t, const struct calls *s)
{
	struct attempts a = attempts_of(s);
	struct large l;
	bool large = ladder_large(&a, &l);

	t->n = 0;
	for (unsigned i = 0; i < s->n; i++) {
		tell_rung(t, &a, i);
		if (large && ladder_is_drop(&s->v[i]))
			tell_drop(t, &s->v[i], &l);
	}
}

void fallback_tell(const struct fallback *f, episode_fn done, void *arg)
{
	const struct calls **all = xcalloc(f->services.n, sizeof(struct calls *));
	struct telling t = { .tell = done, .arg = arg };
	size_t n = 0;

	for (struct slot *s = pool_next(&f->services, NULL); s; s = pool_next(&f->services, s)) {
		const struct calls *service = (const struct calls *)s;

		if (s->level != WORTH_NOTHING && service->n > 0 &&
		    !caller_scans(&f->callers, &service->client))
			all[n++] = service;
	}
	qsort(all, n, sizeof(struct calls *), earliest_first);
	for (size_t i = 0; i < n; i++)
		tell_service(&t, all[i]);
	free(all);
	buf_done(&t.because);
}
