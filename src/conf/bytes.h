/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conf: the bytes of a file, before they are YAML.
 *
 * Private to the room.
 */
#ifndef CONF_BYTES_H
#define CONF_BYTES_H

#include "base/buf.h"
#include "base/error.h"

enum { CONF_BYTES = 64 * 1024 * 1024 };		/* the largest file that is read */

/* The whole file; false: it could not be read or is too large, and *e says so. */
bool bytes_read(const char *path, struct errors *e, struct buf *ret);

/* Without a byte order mark. */
struct slice bytes_unmarked(struct slice text);

/*
 * Whether the text is UTF-8 (RFC 3629) and free of characters that YAML 1.1
 * does not allow (section 5.1: NUL, most controls); the first one that is not
 * is said in *e.
 */
bool bytes_sound(struct slice text, const char *file, struct errors *e);

#endif
