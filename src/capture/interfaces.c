/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: interface descriptions, their clocks and statistics.
 *
 * Source: draft-ietf-opsawg-pcapng, sections 3.5 (options), 4.2 and 4.6.
 */
#include "capture/interfaces.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/text.h"
#include "capture/bytes.h"

#define INTERFACES_MOST 65536	/* in a section; more is damage */
#define ORIGINS_MOST 4096	/* in a file: names, link types and snaplens that differ */
#define NAME_MOST 255		/* bytes of if_name that are kept */

enum option {			/* the codes overlap: which is meant depends on the block */
	OPTION_END = 0,
	IF_NAME = 2,
	IF_TSRESOL = 9,
	IF_TSOFFSET = 14,
	ISB_IFDROP = 5,
	ISB_OSDROP = 7,
};

struct interfaces {
	struct interface *v;
	size_t n, cap;
	struct map *origins;	/* struct origin by link type, snaplen and name */
};

struct interfaces *interfaces_new(void)
{
	struct interfaces *all = xcalloc(1, sizeof(*all));

	all->origins = map_new();
	return all;
}

void interfaces_free(struct interfaces *all)
{
	if (all == NULL)
		return;
	free(all->v);
	map_free(all->origins);
	free(all);
}

void interfaces_forget(struct interfaces *all)
{
	all->n = 0;
}

struct interface *interfaces_find(struct interfaces *all, uint32_t id)
{
	return id < all->n ? &all->v[id] : NULL;
}

static uint64_t plus(uint64_t a, uint64_t b)
{
	return b > UINT64_MAX - a ? UINT64_MAX : a + b;
}

static uint64_t times(uint64_t a, uint64_t b)
{
	return b > 0 && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

static uint64_t power_of_ten(unsigned power)
{
	uint64_t v = 1;

	while (power-- > 0)
		v = times(v, 10);
	return v;
}

/* 32 bits of a fraction are finer than a nanosecond, and their product fits. */
static uint64_t binary_ns(unsigned power, uint64_t units)
{
	uint64_t seconds = power < 64 ? units >> power : 0;
	uint64_t part = power < 64 ? units & ((UINT64_C(1) << power) - 1) : units;

	if (power > 32)
		part = power - 32 < 64 ? part >> (power - 32) : 0;
	return plus(times(seconds, NS_PER_SECOND),
		    part * NS_PER_SECOND >> (power < 32 ? power : 32));
}

uint64_t clock_ns(const struct clock *k, uint64_t units)
{
	uint64_t offset = k->offset < 0 ? 0 - (uint64_t)k->offset : (uint64_t)k->offset;
	uint64_t ns;

	if (!k->binary && k->power == 6)
		ns = times(units, 1000);
	else if (k->binary)
		ns = binary_ns(k->power, units);
	else if (k->power <= 9)
		ns = times(units, power_of_ten(9 - k->power));
	else	/* no 64-bit number reaches 10^20 */
		ns = k->power < 29 ? units / power_of_ten(k->power - 9) : 0;
	if (offset == 0)
		return ns;
	offset = times(offset, NS_PER_SECOND);
	if (k->offset > 0)
		return plus(ns, offset);
	return ns > offset ? ns - offset : 0;
}

/* The next option of a block; false: there are no more, or (spent) they are damaged. */
static bool next_option(struct cursor *c, bool big, uint16_t *code, struct slice *ret)
{
	const uint8_t *head;

	if (cur_left(c) == 0)
		return false;
	head = cur_take(c, 4);
	if (head == NULL)
		return false;
	*code = bytes_u16(head, big);
	*ret = cur_slice(c, bytes_u16(head + 2, big));
	if (!cur_ok(c) || *code == OPTION_END)
		return false;
	for (size_t pad = ret->n; pad % 4 != 0 && cur_left(c) > 0; pad++)
		cur_skip(c, 1);
	return true;
}

/* What of an if_name counts: up to a NUL, and not too much. */
static struct slice name_of(struct slice v)
{
	const uint8_t *end = v.n ? memchr(v.p, '\0', v.n) : NULL;

	if (end)
		v.n = (size_t)(end - v.p);
	if (v.n > NAME_MOST)
		v.n = NAME_MOST;
	return v;
}

/* The name, safe to print: what is not printable ASCII becomes \xNN. */
static char *printable(struct reader *r, struct slice name)
{
	struct buf b = { 0 };
	char *kept;

	if (name.n == 0)
		return NULL;
	text_wire(&b, name);
	kept = arena_text(r->origins, buf_slice(&b));
	buf_done(&b);
	return kept;
}

/*
 * The file's origin of that name that is like `o`, made if there was none; NULL:
 * there are too many.  Interfaces may be described by the million: one that is
 * known costs a lookup, and no memory.
 */
static const struct origin *origin_of(struct reader *r, const struct origin *o, struct slice name)
{
	struct map *all = r->ng.interfaces->origins;
	uint8_t key[2 * sizeof(uint32_t) + NAME_MOST];
	struct slice found = { key, 2 * sizeof(uint32_t) + name.n };
	struct origin *made;
	void **at;

	memcpy(key, &o->linktype, sizeof(uint32_t));
	memcpy(key + sizeof(uint32_t), &o->snaplen, sizeof(uint32_t));
	if (name.n > 0)
		memcpy(key + 2 * sizeof(uint32_t), name.p, name.n);
	at = map_find(all, found);
	if (at != NULL)
		return *at;
	if (map_count(all) == ORIGINS_MOST)
		return NULL;
	made = arena_alloc(r->origins, sizeof(*made));
	*made = *o;
	made->interface = printable(r, name);
	*map_add(all, found) = made;
	return made;
}

static bool add(struct interfaces *all, struct interface one)
{
	if (all->n == INTERFACES_MOST || one.origin == NULL)
		return false;
	if (all->n == all->cap) {
		all->cap = all->cap ? all->cap * 2 : 4;
		all->v = xrealloc(all->v, all->cap * sizeof(*all->v));
	}
	all->v[all->n++] = one;
	return true;
}

static void read_option(const struct reader *r, uint16_t code, struct slice v,
			struct interface *ret, struct slice *ret_name)
{
	if (code == IF_NAME && ret_name->n == 0)
		*ret_name = name_of(v);
	if (code == IF_TSRESOL && v.n >= 1) {
		ret->clock.binary = (v.p[0] & 0x80) != 0;
		ret->clock.power = v.p[0] & 0x7f;
	}
	if (code == IF_TSOFFSET && v.n >= 8)
		ret->clock.offset = (int64_t)bytes_u64(v.p, r->ng.big);
}

/* Link type u16, reserved u16, snaplen u32, options (section 4.2). */
bool interfaces_describe(struct reader *r, struct slice body)
{
	struct cursor c = cursor_of(body);
	const uint8_t *head = cur_take(&c, 8);
	struct origin origin = { .file = r->name };
	struct interface one = { .clock = { .power = 6 } };
	struct slice v, name = { NULL, 0 };
	uint16_t code;

	if (head) {
		origin.linktype = bytes_u16(head, r->ng.big);
		origin.snaplen = bytes_u32(head + 4, r->ng.big);
	}
	while (next_option(&c, r->ng.big, &code, &v))
		read_option(r, code, v, &one, &name);
	if (!cur_ok(&c)) {	/* without its options the clock is not known */
		snprintf(r->wrong, sizeof(r->wrong),
			 "an interface description with a wrong length");
		return false;
	}
	one.origin = origin_of(r, &origin, name);
	if (!add(r->ng.interfaces, one)) {
		snprintf(r->wrong, sizeof(r->wrong), "too many interfaces");
		return false;
	}
	return true;
}

/* Interface u32, time u32 u32, options (section 4.6); counts are since the capture began. */
void interfaces_count(struct reader *r, struct slice body)
{
	struct cursor c = cursor_of(body);
	const uint8_t *head = cur_take(&c, 12);
	uint32_t id = head ? bytes_u32(head, r->ng.big) : UINT32_MAX;
	struct interface *i = interfaces_find(r->ng.interfaces, id);
	uint64_t dropped = 0;
	uint16_t code;
	struct slice v;

	while (next_option(&c, r->ng.big, &code, &v))
		if ((code == ISB_IFDROP || code == ISB_OSDROP) && v.n >= 8)
			dropped = plus(dropped, bytes_u64(v.p, r->ng.big));
	if (i == NULL || dropped <= i->dropped)
		return;
	r->dropped = plus(r->dropped, dropped - i->dropped);
	i->dropped = dropped;
}
