/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule: tests on facts.  Judging cannot fail and does not allocate.
 *
 * A fact that is not known fails every test but `exists`.  A version counts as
 * what it counts as everywhere (drafts of TLS 1.3 as tls1.3); a code that is no
 * version at all counts as not known.
 */
#include <string.h>

#include "rule/code.h"

static bool among(const struct operand *with, uint64_t n)
{
	size_t low = 0, high = with->nnumbers;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (with->numbers[mid] == n)
			return true;
		if (with->numbers[mid] < n)
			low = mid + 1;
		else
			high = mid;
	}
	return false;
}

/* A code is meant by its number, or by a class of suites it is in. */
static bool meant(const struct operand *with, uint64_t code)
{
	return among(with, code) ||
	       (with->mask != 0 && (cipher_classes((uint32_t)code) & with->mask) != 0);
}

/* ---- numbers and versions -------------------------------------------------------------- */

static bool compare(enum op_id op, uint64_t left, uint64_t right)
{
	switch ((unsigned)op) {
	case OP_AT_MOST:	return left <= right;
	case OP_AT_LEAST:	return left >= right;
	case OP_LESS:		return left < right;
	case OP_MORE:		return left > right;
	default:		return left == right;
	}
}

static bool version_holds(const struct test *t, uint16_t left, uint16_t right)
{
	if (left == 0 || right == 0)
		return false;
	if (t->op == OP_IS)
		return left == right;
	return compare(t->op, tls_version_rank(left), tls_version_rank(right));
}

static bool number_holds(const struct test *t, const struct value *v, const struct value *values)
{
	const struct value *other = t->compares ? &values[t->other] : NULL;
	bool version = t->type == VALUE_VERSION;
	uint64_t left = version ? tls_version_counts((uint16_t)v->number) : v->number;
	uint64_t right;

	if (other != NULL && other->type != t->type)
		return false;
	if (other == NULL && t->op == OP_IS)
		return meant(&t->with, left);
	right = other ? other->number : t->with.numbers[0];
	if (!version)
		return compare(t->op, left, right);
	return version_holds(t, (uint16_t)left, tls_version_counts((uint16_t)right));
}

/* ---- texts (any case: names, words and hex digits all mean the same) ------------------- */

uint8_t byte_lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

static bool same(const uint8_t *a, const uint8_t *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (byte_lower(a[i]) != byte_lower(b[i]))
			return false;
	return true;
}

static bool contains(struct slice text, struct slice part)
{
	for (size_t i = 0; part.n <= text.n && i <= text.n - part.n; i++)
		if (same(text.p + i, part.p, part.n))
			return true;
	return false;
}

/* On a mismatch the last star takes one character more; so it is quadratic at worst. */
bool text_like(struct slice text, struct slice pattern)
{
	size_t t = 0, p = 0, star = SIZE_MAX, from = 0;

	while (t < text.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			from = t;
		} else if (p < pattern.n && (pattern.p[p] == '?' ||
					     byte_lower(pattern.p[p]) ==
					     byte_lower(text.p[t]))) {
			p++;
			t++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			t = ++from;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

static bool text_is(struct slice text, struct slice other)
{
	return text.n == other.n && same(text.p, other.p, text.n);
}

static bool one_text_holds(enum op_id op, struct slice text, struct slice with)
{
	switch ((unsigned)op) {
	case OP_STARTS_WITH:
		return text.n >= with.n && same(text.p, with.p, with.n);
	case OP_ENDS_WITH:
		return text.n >= with.n && same(text.p + text.n - with.n, with.p, with.n);
	case OP_CONTAINS:
		return contains(text, with);
	case OP_GLOB:
		return text_like(text, with);
	default:
		return text_is(text, with);
	}
}

static bool text_holds(const struct test *t, const struct value *v)
{
	for (size_t i = 0; i < t->with.ntexts; i++)
		if (one_text_holds(t->op, v->bytes, t->with.texts[i]))
			return true;
	return false;
}

/* Bytes are bytes: no letters in them. */
static bool bytes_hold(const struct test *t, const struct value *v)
{
	for (size_t i = 0; i < t->with.ntexts; i++) {
		struct slice with = t->with.texts[i];
		size_t k = 0;

		while (with.n == v->bytes.n && k < with.n && with.p[k] == v->bytes.p[k])
			k++;
		if (with.n == v->bytes.n && k == with.n)
			return true;
	}
	return false;
}

static bool addr_holds(const struct test *t, const struct value *v)
{
	for (size_t i = 0; i < t->with.nblocks; i++)
		if (prefix_has(&t->with.blocks[i], &v->addr))
			return true;
	return false;
}

/* ---- lists ------------------------------------------------------------------------------ */

static bool set_holds(const struct test *t, const struct value *v)
{
	uint64_t common = v->number & t->with.mask;

	switch ((unsigned)t->op) {
	case OP_HAS:		return common != 0;
	case OP_HAS_ALL:	return common == t->with.mask;
	case OP_ONLY:		return v->number != 0 && common == v->number;
	default:		return common == 0;
	}
}

uint64_t value_item(const struct value *v, size_t i)
{
	if (v->type == VALUE_NUMBERS)
		return value_number(v, i);
	if (v->type == VALUE_VERSIONS)
		return tls_version_counts((uint16_t)value_code(v, i));
	return value_code(v, i);
}

static bool codes_have_all(const struct test *t, const struct value *v)
{
	size_t n = value_count(v);
	uint64_t classes = 0;

	for (size_t i = 0; t->with.mask != 0 && i < n; i++)
		classes |= cipher_classes(value_code(v, i));
	for (size_t k = 0; k < t->with.nnumbers; k++) {
		size_t i = 0;

		while (i < n && value_item(v, i) != t->with.numbers[k])
			i++;
		if (i == n)
			return false;
	}
	return (classes & t->with.mask) == t->with.mask;
}

static bool codes_hold(const struct test *t, const struct value *v)
{
	size_t n = value_count(v);
	bool only = t->op == OP_ONLY;

	if (t->op == OP_HAS_ALL)
		return codes_have_all(t, v);
	for (size_t i = 0; i < n; i++)
		if (meant(&t->with, value_item(v, i)) != only)
			return t->op == OP_HAS;
	return t->op == OP_NONE_OF || (only && n > 0);
}

static bool text_among(const struct operand *with, struct slice s)
{
	for (size_t i = 0; i < with->ntexts; i++)
		if (text_is(s, with->texts[i]))
			return true;
	return false;
}

static bool texts_have(const struct value *v, struct slice with)
{
	struct cursor c = cursor_of(v->bytes);
	struct slice s;

	while (value_next_text(&c, &s))
		if (text_is(s, with))
			return true;
	return false;
}

static bool texts_hold(const struct test *t, const struct value *v)
{
	struct cursor c = cursor_of(v->bytes);
	bool only = t->op == OP_ONLY, some = false;
	struct slice s;

	for (size_t i = 0; t->op == OP_HAS_ALL && i < t->with.ntexts; i++)
		if (!texts_have(v, t->with.texts[i]))
			return false;
	while (t->op != OP_HAS_ALL && value_next_text(&c, &s)) {
		some = true;
		if (text_among(&t->with, s) != only)
			return t->op == OP_HAS;
	}
	return t->op == OP_NONE_OF || t->op == OP_HAS_ALL || (only && some);
}

/* ---- rules ------------------------------------------------------------------------------ */

/*
 * What a list does not hold, or holds alone, cannot be told from its beginning:
 * the lists of a hello that was cut off are such beginnings.
 */
static bool needs_more(const struct test *t, const struct value *values)
{
	const struct value *whole = &values[FIELD_OFFER_COMPLETE];

	return (t->op == OP_ONLY || t->op == OP_NONE_OF) && whole->type == VALUE_BOOL &&
	       !whole->number && strncmp(fields[t->field].name, "offer.", 6) == 0;
}

bool test_holds_on(const struct test *t, const struct value *v, const struct value *values)
{
	if (t->op == OP_EXISTS)
		return value_known(v) == t->exists;
	if (v->type != t->type || needs_more(t, values))
		return false;
	switch (t->type) {
	case VALUE_BOOL:
	case VALUE_NUMBER:
	case VALUE_MS:
	case VALUE_TIME:
	case VALUE_VERSION:	return number_holds(t, v, values);
	case VALUE_TEXT:	return text_holds(t, v);
	case VALUE_HEX:		return bytes_hold(t, v);
	case VALUE_ADDR:	return addr_holds(t, v);
	case VALUE_SET:		return set_holds(t, v);
	case VALUE_TEXTS:	return texts_hold(t, v);
	case VALUE_CODES:
	case VALUE_CIPHERS:
	case VALUE_VERSIONS:
	case VALUE_NUMBERS:	return codes_hold(t, v);
	case VALUE_NONE:	break;
	}
	return false;
}

bool test_holds(const struct test *t, const struct value *values)
{
	return test_holds_on(t, &values[t->field], values);
}

bool code_fires(const struct rule_code *c, const struct value *values)
{
	unsigned at = 0;

	while (at < c->n) {
		const struct test *t = &c->tests[at];

		at = test_holds(t, values) ? t->yes : t->no;
	}
	return at == CODE_FIRES;
}
