/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule: files and folders become a ruleset.
 */
#include <dirent.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/data.h"
#include "base/map.h"
#include "rule/issuer.h"
#include "rule/stack.h"

/* The stacks and the issuers of a folder, if it has any of its own. */
static void load_stacks_in(struct ruleset *r, const char *folder, struct errors *e)
{
	struct buf file = { 0 };

	buf_printf(&file, "%s/stacks.yaml", folder);
	if (access(buf_text(&file), F_OK) == 0)
		stacks_load(r, buf_text(&file), e);
	file.n = 0;
	buf_printf(&file, "%s/issuers.yaml", folder);
	if (access(buf_text(&file), F_OK) == 0)
		issuers_load(r, buf_text(&file), e);
	buf_done(&file);
}

/* The folder that a file lies in. */
static const char *folder_of(struct ruleset *r, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t n = slash ? (size_t)(slash - path) : 1;

	if (slash == path)
		return "/";
	return slash ? arena_text(&r->arena, (struct slice){ (const uint8_t *)path, n }) : ".";
}

static bool is_named(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');

	return strcmp(slash ? slash + 1 : path, name) == 0;
}

static void load_file(struct ruleset *r, const char *path, struct errors *e)
{
	struct slice name = { (const uint8_t *)path, strlen(path) };
	struct loader l = {
		.set = r, .arena = &r->arena, .errors = e, .first = r->n,
		.file = arena_text(&r->arena, name)
	};
	const struct node *root;

	if (is_named(path, "stacks.yaml")) {
		stacks_load(r, path, e);
		return;
	}
	if (is_named(path, "issuers.yaml")) {
		issuers_load(r, path, e);
		return;
	}
	if (is_named(path, "fixes.yaml")) {
		fixes_read(r, path, e);
		return;
	}
	l.fixes = fixes_in(r, folder_of(r, path), e);
	root = conf_load(path, &r->arena, e);
	if (root != NULL)
		rules_read(&l, root);
	free(l.ids);
}

/* Rule files of a folder: *.yaml, but for those that hold other things; none hidden. */
static int is_rule_file(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return n > 5 && d->d_name[0] != '.' && strcmp(d->d_name + n - 5, ".yaml") == 0 &&
	       !is_named(d->d_name, "fixes.yaml") && !is_named(d->d_name, "stacks.yaml") &&
	       !is_named(d->d_name, "issuers.yaml");
}

/* By bytes: alphasort(3) would follow the operator's locale. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static void load_folder(struct ruleset *r, const char *path, struct errors *e)
{
	struct place at = { .file = path };
	struct dirent **names = NULL;
	int n = scandir(path, &names, is_rule_file, by_name), files = 0;
	struct buf file = { 0 };

	if (n < 0)
		errors_add(e, at, "cannot be read: %s", strerror(errno));
	for (int i = 0; i < n; i++) {
		file.n = 0;
		buf_printf(&file, "%s/%s", path, names[i]->d_name);
		if (!is_folder(buf_text(&file))) {
			load_file(r, buf_text(&file), e);
			files++;
		}
		free(names[i]);
	}
	if (n >= 0 && files == 0)
		errors_add(e, at, "no rule files (*.yaml) in it");
	load_stacks_in(r, path, e);
	buf_done(&file);
	free(names);
}

static void load_path(struct ruleset *r, const char *path, struct errors *e)
{
	if (is_folder(path))
		load_folder(r, path, e);
	else
		load_file(r, path, e);
}

/* What a rule asks for as stack.id must be a stack. */
static void check_stack(struct ruleset *r, const struct rule *rule, const struct test *t,
			struct errors *e)
{
	struct loader l = { .set = r, .arena = &r->arena, .errors = e, .file = rule->file };
	size_t count = map_count(r->stacks->ids);
	const char **ids = arena_alloc(&r->arena, (count + 1) * sizeof(*ids));
	struct buf meant = { 0 };

	for (size_t i = 0; i < count; i++)
		ids[i] = arena_text(&r->arena, map_key(r->stacks->ids, i));
	for (size_t i = 0; i < t->with.ntexts; i++) {
		const char *id = arena_text(&r->arena, t->with.texts[i]);

		meant.n = 0;
		if (map_find(r->stacks->ids, t->with.texts[i]) == NULL)
			rule_say_test(&l, t, "no stack \"%s\"%s", id,
				      rule_meant(&meant, id, ids, count));
	}
	buf_done(&meant);
}

static void check_stacks_in(struct ruleset *r, const struct rule *rule,
			    const struct rule_code *code, struct errors *e)
{
	for (size_t i = 0; i < code->n; i++) {
		const struct test *t = &code->tests[i];

		if (t->field == FIELD_STACK_ID && t->op == OP_IS && !t->compares)
			check_stack(r, rule, t, e);
	}
}

static void check_stacks(struct ruleset *r, struct errors *e)
{
	const struct rule_code *code;

	for (size_t i = 0; i < r->n; i++)
		for (size_t k = 0; (code = code_part(r->rules[i]->code, k)) != NULL; k++)
			check_stacks_in(r, r->rules[i], code, e);
}

struct ruleset *ruleset_load(const char *const *paths, size_t n, struct errors *e)
{
	static atomic_uint_fast64_t loaded;
	struct ruleset *r = xcalloc(1, sizeof(*r));
	struct buf installed = { 0 };
	size_t before = e->n;

	r->serial = atomic_fetch_add_explicit(&loaded, 1, memory_order_relaxed) + 1;
	r->ids = map_new();
	for (size_t i = 0; i < n; i++)
		load_path(r, paths[i], e);
	if (n == 0)
		load_path(r, data_path("", &installed), e);
	if (r->stacks == NULL)
		stacks_load(r, data_path("stacks.yaml", &installed), e);
	if (r->issuers == NULL)
		issuers_load(r, data_path("issuers.yaml", &installed), e);
	stacks_index(r->stacks, &r->arena);
	if (e->n == before)
		check_stacks(r, e);
	choices_check(r, e);
	if (r->n > RULES_MOST)
		errors_add(e, (struct place){ 0 }, "%zu rules; expected %d at most", r->n,
			   RULES_MOST);
	buf_done(&installed);
	if (e->n > before) {
		ruleset_free(r);
		return NULL;
	}
	phases_prepare(r);
	return r;
}

void ruleset_free(struct ruleset *r)
{
	if (r == NULL)
		return;
	stacks_free(r->stacks);
	phases_free(r);
	issuers_free(r->issuers);
	map_free(r->ids);
	fixes_free(r->books);
	free(r->rules);
	arena_done(&r->arena);
	free(r);
}

size_t ruleset_count(const struct ruleset *r)
{
	return r->n;
}

const struct rule *ruleset_rule(const struct ruleset *r, size_t i)
{
	return r->rules[i];
}

const struct rule *ruleset_find(const struct ruleset *r, const char *id)
{
	void **found = map_find(r->ids, (struct slice){ (const uint8_t *)id, strlen(id) });

	return found ? *found : NULL;
}
