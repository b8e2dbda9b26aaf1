/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which TLS stack made a hello: hellos built from the orders that systems and
 * libraries send, against the shipped rules/stacks.yaml; files that are wrong.
 */
#include "test.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/data.h"
#include "fact/sighting.h"
#include "rule/rule.h"

/* A hello in few words; hexadecimal codes with white space between. */
struct made {
	uint16_t record, version;	/* record 0: a message without one */
	const char *suites, *extensions, *groups;
	const char *points;		/* NULL: "00" */
	const char *compression;	/* NULL: "00" */
	const char *versions;		/* of supported_versions */
	bool ssl2;
};

static struct ruleset *rules;
static uint8_t bytes[8192];

/* ---- making hellos ------------------------------------------------------------------------- */

static uint8_t *put16(uint8_t *p, size_t v)
{
	*p++ = (uint8_t)(v >> 8);
	*p++ = (uint8_t)v;
	return p;
}

static uint8_t *put_hex(uint8_t *p, const char *text)
{
	struct slice s = test_hex(text ? text : "");

	memcpy(p, s.p, s.n);
	p += s.n;
	exact_free(s);
	return p;
}

/* The codes behind their length in `width` bytes. */
static uint8_t *put_vector(uint8_t *p, unsigned width, const char *codes)
{
	uint8_t *end = put_hex(p + width, codes);
	size_t n = (size_t)(end - p) - width;

	if (width == 2)
		put16(p, n);
	else
		*p = (uint8_t)n;
	return end;
}

static uint8_t *put_body(uint8_t *p, unsigned type, const struct made *m)
{
	switch (type) {
	case EXT_SERVER_NAME:		return put_hex(p, "0006 00 0003 612e62");
	case EXT_STATUS_REQUEST:	return put_hex(p, "01 0000 0000");
	case EXT_SUPPORTED_GROUPS:	return put_vector(p, 2, m->groups);
	case EXT_EC_POINT_FORMATS:	return put_vector(p, 1, m->points ? m->points : "00");
	case EXT_SIGNATURE_ALGORITHMS:	return put_vector(p, 2, "0403 0401 0201");
	case EXT_SUPPORTED_VERSIONS:	return put_vector(p, 1, m->versions);
	case EXT_RENEGOTIATION_INFO:	return put_hex(p, "00");
	default:			return p;
	}
}

static uint8_t *put_extensions(uint8_t *p, const struct made *m)
{
	struct slice types = test_hex(m->extensions);
	uint8_t *at = p + 2;

	for (size_t i = 0; i + 1 < types.n; i += 2) {
		unsigned type = (unsigned)types.p[i] << 8 | types.p[i + 1];
		uint8_t *body = put16(at, type) + 2, *end = put_body(body, type, m);

		put16(body - 2, (size_t)(end - body));
		at = end;
	}
	put16(p, (size_t)(at - p) - 2);
	exact_free(types);
	return at;
}

/* The message's body: behind its four-byte header, or for SSLv2 format behind its length. */
static struct slice body_of(const struct made *m)
{
	uint8_t *p = bytes, *lengths, *end;

	if (m->ssl2) {
		*p++ = 1;
		lengths = put16(p, m->version);
		end = put_hex(lengths + 6, m->suites);
		put16(put16(put16(lengths, (size_t)(end - lengths) - 6), 0), 16);
		memset(end, 0x5a, 16);
		return (struct slice){ bytes, (size_t)(end - bytes) + 16 };
	}
	p = put16(p, m->version);
	memset(p, 0x5a, 32);
	p += 32;
	*p++ = 0;
	p = put_vector(p, 2, m->suites);
	p = put_vector(p, 1, m->compression ? m->compression : "00");
	if (m->extensions != NULL)
		p = put_extensions(p, m);
	return (struct slice){ bytes, (size_t)(p - bytes) };
}

static enum parse parse(const struct made *m, struct slice body, bool whole, struct hello *ret)
{
	enum parse p = m->ssl2 ? sslv2_client_hello_parse(body, whole, ret) :
				 client_hello_parse(body, whole, ret);

	ret->record_version = m->record;
	return p;
}

static const struct stack *named(const struct made *m, struct hello *ret)
{
	assert_int_equal(parse(m, body_of(m), true, ret), PARSE_OK);
	return ruleset_stack(rules, ret);
}

static void is_stack(const struct made *m, const char *id, const char *family, const char *tls12)
{
	struct hello hello;
	const struct stack *s = named(m, &hello);

	if (s == NULL || strcmp(s->id, id) != 0)
		print_error("%s is %s\n", id, s ? s->id : "unknown");
	assert_non_null(s);
	assert_string_equal(s->id, id);
	assert_string_equal(s->family, family);
	assert_string_equal(s->tls12, tls12);
	assert_true(strlen(s->because) > 10);
}

static void is_unknown(const struct made *m)
{
	struct hello hello;
	const struct stack *s = named(m, &hello);

	if (s != NULL)
		print_error("taken for %s\n", s->id);
	assert_null(s);
}

/* ---- the hellos ---------------------------------------------------------------------------- */

#define LIST_XP "0004 0005 000a 0009 0064 0062 0003 0006 0013 0012 0063"
#define LIST_VISTA "002f 0035 0005 000a c009 c00a c013 c014 0032 0038 0013 0004"
#define LIST_7_TLS10 "002f 0035 0005 000a c013 c014 c009 c00a 0032 0038 0013 0004"
#define LIST_7_TLS12 "003c 002f 003d 0035 0005 000a c027 c013 c014 c02b c023 c02c c024 c009 " \
	"c00a 0040 0032 006a 0038 0013 0004"
#define LIST_7_UPDATED "c028 c027 c014 c013 009f 009e 009d 009c 003d 003c 0035 002f c02c c02b " \
	"c024 c023 c00a c009 006a 0040 0038 0032 000a 0013"
#define LIST_7_UPDATED_TLS10 "c014 c013 0039 0033 0035 002f c00a c009 0038 0032 000a 0013 " \
	"0005 0004"
#define LIST_10 "c02c c02b c030 c02f 009f 009e c024 c023 c028 c027 c00a c009 c014 c013 009d " \
	"009c 003d 003c 0035 002f 000a"
#define LIST_098 "0039 0038 0035 0016 0013 000a 0033 0032 002f 0007 0005 0004 0015 0012 0009 " \
	"0014 0011 0008 0006 0003 00ff"
#define LIST_100 "c014 c00a 0039 0038 0088 0087 c00f c005 0035 0084 c013 c009 0033 0032 009a " \
	"0099 0045 0044 c00e c004 002f 0096 0041 0007 c011 c007 c00c c002 0005 0004 c012 c008 " \
	"0016 0013 c00d c003 000a 0015 0012 0009 00ff"
#define LIST_OPENSSL_3 "1302 1303 1301 c02c c030 009f cca9 cca8 ccaa c02b c02f 009e c024 c028 " \
	"006b c023 c027 0067 c00a c014 0039 c009 c013 0033 009d 009c 003d 003c 0035 002f 00ff"
#define LIST_NSS_4 "00ff c00a c014 0088 0087 0039 0038 c00f c005 0084 0035 c007 c009 c011 c013 " \
	"0045 0044 0033 0032 c00c c00e c002 c004 0096 0041 0004 0005 002f c008 c012 0016 0013 " \
	"c00d c003 feff 000a"
#define LIST_CHROME_14 "c00a c014 0088 0087 0039 0038 c00f c005 0084 0035 c007 c009 c011 c013 " \
	"0045 0044 0066 0033 0032 c00c c00e c002 c004 0096 0041 0004 0005 002f c008 c012 0016 " \
	"0013 c00d c003 feff 000a"
#define LIST_CHROME "0a0a 1301 1302 1303 c02b c02f c02c c030 cca9 cca8 c013 c014 009c 009d 002f " \
	"0035"
#define LIST_JAVA_6 "0004 0005 002f 0033 0032 000a 0016 0013 0009 0015 0012 0003 0008 0014 0011"
#define LIST_JAVA_7 "c009 c013 002f c004 c00e 0033 0032 c007 c011 0005 c002 c00c c008 c012 000a " \
	"c003 c00d 0016 0013 0004 00ff"
#define LIST_ANDROID_4 "c014 c00a c022 c021 0039 0038 c00f c005 0035 c012 c008 c01c c01b 0016 " \
	"0013 c00d c003 000a c013 c009 c01f c01e 0033 0032 c00e c004 002f c011 c007 c00c c002 " \
	"0005 0004 00ff"
#define LIST_MAC_10_8 "00ff c00a c009 c007 c008 c014 c013 c011 c012 c004 c005 c002 c003 c00e " \
	"c00f c00c c00d 002f 0005 0004 0035 000a 0033 0039 0016"
#define GROUPS_JAVA "0017 0001 0003 0013 0015 0006 0007 0009 000a 0018 000b 000c 0019"
#define GROUPS_25 "000e 000d 0019 000b 000c 0018 0009 000a 0016 0017 0008 0006 0007 0014 0015"

static const struct { struct made hello; const char *id, *family, *tls12; } all[] = {
	{ { .record = TLS1_0, .version = TLS1_0, .suites = LIST_XP },
	  "schannel-windows-xp", "schannel", "no" },
	{ { .version = SSL3, .ssl2 = true, .suites = "000004 000005 00000a 010080 0700c0 030080 "
	    "000009 060040 000064 000062 000003 000006 020080 040080 000013 000012 000063 0000ff" },
	  "schannel-windows-xp", "schannel", "no" },
	{ { .record = TLS1_0, .version = TLS1_0, .suites = LIST_VISTA,
	    .extensions = "0000 0005 000a 000b ff01", .groups = "0017 0018 0019" },
	  "schannel-windows-vista", "schannel", "needs-update" },
	{ { .record = TLS1_0, .version = TLS1_0, .suites = LIST_7_TLS10,
	    .extensions = "ff01 0000 0005 000a 000b", .groups = "0017 0018" },
	  "schannel-windows-7", "schannel", "off-by-default" },
	{ { .record = TLS1_0, .version = TLS1_0, .suites = LIST_7_UPDATED_TLS10,
	    .extensions = "0000 000a 000b 0017 ff01", .groups = "0017 0018" },
	  "schannel-windows-7", "schannel", "off-by-default" },
	{ { .record = TLS1_2, .version = TLS1_2, .suites = LIST_7_TLS12,
	    .extensions = "ff01 0000 000a 000b 000d", .groups = "0017 0018" },
	  "schannel-windows-7", "schannel", "off-by-default" },
	{ { .version = TLS1_0, .ssl2 = true, .suites = "00c014 00c013 000035 00002f 00c00a 00c009 "
	    "000038 000032 00000a 000013 000005 000004 010080 0700c0 0000ff" },
	  "schannel-windows-7-sslv2", "schannel", "off-by-default" },
	{ { .record = TLS1_0, .version = TLS1_0, .suites = LIST_7_TLS10,
	    .extensions = "ff01 0000 0005 000a 000b 0023", .groups = "0017 0018" },
	  "schannel-windows-8", "schannel", "off-by-default" },
	{ { .record = TLS1_2, .version = TLS1_2, .suites = LIST_7_UPDATED, .groups = "0017 0018",
	    .extensions = "0000 0005 000a 000b 000d 0023 0010 3374 0017 ff01" },
	  "schannel-windows-8-1", "schannel", "yes" },
	{ { .record = TLS1_2, .version = TLS1_2, .suites = LIST_10, .groups = "001d 0017 0018",
	    .extensions = "0000 000a 000b 000d 0023 0017 ff01" },
	  "schannel-windows-10", "schannel", "yes" },
	{ { .record = TLS1_0, .version = TLS1_0, .groups = "001d 0017 0018",
	    .suites = "c00a c009 c014 c013 0035 002f 000a",
	    .extensions = "0000 000a 000b 0023 0017 ff01" },
	  "schannel-windows-10", "schannel", "yes" },
	{ { .record = TLS1_0, .version = TLS1_2, .suites = "1302 1301 " LIST_10,
	    .groups = "001d 0017 0018", .versions = "0304 0303",
	    .extensions = "0000 0005 000a 000b 000d 0023 0010 0017 002b 002d 0033 ff01" },
	  "schannel-windows-11", "schannel", "yes" },
	{ { .record = TLS1_0, .version = TLS1_0, .suites = LIST_7_TLS10 " 00ff",
	    .extensions = "0000 000b 000a 0023 000d 0005 000f", .groups = "0017 0019 001c 001b",
	    .points = "00 01 02" },
	  "interceptor-schannel-list-on-openssl", "interceptor", "yes" },
	{ { .version = TLS1_0, .ssl2 = true, .suites = "000039 000038 000035 000016 000013 00000a "
	    "0700c0 000033 000032 00002f 000007 050080 030080 000005 000004 010080 000015 000012 "
	    "000009 060040 000014 000011 000008 000006 040080 000003 020080" },
	  "openssl-0-9-8", "openssl", "needs-update" },
	{ { .record = TLS1_0, .version = TLS1_0, .suites = LIST_098, .extensions = "0000 0023",
	    .compression = "01 00" },
	  "openssl-0-9-8", "openssl", "needs-update" },
	{ { .record = TLS1_0, .version = TLS1_0, .suites = LIST_100, .points = "00 01 02",
	    .extensions = "0000 000b 000a 0023", .groups = "0001 0002 0003 0004 0005" },
	  "openssl-1-0-0", "openssl", "needs-update" },
	{ { .record = TLS1_0, .version = TLS1_0, .suites = LIST_100, .points = "00 01 02",
	    .extensions = "0000 000b 000a 0023 000f", .groups = GROUPS_25 },
	  "openssl-1-0-limited", "openssl", "off-by-default" },
	{ { .record = TLS1_0, .version = TLS1_2, .suites = "c030 c02c " LIST_100,
	    .points = "00 01 02", .extensions = "0000 000b 000a 0023 000d 000f",
	    .groups = GROUPS_25 },
	  "openssl-1-0-1", "openssl", "yes" },
	{ { .record = TLS1_0, .version = TLS1_2, .suites = LIST_OPENSSL_3, .points = "00 01 02",
	    .extensions = "0000 000b 000a 0023 0016 0017 000d", .groups = "001d 0017 0019 0018" },
	  "openssl-1-1", "openssl", "yes" },
	{ { .record = TLS1_0, .version = TLS1_2, .suites = LIST_OPENSSL_3, .points = "00 01 02",
	    .extensions = "0000 000b 000a 0023 0016 0017 000d 002b 002d 0033",
	    .groups = "001d 0017 001e 0019 0018 0100 0101", .versions = "0304 0303" },
	  "openssl-3", "openssl", "yes" },
	{ { .record = TLS1_0, .version = TLS1_0, .points = "00 01 02",
	    .suites = "c00a c014 0039 c009 c013 0033 0035 002f 00ff",
	    .extensions = "0000 000b 000a 0023 0016 0017", .groups = "001d 0017 0018" },
	  "openssl-1-1-limited", "openssl", "off-by-default" },
	{ { .record = TLS1_0, .version = TLS1_0, .suites = LIST_NSS_4,
	    .extensions = "0000 000a 000b 0023", .groups = "0017 0018 0019" },
	  "nss-firefox-4", "nss", "needs-update" },
	{ { .record = TLS1_0, .version = TLS1_2, .groups = "0017 0018 0019",
	    .suites = "c02b c02f c00a c009 c013 c014 0033 0039 002f 0035 000a",
	    .extensions = "0000 ff01 000a 000b 0023 3374 0010 0005 000d" },
	  "nss-firefox-27", "nss", "yes" },
	{ { .record = TLS1_0, .version = TLS1_0, .suites = LIST_CHROME_14, .compression = "01 00",
	    .extensions = "0000 ff01 000a 000b 0023 3374", .groups = "0017 0018 0019" },
	  "chrome-14", "chrome", "needs-update" },
	{ { .record = TLS1_0, .version = TLS1_2, .suites = LIST_CHROME,
	    .versions = "1a1a 0304 0303",
	    .extensions = "2a2a 0023 0033 002d 0005 000d 0000 0010 002b 0017 0012 44cd 000b 001b "
			  "000a ff01 3a3a", .groups = "4a4a 11ec 001d 0017 0018" },
	  "boringssl-permuted", "boringssl", "yes" },
	{ { .record = TLS1_0, .version = TLS1_2, .suites = LIST_CHROME,
	    .versions = "1a1a 0304 0303",
	    .extensions = "2a2a 0000 0017 ff01 000a 000b 0023 0010 0005 000d 0012 0033 002d 002b "
			  "001b 4469 3a3a 0015", .groups = "4a4a 001d 0017 0018" },
	  "boringssl-2018", "boringssl", "yes" },
	{ { .version = TLS1_0, .ssl2 = true, .suites = "000004 010080 000005 00002f 000033 000032 "
	    "00000a 0700c0 000016 000013 000009 060040 000015 000012 000003 020080 000008 000014 "
	    "000011 0000ff" },
	  "jsse-6", "jsse", "needs-update" },
	{ { .record = TLS1_0, .version = TLS1_0, .suites = LIST_JAVA_6 },
	  "jsse-6-list", "jsse", "needs-update" },
	{ { .record = TLS1_0, .version = TLS1_0, .suites = LIST_JAVA_7,
	    .extensions = "000a 000b 0000", .groups = GROUPS_JAVA },
	  "jsse-7", "jsse", "off-by-default" },
	{ { .record = TLS1_2, .version = TLS1_2, .suites = "c023 c027 " LIST_JAVA_7,
	    .extensions = "000a 000b 000d 0000", .groups = GROUPS_JAVA },
	  "jsse-8", "jsse", "yes" },
	{ { .record = TLS1_0, .version = TLS1_0,
	    .suites = "c00a c009 c014 c013 0035 002f 0039 0033",
	    .extensions = "0005 000a 000b 0016 0017 0023 ff01 0000 001c",
	    .groups = "0017 0018 0019 001d 001e 0100" },
	  "gnutls", "gnutls", "yes" },
	{ { .record = TLS1_0, .version = TLS1_2, .versions = "0304 0303 0302 0301",
	    .suites = "c02b c02f c02c c030 cca9 cca8 c009 c013 c00a c014 009c 009d 002f 0035 c012 "
		      "000a 1301 1302 1303", .groups = "001d 0017 0018 0019",
	    .extensions = "0000 0005 000a 000b 000d ff01 0010 0012 002b 0033" },
	  "go", "go", "yes" },
	{ { .record = TLS1_0, .version = TLS1_0, .suites = LIST_ANDROID_4, .points = "00 01 02",
	    .extensions = "0000 000b 000a 0023 3374", .groups = GROUPS_25, .compression = "01 00" },
	  "android-4-1-browser", "android", "needs-update" },
	{ { .record = TLS1_0, .version = TLS1_0, .suites = LIST_ANDROID_4, .points = "00 01 02",
	    .extensions = "0000 000b 000a 0023 3374", .groups = GROUPS_25 },
	  "android-4-2-browser", "android", "needs-update" },
	{ { .record = TLS1_0, .version = TLS1_0, .suites = LIST_MAC_10_8,
	    .extensions = "0000 000a 000b", .groups = "0017 0018 0019" },
	  "securetransport-macos-10-8", "securetransport", "needs-update" },
};

enum { ALL = sizeof(all) / sizeof(all[0]) };

/* ---- tests --------------------------------------------------------------------------------- */

static void each_has_its_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < ALL; i++)
		is_stack(&all[i].hello, all[i].id, all[i].family, all[i].tls12);
}

/* The order tells: what JA4 sorts away is what names a stack. */
static void near_misses_are_unknown(void **state)
{
	struct made m = all[3].hello;		/* Windows 7 at TLS 1.0 */

	(void)state;
	assert_string_equal(all[3].id, "schannel-windows-7");
	m.extensions = "000b 000a 0005 0000 ff01";
	is_unknown(&m);
	m = all[3].hello;
	m.suites = LIST_7_TLS10 " 00ff";	/* SChannel never sends it */
	is_unknown(&m);
	m = all[3].hello;
	m.record = SSL3;
	is_unknown(&m);
	m.record = 0;				/* a bare message: its record is not known */
	is_unknown(&m);
	m = all[3].hello;
	m.points = "00 01 02";
	is_unknown(&m);
	is_unknown(&(struct made){ .record = TLS1_0, .version = TLS1_0, .suites = "002f" });
	is_unknown(&(struct made){ .record = TLS1_0, .version = TLS1_0, .suites = "" });
	is_unknown(&(struct made){ .version = TLS1_0, .ssl2 = true, .suites = "010080" });
	is_unknown(&(struct made){ .record = TLS1_2, .version = TLS1_2, .extensions = "",
				   .suites = "c02f 1301 feff 0066 c030 0004" });
}

static void patched_is_known_by_the_list(void **state)
{
	struct hello hello;
	const struct stack *old = named(&all[3].hello, &hello);
	const struct stack *later = named(&all[4].hello, &hello);

	(void)state;
	assert_ptr_not_equal(old, later);
	assert_string_equal(old->id, later->id);
	assert_true(old->has_patched && !old->patched);
	assert_true(later->has_patched && later->patched);
}

static void a_part_of_a_hello_has_no_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < ALL; i++) {
		struct slice body = body_of(&all[i].hello);

		for (size_t n = 0; n < body.n; n++) {
			struct slice part = exact_copy(body.p, n);
			struct hello hello;

			if (parse(&all[i].hello, part, false, &hello) == PARSE_OK)
				assert_null(ruleset_stack(rules, &hello));
			exact_free(part);
		}
	}
}

/* Whatever the bytes are: a name of the file, or none. */
static void flipped_bits_do_no_harm(void **state)
{
	size_t names = 0;

	(void)state;
	for (size_t i = 0; i < ALL; i++) {
		struct slice body = body_of(&all[i].hello);

		for (size_t bit = 0; bit < 8 * body.n; bit++) {
			struct slice copy = exact_copy(body.p, body.n);
			struct hello hello;

			((uint8_t *)(uintptr_t)copy.p)[bit / 8] ^= (uint8_t)(1 << bit % 8);
			if (parse(&all[i].hello, copy, true, &hello) == PARSE_OK)
				names += ruleset_stack(rules, &hello) != NULL;
			exact_free(copy);
		}
	}
	assert_true(names > 1000);	/* a random or a name of a server is no evidence */
}

static void a_very_long_list_has_no_name(void **state)
{
	struct slice body = { bytes, 2 + 32 + 1 + 2 + 2 * 600 + 2 };
	struct hello hello;

	(void)state;
	memset(bytes, 0, sizeof(bytes));
	put16(bytes, TLS1_0);
	put16(bytes + 35, 1200);
	for (size_t i = 0; i < 600; i++)
		put16(bytes + 37 + 2 * i, 0x0004 + i % 2);
	put16(bytes + 37 + 1200, 0x0100);
	assert_int_equal(client_hello_parse(body, true, &hello), PARSE_OK);
	assert_null(ruleset_stack(rules, &hello));
}

/* ---- what else shows ------------------------------------------------------------------------ */

static struct sighting *seen(const struct made *m)
{
	static struct hello hello;
	struct handshake h = { .offer = &hello, .explain = true };

	h.stack = named(m, &hello);
	return sighting_new(&h);
}

static void signs_are_facts(void **state)
{
	struct made modern = {
		.record = TLS1_1, .version = TLS1_1, .suites = "c00a c014 5600 0035 002f",
		.extensions = "0000 000a 000b 0016 000d 002b", .groups = "001d 0017",
		.versions = "0302 0301"
	};
	struct sighting *s = seen(&all[3].hello);

	(void)state;
	assert_slice(sighting_get(s, FIELD_STACK_ID)->bytes, "schannel-windows-7");
	assert_true(sighting_get(s, FIELD_STACK_CAPABLE)->number);	/* off by default */
	assert_false(value_known(sighting_get(s, FIELD_STACK_CONFIGURED)));
	assert_false(value_known(sighting_get(s, FIELD_STACK_SIGNS)));
	assert_true(value_known(sighting_get(s, FIELD_STACK_COLLIDES)));
	assert_true(value_known(sighting_get(s, FIELD_STACK_UNSEEN)));
	sighting_free(s);

	s = seen(&all[0].hello);					/* Windows XP */
	assert_false(value_known(sighting_get(s, FIELD_STACK_CAPABLE)));
	assert_false(value_known(sighting_get(s, FIELD_STACK_PATCHED)));
	sighting_free(s);

	s = seen(&modern);
	assert_int_equal(sighting_get(s, FIELD_STACK_SIGNS)->number, 0x1f);
	assert_true(sighting_get(s, FIELD_STACK_CAPABLE)->number);
	assert_false(value_known(sighting_get(s, FIELD_STACK_CONFIGURED)));	/* a retry */
	sighting_free(s);

	modern.suites = "c00a c014 0035 002f";
	s = seen(&modern);
	assert_true(sighting_get(s, FIELD_STACK_CONFIGURED)->number);
	sighting_free(s);

	modern.versions = "0303 0302";					/* no low offer */
	s = seen(&modern);
	assert_false(value_known(sighting_get(s, FIELD_STACK_SIGNS)));
	assert_false(value_known(sighting_get(s, FIELD_STACK_CAPABLE)));
	sighting_free(s);
}

/* ---- files that are wrong -------------------------------------------------------------------- */

static char folder[] = "/tmp/test_stack.XXXXXX";
static char path[64];
static struct errors errors;

static struct ruleset *load_bytes(const void *p, size_t n)
{
	const char *paths[] = { path };
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, n, f), n);
	fclose(f);
	errors_done(&errors);
	return ruleset_load(paths, 1, &errors);
}

static char *shipped(size_t *ret_n)
{
	struct buf name = { 0 };
	FILE *f = fopen(data_path("stacks.yaml", &name), "rb");
	char *text = malloc(1 << 20);

	assert_non_null(f);
	*ret_n = fread(text, 1, 1 << 20, f);
	fclose(f);
	buf_done(&name);
	return text;
}

/* A few hundred files each a little wrong: loaded, or said where; then they name hellos. */
static void mutants_are_no_danger(void **state)
{
	static const char bits[] = "$:[]{}\"'>-# \n0\xff";
	size_t n, refused = 0, loaded = 0;
	char *text = shipped(&n), *copy = malloc(n + 1);
	uint32_t seed = 20261120;
	struct hello hello;

	(void)state;
	for (size_t i = 0; i < 300; i++) {
		size_t at = (seed = seed * 1664525 + 1013904223) % n, size = n;
		size_t cut = i % 3 == 0 ? 1 + seed / 7 % 40 : 0;
		struct ruleset *keep = rules, *r;

		memcpy(copy, text, n);
		if (cut > n - at)
			cut = n - at;
		if (cut > 0)
			memmove(copy + at, copy + at + cut, (size -= cut) - at);
		else if (i % 3 == 1)
			copy[at] = bits[seed / 11 % (sizeof(bits) - 1)];
		else
			size = at;
		r = load_bytes(copy, size);
		assert_int_equal(r == NULL, errors.n > 0);
		refused += r == NULL;
		loaded += r != NULL;
		rules = r ? r : rules;
		for (size_t k = 0; k < ALL; k += 5)
			(void)named(&all[k].hello, &hello);
		rules = keep;
		ruleset_free(r);
	}
	assert_true(refused > 100 && loaded > 20);	/* the source is half comments and labels */
	errors_done(&errors);
	free(copy);
	free(text);
}

static int open_all(void **state)
{
	(void)state;
	rules = ruleset_load(NULL, 0, &errors);
	if (rules == NULL)
		errors_print(&errors, stderr);
	if (rules == NULL || mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/stacks.yaml", folder);
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	ruleset_free(rules);
	unlink(path);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_has_its_name),
		cmocka_unit_test(near_misses_are_unknown),
		cmocka_unit_test(patched_is_known_by_the_list),
		cmocka_unit_test(a_part_of_a_hello_has_no_name),
		cmocka_unit_test(flipped_bits_do_no_harm),
		cmocka_unit_test(a_very_long_list_has_no_name),
		cmocka_unit_test(signs_are_facts),
		cmocka_unit_test(mutants_are_no_danger),
	};

	return cmocka_run_group_tests_name("stack", tests, open_all, close_all);
}
