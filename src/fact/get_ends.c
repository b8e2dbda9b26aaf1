/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fact: who spoke with whom, for which service, and through what.
 */
#include <string.h>

#include "base/text.h"
#include "decode/decode.h"
#include "fact/get.h"

static struct value get_addr(const struct addr *a)
{
	return (struct value){ .type = VALUE_ADDR, .addr = *a };
}

struct value get_interface(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return value_words(h->interface);
}

struct value get_client_ip(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return get_addr(&h->client);
}

struct value get_client_port(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return value_of(VALUE_NUMBER, h->client_port);
}

struct value get_server_ip(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return get_addr(&h->server);
}

struct value get_server_port(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return value_of(VALUE_NUMBER, h->server_port);
}

/* In the form that ECS wants: capitals and hyphens. */
struct value get_client_mac(const struct handshake *h, struct scratch *s)
{
	char text[TEXT_MAC];

	return h->has_client_mac ? scratch_text(s, text_mac(h->client_mac, text)) : value_none;
}

struct value get_server_name(const struct handshake *h, struct scratch *s)
{
	struct value v = get_offer_name(h, s);
	struct slice name;
	struct cursor c;
	uint16_t port;

	if (value_known(&v))
		return v;
	if (h->prelude != NULL && prelude_target(h->prelude, &name, &port))
		return value_bytes(VALUE_TEXT, name);
	if (h->leaf == NULL)
		return value_none;
	c = cursor_of((struct slice){ h->leaf->names, h->leaf->nnames });
	return value_next_text(&c, &name) ? value_bytes(VALUE_TEXT, name) : value_none;
}

struct value get_transport(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return value_words(h->udp ? "udp" : "tcp");
}

/* One end as Community ID digests it; the length. */
static size_t put_addr(uint8_t *to, const struct addr *a)
{
	size_t n = addr_is_v4(a) ? 4 : 16;

	memcpy(to, a->b + 16 - n, n);
	return n;
}

static void put_port(uint8_t *to, uint16_t port)
{
	to[0] = (uint8_t)(port >> 8);
	to[1] = (uint8_t)port;
}

/*
 * Community ID version 1, seed 0 (github.com/corelight/community-id-spec):
 * "1:" and the base64 of the SHA-1 over seed, smaller end's address, the
 * other's, protocol, a zero, smaller end's port, the other's.
 */
struct value get_community_id(const struct handshake *h, struct scratch *s)
{
	int order = addr_cmp(&h->client, &h->server);
	bool client_first = order < 0 || (order == 0 && h->client_port < h->server_port);
	uint8_t bytes[2 + 16 + 16 + 2 + 4] = { 0 };
	uint8_t digest[20];
	size_t n = 2;
	char text[40] = "1:";

	n += put_addr(bytes + n, client_first ? &h->client : &h->server);
	n += put_addr(bytes + n, client_first ? &h->server : &h->client);
	bytes[n++] = h->udp ? 17 : 6;
	bytes[n++] = 0;
	put_port(bytes + n, client_first ? h->client_port : h->server_port);
	put_port(bytes + n + 2, client_first ? h->server_port : h->client_port);
	x509_sha1((struct slice){ bytes, n + 4 }, digest);
	if (!x509_base64((struct slice){ digest, sizeof(digest) }, text + 2, sizeof(text) - 2))
		return value_none;
	return scratch_text(s, text);
}

static struct value decimal(struct scratch *s, unsigned n)
{
	char text[12];

	*put_decimal(text, n) = '\0';
	return scratch_text(s, text);
}

struct value get_vlan(const struct handshake *h, struct scratch *s)
{
	return h->nvlans > 0 ? decimal(s, h->vlans[0]) : value_none;
}

struct value get_inner_vlan(const struct handshake *h, struct scratch *s)
{
	return h->nvlans > 1 ? decimal(s, h->vlans[1]) : value_none;
}

struct value get_service_cloud(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return h->service.matched_by ? value_words(cloud_names[h->service.cloud]) : value_none;
}

struct value get_service_area(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return h->service.matched_by ? value_words(area_names[h->service.area]) : value_none;
}

/* 0 is a rule of our own, not a set of Microsoft's list. */
struct value get_service_endpoint(const struct handshake *h, struct scratch *s)
{
	(void)s;
	if (!h->service.matched_by || h->service.endpoint == 0)
		return value_none;
	return value_of(VALUE_NUMBER, h->service.endpoint);
}

struct value get_service_category(const struct handshake *h, struct scratch *s)
{
	(void)s;
	if (!h->service.matched_by)
		return value_none;
	return value_words(category_names[h->service.category]);
}

struct value get_service_matched_by(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return h->service.matched_by ? value_set(h->service.matched_by, match_names) : value_none;
}

struct value get_prelude_kind(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return h->prelude && h->prelude->is ? value_words(h->prelude->is->name) : value_none;
}

struct value get_prelude_target(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return h->prelude ? value_words(h->prelude->target) : value_none;
}

struct value get_prelude_status(const struct handshake *h, struct scratch *s)
{
	(void)s;
	if (h->prelude == NULL || h->prelude->status == 0)
		return value_none;
	return value_of(VALUE_NUMBER, h->prelude->status);
}

struct value get_prelude_agent(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return h->prelude ? value_words(h->prelude->agent) : value_none;
}

struct value get_prelude_via(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return h->prelude ? value_words(h->prelude->via) : value_none;
}

struct value get_prelude_forwarded(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return h->prelude ? value_words(h->prelude->forwarded) : value_none;
}

struct value get_prelude_answer(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return h->prelude ? value_words(h->prelude->answer) : value_none;
}

struct value get_layers(const struct handshake *h, struct scratch *s)
{
	struct slice all = { s->p, 0 };

	for (unsigned i = 0; i < h->depth; i++) {
		const char *name = layer_name(h->path[i]);
		size_t n = strlen(name);
		uint8_t *p = scratch_take(s, n + 1);

		if (p == NULL)
			return value_none;
		p[0] = (uint8_t)n;
		memcpy(p + 1, name, n);
		all.n += n + 1;
	}
	return h->depth ? value_bytes(VALUE_TEXTS, all) : value_none;
}

struct value get_vni(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return h->has_vni ? value_of(VALUE_NUMBER, h->vni) : value_none;
}

struct value get_erspan(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return h->has_erspan ? value_of(VALUE_NUMBER, h->erspan) : value_none;
}
