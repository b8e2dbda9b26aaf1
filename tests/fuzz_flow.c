/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target: a flow table stands any packets, and keeps its promises.
 *
 * Input: packets one after the other, each
 *
 *	side and port (bit 0; bits 1, 2), TCP flags, sequence number against what
 *	that side would send next (2 bytes, signed), milliseconds since the last
 *	packet in units of 16, bytes cut off by the snap length, bytes of payload
 *	(2 bytes), payload
 *
 *	clang -std=c11 -g -O1 -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE -Isrc -Itests \
 *	    -o fuzz_flow tests/fuzz_flow.c libhellotap.a -lpcap -lyaml -lcrypto -lz -lzstd
 *	./fuzz_flow tests/corpus/flow
 */
#include "fuzz.h"

#include <string.h>

#include "flow/flow.h"

enum { PORTS = 4, MS = 1000000 };

struct script {
	struct cursor c;
	uint32_t seq[PORTS][2];
	uint64_t ts, number;
	unsigned told;
};

static void on_handshake(const struct handshake *h, void *arg)
{
	struct script *s = arg;
	struct slice ignored;

	s->told++;
	must(h->nframes <= HANDSHAKE_FRAMES && h->ts_end >= h->ts);
	for (unsigned i = 0; i < h->nframes; i++)
		must(h->frames[i] <= s->number && (i == 0 || h->frames[i - 1] < h->frames[i]));
	must(h->offer || h->answer || h->outcome.result == RESULT_REFUSED);
	must(h->established == (h->outcome.result == RESULT_ESTABLISHED));
	must(h->outcome.result != RESULT_ALERT || h->outcome.has_alert);
	must(h->outcome.result != RESULT_RESET || h->outcome.has_reset);
	must(h->outcome.result != RESULT_SILENT || h->answer == NULL);
	must(h->outcome.result != RESULT_ONE_WAY || h->quality.one_way);
	if (h->offer != NULL) {
		must(h->offer->complete || offer_max(h->offer) == 0);
		(void)offer_server_name(h->offer, &ignored);
	}
	if (h->answer != NULL)
		must(h->answer->complete || answer_version(h->answer) == 0);
}

/* The payload is in a block of exactly its size, gone after the call. */
static void show(struct flows *f, struct packet *p, struct slice payload, size_t cut)
{
	uint8_t *exact = malloc(payload.n + 1);

	must(exact != NULL);
	if (payload.n > 0)
		memcpy(exact, payload.p, payload.n);
	p->payload = (struct slice){ exact, payload.n };
	p->payload_length = (uint32_t)(payload.n + cut);
	flows_packet(f, p);
	free(exact);
}

static void one_packet(struct script *s, struct flows *f)
{
	static const struct origin from = { .file = "fuzz" };
	uint8_t who = cur_u8(&s->c), flags = cur_u8(&s->c);
	uint32_t delta = cur_u16(&s->c);
	uint64_t wait = cur_u8(&s->c);
	uint8_t cut = cur_u8(&s->c);
	struct slice payload = cur_vec16(&s->c);
	unsigned side = who & 1, port = who >> 1 & (PORTS - 1);
	struct frame frame = { .from = &from, .number = ++s->number };
	struct packet p = { .tcp_flags = flags, .ttl = who, .frame = &frame };

	if (!cur_ok(&s->c))
		return;
	frame.ts = s->ts += wait * 16 * MS;
	p.src.b[15] = (uint8_t)(1 + side);
	p.dst.b[15] = (uint8_t)(2 - side);
	p.sport = side ? 443 : (uint16_t)(50000 + port);
	p.dport = side ? (uint16_t)(50000 + port) : 443;
	p.seq = s->seq[port][side] + delta - (delta > INT16_MAX ? 0x10000 : 0);
	p.ack = s->seq[port][!side];
	s->seq[port][side] = p.seq + (uint32_t)payload.n + cut +
			     (flags & TCP_SYN ? 1u : 0u) + (flags & TCP_FIN ? 1u : 0u);
	show(f, &p, payload, cut);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct flow_options o = { .all = true, .flows = 3, .bytes = 1 << 16 };
	struct script s = { .c = { data, size, false }, .ts = (uint64_t)1 << 60 };
	struct flows *f = flows_new(&o, on_handshake, &s);

	must(f != NULL);
	while (cur_left(&s.c) > 0)
		one_packet(&s, f);
	must(flows_state(f)->flows_now <= 3);
	must(flows_state(f)->bytes_now <= 1 << 16);
	flows_flush(f);
	must(flows_state(f)->flows_now == 0 && flows_state(f)->bytes_now == 0);
	must(flows_state(f)->handshakes == s.told);
	flows_free(f);
	return 0;
}
