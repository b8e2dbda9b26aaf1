/* SPDX-License-Identifier: Apache-2.0 */
/*
 * m365: endpoint data in both forms, its mistakes, the shipped data, and import.
 *
 * The answers of Microsoft's web service that two tests read lie outside of this
 * repository (../shared); without them those tests are left out of the group.
 * (skip() of cmocka 1.1.5 says "not ok", and TAP drivers believe it.)
 */
#include "test.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "m365/set.h"

static char folder[] = "/tmp/test_endpoints.XXXXXX";

static const char *in_folder(const char *name)
{
	static char path[8][128];
	static unsigned turn;
	char *p = path[turn++ % 8];

	snprintf(p, 128, "%s/%s", folder, name);
	return p;
}

static const char *put(const char *name, const char *text)
{
	const char *path = in_folder(name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	return path;
}

static char *get_text(const char *path)
{
	static char text[1 << 17];
	FILE *f = fopen(path, "r");
	size_t n;

	assert_non_null(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	return text;
}

static const char *source_path(const char *name)
{
	static char path[2][4096];
	static unsigned turn;
	const char *srcdir = getenv("srcdir");
	char *p = path[turn++ % 2];

	snprintf(p, sizeof(path[0]), "%s/%s", srcdir ? srcdir : ".", name);
	return p;
}

/* Data of its own and nothing else: no extra.yaml lies there. */
static void no_installed_data(void)
{
	setenv("HELLOTAP_DATADIR", folder, 1);
}

static void shipped_data(void)
{
	setenv("HELLOTAP_DATADIR", source_path("rules"), 1);
}

static struct m365 *load(const char *path, const char *cloud, struct errors *e)
{
	struct m365_options o = { .paths = &path, .n = path ? 1 : 0, .cloud = cloud };

	return m365_load(&o, e);
}

static struct m365 *load_well(const char *path, const char *cloud)
{
	struct errors e = { 0 };
	struct m365 *m = load(path, cloud, &e);

	errors_print(&e, stderr);
	assert_non_null(m);
	errors_done(&e);
	return m;
}

/* The messages for one file, without the folder's name. */
static const char *mistakes(const char *name, const char *text)
{
	static char said[4096];
	struct errors e = { 0 };
	FILE *f = fmemopen(said, sizeof(said), "w");
	char *at;

	assert_null(load(put(name, text), NULL, &e));
	errors_print(&e, f);
	fclose(f);
	errors_done(&e);
	unlink(in_folder(name));
	while ((at = strstr(said, folder)) != NULL)
		memmove(at, at + strlen(folder) + 1, strlen(at + strlen(folder) + 1) + 1);
	return said;
}

static const struct set *set_of(const struct m365 *m, enum cloud cloud, unsigned id)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->sets[i]->id == id && m->sets[i]->cloud == cloud)
			return m->sets[i];
	fail_msg("no id %u", id);
	return NULL;
}

/* ---- the two forms -------------------------------------------------------------------- */

#define HEAD "\"serviceAreaDisplayName\": \"x\", \"expressRoute\": true, "

static void microsoft_json_reads_with_all_its_oddities(void **state)
{
	static const char json[] =
		"\xef\xbb\xbf[{\"id\": 2, " HEAD "\"serviceArea\": \"Exchange\",\n"
		"  \"unknown\": {\"a\": [1]}, \"notes\": \"it's: \\\"so\\\"\",\n"
		"  \"category\": \"Allow\", \"required\": false,\n"
		"  \"urls\": [\"Outlook.Office365.com\", \"*.x.net\"], \"udpPorts\": \"\",\n"
		"  \"tcpPorts\": \"993, 587 ,143\",\n"
		"  \"ips\": [\"52.96.0.0/14\", \"2603:1006::/40\"]},\n"
		" {\"id\": 11, " HEAD "\"serviceArea\": \"Skype\", \"category\": \"Optimize\",\n"
		"  \"required\": true, \"udpPorts\": \"3478,3479,3480,3481\", \"urls\": null,\n"
		"  \"ips\": [\"52.112.0.0/14\"]},\n"
		" {\"id\": 163, " HEAD "\"serviceArea\": \"MEM\", \"category\": \"Default\",\n"
		"  \"required\": true, \"tcpPorts\": \"443,80\",\n"
		"  \"urls\": [\"autodiscover.*.a.com\"]}]\n";
	struct m365 *m;
	const struct set *s;
	struct buf b = { 0 };

	(void)state;
	no_installed_data();
	m = load_well(put("answer-china.json", json), NULL);
	assert_int_equal(m->n, 3);
	s = set_of(m, CLOUD_CHINA, 2);		/* from the file's name */
	assert_int_equal(s->area, AREA_EXCHANGE);
	assert_int_equal(s->category, CATEGORY_ALLOW);
	assert_false(s->required);
	assert_string_equal(ports_text(&s->tcp, ",", &b), "143,587,993");
	assert_int_equal(s->udp.n, 0);
	assert_string_equal(s->names[0], "outlook.office365.com");
	assert_int_equal(s->n_prefixes, 2);
	s = set_of(m, CLOUD_CHINA, 11);
	assert_true(s->area == AREA_TEAMS && s->n_names == 0 && s->tcp.n == 0 && s->required);
	assert_string_equal(ports_text(&s->udp, ",", &b), "3478-3481");
	assert_int_equal(set_of(m, CLOUD_CHINA, 163)->area, AREA_INTUNE);
	assert_int_equal(m365_data_count(m), 1);
	assert_int_equal(m365_data(m, 0)->prefixes, 3);
	assert_int_equal(m365_data(m, 0)->published, 0);
	m365_free(m);
	buf_done(&b);
	unlink(in_folder("answer-china.json"));
}

static void the_file_name_names_the_cloud(void **state)
{
	static const struct { const char *name; enum cloud cloud; } cases[] = {
		{ "worldwide.json", CLOUD_WORLDWIDE }, { "usgovdod.json", CLOUD_DOD },
		{ "get_USGovGCCHigh.json", CLOUD_GCC_HIGH }, { "China.json", CLOUD_CHINA },
		{ "endpoints-21vianet.json", CLOUD_CHINA }, { "answer.json", CLOUD_WORLDWIDE },
	};

	(void)state;
	no_installed_data();
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct m365 *m = load_well(put(cases[i].name, "[{\"id\": 1, \"serviceArea\": "
			"\"Common\", \"category\": \"Allow\", \"urls\": [\"a.com\"]}]"), NULL);

		assert_int_equal(m->sets[0]->cloud, cases[i].cloud);
		assert_int_equal(m365_data(m, 0)->cloud, cases[i].cloud);
		m365_free(m);
		unlink(in_folder(cases[i].name));
	}
}

static void mistakes_are_said_with_their_place(void **state)
{
	(void)state;
	no_installed_data();
	assert_string_equal(mistakes("a.json", "[]"),
		"hellotap: a.json:1:1: an empty list; expected endpoint sets\n");
	assert_string_equal(mistakes("a.json", "{\"instance\": \"Worldwide\"}"),
		"hellotap: a.json:1:1: no endpoint data; expected the list that the web service's "
		"endpoints method answers, or a map with \"sets\"\n");
	assert_string_equal(mistakes("a.json", "[\n{\"id\": 1}]"),
		"hellotap: a.json:2:1: no \"serviceArea\" here; expected one\n"
		"hellotap: a.json:2:1: no \"category\" here; expected one\n");
	assert_string_equal(mistakes("a.yaml",
		"version: 2\ncluod: china\ndate: 2025-02-29\nsets:\n"
		"  - id: 70000\n    cloud: wordwide\n    area: team\n    category: allow\n"
		"    tcp: [443, 99999]\n    names: [\"*\", a b.com, https://a.com]\n"
		"    prefixes: [10.0.0.1/8, 0.0.0.0/0, \"::/12\", \"::/64\", x]\n"),
		"hellotap: a.yaml:1:10: version 2; expected 1\n"
		"hellotap: a.yaml:2:1: unknown key \"cluod\"; did you mean \"cloud\"?\n"
		"hellotap: a.yaml:3:7: \"2025-02-29\" is not a date; expected one such as "
		"2025-12-01\n"
		"hellotap: a.yaml:5:9: id 70000; expected 1 to 65535\n"
		"hellotap: a.yaml:6:12: \"wordwide\" is none of those known; did you mean "
		"\"worldwide\"\n"
		"hellotap: a.yaml:7:11: \"team\" is none of those known; did you mean \"teams\"\n"
		"hellotap: a.yaml:9:16: ports \"99999\"; expected numbers from 1 to 65535 with "
		"commas between, such as \"80,443\"\n"
		"hellotap: a.yaml:10:13: name \"*\": no whole label after the last star; expected "
		"a host name such as outlook.office.com or *.outlook.com\n"
		"hellotap: a.yaml:10:18: name \"a b.com\": not a character of a host name; "
		"expected a host name such as outlook.office.com or *.outlook.com\n"
		"hellotap: a.yaml:10:27: name \"https://a.com\": not a character of a host name; "
		"expected a host name such as outlook.office.com or *.outlook.com\n"
		"hellotap: a.yaml:11:16: \"10.0.0.1/8\" is not a prefix; expected one such as "
		"13.107.6.152/31 or 2603:1006::/40, no bit set behind its length\n"
		"hellotap: a.yaml:11:28: 0.0.0.0/0: too short to be Microsoft's alone; expected at "
		"least /8 or, IPv6, /16\n"
		"hellotap: a.yaml:11:39: ::/12: too short to be Microsoft's alone; expected at "
		"least /8 or, IPv6, /16\n"
		"hellotap: a.yaml:11:48: ::/64: holds all of IPv4 in its mapped form; expected "
		"another\n"
		"hellotap: a.yaml:11:57: \"x\" is not a prefix; expected one such as "
		"13.107.6.152/31 or 2603:1006::/40, no bit set behind its length\n");
	assert_string_equal(mistakes("a.yaml", "version: 1\ncloud: china\nsets:\n"
		"  - {id: 1, area: teams, category: allow}\n"
		"  - {id: 1, area: teams, category: allow}\n"),
		"hellotap: a.yaml:5:5: id 1 of china is already in line 4\n");
	assert_string_equal(mistakes("a.yaml", "version: 1\nsets: []\n"),
		"hellotap: no endpoint data for the cloud \"all\" in a.yaml\n");
}

static void a_cut_file_never_loads_in_part(void **state)
{
	static const char yaml[] = "version: 1\ncloud: china\nsets:\n  - {id: 1, area: teams, "
				   "category: allow, names: [a.com], prefixes: [10.0.0.0/8]}\n";
	char cut[sizeof(yaml)];

	(void)state;
	no_installed_data();
	for (size_t n = 0; n < strlen(yaml) - 1; n++) {
		memcpy(cut, yaml, n);
		cut[n] = '\0';
		assert_true(strlen(mistakes("cut.yaml", cut)) > 0);
	}
}

static void a_folder_is_read_in_order_and_clouds_are_chosen(void **state)
{
	static const char set[] = "version: 1\ncloud: %s\ndate: 2025-12-01\nsets:\n"
				  "  - {id: 1, area: teams, category: allow, names: [a.com]}\n";
	struct errors e = { 0 };
	struct m365 *m;
	char text[256];

	(void)state;
	no_installed_data();
	mkdir(in_folder("d"), 0755);
	snprintf(text, sizeof(text), set, "china");
	put("d/b.yaml", text);
	snprintf(text, sizeof(text), set, "worldwide");
	put("d/a.yml", text);
	put("d/.hidden.yaml", "not: data");
	put("d/notes.txt", "not: data");
	m = load_well(in_folder("d"), "all");
	assert_int_equal(m365_data_count(m), 2);
	assert_int_equal(m365_data(m, 0)->cloud, CLOUD_WORLDWIDE);
	assert_string_equal(m365_data(m, 0)->date, "2025-12-01");
	assert_true(m365_data(m, 0)->published == 1764547200 * NS_PER_SECOND);
	m365_free(m);
	m = load_well(in_folder("d"), "china");
	assert_int_equal(m->n, 1);
	assert_int_equal(m365_data_count(m), 1);
	m365_free(m);
	assert_null(load(in_folder("d"), "usgovdod", &e));
	assert_null(load(in_folder("d"), "chian", &e));
	assert_null(load(in_folder("nothing"), NULL, &e));
	assert_int_equal(e.n, 3);
	errors_done(&e);
	unlink(in_folder("d/b.yaml"));
	unlink(in_folder("d/a.yml"));
	assert_null(load(in_folder("d"), NULL, &e));	/* an empty folder */
	errors_done(&e);
}

static void dates_are_days(void **state)
{
	static const struct { const char *date; uint64_t day; } good[] = {
		{ "1970-01-01", 0 }, { "1970-12-31", 364 }, { "2000-02-29", 11016 },
		{ "2000-03-01", 11017 }, { "2025-12-01", 20423 }, { "2026-11-20", 20777 },
		{ "2100-03-01", 47541 },
	};
	static const char *const bad[] = { "", "2025-12-1", "2025-13-01", "2025-00-01",
					   "2025-01-00", "2025-04-31", "2100-02-29", "1969-12-31",
					   "2025/12/01", "2025-12-01 ", "20251201" };
	uint64_t ns;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_true(date_parse(good[i].date, &ns));
		assert_true(ns == good[i].day * 86400 * NS_PER_SECOND);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(date_parse(bad[i], &ns));
}

/* ---- the shipped data ----------------------------------------------------------------- */

static const char *service_words(bool found, const struct service *s)
{
	static char text[128];

	snprintf(text, sizeof(text), "%s %u %s %s", cloud_names[s->cloud], s->endpoint,
		 area_names[s->area], s->listed_port ? "listed" : "other");
	return found ? text : "none";
}

static void the_shipped_data_answers(void **state)
{
	static const struct { const char *what; uint16_t port; const char *answer; } cases[] = {
		{ "outlook.office365.com", 443, "worldwide 1 exchange listed" },
		{ "outlook.office365.com", 993, "worldwide 2 exchange listed" },
		{ "contoso.sharepoint.com", 443, "worldwide 31 sharepoint listed" },
		{ "statics.teams.microsoft.com", 443, "worldwide 12 teams listed" },
		{ "tenant.gov.teams.microsoft.us", 443, "usgovgcchigh 31 teams listed" },
		{ "login.microsoftonline.com", 443, "worldwide 56 common listed" },
		{ "contoso.mail.protection.outlook.com", 25, "worldwide 10 exchange listed" },
		{ "spoprod-a.cdn.onenote.net", 443, "worldwide 51 common listed" },
		{ "autodiscover.a.mail.onmicrosoft.us", 443, "usgovgcchigh 4 exchange listed" },
		{ "smtp-legacy.office365.com", 587, "worldwide 0 exchange listed" },
		{ "imap-legacy.office365.com", 993, "worldwide 0 exchange listed" },
		{ "pop-legacy.partner.outlook.cn", 995, "china 0 exchange listed" },
		{ "sip3.pstnhub.microsoft.com", 5061, "worldwide 0 teams listed" },
		{ "sip.pstnhub.dod.teams.microsoft.us", 5061, "usgovdod 0 teams listed" },
		{ "ocsp.digicert.com", 80, "worldwide 125 common listed" },
		{ "example.com", 443, "none" },
		{ "52.96.165.2", 443, "worldwide 1 exchange listed" },
		{ "52.96.165.2", 587, "worldwide 2 exchange listed" },
		{ "52.113.1.1", 5061, "worldwide 0 teams listed" },
		{ "52.113.1.1", 443, "worldwide 12 teams listed" },
		{ "40.92.0.1", 25, "worldwide 10 exchange listed" },
		{ "2603:1026::1", 443, "worldwide 1 exchange listed" },
		{ "52.127.72.42", 443, "usgovdod 15 common listed" },
		{ "57.16.0.1", 443, "usgovgcchigh 31 teams listed" },
		{ "57.16.128.1", 443, "usgovdod 7 teams listed" },
		{ "192.0.2.1", 443, "none" },
	};
	struct m365 *m;

	(void)state;
	shipped_data();
	m = load_well(NULL, NULL);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct service s = { 0 };
		struct addr a;
		bool found = addr_parse(cases[i].what, &a) ?
			m365_by_addr(m, &a, cases[i].port, false, &s) :
			m365_by_name(m, test_text(cases[i].what), cases[i].port, &s);

		assert_string_equal(service_words(found, &s), cases[i].answer);
	}
	assert_non_null(m365_legacy_host(m, test_text("pop-legacy.office365.com")));
	m365_free(m);
}

static void what_the_list_lacks_comes_with_any_list(void **state)
{
	struct service s = { 0 };
	struct m365 *m;

	(void)state;
	shipped_data();
	m = load_well(put("w.json", "[{\"id\": 1, \"serviceArea\": \"Common\", \"category\": "
			  "\"Allow\", \"urls\": [\"a.com\"]}]"), NULL);
	assert_non_null(m365_legacy_host(m, test_text("smtp-legacy.office365.com")));
	assert_true(m365_by_name(m, test_text("sip.pstnhub.microsoft.com"), 5061, &s));
	assert_false(m365_by_name(m, test_text("outlook.office365.com"), 443, &s));
	m365_free(m);
	unlink(in_folder("w.json"));
}

static void lookups_and_tables_print(void **state)
{
	static char text[1 << 16];
	FILE *f = fmemopen(text, sizeof(text), "w");
	struct m365 *m;

	(void)state;
	shipped_data();
	m = load_well(NULL, "worldwide");
	assert_int_equal(m365_lookup(m, "52.96.0.1", f), 2);
	assert_int_equal(m365_lookup(m, "smtp-legacy.office365.com", f), 2);
	assert_int_equal(m365_lookup(m, "example.com", f), 0);
	fflush(f);
	assert_string_equal(text,
		"  worldwide      1 exchange   optimize by prefix 52.96.0.0/14, "
		"tcp 80,443, udp 443\n"
		"  worldwide      2 exchange   allow    by prefix 52.96.0.0/14, "
		"tcp 143,587,993,995\n"
		"  worldwide    own exchange   allow    by name smtp-legacy.office365.com, "
		"tcp 587, opt-in host for legacy TLS\n"
		"  worldwide     71 common     default  by name *.office365.com, tcp 80,443\n");
	rewind(f);
	m365_show(m, f);
	fclose(f);
	assert_non_null(strstr(text, "worldwide     11 teams      optimize -                  "
			       "3478-3481        3     0\n"));
	m365_free(m);
}

/* ---- Microsoft's own answers, where they are at hand ---------------------------------- */

/* NULL: it is not there. */
static const char *answer(enum cloud cloud)
{
	const char *path;
	char name[64];

	snprintf(name, sizeof(name), "../shared/data/endpoints/%s.json", cloud_names[cloud]);
	path = source_path(name);
	return access(path, R_OK) == 0 ? path : NULL;
}

static bool answers_are_at_hand(void)
{
	for (unsigned c = 0; c < CLOUDS; c++)
		if (answer(c) == NULL)
			return false;
	return true;
}

/* Distinct prefixes of one area (AREAS: all), IPv4 or IPv6. */
static unsigned distinct(const struct m365 *m, unsigned area, bool v4)
{
	static struct prefix seen[2000];
	unsigned n = 0;

	for (size_t i = 0; i < m->n; i++)
		for (size_t k = 0; k < m->sets[i]->n_prefixes; k++) {
			const struct prefix *p = &m->sets[i]->prefixes[k];
			unsigned at = 0;

			if (addr_is_v4(&p->addr) != v4 ||
			    (area < AREAS && m->sets[i]->area != area))
				continue;
			while (at < n && (seen[at].bits != p->bits ||
					  addr_cmp(&seen[at].addr, &p->addr) != 0))
				at++;
			if (at == n)
				seen[n++] = *p;
		}
	return n;
}

/* The counts of the answers of 2025-12-01, taken from them by another program. */
static void the_answers_are_counted_right(void **state)
{
	static const struct {
		unsigned sets, with_prefixes, v4, v6, category[CATEGORIES], area[AREAS][2];
	} expected[CLOUDS] = {
		[CLOUD_WORLDWIDE] = { 79, 11, 115, 59, { 3, 8, 68 },
			{ { 16, 18 }, { 5, 5 }, { 2, 7 }, { 11, 29 }, { 81, 0 } } },
		[CLOUD_DOD] = { 25, 9, 22, 12, { 3, 6, 16 },
			{ { 6, 6 }, { 1, 2 }, { 4, 1 }, { 12, 3 }, { 0, 0 } } },
		[CLOUD_GCC_HIGH] = { 26, 10, 21, 14, { 3, 7, 16 },
			{ { 10, 7 }, { 1, 2 }, { 3, 1 }, { 7, 4 }, { 0, 0 } } },
		[CLOUD_CHINA] = { 22, 12, 59, 17, { 2, 10, 10 },
			{ { 20, 13 }, { 3, 1 }, { 8, 1 }, { 28, 2 }, { 0, 0 } } },
	};

	(void)state;
	no_installed_data();
	for (unsigned c = 0; c < CLOUDS; c++) {
		struct m365 *m = load_well(answer(c), NULL);
		unsigned with_prefixes = 0, category[CATEGORIES] = { 0 };

		assert_int_equal(m->n, expected[c].sets);
		for (size_t i = 0; i < m->n; i++) {
			assert_int_equal(m->sets[i]->cloud, c);
			with_prefixes += m->sets[i]->n_prefixes > 0;
			category[m->sets[i]->category]++;
		}
		assert_int_equal(with_prefixes, expected[c].with_prefixes);
		assert_int_equal(distinct(m, AREAS, true), expected[c].v4);
		assert_int_equal(distinct(m, AREAS, false), expected[c].v6);
		assert_memory_equal(category, expected[c].category, sizeof(category));
		for (unsigned a = 0; a < AREAS; a++) {
			assert_int_equal(distinct(m, a, true), expected[c].area[a][0]);
			assert_int_equal(distinct(m, a, false), expected[c].area[a][1]);
		}
		m365_free(m);
	}
}

static enum m365_import_result import_to(const struct m365_import *i, char said[static 4096])
{
	struct errors e = { 0 };
	FILE *f = fmemopen(said, 4096, "w");
	enum m365_import_result result = m365_import(i, f, &e);

	errors_print(&e, f);
	fclose(f);
	errors_done(&e);
	return result;
}

static enum m365_import_result import(const char *file, const char *cloud, const char *date,
				      char said[static 4096])
{
	struct m365_import i = { .file = file, .folder = folder, .cloud = cloud, .date = date };

	return import_to(&i, said);
}

/* The shipped YAML and the answer it was made from differ by what its head says, and no more. */
static void the_shipped_data_is_the_answers(void **state)
{
	static const char *const changes[CLOUDS] = {
		[CLOUD_WORLDWIDE] = "worldwide: 0 removed, 0 added; ",
		[CLOUD_GCC_HIGH] = "- id 1: prefix 2001:489a:2200:8000::/50\n"
				   "- id 7: prefix 57.16.0.0/17\n- id 31: prefix 57.16.0.0/17\n"
				   "+ id 15: name prod.msocdn.us\n"
				   "usgovgcchigh: 3 removed, 1 added; ",
		[CLOUD_DOD] = "- id 1: prefix 2001:489a:2200:c000::/50\n"
			      "- id 7: prefix 57.16.128.0/17\nusgovdod: 2 removed, 0 added; ",
		[CLOUD_CHINA] = "china: 0 removed, 0 added; ",
	};
	char said[4096], name[64];

	(void)state;
	for (unsigned c = 0; c < CLOUDS; c++) {
		const char *from = answer(c);

		snprintf(name, sizeof(name), "rules/endpoints/%s.yaml", cloud_names[c]);
		snprintf(said, sizeof(said), "%s.yaml", cloud_names[c]);
		put(said, get_text(source_path(name)));
		assert_int_equal(import(from, NULL, "2025-12-01", said), IMPORT_DONE);
		assert_memory_equal(said, changes[c], strlen(changes[c]));
	}
}

/* ---- import --------------------------------------------------------------------------- */

/* A list that passes for whole: n sets, the areas in turn; id_base moves the ids. */
static const char *made_list(unsigned n, unsigned id_base, const char *more)
{
	static const char *const areas[] = { "Exchange", "SharePoint", "Skype", "Common" };
	static char text[1 << 14];
	size_t at = 0;

	for (unsigned i = 0; i < n; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at,
			"%c{\"id\": %u, \"serviceArea\": \"%s\", \"category\": \"Allow\", "
			"\"required\": true, \"tcpPorts\": \"443\", \"urls\": [\"h%u.a.com\"], "
			"\"ips\": [\"52.%u.0.0/16\"%s]}\n", i ? ',' : '[', id_base + i,
			areas[i % 4], id_base + i, i, i == 0 ? more : "");
	snprintf(text + at, sizeof(text) - at, "]\n");
	return text;
}

static void import_replaces_and_says_what_changed(void **state)
{
	struct service s = { 0 };
	struct m365 *m;
	char said[4096];

	(void)state;
	no_installed_data();
	unlink(in_folder("worldwide.yaml"));
	put("in.json", made_list(12, 1, ""));
	assert_int_equal(import(in_folder("in.json"), NULL, NULL, said), IMPORT_DONE);
	put("in.json", made_list(12, 1, ", \"2603:1::/32\""));
	assert_int_equal(import(in_folder("in.json"), NULL, "2026-11-01", said), IMPORT_DONE);
	assert_non_null(strstr(said, "+ id 1: prefix 2603:1::/32\n"
				     "worldwide: 0 removed, 1 added; "));
	m = load_well(in_folder("worldwide.yaml"), NULL);
	assert_string_equal(m365_data(m, 0)->date, "2026-11-01");
	assert_string_equal(m365_data(m, 0)->source,
			    "https://endpoints.office.com/endpoints/Worldwide");
	assert_true(m365_by_name(m, test_text("h3.a.com"), 443, &s) && s.area == AREA_TEAMS);
	m365_free(m);
}

static void a_bad_import_changes_nothing(void **state)
{
	static const struct { const char *text, *cloud, *date; } bad[] = {
		{ "[", NULL, NULL }, { "[]", NULL, NULL }, { "{}", NULL, NULL },
		{ "version: 1\nsets: []\n", NULL, NULL },
		{ NULL, "wordwide", NULL }, { NULL, NULL, "yesterday" },
	};
	struct m365_import nowhere = { .folder = "/nonexistent" };
	char said[4096], before[8192];

	(void)state;
	no_installed_data();
	unlink(in_folder("worldwide.yaml"));
	put("in.json", made_list(12, 1, ""));
	assert_int_equal(import(in_folder("in.json"), NULL, "2026-11-01", said), IMPORT_DONE);
	snprintf(before, sizeof(before), "%s", get_text(in_folder("worldwide.yaml")));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		put("in.json", bad[i].text ? bad[i].text : made_list(12, 1, ""));
		assert_int_equal(import(in_folder("in.json"), bad[i].cloud, bad[i].date, said),
				 IMPORT_BAD);
		assert_memory_equal(said, "hellotap: ", 10);
	}
	put("in.json", made_list(12, 1, ", \"0.0.0.0/0\""));	/* a prefix that cannot be */
	assert_int_equal(import(in_folder("in.json"), NULL, NULL, said), IMPORT_BAD);
	put("in.json", made_list(9, 1, ""));			/* too few */
	assert_int_equal(import(in_folder("in.json"), NULL, NULL, said), IMPORT_BAD);
	put("in.json", made_list(12, 500, ""));			/* another cloud's, it seems */
	assert_int_equal(import(in_folder("in.json"), NULL, NULL, said), IMPORT_BAD);
	assert_string_equal(get_text(in_folder("worldwide.yaml")), before);
	put("in.json", made_list(12, 1, ", \"2603:1::/32\""));
	nowhere.file = in_folder("in.json");
	assert_int_equal(import_to(&nowhere, said), IMPORT_NOT_WRITTEN);
	assert_string_equal(get_text(in_folder("worldwide.yaml")), before);
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

int main(void)
{
	/* What reads the answers stands last. */
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(microsoft_json_reads_with_all_its_oddities),
		cmocka_unit_test(the_file_name_names_the_cloud),
		cmocka_unit_test(mistakes_are_said_with_their_place),
		cmocka_unit_test(a_cut_file_never_loads_in_part),
		cmocka_unit_test(a_folder_is_read_in_order_and_clouds_are_chosen),
		cmocka_unit_test(dates_are_days),
		cmocka_unit_test(the_shipped_data_answers),
		cmocka_unit_test(what_the_list_lacks_comes_with_any_list),
		cmocka_unit_test(lookups_and_tables_print),
		cmocka_unit_test(import_replaces_and_says_what_changed),
		cmocka_unit_test(a_bad_import_changes_nothing),
		cmocka_unit_test(the_answers_are_counted_right),
		cmocka_unit_test(the_shipped_data_is_the_answers),
	};
	const size_t all = sizeof(tests) / sizeof(*tests), reading_answers = 2;

	if (answers_are_at_hand())
		return _cmocka_run_group_tests("tests", tests, all, make_folder, remove_folder);
	fprintf(stderr, "%zu tests are left out: no ../shared/data/endpoints beside the source "
		"tree\n", reading_answers);
	return _cmocka_run_group_tests("tests", tests, all - reading_answers, make_folder,
				       remove_folder);
}
