/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: naming, probing and ordering files.
 *
 * Files are closed again after the look at their first packet: a folder may
 * hold more of them than a process may have open.
 */
#include "capture/inputs.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"

#define NAMED_MOST 5		/* files of a folder that a message names one by one */

/* Reads on to the first packet; its frame is not used any further. */
static void look(struct input *in, struct reader *r)
{
	struct frame f;
	unsigned n;
	enum reading is;

	do
		is = r->format->read(r, &f, 1, &n);
	while (n == 0 && is == READING_MORE && window_more(&r->window));
	if (n > 0) {
		in->first = f.ts;
		in->linktype = f.from->linktype;
		in->has_packets = true;
	}
}

static void keep(struct inputs *all, struct input in)
{
	if (all->n == all->cap) {
		all->cap = all->cap ? all->cap * 2 : 8;
		all->v = xrealloc(all->v, all->cap * sizeof(*all->v));
	}
	in.order = all->n;
	all->v[all->n++] = in;
}

/* Whether that file is among the inputs already; if so it is said, else noted. */
static bool is_named_twice(struct inputs *all, const struct input *in, struct errors *e)
{
	uint64_t id[2] = { (uint64_t)in->device, (uint64_t)in->inode };
	void **first;

	if (in->fixed)
		return false;
	if (all->seen == NULL)
		all->seen = map_new();
	first = map_add(all->seen, (struct slice){ (const uint8_t *)id, sizeof(id) });
	if (*first == NULL) {
		*first = xstrdup(in->path);
		return false;
	}
	errors_add(e, (struct place){ .file = in->path }, "the same file as %s; it is read once",
		   (const char *)*first);
	all->twice++;
	return true;
}

/* Takes the path over.  False: it is left out, *why and *kind say why. */
static bool probe(struct inputs *all, struct input in, struct arena *origins, struct buf *why,
		  enum refusal *kind)
{
	struct arena scratch = { 0 };
	struct reader *r = reader_open(in.path, in.fixed ? origins : &scratch, why, kind);

	if (r && in.fixed) {
		in.reader = r;
	} else if (r) {
		look(&in, r);
		reader_close(r);
	}
	arena_done(&scratch);
	if (r)
		keep(all, in);
	return r != NULL;
}

static void refuse(struct inputs *all, const char *path, const char *why, struct errors *e)
{
	errors_add(e, (struct place){ .file = path }, "%s", why);
	all->refused++;
}

static void add_file(struct inputs *all, struct input in, struct arena *origins,
		     struct errors *e)
{
	struct buf why = { 0 };
	enum refusal kind;

	if (is_named_twice(all, &in, e)) {
		free(in.path);
		return;
	}
	if (!probe(all, in, origins, &why, &kind)) {
		refuse(all, in.path, buf_text(&why), e);
		free(in.path);
	}
	buf_done(&why);
}

/* What of a folder is not read: told in one message, whatever its size. */
struct leftovers {
	struct buf names;
	size_t n;
	size_t folders;
};

static void leave_out(struct leftovers *l, const char *name)
{
	if (l->n++ >= NAMED_MOST)
		return;
	buf_puts(&l->names, l->n > 1 ? ", " : "");
	text_wire(&l->names, (struct slice){ (const uint8_t *)name, strlen(name) });
}

static void note_file(struct input *in, const struct stat *st)
{
	in->size = (uint64_t)st->st_size;
	in->device = st->st_dev;
	in->inode = st->st_ino;
}

static void add_member(struct inputs *all, struct input in, struct arena *origins,
		       struct errors *e, struct leftovers *l)
{
	struct buf why = { 0 };
	enum refusal kind;

	if (is_named_twice(all, &in, e)) {
		free(in.path);
		return;
	}
	if (!probe(all, in, origins, &why, &kind)) {
		if (kind == REFUSAL_FORMAT)
			leave_out(l, strrchr(in.path, '/') + 1);
		else
			refuse(all, in.path, buf_text(&why), e);
		free(in.path);
	}
	buf_done(&why);
}

static void tell_leftovers(const char *folder, struct leftovers *l, struct errors *e)
{
	struct place at = { .file = folder };
	bool one = l->n == 1;

	if (l->n > NAMED_MOST)
		buf_printf(&l->names, " and %zu more", l->n - NAMED_MOST);
	if (l->n > 0)
		errors_add(e, at, "%zu file%s here %s left out, not being captures: %s",
			   l->n, one ? "" : "s", one ? "was" : "were", buf_text(&l->names));
	one = l->folders == 1;
	if (l->folders > 0)
		errors_add(e, at, "%zu folder%s inside %s not read; name %s too if needed",
			   l->folders, one ? "" : "s", one ? "was" : "were", one ? "it" : "them");
	buf_done(&l->names);
}

static char *join(const char *folder, const char *name)
{
	struct buf b = { 0 };
	size_t n = strlen(folder);

	buf_printf(&b, "%s%s%s", folder, n > 0 && folder[n - 1] == '/' ? "" : "/", name);
	buf_putc(&b, '\0');
	return b.p;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The paths of a folder's entries, sorted, so that the outcome never depends on the disk. */
static size_t list_folder(DIR *d, const char *folder, char ***ret)
{
	char **paths = NULL;
	size_t n = 0, cap = 0;
	struct dirent *entry;

	while ((entry = readdir(d)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (n == cap) {
			cap = cap ? cap * 2 : 16;
			paths = xrealloc(paths, cap * sizeof(*paths));
		}
		paths[n++] = join(folder, entry->d_name);
	}
	if (n > 0)
		qsort(paths, n, sizeof(*paths), by_name);
	*ret = paths;
	return n;
}

/* One level; of its entries only files, because opening a FIFO waits for a writer. */
static void add_folder(struct inputs *all, const char *folder, struct arena *origins,
		       struct errors *e)
{
	struct leftovers l = { 0 };
	size_t before = all->n + all->twice;
	unsigned refused = all->refused;
	DIR *d = opendir(folder);
	char **paths;
	size_t n;

	if (d == NULL) {
		refuse(all, folder, strerror(errno), e);
		return;
	}
	n = list_folder(d, folder, &paths);
	closedir(d);
	for (size_t i = 0; i < n; i++) {
		struct input in = { .path = paths[i] };
		struct stat st;

		if (stat(paths[i], &st) != 0) {
			refuse(all, paths[i], strerror(errno), e);
		} else if (S_ISREG(st.st_mode)) {
			note_file(&in, &st);
			add_member(all, in, origins, e, &l);
			continue;
		} else if (S_ISDIR(st.st_mode)) {
			l.folders++;
		} else {
			leave_out(&l, strrchr(paths[i], '/') + 1);
		}
		free(paths[i]);
	}
	free(paths);
	tell_leftovers(folder, &l, e);
	if (all->n + all->twice == before && all->refused == refused)
		refuse(all, folder,
		       "no captures in this folder; expected pcap, pcapng or snoop files", e);
}

void inputs_add(struct inputs *all, const char *path, struct arena *origins, struct errors *e)
{
	bool is_stdin = strcmp(path, "-") == 0;
	struct stat st = { 0 };
	struct input in = { 0 };

	if (!is_stdin && stat(path, &st) != 0) {
		refuse(all, path, strerror(errno), e);
		return;
	}
	if (!is_stdin && S_ISDIR(st.st_mode)) {
		add_folder(all, path, origins, e);
		return;
	}
	in.path = xstrdup(path);
	in.fixed = is_stdin || !S_ISREG(st.st_mode);
	if (!in.fixed)
		note_file(&in, &st);
	add_file(all, in, origins, e);
}

static int by_time(const void *pa, const void *pb)
{
	const struct input *a = pa, *b = pb;

	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

void inputs_sort(struct inputs *all)
{
	struct input *sorted = xcalloc(all->n, sizeof(*sorted));
	size_t n = 0, next = 0;

	for (size_t i = 0; i < all->n; i++)
		if (!all->v[i].fixed)
			sorted[n++] = all->v[i];
	qsort(sorted, n, sizeof(*sorted), by_time);
	for (size_t i = 0; i < all->n; i++)
		if (!all->v[i].fixed)
			all->v[i] = sorted[next++];
	free(sorted);
}

void inputs_done(struct inputs *all)
{
	for (size_t i = 0; all->seen != NULL && i < map_count(all->seen); i++)
		free(map_value(all->seen, i));
	map_free(all->seen);
	for (size_t i = 0; i < all->n; i++) {
		reader_close(all->v[i].reader);
		free(all->v[i].path);
	}
	free(all->v);
	*all = (struct inputs){ 0 };
}
