/* SPDX-License-Identifier: Apache-2.0 */
/*
 * x509: digests and Base64.
 *
 * Every handshake asks for an MD5 (JA3), so the algorithms are fetched once
 * for the whole process and a thread keeps one context: fetching costs more
 * than the digest.  If OpenSSL refuses an algorithm (MD5 in FIPS mode) the hex
 * is empty, which is "not known", never a wrong digest.
 */
#include <assert.h>
#include <limits.h>
#include <pthread.h>
#include <string.h>

#include <openssl/evp.h>

#include "x509/x509.h"

enum digest { DIGEST_MD5, DIGEST_SHA1, DIGEST_SHA256, DIGESTS };

static EVP_MD *algorithms[DIGESTS];
static pthread_key_t context_key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void context_free(void *context) { EVP_MD_CTX_free(context); }

static void prepare(void)
{
	int failed = pthread_key_create(&context_key, context_free);

	assert(failed == 0);
	(void)failed;
	algorithms[DIGEST_MD5] = EVP_MD_fetch(NULL, "MD5", NULL);
	algorithms[DIGEST_SHA1] = EVP_MD_fetch(NULL, "SHA1", NULL);
	algorithms[DIGEST_SHA256] = EVP_MD_fetch(NULL, "SHA256", NULL);
}

static EVP_MD_CTX *context(void)
{
	EVP_MD_CTX *c;

	pthread_once(&once, prepare);
	c = pthread_getspecific(context_key);
	if (c == NULL) {
		c = EVP_MD_CTX_new();
		if (c == NULL || pthread_setspecific(context_key, c) != 0) {
			EVP_MD_CTX_free(c);
			return NULL;
		}
	}
	return c;
}

/* The digest's bytes into ret; how many, 0 if it cannot be had. */
static unsigned digest(enum digest which, struct slice s, uint8_t ret[static EVP_MAX_MD_SIZE])
{
	EVP_MD_CTX *c = context();
	unsigned n = 0;

	if (c == NULL || algorithms[which] == NULL ||
	    EVP_DigestInit_ex2(c, algorithms[which], NULL) != 1 ||
	    EVP_DigestUpdate(c, s.p, s.n) != 1 || EVP_DigestFinal_ex(c, ret, &n) != 1)
		return 0;
	return n;
}

static void digest_hex(enum digest which, struct slice s, char *hex)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t bytes[EVP_MAX_MD_SIZE];
	unsigned n = digest(which, s, bytes);

	for (unsigned i = 0; i < n; i++) {
		*hex++ = digits[bytes[i] >> 4];
		*hex++ = digits[bytes[i] & 0xf];
	}
	*hex = '\0';
}

void x509_md5(struct slice s, char hex[static 33]) { digest_hex(DIGEST_MD5, s, hex); }

void x509_sha256(struct slice s, char hex[static 65]) { digest_hex(DIGEST_SHA256, s, hex); }

void x509_sha1(struct slice s, uint8_t ret[static 20])
{
	uint8_t bytes[EVP_MAX_MD_SIZE] = { 0 };

	(void)digest(DIGEST_SHA1, s, bytes);
	memcpy(ret, bytes, 20);
}

bool x509_base64(struct slice s, char *ret, size_t room)
{
	if (s.n > INT_MAX / 2 || room < (s.n + 2) / 3 * 4 + 1)
		return false;
	ret[EVP_EncodeBlock((unsigned char *)ret, s.p, (int)s.n)] = '\0';
	return true;
}
