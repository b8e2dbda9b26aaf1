/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd: the progress bar, one line redrawn four times a second at most.
 */
#include "cmd/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/text.h"

#define REDRAW (NS_PER_SECOND / 4)
enum { TICKS_PER_LOOK = 64, BAR = 24 };		/* batches between looks at the clock */

struct progress {
	uint64_t start, drawn;
	unsigned ticks;
	bool shown;
};

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * NS_PER_SECOND + (uint64_t)t.tv_nsec;
}

struct progress *progress_new(const char *when, bool quiet)
{
	struct progress *p;

	if (strcmp(when, "never") == 0 ||
	    (strcmp(when, "auto") == 0 && (quiet || !isatty(STDERR_FILENO))))
		return NULL;
	p = xcalloc(1, sizeof(*p));
	p->start = p->drawn = now();
	return p;
}

void progress_free(struct progress *p)
{
	if (p == NULL)
		return;
	if (p->shown)
		fputs("\r\033[K", stderr);
	free(p);
}

static void put_bar(struct buf *b, uint64_t done, uint64_t all)
{
	unsigned full = (unsigned)(BAR * (double)done / (double)all);

	buf_putc(b, '[');
	for (unsigned i = 0; i < BAR; i++)
		buf_putc(b, i < full ? '=' : i == full ? '>' : ' ');
	buf_printf(b, "] %3.0f %%  ", 100 * (double)done / (double)all);
}

/* A pipe has no size: then only what was read so far, and the rate. */
static void draw(const struct progress *p, const struct capture_state *st, uint64_t at)
{
	uint64_t spent = at - p->start;
	double rate = (double)st->bytes_done / ((double)spent / 1e9);
	bool sized = st->bytes > 0 && st->bytes_done <= st->bytes;
	struct buf b = { 0 };

	if (sized)
		put_bar(&b, st->bytes_done, st->bytes);
	text_bytes(&b, st->bytes_done);
	if (sized) {
		buf_puts(&b, " of ");
		text_bytes(&b, st->bytes);
	}
	buf_puts(&b, ", ");
	text_bytes(&b, (uint64_t)rate);
	buf_puts(&b, "/s");
	if (sized && rate > 0) {
		buf_puts(&b, ", ");
		text_duration(&b, (uint64_t)((double)(st->bytes - st->bytes_done) / rate * 1e9));
		buf_puts(&b, " left");
	}
	fprintf(stderr, "\r%s\033[K", buf_text(&b));
	fflush(stderr);
	buf_done(&b);
}

void progress_tick(const struct capture_state *st, void *progress)
{
	struct progress *p = progress;
	uint64_t at;

	if (++p->ticks % TICKS_PER_LOOK != 0)
		return;
	at = now();
	if (at - p->drawn < REDRAW)
		return;
	p->drawn = at;
	p->shown = true;
	draw(p, st, at);
}
