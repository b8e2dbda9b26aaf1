/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json: writing JSON (RFC 8259) into a buf, one value after the other.
 *
 * The writer keeps the commas; the caller keeps the brackets balanced.
 *
 *	json_open(w, '{'); json_key(w, "port"); json_number(w, 443); json_close(w, '}');
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/buf.h"

struct json {
	struct buf *to;
	bool comma;		/* something stands before the next value */
};

void json_open(struct json *w, char bracket);		/* '{' or '[' */
void json_close(struct json *w, char bracket);		/* '}' or ']' */
void json_key(struct json *w, const char *key);		/* plain ASCII, no quotes in it */
void json_number(struct json *w, uint64_t v);
void json_bool(struct json *w, bool v);
void json_raw(struct json *w, struct slice s);		/* already JSON: a decimal fraction */
void json_text(struct json *w, const char *s);		/* our own words: ASCII or UTF-8 */

/*
 * Bytes from the wire.  Control characters are escaped as JSON wants it; a byte
 * that is not ASCII becomes the four characters \xNN, so that the output is
 * valid UTF-8 whatever came in.
 */
void json_wire(struct json *w, struct slice s);

#endif
