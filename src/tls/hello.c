/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls: the extension block that both hellos share, RFC 8446 section 4.2.
 *
 * The block is walked once when a hello is parsed, to find where it stops
 * being sound; from then on hello_ext() and hello_ext_next() walk only whole
 * extensions.  The first extension of a type is the one that counts.
 */
#include <string.h>

#include "tls/tls.h"

/*
 * Types seen so far, a bit each, in 256 pages that are cleared when they are
 * first written: exact for hostile blocks of 16,000 extensions, and cheap for
 * the usual twenty.
 */
struct seen {
	uint32_t touched[8];
	uint32_t page[256][8];
};

static bool seen_before(struct seen *s, uint16_t type)
{
	unsigned high = type >> 8, low = type & 0xff;
	uint32_t bit = UINT32_C(1) << (low & 31);
	bool before;

	if ((s->touched[high >> 5] & UINT32_C(1) << (high & 31)) == 0) {
		s->touched[high >> 5] |= UINT32_C(1) << (high & 31);
		memset(s->page[high], 0, sizeof(s->page[high]));
	}
	before = (s->page[high][low >> 5] & bit) != 0;
	s->page[high][low >> 5] |= bit;
	return before;
}

void hello_extensions_parse(struct cursor *c, struct hello *ret)
{
	struct seen seen;
	struct cursor block;
	struct slice body;
	size_t length, left;
	uint16_t type;
	bool cut;

	if (cur_left(c) < 2) {
		if (ret->complete && cur_left(c) == 1)
			ret->odd |= HELLO_TRAILING_BYTES;
		return;
	}
	length = cur_u16(c);
	left = cur_left(c);
	cut = length > left;
	ret->has_extensions = true;
	ret->extensions = cur_slice(c, cut ? left : length);
	if (cur_left(c) > 0)
		ret->odd |= HELLO_TRAILING_BYTES;

	memset(seen.touched, 0, sizeof(seen.touched));
	block = cursor_of(ret->extensions);
	for (left = cur_left(&block); hello_ext_next(&block, &type, &body); left = cur_left(&block))
		if (seen_before(&seen, type))
			ret->odd |= HELLO_DUPLICATE_EXTENSION;
	ret->extensions.n -= left;
	if (ret->complete && (cut || left > 0)) {
		ret->odd |= HELLO_LYING_LENGTH;
		ret->complete = false;
	}
}

bool hello_ext_next(struct cursor *c, uint16_t *ret_type, struct slice *ret_body)
{
	if (cur_left(c) == 0)
		return false;
	*ret_type = cur_u16(c);
	*ret_body = cur_vec16(c);
	return cur_ok(c);
}

bool hello_ext(const struct hello *h, uint16_t type, struct slice *ret)
{
	struct cursor c = cursor_of(h->extensions);
	struct slice body;
	uint16_t t;

	while (hello_ext_next(&c, &t, &body)) {
		if (t == type) {
			*ret = body;
			return true;
		}
	}
	*ret = (struct slice){ .p = NULL };
	return false;
}
