/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd: the options that commands which report have in common, and arguments checked.
 */
#include "cmd/take.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "cmd/session.h"

bool take_number(const char *option, const char *value, uint64_t least, uint64_t most,
		 struct errors *e, uint64_t *ret)
{
	char *end;
	unsigned long long n;

	errno = 0;
	n = strtoull(value, &end, 10);
	if (*value < '0' || *value > '9' || *end != '\0' || errno != 0 || n < least || n > most) {
		errors_add(e, (struct place){ 0 },
			   "--%s wants a number from %" PRIu64 " to %" PRIu64 ", not '%s'", option,
			   least, most, value);
		return false;
	}
	*ret = n;
	return true;
}

bool take_word(const char *option, const char *value, const char *const *words,
	       struct errors *e, int *ret)
{
	struct buf all = { 0 };
	size_t n = 0;

	for (; words[n] != NULL; n++) {
		if (strcmp(words[n], value) == 0) {
			*ret = (int)n;
			buf_done(&all);
			return true;
		}
		buf_printf(&all, "%s%s", n ? ", " : "", words[n]);
	}
	errors_add(e, (struct place){ 0 }, "--%s wants one of: %s; not '%s'", option,
		   buf_text(&all), value);
	buf_done(&all);
	return false;
}

static bool take_repeated(const char *option, const char *value, struct errors *e,
			  struct session_list *ret)
{
	if (ret->n == SESSION_LIST) {
		errors_add(e, (struct place){ 0 }, "--%s was given more than %d times", option,
			   SESSION_LIST);
		return false;
	}
	ret->v[ret->n++] = value;
	return true;
}

/* Options with an argument of their own kind. */
static bool take_argument(struct settings *set, const char *name, const char *value,
			  struct errors *e)
{
	static const char *const clouds[] = { "worldwide", "usgovgcchigh", "usgovdod", "china",
					      "all", NULL };
	static const char *const scopes[] = { "m365", "all", NULL };
	static const char *const bars[] = { "auto", "never", "always", NULL };
	int word = 0;

	if (strcmp(name, "cloud") == 0) {
		set->cloud = value;
		return take_word(name, value, clouds, e, &word);
	}
	if (strcmp(name, "scope") == 0) {
		if (!take_word(name, value, scopes, e, &word))
			return false;
		set->all = word == 1;
		return true;
	}
	if (strcmp(name, "progress") == 0) {
		set->progress = value;
		return take_word(name, value, bars, e, &word);
	}
	if (strcmp(name, "fail-on") == 0)
		return take_word(name, value, level_names, e, &set->fail_on);
	*(strcmp(name, "group-by") == 0 ? &set->group_by : &set->filter_file) = value;
	return true;
}

bool session_take(void *session, const char *name, const char *value, struct errors *e)
{
	struct settings *set = &((struct session *)session)->set;
	struct { const char *name; bool *on; } flags[] = {
		{ "no-color", &set->plain }, { "quiet", &set->quiet },
		{ "verbose", &set->verbose }, { "check", &set->check_only },
	};
	struct { const char *name; uint64_t *n; uint64_t least, most; } numbers[] = {
		{ "count", &set->most, 1, UINT64_MAX },
		{ "max-flows", &set->flows, 16, UINT64_C(1) << 28 },
		{ "max-bytes", &set->bytes, UINT64_C(1) << 16, SIZE_MAX },
		{ "max-hosts", &set->hosts, 1, UINT64_C(1) << 28 },
		{ "max-sequences", &set->sequences, 1, UINT64_C(1) << 28 },
		{ "max-legs", &set->legs, 16, UINT64_C(1) << 26 },
		{ "workers", &set->workers, 0, RUN_WORKERS_MOST },
	};
	struct { const char *name; struct session_list *list; } lists[] = {
		{ "output", &set->outputs }, { "rules", &set->rules },
		{ "endpoints", &set->endpoints }, { "proxy", &set->proxies },
	};

	if (strcmp(name, "no-names") == 0)
		return true;
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (strcmp(flags[i].name, name) == 0) {
			*flags[i].on = true;
			return true;
		}
	}
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (strcmp(numbers[i].name, name) == 0)
			return take_number(name, value, numbers[i].least, numbers[i].most, e,
					   numbers[i].n);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (strcmp(lists[i].name, name) == 0)
			return take_repeated(name, value, e, lists[i].list);
	return take_argument(set, name, value, e);
}
