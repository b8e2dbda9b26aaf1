/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the outputs write, byte by byte, and where it ends up.
 */
#include "sample.h"

#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/hostnames.h"
#include "config.h"
#include "out/out.h"

#define OBSERVER "\"observer\":{\"product\":\"hellotap\",\"version\":\"" PACKAGE_VERSION "\""

static char folder[] = "/tmp/hellotap-test-out-XXXXXX";

static const char *in_folder(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static char *slurp(const char *path)
{
	static char text[262144];
	FILE *f = fopen(path, "r");
	size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;

	assert_non_null(f);
	fclose(f);
	text[n] = '\0';
	return text;
}

static struct sink *sink_to(const char *output, const char *name)
{
	struct errors e = { 0 };
	char spec[300];
	struct sink *s;

	snprintf(spec, sizeof(spec), "%s:%s", output, in_folder(name));
	s = sink_open(spec, &e);
	errors_print(&e, stderr);
	assert_non_null(s);
	errors_done(&e);
	return s;
}

static void close_well(struct sink *s)
{
	struct errors e = { 0 };

	assert_true(sink_close(s, &e));
	assert_int_equal(e.n, 0);
	errors_done(&e);
}

static const char *error_of(const struct errors *e)
{
	return e->n == 1 ? e->v[0].what : "(not one error)";
}

static size_t files_in_folder(void)
{
	glob_t g;
	size_t n = glob(in_folder("*"), 0, NULL, &g) == 0 ? g.gl_pathc : 0;

	globfree(&g);
	return n;
}

/* One handshake through one output; the file's text. */
static char *write_one(const char *output, const struct sighting *s)
{
	struct sink *sink = sink_to(output, "one");

	sink_handshake(sink, s);
	close_well(sink);
	return slurp(in_folder("one"));
}

/* ---- JSON ---------------------------------------------------------------------------- */

static void json_is_the_contract(void **state)
{
	struct sighting *s = sample_seen("10.1.4.23", TLS1_0, TLS1_0, "alert");

	(void)state;
	sample_text(s, FIELD_INTERFACE, "eth1");
	sample_text(s, FIELD_TRANSPORT, "tcp");
	sample_text(s, FIELD_VLAN, "20");
	sample_text(s, FIELD_TLS_VERSION, "1.0");
	sample_number(s, FIELD_TLS_ESTABLISHED, 0);
	sample_text(s, FIELD_OFFER_NAME, "outlook.office365.com");
	sample_codes(s, FIELD_OFFER_CIPHER_CODES, 2, "\x0a\x0a\0\x2f\0\x35", 6);
	sample_codes(s, FIELD_OFFER_SIGNATURES, 2, "", 0);
	sample_codes(s, FIELD_OFFER_VERSIONS, 2, "\x7a\x7a\x03\x01\x7f\x17", 6);
	sample_bytes(s, FIELD_OFFER_ALPN, "\2h2\10http/1.1", 12);
	sample_bytes(s, FIELD_OFFER_RANDOM, "\x01\xfe", 2);
	sample_text(s, FIELD_ALERT_FROM, "server");
	sample_number(s, FIELD_ALERT_CODE, 70);
	sample_number(s, FIELD_RTT, 400000);
	s->values[FIELD_SERVICE_MATCHED_BY] = (struct value){
		.type = VALUE_SET, .number = MATCH_ADDRESS | MATCH_NAME, .names = match_names };
	s->hits[s->nhits++] = &sample_legacy;
	s->hits[s->nhits++] = &sample_weak;
	assert_string_equal(write_one("json", s),
		"{\"@timestamp\":\"2026-11-20T09:00:00.123456789Z\","
		"\"event\":{\"dataset\":\"hellotap.handshake\",\"kind\":\"event\","
		"\"category\":[\"network\"],\"type\":[\"connection\",\"protocol\"],"
		"\"outcome\":\"failure\"}," OBSERVER
		",\"ingress\":{\"interface\":{\"name\":\"eth1\"}}},"
		"\"source\":{\"ip\":\"10.1.4.23\",\"port\":50123},"
		"\"destination\":{\"ip\":\"52.96.165.2\",\"port\":443,"
		"\"domain\":\"outlook.office365.com\"},"
		"\"network\":{\"transport\":\"tcp\",\"vlan\":{\"id\":\"20\"}},"
		"\"tls\":{\"version\":\"1.0\",\"established\":false,"
		"\"client\":{\"server_name\":\"outlook.office365.com\"}},"
		"\"rule\":{\"id\":[\"legacy-offer\",\"only-weak\"]},"
		"\"hellotap\":{\"service\":{\"area\":\"exchange\","
		"\"matched_by\":[\"address\",\"name\"]},"
		"\"offer\":{\"complete\":true,\"versions\":[\"tls1.0\",\"0x7f17\"],"
		"\"max\":\"tls1.0\",\"cipher_codes\":[2570,47,53],\"signature_codes\":[],"
		"\"alpn\":[\"h2\",\"http/1.1\"],\"random\":\"01fe\"},"
		"\"answer\":{\"version\":\"tls1.0\"},"
		"\"outcome\":{\"result\":\"alert\",\"alert\":{\"from\":\"server\",\"code\":70}},"
		"\"rtt\":{\"server_ms\":0.4},\"quality\":{\"grade\":\"good\"},"
		"\"evidence\":{\"file\":\"office.pcap\",\"frames\":[4,6,8],\"display_filter\":"
		"\"ip.addr==10.1.4.23 && ip.addr==52.96.165.2 && tcp.port==50123 && "
		"tcp.port==443\"}}}\n");
	free(s);
}

static void json_of_nothing_known(void **state)
{
	struct sighting *s = sample_new();

	(void)state;
	s->hits[s->nhits++] = &sample_legacy;
	assert_string_equal(write_one("json", s),
		"{\"@timestamp\":\"2026-11-20T09:00:00.123456789Z\","
		"\"event\":{\"dataset\":\"hellotap.handshake\",\"kind\":\"event\","
		"\"category\":[\"network\"],\"type\":[\"connection\",\"protocol\"],"
		"\"outcome\":\"unknown\"}," OBSERVER "},\"rule\":{\"id\":[\"legacy-offer\"]}}\n");
	free(s);
}

static void json_escapes_hostile_names(void **state)
{
	struct sighting *s = sample_new();

	(void)state;
	sample_bytes(s, FIELD_OFFER_NAME, "a\"\\\n\0\xc3\xa4", 7);
	assert_non_null(strstr(write_one("json", s),
		"\"server_name\":\"a\\\"\\\\\\n\\u0000\\\\xc3\\\\xa4\"}"));
	free(s);
}

/* The 29th of February, the last nanosecond of a year, and the first of all. */
static void json_knows_the_calendar(void **state)
{
	static const struct { uint64_t ns; const char *text; } days[] = {
		{ UINT64_C(1), "1970-01-01T00:00:00.000000001Z" },
		{ UINT64_C(951782400) * NS_PER_SECOND, "2000-02-29T00:00:00.000000000Z" },
		{ UINT64_C(1709251199) * NS_PER_SECOND, "2024-02-29T23:59:59.000000000Z" },
		{ UINT64_C(1767225599) * NS_PER_SECOND + 999999999,
		  "2025-12-31T23:59:59.999999999Z" },
		{ UINT64_C(4107542400) * NS_PER_SECOND, "2100-03-01T00:00:00.000000000Z" },
	};
	struct sighting *s = sample_new();

	(void)state;
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		s->ts = days[i].ns;
		assert_non_null(strstr(write_one("json", s), days[i].text));
	}
	free(s);
}

/* ---- CSV ----------------------------------------------------------------------------- */

/* The text behind the comma of a column's cell. */
static char *cell(char *line, enum field_id id)
{
	for (unsigned column = 0; column < 2u + id; line++) {
		bool quoted = *line == '"';

		for (line += quoted; *line != ',' || quoted; line++)
			if (quoted && *line == '"' && line[1] != '"')
				quoted = false;
			else if (quoted && *line == '"')
				line++;
		column++;
	}
	return line;
}

static bool starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static void handshakes_are_quoted_and_tame(void **state)
{
	struct sighting *s = sample_seen("10.1.4.23", TLS1_0, 0, "alert");
	char *text, *line;

	(void)state;
	sample_text(s, FIELD_OFFER_NAME, "=cmd|' /C calc'!\"A0\"");
	sample_text(s, FIELD_CERT_SUBJECT, "CN=x, O=\"Y\"");
	sample_text(s, FIELD_PRELUDE_AGENT, "a\r\nb");
	sample_bytes(s, FIELD_OFFER_ALPN, "\2h2\3a,b\3a b", 11);
	sample_codes(s, FIELD_OFFER_CIPHER_CODES, 2, "\0\x2f\0\x35", 4);
	s->hits[s->nhits++] = &sample_legacy;
	s->hits[s->nhits++] = &sample_weak;
	text = write_one("handshakes", s);
	assert_true(starts(text, "time,rules,observer.interface,client.ip,client.port,"));
	line = strstr(text, "\r\n") + 2;
	assert_true(starts(line, "2026-11-20T09:00:00.123456789Z,legacy-offer only-weak,,"
				 "10.1.4.23,50123,"));
	assert_true(starts(cell(line, FIELD_OFFER_NAME), "\"'=cmd|' /C calc'!\"\"A0\"\"\","));
	assert_true(starts(cell(line, FIELD_CERT_SUBJECT), "\"CN=x, O=\"\"Y\"\"\","));
	assert_true(starts(cell(line, FIELD_PRELUDE_AGENT), "a\\x0d\\x0ab,"));
	assert_true(starts(cell(line, FIELD_OFFER_ALPN), "\"h2 a,b a\\x20b\","));
	assert_true(starts(cell(line, FIELD_OFFER_CIPHER_CODES), "47 53,"));
	assert_true(starts(cell(line, FIELD_ANSWER_VERSION), ","));
	assert_string_equal(line + strlen(line) - 2, "\r\n");
	free(s);
}

/* ---- the report ---------------------------------------------------------------------- */

struct world {
	struct hosts *hosts;
	struct capture_state capture;
	struct flow_state flow;
	struct summary sum;
};

static void world_see(struct world *w, struct sighting *s, const struct rule *rule)
{
	if (rule != NULL)
		s->hits[s->nhits++] = rule;
	hosts_sighting(w->hosts, s);
	w->flow.handshakes++;
	w->flow.connections++;
	w->flow.tls++;
	free(s);
}

static void world_init(struct world *w)
{
	static const char *const inputs[] = { "office.pcap" };

	*w = (struct world){ .hosts = hosts_new(NULL) };
	w->capture = (struct capture_state){ .files = 1, .packets = 123456,
					     .packet_bytes = 98200000 };
	w->sum = (struct summary){ .capture = &w->capture, .flow = &w->flow, .hosts = w->hosts,
				   .inputs = inputs, .ninputs = 1, .tcp = 120000, .udp = 3000,
				   .other = 456, .first = SAMPLE_TIME,
				   .last = SAMPLE_TIME + 2712 * NS_PER_SECOND };
}

static void world_office(struct world *w)
{
	char ip[ADDR_TEXT];

	world_init(w);
	for (unsigned i = 0; i < 40; i++) {
		snprintf(ip, sizeof(ip), "2001:db8:1234:5678:9abc:def0:1111:%x", 0x2000 + i % 20);
		world_see(w, sample_seen(ip, TLS1_0, i % 2 ? TLS1_0 : 0, "alert"),
			  &sample_legacy);
		snprintf(ip, sizeof(ip), "10.1.4.%u", i % 7);
		world_see(w, sample_seen(ip, i % 3 ? TLS1_3 : TLS1_1, TLS1_2, "established"),
			  i % 3 ? NULL : &sample_legacy);
		snprintf(ip, sizeof(ip), "10.2.4.%u", i);
		world_see(w, sample_seen(ip, TLS1_3, TLS1_3, "established"), NULL);
	}
}

/* The report at that width; text is static. */
static char *report(struct world *w, const char *columns, bool verbose)
{
	struct sink *s;

	setenv("COLUMNS", columns, 1);
	s = sink_to("text", "report");
	s->verbose = verbose;
	sink_finish(s, &w->sum);
	close_well(s);
	return slurp(in_folder("report"));
}

/* The same with every run of blanks and newlines as one space: wrapping does not matter. */
static const char *squeezed(char *text)
{
	char *to = text;

	for (const char *from = text; *from != '\0'; from++)
		if (*from != ' ' && *from != '\n')
			*to++ = *from;
		else if (to > text && to[-1] != ' ')
			*to++ = ' ';
	*to = '\0';
	return text;
}

/* Every line but those that hold a filter, which must stay in one piece. */
static void assert_narrow(char *text, size_t columns)
{
	for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"))
		if (strlen(line) > columns && strstr(line, " && ") == NULL)
			fail_msg("%zu columns: %s", strlen(line), line);
}

static void the_report_fits(void **state)
{
	static const char *const columns[] = { "80", "200", "60" };
	struct world w;

	(void)state;
	world_office(&w);
	for (unsigned i = 0; i < 3; i++)
		for (unsigned verbose = 0; verbose < 2; verbose++)
			assert_narrow(report(&w, columns[i], verbose),
				      strtoul(columns[i], NULL, 10));
	hosts_free(w.hosts);
}

/* Names that captures give are said beside addresses, and where a name is known, that is. */
static void names_label_hosts_and_culprits(void **state)
{
	static const char block[] = "\0\1\0\x12" "\x0a\1\4\1" "pc-1.\x1b[2J.lan\0\0\0"
				    "\0\1\0\x08" "\x0a\1\4\2" "pc2";
	struct hostnames *names = hostnames_new();
	struct world w;
	struct sink *s;
	const char *text;

	(void)state;
	(void)hostnames_read(names, (struct slice){ (const uint8_t *)block, sizeof(block) }, true);
	assert_int_equal(hostnames_count(names), 2);
	world_init(&w);
	w.capture.names = names;
	w.capture.names_left_out = 7;
	world_see(&w, sample_seen("10.1.4.1", TLS1_0, 0, "alert"), &sample_legacy);
	world_see(&w, sample_seen("10.1.4.3", TLS1_0, 0, "alert"), NULL);
	text = squeezed(report(&w, "80", false));
	assert_non_null(strstr(text, "high 10.1.4.1 (pc-1.\\x1b[2J.lan): "));
	assert_non_null(strstr(text, " 10.1.4.1 (pc-1.\\x1b[2J.lan) unknown TLS 1.0 x1 "));
	assert_non_null(strstr(text, " 10.1.4.3 unknown TLS 1.0 x1 "));
	assert_null(strstr(text, "pc2"));
	s = sink_to("json", "end");
	sink_finish(s, &w.sum);
	close_well(s);
	text = slurp(in_folder("end"));
	assert_non_null(strstr(text, "\"culprit\":{\"kind\":\"host\",\"ip\":\"10.1.4.1\","
				     "\"label\":\"pc-1.\\\\x1b[2J.lan\"}"));
	assert_non_null(strstr(text, "\"host\":{\"ip\":\"10.1.4.1\","
				     "\"name\":\"pc-1.\\\\x1b[2J.lan\"}"));
	assert_non_null(strstr(text, "\"host\":{\"ip\":\"10.1.4.3\"}"));
	assert_non_null(strstr(text, ",\"names_left_out\":7,"));
	hostnames_free(names);
	hosts_free(w.hosts);
}

/* Two rules that the same handshakes break: their frames are shown once. */
static void the_same_handshakes_are_shown_once(void **state)
{
	struct sighting *s = sample_seen("10.1.4.1", TLS1_0, 0, "alert");
	struct world w;
	const char *text, *frames;

	(void)state;
	world_init(&w);
	s->hits[s->nhits++] = &sample_weak;
	world_see(&w, s, &sample_legacy);
	text = squeezed(report(&w, "80", false));
	assert_non_null(strstr(text, "The same handshakes as above under [legacy-offer]. "));
	frames = strstr(text, "office.pcap frames 4 6 8 ");
	assert_non_null(frames);
	assert_null(strstr(frames + 1, "office.pcap frames "));
	world_see(&w, sample_seen("10.1.4.1", TLS1_0, 0, "alert"), &sample_legacy);
	text = squeezed(report(&w, "80", false));
	assert_null(strstr(text, "The same handshakes"));
	hosts_free(w.hosts);
}

static void csv_has_one_line_a_host(void **state)
{
	struct world w;
	struct sink *s;
	struct sighting *one;
	const char *text;

	(void)state;
	world_init(&w);
	for (unsigned i = 0; i < 2; i++) {
		one = sample_seen("10.1.4.1", TLS1_0, 0, "alert");
		sample_text(one, FIELD_STACK_ID, "a-stack");
		sample_text(one, FIELD_STACK_LABEL, "=a, \"stack\"");
		world_see(&w, one, &sample_legacy);
	}
	world_see(&w, sample_seen("fe80::1", TLS1_3, TLS1_3, "established"), NULL);
	s = sink_to("csv", "end");
	sink_finish(s, &w.sum);
	close_well(s);
	text = slurp(in_folder("end"));
	assert_true(starts(text, "ip,vlan,name,verdict,confidence,because,would_help,stacks,"));
	assert_non_null(strstr(text, "\r\n10.1.4.1,,,legacy,high,both complete ClientHellos offer "
				     "at most TLS 1.0,,a-stack,\"'=a, \"\"stack\"\"\",false,,"
				     "legacy-offer,exchange,2,tls1.0 x2,none x2,alert x2,2026-"));
	assert_non_null(strstr(text, "\r\nfe80::1,,,modern,medium,the one complete"));
	hosts_free(w.hosts);
}

static void the_report_is_honest(void **state)
{
	struct world w;
	const char *text;

	(void)state;
	world_init(&w);
	world_see(&w, sample_seen("10.1.4.1", TLS1_0, 0, "alert"), &sample_legacy);
	world_see(&w, sample_seen("10.1.4.1", TLS1_3, TLS1_3, "established"), NULL);
	world_see(&w, sample_seen("10.1.4.2", TLS1_2, TLS1_2, "established"), NULL);
	text = squeezed(report(&w, "80", false));
	assert_non_null(strstr(text, "nothing lost"));
	assert_non_null(strstr(text, "10.1.4.1 mixed TLS 1.0 x1, "));
	assert_non_null(strstr(text, "This host offers at most TLS 1.0 in 1 of 2 complete"));
	assert_non_null(strstr(text, "1 other host: TLS 1.2 or above in every complete hello"));
	assert_non_null(strstr(text, "office.pcap frames 4 6 8 ip.addr==10.1.4.23"));
	assert_null(strstr(text, "\033"));
	w.flow.gaps = 2;
	w.capture.kernel_drops = 7;
	text = squeezed(report(&w, "80", false));
	assert_null(strstr(text, "nothing lost"));
	assert_non_null(strstr(text, "7 packets dropped by the capturing system; 2 holes"));
	hosts_free(w.hosts);
}

static void the_report_names_what_was_there_instead(void **state)
{
	struct world w;
	const char *text;

	(void)state;
	world_init(&w);
	w.flow.connections = 12;
	w.flow.tls = 5;
	text = squeezed(report(&w, "80", false));
	assert_non_null(strstr(text, "No TLS handshake to Microsoft 365"));
	assert_non_null(strstr(text, "12 TCP connections, 5 of them with TLS"));
	assert_non_null(strstr(text, "--scope all"));
	assert_null(strstr(text, "FINDINGS"));
	assert_null(strstr(text, "HOSTS"));
	hosts_free(w.hosts);
}

static void the_report_is_safe_for_a_terminal(void **state)
{
	struct rule rule = sample_server;
	struct sighting *s = sample_seen("10.1.4.1", TLS1_0, TLS1_0, "established");
	char name[256];
	struct world w;
	char *text;

	(void)state;
	rule.title = "a\033[2Jb";
	memset(name, 'x', sizeof(name) - 1);
	name[255] = '\0';
	memcpy(name, "\033]0;owned\a\r\n", 12);
	sample_text(s, FIELD_SERVER_NAME, name);
	world_init(&w);
	world_see(&w, s, &rule);
	text = report(&w, "80", false);
	for (size_t i = 0; text[i] != '\0'; i++)
		assert_true(text[i] == '\n' || (text[i] >= 0x20 && text[i] < 0x7f));
	assert_narrow(text, 80);
	hosts_free(w.hosts);
}

static void json_tells_the_end(void **state)
{
	struct world w;
	struct sink *s;
	char *text;

	(void)state;
	world_init(&w);
	world_see(&w, sample_seen("10.1.4.1", TLS1_0, 0, "alert"), &sample_legacy);
	w.sum.undecoded[0] = (struct undecoded){ DECODED_LINKTYPE, KEY_LINK, 147, 3 };
	w.sum.nundecoded = 1;
	s = sink_to("json", "end");
	sink_finish(s, &w.sum);
	close_well(s);
	text = slurp(in_folder("end"));
	assert_non_null(strstr(text,
		"\"rule\":{\"id\":\"legacy-offer\",\"name\":\"Client offers nothing newer than "
		"TLS 1.1\",\"level\":\"high\"},\"message\":\"\",\"hellotap\":{\"culprit\":"
		"{\"kind\":\"host\",\"ip\":\"10.1.4.1\"},\"count\":1,\"confidence\":\"medium\","
		"\"because\":[\"seen once\",\"1 complete ClientHello, no bytes lost\","));
	assert_non_null(strstr(text,
		"\"host\":{\"ip\":\"10.1.4.1\"},\"hellotap\":{\"verdict\":\"unknown\","
		"\"confidence\":\"low\",\"because\":[\"the one complete ClientHello offers at "
		"most TLS 1.0\"],\"would_help\":[\"one low offer; seen again it is legacy\"],"
		"\"handshakes\":1,"
		"\"offered\":{\"tls1.0\":1},\"negotiated\":{\"none\":1},"
		"\"stacks\":[],\"unknown_stacks\":1,\"results\":{\"alert\":1},"
		"\"services\":[\"exchange\"],"
		"\"findings\":[\"legacy-offer\"],\"fixes\":[]}}\n"));
	assert_non_null(strstr(text, "\"value\":147,\"count\":3}]"));
	assert_non_null(strstr(text, "\"one_way_share\":0.000"));
	assert_non_null(strstr(text, "\"levels\":{\"high\":1}"));
	hosts_free(w.hosts);
}

/* ---- where it goes ------------------------------------------------------------------- */

static void an_unknown_output_is_named(void **state)
{
	struct errors e = { 0 };

	(void)state;
	assert_null(sink_open("jsn:x", &e));
	assert_string_equal(error_of(&e), "-o jsn: no such output; did you mean json? "
					  "There are: text json csv handshakes prometheus");
	errors_done(&e);
	assert_null(sink_open("json:", &e));
	assert_non_null(strstr(error_of(&e), "name of a file was expected"));
	errors_done(&e);
	assert_null(sink_open("json:/nowhere/at/all", &e));
	assert_non_null(strstr(error_of(&e), "No such file"));
	errors_done(&e);
	assert_null(sink_open("json:/tmp", &e));
	assert_non_null(strstr(error_of(&e), "directory"));
	errors_done(&e);
}

static void a_file_appears_whole(void **state)
{
	struct sighting *sighting = sample_new();
	struct sink *s;
	size_t before;
	struct stat st;

	(void)state;
	before = files_in_folder();
	s = sink_to("json", "other");
	for (unsigned i = 0; i < 2000; i++)
		sink_handshake(s, sighting);
	assert_int_equal(access(in_folder("other"), F_OK), -1);
	assert_int_equal(files_in_folder(), before + 1);
	close_well(s);
	assert_int_equal(files_in_folder(), before + 1);
	assert_int_equal(stat(in_folder("other"), &st), 0);
	assert_true(st.st_size > 65536);
	free(sighting);
}

static void what_is_discarded_never_was(void **state)
{
	size_t before = files_in_folder();

	(void)state;
	sink_discard(sink_to("handshakes", "never"));
	sink_discard(NULL);
	assert_int_equal(files_in_folder(), before);
}

/* The name keeps what it had, and nothing is left beside it. */
static void what_is_abandoned_leaves_nothing(void **state)
{
	size_t before = files_in_folder();
	struct errors e = { 0 };
	struct sink *s = sink_to("handshakes", "whole");

	(void)state;
	assert_int_equal(files_in_folder(), before + 1);
	sinks_abandon();
	assert_int_equal(files_in_folder(), before);
	assert_false(sink_close(s, &e));	/* what it would rename is gone */
	assert_int_equal(e.n, 1);
	errors_done(&e);
}

static void a_full_disk_is_said_once(void **state)
{
	struct sighting *sighting = sample_new();
	struct errors e = { 0 };
	struct sink *s = sink_open("json:/dev/full", &e);

	(void)state;
	assert_non_null(s);
	for (unsigned i = 0; i < 2000; i++)
		sink_handshake(s, sighting);
	assert_true(s->failed);
	assert_false(sink_close(s, &e));
	assert_non_null(strstr(error_of(&e), "No space left"));
	errors_done(&e);
	free(sighting);
}

static void a_reader_that_leaves_is_an_error(void **state)
{
	struct sighting *sighting = sample_new();
	struct errors e = { 0 };
	struct sink *s;
	int reader;

	(void)state;
	assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
	reader = open(in_folder("fifo"), O_RDONLY | O_NONBLOCK);
	s = sink_to("json", "fifo");
	close(reader);
	for (unsigned i = 0; i < 2000; i++)
		sink_handshake(s, sighting);
	assert_false(sink_close(s, &e));
	assert_non_null(strstr(error_of(&e), "Broken pipe"));
	assert_int_equal(access(in_folder("fifo"), F_OK), 0);
	errors_done(&e);
	free(sighting);
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	glob_t g;

	(void)state;
	if (glob(in_folder("*"), 0, NULL, &g) == 0)
		for (size_t i = 0; i < g.gl_pathc; i++)
			unlink(g.gl_pathv[i]);
	globfree(&g);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_is_the_contract),
		cmocka_unit_test(json_of_nothing_known),
		cmocka_unit_test(json_escapes_hostile_names),
		cmocka_unit_test(json_knows_the_calendar),
		cmocka_unit_test(handshakes_are_quoted_and_tame),
		cmocka_unit_test(the_report_fits),
		cmocka_unit_test(the_same_handshakes_are_shown_once),
		cmocka_unit_test(csv_has_one_line_a_host),
		cmocka_unit_test(the_report_is_honest),
		cmocka_unit_test(the_report_names_what_was_there_instead),
		cmocka_unit_test(the_report_is_safe_for_a_terminal),
		cmocka_unit_test(json_tells_the_end),
		cmocka_unit_test(names_label_hosts_and_culprits),
		cmocka_unit_test(an_unknown_output_is_named),
		cmocka_unit_test(a_file_appears_whole),
		cmocka_unit_test(what_is_discarded_never_was),
		cmocka_unit_test(what_is_abandoned_leaves_nothing),
		cmocka_unit_test(a_full_disk_is_said_once),
		cmocka_unit_test(a_reader_that_leaves_is_an_error),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
