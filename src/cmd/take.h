/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd: arguments of options, checked.  Each says in *e what was expected.
 */
#ifndef CMD_TAKE_H
#define CMD_TAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* A decimal number, least to most. */
bool take_number(const char *option, const char *value, uint64_t least, uint64_t most,
		 struct errors *e, uint64_t *ret);

/* One of the NULL-terminated words; *ret is its place. */
bool take_word(const char *option, const char *value, const char *const *words,
	       struct errors *e, int *ret);

#endif
