/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch: which hosts are on the screen in which order, and what keys do.
 */
#include "watch/view.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

void view_init(struct view *v)
{
	*v = (struct view){ .area = -1 };
}

void view_done(struct view *v)
{
	free(v->list);
	v->list = NULL;
	v->n = 0;
	canvas_done(&v->still);
}

/* ---- hosts ------------------------------------------------------------------------------ */

static int by_address(const struct host *x, const struct host *y)
{
	return addr_cmp(&x->ip, &y->ip);
}

static int by_number(uint64_t x, uint64_t y)
{
	return x > y ? -1 : x < y;
}

static int latest_first(const void *a, const void *b)
{
	const struct host *x = *(const struct host *const *)a;
	const struct host *y = *(const struct host *const *)b;
	int order = by_number(x->last, y->last);

	return order ? order : by_address(x, y);
}

static int most_first(const void *a, const void *b)
{
	const struct host *x = *(const struct host *const *)a;
	const struct host *y = *(const struct host *const *)b;
	int order = by_number(x->handshakes, y->handshakes);

	return order ? order : by_address(x, y);
}

static int lowest_address_first(const void *a, const void *b)
{
	return by_address(*(const struct host *const *)a, *(const struct host *const *)b);
}

size_t view_place(const struct view *v)
{
	for (size_t i = 0; v->chose && i < v->n; i++)
		if (addr_cmp(&v->list[i]->ip, &v->chosen) == 0)
			return i;
	return 0;
}

/* Verdicts from the one that most needs a hand down to none; findings settle the rest. */
static int worst_first(const void *a, const void *b)
{
	static const uint8_t order[VERDICTS] = {
		[VERDICT_LEGACY] = 0, [VERDICT_WEAK] = 1, [VERDICT_FALLBACK] = 2,
		[VERDICT_MIXED] = 3, [VERDICT_MASKED] = 4, [VERDICT_UNKNOWN] = 5,
		[VERDICT_MODERN] = 6
	};
	const struct host *x = *(const struct host *const *)a;
	const struct host *y = *(const struct host *const *)b;
	int apart = order[host_verdict(x)] - order[host_verdict(y)];

	if (apart == 0)
		apart = (y->nfindings > 0) - (x->nfindings > 0);
	return apart ? apart : by_address(x, y);
}

void view_hosts(struct view *v, struct hosts *hosts)
{
	static int (*const orders[SORTS])(const void *, const void *) = {
		worst_first, latest_first, most_first, lowest_address_first
	};
	const struct host *const *all;
	size_t n = hosts_all(hosts, &all);

	free(v->list);
	v->list = xcalloc(n ? n : 1, sizeof(*v->list));
	v->n = 0;
	for (size_t i = 0; i < n; i++)
		if (v->area < 0 || (all[i]->areas >> v->area & 1))
			v->list[v->n++] = all[i];
	qsort(v->list, v->n, sizeof(*v->list), orders[v->sort]);
	if (v->frozen)
		return;
	v->has_chosen = v->n > 0;
	if (v->n > 0)
		v->chosen = v->list[view_place(v)]->ip;
}

/* ---- keys ------------------------------------------------------------------------------- */

/* How far a key moves; rows are those of a screenful. */
static bool moves(int key, unsigned rows, long *ret)
{
	switch (key) {
	case WATCH_KEY_UP:	*ret = -1; return true;
	case WATCH_KEY_DOWN:	*ret = 1; return true;
	case WATCH_KEY_PAGE_UP:	*ret = -(long)rows; return true;
	case WATCH_KEY_PAGE_DOWN:	*ret = (long)rows; return true;
	case WATCH_KEY_TOP:		*ret = -1000000000L; return true;
	case WATCH_KEY_BOTTOM:	*ret = 1000000000L; return true;
	default:		return false;
	}
}

static size_t moved(size_t at, long by, size_t n)
{
	long to = (long)at + by;

	if (n == 0 || to < 0)
		return 0;
	return to >= (long)n ? n - 1 : (size_t)to;
}

static void close_page(struct view *v)
{
	v->page = NULL;
	v->help = false;
	v->top = 0;
}

static enum watch_act page_key(struct view *v, int key)
{
	unsigned last = v->page_lines > v->rows ? v->page_lines - v->rows : 0;
	long by;

	if (moves(key, v->rows, &by))
		v->top = (unsigned)moved(v->top, by, last + 1u);
	else if (key == 'w')
		return ACT_WRITE;
	else if (key == 'q' || key == WATCH_KEY_ESCAPE || key == WATCH_KEY_ENTER)
		close_page(v);
	return ACT_NOTHING;
}

static void next_area(struct view *v)
{
	if (++v->area == AREAS)
		v->area = -1;
	v->top = 0;
}

/* What stands still is drawn once, when it is next drawn. */
static void freeze(struct view *v)
{
	v->frozen = !v->frozen;
	v->still.n = 0;
}

enum watch_act view_key(struct view *v, int key)
{
	long by;

	if (v->help) {
		close_page(v);
		return ACT_NOTHING;
	}
	if (v->page != NULL)
		return page_key(v, key);
	if (moves(key, v->rows, &by) && !v->frozen && v->n > 0) {
		v->chosen = v->list[moved(view_place(v), by, v->n)]->ip;
		v->chose = true;
		return ACT_NOTHING;
	}
	switch (key) {
	case 'q':		return ACT_QUIT;
	case WATCH_KEY_ENTER:		return v->has_chosen ? ACT_OPEN : ACT_NOTHING;
	case 'w':		return v->has_chosen ? ACT_WRITE : ACT_NOTHING;
	case '+':		return ACT_FASTER;
	case '-':		return ACT_SLOWER;
	case 's':		v->sort = (v->sort + 1) % SORTS; return ACT_NOTHING;
	case 'f':		next_area(v); return ACT_NOTHING;
	case ' ':		freeze(v); return ACT_NOTHING;
	case '?':
	case 'h':		v->help = true; return ACT_NOTHING;
	default:		return ACT_NOTHING;
	}
}

void view_open_page(struct view *v, struct slice text)
{
	v->page = (const char *)text.p;
	v->npage = text.n;
	v->top = 0;
}
