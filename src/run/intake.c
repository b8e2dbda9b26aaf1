/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run: frames become packets, and what could not is counted by its cause.
 */
#include "run/intake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/fragment.h"

void intake_init(struct intake *in)
{
	*in = (struct intake){ .fragments = fragments_new(0, 0) };
}

void intake_done(struct intake *in)
{
	fragments_free(in->fragments);
	in->fragments = NULL;
}

/* The counter for this cause, moved to the front; NULL: too many causes. */
static struct undecoded *undecoded_at(struct intake *in, struct undecoded like)
{
	size_t i = 0;

	while (i < in->nundecoded &&
	       (in->undecoded[i].why != like.why || in->undecoded[i].key != like.key ||
		in->undecoded[i].value != like.value))
		i++;
	if (i == UNDECODED_MOST)
		return NULL;
	if (i == in->nundecoded)
		in->nundecoded++;
	else
		like = in->undecoded[i];
	memmove(in->undecoded + 1, in->undecoded, i * sizeof(like));
	in->undecoded[0] = like;
	return &in->undecoded[0];
}

static void add_undecoded(struct intake *in, struct undecoded like)
{
	uint64_t frames = like.count;
	struct undecoded *u;

	like.count = 0;
	u = undecoded_at(in, like);
	if (u != NULL)
		u->count += frames;
	else
		in->undecoded_other += frames;
}

static void count_undecoded(struct intake *in, enum decoded why, const struct packet *p,
			    uint64_t frames)
{
	bool named = why == DECODED_LINKTYPE || why == DECODED_LAYER;
	struct undecoded like = { .why = why, .count = frames };

	if (named) {
		like.key = p->cause_key;
		like.value = p->cause_value;
	}
	add_undecoded(in, like);
}

/* A packet, and in how many frames it came. */
static bool count(struct intake *in, enum decoded d, const struct packet *p, unsigned frames)
{
	if (d == DECODED_TCP)
		in->tcp += frames;
	else if (d == DECODED_UDP)
		in->udp += frames;
	else if (d == DECODED_OTHER)
		in->other += frames;
	else
		count_undecoded(in, d, p, frames);
	return d == DECODED_TCP;
}

/* A datagram put together may be a tunnel's, with a fragment in it: decode() bounds that. */
static bool take_fragment(struct intake *in, struct packet *p)
{
	struct whole whole = { .frames = 1 };
	enum decoded d = DECODED_FRAGMENT;

	while (d == DECODED_FRAGMENT) {
		struct packet half = *p;

		if (!fragments_add(in->fragments, &half, whole.frames, &whole))
			return false;
		d = decode_resume(&half, whole.protocol, whole.bytes, p);
	}
	return count(in, d, p, whole.frames);
}

bool intake_frame(struct intake *in, const struct frame *f, struct packet *ret)
{
	enum decoded d = decode(f, ret);

	if (in->first == 0 || f->ts < in->first)
		in->first = f->ts;
	if (f->ts > in->last)
		in->last = f->ts;
	in->cut += f->wire_length > f->bytes.n;
	return d == DECODED_FRAGMENT ? take_fragment(in, ret) : count(in, d, ret, 1);
}

/* What never became whole is known only now. */
void intake_end(struct intake *in)
{
	const struct fragments_state *st = fragments_state(in->fragments);

	fragments_flush(in->fragments);
	in->other += st->spare;
	if (st->lost > 0)
		count_undecoded(in, DECODED_FRAGMENT, NULL, st->lost);
}

void intake_add(struct intake *in, const struct intake *more)
{
	if (more->first != 0 && (in->first == 0 || more->first < in->first))
		in->first = more->first;
	if (more->last > in->last)
		in->last = more->last;
	in->tcp += more->tcp;
	in->udp += more->udp;
	in->other += more->other;
	in->cut += more->cut;
	in->undecoded_other += more->undecoded_other;
	for (size_t i = more->nundecoded; i-- > 0;)
		add_undecoded(in, more->undecoded[i]);
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

void intake_summary(const struct intake *in, struct summary *ret)
{
	ret->first = in->first;
	ret->last = in->last;
	ret->tcp = in->tcp;
	ret->udp = in->udp;
	ret->other = in->other;
	ret->cut = in->cut;
	memcpy(ret->undecoded, in->undecoded, sizeof(in->undecoded));
	ret->nundecoded = in->nundecoded;
	ret->undecoded_other = in->undecoded_other;
	qsort(ret->undecoded, ret->nundecoded, sizeof(ret->undecoded[0]), most_first);
}
