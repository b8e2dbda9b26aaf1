/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd: hellotap endpoints -- what is loaded, what an address or a name is, and
 * how new data comes in.
 *
 * The program itself never speaks to the network: `update` says how to fetch.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/data.h"
#include "cmd/cmd.h"
#include "m365/m365.h"

struct request {
	const char *cloud;
	const char **paths;
	size_t n_paths;
	const char *to;
	const char *date;
};

struct subcommand {
	const char *name;
	const char *options;		/* those that it takes, between blanks */
	int least, most;		/* arguments */
	int (*run)(const struct request *r, int n, char **arguments);
};

static struct m365 *load(const struct request *r)
{
	struct m365_options o = { .paths = r->paths, .n = r->n_paths, .cloud = r->cloud };
	struct errors e = { 0 };
	struct m365 *m = m365_load(&o, &e);

	errors_print(&e, stderr);
	errors_done(&e);
	return m;
}

static int show(const struct request *r, int n, char **arguments)
{
	struct m365 *m = load(r);

	(void)n;
	(void)arguments;
	if (m == NULL)
		return EXIT_USAGE;
	m365_show(m, stdout);
	m365_free(m);
	return EXIT_DONE;
}

static bool can_look_up(int n, char **arguments)
{
	struct errors e = { 0 };
	bool sound;

	for (int i = 0; i < n; i++)
		if (!m365_can_look_up(arguments[i]))
			errors_add(&e, (struct place){ 0 }, "'%s' is neither an address nor a "
				   "name; expected 52.96.0.1, 52.96.0.0/14 or outlook.office.com",
				   arguments[i]);
	sound = e.n == 0;
	errors_print(&e, stderr);
	errors_done(&e);
	return sound;
}

static int lookup(const struct request *r, int n, char **arguments)
{
	struct m365 *m = can_look_up(n, arguments) ? load(r) : NULL;

	if (m == NULL)
		return EXIT_USAGE;
	for (int i = 0; i < n; i++) {
		printf("%s\n", arguments[i]);
		if (m365_lookup(m, arguments[i], stdout) == 0)
			printf("  not Microsoft 365\n");
	}
	m365_free(m);
	return EXIT_DONE;
}

static int import(const struct request *r, int n, char **arguments)
{
	struct buf folder = { 0 };
	struct errors e = { 0 };
	struct m365_import i = { .file = arguments[0], .cloud = r->cloud, .date = r->date,
				 .folder = r->to ? r->to : data_path("endpoints", &folder) };
	enum m365_import_result result = m365_import(&i, stdout, &e);

	(void)n;
	errors_print(&e, stderr);
	errors_done(&e);
	buf_done(&folder);
	return result == IMPORT_DONE ? EXIT_DONE : result == IMPORT_BAD ? EXIT_USAGE : EXIT_IO;
}

/* The service asks for a GUID of the client's own (RFC 4122 section 4.4: a random one). */
static bool new_guid(char ret[static 37])
{
	uint8_t b[16];

	if (getrandom(b, sizeof(b), 0) != (ssize_t)sizeof(b))
		return false;
	b[6] = (uint8_t)((b[6] & 0x0f) | 0x40);
	b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
	for (unsigned i = 0, at = 0; i < sizeof(b); i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			ret[at++] = '-';
		at += (unsigned)snprintf(ret + at, 37 - at, "%02x", b[i]);
	}
	return true;
}

static int update(const struct request *r, int n, char **arguments)
{
	static const char *const instances[CLOUDS] = { "Worldwide", "USGovGCCHigh", "USGovDoD",
						       "China" };
	const char *cloud = r->cloud ? r->cloud : "all";
	struct errors e = { 0 };
	unsigned printed = 0;
	char guid[37];

	(void)n;
	(void)arguments;
	if (!new_guid(guid))
		return EXIT_IO;
	for (unsigned i = 0; i < CLOUDS; i++) {
		if (strcmp(cloud, "all") != 0 && strcmp(cloud, cloud_names[i]) != 0)
			continue;
		if (printed++ == 0)
			printf("hellotap does not use the network itself. Fetch the lists from "
			       "Microsoft's web service,\nat most once an hour, then import "
			       "them. Keep the id: it is meant to stay the same on one "
			       "machine.\n");
		printf("\ncurl -fsS -o %s.json \\\n  'https://endpoints.office.com/endpoints/%s"
		       "?ServiceAreas=Common,Exchange,SharePoint,Skype,MEM"
		       "&ClientRequestId=%s'\nhellotap endpoints import %s.json\n",
		       cloud_names[i], instances[i], guid, cloud_names[i]);
	}
	if (printed == 0)
		errors_add(&e, (struct place){ 0 }, "no cloud \"%s\"; expected worldwide, "
			   "usgovgcchigh, usgovdod, china or all", cloud);
	return command_fail(&e, printed > 0 ? EXIT_DONE : EXIT_USAGE);
}

static const struct subcommand subcommands[] = {
	{ "show", " cloud endpoints ", 0, 0, show },
	{ "lookup", " cloud endpoints ", 1, 1 << 20, lookup },
	{ "import", " cloud to date ", 1, 1, import },
	{ "update", " cloud ", 0, 0, update },
};

static const struct subcommand *find(const char *name, struct errors *e)
{
	const char *names[sizeof(subcommands) / sizeof(*subcommands)], *near;
	size_t n = sizeof(subcommands) / sizeof(*subcommands);

	for (size_t i = 0; i < n; i++) {
		names[i] = subcommands[i].name;
		if (strcmp(name, names[i]) == 0)
			return &subcommands[i];
	}
	near = nearest(name, names, n);
	errors_add(e, (struct place){ 0 }, "endpoints has no '%s'; %s '%s'", name,
		   near ? "did you mean" : "expected show, lookup, import or update, such as",
		   near ? near : "show");
	return NULL;
}

static bool take(void *arg, const char *name, const char *value, struct errors *e)
{
	struct request *r = arg;

	(void)e;
	if (strcmp(name, "cloud") == 0)
		r->cloud = value;
	else if (strcmp(name, "endpoints") == 0)
		r->paths[r->n_paths++] = value;
	else if (strcmp(name, "to") == 0)
		r->to = value;
	else
		r->date = value;
	return true;
}

/* Whether what was given is what the subcommand takes. */
static bool fits(const struct subcommand *s, const struct request *r, int n, struct errors *e)
{
	const struct { const char *name; bool given; } given[] = {
		{ " cloud ", r->cloud != NULL }, { " endpoints ", r->n_paths > 0 },
		{ " to ", r->to != NULL }, { " date ", r->date != NULL },
	};

	for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++)
		if (given[i].given && strstr(s->options, given[i].name) == NULL)
			errors_add(e, (struct place){ 0 }, "endpoints %s takes no --%.*s", s->name,
				   (int)strlen(given[i].name) - 2, given[i].name + 1);
	if (n < s->least || n > s->most)
		errors_add(e, (struct place){ 0 }, "endpoints %s: %s (hellotap help endpoints)",
			   s->name, n < s->least ? "an argument is missing" : "too many arguments");
	return e->n == 0;
}

static int run_subcommand(int argc, char **argv, struct request *r, struct errors *e)
{
	int first = command_options(&command_endpoints, argc, argv, take, r, e);
	const struct subcommand *s;

	if (first < 0)
		return EXIT_USAGE;
	if (first == argc) {
		command_help(&command_endpoints, stderr);
		return EXIT_USAGE;
	}
	s = find(argv[first], e);
	if (s == NULL || !fits(s, r, argc - first - 1, e))
		return EXIT_USAGE;
	return s->run(r, argc - first - 1, argv + first + 1);
}

static int endpoints_run(int argc, char **argv)
{
	struct request r = { .cloud = NULL };
	struct errors e = { 0 };
	int code;

	r.paths = xcalloc((size_t)argc, sizeof(*r.paths));
	code = run_subcommand(argc, argv, &r, &e);
	free(r.paths);
	return command_fail(&e, (enum exit_code)code);
}

static const struct option_spec options[] = {
	{ "cloud", 0, "NAME", "worldwide usgovgcchigh usgovdod china all (default); "
			      "import: by default what the file's name says" },
	{ "endpoints", 0, "PATH", "a file or folder, JSON or YAML; default the installed data" },
	{ "to", 0, "FOLDER", "where import writes; default the installed data" },
	{ "date", 0, "YYYY-MM-DD", "when the data was published; default the file's time" },
	{ 0 }
};

const struct command command_endpoints = {
	.name = "endpoints",
	.usage = "show|lookup|import|update [options] [ARGUMENT ...]",
	.help = "Show, look up or replace Microsoft 365 endpoint data",
	.details =
		"  show                   the data that is used, one endpoint set a line\n"
		"  lookup ADDRESS|NAME... every set it is in, and by which prefix or name;\n"
		"                         of a block (52.96.0.0/14) also what lies in it\n"
		"  import FILE            check the web service's JSON, replace its cloud's data\n"
		"  update                 how to fetch that JSON (hellotap opens no connection)\n",
	.options = options,
	.run = endpoints_run,
};
