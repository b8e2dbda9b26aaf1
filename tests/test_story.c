/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events: the packets that meant something, with their times, frames and sides.
 */
#include "scene.h"

struct tale {
	struct event v[HEARD][HANDSHAKE_EVENTS];
	unsigned n[HEARD], over[HEARD];
	size_t handshakes;
};

static void hear_tale(const struct handshake *h, void *arg)
{
	struct tale *t = arg;
	size_t i = t->handshakes++;

	assert_true(i < HEARD && h->nevents <= HANDSHAKE_EVENTS);
	if (h->nevents > 0)
		memcpy(t->v[i], h->events, h->nevents * sizeof(struct event));
	t->n[i] = h->nevents;
	t->over[i] = h->events_over;
	for (unsigned k = 1; k < h->nevents; k++)
		assert_true(h->events[k - 1].ts <= h->events[k].ts);
}

static void listen(struct wire *w, bool events, struct tale *ret)
{
	struct flow_options o = { .all = true, .events = events };
	struct flows *f;

	memset(ret, 0, sizeof(*ret));
	f = flows_new(&o, hear_tale, ret);
	for (size_t i = 0; i < w->n; i++)
		wire_show(w, f, i);
	flows_flush(f);
	flows_free(f);
	wire_free(w);
}

/* What happened, as letters: upper case the client's. */
static const char *spell(const struct tale *t, size_t i)
{
	static const char letters[EVENTS + 1] = "syphwakgncqedolfrb";
	static char text[HANDSHAKE_EVENTS + 1];
	unsigned n = 0;

	for (; n < t->n[i]; n++) {
		char c = letters[t->v[i][n].is];

		text[n] = (char)(t->v[i][n].side == CLIENT ? c - 'a' + 'A' : c);
	}
	text[n] = '\0';
	return text;
}

static void nobody_asks(void **state)
{
	struct tale t;

	(void)state;
	listen(scene_1_2(), false, &t);
	assert_int_equal(t.handshakes, 1);
	assert_int_equal(t.n[0], 0);
}

static void tells_a_handshake(void **state)
{
	struct tale t;

	(void)state;
	listen(scene_1_2(), true, &t);
	assert_int_equal(t.handshakes, 1);
	assert_string_equal(spell(&t, 0), "SyHncQEqo");
	assert_int_equal(t.v[0][0].frame, 1);
	assert_int_equal(t.v[0][0].ts, T0 + MS);
	assert_int_equal(t.v[0][0].ttl, 64);
	assert_int_equal(t.v[0][1].ttl, 112);
	assert_int_equal(t.v[0][2].frame, 4);		/* behind the bare ACK */
	assert_int_equal(t.v[0][3].frame, 5);
	assert_false(t.v[0][3].elsewhere);
	listen(scene_1_3(), true, &t);
	assert_string_equal(spell(&t, 0), "SyHnqdQDO");
}

/* A hello in two packets, acknowledged, then refused by an alert. */
static void tells_a_refusal(void **state)
{
	struct wire *w = wire_new();
	struct say s = { .n = 0 };
	struct tale t;

	(void)state;
	wire_open(w);
	say_client_hello(&s, &plan_1_2);
	wire_say_by(w, C, said(&s), said(&s).n / 2 + 1);
	wire_ack(w, S);
	wire_ack(w, S);
	scene_alert(w, S, 2, 70);
	wire_close(w);
	listen(w, true, &t);
	assert_string_equal(spell(&t, 0), "SyHWalFf");
	assert_int_equal(t.v[0][2].frame, 4);
	assert_int_equal(t.v[0][3].frame, 5);
	assert_int_equal(t.v[0][4].frame, 6);
	assert_int_equal(t.v[0][5].level, 2);
	assert_int_equal(t.v[0][5].code, 70);
}

/* A reset, and the segment sent again before it. */
static void tells_a_reset(void **state)
{
	struct wire *w = wire_new();
	struct tale t;

	(void)state;
	wire_flag(w, C, TCP_SYN);
	w->seq[C]--;
	wire_flag(w, C, TCP_SYN);
	wire_flag(w, S, TCP_SYN | TCP_ACK);
	scene_hello(w, &plan_1_3);
	for (unsigned i = 0; i < 3; i++) {
		struct wire_packet *k = wire_put(w, C, TCP_ACK | TCP_PSH, w->v[3].bytes);

		k->p.seq = w->v[3].p.seq;
		w->seq[C] = w->v[3].p.seq + (uint32_t)w->v[3].bytes.n;
	}
	wire_flag(w, S, TCP_RST | TCP_ACK);
	listen(w, true, &t);
	assert_string_equal(spell(&t, 0), "SyHBr");
	assert_int_equal(t.v[0][0].count, 2);
	assert_int_equal(t.v[0][3].count, 3);
	assert_int_equal(t.v[0][3].ts, T0 + 5 * MS);
	assert_int_equal(t.v[0][3].until, T0 + 7 * MS);
	assert_int_equal(t.v[0][4].ttl, 112);
}

static void tells_a_prelude(void **state)
{
	static const char *const lines[] = {
		"CONNECT " NAME ":443 HTTP/1.1\r\n\r\n",
		"HTTP/1.1 407 Who?\r\nContent-Length: 0\r\n\r\n",
		"CONNECT " NAME ":443 HTTP/1.1\r\nProxy-Authorization: x\r\n\r\n",
		"HTTP/1.1 200 OK\r\n\r\n",
	};
	struct wire *w = wire_new();
	struct tale t;

	(void)state;
	wire_open(w);
	for (unsigned i = 0; i < 4; i++)
		wire_say(w, i % 2, (struct slice){ (const uint8_t *)lines[i], strlen(lines[i]) });
	scene_hello(w, &plan_1_2);
	scene_flight_1_2(w, TLS1_0);
	scene_finish_1_2(w);
	listen(w, true, &t);
	assert_string_equal(spell(&t, 0), "SyPpPpHncQEqo");
	assert_int_equal(t.v[0][3].status, 407);
	assert_int_equal(t.v[0][5].status, 200);
	assert_int_equal(t.v[0][5].frame, 7);
}

/* The second handshake of a connection begins with what was said before TLS. */
static void tells_each_handshake(void **state)
{
	struct wire *w = wire_new();
	struct tale t;

	(void)state;
	wire_open(w);
	scene_hello(w, &plan_1_3);
	scene_alert(w, S, 2, 70);
	scene_hello(w, &plan_1_2);
	scene_flight_1_2(w, TLS1_2);
	scene_finish_1_2(w);
	listen(w, true, &t);
	assert_int_equal(t.handshakes, 2);
	assert_string_equal(spell(&t, 0), "SyHl");
	assert_string_equal(spell(&t, 1), "SyHncQEqo");
	assert_int_equal(t.v[1][2].frame, 6);
}

/* However much comes before it, there is room for the end; what there was not is counted. */
static void is_bounded(void **state)
{
	struct wire *w = wire_new();
	struct tale t;
	bool ended = false;

	(void)state;
	wire_open(w);
	for (unsigned i = 0; i < 30; i++) {
		wire_say(w, S, (struct slice){ (const uint8_t *)"220 again\r\n", 11 });
		wire_say(w, C, (struct slice){ (const uint8_t *)"EHLO again\r\n", 12 });
	}
	scene_hello(w, &plan_1_2);
	scene_alert(w, S, 2, 40);
	listen(w, true, &t);
	assert_int_equal(t.handshakes, 1);
	for (unsigned i = 0; i < t.n[0]; i++)
		ended |= t.v[0][i].is == EVENT_ALERT;
	assert_true(ended);
	assert_true(t.over[0] > 0);
}

/* Ports used again at once: the story is the new connection's. */
static void forgets_the_old(void **state)
{
	struct wire *w = scene_1_2();
	struct tale t;

	(void)state;
	wire_wait(w, 2000);
	w->seq[C] += 5000000;
	w->seq[S] += 5000000;
	wire_open(w);
	scene_hello(w, &plan_1_3);
	scene_alert(w, S, 2, 70);
	listen(w, true, &t);
	assert_int_equal(t.handshakes, 2);
	assert_string_equal(spell(&t, 1), "SyHl");
	assert_true(t.v[1][0].frame > t.v[0][8].frame);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_asks),
		cmocka_unit_test(tells_a_handshake),
		cmocka_unit_test(tells_a_refusal),
		cmocka_unit_test(tells_a_reset),
		cmocka_unit_test(tells_a_prelude),
		cmocka_unit_test(tells_each_handshake),
		cmocka_unit_test(is_bounded),
		cmocka_unit_test(forgets_the_old),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
