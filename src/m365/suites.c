/* SPDX-License-Identifier: Apache-2.0 */
/*
 * m365: the cipher suites that Microsoft 365 accepts.
 *
 * The one list of them: rules ask the field offer.accepted, verdicts too.
 */
#include "m365/m365.h"

/*
 * Below TLS 1.3: "Technical reference details about encryption" on Microsoft
 * Learn, text of 14 June 2023.
 * https://learn.microsoft.com/en-us/purview/technical-reference-details-about-encryption
 */
static const uint16_t accepted[] = {
	0xc030,		/* TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 */
	0xc02f,		/* TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 */
	0xc028,		/* TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384 */
	0xc027,		/* TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256 */
	0xc014,		/* TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA */
	0xc013,		/* TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA */
	0x009d,		/* TLS_RSA_WITH_AES_256_GCM_SHA384 */
	0x009c,		/* TLS_RSA_WITH_AES_128_GCM_SHA256 */
};

/*
 * TLS 1.3: what Azure Front Door takes; the first is what every client of TLS
 * 1.3 must have (RFC 8446 9.1).
 * https://learn.microsoft.com/en-us/azure/frontdoor/standard-premium/tls-policy
 */
static const uint16_t accepted13[] = {
	0x1301,		/* TLS_AES_128_GCM_SHA256 */
	0x1302,		/* TLS_AES_256_GCM_SHA384 */
};

bool m365_accepts(uint32_t suite, bool tls13)
{
	for (size_t i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++)
		if (accepted[i] == suite)
			return true;
	for (size_t i = 0; tls13 && i < sizeof(accepted13) / sizeof(accepted13[0]); i++)
		if (accepted13[i] == suite)
			return true;
	return false;
}
