/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ladders, and what looks like one: the false friends must never accuse a path.
 *
 * Each story is a few attempts; it is told in every order of arrival, and must
 * come to the same findings.
 */
#include "sample.h"

#include "tls/tls.h"

static struct ruleset *rules;

/* One attempt; times in tenths of a second from the beginning of the story. */
struct try {
	unsigned at, ends;
	uint16_t max;
	const char *result;		/* of outcome.result */
	const char *from;		/* who reset, alerted or closed; NULL: the server */
	unsigned ttl, code;		/* of the reset; of the alert */
	const char *family, *name, *client, *grade;
	unsigned size;
	bool marked, ticket;
	uint16_t answer;		/* 0: none, but the offer's own where established */
};

static void sample_bool(struct sighting *s, enum field_id id, bool b)
{
	sample_number(s, id, b);
}

static void how_it_ended(struct sighting *s, const struct try *t)
{
	const char *from = t->from ? t->from : "server";

	if (strcmp(t->result, "reset") == 0) {
		sample_text(s, FIELD_RESET_FROM, from);
		sample_number(s, FIELD_RESET_TTL, t->ttl ? t->ttl : 64);
		sample_number(s, FIELD_SYNACK_TTL, 116);
	}
	if (strcmp(t->result, "alert") == 0) {
		sample_text(s, FIELD_ALERT_FROM, from);
		sample_number(s, FIELD_ALERT_CODE, t->code);
	}
	if (strcmp(t->result, "closed") == 0)
		sample_text(s, FIELD_CLOSE_FROM, from);
}

static struct sighting *sighting_of(const struct try *t)
{
	uint16_t answer = t->answer;
	struct sighting *s;

	if (answer == 0 && strcmp(t->result, "established") == 0)
		answer = t->max;
	s = sample_seen(t->client ? t->client : "10.1.4.23", t->max, answer, t->result);
	s->ts = SAMPLE_TIME + t->at * (NS_PER_SECOND / 10);
	s->ts_end = SAMPLE_TIME + (t->ends ? t->ends : t->at) * (NS_PER_SECOND / 10) + 1;
	sample_text(s, FIELD_SERVER_NAME, t->name ? t->name : "outlook.office365.com");
	if (t->family == NULL || *t->family != '\0')
		sample_text(s, FIELD_STACK_FAMILY, t->family ? t->family : "openssl");
	sample_text(s, FIELD_QUALITY, t->grade ? t->grade : "good");
	sample_number(s, FIELD_OFFER_SIZE, t->size ? t->size : 300);
	sample_bool(s, FIELD_OFFER_FALLBACK, t->marked);
	sample_bool(s, FIELD_OFFER_TICKET, t->ticket);
	/* Those of a size of its own are of a program of their own. */
	sample_codes(s, FIELD_OFFER_EXTENSIONS, 2,
		     t->size == 301 ? "\0\0\0\x0b" : "\0\0\0\x0a", 4);
	how_it_ended(s, t);
	return s;
}

#define TRY(when, version, how) .at = (when), .max = (version), .result = (how)

enum { STORY_MOST = 8 };

struct story {
	struct try tries[STORY_MOST];
	const char *rule;		/* the finding; NULL: there must be none */
	unsigned count;
	enum confidence confidence;
	const char *says;		/* words that the reasons must hold */
};

static unsigned length(const struct story *s)
{
	unsigned n = 0;

	while (n < STORY_MOST && s->tries[n].result != NULL)
		n++;
	return n;
}

static bool says(const struct finding *f, const char *words)
{
	return words == NULL || (f->story != NULL && strstr(f->story, words) != NULL);
}

static void check(const struct story *s, struct hosts *h, const unsigned *order, unsigned n)
{
	const struct finding *const *f;
	size_t found = hosts_findings(h, &f);
	char places[STORY_MOST + 1] = "";

	for (unsigned i = 0; i < n; i++)
		places[i] = (char)('0' + order[i]);
	if (found != (s->rule != NULL) || (found > 0 && strcmp(f[0]->rule->id, s->rule) != 0))
		print_message("order %s: %zu findings, %s; expected %s\n", places, found,
			      found ? f[0]->rule->id : "-", s->rule ? s->rule : "none");
	assert_int_equal(found, s->rule != NULL);
	if (s->rule == NULL)
		return;
	assert_string_equal(f[0]->rule->id, s->rule);
	assert_int_equal(f[0]->count, s->count);
	if (!says(f[0], s->says))
		print_message("order %s: %s\nexpected: %s\n", places, f[0]->story, s->says);
	assert_true(says(f[0], s->says));
	assert_int_equal(finding_confidence(f[0]), s->confidence);
	assert_non_null(f[0]->evidence[0].then);	/* both handshakes */
}

static void tell_in(const struct story *s, const unsigned *order, unsigned n)
{
	struct hosts *h = hosts_new(&(struct hosts_options){ .rules = rules });

	for (unsigned i = 0; i < n; i++) {
		struct sighting *one = sighting_of(&s->tries[order[i]]);

		hosts_sighting(h, one);
		free(one);
	}
	check(s, h, order, n);
	check(s, h, order, n);			/* asking twice changes nothing */
	hosts_free(h);
}

static void permute(const struct story *s, unsigned *order, unsigned n, unsigned k)
{
	if (k == n) {
		tell_in(s, order, n);
		return;
	}
	for (unsigned i = k; i < n; i++) {
		unsigned keep = order[k];

		order[k] = order[i];
		order[i] = keep;
		permute(s, order, n, k + 1);
		order[i] = order[k];
		order[k] = keep;
	}
}

static void told(const struct story *s)
{
	unsigned order[STORY_MOST], n = length(s);

	for (unsigned i = 0; i < n; i++)
		order[i] = i;
	permute(s, order, n, 0);
}

#define TELL(...) told(&(struct story){ .tries = __VA_ARGS__ })

/* ---- ladders ----------------------------------------------------------------------------- */

static void a_device_resets_what_is_new(void **state)
{
	(void)state;
	TELL({ { TRY(0, TLS1_3, "reset") }, { TRY(3, TLS1_0, "established") } },
	     .rule = "path-rejects-once", .count = 1, .confidence = CONFIDENCE_MEDIUM,
	     .says = "comes from a device on the path");
	TELL({ { TRY(0, TLS1_3, "reset") }, { TRY(3, TLS1_0, "established") },
	       { TRY(50, TLS1_3, "reset") }, { TRY(53, TLS1_0, "established") } },
	     .rule = "path-rejects", .count = 2, .confidence = CONFIDENCE_HIGH,
	     .says = "2 times an offer of up to TLS 1.3 failed");
	TELL({ { TRY(0, TLS1_3, "reset") }, { TRY(3, TLS1_2, "established") },
	       { TRY(50, TLS1_3, "reset") }, { TRY(53, TLS1_2, "established") } },
	     .rule = "path-rejects-tls13", .count = 2, .confidence = CONFIDENCE_HIGH,
	     .says = "not seen back at TLS 1.3");
}

/* Down several rungs: the one that came through follows the highest that failed. */
static void a_ladder_of_three(void **state)
{
	(void)state;
	TELL({ { TRY(0, TLS1_3, "reset") }, { TRY(3, TLS1_2, "reset") },
	       { TRY(6, TLS1_1, "reset") }, { TRY(9, TLS1_0, "established") } },
	     .rule = "path-rejects-once", .count = 1, .confidence = CONFIDENCE_MEDIUM,
	     .says = "offer of up to TLS 1.3 failed and one of "
	     "at most TLS 1.0");
}

static void a_server_refuses_what_is_new(void **state)
{
	(void)state;
	TELL({ { TRY(0, TLS1_2, "alert"), .code = 70 }, { TRY(3, TLS1_0, "established") },
	       { TRY(50, TLS1_2, "alert"), .code = 70 }, { TRY(53, TLS1_0, "established") } },
	     .rule = "server-refuses-higher", .count = 2, .confidence = CONFIDENCE_MEDIUM,
	     .says = "alert 70 of the server itself");
}

static void who_did_it_may_be_unclear(void **state)
{
	(void)state;
	TELL({ { TRY(0, TLS1_2, "reset"), .ttl = 116 }, { TRY(3, TLS1_0, "established") },
	       { TRY(50, TLS1_2, "reset"), .ttl = 115 }, { TRY(53, TLS1_0, "established") } },
	     .rule = "fallback-repeated", .count = 2, .confidence = CONFIDENCE_LOW,
	     .says = "or of a device that copies its TTL");
	TELL({ { TRY(0, TLS1_2, "silent"), .ends = 60 }, { TRY(63, TLS1_0, "established") },
	       { TRY(200, TLS1_2, "silent"), .ends = 260 }, { TRY(263, TLS1_0, "established") } },
	     .rule = "fallback-repeated", .count = 2, .confidence = CONFIDENCE_LOW,
	     .says = "packets were lost, or a filter");
	TELL({ { TRY(0, TLS1_2, "closed") }, { TRY(3, TLS1_0, "established") },
	       { TRY(50, TLS1_2, "closed") }, { TRY(53, TLS1_0, "established") } },
	     .rule = "fallback-repeated", .count = 2, .confidence = CONFIDENCE_LOW,
	     .says = "closed without an answer");
	TELL({ { TRY(0, TLS1_2, "silent"), .ends = 60 }, { TRY(63, TLS1_0, "established") } },
	     .rule = "fallback-once", .count = 1, .confidence = CONFIDENCE_LOW);
}

/* RFC 7507: the server itself says that the fallback was needless. */
static void the_server_says_that_it_can_do_better(void **state)
{
	(void)state;
	TELL({ { TRY(0, TLS1_2, "silent"), .ends = 60 },
	       { TRY(63, TLS1_0, "alert"), .code = 86, .marked = true } },
	     .rule = "fallback-once", .count = 1, .confidence = CONFIDENCE_LOW,
	     .says = "it can do better");
}

/* Loss, and then everything is as before. */
static void it_recovers(void **state)
{
	(void)state;
	TELL({ { TRY(0, TLS1_3, "silent"), .ends = 60 }, { TRY(63, TLS1_0, "established") },
	       { TRY(463, TLS1_3, "established") } },
	     .rule = "fallback-once", .count = 1, .confidence = CONFIDENCE_LOW,
	     .says = "returned to TLS 1.3 after 40 s");
	TELL({ { TRY(0, TLS1_3, "reset") }, { TRY(3, TLS1_0, "established") },
	       { TRY(403, TLS1_3, "established") },
	       { TRY(800, TLS1_3, "reset") }, { TRY(803, TLS1_0, "established") },
	       { TRY(1203, TLS1_3, "established") } },
	     .rule = "fallback-returns", .count = 2, .confidence = CONFIDENCE_HIGH,
	     .says = "after 40 s; 2 times so far");
}

/* A certificate that is refused is no question of versions (Sophos did this). */
static void a_certificate_is_refused(void **state)
{
	(void)state;
	TELL({ { TRY(0, TLS1_2, "alert"), .from = "client", .code = 46, .answer = TLS1_2 },
	       { TRY(1, TLS1_2, "alert"), .from = "client", .code = 46, .answer = TLS1_2 },
	       { TRY(4, TLS1_0, "established") } },
	     .rule = "certificate-fallback", .count = 1, .confidence = CONFIDENCE_MEDIUM,
	     .says = "not a question of versions");
}

/* ---- false friends ----------------------------------------------------------------------- */

static void parallel_connections(void **state)
{
	(void)state;
	TELL({ { TRY(0, TLS1_3, "reset"), .ends = 10 },
	       { TRY(3, TLS1_0, "established") } }, .rule = NULL);
	/* Happy eyeballs: the second comes while the first is under way. */
	TELL({ { TRY(0, TLS1_3, "reset"), .ends = 4 },
	       { TRY(2, TLS1_3, "established") } }, .rule = NULL);
	TELL({ { TRY(0, TLS1_3, "silent"), .ends = 30 }, { TRY(2, TLS1_2, "established") },
	       { TRY(100, TLS1_3, "silent"), .ends = 130 },
	       { TRY(102, TLS1_2, "established") } }, .rule = NULL);
}

static void impatient_users(void **state)
{
	(void)state;
	TELL({ { TRY(0, TLS1_3, "reset"), .from = "client" }, { TRY(3, TLS1_2, "established") },
	       { TRY(50, TLS1_3, "closed"), .from = "client" },
	       { TRY(53, TLS1_2, "established") } }, .rule = NULL);
	/* The first failed, the second was ended by the client: nobody knows why it went down. */
	TELL({ { TRY(0, TLS1_3, "reset") }, { TRY(3, TLS1_3, "closed"), .from = "client" },
	       { TRY(5, TLS1_2, "established") } }, .rule = NULL);
}

static void two_programs_on_one_host(void **state)
{
	(void)state;
	/* Of different make. */
	TELL({ { TRY(0, TLS1_3, "reset") }, { TRY(3, TLS1_0, "established"), .family = "jsse" },
	       { TRY(50, TLS1_3, "reset") }, { TRY(53, TLS1_0, "established"), .family = "jsse" } },
	     .rule = NULL);
	/* Of one make: the old one speaks without a failure before it, too. */
	TELL({ { TRY(0, TLS1_0, "established") },
	       { TRY(50, TLS1_3, "reset") }, { TRY(53, TLS1_0, "established") },
	       { TRY(90, TLS1_3, "reset") }, { TRY(93, TLS1_0, "established") } }, .rule = NULL);
	TELL({ { TRY(0, TLS1_3, "reset") }, { TRY(3, TLS1_0, "established") },
	       { TRY(50, TLS1_3, "established") },
	       { TRY(53, TLS1_0, "established") } }, .rule = NULL);
}

/* Of unknown make: only where the client says so, or the lower hello is part of the higher. */
static void unknown_stacks(void **state)
{
	(void)state;
	TELL({ { TRY(0, TLS1_3, "reset"), .family = "" },
	       { TRY(3, TLS1_0, "established"), .family = "" } },
	     .rule = "path-rejects-once", .count = 1, .confidence = CONFIDENCE_MEDIUM);
	TELL({ { TRY(0, TLS1_3, "reset"), .family = "", .size = 299 },
	       { TRY(3, TLS1_0, "established"), .family = "" , .size = 301 } }, .rule = NULL);
	TELL({ { TRY(0, TLS1_3, "reset"), .family = "", .size = 299 },
	       { TRY(3, TLS1_0, "established"), .family = "", .size = 301, .marked = true } },
	     .rule = "path-rejects-once", .count = 1, .confidence = CONFIDENCE_MEDIUM);
}

static void hosts_behind_one_address(void **state)
{
	(void)state;
	TELL({ { TRY(0, TLS1_2, "alert"), .from = "client", .code = 48, .answer = TLS1_2 },
	       { TRY(1, TLS1_0, "established"), .family = "gnutls" } }, .rule = NULL);
}

static void another_service(void **state)
{
	(void)state;
	TELL({ { TRY(0, TLS1_3, "reset") },
	       { TRY(3, TLS1_0, "established"), .name = "contoso.sharepoint.com" } }, .rule = NULL);
	TELL({ { TRY(0, TLS1_3, "reset"), .name = "Outlook.Office365.COM" },
	       { TRY(3, TLS1_0, "established") } },
	     .rule = "path-rejects-once", .count = 1, .confidence = CONFIDENCE_MEDIUM);
	TELL({ { TRY(0, TLS1_3, "reset") },
	       { TRY(3, TLS1_0, "established"), .client = "10.1.4.24" } }, .rule = NULL);
}

static void resumed_sessions(void **state)
{
	(void)state;
	TELL({ { TRY(0, TLS1_3, "reset") }, { TRY(3, TLS1_2, "established"), .ticket = true } },
	     .rule = NULL);
}

/* The lower offer must follow soon, and get where the higher one did not. */
static void not_every_lower_offer_is_a_rung(void **state)
{
	(void)state;
	TELL({ { TRY(0, TLS1_3, "reset") }, { TRY(101, TLS1_0, "established") } }, .rule = NULL);
	TELL({ { TRY(0, TLS1_3, "reset") }, { TRY(3, TLS1_3, "established") },
	       { TRY(5, TLS1_0, "established") } }, .rule = NULL);
	/* An outage: it all fails. */
	TELL({ { TRY(0, TLS1_3, "reset") }, { TRY(3, TLS1_0, "reset") },
	       { TRY(50, TLS1_3, "reset") }, { TRY(53, TLS1_0, "reset") } }, .rule = NULL);
	/* A server that refuses both. */
	TELL({ { TRY(0, TLS1_2, "alert"), .code = 40 }, { TRY(3, TLS1_0, "alert"), .code = 70 } },
	     .rule = NULL);
	/* An alert that no lower version would have spared it: unrecognized_name. */
	TELL({ { TRY(0, TLS1_2, "alert"), .code = 112 },
	       { TRY(3, TLS1_0, "established") } }, .rule = NULL);
	/* From TLS 1.1 down there is nothing for Microsoft 365 to lose. */
	TELL({ { TRY(0, TLS1_1, "reset") }, { TRY(3, TLS1_0, "established") } }, .rule = NULL);
}

static void what_was_seen_badly_accuses_nobody(void **state)
{
	(void)state;
	TELL({ { TRY(0, TLS1_3, "reset"), .grade = "poor" }, { TRY(3, TLS1_0, "established") } },
	     .rule = NULL);
	TELL({ { TRY(0, TLS1_3, "reset"), .grade = "fair" }, { TRY(3, TLS1_0, "established") } },
	     .rule = NULL);
	TELL({ { TRY(0, TLS1_3, "unfinished") }, { TRY(3, TLS1_0, "established") } }, .rule = NULL);
	TELL({ { TRY(0, TLS1_3, "one-way") }, { TRY(3, TLS1_0, "established") } }, .rule = NULL);
}

/* Each version alone, the highest first, whatever came of the last. */
static void scanners(void **state)
{
	(void)state;
	TELL({ { TRY(0, TLS1_3, "established") }, { TRY(1, TLS1_2, "reset") },
	       { TRY(2, TLS1_1, "established") },
	       { TRY(3, TLS1_0, "established") } }, .rule = NULL);
}

/* Five versions to four services in a minute: even where it looks like ladders. */
static void scanners_of_many_servers(void **state)
{
	static const uint16_t versions[] = { TLS1_3, TLS1_2, TLS1_1, TLS1_0, SSL3 };
	struct hosts *h = hosts_new(&(struct hosts_options){ .rules = rules });
	const struct finding *const *f;
	char name[32];

	(void)state;
	for (unsigned server = 0; server < 6; server++)
		for (unsigned i = 0; i < 5; i++) {
			struct try t = { .at = server * 10 + i, .max = versions[i], .name = name,
					 .result = i < 4 ? "reset" : "established" };
			struct sighting *s;

			snprintf(name, sizeof(name), "s%u.sharepoint.com", server);
			s = sighting_of(&t);
			hosts_sighting(h, s);
			free(s);
		}
	assert_int_equal(hosts_findings(h, &f), 0);
	hosts_free(h);
}

/* ---- large hellos ------------------------------------------------------------------------ */

static void large_hellos_die(void **state)
{
	(void)state;
	TELL({ { TRY(0, TLS1_3, "silent"), .ends = 60, .size = 1790 },
	       { TRY(100, TLS1_3, "established"), .size = 517 },
	       { TRY(200, TLS1_3, "silent"), .ends = 260, .size = 1795 },
	       { TRY(300, TLS1_3, "established"), .family = "gnutls", .size = 510 } },
	     .rule = "large-hello-dropped", .count = 2, .confidence = CONFIDENCE_MEDIUM,
	     .says = "2 times hellos of 1790 bytes and more");
	TELL({ { TRY(0, TLS1_3, "silent"), .ends = 60, .size = 1790 },
	       { TRY(100, TLS1_3, "established"), .size = 517 } },
	     .rule = "large-hello-dropped-once", .count = 1, .confidence = CONFIDENCE_LOW,
	     .says = "short outage");
}

static void large_hellos_live(void **state)
{
	(void)state;
	/* Loss, and then the same hello works. */
	TELL({ { TRY(0, TLS1_3, "silent"), .ends = 60, .size = 1790 },
	       { TRY(100, TLS1_3, "established"), .size = 517 },
	       { TRY(200, TLS1_3, "established"), .size = 1790 } }, .rule = NULL);
	/* An outage: small ones die too. */
	TELL({ { TRY(0, TLS1_3, "silent"), .ends = 60, .size = 1790 },
	       { TRY(10, TLS1_3, "silent"), .ends = 70, .size = 517 },
	       { TRY(200, TLS1_3, "established"), .size = 517 } }, .rule = NULL);
	/* And it may have lasted. */
	TELL({ { TRY(0, TLS1_3, "established"), .size = 517 },
	       { TRY(100, TLS1_3, "silent"), .ends = 160, .size = 1790 } }, .rule = NULL);
	/* An answer is an answer. */
	TELL({ { TRY(0, TLS1_3, "alert"), .code = 40, .size = 1790 },
	       { TRY(100, TLS1_3, "established"), .size = 517 } }, .rule = NULL);
}

/* ---- limits ------------------------------------------------------------------------------ */

/* A ladder that is climbed down all day is told as often as it was. */
static void long_ladders_are_counted(void **state)
{
	struct hosts *h = hosts_new(&(struct hosts_options){ .rules = rules });
	const struct finding *const *f;

	(void)state;
	for (unsigned i = 0; i < 200; i++) {
		struct try t[] = { { TRY(i * 600, TLS1_3, "reset") },
				   { .at = i * 600 + 3, .max = TLS1_0,
				     .result = "established" } };

		for (unsigned k = 0; k < 2; k++) {
			struct sighting *s = sighting_of(&t[k]);

			hosts_sighting(h, s);
			free(s);
		}
	}
	assert_int_equal(hosts_findings(h, &f), 1);
	assert_string_equal(f[0]->rule->id, "path-rejects");
	assert_non_null(strstr(f[0]->story, "200 times an offer"));
	hosts_free(h);
}

/* Many services are let go, the ones where nothing failed first, and counted. */
static void memory_is_bounded(void **state)
{
	struct hosts *h = hosts_new(&(struct hosts_options){ .most = 50, .rules = rules });
	const struct finding *const *f;
	char name[32];

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		struct try t = { TRY(i * 10, TLS1_3, "established"),
				 .name = name };
		struct try dance[] = { { TRY(0, TLS1_3, "reset") },
				       { TRY(3, TLS1_0, "established") } };
		struct sighting *s;

		snprintf(name, sizeof(name), "s%u.sharepoint.com", i);
		s = sighting_of(i < 2 ? &dance[i] : &t);
		hosts_sighting(h, s);
		free(s);
	}
	assert_true(hosts_fallbacks_forgotten(h) >= 900);
	assert_int_equal(hosts_findings(h, &f), 1);
	assert_string_equal(f[0]->rule->id, "path-rejects-once");
	hosts_free(h);
}

/* What a record says when the failure was seen before, as it mostly is. */
static void a_record_says_what_it_follows(void **state)
{
	struct try tries[] = { { TRY(0, TLS1_3, "reset"), .ends = 2 },
	       { TRY(5, TLS1_0, "established") } };
	struct hosts *h = hosts_new(&(struct hosts_options){ .rules = rules });
	struct sighting *s = sighting_of(&tries[0]);

	(void)state;
	hosts_sighting(h, s);
	assert_false(value_known(sighting_get(s, FIELD_FALLBACK_FROM)));
	free(s);
	s = sighting_of(&tries[1]);
	hosts_sighting(h, s);
	assert_int_equal(sighting_get(s, FIELD_FALLBACK_FROM)->number, TLS1_3);
	assert_slice(sighting_get(s, FIELD_FALLBACK_CAUSE)->bytes, "foreign-reset");
	assert_int_equal(sighting_get(s, FIELD_FALLBACK_AFTER)->number, NS_PER_SECOND / 2);
	assert_int_equal(sighting_get(s, FIELD_FALLBACK_RESET_TTL)->number, 64);
	assert_int_equal(sighting_get(s, FIELD_FALLBACK_SYNACK_TTL)->number, 116);
	assert_false(value_known(sighting_get(s, FIELD_FALLBACK_RUNGS)));
	free(s);
	hosts_free(h);
}

static int load(void **state)
{
	const char *dir = getenv("srcdir");
	char path[512];
	const char *paths[] = { path };
	struct errors e = { 0 };

	(void)state;
	snprintf(path, sizeof(path), "%s/rules/fallback.yaml", dir ? dir : ".");
	rules = ruleset_load(paths, 1, &e);
	errors_print(&e, stderr);
	return rules == NULL;
}

static int unload(void **state)
{
	(void)state;
	ruleset_free(rules);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_resets_what_is_new),
		cmocka_unit_test(a_ladder_of_three),
		cmocka_unit_test(a_server_refuses_what_is_new),
		cmocka_unit_test(who_did_it_may_be_unclear),
		cmocka_unit_test(the_server_says_that_it_can_do_better),
		cmocka_unit_test(it_recovers),
		cmocka_unit_test(a_certificate_is_refused),
		cmocka_unit_test(parallel_connections),
		cmocka_unit_test(impatient_users),
		cmocka_unit_test(two_programs_on_one_host),
		cmocka_unit_test(unknown_stacks),
		cmocka_unit_test(hosts_behind_one_address),
		cmocka_unit_test(another_service),
		cmocka_unit_test(resumed_sessions),
		cmocka_unit_test(not_every_lower_offer_is_a_rung),
		cmocka_unit_test(what_was_seen_badly_accuses_nobody),
		cmocka_unit_test(scanners),
		cmocka_unit_test(scanners_of_many_servers),
		cmocka_unit_test(large_hellos_die),
		cmocka_unit_test(large_hellos_live),
		cmocka_unit_test(long_ladders_are_counted),
		cmocka_unit_test(memory_is_bounded),
		cmocka_unit_test(a_record_says_what_it_follows),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
