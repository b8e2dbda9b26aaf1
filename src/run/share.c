/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run: blocks in a circle, one writer, all workers behind it.
 */
#include "run/share.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "run/gate.h"

enum {
	BLOCKS = 16,
	BLOCK_BYTES = 1 << 19,		/* twice the longest frame there is */
	MACS = 12,
	CACHE_LINE = 64
};

struct post {				/* how many blocks a worker has behind it */
	_Alignas(CACHE_LINE) _Atomic uint64_t done;
	bool has;			/* and holds the next one */
};

struct share {
	struct block *blocks;
	unsigned workers;
	struct post *posts;
	struct gate filled, emptied;
	_Atomic uint64_t published;
	atomic_bool over;
	uint64_t packets;
	struct block *open;		/* being filled; NULL */
};

struct share *share_new(unsigned workers)
{
	struct share *s = xcalloc(1, sizeof(*s));

	s->workers = workers;
	s->blocks = xcalloc(BLOCKS, sizeof(*s->blocks));
	for (unsigned i = 0; i < BLOCKS; i++)
		s->blocks[i].bytes = xcalloc(1, BLOCK_BYTES);
	s->posts = aligned_alloc(CACHE_LINE, workers * sizeof(*s->posts));
	if (s->posts == NULL)
		abort();
	for (unsigned i = 0; i < workers; i++)
		s->posts[i] = (struct post){ .done = 0 };
	gate_init(&s->filled);
	gate_init(&s->emptied);
	return s;
}

void share_free(struct share *s)
{
	if (s == NULL)
		return;
	for (unsigned i = 0; i < BLOCKS; i++)
		free(s->blocks[i].bytes);
	free(s->blocks);
	free(s->posts);
	gate_done(&s->filled);
	gate_done(&s->emptied);
	free(s);
}

/* ---- the reader -------------------------------------------------------------------- */

static bool is_free(void *share)
{
	struct share *s = share;
	uint64_t published = atomic_load_explicit(&s->published, memory_order_relaxed);

	for (unsigned i = 0; i < s->workers; i++)
		if (published - atomic_load_explicit(&s->posts[i].done, memory_order_acquire) >=
		    BLOCKS)
			return false;
	return true;
}

static struct block *open_block(struct share *s)
{
	uint64_t published = atomic_load_explicit(&s->published, memory_order_relaxed);

	gate_wait(&s->emptied, is_free, s, 0);
	s->open = &s->blocks[published % BLOCKS];
	s->open->n = 0;
	s->open->used = 0;
	s->open->first = s->packets;
	return s->open;
}

static void publish(struct share *s)
{
	if (s->open == NULL)
		return;
	s->open = NULL;
	atomic_fetch_add_explicit(&s->published, 1, memory_order_release);
	gate_wake(&s->filled);
}

static const uint8_t *keep(struct block *b, const uint8_t *p, size_t n)
{
	uint8_t *to = b->bytes + b->used;

	if (p == NULL)
		return NULL;
	memcpy(to, p, n);
	b->used += n;
	return to;
}

void share_add(struct share *s, const struct packet *p, unsigned worker)
{
	struct block *b = s->open;
	struct packet *to;

	if (b != NULL && (b->n == BLOCK_PACKETS || b->used + p->payload.n + MACS > BLOCK_BYTES)) {
		publish(s);
		b = NULL;
	}
	if (b == NULL)
		b = open_block(s);
	to = &b->packet[b->n];
	*to = *p;
	b->frame[b->n] = *p->frame;
	b->frame[b->n].bytes = (struct slice){ NULL, 0 };
	to->frame = &b->frame[b->n];
	to->payload.p = keep(b, p->payload.p, p->payload.n);
	to->macs = keep(b, p->macs, MACS);
	b->ts[b->n] = p->frame->ts;
	b->worker[b->n++] = (uint8_t)worker;
	s->packets++;
}

void share_end(struct share *s)
{
	publish(s);
	atomic_store_explicit(&s->over, true, memory_order_release);
	gate_wake(&s->filled);
}

/* ---- a worker ---------------------------------------------------------------------- */

struct asks {
	struct share *s;
	unsigned worker;
};

static bool is_behind(const struct asks *a)
{
	return atomic_load_explicit(&a->s->posts[a->worker].done, memory_order_relaxed) <
	       atomic_load_explicit(&a->s->published, memory_order_acquire);
}

static bool is_due(void *asks)
{
	const struct asks *a = asks;
	bool over = atomic_load_explicit(&a->s->over, memory_order_acquire);

	return over || is_behind(a);
}

const struct block *share_next(struct share *s, unsigned worker)
{
	struct asks a = { s, worker };
	struct post *at = &s->posts[worker];

	if (at->has) {
		atomic_fetch_add_explicit(&at->done, 1, memory_order_release);
		at->has = false;
		gate_wake(&s->emptied);
	}
	gate_wait(&s->filled, is_due, &a, 0);
	at->has = is_behind(&a);	/* over: all blocks were published before */
	if (!at->has)
		return NULL;
	return &s->blocks[atomic_load_explicit(&at->done, memory_order_relaxed) % BLOCKS];
}
