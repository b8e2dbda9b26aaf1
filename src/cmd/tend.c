/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd: tending a live run.
 *
 * Handlers only note; everything is done here, between two turns.
 */
#include "cmd/tend.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"

enum {
	TURN_MS = 100,
	TEND_S = 1,			/* between looks at the interfaces */
	SNAPSHOT_S = 15,		/* between figures written anew */
	SUMMARY_S = 3600		/* between lines on standard error */
};

static volatile sig_atomic_t stop, reload, told;

struct watchman {
	struct tended *t;
	struct summary sum;		/* as it was at the last count */
	uint64_t began, tended, snapped, summed;	/* seconds of a clock that only goes on */
	uint64_t counted_at, packets, lost;	/* at the last line of counters */
};

static void on_end(int number)
{
	if (stop) {			/* the second one does not wait */
		sinks_abandon();
		_exit(128 + number);
	}
	stop = 1;
}

static void on_note(int number)
{
	if (number == SIGHUP)
		reload = 1;
	else
		told = 1;
}

void tend_signals(void)
{
	struct sigaction end = { .sa_handler = on_end }, note = { .sa_handler = on_note };

	sigaction(SIGINT, &end, NULL);
	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGHUP, &note, NULL);
	sigaction(SIGUSR1, &note, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- counters --------------------------------------------------------------------------- */

static void count(struct watchman *w)
{
	live_run_summary(w->t->run, &w->sum);
	w->sum.now = (uint64_t)time(NULL) * NS_PER_SECOND;
}

static void put_rate(struct buf *b, uint64_t n, uint64_t ms)
{
	buf_puts(b, " (");
	text_grouped(b, ms > 0 ? n * 1000 / ms : 0);
	buf_puts(b, "/s)");
}

static void put_count(struct buf *b, uint64_t n, const char *what)
{
	buf_puts(b, ", ");
	text_grouped(b, n);
	buf_printf(b, " %s", what);
}

/* One line: totals, and how many a second since the line before. */
static void put_counters(struct watchman *w, struct buf *b)
{
	const struct summary *sum = &w->sum;
	uint64_t now = now_ms(), since = now - w->counted_at;
	uint64_t lost = sum->capture->kernel_drops + sum->capture->interface_drops;

	text_grouped(b, sum->capture->packets);
	buf_puts(b, " packets");
	put_rate(b, sum->capture->packets - w->packets, since);
	put_count(b, sum->capture->kernel_drops, "dropped by kernel");
	put_count(b, sum->capture->interface_drops, "dropped by interface");
	put_rate(b, lost - w->lost, since);
	put_count(b, sum->overrun, "handshakes dropped by ring");
	put_count(b, sum->flow->evicted + sum->flow->let_go, "connections let go by table");
	put_count(b, sum->flow->connections, "connections");
	put_count(b, sum->flow->handshakes, "handshakes");
	put_count(b, sum->findings, "findings");
	w->counted_at = now;
	w->packets = sum->capture->packets;
	w->lost = lost;
}

/* Of a run that is held or over. */
static void say_counters(struct watchman *w, const char *when, struct errors *e)
{
	struct buf b = { 0 };

	buf_puts(&b, when);
	put_counters(w, &b);
	errors_add(e, (struct place){ 0 }, "%s", buf_text(&b));
	buf_done(&b);
}

static void count_running(struct watchman *w)
{
	live_run_hold(w->t->run);
	count(w);
	live_run_go(w->t->run);
}

/* ---- what there is to do now and then ---------------------------------------------------- */

/* A bad file keeps the old set; outputs are opened again in any case. */
static void do_reload(struct watchman *w, struct errors *e)
{
	struct session *s = w->t->session;
	struct loaded new, old = { s->m365, s->rules };
	bool sound = session_load(s, e, &new);

	if (!sound)
		errors_add(e, (struct place){ 0 }, "the rules and endpoint data loaded before "
			   "stay in use");
	live_run_hold(w->t->run);
	if (sound) {
		s->m365 = new.m365;
		s->rules = new.rules;
		live_run_renew(w->t->run, new.rules, new.m365);
		m365_free(old.m365);
		ruleset_free(old.rules);
	}
	for (size_t i = 0; i < s->nsinks; i++)
		(void)sink_reopen(s->sinks[i], e);
	live_run_go(w->t->run);
	live_run_let_go(w->t->run);
	if (sound && !s->set.quiet)
		errors_add(e, (struct place){ 0 }, "rules and endpoint data were loaded anew: "
			   "%zu rules", ruleset_count(new.rules));
}

static void do_snapshots(struct watchman *w, struct errors *e)
{
	struct session *s = w->t->session;

	for (size_t i = 0; i < s->nsinks; i++)
		(void)sink_snapshot(s->sinks[i], &w->sum, e);
}

/* Counting stops all workers for a moment: once for whatever wants it. */
static void do_counting(struct watchman *w, uint64_t now, struct errors *e)
{
	bool snap = now - w->snapped >= SNAPSHOT_S, sum = now - w->summed >= SUMMARY_S;

	if (!snap && !sum && !told)
		return;
	count_running(w);
	if (snap) {
		do_snapshots(w, e);
		w->snapped = now;
	}
	if (told || (sum && !w->t->session->set.quiet))
		say_counters(w, "", e);
	if (sum)
		w->summed = now;
	told = 0;
	live_run_let_go(w->t->run);
}

static void print(struct errors *e)
{
	errors_print(e, stderr);
	errors_done(e);
	*e = (struct errors){ 0 };
}

/* Nobody is left to tell: every output has failed for good. */
static bool is_deserted(const struct session *s)
{
	size_t failed = 0;

	for (size_t i = 0; i < s->nsinks; i++)
		failed += s->sinks[i]->failed;
	return failed > 0 && failed == s->nsinks;
}

static bool do_turn(struct watchman *w)
{
	struct errors e = { 0 };
	bool goes_on = live_run_turn(w->t->run, TURN_MS);
	uint64_t now = now_ms() / 1000;

	if (reload) {
		reload = 0;
		notify_reloading(&w->t->notify);
		do_reload(w, &e);
		notify_say(&w->t->notify, "READY=1");
	}
	if (now - w->tended >= TEND_S) {
		live_tend(w->t->live, &e);
		w->tended = now;
	}
	notify_alive(&w->t->notify);
	do_counting(w, now, &e);
	live_run_said(w->t->run, &e);
	if (e.n > 0)
		print(&e);
	return goes_on && !is_deserted(w->t->session);
}

enum exit_code tend(struct tended *t, struct errors *e)
{
	uint64_t now = now_ms() / 1000;
	struct watchman w = {
		.t = t, .began = now, .tended = now, .summed = now, .counted_at = now_ms(),
		.sum = { .inputs = t->interfaces, .ninputs = t->ninterfaces, .damage = e,
			 .most = t->session->set.most },
	};

	live_run_start(t->run);
	notify_say(&t->notify, "READY=1");
	while (!stop && do_turn(&w))
		;
	notify_say(&t->notify, "STOPPING=1");
	live_run_end(t->run);
	live_run_said(t->run, e);
	count(&w);
	if (!t->session->set.quiet) {
		struct errors said = { 0 };

		w.counted_at = w.began * 1000;
		w.packets = w.lost = 0;
		say_counters(&w, "finished: ", &said);
		print(&said);
	}
	return session_end(t->session, &w.sum, e);
}
