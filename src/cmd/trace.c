/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd: trace: tell one client's story, step by step.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "cmd/session.h"
#include "cmd/take.h"
#include "out/trace.h"

enum { WITHIN_MINUTES = 5, WITHIN_MOST = 1440, HOUR = 3600, MINUTE = 60 };

struct trace_command {
	struct session session;
	struct trace_options o;
	bool has_client;
};

static const struct option_spec options[] = {
	{ "client", 0, "IP", "the client whose story is told" },
	{ "name", 0, "NAME", "only connections to servers of this name; * and ? are wildcards" },
	{ "around", 0, "TIME", "only those around a time (UTC): 2026-11-20T09:05:00, or 09:05 of "
	  "any day" },
	{ "within", 0, "MINUTES", "how far from it (default 5)" },
	{ "most", 0, "N", "connections told (default 20); the earliest" },
	{ "output", 'o', "NAME[:TARGET]", "text (default) or json, repeatable" },
	SESSION_OTHERS,
	{ 0 }
};

/* "09:05" or "09:05:30", as seconds; false: it is neither, or something stands behind it. */
static bool parse_clock(const char *s, uint64_t *ret)
{
	unsigned hour, minute, second = 0;
	int n = 0, more = 0;

	if (sscanf(s, "%2u:%2u%n", &hour, &minute, &n) != 2 || n == 0)
		return false;
	if (s[n] == ':' && sscanf(s + n, ":%2u%n", &second, &more) != 1)
		return false;
	n += more;
	if (strcmp(s + n, "Z") != 0 && s[n] != '\0')
		return false;
	*ret = hour * HOUR + minute * MINUTE + second;
	return hour < 24 && minute < 60 && second < 60;
}

/* A time of day, or a date, "T" or a space, and a time of day; UTC. */
static bool parse_around(const char *s, struct trace_options *ret)
{
	struct tm date = { 0 };
	uint64_t seconds;
	int n = 0;

	ret->has_around = true;
	ret->daily = parse_clock(s, &seconds);
	ret->around = seconds * NS_PER_SECOND;
	if (ret->daily)
		return true;
	if (sscanf(s, "%4d-%2d-%2d%n", &date.tm_year, &date.tm_mon, &date.tm_mday, &n) != 3 ||
	    (s[n] != 'T' && s[n] != ' ') || !parse_clock(s + n + 1, &seconds) ||
	    date.tm_year < 1970 || date.tm_mon < 1 || date.tm_mon > 12 || date.tm_mday < 1 ||
	    date.tm_mday > 31)
		return false;
	date.tm_year -= 1900;
	date.tm_mon -= 1;
	ret->around = ((uint64_t)timegm(&date) + seconds) * NS_PER_SECOND;
	return true;
}

static bool take(void *arg, const char *name, const char *value, struct errors *e)
{
	struct trace_command *c = arg;
	uint64_t n;

	if (strcmp(name, "client") == 0) {
		c->has_client = addr_parse(value, &c->o.client);
		if (!c->has_client)
			errors_add(e, (struct place){ 0 },
				   "--client wants an IPv4 or IPv6 address, not '%s'", value);
		return c->has_client;
	}
	if (strcmp(name, "name") == 0) {
		c->o.name = value;
		return true;
	}
	if (strcmp(name, "around") == 0) {
		if (parse_around(value, &c->o))
			return true;
		errors_add(e, (struct place){ 0 }, "--around wants a time (UTC) such as "
			   "2026-11-20T09:05:00 or 09:05, not '%s'", value);
		return false;
	}
	if (strcmp(name, "within") == 0) {
		if (!take_number(name, value, 1, WITHIN_MOST, e, &n))
			return false;
		c->o.within = n * MINUTE * NS_PER_SECOND;
		return true;
	}
	if (strcmp(name, "most") == 0) {
		if (!take_number(name, value, 1, TRACE_MOST_EVER, e, &n))
			return false;
		c->o.most = (size_t)n;
		return true;
	}
	return session_take(&c->session, name, value, e);
}

static void *begin(const void *arg)
{
	return trace_new(arg);
}

static int trace_run(int argc, char **argv)
{
	static const struct output *const outputs[] = { &output_trace_text, &output_trace_json,
							NULL };
	struct trace_command c = { .o = { .within = WITHIN_MINUTES * MINUTE * NS_PER_SECOND } };
	struct session_outputs own = { outputs, begin, &c.o };
	struct errors e = { 0 };
	enum exit_code code;
	int first;

	session_init(&c.session);
	c.session.own = &own;
	c.session.events = true;
	first = command_options(&command_trace, argc, argv, take, &c, &e);
	if (first >= 0 && !c.has_client)
		errors_add(&e, (struct place){ 0 },
			   "trace whom? name the client: --client 10.1.4.23");
	if (first == argc && !c.session.set.check_only)
		errors_add(&e, (struct place){ 0 },
			   "trace what? name a capture file, a folder, or - for standard input");
	if (e.n > 0)
		return command_fail(&e, EXIT_USAGE);
	code = session_open(&c.session, &e);
	if (code == EXIT_DONE && !c.session.set.check_only)
		code = session_captures(&c.session, argv + first, (size_t)(argc - first), &e);
	session_done(&c.session);
	return command_fail(&e, code);
}

const struct command command_trace = {
	.name = "trace",
	.usage = "[options] --client IP FILE|-|DIR ...",
	.help = "Tell one client's story, step by step",
	.options = options,
	.run = trace_run,
};
