/* SPDX-License-Identifier: Apache-2.0 */
/*
 * story: the packets of a connection that meant something, in order.  Private to the room.
 *
 * Kept only where flow_options.events asks for it, and beside the table: a flow
 * costs no byte more where nobody asks.  What is noted was looked at anyhow.
 *
 * A story is bounded: of what comes in crowds (packets sent again, lines of a
 * dialogue) a run is one event, and when there is room for the end alone the
 * others are counted.
 */
#ifndef FLOW_STORY_H
#define FLOW_STORY_H

#include "flow/talk.h"

struct stories;

struct stories *stories_new(uint32_t limit);	/* NULL: no memory; limit as the table's */
void stories_free(struct stories *s, uint32_t used);	/* used: the pool's high-water mark */

/* What the event is, whose, and in which packet; more, if anything, is known of it. */
struct told {
	enum event_is is;
	unsigned end;
	const struct mark *mark;
	uint16_t status;
	uint8_t level, code;
};

/* Notes it; once true: unless that end has done so before. */
void story_note(struct flows *f, const struct flow *flow, const struct told *t, bool once);

void story_prelude(struct flows *f, const struct talk *t, unsigned end, bool header);
void story_shot(struct flows *f, const struct flow *flow, enum event_is is,
		const struct shot *shot);

/* The packet at hand. */
void story_packet(struct flows *f, const struct flow *flow, enum event_is is, unsigned end);

/* A bare acknowledgement, if it is the first for all of the hello. */
void story_ack(struct flows *f, const struct talk *t, const struct packet *p, unsigned end);

/* Another handshake on the same connection: what was said in TLS is told. */
void story_renew(struct flows *f, const struct flow *flow);
void story_drop(struct flows *f, const struct flow *flow);	/* the connection is another */

/* Into h, good until the next note; events of another file than `from`'s are marked. */
void story_tell(struct flows *f, const struct flow *flow, const struct origin *from,
		struct handshake *h);

#endif
