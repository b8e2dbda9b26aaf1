/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target: names_find() against a plain comparison with every pattern.
 *
 *	clang -g -O1 -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE -Isrc -Itests \
 *		-o fuzz_names tests/fuzz_names.c src/m365/names.c src/base/arena.c \
 *		src/base/map.c src/base/hash.c
 *	./fuzz_names tests/corpus/names
 */
#include "fuzz.h"

#include <string.h>

#include "m365/set.h"

static const char *patterns[] = {
	"outlook.office365.com", "*.office365.com", "*.outlook.com", "*cdn.onenote.net",
	"autodiscover.*.onmicrosoft.com", "autodiscover.*.mail.onmicrosoft.com", "*.microsoft",
	"sip*.pstnhub.microsoft.com", "a*b*c.x.net", "com"
};
enum { PATTERNS = sizeof(patterns) / sizeof(*patterns) };

/* The pattern ends in NUL, the name after n bytes. */
static bool glob(const char *p, const char *name, size_t n)
{
	if (*p == '\0')
		return n == 0;
	if (*p == '*')
		return glob(p + 1, name, n) || (n > 0 && glob(p, name + 1, n - 1));
	return n > 0 && *p == *name && glob(p + 1, name + 1, n - 1);
}

/* What the head of names.c promises of a name, written again; 0: it matches nothing. */
static size_t plain_name(const uint8_t *data, size_t size, char ret[static 256])
{
	static const char known[] = "abcdefghijklmnopqrstuvwxyz0123456789-_.";
	size_t n = size > 0 && data[size - 1] == '.' ? size - 1 : size;

	if (n == 0 || n > 255 || data[0] == '.' || data[n - 1] == '.')
		return 0;
	for (size_t i = 0; i < n; i++) {
		char c = (char)data[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c | 0x20);
		if ((memchr(known, c, sizeof(known) - 1) == NULL &&
		     (i > 0 || c != '*' || n < 2 || data[1] != '.')) ||
		    (i > 0 && c == '.' && data[i - 1] == '.'))
			return 0;
		ret[i] = c;
	}
	return n;
}

static void remember(const struct pattern *p, void *context)
{
	bool *found = context;

	for (size_t i = 0; i < PATTERNS; i++)
		if (strcmp(p->text, patterns[i]) == 0) {
			must(!found[i]);
			found[i] = true;
		}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct arena arena;
	static struct set set = { .names = patterns, .n_names = PATTERNS };
	static const struct set *const sets[] = { &set };
	static struct names *t;
	bool found[PATTERNS] = { false };
	char name[256];
	size_t n = plain_name(data, size, name);

	if (t == NULL)
		t = names_new(&arena, sets, 1);
	names_find(t, (struct slice){ data, size }, remember, found);
	for (size_t i = 0; i < PATTERNS; i++)
		must(found[i] == (n > 0 && glob(patterns[i], name, n)));
	return 0;
}
