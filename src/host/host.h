/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host: sightings gather on the hosts that sent them.
 *
 * A finding is one rule broken by one culprit, first and last seen, counted,
 * with the sightings that show it best.  Owned by the aggregator alone.
 *
 * Both are bounded.  When there are too many, the mildest goes first, and of
 * equals the one not seen for longest; what goes is counted.
 */
#ifndef HOST_HOST_H
#define HOST_HOST_H

#include "fact/sighting.h"
#include "rule/rule.h"
#include "rule/sequence.h"

struct hosts;

#define EVIDENCE_MOST 5		/* sightings kept for one finding */
#define FIXES_MOST 4		/* fixes kept for one finding */
#define VERSION_RANKS 8		/* 0: not known; else tls_version_rank() */

enum grade { GRADE_GOOD, GRADE_FAIR, GRADE_POOR, GRADES };	/* the field quality.grade */
enum confidence { CONFIDENCE_LOW, CONFIDENCE_MEDIUM, CONFIDENCE_HIGH };

extern const char *const grade_names[];		/* "good" "fair" "poor" */
extern const char *const confidence_names[];	/* "low" "medium" "high" */

struct host;

/* One sighting that shows a finding; texts are owned by the hosts. */
struct evidence {
	uint64_t ts;
	enum grade grade;
	const char *file;		/* NULL: live */
	uint64_t frames[HANDSHAKE_FRAMES];
	uint8_t nframes;
	const char *display_filter;
	const char *community_id;
	const struct evidence *then;	/* of a sequence, the handshake of the next step; NULL */
};

struct finding {
	const struct rule *rule;
	struct addr who;		/* the culprit's address */
	uint16_t port;			/* of a server or proxy; 0: a host */
	const char *label;		/* a name for it, if one is known; NULL */
	const char *message;		/* of the first sighting */
	uint64_t first, last, count;
	struct evidence evidence[EVIDENCE_MOST];
	unsigned nevidence;		/* the best captured first, then the earliest */
	struct called_for {
		const struct fix *fix;
		uint64_t count;		/* of sightings */
	} fixes[FIXES_MOST];		/* the most called for first; one a stack, mostly */
	unsigned nfixes;
	uint64_t fixes_over;		/* sightings that called for yet another one */
	uint64_t grades[GRADES];	/* sightings by quality */
	uint64_t complete;		/* of them with a whole ClientHello */
	uint64_t one_way;		/* of them seen from one side */
	uint64_t results[RESULTS];	/* sightings by how they ended */
	uint8_t reset_ttl, synack_ttl;	/* of the first reset seen; 0: not known */
	const struct host *host;	/* the culprit, if it is a host still kept; else NULL */
};

struct host {
	struct addr ip;
	uint64_t first, last;
	uint64_t handshakes;
	uint64_t offered[VERSION_RANKS];	/* by rank of offer.max */
	uint64_t negotiated[VERSION_RANKS];	/* by rank of answer.version; 0: no answer */
	uint64_t results[RESULTS];
	uint8_t areas;				/* bit set by enum area */
	const struct finding *const *findings;	/* highest level first */
	size_t nfindings;
};

/* What all sightings came to, whoever sent them. */
struct totals {
	uint64_t handshakes;
	uint64_t results[RESULTS];
	uint64_t offered[VERSION_RANKS], negotiated[VERSION_RANKS];	/* as of a host */
	uint64_t grades[GRADES];
	uint64_t no_offer;		/* answer or certificate without a ClientHello */
	uint64_t incomplete;		/* ClientHellos that were cut off */
	uint64_t malformed;		/* with something wrong in a hello that made sense */
	uint64_t one_way, midstream, truncated, overflow;
	uint64_t lossy;			/* with holes in the bytes */
	uint64_t overlaps;		/* with bytes sent twice, differently */
	uint64_t hidden;		/* certificates TLS 1.3 or resumption keeps from view */
	uint64_t hits_over;		/* rules broken beyond the SIGHTING_HITS of one handshake */
	uint64_t ech;
	uint64_t proxied;		/* through CONNECT or SOCKS */
};

struct hosts_options {
	size_t most;			/* hosts, and findings, kept; 0: 100,000 */
	size_t sequences;		/* keys of sequence rules; 0: 100,000 */
	const struct ruleset *rules;	/* that outlive the hosts; NULL: no late facts are judged */
};

struct hosts *hosts_new(const struct hosts_options *o);		/* NULL: all by default */
void hosts_free(struct hosts *h);

/* Adds the late facts to a judged sighting, judges the rules on them, and counts it. */
void hosts_sighting(struct hosts *h, struct sighting *s);

/*
 * Everything, in order: findings by level (highest first), culprit (those that
 * also do better last) and rule;
 * hosts by their worst finding, then address.  Good until the next sighting.
 */
size_t hosts_findings(struct hosts *h, const struct finding *const **ret);
size_t hosts_all(struct hosts *h, const struct host *const **ret);
uint64_t hosts_forgotten(const struct hosts *h);	/* let go because of `most` */
uint64_t hosts_findings_forgotten(const struct hosts *h);	/* the same of findings */
struct sequences_state hosts_sequences(const struct hosts *h);
uint64_t hosts_fixes_over(struct hosts *h);		/* fixes_over of all findings */
const struct totals *hosts_totals(const struct hosts *h);

/* Complete hellos of a host that offer less than TLS 1.2, and those that offer it or more. */
uint64_t host_low_offers(const struct host *h);
uint64_t host_high_offers(const struct host *h);

/* How many handshakes of a host failed: alert, reset, closed, silent or refused. */
uint64_t results_failed(const uint64_t results[static RESULTS]);

/* "4 established, 2 alert": what is not zero, in the order of enum result. */
void results_words(const uint64_t results[static RESULTS], struct buf *ret);

/* "tls1.0" for the rank of tls1.0; NULL: no version has that rank. */
const char *version_of_rank(unsigned rank);

/*
 * How far the capture carries a finding.  high: two good sightings or more;
 * medium: one good, or two fair; low: less.
 */
enum confidence finding_confidence(const struct finding *f);

/* The reasons, each in words, and what the host does in its other handshakes. */
enum because {
	BECAUSE_COUNT, BECAUSE_HELLOS, BECAUSE_GRADES, BECAUSE_SIDES, BECAUSE_OUTCOME,
	BECAUSE_HOST, BECAUSES
};

/* Adds the words to *ret; false: there is nothing to say, and *ret is as it was. */
bool finding_because(const struct finding *f, enum because why, struct buf *ret);

#endif
