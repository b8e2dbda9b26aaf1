/* SPDX-License-Identifier: Apache-2.0 */
/*
 * classify: opinions given lately, in a table with one place for each hash.
 */
#include "classify/opinions.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

enum { PLACES = 2048 };

_Static_assert(sizeof(struct question) == 28 + OPINION_NAME, "a question has no padding");

struct opinion {
	bool is;
	struct question of;
	const char *says;		/* NULL: no opinion; a word of the library's */
};

struct opinions {
	struct hash_key hash_key;
	struct opinions_state state;
	struct opinion places[PLACES];
};

struct opinions *opinions_new(void)
{
	struct opinions *all = calloc(1, sizeof(*all));

	if (all != NULL)
		all->hash_key = hash_key_random();
	return all;
}

void opinions_free(struct opinions *all)
{
	free(all);
}

const struct opinions_state *opinions_state(const struct opinions *all)
{
	return &all->state;
}

const char **opinions_at(struct opinions *all, const struct question *q, bool *ret)
{
	uint64_t hash = hash_bytes(&all->hash_key, q, sizeof(*q));
	struct opinion *o = &all->places[hash % PLACES];

	*ret = o->is && memcmp(&o->of, q, sizeof(*q)) == 0;
	all->state.found += *ret;
	all->state.asked += !*ret;
	if (!*ret)
		*o = (struct opinion){ .is = true, .of = *q };
	return &o->says;
}
