/* SPDX-License-Identifier: Apache-2.0 */
/*
 * x509: a certificate in facts, read by OpenSSL (RFC 5280).
 *
 * The bytes are a stranger's: nothing here is verified, and every text is cut
 * to its place (which x509.h names).  Names are printed most specific part first, "CN=..., O=...",
 * in UTF-8 with RFC 2253's escapes; OpenSSL takes no name whose bytes are not
 * what its string type says.
 */
#include <assert.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "x509/x509.h"

#define NS_PER_SECOND UINT64_C(1000000000)

/* Cuts text at n bytes, but not inside a UTF-8 sequence. */
static void copy_utf8(char *ret, size_t room, const char *text, size_t n)
{
	if (n >= room) {
		n = room - 1;
		while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
			n--;
	}
	memcpy(ret, text, n);
	ret[n] = '\0';
}

static bool name_text(X509_NAME *name, char ret[static X509_NAME_TEXT])
{
	unsigned long flags = XN_FLAG_SEP_CPLUS_SPC | XN_FLAG_DN_REV | XN_FLAG_FN_SN |
			      XN_FLAG_DUMP_UNKNOWN_FIELDS | ASN1_STRFLGS_ESC_2253 |
			      ASN1_STRFLGS_ESC_CTRL | ASN1_STRFLGS_UTF8_CONVERT |
			      ASN1_STRFLGS_DUMP_UNKNOWN | ASN1_STRFLGS_DUMP_DER;
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;
	bool ok = bio != NULL && X509_NAME_print_ex(bio, name, 0, flags) >= 0;

	if (ok) {
		long n = BIO_get_mem_data(bio, &text);

		copy_utf8(ret, X509_NAME_TEXT, n > 0 ? text : "", n > 0 ? (size_t)n : 0);
	}
	BIO_free(bio);
	return ok;
}

/* Nanoseconds since 1970; what lies before is 0, what lies beyond the year 2554 the maximum. */
static bool time_read(const ASN1_TIME *t, uint64_t *ret)
{
	struct tm tm;
	time_t seconds;

	if (ASN1_TIME_to_tm(t, &tm) != 1)
		return false;
	seconds = timegm(&tm);
	if (seconds < 0)
		*ret = 0;
	else if ((uint64_t)seconds > UINT64_MAX / NS_PER_SECOND)
		*ret = UINT64_MAX;
	else
		*ret = (uint64_t)seconds * NS_PER_SECOND;
	return true;
}

/* subjectAltName's dNSNames; one with a NUL in it is meant to deceive and is left out. */
static void names_read(X509 *x, struct certificate *ret)
{
	GENERAL_NAMES *list = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);

	for (int i = 0; i < sk_GENERAL_NAME_num(list); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(list, i);
		const uint8_t *p;
		size_t n;

		if (name->type != GEN_DNS)
			continue;
		p = ASN1_STRING_get0_data(name->d.dNSName);
		n = (size_t)ASN1_STRING_length(name->d.dNSName);
		if (n == 0 || n > 255 || memchr(p, '\0', n) != NULL ||
		    n + 1 > sizeof(ret->names) - ret->nnames)
			continue;
		ret->names[ret->nnames++] = (uint8_t)n;
		memcpy(ret->names + ret->nnames, p, n);
		ret->nnames += n;
	}
	GENERAL_NAMES_free(list);
}

static void lower_case(char *text)
{
	for (; *text != '\0'; text++)
		if (*text >= 'A' && *text <= 'Z')
			*text = (char)(*text - 'A' + 'a');
}

/* The key's type and size; of a key that OpenSSL cannot read, the algorithm's name alone. */
static void key_read(X509 *x, struct certificate *ret)
{
	EVP_PKEY *key = X509_get0_pubkey(x);
	const char *type = key ? EVP_PKEY_get0_type_name(key) : NULL;
	ASN1_OBJECT *algorithm;

	if (type != NULL) {
		snprintf(ret->key_type, sizeof(ret->key_type), "%s", type);
		if (EVP_PKEY_get_bits(key) > 0)
			ret->key_bits = (unsigned)EVP_PKEY_get_bits(key);
	} else if (X509_PUBKEY_get0_param(&algorithm, NULL, NULL, NULL,
					  X509_get_X509_PUBKEY(x)) == 1) {
		(void)OBJ_obj2txt(ret->key_type, sizeof(ret->key_type), algorithm, 0);
	}
	lower_case(ret->key_type);
}

static void signature_read(X509 *x, struct certificate *ret)
{
	const X509_ALGOR *algorithm;
	const ASN1_OBJECT *object;

	X509_get0_signature(NULL, &algorithm, x);
	X509_ALGOR_get0(&object, NULL, NULL, algorithm);
	(void)OBJ_obj2txt(ret->signature, sizeof(ret->signature), object, 0);
}

static bool certificate_read(X509 *x, struct certificate *ret)
{
	X509_NAME *subject = X509_get_subject_name(x), *issuer = X509_get_issuer_name(x);

	if (!name_text(subject, ret->subject) || !name_text(issuer, ret->issuer) ||
	    !time_read(X509_get0_notBefore(x), &ret->not_before) ||
	    !time_read(X509_get0_notAfter(x), &ret->not_after))
		return false;
	ret->self_issued = X509_NAME_cmp(subject, issuer) == 0;
	names_read(x, ret);
	key_read(x, ret);
	signature_read(x, ret);
	return true;
}

/* ---- certificates seen lately -------------------------------------------------------- */

/*
 * OpenSSL takes a fifth of a millisecond for a certificate, and most servers
 * show one of a few.  So each thread keeps the last ones with their bytes, one
 * in a slot, which their length and the end of their signature choose: memory
 * is bounded, and all that a flood of new certificates can do is to make us parse.
 */
enum { SLOTS = 64, KEPT = 8192, TAIL = 8 };

struct held {
	struct certificate is;		/* first: it is what others point at */
	unsigned holders;
	size_t n;
	uint8_t der[];
};

struct slots {
	struct held *v[SLOTS];		/* NULL: empty */
};

static pthread_key_t slots_key;
static pthread_once_t slots_once = PTHREAD_ONCE_INIT;

static void release(struct held *h)
{
	if (h != NULL && --h->holders == 0)
		free(h);
}

static void slots_free(void *p)
{
	struct slots *slots = p;

	for (size_t i = 0; i < SLOTS; i++)
		release(slots->v[i]);
	free(slots);
}

static void slots_prepare(void)
{
	int failed = pthread_key_create(&slots_key, slots_free);

	assert(failed == 0);
	(void)failed;
}

/* Where such a certificate is kept; NULL: nowhere. */
static struct held **slot_of(struct slice der)
{
	struct slots *slots;
	uint64_t tail;

	if (der.n < TAIL || der.n > KEPT)
		return NULL;
	pthread_once(&slots_once, slots_prepare);
	slots = pthread_getspecific(slots_key);
	if (slots == NULL) {
		slots = calloc(1, sizeof(*slots));
		if (slots == NULL || pthread_setspecific(slots_key, slots) != 0) {
			free(slots);
			return NULL;
		}
	}
	memcpy(&tail, der.p + der.n - TAIL, TAIL);
	return &slots->v[((tail ^ der.n) * UINT64_C(0x9e3779b97f4a7c15) >> 32) % SLOTS];
}

static bool parse(struct slice der, struct certificate *ret)
{
	const unsigned char *p = der.p;
	X509 *x = d2i_X509(NULL, &p, (long)der.n);
	bool ok = x != NULL && p == der.p + der.n && certificate_read(x, ret);

	X509_free(x);
	ERR_clear_error();	/* the peer's faults are none of ours */
	return ok;
}

bool x509_parse(struct slice der, struct certificate *ret)
{
	static atomic_uint_fast64_t last;

	*ret = (struct certificate){ .nnames = 0 };
	if (der.n == 0 || der.n > LONG_MAX || !parse(der, ret))
		return false;
	x509_sha256(der, ret->sha256);
	ret->serial = atomic_fetch_add_explicit(&last, 1, memory_order_relaxed) + 1;
	return true;
}

const struct certificate *certificate_hold(struct slice der)
{
	struct held **slot = slot_of(der), *h = slot ? *slot : NULL;

	if (h == NULL || h->n != der.n || memcmp(h->der, der.p, der.n) != 0) {
		h = malloc(sizeof(*h) + der.n);
		if (h == NULL || !x509_parse(der, &h->is)) {
			free(h);
			return NULL;
		}
		h->holders = 0;
		h->n = der.n;
		memcpy(h->der, der.p, der.n);
		if (slot != NULL) {
			release(*slot);
			*slot = h;
			h->holders++;
		}
	}
	h->holders++;
	return &h->is;
}

void certificate_release(const struct certificate *c)
{
	release((struct held *)(uintptr_t)c);
}

/* ---- the library --------------------------------------------------------------------- */

static char version[32];

static void version_make(void)
{
	snprintf(version, sizeof(version), "OpenSSL %s", OpenSSL_version(OPENSSL_VERSION_STRING));
}

const char *x509_library_version(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, version_make);
	return version;
}
