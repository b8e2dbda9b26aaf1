/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: the interfaces that a pcapng section describes.
 *
 * Sections and interfaces may be many and may repeat (merged files); an origin
 * is made once for each name, link type and snaplen in a file.
 */
#ifndef CAPTURE_INTERFACES_H
#define CAPTURE_INTERFACES_H

#include "capture/reader.h"

/* How an interface writes time: units of its own since a beginning of its own. */
struct clock {
	bool binary;		/* units of 2^-power seconds, else of 10^-power */
	unsigned power;		/* 0 to 127 */
	int64_t offset;		/* seconds to add */
};

/* Nanoseconds since 1970; what does not fit becomes 0 or UINT64_MAX. */
uint64_t clock_ns(const struct clock *k, uint64_t units);

struct interface {
	const struct origin *origin;
	struct clock clock;
	uint64_t dropped;	/* by its last statistics */
};

struct interfaces *interfaces_new(void);
void interfaces_free(struct interfaces *all);		/* the origins stay */
void interfaces_forget(struct interfaces *all);		/* a new section: ids begin at 0 again */
struct interface *interfaces_find(struct interfaces *all, uint32_t id);	/* or NULL */

/* Reads the body of an interface description block; false: r->wrong says what is wrong. */
bool interfaces_describe(struct reader *r, struct slice body);

/* Reads the body of an interface statistics block. */
void interfaces_count(struct reader *r, struct slice body);

#endif
