/* SPDX-License-Identifier: Apache-2.0 */
/*
 * m365: the two indexes against a plain search, and which of several matches is the best.
 */
#include "test.h"

#include <unistd.h>

#include "m365/set.h"

/* ---- addresses: ranges.c -------------------------------------------------------------- */

static struct addr address(const char *text)
{
	struct addr a = { .b = { 0 } };

	assert_true(addr_parse(text, &a));
	return a;
}

/* Deterministic and good enough: xorshift32 (Marsaglia, 2003). */
static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* Few distinct bytes, so that prefixes nest and addresses fall into them. */
static struct addr random_address(uint32_t *state)
{
	static const uint8_t few[] = { 0x00, 0x01, 0x80, 0xff };
	struct addr a = { .b = { 0x20, 0x01 } };
	bool v4 = next_random(state) % 2;

	if (v4)
		a = (struct addr){ .b = { [10] = 0xff, [11] = 0xff, [12] = 52 } };
	for (unsigned i = v4 ? 13 : 2; i < 16; i++)
		a.b[i] = few[next_random(state) % sizeof(few)];
	return a;
}

static struct prefix random_prefix(uint32_t *state)
{
	struct prefix p = { .addr = random_address(state) };
	unsigned least = addr_is_v4(&p.addr) ? 104 : 16;

	p.bits = (uint8_t)(least + next_random(state) % (129 - least));
	for (unsigned bit = p.bits; bit < 128; bit++)
		p.addr.b[bit / 8] &= (uint8_t)~(0x80u >> bit % 8);
	return p;
}

/* How many of the distinct prefixes hold the address, and the length of the longest. */
static unsigned holding(const struct prefix *p, size_t n, const struct addr *a, unsigned *longest)
{
	bool seen[129] = { false };
	unsigned count = 0;

	*longest = 0;
	for (size_t i = 0; i < n; i++) {
		if (!prefix_has(&p[i], a))
			continue;
		if (!seen[p[i].bits])
			count++;
		seen[p[i].bits] = true;
		if (p[i].bits > *longest)
			*longest = p[i].bits;
	}
	return count;
}

static void ranges_agree_with_a_plain_search(void **state)
{
	static struct prefix prefixes[400];
	struct set set = { .prefixes = prefixes };
	const struct set *sets[] = { &set };
	uint32_t seed = 20251201;
	unsigned hits = 0;

	(void)state;
	for (unsigned round = 0; round < 20; round++) {
		struct arena arena = { 0 };
		struct ranges *r;

		set.n_prefixes = round * 20 + 1;
		for (size_t i = 0; i < set.n_prefixes; i++)
			prefixes[i] = random_prefix(&seed);
		r = ranges_new(&arena, sets, 1);
		for (unsigned i = 0; i < 2000; i++) {
			struct addr a = random_address(&seed);
			unsigned longest, n = holding(prefixes, set.n_prefixes, &a, &longest);
			const struct range *at = ranges_find(r, &a);

			assert_true((at != NULL) == (n > 0));
			assert_true(at == NULL || at->bits == longest);
			hits += at != NULL;
			for (; at; at = at->outer, n--)
				assert_true(at->outer == NULL || at->outer->bits < at->bits);
			assert_int_equal(n, 0);
		}
		arena_done(&arena);
	}
	assert_true(hits > 5000);	/* or the test has shown nothing */
}

static void ranges_hold_their_edges(void **state)
{
	struct prefix prefixes[3];
	struct set set = { .prefixes = prefixes, .n_prefixes = 3 };
	const struct set *sets[] = { &set };
	static const struct { const char *addr; unsigned bits; } cases[] = {
		{ "13.107.6.151", 0 }, { "13.107.6.152", 127 }, { "13.107.6.153", 127 },
		{ "13.107.6.154", 0 }, { "40.95.255.255", 0 }, { "40.96.0.0", 109 },
		{ "40.103.255.255", 109 }, { "40.104.0.0", 0 },
		{ "2603:1005:ffff:ffff:ffff:ffff:ffff:ffff", 0 }, { "2603:1006::", 40 },
		{ "2603:1006:ff:ffff:ffff:ffff:ffff:ffff", 40 }, { "2603:1006:100::", 0 },
		{ "::", 0 }, { "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 0 },
		{ "0.0.0.0", 0 }, { "255.255.255.255", 0 }, { "::40.96.0.0", 0 },
	};
	struct arena arena = { 0 };
	struct ranges *r;

	(void)state;
	assert_true(prefix_parse("13.107.6.152/31", &prefixes[0]));
	assert_true(prefix_parse("40.96.0.0/13", &prefixes[1]));
	assert_true(prefix_parse("2603:1006::/40", &prefixes[2]));
	r = ranges_new(&arena, sets, 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct addr a = address(cases[i].addr);
		const struct range *at = ranges_find(r, &a);

		assert_int_equal(at ? at->bits : 0, cases[i].bits);
	}
	arena_done(&arena);
}

static void no_prefixes_hold_nothing(void **state)
{
	struct arena arena = { 0 };
	struct ranges *r = ranges_new(&arena, NULL, 0);
	struct addr a = address("52.96.0.1");

	(void)state;
	assert_null(ranges_find(r, &a));
	arena_done(&arena);
}

/* ---- names: names.c ------------------------------------------------------------------- */

static const char *patterns[] = {
	"outlook.office365.com", "*.office365.com", "*.outlook.com", "*cdn.onenote.net",
	"autodiscover.*.onmicrosoft.com", "autodiscover.*.mail.onmicrosoft.com", "*.microsoft",
	"*.mail.protection.outlook.com", "sip*.pstnhub.microsoft.com", "a*b*c.x.net", "com",
	"*.*.y.net"
};
enum { PATTERNS = sizeof(patterns) / sizeof(*patterns) };

static bool glob(const char *p, const char *name)
{
	if (*p == '*')
		return glob(p + 1, name) || (*name != '\0' && glob(p, name + 1));
	return *p == *name && (*p == '\0' || glob(p + 1, name + 1));
}

/* The name as it should be compared; false: it should match nothing. */
static bool plain_name(struct slice name, char ret[static 512])
{
	size_t n = name.n, at = 0;

	if (n > 0 && name.p[n - 1] == '.')
		n--;
	if (n == 0 || n > 255)
		return false;
	for (; at < n; at++) {
		char c = (char)name.p[at];
		bool star = at == 0 && c == '*' && n > 1 && name.p[1] == '.';

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (!star && (c == '\0' || !strchr("abcdefghijklmnopqrstuvwxyz0123456789-_.", c)))
			return false;
		ret[at] = c;
	}
	ret[at] = '\0';
	return ret[0] != '.' && ret[at - 1] != '.' && strstr(ret, "..") == NULL;
}

static struct names *the_names(struct arena *a)
{
	static struct set set = { .names = patterns, .n_names = PATTERNS };
	static const struct set *sets[] = { &set };

	return names_new(a, sets, 1);
}

static void remember(const struct pattern *p, void *context)
{
	bool *found = context;

	for (size_t i = 0; i < PATTERNS; i++)
		if (strcmp(p->text, patterns[i]) == 0) {
			assert_false(found[i]);		/* none twice */
			found[i] = true;
		}
}

/* In a block of exactly its length; the number of patterns that match. */
static unsigned check_name(const struct names *t, const void *text, size_t n)
{
	struct slice name = exact_copy(text, n);
	bool found[PATTERNS] = { false };
	char plain[512];
	bool sound = plain_name(name, plain);
	unsigned matches = 0;

	names_find(t, name, remember, found);
	for (size_t i = 0; i < PATTERNS; i++) {
		assert_int_equal(found[i], sound && glob(patterns[i], plain));
		matches += found[i];
	}
	exact_free(name);
	return matches;
}

static void names_match_as_they_should(void **state)
{
	static const struct { const char *name; unsigned matches; } cases[] = {
		{ "outlook.office365.com", 2 }, { "OUTLOOK.Office365.COM.", 2 },
		{ "office365.com", 0 }, { "outlook.office365.com..", 0 },
		{ ".outlook.office365.com", 0 }, { "xoutlook.com", 0 }, { "a.b.outlook.com", 1 },
		{ "cdn.onenote.net", 1 }, { "xcdn.onenote.net", 1 }, { "x.cdn.onenote.net", 1 },
		{ "cdnx.onenote.net", 0 }, { "onenote.net", 0 },
		{ "autodiscover.contoso.onmicrosoft.com", 1 },
		{ "autodiscover.contoso.mail.onmicrosoft.com", 2 },
		{ "autodiscover.onmicrosoft.com", 0 }, { "autodiscover..onmicrosoft.com", 0 },
		{ "x.mail.protection.outlook.com", 2 }, { "a.microsoft", 1 }, { "microsoft", 0 },
		{ "sip.pstnhub.microsoft.com", 1 }, { "sip-all.pstnhub.microsoft.com", 1 },
		{ "asip.pstnhub.microsoft.com", 0 }, { "abc.x.net", 1 }, { "aXbYbZc.x.net", 1 },
		{ "acb.x.net", 0 }, { "com", 1 }, { "com.", 1 }, { "", 0 }, { ".", 0 },
		{ "*.outlook.com", 1 }, { "*", 0 }, { "*.", 0 }, { "a.*.outlook.com", 0 },
		{ "out look.office365.com", 0 }, { "outlook.office365.com\r", 0 },
		{ "1.2.y.net", 1 }, { "1.y.net", 0 }, { "a_b.outlook.com", 1 },
	};
	struct arena arena = { 0 };
	struct names *t = the_names(&arena);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(check_name(t, cases[i].name, strlen(cases[i].name)),
				 cases[i].matches);
	check_name(t, "a\0.outlook.com", 14);
	arena_done(&arena);
}

static void long_names_match_nothing(void **state)
{
	static char name[300];
	struct arena arena = { 0 };
	struct names *t = the_names(&arena);

	(void)state;
	for (size_t n = 240; n < 300; n++) {
		memset(name, 'a', n);
		memcpy(name + n - 12, ".outlook.com", 12);
		assert_int_equal(check_name(t, name, n), n <= 255);
	}
	for (size_t i = 0; i < 254; i++)	/* 127 labels */
		name[i] = i % 2 ? '.' : 'a';
	check_name(t, name, 254);
	arena_done(&arena);
}

static void names_survive_cuts_and_flips(void **state)
{
	static const char *const names[] = { "outlook.office365.com", "a.cdn.onenote.net.",
					     "autodiscover.contoso.mail.onmicrosoft.com",
					     "axbyc.x.net", "*.outlook.com" };
	struct arena arena = { 0 };
	struct names *t = the_names(&arena);

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		size_t n = strlen(names[i]);

		for (size_t cut = 0; cut <= n; cut++) {
			check_name(t, names[i], cut);
			check_name(t, names[i] + cut, n - cut);
		}
		for (size_t bit = 0; bit < 8 * n; bit++) {
			char flipped[64];

			memcpy(flipped, names[i], n);
			flipped[bit / 8] = (char)(flipped[bit / 8] ^ 1 << bit % 8);
			check_name(t, flipped, n);
		}
	}
	arena_done(&arena);
}

static void odd_patterns_are_refused(void **state)
{
	static const char *const bad[] = { "", "*", "*.", "a.*", "*com", ".com", "a..b", "com.",
					   "a b.com", "A.com", "http://a.com", "\xc3\xa9.com" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_non_null(pattern_fault(bad[i]));
	for (size_t i = 0; i < PATTERNS; i++)
		assert_null(pattern_fault(patterns[i]));
}

/* ---- the best of several -------------------------------------------------------------- */

static const char two_clouds[] =
	"version: 1\n"
	"sets:\n"
	"  - {id: 1, cloud: worldwide, area: exchange, category: optimize, tcp: [80, 443],\n"
	"     udp: [443], names: [outlook.office365.com, login.both.com],\n"
	"     prefixes: [52.96.0.0/14, '2603:1006::/40']}\n"
	"  - {id: 2, cloud: worldwide, area: exchange, category: allow, tcp: [587, 993],\n"
	"     names: [outlook.office365.com, smtp.office365.com],\n"
	"     prefixes: [52.96.0.0/14, '2603:1006::/40']}\n"
	"  - {id: 7, cloud: worldwide, area: teams, category: allow, tcp: [443],\n"
	"     prefixes: [52.97.0.0/16]}\n"
	"  - {id: 11, cloud: worldwide, area: teams, category: optimize, udp: 3478-3481,\n"
	"     prefixes: [52.112.0.0/14]}\n"
	"  - {id: 71, cloud: worldwide, area: common, category: default, tcp: [443],\n"
	"     names: ['*.office365.com', '*.gov.teams.us', '*.cdn.com']}\n"
	"  - {id: 1, cloud: usgovdod, area: common, category: allow, tcp: [443],\n"
	"     names: [login.both.com, static.cdn.com], prefixes: [20.140.232.0/23]}\n"
	"  - {id: 3, cloud: usgovgcchigh, area: common, category: allow, tcp: [443],\n"
	"     names: ['*.gov.teams.us'], prefixes: [20.140.232.0/23]}\n"
	"  - {id: 9, cloud: usgovdod, area: sharepoint, category: default, tcp: [443],\n"
	"     names: [deep.cdn.com]}\n"
	"  - {cloud: worldwide, area: teams, category: allow, tcp: [5061],\n"
	"     names: ['sip*.pstnhub.com'], prefixes: [52.112.0.0/14]}\n"
	"  - {cloud: worldwide, area: exchange, category: allow, tcp: [587], legacy_tls: true,\n"
	"     names: [smtp-legacy.office365.com]}\n";

static struct m365 *load_text(const char *text)
{
	char path[] = "/tmp/test_m365.XXXXXX";
	int fd = mkstemp(path);
	struct m365 *m = m365_new();
	struct errors e = { 0 };
	struct file_form form;

	assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
	if (!read_file(m, path, -1, &e, &form))
		errors_print(&e, stderr);
	assert_int_equal(e.n, 0);
	unlink(path);
	m365_seal(m);
	return m;
}

/* "cloud id area category matched_by port" of a service. */
static const char *words(bool found, const struct service *s)
{
	static char text[128];

	if (!found)
		return "none";
	snprintf(text, sizeof(text), "%s %u %s %s %s%s %s", cloud_names[s->cloud], s->endpoint,
		 area_names[s->area], category_names[s->category],
		 s->matched_by & MATCH_ADDRESS ? "A" : "", s->matched_by & MATCH_NAME ? "N" : "",
		 s->listed_port ? "listed" : "other");
	return text;
}

static const char *by_addr(const struct m365 *m, const char *addr, uint16_t port, bool udp)
{
	struct service s = { 0 };
	struct addr a = address(addr);
	bool found = m365_by_addr(m, &a, port, udp, &s);

	return words(found, &s);
}

static const char *by_name(const struct m365 *m, const char *name, uint16_t port)
{
	struct service s = { 0 };
	bool found = m365_by_name(m, test_text(name), port, &s);

	return words(found, &s);
}

static const char *by_both(const struct m365 *m, const char *addr, uint16_t port,
			   const char *name)
{
	struct service s = { 0 };
	struct addr a = addr ? address(addr) : (struct addr){ .b = { 0 } };
	bool found = m365_match(m, addr ? &a : NULL, port, test_text(name), &s);

	return words(found, &s);
}

static void the_best_set_by_address(void **state)
{
	struct m365 *m = load_text(two_clouds);

	(void)state;
	assert_string_equal(by_addr(m, "52.96.0.1", 443, false),
			    "worldwide 1 exchange optimize A listed");
	assert_string_equal(by_addr(m, "2603:1006::1", 993, false),	/* the port decides */
			    "worldwide 2 exchange allow A listed");
	assert_string_equal(by_addr(m, "52.96.0.1", 443, true),
			    "worldwide 1 exchange optimize A listed");
	assert_string_equal(by_addr(m, "52.96.0.1", 8443, false),
			    "worldwide 1 exchange optimize A other");
	assert_string_equal(by_addr(m, "52.97.0.1", 443, false),	/* the longer prefix */
			    "worldwide 7 teams allow A listed");
	assert_string_equal(by_addr(m, "52.97.0.1", 587, false),	/* its port */
			    "worldwide 2 exchange allow A listed");
	assert_string_equal(by_addr(m, "20.140.232.1", 443, false),	/* the first cloud */
			    "usgovgcchigh 3 common allow A listed");
	assert_string_equal(by_addr(m, "52.112.0.1", 5061, false),
			    "worldwide 0 teams allow A listed");
	assert_string_equal(by_addr(m, "52.112.0.1", 3480, true),
			    "worldwide 11 teams optimize A listed");
	assert_string_equal(by_addr(m, "52.112.0.1", 3480, false),
			    "worldwide 11 teams optimize A other");
	assert_string_equal(by_addr(m, "8.8.8.8", 443, false), "none");
	m365_free(m);
}

static void the_best_set_by_name(void **state)
{
	struct m365 *m = load_text(two_clouds);

	(void)state;
	assert_string_equal(by_name(m, "OUTLOOK.office365.com.", 443),
			    "worldwide 1 exchange optimize N listed");
	assert_string_equal(by_name(m, "outlook.office365.com", 993),
			    "worldwide 2 exchange allow N listed");
	assert_string_equal(by_name(m, "smtp.office365.com", 443),	/* not id 71 */
			    "worldwide 2 exchange allow N other");
	assert_string_equal(by_name(m, "other.office365.com", 443),
			    "worldwide 71 common default N listed");
	assert_string_equal(by_name(m, "x.gov.teams.us", 443),	/* allow before default */
			    "usgovgcchigh 3 common allow N listed");
	assert_string_equal(by_name(m, "deep.cdn.com", 443),	/* worldwide, though by a star */
			    "worldwide 71 common default N listed");
	assert_string_equal(by_name(m, "sip2.pstnhub.com", 5061),
			    "worldwide 0 teams allow N listed");
	assert_string_equal(by_name(m, "smtp-legacy.office365.com", 25),
			    "worldwide 0 exchange allow N other");
	assert_string_equal(by_name(m, "office365.com", 443), "none");
	assert_string_equal(by_name(m, "", 443), "none");
	m365_free(m);
}

static void the_best_set_by_both(void **state)
{
	struct m365 *m = load_text(two_clouds);

	(void)state;
	assert_string_equal(by_both(m, "52.96.0.1", 443, "outlook.office365.com"),
			    "worldwide 1 exchange optimize AN listed");
	assert_string_equal(by_both(m, "52.97.0.1", 443, "outlook.office365.com"),
			    "worldwide 1 exchange optimize AN listed");
	assert_string_equal(by_both(m, "8.8.8.8", 443, "outlook.office365.com"),
			    "worldwide 1 exchange optimize N listed");
	assert_string_equal(by_both(m, NULL, 993, "outlook.office365.com"),
			    "worldwide 2 exchange allow N listed");
	assert_string_equal(by_both(m, "52.97.0.1", 443, "example.com"),
			    "worldwide 7 teams allow A listed");
	assert_string_equal(by_both(m, "52.96.0.1", 443, ""),
			    "worldwide 1 exchange optimize A listed");
	assert_string_equal(by_both(m, "52.96.0.1", 443, "x.cdn.com"),	/* a default set is weak */
			    "worldwide 1 exchange optimize AN listed");
	assert_string_equal(by_both(m, "20.140.232.1", 443, "outlook.office365.com"),
			    "worldwide 1 exchange optimize AN listed");
	assert_string_equal(by_both(m, "20.140.232.1", 443, "login.both.com"),	/* its cloud */
			    "usgovdod 1 common allow AN listed");
	assert_string_equal(by_both(m, "52.96.0.1", 587, "smtp-legacy.office365.com"),
			    "worldwide 0 exchange allow AN listed");
	assert_string_equal(by_both(m, "8.8.8.8", 443, "example.com"), "none");
	m365_free(m);
}

static void legacy_hosts_are_known(void **state)
{
	struct m365 *m = load_text(two_clouds);

	(void)state;
	assert_string_equal(m365_legacy_host(m, test_text("SMTP-Legacy.office365.com.")),
			    "smtp-legacy.office365.com");
	assert_null(m365_legacy_host(m, test_text("smtp.office365.com")));
	assert_null(m365_legacy_host(m, test_text("x.smtp-legacy.office365.com")));
	m365_free(m);
}

static void ports_read_as_the_service_writes_them(void **state)
{
	static const struct { const char *text, *ports; } good[] = {
		{ "443,80", "80,443" }, { "143, 587, 993, 995", "143,587,993,995" }, { "", "" },
		{ " , ", "" }, { "3478,3479,3480,3481", "3478-3481" }, { "1-65535", "1-65535" },
		{ "80,80", "80" }, { "10-20,15-30,31", "10-31" }, { "443 ", "443" },
	};
	static const char *const bad[] = { "0", "65536", "80;443", "x", "80-", "90-80", "-1",
					   "80 443", "99999999999999999999" };
	struct arena arena = { 0 };
	struct ports many = { NULL, 0 };
	struct buf b = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		struct ports p = { NULL, 0 };

		assert_true(ports_add(&p, good[i].text, &arena));
		assert_string_equal(ports_text(&p, ",", &b), good[i].ports);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct ports p = { NULL, 0 };

		assert_false(ports_add(&p, bad[i], &arena));
	}
	buf_done(&b);
	for (unsigned i = 0; i <= PORT_SPANS; i++)
		buf_printf(&b, "%u,", 2 * i + 1);
	assert_false(ports_add(&many, buf_text(&b), &arena));	/* more than there is room for */
	assert_false(ports_add(&many, "9", &arena));
	buf_done(&b);
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges_agree_with_a_plain_search),
		cmocka_unit_test(ranges_hold_their_edges),
		cmocka_unit_test(no_prefixes_hold_nothing),
		cmocka_unit_test(names_match_as_they_should),
		cmocka_unit_test(long_names_match_nothing),
		cmocka_unit_test(names_survive_cuts_and_flips),
		cmocka_unit_test(odd_patterns_are_refused),
		cmocka_unit_test(the_best_set_by_address),
		cmocka_unit_test(the_best_set_by_name),
		cmocka_unit_test(the_best_set_by_both),
		cmocka_unit_test(legacy_hosts_are_known),
		cmocka_unit_test(ports_read_as_the_service_writes_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
