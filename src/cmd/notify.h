/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd: telling the service manager how things are (sd_notify(3)).
 */
#ifndef CMD_NOTIFY_H
#define CMD_NOTIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

struct notify {
	int fd;				/* -1: nobody asked */
	struct sockaddr_un to;
	socklen_t length;
	uint64_t every, told;		/* microseconds between signs of life; 0: none wanted */
};

void notify_init(struct notify *n);	/* before the fences are up */
void notify_done(struct notify *n);
void notify_say(struct notify *n, const char *state);	/* "READY=1", "STOPPING=1" */
void notify_reloading(struct notify *n);
void notify_alive(struct notify *n);	/* often: says so when it is time */

#endif
