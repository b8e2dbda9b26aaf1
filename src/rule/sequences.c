/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule: handshakes that may become sequences.
 *
 * A key is kept in a bucket by its hash and in a queue by when it was last
 * touched.  Its hash decides in which bucket it is found and nothing else.
 */
#include "rule/sequence.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"
#include "rule/code.h"
#include "rule/watched.h"

/* Keys; and of all of them together, handshakes kept for each. */
enum { KEYS_MOST = 100000, BRIEFS_EACH = 2 };

struct sequences {
	const struct rule **rules;
	size_t nrules;
	struct watched **buckets;
	size_t nbuckets;		/* a power of two */
	size_t n, most, nbriefs;
	struct watched *oldest, *newest;
	struct hash_key key;
	struct buf by;			/* values of `by`, while they are put together */
	uint64_t seen;			/* handshakes, which numbers them */
	struct sequences_state state;
};

bool rule_is_sequence(const struct rule *rule)
{
	return rule->code != NULL && rule->code->sequence != NULL;
}

static struct sequences *make(size_t most)
{
	struct sequences *q = xcalloc(1, sizeof(*q));

	q->most = most ? most : KEYS_MOST;
	q->nbuckets = 64;
	q->buckets = xcalloc(q->nbuckets, sizeof(struct watched *));
	q->key = hash_key_random();
	return q;
}

struct sequences *sequences_new(const struct ruleset *r, size_t most)
{
	struct sequences *q = make(most);

	q->rules = xcalloc(r->n + 1, sizeof(struct rule *));
	for (size_t i = 0; i < r->n; i++)
		if (rule_is_sequence(r->rules[i]))
			q->rules[q->nrules++] = r->rules[i];
	return q;
}

struct sequences *sequences_of(const struct rule *rule)
{
	struct sequences *q = make(0);

	q->rules = xcalloc(1, sizeof(struct rule *));
	q->rules[q->nrules++] = rule;
	return q;
}

/* ---- keys -------------------------------------------------------------------------------- */

static struct watched **bucket(const struct sequences *q, uint64_t hash)
{
	return &q->buckets[hash & (q->nbuckets - 1)];
}

static void unqueue(struct sequences *q, struct watched *w)
{
	*(w->older ? &w->older->newer : &q->oldest) = w->newer;
	*(w->newer ? &w->newer->older : &q->newest) = w->older;
}

static void enqueue(struct sequences *q, struct watched *w)
{
	w->newer = NULL;
	w->older = q->newest;
	*(w->older ? &w->older->newer : &q->oldest) = w;
	q->newest = w;
}

static void take_out(struct sequences *q, struct fits *f, unsigned at)
{
	free(f->v[at]);
	q->nbriefs--;
	f->n--;
	memmove(&f->v[at], &f->v[at + 1], (f->n - at) * sizeof(struct brief *));
}

static void forget(struct sequences *q, struct watched *w)
{
	struct watched **at = bucket(q, w->hash);

	while (*at != w)
		at = &(*at)->chain;
	*at = w->chain;
	unqueue(q, w);
	for (unsigned i = 0; i < w->rule->code->sequence->n; i++)
		while (w->steps[i].n > 0)
			take_out(q, &w->steps[i], w->steps[i].n - 1);
	free(w);
	q->n--;
}

void sequences_free(struct sequences *q)
{
	if (q == NULL)
		return;
	while (q->oldest != NULL)
		forget(q, q->oldest);
	buf_done(&q->by);
	free(q->buckets);
	free(q->rules);
	free(q);
}

static void grow(struct sequences *q)
{
	free(q->buckets);
	q->nbuckets *= 2;
	q->buckets = xcalloc(q->nbuckets, sizeof(struct watched *));
	for (struct watched *w = q->oldest; w != NULL; w = w->newer) {
		struct watched **to = bucket(q, w->hash);

		w->chain = *to;
		*to = w;
	}
}

/* The oldest goes; it counts if what it lacks could still come. */
static void make_place(struct sequences *q, uint64_t now)
{
	const struct watched *w = q->oldest;

	q->state.forgotten += w->newest + w->rule->code->sequence->within >= now;
	forget(q, q->oldest);
}

static struct watched *add(struct sequences *q, const struct rule *rule, uint64_t hash,
			   const char *digest, uint64_t now)
{
	const struct sequence *is = rule->code->sequence;
	struct watched *w, **to;

	if (q->n == q->most)
		make_place(q, now);
	if (q->n == q->nbuckets)
		grow(q);
	w = xcalloc(1, sizeof(*w) + is->n * sizeof(struct fits));
	to = bucket(q, hash);
	w->rule = rule;
	w->hash = hash;
	w->chain = *to;
	memcpy(w->digest, digest, DIGEST);
	*to = w;
	q->n++;
	enqueue(q, w);
	return w;
}

static struct watched *touch(struct sequences *q, const struct rule *rule, const char *digest,
			     uint64_t now)
{
	uint64_t hash = hash_bytes(&q->key, digest, DIGEST);
	struct watched *w = *bucket(q, hash);

	while (w != NULL && (w->rule != rule || memcmp(w->digest, digest, DIGEST) != 0))
		w = w->chain;
	if (w == NULL)
		return add(q, rule, hash, digest, now);
	unqueue(q, w);
	enqueue(q, w);
	return w;
}

/* ---- the values of `by` ------------------------------------------------------------------- */

/* False: not known, so there is no key. */
static bool put_value(struct buf *b, const struct value *v)
{
	uint64_t n = v->number;

	switch (v->type) {
	case VALUE_NONE:
		return false;
	case VALUE_ADDR:
		buf_add(b, v->addr.b, sizeof(v->addr.b));
		return true;
	case VALUE_TEXT:		/* any case, as in conditions */
		buf_add(b, &v->bytes.n, sizeof(v->bytes.n));
		for (size_t i = 0; i < v->bytes.n; i++)
			buf_putc(b, (char)byte_lower(v->bytes.p[i]));
		return true;
	case VALUE_HEX:
		buf_add(b, &v->bytes.n, sizeof(v->bytes.n));
		buf_add(b, v->bytes.p, v->bytes.n);
		return true;
	case VALUE_VERSION:
		n = tls_version_counts((uint16_t)n);
		buf_add(b, &n, sizeof(n));
		return n != 0;
	default:
		buf_add(b, &n, sizeof(n));
		return true;
	}
}

static bool digest_by(struct sequences *q, const struct sequence *is, const struct sighting *s,
		      char ret[static DIGEST])
{
	q->by.n = 0;
	for (size_t i = 0; i < is->nby; i++)
		if (!put_value(&q->by, sighting_get(s, is->by[i])))
			return false;
	x509_sha256(buf_slice(&q->by), ret);
	return *ret != '\0';
}

/* ---- chains ------------------------------------------------------------------------------- */

struct listener {
	chain_fn done;			/* NULL: nobody */
	void *arg;
};

static void tell(const struct watched *w, unsigned at, const struct sighting *s,
		 const unsigned places[static SEQUENCE_STEPS], struct listener to)
{
	struct chain c = { .rule = w->rule, .n = w->rule->code->sequence->n };
	struct sighting *made[SEQUENCE_STEPS] = { NULL };

	if (to.done == NULL)
		return;
	for (unsigned i = 0; i < c.n; i++) {
		if (i != at)
			made[i] = brief_sighting(w->steps[i].v[places[i]]);
		c.steps[i] = i == at ? s : made[i];
		c.again[i] = i != at && w->steps[i].v[places[i]]->told;
	}
	to.done(&c, to.arg);
	for (unsigned i = 0; i < c.n; i++)
		free(made[i]);
}

/* The handshake may be kept for other steps too. */
static void mark_told(struct watched *w, uint64_t number)
{
	for (unsigned i = 0; i < w->rule->code->sequence->n; i++)
		for (unsigned k = 0; k < w->steps[i].n; k++)
			if (w->steps[i].v[k]->number == number)
				w->steps[i].v[k]->told = true;
}

/* The step at which s completes a chain, the last one first; else the number of steps. */
static unsigned complete(struct sequences *q, struct watched *w, unsigned steps,
			 const struct sighting *s, struct listener to)
{
	unsigned n = w->rule->code->sequence->n, places[SEQUENCE_STEPS];

	for (unsigned at = n; at-- > 0;) {
		struct span mine = { s->ts, s->ts_end };

		if (!(steps >> at & 1) || !watched_chain(w, at, mine, places))
			continue;
		tell(w, at, s, places, to);
		for (unsigned i = 0; i < n; i++)
			if (i != at) {
				mark_told(w, w->steps[i].v[places[i]]->number);
				take_out(q, &w->steps[i], places[i]);
			}
		return at;
	}
	return n;
}

/* ---- handshakes --------------------------------------------------------------------------- */

static void keep(struct sequences *q, struct watched *w, unsigned step, const struct sighting *s)
{
	const struct sequence *is = w->rule->code->sequence;
	struct fits *f = &w->steps[step];
	unsigned at = f->n;

	if (f->n == STEP_MOST) {
		bool older = s->ts <= f->v[0]->ts;

		q->state.crowded += (older ? s->ts : f->v[0]->ts) + is->within >= w->newest;
		if (older)
			return;
		take_out(q, f, 0);
		at--;
	}
	while (at > 0 && f->v[at - 1]->ts > s->ts)
		at--;
	memmove(&f->v[at + 1], &f->v[at], (f->n - at) * sizeof(struct brief *));
	f->v[at] = brief_new(s, step + 1 == is->n ? is->tells : NULL);
	f->n++;
	q->nbriefs++;
	f->v[at]->number = q->seen;
}

/* Bit set of the steps that s fits. */
static unsigned steps_of(const struct sequence *is, const struct sighting *s)
{
	unsigned steps = 0, last = 1u << (is->n - 1);

	for (unsigned i = 0; i < is->n; i++)
		if (code_fires(&is->steps[i], s->values))
			steps |= 1u << i;
	if ((steps & last) && is->unless.n > 0 && !code_fires(&is->unless, s->values))
		steps &= ~last;
	return steps;
}

static bool see(struct sequences *q, const struct rule *rule, const struct sighting *s,
		struct listener to)
{
	const struct sequence *is = rule->code->sequence;
	unsigned steps = steps_of(is, s), used;
	char digest[DIGEST];
	struct watched *w;

	if (steps == 0 || !digest_by(q, is, s, digest))
		return false;
	w = touch(q, rule, digest, s->ts);
	if (s->ts > w->newest)
		w->newest = s->ts;
	used = complete(q, w, steps, s, to);
	for (unsigned i = 0; i < is->n; i++)
		if (i != used && (steps >> i & 1))
			keep(q, w, i, s);
	if (used < is->n)
		mark_told(w, q->seen);
	while (q->nbriefs > BRIEFS_EACH * q->most && q->oldest != w)
		make_place(q, s->ts);
	return used < is->n;
}

void sequences_see(struct sequences *q, struct sighting *s, chain_fn done, void *arg)
{
	q->seen++;
	for (size_t i = 0; i < q->nrules; i++)
		if (see(q, q->rules[i], s, (struct listener){ done, arg }))
			sighting_hit(s, q->rules[i]);
}

struct sequences_state sequences_state(const struct sequences *q)
{
	return q->state;
}
