/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch: what is on the screen, and what keys do to it.  Private to the room.
 *
 * Knows hosts and keys, and no terminal, so that it is tested without one.
 */
#ifndef WATCH_VIEW_H
#define WATCH_VIEW_H

#include "out/out.h"
#include "watch/canvas.h"
#include "watch/keys.h"

enum watch_sort { SORT_SEVERITY, SORT_LAST, SORT_COUNT, SORT_ADDRESS, SORTS };

enum watch_act {			/* what the caller has to do about a key */
	ACT_NOTHING, ACT_QUIT, ACT_OPEN, ACT_WRITE, ACT_FASTER, ACT_SLOWER
};

struct view {
	enum watch_sort sort;
	int area;			/* enum area; -1: all services */
	bool frozen, help;
	bool chose;			/* a row was chosen, else it is the first one */
	bool has_chosen;		/* there is a row */
	struct addr chosen;
	unsigned top;			/* the first row, or line of a page, that is shown */
	const char *page;		/* lines of one host's evidence; NULL: the table */
	size_t npage;
	unsigned page_lines, rows;	/* of the page; that fit */
	const struct host **list;	/* sorted, filtered; good until the next sighting */
	size_t n;
	struct canvas still;		/* the table and the findings while it is frozen */
};

struct view_head {			/* what the first lines tell */
	const char *source;		/* "eth1", "office.pcap" */
	const char *pace;		/* "live", "x10", "at its end" */
	const char *notice;		/* of the last act; NULL */
	uint64_t packets_a_second, bits_a_second;
};

void view_init(struct view *v);
void view_done(struct view *v);

/*
 * Sorts and filters anew: to be called before view_key() and view_draw(), in the
 * same breath, because sightings let hosts go.
 */
void view_hosts(struct view *v, struct hosts *hosts);

/* The number of the chosen row; 0 if its host is gone. */
size_t view_place(const struct view *v);

enum watch_act view_key(struct view *v, int key);

/* Shows text, which must outlive it, until it is closed. */
void view_open_page(struct view *v, struct slice text);

/* draw.c */
void view_draw(struct view *v, const struct view_head *head, const struct summary *sum,
	       struct canvas *c);

/* ---- rows.c: what a host and a finding look like in one line ------------------------------ */

void row_head(struct canvas *c);
void row_host(struct canvas *c, const struct host *h, bool chosen);
void row_finding(struct canvas *c, const struct finding *f);

/* "09:12:44" (UTC) of nanoseconds since 1970. */
void row_time(struct buf *b, uint64_t ns);

#endif
