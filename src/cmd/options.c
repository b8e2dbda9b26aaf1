/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd: options by table.
 */
#include <getopt.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "cmd/cmd.h"

enum { OPTIONS_MOST = 40 };

/* A table turned into what getopt_long() wants. */
struct parser {
	struct option longs[OPTIONS_MOST + 1];
	char shorts[2 + 3 * OPTIONS_MOST];
	const char *names[OPTIONS_MOST];
	size_t n;
};

static const struct option_spec help_option = { "help", 'h', NULL, "this help" };

static void parser_add(struct parser *p, const struct option_spec *o, char **at)
{
	/* Values beyond the characters, so that a long form is known by its place. */
	p->longs[p->n] = (struct option){ .name = o->name, .has_arg = o->argument != NULL,
					  .val = 256 + (int)p->n };
	p->names[p->n++] = o->name;
	if (o->letter == 0)
		return;
	*(*at)++ = o->letter;
	if (o->argument != NULL)
		*(*at)++ = ':';
}

static void parser_init(struct parser *p, const struct command *c)
{
	char *at = p->shorts;

	*p = (struct parser){ .n = 0 };
	*at++ = ':';			/* report a missing argument apart; print nothing */
	parser_add(p, &help_option, &at);
	for (const struct option_spec *o = c->options; o && o->name && p->n < OPTIONS_MOST; o++)
		parser_add(p, o, &at);
	*at = '\0';
}

static const struct option_spec *by_letter(const struct command *c, int letter)
{
	if (letter == help_option.letter)
		return &help_option;
	for (const struct option_spec *o = c->options; o && o->name; o++)
		if (o->letter == letter)
			return o;
	return NULL;
}

/* What getopt stopped at, said so that it can be mended. */
static void complain(const struct command *c, const struct parser *p, char *word,
		     struct errors *e)
{
	const char *near = NULL;

	if (word != NULL && strncmp(word, "--", 2) == 0) {
		word[strcspn(word, "=")] = '\0';
		near = nearest(word + 2, p->names, p->n);
	}
	if (near != NULL)
		errors_add(e, (struct place){ 0 }, "unknown option %s; did you mean --%s?", word,
			   near);
	else
		errors_add(e, (struct place){ 0 },
			   "unknown option %s; see 'hellotap help %s'", word ? word : "",
			   c->name);
}

/* The long name of what getopt returned; NULL: it was not understood, and *e says why. */
static const char *option_name(const struct command *c, const struct parser *p, int got,
			       char **argv, struct errors *e)
{
	char letter[3] = { '-', (char)optopt, '\0' };
	bool is_long = optopt == 0 || optopt >= 256;

	if (got == ':') {
		errors_add(e, (struct place){ 0 }, "option %s wants an argument",
			   is_long ? argv[optind - 1] : letter);
		return NULL;
	}
	if (got == '?') {
		complain(c, p, is_long ? argv[optind - 1] : letter, e);
		return NULL;
	}
	return got >= 256 ? p->names[got - 256] : by_letter(c, got)->name;
}

int command_options(const struct command *c, int argc, char **argv, option_fn take, void *arg,
		    struct errors *e)
{
	struct parser p;
	bool sound = true;
	int got;

	parser_init(&p, c);
	optind = 0;			/* glibc: start anew, permute again */
	opterr = 0;
	while ((got = getopt_long(argc, argv, p.shorts, p.longs, NULL)) != -1) {
		const char *name = option_name(c, &p, got, argv, e);

		if (name == NULL || !take(arg, name, optarg, e))
			sound = false;
	}
	return sound ? optind : -1;
}

bool command_help_asked(const struct command *c, int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			command_help(c, stdout);
			return true;
		}
	}
	return false;
}

void help_words(const char *text, unsigned left, FILE *to)
{
	enum { WIDE = 80 };
	size_t column = left;

	while (*text != '\0') {
		size_t n = strcspn(text, " ");

		if (column > left && column + 1 + n > WIDE) {
			fprintf(to, "\n%*s", (int)left, "");
			column = left;
		}
		fprintf(to, " %.*s", (int)n, text);
		column += 1 + n;
		text += n + (text[n] == ' ');
	}
	fputc('\n', to);
}

static void print_option(const struct option_spec *o, FILE *to)
{
	struct buf left = { 0 };

	if (o->letter)
		buf_printf(&left, "-%c, ", o->letter);
	else
		buf_puts(&left, "    ");
	buf_printf(&left, "--%s%s%s", o->name, o->argument ? " " : "",
		   o->argument ? o->argument : "");
	if (left.n > 26)
		fprintf(to, "  %s\n%29s", buf_text(&left), "");
	else
		fprintf(to, "  %-27s", buf_text(&left));
	help_words(o->help, 29, to);
	buf_done(&left);
}

void command_help(const struct command *c, FILE *to)
{
	fprintf(to, "Usage: hellotap %s %s\n\n%s.\n\n%s%sOptions:\n", c->name, c->usage, c->help,
		c->details ? c->details : "", c->details ? "\n" : "");
	for (const struct option_spec *o = c->options; o && o->name; o++)
		print_option(o, to);
	print_option(&help_option, to);
}

/* Whoever read standard output has left, as head(1) does: that needs no telling. */
static bool reader_left(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO };

	return poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

static bool is_about_output(const struct error *one)
{
	return one->file != NULL && strcmp(one->file, "standard output") == 0;
}

static void forget_reader(struct errors *e)
{
	size_t kept = 0;

	for (size_t i = 0; i < e->n; i++) {
		if (is_about_output(&e->v[i])) {
			free(e->v[i].file);
			free(e->v[i].what);
		} else {
			e->v[kept++] = e->v[i];
		}
	}
	e->n = kept;
}

int command_fail(struct errors *e, enum exit_code code)
{
	if (reader_left())
		forget_reader(e);
	errors_print(e, stderr);
	errors_done(e);
	return (int)code;
}

const struct command *command_find(const char *name)
{
	for (size_t i = 0; commands[i] != NULL; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

#define COMMAND(name) &name,
const struct command *const commands[] = {
#include "cmd/commands.def"
	NULL
};
#undef COMMAND
