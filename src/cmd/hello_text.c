/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd: a ClientHello's facts as text: its TLS stack, what it says in a line
 * each, then its lists with the names that IANA has for the codes.
 */
#include "cmd/hello_text.h"

#include <string.h>

typedef const char *(*name_fn)(uint16_t code);

static bool is_true(const struct sighting *s, enum field_id id)
{
	return s->values[id].type == VALUE_BOOL && s->values[id].number;
}

static void line(struct buf *b, const char *label, const struct value *v)
{
	if (!value_known(v) || (value_has_bytes(v) && v->bytes.n == 0))
		return;
	buf_printf(b, "%-18s ", label);
	value_print(b, v);
	buf_putc(b, '\n');
}

static void head(struct buf *b, const struct sighting *s)
{
	const struct value *size = sighting_get(s, FIELD_OFFER_SIZE);
	const struct value *max = sighting_get(s, FIELD_OFFER_MAX);

	buf_puts(b, "ClientHello");
	if (value_known(size)) {
		buf_puts(b, ", ");
		value_print(b, size);
		buf_puts(b, " bytes");
	}
	if (slice_is(sighting_get(s, FIELD_OFFER_FORMAT)->bytes, "ssl2"))
		buf_puts(b, ", SSLv2 format");
	if (!is_true(s, FIELD_OFFER_COMPLETE))
		buf_puts(b, ", cut off: no verdict on versions");
	buf_putc(b, '\n');
	if (value_known(max))
		line(b, "offers at most", max);
}

static void flags(struct buf *b, const struct sighting *s)
{
	static const struct { enum field_id id; const char *text; } all[] = {
		{ FIELD_OFFER_GREASE, "GREASE" },
		{ FIELD_OFFER_FALLBACK, "TLS_FALLBACK_SCSV (a retry with less)" },
		{ FIELD_OFFER_RENEGOTIATION, "renegotiation SCSV" },
		{ FIELD_OFFER_ECH, "Encrypted ClientHello" },
		{ FIELD_OFFER_PSK, "pre-shared key" },
		{ FIELD_OFFER_TICKET, "session ticket" },
		{ FIELD_OFFER_EMS, "extended master secret" },
		{ FIELD_OFFER_ETM, "encrypt-then-MAC" },
	};
	const char *separator = "";
	size_t start = b->n;

	buf_printf(b, "%-18s ", "also");
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (!is_true(s, all[i].id))
			continue;
		buf_printf(b, "%s%s", separator, all[i].text);
		separator = ", ";
	}
	if (*separator == '\0')
		b->n = start;
	else
		buf_putc(b, '\n');
}

static void codes(struct buf *b, const char *title, const struct value *v, const char *more,
		  name_fn name)
{
	size_t n = value_known(v) ? value_count(v) : 0;

	if (n == 0)
		return;
	buf_printf(b, "\n%s (%zu%s)\n", title, n, more);
	for (size_t i = 0; i < n; i++) {
		uint16_t code = (uint16_t)value_code(v, i);
		const char *text = tls_is_grease(code) ? "GREASE" : name(code);

		buf_printf(b, "  0x%04x  %s\n", code, text ? text : "(not registered)");
	}
}

static void ciphers_title(struct buf *b, size_t n, size_t said, bool complete)
{
	if (n == 0 && !complete)
		buf_puts(b, "\ncipher suites: cut off\n");
	else if (n < said)
		buf_printf(b, "\ncipher suites (%zu of %zu; the rest is cut off)\n", n, said);
	else
		buf_printf(b, "\ncipher suites (%zu)\n", n);
}

static void ciphers(struct buf *b, const struct value *v, size_t said, bool complete)
{
	enum hello_format format = v->width == 3 ? HELLO_SSL2 : HELLO_TLS;
	size_t n = value_known(v) ? value_count(v) : 0;

	ciphers_title(b, n, said, complete);
	for (size_t i = 0; i < n; i++) {
		uint32_t code = value_code(v, i);
		const char *text = tls_cipher_name(code, format);

		if (format == HELLO_TLS && tls_is_grease((uint16_t)code))
			text = "GREASE";
		buf_printf(b, "  0x%0*x  %s\n", 2 * v->width, code,
			   text ? text : "(not registered)");
	}
}

/* ---- the stack --------------------------------------------------------------------------- */

static const char *word_of(const struct sighting *s, enum field_id id, struct buf *b)
{
	b->n = 0;
	value_print(b, sighting_get(s, id));
	return buf_text(b);
}

/* What the stack's ability and the offer come to, in words. */
static const char *reading_of(const struct sighting *s, struct buf *scratch)
{
	const struct value *max = sighting_get(s, FIELD_OFFER_MAX);
	const char *tls12 = word_of(s, FIELD_STACK_TLS12, scratch);

	if (is_true(s, FIELD_OFFER_FALLBACK))
		return "downgrade retry (TLS_FALLBACK_SCSV): see the attempt before it";
	if (is_true(s, FIELD_STACK_CONFIGURED))
		return "modern stack configured for legacy: look for the setting that limits it";
	if (!value_known(max) ||
	    tls_version_rank((uint16_t)max->number) >= tls_version_rank(TLS1_2))
		return NULL;
	if (strcmp(tls12, "yes") == 0)
		return "its default is TLS 1.2 or newer: a program or a policy asks for less";
	if (strcmp(tls12, "off-by-default") == 0)
		return "legacy by default or by a setting; TLS 1.2 can be switched on";
	if (strcmp(tls12, "needs-update") == 0)
		return "this version does not offer TLS 1.2; a newer one does";
	if (strcmp(tls12, "no") == 0)
		return "it cannot speak TLS 1.2";
	return is_true(s, FIELD_STACK_CAPABLE) ? "the client could offer TLS 1.2" : NULL;
}

/* A text a line, the label at the first. */
static void texts(struct buf *b, const char *label, const struct value *v)
{
	struct cursor c = cursor_of(v->bytes);
	struct slice text;

	if (!value_known(v))
		return;
	while (value_next_text(&c, &text)) {
		buf_printf(b, "%-18s %.*s\n", label, (int)text.n, (const char *)text.p);
		label = "";
	}
}

static void stack(struct buf *b, const struct sighting *s)
{
	const struct value *label = sighting_get(s, FIELD_STACK_LABEL);
	struct buf scratch = { 0 };
	const char *reading = reading_of(s, &scratch);

	if (value_known(label)) {
		line(b, "TLS stack", label);
		buf_printf(b, "%-18s %s", "known as", word_of(s, FIELD_STACK_ID, &scratch));
		buf_printf(b, ", confidence %s", word_of(s, FIELD_STACK_CONFIDENCE, &scratch));
		buf_printf(b, ", TLS 1.2: %s\n", word_of(s, FIELD_STACK_TLS12, &scratch));
	} else {
		buf_printf(b, "%-18s unknown%s\n", "TLS stack",
			   is_true(s, FIELD_OFFER_COMPLETE) ? "" : ": the hello is cut off");
	}
	if (reading != NULL)
		buf_printf(b, "%-18s %s\n", "reading", reading);
	line(b, "signs of more", sighting_get(s, FIELD_STACK_SIGNS));
	line(b, "because", sighting_get(s, FIELD_STACK_BECAUSE));
	texts(b, "also sent by", sighting_get(s, FIELD_STACK_COLLIDES));
	texts(b, "not visible", sighting_get(s, FIELD_STACK_UNSEEN));
	buf_puts(b, "\n");
	buf_done(&scratch);
}

void hello_text(const struct sighting *s, size_t ciphers_said, FILE *to)
{
	bool complete = is_true(s, FIELD_OFFER_COMPLETE);
	struct buf b = { 0 };

	head(&b, s);
	stack(&b, s);
	line(&b, "all versions", sighting_get(s, FIELD_OFFER_VERSIONS));
	line(&b, "hello's version", sighting_get(s, FIELD_OFFER_LEGACY));
	line(&b, "record's version", sighting_get(s, FIELD_OFFER_RECORD));
	line(&b, "server name", sighting_get(s, FIELD_OFFER_NAME));
	line(&b, "ALPN", sighting_get(s, FIELD_OFFER_ALPN));
	line(&b, "suite classes", sighting_get(s, FIELD_OFFER_CIPHER_CLASSES));
	line(&b, "compression", sighting_get(s, FIELD_OFFER_COMPRESSIONS));
	line(&b, "point formats", sighting_get(s, FIELD_OFFER_POINTS));
	line(&b, "session id bytes", sighting_get(s, FIELD_OFFER_SESSION_LENGTH));
	flags(&b, s);
	line(&b, "malformed", sighting_get(s, FIELD_OFFER_MALFORMED));
	line(&b, "JA3", sighting_get(s, FIELD_OFFER_JA3));
	line(&b, "JA4", sighting_get(s, FIELD_OFFER_JA4));
	line(&b, "client random", sighting_get(s, FIELD_OFFER_RANDOM));
	ciphers(&b, sighting_get(s, FIELD_OFFER_CIPHER_CODES), ciphers_said, complete);
	codes(&b, "extensions", sighting_get(s, FIELD_OFFER_EXTENSIONS),
	      complete ? "" : "; the rest is cut off", tls_extension_name);
	codes(&b, "groups", sighting_get(s, FIELD_OFFER_GROUPS), "", tls_group_name);
	codes(&b, "key shares", sighting_get(s, FIELD_OFFER_SHARES), "", tls_group_name);
	codes(&b, "signature schemes", sighting_get(s, FIELD_OFFER_SIGNATURES), "",
	      tls_signature_name);
	fwrite(b.p, 1, b.n, to);
	buf_done(&b);
}
