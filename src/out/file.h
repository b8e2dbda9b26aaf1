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

/* For queue.c: the name to write to, owned by the caller; a message; freeing the names. */
char *file_resolve(const char *target);
int file_follows(const char *path);	/* for open(2): O_NOFOLLOW, or 0 for a link of our own */
void file_say(const struct sink *s, int error, struct errors *e);
void file_release(struct sink *s);

/* What finish() printed into s->buf becomes the file, whole; false: *e says why not. */
bool file_replace(struct sink *s, struct errors *e);

/* ---- queue.c: live sinks ----------------------------------------------------------------- */

bool queue_open(struct sink *s, const char *target, struct errors *e);

/* Whether a record may be put behind s->buf; false: it counts as lost. */
bool queue_has_room(struct sink *s);
bool queue_close(struct sink *s, struct errors *e);

#endif
