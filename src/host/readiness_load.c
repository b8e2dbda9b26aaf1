/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host: a file of named networks.
 *
 *	version: 1
 *	networks:
 *	  - name: Berlin office
 *	    in: [10.1.0.0/16, 2001:db8:1::/48]
 *
 * Of blocks that overlap the longest that holds an address gives the name.
 */
#include <stdlib.h>
#include <string.h>

#include "conf/conf.h"
#include "host/readiness.h"

enum { NETWORKS_MOST = 4096, NAME_MOST = 64 };

struct reader {
	struct groups *g;
	const char *file;
	struct errors *e;
};

static void complain(const struct reader *r, const struct node *n, const char *what)
{
	errors_add(r->e, (struct place){ r->file, n->line, n->col }, "%s", what);
}

/* A name is one line of at most NAME_MOST bytes without control characters, and its own. */
static void read_name(const struct reader *r, const struct node *entry, const char **ret)
{
	const struct node *n = conf_get(entry, "name");
	const char *name;

	if (n == NULL) {
		complain(r, entry, "the network has no name; expected name: and in:");
		return;
	}
	if (!conf_text(n, r->file, r->e, &name))
		return;
	if (*name == '\0' || strlen(name) > NAME_MOST) {
		complain(r, n, "a network's name has 1 to 64 bytes");
		return;
	}
	for (const char *c = name; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f) {
			complain(r, n, "a network's name has no control characters");
			return;
		}
	for (size_t i = 0; i < r->g->nnames; i++)
		if (r->g->names[i] != NULL && strcmp(r->g->names[i], name) == 0) {
			complain(r, n, "a network of this name is there already; expected all "
				       "blocks of a network under one in:");
			return;
		}
	*ret = name;
}

static void read_block(const struct reader *r, const struct node *n)
{
	struct groups *g = r->g;
	struct prefix block;
	const char *text;

	if (!conf_text(n, r->file, r->e, &text))
		return;
	if (!prefix_parse(text, &block)) {
		complain(r, n, "this is no address block; expected 10.1.0.0/16 or 2001:db8::/48, "
			       "with no bits behind its length");
		return;
	}
	for (size_t i = 0; i < g->nnetworks; i++)
		if (g->networks[i].block.bits == block.bits &&
		    addr_cmp(&g->networks[i].block.addr, &block.addr) == 0) {
			complain(r, n, "this block is in the file already");
			return;
		}
	if (g->nnetworks == NETWORKS_MOST) {
		complain(r, n, "more than 4096 blocks");
		return;
	}
	if ((g->nnetworks & (g->nnetworks - 1)) == 0)
		g->networks = xrealloc(g->networks, (g->nnetworks ? 2 * g->nnetworks : 1) *
				       sizeof(*g->networks));
	g->networks[g->nnetworks++] = (struct network){ block, g->nnames };
}

static void read_network(const struct reader *r, const struct node *entry)
{
	static const char *const known[] = { "name", "in" };
	const struct node *in;

	r->g->names[r->g->nnames] = NULL;
	if (!conf_is_map(entry, r->file, r->e))
		return;
	(void)conf_keys(entry, r->file, r->e, known, 2);
	read_name(r, entry, &r->g->names[r->g->nnames]);
	in = conf_get(entry, "in");
	if (in == NULL)
		complain(r, entry, "the network has no in:; expected a list of address blocks");
	else if (conf_is_list(in, r->file, r->e)) {
		if (in->n == 0)
			complain(r, in, "the list is empty; expected address blocks");
		for (size_t i = 0; i < in->n; i++)
			read_block(r, in->items[i]);
	}
	r->g->nnames++;
}

static int longest_first(const void *a, const void *b)
{
	const struct network *x = a, *y = b;

	if (x->block.bits != y->block.bits)
		return (int)y->block.bits - (int)x->block.bits;
	return addr_cmp(&x->block.addr, &y->block.addr);
}

bool networks_load(struct groups *g, const char *path, struct errors *e)
{
	static const char *const known[] = { "version", "networks" };
	const struct reader r = { g, path, e };
	const struct node *root = conf_load(path, &g->arena, e), *version, *list;
	size_t before = e->n;
	uint64_t number = 0;

	if (root == NULL || !conf_is_map(root, path, e))
		return false;
	(void)conf_keys(root, path, e, known, 2);
	version = conf_get(root, "version");
	if (version == NULL)
		complain(&r, root, "the file has no version:; expected version: 1");
	else if (conf_number(version, path, e, &number) && number != 1)
		complain(&r, version, "this version is not known; expected 1");
	list = conf_get(root, "networks");
	if (list == NULL)
		complain(&r, root, "the file has no networks:; expected a list of name: and in:");
	if (list == NULL || !conf_is_list(list, path, e))
		return false;
	if (list->n == 0)
		complain(&r, list, "the list is empty; expected name: and in:");
	g->names = xcalloc(list->n + 1, sizeof(*g->names));
	for (size_t i = 0; i < list->n; i++)
		read_network(&r, list->items[i]);
	if (g->nnetworks > 0)
		qsort(g->networks, g->nnetworks, sizeof(*g->networks), longest_first);
	return e->n == before;
}
