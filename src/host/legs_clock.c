/* SPDX-License-Identifier: Apache-2.0 */
/*
 * legs: captures whose clocks differ are put on one.
 *
 * Two captures of two places are taken by two machines.  How far their clocks
 * are apart shows in what both saw: hellos with one client random, else hellos
 * for one name, where one difference comes again and again.  Too few, or none
 * that stands out, and times stay as they are.
 */
#include "host/legs.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"

enum { FILES_MOST = 8, OF_NAME_MOST = 32, DIFFERENCES_MOST = 65536, VOTES_LEAST = 3 };

#define APART_LEAST ((int64_t)(NS_PER_SECOND / 2))	/* less is left alone */
#define APART_MOST ((int64_t)(3600 * NS_PER_SECOND))
#define TOGETHER ((int64_t)(NS_PER_SECOND / 5))		/* differences that are the same */

struct files {
	const char *v[FILES_MOST];
	int64_t ahead[FILES_MOST];		/* of the first one's clock */
	unsigned n;
};

struct differences {
	int64_t *v;
	size_t n;
	size_t legs;				/* of the other file, that could have one */
};

static unsigned file_of(struct files *f, const char *name)
{
	unsigned i = 0;

	while (i < f->n && f->v[i] != name)
		i++;
	if (i == f->n && f->n < FILES_MOST)
		f->v[f->n++] = name;
	return i;
}

static int by_name(const void *a, const void *b)
{
	const struct leg *x = *(const struct leg *const *)a, *y = *(const struct leg *const *)b;

	if (x->name != y->name)
		return x->name < y->name ? -1 : 1;
	return x->ts < y->ts ? -1 : x->ts > y->ts;
}

static void note(struct differences *d, const struct leg *a, const struct leg *b)
{
	int64_t apart = (int64_t)(b->ts - a->ts);

	if (d->n < DIFFERENCES_MOST && apart <= APART_MOST && apart >= -APART_MOST)
		d->v[d->n++] = apart;
}

/* legs: of one name.  What each of `file` is behind each of `first`. */
static void note_name(struct leg *const *legs, size_t n, const char *first, const char *file,
		      struct differences *ret)
{
	unsigned others = 0;

	for (size_t i = 0; i < n && others < OF_NAME_MOST; i++) {
		unsigned met = 0;

		if (legs[i]->file != file)
			continue;
		others++;
		ret->legs++;
		for (size_t k = 0; k < n && met < OF_NAME_MOST; k++)
			if (legs[k]->file == first) {
				note(ret, legs[k], legs[i]);
				met++;
			}
	}
}

static int ascending(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* How many differences lie together from each on; the most, and where they begin. */
static size_t densest(const struct differences *d, size_t *ret_from)
{
	size_t best = 0, end = 0;

	for (size_t i = 0; i < d->n; i++) {
		while (end < d->n && d->v[end] - d->v[i] <= TOGETHER)
			end++;
		if (end - i > best) {
			best = end - i;
			*ret_from = i;
		}
	}
	return best;
}

/* As many as say that the clocks are not apart at all. */
static size_t at_once(const struct differences *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++)
		n += d->v[i] >= -TOGETHER && d->v[i] <= TOGETHER;
	return n;
}

/* inside: the other file is that of the clients' side. */
static int64_t ahead_of(struct differences *d, bool inside)
{
	size_t from = 0, votes;
	int64_t apart;

	qsort(d->v, d->n, sizeof(d->v[0]), ascending);
	votes = densest(d, &from);
	if (votes < VOTES_LEAST || 5 * votes < 3 * d->legs || 2 * at_once(d) >= votes)
		return 0;
	/* Nothing goes out before it was asked for. */
	apart = d->v[inside ? from + votes - 1 : from];
	return apart < APART_LEAST && apart > -APART_LEAST ? 0 : apart;
}

/* Whether clients of one capture call what is a client in the first. */
static bool is_inside(struct leg *const *legs, size_t n, const char *first, const char *file)
{
	const struct addr *clients[OF_NAME_MOST];
	unsigned nclients = 0;

	for (size_t i = 0; i < n && nclients < OF_NAME_MOST; i++) {
		unsigned k = 0;

		if (legs[i]->file != first)
			continue;
		while (k < nclients && addr_cmp(clients[k], &legs[i]->client) != 0)
			k++;
		if (k == nclients)
			clients[nclients++] = &legs[i]->client;
	}
	for (size_t i = 0; i < n; i++)
		for (unsigned k = 0; legs[i]->file == file && k < nclients; k++)
			if (addr_cmp(clients[k], &legs[i]->server) == 0)
				return true;
	return false;
}

static int64_t measure(struct leg *const *legs, size_t n, const struct files *f, unsigned file)
{
	struct differences d = { .v = xcalloc(DIFFERENCES_MOST, sizeof(int64_t)) };
	int64_t ahead;
	size_t run;

	for (size_t i = 0; i < n; i += run) {
		run = 1;
		while (i + run < n && legs[i + run]->name == legs[i]->name)
			run++;
		note_name(legs + i, run, f->v[0], f->v[file], &d);
	}
	ahead = ahead_of(&d, is_inside(legs, n, f->v[0], f->v[file]));
	free(d.v);
	return ahead;
}

bool legs_clocks(struct legs *l)
{
	struct files f = { .n = 0 };
	struct leg **legs;
	bool any = false;

	for (size_t i = 0; i < l->n; i++)
		(void)file_of(&f, l->order[i]->file);
	if (f.n < 2)
		return false;
	legs = xcalloc(l->n, sizeof(struct leg *));
	memcpy(legs, l->order, l->n * sizeof(struct leg *));
	qsort(legs, l->n, sizeof(struct leg *), by_name);
	for (unsigned i = 1; i < f.n; i++) {
		f.ahead[i] = measure(legs, l->n, &f, i);
		any = any || f.ahead[i] != 0;
	}
	for (size_t i = 0; any && i < l->n; i++) {
		unsigned file = file_of(&f, l->order[i]->file);

		if (file == f.n)
			continue;
		l->order[i]->t -= (uint64_t)f.ahead[file];
		l->order[i]->t_end -= (uint64_t)f.ahead[file];
	}
	free(legs);
	return any;
}
