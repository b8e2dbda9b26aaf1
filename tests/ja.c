/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ja: fingerprints of ClientHellos, for clients.sh.
 *
 * Reads lines "name TAB hex of the stream's bytes"; prints for each
 *	name TAB MD5 of JA3 TAB JA4 TAB JA3
 * with the word "sslv2" for hellos without fingerprints, "ERROR" for no hello.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "tls/tls.h"
#include "x509/x509.h"

static size_t unhex(const char *text, uint8_t *ret, size_t room)
{
	size_t n = 0;
	unsigned byte;

	while (n < room && isxdigit((unsigned char)*text) && sscanf(text, "%2x", &byte) == 1) {
		ret[n++] = (uint8_t)byte;
		text += 2;
	}
	return n;
}

static enum parse hello_of(struct slice stream, uint8_t *room, struct hello *ret)
{
	struct tls_reader r = { .room = room, .room_size = TLS_MESSAGE_MAX };
	struct cursor c = cursor_of(stream);
	struct tls_unit u;

	switch (tls_read(&r, &c, &u)) {
	case TLS_MESSAGE:
		return u.type == 1 ? client_hello_parse(u.body, true, ret) : PARSE_BAD;
	case TLS_SSL2_HELLO:
		return sslv2_client_hello_parse(u.body, true, ret);
	default:
		return PARSE_BAD;
	}
}

static void digest12(const char *text, size_t n, char ret[13])
{
	char hex[65] = "000000000000";

	if (n > 0)
		x509_sha256((struct slice){ (const uint8_t *)text, n }, hex);
	memcpy(ret, hex, 12);
	ret[12] = '\0';
}

static void print(const char *name, const struct hello *h)
{
	static struct ja4 ja4;
	char ja3[FINGERPRINT_TEXT], md5[33], b[13], c[13];
	size_t n = ja3_string(h, ja3);

	if (n == 0 || !ja4_parts(h, 't', &ja4)) {
		printf("%s\tsslv2\t\t\n", name);
		return;
	}
	x509_md5((struct slice){ (const uint8_t *)ja3, n }, md5);
	digest12(ja4.b, ja4.nb, b);
	digest12(ja4.c, ja4.nc, c);
	printf("%s\t%s\t%s_%s_%s\t%.*s\n", name, md5, ja4.a, b, c, (int)n, ja3);
}

int main(void)
{
	static char line[1 << 18];
	static uint8_t bytes[1 << 17], room[TLS_MESSAGE_MAX];

	while (fgets(line, sizeof(line), stdin) != NULL) {
		char *hex = strchr(line, '\t');
		struct hello h;
		size_t n;

		if (hex == NULL)
			return 2;
		*hex++ = '\0';
		n = unhex(hex, bytes, sizeof(bytes));
		if (hello_of((struct slice){ bytes, n }, room, &h) == PARSE_OK && h.complete)
			print(line, &h);
		else
			printf("%s\tERROR\t\t\n", line);
	}
	return 0;
}
