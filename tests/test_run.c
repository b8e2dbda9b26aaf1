/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sightings of several workers come out in one order, whoever is faster; none is
 * lost in files, and of a live capture it is counted.
 */
#include "sample.h"

#include <unistd.h>

#include "run/aggregator.h"

enum { WORKERS = 3, EACH = 20000 };

static struct {
	uint64_t v[WORKERS * EACH];
	size_t n;
	bool slow;
} seen;

static void see(struct sink *s, const struct sighting *sighting)
{
	(void)s;
	if (seen.slow && seen.n % 512 == 0)
		usleep(500);
	seen.v[seen.n++] = sighting->ts;
}

static const struct output listener = { .name = "test", .handshake = see };

static struct aggregator *begin(struct hosts **hosts, unsigned workers, bool ordered)
{
	static struct sink sink = { .is = &listener };
	static struct sink *const sinks[] = { &sink };

	seen.n = 0;
	*hosts = hosts_new(NULL);
	return aggregator_new(&(struct aggregator_options){
		.hosts = *hosts, .sinks = sinks, .nsinks = 1, .workers = workers,
		.ordered = ordered });
}

static struct parcel parcel_of(uint64_t packet)
{
	struct parcel p = { .sighting = sample_new(), .turn.packet = packet };

	p.sighting->ts = packet;
	return p;
}

static void turns_go_by_packet_time_frame_and_ends(void **state)
{
	struct turn a = { .packet = 1, .ts = 9 }, b = { .packet = 2, .ts = 1 };

	(void)state;
	assert_true(turn_cmp(&a, &b) < 0 && turn_cmp(&b, &a) > 0);
	b.packet = 1;
	assert_true(turn_cmp(&a, &b) > 0);
	b.ts = 9;
	assert_int_equal(turn_cmp(&a, &b), 0);
	b.number = 1;
	assert_true(turn_cmp(&a, &b) < 0);
	b.number = 0;
	b.key.port[1] = 1;
	assert_true(turn_cmp(&a, &b) < 0);
	b.key.port[1] = 0;
	b.nth = 1;
	assert_true(turn_cmp(&a, &b) < 0);
	b.packet = TURN_FLUSH;
	assert_true(turn_cmp(&a, &b) < 0);
}

static void a_ring_holds_its_places(void **state)
{
	struct ring *r = ring_new(4);

	(void)state;
	assert_null(ring_peek(r));
	for (uint64_t round = 0; round < 3; round++) {
		for (uint64_t i = 0; i < 4; i++)
			assert_true(ring_put(r, &(struct parcel){ .turn.packet = i }));
		assert_false(ring_put(r, &(struct parcel){ .turn.packet = 4 }));
		for (uint64_t i = 0; i < 4; i++) {
			assert_int_equal(ring_peek(r)->turn.packet, i);
			ring_drop(r);
		}
		assert_null(ring_peek(r));
	}
	ring_free(r);
}

struct hand {
	struct aggregator *a;
	unsigned number;
	pthread_t thread;
};

/* Every third packet is this worker's; blocks of it are passed now and then. */
static void *work(void *arg)
{
	struct hand *h = arg;

	for (uint64_t i = 0; i < EACH; i++) {
		struct parcel p = parcel_of(i * WORKERS + h->number);

		assert_true(aggregator_put(h->a, h->number, &p));
		if (i % (7 + 100 * h->number) == 0)
			aggregator_pass(h->a, h->number, p.turn.packet + 1);
	}
	aggregator_pass(h->a, h->number, TURN_OVER);
	return NULL;
}

static void *aggregate(void *arg)
{
	aggregator_run(arg);
	return NULL;
}

static void many_become_one(bool slow)
{
	struct hand hands[WORKERS];
	struct hosts *hosts;
	struct aggregator *a = begin(&hosts, WORKERS, true);
	pthread_t aggregator;

	seen.slow = slow;
	pthread_create(&aggregator, NULL, aggregate, a);
	for (unsigned i = 0; i < WORKERS; i++) {
		hands[i] = (struct hand){ .a = a, .number = i };
		pthread_create(&hands[i].thread, NULL, work, &hands[i]);
	}
	for (unsigned i = 0; i < WORKERS; i++)
		pthread_join(hands[i].thread, NULL);
	pthread_join(aggregator, NULL);
	assert_int_equal(seen.n, WORKERS * EACH);
	for (size_t i = 0; i < seen.n; i++)
		assert_int_equal(seen.v[i], i);
	assert_int_equal(aggregator_lost(a), 0);
	assert_int_equal(hosts_totals(hosts)->handshakes, WORKERS * EACH);
	aggregator_free(a);
	hosts_free(hosts);
}

static void several_become_one(void **state)
{
	(void)state;
	many_become_one(false);
}

static void full_rings_wait(void **state)
{
	(void)state;
	many_become_one(true);
}

static void a_live_ring_that_is_full_loses_and_counts(void **state)
{
	struct hosts *hosts;
	struct aggregator *a = begin(&hosts, 2, false);
	uint64_t put = 0;

	(void)state;
	for (;; put++) {
		struct parcel p = parcel_of(put);

		if (!aggregator_put(a, 1, &p))
			break;
	}
	assert_true(put > 100);
	assert_int_equal(aggregator_lost(a), 1);
	aggregator_pass(a, 0, TURN_OVER);
	aggregator_pass(a, 1, TURN_OVER);
	aggregator_run(a);
	assert_int_equal(seen.n, put);
	aggregator_free(a);
	hosts_free(hosts);
}

static void what_is_left_is_freed(void **state)
{
	struct hosts *hosts;
	struct aggregator *a = begin(&hosts, 1, true);
	struct parcel p = parcel_of(1);

	(void)state;
	assert_true(aggregator_put(a, 0, &p));
	aggregator_free(a);			/* a leak would be told by the sanitizer */
	hosts_free(hosts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(turns_go_by_packet_time_frame_and_ends),
		cmocka_unit_test(a_ring_holds_its_places),
		cmocka_unit_test(several_become_one),
		cmocka_unit_test(full_rings_wait),
		cmocka_unit_test(a_live_ring_that_is_full_loses_and_counts),
		cmocka_unit_test(what_is_left_is_freed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
