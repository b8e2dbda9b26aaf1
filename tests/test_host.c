/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sightings are counted on hosts and culprits; lists are bounded and in order.
 */
#include "sample.h"

static void see(struct hosts *h, struct sighting *s, const struct rule *rule)
{
	if (rule != NULL)
		s->hits[s->nhits++] = rule;
	hosts_sighting(h, s);
	free(s);
}

static struct sighting *at(struct sighting *s, uint64_t seconds, const char *grade)
{
	s->ts = SAMPLE_TIME + seconds * NS_PER_SECOND;
	sample_text(s, FIELD_QUALITY, grade);
	return s;
}

static bool says(const struct finding *f, const char *words)
{
	struct buf b = { 0 };
	bool found = false;

	for (unsigned why = 0; !found && why < BECAUSES; why++, b.n = 0)
		found = finding_because(f, (enum because)why, &b) &&
			strcmp(buf_text(&b), words) == 0;
	buf_done(&b);
	return found;
}

static void counts_what_was_offered(void **state)
{
	struct hosts *h = hosts_new(NULL);
	const struct host *const *all;
	struct sighting *s;

	(void)state;
	see(h, sample_seen("10.0.0.1", TLS1_0, TLS1_0, "established"), &sample_legacy);
	see(h, sample_seen("10.0.0.1", TLS1_3, TLS1_2, "established"), NULL);
	s = sample_seen("10.0.0.1", TLS1_2, 0, "alert");
	s->values[FIELD_OFFER_MAX].type = VALUE_NONE;
	sample_number(s, FIELD_OFFER_COMPLETE, 0);
	see(h, s, NULL);
	assert_int_equal(hosts_all(h, &all), 1);
	assert_int_equal(all[0]->handshakes, 3);
	assert_int_equal(all[0]->offered[tls_version_rank(TLS1_0)], 1);
	assert_int_equal(all[0]->offered[tls_version_rank(TLS1_3)], 1);
	assert_int_equal(all[0]->offered[0], 1);
	assert_int_equal(all[0]->negotiated[0], 1);
	assert_int_equal(all[0]->results[RESULT_ESTABLISHED], 2);
	assert_int_equal(all[0]->results[RESULT_ALERT], 1);
	assert_int_equal(all[0]->areas, 1 << AREA_EXCHANGE);
	assert_int_equal(host_low_offers(all[0]), 1);
	assert_int_equal(host_high_offers(all[0]), 1);
	assert_int_equal(hosts_totals(h)->incomplete, 1);
	assert_int_equal(hosts_totals(h)->handshakes, 3);
	hosts_free(h);
}

/* A host that also offers more is never accused without a word on it. */
static void says_what_speaks_against_it(void **state)
{
	struct hosts *h = hosts_new(NULL);
	const struct finding *const *f;

	(void)state;
	see(h, sample_seen("10.0.0.1", TLS1_0, 0, "alert"), &sample_legacy);
	see(h, sample_seen("10.0.0.1", TLS1_0, 0, "alert"), &sample_legacy);
	assert_int_equal(hosts_findings(h, &f), 1);
	assert_true(says(f[0], "no complete ClientHello of this host (2 seen) offers more than "
			       "TLS 1.0"));
	see(h, sample_seen("10.0.0.1", TLS1_2, TLS1_2, "established"), NULL);
	assert_int_equal(hosts_findings(h, &f), 1);
	assert_true(says(f[0], "this host offers at most TLS 1.0 in 2 of 3 complete "
			       "ClientHellos, the others reach TLS 1.2"));
	assert_true(says(f[0], "2 complete ClientHellos, none lost bytes"));
	assert_true(says(f[0], "seen 2 times"));
	hosts_free(h);
}

static void keeps_the_best_evidence(void **state)
{
	static const char *const grades[] = {
		"poor", "fair", "good", "fair", "good", "poor", "good"
	};
	struct hosts *h = hosts_new(NULL);
	const struct finding *const *f;

	(void)state;
	for (unsigned i = 0; i < 7; i++)
		see(h, at(sample_seen("10.0.0.1", TLS1_0, 0, "alert"), i, grades[i]),
		    &sample_legacy);
	assert_int_equal(hosts_findings(h, &f), 1);
	assert_int_equal(f[0]->count, 7);
	assert_int_equal(f[0]->nevidence, EVIDENCE_MOST);
	for (unsigned i = 0; i < EVIDENCE_MOST; i++) {
		static const unsigned order[EVIDENCE_MOST] = { 2, 4, 6, 1, 3 };

		assert_true(f[0]->evidence[i].ts == SAMPLE_TIME + order[i] * NS_PER_SECOND);
	}
	assert_string_equal(f[0]->evidence[0].file, "office.pcap");
	assert_int_equal(f[0]->evidence[0].nframes, 3);
	assert_int_equal(f[0]->evidence[0].frames[2], 8);
	assert_true(f[0]->first == SAMPLE_TIME);
	assert_true(f[0]->last == SAMPLE_TIME + 6 * NS_PER_SECOND);
	assert_true(says(f[0], "2 of 7 poorly captured (bytes are missing)"));
	hosts_free(h);
}

static enum confidence confidence_of(const char *first, const char *second)
{
	struct hosts *h = hosts_new(NULL);
	const struct finding *const *f;
	enum confidence c;

	see(h, at(sample_seen("10.0.0.1", TLS1_0, 0, "alert"), 0, first), &sample_legacy);
	if (second != NULL)
		see(h, at(sample_seen("10.0.0.1", TLS1_0, 0, "alert"), 1, second),
		    &sample_legacy);
	assert_int_equal(hosts_findings(h, &f), 1);
	c = finding_confidence(f[0]);
	hosts_free(h);
	return c;
}

static void confidence_follows_the_capture(void **state)
{
	(void)state;
	assert_int_equal(confidence_of("good", "good"), CONFIDENCE_HIGH);
	assert_int_equal(confidence_of("good", NULL), CONFIDENCE_MEDIUM);
	assert_int_equal(confidence_of("fair", "fair"), CONFIDENCE_MEDIUM);
	assert_int_equal(confidence_of("fair", NULL), CONFIDENCE_LOW);
	assert_int_equal(confidence_of("poor", "poor"), CONFIDENCE_LOW);
	assert_int_equal(confidence_of("rotten", "poor"), CONFIDENCE_LOW);
}

static void the_worst_come_first(void **state)
{
	struct hosts *h = hosts_new(NULL);
	const struct finding *const *f;
	const struct host *const *all;
	char ip[ADDR_TEXT];

	(void)state;
	see(h, sample_seen("10.0.0.1", TLS1_3, TLS1_3, "established"), NULL);
	see(h, sample_seen("10.0.0.9", TLS1_0, 0, "alert"), &sample_legacy);
	see(h, sample_seen("10.0.0.2", TLS1_2, 0, "alert"), &sample_weak);
	see(h, sample_seen("10.0.0.3", TLS1_0, 0, "alert"), &sample_legacy);
	see(h, sample_seen("10.0.0.3", TLS1_0, TLS1_0, "established"), &sample_server);
	assert_int_equal(hosts_findings(h, &f), 4);
	assert_ptr_equal(f[0]->rule, &sample_server);
	assert_int_equal(f[0]->port, 443);
	assert_string_equal(f[0]->label, "outlook.office365.com");
	assert_null(f[0]->host);
	assert_string_equal(addr_text(&f[1]->who, ip), "10.0.0.3");
	assert_string_equal(addr_text(&f[2]->who, ip), "10.0.0.9");
	assert_ptr_equal(f[3]->rule, &sample_weak);
	assert_int_equal(hosts_all(h, &all), 4);
	assert_string_equal(addr_text(&all[0]->ip, ip), "10.0.0.3");
	assert_int_equal(all[0]->nfindings, 1);
	assert_ptr_equal(all[0]->findings[0], f[1]);
	assert_string_equal(addr_text(&all[1]->ip, ip), "10.0.0.9");
	assert_string_equal(addr_text(&all[2]->ip, ip), "10.0.0.2");
	assert_string_equal(addr_text(&all[3]->ip, ip), "10.0.0.1");
	assert_int_equal(all[3]->nfindings, 0);
	hosts_free(h);
}

static void one_rule_on_two_ports_is_two_findings(void **state)
{
	struct hosts *h = hosts_new(NULL);
	const struct finding *const *f;
	struct sighting *s = sample_seen("10.0.0.1", TLS1_0, TLS1_0, "established");

	(void)state;
	sample_number(s, FIELD_SERVER_PORT, 993);
	see(h, s, &sample_server);
	see(h, sample_seen("10.0.0.1", TLS1_0, TLS1_0, "established"), &sample_server);
	see(h, sample_seen("10.0.0.2", TLS1_0, TLS1_0, "established"), &sample_server);
	assert_int_equal(hosts_findings(h, &f), 2);
	assert_int_equal(f[0]->port, 443);
	assert_int_equal(f[0]->count, 2);
	assert_int_equal(f[1]->port, 993);
	hosts_free(h);
}

/* Many hosts that do no harm cannot push out one that does. */
static void the_mildest_go_first(void **state)
{
	struct hosts *h = hosts_new(&(struct hosts_options){ .most = 100 });
	const struct host *const *all;
	const struct finding *const *f;
	char ip[ADDR_TEXT];

	(void)state;
	see(h, sample_seen("10.0.0.1", TLS1_0, 0, "alert"), &sample_legacy);
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(ip, sizeof(ip), "10.1.%u.%u", i / 250, i % 250);
		see(h, sample_seen(ip, TLS1_3, TLS1_3, "established"), NULL);
	}
	assert_int_equal(hosts_all(h, &all), 100);
	assert_int_equal(hosts_forgotten(h), 901);
	assert_string_equal(addr_text(&all[0]->ip, ip), "10.0.0.1");
	assert_int_equal(all[0]->nfindings, 1);
	assert_string_equal(addr_text(&all[99]->ip, ip), "10.1.3.249");
	for (unsigned i = 0; i < 200; i++) {
		snprintf(ip, sizeof(ip), "10.2.0.%u", i);
		see(h, sample_seen(ip, TLS1_0, 0, "alert"), &sample_legacy);
	}
	snprintf(ip, sizeof(ip), "10.3.0.1");
	see(h, sample_seen(ip, TLS1_2, 0, "alert"), &sample_weak);
	assert_int_equal(hosts_findings(h, &f), 100);
	assert_int_equal(hosts_findings_forgotten(h), 102);	/* the mild newcomer among them */
	assert_int_equal(hosts_all(h, &all), 100);
	for (unsigned i = 0; i < 100; i++)
		assert_ptr_equal(f[i]->rule, &sample_legacy);
	hosts_free(h);
}

static void hostile_names_are_escaped(void **state)
{
	struct hosts *h = hosts_new(NULL);
	struct sighting *s = sample_seen("10.0.0.1", TLS1_0, TLS1_0, "established");
	const struct finding *const *f;

	(void)state;
	sample_bytes(s, FIELD_SERVER_NAME, "a\0\033[2Jb\xff", 8);
	see(h, s, &sample_server);
	assert_int_equal(hosts_findings(h, &f), 1);
	assert_string_equal(f[0]->label, "a\\x00\\x1b[2Jb\\xff");
	hosts_free(h);
}

static void nothing_known_is_no_host(void **state)
{
	struct hosts *h = hosts_new(NULL);
	struct sighting *s = sample_new();
	const struct finding *const *f;
	const struct host *const *all;

	(void)state;
	s->hits[s->nhits++] = &sample_legacy;
	see(h, s, &sample_server);
	assert_int_equal(hosts_findings(h, &f), 0);
	assert_int_equal(hosts_all(h, &all), 0);
	assert_int_equal(hosts_totals(h)->handshakes, 1);
	hosts_free(h);
	hosts_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_what_was_offered),
		cmocka_unit_test(says_what_speaks_against_it),
		cmocka_unit_test(keeps_the_best_evidence),
		cmocka_unit_test(confidence_follows_the_capture),
		cmocka_unit_test(the_worst_come_first),
		cmocka_unit_test(one_rule_on_two_ports_is_two_findings),
		cmocka_unit_test(the_mildest_go_first),
		cmocka_unit_test(hostile_names_are_escaped),
		cmocka_unit_test(nothing_known_is_no_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
