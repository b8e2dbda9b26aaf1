/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: one capture being read, whatever its format and wherever its bytes.
 *
 * A format takes records that lie whole in the window and makes frames of
 * them.  What it cannot take stays in the window: it says why not, and may be
 * asked again.  To add a format: one file with a struct format, and one line in
 * file.c.
 */
#ifndef CAPTURE_READER_H
#define CAPTURE_READER_H

#include "base/arena.h"
#include "base/buf.h"
#include "capture/capture.h"
#include "capture/hostnames.h"
#include "capture/window.h"

#define READER_PEEK 24		/* bytes by which formats are told apart */

/* The longest frame: libpcap's MAXIMUM_SNAPLEN and Wireshark's limit; a longer one is damage. */
#define READER_FRAME_MOST 262144u

enum reading {
	READING_FULL,		/* as many frames as were asked for */
	READING_MORE,		/* window_more() is needed; `amid` says where it stopped */
	READING_DAMAGED,	/* `wrong` says how; there is no going on */
};

enum lengths {			/* in which order a packet's two lengths stand */
	LENGTHS_PLAIN,		/* captured, original */
	LENGTHS_SWAPPED,	/* original, captured */
	LENGTHS_EITHER,		/* as it makes sense */
};

struct pcap_header {
	bool big;
	uint32_t to_ns;			/* nanoseconds in a unit of the second time field */
	size_t record_size;		/* of the header before each packet */
	enum lengths lengths;
	struct origin *origin;		/* NULL: the file's header was not read yet */
};

struct snoop_header {
	struct origin *origin;		/* NULL: the file's header was not read yet */
	uint32_t dropped;		/* by the last packet's count */
};

struct interfaces;

struct pcapng_section {
	bool big;
	bool begun;			/* the first section header was read */
	uint32_t due;			/* the length that closes a block passed over; 0: none */
	uint64_t last;			/* time of the last packet that had one */
	struct interfaces *interfaces;	/* owned */
};

struct reader;

struct format {
	const char *name;
	bool (*knows)(struct slice first);	/* by READER_PEEK bytes, or all there are */
	/* Up to `room` frames of a file that it knows into ret, their number into *n. */
	enum reading (*read)(struct reader *r, struct frame *ret, unsigned room, unsigned *n);
	void (*done)(struct reader *r);		/* NULL: nothing to do */
};

extern const struct format format_pcap, format_pcapng, format_snoop;

struct reader {
	const char *name;		/* borrowed: the file, as the operator named it */
	const struct format *format;
	struct window window;
	int fd;
	uint64_t size;			/* of a plain file, when it was opened; 0: not known */
	struct arena *origins;		/* borrowed: what frames point at lives there */
	uint64_t number;		/* frames so far, as Wireshark counts */
	uint64_t no_packets;		/* of them that were something else */
	uint64_t dropped;		/* isb_ifdrop + isb_osdrop so far */
	struct hostnames *names;		/* borrowed; NULL: they are not asked for */
	uint64_t names_left_out;	/* names, and blocks of names too long to be read */
	const char *amid;		/* in the middle of this: "packet"; NULL: between records */
	char wrong[128];		/* what damage there is */
	struct pcap_header pcap;
	struct snoop_header snoop;
	struct pcapng_section ng;
};

/* Why a path is not being read. */
enum refusal {
	REFUSAL_SYSTEM,			/* it could not be opened or read */
	REFUSAL_FORMAT,			/* it is not a capture */
};

/*
 * Opens a file, or standard input for "-".  NULL: *ret says which kind of
 * refusal it is, and the reason is added to `why` in words.
 */
struct reader *reader_open(const char *name, struct arena *origins, struct buf *why,
			   enum refusal *ret);
void reader_close(struct reader *r);

/* What ended it before its end: "cut short at byte 77, ...", into `ret`; false: nothing did. */
bool reader_fault(const struct reader *r, enum reading last, struct buf *ret);

#endif
