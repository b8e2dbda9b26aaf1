/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host: what the counts of a box come to: its verdict, and how sure that is.
 *
 * Every piece of evidence has a weight; what speaks against it has a negative
 * one.  One side alone never carries a verdict on versions, and never more than
 * medium confidence.
 */
#include "host/legs.h"

#include <string.h>

#include "base/text.h"

uint64_t population_low(const struct population *p)
{
	uint64_t n = 0;

	for (unsigned rank = 1; rank < LEG_LOW; rank++)
		n += p->offered[rank];
	return n;
}

uint64_t population_high(const struct population *p)
{
	uint64_t n = 0;

	for (unsigned rank = LEG_LOW; rank < VERSION_RANKS; rank++)
		n += p->offered[rank];
	return n;
}

unsigned population_max(const struct population *p)
{
	unsigned rank = VERSION_RANKS - 1;

	while (rank > 0 && p->offered[rank] == 0)
		rank--;
	return rank;
}

static bool has(const struct proxy *p, enum proof proof)
{
	return (p->proofs >> proof & 1) != 0;
}

static bool is_called_proxy(const struct proxy *p)
{
	return (p->recognised & (1u << RECOGNISED_CONNECT | 1u << RECOGNISED_SOCKS)) != 0;
}

static bool has_inspection_stack(const struct population *p)
{
	for (unsigned i = 0; i < p->nshapes; i++)
		if (strcmp(p->shapes[i]->family, "interceptor") == 0)
			return true;
	return false;
}

/* ---- evidence ---------------------------------------------------------------------------- */

static unsigned proofs_of(const struct proxy *p)
{
	const struct population *in = &p->legs[LEG_CLIENT], *out = &p->legs[LEG_UPSTREAM];
	bool holds[PROOFS] = {
		[PROOF_RANDOM] = p->tunnelled > 0,
		[PROOF_ENDS] = p->nested > 0 && !(p->recognised & 1u << RECOGNISED_TRANSPARENT),
		[PROOF_NESTED] = p->nested > 0,
		[PROOF_PRELUDE] = p->preludes > 0,
		[PROOF_OPTION] = (p->recognised & 1u << RECOGNISED_OPTION) != 0,
		[PROOF_ISSUER] = p->private_issuers > 0,
		[PROOF_STACKS] = in->nshapes >= 2 && out->nshapes == 1 && out->legs >= 2,
		[PROOF_INTERCEPTOR] = has_inspection_stack(out),
		[PROOF_NEAR] = p->near > 0,
		[PROOF_SENTINEL] = p->sentinels > 0,
		[PROOF_AGENT] = p->agents > 0,
		[PROOF_SCSV] = p->scsv > 0,
		[PROOF_REFUSED] = p->client_alerts > 0 && p->private_issuers > 0,
		[PROOF_LISTS] = p->verdict == LEGS_MIMICS,
		[PROOF_LOAD] = p->candidates >= 3 * p->nested && p->nested > 0,
		[PROOF_ALONE] = p->alone > 0 && p->nested + p->tunnelled > 0,
		[PROOF_ONE_SIDE] = p->nested == 0 && p->tunnelled == 0,
	};
	unsigned proofs = 0;

	for (unsigned i = 0; i < PROOFS; i++)
		proofs |= (unsigned)holds[i] << i;
	return proofs;
}

static int weight_of(const struct proxy *p, enum proof proof)
{
	switch (proof) {
	case PROOF_RANDOM:
		return p->tunnelled > 1 || is_called_proxy(p) ? 6 : 4;
	case PROOF_ENDS:
	case PROOF_ISSUER:
	case PROOF_OPTION:
		return 3;
	case PROOF_PRELUDE:
		return 2;
	case PROOF_NESTED:
		return p->nested >= 3 ? 2 : 1;
	case PROOF_STACKS:
	case PROOF_INTERCEPTOR:
	case PROOF_NEAR:
	case PROOF_SENTINEL:
	case PROOF_AGENT:
	case PROOF_REFUSED:
	case PROOF_LISTS:
		return 1;
	case PROOF_LOAD:
		return -1;
	case PROOF_ALONE:
		return p->alone > p->nested + p->tunnelled ? -2 : -1;
	case PROOF_SCSV:
	case PROOF_ONE_SIDE:
	case PROOFS:
		break;
	}
	return 0;
}

/*
 * Anybody may call a host as if it were a proxy: without a word of its own (an
 * answered CONNECT, a certificate, the operator's) it takes two who do.
 */
static bool is_witnessed(const struct proxy *p)
{
	return has(p, PROOF_PRELUDE) || has(p, PROOF_ISSUER) || has(p, PROOF_OPTION) ||
	       p->clients >= 2;
}

static enum confidence confidence_of(const struct proxy *p)
{
	int sum = 0;

	for (unsigned i = 0; i < PROOFS; i++)
		if (has(p, (enum proof)i))
			sum += weight_of(p, (enum proof)i);
	if (sum < 3)
		return CONFIDENCE_LOW;
	if (sum < 5 || has(p, PROOF_ONE_SIDE))
		return CONFIDENCE_MEDIUM;
	if (p->verdict != LEGS_TUNNELS && !is_witnessed(p))
		return CONFIDENCE_MEDIUM;
	return CONFIDENCE_HIGH;
}

/* ---- the verdict ------------------------------------------------------------------------- */

/* Two programs in, two out, each with the suites of its own: else both use one library. */
static bool is_mimic(const struct proxy *p)
{
	return 2 * p->copied > p->nested && p->legs[LEG_CLIENT].nshapes >= 2 &&
	       p->legs[LEG_UPSTREAM].nshapes >= 2;
}

static enum legs_verdict verdict_of(const struct proxy *p)
{
	if (p->lowered > 0)
		return LEGS_LOWERS;
	if (p->raised > 0)
		return LEGS_RAISES;
	if (p->nested > 0)
		return is_mimic(p) ? LEGS_MIMICS : LEGS_REORIGINATES;
	if (p->private_issuers > 0)
		return LEGS_REORIGINATES;
	return p->tunnelled > 0 ? LEGS_TUNNELS : LEGS_UNKNOWN;
}

void proxy_conclude(struct proxy *p)
{
	p->verdict = verdict_of(p);
	if (p->verdict != LEGS_RAISES)
		p->masked = 0;
	p->proofs = proofs_of(p);
	p->confidence = confidence_of(p);
}

/* Answers from near by are the least: a quick network, and connections that overlap. */
bool proxy_is_sound(const struct proxy *p)
{
	if (p->recognised != 1u << RECOGNISED_TRANSPARENT || p->tunnelled > 0)
		return true;
	return p->nested >= 3 && p->clients >= 2 && p->alone == 0;
}

/* ---- words ------------------------------------------------------------------------------- */

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

static void say(struct buf *b, uint64_t n, const char *noun)
{
	buf_printf(b, "%llu %s%s", (unsigned long long)n, noun, plural(n));
}

static void say_nested(const struct proxy *p, struct buf *ret)
{
	say(ret, p->nested, "upstream ClientHello");
	buf_printf(ret, " went out while a client's conversation for the same name was open "
		   "(of %llu seen)", (unsigned long long)(p->nested + p->alone));
}

static void say_load(const struct proxy *p, struct buf *ret)
{
	uint64_t tenths = 10 * p->candidates / p->nested;

	buf_printf(ret, "%llu.%llu clients' conversations were open for each upstream one: "
		   "which asked for which is not certain",
		   (unsigned long long)(tenths / 10), (unsigned long long)(tenths % 10));
}

/* What comes from the handshakes as they are. */
static void say_signs(const struct proxy *p, enum proof proof, struct buf *ret)
{
	switch ((unsigned)proof) {
	case PROOF_STACKS:
		buf_printf(ret, "%u%s kinds of ClientHello come in, one goes out",
			   p->legs[LEG_CLIENT].nshapes,
			   p->legs[LEG_CLIENT].nshapes == POPULATION_STACKS ? " or more" : "");
		break;
	case PROOF_INTERCEPTOR:
		buf_puts(ret, "its ClientHello is known as an inspection product's");
		break;
	case PROOF_NEAR:
		say(ret, p->near, "answer");
		buf_puts(ret, " in Microsoft's name from less than a millisecond away");
		break;
	case PROOF_SENTINEL:
		say(ret, p->sentinels, "answer");
		buf_puts(ret, " from a server that could do better, to offers that asked for it");
		break;
	case PROOF_AGENT:
		say(ret, p->agents, "upstream hello");
		buf_puts(ret, " of another stack than the browser's that CONNECT names");
		break;
	case PROOF_SCSV:
		say(ret, p->scsv, "upstream hello");
		buf_puts(ret, " marked as a retry with less (TLS_FALLBACK_SCSV)");
		break;
	case PROOF_REFUSED:
		say(ret, p->client_alerts, "client handshake");
		buf_puts(ret, " ended by an alert on that certificate");
		break;
	case PROOF_LISTS:
		buf_puts(ret, "its lists of suites follow those of its clients");
		break;
	}
}

/* What comes from holding legs against each other, and what speaks against it. */
void proxy_proof(const struct proxy *p, enum proof proof, struct buf *ret)
{
	switch ((unsigned)proof) {
	case PROOF_RANDOM:
		say(ret, p->tunnelled, "ClientHello");
		buf_puts(ret, " left with the client random with which they came");
		break;
	case PROOF_ENDS:
		buf_puts(ret, "answers clients, and asks for the same names itself, by one "
			 "address");
		break;
	case PROOF_NESTED:
		say_nested(p, ret);
		break;
	case PROOF_PRELUDE:
		buf_puts(ret, "asked as a proxy in ");
		say(ret, p->preludes, "connection");
		break;
	case PROOF_OPTION:
		buf_puts(ret, "named by --proxy");
		break;
	case PROOF_ISSUER:
		buf_puts(ret, "shows clients a certificate of no public authority: ");
		text_wire(ret, (struct slice){ (const uint8_t *)p->issuer, strlen(p->issuer) });
		break;
	case PROOF_LOAD:
		say_load(p, ret);
		break;
	case PROOF_ALONE:
		say(ret, p->alone, "upstream ClientHello");
		buf_puts(ret, " that no client had asked for: it speaks for itself too");
		break;
	case PROOF_ONE_SIDE:
		buf_puts(ret, "only its clients' side was captured");
		break;
	default:
		say_signs(p, proof, ret);
	}
}
