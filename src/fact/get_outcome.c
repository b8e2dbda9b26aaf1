/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fact: how it ended, how well it was seen, and where to look it up.
 */
#include <string.h>

#include "fact/get.h"

struct value get_outcome(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return value_words(result_names[h->outcome.result]);
}

struct value get_alert_from(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return h->outcome.has_alert ? value_words(side_names[h->outcome.alert_from]) : value_none;
}

struct value get_alert_level(const struct handshake *h, struct scratch *s)
{
	(void)s;
	if (!h->outcome.has_alert)
		return value_none;
	return value_words(h->outcome.alert_level == 1 ? "warning" : "fatal");
}

struct value get_alert_code(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return h->outcome.has_alert ? value_of(VALUE_NUMBER, h->outcome.alert_code) : value_none;
}

struct value get_alert_name(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return h->outcome.has_alert ? value_words(tls_alert_name(h->outcome.alert_code))
				    : value_none;
}

struct value get_close_from(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return h->outcome.has_close ? value_words(side_names[h->outcome.close_from]) : value_none;
}

struct value get_reset_from(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return h->outcome.has_reset ? value_words(side_names[h->outcome.reset_from]) : value_none;
}

struct value get_reset_ttl(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return h->outcome.has_reset ? value_of(VALUE_NUMBER, h->outcome.reset_ttl) : value_none;
}

/* Only of use beside a reset that claims to be the server's. */
struct value get_synack_ttl(const struct handshake *h, struct scratch *s)
{
	(void)s;
	if (!h->outcome.has_reset || !h->has_synack_ttl)
		return value_none;
	return value_of(VALUE_NUMBER, h->synack_ttl);
}

struct value get_rtt(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return h->has_rtt ? value_of(VALUE_MS, h->rtt_ns) : value_none;
}

struct value get_application(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return value_words(h->application);
}

/*
 * poor: what was seen cannot carry a verdict on versions (a hello is not
 * complete, or bytes of the handshake are missing).  fair: it can, but one
 * direction or the beginning is missing, or bytes contradict each other.
 */
struct value get_quality(const struct handshake *h, struct scratch *s)
{
	const struct quality *q = &h->quality;
	bool whole = h->offer != NULL && h->offer->complete &&
		     (h->answer == NULL || h->answer->complete);

	(void)s;
	if (h->outcome.result == RESULT_REFUSED && h->offer == NULL)
		whole = true;		/* there was no hello to be missed */
	if (!whole || q->gaps > 0 || q->truncated || q->overflow)
		return value_words("poor");
	if (q->one_way || q->midstream || q->overlaps > 0)
		return value_words("fair");
	return value_words("good");
}

struct value get_gaps(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return value_of(VALUE_NUMBER, h->quality.gaps);
}

struct value get_overlaps(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return value_of(VALUE_NUMBER, h->quality.overlaps);
}

struct value get_reordered(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return value_of(VALUE_NUMBER, h->quality.reordered);
}

struct value get_repeated(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return value_of(VALUE_NUMBER, h->quality.repeated);
}

struct value get_one_way(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return value_bool(h->quality.one_way);
}

struct value get_truncated(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return value_bool(h->quality.truncated);
}

struct value get_midstream(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return value_bool(h->quality.midstream);
}

struct value get_overflow(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return value_bool(h->quality.overflow);
}

struct value get_file(const struct handshake *h, struct scratch *s)
{
	(void)s;
	return value_words(h->file);
}

struct value get_frames(const struct handshake *h, struct scratch *s)
{
	size_t n = h->nframes * sizeof(h->frames[0]);
	uint8_t *p = scratch_take(s, n);

	if (p == NULL || n == 0)
		return value_none;
	memcpy(p, h->frames, n);
	return value_bytes(VALUE_NUMBERS, (struct slice){ p, n });
}

/* "ip.addr==10.1.4.23", "tcp.port==443" */
static char *put_end(char *to, const char *protocol, const struct addr *a)
{
	char text[ADDR_TEXT];

	to = put_text(put_text(to, protocol), ".addr==");
	return put_text(to, addr_text(a, text));
}

static char *put_port(char *to, const char *transport, unsigned port)
{
	return put_decimal(put_text(put_text(to, transport), ".port=="), port);
}

/*
 * Both ends, addresses and ports: unlike a stream number it finds the
 * connection in any other capture of it, and inside tunnels too.
 */
struct value get_display_filter(const struct handshake *h, struct scratch *s)
{
	const char *family = addr_is_v4(&h->client) ? "ip" : "ipv6";
	const char *transport = h->udp ? "udp" : "tcp";
	char text[256], *to = text;

	to = put_text(put_end(to, family, &h->client), " && ");
	to = put_text(put_end(to, family, &h->server), " && ");
	to = put_text(put_port(to, transport, h->client_port), " && ");
	*put_port(to, transport, h->server_port) = '\0';
	return scratch_text(s, text);
}
