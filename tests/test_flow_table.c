/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table: bounded in flows and bytes; ports used again; time that passes,
 * stands still and jumps; the same capture, the same records.
 */
#include "scene.h"

#include "flow/table.h"

static void put_flow(struct flow_table *t, uint32_t n)
{
	struct flow_key k = { .net = n };
	uint32_t hash = flow_table_hash(t, &k);

	assert_null(flow_table_find(t, &k, hash));
	assert_non_null(flow_table_add(t, &k, hash));
}

static struct flow *get_flow(struct flow_table *t, uint32_t n)
{
	struct flow_key k = { .net = n };

	return flow_table_find(t, &k, flow_table_hash(t, &k));
}

static void entries_come_and_go(void **state)
{
	enum { LIMIT = 20000 };
	struct flow_table t;
	struct flow_key more = { .net = LIMIT };

	(void)state;
	assert_true(flow_table_init(&t, LIMIT));
	for (uint32_t i = 0; i < LIMIT; i++)
		put_flow(&t, i);
	assert_null(flow_table_add(&t, &more, flow_table_hash(&t, &more)));
	for (uint32_t i = 0; i < LIMIT; i++)
		assert_int_equal(get_flow(&t, i)->key.net, i);
	assert_ptr_equal(flow_table_oldest(&t, LIST_LIVE), get_flow(&t, 0));
	for (uint32_t i = 0; i < LIMIT; i += 2)
		flow_table_remove(&t, get_flow(&t, i));
	for (uint32_t i = 0; i < LIMIT; i++)
		assert_int_equal(get_flow(&t, i) != NULL, i % 2);
	flow_table_move(&t, get_flow(&t, 1), LIST_CLOSED);
	assert_ptr_equal(flow_table_oldest(&t, LIST_CLOSED), get_flow(&t, 1));
	assert_ptr_equal(flow_table_oldest(&t, LIST_LIVE), get_flow(&t, 3));
	for (uint32_t i = 0; i < LIMIT; i += 2)
		put_flow(&t, i);
	assert_int_equal(t.count, LIMIT);
	assert_int_equal(t.used, LIMIT);
	flow_table_done(&t);
}

/* Many hellos at once: the oldest flows end first, each with what is known. */
static void a_full_table(void **state)
{
	const struct flow_options o = { .all = true, .flows = 8 };
	struct wire *w = wire_new();
	struct flow_state st;
	struct ear_log log;

	(void)state;
	for (uint16_t i = 0; i < 12; i++) {
		w->port[C] = (uint16_t)(50000 + i);
		wire_open(w);
		scene_hello(w, &plan_1_2);
	}
	st = wire_run(w, &o, &log);
	wire_free(w);
	assert_int_equal(log.n, 12);
	assert_int_equal(st.evicted, 4);
	for (unsigned i = 0; i < 12; i++) {
		assert_int_equal(log.v[i].h.client_port, 50000 + i);
		assert_int_equal(log.v[i].result, RESULT_UNFINISHED);
		assert_int_equal(log.v[i].quality.overflow, i < 4);
	}
}

static void too_many_bytes(void **state)
{
	const struct flow_options o = { .all = true, .bytes = 20000 };
	struct hello_plan big = { .name = NAME, .top = TLS1_3, .pad = 3000 };
	struct wire *w = wire_new();
	struct flow_state st;
	struct ear_log log;

	(void)state;
	for (uint16_t i = 0; i < 10; i++) {
		w->port[C] = (uint16_t)(50000 + i);
		wire_open(w);
		scene_hello(w, &big);
	}
	st = wire_run(w, &o, &log);
	wire_free(w);
	assert_int_equal(log.n, 10);
	assert_true(st.let_go > 0 && st.let_go < 10);
	assert_true(log.v[0].quality.overflow && !log.v[9].quality.overflow);
}

static void a_port_is_used_again(void **state)
{
	static const enum result ends[] = {
		RESULT_UNFINISHED, RESULT_CLOSED, RESULT_RESET, RESULT_ESTABLISHED
	};

	(void)state;
	for (unsigned how = 0; how < 4; how++) {
		struct wire *w = wire_new();
		struct ear_log log;

		wire_open(w);
		scene_hello(w, &plan_1_3);
		if (how == 0)			/* given up without a word */
			wire_wait(w, 1500);
		else if (how == 1)
			wire_close(w);
		else if (how == 2)
			wire_flag(w, S, TCP_RST);
		else				/* decided, and not closed */
			scene_flight_1_3(w), scene_finish_1_3(w);
		w->seq[C] += 500000;
		w->seq[S] += 700000;
		wire_open(w);
		scene_hello(w, &plan_1_2);
		scene_flight_1_2(w, TLS1_2);
		scene_finish_1_2(w);
		(void)wire_run(w, NULL, &log);
		wire_free(w);
		assert_int_equal(log.n, 2);
		assert_int_equal(log.v[0].max, TLS1_3);
		assert_int_equal(log.v[0].result, ends[how]);
		assert_int_equal(log.v[1].max, TLS1_2);
		assert_int_equal(log.v[1].result, RESULT_ESTABLISHED);
		assert_true(log.v[1].has_rtt);
	}
}

/* A span on both sides of a firewall that draws its own sequence numbers. */
static void the_same_syn_with_other_numbers(void **state)
{
	struct wire *w = scene_1_3(), *twice = wire_new();
	struct heard r;

	(void)state;
	for (size_t i = 0; i < w->n; i++) {
		struct wire_packet k = w->v[i];

		twice->v[twice->n++] = k;
		k.bytes = exact_copy(k.bytes.p, k.bytes.n);
		k.p.seq += k.p.sport == 443 ? 0 : 77777777;
		k.p.ack += k.p.sport == 443 ? 77777777 : 0;
		twice->v[twice->n++] = k;
	}
	r = scene_one(twice, NULL);
	assert_int_equal(r.result, RESULT_ESTABLISHED);
	assert_true(r.complete);
	free(w);
}

static void a_syn_is_sent_again(void **state)
{
	struct wire *w = wire_new();
	struct flow_state st;
	struct ear_log log;

	(void)state;
	wire_flag(w, C, TCP_SYN);
	wire_wait(w, 1000);
	w->seq[C]--;
	wire_open(w);
	scene_hello(w, &plan_1_3);
	scene_flight_1_3(w);
	scene_finish_1_3(w);
	st = wire_run(w, NULL, &log);
	wire_free(w);
	assert_int_equal(log.n, 1);
	assert_int_equal(st.connections, 1);
	assert_int_equal(log.v[0].h.rtt_ns, MS);	/* of the one that was answered */
}

static void late_copies_make_no_second_record(void **state)
{
	struct wire *w = scene_1_3();
	struct ear_log log;
	struct wire_packet k = w->v[3];

	(void)state;
	k.bytes = exact_copy(k.bytes.p, k.bytes.n);
	w->v[w->n++] = k;
	(void)wire_run(w, NULL, &log);
	wire_free(w);
	assert_int_equal(log.n, 1);
}

static void idle_flows_end(void **state)
{
	struct wire *w = wire_new();
	const struct flow_options o = { .all = true };
	struct ear_log log = { .n = 0 };
	struct flows *f = flows_new(&o, hear_one, &log);

	(void)state;
	wire_open(w);
	scene_hello(w, &plan_1_3);
	scene_flight_1_3(w);
	wire_wait(w, 100000);
	wire_other(w);
	wire_wait(w, 21000);
	wire_other(w);
	for (size_t i = 0; i + 1 < w->n; i++)
		wire_show(w, f, i);
	assert_int_equal(log.n, 0);
	assert_int_equal(flows_state(f)->flows_now, 2);
	wire_show(w, f, w->n - 1);
	wire_show(w, f, w->n - 1);		/* a jump of a minute is believed the second time */
	assert_int_equal(log.n, 1);
	assert_int_equal(log.v[0].result, RESULT_UNFINISHED);
	assert_int_equal(flows_state(f)->flows_now, 1);
	flows_free(f);
	wire_free(w);
}

/* A long download of which one side was captured is not followed to its end. */
static void long_is_long_enough(void **state)
{
	const struct flow_options o = { .all = true };
	struct wire *w = wire_new();
	struct ear_log log = { .n = 0 };
	struct flows *f = flows_new(&o, hear_one, &log);

	(void)state;
	scene_hello(w, &plan_1_3);
	for (unsigned i = 0; i < 40; i++)
		scene_data(w, C, 15000);
	for (size_t i = 0; i < w->n; i++)
		wire_show(w, f, i);
	assert_int_equal(log.n, 1);
	assert_int_equal(log.v[0].result, RESULT_ONE_WAY);
	flows_free(f);
	wire_free(w);
}

/* One packet with a broken clock silences nobody. */
static void one_wrong_clock(void **state)
{
	(void)state;
	for (unsigned back = 0; back < 2; back++) {
		struct wire *w = wire_new();
		struct heard r;

		wire_open(w);
		scene_hello(w, &plan_1_3);
		wire_ack(w, S);
		wire_other(w);
		if (back)
			w->v[w->n - 1].frame.ts = 5;
		else
			w->v[w->n - 1].frame.ts += UINT64_C(400) * 86400 * 1000 * MS;
		scene_flight_1_3(w);
		scene_finish_1_3(w);
		r = scene_one(w, NULL);
		assert_int_equal(r.result, RESULT_ESTABLISHED);
	}
}

static void time_runs_back(void **state)
{
	struct wire *w = scene_1_3();
	struct heard r;

	(void)state;
	for (size_t i = 0; i < w->n; i++)
		w->v[i].frame.ts = T0 - i * 1000 * MS;
	r = scene_one(w, NULL);
	assert_int_equal(r.result, RESULT_ESTABLISHED);
	assert_true(r.h.rtt_ns < (uint64_t)1000 * MS);
}

/* Equal inner addresses behind different tags are different connections. */
static void networks_are_apart(void **state)
{
	struct wire *w = wire_new();
	struct ear_log log;

	(void)state;
	for (uint32_t net = 0; net < 2; net++) {
		size_t first = w->n;

		w->seq[C] = 1000 + net * 50;
		w->seq[S] = 900000 + net * 50;
		wire_open(w);
		scene_hello(w, net ? &plan_1_2 : &plan_1_3);
		for (size_t i = first; i < w->n; i++)
			w->v[i].p.net = net;
	}
	(void)wire_run(w, NULL, &log);
	wire_free(w);
	assert_int_equal(log.n, 2);
	assert_int_equal(log.v[0].max, TLS1_3);
	assert_int_equal(log.v[1].max, TLS1_2);
}

/* At the end, the flow that came first is told first, whatever the hash. */
static void the_end_is_in_order(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 20; round++) {
		struct wire *w = wire_new();
		struct ear_log log;

		for (uint16_t i = 0; i < 12; i++) {
			w->port[C] = (uint16_t)(50000 + i * 7 % 12);
			scene_hello(w, &plan_1_2);
		}
		(void)wire_run(w, NULL, &log);
		wire_free(w);
		assert_int_equal(log.n, 12);
		for (unsigned i = 0; i < 12; i++)
			assert_int_equal(log.v[i].h.client_port, 50000 + i * 7 % 12);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_come_and_go),
		cmocka_unit_test(a_full_table),
		cmocka_unit_test(too_many_bytes),
		cmocka_unit_test(a_port_is_used_again),
		cmocka_unit_test(the_same_syn_with_other_numbers),
		cmocka_unit_test(a_syn_is_sent_again),
		cmocka_unit_test(late_copies_make_no_second_record),
		cmocka_unit_test(idle_flows_end),
		cmocka_unit_test(long_is_long_enough),
		cmocka_unit_test(one_wrong_clock),
		cmocka_unit_test(time_runs_back),
		cmocka_unit_test(networks_are_apart),
		cmocka_unit_test(the_end_is_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
