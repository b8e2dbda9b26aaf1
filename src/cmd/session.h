/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd: what `read` (and every command that reports) is told and holds open.
 *
 *	session_init      nothing
 *	options           into settings, by session_options and session_take
 *	session_open      rules, endpoint data, outputs: everything checked before the first packet
 *	session_run       the source through to the outputs
 *	session_done      closes all
 */
#ifndef CMD_SESSION_H
#define CMD_SESSION_H

#include "cmd/cmd.h"
#include "run/run.h"

enum { SESSION_LIST = 32 };	/* of a repeatable option */

struct session_list {
	const char *v[SESSION_LIST];
	size_t n;
};

struct settings {
	struct session_list outputs, rules, endpoints;
	struct session_list proxies;
	const char *cloud;
	const char *filter_file;
	const char *group_by;		/* NULL: not asked for */
	const char *progress;		/* "auto" "never" "always" */
	uint64_t most, flows, bytes, hosts, sequences, legs, workers;
	int fail_on;			/* enum level; -1: none */
	bool all, quiet, verbose, plain, check_only;
	bool no_report;			/* no output but those that are asked for */
};

/* Outputs of a command's own, instead of those that all share. */
struct session_outputs {
	const struct output *const *v;	/* NULL-terminated; the first is the default */
	void *(*begin)(const void *arg);	/* makes a sink's priv, which its close() frees */
	const void *arg;
};

struct session {
	struct settings set;
	const struct session_outputs *own;	/* NULL: the shared ones */
	bool events;			/* sightings come with their events */
	struct m365 *m365;
	struct ruleset *rules;
	struct hosts *hosts;
	struct groups *groups;
	struct sink *sinks[SESSION_LIST];
	size_t nsinks;
	char *filter;			/* text of the filter file */
	bool live;			/* outputs are for a capture that goes on */
};

/* The options' table entries, for a command's own table. */
#define SESSION_OPTIONS \
	{ "output", 'o', "NAME[:TARGET]", "an output, repeatable (see 'hellotap help outputs')" }, \
	SESSION_OTHERS

#define SESSION_OTHERS \
	{ "rules", 0, "PATH", "a rule file or folder, repeatable" }, \
	{ "endpoints", 0, "PATH", "endpoint data: Microsoft's JSON or our YAML, repeatable" }, \
	{ "cloud", 0, "NAME", "worldwide usgovgcchigh usgovdod china all (default)" }, \
	{ "scope", 0, "m365|all", "all: every TLS handshake in sight" }, \
	{ "group-by", 0, "/N[,/N]|FILE", \
	  "how ready each network is: by prefix length, or a file of named networks" }, \
	{ "fail-on", 0, "LEVEL", "exit 1 if a finding of this level or above was made" }, \
	{ "filter-file", 'F', "FILE", "read only packets that this BPF expression lets through" }, \
	{ "count", 'c', "N", "stop after N packets" }, \
	{ "max-flows", 0, "N", "connections followed at once (default 1048576)" }, \
	{ "max-bytes", 0, "N", "bytes buffered for all of them together (default 1 GiB)" }, \
	{ "max-hosts", 0, "N", "hosts remembered (default 100000)" }, \
	{ "max-sequences", 0, "N", "beginnings of sequences remembered (default 100000)" }, \
	{ "max-legs", 0, "N", "handshakes held against each other at once (default 262144)" }, \
	{ "proxy", 0, "ADDR:PORT", "a known proxy, repeatable; others are found without it" }, \
	{ "workers", 0, "N", "threads that follow connections; default 0: one does all" }, \
	{ "progress", 0, "auto|never|always", "progress bar on standard error" }, \
	{ "no-color", 0, NULL, "plain text (also: NO_COLOR in the environment)" }, \
	{ "quiet", 'q', NULL, "no messages but errors" }, \
	{ "verbose", 'v', NULL, \
	  "more in the report: every host, why its verdict fell, fixes that steps name" }, \
	{ "check", 'T', NULL, "check rules, endpoints and options, then exit" }, \
	{ "no-names", 'n', NULL, "look no names up (hellotap never does)" }

void session_init(struct session *s);
bool session_take(void *session, const char *name, const char *value, struct errors *e);

/* EXIT_DONE, or what to exit with; *e says why. */
enum exit_code session_open(struct session *s, struct errors *e);

/* Reads source to its end, finishes the outputs; the exit code. */
enum exit_code session_run(struct session *s, struct source *source,
			   const char *const *inputs, size_t ninputs, struct errors *e);

/* The last part of it: session_finish(), and the exit code that comes of it all. */
enum exit_code session_end(struct session *s, const struct summary *sum, struct errors *e);

/* The same of captures in files; messages of those that cannot be read go first. */
enum exit_code session_captures(struct session *s, char **paths, size_t n, struct errors *e);

/* Finishes the outputs; false: not everything was written, and *e says why. */
bool session_finish(struct session *s, const struct summary *sum, struct errors *e);

/* Rules and endpoint data as the options say, made anew; false: *e says why, *ret is as it was. */
struct loaded {
	struct m365 *m365;
	struct ruleset *rules;
};
bool session_load(const struct session *s, struct errors *e, struct loaded *ret);

void session_done(struct session *s);

#endif
