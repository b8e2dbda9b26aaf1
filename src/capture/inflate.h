/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: the bytes of a file descriptor from front to back, unpacked.
 *
 * What they are packed with is seen in their first bytes, never in a name.
 */
#ifndef CAPTURE_INFLATE_H
#define CAPTURE_INFLATE_H

#include "base/cursor.h"

enum packing {
	PACKING_NONE,
	PACKING_GZ,		/* RFC 1952, any number of members */
	PACKING_ZST,		/* RFC 8878, any number of frames */
};

#define PACKING_PEEK 4		/* bytes that packing_of() wants to see */

enum packing packing_of(struct slice first);
const char *packing_name(enum packing is);	/* "gz", "zst", NULL */

struct stream;

struct stream *stream_new(int fd);		/* the descriptor is borrowed */
void stream_free(struct stream *s);

/* Up to `room` (over 0) unpacked bytes; waits for at least one; 0: that was all. */
size_t stream_read(struct stream *s, uint8_t *ret, size_t room);

enum packing stream_packing(const struct stream *s);	/* known after the first read */
uint64_t stream_taken(const struct stream *s);		/* packed bytes read so far */

/* Why the bytes ended before they should ("the gz data ends too early"); NULL: they did not. */
const char *stream_wrong(const struct stream *s);
int stream_errno(const struct stream *s);		/* of a read that failed; 0: none did */

#endif
