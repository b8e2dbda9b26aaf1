/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_text: rule files made of text, for the tests of rule/.
 */
#ifndef TESTS_RULE_TEXT_H
#define TESTS_RULE_TEXT_H

#include "test.h"

#include <unistd.h>

#include "rule/rule.h"

static struct errors errors;

/* Loads the text by way of a file; NULL: errors says why. */
static inline struct ruleset *load_text(const char *text, size_t n)
{
	char path[] = "/tmp/test_rule.XXXXXX";
	const char *paths[] = { path };
	int fd = mkstemp(path);
	struct ruleset *r;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, n), n);
	close(fd);
	errors_done(&errors);
	r = ruleset_load(paths, 1, &errors);
	unlink(path);
	assert_int_equal(r == NULL, errors.n > 0);
	return r;
}

/* One rule with these keys in flow style behind its head: "when: {...}". */
static inline struct ruleset *load_rule(const char *keys)
{
	struct buf b = { 0 };
	struct ruleset *r;

	buf_printf(&b, "version: 1\nlists: {areas: [exchange, teams], suites: [0x002f, "
		   "TLS_AES_128_GCM_SHA256]}\nrules:\n- {id: a-rule, title: A rule, level: low, "
		   "culprit: host, %s}\n", keys);
	r = load_text(b.p, b.n);
	buf_done(&b);
	return r;
}

static inline void must_load(const struct ruleset *r)
{
	if (r == NULL)
		errors_print(&errors, stderr);
	assert_non_null(r);
}

#endif
