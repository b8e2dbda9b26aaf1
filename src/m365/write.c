/* SPDX-License-Identifier: Apache-2.0 */
/*
 * write: sets as our YAML, in the form of rules/endpoints/ (and of the script
 * tools/endpoints-to-yaml, which wrote those).
 */
#include <string.h>

#include "m365/set.h"

enum { COLUMNS = 96 };

/* A flow list, wrapped, item by item. */
struct flow {
	FILE *to;
	unsigned column;
	bool begun;
};

static void flow_begin(struct flow *f, const char *key)
{
	f->column = (unsigned)fprintf(f->to, "    %s: [", key);
	f->begun = false;
}

/* A star or a colon in front would mean something else to YAML. */
static void flow_item(struct flow *f, const char *text)
{
	const char *quote = strchr("*:", text[0]) ? "\"" : "";
	unsigned n = (unsigned)(strlen(text) + 2 * strlen(quote));

	if (f->begun && f->column + 2 + n + 1 > COLUMNS) {
		fputs(",\n      ", f->to);
		f->column = 6;
	} else if (f->begun) {
		fputs(", ", f->to);
		f->column += 2;
	}
	fprintf(f->to, "%s%s%s", quote, text, quote);
	f->column += n;
	f->begun = true;
}

static void flow_end(struct flow *f)
{
	fputs("]\n", f->to);
}

static void write_ports(const struct ports *p, const char *key, FILE *to)
{
	struct buf b = { 0 };

	if (p->n > 0)
		fprintf(to, "    %s: [%s]\n", key, ports_text(p, ", ", &b));
	buf_done(&b);
}

static void write_set(const struct set *s, FILE *to)
{
	struct flow f = { .to = to };
	char text[PREFIX_TEXT];

	fprintf(to, "  - id: %u\n    area: %s\n    category: %s\n    required: %s\n", s->id,
		area_names[s->area], category_names[s->category], s->required ? "true" : "false");
	write_ports(&s->tcp, "tcp", to);
	write_ports(&s->udp, "udp", to);
	if (s->n_names > 0) {
		flow_begin(&f, "names");
		for (size_t i = 0; i < s->n_names; i++)
			flow_item(&f, s->names[i]);
		flow_end(&f);
	}
	if (s->n_prefixes > 0) {
		flow_begin(&f, "prefixes");
		for (size_t i = 0; i < s->n_prefixes; i++)
			flow_item(&f, prefix_text(&s->prefixes[i], text));
		flow_end(&f);
	}
}

void write_sets(const struct m365 *m, const struct file_form *form, FILE *to)
{
	fprintf(to, "# Microsoft 365 endpoints, written by hellotap endpoints import.\n"
		"version: 1\ncloud: %s\ndate: %s\nsource: %s\nsets:\n", cloud_names[form->cloud],
		form->date, form->source);
	for (size_t i = 0; i < m->n; i++)
		write_set(m->sets[i], to);
}
