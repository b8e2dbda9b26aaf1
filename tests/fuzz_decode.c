/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target: decode(), every layer.
 *
 * Input: a byte that picks the link type, a byte that says how much the capture
 * cut off, the frame.
 *
 *	clang -std=c11 -g -O1 -fsanitize=fuzzer,address,undefined -Isrc -Itests -o fuzz_decode \
 *	    tests/fuzz_decode.c src/decode/[*].c src/base/addr.c src/base/cursor.c
 *	./fuzz_decode tests/corpus/decode
 */
#include "fuzz.h"

#include "decode/decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t links[] = {
		1, 0, 12, 101, 108, 113, 228, 229, 276, 70000,
		9, 50, 104, 105, 127, 178, 239, 258
	};
	struct cursor c = cursor_of((struct slice){ data, size });
	struct origin from = { .linktype = links[cur_u8(&c) % (sizeof(links) / sizeof(links[0]))] };
	uint32_t cut = cur_u8(&c);
	struct slice s = cur_rest(&c);
	struct frame f = { .bytes = s, .wire_length = (uint32_t)s.n + cut, .from = &from };
	struct packet p;
	enum decoded d = decode(&f, &p);

	must(decoded_name(d) != NULL);
	must(p.depth <= DECODE_DEPTH && p.nvlans <= DECODE_VLANS);
	for (unsigned i = 0; i < p.depth; i++)
		must(layer_name(p.path[i]) != NULL);
	must(p.payload.n <= p.payload_length && p.payload_length <= f.wire_length);
	must(p.payload.n == 0 || (p.payload.p >= s.p && p.payload.p + p.payload.n <= s.p + s.n));
	must(p.macs == NULL || (p.macs >= s.p && p.macs + 12 <= s.p + s.n));
	must(decoded_badly(d) == (p.cause_key != KEY_END));
	must(d != DECODED_SHORT || cut > 0);
	/* A fragment goes on somewhere, and comes to an end: here, with itself. */
	while (d == DECODED_FRAGMENT) {
		struct packet half = p;

		d = decode_resume(&half, (uint8_t)half.cause_value, half.payload, &p);
		must(p.depth > half.depth || d != DECODED_FRAGMENT);
	}
	return 0;
}
