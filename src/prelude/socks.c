/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prelude: SOCKS 4 (openssh.com/txt/socks4.protocol), 4a (socks4a.protocol),
 * 5 (RFC 1928), with user and password (RFC 1929).
 *
 *	C: methods		S: the one it chose
 *	C: user, password	S: status		(if that was chosen)
 *	C: connect to target	S: reply
 *	C: <ClientHello>
 *
 * Every message says by its first byte what it is, so the two sides need not be
 * heard in the order in which they spoke.
 */
#include "prelude/prelude.h"
#include "base/addr.h"

#include <string.h>

enum { START, CHOOSING, REQUESTED };		/* step: the client's */
enum { SILENT, CHOSEN };			/* note: the server's */

enum {
	V4 = 4, V5 = 5, AUTH = 1,		/* what a message begins with; memo: V4 or V5 */
	CONNECT = 1,
	METHOD_NONE = 0, METHOD_PASSWORD = 2, METHOD_REFUSED = 0xff,
	ADDRESS_V4 = 1, ADDRESS_NAME = 3, ADDRESS_V6 = 4,
	GRANTED_V4 = 90, REJECTED_V4 = 93
};

/* Text that ends with a NUL, which is eaten; spends the cursor if none comes. */
static struct slice text(struct cursor *c)
{
	const uint8_t *end = cur_left(c) ? memchr(c->p, 0, c->n) : NULL;
	struct slice s = { .p = NULL };

	if (end == NULL) {
		cur_spend(c);
		return s;
	}
	s = cur_slice(c, (size_t)(end - c->p));
	cur_skip(c, 1);
	return s;
}

static void target_address(struct prelude_state *s, const struct addr *a, uint16_t port)
{
	char host[ADDR_TEXT + 2] = "[";
	bool v4 = addr_is_v4(a);

	(void)addr_text(a, host + 1);
	strcat(host, "]");
	prelude_set_target(s, (struct slice){ (const uint8_t *)host + v4,
					      strlen(host) - 2 * (size_t)v4 }, port);
}

/* Incomplete messages are waited for, as long as they can yet become one. */
static enum prelude_says wait(const struct cursor *c)
{
	enum { LONGEST = 3 + 255 + 1 + 255 };

	return cur_left(c) > LONGEST ? PRELUDE_NOT_MINE : PRELUDE_UNSURE;
}

static enum prelude_says request_v4(struct prelude_state *s, struct cursor *c)
{
	struct cursor look = *c;
	uint8_t version = cur_u8(&look), command = cur_u8(&look);
	uint16_t port = cur_u16(&look);
	struct slice four = cur_slice(&look, 4), name = { .p = NULL };
	struct addr a = addr_v4(four);
	bool named = cur_ok(&look) && memcmp(four.p, "\0\0\0", 3) == 0 && four.p[3] != 0;

	if (version != V4 || (cur_left(c) > 1 && command != CONNECT))
		return PRELUDE_NOT_MINE;
	if (cur_ok(&look) && port == 0)
		return PRELUDE_NOT_MINE;
	(void)text(&look);			/* the user */
	if (named)
		name = text(&look);
	if (!cur_ok(&look))
		return wait(c);
	if (named)
		prelude_set_target(s, name, port);
	else
		target_address(s, &a, port);
	*c = look;
	s->memo = V4;
	s->step = REQUESTED;
	return PRELUDE_MORE;
}

/* Methods that were ever registered, or are private (RFC 1928, section 3; IANA). */
static bool are_methods(struct slice methods)
{
	for (size_t i = 0; i < methods.n; i++)
		if (methods.p[i] > 9 && methods.p[i] < 0x80)
			return false;
	return methods.n > 0;
}

static enum prelude_says greeting_v5(struct prelude_state *s, struct cursor *c)
{
	struct cursor look = *c;
	struct slice methods;
	uint8_t count;

	cur_skip(&look, 1);
	count = cur_u8(&look);
	methods = cur_slice(&look, count);
	if (!cur_ok(&look))
		return count > 32 ? PRELUDE_NOT_MINE : PRELUDE_UNSURE;
	if (!are_methods(methods))
		return PRELUDE_NOT_MINE;
	*c = look;
	s->memo = V5;
	s->step = CHOOSING;
	return PRELUDE_MORE;
}

static enum prelude_says password(struct cursor *c)
{
	struct cursor look = *c;

	cur_skip(&look, 1);
	(void)cur_vec8(&look);
	(void)cur_vec8(&look);
	if (!cur_ok(&look))
		return wait(c);
	*c = look;
	return PRELUDE_MORE;
}

/* An address in SOCKS 5: its kind, itself, a port; spends the cursor if it is none. */
static void address_v5(struct cursor *c, struct prelude_state *s)
{
	uint8_t kind = cur_u8(c);
	struct slice host = { .p = NULL };
	struct addr a;
	uint16_t port;

	if (kind == ADDRESS_NAME)
		host = cur_vec8(c);
	else if (kind == ADDRESS_V4)
		a = addr_v4(cur_slice(c, 4));
	else if (kind == ADDRESS_V6)
		a = addr_v6(cur_slice(c, 16));
	else
		cur_spend(c);
	port = cur_u16(c);
	if (!cur_ok(c) || s == NULL)
		return;
	if (kind == ADDRESS_NAME)
		prelude_set_target(s, host, port);
	else
		target_address(s, &a, port);
}

static enum prelude_says request_v5(struct prelude_state *s, struct cursor *c)
{
	struct cursor look = *c;
	uint8_t command;

	cur_skip(&look, 1);
	command = cur_u8(&look);
	cur_skip(&look, 1);
	if (cur_ok(&look) && command != CONNECT)
		return PRELUDE_NOT_MINE;
	address_v5(&look, s);
	if (!cur_ok(&look))
		return wait(c);
	*c = look;
	s->step = REQUESTED;
	return PRELUDE_MORE;
}

static enum prelude_says client_feed(struct prelude_state *s, struct cursor *c)
{
	struct cursor look = *c;
	uint8_t first = cur_u8(&look);

	if (cur_left(c) == 0)
		return PRELUDE_UNSURE;
	if (s->step == START)
		return first == V5 ? greeting_v5(s, c) : request_v4(s, c);
	if (s->step == REQUESTED)
		return PRELUDE_MORE;		/* before the reply; not for us */
	if (first == AUTH)
		return password(c);
	return first == V5 ? request_v5(s, c) : PRELUDE_NOT_MINE;
}

static enum prelude_says reply_v4(struct prelude_state *s, struct cursor *c)
{
	struct cursor look = *c;
	uint8_t version = cur_u8(&look), code = cur_u8(&look);

	cur_skip(&look, 2 + 4);
	if (!cur_ok(&look))
		return PRELUDE_MORE;
	if (version != 0 || code < GRANTED_V4 || code > REJECTED_V4)
		return PRELUDE_NOT_MINE;
	*c = look;
	s->status = code;
	return code == GRANTED_V4 ? PRELUDE_TLS : PRELUDE_REFUSED;
}

static enum prelude_says choice_v5(struct prelude_state *s, uint8_t method)
{
	s->note = CHOSEN;
	if (method == METHOD_NONE || method == METHOD_PASSWORD)
		return PRELUDE_MORE;
	s->status = method;
	return method == METHOD_REFUSED ? PRELUDE_REFUSED : PRELUDE_NOT_MINE;
}

static enum prelude_says reply_v5(struct prelude_state *s, struct cursor *c, uint8_t code)
{
	struct cursor look = *c;

	s->status = code;
	if (code != 0)
		return PRELUDE_REFUSED;
	cur_skip(&look, 3);
	address_v5(&look, NULL);
	if (!cur_ok(&look))
		return PRELUDE_MORE;
	*c = look;
	return PRELUDE_TLS;
}

static enum prelude_says server_feed(struct prelude_state *s, struct cursor *c)
{
	struct cursor look = *c;
	uint8_t first = cur_u8(&look), second = cur_u8(&look);

	if (s->step == START)
		return PRELUDE_NOT_MINE;
	if (s->memo == V4)
		return reply_v4(s, c);
	if (!cur_ok(&look))
		return PRELUDE_MORE;
	if (first == V5 && s->note == CHOSEN)
		return reply_v5(s, c, second);
	if (first != V5 && (first != AUTH || s->note != CHOSEN))
		return PRELUDE_NOT_MINE;
	*c = look;
	if (first == V5)
		return choice_v5(s, second);
	s->status = second;
	return second == 0 ? PRELUDE_MORE : PRELUDE_REFUSED;
}

static enum prelude_says socks_feed(struct prelude_state *s, enum side side, struct cursor *c)
{
	return side == CLIENT ? client_feed(s, c) : server_feed(s, c);
}

const struct prelude prelude_socks = {
	.name = "socks",
	.feed = socks_feed,
};
