/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json: findings.
 */
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

static void key_addr(struct json *w, const char *key, const struct addr *a)
{
	char text[ADDR_TEXT];

	key_text(w, key, addr_text(a, text));
}

static void put_rule(struct json *w, const struct rule *rule)
{
	json_key(w, "rule");
	json_open(w, '{');
	key_text(w, "id", rule->id);
	key_text(w, "name", rule->title);
	key_text(w, "level", level_names[rule->level]);
	json_close(w, '}');
}

static void put_culprit(struct json *w, const struct finding *f,
			const struct capture_state *names)
{
	json_key(w, "culprit");
	json_open(w, '{');
	key_text(w, "kind", culprit_names[f->rule->culprit]);
	if (addr_cmp(&f->who, &(struct addr){ { 0 } }) != 0)	/* else it was not seen */
		key_addr(w, "ip", &f->who);
	if (f->port != 0)
		key_number(w, "port", f->port);
	key_text(w, "label", f->label ? f->label : capture_name(names, &f->who));
	if (f->vlan != VLAN_NONE)
		key_number(w, "vlan", f->vlan);
	json_close(w, '}');
}

/* step: its place in a sequence, from 1; 0: it stands alone. */
static void put_handshake(struct json *w, const struct evidence *e, unsigned step)
{
	json_open(w, '{');
	if (step > 0)
		key_number(w, "step", step);
	if (e->file != NULL) {
		json_key(w, "file");
		json_path(w, e->file);
	}
	if (e->nframes > 0) {
		json_key(w, "frames");
		json_open(w, '[');
		for (unsigned i = 0; i < e->nframes; i++)
			json_number(w, e->frames[i]);
		json_close(w, ']');
	}
	key_text(w, "display_filter", e->display_filter);
	key_text(w, "community_id", e->community_id);
	json_close(w, '}');
}

static void put_evidence(struct json *w, const struct evidence *e)
{
	if (e->then == NULL)
		put_handshake(w, e, 0);
	else
		for (unsigned step = 1; e != NULL; e = e->then)
			put_handshake(w, e, step++);
}

static void put_because(struct json *w, const struct finding *f)
{
	struct buf words = { 0 };

	key_text(w, "confidence", confidence_names[finding_confidence(f)]);
	json_key(w, "because");
	json_open(w, '[');
	for (unsigned why = 0; why < BECAUSES; why++, words.n = 0)
		if (finding_because(f, (enum because)why, &words))
			json_text(w, buf_text(&words));
	json_close(w, ']');
	buf_done(&words);
}

static void put_texts(struct json *w, const char *key, const char *const *v, size_t n)
{
	json_key(w, key);
	json_open(w, '[');
	for (size_t i = 0; i < n; i++)
		json_text(w, v[i]);
	json_close(w, ']');
}

static void put_registry(struct json *w, const struct fix *fix)
{
	if (fix->nregistry == 0)
		return;
	json_key(w, "registry");
	json_open(w, '[');
	for (size_t i = 0; i < fix->nregistry; i++) {
		json_open(w, '{');
		key_text(w, "key", fix->registry[i].key);
		key_text(w, "name", fix->registry[i].name);
		key_text(w, "type", fix->registry[i].type);
		key_text(w, "value", fix->registry[i].value);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void put_fix(struct json *w, const struct fix *fix)
{
	json_open(w, '{');
	key_text(w, "id", fix->id);
	key_text(w, "title", fix->title);
	key_text(w, "applies_to", fix->applies_to);
	put_texts(w, "steps", fix->steps, fix->nsteps);
	put_registry(w, fix);
	key_text(w, "superseded", fix->superseded);
	key_text(w, "ends", fix->ends);
	put_texts(w, "references", fix->references, fix->nreferences);
	json_close(w, '}');
}

/* The fix that most of the sightings call for; what others of them call for, beside it. */
static void put_fixes(struct json *w, const struct finding *f)
{
	if (f->nfixes == 0)
		return;
	json_key(w, "fix");
	put_fix(w, f->fixes[0].fix);
	if (f->nfixes == 1)
		return;
	json_key(w, "further_fixes");
	json_open(w, '[');
	for (unsigned i = 1; i < f->nfixes; i++)
		put_fix(w, f->fixes[i].fix);
	json_close(w, ']');
}

void json_finding(struct json *w, const struct finding *f, const struct capture_state *names)
{
	json_head(w, &(struct record_kind){ .dataset = "finding", .kind = "alert",
					    .type = "\"info\"", .ts = f->last,
					    .start = f->first, .end = f->last });
	json_close(w, '}');
	put_rule(w, f->rule);
	key_text(w, "message", f->message);
	json_key(w, "hellotap");
	json_open(w, '{');
	put_culprit(w, f, names);
	key_number(w, "count", f->count);
	put_because(w, f);
	put_fixes(w, f);
	json_key(w, "evidence");
	json_open(w, '[');
	for (unsigned i = 0; i < f->nevidence; i++)
		put_evidence(w, &f->evidence[i]);
	json_close(w, ']');
	json_close(w, '}');
	json_close(w, '}');
}
