/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sample: sightings made by hand, one field at a time, for the rooms that only
 * see values.
 */
#ifndef TESTS_SAMPLE_H
#define TESTS_SAMPLE_H

#include "test.h"

#include "base/text.h"
#include "host/host.h"

#define SAMPLE_TIME UINT64_C(1795165200123456789)	/* 2026-11-20T09:00:00.123456789Z */

static inline struct sighting *sample_new(void)
{
	struct sighting *s = calloc(1, sizeof(*s));

	s->ts = SAMPLE_TIME;
	s->ts_end = SAMPLE_TIME + NS_PER_SECOND;
	return s;
}

static inline void sample_bytes(struct sighting *s, enum field_id id, const void *p, size_t n)
{
	s->values[id] = (struct value){ .type = fields[id].type,
					.bytes = { (const uint8_t *)p, n } };
}

static inline void sample_text(struct sighting *s, enum field_id id, const char *text)
{
	sample_bytes(s, id, text, strlen(text));
}

static inline void sample_number(struct sighting *s, enum field_id id, uint64_t n)
{
	s->values[id] = (struct value){ .type = fields[id].type, .number = n };
}

static inline void sample_codes(struct sighting *s, enum field_id id, uint8_t width,
				const char *bytes, size_t n)
{
	sample_bytes(s, id, bytes, n);
	s->values[id].width = width;
}

static inline void sample_addr(struct sighting *s, enum field_id id, const char *text)
{
	s->values[id].type = VALUE_ADDR;
	assert_true(addr_parse(text, &s->values[id].addr));
}

/* A host's whole hello and its fate; answer 0: none came. */
static inline struct sighting *sample_seen(const char *client, uint16_t max, uint16_t answer,
					   const char *result)
{
	struct sighting *s = sample_new();
	static const uint64_t frames[] = { 4, 6, 8 };

	sample_addr(s, FIELD_CLIENT_IP, client);
	sample_number(s, FIELD_CLIENT_PORT, 50123);
	sample_addr(s, FIELD_SERVER_IP, "52.96.165.2");
	sample_number(s, FIELD_SERVER_PORT, 443);
	sample_text(s, FIELD_SERVER_NAME, "outlook.office365.com");
	sample_text(s, FIELD_SERVICE_AREA, "exchange");
	sample_number(s, FIELD_OFFER_COMPLETE, 1);
	sample_number(s, FIELD_OFFER_MAX, max);
	if (answer != 0)
		sample_number(s, FIELD_ANSWER_VERSION, answer);
	sample_text(s, FIELD_OUTCOME, result);
	sample_text(s, FIELD_QUALITY, "good");
	sample_text(s, FIELD_FILE, "office.pcap");
	sample_bytes(s, FIELD_FRAMES, frames, sizeof(frames));
	sample_text(s, FIELD_DISPLAY_FILTER, "ip.addr==10.1.4.23 && ip.addr==52.96.165.2 && "
		    "tcp.port==50123 && tcp.port==443");
	return s;
}

static const struct rule sample_legacy = {
	.id = "legacy-offer", .title = "Client offers nothing newer than TLS 1.1",
	.level = LEVEL_HIGH, .culprit = CULPRIT_HOST, .message = "", .file = "legacy.yaml"
};

static const struct rule sample_weak = {
	.id = "only-weak", .title = "Only weak suites", .level = LEVEL_MEDIUM,
	.culprit = CULPRIT_HOST, .message = "", .file = "legacy.yaml"
};

static const struct rule sample_server = {
	.id = "legacy-answer", .title = "Server chose an old version", .level = LEVEL_CRITICAL,
	.culprit = CULPRIT_SERVER, .message = "", .file = "legacy.yaml"
};

#endif
