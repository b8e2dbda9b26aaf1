/* SPDX-License-Identifier: Apache-2.0 */
/*
 * queue: an output that grows for months, and may be slow, full or gone.
 *
 * A live sink's buffer is its queue.  Nothing here waits: what the other end does
 * not take now stays, up to QUEUE_MOST bytes; after that whole records are left
 * out and counted, until half of the queue is free again; then the output is told
 * how many are missing, in its own form.  Bytes leave in order, so that a disk
 * that was full for an hour has no broken line in it.
 *
 * A plain file is appended to at its own name.  What a process that was killed
 * left of a line is cut off first.
 */
#include "out/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "out/serve.h"

enum { QUEUE_MOST = 16 << 20, WRITE_MOST = 1 << 20, TAIL = 1 << 16, LAST_WAIT_MS = 5000 };

static size_t waiting(const struct sink *s)
{
	return s->buf.n - s->taken;
}

/* ---- opening ---------------------------------------------------------------------------- */

/* Cuts a plain file back to its last whole line; a longer one than TAIL stays as it is. */
static bool end_on_a_line(int fd)
{
	char tail[TAIL];
	struct stat st;
	off_t from;
	ssize_t n;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size == 0)
		return true;
	from = st.st_size > TAIL ? st.st_size - TAIL : 0;
	n = pread(fd, tail, sizeof(tail), from);
	while (n > 0 && tail[n - 1] != '\n')
		n--;
	if (n < 0 || (n == 0 && from > 0))
		return n == 0;
	return from + n == st.st_size || ftruncate(fd, from + n) == 0;
}

/* A FIFO without a reader is opened later (ENXIO): that is no mistake. */
static bool open_to_grow(struct sink *s)
{
	int flags = O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK |
		    file_follows(s->path);
	struct stat st;

	if (stat(s->path, &st) == 0 && !S_ISREG(st.st_mode))
		flags |= O_WRONLY;
	else
		flags |= O_RDWR;	/* to find the end of the last line */
	s->fd = open(s->path, flags, 0640);
	if (s->fd < 0)
		return errno == ENXIO;
	if (end_on_a_line(s->fd))
		return true;
	close(s->fd);
	s->fd = -1;
	return false;
}

bool queue_open(struct sink *s, const char *target, struct errors *e)
{
	signal(SIGPIPE, SIG_IGN);
	s->live = true;
	if (strcmp(target, "-") == 0) {
		s->fd = STDOUT_FILENO;
		return true;
	}
	s->path = file_resolve(target);
	s->fd = -1;
	if (s->is->handshake == NULL || open_to_grow(s))
		return true;
	file_say(s, errno, e);
	return false;
}

/* ---- records ---------------------------------------------------------------------------- */

bool queue_has_room(struct sink *s)
{
	if (s->lost == 0 ? waiting(s) < QUEUE_MOST : waiting(s) < QUEUE_MOST / 2) {
		uint64_t lost = s->lost;

		s->lost = 0;
		if (lost > 0 && s->is->lost != NULL)
			s->is->lost(s, lost);
		return true;
	}
	s->lost++;
	s->lost_ever++;
	return false;
}

/* ---- writing ---------------------------------------------------------------------------- */

static void compact(struct sink *s)
{
	if (s->taken == 0 || (s->taken < s->buf.n / 2 && s->taken < WRITE_MOST))
		return;
	memmove(s->buf.p, s->buf.p + s->taken, waiting(s));
	s->buf.n -= s->taken;
	s->taken = 0;
}

/* A reader that comes back does not get the end of a record that went to the other one. */
static void skip_to_record(struct sink *s)
{
	const char *end;

	if (!s->inside)
		return;
	end = memchr(s->buf.p + s->taken, '\n', waiting(s));
	if (end == NULL)
		return;
	s->taken = (size_t)(end + 1 - s->buf.p);
	s->inside = false;
	s->lost++;
	s->lost_ever++;
}

static bool is_ready(const struct sink *s)
{
	struct pollfd p = { .fd = s->fd, .events = POLLOUT };

	return poll(&p, 1, 0) == 1;
}

/*
 * Writes once; false: nothing more goes now, and *ret_error says why (0: it would
 * have to wait).  Standard output is shared with others and may wait in write(2):
 * a pipe that poll(2) calls ready takes PIPE_BUF bytes at least (pipe(7)).
 */
static bool write_some(struct sink *s, int *ret_error)
{
	size_t most = s->path != NULL ? WRITE_MOST : PIPE_BUF;
	size_t n = waiting(s) < most ? waiting(s) : most;
	ssize_t wrote = is_ready(s) ? write(s->fd, s->buf.p + s->taken, n) : 0;

	*ret_error = wrote < 0 && errno != EAGAIN && errno != EINTR ? errno : 0;
	if (wrote <= 0)
		return false;
	s->taken += (size_t)wrote;
	s->inside = s->buf.p[s->taken - 1] != '\n';
	return true;
}

/* Once a message, until it is over. */
static void notice(struct sink *s, int error, struct errors *e)
{
	if (error == s->error)
		return;
	s->error = error;
	if (error != 0) {
		file_say(s, error, e);
		return;
	}
	errors_add(e, (struct place){ .file = s->path ? s->path : "standard output" },
		   "can be written again; records lost so far: %llu",
		   (unsigned long long)s->lost_ever);
}

static void drop_reader(struct sink *s)
{
	if (s->path == NULL) {
		s->failed = true;	/* standard output does not come back */
		return;
	}
	close(s->fd);
	s->fd = -1;
}

void sink_pump(struct sink *s, uint64_t now, struct errors *e)
{
	int error = 0;

	if (s->server != NULL)
		serve_pump(s->server);
	if (!s->live || s->failed || s->is->handshake == NULL ||
	    (s->error != 0 && now < s->retry_at))
		return;
	s->retry_at = now + NS_PER_SECOND;
	if (s->fd < 0) {
		if (!open_to_grow(s) || s->fd < 0) {
			notice(s, errno, e);
			return;
		}
		skip_to_record(s);
	}
	while (waiting(s) > 0 && write_some(s, &error))
		;
	compact(s);
	if (error == EPIPE)
		drop_reader(s);
	if (error != 0 || waiting(s) == 0)
		notice(s, error, e);
}

bool sink_reopen(struct sink *s, struct errors *e)
{
	int old = s->fd, error;

	if (!s->live || s->path == NULL || s->is->handshake == NULL || s->failed)
		return true;
	while (s->fd >= 0 && waiting(s) > 0 && write_some(s, &error))
		;
	if (!open_to_grow(s)) {
		file_say(s, errno, e);
		s->fd = old;
		return false;
	}
	if (old >= 0)
		close(old);
	skip_to_record(s);
	return true;
}

/* ---- the end ---------------------------------------------------------------------------- */

/* Records that are still waiting: those that begin there. */
static uint64_t records_waiting(const struct sink *s)
{
	uint64_t n = 0;

	for (size_t i = s->taken; i < s->buf.n; i++)
		n += s->buf.p[i] == '\n';
	return n;
}

bool queue_close(struct sink *s, struct errors *e)
{
	int error = 0, turns = 0;

	while (s->fd >= 0 && !s->failed && waiting(s) > 0 && turns < LAST_WAIT_MS / 100) {
		struct pollfd p = { .fd = s->fd, .events = POLLOUT };

		if (!write_some(s, &error))
			turns += poll(&p, 1, 100) == 0 || error != 0 ? 1 : 0;
		if (error != 0)
			break;
	}
	if (waiting(s) > 0) {
		s->lost_ever += records_waiting(s);
		errors_add(e, (struct place){ .file = s->path ? s->path : "standard output" },
			   "not everything could be written%s%s; records lost: %llu",
			   error ? ": " : "", error ? strerror(error) : "",
			   (unsigned long long)s->lost_ever);
	}
	if (s->path != NULL && s->fd >= 0)
		close(s->fd);
	file_release(s);
	return s->lost_ever == 0 && !s->failed;
}
