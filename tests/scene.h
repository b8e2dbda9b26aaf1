/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scene: whole conversations, for tests of flows.
 */
#ifndef TESTS_SCENE_H
#define TESTS_SCENE_H

#include "say.h"
#include "wire.h"

#define NAME "outlook.office365.com"

static const struct hello_plan plan_1_2 = { .version = TLS1_2, .name = NAME };
static const struct hello_plan plan_1_3 = { .name = NAME, .top = TLS1_3 };

static inline void scene_hello(struct wire *w, const struct hello_plan *p)
{
	struct say s = { .n = 0 };

	say_client_hello(&s, p);
	wire_say(w, C, said(&s));
}

static inline void scene_alert(struct wire *w, int from, unsigned level, unsigned code)
{
	struct say s = { .n = 0 };

	say_alert(&s, level, code);
	wire_say(w, from, said(&s));
}

static inline void scene_data(struct wire *w, int from, size_t n)
{
	struct say s = { .n = 0 };

	say_data(&s, n);
	wire_say(w, from, said(&s));
}

/* ServerHello, a Certificate that is none, ServerHelloDone. */
static inline void scene_flight_1_2(struct wire *w, uint16_t version)
{
	struct say s = { .n = 0 };

	say_server_hello(&s, version, 0, false);
	say_message(&s, 11, 300);
	say_message(&s, 14, 0);
	wire_say(w, S, said(&s));
}

/* ClientKeyExchange and Finished of the client, Finished of the server. */
static inline void scene_finish_1_2(struct wire *w)
{
	struct say c = { .n = 0 }, s = { .n = 0 };

	say_message(&c, 16, 66);
	say_finished(&c);
	wire_say(w, C, said(&c));
	say_finished(&s);
	wire_say(w, S, said(&s));
}

static inline void scene_flight_1_3(struct wire *w)
{
	struct say s = { .n = 0 };

	say_server_hello(&s, TLS1_3, 0, false);
	say_change_cipher(&s);
	say_data(&s, 800);
	wire_say(w, S, said(&s));
}

static inline void scene_finish_1_3(struct wire *w)
{
	struct say s = { .n = 0 };

	say_change_cipher(&s);
	say_data(&s, 53);
	wire_say(w, C, said(&s));
}

/* From SYN to FIN, with some data between. */
static inline struct wire *scene_1_2(void)
{
	struct wire *w = wire_new();

	wire_open(w);
	scene_hello(w, &plan_1_2);
	scene_flight_1_2(w, TLS1_2);
	scene_finish_1_2(w);
	scene_data(w, C, 100);
	scene_data(w, S, 700);
	wire_close(w);
	return w;
}

static inline struct wire *scene_1_3(void)
{
	struct wire *w = wire_new();

	wire_open(w);
	scene_hello(w, &plan_1_3);
	scene_flight_1_3(w);
	scene_finish_1_3(w);
	scene_data(w, C, 100);
	scene_data(w, S, 700);
	wire_close(w);
	return w;
}

/* Runs and frees; there must be exactly one handshake, and this is how it ended. */
static inline struct heard scene_one(struct wire *w, const struct flow_options *o)
{
	struct ear_log log;

	(void)wire_run(w, o, &log);
	wire_free(w);
	assert_int_equal(log.n, 1);
	return log.v[0];
}

#endif
