/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd: hellotap endpoints -- what is loaded, what an address or a name is, and
 * how new data comes in.
 *
 * The program itself never speaks to the network: `update` says how to fetch.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/data.h"
#include "cmd/cmd.h"
#include "m365/m365.h"

enum { OPTION_CLOUD = 256, OPTION_ENDPOINTS, OPTION_TO, OPTION_DATE, OPTION_HELP };

struct request {
	const char *cloud;
	const char **paths;
	size_t n_paths;
	const char *to;
	const char *date;
};

struct subcommand {
	const char *name;
	unsigned options;		/* those that it takes, a bit each from OPTION_CLOUD on */
	int least, most;		/* arguments */
	int (*run)(const struct request *r, int n, char **arguments);
};

static const struct option options[] = {
	{ "cloud", required_argument, NULL, OPTION_CLOUD },
	{ "endpoints", required_argument, NULL, OPTION_ENDPOINTS },
	{ "to", required_argument, NULL, OPTION_TO },
	{ "date", required_argument, NULL, OPTION_DATE },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 }
};

static int usage(FILE *to)
{
	fprintf(to, "usage: %s\n%s", endpoints.usage, endpoints.details);
	return to == stdout ? EXIT_DONE : EXIT_USAGE;
}

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

static int lookup(const struct request *r, int n, char **arguments)
{
	struct m365 *m = load(r);

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
		fprintf(stderr, "hellotap: no cloud \"%s\"; expected worldwide, usgovgcchigh, "
			"usgovdod, china or all\n", cloud);
	return printed > 0 ? EXIT_DONE : EXIT_USAGE;
}

#define TAKES(option) (1u << ((option) - OPTION_CLOUD))

static const struct subcommand subcommands[] = {
	{ "show", TAKES(OPTION_CLOUD) | TAKES(OPTION_ENDPOINTS), 0, 0, show },
	{ "lookup", TAKES(OPTION_CLOUD) | TAKES(OPTION_ENDPOINTS), 1, 1 << 20, lookup },
	{ "import", TAKES(OPTION_CLOUD) | TAKES(OPTION_TO) | TAKES(OPTION_DATE), 1, 1, import },
	{ "update", TAKES(OPTION_CLOUD), 0, 0, update },
};

static const struct subcommand *find(const char *name)
{
	const char *names[sizeof(subcommands) / sizeof(*subcommands)], *near;
	size_t n = sizeof(subcommands) / sizeof(*subcommands);

	for (size_t i = 0; i < n; i++) {
		names[i] = subcommands[i].name;
		if (strcmp(name, names[i]) == 0)
			return &subcommands[i];
	}
	near = nearest(name, names, n);
	fprintf(stderr, "hellotap: endpoints has no \"%s\"; %s \"%s\"\n", name,
		near ? "did you mean" : "expected show, lookup, import or update, such as",
		near ? near : "show");
	return NULL;
}

/* One option into *r; false: not one that this subcommand takes. */
static bool take(const struct subcommand *s, int option, struct request *r)
{
	if (!(s->options & TAKES(option))) {
		fprintf(stderr, "hellotap: endpoints %s does not take this option: --%s\n", s->name,
			options[option - OPTION_CLOUD].name);
		return false;
	}
	switch (option) {
	case OPTION_CLOUD:
		r->cloud = optarg;
		break;
	case OPTION_ENDPOINTS:
		r->paths[r->n_paths++] = optarg;
		break;
	case OPTION_TO:
		r->to = optarg;
		break;
	case OPTION_DATE:
		r->date = optarg;
		break;
	default:
		return false;
	}
	return true;
}

static int run_subcommand(const struct subcommand *s, int argc, char **argv, struct request *r)
{
	int option, n;

	optind = 0;			/* getopt may have been at work before, in main() */
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (option == OPTION_HELP)
			return usage(stdout);
		if (option < OPTION_CLOUD)
			fprintf(stderr, "hellotap: endpoints %s: %s: %s\n", s->name,
				argv[optind - 1], option == ':' ? "its value is missing" :
				"not an option; see hellotap endpoints --help");
		if (option < OPTION_CLOUD || !take(s, option, r))
			return EXIT_USAGE;
	}
	n = argc - optind;
	if (n < s->least || n > s->most) {
		fprintf(stderr, "hellotap: endpoints %s: %s; see hellotap endpoints --help\n",
			s->name, n < s->least ? "an argument is missing" : "too many arguments");
		return EXIT_USAGE;
	}
	return s->run(r, n, argv + optind);
}

static int run(int argc, char **argv)
{
	const struct subcommand *s;
	struct request r = { .cloud = NULL };
	int code;

	if (argc > 1 && strcmp(argv[1], "--help") == 0)
		return usage(stdout);
	if (argc < 2)
		return usage(stderr);
	s = find(argv[1]);
	if (s == NULL)
		return EXIT_USAGE;
	r.paths = xcalloc((size_t)argc, sizeof(*r.paths));
	code = run_subcommand(s, argc - 1, argv + 1, &r);
	free(r.paths);
	return code;
}

const struct command endpoints = {
	.name = "endpoints",
	.usage = "endpoints show|lookup|import|update",
	.help = "Microsoft 365's addresses and names: show, look up, replace",
	.details =
		"  show [--cloud NAME] [--endpoints PATH]\n"
		"      the data that is used, one endpoint set a line\n"
		"  lookup [--cloud NAME] [--endpoints PATH] ADDRESS|NAME...\n"
		"      every set that an address or a name is in, and by which prefix or name\n"
		"  import [--cloud NAME] [--to FOLDER] [--date YYYY-MM-DD] FILE\n"
		"      check the web service's JSON, then replace the data of its cloud\n"
		"  update [--cloud NAME]\n"
		"      how to fetch that JSON (hellotap itself does not use the network)\n"
		"\n"
		"  --cloud NAME       worldwide, usgovgcchigh, usgovdod, china, or all (default);\n"
		"                     import: by default what the file's name says\n"
		"  --endpoints PATH   a file or folder, JSON or YAML; default the installed data\n"
		"  --to FOLDER        where import writes; default the installed data\n"
		"  --date YYYY-MM-DD  when the data was published; default the file's time\n"
		"  --help             this\n",
	.run = run,
};
