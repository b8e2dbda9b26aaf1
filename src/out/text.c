/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text: the report for people.
 *
 * What was read and how well; what was found, with the frames and the Wireshark
 * filter that show it; the hosts; what was not seen; what to change, step by
 * step.  Everything is printed at the end, in plain ASCII but for what rules and
 * fixes say, so that it does not depend on the terminal.
 */
#include <string.h>

#include "base/text.h"
#include "out/file.h"
#include "out/report.h"

void report_count(struct buf *b, uint64_t n, const char *noun)
{
	text_grouped(b, n);
	buf_putc(b, ' ');
	buf_puts(b, noun);
	if (n != 1)
		buf_putc(b, 's');
}

void report_span(struct buf *b, uint64_t from, uint64_t to)
{
	struct buf end = { 0 };
	size_t start = b->n;

	text_time_short(b, from);
	text_time_short(&end, to);
	if (b->n - start == end.n && memcmp(b->p + start, end.p, end.n) != 0) {
		bool same_day = end.n > 11 && memcmp(b->p + start, end.p, 11) == 0;
		size_t skip = same_day ? 11 : 0;

		buf_puts(b, " to ");
		buf_add(b, end.p + skip, end.n - skip);
	}
	buf_done(&end);
}

void report_share(struct buf *b, uint64_t part, uint64_t whole)
{
	double percent = whole ? 100.0 * (double)part / (double)whole : 0;

	if (part > 0 && percent < 0.1)
		buf_puts(b, "under 0.1 %");
	else
		buf_printf(b, "%.*f %%", percent < 9.95 && part < whole ? 1 : 0, percent);
}

void report_name(struct buf *b, const char *s)
{
	text_wire(b, (struct slice){ (const uint8_t *)s, strlen(s) });
}

void report_words(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++)
		buf_putc(b, (uint8_t)*s < 0x20 || *s == 0x7f ? ' ' : *s);
}

void report_culprit(const struct report *r, struct buf *b, const struct finding *f)
{
	const char *label = f->label ? f->label : capture_name(r->sum->capture, &f->who);
	char ip[ADDR_TEXT];

	if (f->proxy != NULL && addr_cmp(&f->who, &(struct addr){ { 0 } }) == 0) {
		buf_puts(b, "a proxy whose address was not seen");
		return;
	}
	if (f->rule->culprit == CULPRIT_PATH)
		buf_puts(b, "the path of ");
	else if (f->rule->culprit != CULPRIT_HOST)
		buf_printf(b, "%s ", culprit_names[f->rule->culprit]);
	buf_printf(b, f->port && !addr_is_v4(&f->who) ? "[%s]" : "%s", addr_text(&f->who, ip));
	if (f->port != 0)
		buf_printf(b, ":%u", f->port);
	if (label != NULL)
		buf_printf(b, " (%s)", label);
}

enum ink report_ink(enum level level)
{
	switch (level) {
	case LEVEL_CRITICAL:
	case LEVEL_HIGH:	return INK_RED;
	case LEVEL_MEDIUM:	return INK_YELLOW;
	default:		return INK_CYAN;
	}
}

static void text_finish(struct sink *s, const struct summary *sum)
{
	struct report r = {
		.page = { .to = &s->buf, .columns = s->columns, .color = s->color },
		.sink = s, .sum = sum
	};
	uint64_t day = 86400 * NS_PER_SECOND;

	r.one_day = sum->first / day == sum->last / day;
	r.nfindings = hosts_findings(sum->hosts, &r.findings);
	r.nhosts = hosts_all(sum->hosts, &r.hosts);
	report_head(&r);
	report_findings(&r);
	report_hosts(&r);
	report_groups(&r);
	report_proxies(&r);
	report_unseen(&r);
	report_fixes(&r);
}

const struct output output_text = {
	.name = "text",
	.help = "a report for people: findings, hosts, and what was not seen",
	.finish = text_finish,
};
