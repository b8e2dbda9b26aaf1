/* SPDX-License-Identifier: Apache-2.0 */
/*
 * However a conversation was cut, shuffled, doubled and lost on its way into
 * the capture: the same facts, or fewer and said so, never other ones.
 */
#include "scene.h"

static const struct hello_plan plan_big = { .name = NAME, .top = TLS1_3, .pad = 1500 };

/* The whole story, every message in portions of n bytes. */
static struct wire *cut_scene(size_t n)
{
	struct wire *w = wire_new();
	struct say s = { .n = 0 };

	wire_open(w);
	say_client_hello(&s, &plan_big);
	wire_say_by(w, C, said(&s), n);
	wire_ack(w, S);
	s.n = 0;
	say_server_hello(&s, TLS1_3, 0, false);
	say_change_cipher(&s);
	say_data(&s, 800);
	wire_say_by(w, S, said(&s), n);
	wire_ack(w, C);
	s.n = 0;
	say_change_cipher(&s);
	say_data(&s, 53);
	wire_say_by(w, C, said(&s), n);
	scene_data(w, C, 100);
	scene_data(w, S, 700);
	wire_close(w);
	return w;
}

static void is_whole(const struct heard *r)
{
	assert_int_equal(r->result, RESULT_ESTABLISHED);
	assert_true(r->complete && r->has_answer);
	assert_int_equal(r->max, TLS1_3);
	assert_int_equal(r->version, TLS1_3);
	assert_string_equal(r->name, NAME);
	assert_int_equal(r->quality.gaps, 0);
	assert_int_equal(r->quality.overlaps, 0);
}

/* The hello in two segments, at every place, in either order. */
static void every_cut_in_two(void **state)
{
	struct say s = { .n = 0 };

	(void)state;
	say_client_hello(&s, &plan_1_3);
	for (size_t at = 1; at < s.n; at++) {
		for (unsigned swap = 0; swap < 2; swap++) {
			struct wire *w = wire_new();
			struct heard r;

			wire_open(w);
			wire_put(w, C, TCP_ACK, (struct slice){ s.b, at });
			wire_put(w, C, TCP_ACK, (struct slice){ s.b + at, s.n - at });
			if (swap)
				wire_move(w, 4, 3);
			scene_flight_1_3(w);
			scene_finish_1_3(w);
			r = scene_one(w, NULL);
			is_whole(&r);
			assert_int_equal(r.quality.reordered, swap);
			assert_int_equal(r.h.ts, T0 + 4 * MS + 0u * swap);
			assert_int_equal(r.h.frames[0], 4);
			assert_int_equal(r.h.frames[1], 5);
		}
	}
}

static void every_order_of_four(void **state)
{
	(void)state;
	for (unsigned code = 0; code < 256; code++) {
		unsigned order[4] = { code & 3, code >> 2 & 3, code >> 4 & 3, code >> 6 };
		struct wire_packet was[4];
		struct wire *w;
		struct heard r;

		if ((1u << order[0] | 1u << order[1] | 1u << order[2] | 1u << order[3]) != 15)
			continue;
		w = cut_scene(450);
		memcpy(was, &w->v[3], sizeof(was));
		for (unsigned i = 0; i < 4; i++)
			w->v[3 + i] = was[order[i]];
		r = scene_one(w, NULL);
		is_whole(&r);
	}
}

static void byte_by_byte(void **state)
{
	struct wire *w = wire_new();
	struct say s = { .n = 0 };
	struct heard r;

	(void)state;
	wire_open(w);
	say_client_hello(&s, &plan_1_3);
	wire_say_by(w, C, said(&s), 1);
	scene_flight_1_3(w);
	scene_finish_1_3(w);
	r = scene_one(w, NULL);
	is_whole(&r);
}

/* A record for every three bytes of the hello; then many messages in one record. */
static void records_of_any_size(void **state)
{
	struct wire *w = wire_new();
	struct say hello = { .n = 0 }, s = { .n = 0 }, in = { .n = 0 };
	struct heard r;

	(void)state;
	wire_open(w);
	say_client_hello(&hello, &plan_1_2);
	for (size_t i = 5; i < hello.n; i += 3)
		say_record(&s, 22, (struct slice){ hello.b + i,
						    hello.n - i < 3 ? hello.n - i : 3 });
	wire_say_by(w, C, said(&s), 100);
	s.n = 0;
	say_server_hello(&s, TLS1_2, 0, false);
	say_message(&s, 11, 20);
	say_message(&s, 14, 0);
	for (size_t i = 0; i < s.n;) {		/* their records' headers away */
		size_t n = (size_t)(s.b[i + 3] << 8 | s.b[i + 4]);

		say_bytes(&in, s.b + i + 5, n);
		i += 5 + n;
	}
	s.n = 0;
	say_record(&s, 22, said(&in));
	wire_say(w, S, said(&s));
	scene_finish_1_2(w);
	r = scene_one(w, NULL);
	assert_int_equal(r.result, RESULT_ESTABLISHED);
	assert_true(r.complete && r.has_answer && r.bad_leaf && !r.resumed);
	assert_string_equal(r.name, NAME);
}

static void every_frame_twice(void **state)
{
	(void)state;
	for (size_t apart = 1; apart < 5; apart++) {
		struct wire *once = cut_scene(450), *w = wire_new();
		struct heard r;

		for (size_t i = 0; i < once->n + apart; i++) {
			if (i < once->n)
				w->v[w->n++] = once->v[i];
			if (i < apart)
				continue;
			w->v[w->n] = once->v[i - apart];
			w->v[w->n].bytes = exact_copy(w->v[w->n].bytes.p, w->v[w->n].bytes.n);
			w->n++;
		}
		r = scene_one(w, NULL);
		free(once);			/* its packets were moved, not copied */
		is_whole(&r);
		assert_true(r.quality.repeated >= 4);
		assert_true(r.has_rtt);
	}
}

static void numbers_wrap(void **state)
{
	(void)state;
	for (uint32_t back = 0; back < 1800; back += 7) {
		struct wire *w = wire_new();
		struct say s = { .n = 0 };
		struct heard r;

		w->seq[C] = 0u - back;
		w->seq[S] = 0u - back / 2;
		wire_open(w);
		say_client_hello(&s, &plan_big);
		wire_say_by(w, C, said(&s), 600);
		wire_move(w, 4, 3);
		scene_flight_1_3(w);
		scene_finish_1_3(w);
		r = scene_one(w, NULL);
		is_whole(&r);
	}
}

/* One side's packets come after the other's, by a few or all of them. */
static void one_side_is_late(void **state)
{
	(void)state;
	for (int late = C; late <= S; late++) {
		for (size_t by = 1; by < 30; by++) {
			struct wire *w = cut_scene(450);
			struct heard r;

			for (size_t i = w->n; i-- > 0;) {
				size_t to = i + by < w->n ? i + by : w->n - 1;

				if ((w->v[i].p.sport == 443) != (late == S))
					continue;
				while (to > i && (w->v[to].p.sport == 443) == (late == S))
					to--;
				wire_move(w, i, to);
			}
			r = scene_one(w, NULL);
			is_whole(&r);
			assert_int_equal(r.h.client_port, 50123);
		}
	}
}

/* Packets change places within reach of each other, by a fixed seed. */
static void any_shuffle_is_the_same(void **state)
{
	uint32_t seed = 7;

	(void)state;
	for (unsigned round = 0; round < 2000; round++) {
		struct wire *w = cut_scene(100 + round % 700);
		struct heard r;

		for (size_t i = 1; i + 8 < w->n; i++) {	/* the SYN first */
			seed = seed * 1664525 + 1013904223;
			wire_move(w, i + (seed >> 16) % 8, i);
		}
		r = scene_one(w, NULL);
		is_whole(&r);
	}
}

/* What one lost packet may change: less is known, nothing is invented. */
static void one_packet_is_lost(void **state)
{
	size_t packets = 0;

	(void)state;
	for (unsigned which = 0; which < 3; which++) {
		for (size_t lost = 0; packets == 0 || lost < packets; lost++) {
			struct wire *w = which == 0 ? cut_scene(450) :
					 which == 1 ? scene_1_2() : scene_1_3();
			struct ear_log log;
			bool data = w->v[lost].bytes.n > 0;
			const struct heard *r = &log.v[0];

			packets = w->n;
			exact_free(w->v[lost].bytes);
			w->n--;
			memmove(&w->v[lost], &w->v[lost + 1], (w->n - lost) * sizeof(w->v[0]));
			(void)wire_run(w, NULL, &log);
			wire_free(w);
			assert_int_equal(log.n, 1);
			if (r->has_offer && !r->complete)
				assert_int_equal(r->max, 0);
			if (!data)
				is_whole(&(struct heard){
					.result = r->result, .complete = r->complete,
					.has_answer = r->has_answer, .max = TLS1_3,
					.version = TLS1_3, .name = NAME, .quality = r->quality });
			if (r->result != RESULT_ESTABLISHED)
				assert_int_equal(r->result, RESULT_UNFINISHED);
			if (!r->complete || !r->has_answer || r->result == RESULT_UNFINISHED)
				assert_true(r->quality.gaps > 0 || r->quality.midstream);
		}
		packets = 0;
	}
}

/* The snap length cut the hello off: its beginning is told, its version is not. */
static void a_snap_cuts_the_hello(void **state)
{
	(void)state;
	for (size_t left = 11;; left++) {
		struct wire *w = scene_1_3();
		struct heard r;

		if (left >= w->v[3].bytes.n) {
			wire_free(w);
			return;
		}
		for (size_t i = 0; i < w->n; i++)
			if (w->v[i].p.payload.n > left)
				w->v[i].p.payload.n = left;
		r = scene_one(w, NULL);
		assert_true(r.quality.truncated && r.has_offer && !r.complete);
		assert_int_equal(r.max, 0);
		assert_int_equal(r.quality.gaps, 0);
		assert_true(r.result == RESULT_ESTABLISHED || r.result == RESULT_UNFINISHED);
	}
}

static void other_content_comes_too_late(void **state)
{
	struct wire *w = scene_1_3();
	struct wire_packet evil = w->v[3];
	struct say s = { .n = 0 };
	struct heard r;

	(void)state;
	say_client_hello(&s, &(struct hello_plan){ .name = NAME, .top = TLS1_3, .salt = 0x66 });
	evil.bytes = exact_copy(s.b, s.n);
	evil.p.payload = evil.bytes;
	w->v[w->n++] = evil;
	wire_move(w, w->n - 1, 4);
	r = scene_one(w, NULL);
	assert_int_equal(r.result, RESULT_ESTABLISHED);
	assert_int_equal(r.quality.overlaps, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cut_in_two),
		cmocka_unit_test(every_order_of_four),
		cmocka_unit_test(byte_by_byte),
		cmocka_unit_test(records_of_any_size),
		cmocka_unit_test(every_frame_twice),
		cmocka_unit_test(numbers_wrap),
		cmocka_unit_test(one_side_is_late),
		cmocka_unit_test(any_shuffle_is_the_same),
		cmocka_unit_test(one_packet_is_lost),
		cmocka_unit_test(a_snap_cuts_the_hello),
		cmocka_unit_test(other_content_comes_too_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
