/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace: what people see of a connection, and what was not seen.
 *
 * What comes up on their screens is from Microsoft's own pages on those errors; which
 * of them does depends on the program, so it is said with "perhaps".
 */
#include <string.h>

#include "out/trace_say.h"

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

void say_user(const struct story *st, struct buf *b)
{
	const struct sighting *s = st->leg[st->nlegs - 1];
	uint64_t code = trace_number(s, FIELD_ALERT_CODE);
	unsigned max = trace_rank(s, FIELD_OFFER_MAX);
	const char *what = NULL;

	if (max > 0 && max < tls_version_rank(TLS1_2))
		what = seen_of_old(s);
	else if (trace_knows(s, FIELD_ALERT_CODE) && trace_by_client(s, FIELD_ALERT_FROM) &&
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
	if (trace_number(s, FIELD_GAPS) > 0)
		buf_puts(b, "Bytes of the handshake are missing. ");
	if (s->events_over > 0)
		buf_printf(b, "%u more packets had no room in this list. ", s->events_over);
}

void say_unseen(const struct story *st, struct buf *b)
{
	const struct sighting *s = st->leg[st->nlegs - 1];
	const char *end = story_role(st, st->nlegs - 1, SERVER);

	for (unsigned leg = 0; leg < st->nlegs; leg++)
		unseen_of(st, leg, b);
	if (strcmp(end, "server") != 0 && !trace_result(s, RESULT_REFUSED))
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
			   trace_rank(s, FIELD_ANSWER_VERSION) >= tls_version_rank(TLS1_3) ?
			   "TLS 1.3" : "none was captured");
	}
}
