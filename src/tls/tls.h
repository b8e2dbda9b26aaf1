/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls: bytes become hellos, alerts and certificate chains.
 *
 * Three levels, each for one direction of one connection:
 *
 *	tls_read	stream bytes -> units: a handshake message, an alert, ...
 *	*_parse		a message    -> a skeleton whose slices point into it
 *	hello_ext, offer_*, answer_*	a skeleton -> facts, decoded when asked
 *
 * Nothing here allocates, logs, or looks at a clock, so the whole room can be
 * fuzzed as one function of its input.
 *
 * References: RFC 8446 (TLS 1.3), 5246 (1.2, appendix E.2: the SSLv2-format
 * hello), 6101 (SSL 3.0), the SSL 2.0 draft of 1995, RFC 8701 (GREASE).
 */
#ifndef TLS_TLS_H
#define TLS_TLS_H

#include "base/cursor.h"

enum tls_version {
	SSL2 = 0x0002, SSL3 = 0x0300, TLS1_0 = 0x0301, TLS1_1 = 0x0302, TLS1_2 = 0x0303,
	TLS1_3 = 0x0304, DTLS1_0 = 0xfeff, DTLS1_2 = 0xfefd, DTLS1_3 = 0xfefc
};

enum parse {
	PARSE_OK,
	PARSE_MORE,	/* sound so far, but not all of it is here */
	PARSE_BAD	/* no amount of further bytes makes this sound */
};

/* ---- versions ------------------------------------------------------------------------ */

#define TLS_TOKEN 8

/* "tls1.2", or "0x7f17" for a code without a token (contract, section 1). */
const char *tls_version_token(uint16_t version, char buf[static TLS_TOKEN]);

/* For people: "TLS 1.0", "SSL 3.0"; a code without a token as there. */
#define TLS_WORDS 12
const char *tls_version_words(uint16_t version, char buf[static TLS_WORDS]);

/* The version of a token, 0 if it is none.  Hex is not read. */
uint16_t tls_version_of(const char *token);

/*
 * What a code counts as in every comparison: itself, or TLS1_3 for its drafts
 * (0x7fxx) and private variants (0xfb1a); 0 for codes that count as nothing.
 */
uint16_t tls_version_counts(uint16_t version);

/* The order of versions, older first, DTLS beside the TLS it is built on; 0: no version. */
unsigned tls_version_rank(uint16_t version);

bool tls_is_grease(uint16_t code);		/* RFC 8701 */

/* ---- records and messages ------------------------------------------------------------ */

enum {
	TLS_RECORD_HEADER = 5,
	TLS_RECORD_MAX = 16384 + 2048,	/* RFC 5246 6.2.3; longer is no TLS */
	TLS_MESSAGE_MAX = 65536		/* of handshake in one direction; more is let go */
};

enum tls_says {
	TLS_MORE,		/* nothing whole is left; keep what the cursor stands at, feed on */
	TLS_MESSAGE,		/* a handshake message, whole, in the clear */
	TLS_ALERT,		/* an alert in the clear */
	TLS_CHANGE_CIPHER,	/* ChangeCipherSpec (TLS 1.3: for middleboxes, means nothing) */
	TLS_APPLICATION,	/* an application data record (TLS 1.3: anything encrypted) */
	TLS_ENCRYPTED,		/* a handshake or alert record that is not in the clear */
	TLS_SSL2_HELLO,		/* a ClientHello in SSLv2 format: body is the message, header cut */
	TLS_SSL2_SERVER_HELLO,	/* the answer in SSLv2 format */
	TLS_ROOM,		/* a message is split over records: call again with room */
	TLS_TOO_LONG,		/* over TLS_MESSAGE_MAX of handshake, or over the room: told once;
				   messages are let go from here on, other units still come */
	TLS_NOT_TLS		/* these bytes are not TLS */
};

struct tls_unit {
	uint8_t type;			/* message type (RFC 8446 section 4), of TLS_MESSAGE */
	uint16_t record_version;	/* as on the wire */
	uint8_t level, code;		/* of TLS_ALERT */
	struct slice body;		/* message body without its four-byte header; borrowed */
};

/* Where one direction stands; zero-initialised is the start of TLS. */
struct tls_reader {
	uint8_t *room;			/* lent by the caller; NULL until TLS_ROOM asked for it */
	uint32_t room_size;
	uint32_t have;			/* bytes of a split message in room */
	uint32_t total;			/* handshake bytes so far, against TLS_MESSAGE_MAX */
	uint32_t record_left;		/* handshake bytes of the current record not yet read */
	uint16_t record_version;
	bool encrypted;			/* behind ChangeCipherSpec: no messages any more */
	bool started;			/* a record was seen: SSLv2 format is over */
	uint8_t empty_records;		/* zero-length records so far; 255 of them are no TLS */
	bool ssl2;			/* after a hello in SSLv2 format, until a TLS record */
	uint32_t skip;			/* bytes of a record told or passed over, yet to come */
};

/*
 * The next unit.  c stands at the first byte not yet consumed of the stream
 * bytes in order; consumed bytes are never asked for again, what is left at
 * TLS_MORE must be presented again with more behind it.  A message that lies
 * whole in one record points into c's bytes: no copy.  A record with several
 * messages gives them one by one, as soon as each is whole.
 *
 * Records whose bytes nobody can read (application data, encrypted handshake)
 * are told when their header is there, with an empty body; their bytes are
 * passed over as they come.  A handshake record behind ChangeCipherSpec is
 * still read if it is one whole hello: after a HelloRetryRequest the hellos
 * come behind the ChangeCipherSpec for middleboxes (RFC 8446 appendix D.4).
 * An alert of two bytes is in the clear wherever it stands, since every
 * protection makes it longer.  TLS_ROOM, TLS_NOT_TLS: nothing was consumed.
 * Room of TLS_MESSAGE_MAX bytes is always enough; body points into it until
 * the next call, and it may be taken back when `have` is 0 by then.
 */
enum tls_says tls_read(struct tls_reader *r, struct cursor *c, struct tls_unit *ret);

/*
 * Whether bytes may begin a TLS stream from a client: PARSE_OK a ClientHello's
 * start beyond reasonable doubt, PARSE_MORE too few to tell, PARSE_BAD no.
 * Cheap: looks at 12 bytes at most.
 */
enum parse tls_looks_client(struct slice s);
enum parse tls_looks_server(struct slice s);	/* ServerHello, or an alert record */

/*
 * What can be had of a handshake message that never became whole: s are the
 * stream bytes in order from where tls_read() stopped, r is that reader.  True
 * if they begin a handshake message; *ret is its type and the part of its body
 * that is there, *ret_want its full length with its four-byte header (as in
 * hello.size).  Only within one record, or what the room holds.
 */
bool tls_partial(const struct tls_reader *r, struct slice s, struct tls_unit *ret,
		 uint32_t *ret_want);

/* ---- hellos -------------------------------------------------------------------------- */

enum hello_format { HELLO_TLS, HELLO_SSL2 };

/* What was wrong with a hello that still made sense; a bit set, names in names.c. */
enum hello_odd {
	HELLO_DUPLICATE_EXTENSION = 1 << 0,
	HELLO_TRAILING_BYTES	  = 1 << 1,	/* behind the extensions or behind a list in one */
	HELLO_EMPTY_LIST	  = 1 << 2,	/* where the RFC wants one entry at least */
	HELLO_LYING_LENGTH	  = 1 << 3,	/* an inner length beyond its vector */
	HELLO_ODD_LENGTH	  = 1 << 4,	/* a list of pairs with half a pair */
	HELLO_LONG_SESSION_ID	  = 1 << 5	/* over 32 bytes */
};

extern const char *const hello_odd_names[];	/* by bit number, NULL-terminated */

struct hello {
	enum hello_format format;
	bool complete;			/* the whole message was there, and its frame was sound */
	uint8_t odd;			/* enum hello_odd */
	uint16_t record_version;	/* set by the caller */
	uint16_t version;		/* legacy_version as on the wire */
	struct slice random;		/* SSLv2 format: the challenge */
	struct slice session_id;
	struct slice ciphers;		/* client: 2 bytes each (SSLv2: 3); server: the one
					   (SSLv2: those it shares; the client picks) */
	uint16_t ciphers_said;		/* client, TLS: bytes the list says it has, more
					   than there are if it was cut off */
	struct slice compressions;	/* client: the list; server: the one */
	struct slice extensions;	/* the block without its length; undecoded */
	bool has_extensions;		/* the block was there, if only an empty one */
	size_t size;			/* of what was given, with its header; see tls_partial() */
};

/*
 * body: a handshake message without its header.  whole false: only its
 * beginning; then PARSE_OK means that what is there is sound, complete is
 * false, and members not wholly reached are empty (a client's ciphers and
 * extensions: end with the last one that is whole).  A whole message that is
 * said to be longer inside than it is, is treated as one cut off, with
 * HELLO_LYING_LENGTH: what its sender meant is not known.  PARSE_BAD: not a hello.
 * SSLv2 format: body begins with the message type, as tls_read() gives it.
 */
enum parse client_hello_parse(struct slice body, bool whole, struct hello *ret);
enum parse server_hello_parse(struct slice body, bool whole, struct hello *ret);
enum parse sslv2_client_hello_parse(struct slice body, bool whole, struct hello *ret);
enum parse sslv2_server_hello_parse(struct slice body, bool whole, struct hello *ret);

/*
 * A record header of the SSLv2 format, two or three bytes long: the length of
 * the message behind it and of the padding behind that.  False: cut off.
 */
bool sslv2_header(struct cursor *c, size_t *ret_length, size_t *ret_padding);

/*
 * For the parsers of this room: the extension block at the end of a hello, as
 * far as it is sound, into ret->extensions; sets has_extensions and odd, and
 * complete to false if lengths lie.  ret->complete says whether all is here.
 */
void hello_extensions_parse(struct cursor *c, struct hello *ret);

/* What is odd (enum hello_odd) about one extension of a ClientHello. */
uint8_t offer_ext_odd(uint16_t type, struct slice body);

/* The body of the first extension of that type; false: there is none. */
bool hello_ext(const struct hello *h, uint16_t type, struct slice *ret);

/* A walk over all extensions in order: start with c = cursor_of(h->extensions). */
bool hello_ext_next(struct cursor *c, uint16_t *ret_type, struct slice *ret_body);

enum {				/* extensions the program itself asks for (IANA) */
	EXT_SERVER_NAME = 0, EXT_STATUS_REQUEST = 5, EXT_SUPPORTED_GROUPS = 10,
	EXT_EC_POINT_FORMATS = 11, EXT_SIGNATURE_ALGORITHMS = 13, EXT_ALPN = 16,
	EXT_PADDING = 21, EXT_ENCRYPT_THEN_MAC = 22, EXT_EXTENDED_MASTER_SECRET = 23,
	EXT_SESSION_TICKET = 35, EXT_PRE_SHARED_KEY = 41, EXT_EARLY_DATA = 42,
	EXT_SUPPORTED_VERSIONS = 43, EXT_KEY_SHARE = 51, EXT_NPN = 0x3374,
	EXT_ECH = 0xfe0d, EXT_ESNI = 0xffce, EXT_RENEGOTIATION_INFO = 0xff01
};

/*
 * Facts of a ClientHello.  The slices point into the message; a list that is
 * absent or whose lengths lie is empty (n 0), and the bool says whether the
 * extension was there and sound.
 */
bool offer_server_name(const struct hello *h, struct slice *ret);
bool offer_versions(const struct hello *h, struct slice *ret);		/* pairs, GREASE too */
bool offer_groups(const struct hello *h, struct slice *ret);		/* pairs */
bool offer_point_formats(const struct hello *h, struct slice *ret);	/* bytes */
bool offer_signatures(const struct hello *h, struct slice *ret);	/* pairs */
bool offer_alpn(const struct hello *h, struct slice *ret);		/* (length, bytes)* */
bool offer_key_shares(const struct hello *h, struct slice *ret);	/* (group, length, key)* */
uint16_t offer_max(const struct hello *h);	/* 0: incomplete, nothing that counts, or
						   supported_versions is there and unsound */
bool offer_grease(const struct hello *h);	/* anywhere in the hello */
bool offer_has_cipher(const struct hello *h, uint16_t code);
bool offer_resumes(const struct hello *h);	/* asks to resume: PSK, ticket, or id below 1.3 */

/* Facts of a ServerHello. */
uint16_t answer_version(const struct hello *h);	/* drafts are TLS1_3; 0: none, incomplete */
bool answer_is_retry(const struct hello *h);		/* HelloRetryRequest, RFC 8446 4.1.3 */
uint16_t answer_sentinel(const struct hello *h);	/* TLS1_2, TLS1_1, or 0 */
bool answer_alpn(const struct hello *h, struct slice *ret);	/* the bare name */
bool answer_group(const struct hello *h, uint16_t *ret);
bool answer_resumed(const struct hello *offer, const struct hello *answer);

/* ---- certificates -------------------------------------------------------------------- */

/*
 * A Certificate message up to TLS 1.2 (RFC 5246 section 7.4.2): the leaf's DER and
 * the chain's length.  PARSE_BAD: its lengths lie, or it holds no certificate.
 */
enum parse certificate_parse(struct slice body, struct slice *ret_leaf, unsigned *ret_chain);

/* ---- fingerprints -------------------------------------------------------------------- */

#define FINGERPRINT_TEXT 4096

/*
 * The strings that JA3, JA3S and JA4 digest, into buf; the length, or 0 if they
 * do not apply (SSLv2 format, incomplete) or do not fit.  The digests are
 * x509_md5 and x509_sha256: this room knows no cryptography.
 */
size_t ja3_string(const struct hello *offer, char buf[static FINGERPRINT_TEXT]);
size_t ja3s_string(const struct hello *answer, char buf[static FINGERPRINT_TEXT]);

/* JA4's three parts: a is ready text; b and c are to be digested (empty: twelve zeroes). */
struct ja4 {
	char a[12];
	size_t nb, nc;
	char b[FINGERPRINT_TEXT], c[FINGERPRINT_TEXT];
};

bool ja4_parts(const struct hello *offer, char transport, struct ja4 *ret);	/* 't' 'q' 'd' */

/* ---- names (IANA registries) --------------------------------------------------------- */

/* NULL: neither registered nor, though unregistered, widely deployed. */
const char *tls_cipher_name(uint32_t code, enum hello_format format);
const char *tls_extension_name(uint16_t code);
const char *tls_group_name(uint16_t code);
const char *tls_signature_name(uint16_t code);
const char *tls_alert_name(uint8_t code);

/* The code of a name, spelt as above; false: there is none.  Walks a table: for loading rules. */
bool tls_cipher_code(const char *name, uint16_t *ret);
bool tls_extension_code(const char *name, uint16_t *ret);
bool tls_group_code(const char *name, uint16_t *ret);
bool tls_signature_code(const char *name, uint16_t *ret);

/*
 * Cipher classes, a bit set; tls_class_names[] by bit number, NULL-terminated:
 * rc4 3des des rc2 idea seed camellia aria null export anon md5 rsa-kx dhe ecdhe
 * forward-secret cbc gcm ccm chacha20 psk tls13 scsv ... (tools/iana/classes.txt)
 */
extern const char *const tls_class_names[];
uint64_t tls_cipher_classes(uint32_t code, enum hello_format format);

/* Key exchange groups that resist quantum computers (hybrids with ML-KEM and Kyber). */
bool tls_group_is_pq(uint16_t code);

#endif
