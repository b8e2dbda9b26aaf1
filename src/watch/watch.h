/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch: hosts and findings on a screen, while packets come in.
 *
 *	watch.c		when it is drawn, what the keys set off, a file's pace
 *	view.c		which hosts, in which order; what keys do
 *	draw.c, rows.c	a screenful, a host in one line
 *	canvas.c	lines, before any terminal knows of them
 *	screen.c	the terminal
 *	recent.c	the latest handshakes and packets, to be opened and written
 *	plain.c		the same as a stream of lines
 *
 * All of it runs in the thread that owns the hosts, between packets.
 */
#ifndef WATCH_WATCH_H
#define WATCH_WATCH_H

#include <signal.h>

#include "out/out.h"

struct watch_options {
	const char *source;		/* what is watched, in words; borrowed */
	bool live;			/* packets come when they come; else at `speed` */
	bool plain, color;
	double speed;			/* of a file, times its own; 0: at once */
	void (*summary)(struct summary *ret, void *arg);	/* now */
	void *arg;
};

struct watch;

struct watch *watch_new(const struct watch_options *o, struct errors *e);	/* NULL: said */
void watch_free(struct watch *w);	/* gives the terminal back; NULL is fine */

/* Takes every handshake; owned by w. */
struct sink *watch_sink(struct watch *w);

/* Takes every packet before it is looked at; of a file it waits until its time has come. */
void watch_frame(const struct frame *f, void *w);

/* Between packets, also when none come: draws what is due, takes keys. */
void watch_tick(struct watch *w);

/* Something to be read: for some seconds on the screen, a line of the stream. */
void watch_say(struct watch *w, const char *text);

/* Becomes true when the operator leaves: for run_options.stop. */
const volatile sig_atomic_t *watch_stop(const struct watch *w);

/* The file is over: stays until the operator leaves. */
void watch_end(struct watch *w);

#endif
