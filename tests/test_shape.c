/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shapes change nothing: of every handshake in every capture there is, the facts
 * got from shapes are those got one by one, and the record printed from what was
 * printed before is the one printed anew.  Then: what may not be taken for the same.
 */
#include "test.h"

#include "fact/shape.h"
#include "flow/fragment.h"
#include "out/out.h"

static struct {
	struct m365 *m365;
	struct ruleset *rules;
	struct classifier *classifier;
	struct sink with, without;
	unsigned handshakes, shared, printed;
} all;

/* ---- every capture ------------------------------------------------------------------- */

static void same_values(const struct sighting *a, const struct sighting *b)
{
	for (size_t i = 0; i < FIELDS; i++) {
		const struct value *x = &a->values[i], *y = &b->values[i];
		struct buf p = { 0 }, q = { 0 };

		assert_int_equal(x->type, y->type);
		assert_int_equal(x->width, y->width);
		value_print(&p, x);
		value_print(&q, y);
		assert_string_equal(buf_text(&p), buf_text(&q));
		buf_done(&p);
		buf_done(&q);
	}
	assert_int_equal(a->odd, b->odd);
}

static void on_handshake(const struct handshake *h, void *arg)
{
	struct handshake shaped = *h, plain = *h;
	struct sighting *s, *p;

	(void)arg;
	shaped.stack = ruleset_stack_like(all.rules, h->offer, h->shapes[CLIENT]);
	plain.stack = ruleset_stack(all.rules, h->offer);
	plain.shapes[CLIENT] = plain.shapes[SERVER] = NULL;
	s = sighting_new(&shaped);
	p = sighting_new(&plain);
	assert_true(s != NULL && p != NULL);
	same_values(s, p);
	all.handshakes++;
	all.shared += s->alike[ALIKE_OFFER] != 0;
	all.printed += s->alike[ALIKE_LEAF] != 0;
	memset(p->alike, 0, sizeof(p->alike));
	output_json.handshake(&all.with, s);
	output_json.handshake(&all.without, p);
	assert_string_equal(buf_text(&all.with.buf), buf_text(&all.without.buf));
	all.with.buf.n = all.without.buf.n = 0;
	sighting_free(s);
	sighting_free(p);
}

static void take_frame(const struct frame *f, struct fragments *fragments, struct flows *flows)
{
	struct whole whole = { .frames = 1 };
	struct packet p;
	enum decoded d = decode(f, &p);

	while (d == DECODED_FRAGMENT) {
		struct packet half = p;

		if (!fragments_add(fragments, &half, whole.frames, &whole))
			return;
		d = decode_resume(&half, whole.protocol, whole.bytes, &p);
	}
	if (d == DECODED_TCP)
		flows_packet(flows, &p);
}

/* All captures of a folder and those in it, as one stream: shapes meet again. */
static void read_all(struct flows *flows)
{
	const char *srcdir = getenv("srcdir"), *folder;
	char path[4096];
	struct fragments *fragments = fragments_new(0, 0);
	struct capture_options o = { .most = 0 };
	struct errors e = { 0 };
	struct frame batch[CAPTURE_BATCH];
	struct source *source;
	unsigned n;

	snprintf(path, sizeof(path), "%s/pcaps", srcdir ? srcdir : ".");
	folder = path;
	source = source_open(&folder, 1, &o, &e);
	assert_non_null(source);
	while ((n = capture_batch(source, batch)) > 0)
		for (unsigned i = 0; i < n; i++)
			take_frame(&batch[i], fragments, flows);
	flows_flush(flows);
	fragments_free(fragments);
	source_free(source);
	errors_done(&e);
}

static void facts_are_the_same(void **state)
{
	struct flow_options o = { .all = true, .m365 = all.m365, .classifier = all.classifier };
	struct flows *flows = flows_new(&o, on_handshake, NULL);

	(void)state;
	read_all(flows);
	read_all(flows);
	flows_free(flows);
	assert_true(all.handshakes > 400);
	assert_true(all.shared > all.handshakes * 3 / 4);
	assert_true(all.printed > 100);
}

/* ---- what is apart ------------------------------------------------------------------- */

/* A ClientHello of TLS 1.2 with these extensions. */
static struct hello hello_of(struct slice extensions)
{
	static const uint8_t suites[] = { 0xc0, 0x2f, 0x00, 0x9c };

	return (struct hello){
		.complete = true, .version = TLS1_2, .record_version = TLS1_0,
		.ciphers = { suites, sizeof(suites) }, .ciphers_said = sizeof(suites),
		.extensions = extensions, .has_extensions = true,
	};
}

static uint64_t id_of(struct shapes *shapes, const struct hello *h, enum side side)
{
	struct shape *s = shapes_find(shapes, h, side);

	assert_non_null(s);
	return s->id;
}

static void random_parts_do_not_count(void **state)
{
	struct shapes *shapes = shapes_new();
	struct slice one = test_hex("00 00 00 06 00 04 00 00 01 61  00 23 00 02 11 22"
				    "00 33 00 08 00 06 00 17 00 02 aa bb"
				    "00 15 00 01 00");
	struct slice other = test_hex("00 00 00 07 00 05 00 00 02 62 63  00 23 00 03 44 55 66"
				      "00 33 00 08 00 06 00 17 00 02 cc dd"
				      "00 15 00 00");
	struct hello a = hello_of(one), b = hello_of(other);

	(void)state;
	a.random = one;
	b.random = other;
	assert_int_equal(id_of(shapes, &a, CLIENT), id_of(shapes, &b, CLIENT));
	assert_int_equal(shapes_state(shapes)->made, 1);
	assert_int_equal(shapes_state(shapes)->found, 1);
	shapes_free(shapes);
	exact_free(one);
	exact_free(other);
}

/* Pairs that differ in one thing that a fact follows from. */
static void all_else_counts(void **state)
{
	static const char *const pairs[][2] = {
		{ "00 23 00 00", "00 23 00 01 00" },			/* a ticket or none */
		{ "00 0a 00 04 00 02 00 17", "00 0a 00 04 00 02 00 18" },
		{ "00 33 00 08 00 06 00 17 00 02 aa bb", "00 33 00 08 00 06 00 18 00 02 aa bb" },
		{ "00 33 00 08 00 06 00 17 00 02 aa bb", "00 33 00 08 00 06 00 17 00 01 aa bb" },
		{ "00 33 00 06 00 04 00 17 00 00  00 18 00 00",	/* two shares, or one and ... */
		  "00 33 00 0a 00 08 00 17 00 00 00 18 00 00" },
		{ "00 17 00 00 00 16 00 00", "00 16 00 00 00 17 00 00" },
		{ "ff 01 00 01 00", "ff 01 00 01 01" },
	};
	struct shapes *shapes = shapes_new();

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct slice one = test_hex(pairs[i][0]), other = test_hex(pairs[i][1]);
		struct hello a = hello_of(one), b = hello_of(other);

		assert_int_not_equal(id_of(shapes, &a, CLIENT), id_of(shapes, &b, CLIENT));
		exact_free(one);
		exact_free(other);
	}
	shapes_free(shapes);
}

static void members_count(void **state)
{
	struct shapes *shapes = shapes_new();
	const struct hello plain = hello_of((struct slice){ NULL, 0 });
	struct hello h[7];
	uint64_t first = id_of(shapes, &plain, CLIENT);

	(void)state;
	for (size_t i = 0; i < 7; i++)
		h[i] = plain;
	h[0].complete = false;
	h[1].odd = HELLO_TRAILING_BYTES;
	h[2].record_version = TLS1_2;
	h[3].version = TLS1_1;
	h[4].has_extensions = false;
	h[5].ciphers.n = 2;
	h[6].ciphers_said = 6;
	for (size_t i = 0; i < 7; i++)
		assert_int_not_equal(id_of(shapes, &h[i], CLIENT), first);
	assert_int_not_equal(id_of(shapes, &plain, SERVER), first);
	assert_int_equal(id_of(shapes, &plain, CLIENT), first);
	shapes_free(shapes);
}

static void large_hellos_have_none(void **state)
{
	struct shapes *shapes = shapes_new();
	struct hello h = hello_of((struct slice){ NULL, 0 });
	uint8_t suites[2 * SHAPE_KEY] = { 0 };

	(void)state;
	h.ciphers = (struct slice){ suites, sizeof(suites) };
	assert_null(shapes_find(shapes, &h, CLIENT));
	assert_null(shapes_find(shapes, NULL, CLIENT));
	assert_null(shapes_find(NULL, &h, CLIENT));
	assert_int_equal(shapes_state(shapes)->none, 1);
	shapes_free(shapes);
}

/* More of them than there is room for: old ones go, and come again with another number. */
static void they_are_bounded(void **state)
{
	struct shapes *shapes = shapes_new();
	struct hello h = hello_of((struct slice){ NULL, 0 });
	uint64_t first = id_of(shapes, &h, CLIENT);

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		uint8_t suites[] = { (uint8_t)(i >> 8), (uint8_t)i, 0, 1, 0, 2 };

		h.ciphers = (struct slice){ suites, sizeof(suites) };
		(void)id_of(shapes, &h, CLIENT);
	}
	h = hello_of((struct slice){ NULL, 0 });
	assert_int_not_equal(id_of(shapes, &h, CLIENT), first);
	assert_int_equal(shapes_state(shapes)->made, 20002);
	shapes_free(shapes);
}

/* Rules that were loaded anew name the stack anew. */
static void rules_are_not_mixed(void **state)
{
	struct shapes *shapes = shapes_new();
	struct hello h = hello_of((struct slice){ NULL, 0 });
	struct shape *s = shapes_find(shapes, &h, CLIENT);
	struct errors e = { 0 };
	struct ruleset *others = ruleset_load(NULL, 0, &e);
	uint64_t id;

	(void)state;
	assert_non_null(others);
	(void)ruleset_stack_like(all.rules, &h, s);
	assert_true(shape_fill(s, &(struct handshake){ .offer = &h, .stack = s->stack }, CLIENT));
	id = s->id;
	(void)ruleset_stack_like(all.rules, &h, s);
	assert_int_equal(s->id, id);
	(void)ruleset_stack_like(others, &h, s);
	assert_int_not_equal(s->id, id);
	assert_false(s->filled);
	ruleset_free(others);
	shapes_free(shapes);
	errors_done(&e);
}

static int start(void **state)
{
	struct m365_options o = { .cloud = "all" };
	struct errors e = { 0 };

	(void)state;
	all.m365 = m365_load(&o, &e);
	all.rules = ruleset_load(NULL, 0, &e);
	all.classifier = classifier_new();
	errors_print(&e, stderr);
	errors_done(&e);
	output_json.open(&all.with);
	output_json.open(&all.without);
	return all.m365 == NULL || all.rules == NULL;
}

static int stop(void **state)
{
	(void)state;
	output_json.close(&all.with);
	output_json.close(&all.without);
	buf_done(&all.with.buf);
	buf_done(&all.without.buf);
	classifier_free(all.classifier);
	ruleset_free(all.rules);
	m365_free(all.m365);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts_are_the_same),
		cmocka_unit_test(random_parts_do_not_count),
		cmocka_unit_test(all_else_counts),
		cmocka_unit_test(members_count),
		cmocka_unit_test(large_hellos_have_none),
		cmocka_unit_test(they_are_bounded),
		cmocka_unit_test(rules_are_not_mixed),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
