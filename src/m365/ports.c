/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ports: lists of ports as the web service writes them.
 */
#include <stdlib.h>
#include <string.h>

#include "m365/set.h"

static int span_cmp(const void *pa, const void *pb)
{
	const struct port_span *a = pa, *b = pb;

	return a->from != b->from ? (int)a->from - (int)b->from : (int)a->to - (int)b->to;
}

/* Decimal digits from *text on, which moves behind them; 0: none, or above 65535. */
static uint16_t port_of(const char **text)
{
	unsigned v = 0;

	for (; **text >= '0' && **text <= '9'; (*text)++)
		if (v <= UINT16_MAX)
			v = v * 10 + (unsigned)(**text - '0');
	return v > UINT16_MAX ? 0 : (uint16_t)v;
}

/* "443" or "3478-3481", with blanks around; *text moves to the comma or the end. */
static bool span_of(const char **text, struct port_span *ret)
{
	ret->from = ret->to = port_of(text);
	if (**text == '-') {
		(*text)++;
		ret->to = port_of(text);
	}
	*text += strspn(*text, " \t");
	return ret->from > 0 && ret->to >= ret->from && (**text == ',' || **text == '\0');
}

/* Joins spans that overlap or touch: 3478,3479,3480,3481 is 3478-3481. */
static void join(struct ports *p)
{
	size_t kept = 0;

	for (size_t i = 1; i < p->n; i++) {
		if (p->v[i].from > p->v[kept].to + 1u)
			p->v[++kept] = p->v[i];
		else if (p->v[i].to > p->v[kept].to)
			p->v[kept].to = p->v[i].to;
	}
	p->n = p->n > 0 ? kept + 1 : 0;
}

static bool span_add(struct ports *p, struct port_span one, struct arena *a)
{
	if (p->v == NULL)
		p->v = arena_alloc(a, (PORT_SPANS + 1) * sizeof(*p->v));
	p->v[p->n++] = one;
	qsort(p->v, p->n, sizeof(*p->v), span_cmp);
	join(p);
	return p->n <= PORT_SPANS;
}

bool ports_add(struct ports *p, const char *text, struct arena *a)
{
	while (p->n <= PORT_SPANS) {
		struct port_span one;

		text += strspn(text, " \t,");
		if (*text == '\0')
			return true;
		if (!span_of(&text, &one) || !span_add(p, one, a))
			return false;
	}
	return false;
}

bool ports_have(const struct ports *p, uint16_t port)
{
	for (size_t i = 0; i < p->n; i++)
		if (port >= p->v[i].from && port <= p->v[i].to)
			return true;
	return false;
}

const char *ports_text(const struct ports *p, const char *between, struct buf *ret)
{
	ret->n = 0;
	for (size_t i = 0; i < p->n; i++) {
		const struct port_span *one = &p->v[i];

		buf_printf(ret, "%s%u", i > 0 ? between : "", one->from);
		if (one->to != one->from)
			buf_printf(ret, "-%u", one->to);
	}
	return buf_text(ret);
}
