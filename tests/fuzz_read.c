/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target: the whole way of a capture, from its bytes to the records.
 *
 * Input: a byte of options, then the capture file.  Bit 0: every handshake and
 * not only Microsoft 365's; bits 1 and 2: tables so small that flows and memory
 * run out.  Whatever the bytes are: a hello that is not complete gives no
 * version, records are one line of plain ASCII, and memory keeps its bounds.
 *
 * Build everything with CC=clang and CFLAGS='-g -O1
 * -fsanitize=fuzzer-no-link,address,undefined', then
 *
 *	clang -std=c11 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined -I. -Isrc -Itests \
 *	    -o fuzz_read tests/fuzz_read.c libhellotap.a [the LIBS of the Makefile]
 *	./fuzz_read -max_len=8192 tests/corpus/read
 */
#include "fuzz.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "flow/fragment.h"
#include "out/out.h"

enum { ALL = 1, FEW_FLOWS = 2, FEW_BYTES = 4 };
enum { BYTES = 65536 };			/* a handful of talks */

static const struct m365 *m365;		/* loaded once, as in a run over many captures */
static const struct ruleset *rules;
static struct classifier *classifier;

struct run {
	struct hosts *hosts;
	struct sink sink;
};

/* ---- what must hold of every sighting ------------------------------------------------ */

static bool is_known(const struct sighting *s, enum field_id id)
{
	return value_known(sighting_get(s, id));
}

static void check_facts(const struct sighting *s)
{
	const struct value *complete = sighting_get(s, FIELD_OFFER_COMPLETE);

	if (!value_known(complete) || complete->number == 0)
		must(!is_known(s, FIELD_OFFER_MAX));
	must(s->ts_end >= s->ts);
	must(is_known(s, FIELD_CLIENT_IP) && is_known(s, FIELD_OUTCOME));
}

/* Whole lines of printable ASCII: nothing that a terminal or a parser would obey. */
static void check_lines(struct buf *b)
{
	must(b->n == 0 || b->p[b->n - 1] == '\n');
	for (size_t i = 0; i < b->n; i++)
		must((b->p[i] >= ' ' && b->p[i] < 0x7f) || b->p[i] == '\n' || b->p[i] == '\r');
	b->n = 0;
}

/* What shapes give is what each field's getter gives. */
static void check_shapes(const struct handshake *h, const struct sighting *s)
{
	struct handshake plain = *h;
	struct sighting *other;

	plain.shapes[CLIENT] = plain.shapes[SERVER] = NULL;
	other = sighting_new(&plain);
	must(other != NULL);
	for (size_t i = 0; i < FIELDS; i++) {
		const struct value *a = &s->values[i], *b = &other->values[i];

		must(a->type == b->type && a->width == b->width);
		if (value_has_bytes(a))
			must(a->bytes.n == b->bytes.n &&
			     (a->bytes.n == 0 || memcmp(a->bytes.p, b->bytes.p, a->bytes.n) == 0));
		else if (a->type != VALUE_NONE && a->type != VALUE_ADDR)
			must(a->number == b->number);
	}
	sighting_free(other);
}

static void on_handshake(const struct handshake *h, void *arg)
{
	struct run *run = arg;
	struct sighting *s = sighting_new(h);

	must(s != NULL);
	check_shapes(h, s);
	ruleset_judge(rules, s);
	check_facts(s);
	hosts_sighting(run->hosts, s);
	output_json.handshake(&run->sink, s);
	must(memchr(run->sink.buf.p, '\n', run->sink.buf.n) ==
	     run->sink.buf.p + run->sink.buf.n - 1);
	check_lines(&run->sink.buf);
	output_handshakes.handshake(&run->sink, s);
	check_lines(&run->sink.buf);
	sighting_free(s);
}

/* ---- one run ------------------------------------------------------------------------- */

static void load_once(void)
{
	struct m365_options o = { .cloud = "all" };
	struct errors e = { 0 };

	if (rules != NULL)
		return;
	m365 = m365_load(&o, &e);
	rules = ruleset_load(NULL, 0, &e);
	classifier = classifier_new();
	errors_print(&e, stderr);
	must(m365 != NULL && rules != NULL);
	errors_done(&e);
}

/* As a worker does it: fragments, and fragments in what they carry. */
static void read_frame(const struct frame *frame, struct fragments *fragments, struct flows *flows)
{
	struct whole whole = { .frames = 1 };
	struct packet p;
	enum decoded d = decode(frame, &p);

	while (d == DECODED_FRAGMENT) {
		struct packet half = p;

		if (!fragments_add(fragments, &half, whole.frames, &whole))
			return;
		d = decode_resume(&half, whole.protocol, whole.bytes, &p);
	}
	if (d == DECODED_TCP)
		flows_packet(flows, &p);
}

static void read_all(struct source *source, struct flows *flows)
{
	struct fragments *fragments = fragments_new(8, BYTES);
	struct frame batch[CAPTURE_BATCH];
	unsigned n;

	while ((n = capture_batch(source, batch)) > 0)
		for (unsigned i = 0; i < n; i++)
			read_frame(&batch[i], fragments, flows);
	fragments_flush(fragments);
	fragments_free(fragments);
	flows_flush(flows);
	must(flows_state(flows)->flows_now == 0 && flows_state(flows)->bytes_now == 0);
}

static void run(struct source *source, uint8_t how, struct errors *e)
{
	struct flow_options o = {
		.flows = how & FEW_FLOWS ? 4 : 256, .bytes = how & FEW_BYTES ? BYTES : 0,
		.all = (how & ALL) != 0, .m365 = m365, .classifier = classifier,
	};
	struct hosts_options few = { .most = how & FEW_FLOWS ? 2 : 0, .rules = rules };
	struct run r = { .hosts = hosts_new(&few),
			 .sink = { .columns = 80, .fd = -1 } };
	struct flows *flows = flows_new(&o, on_handshake, &r);
	struct summary sum = {
		.capture = source_state(source), .flow = flows_state(flows), .m365 = m365,
		.rules = rules, .hosts = r.hosts, .all = o.all, .damage = e,
	};
	struct sink text = { .columns = 80, .fd = -1 };

	output_json.open(&r.sink);
	r.sink.buf.n = 0;
	read_all(source, flows);
	output_json.finish(&r.sink, &sum);
	output_csv.finish(&r.sink, &sum);
	check_lines(&r.sink.buf);
	output_text.finish(&text, &sum);
	check_lines(&text.buf);
	output_json.close(&r.sink);
	buf_done(&r.sink.buf);
	buf_done(&text.buf);
	flows_free(flows);
	hosts_free(r.hosts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct capture_options o = { .most = 0 };
	struct errors e = { 0 };
	struct source *source;
	const char *paths[1];
	char path[64];
	int fd;

	if (size == 0)
		return 0;
	load_once();
	fd = memfd_create("capture", MFD_CLOEXEC);
	must(fd >= 0 && write(fd, data + 1, size - 1) == (ssize_t)size - 1);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	paths[0] = path;
	source = source_open(paths, 1, &o, &e);
	if (source != NULL)
		run(source, data[0], &e);
	source_free(source);
	errors_done(&e);
	close(fd);
	return 0;
}
