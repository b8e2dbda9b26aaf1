/* SPDX-License-Identifier: Apache-2.0 */
/*
 * names: which patterns match a name.
 *
 * Patterns as they occur in Microsoft's lists: "outlook.office.com",
 * "*.outlook.com" (any labels before it, at least one), "*cdn.onenote.net" (any
 * characters or none) and "autodiscover.*.onmicrosoft.com".  A star stands for
 * any run of characters, dots too.
 *
 * Each pattern is kept under the whole labels that follow its last star
 * ("onenote.net" for "*cdn.onenote.net"), and every ending of those has a place
 * of its own, be it empty.  A lookup goes from the last label towards the
 * first, hashing as it goes, and stops at the first ending that is not there:
 * for nearly all names after two labels.  Nothing is added after loading, so
 * the hash needs no key: nobody can make the chains longer.
 */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "m365/set.h"

#define HASH_START 2166136261u		/* FNV-1a, 32 bits (Fowler, Noll, Vo) */
#define HASH_PRIME 16777619u

struct ending {
	const char *text;		/* NULL: a free place */
	uint16_t n;
	uint32_t hash;
	const struct pattern *patterns;
};

struct names {
	struct ending *v;		/* a power of two, at most half of them taken */
	uint32_t mask;
};

/* Lower case for a character of a host name, underscore included; 0 for any other byte. */
static const uint8_t folded[256] = {
	['-'] = '-', ['.'] = '.', ['_'] = '_',
	['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4',
	['5'] = '5', ['6'] = '6', ['7'] = '7', ['8'] = '8', ['9'] = '9',
	['a'] = 'a', ['b'] = 'b', ['c'] = 'c', ['d'] = 'd', ['e'] = 'e', ['f'] = 'f', ['g'] = 'g',
	['h'] = 'h', ['i'] = 'i', ['j'] = 'j', ['k'] = 'k', ['l'] = 'l', ['m'] = 'm', ['n'] = 'n',
	['o'] = 'o', ['p'] = 'p', ['q'] = 'q', ['r'] = 'r', ['s'] = 's', ['t'] = 't', ['u'] = 'u',
	['v'] = 'v', ['w'] = 'w', ['x'] = 'x', ['y'] = 'y', ['z'] = 'z',
	['A'] = 'a', ['B'] = 'b', ['C'] = 'c', ['D'] = 'd', ['E'] = 'e', ['F'] = 'f', ['G'] = 'g',
	['H'] = 'h', ['I'] = 'i', ['J'] = 'j', ['K'] = 'k', ['L'] = 'l', ['M'] = 'm', ['N'] = 'n',
	['O'] = 'o', ['P'] = 'p', ['Q'] = 'q', ['R'] = 'r', ['S'] = 's', ['T'] = 't', ['U'] = 'u',
	['V'] = 'v', ['W'] = 'w', ['X'] = 'x', ['Y'] = 'y', ['Z'] = 'z',
};

static uint32_t hash_more(uint32_t hash, uint8_t c)
{
	return (hash ^ c) * HASH_PRIME;
}

/* From the last byte to the first, as a lookup goes. */
static uint32_t hash_back(const char *text, size_t n)
{
	uint32_t hash = HASH_START;

	while (n > 0)
		hash = hash_more(hash, (uint8_t)text[--n]);
	return hash;
}

/* The place of an ending, or the free one where it would be. */
static struct ending *place_of(const struct names *t, uint32_t hash, const void *text, size_t n)
{
	uint32_t i = (hash ^ hash >> 16) & t->mask;

	while (t->v[i].text && (t->v[i].hash != hash || t->v[i].n != n ||
				memcmp(t->v[i].text, text, n) != 0))
		i = (i + 1) & t->mask;
	return &t->v[i];
}

/* Does the middle of a pattern, both ends of it stars, match the middle of a name? */
static bool middle_matches(const char *pattern, size_t n, const uint8_t *name, size_t left)
{
	size_t p = 0, at = 0, star = 0, from = 0;

	while (at < left) {
		if (p < n && pattern[p] == '*') {
			star = p++;
			from = at;
		} else if (p < n && (uint8_t)pattern[p] == name[at]) {
			p++;
			at++;
		} else {
			p = star + 1;		/* the last star takes one character more */
			at = ++from;
		}
	}
	while (p < n && pattern[p] == '*')
		p++;
	return p == n;
}

static bool pattern_matches(const struct pattern *p, const uint8_t *name, size_t n)
{
	size_t ends = (size_t)p->head + p->tail;

	if (p->exact)
		return n == p->n && memcmp(name, p->text, n) == 0;
	if (n < ends || memcmp(name, p->text, p->head) != 0 ||
	    memcmp(name + n - p->tail, p->text + p->n - p->tail, p->tail) != 0)
		return false;
	return ends + 1 == p->n ||
	       middle_matches(p->text + p->head, p->n - ends, name + p->head, n - ends);
}

/* A name on its way from the last label to the first. */
struct walk {
	struct slice name;		/* without the trailing dot */
	size_t at;			/* text[at] and all behind it are done */
	uint32_t hash;			/* of that */
	uint8_t text[NAME_LENGTH];	/* in lower case */
};

/*
 * One label more; false: no name that can match.  The names of certificates may
 * begin with a star (RFC 6125 section 6.4.3): it stands for one more label, and
 * only a pattern's star takes it.
 */
static bool take_label(struct walk *w)
{
	const uint8_t *raw = w->name.p;
	uint32_t hash = w->hash;
	size_t end = w->at, i = end;

	while (i > 0 && raw[i - 1] != '.') {
		uint8_t c = folded[raw[--i]];

		if (c == 0 && raw[i] == '*' && i == 0 && end == 1)
			c = '*';
		if (c == 0)
			return false;
		w->text[i] = c;
		hash = hash_more(hash, c);
	}
	w->at = i;
	w->hash = hash;
	return i < end;			/* or it is an empty one */
}

static bool take_dot(struct walk *w)
{
	if (w->at == 0)
		return false;
	w->text[--w->at] = '.';
	w->hash = hash_more(w->hash, '.');
	return true;
}

/* The patterns under each ending of the name, shortest first; no other can match. */
static size_t candidates(const struct names *t, struct walk *w,
			 const struct pattern *ret[static NAME_LENGTH])
{
	size_t n = 0;

	do {
		const struct ending *e;

		if (!take_label(w))
			return 0;
		e = place_of(t, w->hash, w->text + w->at, w->name.n - w->at);
		if (e->text == NULL)
			break;
		if (e->patterns)
			ret[n++] = e->patterns;
	} while (take_dot(w));
	return n;
}

void names_find(const struct names *t, struct slice name, names_visit *visit, void *context)
{
	const struct pattern *found[NAME_LENGTH];
	struct walk w;			/* its text is written before it is read */
	size_t n;

	if (name.n > 0 && name.p[name.n - 1] == '.')
		name.n--;
	if (name.n > NAME_LENGTH)
		return;
	w.name = name;
	w.at = name.n;
	w.hash = HASH_START;
	n = candidates(t, &w, found);
	if (n == 0)
		return;
	while (take_dot(&w))		/* the labels that decided nothing */
		if (!take_label(&w))
			return;
	for (size_t i = 0; i < n; i++)
		for (const struct pattern *p = found[i]; p; p = p->next)
			if (pattern_matches(p, w.text, name.n))
				visit(p, context);
}

bool pattern_is_more_specific(const struct pattern *a, const struct pattern *b)
{
	return a->exact != b->exact ? a->exact : a->literal > b->literal;
}

/* The whole labels at the end of a pattern, those that no star touches. */
static const char *whole_labels(const char *text)
{
	const char *star = strrchr(text, '*');
	const char *dot = star ? strchr(star, '.') : NULL;

	if (star == NULL)
		return text;
	return dot ? dot + 1 : "";
}

const char *pattern_fault(const char *text)
{
	char before = '.';

	if (*text == '\0')
		return "an empty name";
	if (strlen(text) > NAME_LENGTH)
		return "a name of more than 255 characters";
	for (const char *c = text; *c != '\0'; before = *c++) {
		if (*c != '*' && folded[(uint8_t)*c] != (uint8_t)*c)
			return "not a character of a host name";
		if (*c == '.' && before == '.')
			return "an empty label";
	}
	if (before == '.')
		return "an empty label";
	if (*whole_labels(text) == '\0')
		return "no whole label after the last star";
	return NULL;
}

/* ---- building ------------------------------------------------------------------------- */

static struct slice slice_of(const char *text)
{
	return (struct slice){ (const uint8_t *)text, strlen(text) };
}

static struct pattern *pattern_new(struct arena *a, const char *text)
{
	struct pattern *p = arena_alloc(a, sizeof(*p));
	const char *star = strchr(text, '*');

	p->text = text;
	p->n = (uint16_t)strlen(text);
	p->exact = star == NULL;
	p->head = (uint16_t)strcspn(text, "*");
	p->tail = star ? (uint16_t)strlen(strrchr(text, '*') + 1) : 0;
	for (const char *c = text; *c != '\0'; c++)
		p->literal = (uint16_t)(p->literal + (*c != '*'));
	return p;
}

static void pattern_add_set(struct pattern *p, const struct set *s, struct arena *a)
{
	if (p->n_sets > 0 && p->sets[p->n_sets - 1] == s)
		return;			/* one set may list a name twice */
	if ((p->n_sets & (p->n_sets - 1)) == 0) {	/* full: its room is a power of two */
		const struct set **twice = arena_alloc(a, 2 * (p->n_sets + 1) * sizeof(*twice));

		if (p->n_sets > 0)
			memcpy(twice, p->sets, p->n_sets * sizeof(*twice));
		p->sets = twice;
	}
	p->sets[p->n_sets++] = s;
}

static struct ending *ending_add(struct names *t, const char *text)
{
	size_t n = strlen(text);
	uint32_t hash = hash_back(text, n);
	struct ending *at = place_of(t, hash, text, n);

	if (at->text == NULL)
		*at = (struct ending){ .text = text, .n = (uint16_t)n, .hash = hash };
	return at;
}

/* Under its whole labels, and a place for each of their endings. */
static void pattern_file(struct names *t, struct pattern *p)
{
	const char *key = whole_labels(p->text);
	struct ending *at = ending_add(t, key);

	p->next = at->patterns;
	at->patterns = p;
	for (const char *dot = strchr(key, '.'); dot; dot = strchr(dot + 1, '.'))
		ending_add(t, dot + 1);
}

static size_t labels(const char *text)
{
	size_t n = 1;

	for (; *text != '\0'; text++)
		n += *text == '.';
	return n;
}

struct names *names_new(struct arena *a, const struct set *const *sets, size_t n)
{
	struct names *t = arena_alloc(a, sizeof(*t));
	struct map *seen = map_new();
	size_t places = 8, needed = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < sets[i]->n_names; k++) {
			void **at = map_add(seen, slice_of(sets[i]->names[k]));

			if (*at == NULL) {
				*at = pattern_new(a, sets[i]->names[k]);
				needed += labels(sets[i]->names[k]);
			}
			pattern_add_set(*at, sets[i], a);
		}
	while (places < 2 * needed)
		places *= 2;
	t->v = arena_alloc(a, places * sizeof(*t->v));
	t->mask = (uint32_t)(places - 1);
	for (size_t i = 0; i < map_count(seen); i++)
		pattern_file(t, map_value(seen, i));
	map_free(seen);
	return t;
}
