/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file: where a sink's bytes go.
 *
 * A plain file is written beside its name, as NAME.tmp-PID in the same folder,
 * and renamed when it is whole: whoever looks finds the old one or the new one.
 * Standard output, FIFOs and devices are streams; they end on a whole line, as
 * far as the other end lets us.
 */
#include "out/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"

enum { FLUSH_AT = 65536 };

static struct sink *open_files;		/* those with something beside */

void sinks_abandon(void)
{
	for (const struct sink *s = open_files; s != NULL; s = s->next_open)
		unlink(s->beside);
}

static void remember(struct sink *s)
{
	static bool registered;

	if (!registered)
		atexit(sinks_abandon);
	registered = true;
	s->next_open = open_files;
	open_files = s;
}

static void forget(struct sink *s)
{
	struct sink **at = &open_files;

	while (*at != NULL && *at != s)
		at = &(*at)->next_open;
	if (*at != NULL)
		*at = s->next_open;
}

void file_say(const struct sink *s, int error, struct errors *e)
{
	const char *path = s->path ? s->path : "standard output";

	errors_add(e, (struct place){ .file = path }, "cannot be written: %s", strerror(error));
}

/*
 * The file a symbolic link leads to, so that the link stays one; else the name
 * itself.  A link that somebody else made, in /tmp perhaps, is replaced and not
 * followed: it could lead to any file that only we may write.
 */
static bool is_our_link(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISLNK(st.st_mode) &&
	       (st.st_uid == geteuid() || st.st_uid == 0);
}

char *file_resolve(const char *target)
{
	char *real = is_our_link(target) ? realpath(target, NULL) : NULL;

	return real ? real : xstrdup(target);
}

/* /dev/stdout is a link of root's, to a pipe that has no name of its own. */
int file_follows(const char *path)
{
	return is_our_link(path) ? 0 : O_NOFOLLOW;
}

static bool open_beside(struct sink *s, struct errors *e)
{
	struct buf name = { 0 };

	buf_printf(&name, "%s.tmp-%ld", s->path, (long)getpid());
	s->beside = xstrdup(buf_text(&name));
	buf_done(&name);
	s->fd = open(s->beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
	if (s->fd < 0) {
		file_say(s, errno, e);
		return false;
	}
	s->regular = true;
	remember(s);
	return true;
}

/* What is there already and is no plain file: a FIFO, a device, a terminal. */
static bool open_stream(struct sink *s, struct errors *e)
{
	s->fd = open(s->path, O_WRONLY | O_CLOEXEC | O_NOCTTY | file_follows(s->path));
	if (s->fd < 0)
		file_say(s, errno, e);
	return s->fd >= 0;
}

static bool open_path(struct sink *s, const char *target, struct errors *e)
{
	struct stat st;
	bool there;

	s->path = file_resolve(target);
	there = stat(s->path, &st) == 0;
	if (there && S_ISDIR(st.st_mode)) {
		file_say(s, EISDIR, e);
		return false;
	}
	return there && !S_ISREG(st.st_mode) ? open_stream(s, e) : open_beside(s, e);
}

void file_release(struct sink *s)
{
	free(s->path);
	free(s->beside);
	s->path = s->beside = NULL;
}

bool file_open(struct sink *s, const char *target, struct errors *e)
{
	struct stat st;

	signal(SIGPIPE, SIG_IGN);
	if (strcmp(target, "-") == 0) {
		s->fd = STDOUT_FILENO;
		s->regular = fstat(s->fd, &st) == 0 && S_ISREG(st.st_mode);
		return true;
	}
	if (open_path(s, target, e))
		return true;
	file_release(s);
	return false;
}

/* A plain file into which `wrote` bytes of the buffer went: back to its last whole line. */
static void cut_back(struct sink *s, size_t wrote)
{
	off_t end = lseek(s->fd, 0, SEEK_CUR);
	size_t keep = wrote;
	struct stat st;

	while (keep > 0 && s->buf.p[keep - 1] != '\n')
		keep--;
	if (!s->regular || keep == wrote || end < (off_t)wrote)
		return;
	if (fstat(s->fd, &st) == 0 && st.st_size == end &&
	    ftruncate(s->fd, end - (off_t)(wrote - keep)) == 0)
		lseek(s->fd, end - (off_t)(wrote - keep), SEEK_SET);
}

void file_flush(struct sink *s)
{
	size_t wrote = 0;

	while (wrote < s->buf.n && !s->failed) {
		ssize_t n = write(s->fd, s->buf.p + wrote, s->buf.n - wrote);

		if (n >= 0) {
			wrote += (size_t)n;
		} else if (errno == EAGAIN) {
			poll(&(struct pollfd){ .fd = s->fd, .events = POLLOUT }, 1, -1);
		} else if (errno != EINTR) {
			s->failed = true;
			s->error = errno;
			cut_back(s, wrote);
		}
	}
	s->buf.n = 0;
}

void file_relieve(struct sink *s)
{
	if (!s->live && s->buf.n >= FLUSH_AT)
		file_flush(s);
}

/* Gives what is beside its name. */
static void put_in_place(struct sink *s)
{
	if (fsync(s->fd) != 0 || rename(s->beside, s->path) != 0) {
		s->failed = true;
		s->error = errno;
	}
}

bool file_replace(struct sink *s, struct errors *e)
{
	bool done = open_beside(s, e);

	if (!done)
		return false;
	file_flush(s);
	if (!s->failed)
		put_in_place(s);
	forget(s);
	if (s->failed) {
		file_say(s, s->error, e);
		unlink(s->beside);
		done = s->failed = false;	/* the next one may find room */
	}
	close(s->fd);
	s->fd = -1;
	free(s->beside);
	s->beside = NULL;
	return done;
}

void file_discard(struct sink *s)
{
	if (s->beside != NULL) {
		forget(s);
		unlink(s->beside);
	}
	if (s->path != NULL)
		close(s->fd);
	file_release(s);
}

bool file_close(struct sink *s, struct errors *e)
{
	if (s->beside != NULL && !s->failed)
		put_in_place(s);
	if (s->beside != NULL) {
		forget(s);
		if (s->failed)
			unlink(s->beside);
	}
	if (s->path != NULL && close(s->fd) != 0 && !s->failed) {
		s->failed = true;
		s->error = errno;
	}
	if (s->failed)
		file_say(s, s->error, e);
	file_release(s);
	return !s->failed;
}
