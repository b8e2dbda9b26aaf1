/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd: telling the service manager how things are, as sd_notify(3) describes it.
 *
 * A datagram of lines to the socket that $NOTIFY_SOCKET names.  The socket is
 * made before the fences are up; nothing here fails, because nobody may listen.
 */
#include "cmd/notify.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static uint64_t microseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* A path, or a name that begins with @ and has no file. */
static bool find_socket(struct notify *n)
{
	const char *name = getenv("NOTIFY_SOCKET");
	size_t length = name ? strlen(name) : 0;

	n->to.sun_family = AF_UNIX;
	if (length < 2 || length >= sizeof(n->to.sun_path) || (*name != '/' && *name != '@'))
		return false;
	memcpy(n->to.sun_path, name, length);
	if (*name == '@')
		n->to.sun_path[0] = '\0';
	n->length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
	return true;
}

void notify_init(struct notify *n)
{
	const char *watchdog = getenv("WATCHDOG_USEC"), *who = getenv("WATCHDOG_PID");

	*n = (struct notify){ .fd = -1 };
	if (find_socket(n))
		n->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (watchdog != NULL && (who == NULL || strtol(who, NULL, 10) == (long)getpid()))
		n->every = strtoull(watchdog, NULL, 10) / 2;
}

void notify_done(struct notify *n)
{
	if (n->fd >= 0)
		close(n->fd);
	n->fd = -1;
}

void notify_say(struct notify *n, const char *state)
{
	if (n->fd >= 0)
		(void)!sendto(n->fd, state, strlen(state), MSG_NOSIGNAL,
			      (const struct sockaddr *)&n->to, n->length);
}

void notify_reloading(struct notify *n)
{
	char state[64];

	snprintf(state, sizeof(state), "RELOADING=1\nMONOTONIC_USEC=%" PRIu64, microseconds());
	notify_say(n, state);
}

void notify_alive(struct notify *n)
{
	uint64_t now;

	if (n->every == 0)
		return;
	now = microseconds();
	if (now - n->told < n->every)
		return;
	n->told = now;
	notify_say(n, "WATCHDOG=1");
}
