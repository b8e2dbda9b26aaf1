/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import: an answer of the web service replaces the data of one cloud.
 *
 * The file must read without a single error, look like a whole list (the
 * service can be asked for one service area alone), and be of the cloud that it
 * is said to be.  The answer carries no cloud's name, so a list of another one
 * is noticed by a mail host that only one cloud has, and by resembling the list
 * that it replaces too little.  Then it is written beside the old one, flushed to
 * the disk and renamed over it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "base/map.h"
#include "base/text.h"
#include "m365/set.h"

/* The smallest of the four lists has 22 sets, 34 prefixes and 60 names (2025-12-01). */
enum { FEWEST_SETS = 10, FEWEST_PREFIXES = 10, FEWEST_NAMES = 10 };

/* The web service's names of its instances. */
static const char *const sources[CLOUDS] = {
	"https://endpoints.office.com/endpoints/Worldwide",
	"https://endpoints.office.com/endpoints/USGovGCCHigh",
	"https://endpoints.office.com/endpoints/USGovDoD",
	"https://endpoints.office.com/endpoints/China",
};

/* The host of Outlook on the web: in id 1 of each list, and in no other cloud's (2025-12-01). */
static const char *const mail_hosts[CLOUDS] = {
	"outlook.office365.com", "outlook.office365.us", "outlook-dod.office365.us",
	"partner.outlook.cn",
};

static struct place in_file(const char *file)
{
	return (struct place){ .file = file };
}

/* ---- checks --------------------------------------------------------------------------- */

static bool cloud_number(const char *name, struct errors *e, int *ret)
{
	*ret = -1;
	if (name == NULL)
		return true;
	for (int i = 0; i < CLOUDS; i++)
		if (strcmp(name, cloud_names[i]) == 0)
			*ret = i;
	if (*ret < 0)
		errors_add(e, in_file(NULL), "no cloud \"%s\"; expected worldwide, usgovgcchigh, "
			   "usgovdod or china", name);
	return *ret >= 0;
}

static void check_whole(const struct m365 *m, const char *file, struct errors *e)
{
	size_t sets[AREAS] = { 0 }, prefixes = 0, names = 0;

	for (size_t i = 0; i < m->n; i++) {
		sets[m->sets[i]->area]++;
		prefixes += m->sets[i]->n_prefixes;
		names += m->sets[i]->n_names;
	}
	if (m->n < FEWEST_SETS || prefixes < FEWEST_PREFIXES || names < FEWEST_NAMES)
		errors_add(e, in_file(file), "%zu sets, %zu prefixes, %zu names: too few for a "
			   "cloud's whole list; expected at least %d, %d and %d", m->n, prefixes,
			   names, FEWEST_SETS, FEWEST_PREFIXES, FEWEST_NAMES);
	for (unsigned area = 0; area < AREAS; area++)
		if (sets[area] == 0 && area != AREA_INTUNE)
			errors_add(e, in_file(file), "no set of the area %s; expected a whole "
				   "list, not one asked for with ServiceAreas=",
				   area_names[area]);
}

static bool has_name(const struct m365 *m, const char *name)
{
	for (size_t i = 0; i < m->n; i++)
		for (size_t k = 0; k < m->sets[i]->n_names; k++)
			if (strcmp(m->sets[i]->names[k], name) == 0)
				return true;
	return false;
}

/* A list with another cloud's mail host and without its own is plainly the other's. */
static void check_cloud(const struct m365 *m, enum cloud cloud, const char *file,
			struct errors *e)
{
	for (unsigned other = 0; other < CLOUDS && !has_name(m, mail_hosts[cloud]); other++)
		if (has_name(m, mail_hosts[other]))
			errors_add(e, in_file(file), "it lists %s, so it is of %s; expected the "
				   "list of %s (--cloud says which)", mail_hosts[other],
				   cloud_names[other], cloud_names[cloud]);
}

/* Whether that day has begun anywhere on Earth: the first clocks are 14 hours before UTC. */
static bool has_begun(uint64_t day)
{
	return day / NS_PER_SECOND <= (uint64_t)time(NULL) + 14 * 3600;
}

/* The date to write: the operator's, else the day on which the file was last written. */
static bool choose_date(const struct m365_import *i, char ret[static 11], struct errors *e)
{
	struct stat st;
	struct tm tm;
	uint64_t ns;

	if (i->date) {
		if (!date_parse(i->date, &ns))
			errors_add(e, in_file(NULL), "\"%s\" is not a date; expected one such as "
				   "2025-12-01", i->date);
		else if (!has_begun(ns))
			errors_add(e, in_file(NULL), "--date %s lies in the future", i->date);
		else
			memcpy(ret, i->date, 11);
	} else if (stat(i->file, &st) != 0 || gmtime_r(&st.st_mtime, &tm) == NULL ||
		   strftime(ret, 11, "%Y-%m-%d", &tm) != 10 || !date_parse(ret, &ns)) {
		errors_add(e, in_file(i->file), "its time is not known; expected --date");
	} else if (!has_begun(ns)) {
		errors_add(e, in_file(i->file), "its own time, %s, lies in the future; "
			   "expected --date", ret);
	}
	return e->n == 0;
}

/* ---- what changes --------------------------------------------------------------------- */

static void item_add(struct map *items, struct buf *text)
{
	*map_add(items, buf_slice(text)) = items;
	text->n = 0;
}

/* Every fact of the list as a line of its own. */
static struct map *items_of(const struct m365 *m)
{
	struct map *items = map_new();
	struct buf b = { 0 }, ports = { 0 };
	char text[PREFIX_TEXT];

	for (size_t i = 0; i < m->n; i++) {
		const struct set *s = m->sets[i];

		buf_printf(&b, "id %u: %s, %s%s", s->id, area_names[s->area],
			   category_names[s->category], s->required ? ", required" : "");
		buf_printf(&b, ", tcp %s", s->tcp.n ? ports_text(&s->tcp, ",", &ports) : "-");
		buf_printf(&b, ", udp %s", s->udp.n ? ports_text(&s->udp, ",", &ports) : "-");
		item_add(items, &b);
		for (size_t k = 0; k < s->n_names; k++) {
			buf_printf(&b, "id %u: name %s", s->id, s->names[k]);
			item_add(items, &b);
		}
		for (size_t k = 0; k < s->n_prefixes; k++) {
			buf_printf(&b, "id %u: prefix %s", s->id,
				   prefix_text(&s->prefixes[k], text));
			item_add(items, &b);
		}
	}
	buf_done(&b);
	buf_done(&ports);
	return items;
}

/* The lines of a that are not in b; to NULL: only counts them. */
static size_t print_missing(const struct map *a, const struct map *b, char sign, FILE *to)
{
	size_t n = 0;

	for (size_t i = 0; i < map_count(a); i++) {
		struct slice line = map_key(a, i);

		if (map_find(b, line))
			continue;
		n++;
		if (to)
			fprintf(to, "%c %.*s\n", sign, (int)line.n, (const char *)line.p);
	}
	return n;
}

/* ---- writing -------------------------------------------------------------------------- */

/* Everything on the disk, under its temporary name, or an errno. */
static int write_out(int fd, const struct m365 *m, const struct file_form *form)
{
	FILE *f = fdopen(fd, "w");
	int error = 0;

	if (f == NULL) {
		close(fd);
		return errno;
	}
	write_sets(m, form, f);
	if (fflush(f) != 0 || fsync(fd) != 0 || fchmod(fd, 0644) != 0)
		error = errno;
	if (fclose(f) != 0 && error == 0)
		error = errno;
	return error;
}

static void sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	(void)fsync(fd);		/* the file itself is safe; only its new name may be lost */
	close(fd);
}

static bool replace(const char *path, const char *folder, const struct m365 *m,
		    const struct file_form *form, struct errors *e)
{
	struct buf b = { 0 };
	int fd, error;

	buf_printf(&b, "%s/.%s.XXXXXX", folder, cloud_names[form->cloud]);
	(void)buf_text(&b);
	fd = mkostemp(b.p, O_CLOEXEC);
	error = fd < 0 ? errno : write_out(fd, m, form);
	if (error == 0 && rename(b.p, path) != 0)
		error = errno;
	if (error != 0 && fd >= 0)
		unlink(b.p);
	if (error != 0)
		errors_add(e, in_file(path), "cannot be written: %s", strerror(error));
	else
		sync_folder(folder);
	buf_done(&b);
	return error == 0;
}

/* ---- all of it ------------------------------------------------------------------------ */

/* What the folder holds of the cloud now; empty if that is nothing that can be read. */
static struct map *present_items(const char *path, FILE *to)
{
	struct m365 *old = m365_new();
	struct errors e = { 0 };
	struct file_form form;
	struct map *items;

	if (access(path, F_OK) == 0 && !read_file(old, path, -1, &e, &form)) {
		fprintf(to, "%s could not be read and is replaced as a whole\n", path);
		old->n = 0;
	}
	items = items_of(old);
	errors_done(&e);
	m365_free(old);
	return items;
}

static enum m365_import_result install(const struct m365_import *i, const struct m365 *m,
				       const struct file_form *form, FILE *to, struct errors *e)
{
	enum m365_import_result result = IMPORT_BAD;
	struct buf path = { 0 };
	struct map *now = items_of(m), *before;
	size_t gone;

	buf_printf(&path, "%s/%s.yaml", i->folder, cloud_names[form->cloud]);
	before = present_items(buf_text(&path), to);
	gone = print_missing(before, now, '-', NULL);
	if (gone > map_count(before) / 2) {
		errors_add(e, in_file(i->file), "%zu of the %zu facts in %s are not in it; "
			   "expected a newer list of the same cloud (if this one is meant, "
			   "remove that file first)", gone, map_count(before), buf_text(&path));
	} else if (!replace(buf_text(&path), i->folder, m, form, e)) {
		result = IMPORT_NOT_WRITTEN;
	} else {
		size_t added;

		print_missing(before, now, '-', to);
		added = print_missing(now, before, '+', to);
		fprintf(to, "%s: %zu removed, %zu added; %s is dated %s%s\n",
			cloud_names[form->cloud], gone, added, buf_text(&path), form->date,
			i->date ? "" : ", the file's own time; --date says otherwise");
		if (form->cloud_guessed)
			fprintf(to, "%s names no cloud: taken as worldwide; --cloud says "
				"otherwise\n", i->file);
		result = IMPORT_DONE;
	}
	map_free(now);
	map_free(before);
	buf_done(&path);
	return result;
}

enum m365_import_result m365_import(const struct m365_import *i, FILE *to, struct errors *e)
{
	enum m365_import_result result = IMPORT_BAD;
	struct m365 *m = m365_new();
	struct file_form form;
	char date[11] = "";
	int cloud;

	if (cloud_number(i->cloud, e, &cloud) && read_file(m, i->file, cloud, e, &form)) {
		if (!form.microsoft)
			errors_add(e, in_file(i->file), "not an answer of the web service; "
				   "expected its JSON (a file of ours need only be copied)");
		else
			check_whole(m, i->file, e);
		check_cloud(m, form.cloud, i->file, e);
		if (choose_date(i, date, e)) {
			form.date = date;
			form.source = sources[form.cloud];
			result = install(i, m, &form, to, e);
		}
	}
	m365_free(m);
	return result;
}
