/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hosts are grouped by the networks they are in; a network is as ready as its
 * worst host.
 */
#include <unistd.h>

#include "sample.h"

static void see(struct hosts *h, const char *ip, uint16_t max, unsigned n)
{
	while (n-- > 0) {
		struct sighting *s = sample_seen(ip, max, 0, "alert");

		hosts_sighting(h, s);
		free(s);
	}
}

static struct hosts *an_office(void)
{
	struct hosts *h = hosts_new(NULL);

	see(h, "10.1.1.1", TLS1_2, 2);
	see(h, "10.1.1.2", TLS1_3, 3);
	see(h, "10.1.2.1", TLS1_2, 1);		/* once is not enough */
	see(h, "10.1.2.2", TLS1_2, 2);
	see(h, "10.1.3.1", TLS1_2, 2);
	see(h, "10.1.3.2", TLS1_0, 2);		/* legacy */
	see(h, "10.1.3.3", TLS1_0, 1);		/* unknown */
	see(h, "2001:db8::1", TLS1_3, 2);
	see(h, "2001:db8:0:1::1", TLS1_3, 2);
	return h;
}

static size_t tell(struct groups *g, struct hosts *h, const struct subnet **ret)
{
	const struct host *const *all;
	size_t n = hosts_all(h, &all);

	return groups_tell(g, all, n, ret);
}

static struct groups *by(const char *spec)
{
	struct errors e = { 0 };
	struct groups *g = groups_new(spec, &e);

	errors_print(&e, stderr);
	assert_non_null(g);
	errors_done(&e);
	return g;
}

static void networks_of_a_length(void **state)
{
	struct hosts *h = an_office();
	struct groups *g = by("/24");
	const struct subnet *all;
	char ip[ADDR_TEXT];

	(void)state;
	assert_int_equal(tell(g, h, &all), 5);
	assert_string_equal(addr_text(&all[0].block.addr, ip), "10.1.3.0");
	assert_int_equal(all[0].readiness, READY_NOT_SAFE);
	assert_int_equal(all[0].n, 3);
	assert_int_equal(all[0].not_safe, 1);
	assert_int_equal(all[0].unseen, 1);
	assert_string_equal(addr_text(&all[0].hosts[0]->ip, ip), "10.1.3.2");
	assert_string_equal(addr_text(&all[0].hosts[1]->ip, ip), "10.1.3.3");
	assert_int_equal(all[0].verdicts[VERDICT_LEGACY], 1);
	assert_string_equal(addr_text(&all[1].block.addr, ip), "10.1.2.0");
	assert_int_equal(all[1].readiness, READY_UNSEEN);
	assert_string_equal(addr_text(&all[1].hosts[0]->ip, ip), "10.1.2.1");
	assert_string_equal(addr_text(&all[2].block.addr, ip), "10.1.1.0");
	assert_int_equal(all[2].readiness, READY_SAFE);
	assert_int_equal(all[2].block.bits, 96 + 24);
	assert_string_equal(addr_text(&all[3].block.addr, ip), "2001:db8::");
	assert_int_equal(all[3].block.bits, 64);
	groups_free(g);
	g = by("/0,/32");
	assert_int_equal(tell(g, h, &all), 2);
	assert_string_equal(addr_text(&all[0].block.addr, ip), "0.0.0.0");
	assert_int_equal(all[0].n, 7);
	assert_int_equal(all[1].n, 2);
	groups_free(g);
	g = by("/32,/128");
	assert_int_equal(tell(g, h, &all), 9);
	groups_free(g);
	hosts_free(h);
}

static const char *file_of(const char *text)
{
	static char name[] = "test_readiness.XXXXXX";
	int fd;

	strcpy(name, "test_readiness.XXXXXX");
	fd = mkstemp(name);
	assert_true(fd >= 0);
	assert_true(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
	return name;
}

static void networks_with_names(void **state)
{
	const char *path = file_of("version: 1\nnetworks:\n"
				   "- {name: all of it, in: [10.1.0.0/16]}\n"
				   "- name: floor 3\n  in:\n  - 10.1.3.0/24\n  - 10.1.1.2\n");
	struct groups *g = by(path);
	struct hosts *h = an_office();
	const struct subnet *all;

	(void)state;
	unlink(path);
	assert_int_equal(tell(g, h, &all), 3);
	assert_string_equal(all[0].name, "floor 3");
	assert_int_equal(all[0].readiness, READY_NOT_SAFE);
	assert_int_equal(all[0].n, 4);
	assert_string_equal(all[1].name, "all of it");
	assert_int_equal(all[1].readiness, READY_UNSEEN);
	assert_int_equal(all[1].n, 3);
	assert_string_equal(all[2].name, "elsewhere");
	assert_int_equal(all[2].readiness, READY_SAFE);
	assert_int_equal(all[2].n, 2);
	assert_int_equal(tell(g, h, &all), 3);	/* asked again: the same */
	groups_free(g);
	hosts_free(h);
}

static void nobody_is_in_no_network(void **state)
{
	struct groups *g = by("/24");
	const struct subnet *all;

	(void)state;
	assert_int_equal(groups_tell(g, NULL, 0, &all), 0);
	groups_free(g);
	groups_free(NULL);
}

static void every_verdict_has_its_readiness(void **state)
{
	struct hosts *h = hosts_new(NULL);
	struct groups *g = by("/32");
	const struct subnet *all;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct sighting *s = sample_seen("10.0.0.1", TLS1_2, 0, "alert");

		sample_number(s, FIELD_OFFER_ACCEPTED, 0);	/* weak */
		hosts_sighting(h, s);
		free(s);
		see(h, "10.0.0.2", TLS1_0, 1);			/* mixed */
		see(h, "10.0.0.2", TLS1_2, 1);
		s = sample_seen("10.0.0.3", TLS1_0, 0, "alert");	/* fallback */
		sample_number(s, FIELD_OFFER_FALLBACK, 1);
		hosts_sighting(h, s);
		free(s);
	}
	assert_int_equal(tell(g, h, &all), 3);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(all[i].readiness, READY_NOT_SAFE);
	groups_free(g);
	hosts_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(networks_of_a_length),
		cmocka_unit_test(networks_with_names),
		cmocka_unit_test(nobody_is_in_no_network),
		cmocka_unit_test(every_verdict_has_its_readiness),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
