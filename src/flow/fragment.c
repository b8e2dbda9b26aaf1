/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flow: the table of datagrams that wait for their fragments.
 *
 * A datagram is in a bucket, by who sent it and its id, and in a list, the
 * oldest first.  It waits; or it is whole, and stays for a while to know late
 * copies of its fragments, as a span port that mirrors twice makes them; or it
 * is given up, and stays to know what else comes of it.  Running out of memory
 * gives a datagram up.
 */
#include "flow/fragment.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"

enum {
	BUCKETS = 4096, DATAGRAMS = 16384, BYTES = 16 << 20,
	PIECES = 1024,			/* of one datagram; real ones have fifty */
	DATAGRAM_MOST = 65535		/* RFC 791, 3.1; RFC 8200, 3 */
};

#define WAITING UINT64_C(30000000000)	/* ns: Linux' ipfrag_time */
#define COPIES UINT64_C(100000000)	/* ns: then the same id is another datagram's */

struct datagram_key {		/* no padding: it is hashed */
	struct addr src, dst;
	uint32_t id, net, protocol;	/* protocol: of IPv4 (RFC 791); else 0 */
};

struct piece {
	struct piece *next;		/* by offset */
	uint32_t offset, n;
	uint8_t bytes[];
};

enum state { STATE_WAITING, STATE_WHOLE, STATE_GIVEN_UP };

struct datagram {
	struct datagram_key key;
	struct datagram *in_bucket;
	struct datagram *younger, *older;
	enum state state;
	uint64_t since;			/* first fragment's time; STATE_WHOLE: the last one's */
	uint8_t protocol;		/* as the first fragment says */
	uint32_t total;			/* bytes; 0: the last fragment is not there yet */
	uint32_t have;
	unsigned npieces, frames;
	struct piece *pieces;
};

struct fragments {
	struct hash_key hash_key;
	struct datagram *bucket[BUCKETS];
	struct datagram *oldest, *youngest;
	size_t n, most;
	size_t bytes, most_bytes;	/* of datagrams and pieces */
	uint64_t now;			/* the latest time seen */
	struct fragments_state state;
	uint8_t whole[DATAGRAM_MOST];
};

struct fragments *fragments_new(size_t datagrams, size_t bytes)
{
	struct fragments *f = xcalloc(1, sizeof(*f));

	f->hash_key = hash_key_random();
	f->most = datagrams > 0 ? datagrams : DATAGRAMS;
	f->most_bytes = bytes > 0 ? bytes : BYTES;
	return f;
}

const struct fragments_state *fragments_state(const struct fragments *f) { return &f->state; }

/* ---- who waits ------------------------------------------------------------------------- */

static struct datagram **bucket_of(struct fragments *f, const struct datagram_key *k)
{
	return &f->bucket[hash_bytes(&f->hash_key, k, sizeof(*k)) % BUCKETS];
}

static struct datagram *find(struct fragments *f, const struct datagram_key *k)
{
	struct datagram *d = *bucket_of(f, k);

	while (d != NULL && memcmp(&d->key, k, sizeof(*k)) != 0)
		d = d->in_bucket;
	return d;
}

static void drop_pieces(struct fragments *f, struct datagram *d)
{
	for (struct piece *p = d->pieces, *next; p != NULL; p = next) {
		next = p->next;
		f->bytes -= sizeof(*p) + p->n;
		free(p);
	}
	d->pieces = NULL;
}

static void give_up(struct fragments *f, struct datagram *d)
{
	if (d->state == STATE_WAITING)
		f->state.lost += d->frames;
	d->state = STATE_GIVEN_UP;
	drop_pieces(f, d);
}

static void forget(struct fragments *f, struct datagram *d)
{
	struct datagram **at = bucket_of(f, &d->key);

	give_up(f, d);
	while (*at != d)
		at = &(*at)->in_bucket;
	*at = d->in_bucket;
	*(d->older != NULL ? &d->older->younger : &f->oldest) = d->younger;
	*(d->younger != NULL ? &d->younger->older : &f->youngest) = d->older;
	f->n--;
	f->bytes -= sizeof(*d);
	free(d);
}

/* Room for one more and its bytes. */
static void make_room(struct fragments *f, size_t bytes)
{
	while (f->oldest != NULL && (f->n >= f->most || f->bytes + bytes > f->most_bytes))
		forget(f, f->oldest);
}

static struct datagram *admit(struct fragments *f, const struct datagram_key *k)
{
	struct datagram **bucket = bucket_of(f, k);
	struct datagram *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return NULL;
	*d = (struct datagram){
		.key = *k, .in_bucket = *bucket, .older = f->youngest, .since = f->now,
	};
	*bucket = d;
	*(f->youngest != NULL ? &f->youngest->younger : &f->oldest) = d;
	f->youngest = d;
	f->n++;
	f->bytes += sizeof(*d);
	return d;
}

void fragments_flush(struct fragments *f)
{
	while (f->oldest != NULL)
		forget(f, f->oldest);
}

void fragments_free(struct fragments *f)
{
	if (f == NULL)
		return;
	fragments_flush(f);
	free(f);
}

/* ---- its pieces -------------------------------------------------------------------------- */

/* Whether the fragment's own numbers are possible, beside those seen before. */
static bool is_sound(const struct datagram *d, const struct packet *p)
{
	const struct fragment *g = &p->fragment;
	size_t end = g->offset + p->payload.n;

	if (p->payload.n == 0 || p->payload.n < p->payload_length || end > DATAGRAM_MOST)
		return false;
	if (g->more)
		return p->payload.n % 8 == 0 && (d->total == 0 || end < d->total);
	return d->total == 0 || end == d->total;
}

static struct piece *piece_new(struct fragments *f, const struct packet *p)
{
	struct piece *new = malloc(sizeof(*new) + p->payload.n);

	if (new == NULL)
		return NULL;
	new->offset = p->fragment.offset;
	new->n = (uint32_t)p->payload.n;
	memcpy(new->bytes, p->payload.p, p->payload.n);
	f->bytes += sizeof(*new) + new->n;
	return new;
}

/* False: the datagram is to be given up. */
static bool place(struct fragments *f, struct datagram *d, const struct packet *p)
{
	uint32_t offset = p->fragment.offset, end = offset + (uint32_t)p->payload.n;
	struct piece **at = &d->pieces, *before = NULL, *new;

	for (; *at != NULL && (*at)->offset < offset; at = &(*at)->next)
		before = *at;
	if (*at != NULL && (*at)->offset == offset && (*at)->n == p->payload.n)
		return memcmp((*at)->bytes, p->payload.p, p->payload.n) == 0;
	if ((before != NULL && before->offset + before->n > offset) ||
	    (*at != NULL && (*at)->offset < end))
		return false;			/* an overlap: RFC 5722 */
	/* Behind the end, if this is it. */
	if ((!p->fragment.more && *at != NULL) || d->npieces == PIECES)
		return false;
	new = piece_new(f, p);
	if (new == NULL)
		return false;
	new->next = *at;
	*at = new;
	d->npieces++;
	d->have += new->n;
	if (offset == 0)
		d->protocol = (uint8_t)p->cause_value;
	if (!p->fragment.more)
		d->total = end;
	return true;
}

static void join(struct fragments *f, struct datagram *d, struct whole *ret)
{
	for (const struct piece *p = d->pieces; p != NULL; p = p->next)
		memcpy(f->whole + p->offset, p->bytes, p->n);
	*ret = (struct whole){
		.bytes = { f->whole, d->total }, .protocol = d->protocol, .frames = d->frames,
	};
	drop_pieces(f, d);
	d->state = STATE_WHOLE;
	d->since = f->now;
}

/* ---- the way in ------------------------------------------------------------------------ */

/* The datagram that p is a part of; NULL: no memory. */
static struct datagram *datagram_of(struct fragments *f, const struct packet *p)
{
	struct datagram_key k = {
		.src = p->src, .dst = p->dst, .id = p->fragment.id, .net = p->net,
	};
	struct datagram *d;

	if (addr_is_v4(&p->src))
		k.protocol = p->cause_value;
	d = find(f, &k);
	if (d != NULL && f->now - d->since > (d->state == STATE_WHOLE ? COPIES : WAITING)) {
		forget(f, d);
		d = NULL;
	}
	return d != NULL ? d : admit(f, &k);
}

bool fragments_add(struct fragments *f, const struct packet *p, unsigned frames,
		   struct whole *ret)
{
	struct datagram *d;

	if (p->frame->ts > f->now)
		f->now = p->frame->ts;
	while (f->oldest != NULL && f->now - f->oldest->since > WAITING)
		forget(f, f->oldest);
	make_room(f, sizeof(*d) + sizeof(struct piece) + p->payload.n);
	d = datagram_of(f, p);
	if (d == NULL || d->state == STATE_GIVEN_UP) {
		f->state.lost += frames;
		return false;
	}
	if (d->state == STATE_WHOLE) {
		f->state.spare += frames;
		return false;
	}
	d->frames += frames;
	if (!is_sound(d, p) || !place(f, d, p)) {
		give_up(f, d);
		return false;
	}
	if (d->total == 0 || d->have != d->total)
		return false;
	join(f, d, ret);
	return true;
}
