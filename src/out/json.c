/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json: JSON Lines in the names of the Elastic Common Schema; what it has no
 * name for stands under "hellotap".
 *
 * A handshake's record is one walk over the table of fields.  Lines of the
 * table with the same beginning of their path stand together, so objects are
 * opened and closed as the path changes; what has to be written for that is
 * worked out once.  A fact that is not known leaves no trace, nor does an
 * object of which nothing is known.  Neighbours in one object that follow from
 * the same thing are a run: printed once, and copied wherever that comes again.
 */
#include "config.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "out/file.h"
#include "out/printed.h"
#include "out/record.h"

enum { PATH_MOST = 6 };		/* parts of a path */

/* One field: its path as text, "a":{"b":{"c": and where each part begins in it. */
struct step {
	char *text;
	size_t n, part[PATH_MOST];
	unsigned depth;			/* objects open around the value */
	unsigned common;		/* of them, shared with the field before */
	enum alike alike;		/* what its value follows from */
	size_t run;			/* fields from here on that are printed together; 0: none */
};

struct walk {
	struct step steps[FIELDS];
	size_t own;			/* the first field under "hellotap": "rule" goes before */
	struct printed *printed;
	struct buf run;			/* one being printed */
};

static const char observer[] = "\"observer\":{\"product\":\"" PACKAGE_NAME
			       "\",\"version\":\"" PACKAGE_VERSION "\"";

/* ---- heads --------------------------------------------------------------------------- */

static void put(struct json *w, const char *s)
{
	buf_puts(w->to, s);
}

void json_head(struct json *w, const struct record_kind *k)
{
	json_open(w, '{');
	if (k->ts != 0) {
		json_key(w, "@timestamp");
		json_time(w, k->ts);
	}
	json_key(w, "event");
	json_raw(w, (struct slice){ (const uint8_t *)"{\"dataset\":\"hellotap.", 21 });
	put(w, k->dataset);
	put(w, "\",\"kind\":\"");
	put(w, k->kind);
	put(w, "\",\"category\":[\"network\"],\"type\":[");
	put(w, k->type);
	put(w, "]");
	if (k->outcome != NULL) {
		json_key(w, "outcome");
		json_text(w, k->outcome);
	}
	if (k->start != 0) {
		json_key(w, "start");
		json_time(w, k->start);
	}
	if (k->end != 0) {
		json_key(w, "end");
		json_time(w, k->end);
	}
	json_close(w, '}');
	json_raw(w, (struct slice){ (const uint8_t *)observer, sizeof(observer) - 1 });
}

void json_path(struct json *w, const char *s)
{
	json_wire(w, (struct slice){ (const uint8_t *)s, strlen(s) });
}

/* ---- the walk ------------------------------------------------------------------------ */

/* How many leading parts two paths share, the last part of either apart. */
static unsigned shared_parts(const char *a, const char *b)
{
	unsigned n = 0;

	for (size_t i = 0; a[i] != '\0' && a[i] == b[i]; i++)
		n += a[i] == '.';
	return n;
}

static void plan_step(struct step *s, const char *path)
{
	struct buf b = { 0 };

	for (const char *at = path;; at++) {
		size_t n = strcspn(at, ".");

		assert(s->depth < PATH_MOST);
		s->part[s->depth] = b.n;
		buf_putc(&b, '"');
		buf_add(&b, at, n);
		buf_puts(&b, "\":");
		at += n;
		if (*at == '\0')
			break;
		buf_putc(&b, '{');
		s->depth++;
	}
	s->text = b.p;
	s->n = b.n;
}

/* Whether step i stands beside the one before, in the same object and for the same reason. */
static bool goes_along(const struct step *s, size_t i)
{
	return s[i].alike != ALIKES && s[i].alike == s[i - 1].alike &&
	       s[i].depth == s[i - 1].depth && s[i].common == s[i].depth;
}

static void plan_runs(struct step *s)
{
	size_t next;

	for (size_t i = 0; i < FIELDS; i = next) {
		next = i + 1;
		while (next < FIELDS && goes_along(s, next))
			next++;
		s[i].run = next - i > 1 ? next - i : 0;
	}
}

static void json_begin(struct sink *s)
{
	struct walk *walk = xcalloc(1, sizeof(*walk));

	walk->own = FIELDS;
	for (size_t i = 0; i < FIELDS; i++) {
		plan_step(&walk->steps[i], fields[i].json);
		walk->steps[i].common = shared_parts(i ? fields[i - 1].json : "observer.version",
						     fields[i].json);
		walk->steps[i].alike = sighting_alike((enum field_id)i);
		if (walk->own == FIELDS && strncmp(fields[i].json, "hellotap.", 9) == 0)
			walk->own = i;
	}
	plan_runs(walk->steps);
	walk->printed = printed_new();
	s->priv = walk;
}

static void json_end(struct sink *s)
{
	struct walk *walk = s->priv;

	for (size_t i = 0; i < FIELDS; i++)
		free(walk->steps[i].text);
	printed_free(walk->printed);
	buf_done(&walk->run);
	free(walk);
}

static void close_to(struct json *w, unsigned *depth, unsigned want)
{
	for (; *depth > want; --*depth)
		json_close(w, '}');
}

static void put_rules(struct json *w, const struct sighting *s)
{
	if (s->nhits == 0)
		return;
	json_key(w, "rule");
	json_open(w, '{');
	json_key(w, "id");
	json_open(w, '[');
	for (unsigned i = 0; i < s->nhits; i++)
		json_text(w, s->hits[i]->id);
	json_close(w, ']');
	json_close(w, '}');
}

/* Part of a field's path: from that object on, up to there. */
static void put_path(struct json *w, const struct step *s, unsigned from, size_t to)
{
	json_raw(w, (struct slice){ (const uint8_t *)s->text + s->part[from], to - s->part[from] });
	w->comma = false;
}

/* The members that a run makes, with commas between, as they were printed before if they were. */
static struct slice run_text(struct walk *walk, const struct sighting *s, size_t first)
{
	const struct step *step = &walk->steps[first];
	const struct buf *known = printed_find(walk->printed, s->alike[step->alike],
					       (unsigned)first);
	struct json w = { .to = &walk->run };

	if (known != NULL)
		return buf_slice(known);
	walk->run.n = 0;
	for (size_t i = 0; i < step->run; i++) {
		if (!value_known(&s->values[first + i]))
			continue;
		put_path(&w, &step[i], step->depth, step[i].n);
		json_value(&w, &s->values[first + i]);
	}
	printed_add(walk->printed, s->alike[step->alike], (unsigned)first, buf_slice(&walk->run));
	return buf_slice(&walk->run);
}

/* Every known field; depth and common count objects in the record, "observer" the first. */
static void put_fields(struct json *w, struct walk *walk, const struct sighting *s)
{
	unsigned depth = 1, common = 1;
	size_t next;

	for (size_t i = 0; i < FIELDS; i = next) {
		const struct step *step = &walk->steps[i];
		bool run = step->run > 0 && s->alike[step->alike] != 0;
		struct slice members = { NULL, 0 };

		next = i + (run ? step->run : 1);
		if (step->common < common)
			common = step->common;
		if (i == walk->own) {
			close_to(w, &depth, 0);
			put_rules(w, s);
		}
		if (run)
			members = run_text(walk, s, i);
		if (run ? members.n == 0 : !value_known(&s->values[i]))
			continue;
		close_to(w, &depth, common);
		put_path(w, step, depth, run ? step->part[step->depth] : step->n);
		if (run)
			buf_add(w->to, members.p, members.n);
		else
			json_value(w, &s->values[i]);
		w->comma = true;
		depth = common = step->depth;
	}
	close_to(w, &depth, 0);
}

static const char *outcome_of(const struct sighting *s)
{
	const struct value *v = sighting_get(s, FIELD_OUTCOME);
	struct slice result = value_known(v) ? v->bytes : (struct slice){ NULL, 0 };

	if (slice_is(result, result_names[RESULT_ESTABLISHED]))
		return "success";
	if (result.n == 0 || slice_is(result, result_names[RESULT_ONE_WAY]) ||
	    slice_is(result, result_names[RESULT_UNFINISHED]))
		return "unknown";
	return "failure";
}

static void json_handshake(struct sink *s, const struct sighting *sighting)
{
	struct json w = { .to = &s->buf };

	json_head(&w, &(struct record_kind){
		.dataset = "handshake", .kind = "event", .type = "\"connection\",\"protocol\"",
		.outcome = outcome_of(sighting), .ts = sighting->ts });
	put_fields(&w, s->priv, sighting);
	json_close(&w, '}');
	buf_putc(&s->buf, '\n');
}

static void json_finish(struct sink *s, const struct summary *sum)
{
	const struct finding *const *findings;
	const struct host *const *hosts;
	size_t nfindings = hosts_findings(sum->hosts, &findings);
	size_t nhosts = hosts_all(sum->hosts, &hosts);

	for (size_t i = 0; i < nfindings; i++) {
		json_finding(&(struct json){ .to = &s->buf }, findings[i], sum->capture);
		buf_putc(&s->buf, '\n');
		file_relieve(s);
	}
	for (size_t i = 0; i < nhosts; i++) {
		json_host(&(struct json){ .to = &s->buf }, hosts[i], sum->capture);
		buf_putc(&s->buf, '\n');
		file_relieve(s);
	}
	json_summary(&(struct json){ .to = &s->buf }, sum);
	buf_putc(&s->buf, '\n');
}

static void json_missing(struct sink *s, uint64_t n)
{
	json_lost(&(struct json){ .to = &s->buf }, n);
	buf_putc(&s->buf, '\n');
}

const struct output output_json = {
	.name = "json",
	.help = "JSON Lines: one record a handshake, then findings, hosts and a summary",
	.wants_handshakes = true,
	.open = json_begin,
	.handshake = json_handshake,
	.finish = json_finish,
	.lost = json_missing,
	.close = json_end,
};
