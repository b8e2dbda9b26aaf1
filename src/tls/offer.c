/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls: what a ClientHello says, decoded when asked.
 *
 * Most of its extensions are a list and nothing else; a row of `lists` says
 * how the list's length and its entries are written.  A list that ends in the
 * middle of an entry, or is longer than its extension, is not believed at all;
 * half a pair at the end is left out.
 */
#include "tls/tls.h"

enum entry {
	ENTRY_BYTE,
	ENTRY_PAIR,		/* a 16-bit code */
	ENTRY_TEXT,		/* a length of one byte, and so many */
	ENTRY_NAME,		/* a type, a length of two bytes, and so many */
	ENTRY_SHARE		/* a group, a length of two bytes, and so many */
};

static const struct list {
	uint16_t type;
	uint8_t length;		/* bytes of the list's length */
	uint8_t entry;
} lists[] = {
	{ EXT_SERVER_NAME, 2, ENTRY_NAME },		/* RFC 6066 section 3 */
	{ EXT_SUPPORTED_GROUPS, 2, ENTRY_PAIR },	/* RFC 8446 section 4.2.7 */
	{ EXT_EC_POINT_FORMATS, 1, ENTRY_BYTE },	/* RFC 8422 section 5.1.2 */
	{ EXT_SIGNATURE_ALGORITHMS, 2, ENTRY_PAIR },	/* RFC 8446 section 4.2.3 */
	{ EXT_ALPN, 2, ENTRY_TEXT },			/* RFC 7301 section 3.1 */
	{ EXT_SUPPORTED_VERSIONS, 1, ENTRY_PAIR },	/* RFC 8446 section 4.2.1 */
	{ EXT_KEY_SHARE, 2, ENTRY_SHARE }		/* RFC 8446 section 4.2.8 */
};

static const struct list *list_of(uint16_t type)
{
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (lists[i].type == type)
			return &lists[i];
	return NULL;
}

static bool entries_are_whole(enum entry entry, struct slice list)
{
	struct cursor c = cursor_of(list);

	while (cur_left(&c) > 0) {
		if (entry == ENTRY_TEXT) {
			(void)cur_vec8(&c);
		} else {
			cur_skip(&c, entry == ENTRY_NAME ? 1 : 2);
			(void)cur_vec16(&c);
		}
	}
	return cur_ok(&c);
}

/* The list in an extension's body; returns what is odd about it. */
static unsigned list_read(const struct list *list, struct slice body, struct slice *ret)
{
	struct cursor c = cursor_of(body);
	unsigned odd = 0;

	*ret = list->length == 1 ? cur_vec8(&c) : cur_vec16(&c);
	if (!cur_ok(&c))
		return HELLO_LYING_LENGTH;
	if (cur_left(&c) > 0)
		odd |= HELLO_TRAILING_BYTES;
	if (list->entry == ENTRY_PAIR && ret->n % 2 != 0) {
		ret->n--;
		odd |= HELLO_ODD_LENGTH;
	}
	/* An empty key_share asks for a HelloRetryRequest. */
	if (ret->n == 0 && list->entry != ENTRY_SHARE)
		odd |= HELLO_EMPTY_LIST;
	if (list->entry > ENTRY_PAIR && !entries_are_whole(list->entry, *ret)) {
		ret->n = 0;
		odd |= HELLO_LYING_LENGTH;
	}
	return odd;
}

uint8_t offer_ext_odd(uint16_t type, struct slice body)
{
	const struct list *list = list_of(type);
	struct slice ignored;

	return list ? (uint8_t)list_read(list, body, &ignored) : 0;
}

static bool offer_list(const struct hello *h, uint16_t type, struct slice *ret)
{
	struct slice body;

	*ret = (struct slice){ .p = NULL };
	if (!hello_ext(h, type, &body))
		return false;
	return (list_read(list_of(type), body, ret) & HELLO_LYING_LENGTH) == 0;
}

bool offer_versions(const struct hello *h, struct slice *ret)
{
	return offer_list(h, EXT_SUPPORTED_VERSIONS, ret);
}

bool offer_groups(const struct hello *h, struct slice *ret)
{
	return offer_list(h, EXT_SUPPORTED_GROUPS, ret);
}

bool offer_point_formats(const struct hello *h, struct slice *ret)
{
	return offer_list(h, EXT_EC_POINT_FORMATS, ret);
}

bool offer_signatures(const struct hello *h, struct slice *ret)
{
	return offer_list(h, EXT_SIGNATURE_ALGORITHMS, ret);
}

bool offer_alpn(const struct hello *h, struct slice *ret)
{
	return offer_list(h, EXT_ALPN, ret);
}

bool offer_key_shares(const struct hello *h, struct slice *ret)
{
	return offer_list(h, EXT_KEY_SHARE, ret);
}

bool offer_server_name(const struct hello *h, struct slice *ret)
{
	struct slice list;
	struct cursor c;

	if (offer_list(h, EXT_SERVER_NAME, &list)) {
		c = cursor_of(list);
		while (cur_left(&c) > 0) {
			uint8_t type = cur_u8(&c);

			*ret = cur_vec16(&c);
			if (type == 0 && ret->n > 0)	/* host_name */
				return true;
		}
	}
	*ret = (struct slice){ .p = NULL };
	return false;
}

uint16_t offer_max(const struct hello *h)
{
	struct slice ignored, list;
	struct cursor c;
	uint16_t max = 0;

	if (!h->complete)
		return 0;
	if (!hello_ext(h, EXT_SUPPORTED_VERSIONS, &ignored))
		return tls_version_counts(h->version);
	(void)offer_versions(h, &list);
	c = cursor_of(list);
	while (cur_left(&c) > 0) {
		uint16_t version = tls_version_counts(cur_u16(&c));

		if (tls_version_rank(version) > tls_version_rank(max))
			max = version;
	}
	return max;
}

static bool grease_in_pairs(struct slice pairs)
{
	struct cursor c = cursor_of(pairs);

	while (cur_left(&c) > 0)
		if (tls_is_grease(cur_u16(&c)))
			return true;
	return false;
}

static bool grease_in_shares(struct slice shares)
{
	struct cursor c = cursor_of(shares);

	while (cur_left(&c) > 0) {
		if (tls_is_grease(cur_u16(&c)))
			return true;
		(void)cur_vec16(&c);
	}
	return false;
}

bool offer_grease(const struct hello *h)
{
	struct cursor c = cursor_of(h->extensions);
	struct slice body, list;
	uint16_t type;

	if (h->format == HELLO_TLS && grease_in_pairs(h->ciphers))
		return true;
	while (hello_ext_next(&c, &type, &body)) {
		const struct list *kind = list_of(type);

		if (tls_is_grease(type))
			return true;
		if (kind == NULL || (list_read(kind, body, &list) & HELLO_LYING_LENGTH))
			continue;
		if (kind->entry == ENTRY_PAIR && grease_in_pairs(list))
			return true;
		if (kind->entry == ENTRY_SHARE && grease_in_shares(list))
			return true;
	}
	return false;
}

bool offer_has_cipher(const struct hello *h, uint16_t code)
{
	struct cursor c = cursor_of(h->ciphers);

	while (cur_left(&c) > 0)
		if ((h->format == HELLO_SSL2 ? cur_u24(&c) : cur_u16(&c)) == code)
			return true;
	return false;
}

bool offer_resumes(const struct hello *h)
{
	uint16_t max = offer_max(h);
	struct slice body;

	if (hello_ext(h, EXT_PRE_SHARED_KEY, &body))
		return true;
	if (hello_ext(h, EXT_SESSION_TICKET, &body) && body.n > 0)
		return true;
	return h->session_id.n > 0 && max != 0 && tls_version_rank(max) < tls_version_rank(TLS1_3);
}
