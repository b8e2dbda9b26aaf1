/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd: one file a command, listed in commands.def.
 *
 * To add a command: write cmd/NAME.c, which exports one struct command, and
 * give it one line in commands.def.
 *
 * A command's options are a table: it is what getopt is built from, what the
 * help prints, and what a test holds the manual page against.
 */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include <stdbool.h>

#include "base/error.h"

enum exit_code {		/* contract, section 2 */
	EXIT_DONE = 0,
	EXIT_FOUND = 1,		/* findings at or above --fail-on, or a failed rule test */
	EXIT_USAGE = 2,		/* usage, rules, endpoints or options */
	EXIT_IO = 3,		/* a capture or output that could not be read, opened, written */
	EXIT_LOST = 4		/* finished, but packets were lost or a file was cut short */
};

struct option_spec {
	const char *name;	/* long form, without "--" */
	char letter;		/* short form; 0: none */
	const char *argument;	/* "FILE"; NULL: it takes none */
	const char *help;	/* one sentence, no full stop */
};

/* What an option said: its long name and its argument (NULL: none).  False: *e says why. */
typedef bool (*option_fn)(void *arg, const char *name, const char *value, struct errors *e);

struct command {
	const char *name;
	const char *usage;	/* what follows the name: "[options] FILE|-|DIR ..." */
	const char *help;	/* one line */
	const char *details;	/* its subcommands, a line each; NULL: none */
	const struct option_spec *options;	/* ended by a NULL name; NULL: none */
	int (*run)(int argc, char **argv);	/* argv[0] is the command's name */
};

extern const struct command *const commands[];	/* in the order of the help, NULL-terminated */

const struct command *command_find(const char *name);	/* NULL: there is none */

/*
 * Reads the options of c and hands each to take; the index in argv of the
 * first operand (operands may stand before options), or -1: *e says why.
 */
int command_options(const struct command *c, int argc, char **argv, option_fn take, void *arg,
		    struct errors *e);

/* --help was given: prints it and returns true. */
bool command_help_asked(const struct command *c, int argc, char **argv);
void command_help(const struct command *c, FILE *to);

/* Words behind the first `left` columns, which are written, in lines of at most 80; ends them. */
void help_words(const char *text, unsigned left, FILE *to);

/* Prints what is in e, but nothing of a reader of standard output that left; returns code. */
int command_fail(struct errors *e, enum exit_code code);

#define COMMAND(name) extern const struct command name;
#include "cmd/commands.def"
#undef COMMAND

#endif
