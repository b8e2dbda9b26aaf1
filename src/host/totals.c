/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host: what all sightings come to, whoever sent them.
 */
#include "host/count.h"
#include "host/gather.h"

/* An answer whose certificate nobody in the middle can read: TLS 1.3, or a session taken up. */
static bool hides_certificate(const struct sighting *s)
{
	const struct value *version = sighting_get(s, FIELD_ANSWER_VERSION);

	return value_known(version) && !value_known(sighting_get(s, FIELD_CERT_SHA256)) &&
	       (version->number == TLS1_3 || sighting_says(s, FIELD_TLS_RESUMED));
}

static bool is_proxied(const struct sighting *s)
{
	const struct value *kind = sighting_get(s, FIELD_PRELUDE_KIND);

	return value_known(kind) &&
	       (slice_is(kind->bytes, "connect") || slice_starts(kind->bytes, "socks"));
}

void totals_count(struct totals *t, const struct sighting *s)
{
	const struct value *complete = sighting_get(s, FIELD_OFFER_COMPLETE);
	enum result result = sighting_result(s);

	t->handshakes++;
	t->offered[sighting_rank(s, FIELD_OFFER_MAX)]++;
	t->negotiated[sighting_rank(s, FIELD_ANSWER_VERSION)]++;
	t->grades[sighting_grade(s)]++;
	if (result < RESULTS)
		t->results[result]++;
	t->no_offer += !value_known(complete) && result != RESULT_REFUSED;
	t->incomplete += value_known(complete) && complete->number == 0;
	t->malformed += s->odd != 0;
	t->one_way += sighting_says(s, FIELD_ONE_WAY);
	t->midstream += sighting_says(s, FIELD_MIDSTREAM);
	t->truncated += sighting_says(s, FIELD_TRUNCATED);
	t->overflow += sighting_says(s, FIELD_OVERFLOW);
	t->lossy += sighting_says(s, FIELD_GAPS);
	t->overlaps += sighting_says(s, FIELD_OVERLAPS);
	t->hidden += hides_certificate(s);
	t->hits_over += s->hits_over;
	t->ech += sighting_says(s, FIELD_OFFER_ECH);
	t->proxied += is_proxied(s);
}
