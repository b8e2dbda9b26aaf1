/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run: the worker: frames in, sightings out, everything counted on the way.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "flow/fragment.h"
#include "run/run.h"

enum { UNDECODED_MOST = sizeof(((struct summary *)0)->undecoded) / sizeof(struct undecoded) };

struct worker {
	const struct run_options *o;
	struct flow_options flow_options;
	struct flows *flows;
	struct fragments *fragments;
	struct classifier *classifier;
	uint64_t first, last;			/* time of the packets seen */
	uint64_t tcp, udp, other, cut;
	struct undecoded undecoded[UNDECODED_MOST];	/* the last one seen first */
	size_t nundecoded;
	uint64_t undecoded_other;
	uint64_t unrecorded;			/* sightings lost for want of memory */
	bool interrupted;
};

static void on_handshake(const struct handshake *h, void *arg)
{
	struct worker *w = arg;
	struct handshake named = *h;
	struct sighting *s;

	named.stack = ruleset_stack_like(w->o->rules, h->offer, h->shapes[CLIENT]);
	s = sighting_new(&named);
	if (s == NULL) {
		w->unrecorded++;
		return;
	}
	ruleset_judge(w->o->rules, s);
	hosts_sighting(w->o->hosts, s);
	for (size_t i = 0; i < w->o->nsinks; i++)
		sink_handshake(w->o->sinks[i], s);
	sighting_free(s);
}

struct worker *worker_new(const struct run_options *o)
{
	struct worker *w = xcalloc(1, sizeof(*w));

	w->o = o;
	w->classifier = classifier_new();
	w->flow_options = o->flow;
	w->flow_options.classifier = w->classifier;
	w->fragments = fragments_new(0, 0);
	w->flows = flows_new(&w->flow_options, on_handshake, w);
	if (w->flows == NULL || w->fragments == NULL) {		/* xcalloc's way */
		fputs("hellotap: no memory for the table of connections; "
		      "expected a smaller --max-flows\n", stderr);
		exit(3);
	}
	return w;
}

void worker_free(struct worker *w)
{
	if (w == NULL)
		return;
	flows_free(w->flows);
	fragments_free(w->fragments);
	classifier_free(w->classifier);
	free(w);
}

/* The counter for this cause, moved to the front; NULL: too many causes. */
static struct undecoded *undecoded_at(struct worker *w, struct undecoded like)
{
	size_t i = 0;

	while (i < w->nundecoded &&
	       (w->undecoded[i].why != like.why || w->undecoded[i].key != like.key ||
		w->undecoded[i].value != like.value))
		i++;
	if (i == UNDECODED_MOST)
		return NULL;
	if (i == w->nundecoded)
		w->nundecoded++;
	else
		like = w->undecoded[i];
	memmove(w->undecoded + 1, w->undecoded, i * sizeof(like));
	w->undecoded[0] = like;
	return &w->undecoded[0];
}

static void count_undecoded(struct worker *w, enum decoded why, const struct packet *p,
			    uint64_t frames)
{
	bool named = why == DECODED_LINKTYPE || why == DECODED_LAYER;
	struct undecoded like = { .why = why };
	struct undecoded *u;

	if (named) {
		like.key = p->cause_key;
		like.value = p->cause_value;
	}
	u = undecoded_at(w, like);
	if (u != NULL)
		u->count += frames;
	else
		w->undecoded_other += frames;
}

/* A packet, and in how many frames it came. */
static void take_packet(struct worker *w, enum decoded d, const struct packet *p, unsigned frames)
{
	if (d == DECODED_TCP) {
		w->tcp += frames;
		flows_packet(w->flows, p);
	} else if (d == DECODED_UDP) {
		w->udp += frames;
	} else if (d == DECODED_OTHER) {
		w->other += frames;
	} else {
		count_undecoded(w, d, p, frames);
	}
}

/* A datagram put together may be a tunnel's, with a fragment in it: decode() bounds that. */
static void take_fragment(struct worker *w, struct packet *p)
{
	struct whole whole = { .frames = 1 };
	enum decoded d = DECODED_FRAGMENT;

	while (d == DECODED_FRAGMENT) {
		struct packet half = *p;

		if (!fragments_add(w->fragments, &half, whole.frames, &whole))
			return;
		d = decode_resume(&half, whole.protocol, whole.bytes, p);
	}
	take_packet(w, d, p, whole.frames);
}

static void take_frame(struct worker *w, const struct frame *f)
{
	struct packet p;
	enum decoded d = decode(f, &p);

	if (w->first == 0 || f->ts < w->first)
		w->first = f->ts;
	if (f->ts > w->last)
		w->last = f->ts;
	w->cut += f->wire_length > f->bytes.n;
	if (d == DECODED_FRAGMENT)
		take_fragment(w, &p);
	else
		take_packet(w, d, &p, 1);
}

/* What never became whole is known only now. */
static void end_fragments(struct worker *w)
{
	const struct fragments_state *st = fragments_state(w->fragments);

	fragments_flush(w->fragments);
	w->other += st->spare;
	if (st->lost > 0)
		count_undecoded(w, DECODED_FRAGMENT, NULL, st->lost);
}

static bool stopped(const struct worker *w)
{
	return w->o->stop != NULL && *w->o->stop;
}

void worker_run(struct worker *w)
{
	struct frame batch[CAPTURE_BATCH];
	unsigned n;

	while (!stopped(w) && (n = capture_batch(w->o->source, batch)) > 0) {
		for (unsigned i = 0; i < n; i++)
			take_frame(w, &batch[i]);
		if (w->o->tick != NULL)
			w->o->tick(source_state(w->o->source), w->o->tick_arg);
	}
	w->interrupted = stopped(w);
	flows_flush(w->flows);
	end_fragments(w);
}

static int most_first(const void *a, const void *b)
{
	const struct undecoded *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	if (x->why != y->why)
		return x->why < y->why ? -1 : 1;
	return x->value < y->value ? -1 : x->value > y->value;
}

void worker_summary(struct worker *w, struct summary *ret)
{
	const struct finding *const *findings;

	qsort(w->undecoded, w->nundecoded, sizeof(w->undecoded[0]), most_first);
	ret->capture = source_state(w->o->source);
	ret->flow = flows_state(w->flows);
	ret->first = w->first;
	ret->last = w->last;
	ret->tcp = w->tcp;
	ret->udp = w->udp;
	ret->other = w->other;
	ret->cut = w->cut;
	memcpy(ret->undecoded, w->undecoded, sizeof(w->undecoded));
	ret->nundecoded = w->nundecoded;
	ret->undecoded_other = w->undecoded_other;
	ret->unrecorded = w->unrecorded;
	ret->m365 = w->o->flow.m365;
	ret->rules = w->o->rules;
	ret->hosts = w->o->hosts;
	ret->findings = hosts_findings(w->o->hosts, &findings);
	ret->all = w->o->flow.all;
	ret->interrupted = w->interrupted;
}
