/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Legs held against each other: every row of the matrix of verdicts, chains,
 * NAT, connections used again, load, clocks apart, any order of arrival, and
 * senders who would like somebody else accused.
 */
#include "sample.h"

#include <time.h>

#include "host/proxy.h"

/* What a leg does not say is zero. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#define MS (NS_PER_SECOND / 1000)

struct list {
	const char *v;
	size_t n;
};

static const struct list good_list = { "\x13\x01\xc0\x2f\xc0\x30\xc0\x13\xc0\x14", 10 };
static const struct list rsa_list = { "\x00\x9c\x00\x2f\x00\x35", 6 };
static const struct list cbc_list = { "\x00\x2f\x00\x35\x00\x0a", 6 };
static const struct list old_list = { "\xc0\x13\xc0\x14\x00\x2f\x00\x35", 8 };

static struct ruleset *rules;

/* One leg, as short as it can be said; zero is the usual. */
struct said {
	const char *client, *server;
	uint64_t at, lasts;		/* milliseconds; lasts 0: 50 */
	unsigned random;
	uint16_t max, answer;		/* answer 0: an alert */
	unsigned port;			/* of the client */
	const char *name, *prelude, *issuer, *file;
	const struct list *suites;
	uint64_t rtt;			/* microseconds */
	uint64_t alert;			/* 0: 70, of the server */
	const char *from;		/* who sent it */
	const char *agent, *family;	/* of the CONNECT; of the hello's stack */
};

static void put_random(struct sighting *s, unsigned n)
{
	static uint8_t room[4096][32];
	uint8_t *random = room[n % 4096];

	memset(random, 0x5a, 32);
	memcpy(random, &n, sizeof(n));
	sample_bytes(s, FIELD_OFFER_RANDOM, random, 32);
}

static void put_end(struct sighting *s, const struct said *l)
{
	if (l->answer != 0 && l->alert == 0) {
		sample_text(s, FIELD_OUTCOME, "established");
		return;
	}
	sample_text(s, FIELD_OUTCOME, "alert");
	sample_number(s, FIELD_ALERT_CODE, l->alert ? l->alert : 70);
	sample_text(s, FIELD_ALERT_FROM, l->from ? l->from : "server");
}

static void put_known(struct sighting *s, const struct said *l)
{
	const struct list *usual = l->max < TLS1_2 ? &old_list : &good_list;
	const struct list *suites = l->suites ? l->suites : usual;

	sample_text(s, FIELD_SERVER_NAME, l->name ? l->name : "outlook.office365.com");
	sample_text(s, FIELD_OFFER_NAME, l->name ? l->name : "outlook.office365.com");
	sample_codes(s, FIELD_OFFER_CIPHER_CODES, 2, suites->v, suites->n);
	sample_number(s, FIELD_SERVICE_MATCHED_BY, l->server[0] == '5' ? 3 : 2);
	if (l->prelude != NULL)
		sample_text(s, FIELD_PRELUDE_KIND, l->prelude);
	if (l->issuer != NULL)
		sample_text(s, FIELD_CERT_ISSUER, l->issuer);
	if (l->file != NULL)
		sample_text(s, FIELD_FILE, l->file);
	if (l->rtt != 0)
		sample_number(s, FIELD_RTT, l->rtt * 1000);
}

static void see(struct hosts *h, struct said l)
{
	struct sighting *s = sample_seen(l.client, l.max, l.answer, "established");

	sample_addr(s, FIELD_SERVER_IP, l.server);
	sample_number(s, FIELD_SERVER_PORT, l.prelude && *l.prelude != 'p' ? 8080 : 443);
	sample_number(s, FIELD_CLIENT_PORT, l.port ? l.port : 40000 + l.random % 20000);
	s->ts = SAMPLE_TIME + l.at * MS;
	s->ts_end = s->ts + (l.lasts ? l.lasts : 50) * MS;
	put_random(s, l.random);
	put_known(s, &l);
	put_end(s, &l);
	if (l.agent != NULL) {
		sample_text(s, FIELD_PRELUDE_AGENT, l.agent);
		sample_text(s, FIELD_STACK_FAMILY, l.family);
	}
	if (l.max < TLS1_2)
		s->hits[s->nhits++] = &sample_legacy;
	hosts_sighting(h, s);
	free(s);
}

static struct hosts *hosts_with(size_t legs)
{
	return hosts_new(&(struct hosts_options){ .rules = rules, .legs = legs });
}

static const struct proxy *proxy_at(struct hosts *h, const char *ip)
{
	const struct proxy *const *all;
	size_t n = hosts_proxies(h, &all);
	struct addr want = { { 0 } };

	if (ip != NULL)
		assert_true(addr_parse(ip, &want));
	for (size_t i = 0; i < n; i++)
		if (addr_cmp(&all[i]->ip, &want) == 0)
			return all[i];
	return NULL;
}

static void is_proxy(struct hosts *h, const char *ip, enum legs_verdict v, enum confidence c)
{
	const struct proxy *p = proxy_at(h, ip);
	struct buf words = { 0 };

	assert_non_null(p);
	assert_string_equal(legs_verdict_names[p->verdict], legs_verdict_names[v]);
	assert_string_equal(confidence_names[p->confidence], confidence_names[c]);
	proxy_says(p, &words);
	assert_true(words.n > 0);
	buf_done(&words);
}

static const struct finding *found(struct hosts *h, const char *rule, const char *who)
{
	const struct finding *const *all;
	size_t n = hosts_findings(h, &all);
	struct addr want = { { 0 } };

	if (who != NULL)
		assert_true(addr_parse(who, &want));
	for (size_t i = 0; i < n; i++)
		if (strcmp(all[i]->rule->id, rule) == 0 && addr_cmp(&all[i]->who, &want) == 0)
			return all[i];
	return NULL;
}

/* A client asks a proxy by CONNECT, and 10 ms later the proxy asks Microsoft. */
static void through(struct hosts *h, unsigned n, uint16_t client_max, uint16_t upstream_max)
{
	struct said in = { "10.1.4.21", "10.1.9.8", 1000 * n, 0, 2 * n, client_max, client_max,
			   .prelude = "connect" };
	struct said out = { "10.1.9.8", "52.97.201.10", 1000 * n + 10, 20, 2 * n + 1,
			    upstream_max, upstream_max };

	if (upstream_max < TLS1_2)
		out.answer = 0;
	see(h, in);
	see(h, out);
}

/* ---- the matrix ------------------------------------------------------------------------ */

static void lowers(void **state)
{
	struct hosts *h = hosts_with(0);
	const struct finding *f;

	(void)state;
	for (unsigned i = 1; i <= 3; i++)
		through(h, i, TLS1_3, TLS1_0);
	is_proxy(h, "10.1.9.8", LEGS_LOWERS, CONFIDENCE_HIGH);
	f = found(h, "proxy-lowers", "10.1.9.8");
	assert_non_null(f);
	assert_int_equal(f->count, 3);
	assert_int_equal(f->port, 8080);
	assert_true(f->nevidence > 0 && f->evidence[0].then != NULL);	/* both legs */
	assert_int_equal(finding_confidence(f), CONFIDENCE_HIGH);
	assert_null(found(h, "legacy-offer", "10.1.9.8"));	/* its own fault, said once */
	assert_null(found(h, "legacy-offer", "10.1.4.21"));
	hosts_free(h);
}

static void tunnels(void **state)
{
	struct hosts *h = hosts_with(0);

	(void)state;
	for (unsigned i = 1; i <= 2; i++) {
		see(h, (struct said){ "10.1.4.24", "10.1.9.8", 1000 * i, 0, i, TLS1_0, 0,
				      .prelude = "connect" });
		see(h, (struct said){ "10.1.9.8", "52.97.201.10", 1000 * i + 1, 0, i, TLS1_0, 0,
				      .port = 1000 + i });
	}
	is_proxy(h, "10.1.9.8", LEGS_TUNNELS, CONFIDENCE_HIGH);
	assert_non_null(found(h, "legacy-offer", "10.1.4.24"));
	assert_null(found(h, "legacy-offer", "10.1.9.8"));	/* the same random: who spoke */
	hosts_free(h);
}

static void both_legacy(void **state)
{
	struct hosts *h = hosts_with(0);

	(void)state;
	for (unsigned i = 1; i <= 3; i++)
		through(h, i, TLS1_1, TLS1_0);
	is_proxy(h, "10.1.9.8", LEGS_REORIGINATES, CONFIDENCE_HIGH);
	assert_non_null(found(h, "proxy-legacy", "10.1.9.8"));
	assert_non_null(found(h, "legacy-offer", "10.1.4.21"));
	hosts_free(h);
}

static void raises_masks_the_host(void **state)
{
	struct hosts *h = hosts_with(0);
	const struct host *const *all;
	size_t n;

	(void)state;
	for (unsigned i = 1; i <= 3; i++)
		through(h, i, TLS1_0, TLS1_3);
	is_proxy(h, "10.1.9.8", LEGS_RAISES, CONFIDENCE_HIGH);
	assert_int_equal(proxy_at(h, "10.1.9.8")->masked, 1);
	assert_non_null(found(h, "proxy-masks", "10.1.9.8"));
	n = hosts_all(h, &all);
	for (size_t i = 0; i < n; i++)
		if (host_low_offers(all[i]) > 0)
			assert_int_equal(host_verdict(all[i]), VERDICT_MASKED);
	hosts_free(h);
}

static void breaks_by_suites(void **state)
{
	struct hosts *h = hosts_with(0);

	(void)state;
	for (unsigned i = 1; i <= 3; i++) {
		see(h, (struct said){ "10.1.4.21", "10.1.9.8", 1000 * i, 0, 2 * i, TLS1_3, TLS1_3,
				      .prelude = "connect" });
		see(h, (struct said){ "10.1.9.8", "52.97.201.10", 1000 * i + 5, 20, 2 * i + 1,
				      TLS1_2, 0, .suites = &cbc_list, .alert = 40 });
		see(h, (struct said){ "10.1.4.21", "10.1.9.9", 1000 * i, 0, 200 + i, TLS1_3,
				      TLS1_3, .prelude = "connect" });
		see(h, (struct said){ "10.1.9.9", "52.97.201.10", 1000 * i + 5, 20, 300 + i,
				      TLS1_2, TLS1_2, .suites = &rsa_list });
	}
	assert_non_null(found(h, "proxy-breaks-suites", "10.1.9.8"));
	assert_null(found(h, "proxy-drops-ecdhe", "10.1.9.8"));
	assert_non_null(found(h, "proxy-drops-ecdhe", "10.1.9.9"));
	assert_int_equal(proxy_at(h, "10.1.9.8")->legs[LEG_UPSTREAM].refused, 3);
	hosts_free(h);
}

static void mimics(void **state)
{
	struct hosts *h = hosts_with(0);

	(void)state;
	for (unsigned i = 1; i <= 4; i++) {
		const struct list *suites = i % 2 ? &good_list : &rsa_list;

		see(h, (struct said){ "10.1.4.21", "10.1.9.8", 1000 * i, 0, 2 * i, TLS1_3, TLS1_3,
				      .prelude = "connect", .suites = suites });
		see(h, (struct said){ "10.1.9.8", "52.97.201.10", 1000 * i + 5, 20, 2 * i + 1,
				      TLS1_3, TLS1_3, .suites = suites });
	}
	is_proxy(h, "10.1.9.8", LEGS_MIMICS, CONFIDENCE_HIGH);
	hosts_free(h);
}

static void one_side_is_no_verdict(void **state)
{
	struct hosts *h = hosts_with(0);

	(void)state;
	for (unsigned i = 1; i <= 9; i++)
		see(h, (struct said){ "10.1.4.21", "10.1.9.8", 1000 * i, 0, i, TLS1_3, TLS1_3,
				      .prelude = "connect" });
	is_proxy(h, "10.1.9.8", LEGS_UNKNOWN, CONFIDENCE_LOW);
	for (unsigned i = 1; i <= 9; i++)
		see(h, (struct said){ "10.1.4.21", "10.1.9.9", 1000 * i, 0, 50 + i, TLS1_3, TLS1_2,
				      .prelude = "connect", .issuer = "CN=Proxy CA, O=Contoso" });
	is_proxy(h, "10.1.9.9", LEGS_REORIGINATES, CONFIDENCE_MEDIUM);
	assert_non_null(found(h, "proxy-intercepts", "10.1.9.9"));
	assert_int_equal(found(h, "proxy-intercepts", "10.1.9.9")->rule->level, LEVEL_INFO);
	hosts_free(h);
}

static void certificates_refused(void **state)
{
	struct hosts *h = hosts_with(0);

	(void)state;
	see(h, (struct said){ "10.1.4.21", "52.97.201.10", 0, 0, 1, TLS1_2, TLS1_2, .alert = 48,
			      .from = "client", .issuer = "CN=Proxy CA, O=Contoso" });
	see(h, (struct said){ "10.1.4.21", "52.97.201.10", 100, 0, 2, TLS1_2, TLS1_2, .alert = 48,
			      .from = "client", .issuer = "CN=Microsoft Azure RSA TLS Issuing CA "
							  "03, O=Microsoft Corporation, C=US" });
	assert_non_null(found(h, "proxy-certificate-refused", NULL));
	assert_int_equal(proxy_at(h, NULL)->client_alerts, 1);
	hosts_free(h);
}

/* ---- who stands where ------------------------------------------------------------------ */

static void chain_of_three(void **state)
{
	struct hosts *h = hosts_with(0);

	(void)state;
	for (unsigned i = 1; i <= 3; i++) {
		see(h, (struct said){ "10.1.4.21", "10.1.9.7", 1000 * i, 80, i, TLS1_3, TLS1_3,
				      .prelude = "connect" });
		see(h, (struct said){ "10.1.9.7", "10.1.9.8", 1000 * i + 1, 80, i, TLS1_3, TLS1_3,
				      .prelude = "connect", .port = 2000 + i });
		see(h, (struct said){ "10.1.9.8", "10.1.9.9", 1000 * i + 2, 60, 100 + i, TLS1_3,
				      TLS1_3, .prelude = "connect" });
		see(h, (struct said){ "10.1.9.9", "52.97.201.10", 1000 * i + 5, 40, 200 + i,
				      TLS1_1, 0 });
	}
	is_proxy(h, "10.1.9.7", LEGS_TUNNELS, CONFIDENCE_HIGH);
	is_proxy(h, "10.1.9.8", LEGS_REORIGINATES, CONFIDENCE_HIGH);
	is_proxy(h, "10.1.9.9", LEGS_LOWERS, CONFIDENCE_HIGH);
	assert_null(found(h, "proxy-lowers", "10.1.9.7"));
	assert_null(found(h, "proxy-lowers", "10.1.9.8"));
	hosts_free(h);
}

static void nat_is_no_host(void **state)
{
	struct hosts *h = hosts_with(0);

	(void)state;
	for (unsigned i = 1; i <= 3; i++) {
		see(h, (struct said){ "198.51.100.7", "52.97.201.10", 1000 * i, 0, i, TLS1_0, 0 });
		see(h, (struct said){ "10.1.4.24", "52.97.201.10", 1000 * i + 300, 0, i, TLS1_0,
				      0 });			/* its clock is behind */
	}
	is_proxy(h, "198.51.100.7", LEGS_TUNNELS, CONFIDENCE_HIGH);
	assert_null(found(h, "legacy-offer", "198.51.100.7"));
	assert_non_null(found(h, "legacy-offer", "10.1.4.24"));
	/* One hello more that nobody sent inside: then it is not only others' any more. */
	see(h, (struct said){ "198.51.100.7", "52.97.201.10", 9000, 0, 99, TLS1_0, 0 });
	assert_non_null(found(h, "legacy-offer", "198.51.100.7"));
	hosts_free(h);
}

static void seen_twice_is_one(void **state)
{
	struct hosts *h = hosts_with(0);

	(void)state;
	for (unsigned i = 0; i < 4; i++)
		see(h, (struct said){ "10.1.4.24", "52.97.201.10", i, 0, 7, TLS1_0, 0 });
	for (unsigned i = 0; i < 4; i++)	/* the same host says it again */
		see(h, (struct said){ "10.1.4.24", "52.97.201.10", i, 0, 8, TLS1_0, 0,
				      .port = 2000 + i });
	assert_null(proxy_at(h, "52.97.201.10"));
	assert_null(proxy_at(h, "10.1.4.24"));
	assert_non_null(found(h, "legacy-offer", "10.1.4.24"));
	hosts_free(h);
}

static void transparent(void **state)
{
	struct hosts *h = hosts_with(0);

	(void)state;
	for (unsigned i = 1; i <= 4; i++) {
		const char *client = i % 2 ? "10.1.4.21" : "10.1.4.22";

		/* TLS 1.3 hides its certificate; one TLS 1.2 client gives the device away. */
		see(h, (struct said){ client, "52.97.201.10", 1000 * i, 60, i, TLS1_3,
				      i == 1 ? TLS1_2 : TLS1_3, .rtt = 90,
				      .issuer = i == 1 ? "CN=Proxy CA, O=Contoso" : NULL });
		see(h, (struct said){ "10.1.9.8", "52.97.201.10", 1000 * i + 10, 30, 100 + i,
				      TLS1_0, 0, .rtt = 9000 });
		/* Its twin goes on under its clients' addresses. */
		see(h, (struct said){ "10.1.4.31", "52.97.201.11", 1000 * i, 60, 200 + i, TLS1_3,
				      i == 1 ? TLS1_2 : TLS1_3, .rtt = 90,
				      .name = "contoso.sharepoint.com",
				      .issuer = i == 1 ? "CN=Proxy CA, O=Contoso" : NULL });
		see(h, (struct said){ "10.1.4.31", "52.97.201.11", 1000 * i + 10, 30, 300 + i,
				      TLS1_0, 0, .name = "contoso.sharepoint.com", .rtt = 9000 });
	}
	is_proxy(h, "10.1.9.8", LEGS_LOWERS, CONFIDENCE_HIGH);
	is_proxy(h, NULL, LEGS_LOWERS, CONFIDENCE_HIGH);
	assert_int_equal(proxy_at(h, "10.1.9.8")->nested, 4);
	assert_null(found(h, "legacy-offer", "10.1.9.8"));
	assert_null(found(h, "legacy-offer", "10.1.4.31"));
	hosts_free(h);
}

/* Browsers open several connections at once; a quick network is no device. */
static void overlap_is_nothing(void **state)
{
	struct hosts *h = hosts_with(0);
	const struct proxy *const *all;

	(void)state;
	for (unsigned i = 1; i <= 50; i++)
		for (unsigned k = 0; k < 4; k++) {
			char client[24];

			snprintf(client, sizeof(client), "10.1.4.%u", 20 + k);
			see(h, (struct said){ client, "52.97.201.10", 100 * i + k, 60, 10 * i + k,
					      k ? TLS1_3 : TLS1_0, TLS1_2, .rtt = 700 + 9 * k });
		}
	assert_int_equal(hosts_proxies(h, &all), 0);
	hosts_free(h);
}

static void loopback_and_hairpins(void **state)
{
	struct hosts *h = hosts_with(0);
	const struct proxy *const *all;

	(void)state;
	for (unsigned i = 1; i <= 5; i++) {
		see(h, (struct said){ "127.0.0.1", "127.0.0.1", 100 * i, 60, 2 * i, TLS1_3,
				      TLS1_3 });
		see(h, (struct said){ "10.0.0.1", "10.0.0.2", 100 * i, 60, 100 + i, TLS1_3,
				      TLS1_3 });
		see(h, (struct said){ "10.0.0.2", "10.0.0.1", 100 * i + 1, 50, 200 + i, TLS1_0,
				      TLS1_0 });
	}
	assert_int_equal(hosts_proxies(h, &all), 0);
	hosts_free(h);
}

/* ---- populations ------------------------------------------------------------------------ */

static void connections_used_again(void **state)
{
	struct hosts *h = hosts_with(0);
	const struct proxy *p;

	(void)state;
	for (unsigned i = 0; i < 20; i++) {
		char client[24];

		snprintf(client, sizeof(client), "10.1.4.%u", 20 + i % 5);
		see(h, (struct said){ client, "10.1.9.8", 500 * i, 0, i, TLS1_3, TLS1_3,
				      .prelude = "connect" });
	}
	see(h, (struct said){ "10.1.9.8", "52.97.201.10", 10, 0, 100, TLS1_0, 0 });
	see(h, (struct said){ "10.1.9.8", "52.97.201.10", 5010, 0, 101, TLS1_0, 0 });
	p = proxy_at(h, "10.1.9.8");
	assert_non_null(p);
	assert_int_equal(p->legs[LEG_CLIENT].legs, 20);
	assert_int_equal(p->legs[LEG_UPSTREAM].legs, 2);
	assert_int_equal(p->clients, 5);
	assert_int_equal(p->verdict, LEGS_LOWERS);
	hosts_free(h);
}

static void load_is_said(void **state)
{
	struct hosts *h = hosts_with(0);
	const struct proxy *p;

	(void)state;
	for (unsigned i = 0; i < 200; i++) {		/* old and new clients, all at once */
		see(h, (struct said){ i % 2 ? "10.1.4.21" : "10.1.4.22", "10.1.9.8", 2 * i, 400, i,
				      i % 2 ? TLS1_0 : TLS1_3, TLS1_2 });
		see(h, (struct said){ "10.1.9.8", "52.97.201.10", 2 * i + 1, 20, 1000 + i,
				      i % 2 ? TLS1_0 : TLS1_3, TLS1_2 });
	}
	p = proxy_at(h, "10.1.9.8");
	assert_non_null(p);
	assert_true(p->proofs >> PROOF_LOAD & 1);
	assert_int_not_equal(p->verdict, LEGS_LOWERS);	/* which for which is not known */
	hosts_free(h);
}

static void clocks_apart(void **state)
{
	struct hosts *h = hosts_with(0);

	(void)state;
	for (unsigned i = 1; i <= 6; i++) {
		see(h, (struct said){ "10.1.4.21", "10.1.9.8", 60000 + 1700 * i * i, 0, i, TLS1_3,
				      TLS1_3, .prelude = "connect", .file = "inside.pcap" });
		see(h, (struct said){ "10.1.9.8", "52.97.201.10", 30000 + 1700 * i * i + 8 * i, 20,
				      100 + i, TLS1_0, 0, .file = "outside.pcap" });
	}
	is_proxy(h, "10.1.9.8", LEGS_LOWERS, CONFIDENCE_HIGH);
	assert_int_equal(proxy_at(h, "10.1.9.8")->alone, 0);
	hosts_free(h);
}

/* ---- order and bounds ------------------------------------------------------------------- */

static void put_proxies(struct hosts *h, struct buf *ret)
{
	const struct proxy *const *all;
	size_t n = hosts_proxies(h, &all);
	char ip[ADDR_TEXT];

	for (size_t i = 0; i < n; i++) {
		buf_printf(ret, "%s %d %u %x:", addr_text(&all[i]->ip, ip), (int)all[i]->verdict,
			   all[i]->confidence, all[i]->proofs);
		proxy_says(all[i], ret);
		proxy_differs(all[i], ret);
		for (unsigned k = 0; k < all[i]->nexamples; k++)
			buf_printf(ret, " %llu", (unsigned long long)
				   all[i]->examples[LEG_CLIENT][k].ts);
	}
}

static void any_order(void **state)
{
	enum { LEGS = 60 };
	struct said story[LEGS];
	struct buf first = { 0 };
	unsigned random = 1;

	(void)state;
	for (unsigned i = 0; i < LEGS; i += 2) {
		uint16_t low = i % 3 ? TLS1_3 : TLS1_0;

		story[i] = (struct said){ i % 4 ? "10.1.4.21" : "10.1.4.22", "10.1.9.8", 700 * i,
					  0, i, low, TLS1_2, .prelude = "connect",
					  .suites = i % 6 ? &good_list : &rsa_list };
		story[i + 1] = (struct said){ "10.1.9.8", "52.97.201.10", 700 * i + 5, 20,
					      i % 10 ? 1000 + i : i, i % 10 ? TLS1_1 : low,
					      TLS1_2 };
	}
	for (unsigned turn = 0; turn < 8; turn++) {
		struct hosts *h = hosts_with(0);
		struct buf now = { 0 };

		for (unsigned i = 0; i < LEGS; i++)
			see(h, story[i]);
		put_proxies(h, turn ? &now : &first);
		if (turn > 0)
			assert_string_equal(buf_text(&now), buf_text(&first));
		for (unsigned i = LEGS; i > 1; i--) {		/* shuffled for the next turn */
			struct said last = story[i - 1];

			random = random * 1103515245 + 12345;
			story[i - 1] = story[(random >> 8) % i];
			story[(random >> 8) % i] = last;
		}
		buf_done(&now);
		hosts_free(h);
	}
	buf_done(&first);
}

static void a_window_is_enough(void **state)
{
	struct hosts *h = hosts_with(64);
	const struct proxy *p;

	(void)state;
	for (unsigned i = 1; i <= 1000; i++)
		through(h, i, TLS1_3, TLS1_0);
	p = proxy_at(h, "10.1.9.8");
	assert_non_null(p);
	assert_true(p->legs[LEG_UPSTREAM].legs == 1000);
	assert_int_equal(p->legs[LEG_CLIENT].legs, 1000);
	assert_int_equal(p->verdict, LEGS_LOWERS);
	assert_int_equal(hosts_legs(h).forgotten, 0);
	for (unsigned i = 0; i < 1000; i++)		/* and what has no partner is counted */
		see(h, (struct said){ "10.7.7.7", "52.97.201.10", 2000000 + 10 * i, 0, 2000 + i,
				      TLS1_3, TLS1_3 });
	assert_true(hosts_legs(h).forgotten > 900);
	hosts_free(h);
}

/* ---- hostile ---------------------------------------------------------------------------- */

/* Who sends another's random again makes a NAT of himself, and of nobody else anything. */
static void a_replayed_random(void **state)
{
	struct hosts *h = hosts_with(0);
	const struct finding *const *all;
	size_t n;

	(void)state;
	for (unsigned i = 1; i <= 200; i++) {
		see(h, (struct said){ "10.1.4.21", "52.97.201.10", 1000 * i, 0, i, TLS1_3,
				      TLS1_3 });
		for (unsigned k = 0; k < 20; k++)
			see(h, (struct said){ "10.6.6.6", "52.97.201.10", 1000 * i + k + 1, 0, i,
					      TLS1_0, 0, .port = 1000 + k });
	}
	assert_null(proxy_at(h, "10.1.4.21"));
	n = hosts_findings(h, &all);
	for (size_t i = 0; i < n; i++)
		assert_true(all[i]->who.b[15] == 6);
	hosts_free(h);
}

/* An old host that is called as if it were a proxy, whenever it speaks. */
static void a_framed_host(void **state)
{
	struct hosts *h = hosts_with(0);

	(void)state;
	for (unsigned i = 1; i <= 50; i++) {
		see(h, (struct said){ "10.1.4.40", "52.97.201.10", 1000 * i, 20, i, TLS1_0, 0 });
		see(h, (struct said){ "10.6.6.6", "10.1.4.40", 1000 * i - 5, 60, 100 + i, TLS1_3,
				      TLS1_3 });
		/* Nobody answers these: they say nothing at all. */
		see(h, (struct said){ "10.6.6.6", "10.1.4.41", 1000 * i - 5, 60, 200 + i, TLS1_3,
				      0 });
		see(h, (struct said){ "10.1.4.41", "52.97.201.10", 1000 * i, 20, 300 + i, TLS1_0,
				      0 });
	}
	assert_true(proxy_at(h, "10.1.4.40")->confidence < CONFIDENCE_HIGH);
	assert_null(proxy_at(h, "10.1.4.41"));
	assert_non_null(found(h, "legacy-offer", "10.1.4.41"));
	hosts_free(h);
}

static void sprayed_names(void **state)
{
	struct hosts *h = hosts_with(4096);
	const struct proxy *const *all;

	(void)state;
	for (unsigned i = 0; i < 30000; i++) {
		char name[40], client[24], server[24];

		snprintf(name, sizeof(name), "t%u.sharepoint.com", i);
		snprintf(client, sizeof(client), "10.6.%u.%u", i / 256 % 256, i % 256);
		snprintf(server, sizeof(server), "10.7.%u.%u", i / 256 % 256, i % 256);
		see(h, (struct said){ client, server, i, 60000, i % 4096, TLS1_3, TLS1_3,
				      .name = name, .prelude = "connect" });
	}
	assert_true(hosts_proxies(h, &all) <= 1024);
	assert_true(hosts_legs(h).proxies > 0);
	for (size_t i = 0; i < hosts_proxies(h, &all); i++)
		assert_true(all[i]->confidence == CONFIDENCE_LOW);
	hosts_free(h);
}

/* Crowds on both sides of one box and one name, too far apart in time to meet. */
static void crowds(void **state)
{
	enum { CROWD = 60000, SECONDS_MOST = 15 };
	struct hosts *h = hosts_with(0);
	const struct proxy *const *all;
	clock_t begun;

	(void)state;
	for (unsigned i = 0; i < CROWD; i++) {
		see(h, (struct said){ "10.1.4.21", "10.1.9.8", i / 20, 1, 2 * i, TLS1_2, TLS1_2 });
		see(h, (struct said){ "10.1.9.8", "52.97.201.10", 10000 + i / 20, 1, 2 * i + 1,
				      TLS1_2, 0 });
	}
	begun = clock();
	(void)hosts_proxies(h, &all);
	assert_true(clock() - begun < SECONDS_MOST * CLOCKS_PER_SEC);
	hosts_free(h);
}

/* Nobody is a proxy: a crowd of clients of one server. */
static void one_server(void **state)
{
	enum { CROWD = 100000, SECONDS_MOST = 10 };
	struct hosts *h = hosts_with(0);
	const struct proxy *const *all;
	clock_t begun;

	(void)state;
	for (unsigned i = 0; i < CROWD; i++) {
		char client[24];

		snprintf(client, sizeof(client), "10.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
		see(h, (struct said){ client, "52.97.201.10", i, 1, i, TLS1_2, TLS1_2 });
	}
	begun = clock();
	(void)hosts_proxies(h, &all);
	assert_true(clock() - begun < SECONDS_MOST * CLOCKS_PER_SEC);
	hosts_free(h);
}

/* ---- words ------------------------------------------------------------------------------ */

/* A proxy that hands the browser's CONNECT on, and a hello of its own inside. */
static void browsers_have_their_own_hello(void **state)
{
	static const char firefox[] = "Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 "
				      "Firefox/128.0";
	static const char *const families[] = { "openssl", "nss" };

	(void)state;
	for (unsigned own = 0; own < 2; own++) {
		struct hosts *h = hosts_with(0);

		for (unsigned i = 1; i <= 3; i++) {
			see(h, (struct said){ "10.1.4.21", "10.1.9.8", 1000 * i, 80, i, TLS1_3,
					      TLS1_3, .prelude = "connect", .agent = firefox,
					      .family = "nss" });
			see(h, (struct said){ "10.1.9.8", "10.1.9.9", 1000 * i + 2, 60, 100 + i,
					      TLS1_3, TLS1_3, .prelude = "connect",
					      .agent = firefox, .family = families[own] });
		}
		assert_int_equal(proxy_at(h, "10.1.9.8")->agents, own ? 0 : 3);
		assert_int_equal(proxy_at(h, "10.1.9.8")->proofs >> PROOF_AGENT & 1, !own);
		hosts_free(h);
	}
}

static void says_why(void **state)
{
	struct hosts *h = hosts_with(0);
	const struct proxy *p;
	struct buf b = { 0 };

	(void)state;
	for (unsigned i = 1; i <= 3; i++)
		through(h, i, TLS1_3, TLS1_0);
	p = proxy_at(h, "10.1.9.8");
	assert_non_null(p);
	proxy_says(p, &b);
	assert_string_equal(buf_text(&b), "takes at most TLS 1.3 (3 ClientHellos), and sends at "
			    "most TLS 1.0 (3 ClientHellos): it lowers the version, in 3 of them "
			    "for certain");
	b.n = 0;
	proxy_differs(p, &b);
	assert_non_null(strstr(buf_text(&b), "suites dropped: TLS_AES_128_GCM_SHA256, "));
	for (unsigned i = 0; i < PROOFS; i++) {
		b.n = 0;
		if (p->proofs >> i & 1)
			proxy_proof(p, (enum proof)i, &b);
		assert_true(!(p->proofs >> i & 1) || b.n > 0);
	}
	buf_done(&b);
	hosts_free(h);
}

static void named_by_the_operator(void **state)
{
	struct hosts_options o = { .rules = rules, .nproxies = 1 };
	struct hosts *h;

	(void)state;
	assert_true(addr_parse("10.1.9.8", &o.proxies[0].ip));
	o.proxies[0].port = 443;
	h = hosts_new(&o);
	see(h, (struct said){ "10.1.4.21", "10.1.9.8", 0, 60, 1, TLS1_3, TLS1_3 });
	is_proxy(h, "10.1.9.8", LEGS_UNKNOWN, CONFIDENCE_MEDIUM);
	see(h, (struct said){ "10.1.9.8", "52.97.201.10", 5, 20, 2, TLS1_0, 0 });
	is_proxy(h, "10.1.9.8", LEGS_LOWERS, CONFIDENCE_HIGH);
	hosts_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lowers),
		cmocka_unit_test(tunnels),
		cmocka_unit_test(both_legacy),
		cmocka_unit_test(raises_masks_the_host),
		cmocka_unit_test(breaks_by_suites),
		cmocka_unit_test(mimics),
		cmocka_unit_test(one_side_is_no_verdict),
		cmocka_unit_test(certificates_refused),
		cmocka_unit_test(chain_of_three),
		cmocka_unit_test(nat_is_no_host),
		cmocka_unit_test(seen_twice_is_one),
		cmocka_unit_test(transparent),
		cmocka_unit_test(overlap_is_nothing),
		cmocka_unit_test(loopback_and_hairpins),
		cmocka_unit_test(connections_used_again),
		cmocka_unit_test(load_is_said),
		cmocka_unit_test(clocks_apart),
		cmocka_unit_test(any_order),
		cmocka_unit_test(a_window_is_enough),
		cmocka_unit_test(a_replayed_random),
		cmocka_unit_test(a_framed_host),
		cmocka_unit_test(sprayed_names),
		cmocka_unit_test(crowds),
		cmocka_unit_test(one_server),
		cmocka_unit_test(browsers_have_their_own_hello),
		cmocka_unit_test(says_why),
		cmocka_unit_test(named_by_the_operator),
	};
	struct errors e = { 0 };
	int failed;

	rules = ruleset_load(NULL, 0, &e);
	if (rules == NULL) {
		errors_print(&e, stderr);
		return 99;
	}
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	ruleset_free(rules);
	return failed;
}
