/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conf: libyaml's events become a tree.
 *
 * Mistakes that leave the structure clear (a duplicate key, an alias) are
 * collected and parsing goes on, so that one run names them all; behind the
 * others nothing could be trusted, and parsing stops.  If nothing but duplicate
 * keys is wrong, there is a tree, with the first of each.  Children of open lists
 * and maps wait on one stack; a closing event copies them into the arena.
 *
 * libyaml (0.2.5) looks at most 1024 characters ahead for the end of a key, so
 * a file of nothing but brackets is stopped by CONF_DEPTH before it has cost much.
 */
#include "conf/conf.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/map.h"
#include "conf/bytes.h"

enum {
	MISTAKES = 50,		/* in one file; then parsing stops */
	FEW_KEYS = 16		/* up to here each key is compared with each */
};

struct parser {
	yaml_parser_t yaml;
	const char *file;
	struct arena *arena;
	struct errors *errors;
	size_t before;			/* errors when we began */
	size_t twice;			/* of those since: duplicate keys */
	struct node **stack;
	size_t n, cap;
	size_t nodes;
	unsigned depth;
	bool stop;
};

static struct place place_of(const struct parser *p, yaml_mark_t mark)
{
	return (struct place){ p->file, (unsigned)mark.line + 1, (unsigned)mark.column + 1 };
}

static struct place place_of_node(const struct parser *p, const struct node *n)
{
	return (struct place){ p->file, n->line, n->col };
}

static void push(struct parser *p, struct node *n)
{
	if (p->n == p->cap) {
		p->cap = p->cap ? p->cap * 2 : 64;
		p->stack = xrealloc(p->stack, p->cap * sizeof(struct node *));
	}
	p->stack[p->n++] = n;
}

static void say_syntax(struct parser *p)
{
	const char *problem = p->yaml.problem ? p->yaml.problem : "out of memory";
	struct place at = place_of(p, p->yaml.problem_mark);

	p->stop = true;
	if (strcmp(problem, "found character that cannot start any token") == 0 &&
	    *p->yaml.buffer.pointer == '\t')
		errors_add(p->errors, at, "not YAML: a tab; indent with spaces");
	else if (p->yaml.context != NULL)
		errors_add(p->errors, at, "not YAML: %s %s at line %u", problem, p->yaml.context,
			   (unsigned)p->yaml.context_mark.line + 1);
	else
		errors_add(p->errors, at, "not YAML: %s", problem);
}

/* The next event; false: parsing has stopped.  The caller deletes the event. */
static bool next(struct parser *p, yaml_event_t *ret)
{
	if (p->errors->n - p->before >= MISTAKES)
		p->stop = true;
	if (p->stop)
		return false;
	if (!yaml_parser_parse(&p->yaml, ret)) {
		say_syntax(p);
		return false;
	}
	return true;
}

/* Refuses what our files never need: anchors, and tags that would change a value's type. */
static void check_decoration(struct parser *p, const yaml_event_t *ev, const yaml_char_t *anchor,
			     const yaml_char_t *tag)
{
	if (anchor != NULL)
		errors_add(p->errors, place_of(p, ev->start_mark),
			   "anchor \"&%s\": anchors and aliases are not used here", anchor);
	if (tag != NULL)
		errors_add(p->errors, place_of(p, ev->start_mark),
			   "tag \"%s\": tags are not used here", tag);
}

static struct node *node_new(struct parser *p, const yaml_event_t *ev, enum node_kind kind)
{
	struct node *n = arena_alloc(p->arena, sizeof(*n));

	n->kind = kind;
	n->line = (unsigned)ev->start_mark.line + 1;
	n->col = (unsigned)ev->start_mark.column + 1;
	n->text = "";
	if (++p->nodes > CONF_NODES) {
		errors_add(p->errors, place_of(p, ev->start_mark), "more than %d values",
			   CONF_NODES);
		p->stop = true;
	}
	return n;
}

static struct node *scalar(struct parser *p, const yaml_event_t *ev)
{
	struct node *n = node_new(p, ev, NODE_SCALAR);
	struct slice text = { ev->data.scalar.value, ev->data.scalar.length };

	check_decoration(p, ev, ev->data.scalar.anchor, ev->data.scalar.tag);
	if (memchr(text.p, 0, text.n) != NULL)
		errors_add(p->errors, place_of(p, ev->start_mark), "a NUL character in a text");
	n->text = arena_text(p->arena, text);
	n->quoted = ev->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	return n;
}

static struct node *alias(struct parser *p, const yaml_event_t *ev)
{
	errors_add(p->errors, place_of(p, ev->start_mark),
		   "alias \"*%s\": anchors and aliases are not used here", ev->data.alias.anchor);
	return node_new(p, ev, NODE_SCALAR);
}

static void say_twice(struct parser *p, const struct node *key, const struct node *first)
{
	errors_add(p->errors, place_of_node(p, key), "the key \"%s\" is already at line %u",
		   key->text, first->line);
	p->twice++;
}

/* Pair i becomes the last of those that stay. */
static void keep_pair(struct node *map, size_t i, size_t *kept)
{
	map->items[2 * *kept] = map->items[2 * i];
	map->items[2 * *kept + 1] = map->items[2 * i + 1];
	++*kept;
}

static size_t check_few_keys(struct parser *p, struct node *map)
{
	size_t kept = 0;

	for (size_t i = 0; i < map->n; i++) {
		const struct node *key = map->items[2 * i];
		size_t k = 0;

		while (k < kept && (key->kind != NODE_SCALAR ||
				    map->items[2 * k]->kind != NODE_SCALAR ||
				    strcmp(key->text, map->items[2 * k]->text) != 0))
			k++;
		if (k < kept)
			say_twice(p, key, map->items[2 * k]);
		else
			keep_pair(map, i, &kept);
	}
	return kept;
}

static size_t check_many_keys(struct parser *p, struct node *map)
{
	struct map *seen = map_new();
	size_t kept = 0;

	for (size_t i = 0; i < map->n; i++) {
		struct node *key = map->items[2 * i];
		void **place;

		if (key->kind != NODE_SCALAR)
			continue;
		place = map_add(seen, (struct slice){ (const uint8_t *)key->text,
						      strlen(key->text) });
		if (*place != NULL) {
			say_twice(p, key, *place);
		} else {
			*place = key;
			keep_pair(map, i, &kept);
		}
	}
	map_free(seen);
	return kept;
}

/* Keys must be words, each once: of a key that is there again, the first stays. */
static void check_keys(struct parser *p, struct node *map)
{
	for (size_t i = 0; i < map->n; i++) {
		const struct node *key = map->items[2 * i];

		if (key->kind != NODE_SCALAR)
			errors_add(p->errors, place_of_node(p, key),
				   "a %s as a key; expected a word",
				   key->kind == NODE_LIST ? "list" : "map");
		else if (*key->text == '\0')
			errors_add(p->errors, place_of_node(p, key),
				   "an empty key; expected a word");
	}
	map->n = map->n <= FEW_KEYS ? check_few_keys(p, map) : check_many_keys(p, map);
}

static struct node *any_node(struct parser *p, const yaml_event_t *ev);

/* Everything up to the closing event; begin is the opening one. */
static struct node *collection(struct parser *p, const yaml_event_t *begin, enum node_kind kind)
{
	struct node *n = node_new(p, begin, kind);
	size_t base = p->n, items;
	bool open = true;

	if (++p->depth > CONF_DEPTH) {
		errors_add(p->errors, place_of(p, begin->start_mark),
			   "nested deeper than %d levels", CONF_DEPTH);
		p->stop = true;
	}
	while (open) {
		yaml_event_t ev;

		if (!next(p, &ev))
			break;
		open = ev.type != YAML_SEQUENCE_END_EVENT && ev.type != YAML_MAPPING_END_EVENT;
		if (open)
			push(p, any_node(p, &ev));
		yaml_event_delete(&ev);
	}
	p->depth--;
	items = open ? 0 : p->n - base;
	n->items = arena_alloc(p->arena, items * sizeof(struct node *));
	if (items > 0)
		memcpy(n->items, p->stack + base, items * sizeof(struct node *));
	n->n = kind == NODE_MAP ? items / 2 : items;
	p->n = base;
	if (kind == NODE_MAP)
		check_keys(p, n);
	return n;
}

static struct node *any_node(struct parser *p, const yaml_event_t *ev)
{
	switch (ev->type) {
	case YAML_SEQUENCE_START_EVENT:
		check_decoration(p, ev, ev->data.sequence_start.anchor,
				 ev->data.sequence_start.tag);
		return collection(p, ev, NODE_LIST);
	case YAML_MAPPING_START_EVENT:
		check_decoration(p, ev, ev->data.mapping_start.anchor, ev->data.mapping_start.tag);
		return collection(p, ev, NODE_MAP);
	case YAML_ALIAS_EVENT:
		return alias(p, ev);
	default:
		return scalar(p, ev);
	}
}

/* The stream's events: one document and nothing behind it. */
static struct node *document(struct parser *p)
{
	struct node *root = NULL;
	unsigned documents = 0;
	bool open = true;

	while (open) {
		yaml_event_t ev;

		if (!next(p, &ev))
			break;
		open = ev.type != YAML_STREAM_END_EVENT;
		if (ev.type == YAML_DOCUMENT_START_EVENT && ++documents > 1) {
			errors_add(p->errors, place_of(p, ev.start_mark),
				   "a second document; expected one in a file");
			p->stop = true;
		} else if (open && ev.type != YAML_STREAM_START_EVENT &&
			   ev.type != YAML_DOCUMENT_START_EVENT &&
			   ev.type != YAML_DOCUMENT_END_EVENT) {
			root = any_node(p, &ev);
		}
		yaml_event_delete(&ev);
	}
	return root;
}

struct node *conf_parse(struct slice text, const char *name, struct arena *a, struct errors *e)
{
	struct parser p = { .file = name, .arena = a, .errors = e, .before = e->n };
	struct slice plain = bytes_unmarked(text);
	struct node *root;

	if (!bytes_sound(plain, name, e))
		return NULL;
	if (!yaml_parser_initialize(&p.yaml)) {
		errors_add(e, (struct place){ .file = name }, "out of memory");
		return NULL;
	}
	yaml_parser_set_encoding(&p.yaml, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&p.yaml, plain.n ? plain.p : (const uint8_t *)"", plain.n);
	root = document(&p);
	yaml_parser_delete(&p.yaml);
	free(p.stack);
	if (e->n - p.before > p.twice || p.stop)
		return NULL;
	if (root == NULL)
		errors_add(e, (struct place){ name, 1, 1 }, "nothing in it; expected YAML");
	return root;
}

struct node *conf_load(const char *path, struct arena *a, struct errors *e)
{
	struct buf text = { 0 };
	struct node *root = NULL;

	if (bytes_read(path, e, &text))
		root = conf_parse(buf_slice(&text), path, a, e);
	buf_done(&text);
	return root;
}

const char *conf_library_version(void)
{
	static char version[32];

	if (version[0] == '\0')
		snprintf(version, sizeof(version), "libyaml %s", yaml_get_version_string());
	return version;
}
