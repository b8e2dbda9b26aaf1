/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file: where a sink's bytes go.  Private to the room.
 */
#ifndef OUT_FILE_H
#define OUT_FILE_H

#include "out/out.h"

/* target: a path, or "-".  Sets path, beside, fd and regular; false: *e says why. */
bool file_open(struct sink *s, const char *target, struct errors *e);

/* Writes s->buf and empties it; s->failed if it could not. */
void file_flush(struct sink *s);

/* The same if much has gathered: to be called between records. */
void file_relieve(struct sink *s);

/* Gives the file its name, or takes it away if writing failed; false: *e says why. */
bool file_close(struct sink *s, struct errors *e);

/* Closes it, and takes away what is beside the name. */
void file_discard(struct sink *s);

#endif
