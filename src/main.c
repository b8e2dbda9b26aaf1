/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program: finds the command, runs it, and sees that what it printed has
 * arrived.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/version.h"

static bool asks(const char *word, const char *letter, const char *name)
{
	return strcmp(word, letter) == 0 || strcmp(word, name) == 0;
}

/* The command's code, unless standard output could not be written. */
static int finish(int code)
{
	struct errors e = { 0 };
	int error = fflush(stdout) != 0 ? errno : 0;

	if (error == 0 && !ferror(stdout))
		return code;
	if (error != EPIPE)
		errors_add(&e, (struct place){ .file = "standard output" }, "cannot be written%s%s",
			   error ? ": " : "", error ? strerror(error) : "");
	return command_fail(&e, EXIT_IO);
}

static int run(int argc, char **argv)
{
	const struct command *c;

	if (argc < 2) {
		help_overview(stderr);
		return EXIT_USAGE;
	}
	if (asks(argv[1], "-V", "--version")) {
		version_print(stdout);
		return EXIT_DONE;
	}
	if (asks(argv[1], "-h", "--help")) {
		help_overview(stdout);
		return EXIT_DONE;
	}
	c = command_find(argv[1]);
	if (c == NULL)
		return help_unknown_command(argv[1]);
	if (command_help_asked(c, argc - 1, argv + 1))
		return EXIT_DONE;
	return c->run(argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);	/* a reader that left is a write error, and no crash */
	return finish(run(argc, argv));
}
