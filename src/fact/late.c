/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fact: late facts, which no handshake shows by itself.
 *
 * That an offer follows one that failed, or is one leg of two: this is known only
 * where all sightings meet.  In the field table they are rows like any other;
 * their values are put into the sighting there, before the rules that ask for
 * them are judged.
 */
#include "fact/get.h"
#include "fact/sighting.h"

const char *const legs_verdict_names[] = {
	"unknown", "tunnels", "re-originates", "mimics", "raises", "lowers", NULL
};

const char *const legs_side_names[] = { "client", "upstream", NULL };

const char *const legs_recognised_names[] = {
	"connect", "socks", "proxy-protocol", "relay", "nat", "transparent", "certificate",
	"option", NULL
};

const char *const legs_proof_names[] = {
	"same-random", "both-ends", "nested", "prelude", "option", "private-issuer",
	"many-stacks-in-one-out", "inspection-stack", "near-answer", "sentinel", "user-agent",
	"fallback-scsv", "certificate-refused", "copied-lists", "ambiguous", "own-traffic",
	"one-side", NULL
};

struct value get_late(const struct handshake *h, struct scratch *s)
{
	(void)h;
	(void)s;
	return value_none;
}

bool field_is_late(enum field_id id)
{
	return fields[id].get == get_late;
}

void sighting_learn(struct sighting *s, enum field_id id, struct value v)
{
	s->values[id] = v;
}
