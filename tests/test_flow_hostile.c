/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a sender, or a wrong clock, might try on the flow table: times out of
 * line, and memory that is not counted.
 */
#include "scene.h"

static struct m365 *m365;

static void put_port(struct wire *w, uint16_t port)
{
	w->port[C] = port;
	w->seq[C] = 1000;
	w->seq[S] = 900000;
}

/* Shows all packets; what the table then holds, before the capture is over. */
static struct flow_state show_all(struct wire *w, struct flows *f)
{
	for (size_t i = 0; i < w->n; i++)
		wire_show(w, f, i);
	return *flows_state(f);
}

/* One packet from the far future must not hold up all that come behind it. */
static void one_wrong_time_holds_nothing_up(void **state)
{
	static const unsigned last[] = { TCP_RST, TCP_FIN | TCP_ACK, TCP_ACK };

	(void)state;
	for (size_t i = 0; i < sizeof(last) / sizeof(last[0]); i++) {
		struct ear_log log = { .n = 0 };
		struct flow_options all = { .all = true };
		struct flows *f = flows_new(&all, hear_one, &log);
		struct wire *w = wire_new();
		struct flow_state st;

		wire_open(w);
		scene_hello(w, &plan_1_2);
		wire_put(w, C, last[i], (struct slice){ NULL, 0 })->frame.ts += T0;
		for (uint16_t port = 1; port < 9; port++) {
			put_port(w, port);
			wire_open(w);
			scene_hello(w, &plan_1_2);
			wire_flag(w, S, TCP_RST | TCP_ACK);
		}
		for (int k = 0; k < 10; k++) {
			wire_wait(w, 50000);
			wire_other(w);
		}
		st = show_all(w, f);
		assert_int_equal(st.flows_now, 1);	/* the one that moves the clock */
		assert_int_equal(log.n, 9);
		flows_flush(f);
		flows_free(f);
		wire_free(w);
	}
}

/* A hello whose packet has no time was not sent five seconds ago. */
static void no_time_is_no_silence(void **state)
{
	struct wire *w = wire_new();
	struct heard r;

	(void)state;
	wire_open(w);
	scene_hello(w, &plan_1_2);
	w->v[w->n - 1].frame.ts = 0;
	wire_ack(w, S);
	wire_ack(w, C);
	r = scene_one(w, NULL);
	assert_int_equal(r.result, RESULT_UNFINISHED);
}

/* A message half gathered, then a hole: the memory lent to it is counted to the end. */
static void lent_memory_is_counted(void **state)
{
	struct say s = { .n = 0 }, half = { .n = 0 };
	struct ear_log log = { .n = 0 };
	struct flow_options all = { .all = true };
	struct flows *f = flows_new(&all, hear_one, &log);
	struct wire *w = wire_new();
	struct flow_state st;

	(void)state;
	say_client_hello(&s, &(struct hello_plan){ .name = NAME, .pad = 2000 });
	say_record(&half, 22, (struct slice){ s.b + 5, 1000 });
	wire_open(w);
	wire_say(w, C, said(&half));
	w->seq[C] += 10;
	wire_say_by(w, C, (struct slice){ s.b, 200 }, 2);
	st = show_all(w, f);
	assert_true(st.bytes_now >= TLS_MESSAGE_MAX);
	flows_flush(f);
	assert_int_equal(flows_state(f)->bytes_now, 0);
	assert_int_equal(log.n, 1);
	assert_true(log.v[0].has_offer && !log.v[0].complete && log.v[0].max == 0);
	flows_free(f);
	wire_free(w);
}

static struct wire_packet *put_odd_reset(struct wire *w, int from, uint32_t off)
{
	struct wire_packet *k = wire_put(w, from, TCP_RST | TCP_ACK, (struct slice){ NULL, 0 });

	k->p.seq += off;
	return k;
}

/* Whoever guesses a number ends nothing that goes on. */
static void a_guessed_reset_ends_nothing(void **state)
{
	static const uint32_t off[] = { 900000, 1, (uint32_t)-1000 };
	struct wire *w;
	struct heard r;

	(void)state;
	for (size_t i = 0; i < sizeof(off) / sizeof(off[0]); i++) {
		w = wire_new();
		wire_open(w);
		put_odd_reset(w, S, off[i]);		/* before anything was said */
		scene_hello(w, &plan_1_2);
		put_odd_reset(w, S, off[i]);
		wire_wait(w, 1500);
		scene_flight_1_2(w, TLS1_2);
		scene_finish_1_2(w);
		r = scene_one(w, NULL);
		assert_int_equal(r.result, RESULT_ESTABLISHED);
		assert_false(r.outcome.has_reset);

		w = wire_new();				/* it goes on, but not to the end */
		wire_open(w);
		scene_hello(w, &plan_1_2);
		put_odd_reset(w, S, off[i]);
		wire_wait(w, 1500);
		scene_flight_1_2(w, TLS1_2);
		assert_int_equal(scene_one(w, NULL).result, RESULT_UNFINISHED);
	}
}

/* Nothing behind it: what else could have ended the connection. */
static void an_odd_reset_counts_if_it_ends_all(void **state)
{
	struct wire *w = wire_new();
	struct heard r;

	(void)state;
	wire_open(w);
	scene_hello(w, &plan_1_2);
	put_odd_reset(w, S, 1460);
	wire_ack(w, C);
	put_odd_reset(w, S, 2920);
	r = scene_one(w, NULL);
	assert_int_equal(r.result, RESULT_RESET);
	assert_int_equal(r.outcome.reset_from, SERVER);
}

/* The server's bytes were not captured, but acknowledged: any of them may be the next. */
static void a_reset_behind_a_hole_counts(void **state)
{
	struct say s = { .n = 0 };
	struct wire *w = wire_new();

	(void)state;
	wire_open(w);
	scene_hello(w, &plan_1_2);
	w->seq[S] += 3000;
	wire_ack(w, C);
	put_odd_reset(w, S, (uint32_t)-1000);
	say_alert(&s, 1, 0);				/* in flight when it came */
	wire_say(w, C, said(&s));
	assert_true(scene_one(w, NULL).outcome.has_reset);
}

/* A service repeats what it was given: that makes no client of it. */
static void a_service_asks_nobody(void **state)
{
	const struct flow_options o[] = { { .m365 = m365 }, { .m365 = m365, .all = true } };

	(void)state;
	for (unsigned i = 0; i < 8; i++) {
		bool two = i & 4, hello = !(i & 2);
		int from = hello ? S : C;	/* a hello of the server, an answer of the client */
		struct wire *w = wire_new();
		struct say s = { .n = 0 };
		struct ear_log log;

		w->port[S] = 80;
		if (two)			/* between two of them anything may be */
			w->addr[C] = wire_addr("52.96.165.3"), w->port[C] = 443;
		wire_say(w, C, test_text("GET / HTTP/1.1\r\n\r\n"));
		wire_say(w, S, test_text("HTTP/1.1 200 OK\r\n\r\n"));
		if (hello)
			say_client_hello(&s, &plan_1_2);
		else
			say_server_hello(&s, TLS1_0, 0, false);
		wire_say(w, from, said(&s));
		wire_say(w, S, test_text("CONNECT outlook.office365.com:443 HTTP/1.1\r\n\r\n"));
		wire_say(w, C, test_text("HTTP/1.1 407 No\r\n\r\n"));
		(void)wire_run(w, &o[i & 1], &log);
		wire_free(w);
		assert_int_equal(log.n, two);
	}
}

/* Whoever calls and then answers what nobody asked makes no client of the called. */
static void an_answer_to_nothing(void **state)
{
	struct wire *w = wire_new();
	struct say s = { .n = 0 };
	struct ear_log log;

	(void)state;
	wire_open(w);
	say_server_hello(&s, TLS1_0, 0, false);
	say_finished(&s);
	wire_say(w, C, said(&s));
	wire_say(w, S, test_text("HTTP/1.1 400 bad\r\n\r\n"));
	wire_close(w);
	(void)wire_run(w, NULL, &log);
	wire_free(w);
	assert_int_equal(log.n, 0);
}

/* Nor does a server that asks first; the client's own hello is the one that counts. */
static void a_question_of_the_called(void **state)
{
	const struct flow_options some = { .m365 = m365 };
	const struct hello_plan other = { .version = TLS1_0, .name = "nobody.example" };

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct wire *w = wire_new();
		struct say s = { .n = 0 };
		struct ear_log log;

		wire_open(w);
		say_client_hello(&s, &other);
		wire_say(w, S, said(&s));
		if (i & 1) {
			scene_hello(w, &plan_1_2);
			scene_flight_1_2(w, TLS1_2);
			scene_finish_1_2(w);
		}
		wire_close(w);
		(void)wire_run(w, i & 2 ? &some : NULL, &log);
		wire_free(w);
		assert_int_equal(log.n, i & 1);
		if (log.n == 0)
			continue;
		assert_int_equal(log.v[0].result, RESULT_ESTABLISHED);
		assert_int_equal(log.v[0].h.client_port, 50123);
		assert_string_equal(log.v[0].name, NAME);
	}
}

/* Hello and alert, again and again: only the other side's alert ends a handshake. */
static void hello_and_alert_for_ever(void **state)
{
	(void)state;
	for (int from = C; from <= S; from++) {
		struct wire *w = wire_new();
		struct flow_state st;
		struct ear_log log;

		wire_open(w);
		for (unsigned i = 0; i < 20; i++) {
			scene_hello(w, &plan_1_2);
			scene_alert(w, from, 2, 70);
		}
		st = wire_run(w, NULL, &log);
		wire_free(w);
		assert_int_equal(log.n, from == C ? 1 : 8);
		assert_int_equal(st.let_go, from == C ? 0 : 1);
		assert_int_equal(log.v[log.n - 1].quality.overflow, from == S);
		assert_int_equal(log.v[log.n - 1].result, RESULT_ALERT);
	}
}

/* The same ports again at once: the answer to the SYN shows that it is new. */
static void ports_used_again_at_once(void **state)
{
	(void)state;
	for (unsigned answered = 0; answered < 2; answered++) {
		struct wire *w = wire_new();
		struct ear_log log;
		size_t first = 0;

		wire_flag(w, C, TCP_SYN);
		if (answered) {
			wire_flag(w, S, TCP_SYN | TCP_ACK);
			wire_ack(w, C);
			scene_hello(w, &plan_1_3);
			first = 1;
		}
		w->seq[C] += 90000000;
		w->seq[S] += 70000000;
		wire_wait(w, 300);
		wire_open(w);
		scene_hello(w, &plan_1_2);
		scene_flight_1_2(w, TLS1_2);
		scene_finish_1_2(w);
		(void)wire_run(w, NULL, &log);
		wire_free(w);
		assert_int_equal(log.n, first + 1);
		assert_int_equal(log.v[first].result, RESULT_ESTABLISHED);
		assert_int_equal(log.v[first].max, TLS1_2);
		if (answered)
			assert_int_equal(log.v[0].result, RESULT_UNFINISHED);
	}
}

/* A SYN that nobody answers, or an answer to no SYN, is no new connection. */
static void a_guessed_syn_ends_nothing(void **state)
{
	struct wire *w = wire_new();
	struct wire_packet *k;
	struct flow_state st;
	struct ear_log log;

	(void)state;
	wire_open(w);
	scene_hello(w, &plan_1_2);
	k = wire_put(w, C, TCP_SYN, (struct slice){ NULL, 0 });
	k->p.seq += 5000000;
	w->seq[C]--;
	k = wire_put(w, S, TCP_SYN | TCP_ACK, (struct slice){ NULL, 0 });
	k->p.seq += 5000000;
	w->seq[S]--;
	scene_flight_1_2(w, TLS1_2);
	scene_finish_1_2(w);
	st = wire_run(w, NULL, &log);
	wire_free(w);
	assert_int_equal(log.n, 1);
	assert_int_equal(log.v[0].result, RESULT_ESTABLISHED);
	assert_int_equal(st.connections, 1);
}

/* What is let go unread before the hello's head came is counted. */
static void crumbs_before_the_head_are_counted(void **state)
{
	struct wire *w = wire_new();
	struct say s = { .n = 0 };
	struct flow_state st;
	struct ear_log log;

	(void)state;
	wire_open(w);
	say_client_hello(&s, &(struct hello_plan){ .name = NAME, .pad = 400 });
	for (uint32_t i = 7; i < 7 + 3 * 64; i += 3) {
		struct wire_packet *k = wire_put(w, C, TCP_ACK, (struct slice){ s.b + i, 1 });

		w->seq[C]--;
		k->p.seq += i;
	}
	wire_say(w, C, said(&s));
	st = wire_run(w, NULL, &log);
	wire_free(w);
	assert_int_equal(log.n, 0);
	assert_int_equal(st.let_go, 1);
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
		cmocka_unit_test(ports_used_again_at_once),
		cmocka_unit_test(a_guessed_syn_ends_nothing),
		cmocka_unit_test(crumbs_before_the_head_are_counted),
		cmocka_unit_test(hello_and_alert_for_ever),
		cmocka_unit_test(a_service_asks_nobody),
		cmocka_unit_test(an_answer_to_nothing),
		cmocka_unit_test(a_question_of_the_called),
		cmocka_unit_test(a_guessed_reset_ends_nothing),
		cmocka_unit_test(an_odd_reset_counts_if_it_ends_all),
		cmocka_unit_test(a_reset_behind_a_hole_counts),
		cmocka_unit_test(one_wrong_time_holds_nothing_up),
		cmocka_unit_test(no_time_is_no_silence),
		cmocka_unit_test(lent_memory_is_counted),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
