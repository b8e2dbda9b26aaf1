/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prelude: who gets to listen, and what all of them need.
 */
#include "prelude/prelude.h"

#include <string.h>

static const struct prelude *const preludes[] = {
#define PRELUDE(name) &name,
#include "prelude/preludes.def"
#undef PRELUDE
};

/* Asks one after the other, each from its start. */
static enum prelude_says claim(struct prelude_state *s, enum side side, struct cursor *c)
{
	enum prelude_says answer = PRELUDE_NOT_MINE;

	for (size_t i = 0; i < sizeof(preludes) / sizeof(preludes[0]); i++) {
		struct prelude_state fresh = { .is = preludes[i], .spoken = true };
		struct cursor look = *c;
		enum prelude_says says = preludes[i]->feed(&fresh, side, &look);

		if (says == PRELUDE_UNSURE)
			answer = says;
		if (says == PRELUDE_UNSURE || says == PRELUDE_NOT_MINE)
			continue;
		if (fresh.forwarded[0] == '\0')	/* what PROXY told of those who follow */
			memcpy(fresh.forwarded, s->forwarded, sizeof(fresh.forwarded));
		*s = fresh;
		*c = look;
		return says;
	}
	return answer;
}

void prelude_skip(struct prelude_state *s, struct cursor *c, uint32_t n)
{
	size_t now = n < cur_left(c) ? n : cur_left(c);

	cur_skip(c, now);
	s->skip = n - (uint32_t)now;
}

static enum prelude_says one(struct prelude_state *s, enum side side, struct cursor *c)
{
	enum prelude_says says;

	if (s->is == NULL || s->done)
		return side == CLIENT && prelude_is_tls(c) ? PRELUDE_NOT_MINE : claim(s, side, c);
	if (side == SERVER && s->skip > 0)
		prelude_skip(s, c, s->skip);
	if (side == CLIENT && prelude_is_tls(c))
		return PRELUDE_MORE;
	says = s->is->feed(s, side, c);
	return says == PRELUDE_UNSURE ? PRELUDE_MORE : says;
}

enum prelude_says prelude_feed(struct prelude_state *s, enum side side, struct cursor *c)
{
	enum prelude_says says;
	size_t before;

	do {
		before = cur_left(c);
		says = one(s, side, c);
	} while (says == PRELUDE_MORE && cur_left(c) > 0 && cur_left(c) < before);
	if (says == PRELUDE_NEXT)
		s->done = true;
	return says;
}

/* A decimal number of at most five digits, all of it; -1: it is none. */
static int32_t number(struct slice s)
{
	int32_t n = 0;

	if (s.n == 0 || s.n > 5)
		return -1;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return -1;
		n = n * 10 + (s.p[i] - '0');
	}
	return n;
}

bool prelude_target(const struct prelude_state *s, struct slice *ret_host, uint16_t *ret_port)
{
	struct slice all = { (const uint8_t *)s->target, strlen(s->target) };
	const char *colon = strrchr(s->target, ':'), *bracket = strrchr(s->target, ']');
	struct slice host = all;
	int32_t port = 0;

	/* "host:port", "[v6]:port", "host", "[v6]", a bare v6 with colons of its own */
	if (colon != NULL &&
	    (bracket ? colon > bracket : strchr(s->target, ':') == colon)) {
		struct cursor c = cursor_of(all);

		host = cur_slice(&c, (size_t)(colon - s->target));
		cur_skip(&c, 1);
		port = cur_left(&c) > 0 ? number(cur_rest(&c)) : 0;
	}
	if (host.n >= 2 && host.p[0] == '[' && host.p[host.n - 1] == ']') {
		struct cursor c = cursor_of(host);

		cur_skip(&c, 1);
		host = cur_slice(&c, host.n - 2);
	}
	if (host.n == 0 || port < 0 || port > UINT16_MAX)
		return false;
	*ret_host = host;
	*ret_port = (uint16_t)port;
	return true;
}

bool prelude_is_tls(const struct cursor *c)
{
	struct cursor look = *c;
	uint8_t first = cur_u8(&look), second = cur_u8(&look);

	if (first == 0x16)			/* a handshake record, version 3.x */
		return !cur_ok(&look) || second == 3;
	/* SSLv2 format: two bytes of length, type 1, version 0.2 or 3.x */
	if (first < 0x80 || cur_u8(&look) != 1)
		return false;
	first = cur_u8(&look);
	return first == 3 || (first == 0 && cur_u8(&look) == 2);
}

bool prelude_line(struct cursor *c, struct slice *ret)
{
	return !prelude_is_tls(c) && cur_line(c, ret);
}

enum prelude_says prelude_wait(const struct cursor *c, enum prelude_says otherwise)
{
	return cur_left(c) > PRELUDE_LINE ? PRELUDE_NOT_MINE : otherwise;
}

enum prelude_says prelude_lines(struct prelude_state *s, struct cursor *c, prelude_line_fn hear)
{
	struct slice line;

	while (prelude_line(c, &line)) {
		enum prelude_says says = hear(s, line);

		if (says != PRELUDE_MORE)
			return says;
	}
	return prelude_wait(c, s->step == 0 ? PRELUDE_UNSURE : PRELUDE_MORE);
}

bool prelude_word(struct slice line, const char *word)
{
	size_t n = strlen(word);

	return slice_starts(line, word) && (line.n == n || line.p[n] == ' ');
}

uint16_t prelude_code(struct slice line, bool *ret_last)
{
	struct cursor c = cursor_of(line);
	int32_t code = number(cur_slice(&c, 3));

	*ret_last = cur_u8(&c) != '-';
	return code > 0 ? (uint16_t)code : 0;
}

void prelude_copy(struct slice s, size_t room, char *ret)
{
	size_t n = s.n < room ? s.n : room - 1;

	for (size_t i = 0; i < n; i++)
		ret[i] = s.p[i] < ' ' || s.p[i] == 0x7f ? '?' : (char)s.p[i];
	ret[n] = '\0';
}

void prelude_text(struct prelude_state *s, struct slice line, size_t n)
{
	struct cursor c = cursor_of(line);

	cur_skip(&c, n < line.n ? n : line.n);
	prelude_copy(cur_rest(&c), sizeof(s->answer), s->answer);
}

void prelude_set_target(struct prelude_state *s, struct slice host, uint16_t port)
{
	char digits[6], *d = digits + sizeof(digits);
	size_t n;

	s->target[0] = '\0';
	*--d = '\0';
	do
		*--d = (char)('0' + port % 10);
	while ((port /= 10) > 0);
	n = strlen(d);
	if (host.n == 0 || host.n + 1 + n >= sizeof(s->target))
		return;
	prelude_copy(host, sizeof(s->target), s->target);
	s->target[host.n] = ':';
	memcpy(s->target + host.n + 1, d, n + 1);
}
