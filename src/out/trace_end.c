/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace: what a connection came to, whose doing it is, what people see of it, and
 * what was not seen.
 *
 * Nothing is concluded from what is not there.  What people see on their screens is
 * from Microsoft's own pages on those errors; which of them comes depends on the
 * program, so it is said with "may".
 */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "out/trace_say.h"

static bool has_result(const struct sighting *s, enum result result)
{
	const struct value *v = sighting_get(s, FIELD_OUTCOME);

	return v->type == VALUE_TEXT && slice_is(v->bytes, result_names[result]);
}

static uint64_t number_of(const struct sighting *s, enum field_id id)
{
	return trace_knows(s, id) ? sighting_get(s, id)->number : 0;
}

static unsigned rank_of(const struct sighting *s, enum field_id id)
{
	return tls_version_rank((uint16_t)number_of(s, id));
}

static bool is_by_client(const struct sighting *s, enum field_id id)
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
		say_version(b, number_of(s, FIELD_ANSWER_VERSION));
	}
	buf_puts(b, ". ");
}

static void end_alert(const struct span *p, struct buf *b)
{
	const struct sighting *s = p->st->leg[p->last];
	uint64_t code = number_of(s, FIELD_ALERT_CODE);
	bool client = is_by_client(s, FIELD_ALERT_FROM);

	buf_printf(b, "The %s refused %s %s with alert %" PRIu64,
		   role_of(p, client ? CLIENT : SERVER),
		   client ? "what came from the" : "the hello of the",
		   role_of(p, other(client ? CLIENT : SERVER)), code);
	(void)say_text(b, " (", s, FIELD_ALERT_NAME, ")");
	buf_puts(b, ". ");
	if (!client && (code == 70 || code == 40) && trace_knows(s, FIELD_OFFER_MAX)) {
		buf_puts(b, code == 70 ? "It accepts no version up to " :
			    "It accepts none of the suites of this offer up to ");
		say_version(b, number_of(s, FIELD_OFFER_MAX));
		buf_puts(b, ". ");
	}
}

/* Far from the SYN-ACK's TTL; 0: not known, or not the server's. */
static unsigned ttl_apart(const struct sighting *s)
{
	uint64_t reset = number_of(s, FIELD_RESET_TTL), first = number_of(s, FIELD_SYNACK_TTL);

	if (is_by_client(s, FIELD_RESET_FROM) || reset == 0 || first == 0)
		return 0;
	return (unsigned)(reset > first ? reset - first : first - reset);
}

static void end_reset(const struct span *p, struct buf *b)
{
	enum { SAME = 2 };
	const struct sighting *s = p->st->leg[p->last];
	bool client = is_by_client(s, FIELD_RESET_FROM);

	if (ttl_apart(s) > SAME) {
		buf_printf(b, "The connection was reset in the name of the %s, but not by it: the "
			   "reset came with TTL %" PRIu64 ", the SYN-ACK with %" PRIu64 ". A box "
			   "between %s and %s sent it. ", role_of(p, SERVER),
			   number_of(s, FIELD_RESET_TTL), number_of(s, FIELD_SYNACK_TTL),
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
	if (number_of(s, FIELD_OFFER_SIZE) > PACKET)
		buf_printf(b, "It has %" PRIu64 " bytes, more than one packet holds: where smaller "
			   "hellos pass, a device or a wrong MTU lets large ones fall. ",
			   number_of(s, FIELD_OFFER_SIZE));
}

static void end_refused(const struct span *p, struct buf *b)
{
	const struct sighting *s = p->st->leg[p->last];

	buf_printf(b, "The %s refused before TLS began", role_of(p, SERVER));
	if (trace_knows(s, FIELD_PRELUDE_STATUS))
		buf_printf(b, ", with code %" PRIu64, number_of(s, FIELD_PRELUDE_STATUS));
	buf_puts(b, ". ");
}

static void say_outcome(const struct span *p, struct buf *b)
{
	const struct sighting *s = p->st->leg[p->last];

	if (has_result(s, RESULT_ESTABLISHED))
		end_established(p, b);
	else if (has_result(s, RESULT_ALERT))
		end_alert(p, b);
	else if (has_result(s, RESULT_RESET))
		end_reset(p, b);
	else if (has_result(s, RESULT_CLOSED))
		end_closed(p, b);
	else if (has_result(s, RESULT_SILENT))
		end_silent(p, b);
	else if (has_result(s, RESULT_REFUSED))
		end_refused(p, b);
	else
		buf_puts(b, has_result(s, RESULT_ONE_WAY) ?
			 "How it ended is not known: only one direction was captured. " :
			 "How it ended is not in the capture. ");
}

/* ---- whose doing it is --------------------------------------------------------------- */

static void say_pair(const struct story *st, unsigned leg, struct buf *b)
{
	const struct sighting *c = st->leg[leg - 1], *u = st->leg[leg];
	unsigned in = rank_of(c, FIELD_OFFER_MAX), out = rank_of(u, FIELD_OFFER_MAX);
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
	say_version(b, number_of(c, FIELD_OFFER_MAX));
	buf_puts(b, ", the one that it sends on up to ");
	say_version(b, number_of(u, FIELD_OFFER_MAX));
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

/* What is known of a proxy whose other leg of this conversation is not here. */
static void say_verdict(const struct sighting *s, struct buf *b)
{
	const struct value *v = sighting_get(s, FIELD_LEGS_VERDICT);

	if (v->type != VALUE_TEXT)
		return;
	buf_puts(b, "By other connections in this capture, the proxy ");
	text_wire(b, v->bytes);
	buf_puts(b, slice_is(v->bytes, "tunnels") ? "" : " the offers");
	buf_puts(b, ". ");
}

static void say_fallback(const struct sighting *s, struct buf *b)
{
	if (!trace_knows(s, FIELD_FALLBACK_FROM))
		return;
	buf_puts(b, "This offer follows one of up to ");
	say_version(b, number_of(s, FIELD_FALLBACK_FROM));
	buf_puts(b, " that failed");
	(void)say_text(b, " (", s, FIELD_FALLBACK_CAUSE, ")");
	buf_puts(b, " just before: the client falls back, it is not that old. ");
}

/* Whether the next leg has the same hello, and ended the same way. */
static bool goes_on(const struct story *st, unsigned leg)
{
	const struct value *v = sighting_get(st->leg[leg], FIELD_OUTCOME);
	const struct value *w = sighting_get(st->leg[leg + 1], FIELD_OUTCOME);

	return st->same_hello[leg + 1] && v->type == VALUE_TEXT && w->type == VALUE_TEXT &&
	       v->bytes.n == w->bytes.n && memcmp(v->bytes.p, w->bytes.p, v->bytes.n) == 0;
}

static void say_conclusion(const struct story *st, struct buf *b)
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
		say_verdict(st->leg[0], b);
}

/* ---- what people see ----------------------------------------------------------------- */

/* For offers up to TLS 1.1, by service; Microsoft's pages on these errors. */
static const char *seen_of_old(const struct sighting *s)
{
	const struct value *area = sighting_get(s, FIELD_SERVICE_AREA);
	const struct value *kind = sighting_get(s, FIELD_PRELUDE_KIND);

	if (kind->type == VALUE_TEXT && slice_is(kind->bytes, "smtp"))
		return "421 4.7.66 TLS 1.0 and 1.1 are not supported, or a scanner's \"SSL "
		       "negotiation failed\"";
	if (area->type != VALUE_TEXT)
		return NULL;
	if (slice_is(area->bytes, "common"))
		return "AADSTS1002016 or HTTP 426 at sign-in";
	if (slice_is(area->bytes, "sharepoint"))
		return "OneDrive 0x8004de40, \"The underlying connection was closed\", 401 or 400";
	if (slice_is(area->bytes, "exchange"))
		return "authentication errors, \"Could not create SSL/TLS secure channel\"";
	return NULL;
}

static void say_user(const struct story *st, struct buf *b)
{
	const struct sighting *s = st->leg[st->nlegs - 1];
	uint64_t code = number_of(s, FIELD_ALERT_CODE);
	unsigned max = rank_of(s, FIELD_OFFER_MAX);
	const char *what = NULL;

	if (max > 0 && max < tls_version_rank(TLS1_2))
		what = seen_of_old(s);
	else if (trace_knows(s, FIELD_ALERT_CODE) && is_by_client(s, FIELD_ALERT_FROM) &&
		 (code == 42 || code == 46 || code == 48))
		what = "a certificate warning, 0x80090325 or CERT_E_UNTRUSTEDROOT";
	if (what == NULL)
		return;
	buf_printf(b, "Perhaps %s", what);
	if (st->nlegs > 1 && !st->same_hello[st->nlegs - 1])
		buf_puts(b, "; or a page of the proxy's that says it could not connect");
	buf_puts(b, ". ");
}

/* ---- what was not seen --------------------------------------------------------------- */

static void unseen_of(const struct story *st, unsigned leg, struct buf *b)
{
	const struct sighting *s = st->leg[leg];
	static const struct { enum field_id id; const char *words; } flags[] = {
		{ FIELD_ONE_WAY, "One direction was not captured. " },
		{ FIELD_MIDSTREAM, "The connection began before the capture. " },
		{ FIELD_TRUNCATED, "The snap length cut bytes of the handshake off. " },
		{ FIELD_OVERFLOW, "A limit of hellotap let a part of it go. " },
	};

	if (st->nlegs > 1 && (trace_is(s, FIELD_ONE_WAY) || trace_is(s, FIELD_MIDSTREAM)))
		buf_printf(b, "Between %s and %s: ", story_role(st, leg, CLIENT),
			   story_role(st, leg, SERVER));
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (trace_is(s, flags[i].id))
			buf_puts(b, flags[i].words);
	if (number_of(s, FIELD_GAPS) > 0)
		buf_puts(b, "Bytes of the handshake are missing. ");
	if (s->events_over > 0)
		buf_printf(b, "%u more packets had no room in this list. ", s->events_over);
}

static void say_unseen(const struct story *st, struct buf *b)
{
	const struct sighting *s = st->leg[st->nlegs - 1];
	const char *end = story_role(st, st->nlegs - 1, SERVER);

	for (unsigned leg = 0; leg < st->nlegs; leg++)
		unseen_of(st, leg, b);
	if (strcmp(end, "server") != 0 && !has_result(s, RESULT_REFUSED))
		buf_puts(b, "The connection by which the proxy went on is not in the capture, or "
			    "not within this one's time: what the server was offered is not "
			    "known. ");
	for (unsigned leg = 0; leg < st->nlegs; leg++) {
		s = st->leg[leg];
		if (trace_knows(s, FIELD_CERT_ISSUER) || !trace_knows(s, FIELD_ANSWER_VERSION))
			continue;
		buf_printf(b, "The certificate of the %s is out of sight (%s). ",
			   story_role(st, leg, SERVER),
			   trace_is(s, FIELD_TLS_RESUMED) ? "resumed session" :
			   rank_of(s, FIELD_ANSWER_VERSION) >= tls_version_rank(TLS1_3) ?
			   "TLS 1.3" : "none was captured");
	}
}

void story_end(const struct story *st, enum story_end which, struct buf *ret)
{
	switch (which) {
	case STORY_CONCLUSION:	say_conclusion(st, ret);	break;
	case STORY_USER:	say_user(st, ret);		break;
	case STORY_UNSEEN:	say_unseen(st, ret);		break;
	case STORY_ENDS:	break;
	}
	while (ret->n > 0 && ret->p[ret->n - 1] == ' ')
		ret->n--;
}
