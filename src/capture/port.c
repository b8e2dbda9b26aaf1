/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: interfaces go away and come back.
 *
 * A packet socket outlives its interface's being down: packets come again by
 * themselves.  An interface that was removed, or whose frames now begin with
 * another header, has to be opened anew, once all queues have closed theirs.
 */
#include "capture/port.h"

#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static bool is_any(const struct port *p)
{
	return strcmp(p->name, "any") == 0;
}

/* What the kernel says of it now; *ret_kind: ARPHRD_*. */
static enum port_is look(const struct port *p, unsigned *ret_index, int *ret_kind)
{
	struct ifreq r = { .ifr_flags = 0 };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	enum port_is is = PORT_GONE;

	*ret_index = is_any(p) ? 0 : if_nametoindex(p->name);
	*ret_kind = p->kind;
	if (is_any(p)) {
		is = PORT_UP;
	} else if (fd >= 0 && *ret_index != 0) {
		strncpy(r.ifr_name, p->name, sizeof(r.ifr_name) - 1);
		if (ioctl(fd, SIOCGIFFLAGS, &r) == 0)
			is = r.ifr_flags & IFF_UP ? PORT_UP : PORT_DOWN;
		if (ioctl(fd, SIOCGIFHWADDR, &r) == 0)
			*ret_kind = r.ifr_hwaddr.sa_family;
	}
	if (fd >= 0)
		close(fd);
	return is;
}

/* ---- what the interface itself lost ------------------------------------------------------ */

static void open_drops(struct port *p)
{
	static const char *const files[] = { "rx_missed_errors", "rx_fifo_errors" };

	for (unsigned i = 0; i < 2; i++) {
		char path[128];

		snprintf(path, sizeof(path), "/sys/class/net/%s/statistics/%s", p->name, files[i]);
		p->drops[i] = is_any(p) || strchr(p->name, '/') != NULL ? -1 :
			      open(path, O_RDONLY | O_CLOEXEC);
	}
}

static void close_drops(struct port *p)
{
	for (unsigned i = 0; i < 2; i++)
		if (p->drops[i] >= 0)
			close(p->drops[i]);
	p->drops[0] = p->drops[1] = -1;
}

static uint64_t read_drops(const struct port *p)
{
	uint64_t all = 0;

	for (unsigned i = 0; i < 2; i++) {
		char text[32];
		ssize_t n = p->drops[i] < 0 ? 0 : pread(p->drops[i], text, sizeof(text) - 1, 0);

		text[n > 0 ? n : 0] = '\0';
		all += strtoull(text, NULL, 10);
	}
	return all;
}

void port_count(struct port *p)
{
	uint64_t now = read_drops(p);

	if (now < p->drops_last)		/* a new interface counts from 0 */
		p->drops_last = now;
	atomic_fetch_add_explicit(&p->dropped, now - p->drops_last, memory_order_relaxed);
	p->drops_last = now;
}

/* ---- opening ------------------------------------------------------------------------------ */

/* Origins outlive handles: what was captured points at them.  The same one serves again. */
static const struct origin *origin_of(const struct handle *h, const struct origin *before,
				      struct arena *origins)
{
	struct origin *new;

	if (before != NULL && before->linktype == h->is.linktype &&
	    before->snaplen == h->is.snaplen)
		return before;
	new = arena_alloc(origins, sizeof(*new));
	*new = h->is;
	return new;
}

static void drop_all(struct handle **v, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (v[i] != NULL) {
			handle_close(v[i]);
			free(v[i]);
		}
	free(v);
}

bool port_open(struct port *p, const struct live_options *o, struct arena *origins,
	       struct buf *why)
{
	struct handle **v = xcalloc(p->n, sizeof(*v));
	bool sound = true;

	(void)look(p, &p->index, &p->kind);
	for (unsigned i = 0; sound && i < p->n; i++) {
		v[i] = xcalloc(1, sizeof(**v));
		sound = handle_open(v[i], o, p->name, why);
	}
	if (!sound || !fanout_join(v, p->n, why)) {
		drop_all(v, p->n);
		return false;
	}
	for (unsigned i = 0; i < p->n; i++) {
		struct berth *b = &p->berths[i];

		b->from = v[i]->from = origin_of(v[i], b->from, origins);
		atomic_store_explicit(&b->empty, false, memory_order_relaxed);
		atomic_store_explicit(&b->leave, false, memory_order_relaxed);
		atomic_store_explicit(&b->offered, v[i], memory_order_release);
	}
	free(v);
	close_drops(p);
	open_drops(p);
	p->drops_last = read_drops(p);
	p->is = PORT_UP;
	p->said = false;
	return true;
}

void port_close(struct port *p)
{
	for (unsigned i = 0; p->berths != NULL && i < p->n; i++) {
		struct handle *offered = atomic_load(&p->berths[i].offered);

		if (offered != NULL)
			handle_close(offered);
		if (p->berths[i].mine != NULL)
			handle_close(p->berths[i].mine);
		free(offered);
		free(p->berths[i].mine);
	}
	free(p->berths);
	close_drops(p);
}

/* ---- tending ----------------------------------------------------------------------------- */

static void say(const struct port *p, const char *what, struct errors *e)
{
	errors_add(e, (struct place){ .file = p->name }, "%s", what);
}

static void leave(struct port *p)
{
	p->is = PORT_GONE;
	for (unsigned i = 0; i < p->n; i++)
		atomic_store_explicit(&p->berths[i].leave, true, memory_order_release);
}

static bool is_empty(const struct port *p)
{
	for (unsigned i = 0; i < p->n; i++)
		if (!atomic_load_explicit(&p->berths[i].empty, memory_order_acquire))
			return false;
	return true;
}

static void open_again(struct port *p, const struct live_options *o, struct arena *origins,
		       struct errors *e)
{
	const struct origin *before = p->berths[0].from;
	struct buf why = { 0 };

	if (port_open(p, o, origins, &why)) {
		say(p, p->berths[0].from->linktype == before->linktype ?
		       "is back; capturing goes on" :
		       "is back, with frames of another link type; capturing goes on", e);
	} else if (!p->said) {
		errors_add(e, (struct place){ .file = p->name },
			   "is back, but cannot be opened: %s; trying on", buf_text(&why));
		p->said = true;
	}
	buf_done(&why);
}

void port_tend(struct port *p, const struct live_options *o, struct arena *origins,
	       struct errors *e)
{
	unsigned index;
	int kind;
	enum port_is now = look(p, &index, &kind);

	port_count(p);
	if (p->is == PORT_GONE) {
		if (now == PORT_UP && is_empty(p))
			open_again(p, o, origins, e);
		return;
	}
	if (now == PORT_GONE || index != p->index) {
		say(p, "went away; waiting for it to come back", e);
		leave(p);
	} else if (now == PORT_UP && kind != p->kind) {
		say(p, "has frames of another kind now; opening it anew", e);
		leave(p);
	} else if (now != p->is) {
		say(p, now == PORT_UP ? "is up again; capturing goes on" :
					"is down; waiting for it to come up", e);
		p->is = now;
	}
}
