/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sandbox: Landlock: which files the process can still open (landlock(7)).
 *
 * Every access that this kernel's version knows is handled, which denies it
 * everywhere; what stays allowed are reads below some paths and files made in
 * some folders.  Never allowed: running a program, folders, devices, links.
 */
#include "sandbox/fences.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Newer than the oldest <linux/landlock.h> that we build with. */
#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)		/* ABI 2 */
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)	/* ABI 3 */
#endif
#ifndef LANDLOCK_ACCESS_FS_IOCTL_DEV
#define LANDLOCK_ACCESS_FS_IOCTL_DEV (1ULL << 15)	/* ABI 5 */
#endif

static const uint64_t first_abi = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;	/* bits 0 to 12 */
static const uint64_t file_reads = LANDLOCK_ACCESS_FS_READ_FILE;
static const uint64_t file_writes = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE;
static const uint64_t folder_reads = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
static const uint64_t folder_writes = LANDLOCK_ACCESS_FS_READ_FILE |
	LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE |
	LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_TRUNCATE;

static uint64_t known_to(long abi)
{
	uint64_t known = first_abi;

	if (abi >= 2)
		known |= LANDLOCK_ACCESS_FS_REFER;
	if (abi >= 3)
		known |= LANDLOCK_ACCESS_FS_TRUNCATE;
	if (abi >= 5)
		known |= LANDLOCK_ACCESS_FS_IOCTL_DEV;
	return known;
}

static bool failed(struct errors *e, const char *what)
{
	errors_add(e, (struct place){ 0 }, "cannot put up Landlock: %s: %s; "
		   "expected a kernel that lets us, or --sandbox off", what, strerror(errno));
	return false;
}

/* Allows on a folder `in_folder`, on a plain file `on_file`. */
static bool allow(int set, const char *path, uint64_t in_folder, uint64_t on_file)
{
	struct landlock_path_beneath_attr rule = {
		.parent_fd = open(path, O_PATH | O_CLOEXEC)
	};
	struct stat st;
	bool done = true;

	if (rule.parent_fd < 0)
		return errno == ENOENT;
	rule.allowed_access = fstat(rule.parent_fd, &st) == 0 && S_ISDIR(st.st_mode)
		? in_folder : on_file;
	done = syscall(SYS_landlock_add_rule, set, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
	close(rule.parent_fd);
	return done;
}

static bool allow_all(int set, const struct fence *f, uint64_t known, struct errors *e)
{
	for (size_t i = 0; i < f->nread; i++)
		if (!allow(set, f->read[i], folder_reads & known, file_reads & known))
			return failed(e, f->read[i]);
	for (size_t i = 0; i < f->nwrite; i++)
		if (!allow(set, f->write[i], folder_writes & known, file_writes & known))
			return failed(e, f->write[i]);
	return true;
}

bool landlock_enter(const struct fence *f, unsigned *ret, struct errors *e)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	struct landlock_ruleset_attr attr = { .handled_access_fs = known_to(abi) };
	bool done;
	int set;

	*ret = 0;
	if (abi < 1)			/* not built in, or switched off at boot */
		return true;
	set = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr.handled_access_fs), 0);
	if (set < 0)
		return failed(e, "landlock_create_ruleset");
	done = allow_all(set, f, attr.handled_access_fs, e);
	if (done && (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
		     syscall(SYS_landlock_restrict_self, set, 0) != 0))
		done = failed(e, "landlock_restrict_self");
	close(set);
	*ret = done ? (unsigned)abi : 0;
	return done;
}
