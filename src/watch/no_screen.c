/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch: no terminal: built without ncurses.
 */
#include "watch/screen.h"

bool screen_open(bool color, struct errors *e)
{
	(void)color;
	errors_add(e, (struct place){ 0 }, "built without ncurses; expected --plain");
	return false;
}

const char *screen_library_version(void)
{
	return "none";
}

void screen_close(void) { }
void screen_show(const struct canvas *c) { (void)c; }

void screen_size(unsigned *ret_columns, unsigned *ret_rows)
{
	*ret_columns = 80;
	*ret_rows = 24;
}

int screen_key(unsigned ms)
{
	(void)ms;
	return 0;
}
