/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule: facts written in YAML, for inline tests and for the checks.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "rule/code.h"

static bool in_range(unsigned n, unsigned low, unsigned high)
{
	return n >= low && n <= high;
}

/* Days since 1970-01-01 of a day of the Gregorian calendar from then on. */
static uint64_t days_since_1970(unsigned year, unsigned month, unsigned day)
{
	static const unsigned before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
	unsigned past = year - 1;	/* leap days lie behind whole years */
	uint64_t leaps = past / 4 - past / 100 + past / 400 - (1969 / 4 - 1969 / 100 + 1969 / 400);
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return (year - 1970) * 365ull + leaps + before[month - 1] + (leap && month > 2) + day - 1;
}

bool time_parse(const char *text, uint64_t *ret)
{
	static const unsigned longest[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	unsigned year, month, day, hour = 0, minute = 0, second = 0;
	char again[80];
	int read = sscanf(text, "%4u-%2u-%2uT%2u:%2u:%2uZ", &year, &month, &day, &hour, &minute,
			  &second);

	if (read != 3 && read != 6)
		return false;
	if (!in_range(year, 1970, 2500) || !in_range(month, 1, 12) ||
	    !in_range(day, 1, longest[month - 1]) || hour > 23 || minute > 59 || second > 59)
		return false;
	if (read == 3)
		snprintf(again, sizeof(again), "%04u-%02u-%02u", year, month, day);
	else
		snprintf(again, sizeof(again), "%04u-%02u-%02uT%02u:%02u:%02uZ", year, month, day,
			 hour, minute, second);
	if (strcmp(again, text) != 0)	/* sscanf takes spaces, signs and what follows */
		return false;
	*ret = ((days_since_1970(year, month, day) * 24 + hour) * 3600 + minute * 60 + second) *
	       NS_PER_SECOND;
	return true;
}

struct value value_of_codes(struct arena *a, enum value_type type, const uint64_t *v, size_t n)
{
	size_t width = 2;
	uint8_t *p;

	for (size_t i = 0; i < n; i++)
		if (v[i] > UINT16_MAX)
			width = 3;
	p = arena_alloc(a, n * width);
	for (size_t i = 0; i < n * width; i++)
		p[i] = (uint8_t)(v[i / width] >> 8 * (width - 1 - i % width));
	return (struct value){ .type = type, .width = (uint8_t)width, .bytes = { p, n * width } };
}

struct value value_of_texts(struct arena *a, const struct slice *v, size_t n)
{
	size_t size = 0;
	uint8_t *p, *at;

	for (size_t i = 0; i < n; i++)
		size += 1 + v[i].n;
	p = at = arena_alloc(a, size);
	for (size_t i = 0; i < n; i++) {
		*at = (uint8_t)v[i].n;
		memcpy(at + 1, v[i].p, v[i].n);
		at += 1 + v[i].n;
	}
	return (struct value){ .type = VALUE_TEXTS, .bytes = { p, size } };
}

static struct value value_of_numbers(struct arena *a, const uint64_t *v, size_t n)
{
	uint8_t *p = arena_alloc(a, n * sizeof(*v));

	if (n > 0)
		memcpy(p, v, n * sizeof(*v));
	return (struct value){ .type = VALUE_NUMBERS, .bytes = { p, n * sizeof(*v) } };
}

struct value value_of_operand(struct arena *a, enum field_id id, const struct operand *with)
{
	enum value_type type = fields[id].type;
	size_t nwords;

	switch (type) {
	case VALUE_TEXT:
	case VALUE_HEX:
		return (struct value){ .type = type, .bytes = with->texts[0] };
	case VALUE_ADDR:
		return (struct value){ .type = type, .addr = with->blocks[0].addr };
	case VALUE_CODES:
	case VALUE_CIPHERS:
	case VALUE_VERSIONS:
		return value_of_codes(a, type, with->numbers, with->nnumbers);
	case VALUE_SET:
		return (struct value){ .type = type, .number = with->mask,
				       .names = field_words(id, &nwords) };
	case VALUE_TEXTS:
		return value_of_texts(a, with->texts, with->ntexts);
	case VALUE_NUMBERS:
		return value_of_numbers(a, with->numbers, with->nnumbers);
	default:
		return (struct value){ .type = type, .number = with->numbers[0] };
	}
}

static bool given_one(struct loader *l, const struct field *f, const struct node *n,
		      struct value *ret)
{
	enum field_id id = (enum field_id)(f - fields);
	bool list = type_is_list(f->type);
	struct operand with;

	if (n->kind != NODE_SCALAR && !(list && n->kind == NODE_LIST))
		return rule_say(l, n, "%s is %s; expected %s", f->name,
				n->kind == NODE_LIST ? "a list" : "a map",
				list ? "a value or a list" : "one value");
	if (!operand_parse(l, id, OP_IS, n, &with))
		return false;
	if (with.mask != 0 && f->type != VALUE_SET)
		return rule_say(l, n, "a class of suites; expected suites");
	if (!list && with.nwords != 1)
		return rule_say(l, n, "%zu values; expected one", with.nwords);
	if (f->type == VALUE_ADDR && with.blocks[0].bits != 128)
		return rule_say(l, n, "\"%s\" is a block; expected an address", n->text);
	*ret = value_of_operand(l->arena, id, &with);
	return true;
}

bool given_parse(struct loader *l, const struct node *map, const char *but,
		 struct value *ret_values)
{
	bool sound = true;

	for (size_t i = 0; i < map->n; i++) {
		const struct node *key = map->items[2 * i];
		const struct field *f = field_find(key->text);

		if (but != NULL && strcmp(key->text, but) == 0)
			continue;
		sound &= f ? given_one(l, f, map->items[2 * i + 1], &ret_values[f - fields]) :
			 rule_say_field(l, key);
	}
	return sound;
}
