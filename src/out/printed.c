/* SPDX-License-Identifier: Apache-2.0 */
/*
 * printed: texts in sets of four, the oldest of which gives way.
 */
#include "out/printed.h"

#include <stdlib.h>

#include "base/arena.h"

enum { SETS = 1024, WAYS = 4, LONGEST = 4096 };

struct text {
	uint64_t number;		/* 0: free */
	unsigned part;
	struct buf is;
};

struct set {
	struct text ways[WAYS];
	unsigned next;			/* to be replaced */
};

struct printed {
	struct set sets[SETS];
};

struct printed *printed_new(void)
{
	return xcalloc(1, sizeof(struct printed));
}

void printed_free(struct printed *all)
{
	for (size_t i = 0; all != NULL && i < SETS * WAYS; i++)
		buf_done(&all->sets[i / WAYS].ways[i % WAYS].is);
	free(all);
}

/* Numbers are handed out one after the other: that spreads them well. */
static size_t set_of(uint64_t number, unsigned part)
{
	return (number * 7 + part) % SETS;
}

const struct buf *printed_find(const struct printed *all, uint64_t number, unsigned part)
{
	const struct set *set = &all->sets[set_of(number, part)];

	for (size_t i = 0; i < WAYS; i++)
		if (set->ways[i].number == number && set->ways[i].part == part)
			return &set->ways[i].is;
	return NULL;
}

void printed_add(struct printed *all, uint64_t number, unsigned part, struct slice text)
{
	struct set *set = &all->sets[set_of(number, part)];
	struct text *t = &set->ways[set->next % WAYS];

	if (text.n > LONGEST)
		return;
	set->next++;
	t->number = number;
	t->part = part;
	t->is.n = 0;
	buf_add(&t->is, text.p, text.n);
}
