/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: name resolution blocks.
 *
 *	record:	type u16, length u16, value, padding to 32 bits
 *	value:	an address of 4 (type 1) or 16 bytes (type 2), then names,
 *		each with a zero byte behind it
 *
 * A record of type 0 ends them; options follow, which are of no interest.
 * Source: draft-ietf-opsawg-pcapng, section 4.5.
 */
#include "capture/hostnames.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/text.h"
#include "capture/bytes.h"

#define NAME_MOST 255		/* bytes of a name that are kept: those of the longest in DNS */

enum record {
	RECORD_END = 0,
	RECORD_IPV4 = 1,
	RECORD_IPV6 = 2,
};

struct hostnames {
	struct map *of;			/* sixteen bytes of address to a text */
	struct arena texts;
};

struct hostnames *hostnames_new(void)
{
	struct hostnames *all = xcalloc(1, sizeof(*all));

	all->of = map_new();
	return all;
}

void hostnames_free(struct hostnames *all)
{
	if (all == NULL)
		return;
	map_free(all->of);
	arena_done(&all->texts);
	free(all);
}

size_t hostnames_count(const struct hostnames *all)
{
	return map_count(all->of);
}

const char *hostnames_find(const struct hostnames *all, const struct addr *a)
{
	void **at = map_find(all->of, (struct slice){ a->b, sizeof(a->b) });

	return at ? *at : NULL;
}

/* The name, safe to print: what is not printable ASCII becomes \xNN. */
static char *printable(struct hostnames *all, struct slice name)
{
	struct buf b = { 0 };
	char *kept;

	text_wire(&b, name);
	kept = arena_text(&all->texts, buf_slice(&b));
	buf_done(&b);
	return kept;
}

/* False: there is no room for it. */
static bool keep(struct hostnames *all, const struct addr *a, struct slice name)
{
	const uint8_t *end = name.n ? memchr(name.p, '\0', name.n) : NULL;

	if (end)
		name.n = (size_t)(end - name.p);
	if (name.n > NAME_MOST)
		name.n = NAME_MOST;
	if (name.n == 0 || hostnames_find(all, a) != NULL)
		return true;
	if (hostnames_count(all) == HOSTNAMES_MOST)
		return false;
	*map_add(all->of, (struct slice){ a->b, sizeof(a->b) }) = printable(all, name);
	return true;
}

static bool read_record(struct hostnames *all, uint16_t type, struct slice value)
{
	struct cursor c = cursor_of(value);
	struct slice at = cur_slice(&c, type == RECORD_IPV4 ? 4 : 16);
	struct addr a;

	if (!cur_ok(&c) || (type != RECORD_IPV4 && type != RECORD_IPV6))
		return true;
	a = type == RECORD_IPV4 ? addr_v4(at) : addr_v6(at);
	return keep(all, &a, cur_rest(&c));
}

uint64_t hostnames_read(struct hostnames *all, struct slice body, bool big)
{
	struct cursor c = cursor_of(body);
	uint64_t left_out = 0;

	while (cur_left(&c) > 0) {
		const uint8_t *head = cur_take(&c, 4);
		uint16_t type = head ? bytes_u16(head, big) : RECORD_END;
		struct slice value = cur_slice(&c, head ? bytes_u16(head + 2, big) : 0);

		if (type == RECORD_END || !cur_ok(&c))
			break;
		left_out += !read_record(all, type, value);
		for (size_t pad = value.n; pad % 4 != 0 && cur_left(&c) > 0; pad++)
			cur_skip(&c, 1);
	}
	return left_out;
}
