/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd: watch: hosts and findings on a screen, while packets come in.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/session.h"
#include "watch/watch.h"

struct watching {
	struct session session;		/* first: session_take() is handed it */
	double speed;
	bool plain;
	const char *const *inputs;
	size_t ninputs;
	struct run *run;
	struct watch *watch;
};

static const struct option_spec options[] = {
	SESSION_OPTIONS,
	{ "speed", 0, "N", "replay a file N times as fast as it was captured (1); 0: at once" },
	{ "plain", 0, NULL, "the same as a stream of lines" },
	{ 0 }
};

static bool take(void *arg, const char *name, const char *value, struct errors *e)
{
	struct watching *w = arg;
	char *end;

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
	run_summary(w->run, ret);
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

static enum exit_code watch_files(struct watching *w, char **paths, size_t n, struct errors *e)
{
	struct session *s = &w->session;
	struct capture_options how = { .most = s->set.most, .filter = s->filter };
	struct source *source = source_open((const char *const *)paths, n, &how, e);
	struct watch_options o = {
		.source = n == 1 ? last_part(paths[0]) : "captures",
		.speed = w->speed, .plain = w->plain,
		.color = !s->set.plain && getenv("NO_COLOR") == NULL,
		.summary = how_it_stands, .arg = w
	};
	struct sink *sinks[SESSION_LIST + 1];
	struct summary sum = { .inputs = (const char *const *)paths, .ninputs = n, .damage = e,
			       .most = s->set.most };
	bool written;
	struct run_options r = {
		.source = source, .rules = s->rules, .hosts = s->hosts, .sinks = sinks,
		.nsinks = s->nsinks + 1, .frame = watch_frame,
		.flow = { .flows = s->set.flows, .bytes = s->set.bytes, .all = s->set.all,
			  .m365 = s->m365, .events = true }
	};

	if (source == NULL)
		return EXIT_IO;
	w->watch = watch_new(&o, e);
	if (w->watch == NULL) {
		source_free(source);
		return EXIT_USAGE;
	}
	memcpy(sinks, s->sinks, s->nsinks * sizeof(*sinks));
	sinks[s->nsinks] = watch_sink(w->watch);
	w->inputs = (const char *const *)paths;
	w->ninputs = n;
	r.frame_arg = w->watch;
	r.stop = watch_stop(w->watch);
	w->run = run_new(&r);
	run_all(w->run);
	watch_end(w->watch);
	watch_free(w->watch);
	run_summary(w->run, &sum);
	written = session_finish(s, &sum, e);
	run_free(w->run);
	source_free(source);
	return written ? EXIT_DONE : EXIT_IO;
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
	if (first == argc && !w.session.set.check_only) {
		errors_add(&e, (struct place){ 0 }, "watch what? name a capture file");
		return command_fail(&e, EXIT_USAGE);
	}
	w.session.set.no_report = true;
	w.plain |= !isatty(STDOUT_FILENO);
	code = session_open(&w.session, &e);
	if (code == EXIT_DONE && !w.session.set.check_only)
		code = watch_files(&w, argv + first, (size_t)(argc - first), &e);
	session_done(&w.session);
	return command_fail(&e, code);
}

const struct command command_watch = {
	.name = "watch",
	.usage = "[options] FILE ...",
	.help = "Hosts and findings on a screen, as they come",
	.options = options,
	.run = watch_run,
};
