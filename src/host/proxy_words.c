/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host: what a proxy does, in sentences.
 */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "host/legs.h"

enum { NAMES_MOST = 4 };		/* of what was removed or added; the others are counted */

static unsigned population_min(const struct population *p)
{
	unsigned rank = 1;

	while (rank < VERSION_RANKS && p->offered[rank] == 0)
		rank++;
	return rank;
}

/* "at most TLS 1.2", "at most TLS 1.0 to TLS 1.3": each hello's highest version. */
static void put_span(const struct population *p, struct buf *ret)
{
	unsigned min = population_min(p), max = population_max(p);

	if (max == 0) {
		buf_puts(ret, "versions that are not known");
		return;
	}
	buf_puts(ret, "at most ");
	if (min < max)
		buf_printf(ret, "%s to ", version_words(min));
	buf_puts(ret, version_words(max));
}

static void put_hellos(uint64_t n, struct buf *ret)
{
	buf_puts(ret, " (");
	text_grouped(ret, n);
	buf_puts(ret, n == 1 ? " ClientHello)" : " ClientHellos)");
}

/* "takes offers of at most TLS 1.3 (5 ClientHellos) and sends at most TLS 1.0 (5 ClientHellos)" */
static void put_legs(const struct proxy *p, struct buf *ret)
{
	buf_puts(ret, "takes ");
	put_span(&p->legs[LEG_CLIENT], ret);
	put_hellos(p->legs[LEG_CLIENT].legs, ret);
	buf_puts(ret, ", and sends ");
	put_span(&p->legs[LEG_UPSTREAM], ret);
	put_hellos(p->legs[LEG_UPSTREAM].legs, ret);
}

static void put_lowered(const struct proxy *p, struct buf *ret)
{
	if (p->legs[LEG_UPSTREAM].legs == 0) {
		buf_printf(ret, "changes the clients' ClientHellos on their way: %" PRIu64
			   " of %" PRIu64 " left with less than TLS 1.2",
			   p->lowered, p->tunnelled);
		return;
	}
	put_legs(p, ret);
	buf_printf(ret, ": it lowers the version, in %" PRIu64 " of them for certain",
		   p->lowered);
}

static void put_opened(const struct proxy *p, struct buf *ret)
{
	if (p->nested == 0) {
		buf_puts(ret, "opens TLS and answers in Microsoft's name: takes ");
		put_span(&p->legs[LEG_CLIENT], ret);
		put_hellos(p->legs[LEG_CLIENT].legs, ret);
		buf_puts(ret, "; its own ClientHellos to Microsoft were not captured, and "
			      "a device behind it may be the one that opens TLS");
		return;
	}
	buf_puts(ret, "opens TLS and speaks for its clients: ");
	put_legs(p, ret);
	if (p->both_low > 0 && population_high(&p->legs[LEG_UPSTREAM]) == 0)
		buf_puts(ret, "; both sides stay below TLS 1.2");
}

static void put_masked(const struct proxy *p, struct buf *ret)
{
	put_legs(p, ret);
	buf_puts(ret, ": it hides from Microsoft that ");
	if (p->masked == 0)
		buf_puts(ret, "some of what its clients offer is old");
	else
		buf_printf(ret, "%" PRIu64 " of its clients never offer%s TLS 1.2", p->masked,
			   p->masked == 1 ? "s" : "");
}

static void put_through(const struct proxy *p, struct buf *ret)
{
	buf_puts(ret, "passes the clients' own ClientHellos on, ");
	put_span(&p->through, ret);
	put_hellos(p->through.legs, ret);
	buf_puts(ret, ": versions are theirs, not the proxy's");
}

void proxy_says(const struct proxy *p, struct buf *ret)
{
	switch (p->verdict) {
	case LEGS_LOWERS:
		put_lowered(p, ret);
		break;
	case LEGS_RAISES:
		put_masked(p, ret);
		break;
	case LEGS_MIMICS:
	case LEGS_REORIGINATES:
		put_opened(p, ret);
		break;
	case LEGS_TUNNELS:
		put_through(p, ret);
		return;
	case LEGS_UNKNOWN:
	case LEGS_VERDICTS:
		buf_puts(ret, "takes ");
		put_span(&p->legs[LEG_CLIENT], ret);
		put_hellos(p->legs[LEG_CLIENT].legs, ret);
		buf_puts(ret, "; what goes on to Microsoft was not captured: a capture on its "
			 "other side, read together with this one, tells");
		return;
	}
	if (p->tunnelled > 0 && p->legs[LEG_UPSTREAM].legs + p->private_issuers > 0) {
		buf_puts(ret, "; others it ");
		put_through(p, ret);
	}
}

/* ---- differences ------------------------------------------------------------------------- */

static const char *suite_name(uint16_t code)
{
	return tls_cipher_name(code, HELLO_TLS);
}

struct codes {
	const uint16_t *v;
	unsigned n;
};

static bool is_in(struct codes set, uint16_t code)
{
	for (unsigned i = 0; i < set.n; i++)
		if (set.v[i] == code)
			return true;
	return false;
}

/* "; no longer: A, B and 3 more suites": what is in a and not in b. */
static void put_missing(struct codes a, struct codes b, const char *(*name)(uint16_t),
			const char *head, struct buf *ret)
{
	unsigned n = 0;

	for (unsigned i = 0; i < a.n; i++) {
		const char *known = name(a.v[i]);

		if (is_in(b, a.v[i]) || n++ >= NAMES_MOST)
			continue;
		buf_puts(ret, n == 1 ? head : ", ");
		if (known != NULL)
			buf_puts(ret, known);
		else
			buf_printf(ret, "0x%04x", a.v[i]);
	}
	if (n > NAMES_MOST)
		buf_printf(ret, " and %u more", n - NAMES_MOST);
}

static void put_difference(struct codes in, struct codes out, const char *(*name)(uint16_t),
			   const char *noun, struct buf *ret)
{
	struct buf heads[2] = { { 0 }, { 0 } };

	buf_printf(&heads[0], "%s%s dropped: ", ret->n ? "; " : "", noun);
	put_missing(in, out, name, buf_text(&heads[0]), ret);
	buf_printf(&heads[1], "%s%s added: ", ret->n ? "; " : "", noun);
	put_missing(out, in, name, buf_text(&heads[1]), ret);
	buf_done(&heads[0]);
	buf_done(&heads[1]);
}

void proxy_differs(const struct proxy *p, struct buf *ret)
{
	const struct population *in = &p->legs[LEG_CLIENT], *out = &p->legs[LEG_UPSTREAM];
	struct codes a, b;

	if (in->nshapes == 0 || out->nshapes == 0 || in->short_lists || out->short_lists)
		return;
	a = (struct codes){ in->suites, in->nsuites };
	b = (struct codes){ out->suites, out->nsuites };
	put_difference(a, b, suite_name, "suites", ret);
	a = (struct codes){ in->groups, in->ngroups };
	b = (struct codes){ out->groups, out->ngroups };
	put_difference(a, b, tls_group_name, "groups", ret);
	a = (struct codes){ in->extensions, in->nextensions };
	b = (struct codes){ out->extensions, out->nextensions };
	put_difference(a, b, tls_extension_name, "extensions", ret);
	if (strcmp(in->alpn, out->alpn) != 0)
		buf_printf(ret, "%sALPN: %s in, %s out", ret->n ? "; " : "",
			   in->alpn[0] ? in->alpn : "none", out->alpn[0] ? out->alpn : "none");
	if ((in->grease > 0) != (out->grease > 0))
		buf_printf(ret, "%sGREASE %s", ret->n ? "; " : "",
			   in->grease > 0 ? "dropped" : "added");
}
