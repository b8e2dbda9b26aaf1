/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host: what one handshake was in a story of several.
 *
 * Not every end is the path's or the server's doing: a client that closes or
 * resets a connection that was alive has changed its mind, and one that rejects
 * a certificate has no quarrel with the version.
 */
#include "host/attempt.h"

#include "host/gather.h"

/*
 * Hops by which two packets of one server may differ: routes of equal cost are
 * chosen packet by packet in places, and are seldom of unequal length by more.
 * A device on the path, which sends with a TTL of its own, is off by far.
 */
enum { TTL_JITTER = 2 };

enum { ALERT_INAPPROPRIATE_FALLBACK = 86 };

const char *const failure_names[] = {
	[FAILURE_FOREIGN] = "foreign-reset", [FAILURE_RESET] = "reset",
	[FAILURE_ALERT] = "alert", [FAILURE_CERTIFICATE] = "certificate",
	[FAILURE_CLOSED] = "closed", [FAILURE_SILENT] = "silent", [FAILURES] = NULL
};

static uint64_t number(const struct sighting *s, enum field_id id)
{
	const struct value *v = sighting_get(s, id);

	return value_known(v) ? v->number : 0;
}

static bool says(const struct sighting *s, enum field_id id, const char *word)
{
	const struct value *v = sighting_get(s, id);

	return value_known(v) && slice_is(v->bytes, word);
}

/*
 * Alerts of a server that a hello with less might not have met (RFC 8446 6.2, RFC
 * 7507): unexpected_message, handshake_failure, illegal_parameter, decode_error,
 * protocol_version, insufficient_security, internal_error, inappropriate_fallback,
 * missing_extension, unsupported_extension.  Not those on names, on application
 * protocols or on the client's certificate.
 */
static bool is_about_offer(uint64_t code)
{
	static const uint8_t codes[] = { 10, 40, 47, 50, 70, 71, 80, 86, 109, 110 };

	for (size_t i = 0; i < sizeof(codes); i++)
		if (codes[i] == code)
			return true;
	return false;
}

/* bad_certificate to unknown_ca (RFC 8446 6.2), with the 45 and 44 between them. */
static bool is_about_certificate(uint64_t code)
{
	return code >= 42 && code <= 48 && code != 47;
}

static enum failure failure_of_alert(const struct sighting *s)
{
	uint64_t code = number(s, FIELD_ALERT_CODE);

	if (says(s, FIELD_ALERT_FROM, side_names[CLIENT]))
		return is_about_certificate(code) ? FAILURE_CERTIFICATE : FAILURE_OPEN;
	return is_about_offer(code) ? FAILURE_ALERT : FAILURE_OPEN;
}

static enum failure failure_of_reset(const struct sighting *s, const struct attempt *a)
{
	int apart = (int)a->reset_ttl - (int)a->synack_ttl;

	if (!says(s, FIELD_RESET_FROM, side_names[SERVER]))
		return FAILURE_OPEN;
	if (a->synack_ttl != 0 && (apart > TTL_JITTER || apart < -TTL_JITTER))
		return FAILURE_FOREIGN;
	return a->answered ? FAILURE_OPEN : FAILURE_RESET;
}

static enum failure failure_of(const struct sighting *s, const struct attempt *a)
{
	switch (sighting_result(s)) {
	case RESULT_ESTABLISHED:
		return FAILURE_NONE;
	case RESULT_ALERT:
		return failure_of_alert(s);
	case RESULT_RESET:
		return failure_of_reset(s, a);
	case RESULT_CLOSED:
		return !a->answered && says(s, FIELD_CLOSE_FROM, side_names[SERVER])
			? FAILURE_CLOSED : FAILURE_OPEN;
	case RESULT_SILENT:
		return FAILURE_SILENT;
	default:
		return FAILURE_OPEN;
	}
}

static uint8_t family_of(const struct sighting *s)
{
	for (unsigned i = 0; i < FAMILY_UNKNOWN && stack_families[i] != NULL; i++)
		if (says(s, FIELD_STACK_FAMILY, stack_families[i]))
			return (uint8_t)i;
	return FAMILY_UNKNOWN;
}

static uint64_t extensions_of(const struct sighting *s)
{
	const struct value *v = sighting_get(s, FIELD_OFFER_EXTENSIONS);
	uint64_t set = 0;

	for (size_t i = 0; value_known(v) && i < value_count(v); i++) {
		uint32_t code = value_code(v, i);

		set |= UINT64_C(1) << (code < 63 ? code : 63);
	}
	return set;
}

/* A session's identifier; in TLS 1.3 the field is filled for middleboxes (RFC 8446 D.4). */
static bool resumes(const struct sighting *s, uint16_t max)
{
	return number(s, FIELD_TLS_RESUMED) || number(s, FIELD_OFFER_PSK) ||
	       number(s, FIELD_OFFER_TICKET) ||
	       (max != TLS1_3 && number(s, FIELD_OFFER_SESSION_LENGTH) > 0);
}

static void fill_times(const struct sighting *s, struct attempt *ret)
{
	uint64_t rtt = number(s, FIELD_RTT);

	ret->ts = s->ts;
	ret->began = rtt < s->ts ? s->ts - rtt : s->ts;
	ret->ended = s->ts_end;
	if (ret->failure == FAILURE_SILENT && s->ts_end <= s->ts)
		ret->ended = UINT64_MAX;	/* it may still be waiting */
}

bool attempt_of(const struct sighting *s, struct attempt *ret)
{
	const struct value *max = sighting_get(s, FIELD_OFFER_MAX);

	if (!value_known(max) || !number(s, FIELD_OFFER_COMPLETE) ||
	    number(s, FIELD_ONE_WAY) || sighting_grade(s) == GRADE_POOR)
		return false;
	*ret = (struct attempt){
		.times = 1, .max = (uint16_t)max->number, .family = family_of(s),
		.rank = (uint8_t)tls_version_rank((uint16_t)max->number),
		.alert = (uint8_t)number(s, FIELD_ALERT_CODE),
		.reset_ttl = (uint8_t)number(s, FIELD_RESET_TTL),
		.synack_ttl = (uint8_t)number(s, FIELD_SYNACK_TTL),
		.marked = number(s, FIELD_OFFER_FALLBACK),
		.resumes = resumes(s, (uint16_t)max->number),
		.answered = value_known(sighting_get(s, FIELD_ANSWER_VERSION)),
		.size = (uint32_t)number(s, FIELD_OFFER_SIZE),
		.extensions = extensions_of(s),
	};
	ret->failure = (uint8_t)failure_of(s, ret);
	if (attempt_failed(ret) && sighting_grade(s) != GRADE_GOOD)
		ret->failure = FAILURE_OPEN;	/* what was missed may have been the answer */
	ret->refused = ret->failure == FAILURE_ALERT && ret->alert == ALERT_INAPPROPRIATE_FALLBACK;
	fill_times(s, ret);
	return ret->rank > 0;
}

bool attempt_alike(const struct attempt *a, const struct attempt *b)
{
	const struct attempt *high = a->rank >= b->rank ? a : b, *low = high == a ? b : a;

	if (a->family != FAMILY_UNKNOWN && b->family != FAMILY_UNKNOWN)
		return a->family == b->family;
	return low->marked || (low->extensions != 0 && (low->extensions & ~high->extensions) == 0);
}
