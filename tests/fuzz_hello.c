/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target: the parsers of hellos and Certificate messages, every fact of
 * a hello, and its fingerprints.
 *
 * Input: a byte that picks the parser (its bits 0 and 1) and says whether the
 * message is whole (bit 2), then the message's body.
 *
 *	clang -std=c11 -g -O1 -fsanitize=fuzzer,address,undefined -Isrc -Itests -o fuzz_hello \
 *	    tests/fuzz_hello.c src/tls/[*].c src/base/cursor.c
 *	./fuzz_hello tests/corpus/hello
 */
#include "fuzz.h"

#include "tls/tls.h"

static struct slice message;

/* Within the message: hostile lengths lead nowhere else. */
static void inside(struct slice s)
{
	must(s.n == 0 || (s.p >= message.p && s.p + s.n <= message.p + message.n));
}

static void offer_facts(const struct hello *h)
{
	static bool (*const lists[])(const struct hello *h, struct slice *ret) = {
		offer_server_name, offer_versions, offer_groups, offer_point_formats,
		offer_signatures, offer_alpn, offer_key_shares
	};
	static struct ja4 ja4;
	char text[FINGERPRINT_TEXT];
	size_t n = ja3_string(h, text);
	struct slice s;

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		bool there = lists[i](h, &s);

		inside(s);
		must(there || s.n == 0);
	}
	must(offer_versions(h, &s) ? s.n % 2 == 0 : true);
	must(h->complete || (offer_max(h) == 0 && n == 0));
	must(tls_version_counts(offer_max(h)) == offer_max(h));
	must(n <= FINGERPRINT_TEXT);
	must(!ja4_parts(h, 't', &ja4) || (ja4.a[10] == '\0' && ja4.nb <= FINGERPRINT_TEXT));
	(void)offer_grease(h);
	(void)offer_resumes(h);
	(void)offer_has_cipher(h, 0x5600);
}

static void answer_facts(const struct hello *h)
{
	char text[FINGERPRINT_TEXT];
	struct slice s;
	uint16_t group;

	must(h->complete || answer_version(h) == 0);
	must(answer_sentinel(h) == 0 || answer_version(h) != TLS1_3);
	(void)answer_alpn(h, &s);
	inside(s);
	(void)answer_group(h, &group);
	(void)answer_is_retry(h);
	(void)answer_resumed(h, h);
	must(ja3s_string(h, text) <= FINGERPRINT_TEXT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static enum parse (*const parsers[])(struct slice body, bool whole, struct hello *ret) = {
		client_hello_parse, server_hello_parse, sslv2_client_hello_parse,
		sslv2_server_hello_parse
	};
	struct cursor c = cursor_of((struct slice){ data, size });
	uint8_t how = cur_u8(&c);
	bool whole = (how & 4) != 0;
	struct slice leaf;
	struct hello h;
	unsigned chain;

	message = cur_rest(&c);
	if (certificate_parse(message, &leaf, &chain) == PARSE_OK) {
		inside(leaf);
		must(leaf.n > 0 && chain > 0);
	}
	if (parsers[how & 3](message, whole, &h) != PARSE_OK)
		return 0;
	must(whole || !h.complete);
	must(!h.complete || (h.odd & HELLO_LYING_LENGTH) == 0 || h.extensions.n > 0);
	inside(h.random);
	inside(h.session_id);
	inside(h.ciphers);
	inside(h.compressions);
	inside(h.extensions);
	offer_facts(&h);
	answer_facts(&h);
	return 0;
}
