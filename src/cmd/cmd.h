/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd: one file a command, listed in commands.def.
 *
 * To add a command: write cmd/NAME.c, which exports one struct command, and
 * give it one line in commands.def.
 */
#ifndef CMD_CMD_H
#define CMD_CMD_H

enum exit_code {		/* contract, section 2 */
	EXIT_DONE = 0,
	EXIT_FOUND = 1,		/* findings at or above --fail-on, or a failed rule test */
	EXIT_USAGE = 2,		/* usage, rules, endpoints or options */
	EXIT_IO = 3,		/* a capture or output that could not be read, opened, written */
	EXIT_LOST = 4		/* finished, but packets were lost or a file was cut short */
};

struct command {
	const char *name;
	const char *usage;	/* one line a form, without the program's name */
	const char *help;	/* one line */
	const char *details;	/* more, for `help NAME`; NULL */
	int (*run)(int argc, char **argv);	/* argv[0] is the command's name */
};

const struct command *command_find(const char *name);

#define COMMAND(name) extern const struct command name;
#include "cmd/commands.def"
#undef COMMAND

#endif
