/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls: what a ServerHello says, decoded when asked.  RFC 8446 section 4.1.3.
 */
#include <string.h>

#include "tls/tls.h"

uint16_t answer_version(const struct hello *h)
{
	struct slice body;
	struct cursor c;
	uint16_t version;

	if (!h->complete)
		return 0;
	if (!hello_ext(h, EXT_SUPPORTED_VERSIONS, &body))
		return tls_version_counts(h->version);
	c = cursor_of(body);
	version = cur_u16(&c);
	return cur_ok(&c) && cur_left(&c) == 0 ? tls_version_counts(version) : 0;
}

static bool is_below_1_3(uint16_t version)
{
	return version != 0 && tls_version_rank(version) < tls_version_rank(TLS1_3);
}

bool answer_is_retry(const struct hello *h)
{
	/* SHA-256 of "HelloRetryRequest" */
	static const uint8_t retry[32] = {
		0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65,
		0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2,
		0xc8, 0xa8, 0x33, 0x9c
	};

	return h->random.n == sizeof(retry) && memcmp(h->random.p, retry, sizeof(retry)) == 0;
}

uint16_t answer_sentinel(const struct hello *h)
{
	static const uint8_t downgrade[7] = { 'D', 'O', 'W', 'N', 'G', 'R', 'D' };
	struct cursor c = cursor_of(h->random);
	struct slice s;
	uint8_t to;

	if (!is_below_1_3(answer_version(h)))
		return 0;
	cur_skip(&c, 24);
	s = cur_slice(&c, sizeof(downgrade));
	to = cur_u8(&c);
	if (!cur_ok(&c) || memcmp(s.p, downgrade, sizeof(downgrade)) != 0)
		return 0;
	return to == 1 ? TLS1_2 : to == 0 ? TLS1_1 : 0;
}

/* RFC 7301 section 3.1: a list of exactly one. */
bool answer_alpn(const struct hello *h, struct slice *ret)
{
	struct cursor c, list;
	struct slice body;

	*ret = (struct slice){ .p = NULL };
	if (!hello_ext(h, EXT_ALPN, &body))
		return false;
	c = cursor_of(body);
	list = cursor_of(cur_vec16(&c));
	body = cur_vec8(&list);
	if (!cur_ok(&c) || !cur_ok(&list) || cur_left(&list) > 0 || body.n == 0)
		return false;
	*ret = body;
	return true;
}

/* key_share holds a group and a key, or in a HelloRetryRequest the group alone. */
bool answer_group(const struct hello *h, uint16_t *ret)
{
	struct slice body;
	struct cursor c;
	uint16_t group;

	if (!hello_ext(h, EXT_KEY_SHARE, &body))
		return false;
	c = cursor_of(body);
	group = cur_u16(&c);
	if (!answer_is_retry(h))
		(void)cur_vec16(&c);
	if (!cur_ok(&c) || cur_left(&c) > 0)
		return false;
	*ret = group;
	return true;
}

bool answer_resumed(const struct hello *offer, const struct hello *answer)
{
	uint16_t version = answer_version(answer);
	struct slice ignored;

	if (answer->format == HELLO_SSL2)	/* a session id hit: no suites to choose from */
		return answer->complete && answer->ciphers.n == 0;
	if (version == TLS1_3)
		return hello_ext(answer, EXT_PRE_SHARED_KEY, &ignored);
	return is_below_1_3(version) && offer->session_id.n > 0 &&
	       offer->session_id.n == answer->session_id.n &&
	       memcmp(offer->session_id.p, answer->session_id.p, offer->session_id.n) == 0;
}
