/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json: the inventory of proxies, in the summary.
 */
#include "out/record.h"

enum { PROXIES_MOST = 100 };		/* in a record; all of them are counted */

static void key_text(struct json *w, const char *key, const char *s)
{
	if (s == NULL)
		return;
	json_key(w, key);
	json_text(w, s);
}

static void key_number(struct json *w, const char *key, uint64_t v)
{
	json_key(w, key);
	json_number(w, v);
}

static void key_ranks(struct json *w, const char *key, const struct population *p)
{
	json_key(w, key);
	json_open(w, '{');
	for (unsigned rank = 1; rank < VERSION_RANKS; rank++)
		if (p->offered[rank] > 0 && version_of_rank(rank) != NULL)
			key_number(w, version_of_rank(rank), p->offered[rank]);
	if (p->offered[0] > 0)
		key_number(w, "unknown", p->offered[0]);
	json_close(w, '}');
}

static void key_bits(struct json *w, const char *key, unsigned bits, const char *const *names)
{
	json_key(w, key);
	json_open(w, '[');
	for (unsigned i = 0; names[i] != NULL; i++)
		if (bits >> i & 1)
			json_text(w, names[i]);
	json_close(w, ']');
}

static void put_address(struct json *w, const struct proxy *p, const struct capture_state *names)
{
	char ip[ADDR_TEXT];

	if (addr_cmp(&p->ip, &(struct addr){ { 0 } }) != 0)	/* else it was not seen */
		key_text(w, "ip", addr_text(&p->ip, ip));
	key_text(w, "label", capture_name(names, &p->ip));
	json_key(w, "ports");
	json_open(w, '[');
	for (unsigned i = 0; i < p->nports; i++)
		json_number(w, p->ports[i]);
	json_close(w, ']');
}

static void put_words(struct json *w, const struct proxy *p)
{
	struct buf words = { 0 };

	proxy_says(p, &words);
	key_text(w, "does", buf_text(&words));
	words.n = 0;
	proxy_differs(p, &words);
	if (words.n > 0)
		key_text(w, "differs", buf_text(&words));
	json_key(w, "because");
	json_open(w, '[');
	for (unsigned i = 0; i < PROOFS; i++) {
		words.n = 0;
		if (p->proofs >> i & 1)
			proxy_proof(p, (enum proof)i, &words);
		if (words.n > 0)
			json_text(w, buf_text(&words));
	}
	json_close(w, ']');
	buf_done(&words);
}

static void put_proxy(struct json *w, const struct proxy *p, const struct capture_state *names)
{
	json_open(w, '{');
	put_address(w, p, names);
	key_bits(w, "recognised", p->recognised, legs_recognised_names);
	key_text(w, "verdict", legs_verdict_names[p->verdict]);
	key_text(w, "confidence", confidence_names[p->confidence]);
	key_number(w, "clients", p->clients);
	key_number(w, "masked", p->masked);
	json_key(w, "since");
	json_time(w, p->first);
	json_key(w, "last");
	json_time(w, p->last);
	key_ranks(w, "takes", &p->legs[LEG_CLIENT]);
	key_ranks(w, "sends", &p->legs[LEG_UPSTREAM]);
	key_ranks(w, "passes_on", &p->through);
	put_words(w, p);
	json_close(w, '}');
}

void json_proxies(struct json *w, const struct summary *sum)
{
	const struct proxy *const *proxies;
	size_t n = hosts_proxies(sum->hosts, &proxies);

	if (n == 0)
		return;
	key_number(w, "proxies_seen", n);
	json_key(w, "proxies");
	json_open(w, '[');
	for (size_t i = 0; i < n && i < PROXIES_MOST; i++)
		put_proxy(w, proxies[i], sum->capture);
	json_close(w, ']');
}
