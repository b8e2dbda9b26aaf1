/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where TLS begins: behind preludes known and unknown, in the middle of a
 * connection, from the wrong side; and which of it counts.
 */
#include "scene.h"

static struct m365 *m365;

static void text(struct wire *w, int from, const char *s) { wire_say(w, from, test_text(s)); }

static void rest_1_3(struct wire *w)
{
	scene_flight_1_3(w);
	scene_finish_1_3(w);
}

static void through_a_proxy(void **state)
{
	const struct flow_options o = { .m365 = m365 };
	struct wire *w = wire_new();
	struct heard r;

	(void)state;
	w->addr[S] = wire_addr("10.9.9.9");
	w->port[S] = 8080;
	wire_open(w);
	text(w, C, "CONNECT outlook.office365.com:443 HTTP/1.1\r\nUser-Agent: x\r\n\r\n");
	text(w, S, "HTTP/1.1 200 Connection established\r\n\r\n");
	scene_hello(w, &(struct hello_plan){ .version = TLS1_0 });	/* no server name */
	scene_flight_1_2(w, TLS1_0);
	scene_finish_1_2(w);
	r = scene_one(w, &o);
	assert_int_equal(r.result, RESULT_ESTABLISHED);
	assert_string_equal(r.prelude, "connect");
	assert_string_equal(r.target, "outlook.office365.com:443");
	assert_int_equal(r.service.matched_by, MATCH_NAME);
	assert_int_equal(r.service.area, AREA_EXCHANGE);
	assert_int_equal(r.max, TLS1_0);
	assert_int_equal(r.h.frames[0], 6);
}

static void a_proxy_says_no(void **state)
{
	const struct flow_options o = { .m365 = m365 };
	struct ear_log log;

	(void)state;
	for (unsigned again = 0; again < 3; again++) {
		struct wire *w = wire_new();

		w->addr[S] = wire_addr("10.9.9.9");
		wire_open(w);
		text(w, C, again == 2 ? "CONNECT example.org:443 HTTP/1.1\r\n\r\n" :
					"CONNECT outlook.office365.com:443 HTTP/1.1\r\n\r\n");
		text(w, S, "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
		if (again == 1) {
			text(w, C, "CONNECT outlook.office365.com:443 HTTP/1.1\r\nA: b\r\n\r\n");
			text(w, S, "HTTP/1.1 200 OK\r\n\r\n");
			scene_hello(w, &plan_1_3);
			rest_1_3(w);
		}
		wire_close(w);
		(void)wire_run(w, &o, &log);
		wire_free(w);
		assert_int_equal(log.n, again < 2);
		if (again == 2)		/* not ours */
			break;
		assert_int_equal(log.v[0].result, again ? RESULT_ESTABLISHED : RESULT_REFUSED);
		assert_int_equal(log.v[0].has_offer, again);
		assert_string_equal(log.v[0].target, "outlook.office365.com:443");
	}
}

static void starttls(void **state)
{
	struct wire *w = wire_new();
	struct heard r;

	(void)state;
	w->port[S] = 587;
	wire_open(w);
	text(w, S, "220 smtp.office365.com ready\r\n");
	text(w, C, "EHLO me\r\n");
	text(w, S, "250-smtp.office365.com\r\n250 STARTTLS\r\n");
	text(w, C, "STARTTLS\r\n");
	text(w, S, "220 go ahead\r\n");
	scene_hello(w, &plan_1_3);
	rest_1_3(w);
	r = scene_one(w, NULL);
	assert_int_equal(r.result, RESULT_ESTABLISHED);
	assert_string_equal(r.prelude, "smtp");
	assert_int_equal(r.quality.gaps, 0);
}

/* Dialogues that nobody here knows, a lost answer, a request before the hello. */
static void behind_what_nobody_knows(void **state)
{
	static const struct {
		int from;
		const char *says;
	} talk[4][3] = {
		{ { C, "CONNECT outlook.office365.com:443 HTTP/1.1\r\n\r\n" } },
		{ { C, "GET / HTTP/1.1\r\n\r\n" }, { S, "HTTP/1.1 101 Upgrade\r\n\r\n" } },
		{ { S, "HI THERE\n" }, { C, "PLEASE\n" }, { S, "OK\n" } },
		{ { C, "\x03\x01\x04" }, { S, "\x05\x06" } },
	};

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct wire *w = wire_new();
		struct heard r;

		wire_open(w);
		for (unsigned k = 0; k < 3 && talk[i][k].says; k++)
			text(w, talk[i][k].from, talk[i][k].says);
		scene_hello(w, &plan_1_3);
		rest_1_3(w);
		r = scene_one(w, NULL);
		assert_int_equal(r.result, RESULT_ESTABLISHED);
		assert_int_equal(r.max, TLS1_3);
	}
}

static void not_for_ever(void **state)
{
	struct wire *w = wire_new();
	struct ear_log log;

	(void)state;
	wire_open(w);
	for (unsigned i = 0; i < 70; i++)
		text(w, C, "blah\n");
	scene_hello(w, &plan_1_3);
	(void)wire_run(w, NULL, &log);
	assert_int_equal(log.n, 0);
	wire_free(w);
}

static void lose(struct wire *w, size_t first, size_t n)
{
	for (size_t i = first; i < first + n; i++)
		exact_free(w->v[i].bytes);
	w->n -= n;
	memmove(&w->v[first], &w->v[first + n], (w->n - first) * sizeof(w->v[0]));
}

static void from_the_middle(void **state)
{
	struct wire *w = scene_1_3();
	struct heard r;

	(void)state;
	lose(w, 0, 3);				/* no SYN, SYN-ACK, ACK */
	r = scene_one(w, NULL);
	assert_int_equal(r.result, RESULT_ESTABLISHED);
	assert_true(r.quality.midstream && !r.has_rtt && !r.h.has_synack_ttl);
	assert_int_equal(r.h.client_port, 50123);
	assert_int_equal(r.quality.gaps, 0);

	w = scene_1_2();
	lose(w, 0, 4);				/* nor the hello: the server speaks first */
	r = scene_one(w, NULL);
	assert_true(!r.has_offer && r.has_answer);
	assert_int_equal(r.h.client_port, 50123);
	assert_int_equal(r.result, RESULT_ESTABLISHED);
	assert_int_equal(r.h.frames[0], 5);

	w = scene_1_2();
	lose(w, 0, 6);				/* nothing that would say it is TLS */
	{
		struct ear_log log;

		(void)wire_run(w, NULL, &log);
		assert_int_equal(log.n, 0);
		wire_free(w);
	}
}

/* Bound for Microsoft, without a SYN, and the hello's parts in any order. */
static void reordered_from_the_middle(void **state)
{
	const struct flow_options o = { .m365 = m365 };
	struct say s = { .n = 0 };

	(void)state;
	say_client_hello(&s, &(struct hello_plan){ .name = NAME, .top = TLS1_3, .pad = 900 });
	for (unsigned code = 0; code < 27; code++) {
		unsigned order[3] = { code % 3, code / 3 % 3, code / 9 };
		struct wire *w = wire_new();
		struct wire_packet was[3];
		struct heard r;

		if ((1u << order[0] | 1u << order[1] | 1u << order[2]) != 7) {
			wire_free(w);
			continue;
		}
		wire_say_by(w, C, said(&s), s.n / 3 + 1);
		memcpy(was, w->v, sizeof(was));
		for (unsigned i = 0; i < 3; i++)
			w->v[i] = was[order[i]];
		rest_1_3(w);
		r = scene_one(w, &o);
		assert_int_equal(r.result, RESULT_ESTABLISHED);
		assert_true(r.complete && r.quality.midstream);
		assert_int_equal(r.max, TLS1_3);
		assert_int_equal(r.service.matched_by, MATCH_ADDRESS | MATCH_NAME);
	}
}

/* FTP in active mode: the server opens, and then asks for TLS as a client does. */
static void the_hello_says_who_is_client(void **state)
{
	struct wire *w = wire_new();
	struct say s = { .n = 0 };
	struct heard r;

	(void)state;
	wire_open(w);
	say_client_hello(&s, &plan_1_2);
	wire_say(w, S, said(&s));
	s.n = 0;
	say_server_hello(&s, TLS1_2, 0, false);
	wire_say(w, C, said(&s));
	scene_alert(w, C, 2, 40);
	r = scene_one(w, NULL);
	assert_int_equal(r.result, RESULT_ALERT);
	assert_int_equal(r.h.client_port, 443);
	assert_int_equal(r.outcome.alert_from, SERVER);
}

static void data_in_the_syn(void **state)
{
	struct wire *w = wire_new();
	struct say s = { .n = 0 };
	struct heard r;

	(void)state;
	say_client_hello(&s, &plan_1_3);
	wire_put(w, C, TCP_SYN, said(&s));
	wire_flag(w, S, TCP_SYN | TCP_ACK);
	rest_1_3(w);
	r = scene_one(w, NULL);
	assert_int_equal(r.result, RESULT_ESTABLISHED);
	assert_true(r.has_rtt && r.complete);
	assert_int_equal(r.quality.gaps + r.quality.overlaps, 0);
}

static void sslv2_format(void **state)
{
	struct wire *w = wire_new();
	struct slice s = test_hex("80 2b 01 0301 0012 0000 0010"
				  "000035 00002f 00000a 010080 0700c0 000005"
				  "00112233445566778899aabbccddeeff");
	struct heard r;

	(void)state;
	wire_open(w);
	wire_say(w, C, s);
	scene_flight_1_2(w, TLS1_0);
	scene_finish_1_2(w);
	exact_free(s);
	r = scene_one(w, NULL);
	assert_int_equal(r.result, RESULT_ESTABLISHED);
	assert_int_equal(r.h.offer != NULL, true);
	assert_int_equal(r.max, TLS1_0);
	assert_int_equal(r.version, TLS1_0);
}

/* Only what is Microsoft's is told, by address, by name, or by the certificate alone. */
static void scope(void **state)
{
	const struct flow_options o = { .m365 = m365 };
	static const struct {
		const char *server, *name;
		unsigned matched_by;
	} want[] = {
		{ "52.96.165.2", NAME, MATCH_ADDRESS | MATCH_NAME },
		{ "52.96.165.2", "www.example.org", MATCH_ADDRESS },
		{ "52.96.165.2", NULL, MATCH_ADDRESS },
		{ "192.0.2.1", NAME, MATCH_NAME },
		{ "192.0.2.1", "www.example.org", 0 },
		{ "192.0.2.1", NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		struct hello_plan p = { .version = TLS1_2, .name = want[i].name };
		struct wire *w = wire_new();
		struct flow_state st;
		struct ear_log log;

		w->addr[S] = wire_addr(want[i].server);
		wire_open(w);
		scene_hello(w, &p);
		scene_flight_1_2(w, TLS1_2);
		scene_finish_1_2(w);
		wire_close(w);
		st = wire_run(w, &o, &log);
		wire_free(w);
		assert_int_equal(st.tls, 1);
		assert_int_equal(log.n, want[i].matched_by != 0);
		if (log.n > 0)
			assert_int_equal(log.v[0].service.matched_by, want[i].matched_by);
	}
}

/* A talk with a server whose certificate names Microsoft 365. */
static struct wire *with_certificate(const char *server, const char *name)
{
	const char *srcdir = getenv("srcdir");
	struct hello_plan p = { .version = TLS1_0, .name = name };
	struct wire *w = wire_new();
	struct say s = { .n = 0 }, in = { .n = 0 };
	char path[512];
	uint8_t der[1024];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/corpus/x509/ec", srcdir ? srcdir : ".");
	f = fopen(path, "rb");
	assert_non_null(f);
	n = fread(der, 1, sizeof(der), f);
	fclose(f);
	w->addr[S] = wire_addr(server);
	wire_open(w);
	scene_hello(w, &p);
	say_server_hello(&s, TLS1_0, 0, false);
	say_n(&in, 11, 1);			/* Certificate, RFC 5246 section 7.4.2 */
	say_n(&in, n + 6, 3);
	say_n(&in, n + 3, 3);
	say_n(&in, n, 3);
	say_bytes(&in, der, n);
	say_record(&s, 22, said(&in));
	say_message(&s, 14, 0);
	wire_say_by(w, S, said(&s), 200);
	scene_finish_1_2(w);
	return w;
}

/* No server name and an address of nobody: the certificate alone says where it went. */
static void scope_by_certificate(void **state)
{
	const struct flow_options o = { .m365 = m365 };
	struct heard r;

	(void)state;
	r = scene_one(with_certificate("192.0.2.1", NULL), &o);
	assert_int_equal(r.result, RESULT_ESTABLISHED);
	assert_true(r.has_leaf && !r.bad_leaf && !r.resumed);
	assert_int_equal(r.service.matched_by, MATCH_NAME);
}

/* A CDN's certificate names others than the one that was asked for, whatever the scope is. */
static void a_server_name_outranks_the_certificate(void **state)
{
	static const struct {
		const char *server, *name;
		unsigned matched_by;
	} want[] = {
		{ "192.0.2.1", NULL, MATCH_NAME },
		{ "192.0.2.1", NAME, MATCH_NAME },
		{ "192.0.2.1", "ads.example.org", 0 },
		{ "52.96.165.2", "ads.example.org", MATCH_ADDRESS },
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(want) / sizeof(want[0]); i++) {
		const struct flow_options o = { .m365 = m365, .all = i % 2 != 0 };
		struct wire *w = with_certificate(want[i / 2].server, want[i / 2].name);
		struct ear_log log;

		wire_close(w);
		(void)wire_run(w, &o, &log);
		wire_free(w);
		assert_int_equal(log.n, o.all || want[i / 2].matched_by != 0);
		if (log.n > 0)
			assert_int_equal(log.v[0].service.matched_by, want[i / 2].matched_by);
	}
}

static int load(void **state)
{
	struct errors e = { .n = 0 };

	(void)state;
	m365 = m365_load(&(struct m365_options){ .cloud = "all" }, &e);
	errors_done(&e);
	return m365 ? 0 : -1;
}

static int unload(void **state)
{
	(void)state;
	m365_free(m365);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(through_a_proxy),
		cmocka_unit_test(a_proxy_says_no),
		cmocka_unit_test(starttls),
		cmocka_unit_test(behind_what_nobody_knows),
		cmocka_unit_test(not_for_ever),
		cmocka_unit_test(from_the_middle),
		cmocka_unit_test(reordered_from_the_middle),
		cmocka_unit_test(the_hello_says_who_is_client),
		cmocka_unit_test(data_in_the_syn),
		cmocka_unit_test(sslv2_format),
		cmocka_unit_test(scope),
		cmocka_unit_test(scope_by_certificate),
		cmocka_unit_test(a_server_name_outranks_the_certificate),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
