/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz: what every fuzz target needs.
 *
 * The interface is libFuzzer's (llvm.org/docs/LibFuzzer.html); replay.c feeds
 * the same targets without it.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A promise of the code under test; not an assert, so NDEBUG cannot silence it. */
static inline void must(bool holds)
{
	if (!holds)
		abort();
}

#endif
