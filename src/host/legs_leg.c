/* SPDX-License-Identifier: Apache-2.0 */
/*
 * legs: what is kept of one handshake.
 *
 * Hellos of one shape are many, and so are names: each is kept once, and there
 * is a bound to them.  A shape that finds no place is "other": its version still
 * counts, its lists do not.
 */
#include "host/legs.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "host/gather.h"

enum { SHAPES_MOST = 4096, WORDS_MOST = 16384, WORD_MOST = 255 };

/* ---- words kept once -------------------------------------------------------------------- */

/* NUL-terminated, as long as the legs are; NULL: there are too many already. */
static const char *word(struct legs *l, struct slice s)
{
	void **at;

	if (s.n == 0 || s.n > WORD_MOST || memchr(s.p, '\0', s.n) != NULL)
		return NULL;
	at = map_find(l->words, s);
	if (at != NULL)
		return *at;
	if (map_count(l->words) >= WORDS_MOST)
		return NULL;
	at = map_add(l->words, s);
	*at = (void *)(uintptr_t)map_key(l->words, map_count(l->words) - 1).p;
	return *at;
}

static const char *value_word(struct legs *l, const struct sighting *s, enum field_id id)
{
	const struct value *v = sighting_get(s, id);

	return value_known(v) ? word(l, v->bytes) : NULL;
}

/* ---- shapes ------------------------------------------------------------------------------ */

/* Signalling values say nothing of what can be spoken: RFC 5746, RFC 7507. */
static bool is_signal(uint32_t code)
{
	return code == 0x00ff || code == 0x5600;
}

/* Codes of two bytes, GREASE apart; the kinds of SSLv2 that are such. */
static uint16_t codes_of(const struct value *v, uint16_t *to, unsigned most, bool *ret_short)
{
	uint16_t n = 0;

	for (size_t i = 0; value_known(v) && i < value_count(v); i++) {
		uint32_t code = value_code(v, i);

		if (code > 0xffff || tls_is_grease((uint16_t)code) || is_signal(code))
			continue;
		if (n == most) {
			*ret_short = true;
			break;
		}
		to[n++] = (uint16_t)code;
	}
	return n;
}

static int ascending(const void *a, const void *b)
{
	return (int)*(const uint16_t *)a - (int)*(const uint16_t *)b;
}

static void text_into(char to[static HELLO_TEXT], const struct value *v)
{
	struct buf b = { 0 };

	if (value_known(v)) {
		value_print(&b, v);
		if (b.n > 0)
			memcpy(to, b.p, b.n < HELLO_TEXT ? b.n : HELLO_TEXT - 1);
	}
	buf_done(&b);
}

static void family_into(char to[static 16], const struct value *v)
{
	if (value_known(v))
		memcpy(to, v->bytes.p, v->bytes.n < 16 ? v->bytes.n : 15);
}

static const struct look *make_look(struct legs *l, const struct sighting *s, uint8_t rank)
{
	struct look x;
	struct slice key = { (const uint8_t *)&x, sizeof(x) };
	const struct value *grease = sighting_get(s, FIELD_OFFER_GREASE);
	void **at;

	memset(&x, 0, sizeof(x));	/* the padding too: it is a key */
	x.rank = rank;
	x.grease = value_known(grease) && grease->number != 0;
	x.nsuites = codes_of(sighting_get(s, FIELD_OFFER_CIPHER_CODES), x.suites, HELLO_SUITES,
			     &x.short_lists);
	x.ngroups = (uint8_t)codes_of(sighting_get(s, FIELD_OFFER_GROUPS), x.groups,
				      HELLO_GROUPS, &x.short_lists);
	x.nextensions = (uint8_t)codes_of(sighting_get(s, FIELD_OFFER_EXTENSIONS), x.extensions,
					  HELLO_EXTENSIONS, &x.short_lists);
	qsort(x.extensions, x.nextensions, sizeof(x.extensions[0]), ascending);
	text_into(x.alpn, sighting_get(s, FIELD_OFFER_ALPN));
	text_into(x.stack, sighting_get(s, FIELD_STACK_ID));
	family_into(x.family, sighting_get(s, FIELD_STACK_FAMILY));
	at = map_find(l->shapes, key);
	if (at != NULL)
		return *at;
	if (map_count(l->shapes) >= SHAPES_MOST)
		return &l->other;
	at = map_add(l->shapes, key);
	*at = xcalloc(1, sizeof(x));
	memcpy(*at, &x, sizeof(x));
	return *at;
}

/* All of a look follows from the offer: offers that are alike have the same. */
static const struct look *shape_of(struct legs *l, const struct sighting *s, uint8_t rank)
{
	uint64_t alike = s->alike[ALIKE_OFFER];
	const struct look *look;

	if (alike != 0 && l->lately[alike % LOOKS_LATELY].alike == alike)
		return l->lately[alike % LOOKS_LATELY].look;
	look = make_look(l, s, rank);
	if (alike != 0) {
		l->lately[alike % LOOKS_LATELY].alike = alike;
		l->lately[alike % LOOKS_LATELY].look = look;
	}
	return look;
}

/* ---- one leg ----------------------------------------------------------------------------- */

static bool is_word(const struct sighting *s, enum field_id id, const char *is)
{
	const struct value *v = sighting_get(s, id);

	return value_known(v) && slice_is(v->bytes, is);
}

static uint64_t number_of(const struct sighting *s, enum field_id id)
{
	const struct value *v = sighting_get(s, id);

	return value_known(v) ? v->number : 0;
}

static uint8_t rank_of(const struct sighting *s, enum field_id id)
{
	const struct value *v = sighting_get(s, id);
	unsigned rank = value_known(v) ? tls_version_rank((uint16_t)v->number) : 0;

	return rank < VERSION_RANKS ? (uint8_t)rank : 0;
}

static uint32_t alert_flags(const struct sighting *s)
{
	uint64_t code = number_of(s, FIELD_ALERT_CODE);

	if (!value_known(sighting_get(s, FIELD_ALERT_CODE)))
		return 0;
	if (is_word(s, FIELD_ALERT_FROM, side_names[CLIENT]))
		return code == 42 || code == 45 || code == 46 || code == 48 ? LEG_CERT_REFUSED : 0;
	return code == 40 || code == 71 ? LEG_SUITE_REFUSED : 0;
}

static uint32_t prelude_flags(const struct sighting *s)
{
	const struct value *kind = sighting_get(s, FIELD_PRELUDE_KIND);

	if (!value_known(kind))
		return 0;
	if (slice_starts(kind->bytes, "connect"))
		return LEG_CONNECT;
	if (slice_starts(kind->bytes, "socks"))
		return LEG_SOCKS;
	return slice_starts(kind->bytes, "proxy") ? LEG_PROXY : 0;
}

static bool names(struct slice agent, const char *product)
{
	return memmem(agent.p, agent.n, product, strlen(product)) != NULL;
}

/*
 * Browsers bring their TLS stack with them, on desktops: Firefox NSS, Chrome and
 * Edge BoringSSL (on phones of Apple they have the system's).  Durumeric et al.,
 * "The Security Impact of HTTPS Interception", NDSS 2017, section 3.
 */
static uint32_t agent_flags(const struct sighting *s)
{
	const struct value *agent = sighting_get(s, FIELD_PRELUDE_AGENT);
	const struct value *family = sighting_get(s, FIELD_STACK_FAMILY);

	if (!value_known(agent) || !value_known(family) ||
	    (!names(agent->bytes, "Windows NT") && !names(agent->bytes, "X11;")))
		return 0;
	if (names(agent->bytes, "Firefox/"))
		return slice_is(family->bytes, "nss") ? 0 : LEG_AGENT;
	if (!names(agent->bytes, "Chrome/"))
		return 0;
	return slice_is(family->bytes, "chrome") || slice_is(family->bytes, "boringssl") ||
	       slice_is(family->bytes, "nss") ? 0 : LEG_AGENT;
}

static uint32_t flags_of(const struct sighting *s)
{
	const struct value *by = sighting_get(s, FIELD_SERVICE_MATCHED_BY);
	uint32_t flags = alert_flags(s) | prelude_flags(s) | agent_flags(s);

	if (value_known(sighting_get(s, FIELD_ANSWER_VERSION)))
		flags |= LEG_ANSWERED;
	if (is_word(s, FIELD_OUTCOME, result_names[RESULT_ESTABLISHED]))
		flags |= LEG_ESTABLISHED;
	if (value_known(sighting_get(s, FIELD_OFFER_NAME)) ||
	    value_known(sighting_get(s, FIELD_PRELUDE_TARGET)))
		flags |= LEG_OWN_NAME;
	if (value_known(by) && by->number & 1)
		flags |= LEG_BY_ADDRESS;
	if (value_known(sighting_get(s, FIELD_ANSWER_SENTINEL)))
		flags |= LEG_SENTINEL;
	if (number_of(s, FIELD_OFFER_FALLBACK) != 0)
		flags |= LEG_SCSV;
	if (number_of(s, FIELD_TLS_RESUMED) != 0)
		flags |= LEG_RESUMED;
	if (number_of(s, FIELD_OFFER_COMPLETE) != 0)
		flags |= LEG_COMPLETE;
	return flags;
}

/* A name that was asked for, in lower case; the server's address where none was. */
static void name_of(struct legs *l, const struct sighting *s, struct leg *ret)
{
	const struct value *name = sighting_get(s, FIELD_SERVER_NAME);
	uint8_t lower[WORD_MOST];
	size_t n = 0;

	if (!value_known(name) || name->bytes.n == 0 || name->bytes.n > sizeof(lower)) {
		ret->name = legs_hash(l, ret->server.b, sizeof(ret->server.b));
		return;
	}
	for (; n < name->bytes.n; n++)
		lower[n] = (uint8_t)tolower(name->bytes.p[n]);
	ret->name = legs_hash(l, lower, n);
	ret->name_text = word(l, (struct slice){ lower, n });
}

static void frames_of(struct legs *l, const struct sighting *s, struct leg *ret)
{
	const struct value *frames = sighting_get(s, FIELD_FRAMES);

	ret->file = value_word(l, s, FIELD_FILE);
	while (value_known(frames) && ret->nframes < LEG_FRAMES &&
	       ret->nframes < value_count(frames)) {
		ret->frames[ret->nframes] = value_number(frames, ret->nframes);
		ret->nframes++;
	}
}

/* The issuer, if it is neither Microsoft's nor a public authority nor one of the operator's. */
static const char *private_issuer(struct legs *l, const struct sighting *s)
{
	const struct value *v = sighting_get(s, FIELD_CERT_ISSUER);

	if (!value_known(v) || !value_known(sighting_get(s, FIELD_SERVICE_AREA)) ||
	    l->rules == NULL || ruleset_knows_issuer(l->rules, v->bytes))
		return NULL;
	return word(l, v->bytes);
}

/* What cannot be held against another: no hello, no ends, a host's talk with itself. */
bool leg_is(const struct sighting *s)
{
	const struct value *client = sighting_get(s, FIELD_CLIENT_IP);
	const struct value *server = sighting_get(s, FIELD_SERVER_IP);
	const struct value *random = sighting_get(s, FIELD_OFFER_RANDOM);

	return value_known(client) && value_known(server) && value_known(random) &&
	       random->bytes.n >= 16 && addr_cmp(&client->addr, &server->addr) != 0;
}

void leg_fill(struct legs *l, const struct sighting *s, struct leg *ret)
{
	const struct value *random = sighting_get(s, FIELD_OFFER_RANDOM);
	const struct value *area = sighting_get(s, FIELD_SERVICE_AREA);
	size_t n = random->bytes.n < sizeof(ret->random) ? random->bytes.n : sizeof(ret->random);

	*ret = (struct leg){ .ts = s->ts, .ts_end = s->ts_end };
	ret->client = sighting_get(s, FIELD_CLIENT_IP)->addr;
	ret->server = sighting_get(s, FIELD_SERVER_IP)->addr;
	ret->client_port = (uint16_t)number_of(s, FIELD_CLIENT_PORT);
	ret->server_port = (uint16_t)number_of(s, FIELD_SERVER_PORT);
	memcpy(ret->random, random->bytes.p, n);
	ret->flags = flags_of(s);
	ret->grade = (uint8_t)sighting_grade(s);
	ret->rank = rank_of(s, FIELD_OFFER_MAX);
	ret->answer_rank = rank_of(s, FIELD_ANSWER_VERSION);
	ret->shape = shape_of(l, s, ret->rank);
	ret->rtt = number_of(s, FIELD_RTT);
	ret->area = value_word(l, s, FIELD_SERVICE_AREA);
	ret->area_key = value_known(area) ? legs_hash(l, area->bytes.p, area->bytes.n) : 0;
	ret->issuer = private_issuer(l, s);
	name_of(l, s, ret);
	frames_of(l, s, ret);
}
