/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd: between opening everything and the first packet: privileges go, fences rise.
 */
#ifndef CMD_CONFINE_H
#define CMD_CONFINE_H

#include "cmd/session.h"

struct confinement {
	const char *user;		/* -Z; NULL: hellotap, else nobody, if we are root */
	bool open;			/* --sandbox off */
	const char *folder;		/* where else files are made; NULL */
};

/* For a command's table and its take function. */
#define CONFINE_OPTIONS \
	{ "relinquish-privileges", 'Z', "USER", "who to be once all is open (hellotap)" }, \
	{ "sandbox", 0, "on|off", "off: no fences around files and system calls" }

/* Whether the option was one of these; *ret_taken false: *e says what is wrong with it. */
bool confine_take(struct confinement *c, const char *name, const char *value, struct errors *e,
		  bool *ret_taken);

/* Says on standard error what holds, unless quiet; false: *e, and the command must end. */
bool confine(const struct confinement *c, const struct session *s, struct errors *e);

#endif
