/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prelude: what two ends say to each other before TLS starts.
 *
 * STARTTLS dialogues, HTTP CONNECT, SOCKS, the PROXY protocol.  Each is a
 * small state machine fed whole lines or messages, either side at a time.
 *
 * To add one: write prelude/NAME.c, which exports one struct prelude, and
 * give it one line in preludes.def.
 *
 * Pure: no allocation, no clock, no files.
 */
#ifndef PRELUDE_PRELUDE_H
#define PRELUDE_PRELUDE_H

#include "base/cursor.h"

#define PRELUDE_TARGET 262	/* a name of 255 bytes, ':', a port */
#define PRELUDE_AGENT 128

enum side { CLIENT, SERVER };

enum prelude_says {
	PRELUDE_MORE,		/* mine; go on feeding me */
	PRELUDE_TLS,		/* mine; the client's next byte starts TLS */
	PRELUDE_NEXT,		/* mine and done; another prelude may follow (PROXY protocol) */
	PRELUDE_REFUSED,	/* mine; the server said no, and s->status its code */
	PRELUDE_UNSURE,		/* too little to tell: keep the bytes, ask again */
	PRELUDE_NOT_MINE	/* some other protocol */
};

struct prelude;

struct prelude_state {			/* zero-initialised is the start */
	const struct prelude *is;	/* NULL while nobody has claimed the flow */
	uint8_t step;			/* private to the prelude */
	uint8_t note;			/* private too */
	bool spoken;			/* a line or message was understood */
	uint16_t status;		/* the server's answer code; 0: none seen */
	char target[PRELUDE_TARGET];	/* host:port asked of a proxy; "" if none */
	char agent[PRELUDE_AGENT];	/* User-Agent of CONNECT, cut to fit; "" if none */
};

struct prelude {
	const char *name;		/* the field prelude.kind */
	enum prelude_says (*feed)(struct prelude_state *s, enum side side, struct cursor *c);
};

/*
 * New bytes of one side, in order.  The first prelude to say "mine" keeps the
 * flow.  Bytes that c still holds afterwards are not consumed and must be
 * presented again with more behind them (half a line), or are TLS.
 */
enum prelude_says prelude_feed(struct prelude_state *s, enum side side, struct cursor *c);

/* The host and port of s->target; false: none.  A port that is missing is 0. */
bool prelude_target(const struct prelude_state *s, struct slice *ret_host, uint16_t *ret_port);

#define PRELUDE(name) extern const struct prelude name;
#include "prelude/preludes.def"
#undef PRELUDE

#endif
