/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test: what every unit test needs beside cmocka.
 *
 * A test program has one group, run by cmocka_run_group_tests(); in `make
 * check` it speaks TAP.
 */
#ifndef TESTS_TEST_H
#define TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cursor.h"

/* A copy in a heap block of exactly that size, so that one byte too far is caught. */
static inline struct slice exact_copy(const void *p, size_t n)
{
	uint8_t *exact = malloc(n ? n : 1);

	if (n > 0)
		memcpy(exact, p, n);
	return (struct slice){ exact, n };
}

static inline void exact_free(struct slice s) { free((void *)(uintptr_t)s.p); }

/* "16 03 01 -- comment" lines to bytes, in a block of exactly that size. */
static inline struct slice test_hex(const char *text)
{
	uint8_t *b = malloc(strlen(text) + 1);
	struct slice exact;
	size_t n = 0;

	for (const char *t = text; *t != '\0';) {
		unsigned byte;
		int used;

		if (strncmp(t, "--", 2) == 0) {
			t += strcspn(t, "\n");
		} else if (sscanf(t, " %2x%n", &byte, &used) == 1) {
			b[n++] = (uint8_t)byte;
			t += used;
		} else {
			t++;
		}
		t += strspn(t, " \t\n");
	}
	exact = exact_copy(b, n);
	free(b);
	return exact;
}

static inline struct slice test_text(const char *s)
{
	return (struct slice){ (const uint8_t *)s, strlen(s) };
}

#define assert_slice(s, text) do { \
		struct slice s_ = (s); \
		assert_int_equal(s_.n, strlen(text)); \
		assert_memory_equal(s_.p, text, s_.n); \
	} while (0)

#endif
