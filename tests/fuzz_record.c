/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target: tls_read() tells the same units however a stream is cut.
 *
 * Input: a byte, the size of the pieces; then the stream.  The units of the
 * stream in one piece are held against those of the stream in pieces.
 *
 *	clang -std=c11 -g -O1 -fsanitize=fuzzer,address,undefined -Isrc -Itests -o fuzz_record \
 *	    tests/fuzz_record.c src/tls/[*].c src/base/cursor.c
 *	./fuzz_record tests/corpus/record
 */
#include "fuzz.h"

#include <string.h>

#include "tls/tls.h"

/* What a stream said: how many units, and a sum over them. */
struct told {
	unsigned units;
	uint64_t sum;
	bool over;
};

static void add(struct told *t, uint64_t v) { t->sum = t->sum * 1099511628211u + v; }

static void tell(struct told *t, enum tls_says says, const struct tls_unit *u)
{
	t->units++;
	add(t, (uint64_t)says);
	add(t, (uint64_t)(u->type << 16 | u->level << 8 | u->code));
	add(t, u->record_version);
	add(t, u->body.n);
	for (size_t i = 0; i < u->body.n; i++)
		add(t, u->body.p[i]);
}

/* One more piece: the bytes from where the reader stopped, in a block of their own. */
static size_t go_on(struct tls_reader *r, const uint8_t *p, size_t n, struct told *t)
{
	static uint8_t room[TLS_MESSAGE_MAX];
	uint8_t *exact = malloc(n ? n : 1);
	struct cursor c;
	struct tls_unit u;
	enum tls_says says;
	uint32_t want;

	must(exact != NULL);
	memcpy(exact, p, n);
	c = cursor_of((struct slice){ exact, n });
	while ((says = tls_read(r, &c, &u)) != TLS_MORE) {
		must(cur_ok(&c));
		if (says == TLS_ROOM) {
			must(r->room == NULL);
			r->room = room;
			r->room_size = sizeof(room);
			continue;
		}
		tell(t, says, &u);
		if (says == TLS_NOT_TLS) {
			t->over = true;
			break;
		}
	}
	if (!t->over && tls_partial(r, cur_peek(&c), &u, &want))
		must(u.body.n + 4 <= want && (u.body.n == 0 || u.body.p != NULL));
	free(exact);
	return n - cur_left(&c);
}

static struct told read_in_pieces(struct slice s, size_t piece)
{
	struct tls_reader r = { .room = NULL };
	struct told t = { .units = 0 };
	size_t done = 0, there = 0;

	do {
		there = piece > s.n - there ? s.n : there + piece;
		done += go_on(&r, s.p + done, there - done, &t);
	} while (there < s.n && !t.over);
	return t;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor c = cursor_of((struct slice){ data, size });
	size_t piece = (size_t)cur_u8(&c) + 1;
	struct slice s = cur_rest(&c);
	struct told whole, cut;
	enum parse p;

	if (s.n == 0)
		return 0;
	whole = read_in_pieces(s, s.n);
	cut = read_in_pieces(s, piece);
	must(whole.units == cut.units && whole.sum == cut.sum && whole.over == cut.over);

	/* What looks like TLS from its first bytes is read as such. */
	p = tls_looks_client(s);
	must(p != PARSE_OK || tls_looks_client((struct slice){ s.p, 1 }) != PARSE_BAD);
	must(p != PARSE_OK || !whole.over || whole.units > 0);
	(void)tls_looks_server(s);
	return 0;
}
