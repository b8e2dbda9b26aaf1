/* SPDX-License-Identifier: Apache-2.0 */
/*
 * classify: nDPI 4.2, the version of Debian 12.
 *
 * The hello is put into one TLS record and that into TCP segments, in order, of
 * a connection that nDPI has never heard of.  Checksums stay zero: nDPI does not
 * look at them.  nDPI reads hostile bytes here, so it gets nothing else than a
 * message that our own parser found sound.
 */
#include "classify/classify.h"

#include <arpa/inet.h>
#include <ndpi_api.h>
#include <stdlib.h>
#include <string.h>

#include "classify/opinions.h"

enum {
	IPV4_HEADER = 20, IPV6_HEADER = 40, TCP_HEADER = 20, RECORD_HEADER = 5,
	HTTPS = 443,
	SEGMENT = 1400,			/* payload of one packet, as on the wire */
	HELLO_MAX = 16384		/* what one record holds, RFC 8446 section 5.1 */
};

struct classifier {
	struct ndpi_detection_module_struct *ndpi;
	struct ndpi_flow_struct *flow;	/* one for all questions, one after the other */
	size_t flow_size;
	struct opinions *opinions;
	uint8_t stream[RECORD_HEADER + HELLO_MAX];
	uint8_t packet[IPV6_HEADER + TCP_HEADER + SEGMENT];
};

struct classifier *classifier_new(void)
{
	struct classifier *c = calloc(1, sizeof(*c));
	NDPI_PROTOCOL_BITMASK all;

	if (c == NULL)
		return NULL;
	/* Ciphers are for QUIC; lists of relays are older than what is read here. */
	c->ndpi = ndpi_init_detection_module(ndpi_dont_load_tor_hosts | ndpi_dont_init_libgcrypt);
	c->flow_size = ndpi_detection_get_sizeof_ndpi_flow_struct();
	c->flow = calloc(1, c->flow_size);
	c->opinions = opinions_new();
	if (c->ndpi == NULL || c->flow == NULL || c->opinions == NULL) {
		classifier_free(c);
		return NULL;
	}
	NDPI_BITMASK_SET_ALL(all);
	ndpi_set_protocol_detection_bitmask2(c->ndpi, &all);
	ndpi_finalize_initialization(c->ndpi);
	return c;
}

void classifier_free(struct classifier *c)
{
	if (c == NULL)
		return;
	if (c->ndpi != NULL)
		ndpi_exit_detection_module(c->ndpi);
	opinions_free(c->opinions);
	free(c->flow);
	free(c);
}

static uint8_t *put16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
	return p + 2;
}

static uint8_t *put_bytes(uint8_t *p, const void *from, size_t n)
{
	memcpy(p, from, n);
	return p + n;
}

/* IPv4 (RFC 791) with TCP inside, or IPv6 (RFC 8200) if either end has such an address. */
static uint8_t *put_ip(uint8_t *p, const struct classify_ask *a, size_t payload)
{
	static const uint8_t v4[] = { 0x45, 0 }, rest_v4[] = { 0, 1, 0x40, 0, 64, 6, 0, 0 };
	static const uint8_t v6[] = { 0x60, 0, 0, 0 }, rest_v6[] = { 6, 64 };

	if (addr_is_v4(&a->client) && addr_is_v4(&a->server)) {
		p = put_bytes(p, v4, sizeof(v4));
		p = put16(p, (unsigned)(IPV4_HEADER + TCP_HEADER + payload));
		p = put_bytes(p, rest_v4, sizeof(rest_v4));
		p = put_bytes(p, a->client.b + 12, 4);
		return put_bytes(p, a->server.b + 12, 4);
	}
	p = put_bytes(p, v6, sizeof(v6));
	p = put16(p, (unsigned)(TCP_HEADER + payload));
	p = put_bytes(p, rest_v6, sizeof(rest_v6));
	p = put_bytes(p, a->client.b, 16);
	return put_bytes(p, a->server.b, 16);
}

/* TCP (RFC 9293), PSH and ACK, without options. */
static uint8_t *put_tcp(uint8_t *p, const struct classify_ask *a, size_t at)
{
	static const uint8_t rest[] = { 0, 0, 0, 1, 0x50, 0x18, 0xff, 0xff, 0, 0, 0, 0 };

	p = put16(p, a->client_port);
	p = put16(p, a->server_port);
	p = put16(p, (unsigned)(1 + at) >> 16);
	p = put16(p, (unsigned)(1 + at) & 0xffff);
	return put_bytes(p, rest, sizeof(rest));
}

static ndpi_protocol show(struct classifier *c, const struct classify_ask *a, size_t at, size_t n)
{
	uint8_t *p = put_ip(c->packet, a, n);

	p = put_tcp(p, a, at);
	p = put_bytes(p, c->stream + at, n);
	return ndpi_detection_process_packet(c->ndpi, c->flow, c->packet,
					     (unsigned short)(p - c->packet), 0);
}

/* A handshake message of type ClientHello, all of it, that one record can hold. */
static bool is_client_hello(struct slice s)
{
	struct cursor c = cursor_of(s);

	return s.n <= HELLO_MAX && cur_u8(&c) == 1 && cur_vec24(&c).n > 0 && cur_ok(&c) &&
	       cur_left(&c) == 0;
}

static const char *ask(struct classifier *c, const struct classify_ask *a)
{
	ndpi_protocol said = { 0 };
	uint8_t *p = c->stream;
	uint8_t guessed;
	size_t n;

	*p++ = 0x16;				/* a handshake record */
	p = put16(p, a->record_version);
	p = put16(p, (unsigned)a->hello.n);
	p = put_bytes(p, a->hello.p, a->hello.n);
	n = (size_t)(p - c->stream);
	memset(c->flow, 0, c->flow_size);
	for (size_t at = 0; at < n; at += SEGMENT)
		said = show(c, a, at, n - at < SEGMENT ? n - at : SEGMENT);
	if (said.app_protocol == NDPI_PROTOCOL_UNKNOWN)
		said = ndpi_detection_giveup(c->ndpi, c->flow, 0, &guessed);
	ndpi_free_flow_data(c->flow);
	if (said.app_protocol == NDPI_PROTOCOL_UNKNOWN || said.app_protocol == NDPI_PROTOCOL_TLS)
		return NULL;
	return ndpi_get_proto_name(c->ndpi, said.app_protocol);
}

/* What nDPI knows of an IPv4 address and port beforehand; of IPv6 it knows nothing. */
static uint16_t known_of(struct classifier *c, const struct addr *a, uint16_t port)
{
	struct in_addr four;

	memcpy(&four, a->b + 12, sizeof(four));
	return addr_is_v4(a) ? ndpi_network_port_ptree_match(c->ndpi, &four, htons(port)) : 0;
}

/*
 * Everything that nDPI looks at, but for the random parts of a hello.  It guesses
 * the protocol by the lower port if it knows that one, else by the other: beside
 * 443 a client's port means nothing.
 */
static bool question_of(struct classifier *c, const struct classify_ask *a, struct question *ret)
{
	bool v4 = addr_is_v4(&a->client) && addr_is_v4(&a->server);

	if (a->like == 0 || a->name.n > OPINION_NAME)
		return false;
	memset(ret, 0, sizeof(*ret));
	ret->like = a->like;
	ret->segments = (RECORD_HEADER + a->hello.n + SEGMENT - 1) / SEGMENT;
	ret->version = v4 ? 4 : 6;
	if (v4) {
		ret->client = known_of(c, &a->client, a->client_port);
		ret->server = known_of(c, &a->server, a->server_port);
	}
	ret->client_port = a->server_port == HTTPS && a->client_port > HTTPS ? 0 : a->client_port;
	ret->server_port = a->server_port;
	ret->record_version = a->record_version;
	ret->n = (uint8_t)a->name.n;
	if (a->name.n > 0)
		memcpy(ret->name, a->name.p, a->name.n);
	return true;
}

const char *classify_application(struct classifier *c, const struct classify_ask *a)
{
	struct question q;
	const char **says;
	bool known;

	if (!is_client_hello(a->hello))
		return NULL;
	if (!question_of(c, a, &q))
		return ask(c, a);
	says = opinions_at(c->opinions, &q, &known);
	if (!known)
		*says = ask(c, a);
	return *says;
}

const char *classify_library_version(void)
{
	static char text[32] = "nDPI ";

	strncpy(text + 5, ndpi_revision(), sizeof(text) - 6);
	return text;
}
