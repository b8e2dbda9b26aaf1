/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule: which fix, by the stack that sent the hello.
 *
 *	fix: winhttp-defaults
 *	fix: {schannel-windows-7: winhttp-defaults, openssl: openssl-tls12,
 *	      configured: legacy-by-policy, default: find-program}
 *
 * The id of a stack says most, then that a modern stack was configured for
 * legacy, then the longest beginning of the id, then the family.
 */
#include <stdlib.h>
#include <string.h>

#include "base/data.h"
#include "base/map.h"
#include "rule/stack.h"

enum { FAMILIES_MOST = 64 };

#define CONFIGURED "configured"		/* not a stack: any that was configured for legacy */

static const struct fix *find(const struct fixbook *book, const char *id)
{
	struct slice key = { (const uint8_t *)id, strlen(id) };
	void **found = book ? map_find(book->ids, key) : NULL;

	return found ? *found : NULL;
}

const struct fix *ruleset_fix(const struct ruleset *r, const char *id)
{
	const struct fix *fix = NULL;

	for (const struct fixbook *b = r->books; b != NULL && fix == NULL; b = b->next)
		fix = find(b, id);
	return fix;
}

static const struct fixbook *installed(struct loader *l)
{
	struct buf path = { 0 };
	const struct fixbook *book = fixes_in(l->set, data_path("", &path), l->errors);

	buf_done(&path);
	return book;
}

static size_t add_names(const struct fixbook *book, const char **names)
{
	size_t n = 0;

	for (size_t i = 0; book != NULL && i < map_count(book->ids); i++) {
		const struct fix *fix = map_value(book->ids, i);

		if (fix != NULL)
			names[n++] = fix->id;
	}
	return n;
}

static void say_unknown(struct loader *l, const struct node *at, const struct fixbook *beside,
			const struct fixbook *own)
{
	size_t most = (beside ? map_count(beside->ids) : 0) + (own ? map_count(own->ids) : 0);
	const char **names = xcalloc(most + 1, sizeof(*names));
	size_t n = add_names(beside, names);
	struct buf meant = { 0 };

	n += add_names(own, names + n);
	rule_say(l, at, "unknown fix \"%s\"%s", at->text, rule_meant(&meant, at->text, names, n));
	buf_done(&meant);
	free(names);
}

/* The fix that a node names; NULL: said. */
static const struct fix *fix_named(struct loader *l, const struct node *n)
{
	const struct fix *fix;
	const char *id;

	if (!conf_text(n, l->file, l->errors, &id))
		return NULL;
	if (!rule_is_name(id)) {
		rule_say_id(l, n);
		return NULL;
	}
	fix = find(l->fixes, id);
	if (fix == NULL)
		fix = find(installed(l), id);
	if (fix == NULL)
		say_unknown(l, n, l->fixes, installed(l));
	return fix;
}

static void read_choices(struct loader *l, const struct node *map, struct rule *ret)
{
	struct fix_choice *choices = arena_alloc(l->arena, map->n * sizeof(*choices));

	if (conf_get(map, "default") == NULL)
		rule_say(l, map, "no \"default\"; expected the fix for stacks that are not named");
	for (size_t i = 0; i < map->n; i++) {
		const struct node *when = map->items[2 * i];
		const struct fix *fix = fix_named(l, map->items[2 * i + 1]);

		if (strcmp(when->text, "default") == 0)
			ret->fix = fix;
		else if (!rule_is_name(when->text))
			rule_say(l, when, "\"%s\" is no stack; expected the id of one, or what "
				 "ids begin with", when->text);
		else if (fix != NULL)
			choices[ret->nchoices++] = (struct fix_choice){
				when->text, fix, when->line, when->col };
	}
	ret->choices = choices;
}

void fix_choose(struct loader *l, const struct node *rule, struct rule *ret)
{
	const struct node *n = conf_get(rule, "fix");

	if (n != NULL && n->kind == NODE_MAP)
		read_choices(l, n, ret);
	else if (n != NULL)
		ret->fix = fix_named(l, n);
}

/* How much of a stack's id `when` names: all of it, or up to a hyphen; 0: another stack. */
static size_t fits(const char *when, struct slice id)
{
	size_t n = strlen(when);

	if (n > id.n || memcmp(when, id.p, n) != 0 || (n < id.n && id.p[n] != '-'))
		return 0;
	return n;
}

/* ---- when the stacks are there ---------------------------------------------------------- */

static bool names_stack(const struct map *ids, const char *when)
{
	if (strcmp(when, CONFIGURED) == 0)
		return true;
	for (size_t i = 0; stack_families[i] != NULL; i++)
		if (strcmp(stack_families[i], when) == 0)
			return true;
	for (size_t i = 0; i < map_count(ids); i++)
		if (fits(when, map_key(ids, i)) > 0)
			return true;
	return false;
}

static void say_no_stack(const struct map *ids, const struct rule *rule,
			 const struct fix_choice *c, struct errors *e)
{
	const char **names = xcalloc(map_count(ids) + FAMILIES_MOST, sizeof(*names)), *near;
	struct buf b = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < map_count(ids); i++) {
		buf_add(&b, map_key(ids, i).p, map_key(ids, i).n);
		buf_add(&b, "", 1);
	}
	for (size_t at = 0; n < map_count(ids); at += map_key(ids, n++).n + 1)
		names[n] = b.p + at;
	for (size_t i = 0; stack_families[i] != NULL && i < FAMILIES_MOST; i++)
		names[n++] = stack_families[i];
	near = nearest(c->when, names, n);
	errors_add(e, (struct place){ rule->file, c->line, c->col }, "unknown stack \"%s\"%s%s%s",
		   c->when, near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
	free(names);
	buf_done(&b);
}

void choices_check(const struct ruleset *r, struct errors *e)
{
	if (map_count(r->stacks->ids) == 0)
		return;			/* what is wrong with the file of stacks was said */
	for (size_t i = 0; i < r->n; i++)
		for (size_t k = 0; k < r->rules[i]->nchoices; k++) {
			const struct fix_choice *c = &r->rules[i]->choices[k];

			if (!names_stack(r->stacks->ids, c->when))
				say_no_stack(r->stacks->ids, r->rules[i], c, e);
		}
}

/* ---- choosing --------------------------------------------------------------------------- */

/* How well a choice fits what was seen; 0: not at all. */
static size_t fitness(const struct fix_choice *c, const struct sighting *s)
{
	const struct value *id = sighting_get(s, FIELD_STACK_ID);
	const struct value *family = sighting_get(s, FIELD_STACK_FAMILY);
	const struct value *configured = sighting_get(s, FIELD_STACK_CONFIGURED);
	size_t n = value_known(id) ? fits(c->when, id->bytes) : 0;

	if (strcmp(c->when, CONFIGURED) == 0)
		return value_known(configured) && configured->number ? SIZE_MAX - 1 : 0;
	if (n > 0)
		return n == id->bytes.n ? SIZE_MAX : 1 + n;
	return value_known(family) && slice_is(family->bytes, c->when);
}

const struct fix *rule_fix(const struct rule *rule, const struct sighting *s)
{
	const struct fix *found = rule->fix;
	size_t most = 0;

	for (size_t i = 0; i < rule->nchoices; i++) {
		size_t n = fitness(&rule->choices[i], s);

		if (n > most) {
			most = n;
			found = rule->choices[i].fix;
		}
	}
	return found;
}
