/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule: the words that fields speak in, so that a misspelt one is found.
 */
#include <string.h>

#include "rule/code.h"

static const char *const formats[] = { "tls", "ssl2", "quic", NULL };
static const char *const transports[] = { "tcp", "udp", NULL };
static const char *const protocols[] = { "tls", "ssl", "dtls", NULL };
static const char *const alert_levels[] = { "warning", "fatal", NULL };
static const char *const grades[] = { "good", "fair", "poor", NULL };

static const char *const fallback_causes[] = {
	"foreign-reset", "reset", "alert", "certificate", "closed", "silent", NULL
};
static const char *const confidences[] = { "high", "medium", "low", NULL };

/* n 0: the list ends with NULL. */
static const struct {
	enum field_id field;
	const char *const *words;
	size_t n;
} vocabularies[] = {
	{ FIELD_SERVICE_CLOUD, cloud_names, CLOUDS },
	{ FIELD_SERVICE_AREA, area_names, AREAS },
	{ FIELD_SERVICE_CATEGORY, category_names, CATEGORIES },
	{ FIELD_SERVICE_MATCHED_BY, match_names, 2 },
	{ FIELD_OFFER_CIPHER_CLASSES, tls_class_names, 0 },
	{ FIELD_ANSWER_CLASSES, tls_class_names, 0 },
	{ FIELD_OFFER_MALFORMED, hello_odd_names, 0 },
	{ FIELD_ANSWER_MALFORMED, hello_odd_names, 0 },
	{ FIELD_OUTCOME, result_names, RESULTS },
	{ FIELD_ALERT_FROM, side_names, 2 },
	{ FIELD_RESET_FROM, side_names, 2 },
	{ FIELD_ALERT_LEVEL, alert_levels, 0 },
	{ FIELD_OFFER_FORMAT, formats, 0 },
	{ FIELD_TRANSPORT, transports, 0 },
	{ FIELD_TLS_PROTOCOL, protocols, 0 },
	{ FIELD_QUALITY, grades, 0 },
	{ FIELD_STACK_FAMILY, stack_families, 0 },
	{ FIELD_STACK_TLS12, stack_tls12, 0 },
	{ FIELD_STACK_CONFIDENCE, stack_confidences, 0 },
	{ FIELD_STACK_SIGNS, stack_sign_names, 0 },
	{ FIELD_FALLBACK_CAUSE, fallback_causes, 0 },
	{ FIELD_LEGS_VERDICT, legs_verdict_names, 0 },
	{ FIELD_LEGS_CONFIDENCE, confidences, 0 },
	{ FIELD_LEGS_SEEN, legs_side_names, 0 },
	{ FIELD_LEGS_RECOGNISED, legs_recognised_names, 0 },
	{ FIELD_LEGS_PROOFS, legs_proof_names, 0 },
	{ FIELD_LEGS_UPSTREAM_CLASSES, tls_class_names, 0 },
};

const char *const *field_words(enum field_id id, size_t *ret_n)
{
	for (size_t i = 0; i < sizeof(vocabularies) / sizeof(vocabularies[0]); i++) {
		size_t n = vocabularies[i].n;

		if (vocabularies[i].field != id)
			continue;
		for (; vocabularies[i].n == 0 && vocabularies[i].words[n] != NULL; n++)
			;
		*ret_n = n;
		return vocabularies[i].words;
	}
	return NULL;
}

bool field_has_ciphers(enum field_id id)
{
	return id == FIELD_OFFER_CIPHER_CODES || id == FIELD_OFFER_CIPHERS ||
	       id == FIELD_ANSWER_CIPHER || id == FIELD_LEGS_CLIENT_SUITES ||
	       id == FIELD_LEGS_UPSTREAM_SUITES;
}

uint64_t field_most(enum field_id id)
{
	switch ((unsigned)id) {
	case FIELD_ALERT_CODE:			/* RFC 8446 section 6 */
	case FIELD_ANSWER_COMPRESSION:
	case FIELD_OFFER_SESSION_LENGTH:	/* an opaque<0..32>, but its length is a byte */
	case FIELD_RESET_TTL:			/* RFC 791, RFC 8200 */
	case FIELD_SYNACK_TTL:
		return UINT8_MAX;
	case FIELD_CLIENT_PORT:			/* RFC 9293 */
	case FIELD_SERVER_PORT:
	case FIELD_SERVICE_ENDPOINT:		/* as the endpoint data may have it */
		return UINT16_MAX;
	case FIELD_ERSPAN:			/* a session id has ten bits */
		return 0x3ff;
	case FIELD_VNI:				/* RFC 7348 section 5 */
		return 0xffffff;
	default:
		return UINT64_MAX;
	}
}

typedef bool (*code_fn)(const char *name, uint16_t *ret);

static code_fn coder(enum field_id id)
{
	if (field_has_ciphers(id))
		return tls_cipher_code;
	switch ((unsigned)id) {
	case FIELD_OFFER_EXTENSIONS:
	case FIELD_ANSWER_EXTENSIONS:	return tls_extension_code;
	case FIELD_OFFER_GROUPS:
	case FIELD_OFFER_SHARES:
	case FIELD_ANSWER_GROUP:	return tls_group_code;
	case FIELD_OFFER_SIGNATURES:	return tls_signature_code;
	default:			return NULL;
	}
}

bool field_code_of(enum field_id id, const char *name, uint64_t *ret)
{
	code_fn code_of = coder(id);
	uint16_t code;

	if (code_of == NULL || !code_of(name, &code))
		return false;
	*ret = code;
	return true;
}

/* A three-byte suite that begins with zero is a TLS suite (RFC 5246 E.2). */
uint64_t cipher_classes(uint32_t code)
{
	return tls_cipher_classes(code, code > UINT16_MAX ? HELLO_SSL2 : HELLO_TLS);
}
