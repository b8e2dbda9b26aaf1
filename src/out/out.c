/* SPDX-License-Identifier: Apache-2.0 */
/*
 * out: finding an output by its name, and handing it what it wants.
 */
#include "out/out.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/arena.h"
#include "out/file.h"
#include "out/serve.h"

enum { NARROWEST = 40, WIDEST = 1000, COLUMNS_DEFAULT = 80 };

static const struct output *const outputs[] = {
#define OUTPUT(name) &name,
#include "out/outputs.def"
#undef OUTPUT
};

enum { OUTPUTS = sizeof(outputs) / sizeof(outputs[0]) };

size_t output_count(void)
{
	return OUTPUTS;
}

const struct output *output_at(size_t i)
{
	return outputs[i];
}

static const struct output *find(struct slice name)
{
	for (size_t i = 0; i < OUTPUTS; i++)
		if (strlen(outputs[i]->name) == name.n && slice_is(name, outputs[i]->name))
			return outputs[i];
	return NULL;
}

/* "no output is called "jsn"; did you mean json? There are: text json csv" */
static void say_unknown(struct slice name, struct errors *e)
{
	const char *names[OUTPUTS], *near;
	struct buf list = { 0 }, said = { 0 };

	for (size_t i = 0; i < OUTPUTS; i++) {
		names[i] = outputs[i]->name;
		buf_printf(&list, " %s", names[i]);
	}
	buf_add(&said, name.p, name.n);
	near = nearest(buf_text(&said), names, OUTPUTS);
	if (near != NULL)
		errors_add(e, (struct place){ 0 }, "-o %s: no such output; did you mean %s? "
			   "There are:%s", buf_text(&said), near, buf_text(&list));
	else
		errors_add(e, (struct place){ 0 }, "-o %s: no such output; there are:%s",
			   buf_text(&said), buf_text(&list));
	buf_done(&said);
	buf_done(&list);
}

static unsigned columns_of(int fd)
{
	const char *set = getenv("COLUMNS");
	long columns = set ? strtol(set, NULL, 10) : 0;
	struct winsize w = { 0 };

	if (columns <= 0 && isatty(fd) && ioctl(fd, TIOCGWINSZ, &w) == 0)
		columns = w.ws_col;
	if (columns <= 0)
		columns = COLUMNS_DEFAULT;
	if (columns < NARROWEST)
		columns = NARROWEST;
	return columns > WIDEST ? WIDEST : (unsigned)columns;
}

/* https://no-color.org: any value but the empty one. */
static bool wants_color(int fd)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(fd) && (no == NULL || *no == '\0') && term && strcmp(term, "dumb") != 0;
}

bool sink_check(const char *spec, struct errors *e)
{
	size_t n = strcspn(spec, ":");
	struct slice name = { (const uint8_t *)spec, n };

	if (find(name) == NULL) {
		say_unknown(name, e);
		return false;
	}
	if (spec[n] == ':' && spec[n + 1] == '\0') {
		errors_add(e, (struct place){ 0 }, "-o %s: the name of a file was expected after "
			   "the colon, or - for standard output", spec);
		return false;
	}
	return true;
}

static bool open_target(struct sink *s, const char *target, bool live, struct errors *e)
{
	if (!s->is->served || !serve_wants(target))
		return live ? queue_open(s, target, e) : file_open(s, target, e);
	if (!live) {
		errors_add(e, (struct place){ .file = target }, "can be asked for %s only while a "
			   "capture goes on; expected the name of a file", s->is->name);
		return false;
	}
	s->live = true;
	s->fd = -1;
	s->server = serve_open(target, e);
	return s->server != NULL;
}

static struct sink *open_as(const struct output *is, const char *target, bool live,
			    struct errors *e)
{
	struct sink *s = xcalloc(1, sizeof(*s));

	s->is = is;
	if (!open_target(s, target, live, e)) {
		file_release(s);
		free(s);
		return NULL;
	}
	s->columns = columns_of(s->fd);
	s->color = wants_color(s->fd);
	if (s->is->open != NULL)
		s->is->open(s);
	return s;
}

static struct sink *open_sink(const char *spec, bool live, struct errors *e)
{
	size_t n = strcspn(spec, ":");
	const char *target = spec[n] == ':' ? spec + n + 1 : "-";

	if (!sink_check(spec, e))
		return NULL;
	return open_as(find((struct slice){ (const uint8_t *)spec, n }), target, live, e);
}

struct sink *sink_open_as(const struct output *is, const char *target, void *priv,
			  struct errors *e)
{
	struct sink *s = open_as(is, target, false, e);

	if (s != NULL)
		s->priv = priv;
	return s;
}

struct sink *sink_open(const char *spec, struct errors *e)
{
	return open_sink(spec, false, e);
}

struct sink *sink_open_live(const char *spec, struct errors *e)
{
	return open_sink(spec, true, e);
}

void sink_handshake(struct sink *s, const struct sighting *sighting)
{
	if (s->failed || s->is->handshake == NULL || (s->live && !queue_has_room(s)))
		return;
	s->is->handshake(s, sighting);
	file_relieve(s);
}

void sink_finish(struct sink *s, const struct summary *sum)
{
	if (!s->failed && s->is->finish != NULL)
		s->is->finish(s, sum);
}

bool sink_snapshot(struct sink *s, const struct summary *sum, struct errors *e)
{
	if (!s->live || s->is->handshake != NULL || s->is->finish == NULL ||
	    (s->path == NULL && s->server == NULL))
		return true;
	s->is->finish(s, sum);
	if (s->server == NULL)
		return file_replace(s, e);
	serve_text(s->server, buf_slice(&s->buf));
	s->buf.n = 0;
	return true;
}

/* The last words of a live sink. */
static bool close_live(struct sink *s, struct errors *e)
{
	bool grows = s->is->handshake != NULL;

	if (s->server != NULL) {
		serve_close(s->server);
		return true;
	}
	if (!grows && s->path != NULL)
		return s->buf.n == 0 || file_replace(s, e);
	return queue_close(s, e);
}

static void sink_free(struct sink *s)
{
	if (s->is->close != NULL)
		s->is->close(s);
	buf_done(&s->buf);
	free(s);
}

bool sink_close(struct sink *s, struct errors *e)
{
	bool written;

	if (s == NULL)
		return true;
	if (s->live) {
		written = close_live(s, e);
		file_release(s);
	} else {
		if (!s->failed)
			file_flush(s);
		written = file_close(s, e);
	}
	sink_free(s);
	return written;
}

void sink_discard(struct sink *s)
{
	if (s == NULL)
		return;
	file_discard(s);
	sink_free(s);
}
