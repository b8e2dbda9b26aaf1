/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conf: typed access to the tree.
 *
 * A plain scalar is null (nothing, ~, null), true, false, or words that may
 * also read as a number; a quoted one is a text and nothing else.
 */
#include "conf/conf.h"

#include <string.h>

#define WORD_SHOWN 60		/* of a scalar in a message */

static struct place place_of(const struct node *n, const char *file)
{
	return (struct place){ file, n->line, n->col };
}

const struct node *conf_get(const struct node *map, const char *key)
{
	if (map->kind != NODE_MAP)
		return NULL;
	for (size_t i = 0; i < map->n; i++)
		if (strcmp(map->items[2 * i]->text, key) == 0)
			return map->items[2 * i + 1];
	return NULL;
}

static bool is_null(const struct node *n)
{
	return n->kind == NODE_SCALAR && !n->quoted &&
	       (*n->text == '\0' || strcmp(n->text, "~") == 0 || strcmp(n->text, "null") == 0);
}

static bool is_bool(const struct node *n)
{
	return n->kind == NODE_SCALAR && !n->quoted &&
	       (strcmp(n->text, "true") == 0 || strcmp(n->text, "false") == 0);
}

/* One error: what was expected, what is there.  Always false. */
static bool say(const struct node *n, const char *file, struct errors *e, const char *expected)
{
	struct place at = place_of(n, file);

	if (n->kind != NODE_SCALAR)
		errors_add(e, at, "a %s; expected %s", n->kind == NODE_LIST ? "list" : "map",
			   expected);
	else if (is_null(n) && *n->text == '\0')
		errors_add(e, at, "nothing; expected %s", expected);
	else
		errors_add(e, at, "%s%.*s%s; expected %s", n->quoted ? "the text \"" : "\"",
			   WORD_SHOWN, n->text, "\"", expected);
	return false;
}

bool conf_is_map(const struct node *n, const char *file, struct errors *e)
{
	return n->kind == NODE_MAP || say(n, file, e, "a map (key: value)");
}

bool conf_is_list(const struct node *n, const char *file, struct errors *e)
{
	return n->kind == NODE_LIST || say(n, file, e, "a list");
}

bool conf_text(const struct node *n, const char *file, struct errors *e, const char **ret)
{
	if (n->kind != NODE_SCALAR || is_null(n) || is_bool(n))
		return say(n, file, e, n->kind == NODE_SCALAR && *n->text != '\0' ?
			   "a text (in quotes, if the word is meant)" : "a text");
	*ret = n->text;
	return true;
}

/* Decimal without leading zeros, or 0x and hexadecimal digits; no sign. */
static bool number_of(const char *text, uint64_t *ret)
{
	bool hex = strncmp(text, "0x", 2) == 0;
	uint64_t base = hex ? 16 : 10, v = 0;
	const char *t = hex ? text + 2 : text;

	if (*t == '\0' || (!hex && *t == '0' && t[1] != '\0'))
		return false;
	for (; *t != '\0'; t++) {
		static const char digits[] = "0123456789abcdef";
		const char *at = strchr(digits, *t >= 'A' && *t <= 'F' ? *t | 0x20 : *t);
		uint64_t digit = at ? (uint64_t)(at - digits) : base;

		if (digit >= base || v > (UINT64_MAX - digit) / base)
			return false;
		v = v * base + digit;
	}
	*ret = v;
	return true;
}

bool conf_number(const struct node *n, const char *file, struct errors *e, uint64_t *ret)
{
	if (n->kind == NODE_SCALAR && !n->quoted && number_of(n->text, ret))
		return true;
	return say(n, file, e, "a number");
}

bool conf_bool(const struct node *n, const char *file, struct errors *e, bool *ret)
{
	if (!is_bool(n))
		return say(n, file, e, "true or false");
	*ret = *n->text == 't';
	return true;
}

bool conf_keys(const struct node *map, const char *file, struct errors *e,
	       const char *const *known, size_t n)
{
	bool all = true;

	for (size_t i = 0; i < map->n; i++) {
		const struct node *key = map->items[2 * i];
		const char *near;
		size_t k = 0;

		while (k < n && strcmp(key->text, known[k]) != 0)
			k++;
		if (k < n)
			continue;
		all = false;
		near = nearest(key->text, known, n);
		if (near != NULL)
			errors_add(e, place_of(key, file),
				   "unknown key \"%s\"; did you mean \"%s\"?", key->text, near);
		else
			errors_add(e, place_of(key, file), "unknown key \"%s\"", key->text);
	}
	return all;
}
