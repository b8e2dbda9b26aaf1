/* SPDX-License-Identifier: Apache-2.0 */
/*
 * x509: certificates and digests.  The only room that knows OpenSSL.
 */
#ifndef X509_X509_H
#define X509_X509_H

#include "base/cursor.h"

#define X509_NAME_TEXT 512
#define X509_NAMES 2048

/* A leaf certificate in facts; self-contained. */
struct certificate {
	char subject[X509_NAME_TEXT];	/* "CN=..., O=...", UTF-8, escaped as in RFC 2253 */
	char issuer[X509_NAME_TEXT];
	uint8_t names[X509_NAMES];	/* subjectAltName dNSNames, (length, bytes)* */
	size_t nnames;			/* bytes in it; what does not fit is left out */
	uint64_t not_before, not_after;	/* nanoseconds since 1970, clamped to what fits */
	char key_type[24];		/* "rsa" "ec" "ed25519" ... */
	unsigned key_bits;
	char signature[48];		/* "sha256WithRSAEncryption" */
	char sha256[65];		/* of the DER, hex */
	bool self_issued;		/* subject is issuer */
	uint64_t serial;		/* of what was parsed: the same, and all is.  It depends
					   on what was seen before, and is not to be told */
};

/* False: it does not parse; *ret is then undefined. */
bool x509_parse(struct slice der, struct certificate *ret);

/*
 * The same, shared by all in this thread that hold it, until certificate_release().
 * NULL: it does not parse, or there is no memory.
 */
const struct certificate *certificate_hold(struct slice der);
void certificate_release(const struct certificate *c);		/* NULL is fine */

/* Lower case; empty if OpenSSL refuses the algorithm (MD5 in FIPS mode). */
void x509_md5(struct slice s, char hex[static 33]);
void x509_sha256(struct slice s, char hex[static 65]);
void x509_sha1(struct slice s, uint8_t ret[static 20]);
bool x509_base64(struct slice s, char *ret, size_t room);	/* NUL-terminated */

const char *x509_library_version(void);		/* "OpenSSL 3.0.17", for --version */

#endif
