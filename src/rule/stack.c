/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule: a hello is held against the forms of stacks.
 */
#include "rule/stack.h"

#include <string.h>

#include "fact/shape.h"

/* What a hello says, as forms ask for it. */
struct seen {
	const struct hello *hello;
	uint32_t room[STACK_LISTS][STACK_CODES];
	struct codes lists[STACK_LISTS];
	enum stack_scsv scsv;
	bool grease;
};

/* ---- the hello ----------------------------------------------------------------------------- */

static bool keep(struct seen *s, enum stack_list list, uint32_t code)
{
	struct codes *c = &s->lists[list];

	if (c->n == STACK_CODES)
		return false;
	s->room[list][c->n++] = code;
	c->mask |= code_bit(code);
	return true;
}

static bool see_suites(struct seen *s)
{
	bool ssl2 = s->hello->format == HELLO_SSL2;
	struct cursor c = cursor_of(s->hello->ciphers);
	const struct codes *suites = &s->lists[STACK_SUITES];
	size_t scsv_at = SIZE_MAX;

	while (cur_left(&c) >= (ssl2 ? 3 : 2)) {
		uint32_t code = ssl2 ? cur_u24(&c) : cur_u16(&c);

		if (!ssl2 && tls_is_grease((uint16_t)code))
			s->grease = true;
		else if (code == 0x00ff)
			scsv_at = suites->n;
		else if (code != 0x5600 &&
			 !keep(s, code > UINT16_MAX ? STACK_KINDS : STACK_SUITES, code))
			return false;
	}
	s->scsv = scsv_at == SIZE_MAX ? SCSV_NONE : scsv_at == suites->n ? SCSV_LAST :
		  scsv_at == 0 ? SCSV_FIRST : SCSV_INSIDE;
	return true;
}

static bool see_extensions(struct seen *s)
{
	struct cursor c = cursor_of(s->hello->extensions);
	struct slice body;
	uint16_t type;

	while (hello_ext_next(&c, &type, &body)) {
		if (tls_is_grease(type))
			s->grease = true;
		else if (type != EXT_PADDING && type != EXT_PRE_SHARED_KEY &&
			 !keep(s, STACK_EXTENSIONS, type))
			return false;
	}
	return true;
}

static bool see_groups(struct seen *s)
{
	struct slice pairs = { NULL, 0 };
	struct cursor c;

	offer_groups(s->hello, &pairs);
	c = cursor_of(pairs);
	while (cur_left(&c) >= 2) {
		uint16_t group = cur_u16(&c);

		if (!tls_is_grease(group) && !keep(s, STACK_GROUPS, group))
			return false;
	}
	return true;
}

static bool see_bytes(struct seen *s, enum stack_list list, struct slice bytes)
{
	struct cursor c = cursor_of(bytes);

	while (cur_left(&c) > 0)
		if (!keep(s, list, cur_u8(&c)))
			return false;
	return true;
}

static bool see(struct seen *s, const struct hello *h)
{
	struct slice points = { NULL, 0 };

	s->hello = h;
	s->grease = false;
	for (size_t i = 0; i < STACK_LISTS; i++)
		s->lists[i] = (struct codes){ .v = s->room[i] };
	if (!see_suites(s))
		return false;
	if (h->format == HELLO_SSL2)
		return true;
	offer_point_formats(h, &points);
	return see_extensions(s) && see_groups(s) && see_bytes(s, STACK_POINTS, points) &&
	       see_bytes(s, STACK_COMPRESSION, h->compressions);
}

/* ---- lists --------------------------------------------------------------------------------- */

bool codes_have(const struct codes *c, uint32_t code)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->v[i] == code)
			return true;
	return false;
}

bool codes_within(const struct codes *c, const struct codes *order)
{
	size_t at = 0;

	if (c->mask & ~order->mask)
		return false;
	for (size_t i = 0; i < c->n; i++) {
		while (at < order->n && order->v[at] != c->v[i])
			at++;
		if (at++ == order->n)
			return false;
	}
	return true;
}

static bool all_in(const struct codes *c, const struct codes *set)
{
	if (c->mask & ~set->mask)
		return false;
	for (size_t i = 0; i < c->n; i++)
		if (!codes_have(set, c->v[i]))
			return false;
	return true;
}

static bool none_in(const struct codes *c, const struct codes *set)
{
	for (size_t i = 0; (c->mask & set->mask) != 0 && i < c->n; i++)
		if (codes_have(set, c->v[i]))
			return false;
	return true;
}

static bool stand_at(const struct codes *in, size_t at, const struct codes *c)
{
	return c->n == 0 || memcmp(in->v + at, c->v, c->n * sizeof(*c->v)) == 0;
}

static bool choice_holds(enum stack_op op, const struct codes *seen, const struct codes *c)
{
	switch (op) {
	case STACK_IS:		return seen->n == c->n && stand_at(seen, 0, c);
	case STACK_STARTS:	return seen->n >= c->n && stand_at(seen, 0, c);
	case STACK_ENDS:	return seen->n >= c->n && stand_at(seen, seen->n - c->n, c);
	case STACK_WITHIN:	return codes_within(seen, c);
	case STACK_ONLY:	return all_in(seen, c);
	case STACK_HAS:		return all_in(c, seen);
	case STACK_LACKS:	return none_in(c, seen);
	default:		return !none_in(c, seen);	/* STACK_ANY */
	}
}

static bool list_holds(const struct list_test *t, const struct seen *s)
{
	const struct codes *seen = &s->lists[t->list];

	if (t->op == STACK_LEAST)
		return seen->n >= t->number;
	if (t->op == STACK_MOST)
		return seen->n <= t->number;
	for (size_t i = 0; i < t->n; i++)
		if (choice_holds(t->op, seen, &t->choices[i]))
			return true;
	return false;
}

/* ---- forms --------------------------------------------------------------------------------- */

static bool version_is(const struct versions *of, uint16_t version)
{
	for (size_t i = 0; i < of->n; i++)
		if (of->v[i] == version)
			return true;
	return false;
}

/* A record's version of 0 is not known: the message came without one. */
static bool record_fits(const struct form *f, const struct hello *h)
{
	if (f->record.n == 0 && !f->record_same)
		return true;
	return h->record_version != 0 && h->format == HELLO_TLS &&
	       ((f->record_same && h->record_version == h->version) ||
		version_is(&f->record, h->record_version));
}

static bool form_fits(const struct form *f, const struct seen *s, uint16_t max)
{
	const struct hello *h = s->hello;

	if ((f->formats != 0 && !(f->formats & 1U << h->format)) ||
	    (f->version.n > 0 && !version_is(&f->version, h->version)) ||
	    (f->max.n > 0 && !version_is(&f->max, max)) || !record_fits(f, h) ||
	    (f->scsv != 0 && !(f->scsv & 1U << s->scsv)) ||
	    (f->has_grease && f->grease != s->grease))
		return false;
	for (size_t i = 0; i < f->ntests; i++)
		if (!list_holds(&f->tests[i], s))
			return false;
	return true;
}

static const struct first *first_of(const struct stacks *s, const struct codes *suites)
{
	size_t low = 0, high = suites->n > 0 ? s->nfirsts : 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->firsts[middle].suite == suites->v[0])
			return &s->firsts[middle];
		if (s->firsts[middle].suite < suites->v[0])
			low = middle + 1;
		else
			high = middle;
	}
	return &s->rest;
}

const struct stack *ruleset_stack(const struct ruleset *r, const struct hello *offer)
{
	const struct first *first;
	struct seen seen;
	uint16_t max;

	if (r->stacks == NULL || offer == NULL || !offer->complete || !see(&seen, offer))
		return NULL;
	max = tls_version_counts(offer_max(offer));
	first = first_of(r->stacks, &seen.lists[STACK_SUITES]);
	for (size_t i = 0; i < first->n; i++) {
		const struct form *f = r->stacks->forms[first->forms[i]];

		if (form_fits(f, &seen, max))
			return &f->stack;
	}
	return NULL;
}

const struct stack *ruleset_stack_like(const struct ruleset *r, const struct hello *offer,
				       struct shape *shape)
{
	if (shape == NULL)
		return ruleset_stack(r, offer);
	if (shape->rules != r->serial) {
		if (shape->rules != 0 || shape->filled)
			shape_renew(shape);
		shape->stack = ruleset_stack(r, offer);
		shape->rules = r->serial;
	}
	return shape->stack;
}
