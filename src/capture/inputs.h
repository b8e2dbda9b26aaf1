/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: the captures that the operator named, in the order in which they are read.
 */
#ifndef CAPTURE_INPUTS_H
#define CAPTURE_INPUTS_H

#include <sys/types.h>

#include "base/map.h"
#include "capture/reader.h"

struct input {
	char *path;		/* owned; origins point at it */
	size_t order;		/* in which it was named */
	bool fixed;		/* standard input or a FIFO: read once only, keeps its place */
	uint64_t first;		/* time of the first packet; 0: it has none */
	uint64_t size;		/* bytes on disk; 0 if fixed */
	uint32_t linktype;	/* of the first packet */
	bool has_packets;
	struct reader *reader;	/* fixed: open already; owned */
	dev_t device;		/* which file it is; not used if fixed */
	ino_t inode;
};

struct inputs {			/* zero-initialised is empty and ready */
	struct input *v;
	size_t n, cap;
	unsigned refused;	/* paths that could not be read and are left out */
	unsigned twice;		/* files named again */
	struct map *seen;	/* device and inode to the path that was added first */
};

/*
 * Adds a file, or the files of a folder.  Each is looked into up to its first
 * packet; what is no capture is said in *e and left out.  A file that was named
 * already, by whatever path, is said too and read once.
 */
void inputs_add(struct inputs *all, const char *path, struct arena *origins, struct errors *e);
void inputs_sort(struct inputs *all);
void inputs_done(struct inputs *all);

#endif
