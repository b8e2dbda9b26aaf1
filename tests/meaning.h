/* SPDX-License-Identifier: Apache-2.0 */
/*
 * meaning: what a file of rules/ says (its tree) and what was loaded from it, both
 * as text, so that one can be held against the other.
 *
 * Of the tree that is left out which has no meaning: the order of keys, how a
 * number is written, whether a list has a name, what is the default.
 */
#ifndef TESTS_MEANING_H
#define TESTS_MEANING_H

#include "test.h"

#include "base/map.h"
#include "conf/conf.h"
#include "m365/set.h"
#include "rule/stack.h"

enum kind { KIND_RULES, KIND_FIXES, KIND_STACKS, KIND_ISSUERS, KIND_ENDPOINTS };

/* ---- what is written ---------------------------------------------------------------------- */

struct telling {
	FILE *to;
	enum kind kind;
	const struct node *lists;	/* of a file of rules; NULL: none */
};

static inline void say_node(const struct telling *t, const struct node *n);

static inline int by_key(const void *a, const void *b)
{
	const struct node *const *x = a, *const *y = b;

	return strcmp((*x)->text, (*y)->text);
}

/* For readers of the file alone, or what it would be anyway. */
static inline bool says_nothing(enum kind kind, const char *key, const struct node *value)
{
	bool source = strcmp(key, "source") == 0;

	if (kind == KIND_RULES)
		return strcmp(key, "lists") == 0;
	if (kind == KIND_STACKS)
		return source || strcmp(key, "note") == 0;
	return kind == KIND_ENDPOINTS &&
	       (source || (strcmp(key, "required") == 0 && value->kind == NODE_SCALAR &&
			   strcmp(value->text, "false") == 0));
}

static inline void say_map(const struct telling *t, const struct node *n)
{
	const struct node **keys = calloc(n->n + 1, sizeof(*keys));

	for (size_t i = 0; i < n->n; i++)
		keys[i] = n->items[2 * i];
	qsort(keys, n->n, sizeof(*keys), by_key);
	fputc('{', t->to);
	for (size_t i = 0; i < n->n; i++) {
		const char *key = keys[i]->text;

		if (says_nothing(t->kind, key, conf_get(n, key)))
			continue;
		fprintf(t->to, "%s: ", strcmp(key, "outcome") == 0 ? "outcome.result" : key);
		say_node(t, conf_get(n, key));
		fputs(", ", t->to);
	}
	fputc('}', t->to);
	free(keys);
}

static inline void say_name(const struct telling *t, const char *text)
{
	fputc('\'', t->to);
	for (; *text != '\0'; text++)		/* names in endpoint data have no case */
		fputc(t->kind == KIND_ENDPOINTS ? byte_lower((uint8_t)*text) : *text, t->to);
	fputc('\'', t->to);
}

static inline void say_codes(const struct telling *t, const char *text)
{
	bool between = false, any = false;

	for (; *text != '\0'; text++) {
		if (strchr(" \t\n", *text) != NULL) {
			between = any;
			continue;
		}
		fprintf(t->to, "%s%c", between ? " " : "", *text);
		between = false;
		any = true;
	}
}

static inline void say_scalar(const struct telling *t, const struct node *n)
{
	struct errors e = { 0 };
	uint64_t number;

	if (t->kind == KIND_STACKS)
		say_codes(t, n->text);
	else if (!n->quoted && *n->text >= '0' && *n->text <= '9' &&
		 conf_number(n, "", &e, &number))
		fprintf(t->to, "%llu", (unsigned long long)number);
	else
		say_name(t, n->text);
	errors_done(&e);
}

static inline const struct node *list_called(const struct telling *t, const struct node *n)
{
	if (t->lists == NULL || n->kind != NODE_SCALAR || n->quoted || *n->text != '$')
		return NULL;
	return conf_get(t->lists, n->text + 1);
}

/* In a condition one value is a list of one, and a list in a list is its items. */
static inline void say_items(const struct telling *t, const struct node *n)
{
	for (size_t i = 0; i < n->n; i++) {
		const struct node *named = list_called(t, n->items[i]);

		if (named != NULL && named->kind == NODE_LIST)
			say_items(t, named);
		else
			say_node(t, n->items[i]);
		fputs(i + 1 < n->n ? ", " : "", t->to);
	}
}

static inline void say_node(const struct telling *t, const struct node *n)
{
	const struct node *named = list_called(t, n);

	if (named != NULL && named->kind == NODE_LIST)
		n = named;
	if (n->kind == NODE_MAP) {
		say_map(t, n);
	} else if (n->kind == NODE_SCALAR) {
		say_scalar(t, n);
	} else {
		bool bare = t->kind == KIND_RULES && n->n == 1;

		fputs(bare ? "" : "[", t->to);
		say_items(t, n);
		fputs(bare ? "" : "]", t->to);
	}
}

/* ---- issuers: sets of names ---------------------------------------------------------------- */

enum { ISSUERS_MOST = 4096 };

struct issuer_names {
	char *v[ISSUERS_MOST];		/* "O=entrust\\, inc.", as a certificate has it, in order */
	size_t n;
};

static inline void add_issuer(struct issuer_names *to, const char *type, const char *text)
{
	struct buf b = { 0 };

	buf_puts(&b, type);
	for (; *text != '\0'; text++)
		buf_printf(&b, "%s%c", strchr(",\\", *text) ? "\\" : "",
			   byte_lower((uint8_t)*text));
	(void)buf_text(&b);
	assert_true(to->n < ISSUERS_MOST);
	to->v[to->n++] = b.p;
}

static inline int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static inline struct issuer_names issuers_in(const struct node *root)
{
	static const char *const keys[] = { "organizations", "names", "own" };
	struct issuer_names names = { .n = 0 };

	for (size_t i = 0; i < 3; i++) {
		const struct node *list = conf_get(root, keys[i]);

		for (size_t k = 0; list && list->kind == NODE_LIST && k < list->n; k++)
			if (list->items[k]->kind == NODE_SCALAR)
				add_issuer(&names, i == 0 ? "O=" : "CN=", list->items[k]->text);
	}
	qsort(names.v, names.n, sizeof(names.v[0]), by_text);
	return names;
}

/* Each name once; r: those alone that were loaded. */
static inline void say_issuers(FILE *to, struct issuer_names *names, const struct ruleset *r)
{
	const char *last = "";

	for (size_t i = 0; i < names->n; i++) {
		struct slice dn = { (const uint8_t *)names->v[i], strlen(names->v[i]) };

		if (strcmp(last, names->v[i]) != 0 && (r == NULL || ruleset_knows_issuer(r, dn)))
			fprintf(to, "%s\n", names->v[i]);
		last = names->v[i];
	}
	for (size_t i = 0; i < names->n; i++)
		free(names->v[i]);
	names->n = 0;
}

static inline void say_tree(FILE *to, const struct node *root, enum kind kind)
{
	struct issuer_names names = { .n = 0 };
	const struct node *lists = kind == KIND_RULES ? conf_get(root, "lists") : NULL;
	struct telling t = { to, kind, lists && lists->kind == NODE_MAP ? lists : NULL };

	if (kind == KIND_ISSUERS)
		names = issuers_in(root);
	say_issuers(to, &names, NULL);
	if (kind != KIND_ISSUERS)
		say_node(&t, root);
}

/* ---- what was loaded ----------------------------------------------------------------------- */

static inline void say_fix(FILE *to, const struct fix *fix)
{
	struct fix here = *fix;

	here.file = "";
	here.line = 0;
	fix_explain(&here, to);
	for (size_t i = 0; i < fix->nregistry; i++)
		fprintf(to, "registry %s|%s|%s|%s\n", fix->registry[i].key, fix->registry[i].name,
			fix->registry[i].type, fix->registry[i].value);
}

static inline void say_trial(FILE *to, const struct trial *t)
{
	fprintf(to, "test %s\n", t->fires ? "match" : "none");
	for (size_t i = 0; i < t->n; i++) {
		fprintf(to, "at %llu", (unsigned long long)t->moments[i].at);
		for (size_t f = 0; f < FIELDS; f++) {
			const struct value *v = &t->moments[i].values[f];
			struct buf b = { 0 };

			if (!value_known(v))
				continue;
			value_print(&b, v);
			fprintf(to, " %s=%s", fields[f].name, buf_text(&b));
			buf_done(&b);
		}
		fputc('\n', to);
	}
}

static inline void say_rule(FILE *to, const struct rule *rule)
{
	static const struct fix none = { .id = "", .title = "", .applies_to = "", .file = "" };
	struct rule here = *rule;

	here.file = "";
	here.line = 0;
	here.fix = NULL;		/* the ids alone: the fixes are another file's */
	here.nchoices = 0;
	rule_explain(&here, to);
	fprintf(to, "fix %s\n", (rule->fix ? rule->fix : &none)->id);
	for (size_t i = 0; i < rule->nchoices; i++)
		fprintf(to, "for %s %s\n", rule->choices[i].when, rule->choices[i].fix->id);
	for (size_t i = 0; i < rule->code->ntrials; i++)
		say_trial(to, &rule->code->trials[i]);
}

static inline void say_texts(FILE *to, const char *what, const char *const *v)
{
	for (; v != NULL && *v != NULL; v++)
		fprintf(to, "%s %s\n", what, *v);
}

static inline void say_form(FILE *to, const struct form *f)
{
	const struct stack *s = &f->stack;
	struct buf b = { 0 };

	form_words(&b, f, true);
	fprintf(to, "%s|%s|%s|%s|%s|%s|%d%d|%s\n", s->id, s->family, s->os ? s->os : "",
		s->label, s->tls12, s->confidence, s->has_patched, s->patched, buf_text(&b));
	say_texts(to, "collides", s->collides);
	say_texts(to, "unseen", s->unseen);
	buf_done(&b);
}

static inline void say_ruleset(FILE *to, const struct ruleset *r, enum kind kind)
{
	if (kind == KIND_RULES)
		for (size_t i = 0; i < r->n; i++)
			say_rule(to, r->rules[i]);
	else if (kind == KIND_FIXES)
		for (size_t i = 0; i < map_count(r->books->ids); i++)
			say_fix(to, map_value(r->books->ids, i));
	else
		for (size_t i = 0; i < r->stacks->n; i++)
			say_form(to, r->stacks->forms[i]);
}

static inline void say_endpoints(FILE *to, const struct m365 *m, const struct file_form *form)
{
	write_sets(m, form, to);
	for (size_t i = 0; i < m->n; i++)
		fprintf(to, "%s %d\n", cloud_names[m->sets[i]->cloud], m->sets[i]->legacy_tls);
}

#endif
