/* SPDX-License-Identifier: Apache-2.0 */
/*
 * data: where the rules and endpoint data lie.
 */
#include "base/data.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The folder "rules" beside the running program, if there is one. */
static bool beside_program(struct buf *ret)
{
	char exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	char *slash;

	if (n <= 0)
		return false;
	exe[n] = '\0';
	slash = strrchr(exe, '/');
	if (slash == NULL)
		return false;
	buf_add(ret, exe, (size_t)(slash - exe));
	buf_puts(ret, "/rules");
	return access(buf_text(ret), R_OK | X_OK) == 0;
}

const char *data_path(const char *name, struct buf *ret)
{
	const char *set = secure_getenv("HELLOTAP_DATADIR");

	ret->n = 0;
	if (set != NULL && *set != '\0') {
		buf_puts(ret, set);
	} else if (!beside_program(ret)) {
		ret->n = 0;
		buf_puts(ret, DATADIR);
	}
	if (*name != '\0')
		buf_printf(ret, "/%s", name);
	return buf_text(ret);
}
