/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace: the story for people.
 *
 * A line a packet: time since the start and since the line before, frame, who speaks,
 * what it means.  Where both legs of a proxied conversation were seen, their lines
 * stand in one order of time, marked by who speaks to whom.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "out/file.h"
#include "out/report.h"
#include "out/trace_say.h"

enum { WIDE = 110 };

struct telling {
	struct sink *sink;
	struct page page;
	const struct summary *sum;
	struct trace_state state;
};

static void put_item(const struct telling *t, const char *label, struct buf *b)
{
	if (b->n > 0)
		page_item(&t->page, label, b);
	b->n = 0;
}

/* ---- before the stories -------------------------------------------------------------- */

static void put_client(const struct telling *t, const struct addr *client, struct buf *b)
{
	const char *name = capture_name(t->sum->capture, client);
	char text[ADDR_TEXT];

	buf_puts(b, addr_text(client, text));
	if (name != NULL) {
		buf_puts(b, " (");
		report_name(b, name);
		buf_putc(b, ')');
	}
}

static void put_passed(struct buf *b, uint64_t n, const char *why)
{
	if (n == 0)
		return;
	buf_puts(b, "; ");
	text_grouped(b, n);
	buf_puts(b, why);
}

static void put_lost(struct buf *b, uint64_t n, const char *noun, const char *how)
{
	if (n == 0)
		return;
	buf_puts(b, b->n > 0 ? "; " : "");
	report_count(b, n, noun);
	buf_puts(b, how);
}

static void put_told(const struct telling *t, size_t told, struct buf *b)
{
	const struct trace_state *st = &t->state;

	text_grouped(b, told);
	buf_puts(b, " of ");
	report_count(b, st->seen, "handshake");
	buf_puts(b, t->sum->all ? "" : " with Microsoft 365");
	put_passed(b, st->other_name, " with another name");
	put_passed(b, st->other_time, " at another time");
	put_passed(b, st->over, " more left out: --most tells more, --around and --name others");
	put_item(t, "Told", b);
}

/* Nothing to tell: what else there is of that address. */
static void put_nothing(const struct telling *t, struct buf *b)
{
	const struct trace_state *st = &t->state;

	buf_puts(b, "There is no TLS handshake of this client");
	if (st->seen > 0)
		buf_puts(b, " that --name and --around let through");
	else if (!t->sum->all)
		buf_puts(b, " with Microsoft 365. --scope all takes every server");
	buf_puts(b, ". Connections that never came to a ClientHello are not told.");
	if (st->as_server > 0) {
		buf_puts(b, " The address is the server's in ");
		report_count(b, st->as_server, "handshake");
		buf_puts(b, ": if it is a proxy, name one of its clients.");
	}
	put_item(t, "Nothing", b);
}

static void put_capture(const struct telling *t, struct buf *b)
{
	const struct summary *sum = t->sum;
	uint64_t undecoded = sum->undecoded_other;

	for (size_t i = 0; i < sum->nundecoded; i++)
		undecoded += sum->undecoded[i].count;
	put_lost(b, sum->capture->kernel_drops, "packet", " dropped while capturing");
	put_lost(b, sum->capture->cut_short, "file", " cut short");
	put_lost(b, sum->capture->left_out, "file", " that could not be read");
	put_lost(b, undecoded, "frame", " that could not be decoded");
	put_lost(b, sum->unrecorded, "handshake", " lost for want of memory");
	put_lost(b, t->state.let_go, "handshake", " let go that may be a leg of these");
	put_lost(b, sum->flow->evicted, "connection", " let go because the table was full");
	if (sum->interrupted)
		buf_puts(b, b->n > 0 ? "; stopped before the end" : "Stopped before the end");
	put_item(t, "Not seen", b);
}

static void put_head(const struct telling *t, size_t told)
{
	struct buf b = { 0 };

	buf_printf(&b, "%s %s: the story of ", PACKAGE_NAME, PACKAGE_VERSION);
	put_client(t, &t->state.o->client, &b);
	page_ink(&t->page, INK_STRONG);
	page_wrap(&t->page, 0, buf_slice(&b));
	page_ink(&t->page, INK_PLAIN);
	buf_putc(t->page.to, '\n');
	b.n = 0;
	if (t->sum->first != 0) {
		buf_puts(&b, "Packets from ");
		report_span(&b, t->sum->first, t->sum->last);
		buf_puts(&b, " UTC");
		put_item(t, "Time", &b);
	}
	if (t->state.seen > 0)
		put_told(t, told, &b);
	if (told == 0)
		put_nothing(t, &b);
	put_capture(t, &b);
	buf_done(&b);
}

/* ---- a story ------------------------------------------------------------------------- */

static void put_time(struct buf *b, uint64_t ts)
{
	struct buf whole = { 0 };

	text_time(&whole, ts);		/* 2026-11-20T09:00:00.123456789Z */
	buf_add(b, whole.p, 10);
	buf_putc(b, ' ');
	buf_add(b, whole.p + 11, 12);
	buf_done(&whole);
}

static void put_headline(const struct telling *t, const struct story *st, size_t number)
{
	const struct sighting *s = st->leg[0];
	struct buf b = { 0 };

	buf_printf(&b, "%zu. ", number);
	put_time(&b, trace_begin(s));
	if (!say_text(&b, " ", s, FIELD_SERVER_NAME, ""))
		buf_puts(&b, " (no name was said)");
	(void)say_text(&b, ", ", s, FIELD_SERVICE_AREA, "");
	for (unsigned leg = 0; leg < st->nlegs; leg++) {
		buf_puts(&b, leg == 0 ? ": " : "; upstream ");
		(void)say_text(&b, "", st->leg[leg], FIELD_OUTCOME, "");
	}
	buf_putc(t->page.to, '\n');
	page_ink(&t->page, INK_STRONG);
	page_wrap(&t->page, 3, buf_slice(&b));
	page_ink(&t->page, INK_PLAIN);
	buf_done(&b);
}

static void put_end(struct buf *b, const char *role, const struct sighting *s, enum field_id ip,
		    enum field_id port)
{
	const struct value *a = sighting_get(s, ip);
	char text[ADDR_TEXT];

	buf_printf(b, "%s ", role);
	if (value_known(a))
		buf_printf(b, addr_is_v4(&a->addr) ? "%s:%u" : "[%s]:%u",
			   addr_text(&a->addr, text), (unsigned)sighting_get(s, port)->number);
}

/* "client 10.1.4.21:37190 to proxy 10.1.9.8:8080, frames of inside.pcap" */
static void put_legs(const struct telling *t, const struct story *st)
{
	struct buf b = { 0 };

	for (unsigned leg = 0; leg < st->nlegs; leg++) {
		const struct sighting *s = st->leg[leg];

		put_end(&b, story_role(st, leg, CLIENT), s, FIELD_CLIENT_IP, FIELD_CLIENT_PORT);
		buf_puts(&b, " to ");
		put_end(&b, story_role(st, leg, SERVER), s, FIELD_SERVER_IP, FIELD_SERVER_PORT);
		(void)say_text(&b, ", frames of ", s, FIELD_FILE, "");
		page_spaces(&t->page, 3);
		page_wrap(&t->page, 5, buf_slice(&b));
		b.n = 0;
	}
	buf_done(&b);
}

/* C, P, S; of more proxies their number. */
static char letter(const char *role)
{
	char last = role[strlen(role) - 1];

	return (char)(last >= '0' && last <= '9' ? last : *role - 'a' + 'A');
}

/* "client", "client > proxy" where there is room, "C>P" where there is not. */
static void say_who(const struct telling *t, const struct story *st, const struct story_line *l,
		    struct buf *b)
{
	enum side from = (enum side)l->events->side;
	const char *speaks = story_role(st, l->leg, from);
	const char *hears = story_role(st, l->leg, from == CLIENT ? SERVER : CLIENT);

	if (st->nlegs == 1)
		buf_printf(b, "%-6s", speaks);
	else if (t->page.columns >= WIDE)
		buf_printf(b, "%7s > %-7s", speaks, hears);
	else
		buf_printf(b, "%c>%c", letter(speaks), letter(hears));
}

static void put_line(const struct telling *t, const struct story *st, const struct story_line *l)
{
	struct buf b = { 0 }, text = { 0 };
	unsigned indent;

	buf_printf(&b, "%11.3f %10.3f %6" PRIu64 "%c ", (double)l->since_start / 1e6,
		   (double)l->since_last / 1e6, l->events->frame,
		   l->events->elsewhere ? '*' : ' ');
	say_who(t, st, l, &b);
	buf_putc(&b, ' ');
	indent = text_width(buf_slice(&b));
	story_say_line(&t->state, st, l, &text);
	buf_add(t->page.to, b.p, b.n);
	page_wrap(&t->page, indent, buf_slice(&text));
	buf_done(&b);
	buf_done(&text);
}

static void put_lines(const struct telling *t, const struct story *st)
{
	struct story_walk walk = { 0 };
	struct story_line line;
	bool elsewhere = false;
	unsigned who = st->nlegs == 1 ? 6 : t->page.columns >= WIDE ? 17 : 3;

	page_ink(&t->page, INK_FAINT);
	buf_printf(t->page.to, "%11s %10s %6s  %-*s %s\n", "ms", "since last", "frame", (int)who,
		   "who", "what it means");
	page_ink(&t->page, INK_PLAIN);
	while (story_next(st, &walk, &line)) {
		elsewhere |= line.events->elsewhere;
		put_line(t, st, &line);
	}
	if (elsewhere)
		buf_puts(t->page.to, "   * a frame of another file\n");
}

/* Whether the capture as a whole still says so: a proxy may be to blame for it. */
static bool is_kept(const struct trace_state *state, const struct rule *rule,
		    const struct sighting *s)
{
	bool far = rule->culprit == CULPRIT_SERVER || rule->culprit == CULPRIT_PROXY;
	const struct value *ip = sighting_get(s, far ? FIELD_SERVER_IP : FIELD_CLIENT_IP);
	const struct finding *const *all;
	size_t n = state->hosts ? hosts_findings(state->hosts, &all) : 0;

	for (size_t i = 0; i < n; i++)
		if (all[i]->rule == rule && addr_cmp(&all[i]->who, &ip->addr) == 0)
			return true;
	return state->hosts == NULL;
}

/* The rules that the legs broke, with what helps. */
static void put_rules(const struct telling *t, const struct story *st)
{
	struct buf b = { 0 };

	for (unsigned leg = 0; leg < st->nlegs; leg++) {
		const struct sighting *s = st->leg[leg];

		for (unsigned i = 0; i < s->nhits && !st->same_hello[leg]; i++) {
			const struct fix *fix = rule_fix(s->hits[i], s);

			if (!is_kept(&t->state, s->hits[i], s))
				continue;
			buf_printf(&b, "%s (%s): ", s->hits[i]->id,
				   level_names[s->hits[i]->level]);
			rule_message(s->hits[i], s, &b);
			if (fix != NULL) {
				buf_printf(&b, ". Fix %s: ", fix->id);
				report_words(&b, fix->title);
			}
			put_item(t, "Rule", &b);
		}
	}
	buf_done(&b);
}

static void put_filters(const struct telling *t, const struct story *st)
{
	for (unsigned leg = 0; leg < st->nlegs; leg++) {
		struct slice filter = trace_filter(st->leg[leg]);

		page_ink(&t->page, INK_STRONG);
		buf_puts(t->page.to, "Wireshark");
		page_ink(&t->page, INK_PLAIN);
		page_spaces(&t->page, PAGE_LABEL - 9);
		page_ink(&t->page, INK_CYAN);
		buf_add(t->page.to, filter.p, filter.n);
		page_ink(&t->page, INK_PLAIN);
		buf_putc(t->page.to, '\n');
	}
}

static void put_story(const struct telling *t, const struct story *st, size_t number)
{
	static const char *const labels[STORY_ENDS] = { "Conclusion", "On screen", "Not seen" };
	struct buf b = { 0 };

	put_headline(t, st, number);
	put_legs(t, st);
	put_lines(t, st);
	for (unsigned which = 0; which < STORY_ENDS; which++) {
		if (which == STORY_UNSEEN)
			put_rules(t, st);
		story_end(&t->state, st, (enum story_end)which, &b);
		put_item(t, labels[which], &b);
	}
	put_filters(t, st);
	buf_done(&b);
	file_relieve(t->sink);
}

static void take(struct sink *s, const struct sighting *sighting)
{
	trace_take(s->priv, sighting);
}

static void tell(struct sink *s, const struct summary *sum)
{
	struct telling t = {
		.sink = s, .sum = sum, .state = trace_state(s->priv),
		.page = { .to = &s->buf, .columns = s->columns, .color = s->color },
	};
	const struct story *stories;
	size_t n = trace_stories(s->priv, &stories);

	t.state.rules = sum->rules;
	t.state.hosts = sum->hosts;
	put_head(&t, n);
	for (size_t i = 0; i < n; i++)
		put_story(&t, &stories[i], i + 1);
}

static void forget(struct sink *s)
{
	trace_free(s->priv);
}

const struct output output_trace_text = {
	.name = "text",
	.help = "the story for people",
	.wants_handshakes = true,
	.handshake = take,
	.finish = tell,
	.close = forget,
};
