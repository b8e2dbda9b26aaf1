/* SPDX-License-Identifier: Apache-2.0 */
/*
 * story: noting events, and handing them on in order of time.
 */
#include "flow/story.h"

#include <stdlib.h>
#include <string.h>

enum {
	ROOM_FIRST = 4, ROOM_MOST = HANDSHAKE_EVENTS,
	ROOM_CROWD = ROOM_MOST - 16	/* the others keep this much */
};

struct note {
	struct event event;		/* side is the end's number */
	const struct origin *from;
};

struct story {
	uint16_t n, room;
	bool twice;			/* captured at two points, in a file each */
	unsigned over;
	struct note v[];
};

struct stories {
	struct event told[HANDSHAKE_EVENTS];
	struct story *v[];		/* by the flow's place in the pool; owned */
};

struct stories *stories_new(uint32_t limit)
{
	return calloc(1, sizeof(struct stories) + limit * sizeof(struct story *));
}

void stories_free(struct stories *s, uint32_t used)
{
	for (uint32_t i = 0; s != NULL && i < used; i++)
		free(s->v[i]);
	free(s);
}

static struct story **story_of(const struct flows *f, const struct flow *flow)
{
	return &f->stories->v[flow - f->table.pool];
}

/* Room for one more; NULL: there is none, or no memory, and that is counted. */
static struct note *add(struct flows *f, const struct flow *flow, bool crowd)
{
	struct story **at = story_of(f, flow), *s = *at;
	uint16_t room = s ? s->room : 0;

	if (s != NULL && s->n >= (crowd ? ROOM_CROWD : ROOM_MOST)) {
		s->over++;
		return NULL;
	}
	if (s == NULL || s->n == room) {
		room = room ? (uint16_t)(2 * room) : ROOM_FIRST;
		s = realloc(*at, sizeof(*s) + room * sizeof(s->v[0]));
		if (s == NULL) {
			if (*at != NULL)
				(*at)->over++;
			return NULL;
		}
		if (*at == NULL)
			*s = (struct story){ .n = 0 };
		s->room = room;
		*at = s;
	}
	return &s->v[s->n++];
}

/* What comes in runs of any length. */
static bool is_crowd(enum event_is is)
{
	return is == EVENT_SYN || is == EVENT_SYN_ACK || is == EVENT_PRELUDE || is == EVENT_RESENT;
}

static bool has(const struct story *s, enum event_is is, unsigned end)
{
	for (unsigned i = 0; s != NULL && i < s->n; i++)
		if (s->v[i].event.is == is && s->v[i].event.side == end)
			return true;
	return false;
}

/*
 * Whether the packet was told when another file showed it: captures from two points
 * hold the same connection.  What only the second one shows is told.
 */
static bool is_copy(struct story *s, const struct told *t)
{
	if (s == NULL || s->n == 0 || emit_same_file(s->v[0].from, t->mark->from))
		return false;
	for (unsigned i = 0; i < s->n; i++)
		if (s->v[i].event.is == t->is && s->v[i].event.side == t->end &&
		    !emit_same_file(s->v[i].from, t->mark->from)) {
			s->twice = true;
			return true;
		}
	return s->twice && t->is == EVENT_RESENT;
}

/* Of its packet, if that is the one at hand; 0: not known. */
static uint8_t ttl_of(const struct flows *f, const struct told *t)
{
	const struct packet *p = f->packet;

	return p != NULL && p->frame->number == t->mark->number &&
	       p->frame->from == t->mark->from ? p->ttl : 0;
}

/* One more of the run that is under way; false: this begins another. */
static bool goes_on(struct story *s, const struct told *t, uint8_t ttl)
{
	struct event *last = s && s->n > 0 ? &s->v[s->n - 1].event : NULL;
	bool runs = is_crowd(t->is) || (t->is == EVENT_RESET && last && last->ttl == ttl);

	if (last == NULL || !runs || last->is != t->is || last->side != t->end ||
	    last->level != t->level || (last->status != 0 && last->status != t->status))
		return false;
	last->count++;
	last->until = t->mark->ts;
	last->status = t->status;
	return true;
}

void story_note(struct flows *f, const struct flow *flow, const struct told *t, bool once)
{
	uint8_t ttl = ttl_of(f, t);
	struct story *s = f->stories ? *story_of(f, flow) : NULL;
	struct note *n;

	if (f->stories == NULL || (once && has(s, t->is, t->end)) || is_copy(s, t) ||
	    goes_on(s, t, ttl))
		return;
	n = add(f, flow, is_crowd(t->is));
	if (n == NULL)
		return;
	*n = (struct note){
		.event = {
			.ts = t->mark->ts, .until = t->mark->ts, .frame = t->mark->number,
			.is = (uint8_t)t->is, .side = (uint8_t)t->end, .count = 1,
			.status = t->status, .level = t->level, .code = t->code, .ttl = ttl,
		},
		.from = t->mark->from,
	};
}

void story_prelude(struct flows *f, const struct talk *t, unsigned end, bool header)
{
	const struct stream *s = &t->voice[end].stream;
	struct told told = {
		.is = EVENT_PRELUDE, .end = end, .level = header,
		.mark = &s->marks[s->nmarks > 0 ? s->nmarks - 1 : 0],
		.status = end != t->client ? t->prelude.status : 0,
	};

	story_note(f, t->flow, &told, false);
}

void story_shot(struct flows *f, const struct flow *flow, enum event_is is,
		const struct shot *shot)
{
	struct told told = { .is = is, .end = shot->from, .mark = &shot->mark,
			     .level = shot->level, .code = shot->code };

	story_note(f, flow, &told, false);
}

void story_packet(struct flows *f, const struct flow *flow, enum event_is is, unsigned end)
{
	struct mark m;

	if (f->stories == NULL || f->packet == NULL)
		return;
	m = talk_mark(f->packet);
	story_note(f, flow, &(struct told){ .is = is, .end = end, .mark = &m }, false);
}

void story_ack(struct flows *f, const struct talk *t, const struct packet *p, unsigned end)
{
	const struct stream *hello = &t->voice[!end].stream;
	struct mark m;

	if (f->stories == NULL || !t->offer.is || t->offer_end == end || t->answer.is ||
	    t->alert.is || p->tcp_flags & (TCP_FIN | TCP_RST) ||
	    seq_ahead(hello->next, p->ack) < 0)
		return;
	m = talk_mark(p);
	story_note(f, t->flow, &(struct told){ .is = EVENT_ACK, .end = end, .mark = &m }, true);
}

void story_renew(struct flows *f, const struct flow *flow)
{
	struct story *s = f->stories ? *story_of(f, flow) : NULL;
	uint16_t n = 0;

	for (unsigned i = 0; s != NULL && i < s->n; i++)
		if (s->v[i].event.is <= EVENT_PRELUDE)
			s->v[n++] = s->v[i];
	if (s != NULL)
		s->n = n;
}

void story_drop(struct flows *f, const struct flow *flow)
{
	struct story **at;

	if (f->stories == NULL)
		return;
	at = story_of(f, flow);
	free(*at);
	*at = NULL;
}

void story_tell(struct flows *f, const struct flow *flow, const struct origin *from,
		struct handshake *h)
{
	const struct story *s = f->stories ? *story_of(f, flow) : NULL;
	unsigned client = addr_cmp(&flow->key.addr[0], &h->client) == 0 &&
			  flow->key.port[0] == h->client_port ? 0 : 1;
	struct event *told = f->stories ? f->stories->told : NULL;

	h->events = told;
	h->nevents = 0;
	for (unsigned i = 0; s != NULL && i < s->n; i++) {
		struct event e = s->v[i].event;
		unsigned at = h->nevents++;

		e.side = e.side == client ? CLIENT : SERVER;
		e.elsewhere = !emit_same_file(from, s->v[i].from);
		for (; at > 0 && told[at - 1].ts > e.ts; at--)
			told[at] = told[at - 1];
		told[at] = e;
	}
	h->events_over = s ? s->over : 0;
}
