/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Behind the fence: what an intruder would want fails, what the capture needs works.
 * Each attempt is made in a child of its own: there is no way back.
 */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox/sandbox.h"

static char folder[] = "/tmp/test_sandbox.XXXXXX";
static char outside[] = "/tmp/test_outside.XXXXXX";

enum { WORKED, FAILED = 1, NO_FENCE = 77 };

/* What a child came to that tried it behind the fence: WORKED, FAILED, or the signal, negative. */
static int behind(int (*attempt)(void))
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		const char *const read[] = { "/usr/share", "/no/such/path" };
		const char *const write[] = { folder };
		struct fence f = { read, 2, write, 1 };
		struct fence_state st;
		struct errors e = { 0 };

		if (!fence_enter(&f, &st, &e)) {
			errors_print(&e, stderr);
			_exit(99);
		}
		if (st.landlock == 0 || st.calls == 0)
			_exit(NO_FENCE);
		_exit(attempt());
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFSIGNALED(status))
		return -WTERMSIG(status);
	return WEXITSTATUS(status);
}

static void expect(int (*attempt)(void), int want)
{
	int got = behind(attempt);

	if (got == NO_FENCE)
		skip();
	assert_int_equal(got, want);
}

static int opens(const char *path, int flags)
{
	return open(path, flags, 0600) >= 0 ? WORKED : FAILED;
}

static int reads_shadow(void)		{ return opens("/etc/shadow", O_RDONLY); }
static int reads_passwd(void)		{ return opens("/etc/passwd", O_RDONLY); }
static int writes_outside(void)		{ return opens(outside, O_WRONLY | O_CREAT); }
static int lists_outside(void)		{ return opens("/etc", O_RDONLY | O_DIRECTORY); }
static int truncates_what_it_reads(void) { return opens("/usr/share/dict", O_WRONLY | O_CREAT); }

static int calls_out(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) >= 0 || socket(AF_INET6, SOCK_DGRAM, 0) >= 0 ||
	       socket(AF_PACKET, SOCK_RAW, 0) >= 0 ? WORKED : FAILED;
}

static int runs_a_program(void)
{
	execl("/bin/true", "true", (char *)NULL);
	return FAILED;
}

static int looks_into_another(void)
{
	return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0 ? WORKED : FAILED;
}

static int forks(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	return child > 0 ? WORKED : FAILED;
}

static int makes_memory_run(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return 2;
	return mprotect(p, 4096, PROT_READ | PROT_EXEC) == 0 ? WORKED : FAILED;
}

static int writes_and_renames(void)
{
	char from[64], to[64];
	int fd;

	snprintf(from, sizeof(from), "%s/.new", folder);
	snprintf(to, sizeof(to), "%s/records", folder);
	fd = open(from, O_WRONLY | O_CREAT | O_EXCL, 0600);
	if (fd < 0 || write(fd, "x\n", 2) != 2 || ftruncate(fd, 1) != 0 || fsync(fd) != 0)
		return FAILED;
	close(fd);
	return rename(from, to) == 0 && unlink(to) == 0 ? WORKED : FAILED;
}

static int reads_rules(void)
{
	return opens("/usr/share", O_RDONLY | O_DIRECTORY);
}

static void *nothing(void *arg)
{
	return arg;
}

static int starts_threads(void)
{
	pthread_t t;
	void *ret;

	return pthread_create(&t, NULL, nothing, folder) == 0 && pthread_join(t, &ret) == 0 &&
	       ret == folder ? WORKED : FAILED;
}

static int tells_the_manager(void)
{
	return socket(AF_UNIX, SOCK_DGRAM, 0) >= 0 ? WORKED : FAILED;
}

static void what_an_intruder_wants_fails(void **state)
{
	(void)state;
	expect(reads_shadow, FAILED);
	expect(reads_passwd, FAILED);
	expect(writes_outside, FAILED);
	expect(lists_outside, FAILED);
	expect(truncates_what_it_reads, FAILED);
	expect(calls_out, FAILED);
	expect(forks, FAILED);
	expect(makes_memory_run, FAILED);
	expect(runs_a_program, -SIGSYS);
	expect(looks_into_another, -SIGSYS);
}

static void what_a_capture_needs_works(void **state)
{
	(void)state;
	expect(writes_and_renames, WORKED);
	expect(reads_rules, WORKED);
	expect(starts_threads, WORKED);
	expect(tells_the_manager, WORKED);
}

/* ---- who we are ------------------------------------------------------------------------ */

static void users_are_found_or_named(void **state)
{
	struct identity who;
	struct errors e = { 0 };

	(void)state;
	assert_false(identity_find("no-such-user", &who, &e));
	assert_string_equal(e.v[0].what, "no user 'no-such-user'; expected one of this system");
	assert_false(identity_find("root", &who, &e));
	assert_string_equal(e.v[1].what, "user 'root' is root; expected an unprivileged user");
	errors_done(&e);
	assert_true(identity_find("nobody", &who, &e));
	assert_int_not_equal(who.uid, 0);
}

/* The line of /proc/self/status that begins so is that value. */
static bool status_is(const char *name, const char *value)
{
	char line[200];
	FILE *f = fopen("/proc/self/status", "r");
	bool is = false;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, name, strlen(name)) == 0)
			is = strstr(line, value) != NULL;
	if (f != NULL)
		fclose(f);
	return is;
}

static int become_nobody(void)
{
	static const char none[] = "0000000000000000";
	struct identity who;
	struct errors e = { 0 };
	gid_t group;

	if (!identity_find("nobody", &who, &e) || !identity_become(&who, &e))
		return FAILED;
	if (getuid() != who.uid || geteuid() != who.uid || getegid() != who.gid ||
	    getgroups(1, &group) != 1 || group != who.gid)
		return 2;
	if (!status_is("CapEff:", none) || !status_is("CapPrm:", none) ||
	    !status_is("CapBnd:", none) || !status_is("NoNewPrivs:", "1"))
		return 3;
	return setuid(0) != 0 && open("/etc/shadow", O_RDONLY) < 0 ? WORKED : 4;
}

static void root_becomes_nobody_for_good(void **state)
{
	pid_t child;
	int status;

	(void)state;
	if (getuid() != 0)
		skip();
	child = fork();
	if (child == 0)
		_exit(become_nobody());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), WORKED);
}

static void fences_have_words(void **state)
{
	struct buf b = { 0 };

	(void)state;
	fence_words(&(struct fence_state){ 0 }, &b);
	assert_string_equal(buf_text(&b), "no fence on this system");
	b.n = 0;
	fence_words(&(struct fence_state){ 7, 80 }, &b);
	assert_string_equal(buf_text(&b), "Landlock 7, seccomp (80 calls)");
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_an_intruder_wants_fails),
		cmocka_unit_test(what_a_capture_needs_works),
		cmocka_unit_test(users_are_found_or_named),
		cmocka_unit_test(root_becomes_nobody_for_good),
		cmocka_unit_test(fences_have_words),
	};
	int failed;

	if (mkdtemp(folder) == NULL)
		return 99;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rmdir(folder);
	return failed;
}
