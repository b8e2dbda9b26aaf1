/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: the queues, and the interfaces they read.
 */
#include "capture/live.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <pcap/pcap.h>

#include "capture/port.h"

#define MS UINT64_C(1000000)
#define COUNT_EVERY (250 * MS)
#define REST (500 * MS)

enum { CACHE_LINE = 64 };

struct queue {
	_Alignas(CACHE_LINE) int wake;
	bool full;			/* the last call found all it asked for */
	uint64_t number;		/* of the last frame */
	uint64_t counted;		/* when */
	uint64_t taken_packets, taken_bytes;
	uint64_t had, lost;
	_Atomic uint64_t packets, bytes, received, dropped;
	/* While frames are handed out: */
	const struct handle *handle;
	frame_fn take;
	void *arg;
};

struct live {
	struct live_options o;
	struct port ports[LIVE_INTERFACES];
	unsigned nports;
	atomic_uint down;
	struct queue *queues;
	struct arena origins;
};

static uint64_t clock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 * MS + (uint64_t)t.tv_nsec;
}

/* ---- life ---------------------------------------------------------------------------------- */

static bool open_ports(struct live *l, struct errors *e)
{
	struct buf why = { 0 };
	bool sound = true;

	for (size_t i = 0; i < l->o.n; i++) {
		struct port *p = &l->ports[l->nports++];

		*p = (struct port){ .name = l->o.interfaces[i], .n = l->o.queues,
				    .drops = { -1, -1 } };
		p->berths = xcalloc(p->n, sizeof(*p->berths));
		why.n = 0;
		if (port_open(p, &l->o, &l->origins, &why))
			continue;
		errors_add(e, (struct place){ .file = p->name }, "%s", buf_text(&why));
		sound = false;
	}
	buf_done(&why);
	return sound;
}

struct live *live_open(const struct live_options *o, struct errors *e)
{
	struct live *l = xcalloc(1, sizeof(*l));
	size_t bytes = o->queues * sizeof(*l->queues);

	l->o = *o;
	l->queues = aligned_alloc(CACHE_LINE, bytes);
	if (l->queues == NULL)
		abort();
	memset(l->queues, 0, bytes);
	for (unsigned i = 0; i < o->queues; i++)
		l->queues[i].wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (open_ports(l, e))
		return l;
	live_free(l);
	return NULL;
}

void live_free(struct live *l)
{
	if (l == NULL)
		return;
	for (unsigned i = 0; i < l->nports; i++)
		port_close(&l->ports[i]);
	for (unsigned i = 0; i < l->o.queues; i++)
		close(l->queues[i].wake);
	free(l->queues);
	arena_done(&l->origins);
	free(l);
}

void live_wake(struct live *l)
{
	uint64_t one = 1;

	for (unsigned i = 0; i < l->o.queues; i++)
		(void)!write(l->queues[i].wake, &one, sizeof(one));
}

/* ---- counting -------------------------------------------------------------------------- */

static void count_handle(struct queue *q, struct handle *h)
{
	handle_count(h, &q->had, &q->lost);
}

static void publish(struct live *l, struct queue *q, uint64_t now)
{
	unsigned number = (unsigned)(q - l->queues);

	for (unsigned i = 0; i < l->nports; i++)
		if (l->ports[i].berths[number].mine != NULL)
			count_handle(q, l->ports[i].berths[number].mine);
	atomic_store_explicit(&q->packets, q->taken_packets, memory_order_relaxed);
	atomic_store_explicit(&q->bytes, q->taken_bytes, memory_order_relaxed);
	atomic_store_explicit(&q->received, q->had, memory_order_relaxed);
	atomic_store_explicit(&q->dropped, q->lost, memory_order_relaxed);
	q->counted = now;
}

void live_state(const struct live *l, struct live_state *ret)
{
	*ret = (struct live_state){ .interfaces = l->nports };
	for (unsigned i = 0; i < l->o.queues; i++) {
		const struct queue *q = &l->queues[i];

		ret->packets += atomic_load_explicit(&q->packets, memory_order_relaxed);
		ret->bytes += atomic_load_explicit(&q->bytes, memory_order_relaxed);
		ret->received += atomic_load_explicit(&q->received, memory_order_relaxed);
		ret->dropped += atomic_load_explicit(&q->dropped, memory_order_relaxed);
	}
	for (unsigned i = 0; i < l->nports; i++)
		ret->interface_dropped += atomic_load_explicit(&l->ports[i].dropped,
							       memory_order_relaxed);
	ret->down = atomic_load_explicit(&l->down, memory_order_relaxed);
}

/* ---- a queue's thread ---------------------------------------------------------------------- */

static void on_packet(u_char *arg, const struct pcap_pkthdr *head, const u_char *bytes)
{
	struct queue *q = (struct queue *)(void *)arg;
	uint64_t part = (uint64_t)head->ts.tv_usec * (q->handle->nano ? 1 : 1000);
	struct frame f = {
		.ts = (uint64_t)head->ts.tv_sec * 1000 * MS + part,
		.number = ++q->number,
		.bytes = { bytes, head->caplen },
		.wire_length = head->len < head->caplen ? head->caplen : head->len,
		.from = q->handle->from,
	};

	q->taken_packets++;
	q->taken_bytes += head->caplen;
	q->take(&f, q->arg);
}

/* Takes over a handle that was opened, or gives back the one whose interface went away. */
static void change_handle(struct queue *q, struct berth *b)
{
	if (b->mine != NULL && atomic_load_explicit(&b->leave, memory_order_acquire)) {
		count_handle(q, b->mine);
		handle_close(b->mine);
		free(b->mine);
		b->mine = NULL;
		atomic_store_explicit(&b->empty, true, memory_order_release);
	}
	if (b->mine == NULL)
		b->mine = atomic_exchange_explicit(&b->offered, NULL, memory_order_acq_rel);
}

static void wait_for_frames(struct live *l, unsigned queue, unsigned ms)
{
	struct pollfd v[LIVE_INTERFACES + 1];
	struct queue *q = &l->queues[queue];
	nfds_t n = 1;
	uint64_t ignored;

	v[0] = (struct pollfd){ .fd = q->wake, .events = POLLIN };
	for (unsigned i = 0; i < l->nports; i++)
		if (l->ports[i].berths[queue].mine != NULL)
			v[n++] = (struct pollfd){ .fd = l->ports[i].berths[queue].mine->fd,
						  .events = POLLIN };
	if (poll(v, n, (int)ms) > 0 && v[0].revents != 0)
		(void)!read(q->wake, &ignored, sizeof(ignored));
}

/* One interface's frames; an error (it went down) is looked after by port_tend(). */
static unsigned take_from(struct queue *q, struct berth *b, unsigned most, uint64_t now)
{
	int n;

	change_handle(q, b);
	if (b->mine == NULL || now < b->rest)
		return 0;
	q->handle = b->mine;
	n = pcap_dispatch(b->mine->pcap, (int)most, on_packet, (u_char *)q);
	if (n >= 0)
		return (unsigned)n;
	b->rest = now + REST;
	return 0;
}

unsigned live_take(struct live *l, unsigned queue, unsigned most, unsigned ms,
		   frame_fn take, void *arg)
{
	struct queue *q = &l->queues[queue];
	unsigned all = 0;
	uint64_t now;

	if (!q->full && ms > 0)
		wait_for_frames(l, queue, ms);
	now = clock_now();
	q->take = take;
	q->arg = arg;
	q->full = false;
	for (unsigned i = 0; i < l->nports; i++) {
		unsigned n = take_from(q, &l->ports[i].berths[queue], most, now);

		q->full |= n >= most;
		all += n;
	}
	if (now - q->counted >= COUNT_EVERY)
		publish(l, q, now);
	return all;
}

void live_shut(struct live *l, unsigned queue)
{
	for (unsigned i = 0; i < l->nports; i++)
		if (l->ports[i].berths[queue].mine != NULL)
			handle_shut(l->ports[i].berths[queue].mine);
	l->queues[queue].counted = 0;		/* what was counted goes with the next frames */
}

/* ---- the thread that tends ------------------------------------------------------------------ */

void live_tend(struct live *l, struct errors *e)
{
	unsigned down = 0;
	bool gone = false;

	for (unsigned i = 0; i < l->nports; i++) {
		port_tend(&l->ports[i], &l->o, &l->origins, e);
		down += l->ports[i].is != PORT_UP;
		gone |= l->ports[i].is == PORT_GONE;
	}
	atomic_store_explicit(&l->down, down, memory_order_relaxed);
	if (gone)
		live_wake(l);
}
