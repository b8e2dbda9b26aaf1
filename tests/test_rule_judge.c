/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each operator says of each type of field, and what judging does with it.
 */
#include "rule_text.h"

static const struct {
	const char *conditions, *given;
	bool fires;
} table[] = {
	/* versions and numbers */
	{ "when: {offer.max: tls1.0}", "offer.max: tls1.0", true },
	{ "when: {offer.max: tls1.0}", "offer.max: tls1.1", false },
	{ "when: {offer.max: [ssl3, tls1.1]}", "offer.max: tls1.1", true },
	{ "when: {offer.max: [ssl3, tls1.1]}", "offer.max: tls1.0", false },
	{ "when: {offer.max: {at_most: tls1.1}}", "offer.max: ssl2", true },
	{ "when: {offer.max: {at_most: tls1.1}}", "offer.max: tls1.1", true },
	{ "when: {offer.max: {at_most: tls1.1}}", "offer.max: tls1.2", false },
	{ "when: {offer.max: {at_most: tls1.1}}", "offer.max: dtls1.2", false },
	{ "when: {offer.max: {at_most: tls1.1}}", "offer.max: dtls1.0", true },
	{ "when: {offer.max: {at_least: tls1.2}}", "offer.max: tls1.2", true },
	{ "when: {offer.max: {at_least: tls1.2}}", "offer.max: tls1.1", false },
	{ "when: {offer.max: {less: tls1.2}}", "offer.max: tls1.1", true },
	{ "when: {offer.max: {less: tls1.2}}", "offer.max: tls1.2", false },
	{ "when: {offer.max: {more: tls1.1}}", "offer.max: tls1.2", true },
	{ "when: {offer.max: {more: tls1.1}}", "offer.max: tls1.1", false },
	{ "when: {offer.max: {at_least: tls1.0, at_most: tls1.1}}", "offer.max: ssl3", false },
	{ "when: {offer.max: {at_least: tls1.0, at_most: tls1.1}}", "offer.max: tls1.0", true },
	{ "when: {server.port: [443, 993]}", "server.port: 993", true },
	{ "when: {server.port: [443, 993]}", "server.port: 80", false },
	{ "when: {server.port: {less: 1024}}", "server.port: 1023", true },
	{ "when: {server.port: {less: 1024}}", "server.port: 1024", false },
	{ "when: {rtt.server_ms: {more: 100}}", "rtt.server_ms: 101", true },
	{ "when: {rtt.server_ms: {more: 100}}", "rtt.server_ms: 100", false },
	{ "when: {certificate.not_after: {less: 2026-03-01}}",
	  "certificate.not_after: 2026-02-28T23:59:59Z", true },
	{ "when: {certificate.not_after: {less: 2026-03-01}}",
	  "certificate.not_after: 2026-03-01T00:00:00Z", false },
	{ "when: {tls.resumed: true}", "tls.resumed: true", true },
	{ "when: {tls.resumed: true}", "tls.resumed: false", false },
	{ "when: {answer.cipher_code: [TLS_AES_128_GCM_SHA256, 0x2f]}",
	  "answer.cipher_code: 0x1301", true },
	{ "when: {answer.cipher_code: rc4}", "answer.cipher_code: 5", true },
	{ "when: {answer.cipher_code: rc4}", "answer.cipher_code: 0x2f", false },
	{ "when: {answer.cipher_code: $suites}", "answer.cipher_code: 47", true },
	/* a field with a field */
	{ "when: {answer.version: {less: $offer.max}}",
	  "offer.max: tls1.3, answer.version: tls1.2", true },
	{ "when: {answer.version: {less: $offer.max}}",
	  "offer.max: tls1.2, answer.version: tls1.2", false },
	{ "when: {answer.version: {less: $offer.max}}", "answer.version: tls1.2", false },
	{ "when: {answer.version: {less: $offer.max}}", "offer.max: tls1.2", false },
	{ "when: {answer.version: $offer.max}", "offer.max: tls1.2, answer.version: tls1.2", true },
	{ "when: {outcome.reset.ttl: {more: $outcome.reset.synack_ttl}}",
	  "outcome.reset.ttl: 64, outcome.reset.synack_ttl: 52", true },
	{ "when: {outcome.reset.ttl: {more: $outcome.reset.synack_ttl}}",
	  "outcome.reset.ttl: 52, outcome.reset.synack_ttl: 52", false },
	/* texts: any case */
	{ "when: {service.area: [$areas, common]}", "service.area: teams", true },
	{ "when: {service.area: [$areas, common]}", "service.area: sharepoint", false },
	{ "when: {server.name: outlook.office.com}", "server.name: Outlook.Office.COM", true },
	{ "when: {server.name: outlook.office.com}", "server.name: outlook.office.co", false },
	{ "when: {server.name: {ends_with: [.cn, .office.com]}}",
	  "server.name: a.office.com", true },
	{ "when: {server.name: {ends_with: .office.com}}", "server.name: office.com", false },
	{ "when: {server.name: {starts_with: smtp}}", "server.name: SMTP-legacy.x", true },
	{ "when: {server.name: {starts_with: smtp}}", "server.name: smt", false },
	{ "when: {server.name: {contains: leg}}", "server.name: smtp-leg", true },
	{ "when: {server.name: {contains: leg}}", "server.name: le", false },
	{ "when: {server.name: {glob: 's*.o??ice.*'}}", "server.name: smtp.office.com", true },
	{ "when: {server.name: {glob: 's*.o??ice.*'}}", "server.name: smtp.ofice.com", false },
	{ "when: {server.name: {glob: '*a*b*c'}}", "server.name: aaabbbabc", true },
	{ "when: {server.name: {glob: '*a*b*c'}}", "server.name: aaabbbabcd", false },
	{ "when: {outcome: reset}", "outcome.result: reset", true },
	{ "when: {offer.random: 00fF}", "offer.random: 00ff", true },
	{ "when: {offer.random: 41}", "offer.random: 61", false },	/* bytes, not letters */
	/* addresses */
	{ "when: {client.ip: 10.0.0.0/8}", "client.ip: 10.255.0.1", true },
	{ "when: {client.ip: {in: [10.0.0.0/8, 2001:db8::/32]}}", "client.ip: 2001:db8::1", true },
	{ "when: {client.ip: {in: [10.0.0.0/8, 2001:db8::/32]}}", "client.ip: 11.0.0.1", false },
	/* lists of codes */
	{ "when: {offer.group_codes: 23}", "offer.group_codes: [29, 23]", true },
	{ "when: {offer.group_codes: 23}", "offer.group_codes: [29, 24]", false },
	{ "when: {offer.group_codes: secp256r1}", "offer.group_codes: 23", true },
	{ "when: {offer.group_codes: {has: [24, 25]}}", "offer.group_codes: [25]", true },
	{ "when: {offer.group_codes: {has_all: [24, 25]}}",
	  "offer.group_codes: [25, 24, 1]", true },
	{ "when: {offer.group_codes: {has_all: [24, 25]}}", "offer.group_codes: [25]", false },
	{ "when: {offer.group_codes: {only: [24, 25]}}", "offer.group_codes: [25, 25]", true },
	{ "when: {offer.group_codes: {only: [24, 25]}}", "offer.group_codes: [25, 23]", false },
	{ "when: {offer.group_codes: {only: [24, 25]}}", "offer.group_codes: []", false },
	{ "when: {offer.group_codes: {none_of: [24, 25]}}", "offer.group_codes: [23]", true },
	{ "when: {offer.group_codes: {none_of: [24, 25]}}", "offer.group_codes: []", true },
	{ "when: {offer.group_codes: {none_of: [24, 25]}}", "offer.group_codes: [23, 25]", false },
	{ "when: {offer.group_codes: {has: 24}}", "offer.group_codes: []", false },
	{ "when: {offer.cipher_codes: {only: [rc4, scsv]}}",
	  "offer.cipher_codes: [5, 4, 255]", true },
	{ "when: {offer.cipher_codes: {only: [rc4, scsv]}}", "offer.cipher_codes: [5, 47]", false },
	{ "when: {offer.cipher_codes: {has_all: [rc4, 3des]}}",
	  "offer.cipher_codes: [5, 10]", true },
	{ "when: {offer.cipher_codes: {has_all: [rc4, 3des]}}", "offer.cipher_codes: [5]", false },
	{ "when: {offer.cipher_codes: {none_of: [rc4, 47]}}", "offer.cipher_codes: [53]", true },
	{ "when: {offer.cipher_codes: {none_of: [rc4, 47]}}",
	  "offer.cipher_codes: [53, 47]", false },
	/* in the three-byte form of an SSLv2 hello: SSL_CK_RC4_128_WITH_MD5 */
	{ "when: {offer.cipher_codes: rc4}", "offer.cipher_codes: [0x010080]", true },
	{ "when: {offer.cipher_codes: 3des}", "offer.cipher_codes: [0x010080, 47]", false },
	{ "when: {offer.ciphers: $suites}", "offer.ciphers: [53, 0x1301]", true },
	{ "when: {offer.versions: {has: tls1.0}}", "offer.versions: [tls1.1, tls1.0]", true },
	{ "when: {offer.versions: {none_of: tls1.0}}", "offer.versions: [tls1.1, tls1.0]", false },
	{ "when: {evidence.frames: {has_all: [1, 70000]}}",
	  "evidence.frames: [1, 2, 70000]", true },
	{ "when: {evidence.frames: {only: [1]}}", "evidence.frames: [1, 2]", false },
	/* sets of words */
	{ "when: {offer.cipher_classes: [rc4, 3des]}", "offer.cipher_classes: [3des, cbc]", true },
	{ "when: {offer.cipher_classes: [rc4, \"null\"]}", "offer.cipher_classes: [cbc]", false },
	{ "when: {offer.cipher_classes: {has_all: [rc4, cbc]}}",
	  "offer.cipher_classes: [cbc]", false },
	{ "when: {offer.cipher_classes: {has_all: [rc4, cbc]}}",
	  "offer.cipher_classes: [cbc, rc4, gcm]", true },
	{ "when: {offer.cipher_classes: {only: [rc4, cbc]}}", "offer.cipher_classes: rc4", true },
	{ "when: {offer.cipher_classes: {only: [rc4, cbc]}}",
	  "offer.cipher_classes: [gcm]", false },
	{ "when: {offer.cipher_classes: {only: [rc4, cbc]}}", "offer.cipher_classes: []", false },
	{ "when: {offer.cipher_classes: {none_of: ecdhe}}", "offer.cipher_classes: [gcm]", true },
	{ "when: {offer.cipher_classes: {none_of: ecdhe}}",
	  "offer.cipher_classes: [ecdhe]", false },
	/* lists of texts */
	{ "when: {offer.alpn: h2}", "offer.alpn: [http/1.1, H2]", true },
	{ "when: {offer.alpn: h2}", "offer.alpn: [http/1.1]", false },
	{ "when: {offer.alpn: {has_all: [h2, http/1.1]}}", "offer.alpn: [http/1.1, h2]", true },
	{ "when: {offer.alpn: {has_all: [h2, h3]}}", "offer.alpn: [http/1.1, h2]", false },
	{ "when: {offer.alpn: {only: [h2, h3]}}", "offer.alpn: [h2]", true },
	{ "when: {offer.alpn: {only: [h2, h3]}}", "offer.alpn: [h2, x]", false },
	{ "when: {offer.alpn: {only: [h2, h3]}}", "offer.alpn: []", false },
	{ "when: {offer.alpn: {none_of: [h2]}}", "offer.alpn: [x]", true },
	{ "when: {offer.alpn: {none_of: [h2]}}", "offer.alpn: [x, h2]", false },
	/* a list that was cut off tells what it has, and not what it lacks */
	{ "when: {offer.cipher_codes: {has: 5}}",
	  "offer.cipher_codes: 5, offer.complete: false", true },
	{ "when: {offer.cipher_codes: {only: rc4}}",
	  "offer.cipher_codes: 5, offer.complete: false", false },
	{ "when: {offer.cipher_codes: {none_of: ecdhe}}",
	  "offer.cipher_codes: 5, offer.complete: false", false },
	{ "when: {answer.cipher_classes: {none_of: ecdhe}}",
	  "answer.cipher_classes: rc4, offer.complete: false", true },
	/* exists */
	{ "when: {server.name: {exists: true}}", "server.name: x", true },
	{ "when: {server.name: {exists: true}}", "server.port: 1", false },
	{ "when: {server.name: {exists: false}}", "server.port: 1", true },
	{ "when: {server.name: {exists: false}}", "server.name: x", false },
	/* AND, any, unless */
	{ "when: {server.port: 1, client.port: 2}", "server.port: 1, client.port: 2", true },
	{ "when: {server.port: 1, client.port: 2}", "server.port: 1, client.port: 3", false },
	{ "when: {server.port: 1, client.port: 2}", "server.port: 2, client.port: 2", false },
	{ "any: [{server.port: 1, client.port: 2}, {server.port: 3}]", "server.port: 3", true },
	{ "any: [{server.port: 1, client.port: 2}, {server.port: 3}]",
	  "server.port: 1, client.port: 2", true },
	{ "any: [{server.port: 1, client.port: 2}, {server.port: 3}]", "server.port: 1", false },
	{ "any: [{server.port: 1, client.port: 2}, {server.port: 3}]", "client.port: 2", false },
	{ "when: {offer.ech: true}, any: [{server.port: 1}]", "server.port: 1", false },
	{ "when: {offer.ech: true}, any: [{server.port: 1}]", "offer.ech: true", false },
	{ "when: {offer.ech: true}, any: [{server.port: 1}]",
	  "offer.ech: true, server.port: 1", true },
	{ "when: {offer.ech: true}, unless: {server.port: 1, client.port: 2}",
	  "offer.ech: true", true },
	{ "when: {offer.ech: true}, unless: {server.port: 1, client.port: 2}",
	  "offer.ech: true, server.port: 1", false },
	{ "when: {offer.ech: true}, unless: {server.port: 1, client.port: 2}",
	  "offer.ech: true, client.port: 2", false },
	{ "when: {offer.ech: true}, unless: {server.port: {more: 5, less: 9}}",
	  "offer.ech: true, server.port: 7", false },
	{ "when: {offer.ech: true}, unless: {server.port: {more: 5, less: 9}}",
	  "offer.ech: true, server.port: 9", true },
	{ "any: [{offer.ech: true}, {offer.psk: true}], unless: {server.port: 1}",
	  "offer.psk: true", true },
	{ "any: [{offer.ech: true}, {offer.psk: true}], unless: {server.port: 1}",
	  "offer.ech: true, server.port: 1", false },
};

static void operators_say_what_they_mean(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct buf b = { 0 };
		struct ruleset *r;
		unsigned run = 0;

		buf_printf(&b, "%s, tests: [{given: {%s}, expect: %s}]", table[i].conditions,
			   table[i].given, table[i].fires ? "match" : "none");
		r = load_rule(buf_text(&b));
		must_load(r);
		if (ruleset_test(r, stderr, &run) != 0)
			fail_msg("%s", buf_text(&b));
		assert_int_equal(run, 1);
		ruleset_free(r);
		buf_done(&b);
	}
	errors_done(&errors);
}

/* A right side that fits every field of a type. */
static const char *sample(const struct field *f)
{
	switch (f->type) {
	case VALUE_BOOL:	return "false";
	case VALUE_VERSION:
	case VALUE_VERSIONS:	return "tls1.0";
	case VALUE_ADDR:	return "'::/0'";
	case VALUE_HEX:		return "'00'";
	case VALUE_TIME:	return "1970-01-01";
	case VALUE_TEXT:
	case VALUE_TEXTS:
	case VALUE_SET:		return NULL;
	default:		return "0";
	}
}

static unsigned hits(const char *conditions)
{
	struct ruleset *r = load_rule(conditions);
	static struct sighting s;

	must_load(r);
	memset(&s, 0, sizeof(s));
	ruleset_judge(r, &s);
	ruleset_judge_late(r, &s);
	ruleset_free(r);
	return s.nhits;
}

static unsigned hits_of(const char *field, const char *op, const char *with)
{
	char conditions[200];

	snprintf(conditions, sizeof(conditions), "when: {%s: {%s: %s}}", field, op, with);
	return hits(conditions);
}

/* Every field, every operator that its type has: of nothing, nothing is true. */
static void the_unknown_is_false(void **state)
{
	static const char *const ordered[] = { "is", "at_most", "at_least" };
	static const char *const lists[] = { "has", "has_all", "only", "none_of" };

	(void)state;
	for (size_t i = 0; i < FIELDS; i++) {
		const struct field *f = &fields[i];
		const char *with = sample(f);
		bool list = f->type >= VALUE_CODES;

		assert_int_equal(hits_of(f->name, "exists", "false"), 1);
		assert_int_equal(hits_of(f->name, "exists", "true"), 0);
		if (with == NULL)
			continue;
		for (size_t k = 0; list && k < 4; k++)
			assert_int_equal(hits_of(f->name, lists[k], with), 0);
		if (!list)
			assert_int_equal(hits_of(f->name, "is", with), 0);
		for (size_t k = 1; f->type == VALUE_NUMBER && k < 3; k++)
			assert_int_equal(hits_of(f->name, ordered[k], with), 0);
	}
	assert_int_equal(hits_of("server.name", "glob", "'*'"), 0);
	assert_int_equal(hits_of("offer.alpn", "none_of", "h2"), 0);
	assert_int_equal(hits_of("offer.cipher_classes", "none_of", "rc4"), 0);
}

/* Drafts and variants of TLS 1.3 are TLS 1.3; a code that is no version is nothing. */
static void versions_count_as_everywhere(void **state)
{
	static const struct { uint16_t version; unsigned exactly, below; } codes[] = {
		{ 0x7f17, 1, 0 }, { 0xfb1a, 1, 0 }, { 0x0304, 1, 0 }, { 0x0303, 0, 1 },
		{ 0x0000, 0, 0 }, { 0x4a4a, 0, 0 }, { 0x03ff, 0, 0 },
	};
	struct ruleset *exactly = load_rule("when: {offer.max: tls1.3}");
	struct ruleset *below = load_rule("when: {offer.max: {less: tls1.3}}");
	static struct sighting s;

	(void)state;
	must_load(exactly);
	must_load(below);
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		s.values[FIELD_OFFER_MAX] = (struct value){ .type = VALUE_VERSION,
							    .number = codes[i].version };
		s.nhits = 0;
		ruleset_judge(exactly, &s);
		assert_int_equal(s.nhits, codes[i].exactly);
		s.nhits = 0;
		ruleset_judge(below, &s);
		assert_int_equal(s.nhits, codes[i].below);
	}
	ruleset_free(exactly);
	ruleset_free(below);
}

static void hits_are_bounded_and_in_order(void **state)
{
	static struct sighting s;
	struct buf b = { 0 };
	struct ruleset *r;

	(void)state;
	buf_puts(&b, "version: 1\nrules:\n");
	for (unsigned i = 0; i < SIGHTING_HITS + 8; i++)
		buf_printf(&b, "- {id: r%u, title: R, level: low, culprit: host, "
			   "when: {server.port: {less: %u}}}\n", i, 1000 + i);
	r = load_text(b.p, b.n);
	must_load(r);
	assert_int_equal(ruleset_count(r), SIGHTING_HITS + 8);
	s.values[FIELD_SERVER_PORT] = (struct value){ .type = VALUE_NUMBER, .number = 1002 };
	s.nhits = s.hits_over = 0;
	ruleset_judge(r, &s);
	assert_int_equal(s.nhits, SIGHTING_HITS);
	assert_int_equal(s.hits_over, 8 - 3);
	assert_string_equal(s.hits[0]->id, "r3");
	assert_string_equal(s.hits[SIGHTING_HITS - 1]->id, "r34");
	ruleset_free(r);
	buf_done(&b);
}

static void messages_have_places(void **state)
{
	struct ruleset *r = load_rule("when: {offer.max: tls1.0}, message: '{client.ip} "
				      "({offer.max}, {outcome}) wants {server.name}.'");
	static struct sighting s;
	struct buf b = { 0 };

	(void)state;
	must_load(r);
	assert_true(addr_parse("10.1.4.23", &s.values[FIELD_CLIENT_IP].addr));
	s.values[FIELD_CLIENT_IP].type = VALUE_ADDR;
	s.values[FIELD_OFFER_MAX] = (struct value){ .type = VALUE_VERSION, .number = TLS1_0 };
	s.values[FIELD_SERVER_NAME] = (struct value){ .type = VALUE_TEXT,
						      .bytes = test_text("a\x1b[2Jb") };
	rule_message(ruleset_rule(r, 0), &s, &b);
	assert_string_equal(buf_text(&b), "10.1.4.23 (TLS 1.0, ?) wants a\\x1b[2Jb.");
	buf_done(&b);
	ruleset_free(r);
}

/* A device that answers and asks in the names of others has no address to print. */
static void hidden_proxies_are_told_in_words(void **state)
{
	struct ruleset *r = load_rule("when: {legs.verdict: lowers}, message: 'to {legs.proxy}.'");
	static struct sighting s;
	struct buf b = { 0 };

	(void)state;
	must_load(r);
	s.values[FIELD_LEGS_PROXY].type = VALUE_ADDR;
	rule_message(ruleset_rule(r, 0), &s, &b);
	assert_string_equal(buf_text(&b), "to a proxy whose address was not seen.");
	buf_done(&b);
	assert_true(addr_parse("10.1.9.8", &s.values[FIELD_LEGS_PROXY].addr));
	rule_message(ruleset_rule(r, 0), &s, &b);
	assert_string_equal(buf_text(&b), "to 10.1.9.8.");
	buf_done(&b);
	ruleset_free(r);
}

/* What no handshake shows by itself is judged when it is learnt, and not before. */
static void late_facts_are_judged_late(void **state)
{
	struct ruleset *r = load_rule("when: {fallback.cause: reset}");
	static struct sighting s;

	(void)state;
	must_load(r);
	ruleset_judge_late(r, &s);
	assert_int_equal(s.nhits, 0);
	sighting_learn(&s, FIELD_FALLBACK_CAUSE, ((struct value){
		.type = VALUE_TEXT, .bytes = { (const uint8_t *)"reset", 5 } }));
	ruleset_judge(r, &s);
	assert_int_equal(s.nhits, 0);
	ruleset_judge_late(r, &s);
	assert_int_equal(s.nhits, 1);
	ruleset_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(operators_say_what_they_mean),
		cmocka_unit_test(the_unknown_is_false),
		cmocka_unit_test(late_facts_are_judged_late),
		cmocka_unit_test(versions_count_as_everywhere),
		cmocka_unit_test(hits_are_bounded_and_in_order),
		cmocka_unit_test(messages_have_places),
		cmocka_unit_test(hidden_proxies_are_told_in_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
