/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls: protocol versions, their tokens, their order, and GREASE.
 *
 * A version is its code on the wire.  Drafts of TLS 1.3 were deployed under
 * codes of their own: 0x7f00 plus the draft's number (RFC 8446 before its
 * publication, section 4.2.1.1 of the drafts), and 0xfb17 and 0xfb1a for the
 * drafts 23 and 26 in Facebook's stack (fizz/record/Types.h).
 */
#include <string.h>

#include "tls/tls.h"

static const struct {
	uint16_t code;
	char token[TLS_TOKEN];
} versions[] = {
	{ SSL2, "ssl2" },
	{ SSL3, "ssl3" },
	{ TLS1_0, "tls1.0" },
	{ TLS1_1, "tls1.1" },
	{ TLS1_2, "tls1.2" },
	{ TLS1_3, "tls1.3" },
	{ DTLS1_0, "dtls1.0" },
	{ DTLS1_2, "dtls1.2" },
	{ DTLS1_3, "dtls1.3" }
};

enum { VERSIONS = sizeof(versions) / sizeof(versions[0]) };

const char *tls_version_token(uint16_t version, char buf[static TLS_TOKEN])
{
	static const char hex[] = "0123456789abcdef";

	for (unsigned i = 0; i < VERSIONS; i++)
		if (versions[i].code == version)
			return memcpy(buf, versions[i].token, TLS_TOKEN);
	buf[0] = '0';
	buf[1] = 'x';
	for (unsigned i = 0; i < 4; i++)
		buf[2 + i] = hex[version >> (12 - 4 * i) & 0xf];
	buf[6] = '\0';
	return buf;
}

const char *tls_version_words(uint16_t version, char buf[static TLS_WORDS])
{
	char token[TLS_TOKEN];
	size_t n;

	tls_version_token(version, token);
	if (token[0] == '0')
		return memcpy(buf, token, TLS_TOKEN);
	n = strcspn(token, "0123456789");
	for (size_t i = 0; i < n; i++)
		buf[i] = (char)(token[i] - 'a' + 'A');
	buf[n] = ' ';
	strcpy(buf + n + 1, token + n);
	if (token[n + 1] == '\0')
		strcat(buf, ".0");		/* SSL 2.0, SSL 3.0 */
	return buf;
}

uint16_t tls_version_of(const char *token)
{
	for (unsigned i = 0; i < VERSIONS; i++)
		if (strcmp(versions[i].token, token) == 0)
			return versions[i].code;
	return 0;
}

uint16_t tls_version_counts(uint16_t version)
{
	if (version >> 8 == 0x7f || version == 0xfb17 || version == 0xfb1a)
		return TLS1_3;
	return tls_version_rank(version) != 0 ? version : 0;
}

/* Asked all the time, so not by a walk over the table. */
unsigned tls_version_rank(uint16_t version)
{
	if (version >> 8 == 0x7f || version == 0xfb17 || version == 0xfb1a)
		version = TLS1_3;
	switch (version) {
	case SSL2:	return 1;
	case SSL3:	return 2;
	case TLS1_0:	return 3;
	case DTLS1_0:			/* built on TLS 1.1: RFC 4347 */
	case TLS1_1:	return 4;
	case DTLS1_2:			/* on TLS 1.2: RFC 6347 */
	case TLS1_2:	return 5;
	case DTLS1_3:			/* on TLS 1.3: RFC 9147 */
	case TLS1_3:	return 6;
	default:	return 0;
	}
}

bool tls_is_grease(uint16_t code)
{
	return (code & 0x0f0f) == 0x0a0a && code >> 8 == (code & 0xff);
}
