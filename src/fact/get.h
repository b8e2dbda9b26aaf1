/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fact: how getters make values.  Private to the room.
 *
 * A getter returns VALUE_NONE when the fact is not known, and never guesses.
 */
#ifndef FACT_GET_H
#define FACT_GET_H

#include "fact/fact.h"

static const struct value value_none = { .type = VALUE_NONE };

static inline struct value value_bool(bool b)
{
	return (struct value){ .type = VALUE_BOOL, .number = b };
}

static inline struct value value_of(enum value_type type, uint64_t number)
{
	return (struct value){ .type = type, .number = number };
}

static inline struct value value_bytes(enum value_type type, struct slice s)
{
	return (struct value){ .type = type, .bytes = s };
}

static inline struct value value_codes(enum value_type type, struct slice s, uint8_t width)
{
	return (struct value){ .type = type, .width = width, .bytes = s };
}

static inline struct value value_set(uint64_t bits, const char *const *names)
{
	return (struct value){ .type = VALUE_SET, .number = bits, .names = names };
}

/* Our own words: they outlive every record.  NULL and "" are not known. */
struct value value_words(const char *s);

/* n bytes of scratch, or NULL. */
uint8_t *scratch_take(struct scratch *s, size_t n);

/* A copy of NUL-terminated text in the scratch. */
struct value scratch_text(struct scratch *s, const char *text);

/* Text and digits to `to`, where there must be room; returns what is behind.  No NUL. */
char *put_text(char *to, const char *text);
char *put_decimal(char *to, unsigned n);

/* The codes of a hello's extensions, in order; not known if it was cut off before them. */
struct value value_extensions(const struct hello *h, struct scratch *s);

#endif
