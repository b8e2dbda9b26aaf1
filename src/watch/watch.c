/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch: when the screen is drawn, what the keys set off, a file's pace.
 *
 * The clock here is the wall's: it says when to draw and when a replayed packet
 * is due.  What is drawn has the packets' times.
 */
#include "watch/watch.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/text.h"
#include "watch/plain.h"
#include "watch/recent.h"
#include "watch/screen.h"
#include "watch/view.h"

enum { DRAW_MS = 200, PLAIN_MS = 1000, NOTICE_MS = 5000, FILES_MOST = 10000 };

#define NS_PER_MS UINT64_C(1000000)

struct watch {
	struct watch_options o;
	volatile sig_atomic_t stop;
	struct view view;
	struct canvas canvas;
	struct recent *recent;
	struct plain *plain;
	struct sink sink;
	struct buf page, notice;
	uint64_t drawn, noticed;	/* wall clock */
	uint64_t packets, bytes;	/* when the rate was taken last */
	uint64_t rated;
	struct view_head head;
	uint64_t begun, begun_ts;	/* a file's pace: this packet's time is that of the wall */
	bool is_over;
};

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * NS_PER_SECOND + (uint64_t)t.tv_nsec;
}

static void take_sighting(struct sink *s, const struct sighting *sighting)
{
	struct watch *w = s->priv;

	recent_sighting(w->recent, sighting);
}

static const struct output output_watch = {
	.name = "watch", .help = "", .wants_handshakes = true, .handshake = take_sighting,
};

struct watch *watch_new(const struct watch_options *o, struct errors *e)
{
	struct watch *w;

	if (!o->plain && !screen_open(o->color, e))
		return NULL;
	w = xcalloc(1, sizeof(*w));
	w->o = *o;
	view_init(&w->view);
	w->recent = recent_new();
	w->plain = o->plain ? plain_new() : NULL;
	w->sink = (struct sink){ .is = &output_watch, .fd = -1, .priv = w };
	return w;
}

void watch_free(struct watch *w)
{
	if (w == NULL)
		return;
	if (w->plain == NULL)
		screen_close();
	plain_free(w->plain);
	recent_free(w->recent);
	view_done(&w->view);
	canvas_done(&w->canvas);
	buf_done(&w->page);
	buf_done(&w->notice);
	free(w);
}

struct sink *watch_sink(struct watch *w)
{
	return &w->sink;
}

const volatile sig_atomic_t *watch_stop(const struct watch *w)
{
	return &w->stop;
}

/* ---- drawing ---------------------------------------------------------------------------- */

static void take_rates(struct watch *w, const struct summary *sum, uint64_t at)
{
	uint64_t passed = at - w->rated;
	double seconds = (double)passed / (double)NS_PER_SECOND;

	if (w->rated != 0 && passed < NS_PER_SECOND)
		return;
	if (w->rated != 0) {
		double packets = (double)(sum->capture->packets - w->packets);
		double bits = 8 * (double)(sum->capture->packet_bytes - w->bytes);

		w->head.packets_a_second = (uint64_t)(packets / seconds);
		w->head.bits_a_second = (uint64_t)(bits / seconds);
	}
	w->rated = at;
	w->packets = sum->capture->packets;
	w->bytes = sum->capture->packet_bytes;
}

static const char *pace(const struct watch *w, char *room, size_t n)
{
	if (w->o.live)
		return "live";
	if (w->is_over)
		return "at its end";
	if (w->o.speed <= 0)
		return "as fast as it reads";
	snprintf(room, n, "x%g", w->o.speed);
	return room;
}

static void draw(struct watch *w, uint64_t at)
{
	struct summary sum = { 0 };
	unsigned columns, rows;
	char room[32];

	w->o.summary(&sum, w->o.arg);
	w->drawn = at;
	if (w->plain != NULL) {
		if (!plain_print(w->plain, &sum, stdout))
			w->stop = 1;
		return;
	}
	take_rates(w, &sum, at);
	w->head.source = w->o.source;
	w->head.pace = pace(w, room, sizeof(room));
	w->head.notice = w->notice.n > 0 && at - w->noticed < NOTICE_MS * NS_PER_MS
		? buf_text(&w->notice) : NULL;
	screen_size(&columns, &rows);
	canvas_clear(&w->canvas, columns, rows);
	view_hosts(&w->view, sum.hosts);
	view_draw(&w->view, &w->head, &sum, &w->canvas);
	screen_show(&w->canvas);
}

/* ---- keys ------------------------------------------------------------------------------- */

static void open_host(struct watch *w, const struct summary *sum)
{
	unsigned columns, rows;

	screen_size(&columns, &rows);
	recent_tell(w->recent, &w->view.chosen, columns, sum, &w->page);
	view_open_page(&w->view, buf_slice(&w->page));
}

/* "hellotap-10.1.4.23-1.pcap", the first number that is free. */
static void write_host(struct watch *w)
{
	char ip[ADDR_TEXT], path[ADDR_TEXT + 40];
	struct errors e = { 0 };
	uint64_t packets = 0;
	bool done = false;

	addr_text(&w->view.chosen, ip);
	for (char *p = ip; *p != '\0'; p++)
		*p = *p == ':' ? '_' : *p;
	for (unsigned i = 1; i < FILES_MOST && !done; i++) {
		errors_done(&e);
		snprintf(path, sizeof(path), "hellotap-%s-%u.pcap", ip, i);
		done = recent_write(w->recent, &w->view.chosen, path, &packets, &e);
		if (!done && strstr(e.v[0].what, strerror(EEXIST)) == NULL)
			break;
	}
	w->notice.n = 0;
	if (done)
		buf_printf(&w->notice, "%" PRIu64 " packets written to %s", packets, path);
	else
		buf_printf(&w->notice, "%s: %s", path, e.v[0].what);
	w->noticed = now();
	errors_done(&e);
}

static void change_pace(struct watch *w, bool faster)
{
	if (w->o.live || w->o.speed <= 0)
		return;
	w->o.speed = faster ? w->o.speed * 2 : w->o.speed / 2;
	w->begun = 0;		/* from here on */
}

/* Whether there was a key. */
static bool take_key(struct watch *w, unsigned ms)
{
	struct summary sum = { 0 };
	int key = screen_key(ms);

	if (key == WATCH_KEY_NONE)
		return false;
	w->notice.n = 0;
	w->o.summary(&sum, w->o.arg);
	view_hosts(&w->view, sum.hosts);
	switch (view_key(&w->view, key)) {
	case ACT_QUIT:		w->stop = 1; break;
	case ACT_OPEN:		open_host(w, &sum); break;
	case ACT_WRITE:		write_host(w); break;
	case ACT_FASTER:	change_pace(w, true); break;
	case ACT_SLOWER:	change_pace(w, false); break;
	case ACT_NOTHING:	break;
	}
	return true;
}

static void wait(struct watch *w, uint64_t ns)
{
	uint64_t most = DRAW_MS * NS_PER_MS;
	unsigned ms = (unsigned)((ns < most ? ns : most) / NS_PER_MS) + 1;

	if (w->plain == NULL) {
		if (take_key(w, ms))
			draw(w, now());
	} else {
		struct timespec t = { 0, (long)ms * (long)NS_PER_MS };

		nanosleep(&t, NULL);
	}
}

void watch_tick(struct watch *w)
{
	uint64_t at = now();
	uint64_t every = (w->plain != NULL ? PLAIN_MS : DRAW_MS) * NS_PER_MS;

	if (at - w->drawn < every)
		return;
	while (w->plain == NULL && take_key(w, 0))
		;
	draw(w, at);
}

void watch_say(struct watch *w, const char *text)
{
	if (w->plain != NULL)
		printf("%s\n", text);
	w->notice.n = 0;
	buf_puts(&w->notice, text);
	w->noticed = now();
}

/* ---- packets ---------------------------------------------------------------------------- */

/* Nanoseconds until a packet of that time is due; 0: now. */
static uint64_t due(struct watch *w, uint64_t ts)
{
	uint64_t at = now(), when;

	if (w->o.live || w->o.speed <= 0 || w->stop)
		return 0;
	if (w->begun == 0 || ts < w->begun_ts) {
		w->begun = at;
		w->begun_ts = ts;
	}
	when = w->begun + (uint64_t)((double)(ts - w->begun_ts) / w->o.speed);
	return when > at ? when - at : 0;
}

void watch_frame(const struct frame *f, void *arg)
{
	struct watch *w = arg;
	uint64_t ns;

	while ((ns = due(w, f->ts)) > 0) {
		watch_tick(w);
		wait(w, ns);
	}
	watch_tick(w);
	recent_frame(w->recent, f);
}

void watch_end(struct watch *w)
{
	w->is_over = true;
	draw(w, now());
	while (w->plain == NULL && !w->stop) {
		wait(w, NS_PER_SECOND);
		watch_tick(w);
	}
}
