/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd: a live run from its start to its end: signals, interfaces, outputs.
 *
 *	INT, TERM	finish, report
 *	HUP		rules and endpoint data anew, outputs opened again
 *	USR1		counters on standard error
 */
#ifndef CMD_TEND_H
#define CMD_TEND_H

#include "cmd/notify.h"
#include "cmd/session.h"
#include "run/live.h"

struct tended {
	struct session *session;	/* all borrowed */
	struct live *live;
	struct live_run *run;
	const char *const *interfaces;
	size_t ninterfaces;
	struct notify notify;		/* the service manager */
};

/* From now on the signals above are noted instead of ending the program. */
void tend_signals(void);

/* Runs until it is told to end or has all the packets it wants; the exit code. */
enum exit_code tend(struct tended *t, struct errors *e);

#endif
