/* SPDX-License-Identifier: Apache-2.0 */
/*
 * show: the loaded list as a table, and every set that one address, block or name is in.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "m365/set.h"

/* The list changes every month, so its age matters.  That is by the clock, not by a capture. */
static void print_age(const struct m365_data *d, FILE *to)
{
	uint64_t now = (uint64_t)time(NULL), then = d->published / NS_PER_SECOND;

	if (d->published == 0)
		fputs("date not known", to);
	else if (now < then)
		fprintf(to, "published %s", d->date);
	else
		fprintf(to, "published %s or before, %u days ago", d->date,
			(unsigned)((now - then) / 86400));
}

static void print_file(const struct m365_data *d, FILE *to)
{
	fprintf(to, "%s\n  %s\n  ", d->file, d->source[0] ? d->source : "source not known");
	print_age(d, to);
	fprintf(to, ": %u set%s, %u prefixes, %u names\n", d->sets, d->sets == 1 ? "" : "s",
		d->prefixes, d->names);
}

static void print_id(const struct set *s, FILE *to)
{
	if (s->id)
		fprintf(to, " %3u", s->id);
	else
		fputs(" own", to);
}

void m365_show(const struct m365 *m, FILE *to)
{
	struct buf tcp = { 0 }, udp = { 0 };

	for (size_t i = 0; i < m->n_data; i++)
		print_file(&m->data[i], to);
	fprintf(to, "\n%-12s %3s %-10s %-8s %-18s %-9s %8s %5s\n", "cloud", "id", "area",
		"category", "tcp", "udp", "prefixes", "names");
	for (size_t i = 0; i < m->n; i++) {
		const struct set *s = m->sets[i];

		fprintf(to, "%-12s", cloud_names[s->cloud]);
		print_id(s, to);
		fprintf(to, " %-10s %-8s", area_names[s->area], category_names[s->category]);
		fprintf(to, " %-18s %-9s %8zu %5zu\n",
			s->tcp.n ? ports_text(&s->tcp, ",", &tcp) : "-",
			s->udp.n ? ports_text(&s->udp, ",", &udp) : "-", s->n_prefixes,
			s->n_names);
	}
	buf_done(&tcp);
	buf_done(&udp);
}

const char *prefix_text(const struct prefix *p, char buf[static PREFIX_TEXT])
{
	char addr[ADDR_TEXT];
	unsigned less = p->bits >= 96 && addr_is_v4(&p->addr) ? 96 : 0;

	snprintf(buf, PREFIX_TEXT, "%s/%u", addr_text(&p->addr, addr), p->bits - less);
	return buf;
}

/* ---- lookup --------------------------------------------------------------------------- */

struct printing {
	FILE *to;
	unsigned n;
};

static void print_match(struct printing *p, const struct set *s, const char *how, const char *by)
{
	struct buf b = { 0 };

	fprintf(p->to, "  %-12s", cloud_names[s->cloud]);
	print_id(s, p->to);
	fprintf(p->to, " %-10s %-8s %s %s", area_names[s->area],
		category_names[s->category], how, by);
	if (s->tcp.n)
		fprintf(p->to, ", tcp %s", ports_text(&s->tcp, ",", &b));
	if (s->udp.n)
		fprintf(p->to, ", udp %s", ports_text(&s->udp, ",", &b));
	fprintf(p->to, "%s\n", s->legacy_tls ? ", opt-in host for legacy TLS" : "");
	p->n++;
	buf_done(&b);
}

static void print_range(const struct range *r, bool inside, void *context)
{
	struct prefix prefix = { .bits = r->bits };
	char text[PREFIX_TEXT];

	for (unsigned i = 0; i < 8; i++) {
		prefix.addr.b[i] = (uint8_t)(r->first.hi >> (56 - 8 * i));
		prefix.addr.b[8 + i] = (uint8_t)(r->first.lo >> (56 - 8 * i));
	}
	for (size_t i = 0; i < r->n; i++)
		print_match(context, r->sets[i], inside ? "in part, by prefix" : "by prefix",
			    prefix_text(&prefix, text));
}

struct patterns {			/* those that match, the most specific first */
	const struct pattern **v;
	size_t n;
};

static void keep_pattern(const struct pattern *p, void *context)
{
	struct patterns *found = context;
	size_t i = found->n++;

	found->v = xrealloc(found->v, found->n * sizeof(*found->v));
	for (; i > 0 && pattern_is_more_specific(p, found->v[i - 1]); i--)
		found->v[i] = found->v[i - 1];
	found->v[i] = p;
}

static void look_up_name(const struct m365 *m, const char *name, struct printing *p)
{
	struct patterns found = { NULL, 0 };

	names_find(m->names, (struct slice){ (const uint8_t *)name, strlen(name) },
		   keep_pattern, &found);
	for (size_t i = 0; i < found.n; i++)
		for (size_t k = 0; k < found.v[i]->n_sets; k++)
			print_match(p, found.v[i]->sets[k], "by name", found.v[i]->text);
	free(found.v);
}

unsigned m365_lookup(const struct m365 *m, const char *what, FILE *to)
{
	struct printing p = { to, 0 };
	struct prefix block;

	if (prefix_parse(what, &block))
		ranges_touching(m->ranges, &block, print_range, &p);
	else
		look_up_name(m, what, &p);
	return p.n;
}

/* A name as names_find() takes it; one whose last label is a number would be an address. */
static bool is_name(const char *what)
{
	struct buf lower = { 0 };
	const char *last;
	bool sound;

	for (const char *c = what; *c != '\0'; c++)
		buf_putc(&lower, *c >= 'A' && *c <= 'Z' ? (char)(*c | 0x20) : *c);
	if (lower.n > 1 && lower.p[lower.n - 1] == '.')
		lower.n--;
	last = strrchr(buf_text(&lower), '.');
	last = last ? last + 1 : lower.p;
	sound = pattern_fault(buf_text(&lower)) == NULL && last[strspn(last, "0123456789")] != '\0';
	buf_done(&lower);
	return sound;
}

bool m365_can_look_up(const char *what)
{
	struct prefix block;

	return prefix_parse(what, &block) || is_name(what);
}
