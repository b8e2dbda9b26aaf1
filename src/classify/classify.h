/* SPDX-License-Identifier: Apache-2.0 */
/*
 * classify: nDPI's opinion of a conversation, a fact of its own.
 *
 * nDPI is shown the hello as one packet of its own making (whole, in order, no
 * tunnel), so how the capture cut it up does not matter.  Its name for the
 * application is all that is taken: versions, ciphers and verdicts never come
 * from it (nDPI 4.2 is wrong on them).
 *
 * The only room that knows nDPI.  A classifier belongs to one worker.
 */
#ifndef CLASSIFY_CLASSIFY_H
#define CLASSIFY_CLASSIFY_H

#include "base/addr.h"

struct classifier;

struct classify_ask {
	struct addr client, server;
	uint16_t client_port, server_port;
	struct slice hello;		/* a whole ClientHello message with its header */
	uint16_t record_version;
	uint64_t like;			/* hellos with that number differ in nothing but random
					   numbers, keys, padding and the server name; 0: ask */
	struct slice name;		/* the server name, of a hello that has a number */
};

/* Not by two threads at once.  NULL: built without nDPI, or it would not start. */
struct classifier *classifier_new(void);
void classifier_free(struct classifier *c);			/* NULL is fine */

/* "Microsoft365", "Teams" ..., good until classifier_free(); NULL: no opinion. */
const char *classify_application(struct classifier *c, const struct classify_ask *a);

const char *classify_library_version(void);	/* "nDPI 4.2.0" or "none", for --version */

#endif
