/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that somebody else changes while they are read, and files that cannot
 * be read at all.
 */
#include "captures.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { COUNT = 400, LENGTH = 17000, RECORD = 16 + LENGTH, WHOLE = 24 + COUNT * RECORD };

/* What else happens to the file after the first batch was read. */
typedef void happening(const char *path);

static const char *large_file(const char *name)
{
	struct buf b = { 0 };
	const char *path;

	pcap_header(&b, MICRO, ETHERNET);
	for (uint32_t i = 0; i < COUNT; i++)
		pcap_packet(&b, i, 0, LENGTH);
	assert_int_equal(b.n, WHOLE);
	path = test_file(name, &b);
	buf_done(&b);
	return path;
}

/* Frames are whole and right, whatever happens to the file. */
static struct seen *see_changing(const char *path, happening *meanwhile)
{
	struct seen *s = calloc(1, sizeof(*s));
	struct frame v[CAPTURE_BATCH];
	struct errors e = { 0 };
	size_t size;
	FILE *to = open_memstream(&s->said, &size);
	unsigned n;

	s->source = source_open(&path, 1, &(struct capture_options){ 0 }, &e);
	assert_non_null(s->source);
	while ((n = capture_batch(s->source, v)) > 0) {
		if (s->n == 0)
			meanwhile(path);
		for (unsigned i = 0; i < n; i++, s->n++) {
			assert_true(v[i].number == s->n + 1 && v[i].bytes.n == LENGTH);
			for (size_t k = 0; k < LENGTH; k++)
				assert_int_equal(v[i].bytes.p[k], LENGTH & 0xff);
		}
	}
	s->state = *source_state(s->source);
	assert_true(s->state.bytes_done == s->state.bytes && s->state.bytes == WHOLE);
	errors_print(&e, to);
	fclose(to);
	errors_done(&e);
	return s;
}

static void cut_off(const char *path) { assert_int_equal(truncate(path, 10), 0); }
static void cut_late(const char *path) { assert_int_equal(truncate(path, WHOLE - 1), 0); }

static void cut_between(const char *path)
{
	assert_int_equal(truncate(path, WHOLE - RECORD), 0);
}

static void a_file_that_shrinks_is_cut_short(void **state)
{
	struct seen *s = see_changing(large_file("shrinks"), cut_off);

	(void)state;
	assert_true(s->n > 0 && s->n < COUNT && s->state.cut_short == 1);
	assert_said(s, ": the file had 6806424 bytes when it was opened; ");
	seen_free(s);
	s = see_changing(large_file("shrinks"), cut_late);
	assert_true(s->n == COUNT - 1 && s->state.cut_short == 1);
	assert_said(s, "shrinks: cut short at byte 6806423, in the middle of a packet: the file "
		       "had 6806424 bytes when it was opened; 399 packets were read\n");
	seen_free(s);
	s = see_changing(large_file("shrinks"), cut_between);	/* records are whole */
	assert_true(s->n == COUNT - 1 && s->state.cut_short == 1);
	assert_said(s, "shrinks: cut short at byte 6789408: the file had 6806424 bytes");
	seen_free(s);
}

static void append(const char *path, size_t n)
{
	struct buf b = { 0 };
	FILE *f = fopen(path, "ab");

	pcap_packet(&b, COUNT, 0, LENGTH);
	assert_int_equal(fwrite(b.p, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
	buf_done(&b);
}

static void append_whole(const char *path) { append(path, RECORD); }
static void append_half(const char *path) { append(path, RECORD / 2); }

/* As far as it goes at the moment in which its end is reached. */
static void a_file_that_grows_is_read(void **state)
{
	struct seen *s = see_changing(large_file("grows"), append_whole);

	(void)state;
	assert_true(s->n == COUNT + 1 && s->state.cut_short == 0);
	assert_string_equal(s->said, "");
	seen_free(s);
	s = see_changing(large_file("grows"), append_half);
	assert_true(s->n == COUNT && s->state.cut_short == 1);
	assert_said(s, "in the middle of a packet: the file is still being written; 400 packets");
	seen_free(s);
}

static void replace(const char *path)
{
	struct buf b = { 0 };

	assert_int_equal(rename(test_file("other", &b), path), 0);
}

static void overwrite(const char *path)
{
	struct buf b = { 0 };

	put_fill(&b, WHOLE, LENGTH & 0xff);
	FILE *f = fopen(path, "r+b");
	assert_int_equal(fwrite(b.p, 1, b.n, f), b.n);
	assert_int_equal(fclose(f), 0);
	buf_done(&b);
}

static void a_file_that_is_replaced_is_read_to_its_end(void **state)
{
	struct seen *s = see_changing(large_file("replaced"), replace);

	(void)state;
	assert_true(s->n == COUNT && s->state.cut_short == 0);
	assert_string_equal(s->said, "");
	seen_free(s);
	s = see_changing(large_file("overwritten"), overwrite);	/* by 'h', all over */
	assert_true(s->n > 0 && s->n < COUNT && s->state.cut_short == 1);
	assert_said(s, "overwritten: damaged at byte ");
	assert_said(s, ": a packet of 1751672936 bytes; ");
	seen_free(s);
}

/* Between the look at its first packet and its turn. */
static void a_file_that_goes_away_is_said(void **state)
{
	const char *paths[2] = { large_file("early"), large_file("late") };
	struct frame v[CAPTURE_BATCH];
	struct errors e = { 0 };
	struct source *s = source_open(paths, 2, &(struct capture_options){ 0 }, &e);
	unsigned n = capture_batch(s, v);

	(void)state;
	unlink(paths[1]);
	while (n > 0)
		n = capture_batch(s, v);
	assert_true(source_state(s)->packets == COUNT && source_state(s)->left_out == 1);
	assert_int_equal(source_state(s)->files_done, 2);
	assert_int_equal(e.n, 1);
	assert_string_equal(e.v[0].what, strerror(ENOENT));
	source_free(s);
	errors_done(&e);
}

static void empty_files_are_said(void **state)
{
	struct buf b = { 0 };
	struct seen *s = see_one(test_file("empty", &b));

	(void)state;
	assert_null(s->source);
	assert_said(s, "empty: not a capture; it looks like an empty file; expected ");
	seen_free(s);
}

static void see_forbidden(const char *path)
{
	struct seen *s;

	if (geteuid() == 0 && seteuid(65534) != 0)
		_exit(2);
	s = see_one(path);
	_exit(s->source != NULL || strstr(s->said, "secret: Permission denied\n") == NULL);
}

static void forbidden_files_are_said(void **state)
{
	const char *path = large_file("secret");
	int status;
	pid_t child;

	(void)state;
	assert_int_equal(chmod(path, 0), 0);
	assert_int_equal(chmod(test_dir, 0755), 0);
	child = fork();
	if (child == 0)
		see_forbidden(path);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void loops_are_said(void **state)
{
	char folder[128];
	struct seen *s;

	(void)state;
	snprintf(folder, sizeof(folder), "%s", test_path("loop"));
	assert_int_equal(mkdir(folder, 0700), 0);
	assert_int_equal(symlink(folder, test_path("loop/again")), 0);
	assert_int_equal(symlink("itself", test_path("loop/itself")), 0);
	large_file("loop/one");
	s = see_one(folder);
	assert_int_equal(s->n, COUNT);
	assert_int_equal(s->state.left_out, 1);
	assert_said(s, "loop/itself: Too many levels of symbolic links\n");
	assert_said(s, "loop: 1 folder inside was not read; name it too if needed\n");
	seen_free(s);
}

/* Ten thousand files, and 32 descriptors for them. */
static void many_files_need_few_descriptors(void **state)
{
	enum { FILES = 10000 };
	struct rlimit few, before;
	struct buf b = { 0 };
	struct seen *s;
	char name[32];

	(void)state;
	assert_int_equal(mkdir(test_path("many"), 0700), 0);
	pcap_header(&b, MICRO, ETHERNET);
	pcap_packet(&b, 1, 0, 60);
	for (unsigned i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "many/%05u", i);
		test_file(name, &b);
	}
	getrlimit(RLIMIT_NOFILE, &before);
	few = (struct rlimit){ 32, before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	s = see_one(test_path("many"));
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_string_equal(s->said, "");
	assert_true(s->state.packets == FILES && s->state.files_done == FILES);
	seen_free(s);
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_that_shrinks_is_cut_short),
		cmocka_unit_test(a_file_that_grows_is_read),
		cmocka_unit_test(a_file_that_is_replaced_is_read_to_its_end),
		cmocka_unit_test(a_file_that_goes_away_is_said),
		cmocka_unit_test(empty_files_are_said),
		cmocka_unit_test(forbidden_files_are_said),
		cmocka_unit_test(loops_are_said),
		cmocka_unit_test(many_files_need_few_descriptors),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
