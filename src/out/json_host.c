/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json: hosts: the verdict, why, and the counts behind it.
 */
#include "base/text.h"
#include "out/record.h"

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

/* {"tls1.0":3,"none":1}: a count a version; rank 0 under the word for "no version". */
static void put_ranks(struct json *w, const char *key, const uint64_t *counts, const char *none)
{
	json_key(w, key);
	json_open(w, '{');
	for (unsigned rank = 1; rank < VERSION_RANKS; rank++)
		if (counts[rank] > 0 && version_of_rank(rank) != NULL)
			key_number(w, version_of_rank(rank), counts[rank]);
	if (counts[0] > 0)
		key_number(w, none, counts[0]);
	json_close(w, '}');
}

static void put_lists(struct json *w, const struct host *h)
{
	json_key(w, "results");
	json_open(w, '{');
	for (unsigned i = 0; i < RESULTS; i++)
		if (h->results[i] > 0)
			key_number(w, result_names[i], h->results[i]);
	json_close(w, '}');
	json_key(w, "services");
	json_open(w, '[');
	for (unsigned i = 0; i < AREAS; i++)
		if (h->areas >> i & 1)
			json_text(w, area_names[i]);
	json_close(w, ']');
	json_key(w, "findings");
	json_open(w, '[');
	for (size_t i = 0; i < h->nfindings; i++)
		json_text(w, h->findings[i]->rule->id);
	json_close(w, ']');
	json_key(w, "fixes");
	json_open(w, '[');
	for (unsigned i = 0; host_fix(h, i) != NULL; i++)
		json_text(w, host_fix(h, i)->id);
	json_close(w, ']');
}

static void put_words(struct json *w, const struct host *h)
{
	struct buf b = { 0 };

	key_text(w, "verdict", verdict_names[host_verdict(h)]);
	key_text(w, "confidence", confidence_names[host_confidence(h)]);
	json_key(w, "because");
	json_open(w, '[');
	for (unsigned i = 0; i < HOST_REASONS; i++, b.n = 0)
		if (host_because(h, i, &b))
			json_text(w, buf_text(&b));
	json_close(w, ']');
	json_key(w, "would_help");
	json_open(w, '[');
	for (unsigned i = 0; i < HOST_HELPS; i++, b.n = 0)
		if (host_would_help(h, i, &b))
			json_text(w, buf_text(&b));
	json_close(w, ']');
	buf_done(&b);
}

static void put_stack(struct json *w, const struct seen_stack *s)
{
	json_open(w, '{');
	key_text(w, "id", s->is->id);
	key_text(w, "label", s->is->label);
	key_number(w, "count", s->count);
	if (s->lowest != 0)
		key_text(w, "lowest", version_of_rank(s->lowest));
	if (s->highest != 0)
		key_text(w, "highest", version_of_rank(s->highest));
	json_key(w, "first");
	json_time(w, s->first);
	json_key(w, "last");
	json_time(w, s->last);
	json_close(w, '}');
}

static void put_stacks(struct json *w, const struct host *h)
{
	json_key(w, "stacks");
	json_open(w, '[');
	for (unsigned i = 0; i < h->nstacks; i++)
		put_stack(w, &h->stacks[i]);
	json_close(w, ']');
	if (h->more_stacks > 0)
		key_number(w, "other_stacks", h->more_stacks);
	if (h->unnamed > 0)
		key_number(w, "unknown_stacks", h->unnamed);
	if (host_is_several(h)) {
		json_key(w, "several_machines");
		json_bool(w, true);
	}
}

static void put_macs(struct json *w, const struct host *h)
{
	if (h->nmacs == 0)
		return;
	json_key(w, "mac");
	json_open(w, '[');
	for (unsigned i = 0; i < h->nmacs && i < MACS_MOST; i++) {
		char text[TEXT_MAC];

		json_text(w, text_mac(h->macs[i], text));
	}
	json_close(w, ']');
}

/* ECS has the id of a VLAN as a text. */
static void put_vlan(struct json *w, const struct host *h)
{
	struct buf b = { 0 };

	if (h->vlan == VLAN_NONE)
		return;
	buf_number(&b, h->vlan);
	json_key(w, "network");
	json_open(w, '{');
	json_key(w, "vlan");
	json_open(w, '{');
	key_text(w, "id", buf_text(&b));
	json_close(w, '}');
	json_close(w, '}');
	buf_done(&b);
}

void json_host(struct json *w, const struct host *h, const struct capture_state *names)
{
	char ip[ADDR_TEXT];

	json_head(w, &(struct record_kind){ .dataset = "host", .kind = "state",
					    .type = "\"info\"", .ts = h->last,
					    .start = h->first, .end = h->last });
	json_close(w, '}');
	json_key(w, "host");
	json_open(w, '{');
	key_text(w, "ip", addr_text(&h->ip, ip));
	key_text(w, "name", capture_name(names, &h->ip));
	put_macs(w, h);
	json_close(w, '}');
	put_vlan(w, h);
	json_key(w, "hellotap");
	json_open(w, '{');
	put_words(w, h);
	key_number(w, "handshakes", h->handshakes);
	put_ranks(w, "offered", h->offered, "unknown");
	put_ranks(w, "negotiated", h->negotiated, "none");
	put_stacks(w, h);
	put_lists(w, h);
	json_close(w, '}');
	json_close(w, '}');
}
