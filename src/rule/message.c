/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule: messages with places, "{client.ip} offers at most {offer.max}".
 */
#include <string.h>

#include "rule/code.h"

#define UNKNOWN "?"
#define HIDDEN_PROXY "a proxy whose address was not seen"

/* The text up to the next place, or to the end; false: nothing is left. */
static bool next_part(const char **at, struct slice *ret_text, struct slice *ret_place)
{
	size_t before = strcspn(*at, "{"), inside;

	if (**at == '\0')
		return false;
	*ret_text = (struct slice){ (const uint8_t *)*at, before };
	*ret_place = (struct slice){ NULL, 0 };
	*at += before;
	if (**at == '\0')
		return true;
	inside = strcspn(*at + 1, "}");
	*ret_place = (struct slice){ (const uint8_t *)*at + 1, inside };
	*at += 1 + inside;
	*at += **at == '}';
	return true;
}

static const struct field *field_at(struct slice place)
{
	char name[64];

	if (place.n >= sizeof(name))
		return NULL;
	memcpy(name, place.p, place.n);
	name[place.n] = '\0';
	return field_find(name);
}

static bool place_check(struct loader *l, const struct node *n, struct slice place)
{
	struct node named = *n;
	char name[64];

	if (place.n == 0 || place.n >= sizeof(name))
		return rule_say(l, n, "a place without a field; expected {offer.max} or another");
	memcpy(name, place.p, place.n);
	name[place.n] = '\0';
	named.text = name;
	return field_find(name) != NULL || rule_say_field(l, &named);
}

static bool braces_match(const char *text)
{
	bool open = false;

	for (; *text != '\0'; text++)
		if (*text == '{' || *text == '}') {
			if (open == (*text == '{'))
				return false;
			open = !open;
		}
	return !open;
}

bool message_check(struct loader *l, const struct node *n)
{
	struct slice text, place;
	const char *at = n->text;
	bool sound = true;

	if (!braces_match(at))
		return rule_say(l, n, "a brace without its other; places are written {offer.max}");
	while (next_part(&at, &text, &place))
		if (place.p != NULL)
			sound &= place_check(l, n, place);
	return sound;
}

void message_fields(const char *message, bool ret[static FIELDS])
{
	struct slice text, place;

	while (next_part(&message, &text, &place)) {
		const struct field *f = place.p ? field_at(place) : NULL;

		if (f != NULL)
			ret[f - fields] = true;
	}
}

/* Messages are for people: versions read "TLS 1.0", as they do elsewhere in the report. */
static void put_value(struct buf *ret, const struct value *v)
{
	char words[TLS_WORDS];

	if (v->type == VALUE_VERSION)
		buf_puts(ret, tls_version_words((uint16_t)v->number, words));
	else
		value_print(ret, v);
}

/* A device that answers and asks in the names of others is told by :: (host/legs.h). */
static bool is_hidden_proxy(const struct field *f, const struct value *v)
{
	return f == &fields[FIELD_LEGS_PROXY] && value_known(v) &&
	       addr_cmp(&v->addr, &(struct addr){ { 0 } }) == 0;
}

void rule_message(const struct rule *rule, const struct sighting *s, struct buf *ret)
{
	const char *at = rule->message;
	struct slice text, place;

	while (next_part(&at, &text, &place)) {
		const struct field *f = place.p ? field_at(place) : NULL;

		buf_add(ret, text.p, text.n);
		if (f == NULL)
			continue;
		if (is_hidden_proxy(f, &s->values[f - fields]))
			buf_puts(ret, HIDDEN_PROXY);
		else if (value_known(&s->values[f - fields]))
			put_value(ret, &s->values[f - fields]);
		else
			buf_puts(ret, UNKNOWN);
	}
}
