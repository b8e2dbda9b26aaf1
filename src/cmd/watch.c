/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd: watch: hosts and findings on a screen, while packets come in.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/confine.h"
#include "cmd/session.h"
#include "run/live.h"
#include "watch/watch.h"

enum { TURN_MS = 50 };

struct watching {
	struct session session;		/* first: session_take() is handed it */
	struct confinement confinement;
	double speed;
	bool plain;
	const char *interface;		/* NULL: files */
	const char *const *inputs;
	size_t ninputs;
	struct run *run;		/* one of these */
	struct live_run *live;
	struct watch *watch;
	struct sink *sinks[SESSION_LIST + 1];
};

static const struct option_spec options[] = {
	{ "interface", 'i', "IFACE", "watch this interface; any: all" },
	{ "speed", 0, "N", "replay a file N times as fast as it was captured (1); 0: at once" },
	{ "plain", 0, NULL, "the same as a stream of lines" },
	CONFINE_OPTIONS,
	SESSION_OPTIONS,
	{ 0 }
};

static bool take(void *arg, const char *name, const char *value, struct errors *e)
{
	struct watching *w = arg;
	bool taken;
	char *end;

	if (confine_take(&w->confinement, name, value, e, &taken))
		return taken;
	if (strcmp(name, "interface") == 0) {
		w->interface = value;
		return true;
	}
	if (strcmp(name, "plain") == 0) {
		w->plain = true;
		return true;
	}
	if (strcmp(name, "speed") != 0)
		return session_take(&w->session, name, value, e);
	w->speed = strtod(value, &end);
	if (*value < '0' || *value > '9' || *end != '\0' || !(w->speed <= 1e9)) {
		errors_add(e, (struct place){ 0 },
			   "--speed wants a number from 0 to 1000000000, not '%s'", value);
		return false;
	}
	return true;
}

static void how_it_stands(struct summary *ret, void *arg)
{
	struct watching *w = arg;

	ret->inputs = w->inputs;
	ret->ninputs = w->ninputs;
	if (w->live != NULL)
		live_run_summary(w->live, ret);
	else
		run_summary(w->run, ret);
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

static bool open_watch(struct watching *w, struct errors *e)
{
	struct session *s = &w->session;
	struct watch_options o = {
		.source = w->ninputs == 1 ? last_part(w->inputs[0]) : "captures",
		.live = w->interface != NULL, .speed = w->speed, .plain = w->plain,
		.color = !s->set.plain && getenv("NO_COLOR") == NULL,
		.summary = how_it_stands, .arg = w
	};

	w->watch = watch_new(&o, e);
	if (w->watch == NULL)
		return false;
	memcpy(w->sinks, s->sinks, s->nsinks * sizeof(*w->sinks));
	w->sinks[s->nsinks] = watch_sink(w->watch);
	return true;
}

static struct flow_options flow_options(const struct session *s)
{
	return (struct flow_options){
		.flows = s->set.flows, .bytes = s->set.bytes, .all = s->set.all,
		.m365 = s->m365, .events = true
	};
}

static enum exit_code finish(struct watching *w, struct errors *e)
{
	struct summary sum = { .damage = e, .most = w->session.set.most };

	how_it_stands(&sum, w);
	return session_finish(&w->session, &sum, e) ? EXIT_DONE : EXIT_IO;
}

static enum exit_code watch_files(struct watching *w, struct errors *e)
{
	struct session *s = &w->session;
	struct capture_options how = { .most = s->set.most, .filter = s->filter };
	struct source *source = source_open(w->inputs, w->ninputs, &how, e);
	struct run_options o = {
		.source = source, .rules = s->rules, .hosts = s->hosts, .sinks = w->sinks,
		.nsinks = s->nsinks + 1, .frame = watch_frame, .flow = flow_options(s)
	};
	enum exit_code code;

	if (source == NULL)
		return EXIT_IO;
	if (!open_watch(w, e)) {
		source_free(source);
		return EXIT_USAGE;
	}
	o.frame_arg = w->watch;
	o.stop = watch_stop(w->watch);
	w->run = run_new(&o);
	run_all(w->run);
	watch_end(w->watch);
	watch_free(w->watch);
	code = finish(w, e);
	run_free(w->run);
	source_free(source);
	return code;
}

/* Until the operator leaves; what there is to say of the interface is said on the screen. */
static void watch_wire(struct watching *w, struct live *l)
{
	uint64_t turn = 0;

	while (!*watch_stop(w->watch) && live_run_turn(w->live, TURN_MS)) {
		struct errors e = { 0 };

		watch_tick(w->watch);
		if (turn++ % (1000 / TURN_MS) == 0)
			live_tend(l, &e);
		live_run_said(w->live, &e);
		for (size_t i = 0; i < e.n; i++)
			watch_say(w->watch, e.v[i].what);
		errors_done(&e);
	}
}

static enum exit_code watch_interface(struct watching *w, struct errors *e)
{
	struct session *s = &w->session;
	struct live_options how = { .interfaces = w->inputs, .n = 1, .queues = 1,
				    .promiscuous = true, .filter = s->filter };
	struct live *l = live_open(&how, e);
	struct live_run_options o = {
		.live = l, .rules = s->rules, .hosts = s->hosts, .sinks = w->sinks,
		.nsinks = s->nsinks + 1, .flow = flow_options(s), .most = s->set.most,
		.frame = watch_frame
	};
	enum exit_code code = EXIT_USAGE;

	if (l == NULL)
		return EXIT_IO;
	w->confinement.folder = ".";
	s->set.quiet |= !w->plain;	/* nothing else on the screen */
	if (!open_watch(w, e)) {
		live_free(l);
		return code;
	}
	if (!confine(&w->confinement, s, e)) {
		watch_free(w->watch);
	} else {
		o.frame_arg = w->watch;
		w->live = live_run_new(&o);
		live_run_start(w->live);
		watch_wire(w, l);
		live_run_end(w->live);
		watch_free(w->watch);
		code = finish(w, e);
		live_run_free(w->live);
	}
	live_free(l);
	return code;
}

static int watch_run(int argc, char **argv)
{
	struct watching w = { .speed = 1 };
	struct errors e = { 0 };
	enum exit_code code;
	int first;

	session_init(&w.session);
	first = command_options(&command_watch, argc, argv, take, &w, &e);
	if (first < 0)
		return command_fail(&e, EXIT_USAGE);
	w.inputs = w.interface ? &w.interface : (const char *const *)argv + first;
	w.ninputs = w.interface ? 1 : (size_t)(argc - first);
	if (w.interface != NULL ? first < argc : first == argc && !w.session.set.check_only) {
		errors_add(&e, (struct place){ 0 },
			   "watch what? name a capture file, or an interface with -i");
		return command_fail(&e, EXIT_USAGE);
	}
	w.session.set.no_report = true;
	w.session.live = w.interface != NULL;
	w.plain |= !isatty(STDOUT_FILENO);
	code = session_open(&w.session, &e);
	if (code == EXIT_DONE && !w.session.set.check_only)
		code = w.interface ? watch_interface(&w, &e) : watch_files(&w, &e);
	session_done(&w.session);
	return command_fail(&e, code);
}

const struct command command_watch = {
	.name = "watch",
	.usage = "[options] -i IFACE | FILE ...",
	.help = "Hosts and findings on a screen, as they come",
	.options = options,
	.run = watch_run,
};
