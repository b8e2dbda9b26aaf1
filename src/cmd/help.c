/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd: help [COMMAND|outputs].
 */
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/version.h"
#include "out/out.h"

void help_overview(FILE *to)
{
	fputs("hellotap reads TLS handshakes bound for Microsoft 365 and names the hosts that\n"
	      "force legacy TLS.\n\nUsage:\n", to);
	for (size_t i = 0; commands[i] != NULL; i++)
		fprintf(to, "  hellotap %-9s %s\n", commands[i]->name, commands[i]->help);
	fputs("  hellotap --version  versions of the tool and its libraries\n\n"
	      "A first look:  hellotap read office.pcap\n"
	      "Options of a command:  hellotap help COMMAND\n"
	      "Outputs:               hellotap help outputs\n",
	      to);
}

static void print_outputs(void)
{
	puts("Outputs, for -o NAME[:TARGET] (TARGET: a file, or - for standard output):\n");
	for (size_t i = 0; i < output_count(); i++) {
		printf("  %-12s", output_at(i)->name);
		help_words(output_at(i)->help, 14, stdout);
	}
}

static int unknown(const char *name)
{
	struct errors e = { 0 };
	const char *names[16];
	const char *near;
	size_t n = 0;

	for (; commands[n] != NULL && n < 16; n++)
		names[n] = commands[n]->name;
	near = nearest(name, names, n);
	errors_add(&e, (struct place){ 0 }, "there is no command '%s'%s%s%s", name,
		   near ? "; did you mean '" : "; see 'hellotap help'", near ? near : "",
		   near ? "'?" : "");
	return command_fail(&e, EXIT_USAGE);
}

static int help_run(int argc, char **argv)
{
	const struct command *c = argc > 1 ? command_find(argv[1]) : NULL;

	if (argc < 2) {
		help_overview(stdout);
	} else if (strcmp(argv[1], "outputs") == 0) {
		print_outputs();
	} else if (c != NULL) {
		command_help(c, stdout);
	} else {
		return unknown(argv[1]);
	}
	return EXIT_DONE;
}

int help_unknown_command(const char *name)
{
	return unknown(name);
}

const struct command command_show_help = {
	.name = "help",
	.usage = "[COMMAND|outputs]",
	.help = "Explain a command, or list the outputs",
	.run = help_run,
};
