/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule: stacks: which TLS stack made a hello.  Private to the room.
 *
 * An entry of stacks.yaml has one or more forms; a form is a run of tests on
 * what a hello says.  Its lists are looked at without what is not the stack's
 * own: GREASE, the signalling suites 00ff and 5600, padding and the pre-shared
 * key, which come and go with the connection.
 *
 * Forms stand in the order of the file and the first that fits wins.  Only
 * those are tried that can begin with the hello's first suite.
 */
#ifndef RULE_STACK_H
#define RULE_STACK_H

#include "rule/code.h"

enum { STACK_CODES = 512 };	/* codes in one list of a hello; a longer one fits no form */

enum stack_list {
	STACK_SUITES, STACK_EXTENSIONS, STACK_GROUPS, STACK_POINTS, STACK_COMPRESSION,
	STACK_KINDS,		/* suites of SSL 2.0 in a hello of that format */
	STACK_LISTS
};

enum stack_op {
	STACK_IS, STACK_STARTS, STACK_ENDS,
	STACK_WITHIN,		/* some of these, in this order */
	STACK_ONLY,		/* some of these, in any order */
	STACK_HAS, STACK_LACKS, STACK_ANY,
	STACK_LEAST, STACK_MOST,
	STACK_OPS
};

extern const char *const stack_list_names[];	/* "suites" ... */
extern const char *const stack_op_names[];	/* "is" "starts" ... */

struct codes {
	const uint32_t *v;
	size_t n;
	uint64_t mask;			/* a bit a code: what is surely not there */
	const char *name;		/* of the order in the file; NULL: written out */
};

struct list_test {
	enum stack_list list;
	enum stack_op op;
	const struct codes *choices;	/* one of n */
	size_t n;
	size_t number;			/* of least, most */
};

static inline uint64_t code_bit(uint32_t code)
{
	return UINT64_C(1) << ((code ^ code >> 10) & 63);
}

enum { STACK_VERSIONS = 8 };	/* versions in one condition */

struct versions {
	uint16_t v[STACK_VERSIONS];
	size_t n;			/* 0: not asked for */
};

enum stack_scsv { SCSV_NONE, SCSV_FIRST, SCSV_LAST, SCSV_INSIDE, SCSVS };

extern const char *const stack_scsv_names[];

struct form {
	struct stack stack;
	const struct list_test *tests;
	size_t ntests;
	struct versions version, max, record;
	bool record_same;		/* the record's version may be the hello's */
	unsigned formats, scsv;		/* bit sets; 0: not asked for */
	bool has_grease, grease;
	unsigned line;
};

/* Forms that a hello with this first suite may have, by their numbers. */
struct first {
	uint32_t suite;
	const uint16_t *forms;
	size_t n;
};

struct stacks {
	struct form **forms;		/* in the order of the file */
	size_t n, cap;
	struct map *ids;		/* to the node of each entry */
	const struct first *firsts;	/* by suite, ascending */
	size_t nfirsts;
	struct first rest;		/* for every other suite */
};

/* ---- stack_load.c ------------------------------------------------------------------------ */

/* The entries of one file into the set; what is wrong is said. */
void stacks_load(struct ruleset *set, const char *path, struct errors *e);

/* When all are there: what makes looking fast. */
void stacks_index(struct stacks *s, struct arena *a);
void stacks_free(struct stacks *s);

/* ---- stack_form.c ------------------------------------------------------------------------ */

struct order {
	struct codes codes;
	const struct node *at;
	bool used;
};

/* The map under `match`, with the named orders; false: said. */
bool form_read(struct loader *l, const struct map *orders, const struct node *n,
	       struct form *ret);

/* ---- stack_codes.c ----------------------------------------------------------------------- */

/*
 * Hexadecimal codes of `digits` digits and $names of orders, white space between
 * them; orders NULL: no names.  False: said.
 */
bool codes_read(struct loader *l, const struct map *orders, const struct node *n,
		unsigned digits, struct codes *ret);

/* One condition on a list, {operator: codes ...} or codes alone, added to the n tests. */
bool list_read(struct loader *l, const struct map *orders, enum stack_list list,
	       const struct node *n, struct list_test *ret, size_t *ret_n);

bool codes_have(const struct codes *c, uint32_t code);
bool codes_within(const struct codes *c, const struct codes *order);

/* ---- stack_words.c ----------------------------------------------------------------------- */

/* What a form asks for; whole: every code, else long lists are cut short. */
void form_words(struct buf *b, const struct form *f, bool whole);

#endif
