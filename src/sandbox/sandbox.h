/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sandbox: privileges are given up, then the kernel's fences are put up.
 *
 * A command opens everything first (captures, rules, outputs, sockets that
 * listen), then calls identity_become() and fence_enter(), both before the
 * first packet and before the first thread, which inherits them.  There is no
 * way back: whoever takes the process over by way of a packet has an
 * unprivileged user that may write into the folders named and read those named,
 * and can neither connect to anybody nor run another program.
 *
 * One file a fence: landlock.c (which files), seccomp.c (which system calls;
 * no_seccomp.c where libseccomp is not to be had).
 */
#ifndef SANDBOX_SANDBOX_H
#define SANDBOX_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"

struct identity {
	uid_t uid;
	gid_t gid;
};

/* The user of that name; false: *e says why not. */
bool identity_find(const char *name, struct identity *ret, struct errors *e);

/*
 * Becomes that user for good, with its first group as the only one and no
 * capability left, neither to use nor to get; *e says what failed, and then the
 * process must end.
 */
bool identity_become(const struct identity *who, struct errors *e);

/* Gives up every capability as the user that we are: for who is not root to begin with. */
bool identity_keep(struct errors *e);

struct fence {
	const char *const *read;	/* files, and folders with all below, that may be read */
	size_t nread;
	const char *const *write;	/* folders in which files are made, renamed, removed */
	size_t nwrite;
};

struct fence_state {
	unsigned landlock;		/* version of its ABI; 0: this kernel has none */
	unsigned calls;			/* system calls let through; 0: no seccomp */
};

/*
 * Puts up what this system has, and says in *ret what that is.  Paths that do not
 * exist are left out.  False: a fence there is could not be put up, and *e says why.
 */
bool fence_enter(const struct fence *f, struct fence_state *ret, struct errors *e);

/* What was built in, for --version: "Landlock, libseccomp 2.5.4". */
const char *fence_library_version(void);

/* "Landlock 7, seccomp (84 calls)", or "no fence on this system". */
void fence_words(const struct fence_state *st, struct buf *ret);

#endif
