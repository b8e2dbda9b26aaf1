/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule: what a rule is once compiled.  Private to the room.
 *
 * A condition on a field becomes one or more tests.  Tests stand in one array,
 * each with the number of the test to go on with if it holds and if it does
 * not; numbers only grow, so judging ends.  Groups (the conditions of `when`,
 * each map of `any`, each key of `unless`) are runs of that array, kept for
 * the checks and for `rules explain`.
 */
#ifndef RULE_CODE_H
#define RULE_CODE_H

#include "base/arena.h"
#include "conf/conf.h"
#include "rule/rule.h"
#include "rule/sequence.h"

enum { TESTS_MOST = 1000 };			/* tests in one rule */
enum { CODE_FIRES = 0xffff, CODE_MISSES = 0xfffe };	/* in place of a test's number */

enum op_id {
#define OP(id, name, types, wants, words) OP_##id,
#include "rule/ops.def"
#undef OP
	OPS
};

enum op_wants { OP_WANTS_ONE, OP_WANTS_MANY, OP_WANTS_BOOL };

struct op {
	const char *name;
	unsigned types;			/* bit set by enum value_type */
	enum op_wants wants;
	const char *words;
};

extern const struct op ops[OPS];

const struct op *op_find(const char *name);		/* NULL: there is none */
bool op_is_for(const struct op *op, enum value_type type);
bool type_is_list(enum value_type type);
bool type_is_ordered(enum value_type type);

/* What a field is compared with; which members count depends on its type. */
struct operand {
	uint64_t *numbers;		/* BOOL NUMBER MS TIME VERSION and lists of codes */
	size_t nnumbers;
	struct slice *texts;		/* TEXT TEXTS HEX */
	size_t ntexts;
	struct prefix *blocks;		/* ADDR */
	size_t nblocks;
	uint64_t mask;			/* SET: the words; cipher suites: classes */
	const char **words;		/* every item as it was written */
	size_t nwords;
};

struct test {
	enum field_id field;
	enum value_type type;		/* of the field */
	enum op_id op;
	struct operand with;
	bool compares;			/* with the field `other` instead */
	enum field_id other;
	bool exists;			/* of OP_EXISTS: must be known */
	unsigned line, col;		/* of the field's name */
	uint16_t yes, no;
};

struct group {				/* tests that must hold together */
	const struct test *tests;
	size_t n;
	unsigned line, col;
};

/* One handshake of an inline test. */
struct moment {
	struct value *values;		/* FIELDS of them */
	uint64_t at;			/* when it is; of a sequence */
};

/* An inline test: facts, and whether the rule must fire on them. */
struct trial {
	struct moment *moments;		/* one; of a sequence, as many as it has */
	size_t n;
	bool fires;
	unsigned line, col;
};

struct rule_code {
	const struct test *tests;
	size_t n;
	struct group when;		/* n 0: none */
	const struct group *any, *unless;
	size_t nany, nunless;
	const struct trial *trials;
	size_t ntrials;
	bool late;			/* asks for a late fact (field_is_late) */
	const struct sequence *sequence;	/* instead of all tests; NULL: none */
};

/* What stands under `sequence`, and `unless` beside it. */
struct sequence {
	enum field_id by[SEQUENCE_BY];
	size_t nby;
	uint64_t within;		/* nanoseconds */
	struct rule_code steps[SEQUENCE_STEPS];
	bool ends[SEQUENCE_STEPS];	/* the step asks how its handshake ended */
	unsigned n;
	struct rule_code unless;	/* of the last step */
	bool tells[FIELDS];		/* what the message and the fix ask of the last step */
};

/* The conditions of a rule or a step; NULL: not there. */
struct conditions {
	const struct node *when, *any, *unless;
};

struct stacks;

/* The fixes of one file. */
struct fixbook {
	const char *file;
	struct map *ids;		/* to struct fix */
	struct fixbook *next;
};

struct ruleset {
	struct arena arena;
	uint64_t serial;		/* no two loaded have the same */
	struct stacks *stacks;
	struct issuers *issuers;
	struct fixbook *books;		/* every file of fixes read so far */
	struct rule **rules;		/* in the order of loading */
	size_t n, cap;
	struct map *ids;
	struct phase *early, *late;	/* the rules as they are judged */
};

/* One file being read. */
struct loader {
	struct ruleset *set;
	struct arena *arena;		/* the set's */
	struct errors *errors;
	const char *file;
	const struct fixbook *fixes;	/* those beside the file; NULL: none */
	const struct node *lists;	/* the map under `lists`; NULL: none */
	size_t first;			/* rules in the set before this file's */
	size_t mistakes;		/* found by rule_say(), said before or not */
	const struct node **ids;	/* of the file's rules that entered the set */
};

/* ---- say.c ---------------------------------------------------------------------------- */

/* Says what is wrong at a node, or at a test, and says it once.  Always false. */
__attribute__((format(printf, 3, 4)))
bool rule_say(struct loader *l, const struct node *at, const char *fmt, ...);
__attribute__((format(printf, 3, 4)))
bool rule_say_test(struct loader *l, const struct test *at, const char *fmt, ...);

/* The node's text is no field; the nearest is named.  Always false. */
bool rule_say_field(struct loader *l, const struct node *at);

/* The node's text is no id.  Always false. */
bool rule_say_id(struct loader *l, const struct node *at);

/* "; did you mean \"x\"?" into *ret if one of n names is near, else nothing. */
const char *rule_meant(struct buf *ret, const char *text, const char *const *names, size_t n);

/* The same; if none is near, all of them: "; expected one of a b c". */
const char *rule_meant_or(struct buf *ret, const char *text, const char *const *names, size_t n);

/* ---- words.c: vocabularies ------------------------------------------------------------ */

/* The words a field speaks in, *ret_n of them; NULL: any text. */
const char *const *field_words(enum field_id id, size_t *ret_n);

bool field_has_ciphers(enum field_id id);

/* The greatest number the field can have, where the format of what it is read from says so. */
uint64_t field_most(enum field_id id);

/* The code that a name stands for in this field (suites, extensions, groups, signatures). */
bool field_code_of(enum field_id id, const char *name, uint64_t *ret);

/* Classes of a suite in a value of cipher codes, whatever the hello's format. */
uint64_t cipher_classes(uint32_t code);

/* ---- operand.c, given.c --------------------------------------------------------------- */

/* A scalar, a list, or $names of lists, as the field's type wants them; false: said. */
bool operand_parse(struct loader *l, enum field_id id, enum op_id op, const struct node *n,
		   struct operand *ret);

/* The list that "$name" names; NULL: not such a name, or no such list. */
const struct node *list_named(const struct loader *l, const struct node *n);

bool time_parse(const char *text, uint64_t *ret);	/* 2026-12-31, or with T23:59:59Z */

/* The operand as the value of a field; lists keep their order. */
struct value value_of_operand(struct arena *a, enum field_id id, const struct operand *with);
struct value value_of_codes(struct arena *a, enum value_type type, const uint64_t *v, size_t n);
struct value value_of_texts(struct arena *a, const struct slice *v, size_t n);

/* A map of facts into FIELDS values, the key `but` (or NULL) left out; false: said. */
bool given_parse(struct loader *l, const struct node *map, const char *but,
		 struct value *ret_values);

/* ---- fix.c, choose.c ------------------------------------------------------------------ */

/* The fixes of fixes.yaml in a folder, read once; NULL: there is no such file. */
const struct fixbook *fixes_in(struct ruleset *set, const char *folder, struct errors *e);
const struct fixbook *fixes_read(struct ruleset *set, const char *path, struct errors *e);
void fixes_free(struct fixbook *books);

/*
 * What stands under `fix` of a rule: from the fixes beside its file, else from
 * the installed ones.  An id that neither knows is said.
 */
void fix_choose(struct loader *l, const struct node *rule, struct rule *ret);

/* When all stacks are there: whether every choice names one; what is wrong is said. */
void choices_check(const struct ruleset *r, struct errors *e);

/* ---- compile.c, rule.c ---------------------------------------------------------------- */

/* What stands under a key of a map; NULL: not there, or said.  needed: not there is said too. */
const char *rule_text(struct loader *l, const struct node *map, const char *key, bool needed);
const char *rule_name(struct loader *l, const struct node *map, const char *key, bool needed);
const char *const *rule_texts(struct loader *l, const struct node *map, const char *key,
			      size_t *ret_n);

/* Which of the n words stands under a key; n: none does, and said. */
size_t rule_word(struct loader *l, const struct node *rule, const char *key,
		 const char *const *words, size_t n);

bool rule_is_name(const char *s);		/* lower-case, digits, single hyphens between */

void version_check(struct loader *l, const struct node *root);	/* version: 1 */

/* Conditions into *ret; `at` is where they stand; false: said. */
bool code_compile(struct loader *l, const struct node *at, const struct conditions *from,
		  struct rule_code *ret);

/* The i-th code that a rule's tests stand in: its own, its steps', their unless; NULL: over. */
const struct rule_code *code_part(const struct rule_code *c, size_t i);

/* The file's rules into the set. */
void rules_read(struct loader *l, const struct node *root);

/* ---- phase.c -------------------------------------------------------------------------- */

enum { RULES_MOST = 65535 };			/* in a set */

void phases_prepare(struct ruleset *r);		/* when all rules are there */
void phases_free(struct ruleset *r);

/* ---- sequence.c, sequences.c ---------------------------------------------------------- */

/* What stands under `sequence` and `unless` of a rule, checked; NULL: said. */
struct sequence *sequence_compile(struct loader *l, const struct node *rule);

/* "30s" in nanoseconds, from `least` to a day; false: said. */
bool duration_parse(struct loader *l, const struct node *n, uint64_t least, uint64_t *ret);

void duration_print(struct buf *b, uint64_t ns);	/* "30s" */

/* One rule alone, for its inline tests. */
struct sequences *sequences_of(const struct rule *rule);

/* ---- judge.c -------------------------------------------------------------------------- */

bool test_holds(const struct test *t, const struct value *values);
bool test_holds_on(const struct test *t, const struct value *v, const struct value *values);
uint64_t value_item(const struct value *v, size_t i);	/* of a list of codes or numbers */
bool code_fires(const struct rule_code *c, const struct value *values);
uint8_t byte_lower(uint8_t c);
bool text_like(struct slice text, struct slice pattern);	/* glob: * and ?, any case */

/* ---- check.c, shadow.c, witness.c ------------------------------------------------------ */

/* Rules that cannot match; when: what the conditions are called. */
void code_check(struct loader *l, const struct rule_code *c, const char *when);
void sequence_check(struct loader *l, const struct sequence *q);

/* Of the file's rules those that an earlier one shadows, said at the ids. */
void shadows_check(struct loader *l);

/* Whether no value at all makes the n tests, all on one field, hold together. */
bool tests_contradict(const struct test *const *tests, size_t n);

/*
 * A value with which the n tests, all on one field, hold together, those apart
 * that compare it with another field; VALUE_NONE: none was found.
 */
struct value tests_sample(struct arena *a, const struct test *const *tests, size_t n);

/* Whether t provably holds whenever the n tests, all on its field, do. */
bool tests_imply(const struct test *const *tests, size_t n, const struct test *t);

/* ---- message.c, explain.c ------------------------------------------------------------- */

/* Every {place} of the template must be a field's name. */
bool message_check(struct loader *l, const struct node *n);

/* Marks the fields of its places. */
void message_fields(const char *message, bool ret[static FIELDS]);

void test_words(struct buf *b, const struct test *t);	/* "offer.max is at most tls1.1" */

#endif
