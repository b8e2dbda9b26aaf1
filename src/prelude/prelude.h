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
#define PRELUDE_FORWARDED 64
#define PRELUDE_ANSWER 160

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
	uint32_t memo;			/* and private */
	uint32_t skip;			/* bytes of the server's to pass over, by prelude_feed() */
	bool spoken;			/* a line or message was understood */
	bool done;			/* PRELUDE_NEXT was said: whoever speaks now may claim */
	uint16_t status;		/* the server's latest answer code; 0: none seen, or none */
	char target[PRELUDE_TARGET];	/* host:port asked of a proxy; "" if none */
	char agent[PRELUDE_AGENT];	/* User-Agent of CONNECT, cut to fit; "" if none */
	char via[PRELUDE_AGENT];	/* what the proxy calls itself: the latest Via, else of its
					   answer Proxy-Agent or Server; "" if none */
	char forwarded[PRELUDE_FORWARDED];	/* whom it speaks for: X-Forwarded-For of CONNECT,
						   the source of PROXY; "" if nobody is named */
	char answer[PRELUDE_ANSWER];	/* text of the server's latest refusal; "" if none */
};

/*
 * feed() may stop after one line or message: it is called again while it eats.
 * What it says while nobody has claimed the flow must not rest on bytes eaten
 * before, since PRELUDE_UNSURE puts them back.
 */
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

/* ---- for preludes -------------------------------------------------------------------- */

#define PRELUDE_LINE 8192	/* a line, message or element that is longer is none */

/* Whether TLS may begin here, so that no prelude may eat it. */
bool prelude_is_tls(const struct cursor *c);

/* The next line, as cur_line(), but none where TLS may begin. */
bool prelude_line(struct cursor *c, struct slice *ret);

/* Passes over n bytes of the server's: what is here of them now, the others when they come. */
void prelude_skip(struct prelude_state *s, struct cursor *c, uint32_t n);

/* What to answer when there is no whole line: so much without an end is no dialogue. */
enum prelude_says prelude_wait(const struct cursor *c, enum prelude_says otherwise);

/*
 * Feeds whole lines to hear() until it says something else than PRELUDE_MORE.
 * Step 0 is where nothing was understood yet.
 */
typedef enum prelude_says (*prelude_line_fn)(struct prelude_state *s, struct slice line);
enum prelude_says prelude_lines(struct prelude_state *s, struct cursor *c, prelude_line_fn hear);

/* Whether the first word of a line is that, in any case. */
bool prelude_word(struct slice line, const char *word);

/* Three digits that begin a line (SMTP, FTP); 0: there are none.  *ret_last: no "-" behind them. */
uint16_t prelude_code(struct slice line, bool *ret_last);

/* A NUL-terminated copy, cut to fit; control characters become "?". */
void prelude_copy(struct slice s, size_t room, char *ret);

/* Keeps what a refusal says: the line without its first n bytes. */
void prelude_text(struct prelude_state *s, struct slice line, size_t n);

/* Sets s->target to "host:port"; a host that does not fit leaves it empty. */
void prelude_set_target(struct prelude_state *s, struct slice host, uint16_t port);

#define PRELUDE(name) extern const struct prelude name;
#include "prelude/preludes.def"
#undef PRELUDE

#endif
