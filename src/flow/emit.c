/* SPDX-License-Identifier: Apache-2.0 */
/*
 * emit: a decided talk as a handshake, for those who know facts only.
 *
 * The service is asked by the server's address and by the first name that says
 * where the connection goes: the server name of the hello, what a proxy was
 * asked for, and where both are missing the names in the certificate.  It is
 * the same in every scope.
 */
#include "flow/story.h"

#include <string.h>

static const struct addr *server_addr(const struct talk *t)
{
	return &t->flow->key.addr[!t->client];
}

static bool by_certificate(const struct flows *f, const struct certificate *leaf, uint16_t port,
			   struct slice *ret)
{
	struct cursor c = cursor_of((struct slice){ leaf->names, leaf->nnames });
	const char *cn = strstr(leaf->subject, "CN=");
	struct service ignored;

	while (cur_left(&c) > 0) {
		*ret = cur_vec8(&c);
		if (ret->n > 0 && m365_by_name(f->o.m365, *ret, port, &ignored))
			return true;
	}
	if (cn == NULL)
		return false;
	*ret = (struct slice){ (const uint8_t *)cn + 3, strcspn(cn + 3, ",/") };
	return m365_by_name(f->o.m365, *ret, port, &ignored);
}

/* A proxy may be asked for an address: it counts as if it were the server's. */
static bool target_addr(struct slice host, struct addr *ret)
{
	char text[ADDR_TEXT];

	if (host.n > 2 && host.p[0] == '[')
		host = (struct slice){ host.p + 1, host.n - 2 };
	if (host.n == 0 || host.n >= sizeof(text))
		return false;
	memcpy(text, host.p, host.n);
	text[host.n] = '\0';
	return addr_parse(text, ret);
}

/* Whether the client's side names where it goes: in its hello, or to a proxy. */
static bool names_server(const struct talk *t, const struct hello *offer)
{
	struct slice name;
	struct addr ignored;
	uint16_t port;

	if (offer != NULL && offer_server_name(offer, &name))
		return true;
	return prelude_target(&t->prelude, &name, &port) && name.n > 0 &&
	       !target_addr(name, &ignored);
}

/*
 * The first name that is Microsoft 365's; empty: none is.  A CDN's certificate
 * holds names of many: it is asked only where the client's side names none.
 */
static struct slice name_of(const struct flows *f, const struct talk *t,
			    const struct hello *offer, uint16_t port)
{
	struct service ignored;
	struct slice name;
	uint16_t target_port;

	if (offer != NULL && offer_server_name(offer, &name) &&
	    m365_by_name(f->o.m365, name, port, &ignored))
		return name;
	if (prelude_target(&t->prelude, &name, &target_port) &&
	    m365_by_name(f->o.m365, name, port, &ignored))
		return name;
	if (t->leaf != NULL && !names_server(t, offer) &&
	    by_certificate(f, t->leaf, port, &name))
		return name;
	return (struct slice){ NULL, 0 };
}

static struct service service_of(const struct flows *f, const struct talk *t,
				 const struct hello *offer)
{
	struct service service = { .matched_by = 0 };
	struct addr addr = *server_addr(t);
	uint16_t port = t->flow->key.port[!t->client], target_port = 0;
	struct slice host;

	if (f->o.m365 == NULL)
		return service;
	if (prelude_target(&t->prelude, &host, &target_port)) {
		(void)target_addr(host, &addr);
		port = target_port ? target_port : port;
	}
	(void)m365_match(f->o.m365, &addr, port, name_of(f, t, offer, port), &service);
	return service;
}

/* What a name of the offer's side leads to stays so. */
enum scope emit_scope(const struct flows *f, struct talk *t, const struct hello *offer)
{
	if (f->o.all)
		return SCOPE_IN;
	t->service = service_of(f, t, offer);
	t->has_service = t->leaf == NULL && t->service.matched_by & MATCH_NAME;
	if (t->service.matched_by != 0)
		return SCOPE_IN;
	if (t->leaf != NULL || names_server(t, offer))
		return SCOPE_OUT;
	return SCOPE_OPEN;
}

static const char *application_of(const struct flows *f, const struct talk *t,
				  const struct handshake *h)
{
	struct classify_ask ask = {
		.client = h->client, .server = h->server,
		.client_port = h->client_port, .server_port = h->server_port,
		.hello = { t->offer.bytes, t->offer.n },
		.record_version = t->offer.hello.record_version,
		.like = h->shapes[CLIENT] ? h->shapes[CLIENT]->id : 0,
	};

	if (f->o.classifier == NULL || !t->offer.is || !t->offer.hello.complete ||
	    t->offer.hello.format != HELLO_TLS)
		return NULL;
	(void)offer_server_name(&t->offer.hello, &ask.name);
	return classify_application(f->o.classifier, &ask);
}

static bool is_resumed(const struct talk *t)
{
	const struct voice *s = &t->voice[!t->client];
	uint16_t version = t->version;

	if (version == 0 || t->answer_retries)
		return false;
	if (t->offer.is && answer_resumed(&t->offer.hello, &t->answer.hello))
		return true;
	/* A ticket: from its hello the server goes straight to ChangeCipherSpec. */
	return tls_version_rank(version) < tls_version_rank(TLS1_3) && s->change_cipher &&
	       !s->more && !s->hole && t->answer.hello.format == HELLO_TLS;
}

bool emit_same_file(const struct origin *a, const struct origin *b)
{
	return a == b || (a && b && a->file && b->file && strcmp(a->file, b->file) == 0);
}

/* Ascending and distinct, of the first frame's file only. */
static void fill_frames(const struct talk *t, const struct origin *from, struct handshake *h)
{
	h->file = from ? from->file : NULL;
	h->interface = from ? from->interface : NULL;
	for (unsigned i = 0; i < t->nframes; i++) {
		uint64_t number = t->frames[i].number;
		unsigned at = h->nframes;

		if (!emit_same_file(from, t->frames[i].from)) {
			h->many_files = true;
			continue;
		}
		while (at > 0 && h->frames[at - 1] > number)
			at--;
		if (at > 0 && h->frames[at - 1] == number)
			continue;
		memmove(&h->frames[at + 1], &h->frames[at],
			(h->nframes - at) * sizeof(h->frames[0]));
		h->frames[at] = number;
		h->nframes++;
	}
}

static void fill_place(const struct talk *t, struct handshake *h)
{
	const struct whereabouts *at = &t->place;

	memcpy(h->vlans, at->vlans, sizeof(h->vlans));
	memcpy(h->path, at->path, sizeof(h->path));
	h->nvlans = at->nvlans;
	h->depth = at->depth;
	h->has_vni = at->has_vni;
	h->has_erspan = at->has_erspan;
	h->vni = at->vni;
	h->erspan = at->erspan;
	h->has_client_mac = t->has_mac || t->flow->has_mac;
	memcpy(h->client_mac, t->flow->has_mac ? t->flow->mac : t->mac, sizeof(h->client_mac));
}

static void fill_flow(const struct talk *t, struct handshake *h)
{
	const struct flow *flow = t->flow;

	h->client = flow->key.addr[t->client];
	h->server = *server_addr(t);
	h->client_port = flow->key.port[t->client];
	h->server_port = flow->key.port[!t->client];
	h->has_synack_ttl = flow->has_synack_ttl;
	h->synack_ttl = flow->synack_ttl;
	h->has_rtt = flow->has_rtt;
	h->rtt_ns = flow->rtt;
	h->quality = t->quality;
	h->quality.one_way = flow->seen != 3;
	h->quality.midstream = flow->has_isn == 0;
}

static void count(struct flows *f, const struct handshake *h)
{
	f->state.handshakes++;
	f->state.one_way += h->quality.one_way;
	f->state.gaps += h->quality.gaps;
}

void emit(struct flows *f, struct talk *t)
{
	struct handshake h = { .udp = false };
	const struct origin *from = t->offer.is ? t->offer_from : t->answer_from;
	struct mark end;

	if (t->client == END_UNKNOWN || (!t->offer.is && !t->answer.is && !t->refused))
		return;
	if (role_is_reversed(t) && !(t->offer.is && t->answer.is))
		return;				/* only one of the two says so */
	if (t->has_service && t->offer.is && t->client == t->offer_end)
		h.service = t->service;
	else
		h.service = service_of(f, t, t->offer.is ? &t->offer.hello : NULL);
	if (!f->o.all && h.service.matched_by == 0)
		return;
	h.outcome = outcome_of(f, t, &end);
	talk_frame(t, &end, HANDSHAKE_FRAMES);
	if (!t->offer.is && !t->answer.is)
		from = end.from;
	h.ts = t->offer.is ? t->offer_ts : t->answer.is ? t->answer_ts : end.ts;
	h.ts_end = end.ts > h.ts ? end.ts : h.ts;
	fill_flow(t, &h);
	fill_place(t, &h);
	fill_frames(t, from, &h);
	story_tell(f, t->flow, from, &h);
	h.prelude = t->prelude.is ? &t->prelude : NULL;
	h.offer = t->offer.is ? &t->offer.hello : NULL;
	h.answer = t->answer.is ? &t->answer.hello : NULL;
	h.shapes[CLIENT] = shapes_find(f->shapes, h.offer, CLIENT);
	h.shapes[SERVER] = shapes_find(f->shapes, h.answer, SERVER);
	h.leaf = t->leaf;
	h.chain = t->chain;
	h.certificate_bad = t->certificate_bad;
	h.established = h.outcome.result == RESULT_ESTABLISHED;
	h.resumed = is_resumed(t);
	h.retried = t->retried;
	h.application = application_of(f, t, &h);
	count(f, &h);
	f->done(&h, f->arg);
}
