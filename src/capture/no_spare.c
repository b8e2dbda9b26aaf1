/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: built without libbpf: the kernel hands over everything.
 */
#include "capture/spare.h"

#include <stddef.h>

struct spare *spare_new(struct buf *why)
{
	buf_puts(why, "hellotap was built without libbpf");
	return NULL;
}

void spare_free(struct spare *s)
{
	(void)s;
}

int spare_program(const struct spare *s)
{
	(void)s;
	return -1;
}

void spare_done(struct spare *s, const struct spare_key *k, uint32_t isn)
{
	(void)s;
	(void)k;
	(void)isn;
}
