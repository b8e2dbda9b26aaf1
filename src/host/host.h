/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host: sightings gather on the hosts that sent them.
 *
 * A finding is one rule broken by one culprit, first and last seen, counted,
 * with the sightings that show it best.  Owned by the aggregator alone.
 *
 * A host is an address; one of a private range also the VLAN it was seen in,
 * because such addresses are used again elsewhere.  What all its offers come
 * to is its verdict, worked out when it is asked for.
 *
 * Both are bounded.  When there are too many, the mildest goes first, and of
 * equals the one not seen for longest; what goes is counted.
 */
#ifndef HOST_HOST_H
#define HOST_HOST_H

#include "fact/sighting.h"
#include "host/proxy.h"
#include "rule/rule.h"
#include "rule/sequence.h"

struct hosts;

#define EVIDENCE_MOST 5		/* sightings kept for one finding */
#define FIXES_MOST 4		/* fixes kept for one finding */
#define STACKS_MOST 8		/* TLS stacks told apart behind one address */
#define MACS_MOST 2
#define VLAN_NONE 0xffff

enum grade { GRADE_GOOD, GRADE_FAIR, GRADE_POOR, GRADES };	/* the field quality.grade */
enum confidence { CONFIDENCE_LOW, CONFIDENCE_MEDIUM, CONFIDENCE_HIGH };

extern const char *const grade_names[];		/* "good" "fair" "poor" */
extern const char *const confidence_names[];	/* "low" "medium" "high" */

/* Contract, section 5. */
enum verdict {
	VERDICT_MODERN, VERDICT_LEGACY, VERDICT_MIXED, VERDICT_FALLBACK, VERDICT_WEAK,
	VERDICT_MASKED, VERDICT_UNKNOWN, VERDICTS
};

extern const char *const verdict_names[];	/* "modern" ... "unknown" */

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
	uint16_t vlan;			/* of a host told apart by it; VLAN_NONE */
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
	uint64_t complete;		/* handshakes with a whole ClientHello, each once */
	uint64_t one_way;		/* of them seen from one side */
	uint64_t results[RESULTS];	/* handshakes by how they ended, each once */
	uint8_t reset_ttl, synack_ttl;	/* of the first reset seen; 0: not known */
	enum confidence most;		/* more than that the facts behind it do not allow */
	const char *story;		/* what several handshakes come to, in words; NULL */
	const struct host *host;	/* the culprit, if it is a host still kept; else NULL */
	const struct proxy *proxy;	/* what legs show of the culprit; NULL: not by legs */
};

/* What a complete ClientHello offers, and why. */
enum offer_kind {
	OFFER_HIGH,		/* TLS 1.2 or above, with a suite that Microsoft 365 accepts */
	OFFER_WEAK,		/* TLS 1.2 or above without one */
	OFFER_LOW,		/* less, of its own accord */
	OFFER_RESUMED,		/* less, to take up a session and with it its version */
	OFFER_RETRY,		/* less, right after more has failed, or marked as that */
	OFFER_KINDS
};

struct tally {
	uint64_t n;
	uint64_t good, fair;	/* of them, by quality */
};

/* A TLS stack as the rules name it; kept once, however many hosts have it. */
struct known_stack {
	char *id, *label;
	uint32_t machines;	/* a bit a kind of machine that may have it; private to the room */
};

struct seen_stack {
	const struct known_stack *is;
	uint64_t count, first, last;
	uint8_t lowest, highest;	/* ranks of the best offers; 0: none was known */
};

struct host {
	struct addr ip;
	uint16_t vlan;				/* where it tells hosts apart; else VLAN_NONE */
	uint8_t areas;				/* bit set by enum area */
	uint8_t nmacs;				/* more than MACS_MOST: more were seen */
	uint8_t macs[MACS_MOST][6];
	bool has_routers;			/* other addresses were seen under one of these */
	bool has_namesake;			/* the address was seen in other VLANs too */
	bool does_better;			/* in another VLAN this address offers TLS 1.2 */
	uint64_t first, last;
	uint64_t handshakes;
	uint64_t offered[VERSION_RANKS];	/* by rank of offer.max */
	uint64_t negotiated[VERSION_RANKS];	/* by rank of answer.version; 0: no answer */
	uint64_t results[RESULTS];
	struct tally offers[OFFER_KINDS];	/* complete ClientHellos */
	uint64_t marked;			/* low ones with TLS_FALLBACK_SCSV */
	uint64_t followed;		/* low ones behind a higher one that failed */
	uint64_t held_down;			/* low ones with signs of a stack that knows more */
	uint64_t weak_established;		/* weak ones that went through all the same */
	uint64_t answered_high;			/* TLS 1.2 chosen where the offer is not known */
	uint64_t incomplete;			/* ClientHellos that were cut off */
	uint64_t truncated, lossy, one_way;
	uint64_t raised;			/* low ones that a proxy sends on as TLS 1.2 */
	uint64_t upstream;			/* legs of a proxy: the clients are others */
	uint64_t aliased_low, aliased_high;	/* offers of a device under its address */
	struct addr proxy;			/* the last one that raised */
	struct seen_stack stacks[STACKS_MOST];	/* in the order they were first seen */
	uint8_t nstacks;
	uint64_t more_stacks;			/* complete ClientHellos of stacks beyond these */
	uint64_t unnamed;			/* complete ones of no stack that is known */
	uint32_t machines;			/* kinds of machine that may have all of these */
	const struct finding *const *findings;	/* highest level first */
	size_t nfindings;
	const struct fix *path_fix;	/* that the worst finding about its path calls for; NULL */
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

#define PROXIES_KNOWN_MOST 32

struct known_proxy {
	struct addr ip;
	uint16_t port;			/* 0: any */
};

struct hosts_options {
	size_t most;			/* hosts, and findings, kept; 0: 100,000 */
	size_t sequences;		/* keys of sequence rules; 0: 100,000 */
	const struct ruleset *rules;	/* that outlive the hosts; NULL: no late facts are judged */
	size_t legs;			/* held against each other at once; 0: 262,144 */
	struct known_proxy proxies[PROXIES_KNOWN_MOST];	/* as the operator named them */
	size_t nproxies;
};

struct hosts *hosts_new(const struct hosts_options *o);		/* NULL: all by default */
void hosts_free(struct hosts *h);

/*
 * Other rules from now on: findings stay where there is a rule of the same id, and
 * sequences that had begun are forgotten.  The old rules may be freed afterwards.
 */
void hosts_renew(struct hosts *h, const struct ruleset *rules);

/* Adds the late facts to a judged sighting, judges the rules on them, and counts it. */
void hosts_sighting(struct hosts *h, struct sighting *s);

/*
 * Everything, in order: findings by level (highest first), culprit (those that
 * also do better last) and rule;
 * hosts by their worst finding, then address.  Good until the next sighting.
 */
size_t hosts_findings(struct hosts *h, const struct finding *const **ret);
size_t hosts_all(struct hosts *h, const struct host *const **ret);

/* Boxes between clients and Microsoft, by address; not affected by `most`: 1,024. */
size_t hosts_proxies(struct hosts *h, const struct proxy *const **ret);

struct legs_state {
	uint64_t forgotten;		/* handshakes let go before a partner was seen */
	uint64_t proxies;		/* not let in: there are too many */
};
struct legs_state hosts_legs(const struct hosts *h);
uint64_t hosts_forgotten(const struct hosts *h);	/* let go because of `most` */
uint64_t hosts_findings_forgotten(const struct hosts *h);	/* the same of findings */
uint64_t hosts_fallbacks_forgotten(const struct hosts *h);	/* of what fallbacks are told by */
struct sequences_state hosts_sequences(const struct hosts *h);
uint64_t hosts_fixes_over(struct hosts *h);		/* fixes_over of all findings */
const struct totals *hosts_totals(const struct hosts *h);

/*
 * Complete hellos of a host that offer less than TLS 1.2, and those that offer it or
 * more; without those of a device that goes on under the host's address.
 */
uint64_t host_low_offers(const struct host *h);
uint64_t host_high_offers(const struct host *h);

/*
 * What all its offers come to, and how far they carry that.  high: two good
 * sightings or more of what it rests on; medium: one good, or two fair; low:
 * less.  Several machines behind the address lower it, and so do hellos that
 * were not seen whole.
 */
enum verdict host_verdict(const struct host *h);
enum confidence host_confidence(const struct host *h);

/*
 * The reasons in words, and what would raise the confidence: the i-th of each,
 * added to *ret.  False: there is nothing to say, and *ret is as it was.
 */
enum { HOST_REASONS = 14, HOST_HELPS = 8 };
bool host_because(const struct host *h, unsigned i, struct buf *ret);
bool host_would_help(const struct host *h, unsigned i, struct buf *ret);

/* Whether its stacks cannot be those of one machine: NAT, a proxy, or an address used again. */
bool host_is_several(const struct host *h);

/* Whether most of its handshakes carry on those of others: a proxy or NAT, no host to judge. */
bool host_is_carrier(const struct host *h);

/* Whether its stacks are so many that machines may share the address, though one may have all. */
bool host_may_be_several(const struct host *h);

/* The i-th of the fixes that findings on it and its path call for, each once; NULL: no more. */
const struct fix *host_fix(const struct host *h, unsigned i);

/* How many handshakes of a host failed: alert, reset, closed, silent or refused. */
uint64_t results_failed(const uint64_t results[static RESULTS]);

/* "4 established, 2 alert": what is not zero, in the order of enum result. */
void results_words(const uint64_t results[static RESULTS], struct buf *ret);

/* "tls1.0" for the rank of tls1.0; NULL: no version has that rank. */
const char *version_of_rank(unsigned rank);

/* The same for people: "TLS 1.0". */
const char *version_words(unsigned rank);

/*
 * How far the capture carries a finding.  high: two good sightings or more;
 * medium: one good, or two fair; low: less.  Never more than finding.most.
 */
enum confidence finding_confidence(const struct finding *f);

/* The reasons, each in words, and what the host does in its other handshakes. */
enum because {
	BECAUSE_COUNT, BECAUSE_STORY, BECAUSE_HELLOS, BECAUSE_GRADES, BECAUSE_SIDES,
	BECAUSE_OUTCOME,
	BECAUSE_HOST,
	BECAUSE_PROOF,			/* and the PROOFS - 1 behind it: by enum proof */
	BECAUSES = BECAUSE_PROOF + PROOFS
};

/* Adds the words to *ret; false: there is nothing to say, and *ret is as it was. */
bool finding_because(const struct finding *f, enum because why, struct buf *ret);

/* ---- readiness of networks ------------------------------------------------------------ */

struct groups;

/*
 * What hosts are grouped by: blocks of a length, "/24" (of IPv4; IPv6 then /64)
 * or "/24,/56", or the path of a YAML file of named networks.  NULL: *e says why.
 */
struct groups *groups_new(const char *spec, struct errors *e);
void groups_free(struct groups *g);

enum readiness { READY_SAFE, READY_NOT_SAFE, READY_UNSEEN, READINESSES };

extern const char *const readiness_names[];	/* "safe" "not safe" "not enough seen" */

/*
 * The hosts of one network.  Safe: every host is modern, and that with high
 * confidence.  Not safe: one at least is neither modern nor unknown.
 */
struct subnet {
	const char *name;		/* of the file, "elsewhere" for the rest; NULL: block */
	struct prefix block;
	enum readiness readiness;
	uint64_t verdicts[VERDICTS];
	const struct host *const *hosts;	/* not safe first, then not seen enough */
	size_t n, not_safe, unseen;
};

/*
 * Those with hosts in them: not safe, then not enough seen, then safe; of each by
 * address, or in the order of the file.  Good until the next call.
 */
size_t groups_tell(struct groups *g, const struct host *const *hosts, size_t n,
		   const struct subnet **ret);

#endif
