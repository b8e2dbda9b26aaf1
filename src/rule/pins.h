/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pins: which of many groups of tests may hold, without asking each.
 *
 * A group is pinned by that test of it whose constants the fewest others have:
 * "server.port is 25", "client.ip is in 10.1.0.0/16", "server.name ends with
 * .example".  From the values of a handshake its pins are looked up; what is
 * found is asked, and so is every group that has no such test.  A look-up that
 * finds too much costs time and changes nothing.  Private to the room.
 */
#ifndef RULE_PINS_H
#define RULE_PINS_H

#include "rule/code.h"

struct pins;

enum { PINS_WORDS = RULES_MOST / 64 + 1 };

/* n groups, RULES_MOST at most, that outlive it; a group without tests is always found. */
struct pins *pins_new(const struct group *const *groups, size_t n);
void pins_free(struct pins *p);

/*
 * Sets the bits of the groups to be asked, n of them.  Of a field that is `wild`
 * (FIELDS of them, or NULL) every value is possible.
 */
void pins_find(const struct pins *p, const struct value *values, const bool *wild,
	       uint64_t *ret);

#endif
