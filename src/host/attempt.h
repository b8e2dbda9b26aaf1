/* SPDX-License-Identifier: Apache-2.0 */
/*
 * attempt: what one handshake was in a story of several: how high it reached,
 * whether it came through, and if not, what ended it.  Private to the room.
 */
#ifndef HOST_ATTEMPT_H
#define HOST_ATTEMPT_H

#include "fact/sighting.h"
#include "rule/brief.h"

enum failure {
	FAILURE_NONE,			/* it came through: the server answered in TLS */
	FAILURE_OPEN,			/* nobody knows, or its own client ended it */
	FAILURE_FOREIGN,		/* reset; not with the TTL of the server's SYN-ACK */
	FAILURE_RESET,
	FAILURE_ALERT,			/* the server's, and one that a lower offer might avoid */
	FAILURE_CERTIFICATE,		/* the client's, about the certificate */
	FAILURE_CLOSED,			/* by the server, before it answered */
	FAILURE_SILENT,
	FAILURES
};

extern const char *const failure_names[];	/* fallback.cause; NULL: no failure */

enum { FAMILY_UNKNOWN = 0xff };

struct attempt {
	uint64_t began;			/* its SYN as the round trip tells, else its hello */
	uint64_t ts, ended;		/* UINT64_MAX: no end was seen */
	uint16_t max;
	uint8_t rank;			/* of max */
	uint8_t failure;		/* enum failure */
	uint8_t family;			/* of stack_families[]; FAMILY_UNKNOWN */
	uint8_t alert, reset_ttl, synack_ttl;
	bool marked;			/* TLS_FALLBACK_SCSV */
	bool refused;			/* by alert 86: the server can do better */
	bool resumes;			/* a session; those repeat its version */
	bool answered;			/* by a ServerHello */
	unsigned times;			/* 1, and those alike that were let go behind it */
	uint32_t size;			/* of the ClientHello */
	uint64_t extensions;		/* a bit a code below 63; bit 63: any other */
	struct brief *brief;		/* owned; NULL: not kept */
};

/* False: it cannot tell anything here (no whole hello, bytes lost, one side only). */
bool attempt_of(const struct sighting *s, struct attempt *ret);

static inline bool attempt_failed(const struct attempt *a) { return a->failure > FAILURE_OPEN; }

/*
 * Whether both may be one program's: of one known family of stacks; else the
 * extensions of the lower hello are among those of the higher.
 */
bool attempt_alike(const struct attempt *a, const struct attempt *b);

#endif
