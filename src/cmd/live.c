/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd: live: analyse what passes on interfaces until stopped.
 *
 * Everything is opened first: rules and endpoint data, outputs, interfaces; the
 * first packet is looked at after that.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "cmd/confine.h"
#include "cmd/take.h"
#include "cmd/tend.h"

static const struct option_spec options[] = {
	{ "interface", 'i', "IFACE", "capture from this interface, repeatable; any: all" },
	{ "buffer-size", 'B', "KIB", "the kernel's buffer for each interface (default 65536)" },
	{ "snapshot-length", 's', "BYTES", "bytes kept of a packet (default 262144)" },
	{ "no-promiscuous-mode", 'p', NULL, "only packets to and from this machine" },
	{ "immediate-mode", 0, NULL, "hand packets out one by one: several times the work" },
	{ "time-stamp-precision", 0, "micro|nano", "of the packets' time (default nano)" },
	{ "time-stamp-type", 'j', "TYPE", "what puts the time on packets: host, adapter ..." },
	{ "kernel-filter", 0, "auto|off", "let the kernel leave out what was decided" },
	CONFINE_OPTIONS,
	SESSION_OPTIONS,
	{ 0 }
};

struct live_command {
	struct session session;
	struct session_list interfaces;
	struct live_options live;
	struct confinement confinement;
	char *expression;		/* the filter in words behind the options */
	bool hands_over_all;		/* --kernel-filter off */
};

/* The options of tcpdump; the rest is the session's. */
static bool live_take_option(void *arg, const char *name, const char *value, struct errors *e)
{
	static const char *const precisions[] = { "nano", "micro", NULL };
	static const char *const kernel_filters[] = { "auto", "off", NULL };
	struct live_command *c = arg;
	uint64_t n;
	bool taken;
	int word;

	if (confine_take(&c->confinement, name, value, e, &taken))
		return taken;
	if (strcmp(name, "interface") == 0) {
		if (c->interfaces.n == SESSION_LIST)
			errors_add(e, (struct place){ 0 }, "--interface was given more than %d "
				   "times", SESSION_LIST);
		else
			c->interfaces.v[c->interfaces.n++] = value;
		return e->n == 0;
	}
	if (strcmp(name, "buffer-size") == 0) {
		if (!take_number(name, value, 256, 2097151, e, &n))
			return false;
		c->live.buffer = n * 1024;
	} else if (strcmp(name, "snapshot-length") == 0) {
		if (!take_number(name, value, 0, 262144, e, &n))
			return false;
		c->live.snaplen = (unsigned)n;
	} else if (strcmp(name, "no-promiscuous-mode") == 0) {
		c->live.promiscuous = false;
	} else if (strcmp(name, "immediate-mode") == 0) {
		c->live.immediate = true;
	} else if (strcmp(name, "time-stamp-precision") == 0) {
		if (!take_word(name, value, precisions, e, &word))
			return false;
		c->live.micro = word == 1;
	} else if (strcmp(name, "kernel-filter") == 0) {
		if (!take_word(name, value, kernel_filters, e, &word))
			return false;
		c->hands_over_all = word == 1;
	} else if (strcmp(name, "time-stamp-type") == 0) {
		c->live.stamps = value;
	} else {
		return session_take(&c->session, name, value, e);
	}
	return true;
}

/* The words behind the options are one expression, as for tcpdump. */
static char *join(char **words, int n)
{
	struct buf b = { 0 };
	char *joined;

	for (int i = 0; i < n; i++)
		buf_printf(&b, "%s%s", i ? " " : "", words[i]);
	joined = n > 0 ? xstrdup(buf_text(&b)) : NULL;
	buf_done(&b);
	return joined;
}

static bool check(struct live_command *c, struct errors *e)
{
	if (c->interfaces.n == 0)
		errors_add(e, (struct place){ 0 }, "capture from what? name an interface with "
			   "-i, or -i any");
	if (c->expression != NULL && c->session.set.filter_file != NULL)
		errors_add(e, (struct place){ 0 }, "there is a filter in the file %s and one "
			   "behind the options; expected one of them",
			   c->session.set.filter_file);
	else if (c->expression != NULL)
		(void)capture_filter_check(c->expression, e);
	return e->n == 0;
}

static void say_start(const struct live_command *c)
{
	struct errors said = { 0 };
	struct buf b = { 0 };

	if (c->session.set.quiet)
		return;
	for (size_t i = 0; i < c->interfaces.n; i++)
		buf_printf(&b, "%s%s", i ? ", " : "", c->interfaces.v[i]);
	errors_add(&said, (struct place){ 0 }, "capturing on %s", buf_text(&b));
	if (c->live.immediate)
		errors_add(&said, (struct place){ 0 }, "immediate mode: packets come one by one "
			   "(TPACKET_V2), which takes several times the work and loses more");
	errors_print(&said, stderr);
	errors_done(&said);
	buf_done(&b);
}

/* Where it cannot be, everything is handed over, and that is said. */
static struct spare *open_spare(const struct live_command *c)
{
	struct errors said = { 0 };
	struct buf why = { 0 };
	struct spare *s;

	if (c->hands_over_all || c->live.filter != NULL)
		return NULL;
	s = spare_new(&why);
	if (s == NULL && !c->session.set.quiet)
		errors_add(&said, (struct place){ 0 }, "no kernel filter: %s; all packets are "
			   "looked at", buf_text(&why));
	errors_print(&said, stderr);
	errors_done(&said);
	buf_done(&why);
	return s;
}

static enum exit_code capture(struct live_command *c, struct errors *e)
{
	struct session *s = &c->session;
	struct tended t = { .session = s, .interfaces = c->interfaces.v,
			    .ninterfaces = c->interfaces.n };
	struct live_run_options o = {
		.rules = s->rules, .hosts = s->hosts, .sinks = s->sinks, .nsinks = s->nsinks,
		.flow = { .flows = s->set.flows, .bytes = s->set.bytes, .all = s->set.all,
			  .m365 = s->m365 },
		.workers = (unsigned)s->set.workers, .most = s->set.most,
	};
	enum exit_code code;

	c->live.interfaces = c->interfaces.v;
	c->live.n = c->interfaces.n;
	c->live.queues = o.workers > 0 ? o.workers : 1;
	c->live.filter = c->expression ? c->expression : s->filter;
	c->live.spare = o.spare = open_spare(c);
	o.live = t.live = live_open(&c->live, e);
	if (o.live == NULL) {
		spare_free(o.spare);
		return EXIT_IO;
	}
	tend_signals();
	t.run = live_run_new(&o);
	say_start(c);
	notify_init(&t.notify);
	code = confine(&c->confinement, s, e) ? tend(&t, e) : EXIT_USAGE;
	notify_done(&t.notify);
	live_run_free(t.run);
	live_free(o.live);
	spare_free(o.spare);
	return code;
}

static int live_main(int argc, char **argv)
{
	struct live_command c = { .live = { .promiscuous = true } };
	struct errors e = { 0 };
	enum exit_code code;
	int first;

	session_init(&c.session);
	c.session.live = true;
	c.session.set.workers = 1;
	first = command_options(&command_live, argc, argv, live_take_option, &c, &e);
	if (first < 0)
		return command_fail(&e, EXIT_USAGE);
	c.expression = join(argv + first, argc - first);
	code = check(&c, &e) ? session_open(&c.session, &e) : EXIT_USAGE;
	if (code == EXIT_DONE && !c.session.set.check_only)
		code = capture(&c, &e);
	session_done(&c.session);
	free(c.expression);
	return command_fail(&e, code);
}

const struct command command_live = {
	.name = "live",
	.usage = "[options] -i IFACE [filter]",
	.help = "Analyse what passes on interfaces until stopped",
	.options = options,
	.run = live_main,
};
