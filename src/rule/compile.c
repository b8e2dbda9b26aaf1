/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule: conditions become tests.
 *
 *	when AND (any map of `any`) AND NOT (any key of `unless`)
 *
 * A map is an AND of its keys, a key with several operators an AND of those.
 */
#include <stdlib.h>
#include <string.h>

#include "rule/code.h"

struct build {
	struct loader *l;
	struct test *tests;
	size_t n;
};

/* ---- one test ---------------------------------------------------------------------------- */

static bool say_operators(struct loader *l, const struct node *key, const struct field *f)
{
	bool unknown = op_find(key->text) == NULL;
	struct buf meant = { 0 };
	const char *names[OPS];
	size_t n = 0;

	for (size_t i = 0; i < OPS; i++)
		if (op_is_for(&ops[i], f->type))
			names[n++] = ops[i].name;
	rule_say(l, key, "%s \"%s\" for %s%s", unknown ? "unknown operator" : "no operator",
		 key->text, f->name, rule_meant_or(&meant, unknown ? key->text : "", names, n));
	buf_done(&meant);
	return false;
}

/* The field that "$name" names, where one may stand; NULL: none. */
static const struct field *field_named(const struct loader *l, const struct node *n)
{
	if (n->kind != NODE_SCALAR || n->quoted || *n->text != '$' || list_named(l, n) != NULL)
		return NULL;
	return field_find(n->text + 1);
}

static bool compare_fields(struct loader *l, const struct node *n, const struct field *other,
			   struct test *t)
{
	t->compares = true;
	t->other = (enum field_id)(other - fields);
	if (t->other == t->field)
		return rule_say(l, n, "%s is compared with itself", other->name);
	if (other->type != t->type)
		return rule_say(l, n, "%s and %s are not of one type", fields[t->field].name,
				other->name);
	return true;
}

static int by_number(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static bool read_operand(struct loader *l, const struct node *n, struct test *t)
{
	bool one = ops[t->op].wants == OP_WANTS_ONE;
	bool list = n->kind == NODE_LIST || list_named(l, n) != NULL;

	if (one && list)
		return rule_say(l, n, "a list; \"%s\" wants one value", ops[t->op].name);
	if (n->kind == NODE_MAP)
		return rule_say(l, n, "a map; expected a value or a list");
	if (!operand_parse(l, t->field, t->op, n, &t->with))
		return false;
	if (t->with.nwords == 0)
		return rule_say(l, n, "an empty list; expected one value at least");
	if (one && t->with.nnumbers == 0)
		return rule_say(l, n, "a class of suites; \"%s\" wants a number",
				ops[t->op].name);
	qsort(t->with.numbers, t->with.nnumbers, sizeof(*t->with.numbers), by_number);
	return true;
}

static bool one_test(struct build *b, const struct node *key, const struct field *f,
		     const struct op *op, const struct node *n)
{
	struct test *t = &b->tests[b->n++];
	const struct field *other = field_named(b->l, n);

	t->field = (enum field_id)(f - fields);
	t->type = f->type;
	t->op = (enum op_id)(op - ops);
	t->line = key->line;
	t->col = key->col;
	if (t->op == OP_EXISTS)
		return conf_bool(n, b->l->file, b->l->errors, &t->exists);
	if (other != NULL && type_is_ordered(f->type))
		return compare_fields(b->l, n, other, t);
	return read_operand(b->l, n, t);
}

/* ---- groups ------------------------------------------------------------------------------ */

static bool operators(struct build *b, const struct node *key, const struct field *f,
		      const struct node *map)
{
	bool sound = map->n > 0 || rule_say(b->l, map, "no operator; expected one at least");

	for (size_t i = 0; i < map->n; i++) {
		const struct op *op = op_find(map->items[2 * i]->text);

		sound &= op && op_is_for(op, f->type) ?
			 one_test(b, key, f, op, map->items[2 * i + 1]) :
			 say_operators(b->l, map->items[2 * i], f);
	}
	return sound;
}

static bool condition(struct build *b, const struct node *key, const struct node *n)
{
	const struct field *f = field_find(key->text);

	if (f == NULL)
		return rule_say_field(b->l, key);
	if (n->kind == NODE_MAP)
		return operators(b, key, f, n);
	return one_test(b, key, f, &ops[type_is_list(f->type) ? OP_HAS : OP_IS], n);
}

static bool is_conditions(struct loader *l, const struct node *n)
{
	if (!conf_is_map(n, l->file, l->errors))
		return false;
	return n->n > 0 || rule_say(l, n, "no condition; expected one at least");
}

/* Keys first to last of a map, as one group. */
static bool group(struct build *b, const struct node *map, size_t first, size_t last,
		  struct group *ret)
{
	bool sound = true;

	*ret = (struct group){ .tests = b->tests + b->n };
	for (size_t i = first; i < last; i++)
		sound &= condition(b, map->items[2 * i], map->items[2 * i + 1]);
	ret->n = (size_t)(b->tests + b->n - ret->tests);
	return sound;
}

static bool compile_any(struct build *b, const struct node *any, struct rule_code *ret)
{
	struct group *groups;
	bool sound = true;

	if (!conf_is_list(any, b->l->file, b->l->errors))
		return false;
	if (any->n == 0)
		return rule_say(b->l, any, "an empty list; expected one map at least");
	groups = arena_alloc(b->l->arena, any->n * sizeof(*groups));
	for (size_t i = 0; i < any->n; i++) {
		const struct node *map = any->items[i];

		sound &= is_conditions(b->l, map) && group(b, map, 0, map->n, &groups[i]);
	}
	ret->any = groups;
	ret->nany = any->n;
	return sound;
}

static bool compile_unless(struct build *b, const struct node *unless, struct rule_code *ret)
{
	struct group *groups;
	bool sound = true;

	if (!is_conditions(b->l, unless))
		return false;
	groups = arena_alloc(b->l->arena, unless->n * sizeof(*groups));
	for (size_t i = 0; i < unless->n; i++)
		sound &= group(b, unless, i, i + 1, &groups[i]);
	ret->unless = groups;
	ret->nunless = unless->n;
	return sound;
}

/* ---- linking ----------------------------------------------------------------------------- */

/* All tests of a group lead on to the next; the last one to yes, each one to no if it fails. */
static void link_group(struct test *all, const struct group *g, uint16_t yes, uint16_t no)
{
	size_t first = (size_t)(g->tests - all);

	for (size_t i = first; i < first + g->n; i++) {
		all[i].yes = i + 1 < first + g->n ? (uint16_t)(i + 1) : yes;
		all[i].no = no;
	}
}

/* Where group i of n begins; behind the last one, the way out. */
static uint16_t begin(const struct test *all, const struct group *groups, size_t n, size_t i,
		      uint16_t out)
{
	return i < n ? (uint16_t)(groups[i].tests - all) : out;
}

static void link_code(struct test *all, const struct rule_code *c)
{
	uint16_t unless = begin(all, c->unless, c->nunless, 0, CODE_FIRES);
	uint16_t any = begin(all, c->any, c->nany, 0, unless);

	link_group(all, &c->when, any, CODE_MISSES);
	for (size_t i = 0; i < c->nany; i++)
		link_group(all, &c->any[i], unless,
			   begin(all, c->any, c->nany, i + 1, CODE_MISSES));
	for (size_t i = 0; i < c->nunless; i++)
		link_group(all, &c->unless[i], CODE_MISSES,
			   begin(all, c->unless, c->nunless, i + 1, CODE_FIRES));
}

/* Tests in a map of conditions, at most. */
static size_t room_for(const struct node *map)
{
	size_t room = 0;

	if (map == NULL || map->kind != NODE_MAP)
		return 0;
	for (size_t i = 0; i < map->n; i++) {
		const struct node *n = map->items[2 * i + 1];

		room += n->kind == NODE_MAP ? n->n : 1;
	}
	return room;
}

const struct rule_code *code_part(const struct rule_code *c, size_t i)
{
	if (c->sequence == NULL || i == 0)
		return i == 0 ? c : NULL;
	if (i <= c->sequence->n)
		return &c->sequence->steps[i - 1];
	return i == c->sequence->n + 1 ? &c->sequence->unless : NULL;
}

static bool is_late(const struct test *t)
{
	return field_is_late(t->field) || (t->compares && field_is_late(t->other));
}

bool code_compile(struct loader *l, const struct node *at, const struct conditions *from,
		  struct rule_code *ret)
{
	const struct node *any = from->any;
	size_t room = room_for(from->when) + room_for(from->unless);
	struct build b = { .l = l };
	bool sound = true;

	for (size_t i = 0; any != NULL && any->kind == NODE_LIST && i < any->n; i++)
		room += room_for(any->items[i]);
	if (room > TESTS_MOST)
		return rule_say(l, at, "%zu conditions; expected %d at most", room, TESTS_MOST);
	b.tests = arena_alloc(l->arena, room * sizeof(*b.tests));
	if (from->when != NULL)
		sound &= is_conditions(l, from->when) &&
			 group(&b, from->when, 0, from->when->n, &ret->when);
	if (any != NULL)
		sound &= compile_any(&b, any, ret);
	if (from->unless != NULL)
		sound &= compile_unless(&b, from->unless, ret);
	ret->tests = b.tests;
	ret->n = b.n;
	for (size_t i = 0; i < b.n; i++)
		ret->late |= is_late(&b.tests[i]);
	if (sound)
		link_code(b.tests, ret);
	return sound;
}
