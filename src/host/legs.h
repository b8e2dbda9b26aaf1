/* SPDX-License-Identifier: Apache-2.0 */
/*
 * legs: handshakes held against each other, to find what stands between.
 *
 *	legs.c		each handshake becomes a leg, kept in a window of bounded size
 *	legs_leg.c	what is kept of one handshake
 *	legs_clock.c	captures whose clocks differ are put on one
 *	legs_tunnel.c	one client random on two connections: the hello was passed on
 *	legs_origin.c	one name, one address on both sides, nested in time: a hello of its own
 *	legs_hidden.c	the same where the box has no address of its own in sight
 *	legs_box.c	what the pairs say of each box, added up
 *	proxy.c		what that comes to: verdict, confidence, words
 *
 * Nothing is decided while handshakes come in: their order (of files, of
 * capture points, of the ends of connections) says nothing.  When somebody
 * asks, or the window is full, all legs in it are put in the order of their
 * time and paired at once; of a full window the older half is then let go.
 * Private to the room.
 */
#ifndef HOST_LEGS_H
#define HOST_LEGS_H

#include "base/hash.h"
#include "base/map.h"
#include "host/host.h"

#define LEG_FRAMES 4

enum leg_flag {
	LEG_CONNECT = 1u << 0, LEG_SOCKS = 1u << 1, LEG_PROXY = 1u << 2,	/* prelude */
	LEG_ANSWERED = 1u << 3, LEG_ESTABLISHED = 1u << 4,
	LEG_OWN_NAME = 1u << 5,		/* the hello or the prelude names the server */
	LEG_BY_ADDRESS = 1u << 6,	/* the server's address is Microsoft's */
	LEG_SENTINEL = 1u << 7,		/* the server could do better than it was asked */
	LEG_SCSV = 1u << 8,
	LEG_AGENT = 1u << 9,		/* CONNECT names a browser whose hello this is not */
	LEG_CERT_REFUSED = 1u << 10,	/* the client's alert: 42, 45, 46 or 48 */
	LEG_SUITE_REFUSED = 1u << 11,	/* the server's alert: 40 or 71 */
	LEG_DOUBLE = 1u << 12,		/* the same packets seen again: no leg of its own */
	LEG_COMPLETE = 1u << 13,
	LEG_RESUMED = 1u << 14
};

#define LEG_LOW (tls_version_rank(TLS1_2))	/* ranks below it are legacy; 0 is not known */

struct leg {
	uint64_t ts, ts_end;
	struct addr client, server;
	uint16_t client_port, server_port;
	uint8_t random[32];
	uint64_t name;			/* keyed hash of the name asked for */
	uint64_t area_key;
	const char *name_text, *area;	/* NULL: not kept */
	const char *issuer;		/* of a certificate of no public authority; NULL */
	const struct look *shape;
	const char *file;
	uint64_t frames[LEG_FRAMES];
	uint64_t rtt;			/* 0: not known */
	uint32_t flags;
	uint8_t nframes, grade, rank, answer_rank;
	/* While the window is paired: */
	uint64_t t, t_end;		/* ts and ts_end by one clock for all captures */
	size_t at;			/* its place in the order of time */
	struct leg *next;		/* of the same random */
	struct leg *from, *to;		/* the leg this hello was passed on from, to */
	bool is_client, is_upstream;	/* of a box, by any proof */
	struct leg *met;		/* upstream: the likeliest of the clients' legs it is for */
	unsigned nmet, nlow, nhigh;	/* how many it may be for, by what they offer */
	bool asked;			/* client: something went upstream for it */
	bool hidden;			/* upstream: of a box that no client calls */
};

struct box {			/* one proxy while it is added up; proxies[] are made of it */
	struct proxy is;
	struct leg example[LEG_ROLES][PROXY_EXAMPLES];
	unsigned nexamples;
};

/* What is known of all boxes; copied as a whole. */
struct boxes {
	struct box *v;			/* in the order of their first leg */
	size_t n, cap;
	struct map *at;			/* address to 1 + its place in v */
	struct map *clients;		/* box and client, to what that client offers */
	struct map *aliases;		/* client to what a device offers there */
	uint64_t forgotten;		/* not let in: there are too many */
};

/* A client below TLS 1.2 whose proxy is not. */
struct masked {
	struct addr client, proxy;
	uint64_t low;			/* its offers that went by this proxy */
};

enum { LOOKS_LATELY = 256 };

struct legs {
	struct leg *window;
	size_t n, cap, most;
	struct leg **order;		/* the window by time */
	struct map *shapes, *words;	/* kept once each, bounded */
	struct look other;		/* of hellos whose shape found no place */
	struct {			/* looks found lately, by what offers that are alike have */
		uint64_t alike;		/* 0: none */
		const struct look *look;
	} lately[LOOKS_LATELY];
	struct hash_key key;
	const struct ruleset *rules;
	struct boxes kept;		/* of legs that left the window */
	struct boxes now;		/* of these and the window; made when asked for */
	struct addr option_ip[PROXIES_KNOWN_MOST];
	uint16_t option_port[PROXIES_KNOWN_MOST];
	size_t noptions;
	const struct proxy **list;	/* now, in order */
	size_t nlist;
	struct masked *masked;		/* by client */
	size_t nmasked;
	uint64_t let_go;		/* legs that left the window without a partner */
	bool fresh;			/* now is that of all legs so far */
};

/* Hellos below TLS 1.2, and the others. */
struct visits {
	uint32_t low, high;
};

void legs_init(struct legs *l, const struct hosts_options *o);
void legs_done(struct legs *l);
void legs_add(struct legs *l, const struct sighting *s);

/* Whether a handshake can be held against others; if so, what is kept of it. */
bool leg_is(const struct sighting *s);
void leg_fill(struct legs *l, const struct sighting *s, struct leg *ret);

/* The one at an address; NULL. */
const struct proxy *legs_proxy_at(struct legs *l, const struct addr *ip);

/* What legs show of hosts: those masked by a proxy, and those that are one. */
void legs_mark(struct legs *l, struct host *h);

/* What a device without an address of its own offered under this one. */
struct visits legs_aliased(struct legs *l, const struct addr *client);

/* Proxies in order of address.  Good until the next legs_add. */
size_t legs_proxies(struct legs *l, const struct proxy *const **ret);

/* ---- between the files of legs -------------------------------------------------------- */

bool leg_is_option(const struct legs *l, const struct leg *leg);	/* its server: --proxy */
uint64_t legs_hash(const struct legs *l, const void *p, size_t n);

/* Each client of each box, with what it offers there. */
struct visits visits_of(const struct boxes *b, size_t i, struct addr *ret_box,
			struct addr *ret_client);

/* Puts t and t_end right, where two captures tell two times; true: there were such. */
bool legs_clocks(struct legs *l);

void legs_tunnels(struct legs *l, struct boxes *to, size_t cut);
void legs_origins(struct legs *l, struct boxes *to, size_t cut);
void legs_hidden(struct legs *l, struct boxes *to, size_t cut);

/* After the others: legs that say by themselves that there is a box, and those nobody explains. */
void legs_rest(struct legs *l, struct boxes *to, size_t cut);

/* Counts an upstream leg that met clients' legs on its box. */
void legs_origin_upstream(struct box *b, const struct leg *u);

/* Whether u can be what went out for c, by time; tight: while c was being shaken. */
bool leg_covers(const struct leg *c, const struct leg *u, bool tight);

struct box *box_at(struct boxes *b, const struct addr *ip);	/* made if need be; or NULL */
struct box *box_find(const struct boxes *b, const struct addr *ip);
void boxes_init(struct boxes *b);
void boxes_done(struct boxes *b);
void boxes_copy(struct boxes *to, const struct boxes *from);
void box_recognised(struct box *b, enum recognised how);
void box_port(struct box *b, uint16_t port);
void box_client(const struct legs *l, struct boxes *all, struct box *b, const struct leg *c);
void box_upstream(struct box *b, const struct leg *u);
/* A leg that a device sent under its client's address; all there were of that address. */
void boxes_alias(struct boxes *all, const struct leg *u);
struct visits boxes_aliased(const struct boxes *all, const struct addr *client);
void box_examples(struct box *b, const struct leg *c, const struct leg *u);
void box_tell(struct box *b);			/* examples become evidence */

void population_add(struct population *p, const struct leg *leg);

/* Verdict, confidence and proofs from the counts. */
void proxy_conclude(struct proxy *p);

/* Whether there is enough to speak of a box at all. */
bool proxy_is_sound(const struct proxy *p);

#endif
