/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: captures read one after the other, in batches.
 *
 * A batch never spans two files, nor two positions of a stream's window: all of
 * its frames are in sight at once, and a file is closed at the call after the
 * one that handed out its last frame.
 */
#include <stdlib.h>
#include <string.h>

#include "capture/filter.h"
#include "capture/inputs.h"

struct source {
	struct inputs inputs;
	size_t at;			/* the input being read */
	struct reader *reader;		/* on it; NULL: not opened yet */
	uint64_t bytes_before;		/* of the inputs done */
	uint64_t dropped_before;
	uint64_t names_left_out_before;
	uint64_t most;
	struct filter *filter;		/* or NULL */
	struct hostnames *names;
	struct errors *errors;		/* borrowed */
	struct arena origins;
	struct capture_state state;
};

/* The filter must suit what the files begin with; Ethernet, if that is not known yet. */
static bool filter_suits(struct source *s)
{
	bool suits = true, known = false;

	for (size_t i = 0; i < s->inputs.n; i++)
		if (s->inputs.v[i].has_packets) {
			known = true;
			suits = filter_ready(s->filter, s->inputs.v[i].linktype) && suits;
		}
	return known ? suits : filter_ready(s->filter, 1);
}

static void count_inputs(struct source *s)
{
	s->state.files = s->inputs.n;
	s->state.left_out = s->inputs.refused;
	for (size_t i = 0; i < s->inputs.n; i++)
		s->state.bytes += s->inputs.v[i].size;
	for (size_t i = 0; i < s->inputs.n; i++)
		if (s->inputs.v[i].fixed)
			s->state.bytes = 0;
}

struct source *source_open(const char *const *paths, size_t n,
			   const struct capture_options *o, struct errors *e)
{
	struct source *s = xcalloc(1, sizeof(*s));

	s->errors = e;
	s->names = hostnames_new();
	s->state.names = s->names;
	s->most = o->most;
	for (size_t i = 0; i < n; i++)
		inputs_add(&s->inputs, paths[i], &s->origins, e);
	inputs_sort(&s->inputs);
	count_inputs(s);
	if (o->filter)
		s->filter = filter_new(o->filter, e);
	if (s->inputs.n == 0 || (s->filter && !filter_suits(s))) {
		source_free(s);
		return NULL;
	}
	return s;
}

void source_free(struct source *s)
{
	if (s == NULL)
		return;
	reader_close(s->reader);
	inputs_done(&s->inputs);
	filter_free(s->filter);
	hostnames_free(s->names);
	arena_done(&s->origins);
	free(s);
}

const char *capture_name(const struct capture_state *st, const struct addr *a)
{
	return st && st->names ? hostnames_find(st->names, a) : NULL;
}

const struct capture_state *source_state(const struct source *s)
{
	return &s->state;
}

/* Goes on to the next input. */
static void next_input(struct source *s)
{
	if (s->reader) {
		s->dropped_before = s->state.kernel_drops;
		s->names_left_out_before = s->state.names_left_out;
	}
	reader_close(s->reader);
	s->reader = NULL;
	s->bytes_before += s->inputs.v[s->at].size;
	s->state.bytes_done = s->bytes_before;
	s->state.files_done++;
	s->at++;
}

/* False: what was a capture a moment ago cannot be opened any more. */
static bool open_input(struct source *s)
{
	struct input *in = &s->inputs.v[s->at];
	struct buf why = { 0 };
	enum refusal kind;

	s->reader = in->reader ? in->reader : reader_open(in->path, &s->origins, &why, &kind);
	in->reader = NULL;
	if (s->reader == NULL) {
		errors_add(s->errors, (struct place){ .file = in->path }, "%s", buf_text(&why));
		s->state.left_out++;
	} else {
		s->reader->names = s->names;
	}
	buf_done(&why);
	return s->reader != NULL;
}

/* The input is over; how it ended is said if it should not have. */
static void close_input(struct source *s, enum reading last)
{
	struct buf fault = { 0 };

	if (reader_fault(s->reader, last, &fault)) {
		errors_add(s->errors, (struct place){ .file = s->reader->name }, "%s",
			   buf_text(&fault));
		s->state.cut_short++;
	}
	buf_done(&fault);
	next_input(s);
}

static void keep_state(struct source *s)
{
	const struct reader *r = s->reader;
	const struct input *in = &s->inputs.v[s->at];
	uint64_t dropped = s->dropped_before + r->dropped;
	uint64_t taken = stream_taken(r->window.stream);

	s->state.names_left_out = s->names_left_out_before + r->names_left_out;
	s->state.kernel_drops = dropped < r->dropped ? UINT64_MAX : dropped;
	if (!in->fixed)		/* it may have grown since it was looked at */
		s->state.bytes_done = s->bytes_before + (taken < in->size ? taken : in->size);
}

/* Keeps what the filter lets through, in order. */
static unsigned sift(struct source *s, struct frame *v, unsigned n)
{
	unsigned kept = 0;

	if (s->filter == NULL)
		return n;
	for (unsigned i = 0; i < n; i++)
		if (filter_passes(s->filter, &v[i]))
			v[kept++] = v[i];
	s->state.filtered += n - kept;
	return kept;
}

/* Frames that lie in sight, or more in sight, or the next input: one step on. */
static unsigned step(struct source *s, struct frame *ret, unsigned room)
{
	struct reader *r = s->reader;
	enum reading is;
	unsigned n;

	is = r->format->read(r, ret, room, &n);
	keep_state(s);
	if (n > 0)
		return sift(s, ret, n);
	if (is != READING_MORE || !window_more(&r->window))
		close_input(s, is);
	return 0;
}

unsigned capture_batch(struct source *s, struct frame ret[static CAPTURE_BATCH])
{
	unsigned n = 0;

	while (n == 0 && s->at < s->inputs.n) {
		unsigned room = CAPTURE_BATCH;

		if (s->most > 0 && s->most - s->state.packets < room)
			room = (unsigned)(s->most - s->state.packets);
		if (room == 0)
			break;
		if (s->reader == NULL && !open_input(s))
			next_input(s);
		else
			n = step(s, ret, room);
	}
	s->state.packets += n;
	for (unsigned i = 0; i < n; i++)
		s->state.packet_bytes += ret[i].bytes.n;
	return n;
}
