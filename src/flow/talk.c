/* SPDX-License-Identifier: Apache-2.0 */
/*
 * talk: its making, its end, and the lists talks wait in.
 *
 * Each list is in order of arrival, so whoever has waited longest is at its
 * end: the sweep looks there and nowhere else.
 */
#include "flow/talk.h"

#include <stdlib.h>
#include <string.h>

static void unlink_talk(struct flows *f, struct talk *t)
{
	struct talk_ring *r = &f->talks[t->list];

	*(t->newer ? &t->newer->older : &r->newest) = t->older;
	*(t->older ? &t->older->newer : &r->oldest) = t->newer;
}

static void link_talk(struct flows *f, struct talk *t, enum talk_list to)
{
	struct talk_ring *r = &f->talks[to];

	t->list = to;
	t->since = f->passed;
	t->newer = NULL;
	t->older = r->newest;
	*(r->newest ? &r->newest->newer : &r->oldest) = t;
	r->newest = t;
}

void talk_move(struct flows *f, struct talk *t, enum talk_list to)
{
	unlink_talk(f, t);
	link_talk(f, t, to);
}

/* Talks are large and come and go: some that went are kept for those to come. */
enum { SPARES = 256 };

static struct talk *take_spare(struct flows *f)
{
	struct talk *t = f->spare;

	if (t == NULL)
		return malloc(sizeof(*t));
	f->spare = t->older;
	f->nspare--;
	return t;
}

static void give_back(struct flows *f, struct talk *t)
{
	if (f->nspare == SPARES) {
		free(t);
		return;
	}
	t->older = f->spare;
	f->spare = t;
	f->nspare++;
}

void talk_free_spares(struct flows *f)
{
	while (f->spare != NULL)
		free(take_spare(f));
}

struct talk *talk_new(struct flows *f, struct flow *flow)
{
	struct talk *t = take_spare(f);

	if (t == NULL)
		return NULL;
	*t = (struct talk){ .flow = flow };
	t->client = flow->client;
	for (unsigned end = 0; end < 2; end++)
		if (flow->has_isn & 1 << end)
			stream_begin(&t->voice[end].stream, flow->isn[end] + 1);
	link_talk(f, t, TALKS_OPEN);
	flow->talk = t;
	flow->phase = FLOW_TALKS;
	talk_account(f, t);
	return t;
}

static void forget_hellos(struct talk *t)
{
	free(t->offer.bytes);
	free(t->answer.bytes);
	certificate_release(t->leaf);
	t->offer = t->answer = (struct kept){ .is = false };
	t->leaf = NULL;
	t->has_service = false;
	t->version = 0;
}

void talk_free(struct flows *f, struct talk *t)
{
	f->state.bytes_now -= t->held;
	unlink_talk(f, t);
	forget_hellos(t);
	for (unsigned end = 0; end < 2; end++) {
		stream_done(&t->voice[end].stream);
		free(t->voice[end].room);
	}
	t->flow->talk = NULL;
	t->flow->phase = FLOW_DONE;
	give_back(f, t);
}

void talk_account(struct flows *f, struct talk *t)
{
	size_t held = sizeof(*t) + t->offer.n + t->answer.n;

	for (unsigned end = 0; end < 2; end++)
		held += stream_held(&t->voice[end].stream) +
			(t->voice[end].room != NULL ? TLS_MESSAGE_MAX : 0);
	if (t->leaf != NULL)
		held += sizeof(*t->leaf);
	f->state.bytes_now += held - t->held;
	t->held = held;
}

void talk_frame(struct talk *t, const struct mark *m, unsigned most)
{
	for (unsigned i = 0; i < t->nframes; i++)
		if (t->frames[i].number == m->number && t->frames[i].from == m->from)
			return;
	if (t->nframes < most)
		t->frames[t->nframes++] = *m;
}

void talk_renew(struct talk *t)
{
	forget_hellos(t);
	t->answer_retries = t->retried = t->certificate_bad = false;
	t->alert = (struct shot){ .is = false };
	t->refused = t->rebuffed = false;
	t->nframes = 0;
	for (unsigned end = 0; end < 2; end++) {
		struct voice *v = &t->voice[end];

		v->change_cipher = v->application = v->encrypted = false;
		v->more = v->finished = v->flight = false;
	}
}

void talk_place(struct talk *t, const struct packet *p)
{
	struct whereabouts *at = &t->place;

	memcpy(at->vlans, p->vlans, sizeof(at->vlans));
	memcpy(at->path, p->path, sizeof(at->path));
	at->nvlans = p->nvlans;
	at->depth = p->depth;
	at->has_vni = p->has_vni;
	at->has_erspan = p->has_erspan;
	at->vni = p->vni;
	at->erspan = p->erspan;
	if (p->macs != NULL && !t->has_mac) {
		struct cursor c = cursor_of((struct slice){ p->macs, 12 });

		cur_skip(&c, 6);
		memcpy(t->mac, cur_take(&c, 6), 6);
		t->has_mac = true;
	}
}

struct mark talk_mark(const struct packet *p)
{
	return (struct mark){
		.ts = p->frame->ts, .number = p->frame->number, .from = p->frame->from,
		.ack = p->ack,
	};
}
