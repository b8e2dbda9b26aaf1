/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sandbox: both fences, files first: building it takes calls that the other refuses.
 */
#include "sandbox/fences.h"

#include <stdio.h>

bool fence_enter(const struct fence *f, struct fence_state *ret, struct errors *e)
{
	*ret = (struct fence_state){ 0 };
	return landlock_enter(f, &ret->landlock, e) && seccomp_enter(&ret->calls, e);
}

void fence_words(const struct fence_state *st, struct buf *ret)
{
	if (st->landlock == 0 && st->calls == 0)
		buf_puts(ret, "no fence on this system");
	if (st->landlock > 0)
		buf_printf(ret, "Landlock %u", st->landlock);
	if (st->calls > 0)
		buf_printf(ret, "%sseccomp (%u calls)", st->landlock ? ", " : "", st->calls);
}

const char *fence_library_version(void)
{
	static char words[64];

	snprintf(words, sizeof(words), "Landlock, %s", seccomp_library_version());
	return words;
}
