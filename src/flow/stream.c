/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stream: one direction, in order; first bytes win, holes counted.
 *
 * What is in order is either lent (the packet's own bytes, during one round) or
 * in buf.  What is early waits in a list of pieces that never overlap: a new
 * segment is cut to fit between those that came before it.
 */
#include "flow/stream.h"

#include <stdlib.h>
#include <string.h>

struct piece {
	struct piece *next;
	uint32_t seq, n;
	uint32_t missing;		/* bytes behind it that the snap length cut off */
	struct mark mark;
	uint8_t data[];
};

void stream_begin(struct stream *s, uint32_t seq)
{
	if (s->begun)
		return;
	s->next = seq;
	s->begun = true;
}

static void drop_kept(struct stream *s)
{
	free(s->buf);
	s->buf = NULL;
	s->n = s->at = s->cap = 0;
	s->lent = (struct slice){ NULL, 0 };
	s->lent_at = 0;
	s->nmarks = 0;
}

void stream_done(struct stream *s)
{
	drop_kept(s);
	while (s->pieces != NULL) {
		struct piece *p = s->pieces;

		s->pieces = p->next;
		free(p);
	}
	s->npieces = s->waiting = 0;
}

/* Of many packets the first ones and the last one are remembered. */
static void mark(struct stream *s, const struct mark *m)
{
	if (s->nmarks < STREAM_MARKS)
		s->nmarks++;
	s->marks[s->nmarks - 1] = *m;
}

void stream_unmark(struct stream *s)
{
	if (s->nmarks == 0)
		return;
	s->marks[0] = s->marks[s->nmarks - 1];
	s->nmarks = stream_ready(s).n > 0 ? 1 : 0;
}

/* Appends to buf; what was read gives way first.  False: no room. */
static bool append(struct stream *s, struct slice d)
{
	if (s->n + d.n > STREAM_KEPT || !s->keep) {
		if (s->at > 0)
			memmove(s->buf, s->buf + s->at, s->n - s->at);
		s->n -= s->at;
		s->at = 0;
	}
	if (s->n + d.n > STREAM_KEPT)
		return false;
	if (s->n + d.n > s->cap) {
		uint32_t cap = s->cap ? s->cap : 512;
		uint8_t *grown;

		while (cap < s->n + d.n)
			cap *= 2;
		grown = realloc(s->buf, cap);
		if (grown == NULL)
			return false;
		s->buf = grown;
		s->cap = cap;
	}
	if (d.n > 0)
		memcpy(s->buf + s->n, d.p, d.n);
	s->n += (uint32_t)d.n;
	return true;
}

/* Whether bytes that came again differ from what is still held of them. */
static bool differs(const struct stream *s, uint32_t seq, struct slice d)
{
	int32_t skip = seq_ahead(seq, s->next - s->n);	/* older than what is held */
	int32_t into = -skip;
	size_t have;

	if (skip > 0) {
		if ((size_t)skip >= d.n)
			return false;
		d.p += skip;
		d.n -= (size_t)skip;
		into = 0;
	}
	if ((uint32_t)into >= s->n)
		return false;
	have = s->n - (uint32_t)into;
	return memcmp(s->buf + into, d.p, d.n < have ? d.n : have) != 0;
}

/* One more piece between those that are there; false: no memory. */
static bool insert(struct stream *s, struct piece **at, const struct segment *g, size_t n)
{
	struct piece *p = malloc(sizeof(*p) + n);

	if (p == NULL)
		return false;
	p->seq = g->seq;
	p->n = (uint32_t)n;
	p->missing = n == g->data.n ? g->length - (uint32_t)n : 0;
	p->mark = g->mark;
	memcpy(p->data, g->data.p, n);
	p->next = *at;
	*at = p;
	if (s->npieces++ == 0)
		s->waits_since = g->mark.ts;
	s->waiting += p->n;
	return true;
}

static void advance(struct segment *g, size_t n)
{
	g->seq += (uint32_t)n;
	g->data.p += n;
	g->data.n -= n;
	g->length -= (uint32_t)n;
}

/* An early segment, or one that may overlap early ones: what is new of it is kept. */
static void put(struct stream *s, struct segment g, struct quality *q)
{
	struct piece **at = &s->pieces;
	bool fresh = false, other = false;

	while (g.data.n > 0) {
		struct piece *p = *at;
		int32_t ahead = p ? seq_ahead(g.seq, p->seq) : INT32_MAX;
		size_t n = ahead > 0 && (size_t)ahead < g.data.n ? (size_t)ahead : g.data.n;

		if (ahead > 0) {	/* up to the next piece, or all */
			if (!insert(s, at, &g, n)) {
				q->overflow = true;
				return;
			}
			fresh = true;
		} else if ((uint32_t)-ahead >= p->n) {
			n = 0;		/* wholly behind this piece */
		} else {
			size_t have = p->n - (uint32_t)-ahead;

			n = have < g.data.n ? have : g.data.n;
			other |= memcmp(p->data + -ahead, g.data.p, n) != 0;
		}
		at = &(*at)->next;
		advance(&g, n);
	}
	if (other)
		q->overlaps++;
	else if (!fresh)
		q->repeated++;
}

/*
 * Ethernet's padding, if the IP length lies: a few zeroes on a bare ACK.  They
 * are no data where a record, a line or a message must begin.
 */
static bool is_padding(const struct stream *s, const struct segment *g)
{
	static const uint8_t zeroes[6];

	return !g->pushed && g->data.n <= sizeof(zeroes) && stream_ready(s).n == 0 &&
	       memcmp(g->data.p, zeroes, g->data.n) == 0;
}

/* The part of a segment that is not new; true: all of it. */
static bool drop_old(struct stream *s, struct segment *g, struct quality *q)
{
	size_t old = (size_t)-seq_ahead(s->next, g->seq);
	bool all = old >= g->length;
	struct slice again = { g->data.p, old < g->data.n ? old : g->data.n };

	if (differs(s, g->seq, again))
		q->overlaps++;
	else
		q->repeated++;
	if (all || old >= g->data.n)
		return true;
	advance(g, old);
	return false;
}

/* New bytes at next, with nothing waiting. */
static void take(struct stream *s, const struct segment *g)
{
	if (stream_ready(s).n == 0) {
		s->lent = g->data;
		s->lent_at = 0;
	} else {
		s->lost = !append(s, g->data);
	}
	s->news = STREAM_READY;
	s->portion = s->next;
	s->next += (uint32_t)g->data.n;
	s->missing = g->length - (uint32_t)g->data.n;
	mark(s, &g->mark);
}

bool stream_add(struct stream *s, const struct segment *g, struct quality *q)
{
	struct segment rest = *g;
	int32_t early;

	s->news = STREAM_DRY;
	if (g->length == 0)
		return true;
	stream_begin(s, g->seq);
	early = seq_ahead(s->next, g->seq);
	if (early > STREAM_WINDOW || early < -STREAM_WINDOW || g->length > STREAM_WINDOW)
		return false;
	if (g->length == 1 && early == -1)
		return true;			/* a keep-alive; its byte means nothing */
	if (early <= 0 && is_padding(s, g))
		return true;
	if (early < 0 && drop_old(s, &rest, q))
		return true;
	if (early > 0)
		q->reordered++;
	if (early > 0 || s->pieces != NULL)
		put(s, rest, q);
	else
		take(s, &rest);
	return true;
}

void stream_ack(struct stream *s, uint32_t ack)
{
	int32_t ahead;

	if (!s->begun)
		stream_begin(s, ack);		/* whatever came before was not seen */
	ahead = seq_ahead(s->next, ack);
	if (ahead > STREAM_WINDOW || ahead < -STREAM_WINDOW)
		return;
	if (!s->has_acked || seq_ahead(s->acked, ack) > 0)
		s->acked = ack;
	s->has_acked = true;
}

void stream_fin(struct stream *s, uint32_t seq)
{
	s->fin = seq;
	s->has_fin = true;
}

void stream_rewind(struct stream *s, uint32_t seq, const struct mark *m)
{
	struct segment held = {
		.seq = s->next - s->n, .data = { s->buf, s->n }, .length = s->n,
		.mark = s->nmarks > 0 ? s->marks[0] : *m,
	};

	if (s->n > 0 && !insert(s, &s->pieces, &held, s->n))
		s->lost = true;
	drop_kept(s);
	s->next = seq;
}

enum stream_news stream_pull(struct stream *s)
{
	enum stream_news news = s->news;
	struct piece *p = s->pieces;

	s->news = STREAM_DRY;
	if (s->lost)
		return STREAM_HOLE;
	if (news != STREAM_DRY)
		return news;
	if (s->missing > 0)
		return STREAM_HOLE;
	if (p == NULL || p->seq != s->next)
		return STREAM_DRY;
	stream_settle(s);
	if (!append(s, (struct slice){ p->data, p->n }))
		s->lost = true;
	s->portion = s->next;
	s->next += p->n;
	s->missing = p->missing;
	mark(s, &p->mark);
	s->pieces = p->next;
	s->npieces--;
	s->waiting -= p->n;
	free(p);
	return s->lost ? STREAM_HOLE : STREAM_READY;
}

bool stream_leap(struct stream *s, struct quality *q)
{
	struct piece *p = s->pieces;
	uint32_t to = s->next + s->missing;

	if (s->lost) {
		q->overflow = true;
		to = s->next;
	} else if (s->missing > 0) {
		q->truncated = true;
		if (p != NULL && seq_ahead(p->seq, to) > 0)
			to = p->seq;
		s->missing = 0;
	} else if (p != NULL) {
		q->gaps++;
		to = p->seq;
	} else {
		return false;
	}
	drop_kept(s);
	s->next = to;
	s->lost = false;
	return true;
}

struct slice stream_ready(const struct stream *s)
{
	if (s->lent.n > 0)
		return (struct slice){ s->lent.p + s->lent_at, s->lent.n - s->lent_at };
	return (struct slice){ s->n > s->at ? s->buf + s->at : NULL, s->n - s->at };
}

void stream_consume(struct stream *s, size_t n)
{
	if (s->lent.n > 0)
		s->lent_at += n;
	else
		s->at += (uint32_t)n;
}

uint32_t stream_at(const struct stream *s)
{
	return s->next - (uint32_t)stream_ready(s).n;
}

void stream_settle(struct stream *s)
{
	struct slice lent = s->lent;
	size_t read = s->lent_at;

	if (lent.n == 0)
		return;
	s->lent = (struct slice){ NULL, 0 };
	s->lent_at = 0;
	if (!s->keep) {
		lent.p += read;
		lent.n -= read;
		read = 0;
	}
	s->at = s->n;			/* bytes are lent only when all before were read */
	if (lent.n == read && !s->keep)
		s->at = s->n = 0;
	else if (append(s, lent))
		s->at += (uint32_t)read;
	else
		s->lost = lent.n > read;
}

bool stream_full(const struct stream *s)
{
	return s->npieces >= STREAM_PIECES || s->waiting >= STREAM_WAITING;
}

bool stream_lacks(const struct stream *s)
{
	/* One more than there is may be the number of a FIN. */
	return s->pieces != NULL || (s->has_acked && seq_ahead(s->next, s->acked) > 1);
}

size_t stream_held(const struct stream *s)
{
	return s->cap + s->waiting + s->npieces * sizeof(struct piece);
}
