/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json: networks and how ready they are, in the summary.
 */
#include "out/record.h"

enum { GROUPS_MOST = 10000, NAMED_MOST = 100 };

static void key_number(struct json *w, const char *key, uint64_t v)
{
	json_key(w, key);
	json_number(w, v);
}

static void put_hosts(struct json *w, const char *key, const struct host *const *hosts, size_t n)
{
	char ip[ADDR_TEXT];

	json_key(w, key);
	json_open(w, '[');
	for (size_t i = 0; i < n && i < NAMED_MOST; i++) {
		json_open(w, '{');
		json_key(w, "ip");
		json_text(w, addr_text(&hosts[i]->ip, ip));
		json_key(w, "verdict");
		json_text(w, verdict_names[host_verdict(hosts[i])]);
		json_key(w, "confidence");
		json_text(w, confidence_names[host_confidence(hosts[i])]);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void put_group(struct json *w, const struct subnet *g)
{
	struct buf block = { 0 };

	json_open(w, '{');
	if (g->name != NULL) {
		json_key(w, "name");
		json_path(w, g->name);
	} else {
		report_block(&block, &g->block);
		json_key(w, "block");
		json_text(w, buf_text(&block));
	}
	json_key(w, "readiness");
	json_text(w, readiness_names[g->readiness]);
	key_number(w, "hosts", g->n);
	json_key(w, "verdicts");
	json_open(w, '{');
	for (unsigned v = 0; v < VERDICTS; v++)
		if (g->verdicts[v] > 0)
			key_number(w, verdict_names[v], g->verdicts[v]);
	json_close(w, '}');
	put_hosts(w, "not_safe", g->hosts, g->not_safe);
	put_hosts(w, "not_enough_seen", g->hosts + g->not_safe, g->unseen);
	json_close(w, '}');
	buf_done(&block);
}

void json_groups(struct json *w, const struct summary *sum)
{
	const struct host *const *hosts;
	const struct subnet *groups;
	size_t n;

	if (sum->groups == NULL)
		return;
	n = hosts_all(sum->hosts, &hosts);
	n = groups_tell(sum->groups, hosts, n, &groups);
	json_key(w, "groups");
	json_open(w, '[');
	for (size_t i = 0; i < n && i < GROUPS_MOST; i++)
		put_group(w, &groups[i]);
	json_close(w, ']');
	if (n > GROUPS_MOST)
		key_number(w, "more_groups", n - GROUPS_MOST);
}
