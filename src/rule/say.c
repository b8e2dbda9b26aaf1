/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule: mistakes in words.
 *
 * A list that five rules use is read five times; what is wrong in it is said once.
 */
#include <stdarg.h>
#include <string.h>

#include "rule/code.h"

static bool said(const struct loader *l, struct place at, const char *what)
{
	for (size_t i = 0; i < l->errors->n; i++) {
		const struct error *e = &l->errors->v[i];

		if (e->line == at.line && e->col == at.col && e->file != NULL &&
		    strcmp(e->file, at.file) == 0 && strcmp(e->what, what) == 0)
			return true;
	}
	return false;
}

__attribute__((format(printf, 3, 0)))
static void say(struct loader *l, struct place at, const char *fmt, va_list ap)
{
	char what[512];

	l->mistakes++;
	vsnprintf(what, sizeof(what), fmt, ap);
	if (!said(l, at, what))
		errors_add(l->errors, at, "%s", what);
}

bool rule_say(struct loader *l, const struct node *at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(l, (struct place){ l->file, at->line, at->col }, fmt, ap);
	va_end(ap);
	return false;
}

bool rule_say_test(struct loader *l, const struct test *at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(l, (struct place){ l->file, at->line, at->col }, fmt, ap);
	va_end(ap);
	return false;
}

const char *rule_meant(struct buf *ret, const char *text, const char *const *names, size_t n)
{
	const char *near = nearest(text, names, n);

	if (near != NULL)
		buf_printf(ret, "; did you mean \"%s\"?", near);
	return buf_text(ret);
}

const char *rule_meant_or(struct buf *ret, const char *text, const char *const *names, size_t n)
{
	rule_meant(ret, text, names, n);
	if (ret->n > 0)
		return buf_text(ret);
	buf_puts(ret, "; expected one of");
	for (size_t i = 0; i < n; i++)
		buf_printf(ret, " %s", names[i]);
	return buf_text(ret);
}

bool rule_say_id(struct loader *l, const struct node *at)
{
	return rule_say(l, at, "\"%s\" is no id; expected lower-case letters, digits and single "
			"hyphens between them", at->text);
}

bool rule_say_field(struct loader *l, const struct node *at)
{
	const char *names[FIELDS];
	struct buf meant = { 0 };

	for (size_t i = 0; i < FIELDS; i++)
		names[i] = fields[i].name;
	rule_say(l, at, "unknown field \"%s\"%s", at->text,
		 rule_meant(&meant, at->text, names, FIELDS));
	buf_done(&meant);
	return false;
}
