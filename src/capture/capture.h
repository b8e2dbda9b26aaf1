/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: where frames come from: files now, an interface later.
 *
 * A source is a list of captures read as one stream.  Its frames are handed
 * out in batches and are borrowed: their bytes are good until the next
 * capture_batch() on the same source; what `from` points at lives until
 * source_free().
 *
 * The only room that knows libpcap, zlib and zstd.
 */
#ifndef CAPTURE_CAPTURE_H
#define CAPTURE_CAPTURE_H

#include <stdbool.h>

#include "base/addr.h"
#include "base/cursor.h"
#include "base/error.h"

#define CAPTURE_BATCH 64	/* frames that one call hands out at most */

/* Which file and interface a frame came from. */
struct origin {
	const char *file;	/* as the operator named it; "-" for standard input; NULL: live */
	const char *interface;	/* pcapng if_name (made printable) or the live one; or NULL */
	uint32_t linktype;	/* LINKTYPE_* of the tcpdump registry */
	uint32_t snaplen;	/* 0: not known or unlimited */
};

struct frame {
	uint64_t ts;			/* nanoseconds since 1970: the only clock there is */
	uint64_t number;		/* from 1 in its file, as Wireshark counts */
	struct slice bytes;		/* as captured: may be shorter than on the wire */
	uint32_t wire_length;		/* as sent; never less than bytes.n */
	const struct origin *from;
};

struct capture_options {
	uint64_t most;			/* -c: frames to read at most; 0: all */
	const char *filter;		/* a BPF expression; NULL: none */
};

/* What reading has come to; the share is for a progress bar. */
struct capture_state {
	uint64_t files, files_done;
	uint64_t bytes, bytes_done;	/* of the files on disk; bytes 0: not known (a pipe) */
	uint64_t packets, packet_bytes;	/* handed out so far */
	uint64_t filtered;		/* read, but not let through by the filter */
	uint64_t kernel_drops;		/* pcapng interface statistics: isb_osdrop + isb_ifdrop */
	bool live;			/* from interfaces: kernel_drops are the kernel's alone, */
	uint64_t interface_drops;	/* and these the interfaces' */
	unsigned cut_short;		/* files that ended inside a record or were damaged */
	unsigned left_out;		/* paths that could not be read, or are no captures */
	const struct hostnames *names;	/* that the captures give to addresses */
	uint64_t names_left_out;	/* there were too many, or a block of them was too long */
};

struct source;

/*
 * Opens nothing but names: folders are expanded, then all files are put in the
 * order of their first packet's time ("-" keeps its place).  What cannot be
 * read as a capture is said in *e, with what it looks like instead, and is
 * left out; NULL: nothing is left, or an option is wrong.  *e is kept for what
 * reading will find.  A folder's files that are no captures are said in one
 * message and do not count as left out; folders inside are not read.
 */
struct source *source_open(const char *const *paths, size_t n,
			   const struct capture_options *o, struct errors *e);
void source_free(struct source *s);

/*
 * Up to CAPTURE_BATCH frames into ret.  0: the source is over.  Damage ends a
 * file, not the source: what was readable is handed out, then source_state()
 * counts the file as cut short and *e (that of source_open) says where:
 * "FILE: cut short at byte N, in the middle of a packet; ...".
 */
unsigned capture_batch(struct source *s, struct frame ret[static CAPTURE_BATCH]);

const struct capture_state *source_state(const struct source *s);

/*
 * What a capture calls an address, safe to print; NULL: nothing.  Hearsay, to
 * label with: never evidence.  Good until source_free().
 */
const char *capture_name(const struct capture_state *st, const struct addr *a);

/*
 * For a signal handler: a read that waits for a pipe ends as if the input had
 * ended.  The handler must be set without SA_RESTART.
 */
void capture_stop(void);

/* Whether the expression can be compiled for any of the usual link types; *e says why not. */
bool capture_filter_check(const char *expression, struct errors *e);

const char *capture_library_version(void);	/* "libpcap 1.10.3", for --version */

#endif
