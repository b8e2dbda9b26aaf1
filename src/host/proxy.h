/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proxy: a box that stands between clients and Microsoft, and what is known of it.
 *
 * Its legs are two populations: what clients offer to it, and what it offers to
 * Microsoft.  They are held against each other as wholes: which client's
 * conversation an upstream leg belongs to is never certain under load.
 */
#ifndef HOST_PROXY_H
#define HOST_PROXY_H

#include "base/addr.h"
#include "base/buf.h"

#define VERSION_RANKS 8		/* 0: not known; else tls_version_rank() */
#define HELLO_SUITES 160	/* codes kept of a hello; further ones are let go */
#define HELLO_GROUPS 32
#define HELLO_EXTENSIONS 48
#define HELLO_TEXT 64
#define PROXY_PORTS 4
#define PROXY_EXAMPLES 3
#define POPULATION_STACKS 8

/* What a hello looks like, whoever sends it; many hellos share one. */
struct look {
	uint8_t rank;			/* of offer.max */
	bool grease, short_lists;	/* short_lists: more was offered than is kept */
	uint8_t ngroups, nextensions;
	uint16_t nsuites;
	uint16_t suites[HELLO_SUITES];		/* in order, GREASE and signalling apart */
	uint16_t groups[HELLO_GROUPS];		/* in order, GREASE apart */
	uint16_t extensions[HELLO_EXTENSIONS];	/* ascending, GREASE apart */
	char alpn[HELLO_TEXT];			/* "h2,http/1.1" */
	char stack[HELLO_TEXT];			/* id of the TLS stack; "": unknown */
	char family[16];			/* its family */
};

/* Handshakes of one kind at one proxy. */
struct population {
	uint64_t legs;
	uint64_t offered[VERSION_RANKS];	/* by rank of offer.max */
	uint64_t negotiated[VERSION_RANKS];	/* by rank of answer.version; 0: no answer */
	uint64_t established, refused;		/* refused: alerts 40 and 71 from the server */
	uint64_t grease;			/* legs with GREASE */
	bool short_lists;
	uint16_t nsuites, ngroups, nextensions;
	uint16_t suites[HELLO_SUITES];		/* all that were offered, ascending */
	uint16_t groups[HELLO_GROUPS];
	uint16_t extensions[HELLO_EXTENSIONS];
	char alpn[HELLO_TEXT];			/* of the first leg that has one */
	unsigned nstacks, nshapes;		/* distinct ones; at most POPULATION_STACKS */
	char stacks[POPULATION_STACKS][HELLO_TEXT];
	const struct look *shapes[POPULATION_STACKS];
};

enum legs_verdict {		/* legs_verdict_names[] */
	LEGS_UNKNOWN,		/* one side was seen: nothing can be said on versions */
	LEGS_TUNNELS,		/* the client's own hello goes on */
	LEGS_REORIGINATES,	/* a hello of its own goes on */
	LEGS_MIMICS,		/* a hello of its own, made like the client's */
	LEGS_RAISES,		/* clients below TLS 1.2 go on with TLS 1.2 or above */
	LEGS_LOWERS,		/* clients that reach TLS 1.2 go on with less */
	LEGS_VERDICTS
};

enum recognised {		/* how a box was known to be one; bits of legs_recognised_names[] */
	RECOGNISED_CONNECT, RECOGNISED_SOCKS, RECOGNISED_PROXY, RECOGNISED_RELAY,
	RECOGNISED_NAT, RECOGNISED_TRANSPARENT, RECOGNISED_CERTIFICATE, RECOGNISED_OPTION,
	RECOGNISED_WAYS
};

enum proof {			/* what speaks for it, and against; bits of legs_proof_names[] */
	PROOF_RANDOM, PROOF_ENDS, PROOF_NESTED, PROOF_PRELUDE, PROOF_OPTION, PROOF_ISSUER,
	PROOF_STACKS, PROOF_INTERCEPTOR, PROOF_NEAR, PROOF_SENTINEL, PROOF_AGENT, PROOF_SCSV,
	PROOF_REFUSED, PROOF_LISTS, PROOF_LOAD, PROOF_ALONE, PROOF_ONE_SIDE, PROOFS
};

enum { LEG_CLIENT, LEG_UPSTREAM, LEG_ROLES };

struct proxy {
	struct addr ip;			/* all zeroes: not seen (transparent) */
	uint16_t ports[PROXY_PORTS];	/* clients call it at; the lowest first */
	unsigned nports;
	bool more_ports;
	unsigned recognised;		/* bit set by enum recognised */
	enum legs_verdict verdict;
	unsigned confidence;		/* enum confidence */
	unsigned proofs;		/* bit set by enum proof */
	uint64_t first, last;
	uint64_t clients;		/* client addresses */
	uint64_t masked;		/* of them, where it raises: never offer TLS 1.2 */
	uint64_t tunnelled;		/* legs that went on with the client's own hello */
	uint64_t rewritten;		/* of them with a hello changed on the way */
	uint64_t nested;		/* upstream legs while a client's conversation was open */
	uint64_t candidates;		/* conversations open for them, summed up */
	uint64_t lowered, raised;	/* of them: all clients above, or below */
	uint64_t both_low;		/* client and proxy both below TLS 1.2 */
	uint64_t copied;		/* upstream suites in the order of a client's */
	uint64_t asked;			/* client legs that something went upstream for */
	uint64_t alone;			/* upstream legs that no client's leg explains */
	uint64_t preludes, private_issuers, near, sentinels, agents, scsv;
	uint64_t low_answers;		/* below TLS 1.2, to clients that offer that or more */
	uint64_t client_alerts;		/* clients that refused the certificate */
	uint64_t explained[2];		/* legs from its address that are a client's: all, low */
	struct population through;	/* client legs that were tunnelled */
	struct population legs[LEG_ROLES];	/* the others: what it takes, what it sends */
	const char *issuer;		/* of a certificate shown to clients; NULL: no private */
	const char *name;		/* one that was asked for; NULL */
	const char *area;		/* its service area; NULL */
	struct evidence *examples[LEG_ROLES];	/* pairs at one place; ts 0: not seen */
	unsigned nexamples;
};

uint64_t population_low(const struct population *p);	/* offers below TLS 1.2 */
uint64_t population_high(const struct population *p);	/* offers of TLS 1.2 and above */
unsigned population_max(const struct population *p);	/* highest rank offered; 0: not known */

/* The words for one proof, as a part of a sentence. */
void proxy_proof(const struct proxy *p, enum proof proof, struct buf *ret);

/* What it does, in a sentence: "takes ... and sends ...". */
void proxy_says(const struct proxy *p, struct buf *ret);

/* What the upstream legs lack or add, in words; nothing if no difference is known. */
void proxy_differs(const struct proxy *p, struct buf *ret);

#endif
