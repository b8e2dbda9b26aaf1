/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cursor: the parts too long to be inline.  The idea is told in cursor.h.
 */
#include "base/cursor.h"

#include <string.h>

bool cur_line(struct cursor *c, struct slice *ret)
{
	const uint8_t *nl = c->n ? memchr(c->p, '\n', c->n) : NULL;
	struct slice line;

	if (nl == NULL)
		return false;
	line = cur_slice(c, (size_t)(nl - c->p));
	cur_skip(c, 1);
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	*ret = line;
	return true;
}

/* ASCII only: the locale has no say in what a protocol means. */
static uint8_t lower(uint8_t b)
{
	return b >= 'A' && b <= 'Z' ? (uint8_t)(b | 0x20) : b;
}

bool slice_starts(struct slice s, const char *prefix)
{
	size_t i;

	for (i = 0; prefix[i] != '\0'; i++)
		if (i >= s.n || lower(s.p[i]) != lower((uint8_t)prefix[i]))
			return false;
	return true;
}

bool slice_may_start(struct slice s, const char *prefix)
{
	size_t n = strlen(prefix);
	size_t i;

	for (i = 0; i < n && i < s.n; i++)
		if (lower(s.p[i]) != lower((uint8_t)prefix[i]))
			return false;
	return true;
}

bool slice_is(struct slice s, const char *text)
{
	return s.n == strlen(text) && slice_starts(s, text);
}
