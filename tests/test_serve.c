/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Figures over HTTP: what is answered, and that clients cost no time.
 */
#include "test.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "out/serve.h"

static char target[32];
static struct sockaddr_in where = { .sin_family = AF_INET };

/* A port of the loopback that is free now. */
static void choose_port(void)
{
	socklen_t n = sizeof(where);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	where.sin_port = 0;
	assert_int_equal(bind(fd, (struct sockaddr *)&where, n), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&where, &n), 0);
	snprintf(target, sizeof(target), "127.0.0.1:%u", ntohs(where.sin_port));
	close(fd);
}

static int call(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&where, sizeof(where)), 0);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

/* What the server says to a request; "" within two seconds: nothing. */
static const char *ask(struct server *v, const char *request)
{
	static char said[8192];
	size_t n = 0;
	int fd = call();

	assert_int_equal(write(fd, request, strlen(request)), strlen(request));
	for (unsigned turn = 0; turn < 200 && n < sizeof(said) - 1; turn++) {
		ssize_t got;

		serve_pump(v);
		got = read(fd, said + n, sizeof(said) - 1 - n);
		if (got == 0)
			break;
		n += got > 0 ? (size_t)got : 0;
		usleep(got < 0 ? 10000 : 0);
	}
	said[n] = '\0';
	close(fd);
	return said;
}

static void targets_are_told_from_files(void **state)
{
	static const char *const ours[] = { "127.0.0.1:9464", "[::1]:9464", ":9464", "0.0.0.0:1" };
	static const char *const files[] = {
		"-", "metrics.prom", "/var/lib/x:9464", "c:9464x", "127.0.0.1:", "1.2.3.4:70000",
		"1.2.3.4:0", "host:9464", ""
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		assert_true(serve_wants(ours[i]));
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		assert_false(serve_wants(files[i]));
}

static void answers_with_the_latest(void **state)
{
	struct errors e = { 0 };
	struct server *v;
	const char *said;

	(void)state;
	choose_port();
	v = serve_open(target, &e);
	assert_non_null(v);
	serve_text(v, (struct slice){ (const uint8_t *)"a 1\n", 4 });
	serve_text(v, (struct slice){ (const uint8_t *)"a 2\n", 4 });
	said = ask(v, "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	assert_non_null(strstr(said, "HTTP/1.1 200"));
	assert_non_null(strstr(said, "text/plain; version=0.0.4"));
	assert_non_null(strstr(said, "\r\n\r\na 2\n"));
	said = ask(v, "GET /etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	assert_non_null(strstr(said, "HTTP/1.1 404"));
	said = ask(v, "POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n"
		   "Connection: close\r\n\r\n");
	assert_non_null(strstr(said, "HTTP/1.1 405"));
	serve_close(v);
}

static void clients_that_say_nothing_cost_no_time(void **state)
{
	struct errors e = { 0 };
	struct server *v;
	int idle[30];

	(void)state;
	choose_port();
	v = serve_open(target, &e);
	assert_non_null(v);
	for (size_t i = 0; i < 30; i++) {
		idle[i] = call();
		serve_pump(v);		/* returns at once, or the test's time limit says so */
	}
	for (size_t i = 0; i < 30; i++)
		close(idle[i]);
	serve_close(v);
}

static void a_port_in_use_is_said(void **state)
{
	struct errors e = { 0 };
	struct server *v;

	(void)state;
	choose_port();
	v = serve_open(target, &e);
	assert_non_null(v);
	assert_null(serve_open(target, &e));
	assert_int_equal(e.n, 1);
	assert_string_equal(e.v[0].what, "cannot be listened at: Address already in use");
	errors_done(&e);
	serve_close(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(targets_are_told_from_files),
		cmocka_unit_test(answers_with_the_latest),
		cmocka_unit_test(clients_that_say_nothing_cost_no_time),
		cmocka_unit_test(a_port_in_use_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
