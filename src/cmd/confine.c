/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd: privileges go, fences rise.
 *
 * What stays readable is what a reload reads: rules, endpoint data, and the
 * counters of interfaces.  What stays writable are the folders of the outputs.
 */
#include "cmd/confine.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/data.h"
#include "cmd/take.h"
#include "sandbox/sandbox.h"

enum { PATHS = 3 * SESSION_LIST + 4 };

bool confine_take(struct confinement *c, const char *name, const char *value, struct errors *e,
		  bool *ret_taken)
{
	static const char *const words[] = { "on", "off", NULL };
	int word = 0;

	*ret_taken = true;
	if (strcmp(name, "relinquish-privileges") == 0) {
		c->user = value;
		return true;
	}
	if (strcmp(name, "sandbox") == 0) {
		*ret_taken = take_word(name, value, words, e, &word);
		c->open = word == 1;
		return true;
	}
	return false;
}

/* ---- who ---------------------------------------------------------------------------------- */

static const char *default_user(void)
{
	return getpwnam("hellotap") != NULL ? "hellotap" : "nobody";
}

/* Outputs that root has just made belong to who will open them again. */
static void hand_over(const struct session *s, const struct identity *who)
{
	for (size_t i = 0; i < s->nsinks; i++) {
		struct stat st;

		if (s->sinks[i]->path != NULL && s->sinks[i]->fd >= 0 &&
		    fstat(s->sinks[i]->fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == 0)
			(void)!fchown(s->sinks[i]->fd, who->uid, who->gid);
	}
}

/* The name of who we are now, into *said. */
static bool change_user(const struct confinement *c, const struct session *s, struct buf *said,
			struct errors *e)
{
	const char *user = c->user ? c->user : default_user();
	struct identity who;

	if (geteuid() != 0) {
		if (c->user != NULL)
			errors_add(e, (struct place){ 0 }, "-Z %s: only root can become "
				   "another user", c->user);
		buf_puts(said, "without capabilities");
		return e->n == 0 && identity_keep(e);
	}
	buf_printf(said, "as user %s", user);
	if (strcmp(user, "root") == 0)		/* the operator's own words */
		return true;
	if (!identity_find(user, &who, e))
		return false;
	hand_over(s, &who);
	return identity_become(&who, e);
}

/* ---- where -------------------------------------------------------------------------------- */

static size_t add_list(const struct session_list *list, const char *paths[static PATHS], size_t n)
{
	for (size_t i = 0; i < list->n; i++)
		paths[n++] = list->v[i];
	return n;
}

/* The folder of a file, the caller's to free. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = xstrdup(slash == NULL ? "." : slash == path ? "/" : path);

	if (slash != NULL && slash != path)
		folder[slash - path] = '\0';
	return folder;
}

static bool raise_fences(const struct confinement *c, const struct session *s,
			 struct buf *said, struct errors *e)
{
	const char *read[PATHS], *write[SESSION_LIST + 1];
	struct buf data = { 0 };
	struct fence_state st;
	struct fence f = { .read = read, .write = write };
	bool done;

	read[f.nread++] = data_path("", &data);
	read[f.nread++] = "/sys/class/net";	/* links into /sys/devices */
	read[f.nread++] = "/sys/devices";
	f.nread = add_list(&s->set.rules, read, f.nread);
	f.nread = add_list(&s->set.endpoints, read, f.nread);
	if (s->set.filter_file != NULL)
		read[f.nread++] = s->set.filter_file;
	for (size_t i = 0; i < s->nsinks; i++)
		if (s->sinks[i]->path != NULL)
			write[f.nwrite++] = folder_of(s->sinks[i]->path);
	if (c->folder != NULL)
		write[f.nwrite++] = xstrdup(c->folder);
	done = fence_enter(&f, &st, e);
	buf_puts(said, ", ");
	fence_words(&st, said);
	for (size_t i = 0; i < f.nwrite; i++)
		free((void *)(uintptr_t)write[i]);
	buf_done(&data);
	return done;
}

bool confine(const struct confinement *c, const struct session *s, struct errors *e)
{
	struct buf said = { 0 };
	bool done = change_user(c, s, &said, e);

	if (done && c->open)
		buf_puts(&said, ", no fences (--sandbox off)");
	else if (done)
		done = raise_fences(c, s, &said, e);
	if (done && !s->set.quiet) {
		struct errors line = { 0 };

		errors_add(&line, (struct place){ 0 }, "running %s", buf_text(&said));
		errors_print(&line, stderr);
		errors_done(&line);
	}
	buf_done(&said);
	return done;
}
