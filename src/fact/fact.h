/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fact: the narrow waist of the program.
 *
 * Upstream of here the code knows bytes; downstream it knows facts.  Both
 * sides meet in one struct, the handshake, and one table, fields.def.
 *
 * The table is the single list of what can be known about a handshake.  Rules
 * look fields up in it by name; JSON, CSV and HTML walk it; `rules explain
 * fields` prints it; a test holds the manual page against it.  To add a field:
 * one line in fields.def, one getter in the get_*.c of its group, and nothing
 * elsewhere.
 */
#ifndef FACT_FACT_H
#define FACT_FACT_H

#include "base/addr.h"
#include "base/buf.h"
#include "m365/m365.h"
#include "prelude/prelude.h"
#include "tls/tls.h"
#include "x509/x509.h"

/* ---- the handshake ------------------------------------------------------------------- */

enum result {			/* contract, section 4; result_names[] has the tokens */
	RESULT_ESTABLISHED, RESULT_ALERT, RESULT_RESET, RESULT_CLOSED, RESULT_SILENT,
	RESULT_REFUSED, RESULT_ONE_WAY, RESULT_UNFINISHED, RESULTS
};

extern const char *const result_names[];	/* "established" ... "one-way" "unfinished" */
extern const char *const side_names[];		/* "client" "server", by enum side */

struct outcome {
	enum result result;
	bool has_alert;			/* an alert in the clear, the last fatal one first choice */
	enum side alert_from;
	uint8_t alert_level, alert_code;
	bool has_reset;
	enum side reset_from;		/* whose address it bears, whoever sent it */
	uint8_t reset_ttl;
	bool has_close;
	enum side close_from;		/* who sent the first FIN, if the handshake ended by one */
};

/* How complete the capture of this connection was. */
struct quality {
	uint32_t gaps;			/* holes in the bytes of the handshake */
	uint32_t overlaps;		/* segments that repeated bytes with other content */
	uint32_t reordered;		/* segments that came before their turn */
	uint32_t repeated;		/* segments seen again (resent, or the span's copy) */
	bool one_way;			/* only one direction was captured */
	bool truncated;			/* the snap length cut handshake bytes off */
	bool midstream;			/* no SYN: the capture began later */
	bool overflow;			/* a limit (bytes, segments, table) let something go */
};

/*
 * What rules/stacks.yaml says of the TLS stack behind an offer.  Owned by the
 * rules, outlives every handshake; no member but the lists is ever NULL.
 */
struct stack {
	const char *id;			/* "schannel-windows-7" */
	const char *family;		/* stack_families[] */
	const char *os;			/* "windows-7"; NULL: the bytes do not tell */
	const char *label;
	const char *tls12;		/* stack_tls12[]: can it speak TLS 1.2? */
	const char *confidence;		/* stack_confidences[] */
	const char *because;		/* which bytes named it */
	bool has_patched, patched;	/* the list before or after later updates */
	const char *const *collides;	/* what else sends these bytes, NULL-terminated */
	const char *const *unseen;	/* what the bytes do not show, NULL-terminated */
};

extern const char *const stack_families[];	/* "schannel" ... "other"; all NULL-terminated */
extern const char *const stack_tls12[];		/* "yes" "off-by-default" "needs-update" "no" */
extern const char *const stack_confidences[];	/* "high" "medium" "low" */
extern const char *const stack_sign_names[];	/* by bit number */

/* Words of the legs.* fields; all NULL-terminated, the last three by bit number. */
extern const char *const legs_verdict_names[];		/* "unknown" "tunnels" ... "lowers" */
extern const char *const legs_side_names[];		/* "client" "upstream" */
extern const char *const legs_recognised_names[];	/* "connect" "socks" ... */
extern const char *const legs_proof_names[];		/* "same-random" "both-ends" ... */

#define HANDSHAKE_FRAMES 8

/* What of a connection had a packet that meant something; the preparations first. */
enum event_is {
	EVENT_SYN, EVENT_SYN_ACK,
	EVENT_PRELUDE,			/* status: the server's answer so far; level 1: a header
					   that another prelude may follow */
	EVENT_HELLO, EVENT_HELLO_WHOLE,	/* the first packet of it; the last one, if another */
	EVENT_ACK,			/* the whole hello is acknowledged, without an answer */
	EVENT_RETRY, EVENT_HELLO_AGAIN,	/* HelloRetryRequest, and the hello that it asked for */
	EVENT_ANSWER, EVENT_CERTIFICATE,
	EVENT_CHANGE_CIPHER,		/* ChangeCipherSpec, the first of its side */
	EVENT_ENCRYPTED,		/* a handshake or alert record, not in the clear; first */
	EVENT_DATA,			/* application data (TLS 1.3: all encrypted); first */
	EVENT_ESTABLISHED,		/* as the outcome says */
	EVENT_ALERT,			/* in the clear: level, code */
	EVENT_FIN, EVENT_RESET,
	EVENT_RESENT,			/* bytes seen before */
	EVENTS
};

#define HANDSHAKE_EVENTS 40

struct event {
	uint64_t ts, until;		/* of its packet, and of the last one of its run */
	uint64_t frame;
	uint32_t count;			/* packets of the run */
	uint16_t status;
	uint8_t is;			/* enum event_is */
	uint8_t side;			/* enum side */
	uint8_t level, code;
	uint8_t ttl;			/* of its packet; 0: not known */
	bool elsewhere;			/* the frame is in another file */
};

/*
 * One TLS handshake, as a view into its flow: borrowed, gone when the call that
 * was given it returns.  Pointers are NULL for what was not seen.
 */
struct handshake {
	uint64_t ts;			/* first packet of the offer, else of the answer */
	uint64_t ts_end;		/* packet that decided the outcome */
	bool udp;
	struct addr client, server;
	uint16_t client_port, server_port;
	bool has_client_mac;
	uint8_t client_mac[6];		/* of the client's frames; a router's, often */

	uint16_t vlans[4];		/* of the client's first frame, outermost first */
	uint8_t nvlans;
	bool has_vni, has_erspan;
	uint32_t vni, erspan;
	uint8_t path[16], depth;	/* layers of that frame, for layer_name() */

	struct service service;		/* matched_by 0: not Microsoft 365 */
	const struct prelude_state *prelude;	/* NULL: TLS at once */
	const struct hello *offer;
	const struct hello *answer;
	struct shape *shapes[2];	/* of offer and answer (shape.h); NULL: none is known */
	const struct certificate *leaf;
	unsigned chain;			/* certificates in the message that showed the leaf */
	bool certificate_bad;		/* a Certificate message was there and did not parse */
	bool established;		/* as the outcome says; resumed handshakes too */
	bool resumed;
	bool retried;			/* a HelloRetryRequest came first; answer is the last one */
	struct outcome outcome;
	bool has_synack_ttl;
	uint8_t synack_ttl;
	bool has_rtt;
	uint64_t rtt_ns;		/* SYN to SYN-ACK, as seen here */
	const char *application;	/* nDPI's opinion */
	const struct stack *stack;	/* of the offer; NULL: unknown */
	bool explain;			/* wanted beside it: what collides and is not visible */
	struct quality quality;

	const char *file;		/* of the first frame; NULL: live */
	const char *interface;
	uint64_t frames[HANDSHAKE_FRAMES];	/* offer, answer, outcome; ascending, distinct */
	uint8_t nframes;
	bool many_files;		/* it went on in another file; frames are of `file` */
	const struct event *events;	/* by time; none where flow_options.events is not set */
	unsigned nevents, events_over;	/* and how many found no room */
};

/* ---- values -------------------------------------------------------------------------- */

enum value_type {
	VALUE_NONE,		/* not known: every comparison with it is false */
	VALUE_BOOL,
	VALUE_NUMBER,
	VALUE_MS,		/* nanoseconds, printed as milliseconds */
	VALUE_TIME,		/* nanoseconds since 1970 */
	VALUE_VERSION,		/* a protocol version, printed as its token */
	VALUE_TEXT,
	VALUE_ADDR,
	VALUE_HEX,		/* bytes printed as hex */
	VALUE_CODES,		/* numbers, big-endian, `width` bytes each: suites, groups */
	VALUE_CIPHERS,		/* the same bytes, printed as IANA names */
	VALUE_VERSIONS,		/* the same bytes (width 2), printed as tokens */
	VALUE_SET,		/* a bit set with `names` by bit number */
	VALUE_TEXTS,		/* (length, bytes)*: ALPN, subjectAltNames */
	VALUE_NUMBERS		/* uint64_t in host order, packed in bytes: frames */
};

struct value {
	enum value_type type;
	uint8_t width;				/* CODES, CIPHERS: bytes a code, 1 to 3 */
	union {
		uint64_t number;		/* BOOL NUMBER MS TIME VERSION SET */
		struct slice bytes;		/* TEXT HEX CODES CIPHERS VERSIONS TEXTS NUMBERS */
		struct addr addr;
	};
	const char *const *names;		/* SET */
};

static inline bool value_known(const struct value *v) { return v->type != VALUE_NONE; }

/* Whether the payload lies in v->bytes. */
static inline bool value_has_bytes(const struct value *v)
{
	return v->type == VALUE_TEXT || (v->type >= VALUE_HEX && v->type <= VALUE_VERSIONS) ||
	       v->type == VALUE_TEXTS || v->type == VALUE_NUMBERS;
}

/* Entries of a list value; the i-th code of CODES, CIPHERS and VERSIONS. */
size_t value_count(const struct value *v);
uint32_t value_code(const struct value *v, size_t i);
uint64_t value_number(const struct value *v, size_t i);		/* NUMBERS */

/* One entry of TEXTS at c = cursor_of(v->bytes); false: over. */
bool value_next_text(struct cursor *c, struct slice *ret);

/* A value as text, lists separated by ",": for people, CSV and message templates. */
void value_print(struct buf *b, const struct value *v);

/* ---- fields -------------------------------------------------------------------------- */

/* Where getters put bytes that they make; exhausted, the value is VALUE_NONE. */
struct scratch {
	uint8_t *p;
	size_t n;			/* room left */
};

#define SCRATCH_SIZE 40960	/* a hello of 64 KiB full of empty extensions has 16,384 codes */

enum field_id {
#define FIELD(id, name, json, type, getter, help) FIELD_##id,
#include "fact/fields.def"
#undef FIELD
	FIELDS
};

struct field {
	const char *name;		/* in rules, CSV headings, `rules explain fields` */
	const char *json;		/* path in the record */
	enum value_type type;
	const char *help;
	struct value (*get)(const struct handshake *h, struct scratch *s);
};

extern const struct field fields[FIELDS];	/* in the order of the record */

/* By name; "outcome" is short for "outcome.result".  NULL: there is none. */
const struct field *field_find(const char *name);

/* Whether a fact is known only where all sightings meet: fallback.*, legs.*. */
bool field_is_late(enum field_id id);

#define FIELD(id, name, json, type, getter, help) \
	struct value getter(const struct handshake *h, struct scratch *s);
#include "fact/fields.def"
#undef FIELD

#endif
