/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prelude: HTTP CONNECT (RFC 9110, section 9.3.6).
 *
 *	C: CONNECT outlook.office365.com:443 HTTP/1.1, headers
 *	S: HTTP/1.1 200 Connection established, headers
 *	C: <ClientHello>
 *
 * A 407 asks for credentials, and the client tries again on the same connection.
 * Who was asked for is the best clue to where the client wanted to go; Via and
 * X-Forwarded-For (RFC 9110, section 7.6.3; RFC 7239, appendix A) tell who else is on
 * the way.
 */
#include "prelude/prelude.h"

#include <string.h>

enum { REQUEST, STATUS, HEADERS };	/* step: what the server is to send; REQUEST: nothing yet */

enum { TOO_LONG = 1 };			/* note: the client is in a header that was let go */

static struct slice word(struct cursor *c)
{
	const uint8_t *space = cur_left(c) ? memchr(c->p, ' ', c->n) : NULL;
	struct slice w = cur_slice(c, space ? (size_t)(space - c->p) : cur_left(c));

	if (space != NULL)
		cur_skip(c, 1);
	return w;
}

/* A target that does not fit, or bears control characters, is left unknown. */
static bool request_line(struct prelude_state *s, struct slice line)
{
	struct cursor c = cursor_of(line);
	struct slice target;

	if (!slice_starts(line, "CONNECT "))
		return false;
	(void)word(&c);
	target = word(&c);
	if (target.n == 0 || !slice_starts(cur_peek(&c), "HTTP/1."))
		return false;
	s->target[0] = s->agent[0] = '\0';
	if (target.n < sizeof(s->target))
		prelude_copy(target, sizeof(s->target), s->target);
	if (strchr(s->target, '?') != NULL)
		s->target[0] = '\0';
	return true;
}

/* The value of that header, without the blanks around it. */
static bool header_is(struct slice line, const char *name, struct slice *ret)
{
	struct cursor c = cursor_of(line);
	struct slice v;

	if (!slice_starts(line, name))
		return false;
	cur_skip(&c, strlen(name));
	while (slice_starts(cur_peek(&c), " ") || slice_starts(cur_peek(&c), "\t"))
		cur_skip(&c, 1);
	v = cur_rest(&c);
	while (v.n > 0 && (v.p[v.n - 1] == ' ' || v.p[v.n - 1] == '\t'))
		v.n--;
	*ret = v;
	return true;
}

static void client_line(struct prelude_state *s, struct slice line)
{
	struct slice value;

	if ((s->note & TOO_LONG) != 0)
		s->note = 0;
	else if (request_line(s, line))
		return;
	else if (header_is(line, "User-Agent:", &value))
		prelude_copy(value, sizeof(s->agent), s->agent);
	else if (header_is(line, "X-Forwarded-For:", &value))
		prelude_copy(value, sizeof(s->forwarded), s->forwarded);
	else if (header_is(line, "Via:", &value))
		prelude_copy(value, sizeof(s->via), s->via);
}

/* Credentials may be long: of a header without an end only the beginning could concern us. */
static enum prelude_says client_feed(struct prelude_state *s, struct cursor *c)
{
	struct slice line;

	while (prelude_line(c, &line))
		client_line(s, line);
	if (!prelude_is_tls(c) && cur_left(c) > PRELUDE_LINE) {
		s->note = TOO_LONG;
		(void)cur_rest(c);
	}
	return PRELUDE_MORE;
}

static uint32_t decimal(struct slice s)
{
	uint32_t n = 0;

	for (size_t i = 0; i < s.n && s.p[i] >= '0' && s.p[i] <= '9' && n < 100000000; i++)
		n = n * 10 + (uint32_t)(s.p[i] - '0');
	return n;
}

/* In memo: how long the body is of the answer whose headers are being read. */
static enum prelude_says headers_end(struct prelude_state *s)
{
	uint32_t body = s->memo;

	s->step = STATUS;
	s->memo = 0;
	if (s->status >= 200 && s->status < 300)
		return PRELUDE_TLS;		/* such an answer has no body, whatever it says */
	if (s->status >= 300 && s->status != 407)
		return PRELUDE_REFUSED;
	if (s->status >= 300)
		s->skip = body;
	return PRELUDE_MORE;
}

/* A Via of the client's side or of another answer is not as near as this answer's own. */
static void server_header(struct prelude_state *s, struct slice line)
{
	struct slice value;

	if (header_is(line, "Content-Length:", &value))
		s->memo = decimal(value);
	else if (header_is(line, "Via:", &value) ||
		 (s->via[0] == '\0' && (header_is(line, "Proxy-Agent:", &value) ||
					header_is(line, "Server:", &value))))
		prelude_copy(value, sizeof(s->via), s->via);
}

/* "HTTP/1.1 200 ...".  Anything else is what is left of a body without a known length. */
static void status_line(struct prelude_state *s, struct slice line)
{
	struct cursor c = cursor_of(line);
	bool last;

	if (!slice_starts(line, "HTTP/1."))
		return;
	(void)word(&c);
	s->status = prelude_code(cur_peek(&c), &last);
	if (s->status >= 300) {
		(void)word(&c);
		prelude_copy(cur_rest(&c), sizeof(s->answer), s->answer);
	}
	s->memo = 0;
	s->step = HEADERS;
}

static enum prelude_says server_line(struct prelude_state *s, struct slice line)
{
	if (s->step == STATUS)
		status_line(s, line);
	else if (line.n == 0)
		return headers_end(s);
	else
		server_header(s, line);
	return PRELUDE_MORE;
}

static enum prelude_says server_feed(struct prelude_state *s, struct cursor *c)
{
	struct slice line;

	while (s->skip == 0 && cur_line(c, &line)) {
		enum prelude_says says = server_line(s, line);

		if (says != PRELUDE_MORE)
			return says;
	}
	return s->skip == 0 ? prelude_wait(c, PRELUDE_MORE) : PRELUDE_MORE;
}

static enum prelude_says connect_feed(struct prelude_state *s, enum side side, struct cursor *c)
{
	struct slice line;

	if (s->step != REQUEST)
		return side == CLIENT ? client_feed(s, c) : server_feed(s, c);
	if (side != CLIENT || !slice_may_start(cur_peek(c), "CONNECT "))
		return PRELUDE_NOT_MINE;
	if (!cur_line(c, &line))
		return prelude_wait(c, PRELUDE_UNSURE);
	if (!request_line(s, line))
		return PRELUDE_NOT_MINE;
	s->step = STATUS;
	return client_feed(s, c);
}

const struct prelude prelude_connect = {
	.name = "connect",
	.feed = connect_feed,
};
