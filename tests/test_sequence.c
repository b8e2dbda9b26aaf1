/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sequences: by the handshakes' own times, whatever the order they come in.
 */
#include "rule_text.h"

#include "rule/sequence.h"
#include "sample.h"

#define DANCE \
	"sequence: {by: [client.ip, server.name], within: 30s, steps: [" \
	"{offer.max: {at_least: tls1.2}, outcome: [reset, alert, silent, closed]}, " \
	"{offer.max: {at_most: tls1.1}, outcome: established}]}, " \
	"message: '{client.ip} falls back to {offer.max}'"

#define PORTS	/* three handshakes by their ports, the last not at poor quality */ \
	"sequence: {by: [client.ip], within: 10s, steps: [{server.port: 1}, {server.port: 2}, " \
	"{server.port: 3}]}, unless: {quality.grade: poor}"

enum { MS = 1000000 };

/* A client's handshake at a port, from..to in milliseconds. */
static struct sighting *seen(const char *client, uint16_t port, uint64_t from, uint64_t to)
{
	struct sighting *s = sample_seen(client, TLS1_2, TLS1_2, "established");

	sample_number(s, FIELD_SERVER_PORT, port);
	s->ts = SAMPLE_TIME + from * MS;
	s->ts_end = SAMPLE_TIME + to * MS;
	return s;
}

static unsigned chains, told_steps;
static uint64_t told_ts[SEQUENCE_STEPS];
static bool told_again[SEQUENCE_STEPS];

static void on_chain(const struct chain *c, void *arg)
{
	(void)arg;
	chains++;
	told_steps = c->n;
	for (unsigned i = 0; i < c->n; i++) {
		told_ts[i] = (c->steps[i]->ts - SAMPLE_TIME) / MS;
		told_again[i] = c->again[i];
	}
}

/* Whether this sighting completes a sequence; frees it. */
static bool completes(struct sequences *q, struct sighting *s)
{
	unsigned before = chains;
	bool hit;

	sequences_see(q, s, on_chain, NULL);
	hit = s->nhits > 0;
	assert_int_equal(hit, chains > before);
	free(s);
	return hit;
}

static bool failed(struct sequences *q, const char *name, uint64_t from, uint64_t to)
{
	struct sighting *s = seen("10.0.0.1", 443, from, to);

	sample_text(s, FIELD_OUTCOME, "silent");
	sample_text(s, FIELD_SERVER_NAME, name);
	return completes(q, s);
}

static bool fell_back(struct sequences *q, const char *name, uint64_t from)
{
	struct sighting *s = seen("10.0.0.1", 443, from, from + 50);

	sample_number(s, FIELD_OFFER_MAX, TLS1_0);
	sample_text(s, FIELD_SERVER_NAME, name);
	return completes(q, s);
}

static struct ruleset *rules;

static struct sequences *watching(const char *rule, size_t most)
{
	rules = load_rule(rule);
	must_load(rules);
	return sequences_new(rules, most);
}

static void done(struct sequences *q)
{
	sequences_free(q);
	ruleset_free(rules);
	errors_done(&errors);
}

static void the_dance_as_written(void **state)
{
	struct sequences *q = watching(DANCE, 0);

	(void)state;
	assert_false(failed(q, "a.b", 0, 100));
	assert_false(fell_back(q, "a.c", 500));		/* another name */
	assert_true(fell_back(q, "A.B", 600));		/* names have no case */
	assert_int_equal(told_steps, 2);
	assert_int_equal(told_ts[0], 0);
	assert_int_equal(told_ts[1], 600);
	assert_false(fell_back(q, "a.b", 700));		/* the failure is used up */
	assert_false(failed(q, "a.b", 1000, 1100));
	assert_false(fell_back(q, "a.b", 31001));	/* a millisecond late */
	assert_true(failed(q, "a.b", 2000, 2100));	/* and it was waiting for this one */
	assert_int_equal(told_ts[1], 31001);
	done(q);
}

/* The retry began before the first had failed: not because of it. */
static void what_runs_at_once_is_no_sequence(void **state)
{
	struct sequences *q = watching(DANCE, 0);

	(void)state;
	assert_false(failed(q, "a.b", 0, 5000));
	assert_false(fell_back(q, "a.b", 4999));
	assert_true(fell_back(q, "a.b", 5000));
	done(q);
	q = watching(PORTS, 0);				/* no step asks how it ended */
	assert_false(completes(q, seen("10.0.0.1", 1, 0, 9000)));
	assert_false(completes(q, seen("10.0.0.1", 2, 1, 9000)));
	assert_false(completes(q, seen("10.0.0.1", 3, 1, 9000)));	/* at the same time */
	assert_true(completes(q, seen("10.0.0.1", 3, 2, 9000)));
	done(q);
}

/* Of three steps each order of arrival ends in the same chain, told by who came last. */
static void any_may_come_last(void **state)
{
	static const unsigned orders[][3] = {
		{ 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 }
	};

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		struct sequences *q = watching(PORTS, 0);
		unsigned before = chains;

		for (unsigned k = 0; k < 3; k++) {
			unsigned n = orders[i][k];
			struct sighting *s = seen("10.0.0.1", (uint16_t)(n + 1), n * 5000ull,
						  n * 5000ull);

			assert_int_equal(completes(q, s), k == 2);
		}
		assert_int_equal(chains, before + 1);
		for (unsigned k = 0; k < 3; k++)
			assert_int_equal(told_ts[k], k * 5000);
		done(q);
	}
}

static void the_window_is_from_first_to_last(void **state)
{
	struct sequences *q = watching(PORTS, 0);

	(void)state;
	assert_false(completes(q, seen("10.0.0.1", 1, 0, 0)));
	assert_false(completes(q, seen("10.0.0.1", 2, 6000, 6000)));
	assert_false(completes(q, seen("10.0.0.1", 3, 10001, 10001)));
	assert_true(completes(q, seen("10.0.0.1", 1, 1, 1)));
	assert_int_equal(told_ts[0], 1);
	assert_int_equal(told_ts[2], 10001);
	done(q);
}

/* Another client's handshakes, and those of nobody known, complete nothing. */
static void keys_are_kept_apart(void **state)
{
	struct sequences *q = watching(PORTS, 0);
	struct sighting *s = seen("10.0.0.1", 3, 2, 2);

	(void)state;
	assert_false(completes(q, seen("10.0.0.1", 1, 0, 0)));
	assert_false(completes(q, seen("10.0.0.1", 2, 1, 1)));
	assert_false(completes(q, seen("10.0.0.2", 3, 2, 2)));
	s->values[FIELD_CLIENT_IP].type = VALUE_NONE;
	assert_false(completes(q, s));
	assert_true(completes(q, seen("10.0.0.1", 3, 2, 2)));
	done(q);
}

static void unless_is_asked_of_the_last(void **state)
{
	struct sequences *q = watching(PORTS, 0);
	struct sighting *s = seen("10.0.0.1", 3, 2, 2);

	(void)state;
	for (uint16_t port = 1; port < 3; port++) {
		struct sighting *poor = seen("10.0.0.1", port, port - 1u, port);

		sample_text(poor, FIELD_QUALITY, "poor");
		assert_false(completes(q, poor));
	}
	sample_text(s, FIELD_QUALITY, "poor");
	assert_false(completes(q, s));
	assert_true(completes(q, seen("10.0.0.1", 3, 2, 2)));
	done(q);
}

/* Equal steps: every third handshake of a row, and each of them once at its place. */
static void one_handshake_may_fit_many_steps(void **state)
{
	struct sequences *q = watching("sequence: {by: [client.ip], within: 1m, steps: ["
				       "{server.port: 7}, {server.port: 7}]}", 0);

	(void)state;
	assert_false(completes(q, seen("10.0.0.1", 7, 0, 0)));
	assert_true(completes(q, seen("10.0.0.1", 7, 1000, 1000)));
	assert_int_equal(told_ts[0], 0);
	assert_false(told_again[0] || told_again[1]);
	assert_true(completes(q, seen("10.0.0.1", 7, 2000, 2000)));
	assert_int_equal(told_ts[0], 1000);
	assert_true(told_again[0] && !told_again[1]);
	assert_false(completes(q, seen("10.0.0.1", 7, 2000, 2000)));	/* not with its like */
	done(q);
}

static void keys_are_bounded(void **state)
{
	struct sequences *q = watching(PORTS, 100);
	char ip[ADDR_TEXT];

	(void)state;
	for (unsigned i = 0; i < 300; i++) {
		snprintf(ip, sizeof(ip), "10.0.%u.%u", i / 250, i % 250);
		assert_false(completes(q, seen(ip, 1, i, i)));
	}
	assert_int_equal(sequences_state(q).forgotten, 200);
	assert_int_equal(sequences_state(q).crowded, 0);
	assert_false(completes(q, seen("10.0.0.1", 2, 400, 400)));
	assert_false(completes(q, seen("10.0.0.1", 3, 500, 500)));	/* its first is gone */
	snprintf(ip, sizeof(ip), "10.0.1.49");
	assert_false(completes(q, seen(ip, 2, 400, 400)));
	assert_true(completes(q, seen(ip, 3, 500, 500)));
	/* What is too old to matter goes without a word. */
	for (unsigned i = 0; i < 100; i++) {
		snprintf(ip, sizeof(ip), "10.1.0.%u", i);
		assert_false(completes(q, seen(ip, 1, 90000, 90000)));
	}
	assert_int_equal(sequences_state(q).forgotten, 201);
	done(q);
}

static void handshakes_of_a_key_are_bounded(void **state)
{
	struct sequences *q = watching(PORTS, 100);

	(void)state;
	for (unsigned i = 0; i < 20; i++)
		assert_false(completes(q, seen("10.0.0.1", 1, 100 + i, 100 + i)));
	assert_int_equal(sequences_state(q).crowded, 12);
	assert_false(completes(q, seen("10.0.0.1", 1, 0, 0)));		/* older than all kept */
	assert_int_equal(sequences_state(q).crowded, 13);
	assert_false(completes(q, seen("10.0.0.1", 2, 112, 112)));
	assert_false(completes(q, seen("10.0.0.1", 2, 113, 113)));
	assert_true(completes(q, seen("10.0.0.1", 3, 114, 114)));
	assert_int_equal(told_ts[0], 112);
	assert_int_equal(told_ts[1], 113);
	done(q);
	/* Of all keys together: twice their number. */
	q = watching(PORTS, 4);
	for (unsigned i = 0; i < 9; i++)
		assert_false(completes(q, seen(i % 2 ? "10.0.0.1" : "10.0.0.2", 1, i, i)));
	assert_int_equal(sequences_state(q).forgotten, 1);
	done(q);
}

/* Three handshakes are two pairs, and three handshakes. */
static void what_pairs_share_is_counted_once(void **state)
{
	struct ruleset *r = load_rule("sequence: {by: [client.ip], within: 1m, steps: ["
				      "{outcome: reset}, {outcome: reset}]}");
	struct hosts_options o = { .rules = r };
	struct hosts *h = hosts_new(&o);
	const struct finding *const *f;

	(void)state;
	must_load(r);
	for (unsigned i = 0; i < 3; i++) {
		struct sighting *s = sample_seen("10.0.0.1", TLS1_2, 0, "reset");

		s->ts = s->ts_end = SAMPLE_TIME + i * NS_PER_SECOND;
		hosts_sighting(h, s);
		free(s);
	}
	assert_int_equal(hosts_findings(h, &f), 1);
	assert_int_equal(f[0]->count, 2);
	assert_int_equal(f[0]->complete, 3);
	assert_int_equal(f[0]->results[RESULT_RESET], 3);
	hosts_free(h);
	ruleset_free(r);
}

/* A finding tells of the last step, and shows all. */
static void a_finding_shows_all_steps(void **state)
{
	struct ruleset *r = load_rule(DANCE);
	struct hosts_options o = { .rules = r };
	struct hosts *h = hosts_new(&o);
	static const uint64_t first[] = { 4, 5 }, second[] = { 9, 11, 14 };
	const struct finding *const *f;
	struct sighting *s[2] = { sample_seen("10.0.0.1", TLS1_2, 0, "reset"),
				  sample_seen("10.0.0.1", TLS1_1, TLS1_1, "established") };

	(void)state;
	must_load(r);
	s[0]->ts_end = s[0]->ts + 1;
	s[1]->ts += NS_PER_SECOND;
	sample_bytes(s[0], FIELD_FRAMES, first, sizeof(first));
	sample_text(s[0], FIELD_QUALITY, "fair");
	sample_bytes(s[1], FIELD_FRAMES, second, sizeof(second));
	sample_text(s[1], FIELD_DISPLAY_FILTER, "tcp.port==50124");
	for (int i = 1; i >= 0; i--) {			/* the first comes last */
		hosts_sighting(h, s[i]);
		assert_int_equal(s[i]->nhits, i == 0);
		free(s[i]);
	}
	assert_int_equal(hosts_findings(h, &f), 1);
	assert_int_equal(f[0]->count, 1);
	assert_string_equal(f[0]->message, "10.0.0.1 falls back to TLS 1.1");
	assert_int_equal(f[0]->first, SAMPLE_TIME);
	assert_int_equal(f[0]->last, SAMPLE_TIME + NS_PER_SECOND);
	assert_int_equal(f[0]->results[RESULT_RESET], 1);
	assert_int_equal(f[0]->results[RESULT_ESTABLISHED], 1);
	assert_int_equal(f[0]->grades[GRADE_FAIR], 1);	/* as good as its worst */
	assert_int_equal(f[0]->nevidence, 1);
	assert_int_equal(f[0]->evidence[0].nframes, 2);
	assert_int_equal(f[0]->evidence[0].frames[1], 5);
	assert_non_null(f[0]->evidence[0].then);
	assert_int_equal(f[0]->evidence[0].then->frames[2], 14);
	assert_string_equal(f[0]->evidence[0].then->display_filter, "tcp.port==50124");
	assert_string_equal(f[0]->evidence[0].then->file, "office.pcap");
	assert_null(f[0]->evidence[0].then->then);
	hosts_free(h);
	ruleset_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_dance_as_written),
		cmocka_unit_test(what_runs_at_once_is_no_sequence),
		cmocka_unit_test(any_may_come_last),
		cmocka_unit_test(the_window_is_from_first_to_last),
		cmocka_unit_test(keys_are_kept_apart),
		cmocka_unit_test(unless_is_asked_of_the_last),
		cmocka_unit_test(one_handshake_may_fit_many_steps),
		cmocka_unit_test(keys_are_bounded),
		cmocka_unit_test(handshakes_of_a_key_are_bounded),
		cmocka_unit_test(what_pairs_share_is_counted_once),
		cmocka_unit_test(a_finding_shows_all_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
