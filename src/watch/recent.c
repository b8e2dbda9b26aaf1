/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch: rings of the latest handshakes and packets.
 *
 * The bytes of packets lie one after the other in one block; a packet that finds
 * no room at its end begins at its beginning, and whatever lies there goes.
 */
#include "watch/recent.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/text.h"
#include "decode/decode.h"
#include "out/trace.h"

struct held {
	uint64_t ts;
	uint32_t at, n, wire_length, linktype;
};

struct recent {
	struct sighting *sightings[RECENT_SIGHTINGS];
	size_t next;
	uint8_t *bytes;
	uint32_t end;			/* where the next packet's bytes go */
	struct held *held;		/* a ring; old ones are from `first` on */
	uint32_t first, n;
};

struct recent *recent_new(void)
{
	struct recent *r = xcalloc(1, sizeof(*r));

	r->bytes = xcalloc(1, RECENT_BYTES);
	r->held = xcalloc(RECENT_PACKETS, sizeof(*r->held));
	return r;
}

void recent_free(struct recent *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < RECENT_SIGHTINGS; i++)
		sighting_free(r->sightings[i]);
	free(r->bytes);
	free(r->held);
	free(r);
}

void recent_sighting(struct recent *r, const struct sighting *s)
{
	struct sighting *copy = sighting_copy(s);

	if (copy == NULL)
		return;
	sighting_free(r->sightings[r->next]);
	r->sightings[r->next] = copy;
	r->next = (r->next + 1) % RECENT_SIGHTINGS;
}

/* ---- packets ---------------------------------------------------------------------------- */

static struct held *held_at(const struct recent *r, uint32_t i)
{
	return &r->held[(r->first + i) % RECENT_PACKETS];
}

static void let_go(struct recent *r)
{
	r->first = (r->first + 1) % RECENT_PACKETS;
	r->n--;
}

/* Lets the oldest go until n bytes at `at` are nobody's. */
static void make_room(struct recent *r, uint32_t at, uint32_t n)
{
	while (r->n > 0) {
		const struct held *h = held_at(r, 0);

		if (h->at >= at + n || h->at + h->n <= at)
			break;
		let_go(r);
	}
	if (r->n == RECENT_PACKETS)
		let_go(r);
}

void recent_frame(struct recent *r, const struct frame *f)
{
	uint32_t n = (uint32_t)f->bytes.n;

	if (f->bytes.n == 0 || f->bytes.n > RECENT_BYTES / 4)
		return;		/* one without bytes lies within none, and holds others up */
	if (r->end + n > RECENT_BYTES) {
		make_room(r, r->end, RECENT_BYTES - r->end);	/* what is left there is older */
		r->end = 0;
	}
	make_room(r, r->end, n);
	memcpy(r->bytes + r->end, f->bytes.p, n);
	*held_at(r, r->n) = (struct held){ f->ts, r->end, n, f->wire_length,
					   f->from->linktype };
	r->n++;
	r->end += n;
}

/* ---- telling ---------------------------------------------------------------------------- */

void recent_tell(struct recent *r, const struct addr *host, unsigned columns,
		 const struct summary *sum, struct buf *ret)
{
	struct trace_options o = { .client = *host, .most = TRACE_MOST_EVER };
	struct sink sink = { .is = &output_trace_text, .fd = -1, .columns = columns };
	struct trace *t = trace_new(&o);

	for (size_t i = 0; i < RECENT_SIGHTINGS; i++) {
		const struct sighting *s = r->sightings[(r->next + i) % RECENT_SIGHTINGS];

		if (s != NULL)
			trace_take(t, s);
	}
	sink.priv = t;
	output_trace_text.finish(&sink, sum);
	ret->n = 0;
	buf_add(ret, sink.buf.p, sink.buf.n);
	buf_done(&sink.buf);
	trace_free(t);
}

static bool is_of(const struct recent *r, const struct held *h, const struct addr *host)
{
	struct origin from = { .linktype = h->linktype };
	struct frame f = { .ts = h->ts, .bytes = { r->bytes + h->at, h->n },
			   .wire_length = h->wire_length, .from = &from };
	struct packet p;

	return decode(&f, &p) == DECODED_TCP &&
	       (addr_cmp(&p.src, host) == 0 || addr_cmp(&p.dst, host) == 0);
}

static void put16(struct buf *b, uint16_t v)
{
	buf_add(b, &v, sizeof(v));
}

static void put32(struct buf *b, uint32_t v)
{
	buf_add(b, &v, sizeof(v));
}

/* https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.html, with nanoseconds. */
static void put_header(struct buf *b, uint32_t linktype)
{
	put32(b, 0xa1b23c4d);
	put16(b, 2);
	put16(b, 4);
	put32(b, 0);
	put32(b, 0);
	put32(b, 262144);
	put32(b, linktype);
}

static void put_packet(struct buf *b, const struct recent *r, const struct held *h)
{
	put32(b, (uint32_t)(h->ts / NS_PER_SECOND));
	put32(b, (uint32_t)(h->ts % NS_PER_SECOND));
	put32(b, h->n);
	put32(b, h->wire_length);
	buf_add(b, r->bytes + h->at, h->n);
}

static bool write_all(int fd, const struct buf *b)
{
	size_t done = 0;

	while (done < b->n) {
		ssize_t n = write(fd, b->p + done, b->n - done);

		if (n < 0 && errno != EINTR)
			return false;
		done += n > 0 ? (size_t)n : 0;
	}
	return true;
}

/* The file must not be there: what somebody else put in its place is not followed. */
static bool write_file(const char *path, const struct buf *b, struct errors *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	bool done = fd >= 0 && write_all(fd, b);

	if (!done)
		errors_add(e, (struct place){ .file = path }, "cannot be written: %s",
			   strerror(errno));
	if (fd >= 0)
		close(fd);
	if (fd >= 0 && !done)
		unlink(path);
	return done;
}

bool recent_write(struct recent *r, const struct addr *host, const char *path,
		  uint64_t *ret, struct errors *e)
{
	struct buf b = { 0 };
	uint32_t linktype = 0;
	bool done;

	*ret = 0;
	for (uint32_t i = 0; i < r->n; i++) {
		const struct held *h = held_at(r, i);

		if (!is_of(r, h, host) || (*ret > 0 && h->linktype != linktype))
			continue;
		if (*ret == 0) {
			linktype = h->linktype;
			put_header(&b, linktype);
		}
		put_packet(&b, r, h);
		++*ret;
	}
	if (*ret == 0) {
		errors_add(e, (struct place){ .file = path },
			   "not written: no packet of that host is left in memory");
		return false;
	}
	done = write_file(path, &b, e);
	buf_done(&b);
	return done;
}
