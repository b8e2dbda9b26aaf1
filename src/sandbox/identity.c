/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sandbox: who the process is.
 *
 * The order matters: what the bounding set must lose wants CAP_SETPCAP, the
 * groups want CAP_SETGID, and both are gone once the user is another one.
 */
#include "sandbox/sandbox.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool failed(struct errors *e, const char *what)
{
	errors_add(e, (struct place){ 0 }, "cannot give privileges up: %s: %s", what,
		   strerror(errno));
	return false;
}

bool identity_find(const char *name, struct identity *ret, struct errors *e)
{
	const struct passwd *who;

	errno = 0;
	who = getpwnam(name);
	if (who == NULL) {
		errors_add(e, (struct place){ 0 }, "no user '%s'; expected one of this system%s%s",
			   name, errno ? ": " : "", errno ? strerror(errno) : "");
		return false;
	}
	if (who->pw_uid == 0) {
		errors_add(e, (struct place){ 0 },
			   "user '%s' is root; expected an unprivileged user", name);
		return false;
	}
	*ret = (struct identity){ who->pw_uid, who->pw_gid };
	return true;
}

/* What execve(2) of a program with capabilities could give back (capabilities(7)). */
static bool bound(struct errors *e)
{
	for (int cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) != 0 && errno != EPERM)
			return failed(e, "prctl(PR_CAPBSET_DROP)");
	return true;
}

static bool drop_capabilities(struct errors *e)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };

	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0 && errno != EINVAL)
		return failed(e, "prctl(PR_CAP_AMBIENT_CLEAR_ALL)");
	if (syscall(SYS_capset, &head, none) != 0)
		return failed(e, "capset");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return failed(e, "prctl(PR_SET_NO_NEW_PRIVS)");
	return true;
}

bool identity_become(const struct identity *who, struct errors *e)
{
	if (!bound(e))
		return false;
	if (setgroups(1, &who->gid) != 0)
		return failed(e, "setgroups");
	if (setresgid(who->gid, who->gid, who->gid) != 0)
		return failed(e, "setresgid");
	if (setresuid(who->uid, who->uid, who->uid) != 0)
		return failed(e, "setresuid");
	if (!drop_capabilities(e))
		return false;
	if (setuid(0) == 0) {
		errors_add(e, (struct place){ 0 },
			   "cannot give privileges up: the kernel lets us become root again");
		return false;
	}
	return true;
}

bool identity_keep(struct errors *e)
{
	return bound(e) && drop_capabilities(e);
}
