/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json: the last record: what was read, and what was not.
 */
#include "out/record.h"

static void key_number(struct json *w, const char *key, uint64_t v)
{
	json_key(w, key);
	json_number(w, v);
}

static void open_key(struct json *w, const char *key, char bracket)
{
	json_key(w, key);
	json_open(w, bracket);
}

/* part of whole as a fraction with three decimals; nothing of nothing is not known. */
static void key_share(struct json *w, const char *key, uint64_t part, uint64_t whole)
{
	struct buf b = { 0 };

	if (whole == 0)
		return;
	buf_printf(&b, "%.3f", (double)part / (double)whole);
	json_key(w, key);
	json_raw(w, buf_slice(&b));
	buf_done(&b);
}

static void put_read(struct json *w, const struct summary *sum)
{
	const struct capture_state *c = sum->capture;

	open_key(w, "inputs", '[');
	for (size_t i = 0; i < sum->ninputs; i++)
		json_path(w, sum->inputs[i]);
	json_close(w, ']');
	key_number(w, "files", c->files);
	key_number(w, "packets", c->packets);
	key_number(w, "bytes", c->packet_bytes);
	key_number(w, "tcp_packets", sum->tcp);
	key_number(w, "udp_packets", sum->udp);
	key_number(w, "other_packets", sum->other);
	key_number(w, "filtered_packets", c->filtered);
	json_key(w, "interrupted");
	json_bool(w, sum->interrupted);
}

static void put_found(struct json *w, const struct summary *sum)
{
	const struct finding *const *findings;
	size_t n = hosts_findings(sum->hosts, &findings);
	const struct host *const *hosts;

	json_key(w, "scope");
	json_text(w, sum->all ? "all" : "m365");
	key_number(w, "connections", sum->flow->connections);
	key_number(w, "tls_connections", sum->flow->tls);
	key_number(w, "handshakes", sum->flow->handshakes);
	key_number(w, "hosts", hosts_all(sum->hosts, &hosts));
	key_number(w, "findings", n);
	open_key(w, "levels", '{');
	for (unsigned level = LEVELS; level-- > 0;) {
		uint64_t of_level = 0;

		for (size_t i = 0; i < n; i++)
			of_level += findings[i]->rule->level == level;
		if (of_level > 0)
			key_number(w, level_names[level], of_level);
	}
	json_close(w, '}');
}

static void put_undecodable(struct json *w, const struct summary *sum)
{
	open_key(w, "undecodable", '[');
	for (size_t i = 0; i < sum->nundecoded; i++) {
		const struct undecoded *u = &sum->undecoded[i];

		json_open(w, '{');
		json_key(w, "cause");
		json_text(w, decoded_name(u->why));
		if (u->key != KEY_END) {
			json_key(w, "key");
			json_text(w, key_name(u->key));
			key_number(w, "value", u->value);
		}
		key_number(w, "count", u->count);
		json_close(w, '}');
	}
	if (sum->undecoded_other > 0) {
		json_open(w, '{');
		json_key(w, "cause");
		json_text(w, "others");
		key_number(w, "count", sum->undecoded_other);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void key_if(struct json *w, const char *key, uint64_t v)
{
	if (v > 0)
		key_number(w, key, v);
}

/* What found no place in lists of a fixed length; what sequences and fallbacks are told by. */
static void put_limits(struct json *w, const struct summary *sum)
{
	struct sequences_state q = hosts_sequences(sum->hosts);

	key_if(w, "legs", hosts_legs(sum->hosts).forgotten);
	key_if(w, "proxies", hosts_legs(sum->hosts).proxies);
	key_if(w, "rules", hosts_totals(sum->hosts)->hits_over);
	key_if(w, "fixes", hosts_fixes_over(sum->hosts));
	key_if(w, "fallbacks", hosts_fallbacks_forgotten(sum->hosts));
	key_if(w, "sequences", q.forgotten);
	key_if(w, "sequence_handshakes", q.crowded);
}

/* What was lost, by whom. */
static void put_lost(struct json *w, const struct summary *sum)
{
	const struct flow_state *f = sum->flow;

	open_key(w, "drops", '{');
	key_number(w, "kernel", sum->capture->kernel_drops);
	if (sum->capture->live) {
		key_number(w, "interface", sum->capture->interface_drops);
		key_number(w, "ring", sum->overrun);
	}
	key_number(w, "memory", sum->unrecorded);
	json_close(w, '}');
	if (summary_lost(sum) > 0) {
		key_share(w, "loss_share", summary_lost(sum),
			  summary_lost(sum) + sum->capture->packets);
		json_key(w, "loss_is_high");
		json_bool(w, summary_is_lossy(sum));
	}
	if (sum->cut > 0)
		key_number(w, "cut_packets", sum->cut);
	key_number(w, "cut_short", sum->capture->cut_short);
	if (sum->capture->names_left_out > 0)
		key_number(w, "names_left_out", sum->capture->names_left_out);
	open_key(w, "damage", '[');
	for (size_t i = 0; sum->damage != NULL && i < sum->damage->n; i++) {
		struct buf b = { 0 };

		if (sum->damage->v[i].file != NULL)
			buf_printf(&b, "%s: ", sum->damage->v[i].file);
		buf_puts(&b, sum->damage->v[i].what);
		json_path(w, buf_text(&b));
		buf_done(&b);
	}
	json_close(w, ']');
	key_number(w, "gaps", f->gaps);
	key_number(w, "one_way", f->one_way);
	key_share(w, "one_way_share", f->one_way, f->handshakes);
	put_undecodable(w, sum);
	open_key(w, "flows", '{');
	key_number(w, "evicted", f->evicted);
	key_number(w, "let_go", f->let_go);
	json_close(w, '}');
	open_key(w, "forgotten", '{');
	key_number(w, "hosts", hosts_forgotten(sum->hosts));
	key_number(w, "findings", hosts_findings_forgotten(sum->hosts));
	put_limits(w, sum);
	json_close(w, '}');
}

/* How well the handshakes were seen. */
static void put_seen(struct json *w, const struct summary *sum)
{
	const struct totals *t = hosts_totals(sum->hosts);

	open_key(w, "results", '{');
	for (unsigned i = 0; i < RESULTS; i++)
		if (t->results[i] > 0)
			key_number(w, result_names[i], t->results[i]);
	json_close(w, '}');
	open_key(w, "quality", '{');
	for (unsigned i = 0; i < GRADES; i++)
		key_number(w, grade_names[i], t->grades[i]);
	key_number(w, "no_offer", t->no_offer);
	key_number(w, "incomplete_offer", t->incomplete);
	key_number(w, "midstream", t->midstream);
	key_number(w, "truncated", t->truncated);
	key_number(w, "overlaps", t->overlaps);
	key_number(w, "overflow", t->overflow);
	json_close(w, '}');
	open_key(w, "malformed", '{');
	key_number(w, "hellos", sum->flow->malformed);
	key_number(w, "odd_hellos", t->malformed);
	key_number(w, "certificates", sum->flow->bad_certificates);
	json_close(w, '}');
	key_number(w, "hidden_certificates", t->hidden);
	key_number(w, "ech", t->ech);
	key_number(w, "proxied", t->proxied);
}

static void put_rules_used(struct json *w, const struct ruleset *rules)
{
	const char *last = "";

	open_key(w, "rules", '{');
	key_number(w, "count", rules ? ruleset_count(rules) : 0);
	open_key(w, "files", '[');
	for (size_t i = 0; rules != NULL && i < ruleset_count(rules); i++) {
		const char *file = ruleset_rule(rules, i)->file;

		if (file != NULL && file != last)
			json_path(w, file);
		last = file ? file : last;
	}
	json_close(w, ']');
	json_close(w, '}');
}

static void put_endpoints_used(struct json *w, const struct m365 *m)
{
	open_key(w, "endpoints", '[');
	for (size_t i = 0; m != NULL && i < m365_data_count(m); i++) {
		const struct m365_data *d = m365_data(m, i);

		json_open(w, '{');
		json_key(w, "file");
		json_path(w, d->file);
		json_key(w, "cloud");
		json_text(w, cloud_names[d->cloud]);
		if (*d->date != '\0') {
			json_key(w, "date");
			json_path(w, d->date);
		}
		key_number(w, "sets", d->sets);
		key_number(w, "prefixes", d->prefixes);
		key_number(w, "names", d->names);
		json_close(w, '}');
	}
	json_close(w, ']');
}

void json_summary(struct json *w, const struct summary *sum)
{
	json_head(w, &(struct record_kind){ .dataset = "summary", .kind = "metric",
					    .type = "\"info\"", .ts = sum->last,
					    .start = sum->first, .end = sum->last });
	json_close(w, '}');
	open_key(w, "hellotap", '{');
	if (sum->first != 0)
		key_number(w, "duration_ms", (sum->last - sum->first) / 1000000);
	put_read(w, sum);
	put_found(w, sum);
	json_groups(w, sum);
	json_proxies(w, sum);
	put_lost(w, sum);
	put_seen(w, sum);
	put_rules_used(w, sum->rules);
	put_endpoints_used(w, sum->m365);
	json_close(w, '}');
	json_close(w, '}');
}

void json_lost(struct json *w, uint64_t n)
{
	json_head(w, &(struct record_kind){ .dataset = "lost", .kind = "metric",
					    .type = "\"info\"" });
	json_close(w, '}');
	open_key(w, "hellotap", '{');
	key_number(w, "lost", n);
	json_close(w, '}');
	json_close(w, '}');
}
