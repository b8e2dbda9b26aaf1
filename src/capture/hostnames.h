/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: the names that a capture gives to addresses.
 *
 * Hearsay: whoever wrote the file wrote them.  They label, and decide nothing.
 */
#ifndef CAPTURE_HOSTNAMES_H
#define CAPTURE_HOSTNAMES_H

#include "base/addr.h"

#define HOSTNAMES_MOST 65536	/* addresses that have one */

struct hostnames;

struct hostnames *hostnames_new(void);
void hostnames_free(struct hostnames *all);

/*
 * The body of a pcapng name resolution block, in the section's byte order.
 * The first name of an address is kept.  How many did not fit is returned.
 */
uint64_t hostnames_read(struct hostnames *all, struct slice body, bool big);

size_t hostnames_count(const struct hostnames *all);
const char *hostnames_find(const struct hostnames *all, const struct addr *a);	/* or NULL */

#endif
