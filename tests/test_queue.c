/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Live outputs: nobody waits for them, what they do not take is kept, then
 * counted, and what they get is whole lines in order.
 */
#include "sample.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "out/out.h"

static char folder[] = "/tmp/test_queue.XXXXXX";
static char path[64], spec[80];
static uint64_t now;			/* a second each time it is asked for */

static uint64_t later(void)
{
	return now += 2 * NS_PER_SECOND;
}

static struct sink *open_live(const char *name)
{
	struct errors e = { 0 };
	struct sink *s;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	snprintf(spec, sizeof(spec), "json:%s", path);
	s = sink_open_live(spec, &e);
	if (s == NULL)
		errors_print(&e, stderr);
	assert_non_null(s);
	return s;
}

/* n handshakes from ports from, from + 1 ... */
static void put(struct sink *s, unsigned from, unsigned n)
{
	for (unsigned i = from; i < from + n; i++) {
		struct sighting *seen = sample_seen("10.1.4.23", TLS1_0, TLS1_0, "alert");

		sample_number(seen, FIELD_CLIENT_PORT, i);
		sink_handshake(s, seen);
		free(seen);
	}
}

/* Checks that every line is a record, that ports ascend; how many there are, and the lost. */
static unsigned records(FILE *f, unsigned long *ret_lost)
{
	static char line[1 << 16];
	unsigned n = 0;
	long last = -1;

	*ret_lost = 0;
	while (fgets(line, sizeof(line), f) != NULL) {
		const char *port = strstr(line, "\"port\":");
		const char *lost = strstr(line, "\"hellotap\":{\"lost\":");

		assert_int_equal(line[strlen(line) - 1], '\n');
		assert_int_equal(line[strlen(line) - 2], '}');
		assert_int_equal(line[0], '{');
		if (lost != NULL) {
			*ret_lost += strtoul(lost + 19, NULL, 10);
			continue;
		}
		if (strstr(line, "hellotap.handshake") == NULL)
			continue;
		assert_non_null(port);
		assert_true(strtol(port + 7, NULL, 10) > last);
		last = strtol(port + 7, NULL, 10);
		n++;
	}
	return n;
}

static unsigned records_of_file(unsigned long *ret_lost)
{
	FILE *f = fopen(path, "r");
	unsigned n;

	assert_non_null(f);
	n = records(f, ret_lost);
	fclose(f);
	return n;
}

static void grows_and_is_appended_to(void **state)
{
	struct errors e = { 0 };
	unsigned long lost;

	(void)state;
	for (unsigned turn = 0; turn < 2; turn++) {
		struct sink *s = open_live("grows");

		put(s, 10 * turn, 3);
		sink_pump(s, later(), &e);
		assert_int_equal(records_of_file(&lost), 3 * turn + 3);
		assert_true(sink_close(s, &e));
	}
	assert_int_equal(e.n, 0);
	unlink(path);
}

static void what_was_killed_leaves_no_half_line(void **state)
{
	struct errors e = { 0 };
	struct sink *s = open_live("killed");
	unsigned long lost;
	FILE *f;

	(void)state;
	put(s, 1, 2);
	assert_true(sink_close(s, &e));
	f = fopen(path, "a");
	fputs("{\"@timestamp\":\"2026-1", f);
	fclose(f);
	s = open_live("killed");
	put(s, 5, 1);
	assert_true(sink_close(s, &e));
	assert_int_equal(records_of_file(&lost), 3);
	unlink(path);
}

/* As on a full disk: nothing more goes in, and later it does again. */
static void a_full_disk_loses_no_line_in_the_middle(void **state)
{
	struct errors e = { 0 };
	struct sink *s = open_live("full");
	struct rlimit old, small;
	unsigned long lost;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	small = old;
	small.rlim_cur = 1000;
	setrlimit(RLIMIT_FSIZE, &small);
	put(s, 0, 20);
	sink_pump(s, later(), &e);
	sink_pump(s, later(), &e);
	assert_int_equal(e.n, 1);
	assert_string_equal(e.v[0].what, "cannot be written: File too large");
	setrlimit(RLIMIT_FSIZE, &old);
	put(s, 20, 20);
	sink_pump(s, later(), &e);
	assert_int_equal(e.n, 2);
	assert_string_equal(e.v[1].what, "can be written again; records lost so far: 0");
	assert_true(sink_close(s, &e));
	assert_int_equal(records_of_file(&lost), 40);
	assert_int_equal(lost, 0);
	errors_done(&e);
	unlink(path);
}

/* What the FIFO has now. */
static void drain(int fd, FILE *to)
{
	static char some[1 << 16];
	ssize_t n;

	while ((n = read(fd, some, sizeof(some))) > 0)
		fwrite(some, 1, (size_t)n, to);
}

/* A reader that does not read: the queue fills, the rest is counted, and said when it reads. */
static void a_slow_reader_is_told_what_it_missed(void **state)
{
	struct errors e = { 0 };
	unsigned long lost;
	struct sink *s;
	FILE *seen;
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "%s/slow", folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	fd = open(path, O_RDONLY | O_NONBLOCK);
	s = open_live("slow");
	for (unsigned i = 0; i < 60; i++) {
		put(s, 1000 * i, 1000);
		sink_pump(s, later(), &e);
	}
	assert_true(s->lost > 0);
	seen = tmpfile();
	for (bool more = true; more; ) {
		drain(fd, seen);
		sink_pump(s, later(), &e);
		more = s->buf.n > s->taken;
	}
	put(s, 60000, 1);
	sink_pump(s, later(), &e);
	drain(fd, seen);
	rewind(seen);
	assert_int_equal(records(seen, &lost) + lost, 60001);
	assert_true(lost > 0);
	fclose(seen);
	close(fd);
	assert_false(sink_close(s, &e));	/* records were lost */
	errors_done(&e);
	unlink(path);
}

static void a_reader_may_come_late_and_come_back(void **state)
{
	struct errors e = { 0 };
	char some[1 << 16];
	struct sink *s;
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "%s/late", folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	s = open_live("late");
	put(s, 1, 2);
	sink_pump(s, later(), &e);
	assert_int_equal(e.n, 1);		/* nobody reads, said once */
	sink_pump(s, later(), &e);
	assert_int_equal(e.n, 1);
	for (unsigned turn = 0; turn < 2; turn++) {
		ssize_t n;

		fd = open(path, O_RDONLY | O_NONBLOCK);
		sink_pump(s, later(), &e);
		n = read(fd, some, sizeof(some));
		assert_true(n > 0 && some[0] == '{' && some[n - 1] == '\n');
		close(fd);
		put(s, 10 + turn, 1);
		sink_pump(s, later(), &e);
	}
	(void)sink_close(s, &e);
	errors_done(&e);
	unlink(path);
}

static void logrotate_gets_the_old_file(void **state)
{
	struct errors e = { 0 };
	struct sink *s = open_live("rotated");
	unsigned long lost;
	char old[80];

	(void)state;
	put(s, 1, 3);
	sink_pump(s, later(), &e);
	snprintf(old, sizeof(old), "%s.1", path);
	assert_int_equal(rename(path, old), 0);
	put(s, 5, 2);
	assert_true(sink_reopen(s, &e));
	put(s, 9, 1);
	assert_true(sink_close(s, &e));
	assert_int_equal(records_of_file(&lost), 1);
	unlink(path);
	strcpy(path, old);
	assert_int_equal(records_of_file(&lost), 5);
	unlink(path);
}

/* A link that another made is not followed; one of our own is (file.c). */
static void links(void **state)
{
	struct errors e = { 0 };
	char target[80];
	unsigned long lost;
	struct sink *s;
	FILE *f;

	(void)state;
	if (geteuid() != 0)
		skip();			/* nobody else's links can be made */
	snprintf(target, sizeof(target), "%s/target", folder);
	f = fopen(target, "w");
	assert_non_null(f);
	fputs("half a line", f);
	fclose(f);
	snprintf(path, sizeof(path), "%s/link", folder);
	snprintf(spec, sizeof(spec), "json:%s", path);
	assert_int_equal(symlink(target, path), 0);
	assert_int_equal(lchown(path, 65534, 65534), 0);
	assert_null(sink_open_live(spec, &e));
	assert_int_equal(e.n, 1);
	errors_done(&e);
	f = fopen(target, "r");
	assert_non_null(f);
	assert_int_equal(fgetc(f), 'h');
	fclose(f);
	e = (struct errors){ 0 };
	assert_int_equal(lchown(path, 0, 0), 0);
	s = open_live("link");
	put(s, 1, 1);
	sink_pump(s, later(), &e);
	assert_true(sink_close(s, &e));
	assert_int_equal(records_of_file(&lost), 1);
	unlink(path);
	unlink(target);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grows_and_is_appended_to),
		cmocka_unit_test(what_was_killed_leaves_no_half_line),
		cmocka_unit_test(a_full_disk_loses_no_line_in_the_middle),
		cmocka_unit_test(a_slow_reader_is_told_what_it_missed),
		cmocka_unit_test(a_reader_may_come_late_and_come_back),
		cmocka_unit_test(logrotate_gets_the_old_file),
		cmocka_unit_test(links),
	};
	int failed;

	if (mkdtemp(folder) == NULL)
		return 99;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rmdir(folder);
	return failed;
}
