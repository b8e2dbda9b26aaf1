/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sandbox: the two fences of Linux.  Private to the room.
 */
#ifndef SANDBOX_FENCES_H
#define SANDBOX_FENCES_H

#include "sandbox/sandbox.h"

/* Which files may be opened.  *ret: version of the ABI; 0: there is no such fence here. */
bool landlock_enter(const struct fence *f, unsigned *ret, struct errors *e);

/* Which system calls may be made.  *ret: how many; 0: there is no such fence here. */
bool seccomp_enter(unsigned *ret, struct errors *e);

/* "libseccomp 2.5.4", or "no seccomp". */
const char *seccomp_library_version(void);

#endif
