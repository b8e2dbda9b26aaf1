/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compare: for people, and for programs.
 */
#include "config.h"

#include <string.h>

#include "base/text.h"
#include "out/compare.h"
#include "out/file.h"
#include "out/record.h"
#include "out/report.h"

static void put_side(const struct page *page, const struct compare_side *s, const char *label)
{
	struct buf b = { 0 };

	report_name(&b, s->path);
	buf_puts(&b, ": ");
	report_count(&b, s->handshakes, "handshake");
	buf_puts(&b, " in ");
	report_count(&b, s->packets, "packet");
	if (s->first != 0) {
		buf_puts(&b, ", ");
		report_span(&b, s->first, s->last);
		buf_puts(&b, " UTC");
	}
	if (s->lost > 0) {
		buf_puts(&b, "; ");
		report_count(&b, s->lost, "packet");
		buf_puts(&b, " or files were lost or cut short");
	}
	if (s->over > 0) {
		buf_puts(&b, "; ");
		report_count(&b, s->over, "handshake");
		buf_puts(&b, " not held against the other clock: there are too many");
	}
	page_item(page, label, &b);
	buf_done(&b);
}

typedef void (*words_fn)(const struct comparison *c, struct buf *ret);

static void put_words(const struct page *page, const struct comparison *c, const char *label,
		      words_fn words)
{
	struct buf b = { 0 };

	words(c, &b);
	if (b.n > 0)
		page_item(page, label, &b);
	buf_done(&b);
}

static void tell_text(struct sink *s, const struct summary *sum)
{
	const struct comparison *c = s->priv;
	struct report r = {
		.page = { .to = &s->buf, .columns = s->columns, .color = s->color },
		.sink = s, .sum = sum,
		.one_day = sum->first / (86400 * NS_PER_SECOND) ==
			   sum->last / (86400 * NS_PER_SECOND),
	};

	page_ink(&r.page, INK_STRONG);
	buf_printf(&s->buf, "%s %s: what stands between two captures\n\n", PACKAGE_NAME,
		   PACKAGE_VERSION);
	page_ink(&r.page, INK_PLAIN);
	put_words(&r.page, c, "Verdict", comparison_verdict);
	put_side(&r.page, &c->side[COMPARE_INSIDE], "Inside");
	put_side(&r.page, &c->side[COMPARE_OUTSIDE], "Outside");
	put_words(&r.page, c, "Clocks", comparison_clocks);
	put_words(&r.page, c, "Overlap", comparison_match);
	put_words(&r.page, c, "Passed on", comparison_crossing);
	r.nfindings = hosts_findings(c->hosts, &r.findings);
	r.nhosts = hosts_all(c->hosts, &r.hosts);
	report_proxies(&r);
	report_findings(&r);
}

/* ---- JSON ---------------------------------------------------------------------------- */

static void put_number(struct json *w, const char *key, uint64_t n)
{
	json_key(w, key);
	json_number(w, n);
}

static void json_side(struct json *w, const char *key, const struct compare_side *s)
{
	json_key(w, key);
	json_open(w, '{');
	json_key(w, "file");
	json_path(w, s->path);
	put_number(w, "packets", s->packets);
	put_number(w, "connections", s->connections);
	put_number(w, "handshakes", s->handshakes);
	put_number(w, "lost", s->lost);
	if (s->first != 0) {
		json_key(w, "start");
		json_time(w, s->first);
		json_key(w, "end");
		json_time(w, s->last);
	}
	json_close(w, '}');
}

static void json_words(struct json *w, const struct comparison *c, const char *key,
		       words_fn words)
{
	struct buf b = { 0 };

	words(c, &b);
	if (b.n > 0) {
		json_key(w, key);
		json_text(w, buf_text(&b));
	}
	buf_done(&b);
}

static void json_clock(struct json *w, const struct comparison *c)
{
	static const char *const proofs[] = { "none", "same-hellos", "nested" };
	int64_t ahead = c->clock.ahead;
	struct buf b = { 0 };

	json_key(w, "clock");
	json_open(w, '{');
	json_key(w, "by");
	json_text(w, c->given ? "given" : proofs[c->clock.by]);
	json_key(w, "ahead_ms");
	buf_puts(&b, ahead < 0 ? "-" : "");
	text_ms(&b, (uint64_t)(ahead < 0 ? -ahead : ahead));
	json_raw(w, buf_slice(&b));
	json_key(w, "within_ms");
	json_value(w, &(struct value){ .type = VALUE_MS, .number = c->clock.within });
	put_number(w, "pairs", c->clock.pairs);
	put_number(w, "against", c->clock.against);
	json_key(w, "sure");
	json_bool(w, c->given || clock_is_sure(&c->clock));
	json_close(w, '}');
	buf_done(&b);
}

static void tell_json(struct sink *s, const struct summary *sum)
{
	const struct comparison *c = s->priv;
	const struct finding *const *findings;
	size_t n = hosts_findings(c->hosts, &findings);
	struct json w = { .to = &s->buf };
	uint64_t from, to;

	json_head(&w, &(struct record_kind){ .dataset = "comparison", .kind = "event",
					     .type = "\"info\"",
					     .ts = c->side[COMPARE_INSIDE].first });
	json_close(&w, '}');
	json_key(&w, "hellotap");
	json_open(&w, '{');
	json_key(&w, "comparison");
	json_open(&w, '{');
	json_side(&w, "inside", &c->side[COMPARE_INSIDE]);
	json_side(&w, "outside", &c->side[COMPARE_OUTSIDE]);
	json_clock(&w, c);
	json_key(&w, "overlap");
	json_bool(&w, comparison_overlap(c, &from, &to));
	put_number(&w, "passed_on", c->crossed);
	json_words(&w, c, "match", comparison_match);
	json_words(&w, c, "verdict", comparison_verdict);
	json_proxies(&w, sum);
	json_close(&w, '}');
	json_close(&w, '}');
	json_close(&w, '}');
	buf_putc(&s->buf, '\n');
	for (size_t i = 0; i < n; i++) {
		json_finding(&(struct json){ .to = &s->buf }, findings[i], sum->capture);
		buf_putc(&s->buf, '\n');
		file_relieve(s);
	}
}

const struct output output_compare_text = {
	.name = "text", .help = "the comparison for people", .finish = tell_text,
};

const struct output output_compare_json = {
	.name = "json", .help = "one record of the comparison, then findings", .finish = tell_json,
};
