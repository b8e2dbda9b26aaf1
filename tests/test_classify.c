/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A second opinion: what nDPI makes of a hello, however long; nothing of garbage.
 */
#include "test.h"

#include <unistd.h>

#include "classify/classify.h"

static struct classify_ask ask_of(const char *client, const char *server, struct slice hello)
{
	struct classify_ask a = {
		.client_port = 50123, .server_port = 443, .hello = hello, .record_version = 0x0301
	};

	assert_true(addr_parse(client, &a.client) && addr_parse(server, &a.server));
	return a;
}

static uint8_t *put16(uint8_t *p, size_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
	return p + 2;
}

/* A ClientHello of TLS 1.2 that asks for that name (NULL: none), padded by so many bytes. */
static struct slice hello_of(const char *name, size_t padding)
{
	static uint8_t b[70000];
	size_t n = name ? strlen(name) : 0;
	uint8_t *p = b + 4, *extensions;

	memset(b, 0, sizeof(b));
	p = put16(p, 0x0303);
	memset(p, 0x5a, 32);				/* random */
	p += 32;
	*p++ = 0;					/* session id */
	p = put16(p, 4);
	p = put16(p, 0xc02f);
	p = put16(p, 0x009c);
	*p++ = 1;					/* compressions: null */
	*p++ = 0;
	extensions = p;
	p += 2;
	if (padding > 0) {
		p = put16(p, 21);
		p = put16(p, padding);
		p += padding;
	}
	if (name != NULL) {
		p = put16(p, 0);			/* server_name: list, type, name */
		p = put16(p, n + 5);
		p = put16(p, n + 3);
		*p++ = 0;
		p = put16(p, n);
		memcpy(p, name, n);
		p += n;
	}
	put16(extensions, (size_t)(p - extensions) - 2);
	b[0] = 1;
	b[1] = 0;
	put16(b + 2, (size_t)(p - b) - 4);
	return exact_copy(b, (size_t)(p - b));
}

static const char *opinion(struct classifier *c, const char *client, const char *server,
			   const char *name, size_t padding)
{
	struct slice hello = hello_of(name, padding);
	struct classify_ask a = ask_of(client, server, hello);
	const char *says = classify_application(c, &a);

	exact_free(hello);
	return says ? says : "none";
}

static void applications_have_names(void **state)
{
	struct classifier *c = *state;

	assert_string_equal(opinion(c, "10.1.4.23", "192.0.2.1", "outlook.office365.com", 0),
			    "Microsoft365");
	assert_string_equal(opinion(c, "10.1.4.23", "192.0.2.1", "teams.microsoft.com", 0),
			    "Teams");
	assert_string_equal(opinion(c, "2001:db8::1", "2001:db8::2", "outlook.office365.com", 0),
			    "Microsoft365");
	/* One side each: nothing is known of that name, or of those ends. */
	assert_string_equal(opinion(c, "10.1.4.23", "192.0.2.1", "www.example.com", 0), "none");
	assert_string_equal(opinion(c, "10.1.4.23", "192.0.2.1", NULL, 0), "none");
	assert_true(strncmp(classify_library_version(), "nDPI 4.2", 8) == 0);
}

/* What one question taught must not answer the next. */
static void questions_are_apart(void **state)
{
	struct classifier *c = *state;

	for (int i = 0; i < 3; i++) {
		assert_string_equal(opinion(c, "10.1.4.23", "192.0.2.1", "teams.microsoft.com", 0),
				    "Teams");
		assert_string_equal(opinion(c, "10.1.4.23", "192.0.2.1", "www.example.com", 0),
				    "none");
	}
}

/* nDPI is asked once for what it must answer alike, and for nothing else. */
static void opinions_are_remembered(void **state)
{
	static const char *const names[] = {
		"teams.microsoft.com", "outlook.office365.com", "www.example.com", "login.live.com"
	};
	static const char *const servers[] = {
		"52.112.0.1", "52.96.165.2", "192.0.2.1", "8.8.8.8", "2603:1026::1", "2001:db8::2"
	};
	static const uint16_t ports[][2] = {
		{ 50123, 443 }, { 49152, 443 }, { 80, 443 }, { 50123, 587 }, { 1080, 8443 },
		{ 443, 993 }
	};
	struct classifier *c = *state;

	for (size_t i = 0; i < 2 * 4 * 6 * 6; i++) {
		const char *name = names[i % 4], *server = servers[i / 4 % 6];
		const uint16_t *port = ports[i / 24 % 6];
		struct slice hello = hello_of(name, 0);
		const char *client = strchr(server, ':') ? "2001:db8::1" : "10.1.4.23";
		struct classify_ask a = ask_of(client, server, hello);
		const char *fresh, *first, *again;

		a.client_port = port[0];
		a.server_port = port[1];
		fresh = classify_application(c, &a);
		a.like = 7;
		a.name = test_text(name);
		first = classify_application(c, &a);
		a.client_port = (uint16_t)(a.client_port + (port[0] > 40000));
		((uint8_t *)(uintptr_t)hello.p)[10] = (uint8_t)i;	/* another random */
		again = classify_application(c, &a);
		assert_true(fresh == first || strcmp(fresh, first) == 0);
		assert_true(first == again || strcmp(first, again) == 0);
		exact_free(hello);
	}
}

static void long_hellos_take_several_packets(void **state)
{
	struct classifier *c = *state;

	for (size_t padding = 1200; padding < 16000; padding += 613)
		assert_string_equal(opinion(c, "10.1.4.23", "192.0.2.1", "outlook.office365.com",
					    padding), "Microsoft365");
	assert_string_equal(opinion(c, "10.1.4.23", "192.0.2.1", "outlook.office365.com", 16384),
			    "none");
}

static void nothing_of_garbage(void **state)
{
	struct classifier *c = *state;
	struct slice whole = hello_of("outlook.office365.com", 0);

	for (size_t n = 0; n < whole.n; n++) {
		struct slice s = exact_copy(whole.p, n);
		struct classify_ask a = ask_of("10.1.4.23", "192.0.2.1", s);

		assert_null(classify_application(c, &a));
		exact_free(s);
	}
	for (size_t bit = 0; bit < whole.n * 8; bit++) {
		uint8_t *byte = (uint8_t *)(uintptr_t)whole.p + bit / 8;
		struct classify_ask a = ask_of("10.1.4.23", "192.0.2.1", whole);

		*byte ^= (uint8_t)(1u << bit % 8);
		(void)classify_application(c, &a);
		if (bit < 32)		/* another type, a lying length */
			assert_null(classify_application(c, &a));
		*byte ^= (uint8_t)(1u << bit % 8);
	}
	exact_free(whole);
}

/* nDPI has words for standard output and standard error; nobody may read them there. */
static void nothing_is_printed(void **state)
{
	struct classifier *c = *state;
	FILE *heard = tmpfile();
	int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO);
	long n;

	fflush(NULL);
	assert_true(dup2(fileno(heard), STDOUT_FILENO) >= 0);
	assert_true(dup2(fileno(heard), STDERR_FILENO) >= 0);
	c = classifier_new();
	(void)opinion(c, "10.1.4.23", "192.0.2.1", "outlook.office365.com", 3000);
	classifier_free(c);
	fflush(NULL);
	n = lseek(fileno(heard), 0, SEEK_END);
	assert_true(dup2(out, STDOUT_FILENO) >= 0 && dup2(err, STDERR_FILENO) >= 0);
	close(out);
	close(err);
	fclose(heard);
	assert_int_equal(n, 0);
}

static int start(void **state)
{
	*state = classifier_new();
	return *state == NULL;
}

static int stop(void **state)
{
	classifier_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(applications_have_names),
		cmocka_unit_test(questions_are_apart),
		cmocka_unit_test(opinions_are_remembered),
		cmocka_unit_test(long_hellos_take_several_packets),
		cmocka_unit_test(nothing_of_garbage),
		cmocka_unit_test(nothing_is_printed),
	};

	if (strcmp(classify_library_version(), "none") == 0) {
		puts("1..0 # SKIP built without nDPI");
		return classifier_new() != NULL;
	}
	return cmocka_run_group_tests(tests, start, stop);
}
