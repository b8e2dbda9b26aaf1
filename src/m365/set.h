/* SPDX-License-Identifier: Apache-2.0 */
/*
 * set: what the files of m365/ share, and nobody else sees.
 *
 * A set is one entry of the list: names, prefixes and ports that belong
 * together.  All sets, and the two indexes over them (ranges by address, names
 * by name), live in one arena and never change once loaded.
 */
#ifndef M365_SET_H
#define M365_SET_H

#include "base/arena.h"
#include "base/buf.h"
#include "m365/m365.h"

enum { NAME_LENGTH = 255 };		/* RFC 1035 section 2.3.4; longer names match nothing */

struct port_span {
	uint16_t from, to;		/* both included */
};

enum { PORT_SPANS = 64 };		/* in one set; Microsoft lists five at most */

struct ports {
	struct port_span *v;		/* ascending, with gaps between */
	size_t n;
};

struct set {
	enum cloud cloud;
	enum area area;
	enum category category;
	uint16_t id;			/* 0: a rule of our own */
	bool required;
	bool legacy_tls;		/* its names are opt-in hosts for legacy TLS */
	struct ports tcp, udp;
	const char **names;		/* patterns: lower case, no trailing dot */
	size_t n_names;
	struct prefix *prefixes;
	size_t n_prefixes;
	struct place at;		/* where the file says so */
};

/* ---- ranges.c: addresses -------------------------------------------------------------- */

struct address_key {			/* an address as two numbers in host order */
	uint64_t hi, lo;
};

/* One distinct prefix, all sets that list it, and the next shorter prefix around it. */
struct range {
	struct address_key first, mask;
	uint8_t bits;
	const struct range *outer;
	const struct set *const *sets;
	size_t n;
};

struct ranges;

struct ranges *ranges_new(struct arena *a, const struct set *const *sets, size_t n);

/* The longest prefix that holds the address; the shorter ones follow by ->outer. */
const struct range *ranges_find(const struct ranges *r, const struct addr *a);

/*
 * Called for each listed prefix that holds the block, the longest first, then
 * (inside is true) for each that is a part of it.  Looks at all of them.
 */
typedef void ranges_visit(const struct range *r, bool inside, void *context);
void ranges_touching(const struct ranges *r, const struct prefix *block, ranges_visit *visit,
		     void *context);

/* ---- names.c: names ------------------------------------------------------------------- */

struct pattern {
	const char *text;
	uint16_t n;			/* its length */
	uint16_t head, tail;		/* characters before the first and after the last star */
	uint16_t literal;		/* characters that are not stars: the more, the better */
	bool exact;			/* no star in it */
	const struct set **sets;
	size_t n_sets;
	const struct pattern *next;	/* under the same suffix */
};

struct names;

struct names *names_new(struct arena *a, const struct set *const *sets, size_t n);

/* Called for each pattern that matches, those under shorter suffixes first. */
typedef void names_visit(const struct pattern *p, void *context);
void names_find(const struct names *t, struct slice name, names_visit *visit, void *context);

/* An exact one is, then the one with more characters that are not stars. */
bool pattern_is_more_specific(const struct pattern *a, const struct pattern *b);

/* What is wrong with a pattern in a file, in words; NULL: nothing. */
const char *pattern_fault(const char *text);

/* ---- load.c, read.c: files ------------------------------------------------------------ */

enum { PREFIX_TEXT = ADDR_TEXT + 4 };

struct m365 {
	struct arena arena;
	const struct set **sets;	/* in the order of the files */
	size_t n, cap;
	struct m365_data *data;
	size_t n_data;
	struct ranges *ranges;
	struct names *names;
};

struct file_form {			/* what the file said of itself */
	const char *file;		/* in the arena; set.at.file is the same pointer */
	const char *date, *source;	/* "" if it did not */
	enum cloud cloud;
	bool microsoft;			/* the web service's JSON, not our YAML */
	bool cloud_guessed;		/* nobody said the cloud, nor did the file's name */
};

/* An empty m365 without indexes; sets are added, then it is sealed. */
struct m365 *m365_new(void);
void m365_seal(struct m365 *m);

/* Adds the sets of one file; false: *e says why.  cloud: -1, or what the JSON cannot say. */
bool read_file(struct m365 *m, const char *path, int cloud, struct errors *e,
	       struct file_form *ret);

/* "52.96.0.0/14" */
const char *prefix_text(const struct prefix *p, char buf[static PREFIX_TEXT]);

/* The date in nanoseconds since 1970; false: not a date of the form 2025-12-01. */
bool date_parse(const char *text, uint64_t *ret);

/* ---- write.c -------------------------------------------------------------------------- */

/* All sets in our YAML, below the head that form describes. */
void write_sets(const struct m365 *m, const struct file_form *form, FILE *to);

/* ---- ports.c -------------------------------------------------------------------------- */

/*
 * Adds "443", "587, 993, 995" or "3478-3481" (or nothing, if it is empty).
 * False: not ports, or more than PORT_SPANS spans of them.
 */
bool ports_add(struct ports *p, const char *text, struct arena *a);
bool ports_have(const struct ports *p, uint16_t port);
const char *ports_text(const struct ports *p, const char *between, struct buf *ret);

#endif
