/* SPDX-License-Identifier: Apache-2.0 */
/*
 * m365: is this bound for Microsoft 365, and for which of its services?
 *
 * Asked twice.  By address when a flow is born (a longest-prefix match); by
 * name when a CONNECT line, a server name or a certificate shows up, because
 * through a proxy the address is the proxy's.  Immutable once loaded; shared
 * by all workers.
 *
 * Data: Microsoft's endpoint web service (JSON, one array per cloud) or our
 * YAML of the same content.
 */
#ifndef M365_M365_H
#define M365_M365_H

#include <stdio.h>

#include "base/addr.h"
#include "base/error.h"

enum cloud { CLOUD_WORLDWIDE, CLOUD_GCC_HIGH, CLOUD_DOD, CLOUD_CHINA, CLOUDS };
enum area { AREA_EXCHANGE, AREA_SHAREPOINT, AREA_TEAMS, AREA_COMMON, AREA_INTUNE, AREAS };
enum category { CATEGORY_OPTIMIZE, CATEGORY_ALLOW, CATEGORY_DEFAULT, CATEGORIES };
enum { MATCH_ADDRESS = 1 << 0, MATCH_NAME = 1 << 1 };

extern const char *const cloud_names[];		/* "worldwide" "usgovgcchigh" "usgovdod" "china" */
extern const char *const area_names[];		/* "exchange" ... "intune" */
extern const char *const category_names[];	/* "optimize" "allow" "default" */
extern const char *const match_names[];		/* by bit: "address" "name" */

/* One endpoint set, the best of those that matched. */
struct service {
	enum cloud cloud;
	enum area area;
	enum category category;
	uint16_t endpoint;	/* the set's id in Microsoft's list; 0: a rule of our own */
	uint8_t matched_by;	/* MATCH_*; 0: no match, and nothing else here counts */
	bool listed_port;	/* the port is one of the set's */
};

/* Whether Microsoft 365 accepts a suite; tls13: in an offer that reaches TLS 1.3. */
bool m365_accepts(uint32_t suite, bool tls13);

struct m365;

struct m365_options {
	const char *const *paths;	/* files or folders; n 0: the installed snapshot */
	size_t n;
	const char *cloud;		/* a cloud_names[] entry, or "all" */
};

struct m365 *m365_load(const struct m365_options *o, struct errors *e);	/* NULL: *e says why */
void m365_free(struct m365 *m);

/*
 * Neither allocates.  port in host order; the name as it came from the wire
 * (any case, perhaps a trailing dot, from a certificate perhaps "*.x").  False:
 * no match, *ret unchanged.
 *
 * By address: of all sets whose prefixes hold it, those that list the port
 * first, then the longest prefix.  By name: in each cloud the sets of the most
 * specific pattern alone, those that list the port (of TCP or UDP) first.
 * Then, for both: optimize, allow, default; clouds in the order of the enum;
 * Microsoft's sets before rules of our own; the lower id.
 */
bool m365_by_addr(const struct m365 *m, const struct addr *a, uint16_t port, bool udp,
		  struct service *ret);
bool m365_by_name(const struct m365 *m, struct slice name, uint16_t port, struct service *ret);

/*
 * By both, over TCP; matched_by has both bits if both matched.  A set that
 * both lead to is the answer if there is one.  Otherwise they disagree: the one
 * that lists the port, else the name if its set is not a default one (those
 * hold CDNs and public CAs), else the better category.  A name that several
 * clouds list is taken in the address's cloud.  a NULL, or a name without
 * bytes: by the other alone.
 */
bool m365_match(const struct m365 *m, const struct addr *a, uint16_t port, struct slice name,
		struct service *ret);

/* One of the names that tenants may opt in to for legacy TLS (smtp-legacy...); NULL: none. */
const char *m365_legacy_host(const struct m365 *m, struct slice name);

/* What was loaded, for the report: one a file. */
struct m365_data {
	const char *file;
	const char *date;	/* "2025-12-01": when the data was published; "": not known */
	const char *source;	/* an address or words; "" */
	uint64_t published;	/* the date in nanoseconds since 1970; 0: not known */
	enum cloud cloud;
	unsigned sets, prefixes, names;
};

size_t m365_data_count(const struct m365 *m);
const struct m365_data *m365_data(const struct m365 *m, size_t i);

/* For `hellotap endpoints`: every set as a table. */
void m365_show(const struct m365 *m, FILE *to);

/*
 * Everything that matches one address, CIDR block or name, the most specific
 * first; the number of matches printed.  A block also has those that lie in it.
 */
unsigned m365_lookup(const struct m365 *m, const char *what, FILE *to);

/* Whether it is one of the three: "1.2.3", "10.0.0.1/8" and "foo bar" are not. */
bool m365_can_look_up(const char *what);

/* What `hellotap endpoints import` does. */
struct m365_import {
	const char *file;		/* an answer of Microsoft's web service: JSON, one cloud */
	const char *folder;		/* where CLOUD.yaml is to be replaced */
	const char *cloud;		/* NULL: what the file's name says, else worldwide */
	const char *date;		/* "2025-12-01"; NULL: the file's own time */
};

enum m365_import_result { IMPORT_DONE, IMPORT_BAD, IMPORT_NOT_WRITTEN };

/*
 * Checks the file (format, and whether it can be a whole list), then replaces
 * FOLDER/CLOUD.yaml atomically and tells *to what changed.  Anything but
 * IMPORT_DONE: nothing has changed, *e says why.
 */
enum m365_import_result m365_import(const struct m365_import *i, FILE *to, struct errors *e);

#endif
