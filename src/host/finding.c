/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host: how far the capture carries a finding, in words; the fixes of a host.
 *
 * A finding says what was seen; what speaks against it is said beside it.  A
 * host that offers more in other handshakes is never called legacy without a
 * word on those.
 */
#include "host/host.h"

#include <inttypes.h>

const char *const grade_names[] = { "good", "fair", "poor", NULL };
const char *const confidence_names[] = { "low", "medium", "high", NULL };

static const uint16_t versions[] = { SSL2, SSL3, TLS1_0, TLS1_1, TLS1_2, TLS1_3 };
static const char *const tokens[] = { "ssl2", "ssl3", "tls1.0", "tls1.1", "tls1.2", "tls1.3" };

const char *version_of_rank(unsigned rank)
{
	for (unsigned i = 0; i < sizeof(versions) / sizeof(versions[0]); i++)
		if (tls_version_rank(versions[i]) == rank)
			return tokens[i];
	return NULL;
}

const char *version_words(unsigned rank)
{
	static const char *const words[] = {
		"SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3"
	};

	for (unsigned i = 0; i < sizeof(versions) / sizeof(versions[0]); i++)
		if (tls_version_rank(versions[i]) == rank)
			return words[i];
	return "an unknown version";
}

uint64_t host_low_offers(const struct host *h)
{
	uint64_t n = 0;

	for (unsigned rank = 1; rank < tls_version_rank(TLS1_2); rank++)
		n += h->offered[rank];
	return n > h->aliased_low ? n - h->aliased_low : 0;
}

uint64_t host_high_offers(const struct host *h)
{
	uint64_t n = 0;

	for (unsigned rank = tls_version_rank(TLS1_2); rank < VERSION_RANKS; rank++)
		n += h->offered[rank];
	return n > h->aliased_high ? n - h->aliased_high : 0;
}

static bool is_called_for(const struct host *h, const struct fix *fix, size_t findings,
			  unsigned fixes)
{
	for (size_t i = 0; i <= findings; i++)
		for (unsigned k = 0; k < (i < findings ? h->findings[i]->nfixes : fixes); k++)
			if (h->findings[i]->fixes[k].fix == fix)
				return true;
	return false;
}

static bool has_fix(const struct host *h, const struct fix *fix)
{
	return h->nfindings > 0 && is_called_for(h, fix, h->nfindings - 1,
						 h->findings[h->nfindings - 1]->nfixes);
}

const struct fix *host_fix(const struct host *h, unsigned n)
{
	for (size_t i = 0; i < h->nfindings; i++)
		for (unsigned k = 0; k < h->findings[i]->nfixes; k++) {
			const struct fix *fix = h->findings[i]->fixes[k].fix;

			if (!is_called_for(h, fix, i, k) && n-- == 0)
				return fix;
		}
	if (n == 0 && h->path_fix != NULL && !has_fix(h, h->path_fix))
		return h->path_fix;
	return NULL;
}

static enum confidence carried(const struct finding *f)
{
	if (f->proxy != NULL)
		return (enum confidence)f->proxy->confidence;
	if (f->grades[GRADE_GOOD] >= 2)
		return CONFIDENCE_HIGH;
	if (f->grades[GRADE_GOOD] == 1 || f->grades[GRADE_FAIR] >= 2)
		return CONFIDENCE_MEDIUM;
	return CONFIDENCE_LOW;
}

/* Old offers and new ones, of many stacks: whose the old ones are is not known. */
static bool is_one_of_many(const struct host *h)
{
	return host_may_be_several(h) && host_low_offers(h) > 0 && host_high_offers(h) > 0;
}

enum confidence finding_confidence(const struct finding *f)
{
	enum confidence c = carried(f);

	if (c > CONFIDENCE_MEDIUM && f->host != NULL && is_one_of_many(f->host))
		c = CONFIDENCE_MEDIUM;
	return c < f->most ? c : f->most;
}

static void because_count(const struct finding *f, struct buf *ret)
{
	if (f->count == 1)
		buf_puts(ret, "seen once");
	else
		buf_printf(ret, "seen %" PRIu64 " times", f->count);
}

static void because_hellos(const struct finding *f, struct buf *ret)
{
	uint64_t sound = f->grades[GRADE_GOOD] + f->grades[GRADE_FAIR];

	if (f->complete == 0)
		return;
	buf_printf(ret, "%" PRIu64 " complete ClientHello%s", f->complete,
		   f->complete == 1 ? "" : "s");
	if (sound == f->count)
		buf_puts(ret, f->count == 1 ? ", no bytes lost" : ", none lost bytes");
}

static void because_grades(const struct finding *f, struct buf *ret)
{
	if (f->grades[GRADE_POOR] > 0)
		buf_printf(ret, "%" PRIu64 " of %" PRIu64 " poorly captured (bytes are missing)",
			   f->grades[GRADE_POOR], f->count);
}

static void because_sides(const struct finding *f, struct buf *ret)
{
	if (f->one_way > 0)
		buf_printf(ret, "%" PRIu64 " of %" PRIu64 " seen from one side only", f->one_way,
			   f->count);
	else if (f->grades[GRADE_FAIR] > 0)
		buf_printf(ret, "%" PRIu64 " of %" PRIu64 " joined in the middle, or with bytes "
			   "that contradict each other", f->grades[GRADE_FAIR], f->count);
}

uint64_t results_failed(const uint64_t results[static RESULTS])
{
	return results[RESULT_ALERT] + results[RESULT_RESET] + results[RESULT_CLOSED] +
	       results[RESULT_SILENT] + results[RESULT_REFUSED];
}

void results_words(const uint64_t results[static RESULTS], struct buf *ret)
{
	const char *between = "";

	for (unsigned i = 0; i < RESULTS; i++) {
		if (results[i] == 0)
			continue;
		buf_printf(ret, "%s%" PRIu64 " %s", between, results[i], result_names[i]);
		between = ", ";
	}
}

/* Whether these connections work at all, and who may have cut them. */
static void because_outcome(const struct finding *f, struct buf *ret)
{
	buf_puts(ret, "how they ended: ");
	results_words(f->results, ret);
	if (f->results[RESULT_RESET] > 0 && f->reset_ttl && f->synack_ttl)
		buf_printf(ret, " (TTL of the reset %u, of the server's SYN-ACK %u%s)",
			   f->reset_ttl, f->synack_ttl,
			   f->reset_ttl == f->synack_ttl ? "" : ": perhaps not the same sender");
}

/* "TLS 1.1", the highest version below TLS 1.2 that the host offered as its best. */
static const char *highest_low(const struct host *h)
{
	unsigned rank = tls_version_rank(TLS1_2);

	while (rank > 1 && h->offered[--rank] == 0)
		;
	return version_words(rank);
}

static void because_host(const struct finding *f, struct buf *ret)
{
	size_t before = ret->n;
	uint64_t low, high;

	if (f->host == NULL)
		return;
	low = host_low_offers(f->host);
	high = host_high_offers(f->host);
	if (low > 0 && high > 0)
		buf_printf(ret, "this host offers at most %s in %" PRIu64 " of %" PRIu64
			   " complete ClientHellos, the others reach TLS 1.%c",
			   highest_low(f->host), low, low + high,
			   f->host->offered[tls_version_rank(TLS1_3)] > 0 ? '3' : '2');
	else if (low > 0)
		buf_printf(ret, "no complete ClientHello of this host (%" PRIu64
			   " seen) offers more than %s", low, highest_low(f->host));
	else if (high > 0)
		buf_printf(ret, "every complete ClientHello of this host (%" PRIu64
			   " seen) offers TLS 1.2 or above", high);
	if (ret->n > before && host_is_several(f->host))
		buf_puts(ret, "; several machines are behind this address: it is one of them");
	else if (ret->n > before && is_one_of_many(f->host))
		buf_printf(ret, "; %u TLS stacks are behind this address, so it may be NAT or a "
			   "proxy, and this one of the machines behind it", f->host->nstacks);
}

/* Legs are told by their own evidence: their handshakes are those of many. */
static bool because_proof(const struct finding *f, unsigned proof, struct buf *ret)
{
	size_t before = ret->n;

	if (f->proxy != NULL && f->proxy->proofs >> proof & 1)
		proxy_proof(f->proxy, (enum proof)proof, ret);
	return ret->n > before;
}

bool finding_because(const struct finding *f, enum because why, struct buf *ret)
{
	size_t before = ret->n;

	if (why >= BECAUSE_PROOF)
		return because_proof(f, why - BECAUSE_PROOF, ret);
	if (f->proxy != NULL && why != BECAUSE_COUNT)
		return false;
	switch (why) {
	case BECAUSE_COUNT:	because_count(f, ret);	break;
	case BECAUSE_STORY:	buf_puts(ret, f->story ? f->story : "");	break;
	case BECAUSE_HELLOS:	because_hellos(f, ret);	break;
	case BECAUSE_GRADES:	because_grades(f, ret);	break;
	case BECAUSE_SIDES:	because_sides(f, ret);	break;
	case BECAUSE_OUTCOME:	because_outcome(f, ret);	break;
	case BECAUSE_HOST:	because_host(f, ret);	break;
	case BECAUSE_PROOF:
	case BECAUSES:		break;
	}
	return ret->n > before;
}
