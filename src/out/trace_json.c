/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace: the story for programs: JSON Lines, one record a connection of the client,
 * one about what was told, and the summary of all output.
 */
#include <string.h>

#include "base/text.h"
#include "out/file.h"
#include "out/record.h"
#include "out/trace_say.h"

static void put_field(struct json *w, const char *key, const struct sighting *s, enum field_id id)
{
	if (!trace_knows(s, id))
		return;
	json_key(w, key);
	json_value(w, sighting_get(s, id));
}

static void put_end(struct json *w, const char *key, const struct sighting *s, enum field_id ip,
		    enum field_id port)
{
	json_key(w, key);
	json_open(w, '{');
	put_field(w, "ip", s, ip);
	put_field(w, "port", s, port);
	json_close(w, '}');
}

static void put_ends(struct json *w, const struct sighting *s)
{
	put_end(w, "source", s, FIELD_CLIENT_IP, FIELD_CLIENT_PORT);
	put_end(w, "destination", s, FIELD_SERVER_IP, FIELD_SERVER_PORT);
}

static void put_leg(struct json *w, const struct story *st, unsigned leg)
{
	const struct sighting *s = st->leg[leg];

	json_open(w, '{');
	json_key(w, "from");
	json_text(w, story_role(st, leg, CLIENT));
	json_key(w, "to");
	json_text(w, story_role(st, leg, SERVER));
	put_ends(w, s);
	put_field(w, "community_id", s, FIELD_COMMUNITY_ID);
	put_field(w, "offer_max", s, FIELD_OFFER_MAX);
	put_field(w, "answer_version", s, FIELD_ANSWER_VERSION);
	put_field(w, "cipher", s, FIELD_TLS_CIPHER);
	put_field(w, "stack", s, FIELD_STACK_ID);
	put_field(w, "result", s, FIELD_OUTCOME);
	if (leg > 0) {
		json_key(w, "same_hello");
		json_bool(w, st->same_hello[leg]);
		json_key(w, "rivals");
		json_number(w, st->rivals[leg]);
	}
	if (s->nhits > 0) {
		json_key(w, "rules");
		json_open(w, '[');
		for (unsigned i = 0; i < s->nhits; i++)
			json_text(w, s->hits[i]->id);
		json_close(w, ']');
	}
	put_field(w, "file", s, FIELD_FILE);
	put_field(w, "display_filter", s, FIELD_DISPLAY_FILTER);
	json_close(w, '}');
}

static void put_ms(struct json *w, const char *key, uint64_t ns)
{
	json_key(w, key);
	json_value(w, &(struct value){ .type = VALUE_MS, .number = ns });
}

static void put_line(struct json *w, const struct trace_state *state, const struct story *st,
		     const struct story_line *l)
{
	enum side from = (enum side)l->events->side;
	struct buf b = { 0 };

	json_open(w, '{');
	json_key(w, "@timestamp");
	json_time(w, l->events->ts);
	put_ms(w, "since_start_ms", l->since_start);
	put_ms(w, "since_last_ms", l->since_last);
	json_key(w, "frame");
	json_number(w, l->events->frame);
	if (l->events->elsewhere) {
		json_key(w, "other_file");
		json_bool(w, true);
	}
	json_key(w, "leg");
	json_number(w, l->leg + 1);
	json_key(w, "from");
	json_text(w, story_role(st, l->leg, from));
	json_key(w, "events");
	json_open(w, '[');
	for (unsigned i = 0; i < l->n; i++)
		json_text(w, event_name((enum event_is)l->events[i].is));
	json_close(w, ']');
	story_say_line(state, st, l, &b);
	json_key(w, "meaning");
	json_wire(w, buf_slice(&b));
	json_close(w, '}');
	buf_done(&b);
}

static void put_ending(struct json *w, const struct trace_state *state, const struct story *st)
{
	static const char *const keys[STORY_ENDS] = { "conclusion", "on_screen", "not_seen" };
	struct buf b = { 0 };

	for (unsigned which = 0; which < STORY_ENDS; which++) {
		story_end(state, st, (enum story_end)which, &b);
		if (b.n > 0) {
			json_key(w, keys[which]);
			json_wire(w, buf_slice(&b));
		}
		b.n = 0;
	}
	buf_done(&b);
}

static void put_head(struct json *w, const char *dataset, uint64_t ts)
{
	json_head(w, &(struct record_kind){ .dataset = dataset, .kind = "event",
					    .type = "\"connection\",\"protocol\"", .ts = ts });
	json_close(w, '}');
}

static void put_story(struct json *w, const struct trace_state *state, const struct story *st,
		      size_t number)
{
	struct story_walk walk = { 0 };
	struct story_line line;

	put_head(w, "trace", trace_begin(st->leg[0]));
	put_ends(w, st->leg[0]);
	json_key(w, "hellotap");
	json_open(w, '{');
	json_key(w, "trace");
	json_open(w, '{');
	json_key(w, "number");
	json_number(w, number);
	put_field(w, "server_name", st->leg[0], FIELD_SERVER_NAME);
	json_key(w, "legs");
	json_open(w, '[');
	for (unsigned leg = 0; leg < st->nlegs; leg++)
		put_leg(w, st, leg);
	json_close(w, ']');
	json_key(w, "steps");
	json_open(w, '[');
	while (story_next(st, &walk, &line))
		put_line(w, state, st, &line);
	json_close(w, ']');
	put_ending(w, state, st);
	json_close(w, '}');
	json_close(w, '}');
	json_close(w, '}');
}

static void put_number(struct json *w, const char *key, uint64_t n)
{
	json_key(w, key);
	json_number(w, n);
}

static void put_told(struct json *w, const struct trace_state *st, size_t told)
{
	char text[ADDR_TEXT];

	put_head(w, "trace-summary", 0);
	json_key(w, "hellotap");
	json_open(w, '{');
	json_key(w, "trace");
	json_open(w, '{');
	json_key(w, "client");
	json_text(w, addr_text(&st->o->client, text));
	put_number(w, "handshakes", st->seen);
	put_number(w, "told", told);
	put_number(w, "other_name", st->other_name);
	put_number(w, "other_time", st->other_time);
	put_number(w, "left_out", st->over);
	put_number(w, "as_server", st->as_server);
	put_number(w, "let_go", st->let_go);
	json_close(w, '}');
	json_close(w, '}');
	json_close(w, '}');
}

static void take(struct sink *s, const struct sighting *sighting)
{
	trace_take(s->priv, sighting);
}

static void tell(struct sink *s, const struct summary *sum)
{
	struct trace_state state = trace_state(s->priv);
	const struct story *stories;
	size_t n = trace_stories(s->priv, &stories);

	state.rules = sum->rules;
	state.hosts = sum->hosts;
	for (size_t i = 0; i < n; i++) {
		put_story(&(struct json){ .to = &s->buf }, &state, &stories[i], i + 1);
		buf_putc(&s->buf, '\n');
		file_relieve(s);
	}
	put_told(&(struct json){ .to = &s->buf }, &state, n);
	buf_putc(&s->buf, '\n');
	json_summary(&(struct json){ .to = &s->buf }, sum);
	buf_putc(&s->buf, '\n');
}

static void forget(struct sink *s)
{
	trace_free(s->priv);
}

const struct output output_trace_json = {
	.name = "json",
	.help = "JSON Lines: one record a connection with its steps, then summaries",
	.wants_handshakes = true,
	.handshake = take,
	.finish = tell,
	.close = forget,
};
