/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace: what an event says and means, for somebody who runs a proxy.
 *
 * Each is a sentence without its end whose subject is who speaks: "offers TLS 1.3
 * to TLS 1.0, 31 suites".  Text from the wire is escaped.
 */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "out/trace_say.h"

const char *event_name(enum event_is is)
{
	static const char *const names[EVENTS] = {
		"syn", "syn-ack", "prelude", "client-hello", "client-hello-end",
		"acknowledged", "hello-retry-request", "second-client-hello", "server-hello",
		"certificate", "change-cipher-spec", "encrypted", "application-data",
		"established", "alert", "fin", "reset", "resent",
	};

	return names[is];
}

void say_version(struct buf *b, uint64_t version)
{
	char token[TLS_TOKEN];

	if (version == SSL2 || version == SSL3)
		buf_printf(b, "SSL %s", version == SSL2 ? "2.0" : "3.0");
	else if (version >= TLS1_0 && version <= TLS1_3)
		buf_printf(b, "TLS 1.%u", (unsigned)(version - TLS1_0));
	else
		buf_puts(b, tls_version_token((uint16_t)version, token));
}

bool trace_knows(const struct sighting *s, enum field_id id)
{
	return value_known(sighting_get(s, id));
}

bool trace_is(const struct sighting *s, enum field_id id)
{
	return trace_knows(s, id) && sighting_get(s, id)->number != 0;
}

/* A field of text from the wire, between the words. */
bool say_text(struct buf *b, const char *before, const struct sighting *s,
		     enum field_id id, const char *behind)
{
	const struct value *v = sighting_get(s, id);

	if (v->type != VALUE_TEXT || v->bytes.n == 0)
		return false;
	buf_puts(b, before);
	text_wire(b, v->bytes);
	buf_puts(b, behind);
	return true;
}

const char *story_role(const struct story *s, unsigned leg, enum side side)
{
	static const char *const proxies[] = { "proxy", "proxy 2", "proxy 3" };
	const struct sighting *last = s->leg[s->nlegs - 1];
	unsigned place = leg + (side == SERVER);	/* along the chain, the client at 0 */
	const struct value *kind = sighting_get(last, FIELD_PRELUDE_KIND);
	bool goes_on = kind->type == VALUE_TEXT && (slice_is(kind->bytes, "connect") ||
						    slice_starts(kind->bytes, "socks"));

	if (place == 0)
		return "client";
	if (place < s->nlegs && s->same_hello[place] &&
	    trace_same_addr(s->leg[place - 1], FIELD_SERVER_IP, s->leg[place], FIELD_SERVER_IP))
		return "gateway";		/* the other end stays the same: a NAT */
	if (place < s->nlegs || goes_on)
		return proxies[place - 1];
	return "server";
}

/* The first event of that kind; NULL: there is none. */
const struct event *trace_event(const struct sighting *s, enum event_is is)
{
	for (unsigned i = 0; i < s->nevents; i++)
		if (s->events[i].is == is)
			return &s->events[i];
	return NULL;
}

/* ---- hellos -------------------------------------------------------------------------- */

/* "TLS 1.3 to TLS 1.0", or "at most TLS 1.0" where there is no list. */
static void say_range(const struct sighting *s, struct buf *b)
{
	const struct value *v = sighting_get(s, FIELD_OFFER_VERSIONS);
	size_t n = value_known(v) ? value_count(v) : 0;
	uint64_t max = sighting_get(s, FIELD_OFFER_MAX)->number, least = max;

	for (size_t i = 0; i < n; i++) {
		uint32_t code = value_code(v, i);

		if (tls_version_rank((uint16_t)code) > 0 &&
		    tls_version_rank((uint16_t)code) < tls_version_rank((uint16_t)least))
			least = code;
	}
	buf_puts(b, n > 1 && least != max ? "" : n > 1 ? "only " : "at most ");
	say_version(b, max);
	if (least != max) {
		buf_puts(b, " to ");
		say_version(b, least);
	}
}

/* Without GREASE and signalling values, which are no suites. */
static unsigned count_suites(const struct sighting *s)
{
	const struct value *v = sighting_get(s, FIELD_OFFER_CIPHER_CODES);
	unsigned n = 0;

	for (size_t i = 0; value_known(v) && i < value_count(v); i++) {
		uint32_t code = value_code(v, i);

		n += v->width == 3 || (!tls_is_grease((uint16_t)code) && code != 0x00ff &&
				       code != 0x5600);
	}
	return n;
}

static void say_hello(const struct sighting *s, struct buf *b)
{
	unsigned suites = count_suites(s);

	if (!trace_is(s, FIELD_OFFER_COMPLETE)) {
		buf_puts(b, "begins a ClientHello whose rest is not in the capture");
		(void)say_text(b, " (for ", s, FIELD_OFFER_NAME, ")");
		return;
	}
	buf_puts(b, "offers ");
	if (trace_knows(s, FIELD_OFFER_MAX))
		say_range(s, b);
	else
		buf_puts(b, "no version that is known");
	buf_printf(b, ", %u suite%s", suites, suites == 1 ? "" : "s");
	(void)say_text(b, ", for ", s, FIELD_OFFER_NAME, "");
	if (sighting_get(s, FIELD_OFFER_FORMAT)->type == VALUE_TEXT &&
	    slice_is(sighting_get(s, FIELD_OFFER_FORMAT)->bytes, "ssl2"))
		buf_puts(b, ", in the SSLv2 format");
	else if (!trace_knows(s, FIELD_OFFER_NAME))
		buf_puts(b, ", without a server name");
	if (!say_text(b, "; stack: ", s, FIELD_STACK_LABEL, ""))
		buf_puts(b, "; of an unknown TLS stack");
	if (trace_is(s, FIELD_OFFER_FALLBACK))
		buf_puts(b, "; marked as a retry with less (TLS_FALLBACK_SCSV)");
}

static void say_answer(const struct story *story, unsigned leg, const struct event *e,
		       struct buf *b)
{
	const struct sighting *s = story->leg[leg];
	const struct event *hello = trace_event(s, EVENT_HELLO);
	const struct value *version = sighting_get(s, FIELD_ANSWER_VERSION);
	const struct value *max = sighting_get(s, FIELD_OFFER_MAX);

	buf_puts(b, "chooses ");
	if (value_known(version))
		say_version(b, version->number);
	else
		buf_puts(b, "a version that was not captured");
	(void)say_text(b, " with ", s, FIELD_TLS_CIPHER, "");
	if (hello != NULL && e->ts >= hello->ts) {
		buf_puts(b, ", ");
		text_ms(b, e->ts - hello->ts);
		buf_puts(b, " ms after the hello");
	}
	if (trace_is(s, FIELD_TLS_RESUMED))
		buf_puts(b, "; resumes an earlier session, and its version with it");
	if (value_known(version) && value_known(max) &&
	    tls_version_rank((uint16_t)version->number) < tls_version_rank((uint16_t)max->number)) {
		buf_puts(b, "; that is less than the offer's ");
		say_version(b, max->number);
	}
	if (trace_knows(s, FIELD_ANSWER_SENTINEL))
		buf_puts(b, "; and it marks that it could do more than it was asked (downgrade "
			 "sentinel)");
	say_ttl(s, e, b);
}

/* What a distinguished name has under "CN=" or "O=", escaped; all of it if it has none. */
static void say_part(struct buf *b, const struct value *name, const char *key)
{
	struct slice all = name->bytes, part = all;
	size_t n = strlen(key);

	for (size_t i = 0; i + n <= all.n; i++) {
		if (memcmp(all.p + i, key, n) != 0 || (i > 0 && all.p[i - 1] != ' '))
			continue;
		part = (struct slice){ all.p + i + n, 0 };
		while (i + n + part.n < all.n && part.p[part.n] != ',')
			part.n++;
		break;
	}
	text_wire(b, part);
}

bool trace_is_private(const struct trace_state *st, const struct sighting *s)
{
	const struct value *issuer = sighting_get(s, FIELD_CERT_ISSUER);

	return st->rules != NULL && issuer->type == VALUE_TEXT &&
	       trace_knows(s, FIELD_SERVICE_MATCHED_BY) &&
	       !ruleset_knows_issuer(st->rules, issuer->bytes);
}

static void say_certificate(const struct trace_state *st, const struct sighting *s, struct buf *b)
{
	const struct value *subject = sighting_get(s, FIELD_CERT_SUBJECT);
	const struct value *issuer = sighting_get(s, FIELD_CERT_ISSUER);

	if (!trace_knows(s, FIELD_CERT_ISSUER)) {
		buf_puts(b, "shows a certificate that could not be read");
		return;
	}
	buf_puts(b, "shows a certificate");
	if (subject->type == VALUE_TEXT && subject->bytes.n > 0) {
		buf_puts(b, " of ");
		say_part(b, subject, "CN=");
	}
	if (subject->type == VALUE_TEXT && issuer->bytes.n == subject->bytes.n &&
	    memcmp(subject->bytes.p, issuer->bytes.p, issuer->bytes.n) == 0)
		buf_puts(b, ", signed by itself");
	else {
		buf_puts(b, ", issued by ");
		say_part(b, issuer, "CN=");
	}
	if (trace_is_private(st, s))
		buf_puts(b, ", which is no public authority: TLS is opened on the way");
}

/* What an alert means here, by its code and side; NULL: its name says it all. */
static const char *alert_means(enum side from, uint8_t code)
{
	static const struct { uint8_t code; const char *server, *client; } means[] = {
		/* RFC 8446 section 6.2, RFC 5246 7.2, RFC 7507 (86), RFC 7301 (120) */
		{ 0, "closes without having said more", "closes without having said more" },
		{ 40, "none of the suites (or groups) offered is accepted",
		  "it accepts nothing that was chosen" },
		{ 42, "the client's certificate is bad", "it dislikes the certificate" },
		{ 43, "the client's certificate is not supported",
		  "it cannot use the certificate" },
		{ 45, "the client's certificate has expired", "the certificate has expired" },
		{ 46, "the client's certificate is not accepted", "it dislikes the certificate" },
		{ 48, "the issuer of the client's certificate is not trusted",
		  "it does not trust the certificate's issuer, as where the authority of an "
		  "inspecting proxy is not installed" },
		{ 50, "it could not read the hello", "it could not read the answer" },
		{ 70, "none of the versions offered is accepted",
		  "it does not accept the version that was chosen" },
		{ 71, "the suites offered are too weak", "the suite chosen is too weak" },
		{ 80, "something failed inside it", "something failed inside it" },
		{ 86, "the retry with less was not needed: the server can do more, so something "
		  "on the way made the first try fail", NULL },
		{ 112, "it does not know the server name", NULL },
		{ 120, "none of the application protocols offered is spoken", NULL },
	};

	for (size_t i = 0; i < sizeof(means) / sizeof(means[0]); i++)
		if (means[i].code == code)
			return from == SERVER ? means[i].server : means[i].client;
	return NULL;
}

static void say_alert(const struct sighting *s, const struct event *e, struct buf *b)
{
	const char *name = tls_alert_name(e->code);
	const char *means = alert_means((enum side)e->side, e->code);

	buf_printf(b, "%s: alert %u %s", e->level == 1 ? "warns" : "refuses", e->code,
		   name ? name : "(not registered)");
	if (means != NULL)
		buf_printf(b, ": %s", means);
	say_ttl(s, e, b);
}

/* ---- all of them --------------------------------------------------------------------- */

static void say_resent(const struct event *e, struct buf *b)
{
	buf_puts(b, "sends again what it said before");
	if (e->count < 2)
		return;
	buf_printf(b, ", %" PRIu32 " times in ", e->count);
	text_duration(b, e->until - e->ts);
}

void story_say(const struct trace_state *st, const struct story *story, unsigned leg,
	       const struct event *e, struct buf *b)
{
	const struct sighting *s = story->leg[leg];

	switch ((enum event_is)e->is) {
	case EVENT_SYN:		say_syn(s, e, b);				break;
	case EVENT_SYN_ACK:	say_syn_ack(st, story, leg, e, b);		break;
	case EVENT_PRELUDE:	say_prelude(s, e, b);				break;
	case EVENT_HELLO:	say_hello(s, b);				break;
	case EVENT_HELLO_WHOLE:
		buf_puts(b, "has said all of the hello");
		if (trace_knows(s, FIELD_OFFER_SIZE))
			buf_printf(b, ", %" PRIu64 " bytes",
				   sighting_get(s, FIELD_OFFER_SIZE)->number);
		break;
	case EVENT_ACK:
		buf_puts(b, "has received the hello (TCP acknowledges it)");
		say_ttl(s, e, b);
		break;
	case EVENT_RETRY:
		buf_puts(b, "asks for another hello, with another key share "
			    "(HelloRetryRequest)");
		break;
	case EVENT_HELLO_AGAIN:	buf_puts(b, "sends the second hello");		break;
	case EVENT_ANSWER:	say_answer(story, leg, e, b);			break;
	case EVENT_CERTIFICATE:	say_certificate(st, s, b);				break;
	case EVENT_CHANGE_CIPHER:
		buf_puts(b, "turns encryption on (ChangeCipherSpec)");
		break;
	case EVENT_ENCRYPTED:	buf_puts(b, "goes on encrypted");		break;
	case EVENT_DATA:	buf_puts(b, "sends encrypted records");		break;
	case EVENT_ESTABLISHED:	buf_puts(b, "the handshake is complete");	break;
	case EVENT_ALERT:	say_alert(s, e, b);				break;
	case EVENT_FIN:		buf_puts(b, "closes its side (FIN)");		break;
	case EVENT_RESET:	say_reset(s, e, b);				break;
	case EVENT_RESENT:	say_resent(e, b);				break;
	case EVENTS:		break;
	}
}
