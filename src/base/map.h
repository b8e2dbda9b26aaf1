/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map: bytes to a pointer, for configuration and for hosts.
 *
 * Keyed hashing, linear probing, keys copied.  It only grows; entries keep the
 * order in which they were added (map_key, map_value), so that a walk over a
 * map is deterministic.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/cursor.h"

struct map;

struct map *map_new(void);
void map_free(struct map *m);			/* not what the values point at */

/* The place of the value kept under key, or NULL if there is none. */
void **map_find(const struct map *m, struct slice key);

/* The same, made (with NULL in it) if it was not there.  Good until the next map_add. */
void **map_add(struct map *m, struct slice key);

size_t map_count(const struct map *m);
struct slice map_key(const struct map *m, size_t i);	/* i-th added */
void *map_value(const struct map *m, size_t i);

#endif
