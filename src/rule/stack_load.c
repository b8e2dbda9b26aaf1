/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule: stacks: a file of stacks becomes forms, and an index of them.
 */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "rule/stack.h"

enum { FORMS_MOST = 10000, NOTE_MOST = 255 };	/* a text of TEXTS has one byte for its length */

/* A file being read. */
struct reader {
	struct loader l;
	struct stacks *stacks;
	struct map *orders;		/* to struct order */
	const struct node *unseen;	/* by family; NULL: none */
	struct map *asked;		/* what forms ask for, in words, to struct form */
};

static size_t count_of(const char *const *words)
{
	size_t n = 0;

	while (words[n] != NULL)
		n++;
	return n;
}

/* ---- orders -------------------------------------------------------------------------------- */

static void read_orders(struct reader *r, const struct node *n)
{
	if (!conf_is_map(n, r->l.file, r->l.errors))
		return;
	for (size_t i = 0; i < n->n; i++) {
		const struct node *key = n->items[2 * i];
		struct slice name = { (const uint8_t *)key->text, strlen(key->text) };
		struct order *order = arena_alloc(r->l.arena, sizeof(*order));

		order->at = key;
		if (!rule_is_name(key->text))
			rule_say(&r->l, key, "\"%s\" is no name for an order; expected lower-case "
				 "letters, digits and single hyphens between them", key->text);
		else if (codes_read(&r->l, r->orders, n->items[2 * i + 1], 4, &order->codes))
			*map_add(r->orders, name) = order;
	}
}

static void check_orders(struct reader *r)
{
	for (size_t i = 0; i < map_count(r->orders); i++) {
		const struct order *order = map_value(r->orders, i);

		if (!order->used)
			rule_say(&r->l, order->at, "the order \"%s\" is not used",
				 order->at->text);
	}
}

/* ---- an entry ------------------------------------------------------------------------------ */

/* A list of notes, NULL-terminated; NULL: there is none, or said. */
static const char *const *notes_of(struct loader *l, const struct node *n, const char *key)
{
	const struct node *list = conf_get(n, key);
	const char **notes;

	if (list == NULL || !conf_is_list(list, l->file, l->errors))
		return NULL;
	if (list->n == 0)
		rule_say(l, list, "an empty list; expected one text at least");
	notes = arena_alloc(l->arena, (list->n + 1) * sizeof(*notes));
	for (size_t i = 0; i < list->n; i++)
		if (conf_text(list->items[i], l->file, l->errors, &notes[i]) &&
		    (*notes[i] == '\0' || strlen(notes[i]) > NOTE_MOST))
			rule_say(l, list->items[i], "a text of %zu bytes; expected 1 to %d",
				 strlen(notes[i]), NOTE_MOST);
	return notes;
}

static const char *word_under(struct loader *l, const struct node *n, const char *key,
			      const char *const *words)
{
	size_t count = count_of(words), i = rule_word(l, n, key, words, count);

	return i < count ? words[i] : "";
}

static struct stack read_head(struct reader *r, const struct node *n)
{
	struct loader *l = &r->l;
	struct stack s = {
		.id = rule_name(l, n, "id", true),
		.os = rule_name(l, n, "os", false),
		.label = rule_text(l, n, "label", true),
		.family = word_under(l, n, "family", stack_families),
		.tls12 = word_under(l, n, "tls12", stack_tls12),
		.confidence = word_under(l, n, "confidence", stack_confidences),
		.collides = notes_of(l, n, "collides"),
	};

	rule_text(l, n, "source", true);
	rule_text(l, n, "note", false);
	if (r->unseen != NULL && conf_get(r->unseen, s.family) != NULL)
		s.unseen = notes_of(l, r->unseen, s.family);
	return s;
}

/* An earlier form of the file that asks for the very same takes every hello. */
static bool is_shadowed(struct reader *r, const struct node *n, struct form *f)
{
	struct buf words = { 0 };
	const struct form *earlier;
	void **place;

	form_words(&words, f, true);
	place = map_add(r->asked, buf_slice(&words));
	buf_done(&words);
	earlier = *place;
	if (earlier == NULL)
		*place = f;
	else
		rule_say(&r->l, n, "cannot match: \"%s\" at line %u asks for the same and comes "
			 "first", earlier->stack.id, earlier->line);
	return earlier != NULL;
}

static void keep_form(struct stacks *s, struct form *f)
{
	if (s->n == s->cap) {
		s->cap = s->cap ? 2 * s->cap : 64;
		s->forms = xrealloc(s->forms, s->cap * sizeof(struct form *));
	}
	s->forms[s->n++] = f;
}

static void read_form(struct reader *r, const struct node *n, const struct stack *head)
{
	struct form *f = arena_alloc(r->l.arena, sizeof(*f));
	struct buf words = { 0 };

	f->stack = *head;
	if (!form_read(&r->l, r->orders, n, f) || head->id == NULL || is_shadowed(r, n, f))
		return;
	form_words(&words, f, false);
	f->stack.because = arena_text(r->l.arena, buf_slice(&words));
	buf_done(&words);
	if (r->stacks->n == FORMS_MOST)
		rule_say(&r->l, n, "more than %d forms", FORMS_MOST);
	else
		keep_form(r->stacks, f);
}

static void read_stack(struct reader *r, const struct node *n)
{
	static const char *const keys[] = {
		"id", "family", "os", "label", "tls12", "confidence", "source", "note",
		"collides", "match"
	};
	const struct node *match = conf_get(n, "match");
	const char *id;
	struct stack head;
	void **place;

	if (!conf_is_map(n, r->l.file, r->l.errors))
		return;
	conf_keys(n, r->l.file, r->l.errors, keys, sizeof(keys) / sizeof(keys[0]));
	head = read_head(r, n);
	id = head.id;
	if (id != NULL) {
		place = map_add(r->stacks->ids, (struct slice){ (const uint8_t *)id, strlen(id) });
		if (*place != NULL)
			rule_say(&r->l, conf_get(n, "id"), "the id \"%s\" is already at line %u",
				 id, ((const struct node *)*place)->line);
		else
			*place = (void *)(uintptr_t)n;
	}
	if (match == NULL)
		rule_say(&r->l, n, "no \"match\"");
	else if (match->kind != NODE_LIST)
		read_form(r, match, &head);
	else if (match->n == 0)
		rule_say(&r->l, match, "an empty list; expected one form at least");
	else
		for (size_t i = 0; i < match->n; i++)
			read_form(r, match->items[i], &head);
}

/* ---- the file ------------------------------------------------------------------------------ */

static void read_unseen(struct reader *r, const struct node *n)
{
	if (!conf_is_map(n, r->l.file, r->l.errors))
		return;
	conf_keys(n, r->l.file, r->l.errors, stack_families, count_of(stack_families));
	for (size_t i = 0; i < n->n; i++)
		notes_of(&r->l, n, n->items[2 * i]->text);
	r->unseen = n;
}

static void read_root(struct reader *r, const struct node *root)
{
	static const char *const keys[] = { "version", "orders", "unseen", "stacks" };
	const struct node *stacks = conf_get(root, "stacks"), *orders = conf_get(root, "orders");
	const struct node *unseen = conf_get(root, "unseen");

	if (!conf_is_map(root, r->l.file, r->l.errors))
		return;
	conf_keys(root, r->l.file, r->l.errors, keys, sizeof(keys) / sizeof(keys[0]));
	version_check(&r->l, root);
	if (orders != NULL)
		read_orders(r, orders);
	if (unseen != NULL)
		read_unseen(r, unseen);
	if (stacks == NULL)
		rule_say(&r->l, root, "no \"stacks\"");
	if (stacks == NULL || !conf_is_list(stacks, r->l.file, r->l.errors))
		return;
	if (stacks->n == 0)
		rule_say(&r->l, stacks, "an empty list; expected one stack at least");
	for (size_t i = 0; i < stacks->n; i++)
		read_stack(r, stacks->items[i]);
	check_orders(r);
}

void stacks_load(struct ruleset *set, const char *path, struct errors *e)
{
	struct slice name = { (const uint8_t *)path, strlen(path) };
	struct reader r = {
		.l = { .set = set, .arena = &set->arena, .errors = e,
		       .file = arena_text(&set->arena, name) },
		.orders = map_new(), .asked = map_new()
	};
	const struct node *root = conf_load(path, &set->arena, e);

	if (set->stacks == NULL) {
		set->stacks = xcalloc(1, sizeof(*set->stacks));
		set->stacks->ids = map_new();
	}
	r.stacks = set->stacks;
	if (root != NULL)
		read_root(&r, root);
	map_free(r.orders);
	map_free(r.asked);
}

void stacks_free(struct stacks *s)
{
	if (s == NULL)
		return;
	map_free(s->ids);
	free(s->forms);
	free(s);
}

/* ---- the index ----------------------------------------------------------------------------- */

/* Whether a form's hello can begin with this suite; UINT32_MAX: with one that no form names. */
static bool can_begin(const struct form *f, uint32_t suite)
{
	for (size_t i = 0; i < f->ntests; i++) {
		const struct list_test *t = &f->tests[i];
		bool can = t->op >= STACK_HAS;

		if (t->list != STACK_SUITES)
			continue;
		for (size_t k = 0; k < t->n && !can; k++) {
			const struct codes *c = &t->choices[k];

			can = t->op == STACK_ENDS || (c->n > 0 && c->v[0] == suite) ||
			      (t->op >= STACK_WITHIN && codes_have(c, suite));
		}
		if (!can && !(t->n == 1 && t->choices[0].n == 0 && suite == UINT32_MAX))
			return false;
	}
	return true;
}

static struct first forms_of(const struct stacks *s, struct arena *a, uint32_t suite)
{
	uint16_t *forms = arena_alloc(a, (s->n + 1) * sizeof(*forms));
	struct first first = { .suite = suite, .forms = forms };

	for (size_t i = 0; i < s->n; i++)
		if (can_begin(s->forms[i], suite))
			forms[first.n++] = (uint16_t)i;
	return first;
}

static void mark_suites(const struct list_test *t, bool *named)
{
	if (t->list != STACK_SUITES)
		return;
	for (size_t i = 0; i < t->n; i++)
		for (size_t k = 0; k < t->choices[i].n; k++)
			named[t->choices[i].v[k]] = true;
}

/* Every suite that a form names, ascending, each once. */
static size_t suites_of(const struct stacks *s, struct arena *a, uint32_t **ret)
{
	bool *named = arena_alloc(a, 65536 * sizeof(*named));
	uint32_t *all = arena_alloc(a, 65536 * sizeof(*all));
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		for (size_t k = 0; k < s->forms[i]->ntests; k++)
			mark_suites(&s->forms[i]->tests[k], named);
	for (uint32_t code = 0; code < 65536; code++)
		if (named[code])
			all[n++] = code;
	*ret = all;
	return n;
}

void stacks_index(struct stacks *s, struct arena *a)
{
	uint32_t *suites;
	struct first *firsts;

	s->nfirsts = suites_of(s, a, &suites);
	firsts = arena_alloc(a, (s->nfirsts + 1) * sizeof(*firsts));
	for (size_t i = 0; i < s->nfirsts; i++)
		firsts[i] = forms_of(s, a, suites[i]);
	s->firsts = firsts;
	s->rest = forms_of(s, a, UINT32_MAX);
}
