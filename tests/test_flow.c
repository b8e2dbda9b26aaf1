/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How handshakes end: each outcome of the contract, from packets in order.
 */
#include "scene.h"

static void tls_1_2_is_established(void **state)
{
	struct wire *w = scene_1_2();
	struct flow_state st;
	struct ear_log log;
	const struct heard *r = &log.v[0];

	(void)state;
	st = wire_run(w, NULL, &log);
	assert_int_equal(log.n, 1);
	assert_int_equal(r->result, RESULT_ESTABLISHED);
	assert_true(r->complete && r->has_answer && r->h.established && !r->resumed);
	assert_int_equal(r->max, TLS1_2);
	assert_int_equal(r->version, TLS1_2);
	assert_string_equal(r->name, NAME);
	assert_true(r->bad_leaf && !r->has_leaf);
	assert_true(r->has_rtt);
	assert_int_equal(r->h.rtt_ns, MS);
	assert_int_equal(r->h.synack_ttl, 112);
	assert_memory_equal(r->h.client_mac, ((uint8_t[]){ 2, 0, 0, 0, 0, 7 }), 6);
	assert_memory_equal(&r->h.client, &w->addr[C], sizeof(w->addr[C]));
	assert_int_equal(r->h.client_port, 50123);
	assert_int_equal(r->h.server_port, 443);
	assert_int_equal(r->h.nframes, 3);	/* hello, answer, what decided */
	assert_int_equal(r->h.frames[0], 4);
	assert_int_equal(r->h.frames[1], 5);
	assert_int_equal(r->h.frames[2], 7);
	assert_int_equal(r->h.ts, T0 + 4 * MS);
	assert_int_equal(r->h.ts_end, T0 + 7 * MS);
	assert_memory_equal(&r->quality, &(struct quality){ 0 }, sizeof(r->quality));
	assert_int_equal(st.tls, 1);
	assert_int_equal(st.connections, 1);
	assert_int_equal(st.bad_certificates, 1);
	assert_true(st.bytes_per_idle_flow > 0 && st.bytes_per_idle_flow <= 160);
	wire_free(w);
}

static void tls_1_3_is_established_by_the_client(void **state)
{
	struct heard r = scene_one(scene_1_3(), NULL);
	struct wire *w = wire_new();

	(void)state;
	assert_int_equal(r.result, RESULT_ESTABLISHED);
	assert_int_equal(r.max, TLS1_3);
	assert_int_equal(r.version, TLS1_3);
	assert_int_equal(r.h.ts_end, T0 + 6 * MS);

	wire_open(w);				/* early data is no Finished */
	scene_hello(w, &(struct hello_plan){ .name = NAME, .top = TLS1_3, .early_data = true });
	scene_data(w, C, 900);
	scene_flight_1_3(w);
	wire_flag(w, C, TCP_RST);
	r = scene_one(w, NULL);
	assert_int_equal(r.result, RESULT_RESET);

	w = wire_new();				/* an alert that is encrypted is none either */
	wire_open(w);
	scene_hello(w, &plan_1_3);
	scene_flight_1_3(w);
	scene_data(w, C, 19);
	wire_close(w);
	r = scene_one(w, NULL);
	assert_int_equal(r.result, RESULT_CLOSED);
	assert_false(r.outcome.has_alert);
}

static void a_retry_keeps_the_first_hello(void **state)
{
	struct wire *w = wire_new();
	struct hello_plan second = { .name = NAME, .top = TLS1_3, .pad = 60 };
	struct say s = { .n = 0 };
	struct heard r;

	(void)state;
	wire_open(w);
	scene_hello(w, &plan_1_3);
	say_server_hello(&s, TLS1_3, 0, true);
	say_change_cipher(&s);
	wire_say(w, S, said(&s));
	s.n = 0;
	say_change_cipher(&s);
	say_client_hello(&s, &second);
	wire_say(w, C, said(&s));
	scene_flight_1_3(w);
	scene_finish_1_3(w);
	r = scene_one(w, NULL);
	assert_int_equal(r.result, RESULT_ESTABLISHED);
	assert_true(r.retried);
	assert_int_equal(r.h.frames[0], 4);
	assert_int_equal(r.version, TLS1_3);

	w = wire_new();				/* with nothing behind it, it is the answer */
	wire_open(w);
	scene_hello(w, &plan_1_3);
	s.n = 0;
	say_server_hello(&s, TLS1_3, 0, true);
	wire_say(w, S, said(&s));
	wire_close(w);
	r = scene_one(w, NULL);
	assert_true(r.retried && r.has_answer && !r.resumed);
	assert_int_equal(r.result, RESULT_CLOSED);
}

static void resumption(void **state)
{
	struct hello_plan p = { .version = TLS1_2, .name = NAME, .session = 32 };

	(void)state;
	for (unsigned ticket = 0; ticket < 2; ticket++) {
		struct wire *w = wire_new();
		struct say s = { .n = 0 };
		struct heard r;

		wire_open(w);
		scene_hello(w, &p);
		say_server_hello(&s, TLS1_2, ticket ? 0 : 32, false);
		if (ticket)
			say_message(&s, 4, 100);
		say_finished(&s);
		wire_say(w, S, said(&s));
		s.n = 0;
		say_finished(&s);
		wire_say(w, C, said(&s));
		r = scene_one(w, NULL);
		assert_int_equal(r.result, RESULT_ESTABLISHED);
		assert_true(r.resumed);
	}
}

static void an_alert_ends_it(void **state)
{
	struct wire *w = wire_new();
	struct heard r;

	(void)state;
	wire_open(w);
	scene_hello(w, &plan_1_2);
	scene_alert(w, S, 2, 70);
	wire_flag(w, S, TCP_RST);
	r = scene_one(w, NULL);
	assert_int_equal(r.result, RESULT_ALERT);
	assert_int_equal(r.outcome.alert_from, SERVER);
	assert_int_equal(r.outcome.alert_level, 2);
	assert_int_equal(r.outcome.alert_code, 70);
	assert_true(r.outcome.has_reset);	/* the alert wins, the RST is told */
	assert_int_equal(r.outcome.reset_from, SERVER);
	assert_int_equal(r.outcome.reset_ttl, 112);
	assert_int_equal(r.h.ts_end, T0 + 5 * MS);

	w = wire_new();				/* the client dislikes the certificate */
	wire_open(w);
	scene_hello(w, &plan_1_2);
	scene_flight_1_2(w, TLS1_2);
	scene_alert(w, C, 2, 48);
	scene_alert(w, C, 1, 0);		/* a fatal one is remembered first */
	wire_close(w);
	r = scene_one(w, NULL);
	assert_int_equal(r.result, RESULT_ALERT);
	assert_int_equal(r.outcome.alert_from, CLIENT);
	assert_int_equal(r.outcome.alert_code, 48);
}

static void a_warning_is_only_noted(void **state)
{
	struct wire *w = wire_new();
	struct say s = { .n = 0 };
	struct heard r;

	(void)state;
	wire_open(w);
	scene_hello(w, &plan_1_2);
	say_alert(&s, 1, 112);
	say_server_hello(&s, TLS1_2, 0, false);
	say_message(&s, 14, 0);
	wire_say(w, S, said(&s));
	wire_flag(w, C, TCP_RST);
	r = scene_one(w, NULL);
	assert_int_equal(r.result, RESULT_RESET);
	assert_int_equal(r.outcome.reset_from, CLIENT);
	assert_false(r.outcome.has_alert);

	w = wire_new();				/* but it may be the last word */
	wire_open(w);
	scene_hello(w, &plan_1_2);
	scene_flight_1_2(w, TLS1_2);
	scene_alert(w, C, 1, 90);
	wire_close(w);
	r = scene_one(w, NULL);
	assert_int_equal(r.result, RESULT_ALERT);
	assert_int_equal(r.outcome.alert_code, 90);
	assert_int_equal(r.outcome.alert_level, 1);
}

static void reset_and_closed(void **state)
{
	struct wire *w = wire_new();
	struct heard r;

	(void)state;
	wire_open(w);
	scene_hello(w, &plan_1_2);
	wire_flag(w, S, TCP_RST | TCP_ACK);
	w->v[4].p.ttl = 63;
	r = scene_one(w, NULL);
	assert_int_equal(r.result, RESULT_RESET);
	assert_int_equal(r.outcome.reset_from, SERVER);
	assert_int_equal(r.outcome.reset_ttl, 63);
	assert_int_equal(r.h.synack_ttl, 112);

	w = wire_new();
	wire_open(w);
	scene_hello(w, &plan_1_2);
	wire_flag(w, S, TCP_FIN | TCP_ACK);
	wire_flag(w, C, TCP_FIN | TCP_ACK);
	assert_int_equal(scene_one(w, NULL).result, RESULT_CLOSED);

	w = wire_new();				/* a RST from elsewhere is none of ours */
	wire_open(w);
	scene_hello(w, &plan_1_2);
	wire_flag(w, S, TCP_RST);
	w->v[4].p.seq += 100u << 20;
	assert_int_equal(scene_one(w, NULL).result, RESULT_UNFINISHED);
}

static struct wire *hello_and_ack(void)
{
	struct wire *w = wire_new();

	wire_open(w);
	scene_hello(w, &plan_1_2);
	wire_ack(w, S);
	return w;
}

static void silence(void **state)
{
	struct wire *w = hello_and_ack();
	struct wire_packet *k;

	(void)state;
	wire_wait(w, 5100);			/* the capture goes on long enough */
	wire_other(w);
	assert_int_equal(scene_one(w, NULL).result, RESULT_SILENT);

	w = hello_and_ack();			/* it does not */
	wire_wait(w, 4000);
	wire_other(w);
	assert_int_equal(scene_one(w, NULL).result, RESULT_UNFINISHED);

	w = wire_new();				/* sent again, not acknowledged */
	wire_open(w);
	scene_hello(w, &plan_1_2);
	wire_wait(w, 300);
	k = wire_put(w, C, TCP_ACK | TCP_PSH, w->v[3].bytes);
	k->p.seq = w->v[3].p.seq;
	wire_wait(w, 6000);
	wire_other(w);
	assert_int_equal(scene_one(w, NULL).result, RESULT_SILENT);

	w = wire_new();				/* neither: who knows */
	wire_open(w);
	scene_hello(w, &plan_1_2);
	wire_wait(w, 6000);
	wire_other(w);
	assert_int_equal(scene_one(w, NULL).result, RESULT_UNFINISHED);

	w = hello_and_ack();			/* the client gives up waiting */
	wire_wait(w, 8000);
	wire_flag(w, C, TCP_RST);
	assert_int_equal(scene_one(w, NULL).result, RESULT_SILENT);

	w = hello_and_ack();			/* late is not never */
	wire_wait(w, 9000);
	wire_other(w);
	scene_flight_1_2(w, TLS1_2);
	scene_finish_1_2(w);
	assert_int_equal(scene_one(w, NULL).result, RESULT_ESTABLISHED);
}

static void silence_ends_while_the_capture_goes_on(void **state)
{
	struct wire *w = hello_and_ack();
	struct flow_options o = { .all = true };
	struct ear_log log = { .n = 0 };
	struct flows *f = flows_new(&o, hear_one, &log);

	(void)state;
	wire_wait(w, 31000);
	wire_other(w);
	for (size_t i = 0; i < w->n; i++)
		wire_show(w, f, i);
	assert_int_equal(log.n, 1);
	assert_int_equal(log.v[0].result, RESULT_SILENT);
	scene_flight_1_2(w, TLS1_2);		/* too late for this record; no second one */
	wire_show(w, f, w->n - 1);
	flows_flush(f);
	assert_int_equal(log.n, 1);
	flows_free(f);
	wire_free(w);
}

static void unfinished(void **state)
{
	struct wire *w = wire_new();

	(void)state;
	wire_open(w);
	scene_hello(w, &plan_1_2);
	scene_flight_1_2(w, TLS1_2);
	assert_int_equal(scene_one(w, NULL).result, RESULT_UNFINISHED);
}

/* Only one side captured: no silence, no close, whatever came of it. */
static void one_way(void **state)
{
	(void)state;
	for (int side = C; side <= S; side++) {
		struct wire *w = scene_1_2();
		struct heard r;
		size_t n = 0;

		wire_wait(w, 9000);
		wire_other(w);
		for (size_t i = 0; i < w->n; i++) {
			bool of_server = w->v[i].p.sport == 443;

			if (of_server == (side == S) || i == w->n - 1)
				w->v[n++] = w->v[i];
			else
				exact_free(w->v[i].bytes);
		}
		w->n = n;
		r = scene_one(w, NULL);
		assert_int_equal(r.result, RESULT_ONE_WAY);
		assert_true(r.quality.one_way);
		assert_int_equal(r.has_offer, side == C);
		assert_int_equal(r.has_answer, side == S);
		assert_int_equal(r.h.client_port, 50123);
		assert_int_equal(r.quality.gaps, 0);
	}
}

static void two_handshakes_in_the_clear(void **state)
{
	struct wire *w = wire_new();
	struct ear_log log;

	(void)state;
	wire_open(w);
	scene_hello(w, &plan_1_3);
	scene_alert(w, S, 2, 40);
	scene_hello(w, &(struct hello_plan){ .version = TLS1_0, .name = NAME, .salt = 9 });
	scene_flight_1_2(w, TLS1_0);
	scene_finish_1_2(w);
	(void)wire_run(w, NULL, &log);
	assert_int_equal(log.n, 2);
	assert_int_equal(log.v[0].result, RESULT_ALERT);
	assert_int_equal(log.v[0].max, TLS1_3);
	assert_int_equal(log.v[1].result, RESULT_ESTABLISHED);
	assert_int_equal(log.v[1].max, TLS1_0);
	assert_false(log.v[1].outcome.has_alert);
	wire_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tls_1_2_is_established),
		cmocka_unit_test(tls_1_3_is_established_by_the_client),
		cmocka_unit_test(a_retry_keeps_the_first_hello),
		cmocka_unit_test(resumption),
		cmocka_unit_test(an_alert_ends_it),
		cmocka_unit_test(a_warning_is_only_noted),
		cmocka_unit_test(reset_and_closed),
		cmocka_unit_test(silence),
		cmocka_unit_test(silence_ends_while_the_capture_goes_on),
		cmocka_unit_test(unfinished),
		cmocka_unit_test(one_way),
		cmocka_unit_test(two_handshakes_in_the_clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
