/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule: is there a value that makes these tests on one field hold?
 *
 * Tried with witnesses.  For versions, words and truth values all values there
 * are; for numbers the bounds that the tests name and their neighbours, since
 * nothing changes between them; for addresses the first of each block named,
 * since blocks are nested or apart; for texts the ones named by `is`.  For lists
 * the fullest list that `only` and `none_of` leave: `has` and `has_all` cannot
 * hold on less if they do not on it.  VALUE_NONE is always one of them.
 *
 * Without a complete set of witnesses nothing is claimed.
 */
#include <pthread.h>
#include <string.h>

#include "rule/code.h"

static const struct value nothing[FIELDS];	/* of the other fields nothing is known */

struct witnesses {
	struct arena *arena;
	struct value *v;
	size_t n, room;
	bool complete;
	enum value_type type;
};

static void add(struct witnesses *w, struct value v)
{
	if (w->n == w->room) {
		struct value *more;

		w->room = w->room ? 2 * w->room : 32;
		more = arena_alloc(w->arena, w->room * sizeof(*more));
		if (w->n > 0)
			memcpy(more, w->v, w->n * sizeof(*more));
		w->v = more;
	}
	w->v[w->n++] = v;
}

static void add_number(struct witnesses *w, uint64_t n)
{
	add(w, (struct value){ .type = w->type, .number = n });
}

static void add_text(struct witnesses *w, struct slice s)
{
	add(w, (struct value){ .type = w->type, .bytes = s });
}

/* ---- values that are one thing ---------------------------------------------------------- */

static void scalars_of(struct witnesses *w, const struct test *t)
{
	for (size_t i = 0; i < t->with.nnumbers; i++) {
		add_number(w, t->with.numbers[i]);
		if (t->with.numbers[i] > 0)
			add_number(w, t->with.numbers[i] - 1);
		if (t->with.numbers[i] < UINT64_MAX)
			add_number(w, t->with.numbers[i] + 1);
	}
	for (size_t i = 0; i < t->with.nblocks; i++)
		add(w, (struct value){ .type = w->type, .addr = t->with.blocks[i].addr });
	if (t->with.mask != 0)
		w->complete = false;		/* suites by class: not enumerated */
}

static void versions(struct witnesses *w)
{
	static const uint16_t all[] = { SSL2, SSL3, TLS1_0, TLS1_1, TLS1_2, TLS1_3, DTLS1_0,
					DTLS1_2, DTLS1_3 };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		add_number(w, all[i]);
}

static void texts(struct witnesses *w, const struct test *const *tests, size_t n)
{
	size_t nwords = 0;
	const char *const *words = field_words(tests[0]->field, &nwords);

	for (size_t i = 0; i < nwords; i++)
		add_text(w, (struct slice){ (const uint8_t *)words[i], strlen(words[i]) });
	w->complete = nwords > 0;
	for (size_t i = 0; i < n && !w->complete; i++)
		if (tests[i]->op == OP_IS) {
			w->complete = true;
			for (size_t k = 0; k < tests[i]->with.ntexts; k++)
				add_text(w, tests[i]->with.texts[k]);
		}
}

/* ---- values that are lists --------------------------------------------------------------- */

static bool allows(const struct test *const *tests, size_t n, const struct value *alone)
{
	for (size_t i = 0; i < n; i++)
		if ((tests[i]->op == OP_ONLY || tests[i]->op == OP_NONE_OF) &&
		    !test_holds_on(tests[i], alone, nothing))
			return false;
	return true;
}

static struct value list_of(struct witnesses *w, const uint64_t *v, size_t n)
{
	uint64_t mask = 0;

	if (w->type == VALUE_NUMBERS)
		return (struct value){ .type = w->type,
				       .bytes = { (const uint8_t *)v, n * sizeof(*v) } };
	if (w->type != VALUE_SET)
		return value_of_codes(w->arena, w->type, v, n);
	for (size_t i = 0; i < n; i++)
		mask |= UINT64_C(1) << v[i];
	return (struct value){ .type = w->type, .number = mask };
}

/* Keeps of the n codes (or bit numbers) those that may stand in the list. */
static void fullest(struct witnesses *w, const struct test *const *tests, size_t n,
		    uint64_t *codes, size_t ncodes)
{
	size_t kept = 0;

	for (size_t i = 0; i < ncodes; i++) {
		struct value alone = list_of(w, &codes[i], 1);

		if (allows(tests, n, &alone))
			codes[kept++] = codes[i];
	}
	add(w, list_of(w, codes, kept));
}

static uint16_t classed[UINT16_MAX + 1];
static size_t nclassed;
static pthread_once_t classed_once = PTHREAD_ONCE_INIT;

static void find_classed(void)
{
	for (uint32_t code = 0; code <= UINT16_MAX; code++)
		if (cipher_classes(code) != 0)
			classed[nclassed++] = (uint16_t)code;
}

static void codes(struct witnesses *w, const struct test *const *tests, size_t n)
{
	bool classes = false;
	size_t room = 1, count = 0;
	uint64_t *all;

	pthread_once(&classed_once, find_classed);
	for (size_t i = 0; i < n; i++) {
		room += tests[i]->with.nnumbers;
		classes |= tests[i]->with.mask != 0;
	}
	all = arena_alloc(w->arena, (room + nclassed) * sizeof(*all));
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < tests[i]->with.nnumbers; k++)
			all[count++] = tests[i]->with.numbers[k];
	for (size_t i = 0; classes && i < nclassed; i++)
		all[count++] = classed[i];
	if (w->type != VALUE_VERSIONS)
		all[count++] = UINT16_MAX;	/* a code that stands for all others */
	fullest(w, tests, n, all, count);
}

static void set(struct witnesses *w, const struct test *const *tests, size_t n)
{
	uint64_t bits[64];
	size_t nwords = 0;

	field_words(tests[0]->field, &nwords);
	for (size_t i = 0; i < nwords; i++)
		bits[i] = i;
	fullest(w, tests, n, bits, nwords);
}

static void text_list(struct witnesses *w, const struct test *const *tests, size_t n)
{
	static const struct slice other = { (const uint8_t *)"\x01", 1 };
	size_t room = 1, kept = 0;
	struct slice *all;

	for (size_t i = 0; i < n; i++)
		room += tests[i]->with.ntexts;
	all = arena_alloc(w->arena, room * sizeof(*all));
	for (size_t i = 0; i <= n; i++) {
		const struct slice *from = i < n ? tests[i]->with.texts : &other;

		for (size_t k = 0; k < (i < n ? tests[i]->with.ntexts : 1); k++) {
			struct value alone = value_of_texts(w->arena, &from[k], 1);

			if (allows(tests, n, &alone))
				all[kept++] = from[k];
		}
	}
	add(w, value_of_texts(w->arena, all, kept));
}

/* ---- the questions ------------------------------------------------------------------------ */

static struct witnesses find(struct arena *a, const struct test *const *tests, size_t n)
{
	struct witnesses w = { .arena = a, .complete = true, .type = tests[0]->type };

	add(&w, (struct value){ 0 });
	switch (w.type) {
	case VALUE_VERSION:	versions(&w);				break;
	case VALUE_TEXT:
	case VALUE_HEX:		texts(&w, tests, n);			break;
	case VALUE_CODES:
	case VALUE_CIPHERS:
	case VALUE_VERSIONS:
	case VALUE_NUMBERS:	codes(&w, tests, n);			break;
	case VALUE_SET:		set(&w, tests, n);			break;
	case VALUE_TEXTS:	text_list(&w, tests, n);		break;
	default:
		add_number(&w, 0);
		add_number(&w, w.type == VALUE_BOOL ? 1 : UINT64_MAX);
		for (size_t i = 0; i < n; i++)
			scalars_of(&w, tests[i]);
	}
	return w;
}

/* Of a comparison with another field just this is certain: both are known. */
static bool may_hold(const struct test *t, const struct value *v)
{
	return t->compares ? value_known(v) : test_holds_on(t, v, nothing);
}

static bool all_may_hold(const struct test *const *tests, size_t n, const struct value *v)
{
	for (size_t i = 0; i < n; i++)
		if (!may_hold(tests[i], v))
			return false;
	return true;
}

/* Not known, and yet something of it. */
static bool known_and_not(const struct test *const *tests, size_t n)
{
	bool known = false, unknown = false;

	for (size_t i = 0; i < n; i++)
		if (tests[i]->op == OP_EXISTS && !tests[i]->exists)
			unknown = true;
		else
			known = true;
	return known && unknown;
}

bool tests_contradict(const struct test *const *tests, size_t n)
{
	struct arena a = { 0 };
	struct witnesses w = find(&a, tests, n);
	bool none = w.complete || known_and_not(tests, n);

	for (size_t i = 0; i < w.n && none; i++)
		none = !all_may_hold(tests, n, &w.v[i]);
	arena_done(&a);
	return none;
}

struct value tests_sample(struct arena *a, const struct test *const *tests, size_t n)
{
	struct witnesses w = find(a, tests, n);

	/* Of beginnings, ends, parts and patterns each text is one that fits itself. */
	for (size_t i = 0; i < n && w.type == VALUE_TEXT; i++)
		for (size_t k = 0; k < tests[i]->with.ntexts; k++)
			add_text(&w, tests[i]->with.texts[k]);
	for (size_t i = 0; i < w.n; i++)
		if (value_known(&w.v[i]) && all_may_hold(tests, n, &w.v[i]))
			return w.v[i];
	return (struct value){ 0 };
}

/* ---- implication ---------------------------------------------------------------------------- */

static bool number_in(const struct operand *with, uint64_t n)
{
	for (size_t i = 0; i < with->nnumbers; i++)
		if (with->numbers[i] == n)
			return true;
	return false;
}

static bool text_in(const struct operand *with, struct slice s)
{
	for (size_t i = 0; i < with->ntexts; i++)
		if (with->texts[i].n == s.n && memcmp(with->texts[i].p, s.p, s.n) == 0)
			return true;
	return false;
}

static bool block_in(const struct operand *with, const struct prefix *p)
{
	for (size_t i = 0; i < with->nblocks; i++)
		if (with->blocks[i].bits <= p->bits && prefix_has(&with->blocks[i], &p->addr))
			return true;
	return false;
}

static bool operand_in(const struct operand *small, const struct operand *large)
{
	bool in = (small->mask & ~large->mask) == 0;

	for (size_t i = 0; i < small->nnumbers && in; i++)
		in = number_in(large, small->numbers[i]);
	for (size_t i = 0; i < small->ntexts && in; i++)
		in = text_in(large, small->texts[i]);
	for (size_t i = 0; i < small->nblocks && in; i++)
		in = block_in(large, &small->blocks[i]);
	return in;
}

/* Whether t holds wherever w does, from their operands alone. */
static bool test_implies(const struct test *w, const struct test *t)
{
	if (t->op == OP_EXISTS)
		return w->op == OP_EXISTS ? w->exists == t->exists : t->exists;
	if (w->op != t->op && !(w->type == VALUE_ADDR && w->op != OP_EXISTS))
		return false;
	if (w->compares || t->compares)
		return w->compares && t->compares && w->other == t->other;
	if (ops[t->op].wants == OP_WANTS_ONE)
		return w->with.numbers[0] == t->with.numbers[0];
	if (t->op == OP_HAS_ALL || t->op == OP_NONE_OF)
		return operand_in(&t->with, &w->with);
	return operand_in(&w->with, &t->with);
}

bool tests_imply(const struct test *const *tests, size_t n, const struct test *t)
{
	const struct test *all[TESTS_MOST + 1];
	struct arena a = { 0 };
	struct witnesses w;
	bool implied;

	for (size_t i = 0; i < n; i++)
		if (test_implies(tests[i], t))
			return true;
	if (n == 0 || type_is_list(t->type) || t->type == VALUE_ADDR || t->compares)
		return false;
	memcpy(all, tests, n * sizeof(*tests));
	all[n] = t;		/* its bounds are witnesses too; its texts prove nothing */
	w = find(&a, all, t->type == VALUE_TEXT || t->type == VALUE_HEX ? n : n + 1);
	implied = w.complete;
	for (size_t i = 0; i < w.n && implied; i++)
		implied = !all_may_hold(tests, n, &w.v[i]) ||
			  all_may_hold(&all[n], 1, &w.v[i]);
	arena_done(&a);
	return implied;
}
