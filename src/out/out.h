/* SPDX-License-Identifier: Apache-2.0 */
/*
 * out: records leave the program.
 *
 * To add an output: write out/NAME.c, which exports one struct output, and
 * give it one line in outputs.def.  An output walks the field table rather
 * than naming fields, so a new field reaches it for free.
 *
 * An output prints into sink->buf; out.c writes whole records to the file in
 * large pieces.  Files are written beside their name and renamed when closed;
 * streams end on a whole line.
 */
#ifndef OUT_OUT_H
#define OUT_OUT_H

#include "capture/capture.h"
#include "flow/flow.h"
#include "host/host.h"

/* What the run came to: for the summary record and the report's head and foot. */
struct summary {
	const struct capture_state *capture;
	const struct flow_state *flow;
	const char *const *inputs;		/* as named by the operator */
	size_t ninputs;
	uint64_t first, last;			/* time of the first and last packet; 0: none */
	uint64_t tcp, udp, other;		/* packets by what they were */
	uint64_t cut;				/* packets shorter than they were on the wire */
	struct undecoded {			/* by cause, most frequent first */
		enum decoded why;
		enum key key;			/* of DECODED_LINKTYPE and DECODED_LAYER */
		uint32_t value;
		uint64_t count;
	} undecoded[32];
	size_t nundecoded;
	uint64_t undecoded_other;		/* causes that found no place above */
	uint64_t unrecorded;			/* handshakes lost for want of memory */
	uint64_t overrun;			/* live: lost, for hosts and outputs were behind */
	const struct m365 *m365;
	const struct ruleset *rules;
	struct hosts *hosts;
	struct groups *groups;			/* networks the hosts are in; NULL: not asked for */
	uint64_t findings;
	uint64_t now;				/* wall clock, for the data's age; 0: none */
	bool all;				/* --scope all */
	bool interrupted;			/* stopped before the end of the input */
	uint64_t most;				/* -c: packets to read at most; 0: all */
	struct errors *damage;			/* files cut short and left out */
};

/* Packets lost before they could be read, and whether they are a thousandth or more. */
uint64_t summary_lost(const struct summary *sum);
bool summary_is_lossy(const struct summary *sum);

struct sink {
	const struct output *is;
	char *path;			/* as the operator named it; NULL: standard output */
	char *beside;			/* what is written until the end; NULL: a stream */
	int fd;
	struct buf buf;
	unsigned columns;		/* of the terminal; 80 if it is none */
	bool color;
	bool verbose;			/* -v */
	bool regular;			/* fd is a plain file, which can be cut back */
	bool failed;			/* said once; nothing more is written */
	int error;			/* errno of what failed; of a live one: is failing */

	bool live;			/* opened by sink_open_live(): see queue.c */
	bool inside;			/* what was written last does not end a record */
	size_t taken;			/* bytes of buf that were written */
	uint64_t retry_at;
	uint64_t lost, lost_ever;	/* records without room: not yet told, and all */
	struct server *server;		/* of a served output; else NULL */

	struct sink *next_open;		/* for sinks_abandon() */
	void *priv;			/* the output's own */
};

struct output {
	const char *name;		/* -o NAME[:TARGET] */
	const char *help;
	bool wants_handshakes;		/* else sightings need not be handed to it */
	bool served;			/* live, its target may be ADDRESS:PORT to be asked at */
	void (*open)(struct sink *s);				/* any may be NULL */
	void (*handshake)(struct sink *s, const struct sighting *sighting);
	void (*finish)(struct sink *s, const struct summary *sum);	/* the end */
	void (*lost)(struct sink *s, uint64_t n);	/* live: n records are missing here */
	void (*close)(struct sink *s);				/* frees priv */
};

/*
 * spec: "NAME" or "NAME:TARGET".  NULL: *e says why.  From the first call on
 * SIGPIPE is ignored: a reader that goes away is a write error like any other.
 */
struct sink *sink_open(const char *spec, struct errors *e);

/* A command's own output, which is not in outputs.def; target: a path or "-".  priv is set. */
struct sink *sink_open_as(const struct output *is, const char *target, void *priv,
			  struct errors *e);
void sink_handshake(struct sink *s, const struct sighting *sighting);
void sink_finish(struct sink *s, const struct summary *sum);
bool sink_close(struct sink *s, struct errors *e);	/* false: not everything was written */
void sink_discard(struct sink *s);		/* a file is left as it was before sink_open */

/*
 * The same for a capture that goes on.  An output that takes handshakes grows: it is
 * appended to, never waited for, and what it does not take is kept, then lost and
 * counted (queue.c).  The others are replaced whole by sink_snapshot(), as a file or
 * as what is answered to those who ask (serve.c).
 */
struct sink *sink_open_live(const char *spec, struct errors *e);

/*
 * Writes what can be written without waiting; often, say each tick.  now: of any clock,
 * in nanoseconds, for one try a second while it fails.  *e: what changed, said once.
 */
void sink_pump(struct sink *s, uint64_t now, struct errors *e);

/* The file that now has the name, after logrotate(8); false: *e says why the old one is kept. */
bool sink_reopen(struct sink *s, struct errors *e);

/* An output of figures that is a file or is served: written anew, whole; false: *e says why not. */
bool sink_snapshot(struct sink *s, const struct summary *sum, struct errors *e);

/* Whether spec names an output there is; false: *e says what was meant, perhaps. */
bool sink_check(const char *spec, struct errors *e);

/*
 * Removes what was written beside its name and is not yet closed: for a handler
 * of signals that end the program (it only unlinks).  exit(3) does it by itself.
 */
void sinks_abandon(void);

size_t output_count(void);
const struct output *output_at(size_t i);

#define OUTPUT(name) extern const struct output name;
#include "out/outputs.def"
#undef OUTPUT

#endif
