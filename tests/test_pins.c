/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking rules up finds what asking each of them finds: over rules and
 * handshakes of a few constants, thrown with dice.
 */
#include "rule_text.h"

#include "rule/code.h"
#include "sample.h"

enum { RULES = 300, HANDSHAKES = 2000, PAIRED = 26 };

static uint32_t seed;

static unsigned dice(unsigned n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static const char *const conditions[] = {
	"server.port: 25", "server.port: [25, 443]", "server.port: {more: 80}",
	"server.port: {is: [443, 587], less: 500}", "server.port: {exists: true}",
	"server.name: a.example", "server.name: [A.Example, b.example]",
	"server.name: {ends_with: .example}", "server.name: {ends_with: [b.example, e]}",
	"server.name: {starts_with: [a, mail.]}", "server.name: {contains: exam}",
	"server.name: {glob: '?.ex*'}", "server.name: {exists: false}",
	"client.ip: 10.0.0.1", "client.ip: [10.0.0.0/24, 10.0.1.0/25]",
	"client.ip: {in: [10.0.0.0/8]}", "client.ip: '2001:db8::/33'", "client.ip: '::/0'",
	"offer.max: tls1.0", "offer.max: [tls1.2, tls1.3]", "offer.max: {at_most: tls1.1}",
	"answer.version: {less: $offer.max}", "offer.ech: true", "offer.ech: false",
	"outcome: [reset, alert]", "outcome: established", "offer.random: '0102'",
	"offer.cipher_codes: 5", "offer.cipher_codes: {has: [47, rc4]}",
	"offer.cipher_codes: {has_all: [5, 47]}", "offer.cipher_codes: {only: [rc4, 47]}",
	"offer.cipher_codes: {none_of: [5]}", "offer.cipher_classes: [rc4, gcm]",
	"offer.cipher_classes: {has_all: [rc4, cbc]}", "offer.alpn: [h2, h3]",
	"offer.alpn: {only: [H2]}", "offer.versions: [tls1.0, tls1.2]", "evidence.frames: 7",
	"answer.cipher_code: [5, 47]", "answer.cipher_code: rc4", "rtt.server_ms: 3",
	"certificate.not_after: 2026-01-01", "fallback.cause: reset",
};

enum { CONDITIONS = sizeof(conditions) / sizeof(conditions[0]) };

/* One to three conditions, on fields that differ. */
static void put_map(struct buf *b)
{
	unsigned n = 1 + dice(3), used[3];

	buf_putc(b, '{');
	for (unsigned i = 0; i < n; i++) {
		unsigned at = used[i] = dice(CONDITIONS);
		size_t name = strcspn(conditions[at], ":");
		bool again = false;

		for (unsigned k = 0; k < i; k++)
			again |= strncmp(conditions[at], conditions[used[k]], name + 1) == 0;
		if (!again)
			buf_printf(b, "%s%s", i > 0 ? ", " : "", conditions[at]);
	}
	buf_putc(b, '}');
}

static void put_conditions(struct buf *b)
{
	if (dice(6) > 0) {
		buf_puts(b, "when: ");
		put_map(b);
		return;
	}
	buf_puts(b, "any: [");
	put_map(b);
	buf_puts(b, ", ");
	put_map(b);
	buf_putc(b, ']');
}

/* Conditions that hold together; others are thrown again. */
static void put_sound(struct buf *b)
{
	struct ruleset *r = NULL;
	size_t begin = b->n;

	while (r == NULL) {
		b->n = begin;
		put_conditions(b);
		r = load_rule(buf_text(b) + begin);
	}
	ruleset_free(r);
}

static void put_rule(struct buf *b, unsigned i, const char *conditions_of)
{
	buf_printf(b, "- {id: r%u, title: T, level: low, culprit: host, %s}\n", i, conditions_of);
}

static void throw_handshake(struct sighting *s)
{
	static const char *const names[] = { "a.example", "B.EXAMPLE", "mail.org", "e", "x" };
	static const char *const ips[] = { "10.0.0.1", "10.0.1.127", "10.0.1.128", "2001:db8::1",
					   "2001:db8:8000::" };
	static const char *const ends[] = { "reset", "alert", "established" };
	static const char *const suites[] = { "\0\5\0\6", "\0\5\0\57", "\23\1\0\57",
					       "\23\1\0\4" };
	static const char *const alpn[] = { "\2h2", "\2H2\2h3", "\1x" };
	static const uint16_t versions[] = { TLS1_0, TLS1_2, 0x7f17, 0x4a4a, TLS1_3 };
	static const uint16_t ports[] = { 25, 80, 443, 587 };
	static const uint64_t frames[] = { 7, 8 };

	memset(s, 0, sizeof(*s));
	if (dice(4) > 0)
		sample_number(s, FIELD_SERVER_PORT, ports[dice(4)]);
	if (dice(4) > 0)
		sample_text(s, FIELD_SERVER_NAME, names[dice(5)]);
	if (dice(4) > 0)
		sample_addr(s, FIELD_CLIENT_IP, ips[dice(5)]);
	if (dice(4) > 0)
		sample_number(s, FIELD_OFFER_MAX, versions[dice(5)]);
	if (dice(4) > 0)
		sample_number(s, FIELD_ANSWER_VERSION, versions[dice(5)]);
	sample_number(s, FIELD_OFFER_ECH, dice(2));
	sample_text(s, FIELD_OUTCOME, ends[dice(3)]);
	sample_bytes(s, FIELD_OFFER_RANDOM, "\1\2\3", 1 + dice(3));
	if (dice(4) > 0)
		sample_codes(s, FIELD_OFFER_CIPHER_CODES, 2, suites[dice(4)], 2 + 2 * dice(2));
	sample_number(s, FIELD_OFFER_CIPHER_CLASSES, dice(1 << 12));
	if (dice(4) > 0)
		sample_bytes(s, FIELD_OFFER_ALPN, alpn[dice(2)], 3);
	sample_codes(s, FIELD_OFFER_VERSIONS, 2, "\3\1\3\3", 2 + 2 * dice(2));
	sample_bytes(s, FIELD_FRAMES, frames, 8 + 8 * dice(2));
	sample_number(s, FIELD_ANSWER_CIPHER, dice(2) ? 5 : 47);
	sample_number(s, FIELD_RTT, dice(4) * UINT64_C(1000000));
	sample_number(s, FIELD_CERT_NOT_AFTER, UINT64_C(1767225600) * NS_PER_SECOND);
	sample_text(s, FIELD_FALLBACK_CAUSE, dice(2) ? "reset" : "alert");
	s->values[FIELD_OFFER_CIPHER_CLASSES].names = tls_class_names;
}

/* The same hits in the same order, rules on late facts behind the others. */
static unsigned compare(const struct ruleset *r, struct sighting *s)
{
	const struct rule *expected[2 * RULES];
	unsigned n = 0;

	for (unsigned late = 0; late < 2; late++)
		for (size_t i = 0; i < ruleset_count(r); i++) {
			const struct rule *rule = ruleset_rule(r, i);

			if (rule->code->late == late && code_fires(rule->code, s->values))
				expected[n++] = rule;
		}
	ruleset_judge(r, s);
	ruleset_judge_late(r, s);
	assert_int_equal(s->nhits + s->hits_over, n);
	for (unsigned i = 0; i < s->nhits; i++)
		assert_ptr_equal(s->hits[i], expected[i]);
	return n;
}

/* No rule shadows another: each keeps silent about a port of its own. */
static struct ruleset *throw_rules(unsigned n)
{
	struct buf b = { 0 }, one = { 0 };
	struct ruleset *r;

	buf_puts(&b, "version: 1\nrules:\n");
	for (unsigned i = 0; i < n; i++, one.n = 0) {
		put_sound(&one);
		buf_printf(&one, ", unless: {client.port: %u}", i);
		put_rule(&b, i, buf_text(&one));
	}
	r = load_text(b.p, b.n);
	must_load(r);
	buf_done(&one);
	buf_done(&b);
	return r;
}

static void looking_up_finds_what_asking_finds(void **state)
{
	static const unsigned sizes[] = { 1, 3, 63, 64, 65, RULES };
	static struct sighting s;
	uint64_t hits = 0;

	(void)state;
	seed = 20261120;
	for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
		struct ruleset *r = throw_rules(sizes[k]);

		for (unsigned i = 0; i < HANDSHAKES; i++) {
			throw_handshake(&s);
			hits += compare(r, &s);
		}
		ruleset_free(r);
	}
	assert_true(hits > HANDSHAKES);
	errors_done(&errors);
}

static bool is_shadowed(const char *first, const char *second)
{
	struct buf b = { 0 };
	struct ruleset *r;

	buf_puts(&b, "version: 1\nrules:\n");
	put_rule(&b, 0, first);
	put_rule(&b, 1, second);
	r = load_text(b.p, b.n);
	ruleset_free(r);
	buf_done(&b);
	return r == NULL;
}

/* Among many, each is shadowed that one of them shadows when the two are alone. */
static void all_shadows_are_found(void **state)
{
	struct buf b = { 0 }, rules[PAIRED] = { { 0 } };
	bool shadowed[PAIRED] = { false };
	unsigned n = 0;

	(void)state;
	seed = 11;
	buf_puts(&b, "version: 1\nrules:\n");
	for (unsigned i = 0; i < PAIRED; i++) {
		put_sound(&rules[i]);
		put_rule(&b, i, buf_text(&rules[i]));
		for (unsigned k = 0; k < i && !shadowed[i]; k++)
			shadowed[i] = is_shadowed(buf_text(&rules[k]), buf_text(&rules[i]));
		n += shadowed[i];
	}
	assert_true(n > 2 && n < PAIRED / 2);
	assert_null(load_text(b.p, b.n));
	assert_int_equal(errors.n, n);
	for (size_t i = 0; i < errors.n; i++)
		assert_true(shadowed[errors.v[i].line - 3]);
	for (unsigned i = 0; i < PAIRED; i++)
		buf_done(&rules[i]);
	buf_done(&b);
	errors_done(&errors);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(looking_up_finds_what_asking_finds),
		cmocka_unit_test(all_shadows_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
