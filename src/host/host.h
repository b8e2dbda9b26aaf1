/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host: sightings gather on the hosts that sent them.
 *
 * A finding is one rule broken by one culprit, first and last seen, counted,
 * with the sightings that show it best.  Owned by the aggregator alone.
 */
#ifndef HOST_HOST_H
#define HOST_HOST_H

#include "fact/sighting.h"
#include "rule/rule.h"

struct hosts;

#define EVIDENCE_MOST 5		/* sightings kept for one finding */
#define VERSION_RANKS 8		/* 0: not known; else tls_version_rank() */

/* One sighting that shows a finding; texts are owned by the hosts. */
struct evidence {
	uint64_t ts;
	const char *file;		/* NULL: live */
	uint64_t frames[HANDSHAKE_FRAMES];
	uint8_t nframes;
	const char *display_filter;
	const char *community_id;
};

struct finding {
	const struct rule *rule;
	struct addr who;		/* the culprit's address */
	uint16_t port;			/* of a server or proxy; 0: a host */
	const char *label;		/* a name for it, if one is known; NULL */
	const char *message;		/* of the first sighting */
	uint64_t first, last, count;
	struct evidence evidence[EVIDENCE_MOST];
	unsigned nevidence;
	uint64_t grades[3];		/* sightings by quality: good fair poor */
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

struct hosts *hosts_new(size_t most);		/* hosts kept; 0: 100,000 */
void hosts_free(struct hosts *h);
void hosts_sighting(struct hosts *h, const struct sighting *s);

/*
 * Everything, in order: findings by level (highest first), culprit and rule;
 * hosts by their worst finding, then address.  Good until the next sighting.
 */
size_t hosts_findings(struct hosts *h, const struct finding *const **ret);
size_t hosts_all(struct hosts *h, const struct host *const **ret);
uint64_t hosts_forgotten(const struct hosts *h);	/* let go because of `most` */

#endif
