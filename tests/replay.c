/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replay: feeds a fuzz target its corpus, so that `make check` needs no fuzzer.
 *
 * Linked with fuzz_THING.c into replay_THING, which reads tests/corpus/THING/.
 * Each file is fed whole, then every prefix of it, then the file with every
 * single bit flipped, each time in a block of exactly that size.  A target that
 * sees a broken promise aborts.
 */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#define LONGEST 2048	/* of a file whose prefixes and bits are tried: the work is quadratic */

static void feed(const uint8_t *p, size_t n)
{
	uint8_t *exact = malloc(n ? n : 1);

	if (exact == NULL)
		abort();
	if (n > 0)
		memcpy(exact, p, n);
	(void)LLVMFuzzerTestOneInput(exact, n);
	free(exact);
}

static void replay(uint8_t *p, size_t n)
{
	size_t most = n < LONGEST ? n : LONGEST;

	feed(p, n);
	for (size_t i = 0; i < most; i++)
		feed(p, i);
	for (size_t bit = 0; bit < most * 8; bit++) {
		p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		feed(p, n);
		p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

static int replay_file(const char *folder, const char *name)
{
	static uint8_t bytes[1 << 20];
	char path[4096];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "rb");
	if (f == NULL)
		return -1;
	n = fread(bytes, 1, sizeof(bytes), f);
	fclose(f);
	replay(bytes, n);
	return 0;
}

static int visible(const struct dirent *d) { return d->d_name[0] != '.'; }

int main(int argc, char **argv)
{
	const char *thing = strstr(argv[0], "replay_"), *srcdir = getenv("srcdir");
	struct dirent **files;
	char folder[2048];
	int n, bad = 0;

	if (argc > 1)
		snprintf(folder, sizeof(folder), "%s", argv[1]);
	else
		snprintf(folder, sizeof(folder), "%s/tests/corpus/%s", srcdir ? srcdir : ".",
			 thing ? thing + strlen("replay_") : "");
	n = scandir(folder, &files, visible, alphasort);
	if (n <= 0) {
		printf("1..1\nnot ok 1 - %s holds a corpus\n", folder);
		return 1;
	}
	printf("1..%d\n", n);
	for (int i = 0; i < n; i++) {
		int failed = replay_file(folder, files[i]->d_name);

		printf("%s %d - %s\n", failed ? "not ok" : "ok", i + 1, files[i]->d_name);
		fflush(stdout);
		bad |= failed;
		free(files[i]);
	}
	free(files);
	return bad != 0;
}
