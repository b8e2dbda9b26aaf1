/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule: the table of operators.
 */
#include <string.h>

#include "rule/code.h"

#define T(type) (1u << VALUE_##type)

enum {
	FOR_ORDERED = T(NUMBER) | T(MS) | T(TIME) | T(VERSION),
	FOR_TEXT    = T(TEXT),
	FOR_ADDR    = T(ADDR),
	FOR_SCALARS = FOR_ORDERED | FOR_TEXT | FOR_ADDR | T(BOOL) | T(HEX),
	FOR_LISTS   = T(CODES) | T(CIPHERS) | T(VERSIONS) | T(SET) | T(TEXTS) | T(NUMBERS),
	FOR_ALL     = FOR_SCALARS | FOR_LISTS
};

#define OP(id, name, types, wants, words) { name, types, OP_WANTS_##wants, words },
const struct op ops[OPS] = {
#include "rule/ops.def"
};
#undef OP

const struct op *op_find(const char *name)
{
	for (size_t i = 0; i < OPS; i++)
		if (strcmp(ops[i].name, name) == 0)
			return &ops[i];
	return NULL;
}

bool op_is_for(const struct op *op, enum value_type type)
{
	return op->types >> type & 1;
}

bool type_is_list(enum value_type type)
{
	return (unsigned)FOR_LISTS >> type & 1;
}

bool type_is_ordered(enum value_type type)
{
	return (unsigned)FOR_ORDERED >> type & 1;
}
