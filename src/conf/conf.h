/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conf: YAML (and so JSON) with positions, as a tree.
 *
 * The tree lives in the caller's arena.  Everything a file can get wrong as
 * YAML (syntax, not UTF-8, a NUL, a duplicate key, a non-scalar key, nesting
 * deeper than CONF_DEPTH, an alias, a tag, more than CONF_NODES nodes, several
 * documents, none) is said in *e with file, line and column.  Aliases and
 * anchors are refused: our files need none, and they are what alias bombs are
 * made of.  A byte order mark at the beginning is passed over.
 *
 * The only room that knows libyaml.
 */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include "base/arena.h"
#include "base/error.h"

enum { CONF_DEPTH = 32, CONF_NODES = 1000000 };

enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP };

struct node {
	enum node_kind kind;
	unsigned line, col;		/* from 1 */
	const char *text;		/* scalar: NUL-terminated, no NUL inside */
	bool quoted;			/* scalar: '...', "...", | or >; never null or number */
	size_t n;			/* list: items; map: pairs */
	struct node **items;		/* list: n of them; map: key, value, key, value ... */
};

/*
 * path: a file.  NULL: it could not be read as YAML, and *e says why.  Only
 * duplicate keys are said and passed over (the first of each stands), so that
 * the caller finds the other mistakes too; it refuses the file if *e has grown.
 */
struct node *conf_load(const char *path, struct arena *a, struct errors *e);

/* The same from memory; name stands for the file in messages. */
struct node *conf_parse(struct slice text, const char *name, struct arena *a, struct errors *e);

const struct node *conf_get(const struct node *map, const char *key);	/* NULL: not there */

/*
 * Typed access.  Each says what was expected in *e and returns false if the
 * node is something else.  file is for the message.  A plain scalar that reads
 * as null, true or false is no text; a plain number may be one.  Numbers are
 * decimal without leading zeros, or 0x and hexadecimal.
 */
bool conf_is_map(const struct node *n, const char *file, struct errors *e);
bool conf_is_list(const struct node *n, const char *file, struct errors *e);
bool conf_text(const struct node *n, const char *file, struct errors *e, const char **ret);
bool conf_number(const struct node *n, const char *file, struct errors *e, uint64_t *ret);
bool conf_bool(const struct node *n, const char *file, struct errors *e, bool *ret);

/* Every key of the map must be one of the n known; each other one is an error, with the nearest. */
bool conf_keys(const struct node *map, const char *file, struct errors *e,
	       const char *const *known, size_t n);

const char *conf_library_version(void);		/* "libyaml 0.2.5", for --version */

#endif
