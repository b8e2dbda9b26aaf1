/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch: keys, by names that curses has not taken.  Private to the room.
 */
#ifndef WATCH_KEYS_H
#define WATCH_KEYS_H

enum watch_key {		/* beside printable characters */
	WATCH_KEY_NONE = 0, WATCH_KEY_ENTER = 256, WATCH_KEY_ESCAPE, WATCH_KEY_UP,
	WATCH_KEY_DOWN, WATCH_KEY_PAGE_UP, WATCH_KEY_PAGE_DOWN, WATCH_KEY_TOP,
	WATCH_KEY_BOTTOM, WATCH_KEY_RESIZED
};

#endif
