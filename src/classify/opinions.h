/* SPDX-License-Identifier: Apache-2.0 */
/*
 * classify: opinions given lately.  Private to the room.
 *
 * nDPI takes longer for a hello than all else that is done with it, and says
 * the same of the same.  The key of a question is everything that its answer can
 * follow from; keys are compared in full.  One place for each hash, so memory is
 * bounded, and who sends ever new questions has them asked.
 */
#ifndef CLASSIFY_OPINIONS_H
#define CLASSIFY_OPINIONS_H

#include "base/cursor.h"

enum { OPINION_NAME = 100 };		/* bytes of a server name; longer ones are asked */

struct question {			/* no padding: hashed and compared as bytes */
	uint64_t like;
	uint64_t segments;		/* that the hello is shown in */
	uint16_t client, server;	/* what is known of their addresses, without the hello */
	uint16_t client_port, server_port;
	uint16_t record_version;
	uint8_t version;		/* of IP */
	uint8_t n;			/* bytes of the name */
	uint8_t name[OPINION_NAME];
};

struct opinions;

struct opinions_state {
	uint64_t found, asked;
};

struct opinions *opinions_new(void);		/* NULL: out of memory */
void opinions_free(struct opinions *all);	/* NULL is fine */
const struct opinions_state *opinions_state(const struct opinions *all);

/* Where the opinion stands, if there is one yet; *ret says so.  Good until the next call. */
const char **opinions_at(struct opinions *all, const struct question *q, bool *ret);

#endif
