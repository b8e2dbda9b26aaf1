/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch: lines of a screen, before any terminal knows of them.  Private to the room.
 *
 * Lines are printable ASCII, cut at the screen's width; each has one ink.
 */
#ifndef WATCH_CANVAS_H
#define WATCH_CANVAS_H

#include "base/buf.h"

enum shade { SHADE_PLAIN, SHADE_STRONG, SHADE_FAINT, SHADE_RED, SHADE_YELLOW, SHADE_GREEN,
	     SHADE_CYAN, SHADES };

struct canvas_line {
	size_t from, n;			/* in text */
	enum shade shade;
	bool chosen;			/* shown in reverse */
};

enum { CANVAS_LINES = 500 };

struct canvas {
	unsigned columns, rows;
	struct buf text;
	struct canvas_line lines[CANVAS_LINES];
	unsigned n;
};

void canvas_clear(struct canvas *c, unsigned columns, unsigned rows);
void canvas_done(struct canvas *c);

/* Ends the line that was printed into c->text since the last one; beyond `rows` it is lost. */
void canvas_line(struct canvas *c, enum shade shade, bool chosen);

/* Text cut to `width` columns and padded to them; right: the spaces go first. */
void canvas_cell(struct canvas *c, const char *text, unsigned width, bool right);

#endif
