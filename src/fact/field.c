/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fact: the table of fields, and the words that some of them speak in.
 */
#include "fact/fact.h"

#include <string.h>

#define FIELD(id, name, json, type, getter, help) { name, json, VALUE_##type, help, getter },
const struct field fields[FIELDS] = {
#include "fact/fields.def"
};
#undef FIELD

const char *const result_names[] = {
	"established", "alert", "reset", "closed", "silent", "refused", "one-way", "unfinished",
	NULL
};

const char *const side_names[] = { "client", "server", NULL };

const struct field *field_find(const char *name)
{
	if (strcmp(name, "outcome") == 0)
		return &fields[FIELD_OUTCOME];
	for (size_t i = 0; i < FIELDS; i++)
		if (strcmp(fields[i].name, name) == 0)
			return &fields[i];
	return NULL;
}
