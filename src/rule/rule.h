/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule: YAML is compiled once into tests on fields, then only evaluated.
 *
 * Everything that can be wrong with a rule is found while loading and said
 * with file, line and column; judging cannot fail.  A ruleset is immutable
 * and shared by all workers.
 */
#ifndef RULE_RULE_H
#define RULE_RULE_H

#include "base/error.h"
#include "fact/fact.h"
#include "fact/sighting.h"

enum level { LEVEL_INFO, LEVEL_LOW, LEVEL_MEDIUM, LEVEL_HIGH, LEVEL_CRITICAL, LEVELS };
enum culprit { CULPRIT_HOST, CULPRIT_PROXY, CULPRIT_PATH, CULPRIT_SERVER, CULPRITS };

extern const char *const level_names[];		/* "info" ... "critical" */
extern const char *const culprit_names[];	/* "host" "proxy" "path" "server" */

/* What stops a rule from being broken; the data of fixes.yaml. */
struct fix {
	const char *id;			/* stable, kebab-case */
	const char *title;
	const char *applies_to;		/* systems and programs, in words */
	/*
	 * A step is lines.  Those that begin with a space (keys, commands) are to be
	 * shown as they stand, the others are prose.
	 */
	const char *const *steps;
	size_t nsteps;
	const struct registry_value *registry;	/* what the steps set, for programs */
	size_t nregistry;
	const char *superseded;		/* what of it is no longer true; NULL: nothing */
	const char *ends;		/* 2026-12-31: helps no more after that day; NULL */
	const char *const *references;	/* https:// */
	size_t nreferences;
	const char *file;		/* where it stands */
	unsigned line;
};

struct registry_value {
	const char *key, *name, *type, *value;	/* "HKLM\\SOFTWARE...", "REG_DWORD", "0x00000001" */
};

/*
 * when: a stack's id, what ids begin with up to a hyphen, a family; "configured":
 * any stack that was configured for legacy.
 */
struct fix_choice {
	const char *when;
	const struct fix *fix;
	unsigned line, col;		/* of `when` in the rule's file */
};

/* A rule's outside; what it tests is private to the room. */
struct rule {
	const char *id;			/* stable, kebab-case: what an operator greps for */
	const char *title;
	enum level level;
	enum culprit culprit;
	const char *message;		/* template with {field} places; "" none */
	const struct fix *fix;		/* unless a choice fits; NULL: none */
	const struct fix_choice *choices;	/* in the order of the file */
	size_t nchoices;
	const char *const *references;
	size_t nreferences;
	const char *const *false_positives;
	size_t nfalse_positives;
	const char *file;		/* where it stands */
	unsigned line;
	const struct rule_code *code;
};

struct ruleset;

/* paths: files or folders (their *.yaml; not what lies in subfolders); n 0: the installed rules. */
struct ruleset *ruleset_load(const char *const *paths, size_t n, struct errors *e);
void ruleset_free(struct ruleset *r);
size_t ruleset_count(const struct ruleset *r);
const struct rule *ruleset_rule(const struct ruleset *r, size_t i);	/* in order of loading */
const struct rule *ruleset_find(const struct ruleset *r, const char *id);

/*
 * The TLS stack that made an offer, by the stacks.yaml of the folders that were
 * loaded, else the installed one; the first entry that fits.  NULL: unknown, or
 * the hello was not seen whole.
 */
const struct stack *ruleset_stack(const struct ruleset *r, const struct hello *offer);

/*
 * The same, remembered in the shape of that offer (NULL: it has none).  What other
 * rules named is forgotten.
 */
const struct stack *ruleset_stack_like(const struct ruleset *r, const struct hello *offer,
				       struct shape *shape);

/*
 * Whether an issuer (as certificate.issuer has it) is a public authority or one
 * of the operator's own, by the issuers.yaml of the folders that were loaded,
 * else the installed one.
 */
bool ruleset_knows_issuer(const struct ruleset *r, struct slice issuer);

/* The fix of an id, among the files of fixes that the rules name or that lie beside them. */
const struct fix *ruleset_fix(const struct ruleset *r, const char *id);

/* Adds the rules that the facts of s break to s->hits, in the order of loading. */
void ruleset_judge(const struct ruleset *r, struct sighting *s);

/* The same with the rules that ask for late facts, which ruleset_judge() leaves out. */
void ruleset_judge_late(const struct ruleset *r, struct sighting *s);

/* The rule's message about s, its places filled in; unknown facts read "?". */
void rule_message(const struct rule *rule, const struct sighting *s, struct buf *ret);

/*
 * The fix for what is seen in s: by the stack's id, else "configured", else the
 * longest beginning of the id, else the family, else the rule's own.  NULL: none.
 */
const struct fix *rule_fix(const struct rule *rule, const struct sighting *s);

/* Runs the inline tests of all rules; prints failures; the number that failed. */
unsigned ruleset_test(const struct ruleset *r, FILE *to, unsigned *ret_run);

/* What a rule matches, in words, with its references: `rules explain ID`. */
void rule_explain(const struct rule *rule, FILE *to);

/* A fix with its steps. */
void fix_explain(const struct fix *fix, FILE *to);

#endif
