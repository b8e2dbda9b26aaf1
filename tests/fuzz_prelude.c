/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target: prelude_feed(), every dialogue.
 *
 * Input: pieces, each behind a byte whose lowest bit says whose it is and whose
 * other bits how long.  Bytes that are not eaten are kept and presented again.
 *
 *	clang -std=c11 -g -O1 -fsanitize=fuzzer,address,undefined -Isrc -Itests -o fuzz_prelude \
 *	    tests/fuzz_prelude.c src/prelude/[*].c src/base/addr.c src/base/cursor.c
 *	./fuzz_prelude tests/corpus/prelude
 */
#include "fuzz.h"

#include <string.h>

#include "prelude/prelude.h"

enum { HELD = 65536 };

struct held {
	uint8_t bytes[HELD];
	size_t n;
};

/* In a block of exactly that size; what was not eaten moves to the front. */
static enum prelude_says feed(struct prelude_state *s, enum side side, struct held *h)
{
	uint8_t *exact = malloc(h->n ? h->n : 1);
	struct cursor c = cursor_of((struct slice){ exact, h->n });
	bool fresh = s->is == NULL || s->done;
	enum prelude_says says;

	must(exact != NULL);
	memcpy(exact, h->bytes, h->n);
	says = prelude_feed(s, side, &c);
	must(cur_ok(&c) && cur_left(&c) <= h->n);
	must(says != PRELUDE_UNSURE || (fresh && cur_left(&c) == h->n));
	must(fresh || says != PRELUDE_NEXT);
	must(says == PRELUDE_UNSURE || says == PRELUDE_NOT_MINE || (s->is != NULL && s->spoken));
	must(memchr(s->target, 0, sizeof(s->target)) && memchr(s->agent, 0, sizeof(s->agent)));
	must(memchr(s->via, 0, sizeof(s->via)) && memchr(s->answer, 0, sizeof(s->answer)));
	must(memchr(s->forwarded, 0, sizeof(s->forwarded)));
	memmove(h->bytes, h->bytes + (h->n - cur_left(&c)), cur_left(&c));
	h->n = cur_left(&c);
	free(exact);
	return says;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct held held[2];
	struct cursor all = cursor_of((struct slice){ data, size });
	struct prelude_state s = { .is = NULL };
	enum prelude_says says = PRELUDE_UNSURE;
	struct slice host;
	uint16_t port;

	held[0].n = held[1].n = 0;
	while (cur_left(&all) > 0 && says != PRELUDE_TLS && says != PRELUDE_REFUSED) {
		uint8_t head = cur_u8(&all);
		enum side side = head & 1 ? SERVER : CLIENT;
		size_t n = head >> 1, left = cur_left(&all);
		struct slice piece = cur_slice(&all, n < left ? n : left);

		if (piece.n > HELD - held[side].n)
			break;
		memcpy(held[side].bytes + held[side].n, piece.p, piece.n);
		held[side].n += piece.n;
		says = feed(&s, side, &held[side]);
	}
	(void)prelude_target(&s, &host, &port);
	return 0;
}
