/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read: one file becomes sets.
 *
 * Two forms, told apart by their root.  A list is the answer of Microsoft's web
 * service; keys that we do not know are ignored there, as the service adds some
 * at times.  A map is our own YAML, in which every key must be known.
 *
 * The service's form: https://learn.microsoft.com/microsoft-365/enterprise/
 * microsoft-365-ip-web-service ("Endpoints web method").  Beyond that text, as
 * the answers show: port lists are unsorted, have blanks, or are empty; urls,
 * ips and either port list may be absent; serviceArea MEM is Intune, Skype is
 * Teams.
 */
#include <string.h>

#include "conf/conf.h"
#include "m365/set.h"

/*
 * A prefix shorter than these would claim a good part of the internet for
 * Microsoft: a slip of the pen.  The shortest that Microsoft lists are a /13
 * and a /36 (2025-12-01).
 */
enum { SHORTEST_V4 = 96 + 8, SHORTEST_V6 = 16 };

static const char *const microsoft_areas[AREAS] = {
	"Exchange", "SharePoint", "Skype", "Common", "MEM"
};
static const char *const microsoft_categories[CATEGORIES] = { "Optimize", "Allow", "Default" };

struct reader {
	struct m365 *m;
	const char *file;
	struct errors *e;
	bool said_twice;		/* that another file holds the same cloud */
};

static struct place place_of(const struct reader *r, const struct node *n)
{
	return (struct place){ r->file, n->line, n->col };
}

/* Absent, or null as JSON says it. */
static const struct node *get(const struct node *map, const char *key)
{
	const struct node *n = conf_get(map, key);
	bool null = n && n->kind == NODE_SCALAR && !n->quoted && strcmp(n->text, "null") == 0;

	return null ? NULL : n;
}

static const struct node *need(const struct reader *r, const struct node *map, const char *key)
{
	const struct node *n = get(map, key);

	if (n == NULL)
		errors_add(r->e, place_of(r, map), "no \"%s\" here; expected one", key);
	return n;
}

/* One of n words, as its number. */
static bool read_word(const struct reader *r, const struct node *n, const char *const *words,
		      size_t count, unsigned *ret)
{
	const char *text, *near;

	if (n == NULL || !conf_text(n, r->file, r->e, &text))
		return false;
	for (unsigned i = 0; i < count; i++)
		if (strcmp(text, words[i]) == 0) {
			*ret = i;
			return true;
		}
	near = nearest(text, words, count);
	errors_add(r->e, place_of(r, n), "\"%s\" is none of those known; %s \"%s\"", text,
		   near ? "did you mean" : "expected for example", near ? near : words[0]);
	return false;
}

static void read_ports_text(const struct reader *r, const struct node *n, struct ports *ret)
{
	if (n->kind != NODE_SCALAR || !ports_add(ret, n->text, &r->m->arena))
		errors_add(r->e, place_of(r, n), "ports \"%.60s\"; expected numbers from 1 to "
			   "65535 with commas between, such as \"80,443\"", n->text);
}

/* One text, or a list of numbers and texts. */
static void read_ports(const struct reader *r, const struct node *n, struct ports *ret)
{
	if (n == NULL)
		return;
	if (n->kind != NODE_LIST)
		read_ports_text(r, n, ret);
	for (size_t i = 0; n->kind == NODE_LIST && i < n->n; i++)
		read_ports_text(r, n->items[i], ret);
}

/* ---- names and prefixes --------------------------------------------------------------- */

static char *lower_copy(const char *text, struct arena *a)
{
	char *copy = arena_text(a, (struct slice){ (const uint8_t *)text, strlen(text) });
	size_t n = strlen(copy);

	for (char *c = copy; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c + 'a' - 'A');
	if (n > 1 && copy[n - 1] == '.')
		copy[n - 1] = '\0';
	return copy;
}

static void read_names(const struct reader *r, const struct node *n, struct set *s)
{
	if (n == NULL || !conf_is_list(n, r->file, r->e))
		return;
	s->names = arena_alloc(&r->m->arena, (n->n + 1) * sizeof(*s->names));
	for (size_t i = 0; i < n->n; i++) {
		const char *text, *fault;

		if (!conf_text(n->items[i], r->file, r->e, &text))
			continue;
		text = lower_copy(text, &r->m->arena);
		fault = pattern_fault(text);
		if (fault)
			errors_add(r->e, place_of(r, n->items[i]), "name \"%s\": %s; expected a "
				   "host name such as outlook.office.com or *.outlook.com", text,
				   fault);
		else
			s->names[s->n_names++] = text;
	}
}

static const char *prefix_fault(const struct prefix *p)
{
	struct addr mapped = { .b = { [10] = 0xff, [11] = 0xff } };
	bool v4 = p->bits >= 96 && addr_is_v4(&p->addr);

	if (p->bits < (v4 ? SHORTEST_V4 : SHORTEST_V6))
		return "too short to be Microsoft's alone; expected at least /8 or, IPv6, /16";
	if (!v4 && prefix_has(p, &mapped))
		return "holds all of IPv4 in its mapped form; expected another";
	return NULL;
}

static void read_prefixes(const struct reader *r, const struct node *n, struct set *s)
{
	if (n == NULL || !conf_is_list(n, r->file, r->e))
		return;
	s->prefixes = arena_alloc(&r->m->arena, (n->n + 1) * sizeof(*s->prefixes));
	for (size_t i = 0; i < n->n; i++) {
		const char *text, *fault;
		struct prefix p;

		if (!conf_text(n->items[i], r->file, r->e, &text))
			continue;
		if (!prefix_parse(text, &p)) {
			errors_add(r->e, place_of(r, n->items[i]), "\"%s\" is not a prefix; "
				   "expected one such as 13.107.6.152/31 or 2603:1006::/40, "
				   "no bit set behind its length", text);
			continue;
		}
		fault = prefix_fault(&p);
		if (fault)
			errors_add(r->e, place_of(r, n->items[i]), "%s: %s", text, fault);
		else
			s->prefixes[s->n_prefixes++] = p;
	}
}

/* ---- sets ----------------------------------------------------------------------------- */

static bool read_id(const struct reader *r, const struct node *n, uint16_t *ret)
{
	uint64_t id;

	if (n == NULL || !conf_number(n, r->file, r->e, &id))
		return false;
	if (id == 0 || id > UINT16_MAX) {
		errors_add(r->e, place_of(r, n), "id %s; expected 1 to 65535", n->text);
		return false;
	}
	*ret = (uint16_t)id;
	return true;
}

/* Said once a file: with one id of a cloud usually all of its ids are there twice. */
static void say_twice(struct reader *r, const struct set *s, const struct set *first)
{
	if (first->at.file == r->file)
		errors_add(r->e, s->at, "id %u of %s is already in line %u", s->id,
			   cloud_names[s->cloud], first->at.line);
	else if (!r->said_twice)
		errors_add(r->e, s->at, "id %u of %s is already in %s, line %u; expected each "
			   "cloud's list in one file", s->id, cloud_names[s->cloud],
			   first->at.file, first->at.line);
	r->said_twice = r->said_twice || first->at.file != r->file;
}

static void set_add(struct reader *r, struct set *s)
{
	struct m365 *m = r->m;

	for (size_t i = 0; s->id != 0 && i < m->n; i++)
		if (m->sets[i]->id == s->id && m->sets[i]->cloud == s->cloud) {
			say_twice(r, s, m->sets[i]);
			return;
		}
	if (m->n == m->cap) {
		m->cap = m->cap ? 2 * m->cap : 128;
		m->sets = xrealloc(m->sets, m->cap * sizeof(*m->sets));
	}
	m->sets[m->n++] = s;
}

static struct set *set_new(const struct reader *r, const struct node *n, unsigned cloud)
{
	struct set *s = arena_alloc(&r->m->arena, sizeof(*s));

	s->cloud = cloud;
	s->at = place_of(r, n);
	return s;
}

static void read_microsoft_set(struct reader *r, const struct node *n, unsigned cloud)
{
	struct set *s;
	unsigned area = 0, category = 0;

	if (!conf_is_map(n, r->file, r->e))
		return;
	s = set_new(r, n, cloud);
	read_id(r, need(r, n, "id"), &s->id);
	read_word(r, need(r, n, "serviceArea"), microsoft_areas, AREAS, &area);
	read_word(r, need(r, n, "category"), microsoft_categories, CATEGORIES, &category);
	s->area = area;
	s->category = category;
	if (get(n, "required"))
		conf_bool(get(n, "required"), r->file, r->e, &s->required);
	read_ports(r, get(n, "tcpPorts"), &s->tcp);
	read_ports(r, get(n, "udpPorts"), &s->udp);
	read_names(r, get(n, "urls"), s);
	read_prefixes(r, get(n, "ips"), s);
	set_add(r, s);
}

/* cloud: of the whole file, or -1. */
static void read_our_set(struct reader *r, const struct node *n, int cloud)
{
	static const char *const known[] = { "id", "cloud", "area", "category", "required",
					     "legacy_tls", "tcp", "udp", "names", "prefixes",
					     "source" };
	unsigned own = cloud < 0 ? 0 : (unsigned)cloud, area = 0, category = 0;
	struct set *s;

	if (!conf_is_map(n, r->file, r->e))
		return;
	conf_keys(n, r->file, r->e, known, sizeof(known) / sizeof(*known));
	if (cloud < 0 || conf_get(n, "cloud"))
		read_word(r, need(r, n, "cloud"), cloud_names, CLOUDS, &own);
	s = set_new(r, n, own);
	if (conf_get(n, "id"))
		read_id(r, conf_get(n, "id"), &s->id);
	read_word(r, need(r, n, "area"), area_names, AREAS, &area);
	read_word(r, need(r, n, "category"), category_names, CATEGORIES, &category);
	s->area = area;
	s->category = category;
	if (conf_get(n, "required"))
		conf_bool(conf_get(n, "required"), r->file, r->e, &s->required);
	if (conf_get(n, "legacy_tls"))
		conf_bool(conf_get(n, "legacy_tls"), r->file, r->e, &s->legacy_tls);
	read_ports(r, conf_get(n, "tcp"), &s->tcp);
	read_ports(r, conf_get(n, "udp"), &s->udp);
	read_names(r, conf_get(n, "names"), s);
	read_prefixes(r, conf_get(n, "prefixes"), s);
	set_add(r, s);
}

/* ---- files ---------------------------------------------------------------------------- */

/*
 * The JSON does not say which cloud it is of.  The file's name may, by the
 * service's names of its instances or their short forms; if not, worldwide, and
 * that is a guess.
 */
static enum cloud cloud_of_file_name(const char *path, bool *ret_guessed)
{
	static const struct {
		const char *part;
		enum cloud cloud;
	} parts[] = { { "gcchigh", CLOUD_GCC_HIGH }, { "dod", CLOUD_DOD },
		      { "china", CLOUD_CHINA }, { "21vianet", CLOUD_CHINA },
		      { "worldwide", CLOUD_WORLDWIDE } };
	const char *slash = strrchr(path, '/');

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (strcasestr(slash ? slash + 1 : path, parts[i].part))
			return parts[i].cloud;
	*ret_guessed = true;
	return CLOUD_WORLDWIDE;
}

static void read_ours(struct reader *r, const struct node *root, struct file_form *ret)
{
	static const char *const known[] = { "version", "cloud", "date", "source", "sets" };
	const struct node *version = need(r, root, "version"), *sets = need(r, root, "sets");
	unsigned cloud = 0;
	uint64_t number, ns;
	bool one = conf_get(root, "cloud") != NULL;

	conf_keys(root, r->file, r->e, known, sizeof(known) / sizeof(*known));
	if (version && conf_number(version, r->file, r->e, &number) && number != 1)
		errors_add(r->e, place_of(r, version), "version %s; expected 1", version->text);
	if (one)
		read_word(r, conf_get(root, "cloud"), cloud_names, CLOUDS, &cloud);
	ret->cloud = cloud;
	if (conf_get(root, "source"))
		conf_text(conf_get(root, "source"), r->file, r->e, &ret->source);
	if (conf_get(root, "date") &&
	    conf_text(conf_get(root, "date"), r->file, r->e, &ret->date) &&
	    !date_parse(ret->date, &ns))
		errors_add(r->e, place_of(r, conf_get(root, "date")),
			   "\"%s\" is not a date; expected one such as 2025-12-01", ret->date);
	if (sets && conf_is_list(sets, r->file, r->e))
		for (size_t i = 0; i < sets->n; i++)
			read_our_set(r, sets->items[i], one ? (int)cloud : -1);
}

bool read_file(struct m365 *m, const char *path, int cloud, struct errors *e,
	       struct file_form *ret)
{
	struct slice name = { (const uint8_t *)path, strlen(path) };
	struct reader r = { m, arena_text(&m->arena, name), e, false };
	size_t errors_before = e->n;
	const struct node *root = conf_load(path, &m->arena, e);

	*ret = (struct file_form){ .file = r.file, .date = "", .source = "" };
	if (root == NULL)
		return false;
	if (root->kind == NODE_LIST) {
		ret->microsoft = true;
		ret->cloud = cloud >= 0 ? (enum cloud)cloud :
			     cloud_of_file_name(path, &ret->cloud_guessed);
		for (size_t i = 0; i < root->n; i++)
			read_microsoft_set(&r, root->items[i], ret->cloud);
	} else if (root->kind == NODE_MAP && conf_get(root, "sets")) {
		read_ours(&r, root, ret);
	} else {
		errors_add(e, place_of(&r, root), "no endpoint data; expected the list that "
			   "the web service's endpoints method answers, or a map with \"sets\"");
	}
	if (root->kind == NODE_LIST && root->n == 0)
		errors_add(e, place_of(&r, root), "an empty list; expected endpoint sets");
	return e->n == errors_before;
}
