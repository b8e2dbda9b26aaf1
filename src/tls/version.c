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
	uint8_t rank;
	char token[TLS_TOKEN];
} versions[] = {
	{ SSL2, 1, "ssl2" },
	{ SSL3, 2, "ssl3" },
	{ TLS1_0, 3, "tls1.0" },
	{ TLS1_1, 4, "tls1.1" },
	{ TLS1_2, 5, "tls1.2" },
	{ TLS1_3, 6, "tls1.3" },
	{ DTLS1_0, 4, "dtls1.0" },	/* built on TLS 1.1: RFC 4347 */
	{ DTLS1_2, 5, "dtls1.2" },	/* on TLS 1.2: RFC 6347 */
	{ DTLS1_3, 6, "dtls1.3" }	/* on TLS 1.3: RFC 9147 */
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
	for (unsigned i = 0; i < VERSIONS; i++)
		if (versions[i].code == version)
			return version;
	return 0;
}

unsigned tls_version_rank(uint16_t version)
{
	uint16_t counts = tls_version_counts(version);

	for (unsigned i = 0; i < VERSIONS; i++)
		if (versions[i].code == counts)
			return versions[i].rank;
	return 0;
}

bool tls_is_grease(uint16_t code)
{
	return (code & 0x0f0f) == 0x0a0a && code >> 8 == (code & 0xff);
}
