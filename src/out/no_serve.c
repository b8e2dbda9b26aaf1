/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serve: not built in: without libmicrohttpd a text goes to a file.
 */
#include "out/serve.h"

bool serve_wants(const char *target)
{
	const char *colon = target;
	const char *last = NULL;

	for (; *colon != '\0'; colon++)
		if (*colon == ':')
			last = colon;
	return last != NULL && last[1] >= '0' && last[1] <= '9';
}

struct server *serve_open(const char *target, struct errors *e)
{
	errors_add(e, (struct place){ .file = target }, "cannot be listened at: built without "
		   "libmicrohttpd; expected the name of a file");
	return NULL;
}

void serve_close(struct server *v) { (void)v; }
void serve_text(struct server *v, struct slice text) { (void)v; (void)text; }
void serve_pump(struct server *v) { (void)v; }
