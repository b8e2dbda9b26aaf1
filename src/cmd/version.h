/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd: what main.c says of the program without running a command.
 */
#ifndef CMD_VERSION_H
#define CMD_VERSION_H

#include <stdio.h>

void help_overview(FILE *to);
int help_unknown_command(const char *name);	/* says so; the exit code */
void version_print(FILE *to);

#endif
