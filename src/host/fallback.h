/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fallback: higher offers that fail, and the lower ones that follow them.
 *
 * Of each client and service the latest attempts are kept, in the order of their
 * own times: sightings come in the order in which they were decided.  What an
 * attempt follows is said of it when it comes (the late facts fallback.from and
 * beside it).  What all of them come to, how often, and whether the client went
 * back to more, is only known in the end: fallback_tell() says it then, and says
 * the same in whatever order they came.
 *
 * Bounded: services, attempts of each, briefs of all; the service that shows
 * least, and was not touched for longest, goes first.  Private to the room.
 */
#ifndef HOST_FALLBACK_H
#define HOST_FALLBACK_H

#include "base/buf.h"
#include "host/gather.h"
#include "rule/brief.h"

struct fallback;

struct fallback *fallback_new(size_t most);	/* services, and briefs */
void fallback_free(struct fallback *f);

/* Remembers it, and puts into it what it follows, if it follows a failure. */
void fallback_see(struct fallback *f, struct sighting *s);

enum { STORY_FACTS = 3 };

/* Handshakes that show one rung of a ladder, or one large hello that was lost. */
struct episode {
	struct sighting *step;		/* the finding's; with the late facts known when it came */
	const struct sighting *other;	/* to be held beside it; NULL: not kept */
	bool again;			/* that one stood beside an earlier one of this service */
	struct told story[STORY_FACTS];	/* late facts that all of them come to */
	enum confidence most;		/* that the cause of the failure allows */
	const char *because;		/* the whole story in words */
};

typedef void (*episode_fn)(const struct episode *e, void *arg);

/* Each episode, service by service. */
void fallback_tell(const struct fallback *f, episode_fn tell, void *arg);

/* The findings that the rules make of them. */
void fallback_gather(const struct fallback *f, const struct ruleset *rules, struct gather *g,
		     struct pool *ret);

/* Services and handshakes let go that might still have told something. */
uint64_t fallback_forgotten(const struct fallback *f);

#endif
