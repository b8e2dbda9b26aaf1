/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the headers of base/ promise.
 */
#include "test.h"

#include <arpa/inet.h>

#include "base/addr.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/map.h"
#include "base/text.h"

static void reads_in_network_order(void **state)
{
	struct slice s = test_hex("01 0203 040506 0708090a");
	struct cursor c = cursor_of(s);

	(void)state;
	assert_int_equal(cur_u8(&c), 0x01);
	assert_int_equal(cur_u16(&c), 0x0203);
	assert_int_equal(cur_u24(&c), 0x040506);
	assert_int_equal(cur_u32(&c), 0x0708090a);
	assert_true(cur_ok(&c) && cur_left(&c) == 0);
	exact_free(s);
}

static void a_spent_cursor_stays_spent(void **state)
{
	struct slice s = test_hex("ff");
	struct cursor c = cursor_of(s);

	(void)state;
	assert_int_equal(cur_u16(&c), 0);	/* one byte is not two */
	assert_false(cur_ok(&c));
	assert_int_equal(cur_u8(&c), 0);	/* not even the byte that was there */
	assert_int_equal(cur_left(&c), 0);	/* so loops end */
	exact_free(s);
}

static void a_lying_vector_spends(void **state)
{
	struct slice s = test_hex("0005 aabb");
	struct cursor c = cursor_of(s);
	struct slice v = cur_vec16(&c);

	(void)state;
	assert_true(v.n == 0 && v.p == NULL);
	assert_false(cur_ok(&c));
	exact_free(s);
}

static void lines_wait_for_their_newline(void **state)
{
	struct slice s = test_hex("61 62 0d0a 63");
	struct cursor c = cursor_of(s);
	struct slice line;

	(void)state;
	assert_true(cur_line(&c, &line) && slice_is(line, "AB"));
	assert_false(cur_line(&c, &line));
	assert_true(cur_left(&c) == 1 && cur_ok(&c));
	exact_free(s);
}

static void prefixes_hold_their_addresses(void **state)
{
	struct prefix p;
	struct addr a;

	(void)state;
	assert_true(prefix_parse("13.107.6.152/31", &p) && p.bits == 127);
	assert_true(addr_parse("13.107.6.153", &a) && prefix_has(&p, &a));
	assert_true(addr_parse("13.107.6.154", &a) && !prefix_has(&p, &a));
	assert_true(prefix_parse("2603:1006::/40", &p));
	assert_true(addr_parse("2603:1006:0:1::9", &a) && prefix_has(&p, &a));
	assert_true(addr_parse("2603:1007::", &a) && !prefix_has(&p, &a));
	assert_false(prefix_parse("10.0.0.1/8", &p));	/* bits beyond the length */
	assert_false(prefix_parse("10.0.0.0/33", &p));
	assert_false(prefix_parse("10.0.0.0/", &p));
	assert_false(prefix_parse("10.0.0/8", &p));
}

/* The first vectors of the authors' reference for SipHash-1-3, key 00 01 ... 0f. */
/* Every mixture of zeroes with groups of one to four digits; IPv4 in all lengths. */
static void addresses_are_written_as_inet_ntop_does(void **state)
{
	static const uint16_t groups[] = { 0x1, 0xab, 0x809, 0xfffe };
	char ours[ADDR_TEXT], theirs[ADDR_TEXT];

	(void)state;
	for (unsigned i = 0; i < 256 * 8; i++) {
		struct addr a = { .b = { 0 } };

		for (unsigned k = 0; k < 8; k++) {
			uint16_t g = i >> k & 1 ? groups[(k + (i >> 8)) % 4] : 0;

			a.b[2 * k] = (uint8_t)(g >> 8);
			a.b[2 * k + 1] = (uint8_t)g;
		}
		inet_ntop(AF_INET6, a.b, theirs, sizeof(theirs));
		assert_string_equal(addr_text(&a, ours), theirs);
	}
	for (unsigned i = 0; i < 256; i++) {
		uint8_t four[4] = { (uint8_t)i, (uint8_t)(255 - i), (uint8_t)(i * 7), 10 };
		struct addr a = addr_v4((struct slice){ four, 4 });

		inet_ntop(AF_INET, four, theirs, sizeof(theirs));
		assert_string_equal(addr_text(&a, ours), theirs);
	}
}

/* Texts are looked at eight bytes at a time: each byte, in each place. */
static void json_escapes_wherever_it_stands(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 256; c++)
		for (size_t at = 0; at < 20; at++) {
			uint8_t text[20];
			struct buf b = { 0 };
			struct json w = { .to = &b };
			bool plain = c >= 0x20 && c < 0x7f && c != '"' && c != '\\';

			memset(text, 'a', sizeof(text));
			text[at] = (uint8_t)c;
			json_wire(&w, (struct slice){ text, sizeof(text) });
			assert_int_equal(b.n == sizeof(text) + 2, plain);
			assert_memory_equal(b.p + 1, text, at + plain);
			for (size_t i = 0; i < b.n; i++)
				assert_true(b.p[i] >= ' ' && b.p[i] < 0x7f);
			buf_done(&b);
		}
}

static void siphash_is_siphash(void **state)
{
	struct hash_key key = { 0x0706050403020100u, 0x0f0e0d0c0b0a0908u };
	uint8_t bytes[64];

	(void)state;
	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	assert_true(hash_bytes(&key, bytes, 0) == 0xabac0158050fc4dcu);
	assert_true(hash_bytes(&key, bytes, 1) == 0xc9f49bf37d57ca93u);
	assert_true(hash_bytes(&key, bytes, 7) == 0xd3927d989bb11140u);
}

static void a_map_keeps_its_order(void **state)
{
	struct map *m = map_new();
	char key[16];

	(void)state;
	for (uintptr_t i = 0; i < 1000; i++) {
		snprintf(key, sizeof(key), "key%u", (unsigned)i);
		*map_add(m, test_text(key)) = (void *)(i + 1);
	}
	assert_int_equal(map_count(m), 1000);
	assert_slice(map_key(m, 500), "key500");
	assert_ptr_equal(*map_find(m, test_text("key999")), (void *)1000);
	assert_null(map_find(m, test_text("key1000")));
	map_free(m);
}

static void json_escapes_what_is_hostile(void **state)
{
	struct buf b = { 0 };
	struct json w = { .to = &b };

	(void)state;
	json_open(&w, '{');
	json_key(&w, "a");
	json_wire(&w, (struct slice){ (const uint8_t *)"x\"\\\n\x01\x7f\xff", 7 });
	json_key(&w, "b");
	json_open(&w, '[');
	json_number(&w, 0);
	json_bool(&w, true);
	json_close(&w, ']');
	json_close(&w, '}');
	assert_string_equal(buf_text(&b),
			    "{\"a\":\"x\\\"\\\\\\n\\u0001\\u007f\\\\xff\",\"b\":[0,true]}");
	buf_done(&b);
}

static void numbers_read_well(void **state)
{
	struct buf b = { 0 };

	(void)state;
	text_grouped(&b, 1234567);
	buf_putc(&b, '|');
	text_ms(&b, 400000);
	buf_putc(&b, '|');
	text_ms(&b, 12000000);
	buf_putc(&b, '|');
	text_bytes(&b, 1900000000);
	buf_putc(&b, '|');
	text_bytes(&b, 17);
	buf_putc(&b, '|');
	text_time(&b, UINT64_C(1795165200123456789));
	assert_string_equal(buf_text(&b), "1,234,567|0.4|12|1.9 GB|17 bytes|"
					  "2026-11-20T09:00:00.123456789Z");
	buf_done(&b);
}

static void errors_obey_no_terminal(void **state)
{
	static const struct { const char *what, *said; } cases[] = {
		{ "a\x1b]0;title\x07z\x7f\n", "a\\x1b]0;title\\x07z\\x7f\\x0a" },
		{ "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x94\x92",
		  "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x94\x92" },
		{ "\xc2\x9b" "31m \xc2\xa0", "\\xc2\\x9b31m \xc2\xa0" },	/* C1: CSI */
		{ "\x9b \xc0\xaf \xe0\x80\xaf \xed\xa0\x80",
		  "\\x9b \\xc0\\xaf \\xe0\\x80\\xaf \\xed\\xa0\\x80" },
		{ "\xf4\x90\x80\x80 \xf5 \xe2\x82", "\\xf4\\x90\\x80\\x80 \\xf5 \\xe2\\x82" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char text[200] = "", said[200];
		struct errors e = { 0 };
		FILE *f = fmemopen(text, sizeof(text), "w");

		errors_add(&e, (struct place){ cases[i].what, 1, 2 }, "%s", cases[i].what);
		errors_print(&e, f);
		fclose(f);
		errors_done(&e);
		snprintf(said, sizeof(said), "hellotap: %s:1:2: %s\n", cases[i].said,
			 cases[i].said);
		assert_string_equal(text, said);
	}
}

static void errors_sort_by_place(void **state)
{
	struct errors e = { 0 };
	char text[256] = "";
	FILE *f = fmemopen(text, sizeof(text), "w");

	(void)state;
	errors_add(&e, (struct place){ "a.yaml", 9, 1 }, "second");
	errors_add(&e, (struct place){ "a.yaml", 2, 5 }, "first %d", 1);
	errors_add(&e, (struct place){ 0 }, "general");
	errors_print(&e, f);
	fclose(f);
	assert_string_equal(text, "hellotap: a.yaml:2:5: first 1\nhellotap: a.yaml:9:1: second\n"
				  "hellotap: general\n");
	errors_done(&e);
}

static void near_names_are_found(void **state)
{
	static const char *const names[] = { "offer.max", "answer.version", "at_most" };

	(void)state;
	assert_string_equal(nearest("offer.maximum", names, 3) ? "far" : "none", "none");
	assert_string_equal(nearest("ofer.max", names, 3), "offer.max");
	assert_string_equal(nearest("at_mots", names, 3), "at_most");
	assert_null(nearest("zzz", names, 3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_in_network_order),
		cmocka_unit_test(a_spent_cursor_stays_spent),
		cmocka_unit_test(a_lying_vector_spends),
		cmocka_unit_test(lines_wait_for_their_newline),
		cmocka_unit_test(prefixes_hold_their_addresses),
		cmocka_unit_test(addresses_are_written_as_inet_ntop_does),
		cmocka_unit_test(json_escapes_wherever_it_stands),
		cmocka_unit_test(siphash_is_siphash),
		cmocka_unit_test(a_map_keeps_its_order),
		cmocka_unit_test(json_escapes_what_is_hostile),
		cmocka_unit_test(numbers_read_well),
		cmocka_unit_test(errors_obey_no_terminal),
		cmocka_unit_test(errors_sort_by_place),
		cmocka_unit_test(near_names_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
