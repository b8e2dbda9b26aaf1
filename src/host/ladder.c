/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host: ladders of offers, each lower than the one that failed before.
 *
 * What looks like one and is none: connections at the same time (happy eyeballs,
 * and a browser's two or six), two programs of which one is old (its offers stand
 * alone, before failures and after returns), a scanner (it goes on below what came
 * through), an outage (the lower offer fails too), a user who reloads.
 */
#include "host/ladder.h"

#include <string.h>

#define SECOND UINT64_C(1000000000)

/*
 * From a failure to the try with less.  Programs that climb down do it at once:
 * the ladders of browsers and of middleboxes that were captured took 0.2 to 1.3
 * seconds a rung.  Seconds more are for slow links; people who try again by hand
 * are slower.
 */
#define RUNG_WITHIN (10 * SECOND)

/*
 * Bytes of a ClientHello that fits one segment everywhere: 1,460 of an Ethernet
 * segment less a record header, and less what tunnels take (1,400 and less of a
 * usual VPN's MTU).  Hybrid post-quantum key shares make hellos of 1,700 and more.
 */
enum { LARGE = 1400 };

enum { REPEATED = 2 };			/* times; once may be loss */

static bool is_high(const struct attempt *a)
{
	return a->rank >= tls_version_rank(TLS1_2);
}

/* Whether a higher offer of the same program was under way when that one began. */
static bool is_parallel(const struct attempts *a, const struct attempt *lower)
{
	for (unsigned i = 0; i < a->n; i++) {
		const struct attempt *x = &a->v[i];

		if (x != lower && x->rank > lower->rank && attempt_alike(x, lower) &&
		    x->began <= lower->began && x->ended > lower->began)
			return true;
	}
	return false;
}

bool ladder_rung(const struct attempts *a, unsigned i, struct rung *ret)
{
	const struct attempt *lower = &a->v[i];
	uint64_t limit = lower->began;

	*ret = (struct rung){ .lower = lower };
	if (lower->resumes || is_parallel(a, lower))
		return false;
	while (i-- > 0) {
		const struct attempt *x = &a->v[i];

		if (x->rank <= lower->rank || !attempt_alike(x, lower))
			continue;
		if (!attempt_failed(x) || (x->ended <= limit && limit - x->ended > RUNG_WITHIN))
			break;
		if (ret->top == NULL || x->rank > ret->top->rank)
			ret->top = x;
		if (x->began < limit)
			limit = x->began;
	}
	return ret->top != NULL && is_high(ret->top);
}

/*
 * Where the server itself refused the higher offer, its refusal of the lower one
 * too shows nothing.
 */
bool ladder_came_through(const struct rung *r)
{
	if (r->top->failure == FAILURE_ALERT)
		return r->lower->answered;
	return r->lower->failure == FAILURE_NONE || r->lower->answered ||
	       r->lower->failure == FAILURE_ALERT;
}

static bool is_same_program(const struct attempt *x, const struct rung *r)
{
	return x == r->top || x == r->lower || attempt_alike(x, x->rank >= r->top->rank ?
							      r->top : r->lower);
}

void ladder_of(const struct attempts *a, const struct rung *r, struct ladder *ret)
{
	const struct attempt *stays = NULL;	/* the rung it stands on, until it returns */
	bool began = a->rungs > 0;

	*ret = (struct ladder){ .rungs = a->rungs };
	for (unsigned i = 0; i < a->n; i++) {
		const struct attempt *x = &a->v[i];
		struct rung here;

		if (!is_same_program(x, r))
			continue;
		if (ladder_rung(a, i, &here)) {
			ret->rungs += ladder_came_through(&here);
			ret->refused += x->refused;
			stays = x;
		} else if (x->rank >= r->top->rank && x->failure == FAILURE_NONE) {
			if (stays != NULL && ret->returns++ == 0)
				ret->returned_after = x->ts - stays->ts;
			stays = NULL;
			began = false;
		} else if (x->rank < r->top->rank && !attempt_failed(x) && !x->resumes) {
			ret->alone += stays ? x->rank < stays->rank : !began;
		}
	}
}

/* ---- large hellos ------------------------------------------------------------------------ */

bool ladder_is_drop(const struct attempt *a)
{
	return a->size > LARGE && !a->answered &&
	       (a->failure == FAILURE_SILENT || a->failure == FAILURE_RESET ||
		a->failure == FAILURE_FOREIGN);
}

/* The highest version of those that died: what offers less came through for that, maybe. */
static unsigned rank_of_drops(const struct attempts *a)
{
	unsigned rank = 0;

	for (unsigned i = 0; i < a->n; i++)
		if (ladder_is_drop(&a->v[i]) && a->v[i].rank > rank)
			rank = a->v[i].rank;
	return rank;
}

static void count_pass(struct large *l, const struct attempt *x)
{
	l->passes += x->times;
	l->after += l->drops > 0;
	if (x->size > l->smaller)
		l->smaller = x->size;
	if (x->brief != NULL)
		l->pass = x;
}

/*
 * An outage is none: small ones die in it too, and afterwards large ones come
 * through.  A browser's connections at one time are one event.
 */
bool ladder_large(const struct attempts *a, struct large *ret)
{
	unsigned rank = rank_of_drops(a);
	bool again = true;			/* a small one came through since the last event */

	*ret = (struct large){ .drops = 0 };
	for (unsigned i = 0; i < a->n; i++) {
		const struct attempt *x = &a->v[i];
		bool through = x->failure == FAILURE_NONE || x->answered;

		if (ladder_is_drop(x)) {
			ret->drops += again;
			again = false;
			if (ret->size == 0 || x->size < ret->size)
				ret->size = x->size;
		} else if (x->size > LARGE ? through : x->rank >= rank && attempt_failed(x)) {
			return false;
		} else if (through && x->rank >= rank) {
			count_pass(ret, x);
			again = true;
		}
	}
	return ret->drops > 0 && ret->after > 0;
}

/* ---- words ------------------------------------------------------------------------------- */

static void put_time(struct buf *b, uint64_t ns)
{
	if (ns < SECOND)
		buf_printf(b, "%u ms", (unsigned)(ns / 1000000));
	else if (ns < 10 * SECOND)
		buf_printf(b, "%u.%u s", (unsigned)(ns / SECOND),
			   (unsigned)(ns % SECOND / (SECOND / 10)));
	else
		buf_printf(b, "%llu s", (unsigned long long)(ns / SECOND));
}

static void put_cause(struct buf *b, const struct attempt *top)
{
	switch (top->failure) {
	case FAILURE_FOREIGN:
		buf_printf(b, "a reset in the server's name with TTL %u, where its SYN-ACK has %u:"
			   " it comes from a device on the path", top->reset_ttl,
			   top->synack_ttl);
		break;
	case FAILURE_RESET:
		buf_puts(b, "a reset");
		if (top->synack_ttl != 0)
			buf_printf(b, " with TTL %u as of the server's SYN-ACK (%u)",
				   top->reset_ttl, top->synack_ttl);
		buf_puts(b, ": the server's own, or of a device that copies its TTL");
		break;
	case FAILURE_ALERT:
		buf_printf(b, "alert %u of the server itself", top->alert);
		break;
	case FAILURE_CERTIFICATE:
		buf_printf(b, "the client's alert %u about the certificate: not a question of "
			   "versions", top->alert);
		break;
	case FAILURE_CLOSED:
		buf_puts(b, "closed without an answer: by the server, or by a device in its name");
		break;
	default:
		buf_puts(b, "no answer: packets were lost, or a filter drops them");
	}
}

void ladder_words(const struct rung *r, const struct ladder *l, struct buf *ret)
{
	char high[TLS_WORDS], low[TLS_WORDS];

	if (l->rungs > 1)
		buf_printf(ret, "%u times", l->rungs);
	else
		buf_puts(ret, "once");
	buf_printf(ret, " an offer of up to %s failed and one of at most %s came through after "
		   "it (", tls_version_words(r->top->max, high),
		   tls_version_words(r->lower->max, low));
	put_time(ret, r->lower->ts - r->top->ts);
	buf_puts(ret, " later); the higher one: ");
	put_cause(ret, r->top);
	if (r->top->size > LARGE && r->lower->size <= LARGE)
		buf_printf(ret, "; it was the larger one too (%u bytes, the lower %u): its size "
			   "may be the reason", r->top->size, r->lower->size);
	if (l->refused > 0)
		buf_puts(ret, "; the server answered the lower one with alert 86: it can do "
			 "better, so the path or loss is the cause");
	if (l->returns == 0) {
		buf_printf(ret, "; not seen back at %s", high);
		return;
	}
	buf_printf(ret, "; returned to %s after ", high);
	put_time(ret, l->returned_after);
	if (l->returns > 1)
		buf_printf(ret, "; %u times so far", l->returns);
}

void ladder_large_words(const struct large *l, struct buf *ret)
{
	if (l->drops > 1)
		buf_printf(ret, "%u times", l->drops);
	else
		buf_puts(ret, "once");
	buf_printf(ret, " hellos of %u bytes and more died without an answer, while %u of at most "
		   "%u bytes came through%s: packets too large for a link, or a device that cannot "
		   "read a hello of two segments%s", l->size, l->passes, l->smaller,
		   l->drops > 1 ? ", also in between" : " afterwards",
		   l->drops > 1 ? "" : "; or it was a short outage");
}

enum confidence ladder_large_confidence(const struct large *l)
{
	return l->drops >= REPEATED ? CONFIDENCE_MEDIUM : CONFIDENCE_LOW;
}

enum confidence ladder_confidence(const struct rung *r, const struct ladder *l)
{
	switch (r->top->failure) {
	case FAILURE_FOREIGN:
		return l->rungs >= REPEATED ? CONFIDENCE_HIGH : CONFIDENCE_MEDIUM;
	case FAILURE_ALERT:
	case FAILURE_CERTIFICATE:
		return CONFIDENCE_MEDIUM;
	default:
		return l->refused >= REPEATED ? CONFIDENCE_MEDIUM : CONFIDENCE_LOW;
	}
}
