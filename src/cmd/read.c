/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd: read: analyse captures, print the report.
 */
#include "cmd/session.h"

static const struct option_spec options[] = {
	SESSION_OPTIONS,
	{ 0 }
};

static int read_run(int argc, char **argv)
{
	struct errors e = { 0 };
	struct session s;
	enum exit_code code;
	int first;

	session_init(&s);
	first = command_options(&command_read, argc, argv, session_take, &s, &e);
	if (first < 0)
		return command_fail(&e, EXIT_USAGE);
	if (first == argc && !s.set.check_only) {
		errors_add(&e, (struct place){ 0 },
			   "read what? name a capture file, a folder, or - for standard input");
		return command_fail(&e, EXIT_USAGE);
	}
	code = session_open(&s, &e);
	if (code == EXIT_DONE && !s.set.check_only)
		code = session_captures(&s, argv + first, (size_t)(argc - first), &e);
	session_done(&s);
	return command_fail(&e, code);
}

const struct command command_read = {
	.name = "read",
	.usage = "[options] FILE|-|DIR ...",
	.help = "Analyse captures, print the report",
	.options = options,
	.run = read_run,
};
