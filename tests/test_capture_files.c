/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sources: packed files, standard input, folders, order, filters, limits, and
 * what is said about files that are no captures.
 */
#include "captures.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <zlib.h>
#include <zstd.h>

#define SECOND UINT64_C(1000000000)

static const struct capture_options all_frames;

/* A capture of `count` frames, a second apart. */
static void put_capture(struct buf *b, uint32_t first, uint32_t count, uint32_t n)
{
	pcap_header(b, MICRO, ETHERNET);
	for (uint32_t i = 0; i < count; i++)
		pcap_packet(b, first + i, 0, n);
}

static const char *make_capture(const char *name, uint32_t first, uint32_t count)
{
	struct buf b = { 0 };
	const char *path;

	put_capture(&b, first, count, 60);
	path = test_file(name, &b);
	buf_done(&b);
	return path;
}

static void put_gz(struct buf *to, const char *p, size_t n)
{
	z_stream z = { 0 };
	Bytef *in = calloc(1, n + 1);

	memcpy(in, p, n);
	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY),
			 Z_OK);
	buf_room(to, deflateBound(&z, n) + 64);
	z.next_in = in;
	z.avail_in = (uInt)n;
	z.next_out = (Bytef *)to->p + to->n;
	z.avail_out = (uInt)(to->cap - to->n);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	to->n += z.total_out;
	deflateEnd(&z);
	free(in);
}

static void put_zst(struct buf *to, const char *p, size_t n)
{
	size_t got;

	buf_room(to, ZSTD_compressBound(n));
	got = ZSTD_compress(to->p + to->n, to->cap - to->n, p, n, 3);
	assert_false(ZSTD_isError(got));
	to->n += got;
}

typedef void pack(struct buf *to, const char *p, size_t n);

/* Packed as a whole and in parts, the parts cut anywhere. */
static void packed(pack *how)
{
	struct buf plain = { 0 }, b = { 0 };
	struct seen *s;

	put_capture(&plain, 1000, 3000, 700);
	how(&b, plain.p, plain.n);
	s = see_one(test_file("packed.bin", &b));
	assert_string_equal(s->said, "");
	assert_true(s->n == 3000 && s->bytes == 3000 * 700);
	assert_true(s->v[2999].ts == 3999 * SECOND && s->v[2999].number == 3000);
	assert_true(s->state.bytes == b.n && s->state.bytes_done == b.n);
	seen_free(s);
	b.n = 0;
	how(&b, plain.p, 7);
	how(&b, plain.p + 7, 0);
	how(&b, plain.p + 7, 1200000);
	how(&b, plain.p + 1200007, plain.n - 1200007);
	s = see_one(test_file("packed.bin", &b));
	assert_string_equal(s->said, "");
	assert_true(s->n == 3000 && s->first[1234] == (uint8_t)700);
	seen_free(s);
	buf_done(&plain);
	buf_done(&b);
}

static void gz_and_zst_by_content(void **state)
{
	(void)state;
	packed(put_gz);
	packed(put_zst);
}

static void zeros_after_gz_are_padding(void **state)
{
	struct buf plain = { 0 }, b = { 0 };
	struct seen *s;

	(void)state;
	put_capture(&plain, 1, 3, 60);
	put_gz(&b, plain.p, plain.n);
	put_fill(&b, 500, 0);
	s = see_bytes(&b);
	assert_true(s->n == 3 && s->state.cut_short == 0);
	seen_free(s);
	buf_puts(&b, "rubbish");
	s = see_bytes(&b);
	assert_true(s->n == 3 && s->state.cut_short == 1);
	assert_said(s, "something follows the gz data that is not gz; 3 packets were read");
	seen_free(s);
	buf_done(&plain);
	buf_done(&b);
}

/* Skippable frames (RFC 8878, 3.1.2) come first in files of the seekable format and of pzstd. */
static void zst_may_begin_with_a_skippable_frame(void **state)
{
	struct buf plain = { 0 }, b = { 0 };
	struct seen *s;

	(void)state;
	put_capture(&plain, 1, 3, 60);
	put32(&b, 0x184d2a57);
	put32(&b, 5);
	buf_puts(&b, "hello");
	put_zst(&b, plain.p, plain.n);
	s = see_bytes(&b);
	assert_string_equal(s->said, "");
	assert_int_equal(s->n, 3);
	seen_free(s);
	buf_done(&plain);
	buf_done(&b);
}

/* What was readable is handed out, however early the packed data ends. */
static void packed_and_cut(pack *how, const char *why)
{
	struct buf plain = { 0 }, b = { 0 };
	size_t most = 0, first;

	put_capture(&plain, 1, 60, 60);
	for (size_t i = 24; i < plain.n; i++)	/* packets that are hard to pack */
		if ((i - 24) % 76 >= 16)
			plain.p[i] = (char)(i * i * 2654435761u >> 13);
	how(&b, plain.p, plain.n / 2);		/* zst gives nothing of an unfinished block */
	first = b.n;
	how(&b, plain.p + plain.n / 2, plain.n - plain.n / 2);
	for (size_t n = 4; n < b.n; n++) {
		struct buf part = { .p = b.p, .n = n };
		struct seen *s = see_bytes(&part);

		assert_true(s->n >= most && s->n <= 60);
		if (n != first) {
			assert_said(s, why);
			assert_true(s->source == NULL || s->state.cut_short == 1);
		} else {
			assert_said(s, "in the middle of a packet; ");
		}
		most = s->n;
		seen_free(s);
	}
	assert_true(most >= 29);
	buf_done(&plain);
	buf_done(&b);
}

static void packed_files_cut_at_every_byte(void **state)
{
	(void)state;
	packed_and_cut(put_gz, "the gz data ends too early");
	packed_and_cut(put_zst, "the zst data ends too early");
}

static void packed_files_with_flipped_bits(void **state)
{
	static pack *const how[] = { put_gz, put_zst };

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		struct buf plain = { 0 }, b = { 0 };

		put_capture(&plain, 1, 20, 60);
		how[k](&b, plain.p, plain.n);
		for (size_t i = 0; i < b.n * 8; i++) {
			struct seen *s;

			b.p[i / 8] = (char)(b.p[i / 8] ^ 1 << i % 8);
			s = see_bytes(&b);
			assert_true(s->n <= 20 || s->state.cut_short == 1);
			seen_free(s);
			b.p[i / 8] = (char)(b.p[i / 8] ^ 1 << i % 8);
		}
		buf_done(&plain);
		buf_done(&b);
	}
}

/* Runs `write` in a child whose output is our standard input; then reads paths. */
static struct seen *see_piped(const struct buf *b, size_t chunk, const char *const *paths,
			      size_t n)
{
	int ends[2], old = dup(STDIN_FILENO), status;
	struct seen *s;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		for (size_t at = 0; at < b->n; at += chunk) {
			size_t left = b->n - at < chunk ? b->n - at : chunk;

			if (write(ends[1], b->p + at, left) != (ssize_t)left)
				_exit(1);
		}
		_exit(0);
	}
	close(ends[1]);
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	s = see(paths, n, &all_frames);
	dup2(old, STDIN_FILENO);
	close(old);
	assert_int_equal(waitpid(child, &status, 0), child);
	return s;
}

static void standard_input_in_any_pieces(void **state)
{
	static const char *const dash[] = { "-" };
	static const size_t chunks[] = { 7, 997, 1000000 };
	struct buf plain = { 0 }, gz = { 0 };

	(void)state;
	put_capture(&plain, 1, 500, 900);
	put_gz(&gz, plain.p, plain.n);
	for (size_t i = 0; i < 6; i++) {
		struct seen *s = see_piped(i % 2 ? &plain : &gz, chunks[i / 2], dash, 1);

		assert_string_equal(s->said, "");
		assert_true(s->n == 500 && s->bytes == 500 * 900);
		assert_string_equal(s->v[0].from->file, "-");
		assert_true(s->state.bytes == 0 && s->state.files_done == 1);
		seen_free(s);
	}
	buf_done(&plain);
	buf_done(&gz);
}

/* All frames of a batch are in sight at once: their first bytes are still theirs. */
static void batches_do_not_tear(void **state)
{
	struct buf plain = { 0 }, gz = { 0 };
	struct errors e = { 0 };
	struct frame v[CAPTURE_BATCH];
	const char *path;
	struct source *s;
	uint32_t next = 0;
	unsigned n;

	(void)state;
	pcap_header(&plain, MICRO, ETHERNET);
	for (uint32_t i = 0; i < 400; i++)
		pcap_packet(&plain, i, 0, 17000 + i);	/* 64 of them do not fit a window */
	put_gz(&gz, plain.p, plain.n);
	path = test_file("large.gz", &gz);
	s = source_open(&path, 1, &all_frames, &e);
	assert_non_null(s);
	while ((n = capture_batch(s, v)) > 0)
		for (unsigned i = 0; i < n; i++, next++) {
			assert_int_equal(v[i].bytes.n, 17000 + next);
			assert_int_equal(v[i].bytes.p[0], (uint8_t)(17000 + next));
			assert_int_equal(v[i].bytes.p[v[i].bytes.n - 1], (uint8_t)(17000 + next));
		}
	assert_int_equal(next, 400);
	source_free(s);
	errors_done(&e);
	buf_done(&plain);
	buf_done(&gz);
}

/* Blocks of no interest may be longer than any window. */
static void long_blocks_are_passed_over(void **state)
{
	static const char *const dash[] = { "-" };
	struct buf b = { 0 };
	struct seen *s;
	size_t at;

	(void)state;
	ng_section(&b);
	ng_interface(&b, ETHERNET, NULL, 6);
	at = block_begin(&b, 10);
	put_fill(&b, 5000000, 7);
	block_end(&b, at);
	ng_packet(&b, 0, 1, 60);
	s = see_bytes(&b);
	assert_true(s->n == 1 && s->state.cut_short == 0);
	seen_free(s);
	s = see_piped(&b, 65536, dash, 1);
	assert_true(s->n == 1 && s->state.cut_short == 0);
	seen_free(s);
	b.n = at + 3000000;
	s = see_piped(&b, 65536, dash, 1);
	assert_true(s->n == 0 && s->state.cut_short == 1);
	assert_said(s, "-: cut short at byte 3000052, in the middle of a block; 0 packets ");
	seen_free(s);
	buf_done(&b);
}

static void files_in_time_order(void **state)
{
	const char *paths[4];
	struct seen *s;

	(void)state;
	paths[0] = make_capture("late.pcap", 3000, 2);
	paths[1] = make_capture("early.pcap", 1000, 2);
	paths[2] = make_capture("middle.pcap", 2000, 2);
	paths[3] = make_capture("early2.pcap", 1000, 1);
	s = see(paths, 4, &all_frames);
	assert_int_equal(s->n, 7);
	for (size_t i = 1; i < 7; i++)
		assert_true(i == 2 || s->v[i - 1].ts <= s->v[i].ts);
	assert_string_equal(s->v[0].from->file, paths[1]);
	assert_string_equal(s->v[2].from->file, paths[3]);	/* the same time: as named */
	assert_true(s->v[6].number == 2 && s->state.files == 4 && s->state.files_done == 4);
	assert_int_equal(s->state.bytes_done, s->state.bytes);
	seen_free(s);
}

static void standard_input_keeps_its_place(void **state)
{
	const char *paths[3] = { NULL, "-", NULL };
	struct buf b = { 0 };
	struct seen *s;

	(void)state;
	paths[0] = make_capture("late.pcap", 3000, 1);
	paths[2] = make_capture("early.pcap", 1000, 1);
	put_capture(&b, 5000, 1, 60);
	s = see_piped(&b, 1000, paths, 3);
	assert_int_equal(s->n, 3);
	assert_true(s->v[0].ts == 1000 * SECOND && s->v[1].ts == 5000 * SECOND);
	assert_true(s->v[2].ts == 3000 * SECOND && s->state.bytes == 0);
	seen_free(s);
	buf_done(&b);
}

static void a_fifo_is_read_once(void **state)
{
	const char *path = test_path("fifo");
	struct seen *s;
	pid_t child;
	int status;

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	child = fork();
	if (child == 0) {
		struct buf b = { 0 };

		put_capture(&b, 1, 10, 60);
		test_file("fifo", &b);
		_exit(0);
	}
	s = see_one(path);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(s->n, 10);
	seen_free(s);
	unlink(path);
}

static void put_text(const char *name, const char *text)
{
	struct buf b = { 0 };

	buf_puts(&b, text);
	test_file(name, &b);
	buf_done(&b);
}

static void a_folder_in_time_order(void **state)
{
	struct seen *s;
	char dir[128], name[64];

	(void)state;
	snprintf(dir, sizeof(dir), "%s", test_path("folder"));
	assert_int_equal(mkdir(dir, 0700), 0);
	for (unsigned i = 0; i < 5; i++) {
		snprintf(name, sizeof(name), "folder/%u.pcap", i);
		make_capture(name, 1000 - i, 1);
	}
	for (unsigned i = 0; i < 7; i++) {
		snprintf(name, sizeof(name), "folder/note%u", i);
		put_text(name, "not a capture");
	}
	assert_int_equal(mkdir(test_path("folder/inside"), 0700), 0);
	assert_int_equal(mkfifo(test_path("folder/pipe"), 0600), 0);
	s = see_one(dir);
	assert_int_equal(s->n, 5);
	for (unsigned i = 1; i < 5; i++)
		assert_true(s->v[i - 1].ts < s->v[i].ts);
	assert_said(s, "folder: 8 files here were left out, not being captures: "
		       "note0, note1, note2, note3, note4 and 3 more\n");
	assert_said(s, "folder: 1 folder inside was not read; name it too if needed\n");
	assert_int_equal(s->state.left_out, 0);
	seen_free(s);
	s = see_one(test_path("folder/inside"));
	assert_null(s->source);
	assert_said(s, "no captures in this folder");
	seen_free(s);
}

static void limits_stop_the_source(void **state)
{
	const char *path = make_capture("limit.pcap", 1, 300);
	struct seen *s;

	(void)state;
	for (uint64_t most = 1; most < 302; most += 60) {
		s = see(&path, 1, &(struct capture_options){ .most = most });
		assert_true(s->n == (most < 300 ? most : 300) && s->state.packets == s->n);
		assert_int_equal(s->state.cut_short, 0);
		assert_int_equal(s->state.files_done, most > 300);	/* else it stopped */
		seen_free(s);
	}
}

/* Two hundred frames, of 60 and 61 bytes in turn; the filter tells them apart. */
static void filters_drop_but_count(void **state)
{
	struct buf b = { 0 };
	const char *path;
	struct seen *s;

	(void)state;
	pcap_header(&b, MICRO, ETHERNET);
	for (uint32_t i = 0; i < 200; i++)
		pcap_packet(&b, i, 0, 60 + i % 2);
	path = test_file("filter.pcap", &b);
	s = see(&path, 1, &(struct capture_options){ .filter = "ether[0] = 61" });
	assert_true(s->n == 100 && s->state.filtered == 100 && s->state.packets == 100);
	assert_true(s->v[0].number == 2 && s->v[99].number == 200);
	seen_free(s);
	s = see(&path, 1, &(struct capture_options){ .filter = "ether[0] = 61", .most = 3 });
	assert_true(s->n == 3 && s->v[2].number == 6);
	seen_free(s);
	s = see(&path, 1, &(struct capture_options){ .filter = "ether[0] = 9" });
	assert_true(s->n == 0 && s->state.filtered == 200);
	seen_free(s);
	s = see(&path, 1, &(struct capture_options){ .filter = "tcp prot 443" });
	assert_null(s->source);
	assert_said(s, "filter \"tcp prot 443\": ");
	seen_free(s);
	buf_done(&b);
}

/* An expression is compiled for each link type: one IPv4 header, with and without Ethernet. */
static void filters_know_link_types(void **state)
{
	static const char ip[] = "\x45\0\0\x14\0\0\0\0\x40\x06\0\0\x0a\0\0\1\x0a\0\0\2";
	const struct capture_options one = { .filter = "src host 10.0.0.1" };
	const struct capture_options vlan = { .filter = "ether host 2:2:2:2:2:2" };
	struct buf b = { 0 };
	const char *path;
	struct seen *s;

	(void)state;
	ng_section(&b);
	ng_interface(&b, ETHERNET, "eth0", 6);
	ng_interface(&b, RAW_IP, "tun0", 6);
	ng_packet(&b, 0, 1, 34);
	memcpy(b.p + b.n - 4 - 2 - 22, "\x08\0", 2);		/* the type field */
	memcpy(b.p + b.n - 4 - 2 - 20, ip, 20);
	ng_packet(&b, 1, 2, 20);
	memcpy(b.p + b.n - 4 - 20, ip, 20);
	path = test_file("types.pcapng", &b);
	s = see(&path, 1, &one);
	assert_true(s->n == 2 && s->state.filtered == 0);
	seen_free(s);
	s = see(&path, 1, &vlan);
	assert_true(s->source != NULL && s->n == 0 && s->state.filtered == 2);
	assert_said(s, "(for frames of link type 101)");
	seen_free(s);
	buf_done(&b);
}

static void what_is_no_capture_is_named(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *said;
	} v[] = {
		{ "", 0, "an empty file" },
		{ "%PDF-1.7", 8, "a PDF document" },
		{ "\x7f" "ELF\2\1\1", 7, "an ELF program" },
		{ "PK\3\4abc", 7, "a zip archive; unpack it first" },
		{ "\xfd" "7zXZ\0\0", 7, "xz data; unpack it first" },
		{ " \n<!doctype HTML><p>", 20, "an HTML page" },
		{ "{\"a\": 1}", 8, "JSON text" },
		{ "tcpdump: listening on eth0\n", 27, "text" },
		{ "snoop\0\0\0\0\0\0\3\0\0\0\4", 16, "a snoop capture of another version" },
		{ "snoop\0\0\0\0\0\0\2\0\0\0\5", 16, "or link type; convert it" },
		{ "\0\0\0\0\0\0\0", 7, "nothing but zero bytes" },
		{ "\1\2\3\4\5\6\7\1", 8, "data of no known kind" },
		{ "\0\0\0\0\0\0\0\x60\2\4\0\x14\0\0\0\4abcd", 20, "an ERF capture (Endace)" },
		{ "\x1f\x8b not really", 13, "not a capture; the gz data is damaged" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(v) / sizeof(*v); i++) {
		struct buf b = { 0 };
		struct seen *s;

		buf_add(&b, v[i].bytes, v[i].n);
		s = see_bytes(&b);
		assert_null(s->source);
		assert_said(s, v[i].said);
		assert_said(s, "; expected pcap, pcapng or snoop (plain, gz or zst)\n");
		seen_free(s);
		buf_done(&b);
	}
}

static void packed_text_is_named_too(void **state)
{
	struct buf b = { 0 };
	struct seen *s;

	(void)state;
	put_gz(&b, "just words", 10);
	s = see_bytes(&b);
	assert_null(s->source);
	assert_said(s, "not a capture; unpacked from gz it looks like text; expected pcap");
	seen_free(s);
	buf_done(&b);
}

static void what_cannot_be_read_is_left_out(void **state)
{
	const char *paths[2] = { test_path("missing.pcap"), make_capture("there.pcap", 1, 2) };
	struct seen *s = see(paths, 2, &all_frames);

	(void)state;
	assert_int_equal(s->n, 2);
	assert_int_equal(s->state.left_out, 1);
	assert_said(s, "missing.pcap: No such file or directory");
	seen_free(s);
	s = see(paths, 1, &all_frames);
	assert_null(s->source);
	seen_free(s);
}

/* Damage ends a file, not the source. */
static void the_file_after_a_cut_one_is_read(void **state)
{
	struct buf b = { 0 };
	const char *paths[2];
	struct seen *s;

	(void)state;
	put_capture(&b, 1, 3, 60);
	b.n -= 10;
	paths[0] = test_file("cut.pcap", &b);
	paths[1] = make_capture("whole.pcap", 100, 2);
	s = see(paths, 2, &all_frames);
	assert_true(s->n == 4 && s->state.cut_short == 1 && s->state.files_done == 2);
	assert_said(s, "cut.pcap: cut short at byte 242, in the middle of a packet; "
		       "2 packets were read\n");
	seen_free(s);
	buf_done(&b);
}

/* 100 MB of frames, a file with a hole: memory must not follow. */
static void memory_does_not_grow_with_the_file(void **state)
{
	const char *path = make_capture("hole.pcap", 1, 1);
	struct rusage before, after;
	struct seen *s;

	(void)state;
	assert_int_equal(truncate(path, 200000000), 0);	/* zeros: frames of no bytes */
	getrusage(RUSAGE_SELF, &before);
	s = see_one(path);
	getrusage(RUSAGE_SELF, &after);
	assert_true(s->state.packets > 12000000);
	assert_true(after.ru_maxrss - before.ru_maxrss < 32 * 1024);	/* kilobytes */
	seen_free(s);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gz_and_zst_by_content),
		cmocka_unit_test(zeros_after_gz_are_padding),
		cmocka_unit_test(zst_may_begin_with_a_skippable_frame),
		cmocka_unit_test(packed_files_cut_at_every_byte),
		cmocka_unit_test(packed_files_with_flipped_bits),
		cmocka_unit_test(standard_input_in_any_pieces),
		cmocka_unit_test(batches_do_not_tear),
		cmocka_unit_test(long_blocks_are_passed_over),
		cmocka_unit_test(files_in_time_order),
		cmocka_unit_test(standard_input_keeps_its_place),
		cmocka_unit_test(a_fifo_is_read_once),
		cmocka_unit_test(a_folder_in_time_order),
		cmocka_unit_test(limits_stop_the_source),
		cmocka_unit_test(filters_drop_but_count),
		cmocka_unit_test(filters_know_link_types),
		cmocka_unit_test(what_is_no_capture_is_named),
		cmocka_unit_test(packed_text_is_named_too),
		cmocka_unit_test(what_cannot_be_read_is_left_out),
		cmocka_unit_test(the_file_after_a_cut_one_is_read),
		cmocka_unit_test(memory_does_not_grow_with_the_file),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
