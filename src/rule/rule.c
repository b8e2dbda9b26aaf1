/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule: one file's tree becomes rules.
 *
 * Nothing stops at the first mistake: whatever can still be checked is.  A rule
 * with a mistake does not enter the set, and the set is not handed out.
 */
#include <string.h>

#include "base/map.h"
#include "base/text.h"
#include "rule/code.h"

const char *const level_names[] = { "info", "low", "medium", "high", "critical", NULL };
const char *const culprit_names[] = { "host", "proxy", "path", "server", NULL };

bool rule_is_name(const char *s)
{
	bool letter = false;

	for (; *s != '\0'; s++) {
		if (*s == '-' && (!letter || s[1] == '\0'))
			return false;
		if (*s != '-' && !(*s >= 'a' && *s <= 'z') && !(*s >= '0' && *s <= '9'))
			return false;
		letter = *s != '-';
	}
	return letter;
}

const char *rule_text(struct loader *l, const struct node *map, const char *key, bool needed)
{
	const struct node *n = conf_get(map, key);
	const char *text = NULL;

	if (n == NULL) {
		if (needed)
			rule_say(l, map, "no \"%s\"", key);
		return NULL;
	}
	if (!conf_text(n, l->file, l->errors, &text))
		return NULL;
	if (*text == '\0')
		rule_say(l, n, "an empty text; expected one character at least");
	return *text ? text : NULL;
}

const char *rule_name(struct loader *l, const struct node *map, const char *key, bool needed)
{
	const char *id = rule_text(l, map, key, needed);

	if (id != NULL && !rule_is_name(id)) {
		rule_say_id(l, conf_get(map, key));
		return NULL;
	}
	return id;
}

size_t rule_word(struct loader *l, const struct node *rule, const char *key,
		 const char *const *words, size_t n)
{
	const char *text = rule_text(l, rule, key, true);
	struct buf meant = { 0 };
	size_t i = 0;

	while (text != NULL && i < n && strcmp(words[i], text) != 0)
		i++;
	if (text == NULL || i < n)
		return text ? i : n;
	rule_meant_or(&meant, text, words, n);
	rule_say(l, conf_get(rule, key), "unknown %s \"%s\"%s", key, text, buf_text(&meant));
	buf_done(&meant);
	return n;
}

const char *const *rule_texts(struct loader *l, const struct node *map, const char *key,
			      size_t *ret_n)
{
	const struct node *n = conf_get(map, key);
	const char **texts;

	if (n == NULL || !conf_is_list(n, l->file, l->errors))
		return NULL;
	texts = arena_alloc(l->arena, n->n * sizeof(*texts));
	for (size_t i = 0; i < n->n; i++)
		*ret_n += conf_text(n->items[i], l->file, l->errors, &texts[*ret_n]);
	return texts;
}

/* ---- inline tests ---------------------------------------------------------------------- */

/* The facts of one handshake; one second after the one before it, if it does not say when. */
static void read_moment(struct loader *l, const struct node *n, const struct moment *before,
			struct moment *ret)
{
	const struct node *at = conf_get(n, "at");

	ret->at = before ? before->at + NS_PER_SECOND : 0;
	ret->values = arena_alloc(l->arena, FIELDS * sizeof(*ret->values));
	if (!conf_is_map(n, l->file, l->errors))
		return;
	if (at != NULL)
		duration_parse(l, at, 0, &ret->at);
	given_parse(l, n, "at", ret->values);
}

static void read_given(struct loader *l, const struct node *given, bool sequence,
		       struct trial *ret)
{
	ret->n = sequence && given->kind == NODE_LIST ? given->n : 1;
	ret->moments = arena_alloc(l->arena, (ret->n + 1) * sizeof(*ret->moments));
	if (!sequence) {
		ret->moments->values = arena_alloc(l->arena, FIELDS * sizeof(struct value));
		if (conf_is_map(given, l->file, l->errors))
			given_parse(l, given, NULL, ret->moments->values);
		return;
	}
	if (given->kind != NODE_LIST) {
		rule_say(l, given, "a %s; expected a list, a map for each handshake",
			 given->kind == NODE_MAP ? "map" : "value");
		return;
	}
	for (size_t i = 0; i < given->n; i++)
		read_moment(l, given->items[i], i > 0 ? &ret->moments[i - 1] : NULL,
			    &ret->moments[i]);
}

static void read_trial(struct loader *l, const struct node *n, bool sequence, struct trial *ret)
{
	static const char *const keys[] = { "given", "expect" };
	static const char *const outcomes[] = { "match", "none" };
	const struct node *given = conf_get(n, "given");

	ret->line = n->line;
	ret->col = n->col;
	if (!conf_is_map(n, l->file, l->errors))
		return;
	conf_keys(n, l->file, l->errors, keys, 2);
	ret->fires = rule_word(l, n, "expect", outcomes, 2) == 0;
	if (given == NULL)
		rule_say(l, n, "no \"given\"");
	else
		read_given(l, given, sequence, ret);
}

static void read_trials(struct loader *l, const struct node *rule, struct rule_code *ret)
{
	const struct node *n = conf_get(rule, "tests");
	bool sequence = conf_get(rule, "sequence") != NULL;
	struct trial *trials;

	if (n == NULL || !conf_is_list(n, l->file, l->errors))
		return;
	trials = arena_alloc(l->arena, n->n * sizeof(*trials));
	for (size_t i = 0; i < n->n; i++)
		read_trial(l, n->items[i], sequence, &trials[i]);
	ret->trials = trials;
	ret->ntrials = n->n;
}

/* ---- one rule -------------------------------------------------------------------------- */

static void read_head(struct loader *l, const struct node *n, struct rule *ret)
{
	const struct node *message = conf_get(n, "message");

	ret->id = rule_name(l, n, "id", true);
	ret->title = rule_text(l, n, "title", true);
	ret->level = (enum level)rule_word(l, n, "level", level_names, LEVELS);
	ret->culprit = (enum culprit)rule_word(l, n, "culprit", culprit_names, CULPRITS);
	fix_choose(l, n, ret);
	ret->references = rule_texts(l, n, "references", &ret->nreferences);
	ret->false_positives = rule_texts(l, n, "false_positives", &ret->nfalse_positives);
	ret->message = rule_text(l, n, "message", false);
	if (ret->message == NULL)
		ret->message = "";
	else
		message_check(l, message);
}

/* The first rule of an id keeps it. */
static void keep_id(struct loader *l, const struct node *n, struct rule *rule)
{
	struct slice key = { (const uint8_t *)rule->id, strlen(rule->id) };
	void **place = map_add(l->set->ids, key);
	const struct rule *other = *place;

	if (other != NULL)
		rule_say(l, conf_get(n, "id"), "the id \"%s\" is already at %s:%u", rule->id,
			 other->file, other->line);
	else
		*place = rule;
}

static void keep(struct ruleset *set, struct rule *rule)
{
	if (set->n == set->cap) {
		set->cap = set->cap ? 2 * set->cap : 16;
		set->rules = xrealloc(set->rules, set->cap * sizeof(struct rule *));
	}
	set->rules[set->n++] = rule;
}

/* The culprit's address must be the same in all handshakes of a sequence. */
static void check_culprit(struct loader *l, const struct node *n, const struct sequence *q,
			  enum culprit culprit)
{
	bool far = culprit == CULPRIT_SERVER || culprit == CULPRIT_PROXY;
	enum field_id who = far ? FIELD_SERVER_IP : FIELD_CLIENT_IP;

	for (size_t i = 0; i < q->nby; i++)
		if (q->by[i] == who)
			return;
	rule_say(l, conf_get(conf_get(n, "sequence"), "by"), "no %s in it: a culprit of the kind "
		 "\"%s\" is accused by that address", fields[who].name, culprit_names[culprit]);
}

static void read_sequence(struct loader *l, const struct node *n, struct rule *rule,
			  struct rule_code *ret)
{
	static const char *const others[] = { "when", "any" };
	struct sequence *q;

	for (size_t i = 0; i < 2; i++)
		if (conf_get(n, others[i]) != NULL)
			rule_say(l, conf_get(n, others[i]), "\"%s\" beside \"sequence\"; its "
				 "conditions belong into the steps", others[i]);
	ret->sequence = q = sequence_compile(l, n);
	if (q == NULL)
		return;
	message_fields(rule->message, q->tells);
	q->tells[FIELD_STACK_ID] = q->tells[FIELD_STACK_FAMILY] = true;
	q->tells[FIELD_STACK_CONFIGURED] = true;
	if (rule->culprit < CULPRITS)
		check_culprit(l, n, q, rule->culprit);
}

static void read_conditions(struct loader *l, const struct node *n, struct rule *rule,
			    struct rule_code *ret)
{
	struct conditions from = {
		.when = conf_get(n, "when"), .any = conf_get(n, "any"),
		.unless = conf_get(n, "unless")
	};

	if (conf_get(n, "sequence") != NULL)
		read_sequence(l, n, rule, ret);
	else if (from.when == NULL && from.any == NULL)
		rule_say(l, n, "neither \"when\" nor \"any\" nor \"sequence\": what should it "
			 "match?");
	else if (code_compile(l, n, &from, ret))
		code_check(l, ret, "`when`");
}

static void read_rule(struct loader *l, const struct node *n)
{
	static const char *const keys[] = {
		"id", "title", "level", "culprit", "when", "any", "unless", "message", "fix",
		"false_positives", "references", "tests", "sequence"
	};
	struct rule_code *code = arena_alloc(l->arena, sizeof(*code));
	struct rule *rule = arena_alloc(l->arena, sizeof(*rule));
	size_t before = l->errors->n + l->mistakes;

	if (!conf_is_map(n, l->file, l->errors))
		return;
	rule->file = l->file;
	rule->line = n->line;
	rule->code = code;
	conf_keys(n, l->file, l->errors, keys, sizeof(keys) / sizeof(keys[0]));
	read_head(l, n, rule);
	read_conditions(l, n, rule, code);
	read_trials(l, n, code);
	if (rule->id != NULL)
		keep_id(l, n, rule);
	if (l->errors->n + l->mistakes == before) {
		l->ids[l->set->n - l->first] = conf_get(n, "id");
		keep(l->set, rule);
	}
}

/* ---- the file -------------------------------------------------------------------------- */

static void check_lists(struct loader *l, const struct node *lists)
{
	for (size_t i = 0; i < lists->n; i++) {
		const struct node *key = lists->items[2 * i], *list = lists->items[2 * i + 1];

		if (!rule_is_name(key->text))
			rule_say(l, key, "\"%s\" is no name for a list; expected lower-case "
				 "letters, digits and single hyphens between them", key->text);
		if (!conf_is_list(list, l->file, l->errors))
			continue;
		if (list->n == 0)
			rule_say(l, list, "an empty list; expected one value at least");
		for (size_t k = 0; k < list->n; k++)
			if (list->items[k]->kind == NODE_LIST)
				rule_say(l, list->items[k], "a list in a list; expected values");
	}
}

void version_check(struct loader *l, const struct node *root)
{
	const struct node *n = conf_get(root, "version");
	uint64_t version;

	if (n == NULL)
		rule_say(l, root, "no \"version\"; expected version: 1");
	else if (conf_number(n, l->file, l->errors, &version) && version != 1)
		rule_say(l, n, "version %s; this program reads version 1", n->text);
}

void rules_read(struct loader *l, const struct node *root)
{
	static const char *const keys[] = { "version", "lists", "rules" };
	const struct node *rules;

	if (!conf_is_map(root, l->file, l->errors))
		return;
	rules = conf_get(root, "rules");
	conf_keys(root, l->file, l->errors, keys, 3);
	version_check(l, root);
	l->lists = conf_get(root, "lists");
	if (l->lists != NULL && conf_is_map(l->lists, l->file, l->errors))
		check_lists(l, l->lists);
	if (rules == NULL)
		rule_say(l, root, "no \"rules\"");
	if (rules == NULL || !conf_is_list(rules, l->file, l->errors))
		return;
	if (rules->n == 0)
		rule_say(l, rules, "an empty list; expected one rule at least");
	l->ids = xcalloc(rules->n + 1, sizeof(*l->ids));
	for (size_t i = 0; i < rules->n; i++)
		read_rule(l, rules->items[i]);
	shadows_check(l);
}
