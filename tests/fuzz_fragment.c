/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target: fragments_add(), against what the fragments were cut from.
 *
 * Input: five bytes a fragment: id and flags, offset and length in eights, bytes
 * that are missing at its end, tenths of a second since the one before.
 *
 *	clang -std=c11 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined -Isrc -Itests \
 *	    -o fuzz_fragment tests/fuzz_fragment.c src/flow/fragment.c src/base/addr.c \
 *	    src/base/arena.c src/base/cursor.c src/base/hash.c
 *	./fuzz_fragment tests/corpus/fragment
 */
#include "fuzz.h"

#include "flow/fragment.h"

enum { MORE = 0x08, OTHER_BYTES = 0x10, VERSION_6 = 0x20, CUT = 0x40 };

static uint8_t byte_of(unsigned id, size_t at) { return (uint8_t)(id * 37 + at * 11 + at / 256); }

static void one(struct fragments *f, struct cursor *c, uint64_t *now, bool *lied)
{
	uint8_t bytes[8 * 16], what = cur_u8(c);
	unsigned id = what & 0x07;
	uint32_t offset = cur_u8(c) * 8u, eights = cur_u8(c) % 16u + 1;
	uint32_t n = eights * 8 - cur_u8(c) % 8u;
	struct frame frame = { .ts = *now += cur_u8(c) * UINT64_C(100000000) };
	struct packet p = {
		.frame = &frame, .cause_value = 6, .payload = { bytes, n }, .payload_length = n,
		.fragment = { .id = id, .offset = offset, .more = what & MORE },
	};
	struct whole whole;

	p.payload_length += what & CUT ? 1 : 0;
	p.src.b[0] = what & VERSION_6;
	for (uint32_t i = 0; i < n; i++)
		bytes[i] = (uint8_t)(byte_of(id, offset + i) ^ (what & OTHER_BYTES ? 0xff : 0));
	*lied |= what & OTHER_BYTES;
	if (!fragments_add(f, &p, 1, &whole))
		return;
	must(whole.protocol == 6 && whole.frames >= 1 && whole.bytes.n <= 65535);
	for (size_t i = 0; i < whole.bytes.n && !*lied; i++)
		must(whole.bytes.p[i] == byte_of(id, i));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor c = cursor_of((struct slice){ data, size });
	struct fragments *f = fragments_new(6, 4096);
	uint64_t now = 1, shown = 0;
	bool lied = false;

	for (; cur_left(&c) >= 5; shown++)
		one(f, &c, &now, &lied);
	fragments_flush(f);
	must(fragments_state(f)->lost + fragments_state(f)->spare <= shown);
	fragments_free(f);
	return 0;
}
