/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gather: findings while they grow.
 *
 * A finding is known by its rule and its culprit's address, and by the port
 * too where the culprit is a server or a proxy.  Its evidence is a short list,
 * the best captured first, then the earliest.
 */
#include "host/count.h"
#include "host/gather.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"

void gather_init(struct gather *g)
{
	*g = (struct gather){ .files = map_new() };
}

void gather_done(struct gather *g)
{
	map_free(g->files);
	buf_done(&g->message);
}

static void drop_evidence(const struct evidence *e)
{
	const struct evidence *then = e->then;

	free((void *)(uintptr_t)e->display_filter);
	free((void *)(uintptr_t)e->community_id);
	if (then != NULL)
		drop_evidence(then);		/* SEQUENCE_STEPS deep at most */
	free((void *)(uintptr_t)then);
}

void kept_finding_drop(struct slot *s)
{
	struct finding *f = &((struct kept_finding *)s)->is;

	for (unsigned i = 0; i < f->nevidence; i++)
		drop_evidence(&f->evidence[i]);
	free((void *)(uintptr_t)f->label);
	free((void *)(uintptr_t)f->message);
	free((void *)(uintptr_t)f->story);
}

/* A field's bytes as NUL-terminated text, safe to print; NULL: not known. */
static char *copy_text(const struct sighting *s, enum field_id id)
{
	const struct value *v = sighting_get(s, id);
	struct buf b = { 0 };

	if (!value_known(v))
		return NULL;
	text_wire(&b, v->bytes);
	(void)buf_text(&b);
	return b.p;
}

/* There are few captures and many sightings: their names are kept once. */
static const char *copy_file(struct gather *g, const struct sighting *s)
{
	const struct value *v = sighting_get(s, FIELD_FILE);
	void **at;

	if (!value_known(v))
		return NULL;
	at = map_add(g->files, v->bytes);
	if (*at == NULL)		/* just added: it is the last */
		*at = (void *)(uintptr_t)map_key(g->files, map_count(g->files) - 1).p;
	return *at;
}

static bool better(const struct evidence *a, const struct evidence *b)
{
	return a->grade != b->grade ? a->grade < b->grade : a->ts < b->ts;
}

static struct evidence evidence_of(struct gather *g, const struct sighting *s)
{
	const struct value *frames = sighting_get(s, FIELD_FRAMES);
	struct evidence e = { .ts = s->ts, .grade = sighting_grade(s) };

	e.file = copy_file(g, s);
	e.display_filter = copy_text(s, FIELD_DISPLAY_FILTER);
	e.community_id = copy_text(s, FIELD_COMMUNITY_ID);
	if (value_known(frames))
		while (e.nframes < HANDSHAKE_FRAMES && e.nframes < value_count(frames)) {
			e.frames[e.nframes] = value_number(frames, e.nframes);
			e.nframes++;
		}
	return e;
}

/* The evidence of handshakes i and on. */
static struct evidence *evidence_from(struct gather *g, const struct chain *c, unsigned i)
{
	struct evidence *e;

	if (i == c->n)
		return NULL;
	e = xcalloc(1, sizeof(*e));
	*e = evidence_of(g, c->steps[i]);
	e->then = evidence_from(g, c, i + 1);
	return e;
}

/* As good as the worst of them. */
static enum grade chain_grade(const struct chain *c)
{
	enum grade worst = GRADE_GOOD;

	for (unsigned i = 0; i < c->n; i++)
		if (sighting_grade(c->steps[i]) > worst)
			worst = sighting_grade(c->steps[i]);
	return worst;
}

static void add_evidence(struct gather *g, struct finding *f, const struct chain *c)
{
	struct evidence e = { .ts = c->steps[0]->ts, .grade = chain_grade(c) };
	unsigned at = f->nevidence;

	while (at > 0 && better(&e, &f->evidence[at - 1]))
		at--;
	if (at == EVIDENCE_MOST)
		return;
	e = evidence_of(g, c->steps[0]);
	e.grade = chain_grade(c);
	e.then = evidence_from(g, c, 1);
	if (f->nevidence == EVIDENCE_MOST)
		drop_evidence(&f->evidence[--f->nevidence]);
	memmove(&f->evidence[at + 1], &f->evidence[at], (f->nevidence - at) * sizeof(e));
	f->evidence[at] = e;
	f->nevidence++;
}

/* Whether the culprit is the far end; else it is accused by the client's address. */
static bool is_far(const struct rule *rule)
{
	return rule->culprit == CULPRIT_SERVER || rule->culprit == CULPRIT_PROXY;
}

static void begin(struct gather *g, struct finding *f, const struct rule *rule,
		  const struct sighting *s)
{
	const struct value *ip = sighting_get(s, is_far(rule) ? FIELD_SERVER_IP : FIELD_CLIENT_IP);
	const struct value *port = sighting_get(s, FIELD_SERVER_PORT);

	f->rule = rule;
	f->most = CONFIDENCE_HIGH;
	f->who = ip->addr;
	f->vlan = is_far(rule) ? VLAN_NONE : sighting_vlan(s);
	f->port = is_far(rule) && value_known(port) ? (uint16_t)port->number : 0;
	if (rule->culprit == CULPRIT_SERVER)
		f->label = copy_text(s, FIELD_SERVER_NAME);
	g->message.n = 0;
	rule_message(rule, s, &g->message);
	f->message = xstrdup(buf_text(&g->message));
	f->first = s->ts;
}

/* The first reset that claims to be the server's, beside the server's SYN-ACK. */
static void note_reset(struct finding *f, const struct sighting *s)
{
	const struct value *from = sighting_get(s, FIELD_RESET_FROM);
	const struct value *ttl = sighting_get(s, FIELD_RESET_TTL);
	const struct value *synack = sighting_get(s, FIELD_SYNACK_TTL);

	if (f->reset_ttl != 0 || !value_known(ttl) || !value_known(synack) ||
	    !slice_is(from->bytes, side_names[SERVER]))
		return;
	f->reset_ttl = (uint8_t)ttl->number;
	f->synack_ttl = (uint8_t)synack->number;
}

/* Of more than FIXES_MOST, those that came first are kept, and the others counted. */
static void call_for(struct finding *f, const struct fix *fix)
{
	unsigned i = 0;

	if (fix == NULL)
		return;
	while (i < f->nfixes && f->fixes[i].fix != fix)
		i++;
	if (i == FIXES_MOST) {
		f->fixes_over++;
		return;
	}
	if (i == f->nfixes)
		f->fixes[f->nfixes++] = (struct called_for){ .fix = fix };
	f->fixes[i].count++;
	for (; i > 0 && f->fixes[i - 1].count < f->fixes[i].count; i--) {
		struct called_for less = f->fixes[i - 1];

		f->fixes[i - 1] = f->fixes[i];
		f->fixes[i] = less;
	}
}

/* A handshake that an earlier sequence of this finding told. */
static bool was_counted(const struct finding *f, const struct chain *c, unsigned i)
{
	return c->again[i] && f->count > 1;
}

/* A sequence counts once; what its handshakes were, once each. */
static void count(struct finding *f, const struct chain *c)
{
	bool one_way = false;

	f->count++;
	call_for(f, rule_fix(f->rule, c->steps[c->n - 1]));
	f->grades[chain_grade(c)]++;
	for (unsigned i = 0; i < c->n; i++) {
		const struct sighting *s = c->steps[i];
		enum result result = sighting_result(s);

		one_way |= sighting_says(s, FIELD_ONE_WAY);
		if (was_counted(f, c, i))
			continue;
		if (result < RESULTS)
			f->results[result]++;
		note_reset(f, s);
		f->complete += sighting_says(s, FIELD_OFFER_COMPLETE);
		if (s->ts < f->first)
			f->first = s->ts;
		if (s->ts > f->last)
			f->last = s->ts;
	}
	f->one_way += one_way;
}

struct finding *gather_chain(struct gather *g, struct pool *findings, const struct chain *c)
{
	const struct sighting *s = c->steps[c->n - 1];
	const struct value *ip = sighting_get(s, is_far(c->rule) ? FIELD_SERVER_IP :
					      FIELD_CLIENT_IP);
	const struct value *port = sighting_get(s, FIELD_SERVER_PORT);
	uint64_t apart = sighting_vlan(s);
	uint8_t key[POOL_KEY] = { 0 };
	struct finding *f;
	struct slot *slot;

	if (!value_known(ip))
		return NULL;
	memcpy(key, ip->addr.b, sizeof(ip->addr.b));
	memcpy(key + FINDING_KEY_RULE, &c->rule, sizeof(const struct rule *));
	if (is_far(c->rule))
		apart = value_known(port) ? port->number : 0;
	key[24] = (uint8_t)(apart >> 8);
	key[25] = (uint8_t)apart;
	slot = pool_touch(findings, key, c->rule->level + 1u);
	if (slot == NULL)
		return NULL;
	f = &((struct kept_finding *)slot)->is;
	if (f->count == 0)
		begin(g, f, c->rule, s);
	count(f, c);
	add_evidence(g, f, c);
	return f;
}

void gather_hit(struct gather *g, struct pool *findings, const struct rule *rule,
		const struct sighting *s)
{
	struct chain alone = { .rule = rule, .steps = { s }, .n = 1 };

	(void)gather_chain(g, findings, &alone);
}

/* Whether the culprit also does better: its findings come behind those that say all of a host. */
static int is_mixed(const struct finding *f)
{
	return f->host != NULL && host_low_offers(f->host) > 0 && host_high_offers(f->host) > 0;
}

int worst_finding_first(const void *a, const void *b)
{
	const struct finding *x = *(const struct finding *const *)a;
	const struct finding *y = *(const struct finding *const *)b;
	int order;

	if (x->rule->level != y->rule->level)
		return x->rule->level > y->rule->level ? -1 : 1;
	if (x->rule->culprit != y->rule->culprit)
		return x->rule->culprit < y->rule->culprit ? -1 : 1;
	if (is_mixed(x) != is_mixed(y))
		return is_mixed(x) - is_mixed(y);
	order = addr_cmp(&x->who, &y->who);
	if (order == 0)
		order = (int)x->port - (int)y->port;
	if (order == 0)
		order = strcmp(x->rule->id, y->rule->id);
	return order;
}
