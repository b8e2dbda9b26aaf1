/* SPDX-License-Identifier: Apache-2.0 */
/*
 * role: which end may be the client, and which may answer.
 *
 * Who sends the SYN is the client.  The other way round it is where a server
 * opens a connection for data and its client asks for TLS on it (FTP in active
 * mode, RFC 4217 section 9): then the end that was called says the ClientHello
 * first, and the caller answers it.  Half of that is no reason to turn round.
 *
 * Without a SYN the hello says who is the client.  But anybody may have a
 * service send bytes that look like a hello, so a service's own address and
 * port are never a client's.
 */
#include "flow/talk.h"

static bool serves(const struct flows *f, const struct talk *t, unsigned end)
{
	const struct flow_key *k = &t->flow->key;
	struct service s;

	return f->o.m365 != NULL &&
	       m365_by_addr(f->o.m365, &k->addr[end], k->port[end], false, &s) && s.listed_port;
}

bool role_is_server(const struct flows *f, const struct talk *t, unsigned end)
{
	return t->flow->has_isn == 0 && serves(f, t, end) && !serves(f, t, !end);
}

bool role_asks(const struct flows *f, const struct talk *t, unsigned end)
{
	bool other = t->client == !end;

	if (t->answer.is && other)
		return false;
	if (t->flow->has_isn == 0)
		return !(t->offer.is && other) && !role_is_server(f, t, end);
	return t->flow->client == end || !t->tls || !other;
}

bool role_answers(const struct flows *f, const struct talk *t, unsigned end)
{
	if (t->offer.is && t->client == end)
		return false;
	if (t->flow->has_isn == 0)
		return !role_is_server(f, t, !end);
	return t->flow->client != end || (t->offer.is && t->client == !end);
}

bool role_is_reversed(const struct talk *t)
{
	return t->flow->has_isn != 0 && t->client != t->flow->client;
}
