/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls: names of codes, and what a cipher suite's name says about it.
 *
 * The tables are made by tools/iana/generate from text files beside it, each
 * ascending by code.  What the classes mean is in tools/iana/classes.txt.
 */
#include "tls/tls.h"

#include <string.h>

struct entry {
	uint32_t code;
	uint32_t flags;
	const char *name;
};

#define ENTRY(code, flags, name) { code, flags, name },

static const struct entry ciphers[] = {
#include "tls/ciphers.def"
#include "tls/ciphers_ec.def"
};

static const struct entry sslv2_kinds[] = {
#include "tls/sslv2.def"
};

static const struct entry extensions[] = {
#include "tls/extensions.def"
};

static const struct entry groups[] = {
#include "tls/groups.def"
};

static const struct entry signatures[] = {
#include "tls/signatures.def"
};

static const struct entry alerts[] = {
#include "tls/alerts.def"
};

#define CLASS(name) name,

const char *const tls_class_names[] = {
#include "tls/classes.def"
	NULL
};

const char *const hello_odd_names[] = {
	"duplicate-extension",
	"trailing-bytes",
	"empty-list",
	"lying-length",
	"odd-length",
	"long-session-id",
	NULL
};

#define ENTRIES(table) (sizeof(table) / sizeof((table)[0]))

static const struct entry *find(const struct entry *table, size_t n, uint32_t code)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (table[mid].code < code)
			low = mid + 1;
		else
			high = mid;
	}
	return low < n && table[low].code == code ? &table[low] : NULL;
}

static const char *name_of(const struct entry *e) { return e ? e->name : NULL; }

/* Kinds of the SSLv2 format below 0x10000 are TLS suites: RFC 5246 appendix E.2. */
static const struct entry *cipher(uint32_t code, enum hello_format format)
{
	if (code > 0xffff && format == HELLO_SSL2)
		return find(sslv2_kinds, ENTRIES(sslv2_kinds), code);
	return find(ciphers, ENTRIES(ciphers), code);
}

const char *tls_cipher_name(uint32_t code, enum hello_format format)
{
	return name_of(cipher(code, format));
}

uint64_t tls_cipher_classes(uint32_t code, enum hello_format format)
{
	const struct entry *e = cipher(code, format);

	return e ? e->flags : 0;
}

const char *tls_extension_name(uint16_t code)
{
	return name_of(find(extensions, ENTRIES(extensions), code));
}

const char *tls_group_name(uint16_t code)
{
	return name_of(find(groups, ENTRIES(groups), code));
}

bool tls_group_is_pq(uint16_t code)
{
	const struct entry *e = find(groups, ENTRIES(groups), code);

	return e != NULL && e->flags != 0;
}

const char *tls_signature_name(uint16_t code)
{
	return name_of(find(signatures, ENTRIES(signatures), code));
}

const char *tls_alert_name(uint8_t code)
{
	return name_of(find(alerts, ENTRIES(alerts), code));
}

static bool code_of(const struct entry *table, size_t n, const char *name, uint16_t *ret)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(table[i].name, name) == 0) {
			*ret = (uint16_t)table[i].code;
			return true;
		}
	}
	return false;
}

bool tls_cipher_code(const char *name, uint16_t *ret)
{
	return code_of(ciphers, ENTRIES(ciphers), name, ret);
}

bool tls_extension_code(const char *name, uint16_t *ret)
{
	return code_of(extensions, ENTRIES(extensions), name, ret);
}

bool tls_group_code(const char *name, uint16_t *ret)
{
	return code_of(groups, ENTRIES(groups), name, ret);
}

bool tls_signature_code(const char *name, uint16_t *ret)
{
	return code_of(signatures, ENTRIES(signatures), name, ret);
}
