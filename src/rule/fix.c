/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule: fixes.yaml, what to change so that a rule is no longer broken.
 *
 *	version: 1
 *	fixes:
 *	  - id: winhttp-defaults
 *	    title: ...
 *	    applies_to: ...
 *	    steps:			# lines that begin with a space stand as they are
 *	      - ...
 *	    registry:			# the same values, for programs
 *	      - {key: HKLM\..., name: ..., type: REG_DWORD, value: 0x00000A00}
 *	    superseded: ...		# what of it is no longer true
 *	    ends: 2026-12-31		# after that day it helps no more
 *	    references: ["https://..."]
 *
 * A registry value must stand in a step too: who reads only the steps must not
 * miss one.
 */
#include <string.h>
#include <unistd.h>

#include "base/map.h"
#include "rule/code.h"

static const char *const hives[] = { "HKLM\\", "HKCU\\", "HKCR\\", "HKU\\", NULL };

static const char *const types[] = {
	"REG_BINARY", "REG_DWORD", "REG_EXPAND_SZ", "REG_MULTI_SZ", "REG_QWORD", "REG_SZ"
};

/* ---- registry values ------------------------------------------------------------------ */

static bool is_in_steps(const struct fix *fix, const char *text)
{
	for (size_t i = 0; i < fix->nsteps; i++)
		if (strstr(fix->steps[i], text) != NULL)
			return true;
	return false;
}

static void check_key(struct loader *l, const struct node *n, const char *key)
{
	size_t i = 0;

	while (hives[i] != NULL && strncmp(key, hives[i], strlen(hives[i])) != 0)
		i++;
	if (hives[i] == NULL || key[strlen(key) - 1] == '\\')
		rule_say(l, conf_get(n, "key"), "\"%s\" is no registry key; expected one such as "
			 "HKLM\\SOFTWARE\\Microsoft", key);
}

static void check_type(struct loader *l, const struct node *n, const struct registry_value *v)
{
	const size_t ntypes = sizeof(types) / sizeof(types[0]);
	const struct node *value = conf_get(n, "value");
	struct buf meant = { 0 };
	uint64_t number;
	size_t i = 0;

	while (i < ntypes && strcmp(types[i], v->type) != 0)
		i++;
	if (i == ntypes)
		rule_say(l, conf_get(n, "type"), "unknown type \"%s\"%s", v->type,
			 rule_meant_or(&meant, v->type, types, ntypes));
	else if (strcmp(v->type, "REG_DWORD") == 0 &&
		 conf_number(value, l->file, l->errors, &number) && number > UINT32_MAX)
		rule_say(l, value, "%s does not fit into a REG_DWORD", v->value);
	buf_done(&meant);
}

static void read_value(struct loader *l, const struct node *n, const struct fix *fix,
		       struct registry_value *ret)
{
	static const char *const keys[] = { "key", "name", "type", "value" };

	if (!conf_is_map(n, l->file, l->errors))
		return;
	conf_keys(n, l->file, l->errors, keys, 4);
	ret->key = rule_text(l, n, "key", true);
	ret->name = rule_text(l, n, "name", true);
	ret->type = rule_text(l, n, "type", true);
	ret->value = rule_text(l, n, "value", true);
	if (ret->key == NULL || ret->name == NULL || ret->type == NULL || ret->value == NULL)
		return;
	check_key(l, n, ret->key);
	check_type(l, n, ret);
	if (!is_in_steps(fix, ret->key))
		rule_say(l, conf_get(n, "key"), "no step names this key");
	if (!is_in_steps(fix, ret->name))
		rule_say(l, conf_get(n, "name"), "no step names \"%s\"", ret->name);
	if (!is_in_steps(fix, ret->value))
		rule_say(l, conf_get(n, "value"), "no step names the value %s", ret->value);
}

static void read_registry(struct loader *l, const struct node *n, struct fix *ret)
{
	const struct node *list = conf_get(n, "registry");
	struct registry_value *values;

	if (list == NULL || !conf_is_list(list, l->file, l->errors))
		return;
	values = arena_alloc(l->arena, list->n * sizeof(*values));
	for (size_t i = 0; i < list->n; i++)
		read_value(l, list->items[i], ret, &values[i]);
	ret->registry = values;
	ret->nregistry = list->n;
}

/* ---- one fix ---------------------------------------------------------------------------- */

/* A block of YAML ends with a newline, which is no part of the step. */
static const char *without_end(struct loader *l, const char *step)
{
	size_t n = strlen(step);

	while (n > 0 && step[n - 1] == '\n')
		n--;
	return arena_text(l->arena, (struct slice){ (const uint8_t *)step, n });
}

static void read_steps(struct loader *l, const struct node *n, struct fix *ret)
{
	const struct node *list = conf_get(n, "steps");
	const char **steps;

	if (list == NULL || list->kind != NODE_LIST || list->n == 0) {
		if (list == NULL)
			rule_say(l, n, "no \"steps\"");
		else if (conf_is_list(list, l->file, l->errors))
			rule_say(l, list, "an empty list; expected one step at least");
		return;
	}
	steps = arena_alloc(l->arena, list->n * sizeof(*steps));
	for (size_t i = 0; i < list->n; i++) {
		const char *step = "";

		if (conf_text(list->items[i], l->file, l->errors, &step)) {
			steps[ret->nsteps] = without_end(l, step);
			if (*steps[ret->nsteps++] == '\0')
				rule_say(l, list->items[i], "an empty step");
		}
	}
	ret->steps = steps;
}

static void read_references(struct loader *l, const struct node *n, struct fix *ret)
{
	const struct node *list = conf_get(n, "references");

	ret->references = rule_texts(l, n, "references", &ret->nreferences);
	if (list == NULL || ret->nreferences != list->n)
		return;			/* none, or one is no text, and that was said */
	for (size_t i = 0; i < ret->nreferences; i++) {
		const char *url = ret->references[i];

		if (strncmp(url, "https://", 8) != 0 || url[8] == '\0' || strpbrk(url, " \n\""))
			rule_say(l, list->items[i], "\"%s\" is no reference; expected https://...",
				 url);
	}
}

static void read_end(struct loader *l, const struct node *n, struct fix *ret)
{
	uint64_t day;

	ret->superseded = rule_text(l, n, "superseded", false);
	ret->ends = rule_text(l, n, "ends", false);
	if (ret->ends != NULL && (strlen(ret->ends) != 10 || !time_parse(ret->ends, &day)))
		rule_say(l, conf_get(n, "ends"), "\"%s\" is no day; expected one such as "
			 "2026-12-31", ret->ends);
}

/* The first fix of an id keeps it. */
static void keep_fix(struct loader *l, const struct node *n, struct map *ids, struct fix *fix)
{
	void **place = map_add(ids, (struct slice){ (const uint8_t *)fix->id, strlen(fix->id) });
	const struct fix *other = *place;

	if (other != NULL)
		rule_say(l, conf_get(n, "id"), "the id \"%s\" is already at %s:%u", fix->id,
			 other->file, other->line);
	else
		*place = fix;
}

static void read_fix(struct loader *l, const struct node *n, struct map *ids)
{
	static const char *const keys[] = {
		"id", "title", "applies_to", "steps", "registry", "superseded", "ends",
		"references"
	};
	struct fix *fix = arena_alloc(l->arena, sizeof(*fix));

	if (!conf_is_map(n, l->file, l->errors))
		return;
	fix->file = l->file;
	fix->line = n->line;
	conf_keys(n, l->file, l->errors, keys, sizeof(keys) / sizeof(keys[0]));
	fix->id = rule_name(l, n, "id", true);
	fix->title = rule_text(l, n, "title", true);
	fix->applies_to = rule_text(l, n, "applies_to", true);
	read_steps(l, n, fix);
	read_registry(l, n, fix);
	read_end(l, n, fix);
	read_references(l, n, fix);
	if (fix->id != NULL)
		keep_fix(l, n, ids, fix);
}

/* ---- the file --------------------------------------------------------------------------- */

static void read_book(struct loader *l, const struct node *root, struct map *ids)
{
	static const char *const keys[] = { "version", "fixes" };
	const struct node *fixes = conf_get(root, "fixes");

	if (!conf_is_map(root, l->file, l->errors))
		return;
	conf_keys(root, l->file, l->errors, keys, 2);
	version_check(l, root);
	if (fixes == NULL)
		rule_say(l, root, "no \"fixes\"");
	if (fixes == NULL || !conf_is_list(fixes, l->file, l->errors))
		return;
	if (fixes->n == 0)
		rule_say(l, fixes, "an empty list; expected one fix at least");
	for (size_t i = 0; i < fixes->n; i++)
		read_fix(l, fixes->items[i], ids);
}

const struct fixbook *fixes_read(struct ruleset *set, const char *path, struct errors *e)
{
	struct slice name = { (const uint8_t *)path, strlen(path) };
	struct loader l = { .set = set, .arena = &set->arena, .errors = e };
	const struct node *root;
	struct fixbook *book;

	for (book = set->books; book != NULL; book = book->next)
		if (strcmp(book->file, path) == 0)
			return book;
	book = arena_alloc(&set->arena, sizeof(*book));
	book->file = l.file = arena_text(&set->arena, name);
	book->ids = map_new();
	book->next = set->books;
	set->books = book;
	root = conf_load(path, &set->arena, e);
	if (root != NULL)
		read_book(&l, root, book->ids);
	return book;
}

const struct fixbook *fixes_in(struct ruleset *set, const char *folder, struct errors *e)
{
	const char *slash = folder[strlen(folder) - 1] == '/' ? "" : "/";
	const struct fixbook *book = NULL;
	struct buf path = { 0 };

	buf_printf(&path, "%s%sfixes.yaml", strcmp(folder, ".") == 0 ? "" : folder,
		   strcmp(folder, ".") == 0 ? "" : slash);
	if (access(buf_text(&path), F_OK) == 0)
		book = fixes_read(set, buf_text(&path), e);
	buf_done(&path);
	return book;
}

void fixes_free(struct fixbook *books)
{
	for (; books != NULL; books = books->next)
		map_free(books->ids);
}
