/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace: what a connection came to, and whose doing it is.
 *
 * Nothing is concluded from what is not there.
 */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "out/trace_say.h"

bool trace_result(const struct sighting *s, enum result result)
{
	const struct value *v = sighting_get(s, FIELD_OUTCOME);

	return v->type == VALUE_TEXT && slice_is(v->bytes, result_names[result]);
}

uint64_t trace_number(const struct sighting *s, enum field_id id)
{
	return trace_knows(s, id) ? sighting_get(s, id)->number : 0;
}

unsigned trace_rank(const struct sighting *s, enum field_id id)
{
	return tls_version_rank((uint16_t)trace_number(s, id));
}

bool trace_by_client(const struct sighting *s, enum field_id id)
{
	const struct value *v = sighting_get(s, id);

	return v->type == VALUE_TEXT && slice_is(v->bytes, side_names[CLIENT]);
}

/* ---- how it ended -------------------------------------------------------------------- */

/* Legs that carry one hello from end to end: they ended as one. */
struct span {
	const struct story *st;
	unsigned first, last;
};

static const char *role_of(const struct span *p, enum side side)
{
	return story_role(p->st, side == CLIENT ? p->first : p->last, side);
}

static enum side other(enum side side)
{
	return side == CLIENT ? SERVER : CLIENT;
}

static void end_established(const struct span *p, struct buf *b)
{
	const struct sighting *s = p->st->leg[p->last];

	buf_printf(b, "The %s and the %s completed their handshake", role_of(p, CLIENT),
		   role_of(p, SERVER));
	if (trace_knows(s, FIELD_ANSWER_VERSION)) {
		buf_puts(b, " with ");
		say_version(b, trace_number(s, FIELD_ANSWER_VERSION));
	}
	buf_puts(b, ". ");
}

static void end_alert(const struct span *p, struct buf *b)
{
	const struct sighting *s = p->st->leg[p->last];
	uint64_t code = trace_number(s, FIELD_ALERT_CODE);
	bool client = trace_by_client(s, FIELD_ALERT_FROM);

	buf_printf(b, "The %s refused %s %s with alert %" PRIu64,
		   role_of(p, client ? CLIENT : SERVER),
		   client ? "what came from the" : "the hello of the",
		   role_of(p, other(client ? CLIENT : SERVER)), code);
	(void)say_text(b, " (", s, FIELD_ALERT_NAME, ")");
	buf_puts(b, ". ");
	if (!client && (code == 70 || code == 40) && trace_knows(s, FIELD_OFFER_MAX)) {
		buf_puts(b, code == 70 ? "It accepts no version up to " :
			    "It accepts none of the suites of this offer up to ");
		say_version(b, trace_number(s, FIELD_OFFER_MAX));
		buf_puts(b, ". ");
	}
}

/* Far from the SYN-ACK's TTL; 0: not known, or not the server's. */
static unsigned ttl_apart(const struct sighting *s)
{
	uint64_t reset = trace_number(s, FIELD_RESET_TTL);
	uint64_t first = trace_number(s, FIELD_SYNACK_TTL);

	if (trace_by_client(s, FIELD_RESET_FROM) || reset == 0 || first == 0)
		return 0;
	return (unsigned)(reset > first ? reset - first : first - reset);
}

static void end_reset(const struct span *p, struct buf *b)
{
	enum { SAME = 2 };
	const struct sighting *s = p->st->leg[p->last];
	bool client = trace_by_client(s, FIELD_RESET_FROM);

	if (ttl_apart(s) > SAME) {
		buf_printf(b, "The connection was reset in the name of the %s, but not by it: the "
			   "reset came with TTL %" PRIu64 ", the SYN-ACK with %" PRIu64 ". A box "
			   "between %s and %s sent it. ", role_of(p, SERVER),
			   trace_number(s, FIELD_RESET_TTL), trace_number(s, FIELD_SYNACK_TTL),
			   role_of(p, CLIENT), role_of(p, SERVER));
		return;
	}
	buf_printf(b, "The %s reset the connection", role_of(p, client ? CLIENT : SERVER));
	buf_puts(b, trace_knows(s, FIELD_ANSWER_VERSION) ? " in the middle of the handshake. "
						       : " before an answer. ");
	if (!client && ttl_apart(s) == 0 && !trace_knows(s, FIELD_SYNACK_TTL))
		buf_puts(b, "Whether a device between did it in its name cannot be told: its "
			    "SYN-ACK is not in the capture. ");
}

static void end_closed(const struct span *p, struct buf *b)
{
	const struct event *fin = trace_event(p->st->leg[p->last], EVENT_FIN);

	if (fin == NULL)
		buf_puts(b, "The connection was closed before the handshake was complete. ");
	else
		buf_printf(b, "The %s closed the connection before the handshake was complete, "
			   "without an alert. ", role_of(p, (enum side)fin->side));
}

static void end_silent(const struct span *p, struct buf *b)
{
	enum { PACKET = 1400 };
	const struct sighting *s = p->st->leg[p->last];

	buf_printf(b, "No answer came from the %s. ", role_of(p, SERVER));
	if (trace_event(s, EVENT_ACK) != NULL)
		buf_puts(b, "TCP acknowledged the hello, so it arrived, or a device between "
			    "acknowledged it and let it fall. ");
	else if (trace_event(s, EVENT_RESENT) != NULL)
		buf_puts(b, "The hello was sent again and again and never acknowledged: it is "
			    "lost or filtered on the way. ");
	if (trace_number(s, FIELD_OFFER_SIZE) > PACKET)
		buf_printf(b, "It has %" PRIu64 " bytes, more than one packet holds: where smaller "
			   "hellos pass, a device or a wrong MTU lets large ones fall. ",
			   trace_number(s, FIELD_OFFER_SIZE));
}

static void end_refused(const struct span *p, struct buf *b)
{
	const struct sighting *s = p->st->leg[p->last];

	buf_printf(b, "The %s refused before TLS began", role_of(p, SERVER));
	if (trace_knows(s, FIELD_PRELUDE_STATUS))
		buf_printf(b, ", with code %" PRIu64, trace_number(s, FIELD_PRELUDE_STATUS));
	buf_puts(b, ". ");
}

static void say_outcome(const struct span *p, struct buf *b)
{
	const struct sighting *s = p->st->leg[p->last];

	if (trace_result(s, RESULT_ESTABLISHED))
		end_established(p, b);
	else if (trace_result(s, RESULT_ALERT))
		end_alert(p, b);
	else if (trace_result(s, RESULT_RESET))
		end_reset(p, b);
	else if (trace_result(s, RESULT_CLOSED))
		end_closed(p, b);
	else if (trace_result(s, RESULT_SILENT))
		end_silent(p, b);
	else if (trace_result(s, RESULT_REFUSED))
		end_refused(p, b);
	else
		buf_puts(b, trace_result(s, RESULT_ONE_WAY) ?
			 "How it ended is not known: only one direction was captured. " :
			 "How it ended is not in the capture. ");
}

/* ---- whose doing it is --------------------------------------------------------------- */

static void say_pair(const struct story *st, unsigned leg, struct buf *b)
{
	const struct sighting *c = st->leg[leg - 1], *u = st->leg[leg];
	unsigned in = trace_rank(c, FIELD_OFFER_MAX), out = trace_rank(u, FIELD_OFFER_MAX);
	const char *who = story_role(st, leg, CLIENT);

	if (st->same_hello[leg]) {
		buf_printf(b, "The %s passes the hello on as it is (the same client random): what "
			   "is offered and chosen is not its doing. ", who);
		return;
	}
	if (in == 0 || out == 0) {
		buf_printf(b, "The %s goes on with a hello of its own. ", who);
		return;
	}
	buf_printf(b, "The %s takes TLS apart: the hello that it gets offers up to ", who);
	say_version(b, trace_number(c, FIELD_OFFER_MAX));
	buf_puts(b, ", the one that it sends on up to ");
	say_version(b, trace_number(u, FIELD_OFFER_MAX));
	buf_puts(b, ". ");
	if (out < in && out < tls_version_rank(TLS1_2))
		buf_printf(b, "The %s lowers the version below what Microsoft 365 accepts; the "
			   "fault is neither the client's nor the server's. ", who);
	else if (out < in)
		buf_printf(b, "The %s lowers the version, yet not below what is accepted. ", who);
	else if (out > in)
		buf_printf(b, "The %s hides from the server how old the hello of the %s is. ", who,
			   story_role(st, leg - 1, CLIENT));
}

static void say_rivals(const struct story *st, unsigned leg, struct buf *b)
{
	if (st->rivals[leg] > 0)
		buf_printf(b, "That these are legs of one conversation is the likeliest reading: "
			   "%u other connection%s of the %s fit%s in name and time too. ",
			   st->rivals[leg], st->rivals[leg] == 1 ? "" : "s",
			   story_role(st, leg, CLIENT), st->rivals[leg] == 1 ? "s" : "");
}

/* The box at the server's end of a leg, if the capture shows what it does; NULL. */
static const struct proxy *proxy_of(const struct trace_state *state, const struct sighting *s)
{
	const struct value *ip = sighting_get(s, FIELD_SERVER_IP);
	const struct proxy *const *all;
	size_t n = state->hosts ? hosts_proxies(state->hosts, &all) : 0;

	for (size_t i = 0; i < n && value_known(ip); i++)
		if (addr_cmp(&all[i]->ip, &ip->addr) == 0 && all[i]->verdict != LEGS_UNKNOWN)
			return all[i];
	return NULL;
}

/* What is known of a proxy whose other leg of this conversation is not here. */
static void say_verdict(const struct trace_state *state, const struct sighting *s, struct buf *b)
{
	const struct proxy *p = proxy_of(state, s);

	if (p == NULL)
		return;
	buf_puts(b, "By all that this capture shows of it, the proxy ");
	proxy_says(p, b);
	buf_printf(b, " (%s, confidence %s). ", legs_verdict_names[p->verdict],
		   confidence_names[p->confidence]);
}

/* What became of the higher offer, by the words of fallback.cause. */
static const char *cause_of(const struct sighting *s)
{
	static const struct { const char *cause, *words; } causes[] = {
		{ "foreign-reset", "was reset by a device on the path" },
		{ "reset", "was reset" },
		{ "alert", "was refused with an alert" },
		{ "certificate", "failed because the client refused the certificate" },
		{ "closed", "was closed without an answer" },
		{ "silent", "got no answer" },
	};
	const struct value *v = sighting_get(s, FIELD_FALLBACK_CAUSE);

	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
		if (v->type == VALUE_TEXT && slice_is(v->bytes, causes[i].cause))
			return causes[i].words;
	return "failed";
}

static void say_fallback(const struct sighting *s, struct buf *b)
{
	if (!trace_knows(s, FIELD_FALLBACK_FROM))
		return;
	buf_puts(b, "This offer follows one of up to ");
	say_version(b, trace_number(s, FIELD_FALLBACK_FROM));
	buf_printf(b, " that %s", cause_of(s));
	if (trace_knows(s, FIELD_FALLBACK_AFTER)) {
		buf_puts(b, ", ");
		text_duration(b, trace_number(s, FIELD_FALLBACK_AFTER));
		buf_puts(b, " before");
	}
	buf_puts(b, ": the client falls back, it is not that old. ");
}

/* Whether the next leg has the same hello, and ended the same way. */
static bool goes_on(const struct story *st, unsigned leg)
{
	const struct value *v = sighting_get(st->leg[leg], FIELD_OUTCOME);
	const struct value *w = sighting_get(st->leg[leg + 1], FIELD_OUTCOME);

	return st->same_hello[leg + 1] && v->type == VALUE_TEXT && w->type == VALUE_TEXT &&
	       v->bytes.n == w->bytes.n && memcmp(v->bytes.p, w->bytes.p, v->bytes.n) == 0;
}

static void say_conclusion(const struct trace_state *state, const struct story *st,
			   struct buf *b)
{
	struct span p = { st, 0, 0 };

	say_fallback(st->leg[0], b);
	for (unsigned leg = 0; leg < st->nlegs; leg++) {
		p.last = leg;
		if (leg > 0) {
			say_pair(st, leg, b);
			say_rivals(st, leg, b);
		}
		if (leg + 1 < st->nlegs && goes_on(st, leg))
			continue;
		say_outcome(&p, b);
		p.first = leg + 1;
	}
	if (st->nlegs == 1 && trace_is_near(st->leg[0]))
		buf_puts(b, "Not Microsoft answered but somebody next to the capture, in its name: "
			    "a transparent proxy or another device that takes part in TLS. ");
	if (st->nlegs == 1)
		say_verdict(state, st->leg[0], b);
}

/* ---- all of it ------------------------------------------------------------------------ */

void story_end(const struct trace_state *state, const struct story *st, enum story_end which,
	       struct buf *ret)
{
	switch (which) {
	case STORY_CONCLUSION:	say_conclusion(state, st, ret);	break;
	case STORY_USER:	say_user(st, ret);		break;
	case STORY_UNSEEN:	say_unseen(st, ret);		break;
	case STORY_ENDS:	break;
	}
	while (ret->n > 0 && ret->p[ret->n - 1] == ' ')
		ret->n--;
}
