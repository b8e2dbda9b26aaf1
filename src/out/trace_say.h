/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace: the words of a story.  Private to its files.
 */
#ifndef OUT_TRACE_SAY_H
#define OUT_TRACE_SAY_H

#include "out/trace.h"

bool trace_knows(const struct sighting *s, enum field_id id);
bool trace_is(const struct sighting *s, enum field_id id);	/* known, and true */

bool trace_result(const struct sighting *s, enum result result);	/* that is how it ended */
uint64_t trace_number(const struct sighting *s, enum field_id id);	/* 0: not known */
unsigned trace_rank(const struct sighting *s, enum field_id id);	/* of a version, or 0 */
bool trace_by_client(const struct sighting *s, enum field_id id);	/* known, and "client" */

/* Whether a Microsoft service's certificate is by an authority that issuers.yaml lacks. */
bool trace_is_private(const struct trace_state *st, const struct sighting *s);

/* The first event of that kind; NULL: there is none. */
const struct event *trace_event(const struct sighting *s, enum event_is is);

/* A field of text from the wire, escaped, between the words; false: it is not known. */
bool say_text(struct buf *b, const char *before, const struct sighting *s, enum field_id id,
	      const char *behind);

/* trace_tcp.c */
void say_syn(const struct sighting *s, const struct event *e, struct buf *b);
void say_syn_ack(const struct trace_state *st, const struct story *story, unsigned leg,
		 const struct event *e, struct buf *b);
void say_reset(const struct sighting *s, const struct event *e, struct buf *b);
void say_prelude(const struct sighting *s, const struct event *e, struct buf *b);

/* That a packet of the server's came from elsewhere than its SYN-ACK, if it did. */
void say_ttl(const struct sighting *s, const struct event *e, struct buf *b);

/* trace_seen.c */
void say_user(const struct story *st, struct buf *b);
void say_unseen(const struct story *st, struct buf *b);

#endif
