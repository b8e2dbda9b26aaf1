/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host: the TLS stacks behind an address, and whether one machine can have all
 * of them.
 *
 * Browsers and runtimes bring stacks of their own: SChannel, Chrome's and Java's
 * on one address are one machine.  Each stack that only certain systems have says
 * which kinds of machine it may be; if no kind is left, there are several.  A
 * stack whose name is not sure does not count.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "host/count.h"

/* Kinds of machine, a bit each. */
enum machine {
	WINDOWS_XP = 1 << 0, WINDOWS_VISTA = 1 << 1, WINDOWS_7 = 1 << 2, WINDOWS_8 = 1 << 3,
	WINDOWS_8_1 = 1 << 4, WINDOWS_10 = 1 << 5, WINDOWS_11 = 1 << 6,
	WINDOWS = (1 << 7) - 1,
	MACOS = 1 << 7, IOS = 1 << 8, ANDROID = 1 << 9, OTHERS = 1 << 10,
	ANY = (1 << 11) - 1
};

/*
 * By stack.os.  What collides is one: at TLS 1.0 Windows 8.1 and 10 send the
 * hello of Windows 8, and Windows 11 without TLS 1.3 that of Windows 10 (see
 * `collides` in stacks.yaml).  Versions of macOS, iOS and Android are not told
 * apart: their programs bring libraries of other releases.
 */
static const struct { const char *os; uint32_t machines; } by_os[] = {
	{ "windows-xp", WINDOWS_XP },
	{ "windows-vista", WINDOWS_VISTA },
	{ "windows-7", WINDOWS_7 },
	{ "windows-8", WINDOWS_8 | WINDOWS_8_1 | WINDOWS_10 },
	{ "windows-8-1", WINDOWS_8_1 },
	{ "windows-10", WINDOWS_10 | WINDOWS_11 },
	{ "windows-11", WINDOWS_11 },
};

/* By the beginning of stack.os, else by stack.family. */
static const struct { const char *name; uint32_t machines; } by_family[] = {
	{ "windows", WINDOWS }, { "macos", MACOS }, { "ios", IOS }, { "android", ANDROID },
	{ "schannel", WINDOWS }, { "securetransport", MACOS | IOS },
};

static const char *text_of(const struct sighting *s, enum field_id id, struct buf *b)
{
	const struct value *v = sighting_get(s, id);

	b->n = 0;
	if (value_known(v))
		text_wire(b, v->bytes);
	return buf_text(b);
}

static uint32_t machines_of(const char *os, const char *family)
{
	for (size_t i = 0; i < sizeof(by_os) / sizeof(by_os[0]); i++)
		if (strcmp(by_os[i].os, os) == 0)
			return by_os[i].machines;
	for (size_t i = 0; i < sizeof(by_family) / sizeof(by_family[0]); i++) {
		const char *name = by_family[i].name;

		if (strncmp(os, name, strlen(name)) == 0 ||
		    (*os == '\0' && strcmp(family, name) == 0))
			return by_family[i].machines;
	}
	return ANY;
}

static struct known_stack *learn(const struct sighting *s, const char *id)
{
	struct known_stack *k = xcalloc(1, sizeof(*k));
	struct buf os = { 0 }, family = { 0 }, b = { 0 };
	const char *label;

	k->id = xstrdup(id);
	label = text_of(s, FIELD_STACK_LABEL, &b);
	k->label = xstrdup(*label ? label : id);
	k->machines = ANY;
	if (strcmp(text_of(s, FIELD_STACK_CONFIDENCE, &b), "high") == 0)
		k->machines = machines_of(text_of(s, FIELD_STACK_OS, &os),
					  text_of(s, FIELD_STACK_FAMILY, &family));
	buf_done(&os);
	buf_done(&family);
	buf_done(&b);
	return k;
}

void known_stacks_free(struct map *known)
{
	for (size_t i = 0; i < map_count(known); i++) {
		struct known_stack *k = map_value(known, i);

		free(k->id);
		free(k->label);
		free(k);
	}
	map_free(known);
}

static const struct known_stack *known_stack(struct map *known, const struct sighting *s)
{
	const struct value *id = sighting_get(s, FIELD_STACK_ID);
	struct buf b = { 0 };
	void **at;

	if (!value_known(id))
		return NULL;
	at = map_add(known, id->bytes);
	if (*at == NULL)
		*at = learn(s, text_of(s, FIELD_STACK_ID, &b));
	buf_done(&b);
	return *at;
}

/* The place of a stack on its host; NULL: there is none left. */
static struct seen_stack *place_of(struct host *h, const struct known_stack *k)
{
	unsigned i = 0;

	while (i < h->nstacks && h->stacks[i].is != k)
		i++;
	if (i == STACKS_MOST)
		return NULL;
	if (i == h->nstacks)
		h->stacks[h->nstacks++] = (struct seen_stack){ .is = k, .first = UINT64_MAX };
	return &h->stacks[i];
}

void host_count_stack(struct host *h, struct map *known, const struct sighting *s)
{
	uint8_t rank = (uint8_t)sighting_rank(s, FIELD_OFFER_MAX);
	const struct known_stack *k = known_stack(known, s);
	struct seen_stack *at;

	if (h->machines == 0 && h->nstacks == 0)
		h->machines = ANY;
	if (k == NULL) {
		h->unnamed += sighting_says(s, FIELD_OFFER_COMPLETE);
		return;
	}
	h->machines &= k->machines;
	at = place_of(h, k);
	if (at == NULL) {
		h->more_stacks++;
		return;
	}
	at->count++;
	at->first = s->ts < at->first ? s->ts : at->first;
	at->last = s->ts > at->last ? s->ts : at->last;
	at->highest = rank > at->highest ? rank : at->highest;
	if (rank != 0 && (at->lowest == 0 || rank < at->lowest))
		at->lowest = rank;
}

bool host_is_several(const struct host *h)
{
	return h->nstacks > 0 && h->machines == 0;
}

bool host_may_be_several(const struct host *h)
{
	enum { MANY = 4 };		/* a system's own, a browser's, a runtime's, and one more */

	return host_is_several(h) || h->nstacks >= MANY;
}

/* The labels of stacks that only certain machines have, as many as it takes. */
void host_machines_words(const struct host *h, struct buf *ret)
{
	uint32_t machines = ANY;
	const char *between = "";

	for (unsigned i = 0; i < h->nstacks && machines != 0; i++) {
		const struct known_stack *k = h->stacks[i].is;

		if ((machines & k->machines) == machines)
			continue;
		buf_printf(ret, "%s%s", between, k->label);
		between = "; ";
		machines &= k->machines;
	}
	if (machines != 0)
		buf_printf(ret, "%sand others", *between ? ", " : "");
}
