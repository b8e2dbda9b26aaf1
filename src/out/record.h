/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record: the parts of a JSON record that several files write.  Private to the room.
 */
#ifndef OUT_RECORD_H
#define OUT_RECORD_H

#include "base/json.h"
#include "out/out.h"

/* A value as JSON writes it: a number, a text, a list.  v is known. */
void json_value(struct json *w, const struct value *v);

/* A time in quotes, RFC 3339 with nine digits. */
void json_time(struct json *w, uint64_t ns);

/* A path or another text that is not from us but from the operator's system. */
void json_path(struct json *w, const char *s);

/* "10.1.0.0/16". */
void report_block(struct buf *b, const struct prefix *p);

/* What follows the last handshake: findings, hosts, and the summary. */
void json_finding(struct json *w, const struct finding *f, const struct capture_state *names);
void json_host(struct json *w, const struct host *h, const struct capture_state *names);
void json_groups(struct json *w, const struct summary *sum);	/* a part of the summary */
void json_proxies(struct json *w, const struct summary *sum);	/* keys of the summary */
void json_summary(struct json *w, const struct summary *sum);

/* In a live stream: that n handshakes are missing here, for want of room. */
void json_lost(struct json *w, uint64_t n);

/* Opens the record, up to and in "observer", which the caller closes; ts 0: no time is known. */
struct record_kind {
	const char *dataset;		/* behind "hellotap." */
	const char *kind;		/* ECS event.kind */
	const char *type;		/* ECS event.type, one */
	const char *outcome;		/* ECS event.outcome; NULL */
	uint64_t ts, start, end;	/* 0: left out */
};
void json_head(struct json *w, const struct record_kind *k);

#endif
