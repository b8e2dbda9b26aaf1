/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sandbox: seccomp: which system calls the process can still make.
 *
 * What is not in calls.def fails with EPERM: a C library that learns a new call
 * falls back or fails, and the capture goes on.  What only an intruder makes
 * (running a program, looking into another one) ends the process at once.
 */
#include "sandbox/fences.h"

#include <errno.h>
#include <linux/bpf.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

static const int allowed[] = {
#define CALL(name) SCMP_SYS(name),
#include "sandbox/calls.def"
#undef CALL
};

static const int deadly[] = {
	SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev), SCMP_SYS(init_module), SCMP_SYS(finit_module),
	SCMP_SYS(kexec_load), SCMP_SYS(mount), SCMP_SYS(setns), SCMP_SYS(unshare)
};

enum { ALLOWED = sizeof(allowed) / sizeof(allowed[0]),
       DEADLY = sizeof(deadly) / sizeof(deadly[0]) };

/*
 * Calls that are right with some arguments only: threads but no processes,
 * sockets of this machine for sd_notify(3), questions about terminals and
 * interfaces, no memory that code could be put into and run.
 */
static int allow_some(scmp_filter_ctx ctx)
{
	static const unsigned long asks[] = {
		TCGETS, TIOCGWINSZ, TCSETS, TCSETSW, TCSETSF, FIONREAD, FIONBIO,
		SIOCGIFFLAGS, SIOCGIFHWADDR, SIOCGIFINDEX
	};
	int bad = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
				   SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));

	/* Its flags lie in memory, where no filter looks; the C library then takes clone(2). */
	bad |= seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	bad |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
				SCMP_A0(SCMP_CMP_EQ, AF_UNIX));
	bad |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
				SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	bad |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
				SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	/* Maps that are open: the kernel's filter keeps connections there. */
	for (unsigned i = BPF_MAP_LOOKUP_ELEM; i <= BPF_MAP_GET_NEXT_KEY; i++)
		bad |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(bpf), 1,
					SCMP_A0(SCMP_CMP_EQ, i));
	for (size_t i = 0; i < sizeof(asks) / sizeof(asks[0]); i++)
		bad |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
					SCMP_A1(SCMP_CMP_EQ, asks[i]));
	return bad;
}

bool seccomp_enter(unsigned *ret, struct errors *e)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int bad = ctx == NULL ? -ENOMEM : allow_some(ctx);

	for (size_t i = 0; i < ALLOWED && bad == 0; i++)
		bad = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, allowed[i], 0);
	for (size_t i = 0; i < DEADLY && bad == 0; i++)
		bad = seccomp_rule_add(ctx, SCMP_ACT_KILL_PROCESS, deadly[i], 0);
	if (bad == 0)
		bad = seccomp_load(ctx);
	seccomp_release(ctx);
	if (bad != 0)
		errors_add(e, (struct place){ 0 }, "cannot put up seccomp: %s; "
			   "expected a kernel that lets us, or --sandbox off", strerror(-bad));
	*ret = bad == 0 ? ALLOWED : 0;
	return bad == 0;
}

const char *seccomp_library_version(void)
{
	static char words[40];
	const struct scmp_version *v = seccomp_version();

	snprintf(words, sizeof(words), "libseccomp %u.%u.%u", v->major, v->minor, v->micro);
	return words;
}
