/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load: the paths of the command line become one m365.
 *
 * What Microsoft's list lacks (extra.yaml of the installed data) is added
 * whatever list is loaded, unless the paths bring a file of that name.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/data.h"
#include "base/map.h"
#include "base/text.h"
#include "m365/set.h"

#define EXTRA "extra.yaml"

struct files {
	char **v;			/* each owned */
	size_t n;
};

struct m365 *m365_new(void)
{
	return xcalloc(1, sizeof(struct m365));
}

void m365_seal(struct m365 *m)
{
	m->ranges = ranges_new(&m->arena, m->sets, m->n);
	m->names = names_new(&m->arena, m->sets, m->n);
}

void m365_free(struct m365 *m)
{
	if (m == NULL)
		return;
	arena_done(&m->arena);
	free(m->sets);
	free(m->data);
	free(m);
}

/* ---- which files ---------------------------------------------------------------------- */

static void files_add(struct files *f, const char *path)
{
	f->v = xrealloc(f->v, (f->n + 1) * sizeof(*f->v));
	f->v[f->n++] = xstrdup(path);
}

static void files_done(struct files *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->v[i]);
	free(f->v);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), k = strlen(end);

	return n > k && strcmp(text + n - k, end) == 0;
}

static int is_data_file(const struct dirent *d)
{
	return d->d_name[0] != '.' && (ends_with(d->d_name, ".yaml") ||
				       ends_with(d->d_name, ".yml") ||
				       ends_with(d->d_name, ".json"));
}

/* By bytes, not by locale: the same order on every machine. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void add_folder(struct files *f, const char *path, struct errors *e)
{
	struct dirent **found;
	int n = scandir(path, &found, is_data_file, by_name);
	struct buf b = { 0 };

	if (n <= 0)
		errors_add(e, (struct place){ .file = path }, "%s; expected .yaml or .json files",
			   n < 0 ? strerror(errno) : "no endpoint data in this folder");
	for (int i = 0; i < n; i++) {
		b.n = 0;
		buf_printf(&b, "%s/%s", path, found[i]->d_name);
		files_add(f, buf_text(&b));
		free(found[i]);
	}
	if (n >= 0)
		free(found);
	buf_done(&b);
}

static void add_path(struct files *f, const char *path, struct errors *e)
{
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		add_folder(f, path, e);
	else
		files_add(f, path);	/* whoever reads it says if it is not there */
}

static void add_extra(struct files *f)
{
	struct buf b = { 0 };

	for (size_t i = 0; i < f->n; i++)
		if (strcmp(base_name(f->v[i]), EXTRA) == 0)
			return;
	if (access(data_path("endpoints/" EXTRA, &b), F_OK) == 0)
		files_add(f, buf_text(&b));
	buf_done(&b);
}

static struct files all_files(const struct m365_options *o, struct errors *e)
{
	struct files f = { NULL, 0 };
	struct buf b = { 0 };

	for (size_t i = 0; i < o->n; i++)
		add_path(&f, o->paths[i], e);
	if (o->n == 0)
		add_path(&f, data_path("endpoints", &b), e);
	add_extra(&f);
	buf_done(&b);
	return f;
}

/* ---- dates ---------------------------------------------------------------------------- */

static bool digits(const char *text, unsigned n, unsigned *ret)
{
	*ret = 0;
	for (unsigned i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		*ret = *ret * 10 + (unsigned)(text[i] - '0');
	}
	return true;
}

static bool is_leap(unsigned year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

bool date_parse(const char *text, uint64_t *ret)
{
	static const unsigned before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334,
					   365 };
	unsigned year, month, day, length;
	uint64_t days = 0;

	if (strlen(text) != 10 || text[4] != '-' || text[7] != '-' || !digits(text, 4, &year) ||
	    !digits(text + 5, 2, &month) || !digits(text + 8, 2, &day))
		return false;
	if (year < 1970 || year > 2400 || month < 1 || month > 12)
		return false;
	length = before[month] - before[month - 1] + (month == 2 && is_leap(year));
	if (day < 1 || day > length)
		return false;
	for (unsigned y = 1970; y < year; y++)
		days += 365 + is_leap(y);
	days += before[month - 1] + (month > 2 && is_leap(year)) + day - 1;
	*ret = days * 86400 * NS_PER_SECOND;
	return true;
}

/* ---- what was loaded ------------------------------------------------------------------ */

/* The same prefix or name under several ids counts once. */
static void count(const struct m365 *m, struct m365_data *d)
{
	struct map *prefixes = map_new(), *names = map_new();

	for (size_t i = 0; i < m->n; i++) {
		const struct set *s = m->sets[i];

		if (s->at.file != d->file)
			continue;
		d->sets++;
		for (size_t k = 0; k < s->n_prefixes; k++) {
			uint8_t key[17];

			memcpy(key, s->prefixes[k].addr.b, 16);
			key[16] = s->prefixes[k].bits;
			map_add(prefixes, (struct slice){ key, sizeof(key) });
		}
		for (size_t k = 0; k < s->n_names; k++)
			map_add(names, (struct slice){ (const uint8_t *)s->names[k],
						       strlen(s->names[k]) });
	}
	d->prefixes = (unsigned)map_count(prefixes);
	d->names = (unsigned)map_count(names);
	map_free(prefixes);
	map_free(names);
}

static void describe(struct m365 *m, const struct file_form *form)
{
	struct m365_data d = { .file = form->file, .date = form->date, .source = form->source,
			       .cloud = form->cloud };

	if (form->microsoft)
		d.source = "an answer of Microsoft's endpoint web service";
	if (!date_parse(d.date, &d.published))
		d.published = 0;
	count(m, &d);
	if (d.sets == 0)
		return;			/* all of it of clouds that are not wanted */
	m->data = xrealloc(m->data, (m->n_data + 1) * sizeof(*m->data));
	m->data[m->n_data++] = d;
}

static void keep_cloud(struct m365 *m, enum cloud wanted)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->n; i++)
		if (m->sets[i]->cloud == wanted)
			m->sets[kept++] = m->sets[i];
	m->n = kept;
}

/* The number of the cloud, CLOUDS for all; false: no such cloud. */
static bool cloud_wanted(const char *name, struct errors *e, unsigned *ret)
{
	const char *all[CLOUDS + 1] = { [CLOUDS] = "all" }, *near;

	memcpy(all, cloud_names, CLOUDS * sizeof(*all));
	for (*ret = 0; *ret <= CLOUDS; (*ret)++)
		if (strcmp(name ? name : "all", all[*ret]) == 0)
			return true;
	near = nearest(name, all, CLOUDS + 1);
	errors_add(e, (struct place){ 0 }, "no cloud \"%s\"; expected worldwide, usgovgcchigh, "
		   "usgovdod, china or all%s%s%s", name, near ? " (did you mean " : "",
		   near ? near : "", near ? "?)" : "");
	return false;
}

struct m365 *m365_load(const struct m365_options *o, struct errors *e)
{
	struct m365 *m = m365_new();
	size_t before = e->n;
	unsigned wanted = CLOUDS;
	bool known = cloud_wanted(o->cloud, e, &wanted);
	struct files files = all_files(o, e);
	struct file_form *forms = xcalloc(files.n + 1, sizeof(*forms));

	for (size_t i = 0; i < files.n; i++)
		read_file(m, files.v[i], -1, e, &forms[i]);
	if (known && wanted < CLOUDS)
		keep_cloud(m, wanted);
	if (e->n == before && m->n == 0)
		errors_add(e, (struct place){ 0 }, "no endpoint data for the cloud \"%s\" in %s",
			   o->cloud ? o->cloud : "all", files.n > 0 ? files.v[0] : "any file");
	for (size_t i = 0; e->n == before && i < files.n; i++)
		describe(m, &forms[i]);
	free(forms);
	files_done(&files);
	if (e->n != before) {
		m365_free(m);
		return NULL;
	}
	m365_seal(m);
	return m;
}
