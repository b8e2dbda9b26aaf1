/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule: what stands under `sequence` becomes code, a step at a time.
 */
#include "rule/sequence.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "rule/code.h"

#define NS_PER_MS UINT64_C(1000000)

enum { STEPS_LEAST = 2, HOURS_MOST = 24 };

/* ---- durations --------------------------------------------------------------------------- */

static const struct {
	const char *name;
	uint64_t ns;
} units[] = {				/* the largest first */
	{ "h", 3600 * NS_PER_SECOND },
	{ "m", 60 * NS_PER_SECOND },
	{ "s", NS_PER_SECOND },
	{ "ms", NS_PER_MS },
};

enum { UNITS = sizeof(units) / sizeof(units[0]), DIGITS_MOST = 9 };

/* Nanoseconds; false: not a number and a unit, written as one writes it. */
static bool duration_read(const char *text, uint64_t *ret)
{
	size_t digits = strspn(text, "0123456789");
	uint64_t n = 0;

	if (digits == 0 || digits > DIGITS_MOST || (*text == '0' && digits > 1))
		return false;
	for (size_t i = 0; i < digits; i++)
		n = 10 * n + (uint64_t)(text[i] - '0');
	for (size_t i = 0; i < UNITS; i++)
		if (strcmp(text + digits, units[i].name) == 0) {
			*ret = n * units[i].ns;
			return true;
		}
	return false;
}

bool duration_parse(struct loader *l, const struct node *n, uint64_t least, uint64_t *ret)
{
	const char *text;

	if (!conf_text(n, l->file, l->errors, &text))
		return false;
	if (!duration_read(text, ret))
		return rule_say(l, n, "\"%s\" is no duration; expected 500ms, 30s, 5m, 2h or the "
				"like", text);
	if (*ret < least)
		return rule_say(l, n, "%s is too short; expected 1ms at least", text);
	if (*ret > HOURS_MOST * units[0].ns)
		return rule_say(l, n, "%s is too long; expected %dh at most", text, HOURS_MOST);
	return true;
}

void duration_print(struct buf *b, uint64_t ns)
{
	size_t i = 0;

	while (i + 1 < UNITS && ns % units[i].ns != 0)
		i++;
	buf_printf(b, "%" PRIu64 "%s", ns / units[i].ns, units[i].name);
}

/* ---- by ---------------------------------------------------------------------------------- */

static bool read_field(struct loader *l, const struct node *n, struct sequence *ret)
{
	const struct field *f;
	const char *name;

	if (!conf_text(n, l->file, l->errors, &name))
		return false;
	f = field_find(name);
	if (f == NULL)
		return rule_say_field(l, n);
	if (type_is_list(f->type))
		return rule_say(l, n, "%s is a list; expected a field with one value", f->name);
	for (size_t i = 0; i < ret->nby; i++)
		if (ret->by[i] == (enum field_id)(f - fields))
			return rule_say(l, n, "%s stands here twice", f->name);
	ret->by[ret->nby++] = (enum field_id)(f - fields);
	return true;
}

static bool read_by(struct loader *l, const struct node *map, struct sequence *ret)
{
	const struct node *by = conf_get(map, "by");
	bool sound = true;

	if (by == NULL)
		return rule_say(l, map, "no \"by\"; expected fields that the handshakes have in "
				"common: [client.ip, server.name]");
	if (!conf_is_list(by, l->file, l->errors))
		return false;
	if (by->n == 0)
		return rule_say(l, by, "an empty list; expected one field at least");
	if (by->n > SEQUENCE_BY)
		return rule_say(l, by, "%zu fields; expected %d at most", by->n, SEQUENCE_BY);
	for (size_t i = 0; i < by->n; i++)
		sound &= read_field(l, by->items[i], ret);
	return sound;
}

/* ---- steps ------------------------------------------------------------------------------- */

/* Facts that are there when a handshake has come to its end, and not before. */
static bool is_end(enum field_id id)
{
	return strncmp(fields[id].name, "outcome.", 8) == 0 || id == FIELD_TLS_ESTABLISHED;
}

static bool asks_end(const struct rule_code *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (is_end(c->tests[i].field))
			return true;
	return false;
}

static bool read_steps(struct loader *l, const struct node *map, struct sequence *ret)
{
	const struct node *steps = conf_get(map, "steps");
	bool sound = true;

	if (steps == NULL)
		return rule_say(l, map, "no \"steps\"; expected a list, a map of conditions for "
				"each handshake");
	if (!conf_is_list(steps, l->file, l->errors))
		return false;
	if (steps->n < STEPS_LEAST || steps->n > SEQUENCE_STEPS)
		return rule_say(l, steps, "%zu step%s; expected %d to %d", steps->n,
				steps->n == 1 ? "" : "s", STEPS_LEAST, SEQUENCE_STEPS);
	for (size_t i = 0; i < steps->n; i++) {
		struct conditions from = { .when = steps->items[i] };

		sound &= code_compile(l, steps->items[i], &from, &ret->steps[i]);
		ret->ends[i] = asks_end(&ret->steps[i]);
	}
	ret->n = (unsigned)steps->n;
	return sound;
}

static bool read_within(struct loader *l, const struct node *map, struct sequence *ret)
{
	const struct node *within = conf_get(map, "within");

	if (within == NULL)
		return rule_say(l, map, "no \"within\"; expected a duration: 30s");
	return duration_parse(l, within, NS_PER_MS, &ret->within);
}

/* Bounds what the checks gather on one field. */
static bool count_tests(struct loader *l, const struct node *map, const struct sequence *q)
{
	size_t n = q->unless.n;

	for (unsigned i = 0; i < q->n; i++)
		n += q->steps[i].n;
	return n <= TESTS_MOST ||
	       rule_say(l, map, "%zu conditions; expected %d at most", n, TESTS_MOST);
}

struct sequence *sequence_compile(struct loader *l, const struct node *rule)
{
	static const char *const keys[] = { "by", "within", "steps" };
	const struct node *map = conf_get(rule, "sequence");
	struct conditions last = { .unless = conf_get(rule, "unless") };
	struct sequence *q = arena_alloc(l->arena, sizeof(*q));
	bool sound;

	if (!conf_is_map(map, l->file, l->errors))
		return NULL;
	sound = conf_keys(map, l->file, l->errors, keys, sizeof(keys) / sizeof(keys[0]));
	sound &= read_by(l, map, q);
	sound &= read_within(l, map, q);
	sound &= read_steps(l, map, q);
	if (last.unless != NULL)
		sound &= code_compile(l, last.unless, &last, &q->unless);
	sound = sound && count_tests(l, map, q);
	if (sound)
		sequence_check(l, q);
	return sound ? q : NULL;
}
