/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conf: the bytes of a file, before they are YAML.
 *
 * libyaml would check the encoding too, but it guesses UTF-16 and gives no
 * line; here the place is known.
 */
#include "conf/bytes.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define CHUNK 65536

bool bytes_read(const char *path, struct errors *e, struct buf *ret)
{
	struct place at = { .file = path };
	FILE *f = fopen(path, "re");
	bool sound = f != NULL;
	size_t got = 1;

	while (sound && got > 0 && ret->n <= CONF_BYTES) {
		buf_room(ret, CHUNK);
		got = fread(ret->p + ret->n, 1, CHUNK, f);
		ret->n += got;
		sound = !ferror(f);
	}
	if (!sound)
		errors_add(e, at, "cannot be read: %s", strerror(errno));
	if (f != NULL)
		fclose(f);
	if (sound && ret->n > CONF_BYTES)
		errors_add(e, at, "larger than %d MiB; expected a configuration file",
			   CONF_BYTES / 1024 / 1024);
	return sound && ret->n <= CONF_BYTES;
}

struct slice bytes_unmarked(struct slice text)
{
	if (text.n >= 3 && memcmp(text.p, "\xef\xbb\xbf", 3) == 0)
		return (struct slice){ text.p + 3, text.n - 3 };
	return text;
}

/* How many bytes follow this first byte of a character; 4: none can. */
static unsigned tail_of(uint8_t first, uint32_t *ret_bits)
{
	static const struct { uint8_t mask, is; } forms[] = {
		{ 0x80, 0x00 }, { 0xe0, 0xc0 }, { 0xf0, 0xe0 }, { 0xf8, 0xf0 }
	};

	for (unsigned i = 0; i < 4; i++)
		if ((first & forms[i].mask) == forms[i].is) {
			*ret_bits = (uint32_t)(first & ~forms[i].mask);
			return i;
		}
	return 4;
}

/* The next character; false: no UTF-8 (too short, too long a form, a surrogate, too large). */
static bool next_char(struct cursor *c, uint32_t *ret)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	unsigned tail = tail_of(cur_u8(c), ret);

	if (tail > 3)
		return false;
	for (unsigned i = 0; i < tail; i++) {
		uint8_t b = cur_u8(c);

		if ((b & 0xc0) != 0x80)
			return false;
		*ret = *ret << 6 | (b & 0x3f);
	}
	return *ret >= least[tail] && *ret <= 0x10ffff && (*ret < 0xd800 || *ret > 0xdfff);
}

static bool allowed(uint32_t c)
{
	if (c < 0xa0)
		return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c < 0x7f) || c == 0x85;
	return c != 0xfeff && c != 0xfffe && c != 0xffff;
}

bool bytes_sound(struct slice text, const char *file, struct errors *e)
{
	struct cursor c = cursor_of(text);
	struct place at = { .file = file, .line = 1, .col = 1 };
	uint32_t ch = 0, before = 0;

	while (cur_left(&c) > 0) {
		if (!next_char(&c, &ch)) {
			errors_add(e, at, "not UTF-8; expected a text file in UTF-8");
			return false;
		}
		if (!allowed(ch)) {
			errors_add(e, at, "the character U+%04X is not allowed in YAML",
				   (unsigned)ch);
			return false;
		}
		at.col++;
		if (ch == '\r' || (ch == '\n' && before != '\r'))
			at.line++;
		if (ch == '\r' || ch == '\n')
			at.col = 1;
		before = ch;
	}
	return true;
}
