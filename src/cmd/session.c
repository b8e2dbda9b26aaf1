/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd: what commands that report are told and hold open.
 */
#include "cmd/session.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/text.h"
#include "cmd/progress.h"
#include "cmd/take.h"

static volatile sig_atomic_t stop;

/* The first asks for an end with a report; the second does not wait for it. */
static void on_signal(int number)
{
	if (stop) {
		sinks_abandon();
		_exit(128 + number);
	}
	stop = 1;
	capture_stop();
}

void session_init(struct session *s)
{
	*s = (struct session){ .set = { .cloud = "all", .progress = "auto", .fail_on = -1 } };
}

/* The whole filter file; its lines are one expression, as in tcpdump -F. */
static char *read_filter(const char *path, struct errors *e)
{
	char text[65536];
	FILE *f = fopen(path, "r");
	size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;
	int why = f == NULL || ferror(f) ? errno : 0;

	if (f != NULL)
		fclose(f);
	if (why != 0) {
		errors_add(e, (struct place){ path, 0, 0 }, "cannot be read: %s", strerror(why));
		return NULL;
	}
	text[n] = '\0';
	for (char *p = text; *p != '\0'; p++)
		if (*p == '\n')
			*p = ' ';
	if (text[strspn(text, " \t\r")] == '\0') {
		errors_add(e, (struct place){ path, 0, 0 }, "is empty; expected a filter "
			   "expression (pcap-filter(7))");
		return NULL;
	}
	return capture_filter_check(text, e) ? xstrdup(text) : NULL;
}

/* Two outputs into one file, or both to standard output, would spoil each other. */
static void check_targets(const struct session_list *outputs, struct errors *e)
{
	for (size_t i = 0; i < outputs->n; i++) {
		const char *colon = strchr(outputs->v[i], ':');
		const char *target = colon && strcmp(colon, ":-") != 0 ? colon + 1 : "-";

		for (size_t k = 0; k < i; k++) {
			const char *other = strchr(outputs->v[k], ':');

			if (strcmp(target, other ? other + 1 : "-") == 0)
				errors_add(e, (struct place){ 0 }, "-o %s and -o %s have the same "
					   "target; give one of them a file of its own",
					   outputs->v[k], outputs->v[i]);
		}
	}
}

/* One of the command's own outputs by its -o NAME[:TARGET]; NULL: *e says why. */
static const struct output *find_own(const struct session_outputs *own, const char *spec,
				     struct errors *e)
{
	size_t n = strcspn(spec, ":");
	struct buf names = { 0 };

	for (size_t i = 0; own->v[i] != NULL; i++) {
		const char *name = own->v[i]->name;

		if (strlen(name) == n && strncmp(name, spec, n) == 0 &&
		    strcmp(spec + n, ":") != 0) {
			buf_done(&names);
			return own->v[i];
		}
		buf_printf(&names, "%s%s", i > 0 ? " or " : "", name);
	}
	errors_add(e, (struct place){ 0 }, "-o %s: expected %s, or one of them with :FILE", spec,
		   buf_text(&names));
	buf_done(&names);
	return NULL;
}

static bool check_output(const struct session *s, const char *spec, struct errors *e)
{
	return s->own ? find_own(s->own, spec, e) != NULL : sink_check(spec, e);
}

static struct sink *open_output(const struct session *s, const char *spec, struct errors *e)
{
	const struct output *is = s->own ? find_own(s->own, spec, e) : NULL;
	const char *colon = strchr(spec, ':');
	struct sink *sink;
	void *priv;

	if (s->own == NULL)
		return s->live ? sink_open_live(spec, e) : sink_open(spec, e);
	priv = s->own->begin(s->own->arg);
	sink = sink_open_as(is, colon ? colon + 1 : "-", priv, e);
	if (sink == NULL && is->close != NULL)
		is->close(&(struct sink){ .priv = priv });
	return sink;
}

static bool open_sinks(struct session *s, struct errors *e)
{
	if (s->set.outputs.n == 0 && !s->set.no_report)
		s->set.outputs.v[s->set.outputs.n++] = s->own ? s->own->v[0]->name : "text";
	for (size_t i = 0; i < s->set.outputs.n; i++) {
		struct sink *sink = open_output(s, s->set.outputs.v[i], e);

		if (sink == NULL)
			return false;
		sink->verbose = s->set.verbose;
		if (s->set.plain)
			sink->color = false;
		s->sinks[s->nsinks++] = sink;
	}
	return true;
}

/* "10.0.0.8:3128", "[2001:db8::8]:3128". */
static bool read_proxy(const char *text, struct known_proxy *ret)
{
	const char *colon = strrchr(text, ':');
	size_t n = colon ? (size_t)(colon - text) : 0;
	char address[ADDR_TEXT];
	char *end = NULL;
	unsigned long port;

	if (n > 2 && text[0] == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
	} else if (memchr(text, ':', n) != NULL) {
		return false;
	}
	if (n == 0 || n >= sizeof(address))
		return false;
	memcpy(address, text, n);
	address[n] = '\0';
	port = strtoul(colon + 1, &end, 10);
	ret->port = (uint16_t)port;
	return colon[1] >= '1' && colon[1] <= '9' && *end == '\0' && port <= UINT16_MAX &&
	       addr_parse(address, &ret->ip);
}

static void read_proxies(const struct session_list *proxies, struct errors *e,
			 struct hosts_options *ret)
{
	for (size_t i = 0; i < proxies->n; i++)
		if (read_proxy(proxies->v[i], &ret->proxies[ret->nproxies]))
			ret->nproxies++;
		else
			errors_add(e, (struct place){ 0 }, "--proxy wants an address and a port "
				   "such as 10.0.0.8:3128 or [2001:db8::8]:3128, not '%s'",
				   proxies->v[i]);
}

bool session_load(const struct session *s, struct errors *e, struct loaded *ret)
{
	struct m365_options m = { s->set.endpoints.v, s->set.endpoints.n, s->set.cloud };
	size_t before = e->n;
	struct loaded new = { .m365 = m365_load(&m, e) };

	new.rules = ruleset_load(s->set.rules.v, s->set.rules.n, e);
	if (new.m365 != NULL && new.rules != NULL && e->n == before) {
		*ret = new;
		return true;
	}
	m365_free(new.m365);
	ruleset_free(new.rules);
	return false;
}

enum exit_code session_open(struct session *s, struct errors *e)
{
	struct loaded loaded = { .m365 = NULL };
	struct hosts_options known = { .most = s->set.hosts, .sequences = s->set.sequences,
				       .legs = s->set.legs };

	(void)session_load(s, e, &loaded);
	s->m365 = loaded.m365;
	s->rules = loaded.rules;
	if (s->set.group_by != NULL)
		s->groups = groups_new(s->set.group_by, e);
	if (s->set.filter_file != NULL)
		s->filter = read_filter(s->set.filter_file, e);
	for (size_t i = 0; i < s->set.outputs.n; i++)
		(void)check_output(s, s->set.outputs.v[i], e);
	check_targets(&s->set.outputs, e);
	read_proxies(&s->set.proxies, e, &known);
	known.rules = s->rules;
	if (e->n > 0)
		return EXIT_USAGE;
	if (s->set.check_only)
		return EXIT_DONE;
	s->hosts = hosts_new(&known);
	return open_sinks(s, e) ? EXIT_DONE : EXIT_IO;
}

/* Finishing on INT and TERM: what was read so far is reported, and said to be a part. */
static void catch_signals(void)
{
	struct sigaction act = { .sa_handler = on_signal };	/* no SA_RESTART: capture_stop() */

	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
	signal(SIGPIPE, SIG_IGN);	/* a reader that left is a write error, said once */
}

static bool found_at_level(struct hosts *hosts, int level)
{
	const struct finding *const *f;
	size_t n = hosts_findings(hosts, &f);

	for (size_t i = 0; i < n; i++)
		if ((int)f[i]->rule->level >= level)
			return true;
	return false;
}

bool session_finish(struct session *s, const struct summary *sum, struct errors *e)
{
	bool whole = true;

	for (size_t i = 0; i < s->nsinks; i++)
		sink_finish(s->sinks[i], sum);
	for (size_t i = 0; i < s->nsinks; i++)	/* later: e is part of what they tell */
		whole = sink_close(s->sinks[i], e) && whole;
	s->nsinks = 0;
	return whole;
}

/* Lost is what the reader of the report must know was not analysed. */
static bool was_lossy(const struct summary *sum)
{
	return sum->capture->cut_short > 0 || sum->capture->left_out > 0 ||
	       sum->capture->kernel_drops > 0 ||
	       sum->capture->interface_drops > 0 || sum->unrecorded > 0 || sum->overrun > 0 ||
	       sum->interrupted;
}

enum exit_code session_end(struct session *s, const struct summary *sum, struct errors *e)
{
	if (!session_finish(s, sum, e))
		return EXIT_IO;
	if (s->set.fail_on >= 0 && found_at_level(s->hosts, s->set.fail_on))
		return EXIT_FOUND;
	return was_lossy(sum) ? EXIT_LOST : EXIT_DONE;
}

enum exit_code session_run(struct session *s, struct source *source,
			   const char *const *inputs, size_t ninputs, struct errors *e)
{
	struct progress *bar = progress_new(s->set.progress, s->set.quiet);
	struct run_options o = {
		.source = source, .rules = s->rules, .hosts = s->hosts,
		.sinks = s->sinks, .nsinks = s->nsinks, .stop = &stop,
		.workers = (unsigned)s->set.workers,
		.flow = { .flows = s->set.flows, .bytes = s->set.bytes, .all = s->set.all,
			  .events = s->events,
			  .m365 = s->m365 },
		.tick = bar ? progress_tick : NULL, .tick_arg = bar,
	};
	struct summary sum = { .inputs = inputs, .ninputs = ninputs, .damage = e,
			       .most = s->set.most, .groups = s->groups };
	struct run *run;
	enum exit_code code;

	catch_signals();
	run = run_new(&o);
	run_all(run);
	progress_free(bar);
	run_summary(run, &sum);
	sum.now = (uint64_t)time(NULL) * NS_PER_SECOND;
	code = session_end(s, &sum, e);
	run_free(run);
	return code;
}

enum exit_code session_captures(struct session *s, char **paths, size_t n, struct errors *e)
{
	struct capture_options o = { .most = s->set.most, .filter = s->filter };
	const char *const *names = (const char *const *)paths;
	struct source *source = source_open(names, n, &o, e);
	enum exit_code code;
	bool left_out;

	if (source == NULL)
		return EXIT_IO;
	left_out = source_state(source)->left_out > 0;
	code = session_run(s, source, names, n, e);
	source_free(source);
	return code == EXIT_DONE && left_out ? EXIT_LOST : code;
}

void session_done(struct session *s)
{
	for (size_t i = 0; i < s->nsinks; i++)
		sink_discard(s->sinks[i]);
	hosts_free(s->hosts);
	groups_free(s->groups);
	ruleset_free(s->rules);
	m365_free(s->m365);
	free(s->filter);
}
