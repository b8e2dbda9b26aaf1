/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch: the terminal, by way of ncurses.
 */
#include "watch/screen.h"

#include <curses.h>
#include <stdlib.h>

#include "watch/keys.h"

static bool is_open, has_ink;

const char *screen_library_version(void)
{
	return curses_version();
}

static void choose_inks(void)
{
	static const short inks[SHADES] = {
		[SHADE_RED] = COLOR_RED, [SHADE_YELLOW] = COLOR_YELLOW,
		[SHADE_GREEN] = COLOR_GREEN, [SHADE_CYAN] = COLOR_CYAN
	};

	has_ink = start_color() == OK && use_default_colors() == OK;
	for (short i = SHADE_RED; has_ink && i < SHADES; i++)
		init_pair(i, inks[i], -1);
}

bool screen_open(bool color, struct errors *e)
{
	SCREEN *s = newterm(NULL, stdout, stdin);

	if (s == NULL) {
		const char *term = getenv("TERM");

		errors_add(e, (struct place){ 0 }, "TERM=%s is no terminal that can be drawn on; "
			   "expected one that terminfo(5) knows, or --plain", term ? term : "");
		return false;
	}
	set_term(s);
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	set_escdelay(25);
	curs_set(0);
	if (color)
		choose_inks();
	is_open = true;
	return true;
}

void screen_close(void)
{
	if (is_open)
		endwin();
	is_open = false;
}

void screen_size(unsigned *ret_columns, unsigned *ret_rows)
{
	int rows, columns;

	getmaxyx(stdscr, rows, columns);
	*ret_columns = columns > 0 ? (unsigned)columns : 80;
	*ret_rows = rows > 0 ? (unsigned)rows : 24;
}

static chtype ink(const struct canvas_line *l)
{
	chtype a = l->chosen ? A_REVERSE : A_NORMAL;

	if (l->shade == SHADE_STRONG)
		a |= A_BOLD;
	else if (l->shade == SHADE_FAINT)
		a |= A_DIM;
	else if (has_ink && l->shade >= SHADE_RED)
		a |= (chtype)COLOR_PAIR(l->shade);
	return a;
}

void screen_show(const struct canvas *c)
{
	erase();
	for (unsigned i = 0; i < c->n; i++) {
		const struct canvas_line *l = &c->lines[i];

		attrset((int)ink(l));
		mvaddnstr((int)i, 0, c->text.p + l->from, (int)l->n);
		for (size_t k = l->n; l->chosen && k < c->columns; k++)
			addch(' ');
	}
	attrset(A_NORMAL);
	refresh();
}

int screen_key(unsigned ms)
{
	int key;

	timeout((int)ms);
	key = getch();
	switch (key) {
	case ERR:		return WATCH_KEY_NONE;
	case '\r':
	case '\n':
	case KEY_ENTER:	return WATCH_KEY_ENTER;
	case 27:		return WATCH_KEY_ESCAPE;
	case KEY_UP:
	case 'k':		return WATCH_KEY_UP;
	case KEY_DOWN:
	case 'j':		return WATCH_KEY_DOWN;
	case KEY_PPAGE:		return WATCH_KEY_PAGE_UP;
	case KEY_NPAGE:		return WATCH_KEY_PAGE_DOWN;
	case KEY_HOME:		return WATCH_KEY_TOP;
	case KEY_END:		return WATCH_KEY_BOTTOM;
	case KEY_RESIZE:	return WATCH_KEY_RESIZED;
	default:		return key < 256 ? key : WATCH_KEY_NONE;
	}
}
