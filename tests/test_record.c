/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record layer: what tls_read() tells of a stream, however it is cut.
 *
 * A trace is the units of a stream in letters: M<type>:<length>, A<level>/<code>,
 * C(hangeCipherSpec), D(ata), E(ncrypted), S(SLv2 hello), V(SSLv2 ServerHello),
 * L (too long), X (not TLS).  The body's bytes go into the trace as a sum.
 */
#include "test.h"

#include "hellos.h"
#include "tls/tls.h"

static unsigned sum(struct slice s)
{
	unsigned a = 1;

	for (size_t i = 0; i < s.n; i++)
		a = (a * 31 + s.p[i]) & 0xffff;
	return a;
}

static void trace_unit(char *trace, enum tls_says says, const struct tls_unit *u, bool sums)
{
	static const char letters[] = {
		[TLS_CHANGE_CIPHER] = 'C', [TLS_APPLICATION] = 'D', [TLS_ENCRYPTED] = 'E',
		[TLS_TOO_LONG] = 'L', [TLS_NOT_TLS] = 'X', [TLS_SSL2_HELLO] = 'S',
		[TLS_SSL2_SERVER_HELLO] = 'V'
	};
	size_t n = strlen(trace);

	if (says == TLS_MESSAGE)
		n += (size_t)sprintf(trace + n, "M%u:%zu", u->type, u->body.n);
	else if (says == TLS_ALERT)
		n += (size_t)sprintf(trace + n, "A%u/%u", u->level, u->code);
	else
		n += (size_t)sprintf(trace + n, "%c", letters[says]);
	if (sums)
		n += (size_t)sprintf(trace + n, "(%04x,%04x)", u->record_version, sum(u->body));
	sprintf(trace + n, " ");
}

static uint8_t room[TLS_MESSAGE_MAX];

/* One more run of bytes is there: s begins where the reader stopped.  Returns what is left. */
static size_t go_on(struct tls_reader *r, struct slice s, char *trace, bool sums)
{
	struct slice exact = exact_copy(s.p, s.n);
	struct cursor c = cursor_of(exact);
	struct tls_unit u;
	enum tls_says says;

	while ((says = tls_read(r, &c, &u)) != TLS_MORE) {
		if (says == TLS_ROOM) {
			assert_null(r->room);
			r->room = room;
			r->room_size = sizeof(room);
			continue;
		}
		trace_unit(trace, says, &u, sums);
		if (says == TLS_NOT_TLS)
			break;
	}
	exact_free(exact);
	return cur_left(&c);
}

/* The trace of a stream that comes in pieces of the given sizes, then the rest. */
static void trace_of(struct slice s, size_t first, size_t each, bool sums, char *trace)
{
	struct tls_reader r = { .room = NULL };
	size_t done = 0, there = first < s.n ? first : s.n;

	trace[0] = '\0';
	for (;;) {
		done = there - go_on(&r, (struct slice){ s.p + done, there - done }, trace, sums);
		if (there == s.n || strchr(trace, 'X'))
			return;
		there = each == 0 || each > s.n - there ? s.n : there + each;
	}
}

static char whole[1 << 16], cut[1 << 16];

/* The units do not depend on how the stream was cut. */
static void assert_trace(const char *hex, const char *want)
{
	struct slice s = test_hex(hex);

	trace_of(s, s.n, 0, false, whole);
	assert_string_equal(whole, want);
	trace_of(s, s.n, 0, true, whole);
	trace_of(s, 1, 1, true, cut);
	assert_string_equal(cut, whole);
	for (size_t i = 0; i < s.n; i++) {
		trace_of(s, i, 0, true, cut);
		assert_string_equal(cut, whole);
	}
	exact_free(s);
}

static void reads_handshakes(void **state)
{
	(void)state;
	assert_trace("", "");
	assert_trace(HELLO_XP CHANGE_CIPHER FINISHED APPLICATION, "M1:61 C E D ");
	assert_trace(HELLO_OPENSSL CHANGE_CIPHER APPLICATION, "M1:336 C D ");
	assert_trace(SERVER_HELLO_1_2
		"16 0303 000f 0b 000003 000000 0e 000000 00 000000 -- three in one record\n",
		"M2:55 M11:3 M14:0 M0:0 ");
	assert_trace("18 0303 0003 010000" APPLICATION, "D ");		/* heartbeat */
	assert_trace(APPLICATION "17 0303 0000" APPLICATION, "D D ");
}

static void reads_split_messages(void **state)
{
	(void)state;
	assert_trace("16 0301 0001 0b  16 0301 0002 0000  16 0301 0003 03aabb 16 0301 0002 cc0e\n"
		     "16 0301 0003 000000", "M11:3 M14:0 ");
	/* Between the fragments: an alert, an empty record, a ChangeCipherSpec. */
	assert_trace("16 0301 0005 01 000003 aa" ALERT_VERSION "16 0301 0000" CHANGE_CIPHER
		     "16 0301 0002 bbcc" FINISHED, "A2/70 C M1:3 E ");
	/* A message of no bytes whose header is split. */
	assert_trace("16 0301 0002 0e00 16 0301 0002 0000", "M14:0 ");
}

static void reads_alerts(void **state)
{
	(void)state;
	assert_trace(ALERT_VERSION, "A2/70 ");
	assert_trace("15 0303 0004 0100 0200", "E ");
	assert_trace(CHANGE_CIPHER "15 0303 0020" RANDOM32, "C E ");
	/* Whatever protects a record makes it longer: two bytes are in the clear. */
	assert_trace(HELLO_RETRY CHANGE_CIPHER "15 0303 0002 0228", "M2:52 C A2/40 ");
	assert_trace(CHANGE_CIPHER "15 0303 0002 7728", "C E ");
}

static void middlebox_change_cipher_spec_hides_no_hello(void **state)
{
	(void)state;
	assert_trace(HELLO_XP CHANGE_CIPHER HELLO_OPENSSL APPLICATION, "M1:61 C M1:336 D ");
	assert_trace(HELLO_RETRY CHANGE_CIPHER SERVER_HELLO_1_3 APPLICATION, "M2:52 C M2:86 D ");
	/* No hello: of another type, or with a length that is not the record's. */
	assert_trace(CHANGE_CIPHER "16 0303 0004 14 000000", "C E ");
	assert_trace(CHANGE_CIPHER "16 0303 0004 01 000000", "C E ");
	assert_trace(CHANGE_CIPHER "16 0303 002a 01 000027" RANDOM32 "00000000 0000", "C E ");
	assert_trace("14 0303 0020" RANDOM32, "E ");	/* encrypted itself: renegotiation */
}

static void reads_sslv2_format(void **state)
{
	(void)state;
	assert_trace(HELLO_SSLV2, "S ");
	assert_trace(HELLO_SSLV2_PADDED, "S ");
	assert_trace(HELLO_SSLV2 "16 0300 0004 10 000000" CHANGE_CIPHER FINISHED, "S M16:0 C E ");
	/* SSL 2.0 itself: CLIENT-MASTER-KEY in the clear, then ciphertext; SERVER-VERIFY. */
	assert_trace(HELLO_SSLV2 "8003 02 aabb 8002 1122 0004 01 03030303", "S C E E ");
	assert_trace(SERVER_HELLO_SSLV2 "8003 aabbcc", "V E ");
	assert_trace(APPLICATION HELLO_SSLV2, "D X ");		/* only at the start */
}

static void refuses_what_is_not_tls(void **state)
{
	(void)state;
	assert_trace("47 45 54 20 2f", "X ");
	assert_trace("16 0401 0001 00", "X ");
	assert_trace("16 03", "");
	assert_trace("16 0301 4801", "X ");
	assert_trace("19 0303 0001 00", "X ");
	assert_trace("50 52 4f 58 59", "X ");
	assert_trace("8046 02 0300", "X ");
	assert_trace(HELLO_XP "00", "M1:61 X ");
}

static void a_flood_of_empty_records_ends(void **state)
{
	enum { RECORDS = 300 };
	static uint8_t b[RECORDS * 5];

	(void)state;
	for (unsigned i = 0; i < RECORDS; i++)
		memcpy(b + 5 * i, "\x16\x03\x01\x00\x00", 5);
	trace_of((struct slice){ b, 255 * 5 }, 7, 1, false, whole);
	assert_string_equal(whole, "");
	trace_of((struct slice){ b, sizeof(b) }, 7, 1, false, whole);
	assert_string_equal(whole, "X ");
}

/* n records of 16,384 bytes with the given first bytes, then the tail; freed by the caller. */
static struct slice long_stream(unsigned n, const char *first, const char *tail)
{
	struct slice f = test_hex(first), t = test_hex(tail), s;
	size_t each = 5 + 16384;
	uint8_t *b = calloc(n, each + t.n);

	for (unsigned i = 0; i < n; i++)
		memcpy(b + i * each, "\x16\x03\x03\x40\x00", 5);
	memcpy(b + 5, f.p, f.n);
	memcpy(b + n * each, t.p, t.n);
	s = exact_copy(b, n * each + t.n);
	free(b);
	exact_free(f);
	exact_free(t);
	return s;
}

static void long_handshakes_are_let_go(void **state)
{
	static const struct {
		unsigned records;
		const char *first, *want;
	} cases[] = {
		{ 4, "0b 00fffc", "M11:65532 L D " },	/* 64 KiB: the last that may be */
		{ 4, "0b 00fffd", "L D " },
		{ 3, "0b ffffff", "L D " }
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice s = long_stream(cases[i].records, cases[i].first,
					     SERVER_HELLO_1_2 APPLICATION);

		trace_of(s, s.n, 0, false, whole);
		assert_string_equal(whole, cases[i].want);
		trace_of(s, 1, 1000, false, cut);
		assert_string_equal(cut, whole);
		exact_free(s);
	}
}

static void a_small_room_lets_go_too(void **state)
{
	struct slice s = test_hex("16 0301 0006 01 000006 aabb 16 0301 0004 ccddeeff" APPLICATION);
	uint8_t small[9];
	struct tls_reader r = { .room = small, .room_size = sizeof(small) };
	struct cursor c = cursor_of(s);
	struct tls_unit u;

	(void)state;
	assert_int_equal(tls_read(&r, &c, &u), TLS_TOO_LONG);
	assert_int_equal(r.have, 0);
	assert_int_equal(tls_read(&r, &c, &u), TLS_APPLICATION);
	exact_free(s);
}

static void a_whole_message_is_not_copied(void **state)
{
	struct slice s = test_hex(HELLO_XP);
	struct tls_reader r = { .room = NULL };
	struct cursor c = cursor_of(s);
	struct tls_unit u;

	(void)state;
	assert_int_equal(tls_read(&r, &c, &u), TLS_MESSAGE);
	assert_ptr_equal(u.body.p, s.p + 9);
	assert_int_equal(u.record_version, TLS1_0);
	assert_int_equal(tls_read(&r, &c, &u), TLS_MORE);
	exact_free(s);
}

static void a_message_is_told_before_its_record_ends(void **state)
{
	struct slice s = test_hex("16 0303 4000 02 000002 0303 0b 003000 aabb");
	struct tls_reader r = { .room = NULL };
	struct cursor c = cursor_of(s);
	struct tls_unit u;
	uint32_t want;

	(void)state;
	assert_int_equal(tls_read(&r, &c, &u), TLS_MESSAGE);
	assert_int_equal(u.type, 2);
	assert_int_equal(tls_read(&r, &c, &u), TLS_MORE);
	assert_true(tls_partial(&r, cur_peek(&c), &u, &want));
	assert_true(u.type == 11 && u.body.n == 2 && want == 0x3004);
	assert_int_equal(u.record_version, TLS1_2);
	exact_free(s);
}

static void tells_what_there_is_of_a_message(void **state)
{
	struct slice s = test_hex(HELLO_OPENSSL);
	struct tls_reader r = { .room = NULL };
	struct tls_unit u;
	uint32_t want;

	(void)state;
	for (size_t n = 0; n < s.n; n++) {
		struct slice exact = exact_copy(s.p, n);
		bool there = tls_partial(&r, exact, &u, &want);

		assert_int_equal(there, n >= 9);
		if (there)
			assert_true(u.type == 1 && want == 340 && u.body.n == n - 9 &&
				    u.record_version == TLS1_0);
		exact_free(exact);
	}
	r.encrypted = true;
	assert_false(tls_partial(&r, s, &u, &want));
	exact_free(s);
}

/* Of a message in the room, what the room holds. */
static void tells_what_the_room_holds(void **state)
{
	struct slice s = test_hex("16 0301 0006 01 000006 aabb 16 03");
	struct tls_reader r = { .room = room, .room_size = sizeof(room) };
	struct cursor c = cursor_of(s);
	struct tls_unit u;
	uint32_t want;

	(void)state;
	assert_int_equal(tls_read(&r, &c, &u), TLS_MORE);
	assert_true(tls_partial(&r, cur_peek(&c), &u, &want));
	assert_true(u.type == 1 && u.body.n == 2 && want == 10);
	exact_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_handshakes),
		cmocka_unit_test(reads_split_messages),
		cmocka_unit_test(reads_alerts),
		cmocka_unit_test(middlebox_change_cipher_spec_hides_no_hello),
		cmocka_unit_test(reads_sslv2_format),
		cmocka_unit_test(refuses_what_is_not_tls),
		cmocka_unit_test(a_flood_of_empty_records_ends),
		cmocka_unit_test(long_handshakes_are_let_go),
		cmocka_unit_test(a_small_room_lets_go_too),
		cmocka_unit_test(a_whole_message_is_not_copied),
		cmocka_unit_test(a_message_is_told_before_its_record_ends),
		cmocka_unit_test(tells_what_there_is_of_a_message),
		cmocka_unit_test(tells_what_the_room_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
