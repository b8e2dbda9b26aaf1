/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd: compare: two captures from both sides of a proxy: which device lowered the version.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cmd/session.h"
#include "cmd/take.h"
#include "out/compare.h"

struct compare_command {
	struct session session;
	struct comparison c;			/* its hosts are the session's */
	struct source *source[COMPARE_SIDES];	/* of the second reading: names are theirs */
};

static const struct option_spec options[] = {
	{ "offset", 0, "SECONDS", "how far outside's clock is ahead of inside's (default: "
	  "estimated)" },
	{ "output", 'o', "NAME[:TARGET]", "text (default) or json, repeatable" },
	SESSION_OTHERS,
	{ 0 }
};

static bool take(void *arg, const char *name, const char *value, struct errors *e)
{
	static const double most = 366 * 86400;
	struct compare_command *c = arg;
	char *end;
	double seconds;

	if (strcmp(name, "offset") != 0)
		return session_take(&c->session, name, value, e);
	seconds = strtod(value, &end);
	if (end == value || *end != '\0' || !(seconds >= -most && seconds <= most)) {
		errors_add(e, (struct place){ 0 },
			   "--offset wants seconds, such as 3.4 or -0.25, not '%s'", value);
		return false;
	}
	c->c.given = true;
	c->c.clock.ahead = (int64_t)(seconds * 1e9);
	return true;
}

static void *begin(const void *arg)
{
	return *(void *const *)arg;
}

/* Reads one side; the session's own sinks and hosts are set aside meanwhile. */
static enum exit_code read_side(struct compare_command *c, unsigned side, bool again,
				struct errors *e)
{
	struct session s = c->session;
	struct compare_reading reading = { &c->c, side, again };
	struct capture_options o = { .most = s.set.most, .filter = s.filter };
	const char *path = c->c.side[side].path;
	struct source *source = source_open(&path, 1, &o, e);
	enum exit_code code;

	if (source == NULL)
		return EXIT_IO;
	s.set.fail_on = -1;
	s.hosts = hosts_new(&(struct hosts_options){ .most = 1 });
	s.sinks[0] = sink_open_as(&output_compare_reading, "-", &reading, e);
	s.nsinks = 1;
	code = session_run(&s, source, &path, 1, e);
	hosts_free(s.hosts);
	if (again)
		c->source[side] = source;
	else
		source_free(source);
	return code;
}

static enum exit_code compare(struct compare_command *c, struct errors *e)
{
	struct session *s = &c->session;
	enum exit_code code = EXIT_DONE;

	c->c.hosts = s->hosts;
	for (unsigned i = 0; i < 2 * COMPARE_SIDES && code != EXIT_IO; i++) {
		enum exit_code this = read_side(c, i % COMPARE_SIDES, i >= COMPARE_SIDES, e);

		code = this != EXIT_DONE ? this : code;
		if (i + 1 == COMPARE_SIDES)
			comparison_clock(&c->c);
	}
	if (code != EXIT_IO) {
		enum exit_code last;

		c->c.sum.hosts = s->hosts;
		last = session_end(s, &c->c.sum, e);
		code = last != EXIT_DONE ? last : code;
	}
	return code;
}

static bool check(const struct compare_command *c, int operands, char **paths, struct errors *e)
{
	if (c->session.set.check_only && operands == 0)
		return true;
	if (operands != COMPARE_SIDES) {
		errors_add(e, (struct place){ 0 }, "compare what? name two captures: the one from "
			   "the clients' side of the proxy, then the one from its other side");
		return false;
	}
	for (int i = 0; i < operands; i++)
		if (strcmp(paths[i], "-") == 0)
			errors_add(e, (struct place){ 0 },
				   "compare reads its captures twice, which standard input does "
				   "not allow; name files");
	return e->n == 0;
}

static int compare_run(int argc, char **argv)
{
	static const struct output *const outputs[] = { &output_compare_text,
							&output_compare_json, NULL };
	struct compare_command c = { .source = { NULL } };
	void *priv = &c.c;
	struct session_outputs own = { outputs, begin, &priv };
	struct errors e = { 0 };
	enum exit_code code = EXIT_USAGE;
	int first;

	session_init(&c.session);
	c.session.own = &own;
	c.session.events = true;
	first = command_options(&command_compare, argc, argv, take, &c, &e);
	if (first < 0 || !check(&c, argc - first, argv + first, &e))
		return command_fail(&e, EXIT_USAGE);
	for (unsigned i = 0; i < COMPARE_SIDES && first < argc; i++)
		c.c.side[i].path = argv[first + (int)i];
	code = session_open(&c.session, &e);
	if (code == EXIT_DONE && !c.session.set.check_only)
		code = compare(&c, &e);
	comparison_done(&c.c);
	session_done(&c.session);
	for (unsigned i = 0; i < COMPARE_SIDES; i++)
		source_free(c.source[i]);
	return command_fail(&e, code);
}

const struct command command_compare = {
	.name = "compare",
	.usage = "[options] INSIDE OUTSIDE",
	.help = "Say what stands between two captures, and what it does",
	.options = options,
	.run = compare_run,
};
