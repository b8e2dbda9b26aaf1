/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fact: the TLS stack behind the offer.
 *
 * Its name comes from the rules (stacks.yaml) with the handshake.  What shows
 * that a stack knows more than it offers is read here, from an offer below TLS
 * 1.2: extensions, groups and suites that no stack had before it had TLS 1.2.
 * No such sign proves nothing, so there is no false.
 */
#include <string.h>

#include "fact/get.h"

const char *const stack_families[] = {
	"schannel", "securetransport", "nss", "chrome", "android", "jsse", "openssl", "boringssl",
	"gnutls", "mono", "go", "opera", "interceptor", "other", NULL
};
const char *const stack_tls12[] = { "yes", "off-by-default", "needs-update", "no", NULL };
const char *const stack_confidences[] = { "high", "medium", "low", NULL };

enum sign {
	SIGN_VERSIONS	= 1 << 0,	/* supported_versions: RFC 8446 4.2.1, a TLS 1.3 stack */
	SIGN_ETM	= 1 << 1,	/* encrypt_then_mac: RFC 7366, 2014 */
	SIGN_GROUPS	= 1 << 2,	/* x25519, x448 (RFC 8422), ffdhe (RFC 7919) */
	SIGN_SIGNATURES	= 1 << 3,	/* RFC 5246 7.4.1.4.1: not for offers below TLS 1.2 */
	SIGN_FALLBACK	= 1 << 4,	/* RFC 7507: a retry with less */
	SIGN_EMS	= 1 << 5,	/* extended_master_secret: RFC 7627, 2015 */
	SIGN_SUITES	= 1 << 6,	/* weak: Opera 12 does so by default */
	SIGN_RESUMES	= 1 << 7	/* weak: repeats the version of an earlier session */
};

const char *const stack_sign_names[] = {
	"supported-versions", "encrypt-then-mac", "modern-groups", "signature-algorithms",
	"fallback-scsv", "extended-master-secret", "tls1.2-suites", "resumption", NULL
};

/* ---- the name --------------------------------------------------------------------------- */

struct value get_stack_id(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return value_words(h->stack ? h->stack->id : NULL);
}

struct value get_stack_family(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return value_words(h->stack ? h->stack->family : NULL);
}

struct value get_stack_os(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return value_words(h->stack ? h->stack->os : NULL);
}

struct value get_stack_label(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return value_words(h->stack ? h->stack->label : NULL);
}

struct value get_stack_tls12(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return value_words(h->stack ? h->stack->tls12 : NULL);
}

struct value get_stack_confidence(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return value_words(h->stack ? h->stack->confidence : NULL);
}

struct value get_stack_because(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return value_words(h->stack ? h->stack->because : NULL);
}

struct value get_stack_patched(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return h->stack && h->stack->has_patched ? value_bool(h->stack->patched) : value_none;
}

/* ---- the signs --------------------------------------------------------------------------- */

static bool has_modern_group(const struct hello *h)
{
	struct slice groups;
	struct cursor c;

	if (!offer_groups(h, &groups))
		return false;
	c = cursor_of(groups);
	while (cur_left(&c) > 0) {
		uint16_t group = cur_u16(&c);

		if (group == 0x001d || group == 0x001e || (group >= 0x0100 && group <= 0x0104))
			return true;
	}
	return false;
}

/* Suites with SHA-256, SHA-384, GCM or ChaCha20: RFC 5246 A.5, 5288, 5289, 7905. */
static bool has_tls12_suite(const struct hello *h)
{
	struct cursor c = cursor_of(h->ciphers);

	while (cur_left(&c) > 0) {
		uint16_t code = cur_u16(&c);

		if ((code >= 0x003b && code <= 0x0040) || (code >= 0x0067 && code <= 0x006d) ||
		    (code >= 0x009c && code <= 0x00a7) || (code >= 0xc023 && code <= 0xc032) ||
		    (code >= 0xcca8 && code <= 0xccae))
			return true;
	}
	return false;
}

static bool has_ext(const struct hello *h, uint16_t type)
{
	struct slice body;

	return hello_ext(h, type, &body);
}

static uint64_t signs_of(const struct hello *h)
{
	uint64_t signs = 0;

	if (has_ext(h, EXT_SUPPORTED_VERSIONS))
		signs |= SIGN_VERSIONS;
	if (has_ext(h, EXT_ENCRYPT_THEN_MAC))
		signs |= SIGN_ETM;
	if (has_modern_group(h))
		signs |= SIGN_GROUPS;
	if (has_ext(h, EXT_SIGNATURE_ALGORITHMS))
		signs |= SIGN_SIGNATURES;
	if (offer_has_cipher(h, 0x5600))
		signs |= SIGN_FALLBACK;
	if (has_ext(h, EXT_EXTENDED_MASTER_SECRET))
		signs |= SIGN_EMS;
	if (has_tls12_suite(h))
		signs |= SIGN_SUITES;
	if (offer_resumes(h))
		signs |= SIGN_RESUMES;
	return signs;
}

/* A whole TLS hello whose highest version is known and below TLS 1.2. */
static bool is_low(const struct hello *h)
{
	uint16_t max = h != NULL && h->complete && h->format == HELLO_TLS ? offer_max(h) : 0;

	return max != 0 && tls_version_rank(max) < tls_version_rank(TLS1_2);
}

struct value get_stack_signs(const struct handshake *h, struct scratch *s)
{
	uint64_t signs = is_low(h->offer) ? signs_of(h->offer) : 0;

	(void)s;
	return signs ? value_set(signs, stack_sign_names) : value_none;
}

struct value get_stack_configured(const struct handshake *h, struct scratch *s)
{
	uint64_t signs = is_low(h->offer) ? signs_of(h->offer) : 0;

	(void)s;
	if (signs & SIGN_FALLBACK)
		return value_none;	/* it offers less because more has failed */
	return signs & (SIGN_VERSIONS | SIGN_ETM | SIGN_GROUPS) ? value_bool(true) : value_none;
}

static bool is_capable(const struct stack *stack)
{
	return stack != NULL && (strcmp(stack->tls12, "yes") == 0 ||
				 strcmp(stack->tls12, "off-by-default") == 0);
}

struct value get_stack_capable(const struct handshake *h, struct scratch *s)
{
	uint64_t strong = SIGN_VERSIONS | SIGN_ETM | SIGN_GROUPS | SIGN_SIGNATURES | SIGN_FALLBACK;

	(void)s;
	if (h->offer == NULL || !h->offer->complete)
		return value_none;
	if (is_low(h->offer) && (signs_of(h->offer) & strong || is_capable(h->stack)))
		return value_bool(true);
	return value_none;
}

/* ---- for identify -------------------------------------------------------------------------- */

/* A NULL-terminated list of texts of at most 255 bytes each. */
static struct value texts_of(const char *const *texts, struct scratch *s)
{
	struct slice all = { s->p, 0 };

	for (; texts != NULL && *texts != NULL; texts++) {
		size_t n = strlen(*texts);
		uint8_t *p = scratch_take(s, n + 1);

		if (p == NULL)
			return value_none;
		p[0] = (uint8_t)n;
		memcpy(p + 1, *texts, n);
		all.n += n + 1;
	}
	return all.n > 0 ? value_bytes(VALUE_TEXTS, all) : value_none;
}

struct value get_stack_collides(const struct handshake *h, struct scratch *s)
{
	return texts_of(h->explain && h->stack ? h->stack->collides : NULL, s);
}

struct value get_stack_unseen(const struct handshake *h, struct scratch *s)
{
	return texts_of(h->explain && h->stack ? h->stack->unseen : NULL, s);
}
