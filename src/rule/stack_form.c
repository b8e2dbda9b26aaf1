/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule: stacks: a map under `match` becomes a form.
 */
#include <string.h>

#include "base/map.h"
#include "rule/stack.h"

const char *const stack_scsv_names[] = { "none", "first", "last", "inside", NULL };

enum { TESTS_ROOM = STACK_LISTS * STACK_OPS };

static const char *const keys[] = {
	"suites", "extensions", "groups", "points", "compression", "kinds",
	"format", "version", "max", "record", "scsv", "grease", "patched"
};

typedef bool (*word_fn)(struct loader *l, const struct node *n, const char *word, void *ret);

/* One word, or a list of words. */
static bool read_words(struct loader *l, const struct node *n, word_fn take, void *ret)
{
	size_t count = n->kind == NODE_LIST ? n->n : 1;
	bool sound = true;

	if (count == 0)
		return rule_say(l, n, "an empty list; expected one value at least");
	for (size_t i = 0; i < count; i++) {
		const struct node *one = n->kind == NODE_LIST ? n->items[i] : n;
		const char *word = NULL;

		sound = conf_text(one, l->file, l->errors, &word) && take(l, one, word, ret) &&
			sound;
	}
	return sound;
}

static bool say_unknown(struct loader *l, const struct node *n, const char *what,
			const char *const *words, size_t count)
{
	struct buf meant = { 0 };

	rule_say(l, n, "unknown %s \"%s\"%s", what, n->text,
		 rule_meant_or(&meant, n->text, words, count));
	buf_done(&meant);
	return false;
}

static bool take_bit(struct loader *l, const struct node *n, const char *const *words,
		     const char *what, unsigned *ret)
{
	unsigned i = 0;

	while (words[i] != NULL && strcmp(words[i], n->text) != 0)
		i++;
	if (words[i] == NULL)
		return say_unknown(l, n, what, words, i);
	if (*ret & 1U << i)
		return rule_say(l, n, "\"%s\" stands twice", n->text);
	*ret |= 1U << i;
	return true;
}

static bool take_format(struct loader *l, const struct node *n, const char *word, void *ret)
{
	static const char *const formats[] = { "tls", "ssl2", NULL };	/* enum hello_format */

	(void)word;
	return take_bit(l, n, formats, "format", ret);
}

static bool take_scsv(struct loader *l, const struct node *n, const char *word, void *ret)
{
	(void)word;
	return take_bit(l, n, stack_scsv_names, "place", ret);
}

static bool take_version(struct loader *l, const struct node *n, const char *word, void *ret)
{
	static const char *const tokens[] = {
		"ssl2", "ssl3", "tls1.0", "tls1.1", "tls1.2", "tls1.3"
	};
	uint16_t version = tls_version_of(word);
	struct versions *to = ret;

	if (version == 0)
		return say_unknown(l, n, "version", tokens, 6);
	for (size_t i = 0; i < to->n; i++)
		if (to->v[i] == version)
			return rule_say(l, n, "\"%s\" stands twice", word);
	if (to->n == STACK_VERSIONS)
		return rule_say(l, n, "more than %d versions", STACK_VERSIONS);
	to->v[to->n++] = version;
	return true;
}

static bool take_record(struct loader *l, const struct node *n, const char *word, void *ret)
{
	struct form *f = ret;

	if (strcmp(word, "same") != 0)
		return take_version(l, n, word, &f->record);
	if (f->record_same)
		return rule_say(l, n, "\"same\" stands twice");
	f->record_same = true;
	return true;
}

static bool read_flags(struct loader *l, const struct node *n, struct form *ret)
{
	const struct node *grease = conf_get(n, "grease"), *patched = conf_get(n, "patched");
	bool sound = true;

	ret->has_grease = grease != NULL;
	if (grease != NULL)
		sound = conf_bool(grease, l->file, l->errors, &ret->grease);
	ret->stack.has_patched = patched != NULL;
	if (patched != NULL)
		sound &= conf_bool(patched, l->file, l->errors, &ret->stack.patched);
	return sound;
}

static bool read_plain(struct loader *l, const struct node *n, struct form *ret)
{
	const struct { const char *key; word_fn take; void *to; } all[] = {
		{ "format", take_format, &ret->formats }, { "scsv", take_scsv, &ret->scsv },
		{ "version", take_version, &ret->version }, { "max", take_version, &ret->max },
		{ "record", take_record, ret },
	};
	bool sound = true;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		const struct node *value = conf_get(n, all[i].key);

		if (value != NULL)
			sound &= read_words(l, value, all[i].take, all[i].to);
	}
	return read_flags(l, n, ret) && sound;
}

/* ---- what can be seen to fit no hello -------------------------------------------------------- */

/* The codes of an operator in the tests on one list; NULL: it is not asked. */
static const struct list_test *asked(const struct form *f, enum stack_list list, enum stack_op op)
{
	for (size_t i = 0; i < f->ntests; i++)
		if (f->tests[i].list == list && f->tests[i].op == op)
			return &f->tests[i];
	return NULL;
}

/* Whether one code can be in a list that must be within, or only of, what t allows. */
static bool allows(const struct list_test *t, uint32_t code)
{
	for (size_t i = 0; t != NULL && i < t->n; i++)
		if (codes_have(&t->choices[i], code))
			return true;
	return t == NULL;
}

static bool check_has(struct loader *l, const struct node *n, const struct form *f,
		      const struct list_test *has)
{
	const struct list_test *lacks = asked(f, has->list, STACK_LACKS);

	for (size_t i = 0; has->n == 1 && i < has->choices[0].n; i++) {
		uint32_t code = has->choices[0].v[i];

		if (lacks != NULL && allows(lacks, code))
			return rule_say(l, n, "cannot match: %s have %04x and lack it",
					stack_list_names[has->list], code);
		if (!allows(asked(f, has->list, STACK_WITHIN), code) ||
		    !allows(asked(f, has->list, STACK_ONLY), code))
			return rule_say(l, n, "cannot match: %s must have %04x, which is not in "
					"what they may have", stack_list_names[has->list], code);
	}
	return true;
}

static bool check_list(struct loader *l, const struct node *n, const struct form *f,
		       enum stack_list list)
{
	const struct list_test *is = asked(f, list, STACK_IS), *has = asked(f, list, STACK_HAS);
	const struct list_test *least = asked(f, list, STACK_LEAST);
	const struct list_test *most = asked(f, list, STACK_MOST);

	if (is != NULL && n->kind == NODE_MAP && n->n > 1)
		return rule_say(l, n, "\"is\" says all of a list; expected no other condition "
				"beside it");
	if (least != NULL && most != NULL && least->number > most->number)
		return rule_say(l, n, "cannot match: at least %zu and at most %zu", least->number,
				most->number);
	return has == NULL || check_has(l, n, f, has);
}

static bool check_ssl2(struct loader *l, const struct node *n, const struct form *f)
{
	bool only_ssl2 = f->formats == 1U << HELLO_SSL2;

	for (size_t i = 0; i < f->ntests; i++) {
		enum stack_list list = f->tests[i].list;

		if (only_ssl2 && list != STACK_SUITES && list != STACK_KINDS)
			return rule_say(l, n, "cannot match: a hello in SSLv2 format has no %s",
					stack_list_names[list]);
		if (!only_ssl2 && list == STACK_KINDS)
			return rule_say(l, n, "\"kinds\" are asked of hellos in SSLv2 format; "
					"expected format: ssl2");
	}
	return !only_ssl2 || (f->record.n == 0 && !f->record_same) ||
	       rule_say(l, n, "cannot match: a hello in SSLv2 format has no record");
}

bool form_read(struct loader *l, const struct map *orders, const struct node *n,
	       struct form *ret)
{
	struct list_test *tests = arena_alloc(l->arena, TESTS_ROOM * sizeof(*tests));
	bool sound;

	if (!conf_is_map(n, l->file, l->errors))
		return false;
	ret->line = n->line;
	ret->tests = tests;
	sound = conf_keys(n, l->file, l->errors, keys, sizeof(keys) / sizeof(keys[0]));
	for (unsigned i = 0; i < STACK_LISTS; i++) {
		const struct node *list = conf_get(n, stack_list_names[i]);

		if (list != NULL)
			sound &= list_read(l, orders, (enum stack_list)i, list, tests,
					   &ret->ntests) &&
				 check_list(l, list, ret, (enum stack_list)i);
	}
	sound &= read_plain(l, n, ret);
	if (sound && ret->ntests == 0)
		return rule_say(l, n, "no condition on a list; expected suites, extensions ...");
	return sound && check_ssl2(l, n, ret);
}
