/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target: x509_parse().
 *
 *	clang -std=c11 -g -O1 -fsanitize=fuzzer,address,undefined -Isrc -Itests -o fuzz_x509 \
 *	    tests/fuzz_x509.c src/x509/[*].c -lcrypto
 *	./fuzz_x509 tests/corpus/x509
 */
#include "fuzz.h"

#include <string.h>

#include "x509/x509.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct certificate c;

	if (!x509_parse((struct slice){ data, size }, &c))
		return 0;
	must(memchr(c.subject, '\0', sizeof(c.subject)) != NULL);
	must(memchr(c.issuer, '\0', sizeof(c.issuer)) != NULL);
	must(memchr(c.key_type, '\0', sizeof(c.key_type)) && strlen(c.sha256) == 64);
	must(memchr(c.signature, '\0', sizeof(c.signature)));
	for (size_t i = 0; i < c.nnames; i += (size_t)c.names[i] + 1)
		must(c.names[i] > 0 && i + c.names[i] < c.nnames);
	return 0;
}
