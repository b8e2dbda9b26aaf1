/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule: issuers.yaml, the authorities that certify Microsoft's names.
 *
 *	version: 1
 *	sources: ["https://..."]
 *	organizations: [...]		# O= of the issuer, the whole of it
 *	names: [...]			# CN= of the issuer, where it names no O=
 *	own: [...]			# CN= or O= of authorities of one's own that may answer
 *
 * Who issued a certificate is what the certificate says: this finds the devices
 * that answer in Microsoft's name with an authority of their own, not forgers.
 */
#include "rule/issuer.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"

enum { NAME_MOST = 128 };

struct issuers {
	struct map *organizations, *names;	/* in lower case */
};

static struct issuers *issuers_of(struct ruleset *r)
{
	if (r->issuers == NULL) {
		r->issuers = arena_alloc(&r->arena, sizeof(*r->issuers));
		r->issuers->organizations = map_new();
		r->issuers->names = map_new();
	}
	return r->issuers;
}

void issuers_free(struct issuers *i)
{
	if (i == NULL)
		return;
	map_free(i->organizations);
	map_free(i->names);
}

static struct slice lower(struct slice s, uint8_t room[static NAME_MOST])
{
	size_t n = s.n < NAME_MOST ? s.n : NAME_MOST;

	for (size_t i = 0; i < n; i++)
		room[i] = (uint8_t)tolower(s.p[i]);
	return (struct slice){ room, n };
}

static void keep(struct loader *l, const struct node *n, struct map *to)
{
	uint8_t room[NAME_MOST];
	struct slice name;
	const char *text;

	if (!conf_text(n, l->file, l->errors, &text))
		return;
	name = (struct slice){ (const uint8_t *)text, strlen(text) };
	if (name.n == 0 || name.n >= NAME_MOST) {
		rule_say(l, n, "expected a name of 1 to %d characters", NAME_MOST - 1);
		return;
	}
	name = lower(name, room);
	if (map_find(to, name) != NULL)
		rule_say(l, n, "\"%s\" is there twice", text);
	else
		*map_add(to, name) = to;
}

static void read_names(struct loader *l, const struct node *root, const char *key,
		       struct map *to)
{
	const struct node *list = conf_get(root, key);

	if (list == NULL || !conf_is_list(list, l->file, l->errors))
		return;
	for (size_t i = 0; i < list->n; i++)
		keep(l, list->items[i], to);
}

static void read_root(struct loader *l, const struct node *root)
{
	static const char *const keys[] = { "version", "sources", "organizations", "names", "own" };
	struct issuers *to = issuers_of(l->set);
	size_t n = 0;

	if (!conf_is_map(root, l->file, l->errors))
		return;
	conf_keys(root, l->file, l->errors, keys, sizeof(keys) / sizeof(keys[0]));
	version_check(l, root);
	(void)rule_texts(l, root, "sources", &n);
	if (n == 0)
		rule_say(l, root, "no \"sources\": where do these names come from?");
	if (conf_get(root, "organizations") == NULL)
		rule_say(l, root, "no \"organizations\"");
	read_names(l, root, "organizations", to->organizations);
	read_names(l, root, "names", to->names);
	read_names(l, root, "own", to->names);
}

void issuers_load(struct ruleset *r, const char *path, struct errors *e)
{
	struct loader l = { .set = r, .arena = &r->arena, .errors = e,
			    .file = arena_text(&r->arena, (struct slice){
				    (const uint8_t *)path, strlen(path) }) };
	const struct node *root = conf_load(l.file, &r->arena, e);

	if (root != NULL)
		read_root(&l, root);
}

/* The value of an attribute in "CN=a, O=b\, Inc., C=US"; empty: it is not there. */
static struct slice attribute(struct slice dn, const char *type, uint8_t room[static NAME_MOST])
{
	size_t length = strlen(type), n = 0, at = 0;

	while (at + length <= dn.n) {
		bool found = memcmp(dn.p + at, type, length) == 0;

		for (n = 0; at < dn.n && dn.p[at] != ','; at++) {
			at += dn.p[at] == '\\' && at + 1 < dn.n;
			if (n < NAME_MOST)
				room[n++] = (uint8_t)tolower(dn.p[at]);
		}
		if (found)
			return (struct slice){ room + length, n - length };
		for (at++; at < dn.n && dn.p[at] == ' '; at++)
			;
	}
	return (struct slice){ room, 0 };
}

bool ruleset_knows_issuer(const struct ruleset *r, struct slice issuer)
{
	uint8_t o_room[NAME_MOST], cn_room[NAME_MOST];
	struct slice o = attribute(issuer, "O=", o_room), cn = attribute(issuer, "CN=", cn_room);

	if (r->issuers == NULL)
		return true;
	if (o.n > 0 && (map_find(r->issuers->organizations, o) != NULL ||
			map_find(r->issuers->names, o) != NULL))
		return true;
	return cn.n > 0 && map_find(r->issuers->names, cn) != NULL;
}
