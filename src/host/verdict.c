/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host: the verdict on a host, from all its offers.
 *
 * Only a ClientHello that was seen whole counts as an offer.  A low one is
 * evidence against the host unless something else explains it: a session taken
 * up repeats the version of its beginning, and a retry follows an offer that
 * failed.  One low offer is no habit; a host that ever offers TLS 1.2 is not
 * legacy.
 */
#include "host/count.h"
#include "host/gather.h"

const char *const verdict_names[] = {
	"modern", "legacy", "mixed", "fallback", "weak", "masked", "unknown", NULL
};

enum { REPEATEDLY = 2 };	/* low offers that make a habit */

/* ---- counting ------------------------------------------------------------------------ */

bool sighting_says(const struct sighting *s, enum field_id id)
{
	const struct value *v = sighting_get(s, id);

	return value_known(v) && v->number != 0;
}

unsigned sighting_rank(const struct sighting *s, enum field_id id)
{
	const struct value *v = sighting_get(s, id);
	unsigned rank = value_known(v) ? tls_version_rank((uint16_t)v->number) : 0;

	return rank < VERSION_RANKS ? rank : 0;
}

static bool is_text(const struct sighting *s, enum field_id id, const char *text)
{
	const struct value *v = sighting_get(s, id);

	return value_known(v) && slice_is(v->bytes, text);
}

/*
 * Whether the hello asks to take up a session that began earlier.  A session id
 * says so, but for Go, whose hellos all have a random one (crypto/tls,
 * handshake_client.go, makeClientHello).
 */
static bool resumes(const struct sighting *s)
{
	return sighting_says(s, FIELD_OFFER_PSK) || sighting_says(s, FIELD_OFFER_TICKET) ||
	       sighting_says(s, FIELD_TLS_RESUMED) ||
	       (sighting_says(s, FIELD_OFFER_SESSION_LENGTH) &&
		!is_text(s, FIELD_STACK_FAMILY, "go"));
}

static enum offer_kind kind_of(const struct sighting *s)
{
	const struct value *accepted = sighting_get(s, FIELD_OFFER_ACCEPTED);

	if (sighting_rank(s, FIELD_OFFER_MAX) >= tls_version_rank(TLS1_2))
		return value_known(accepted) && accepted->number == 0 ? OFFER_WEAK : OFFER_HIGH;
	if (sighting_says(s, FIELD_OFFER_FALLBACK) ||
	    value_known(sighting_get(s, FIELD_FALLBACK_FROM)))
		return OFFER_RETRY;
	return resumes(s) ? OFFER_RESUMED : OFFER_LOW;
}

static void count_low(struct host *h, enum offer_kind kind, const struct sighting *s)
{
	h->marked += sighting_says(s, FIELD_OFFER_FALLBACK);
	h->followed += value_known(sighting_get(s, FIELD_FALLBACK_FROM));
	h->held_down += kind != OFFER_RETRY && sighting_says(s, FIELD_STACK_CONFIGURED);
}

void host_count_offer(struct host *h, const struct sighting *s)
{
	const struct value *complete = sighting_get(s, FIELD_OFFER_COMPLETE);
	enum grade grade = sighting_grade(s);
	enum offer_kind kind;
	struct tally *t;

	h->incomplete += value_known(complete) && complete->number == 0;
	h->truncated += sighting_says(s, FIELD_TRUNCATED);
	h->lossy += sighting_says(s, FIELD_GAPS);
	h->one_way += sighting_says(s, FIELD_ONE_WAY);
	if (sighting_rank(s, FIELD_OFFER_MAX) == 0) {
		h->answered_high += sighting_rank(s, FIELD_ANSWER_VERSION) >=
				    tls_version_rank(TLS1_2);
		return;
	}
	kind = kind_of(s);
	t = &h->offers[kind];
	t->n++;
	t->good += grade == GRADE_GOOD;
	t->fair += grade == GRADE_FAIR;
	if (kind == OFFER_WEAK)
		h->weak_established += sighting_result(s) == RESULT_ESTABLISHED;
	else if (kind != OFFER_HIGH)
		count_low(h, kind, s);
}

/* ---- judging ------------------------------------------------------------------------- */

static uint64_t less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

/*
 * Offers of the host itself.  Those that a device makes under its address are left
 * out, as if they were the best captured; which they are is known by version alone.
 */
static struct tally own(const struct host *h, enum offer_kind kind)
{
	static const enum offer_kind order[] = { OFFER_HIGH, OFFER_WEAK, OFFER_LOW, OFFER_RESUMED,
						 OFFER_RETRY };
	struct tally t = h->offers[kind];
	bool high = kind == OFFER_HIGH || kind == OFFER_WEAK;
	uint64_t others = high ? h->aliased_high : h->aliased_low;

	for (unsigned i = high ? 0 : 2; order[i] != kind; i++)
		others = less(others, h->offers[order[i]].n);
	return (struct tally){ less(t.n, others), less(t.good, others), less(t.fair, others) };
}

static uint64_t count_of(const struct host *h, enum offer_kind kind)
{
	return own(h, kind).n;
}

/*
 * Nothing seen of it speaks of TLS 1.2.  An answer of TLS 1.2 or a marked retry
 * shows that the host can, if no offer of that was seen.
 */
static bool never_more(const struct host *h)
{
	return count_of(h, OFFER_HIGH) + count_of(h, OFFER_WEAK) == 0 && h->answered_high == 0 &&
	       count_of(h, OFFER_RETRY) == 0;
}

/* Of offers that are all low and repeated. */
static enum verdict judge_low(const struct host *h)
{
	uint64_t low = count_of(h, OFFER_LOW) + count_of(h, OFFER_RESUMED);

	if (low < REPEATEDLY || count_of(h, OFFER_LOW) == 0)
		return VERDICT_UNKNOWN;
	return h->raised >= (low + 1) / 2 ? VERDICT_MASKED : VERDICT_LEGACY;
}

bool host_is_carrier(const struct host *h)
{
	return h->upstream > 0 && 2 * h->upstream >= h->handshakes;
}

enum verdict host_verdict(const struct host *h)
{
	uint64_t low = count_of(h, OFFER_LOW) + count_of(h, OFFER_RESUMED);
	uint64_t retry = count_of(h, OFFER_RETRY);

	if (host_is_carrier(h))
		return VERDICT_UNKNOWN;
	if (never_more(h))
		return judge_low(h);
	if (count_of(h, OFFER_HIGH) == 0 && count_of(h, OFFER_WEAK) > 0)
		return VERDICT_WEAK;
	if (low > 0)
		return VERDICT_MIXED;
	if (retry > 0)
		return VERDICT_FALLBACK;
	if (count_of(h, OFFER_WEAK) > 0)
		return VERDICT_MIXED;
	return count_of(h, OFFER_HIGH) > 0 ? VERDICT_MODERN : VERDICT_UNKNOWN;
}

/* ---- how far it carries -------------------------------------------------------------- */

static enum confidence carries(uint64_t good, uint64_t fair)
{
	if (good >= 2)
		return CONFIDENCE_HIGH;
	return good == 1 || fair >= 2 ? CONFIDENCE_MEDIUM : CONFIDENCE_LOW;
}

static enum confidence kind_carries(const struct host *h, enum offer_kind kind)
{
	struct tally t = own(h, kind);

	return carries(t.good, t.fair);
}

/* Of two kinds that say the same. */
static enum confidence both_carry(const struct host *h, enum offer_kind a, enum offer_kind b)
{
	struct tally x = own(h, a), y = own(h, b);

	return carries(x.good + y.good, x.fair + y.fair);
}

static enum confidence lower_of(enum confidence a, enum confidence b)
{
	return a < b ? a : b;
}

/* Both sides of a mixed host must be well seen; only sessions taken up speak for the low one. */
static enum confidence mixed_carries(const struct host *h)
{
	enum confidence high = both_carry(h, OFFER_HIGH, OFFER_WEAK);

	if (count_of(h, OFFER_LOW) > 0)
		return lower_of(high, both_carry(h, OFFER_LOW, OFFER_RESUMED));
	if (count_of(h, OFFER_RESUMED) > 0)
		return CONFIDENCE_LOW;
	return lower_of(kind_carries(h, OFFER_HIGH), kind_carries(h, OFFER_WEAK));
}

static enum confidence verdict_carries(const struct host *h, enum verdict v)
{
	switch (v) {
	case VERDICT_MODERN:	return kind_carries(h, OFFER_HIGH);
	case VERDICT_LEGACY:
	case VERDICT_MASKED:	return both_carry(h, OFFER_LOW, OFFER_RESUMED);
	case VERDICT_MIXED:	return mixed_carries(h);
	case VERDICT_FALLBACK:	return kind_carries(h, OFFER_RETRY);
	case VERDICT_WEAK:	return kind_carries(h, OFFER_WEAK);
	case VERDICT_UNKNOWN:
	case VERDICTS:		break;
	}
	return CONFIDENCE_LOW;
}

/* carries() takes two fresh offers; one that a session repeats is one. */
static bool rests_on_one(const struct host *h, enum verdict v)
{
	return (v == VERDICT_LEGACY || v == VERDICT_MASKED) && count_of(h, OFFER_LOW) == 1;
}

enum confidence host_confidence(const struct host *h)
{
	enum verdict v = host_verdict(h);
	enum confidence c = verdict_carries(h, v);
	uint64_t whole = 0;

	for (unsigned i = 0; i < OFFER_KINDS; i++)
		whole += own(h, (enum offer_kind)i).n;
	if (host_is_several(h) || (v == VERDICT_MIXED && host_may_be_several(h)) ||
	    h->does_better || h->incomplete >= whole ||
	    (v == VERDICT_WEAK && h->weak_established > 0) || rests_on_one(h, v) ||
	    (v == VERDICT_FALLBACK && whole == count_of(h, OFFER_RETRY)))
		c = lower_of(c, CONFIDENCE_MEDIUM);
	return c;
}
