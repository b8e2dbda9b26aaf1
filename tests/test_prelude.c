/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is said before TLS: dialogues as they are spoken, cut at every byte, in
 * pieces, with wrong bits, and heard from one side only.
 */
#include "test.h"

#include "prelude/prelude.h"

#define HELLO "\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03"

struct said {
	enum side side;
	const char *bytes;
	size_t n;
};

#define C(text) { CLIENT, text, sizeof(text) - 1 }
#define S(text) { SERVER, text, sizeof(text) - 1 }
#define END { CLIENT, NULL, 0 }

#define MOST 12

/* Both sides' bytes that were not eaten yet, as the flow room keeps them. */
struct ear {
	struct prelude_state state;
	uint8_t held[2][32768];
	size_t n[2];
	enum prelude_says says;
};

static bool is_final(enum prelude_says says)
{
	return says != PRELUDE_MORE && says != PRELUDE_UNSURE && says != PRELUDE_NEXT;
}

static void hear(struct ear *e, enum side side, const void *bytes, size_t n)
{
	size_t before;

	assert_true(e->n[side] + n <= sizeof(e->held[side]));
	memcpy(e->held[side] + e->n[side], bytes, n);
	e->n[side] += n;
	do {
		struct slice s = exact_copy(e->held[side], e->n[side]);
		struct cursor c = cursor_of(s);

		before = e->n[side];
		e->says = prelude_feed(&e->state, side, &c);
		assert_true(cur_ok(&c) && cur_left(&c) <= before);
		if (e->says == PRELUDE_UNSURE)
			assert_true(cur_left(&c) == before &&
				    (e->state.is == NULL || e->state.done));
		e->n[side] = cur_left(&c);
		memmove(e->held[side], e->held[side] + before - e->n[side], e->n[side]);
		exact_free(s);
	} while (!is_final(e->says) && e->n[side] > 0 && e->n[side] < before);
}

#define HEAR(e, side, text) hear(e, side, text, sizeof(text) - 1)

/* Says it in pieces of that size (0: each line at once) until the answer is final. */
static void play(struct ear *e, const struct said *d, size_t piece)
{
	*e = (struct ear){ .says = PRELUDE_UNSURE };
	for (; d->bytes != NULL; d++)
		for (size_t at = 0; at < d->n; at += piece ? piece : d->n) {
			size_t left = d->n - at, n = piece && piece < left ? piece : left;

			hear(e, d->side, d->bytes + at, n);
			if (is_final(e->says))
				return;
		}
}

struct dialogue {
	const char *kind;		/* NULL: nobody's */
	enum prelude_says says;
	const char *target, *agent;
	uint16_t status;
	struct said said[MOST];
};

static const struct dialogue dialogues[] = {
	{ "connect", PRELUDE_TLS, "outlook.office365.com:443", "Microsoft Office/16.0", 200, {
		C("CONNECT outlook.office365.com:443 HTTP/1.1\r\nHost: outlook.office365.com\r\n"
		  "user-agent: \tMicrosoft Office/16.0 \r\nProxy-Connection: Keep-Alive\r\n\r\n"),
		S("HTTP/1.1 200 Connection established\r\nVia: 1.1 proxy\r\n\r\n"), END } },
	{ "connect", PRELUDE_TLS, "a.example:443", "two", 200, {
		C("CONNECT b.example:443 HTTP/1.1\r\nUser-Agent: one\r\n\r\n"),
		S("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 26\r\n\r\n"
		  "HTTP/1.1 200 is in a body\n"),
		C("CONNECT a.example:443 HTTP/1.1\r\nUser-Agent: two\r\n"
		  "Proxy-Authorization: Negotiate TlRMTVNTUAAB\r\n\r\n"),
		S("HTTP/1.1 407 Proxy Authentication Required\r\n"
		  "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
		C("CONNECT a.example:443 HTTP/1.1\r\nUser-Agent: two\r\n\r\n"),
		S("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"), END } },
	{ "connect", PRELUDE_MORE, "a.example:443", "", 407, {
		C("CONNECT a.example:443 HTTP/1.0\n\n"),
		S("HTTP/1.0 407 Proxy Authentication Required\n\n<html>\n"), END } },
	{ "connect", PRELUDE_REFUSED, "a.example:25", "", 403, {
		C("CONNECT a.example:25 HTTP/1.1\r\n\r\n"),
		S("HTTP/1.1 403 Forbidden\r\nContent-Length: 5\r\n\r\nsorry"), END } },
	{ NULL, PRELUDE_NOT_MINE, "", "", 0, {		/* NATS */
		C("CONNECT {\"verbose\":false}\r\n"), END } },
	{ NULL, PRELUDE_NOT_MINE, "", "", 0, { C("GET / HTTP/1.1\r\n"), END } },
	{ NULL, PRELUDE_NOT_MINE, "", "", 0, { S("SSH-2.0-OpenSSH_9.2\r\n"), END } },
	{ NULL, PRELUDE_NOT_MINE, "", "", 0, { C("SSH-2.0-OpenSSH_9.2\r\n"), END } },

	{ "socks", PRELUDE_TLS, "52.96.165.2:443", "", 90, {
		C("\x04\x01\x01\xbb\x34\x60\xa5\x02" "alice\0"),
		S("\x00\x5a\x00\x00\x00\x00\x00\x00"), END } },
	{ "socks", PRELUDE_REFUSED, "teams.microsoft.com:443", "", 91, {
		C("\x04\x01\x01\xbb\x00\x00\x00\x01\0teams.microsoft.com\0"),
		S("\x00\x5b\x00\x00\x00\x00\x00\x00"), END } },
	{ "socks", PRELUDE_TLS, "teams.microsoft.com:443", "", 0, {
		C("\x05\x02\x00\x02"), S("\x05\x00"),
		C("\x05\x01\x00\x03\x13teams.microsoft.com\x01\xbb"),
		S("\x05\x00\x00\x01\x0a\x00\x00\x01\x04\xd2"), END } },
	{ "socks", PRELUDE_TLS, "[2603:1006::9]:443", "", 0, {
		C("\x05\x01\x02"), S("\x05\x02"),
		C("\x01\x05" "alice" "\x06" "secret"), S("\x01\x00"),
		C("\x05\x01\x00\x04\x26\x03\x10\x06\0\0\0\0\0\0\0\0\0\0\0\x09\x01\xbb"),
		S("\x05\x00\x00\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x04\xd2"), END } },
	{ "socks", PRELUDE_REFUSED, "", "", 1, {
		C("\x05\x01\x02"), S("\x05\x02"), C("\x01\x01" "a" "\x01" "b"), S("\x01\x01"),
		END } },
	{ "socks", PRELUDE_REFUSED, "", "", 255, { C("\x05\x01\x00"), S("\x05\xff"), END } },
	{ "socks", PRELUDE_REFUSED, "10.0.0.1:443", "", 2, {
		C("\x05\x01\x00"), S("\x05\x00"), C("\x05\x01\x00\x01\x0a\x00\x00\x01\x01\xbb"),
		S("\x05\x02\x00\x01\0\0\0\0\0\0"), END } },
	{ "socks", PRELUDE_NOT_MINE, "", "", 1, { C("\x05\x01\x01"), S("\x05\x01"), END } },
	{ NULL, PRELUDE_NOT_MINE, "", "", 0, { C("\x04\x02\x01\xbb\x34\x60\xa5\x02\0"), END } },

	{ "proxy-protocol", PRELUDE_NEXT, "", "", 0, {
		C("PROXY TCP4 10.1.4.23 10.0.0.1 50123 443\r\n"), END } },
	{ "proxy-protocol", PRELUDE_NEXT, "", "", 0, {
		C("\r\n\r\n\0\r\nQUIT\n"
		  "\x21\x11\x00\x0c\x0a\x01\x04\x17\x0a\0\0\x01\xc3\xcb\x01\xbb"), END } },
	{ "connect", PRELUDE_TLS, "a.example:443", "", 200, {
		C("PROXY UNKNOWN\r\nCONNECT a.example:443 HTTP/1.1\r\n\r\n"),
		S("HTTP/1.1 200 OK\r\n\r\n"), END } },
	{ NULL, PRELUDE_NOT_MINE, "", "", 0, { C("PROXY TCP9 what\r\n"), END } },

	{ "smtp", PRELUDE_TLS, "", "", 220, {
		S("220-mail.example.com\r\n220 ready\r\n"), C("EHLO pc\r\n"),
		S("250-mail.example.com\r\n250-STARTTLS\r\n250 SIZE\r\n"), C("STARTTLS\r\n"),
		S("220 2.0.0 Ready\r\n"), END } },
	{ "smtp", PRELUDE_TLS, "", "", 220, {		/* pipelined: answers in order */
		S("220 mail ESMTP\r\n"), C("EHLO pc\r\nSTARTTLS\r\n"),
		S("250-mail\r\n250 STARTTLS\r\n220 go\r\n"), END } },
	{ "smtp", PRELUDE_REFUSED, "", "", 454, {
		S("220 mail ESMTP\r\n"), C("EHLO pc\r\n"), S("502 what?\r\n"), C("HELO pc\r\n"),
		S("250 mail\r\n"), C("starttls\r\n"), S("454 TLS not available\r\n"), END } },
	{ "smtp", PRELUDE_REFUSED, "", "", 421, {	/* whenever it likes */
		S("220 mail ESMTP\r\n"), C("EHLO pc\r\n"),
		S("421 4.7.66 TLS 1.0 and 1.1 are not supported\r\n"), END } },
	{ "smtp", PRELUDE_REFUSED, "", "", 530, {	/* TLS, please */
		S("220 mail ESMTP\r\n"), C("EHLO pc\r\n"), S("250 mail\r\n"),
		C("MAIL FROM:<a@b.example>\r\n"),
		S("530 5.7.0 Must issue a STARTTLS command first\r\n"), END } },
	{ "imap", PRELUDE_REFUSED, "", "", 0, {
		S("* OK ready\r\n"), C("a1 CAPABILITY\r\n"), S("* BYE no more\r\n"), END } },
	{ "smtp", PRELUDE_NOT_MINE, "", "", 250, {	/* a mail in the clear */
		S("220 mail ESMTP\r\n"), C("EHLO pc\r\n"), S("250 mail\r\n"),
		C("DATA\r\n"), END } },
	{ "smtp", PRELUDE_TLS, "", "", 220, {		/* the client was captured first */
		C("EHLO pc\r\n"), S("220 mail ESMTP\r\n250 STARTTLS\r\n"), C("STARTTLS\r\n"),
		S("220 go\r\n"), END } },
	{ "ftp", PRELUDE_TLS, "", "", 234, {
		S("220 (vsFTPd 3.0.3)\r\n"), C("AUTH TLS\r\n"), S("234 Proceed\r\n"), END } },
	{ "ftp", PRELUDE_TLS, "", "", 234, {		/* a greeting like a mail server's */
		S("220 Welcome.\r\n"), C("FEAT\r\n"), S("211-Features\r\n AUTH TLS\r\n211 End\r\n"),
		C("AUTH TLS\r\n"), S("504 no\r\n"), C("AUTH SSL\r\n"), S("234 yes\r\n"), END } },
	{ "ftp", PRELUDE_REFUSED, "", "", 530, {
		S("220 FTP server\r\n"), C("AUTH TLS\r\n"), S("530 no\r\n"), C("USER anna\r\n"),
		END } },
	{ "pop3", PRELUDE_TLS, "", "", 0, {
		S("+OK ready\r\n"), C("CAPA\r\n"), S("+OK\r\nSTLS\r\nUSER\r\n.\r\n"), C("STLS\r\n"),
		S("+OK Begin TLS\r\n"), END } },
	{ "pop3", PRELUDE_REFUSED, "", "", 0, {
		S("+OK ready\r\n"), C("STLS\r\n"), S("-ERR no\r\n"), END } },
	{ "pop3", PRELUDE_NOT_MINE, "", "", 0, {
		S("+OK ready\r\n"), C("USER a\r\n"), S("+OK\r\n"), C("PASS b\r\n"), S("+OK\r\n"),
		C("STAT\r\n"), END } },
	{ "imap", PRELUDE_TLS, "", "", 0, {
		S("* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n"), C("a1 CAPABILITY\r\n"),
		S("* CAPABILITY IMAP4rev1 STARTTLS\r\na1 OK done\r\n"), C("a2 StartTLS\r\n"),
		S("a2 OK Begin TLS\r\n"), END } },
	{ "imap", PRELUDE_TLS, "", "", 0, {		/* an earlier answer comes later */
		S("* OK ready\r\n"), C("a1 NOOP\r\na2 STARTTLS\r\n"),
		S("a1 OK done\r\na2 OK Begin\r\n"), END } },
	{ "imap", PRELUDE_REFUSED, "", "", 0, {
		S("* OK ready\r\n"), C(". STARTTLS\r\n"), S(". BAD unknown\r\n"), END } },
	{ "imap", PRELUDE_TLS, "", "", 0, {
		C("1 STARTTLS\r\n"), S("* OK ready\r\n1 OK Begin\r\n"), END } },
	{ NULL, PRELUDE_NOT_MINE, "", "", 0, { S("* BYE busy\r\n"), END } },

	{ "ldap", PRELUDE_TLS, "", "", 0, {
		C("\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\x00\x80\x00"),
		S("\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00"),
		C("\x30\x1d\x02\x01\x02\x77\x18\x80\x16" "1.3.6.1.4.1.1466.20037"),
		S("\x30\x84\x00\x00\x00\x10\x02\x01\x02\x78\x84\x00\x00\x00\x07"
		  "\x0a\x01\x00\x04\x00\x04\x00"), END } },
	{ "ldap", PRELUDE_REFUSED, "", "", 52, {
		C("\x30\x1d\x02\x01\x01\x77\x18\x80\x16" "1.3.6.1.4.1.1466.20037"),
		S("\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x34\x04\x00\x04\x00"), END } },
	{ "ldap", PRELUDE_NOT_MINE, "", "", 0, {	/* sealed after the bind */
		C("\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\x00\x80\x00"),
		S("\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00"),
		C("\x00\x00\x00\x20"), END } },
	{ "xmpp", PRELUDE_TLS, "", "", 0, {
		C("<?xml version='1.0'?><stream:stream to='example.com' version='1.0'>"),
		S("<?xml version='1.0'?><stream:stream from='example.com'><stream:features>"
		  "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>"),
		C("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
		S("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"), END } },
	{ "xmpp", PRELUDE_REFUSED, "", "", 0, {
		C("<stream:stream to='example.com'>\n"), S("<stream:stream>"), C("<starttls/>"),
		S("<failure/>"), END } },
	{ "xmpp", PRELUDE_NOT_MINE, "", "", 0, {
		C("<stream:stream to='example.com'>"), S("<stream:stream>"),
		C("<auth mechanism='PLAIN'>"), END } },
	{ NULL, PRELUDE_NOT_MINE, "", "", 0, { C("<?xml version='1.0'?><rpc>"), END } },

	{ "postgres", PRELUDE_TLS, "", "", 0, {
		C("\0\0\0\x08\x04\xd2\x16\x30"), S("N"), C("\0\0\0\x08\x04\xd2\x16\x2f"), S("S"),
		END } },
	{ "postgres", PRELUDE_REFUSED, "", "", 0, {
		C("\0\0\0\x08\x04\xd2\x16\x2f"), S("N"), END } },
	{ NULL, PRELUDE_NOT_MINE, "", "", 0, { C("\0\0\0\x09\x00\x03\x00\x00"), END } },

	{ "rdp", PRELUDE_TLS, "", "", 0, {
		C("\x03\0\0\x2a\x25\xe0\0\0\0\0\0" "Cookie: mstshash=anna\r\n"
		  "\x01\0\x08\0\x0b\0\0\0"),
		S("\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0\x02\x1f\x08\0\x02\0\0\0"), END } },
	{ "rdp", PRELUDE_REFUSED, "", "", 5, {
		C("\x03\0\0\x13\x0e\xe0\0\0\0\0\0\x01\0\x08\0\x01\0\0\0"),
		S("\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0\x03\0\x08\0\x05\0\0\0"), END } },
	{ "rdp", PRELUDE_NOT_MINE, "", "", 0, {		/* the encryption of old */
		C("\x03\0\0\x13\x0e\xe0\0\0\0\0\0\x01\0\x08\0\x01\0\0\0"),
		S("\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0\x02\0\x08\0\0\0\0\0"), END } },
	{ NULL, PRELUDE_NOT_MINE, "", "", 0, {
		C("\x03\0\0\x0b\x06\xe0\0\0\0\0\0"), END } },
};

#define DIALOGUES (sizeof(dialogues) / sizeof(dialogues[0]))

static void check(const struct dialogue *d, size_t piece)
{
	static struct ear e;

	play(&e, d->said, piece);
	assert_int_equal(e.says, d->says);
	assert_string_equal(e.state.is ? e.state.is->name : "nobody's",
			    d->kind ? d->kind : "nobody's");
	assert_string_equal(e.state.target, d->target);
	assert_string_equal(e.state.agent, d->agent);
	assert_int_equal(e.state.status, d->status);
	assert_true(e.state.spoken == (d->kind != NULL));
}

static void dialogues_line_by_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < DIALOGUES; i++)
		check(&dialogues[i], 0);
}

/* Where a segment ends has no meaning. */
static void dialogues_in_pieces(void **state)
{
	(void)state;
	for (size_t i = 0; i < DIALOGUES; i++)
		for (size_t piece = 1; piece <= 13; piece += 3)
			check(&dialogues[i], piece);
}

/* Who is on the way, for whom, and what was answered. */
static void what_is_said_beside(void **state)
{
	static const struct {
		const char *via, *forwarded, *answer;
		struct said said[MOST];
	} told[] = {
		{ "1.1 proxy-b (squid/5.7)", "10.1.4.23", "", {
			C("CONNECT a.example:443 HTTP/1.1\r\nVia: 1.1 proxy-a\r\n"
			  "X-Forwarded-For: 10.1.4.23\r\n\r\n"),
			S("HTTP/1.1 200 OK\r\nVia: 1.1 proxy-b (squid/5.7)\r\n"
			  "Server: squid\r\n\r\n"), END } },
		{ "tinyproxy/1.11", "", "Proxy Authentication Required", {
			C("CONNECT a.example:443 HTTP/1.1\r\n\r\n"),
			S("HTTP/1.1 407 Proxy Authentication Required\r\n"
			  "Proxy-Agent: tinyproxy/1.11\r\nServer: other\r\n\r\n"), END } },
		{ "", "", "Bad Gateway", {
			C("CONNECT a.example:443 HTTP/1.1\r\n\r\n"),
			S("HTTP/1.1 502 Bad Gateway\r\n\r\n"), END } },
		{ "", "10.1.4.23", "", {
			C("PROXY TCP4 10.1.4.23 10.0.0.1 50123 443\r\n"
			  "CONNECT a.example:443 HTTP/1.1\r\n\r\n"), END } },
		{ "", "2603:1006::9", "", {
			C("PROXY TCP6 2603:1006::9 2603:1006::8 50123 443\r\n"), END } },
		{ "", "", "", { C("PROXY UNKNOWN 10.1.4.23 10.0.0.1 1 2\r\n"), END } },
		{ "", "10.1.4.23", "", {
			C("\r\n\r\n\0\r\nQUIT\n"
			  "\x21\x11\x00\x0c\x0a\x01\x04\x17\x0a\0\0\x01\xc3\xcb\x01\xbb"), END } },
		{ "", "", "", {				/* a health check: LOCAL */
			C("\r\n\r\n\0\r\nQUIT\n"
			  "\x20\x11\x00\x0c\x0a\x01\x04\x17\x0a\0\0\x01\xc3\xcb\x01\xbb"), END } },
		{ "", "", "4.7.66 TLS 1.0 and 1.1 are not supported", {
			S("220 mail ESMTP\r\n"), C("EHLO pc\r\n"),
			S("421 4.7.66 TLS 1.0 and 1.1 are not supported\r\n"), END } },
		{ "", "", "4.7.0 TLS not available", {
			S("220 mail ESMTP\r\n"), C("EHLO pc\r\nSTARTTLS\r\n"),
			S("250 mail\r\n454 4.7.0 TLS not available\r\n"), END } },
		{ "", "", "TLS 1.0 and 1.1 are not supported", {
			S("+OK ready\r\n"), C("STLS\r\n"),
			S("-ERR TLS 1.0 and 1.1 are not supported\r\n"), END } },
		{ "", "", "not now", {
			S("* OK ready\r\n"), C("a STARTTLS\r\n"), S("a NO not now\r\n"), END } },
	};
	static struct ear e;

	(void)state;
	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++)
		for (size_t piece = 0; piece < 4; piece++) {
			play(&e, told[i].said, piece);
			assert_string_equal(e.state.via, told[i].via);
			assert_string_equal(e.state.forwarded, told[i].forwarded);
			assert_string_equal(e.state.answer, told[i].answer);
		}
}

static void a_dialogue_that_breaks_off(void **state)
{
	static struct ear e;

	(void)state;
	for (size_t i = 0; i < DIALOGUES; i++)
		for (size_t turn = 0; dialogues[i].said[turn].bytes != NULL; turn++)
			for (size_t n = 0; n < dialogues[i].said[turn].n; n++) {
				struct said cut[MOST];

				memcpy(cut, dialogues[i].said, sizeof(cut));
				cut[turn].n = n;
				cut[turn + 1].bytes = NULL;
				play(&e, cut, 0);
				if (dialogues[i].kind != NULL && n > 0 &&
				    dialogues[i].says == PRELUDE_TLS)
					assert_false(is_final(e.says));
			}
}

static void every_bit(void **state)
{
	static struct ear e;

	(void)state;
	for (size_t i = 0; i < DIALOGUES; i++)
		for (size_t turn = 0; dialogues[i].said[turn].bytes != NULL; turn++)
			for (size_t bit = 0; bit < dialogues[i].said[turn].n * 8; bit++) {
				struct said wrong[MOST];
				char bytes[512];

				memcpy(wrong, dialogues[i].said, sizeof(wrong));
				assert_true(wrong[turn].n <= sizeof(bytes));
				memcpy(bytes, wrong[turn].bytes, wrong[turn].n);
				bytes[bit / 8] = (char)(bytes[bit / 8] ^ (1 << bit % 8));
				wrong[turn].bytes = bytes;
				play(&e, wrong, 0);
				assert_true(strlen(e.state.target) < PRELUDE_TARGET);
			}
}

/* Heard from one side only, or before the other: nothing is refused, no TLS is eaten. */
static void the_client_alone(void **state)
{
	static struct ear e;

	(void)state;
	for (size_t i = 0; i < DIALOGUES; i++) {
		const struct dialogue *d = &dialogues[i];
		size_t turn;

		if (d->says != PRELUDE_TLS)
			continue;
		e = (struct ear){ .says = PRELUDE_UNSURE };
		for (turn = 0; d->said[turn].bytes != NULL; turn++)
			if (d->said[turn].side == CLIENT)
				hear(&e, CLIENT, d->said[turn].bytes, d->said[turn].n);
		hear(&e, CLIENT, HELLO, sizeof(HELLO) - 1);
		if (d->said[0].side == SERVER && e.state.is == NULL)
			continue;		/* the client's words alone say too little */
		assert_int_equal(e.says, PRELUDE_MORE);
		assert_int_equal(e.n[CLIENT], sizeof(HELLO) - 1);
		assert_string_equal(e.state.target, d->target);
		/* Now the other side, whose words were on their way. */
		for (turn = 0; d->said[turn].bytes != NULL && !is_final(e.says); turn++)
			if (d->said[turn].side == SERVER)
				hear(&e, SERVER, d->said[turn].bytes, d->said[turn].n);
		assert_true(e.says == PRELUDE_TLS || e.says == PRELUDE_MORE);
		assert_int_equal(e.n[CLIENT], sizeof(HELLO) - 1);
	}
}

static void tls_is_nobodys(void **state)
{
	static const struct said tls[] = {
		C(HELLO), C("\x16"), C("\x80\x2e\x01\x00\x02\x00\x15"),
		C("\x80\x2e\x01\x03\x01\x00")
	};
	static struct ear e;

	(void)state;
	for (size_t i = 0; i < sizeof(tls) / sizeof(tls[0]); i++) {
		e = (struct ear){ .says = PRELUDE_UNSURE };
		hear(&e, CLIENT, tls[i].bytes, tls[i].n);
		assert_int_equal(e.says, PRELUDE_NOT_MINE);
		assert_int_equal(e.n[CLIENT], tls[i].n);
	}
	/* In one segment with the last words before it, in SSLv2 format. */
	e = (struct ear){ .says = PRELUDE_UNSURE };
	HEAR(&e, SERVER, "220 mail ESMTP\r\n");
	HEAR(&e, CLIENT, "STARTTLS\r\n\x80\x2e\x01\x03\x01\n\n");
	assert_int_equal(e.n[CLIENT], 7);
	HEAR(&e, SERVER, "220 go\r\n");
	assert_int_equal(e.says, PRELUDE_TLS);
}

static void what_follows_the_answer_is_left(void **state)
{
	static struct ear e;

	(void)state;
	e = (struct ear){ .says = PRELUDE_UNSURE };
	HEAR(&e, CLIENT, "CONNECT a:443 HTTP/1.1\r\n\r\n");
	HEAR(&e, SERVER, "HTTP/1.1 200 OK\r\n\r\n\x16\x03\x03\n");
	assert_int_equal(e.says, PRELUDE_TLS);
	assert_int_equal(e.n[SERVER], 4);
}

static void long_credentials(void **state)
{
	static struct ear e;
	static char token[20000];

	(void)state;
	memset(token, 'A', sizeof(token));
	e = (struct ear){ .says = PRELUDE_UNSURE };
	HEAR(&e, CLIENT, "CONNECT a:443 HTTP/1.1\r\nProxy-Authorization: Negotiate ");
	for (int i = 0; i < 4; i++)
		hear(&e, CLIENT, token, sizeof(token));
	assert_int_equal(e.says, PRELUDE_MORE);
	HEAR(&e, CLIENT, "\r\nUser-Agent: curl\r\n\r\n");
	HEAR(&e, SERVER, "HTTP/1.1 200 OK\r\n\r\n");
	assert_int_equal(e.says, PRELUDE_TLS);
	assert_string_equal(e.state.agent, "curl");
}

static void endless_lines_end(void **state)
{
	static const struct said openings[] = {
		S("220 "), S("+OK "), S("* OK "), C("CONNECT "), C("<stream:stream "),
		C("a1 STARTTLS")
	};
	static struct ear e;
	static char endless[2 * PRELUDE_LINE];

	(void)state;
	memset(endless, 'x', sizeof(endless));
	for (size_t i = 0; i < sizeof(openings) / sizeof(openings[0]); i++) {
		e = (struct ear){ .says = PRELUDE_UNSURE };
		hear(&e, openings[i].side, openings[i].bytes, openings[i].n);
		assert_int_equal(e.says, PRELUDE_UNSURE);
		hear(&e, openings[i].side, endless, sizeof(endless));
		assert_int_equal(e.says, PRELUDE_NOT_MINE);
	}
}

static void hostile_targets(void **state)
{
	static struct ear e;
	char line[1024];

	(void)state;
	e = (struct ear){ .says = PRELUDE_UNSURE };
	HEAR(&e, CLIENT, "CONNECT a\x01\x1b[2J:443 HTTP/1.1\r\nUser-Agent: x\x07y\r\n\r\n");
	assert_string_equal(e.state.target, "");
	assert_string_equal(e.state.agent, "x?y");
	e = (struct ear){ .says = PRELUDE_UNSURE };
	memset(line, 'a', sizeof(line));
	memcpy(line, "CONNECT ", 8);
	memcpy(line + 500, ":443 HTTP/1.1\r\n", 15);
	hear(&e, CLIENT, line, 515);
	assert_int_equal(e.says, PRELUDE_MORE);
	assert_string_equal(e.state.target, "");
}

static void targets_are_taken_apart(void **state)
{
	static const struct { const char *target, *host; int port; } cases[] = {
		{ "outlook.office365.com:443", "outlook.office365.com", 443 },
		{ "outlook.office365.com", "outlook.office365.com", 0 },
		{ "outlook.office365.com:", "outlook.office365.com", 0 },
		{ "[2603:1006::9]:443", "2603:1006::9", 443 },
		{ "[2603:1006::9]", "2603:1006::9", 0 },
		{ "2603:1006::9", "2603:1006::9", 0 },
		{ "10.0.0.1:65535", "10.0.0.1", 65535 },
		{ "a:65536", NULL, 0 }, { "a:b", NULL, 0 }, { ":443", NULL, 0 }, { "", NULL, 0 },
		{ "[]:443", NULL, 0 }, { "a:4a3", NULL, 0 }, { "a:000443", NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct prelude_state s = { .is = NULL };
		struct slice host;
		uint16_t port;

		strcpy(s.target, cases[i].target);
		assert_true(prelude_target(&s, &host, &port) == (cases[i].host != NULL));
		if (cases[i].host != NULL) {
			assert_slice(host, cases[i].host);
			assert_int_equal(port, cases[i].port);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dialogues_line_by_line),
		cmocka_unit_test(dialogues_in_pieces),
		cmocka_unit_test(what_is_said_beside),
		cmocka_unit_test(a_dialogue_that_breaks_off),
		cmocka_unit_test(every_bit),
		cmocka_unit_test(the_client_alone),
		cmocka_unit_test(tls_is_nobodys),
		cmocka_unit_test(what_follows_the_answer_is_left),
		cmocka_unit_test(long_credentials),
		cmocka_unit_test(endless_lines_end),
		cmocka_unit_test(hostile_targets),
		cmocka_unit_test(targets_are_taken_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
