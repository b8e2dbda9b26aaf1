/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verdict on a host, from all its sightings: each verdict, what raises and
 * lowers its confidence, and what looks like one but is another.
 */
#include "sample.h"

struct scene {
	struct hosts *hosts;
	unsigned seconds;
};

static struct scene scene_new(void)
{
	return (struct scene){ .hosts = hosts_new(NULL) };
}

/* A sighting of 10.0.0.1 to be changed and then seen. */
static struct sighting *offer(struct scene *c, uint16_t max)
{
	struct sighting *s = sample_seen("10.0.0.1", max, 0, "alert");

	s->ts = SAMPLE_TIME + c->seconds++ * NS_PER_SECOND;
	if (max >= TLS1_2)
		sample_number(s, FIELD_OFFER_ACCEPTED, 1);
	return s;
}

static void see(struct scene *c, struct sighting *s)
{
	hosts_sighting(c->hosts, s);
	free(s);
}

static void see_offers(struct scene *c, uint16_t max, unsigned n)
{
	while (n-- > 0)
		see(c, offer(c, max));
}

static const struct host *the_host(struct scene *c)
{
	const struct host *const *all;

	assert_int_equal(hosts_all(c->hosts, &all), 1);
	return all[0];
}

typedef bool (*words_fn)(const struct host *h, unsigned i, struct buf *ret);

static bool is_said(const struct host *h, words_fn fn, unsigned n, const char *words)
{
	struct buf b = { 0 };
	bool found = false;

	for (unsigned i = 0; !found && i < n; i++, b.n = 0)
		found = fn(h, i, &b) && strstr(buf_text(&b), words) != NULL;
	buf_done(&b);
	return found;
}

static bool says(const struct host *h, const char *words)
{
	return is_said(h, host_because, HOST_REASONS, words);
}

static bool would_help(const struct host *h, const char *words)
{
	return is_said(h, host_would_help, HOST_HELPS, words);
}

#define assert_verdict(c, v, how_sure) do { \
		const struct host *h_ = the_host(c); \
		assert_string_equal(verdict_names[host_verdict(h_)], v); \
		assert_string_equal(confidence_names[host_confidence(h_)], how_sure); \
	} while (0)

/* ---- each verdict -------------------------------------------------------------------- */

static void modern(void **state)
{
	struct scene c = scene_new();

	(void)state;
	see_offers(&c, TLS1_2, 1);
	assert_verdict(&c, "modern", "medium");
	assert_true(would_help(the_host(&c), "one good handshake that shows it was seen; two or "
			       "more would make it high"));
	see_offers(&c, TLS1_3, 1);
	assert_verdict(&c, "modern", "high");
	assert_true(says(the_host(&c), "both complete ClientHellos reach TLS 1.2 or TLS 1.3"));
	assert_false(would_help(the_host(&c), ""));
	hosts_free(c.hosts);
}

static void drafts_are_tls13(void **state)
{
	struct scene c = scene_new();

	(void)state;
	see_offers(&c, 0x7f17, 1);
	see_offers(&c, 0xfb1a, 1);
	assert_verdict(&c, "modern", "high");
	hosts_free(c.hosts);
}

static void legacy(void **state)
{
	static const uint16_t low[] = { SSL2, SSL3, TLS1_0, TLS1_1 };

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct scene c = scene_new();

		see_offers(&c, low[i], 1);
		assert_verdict(&c, "unknown", "low");
		assert_true(would_help(the_host(&c), "one low offer; seen again it is legacy"));
		see_offers(&c, low[i], 1);
		assert_verdict(&c, "legacy", "high");
		see_offers(&c, low[i], 2);
		assert_verdict(&c, "legacy", "high");
		assert_true(says(the_host(&c), "all 4 complete ClientHellos offer at most "));
		hosts_free(c.hosts);
	}
}

/* However many low offers there are: one of TLS 1.2 shows that the host can. */
static void mixed(void **state)
{
	struct scene c = scene_new();

	(void)state;
	see_offers(&c, TLS1_0, 5);
	see_offers(&c, TLS1_2, 1);
	assert_verdict(&c, "mixed", "medium");
	assert_true(says(the_host(&c), "1 of 6 complete ClientHellos reaches TLS 1.2, 5 offer at "
			 "most TLS 1.0"));
	see_offers(&c, TLS1_3, 1);
	assert_verdict(&c, "mixed", "high");
	hosts_free(c.hosts);
}

static void weak(void **state)
{
	struct scene c = scene_new();
	struct sighting *s;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		s = offer(&c, TLS1_2);
		sample_number(s, FIELD_OFFER_ACCEPTED, 0);
		see(&c, s);
	}
	assert_verdict(&c, "weak", "high");
	assert_true(says(the_host(&c), "no offer of TLS 1.2 holds a suite that Microsoft 365"));
	s = offer(&c, TLS1_2);
	sample_number(s, FIELD_OFFER_ACCEPTED, 0);
	sample_text(s, FIELD_OUTCOME, "established");
	see(&c, s);
	assert_verdict(&c, "weak", "medium");	/* a service that takes more than is published */
	see_offers(&c, TLS1_0, 1);
	assert_verdict(&c, "weak", "medium");
	see_offers(&c, TLS1_2, 2);
	assert_verdict(&c, "mixed", "medium");
	hosts_free(c.hosts);
}

/* Whether a suite is accepted may not be known: that is not "no". */
static void not_known_is_not_weak(void **state)
{
	struct scene c = scene_new();
	struct sighting *s = offer(&c, TLS1_2);

	(void)state;
	s->values[FIELD_OFFER_ACCEPTED].type = VALUE_NONE;
	see(&c, s);
	assert_verdict(&c, "modern", "medium");
	hosts_free(c.hosts);
}

static struct sighting *retry(struct scene *c, bool marked)
{
	struct sighting *s = offer(c, TLS1_0);

	if (marked)
		sample_number(s, FIELD_OFFER_FALLBACK, 1);
	else
		sample_number(s, FIELD_FALLBACK_FROM, TLS1_2);
	return s;
}

static void fallback(void **state)
{
	struct scene c = scene_new();

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		see_offers(&c, TLS1_2, 1);
		see(&c, retry(&c, false));
	}
	assert_verdict(&c, "fallback", "high");
	assert_true(says(the_host(&c), "2 low offers were made because a higher one failed"));
	see_offers(&c, TLS1_0, 1);		/* this one of its own accord */
	assert_verdict(&c, "mixed", "medium");
	hosts_free(c.hosts);
}

/* The client says so itself; what failed is not in the capture. */
static void fallback_by_mark(void **state)
{
	struct scene c = scene_new();
	struct sighting *s;

	(void)state;
	see(&c, retry(&c, true));
	see(&c, retry(&c, true));
	assert_verdict(&c, "fallback", "medium");
	assert_true(says(the_host(&c), "the client marks 2 low offers as retries after a failure "
			 "(TLS_FALLBACK_SCSV), the failed one is not in the capture"));
	assert_false(says(the_host(&c), "a higher one failed just before"));
	assert_true(would_help(the_host(&c), "the higher offer that failed is not in the capture"));
	see_offers(&c, TLS1_0, 3);		/* it has said that it can do more */
	assert_verdict(&c, "mixed", "low");
	see_offers(&c, TLS1_2, 1);		/* one that did not fail */
	assert_true(says(the_host(&c), "2 low offers as retries after a failure "
			 "(TLS_FALLBACK_SCSV), no higher one was seen to fail just before"));
	s = retry(&c, false);
	sample_number(s, FIELD_OFFER_FALLBACK, 1);
	see(&c, s);
	assert_true(says(the_host(&c), "1 low offer was made because a higher one failed just "
			 "before (1 marked so by the client, TLS_FALLBACK_SCSV), and the client "
			 "marks 2"));
	hosts_free(c.hosts);
}

/* ---- false friends ------------------------------------------------------------------- */

/* One program's own default beside the system's. */
static void two_programs_are_mixed(void **state)
{
	struct scene c = scene_new();

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct sighting *s = offer(&c, TLS1_0);

		sample_text(s, FIELD_STACK_ID, "schannel-windows-7");
		see(&c, s);
		s = offer(&c, TLS1_2);
		sample_text(s, FIELD_STACK_ID, "schannel-windows-7");
		see(&c, s);
	}
	assert_verdict(&c, "mixed", "high");
	assert_int_equal(the_host(&c)->nstacks, 1);
	assert_int_equal(the_host(&c)->stacks[0].lowest, tls_version_rank(TLS1_0));
	assert_int_equal(the_host(&c)->stacks[0].highest, tls_version_rank(TLS1_2));
	hosts_free(c.hosts);
}

static struct sighting *resumed(struct scene *c)
{
	struct sighting *s = offer(c, TLS1_0);

	sample_number(s, FIELD_OFFER_SESSION_LENGTH, 32);
	return s;
}

/* A session taken up repeats its version, whatever the client could offer anew. */
static void resumption_proves_nothing_new(void **state)
{
	struct scene c = scene_new();

	(void)state;
	see(&c, resumed(&c));
	see(&c, resumed(&c));
	see(&c, resumed(&c));
	assert_verdict(&c, "unknown", "low");
	assert_true(would_help(the_host(&c), "low offers that take up no session"));
	see_offers(&c, TLS1_0, 1);
	assert_verdict(&c, "legacy", "medium");
	see_offers(&c, TLS1_0, 1);
	assert_verdict(&c, "legacy", "high");
	hosts_free(c.hosts);
	c = scene_new();
	see_offers(&c, TLS1_2, 2);
	see(&c, resumed(&c));
	see(&c, resumed(&c));
	assert_verdict(&c, "mixed", "low");
	assert_true(says(the_host(&c), "2 low offers take up an earlier session"));
	hosts_free(c.hosts);
}

/* All hellos of Go have a session id: that takes nothing up. */
static void a_random_session_id_takes_nothing_up(void **state)
{
	struct scene c = scene_new();

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct sighting *s = resumed(&c);

		sample_text(s, FIELD_STACK_FAMILY, "go");
		see(&c, s);
	}
	assert_verdict(&c, "legacy", "high");
	hosts_free(c.hosts);
}

static void refused_before_tls(void **state)
{
	struct scene c = scene_new();
	struct sighting *s = offer(&c, TLS1_0);

	(void)state;
	s->values[FIELD_OFFER_MAX].type = s->values[FIELD_OFFER_COMPLETE].type = VALUE_NONE;
	sample_text(s, FIELD_OUTCOME, "refused");
	see(&c, s);
	assert_verdict(&c, "unknown", "low");
	assert_true(says(the_host(&c), "its connections were refused before TLS began"));
	hosts_free(c.hosts);
}

static struct sighting *cut_off(struct scene *c, uint16_t answer)
{
	struct sighting *s = offer(c, TLS1_0);

	s->values[FIELD_OFFER_MAX].type = VALUE_NONE;
	sample_number(s, FIELD_OFFER_COMPLETE, 0);
	sample_number(s, FIELD_TRUNCATED, 1);
	sample_text(s, FIELD_QUALITY, "poor");
	if (answer != 0)
		sample_number(s, FIELD_ANSWER_VERSION, answer);
	return s;
}

static void what_was_cut_off_never_counts(void **state)
{
	struct scene c = scene_new();

	(void)state;
	for (unsigned i = 0; i < 5; i++)
		see(&c, cut_off(&c, TLS1_0));
	assert_verdict(&c, "unknown", "low");
	assert_true(says(the_host(&c), "no complete ClientHello was seen"));
	assert_true(says(the_host(&c), "5 ClientHellos were cut off"));
	assert_true(would_help(the_host(&c), "capture with -s 0"));
	see_offers(&c, TLS1_0, 2);
	assert_verdict(&c, "legacy", "medium");
	hosts_free(c.hosts);
}

/* The answer shows what the part of the hello that is missing must have held. */
static void an_answer_shows_what_was_offered(void **state)
{
	struct scene c = scene_new();

	(void)state;
	see(&c, cut_off(&c, TLS1_3));
	assert_verdict(&c, "unknown", "low");
	see_offers(&c, TLS1_0, 4);
	assert_verdict(&c, "mixed", "low");
	assert_true(says(the_host(&c), "1 ClientHello not seen whole was answered with TLS 1.2"));
	hosts_free(c.hosts);
}

static void quality_lowers_it(void **state)
{
	static const struct { const char *grade, *sure; } table[] = {
		{ "good", "high" }, { "fair", "medium" }, { "poor", "low" }
	};

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct scene c = scene_new();

		for (unsigned k = 0; k < 3; k++) {
			struct sighting *s = offer(&c, TLS1_0);

			sample_text(s, FIELD_QUALITY, table[i].grade);
			if (i == 1)
				sample_number(s, FIELD_ONE_WAY, 1);
			see(&c, s);
		}
		assert_verdict(&c, "legacy", table[i].sure);
		assert_true(i != 1 || would_help(the_host(&c), "mirror both"));
		hosts_free(c.hosts);
	}
}

/* ---- one address, several machines ------------------------------------------------------ */

static void see_stack(struct scene *c, const char *id, const char *os, const char *family)
{
	struct sighting *s = offer(c, TLS1_2);

	sample_text(s, FIELD_STACK_ID, id);
	if (os != NULL)
		sample_text(s, FIELD_STACK_OS, os);
	sample_text(s, FIELD_STACK_FAMILY, family);
	sample_text(s, FIELD_STACK_CONFIDENCE, "high");
	see(c, s);
}

static void browsers_and_runtimes_are_one_machine(void **state)
{
	struct scene c = scene_new();

	(void)state;
	see_stack(&c, "boringssl-permuted", NULL, "boringssl");
	see_stack(&c, "schannel-windows-8", "windows-8", "schannel");
	see_stack(&c, "schannel-windows-10", "windows-10", "schannel");
	see_stack(&c, "jsse-8", NULL, "jsse");
	see_stack(&c, "openssl-3", NULL, "openssl");
	see_stack(&c, "nss-tls13", NULL, "nss");
	see_stack(&c, "interceptor-list-on-jsse", NULL, "interceptor");
	assert_false(host_is_several(the_host(&c)));
	assert_verdict(&c, "modern", "high");
	hosts_free(c.hosts);
}

static bool are_several(const char *const (*stacks)[3], unsigned n)
{
	struct scene c = scene_new();
	bool several;

	for (unsigned i = 0; i < n; i++)
		see_stack(&c, stacks[i][0], stacks[i][1], stacks[i][2]);
	several = host_is_several(the_host(&c));
	assert_int_equal(several, says(the_host(&c), "several machines are behind this address"));
	assert_string_equal(confidence_names[host_confidence(the_host(&c))],
			    several ? "medium" : "high");
	hosts_free(c.hosts);
	return several;
}

static void systems_tell_machines_apart(void **state)
{
	static const char *const generations[][3] = {
		{ "a", "windows-7", "schannel" }, { "b", "windows-10", "schannel" } };
	static const char *const kinds[][3] = {
		{ "a", "windows-11", "schannel" }, { "b", "android-5-0", "android" },
		{ "c", "macos-10-11", "securetransport" } };
	static const char *const apple[][3] = {
		{ "a", "macos-10-11", "securetransport" }, { "b", "ios-5", "securetransport" } };
	static const char *const releases[][3] = {
		{ "a", "macos-10-9", "securetransport" },
		{ "b", "macos-10-11", "securetransport" } };
	static const char *const close[][3] = {
		{ "a", "windows-10", "schannel" }, { "b", "windows-11", "schannel" } };
	static const char *const system[][3] = {
		{ "a", NULL, "schannel" }, { "b", NULL, "android" } };

	(void)state;
	assert_true(are_several(generations, 2));
	assert_true(are_several(kinds, 3));
	assert_true(are_several(apple, 2));
	assert_false(are_several(releases, 2));
	assert_false(are_several(close, 2));
	assert_true(are_several(system, 2));
}

static void a_guess_tells_no_machines_apart(void **state)
{
	struct scene c = scene_new();
	struct sighting *s;

	(void)state;
	see_stack(&c, "schannel-windows-7", "windows-7", "schannel");
	s = offer(&c, TLS1_2);
	sample_text(s, FIELD_STACK_ID, "android-5-app");
	sample_text(s, FIELD_STACK_OS, "android-5");
	sample_text(s, FIELD_STACK_CONFIDENCE, "medium");
	see(&c, s);
	assert_false(host_is_several(the_host(&c)));
	hosts_free(c.hosts);
}

static void stacks_are_bounded(void **state)
{
	struct scene c = scene_new();
	char id[16];

	(void)state;
	for (unsigned i = 0; i < STACKS_MOST + 5; i++) {
		snprintf(id, sizeof(id), "stack-%u", i);
		see_stack(&c, id, NULL, "other");
	}
	see_stack(&c, "stack-0", NULL, "other");
	see_offers(&c, TLS1_2, 2);
	assert_int_equal(the_host(&c)->nstacks, STACKS_MOST);
	assert_int_equal(the_host(&c)->stacks[0].count, 2);
	assert_int_equal(the_host(&c)->more_stacks, 5);
	assert_int_equal(the_host(&c)->unnamed, 2);
	hosts_free(c.hosts);
}

/* A host with all that is kept of it, its place in the pool too: see host/pool.h. */
static void a_host_is_small(void **state)
{
	(void)state;
	assert_true(sizeof(struct host) + 128 <= 1024);
}

static void see_vlan(struct scene *c, const char *ip, const char *vlan, uint16_t max)
{
	struct sighting *s = offer(c, max);

	sample_addr(s, FIELD_CLIENT_IP, ip);
	if (vlan != NULL)
		sample_text(s, FIELD_VLAN, vlan);
	see(c, s);
}

static void vlans_tell_private_addresses_apart(void **state)
{
	struct scene c = scene_new();
	const struct host *const *all;

	(void)state;
	see_vlan(&c, "10.0.0.1", "10", TLS1_0);
	see_vlan(&c, "10.0.0.1", "10", TLS1_0);
	see_vlan(&c, "10.0.0.1", "20", TLS1_2);
	see_vlan(&c, "10.0.0.2", "10", TLS1_2);
	see_vlan(&c, "198.51.100.1", "10", TLS1_2);
	see_vlan(&c, "198.51.100.1", "20", TLS1_2);
	assert_int_equal(hosts_all(c.hosts, &all), 4);
	assert_int_equal(all[0]->vlan, 10);
	assert_int_equal(host_verdict(all[0]), VERDICT_LEGACY);
	assert_int_equal(host_confidence(all[0]), CONFIDENCE_MEDIUM);
	assert_true(says(all[0], "the same address offers TLS 1.2 or above in another VLAN"));
	assert_true(all[0]->has_namesake && all[1]->has_namesake && !all[2]->has_namesake);
	assert_int_equal(all[1]->vlan, 20);
	assert_int_equal(host_verdict(all[1]), VERDICT_MODERN);
	assert_int_equal(all[3]->vlan, VLAN_NONE);
	assert_int_equal(all[3]->handshakes, 2);
	hosts_free(c.hosts);
}

static void see_mac(struct scene *c, const char *ip, const char *mac)
{
	struct sighting *s = offer(c, TLS1_2);

	sample_addr(s, FIELD_CLIENT_IP, ip);
	sample_text(s, FIELD_CLIENT_MAC, mac);
	see(c, s);
}

static void hardware_addresses_are_said(void **state)
{
	struct scene c = scene_new();
	const struct host *const *all;

	(void)state;
	see_mac(&c, "10.0.0.1", "00-0C-29-AA-BB-CC");
	see_mac(&c, "10.0.0.1", "00-0C-29-AA-BB-CC");
	assert_false(says(the_host(&c), "hardware"));
	see_mac(&c, "10.0.0.1", "00-0C-29-AA-BB-CD");
	assert_true(says(the_host(&c), "seen under two hardware addresses"));
	assert_memory_equal(the_host(&c)->macs[1], "\x00\x0c\x29\xaa\xbb\xcd", 6);
	see_mac(&c, "fe80::1", "00-0C-29-AA-BB-CC");	/* the same machine, by its other family */
	assert_int_equal(hosts_all(c.hosts, &all), 2);
	assert_false(all[0]->has_routers || all[1]->has_routers);
	see_mac(&c, "10.0.0.2", "00-0C-29-AA-BB-CD");	/* a router's, then */
	assert_int_equal(hosts_all(c.hosts, &all), 3);
	for (unsigned i = 0; i < 3; i++)
		assert_false(says(all[i], "hardware"));
	hosts_free(c.hosts);
}

/* What legs know of an address is on the host; it is put there by hand. */
static void who_carries_on_is_no_host_to_judge(void **state)
{
	struct host h = { .handshakes = 4, .offers = { [OFFER_HIGH] = { 2, 2, 0 },
						       [OFFER_LOW] = { 2, 2, 0 } } };

	(void)state;
	h.offered[tls_version_rank(TLS1_0)] = h.offered[tls_version_rank(TLS1_3)] = 2;
	assert_int_equal(host_verdict(&h), VERDICT_MIXED);
	assert_int_equal(host_confidence(&h), CONFIDENCE_HIGH);
	h.upstream = 1;			/* of four: a host beside it */
	assert_int_equal(host_verdict(&h), VERDICT_MIXED);
	assert_true(is_said(&h, host_because, HOST_REASONS, "it is a proxy or NAT too: 1 of"));
	h.upstream = 2;
	assert_int_equal(host_verdict(&h), VERDICT_UNKNOWN);
	assert_int_equal(host_confidence(&h), CONFIDENCE_LOW);
	assert_true(is_said(&h, host_because, HOST_REASONS,
			    "a proxy or NAT: its handshakes carry on those of others (2 of 4)"));
	assert_false(is_said(&h, host_would_help, HOST_HELPS, "seen again"));
}

static void offers_of_a_device_under_its_address_are_left_out(void **state)
{
	struct host h = { .handshakes = 5, .offers = { [OFFER_HIGH] = { 2, 2, 0 },
						       [OFFER_LOW] = { 3, 3, 0 } } };

	(void)state;
	h.offered[tls_version_rank(TLS1_0)] = 3;
	h.offered[tls_version_rank(TLS1_3)] = 2;
	h.aliased_low = 2;		/* and one of its own */
	assert_int_equal(host_verdict(&h), VERDICT_MIXED);
	assert_int_equal(host_confidence(&h), CONFIDENCE_MEDIUM);
	assert_int_equal(host_low_offers(&h), 1);
	h.aliased_low = 3;
	assert_int_equal(host_verdict(&h), VERDICT_MODERN);
	assert_int_equal(host_low_offers(&h), 0);
	assert_true(is_said(&h, host_because, HOST_REASONS, "3 ClientHellos are a proxy's"));
	h.aliased_low = 0;
	h.aliased_high = 2;		/* a device that raises */
	assert_int_equal(host_verdict(&h), VERDICT_LEGACY);
	h.aliased_low = 9;		/* the same address elsewhere */
	assert_int_equal(host_verdict(&h), VERDICT_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(modern),
		cmocka_unit_test(drafts_are_tls13),
		cmocka_unit_test(legacy),
		cmocka_unit_test(mixed),
		cmocka_unit_test(weak),
		cmocka_unit_test(not_known_is_not_weak),
		cmocka_unit_test(fallback),
		cmocka_unit_test(fallback_by_mark),
		cmocka_unit_test(two_programs_are_mixed),
		cmocka_unit_test(resumption_proves_nothing_new),
		cmocka_unit_test(a_random_session_id_takes_nothing_up),
		cmocka_unit_test(refused_before_tls),
		cmocka_unit_test(what_was_cut_off_never_counts),
		cmocka_unit_test(an_answer_shows_what_was_offered),
		cmocka_unit_test(quality_lowers_it),
		cmocka_unit_test(browsers_and_runtimes_are_one_machine),
		cmocka_unit_test(systems_tell_machines_apart),
		cmocka_unit_test(a_guess_tells_no_machines_apart),
		cmocka_unit_test(stacks_are_bounded),
		cmocka_unit_test(a_host_is_small),
		cmocka_unit_test(vlans_tell_private_addresses_apart),
		cmocka_unit_test(hardware_addresses_are_said),
		cmocka_unit_test(who_carries_on_is_no_host_to_judge),
		cmocka_unit_test(offers_of_a_device_under_its_address_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
