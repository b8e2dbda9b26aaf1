/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program: finds the command and runs it.
 */
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/version.h"

static bool asks(const char *word, const char *letter, const char *name)
{
	return strcmp(word, letter) == 0 || strcmp(word, name) == 0;
}

int main(int argc, char **argv)
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
