/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judge [CAPTURE]: what judging one handshake costs, with the shipped rules and
 * with many, and what loading them costs.  Prints Markdown.
 *
 * The handshakes are those of a capture (pcaps/demo.pcapng), judged again and
 * again from memory.  The many rules are of the kinds that people write: about
 * subnets, names, ports, suites.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/text.h"
#include "capture/capture.h"
#include "flow/flow.h"
#include "rule/sequence.h"

enum { RUNS = 5, SIGHTINGS_MOST = 4096, JUDGED = 200000, WORK = 400000000 };

static struct sighting *sightings[SIGHTINGS_MOST];
static size_t nsightings;

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * NS_PER_SECOND + (uint64_t)t.tv_nsec;
}

static void must(const void *p, struct errors *e)
{
	if (p != NULL)
		return;
	errors_print(e, stderr);
	exit(2);
}

/* ---- handshakes --------------------------------------------------------------------------- */

static void on_handshake(const struct handshake *h, void *arg)
{
	struct handshake named = *h;

	named.stack = ruleset_stack(arg, h->offer);
	if (nsightings < SIGHTINGS_MOST)
		sightings[nsightings++] = sighting_new(&named);
}

static void read_capture(const char *path, struct ruleset *shipped, struct errors *e)
{
	struct m365_options cloud = { .cloud = "all" };
	struct m365 *m365 = m365_load(&cloud, e);
	struct flow_options o = { .m365 = m365 };
	struct capture_options all = { .most = 0 };
	struct source *source = source_open(&path, 1, &all, e);
	struct flows *flows = flows_new(&o, on_handshake, shipped);
	struct frame batch[CAPTURE_BATCH];
	struct packet p;
	unsigned n;

	must(m365, e);
	must(source, e);
	must(flows, e);
	while ((n = capture_batch(source, batch)) > 0)
		for (unsigned i = 0; i < n; i++)
			if (decode(&batch[i], &p) == DECODED_TCP)
				flows_packet(flows, &p);
	flows_flush(flows);
	flows_free(flows);
	source_free(source);
	m365_free(m365);
	must(nsightings > 0 ? sightings[0] : NULL, e);
}

/* ---- rules -------------------------------------------------------------------------------- */

static void put_rule(FILE *to, unsigned i)
{
	static const char *const versions[] = { "ssl3", "tls1.0", "tls1.1", "tls1.2" };

	fprintf(to, "- {id: rule-%u, title: T, level: low, culprit: host, message: "
		"'{client.ip} offers {offer.max}', when: {", i);
	switch (i % 4) {
	case 0:
		fprintf(to, "offer.max: {at_most: %s}, client.ip: {in: [10.%u.%u.0/24]}}}\n",
			versions[i / 4 % 4], 1 + i / 256, i % 256);
		break;
	case 1:
		fprintf(to, "server.name: {ends_with: .host%u.example}, "
			"offer.cipher_classes: {has: [rc4, 3des]}}}\n", i);
		break;
	case 2:
		fprintf(to, "service.area: [exchange, teams], answer.version: {less: $offer.max}, "
			"server.port: %u}}\n", i);
		break;
	default:
		fprintf(to, "offer.cipher_codes: {has: [%u]}, offer.max: %s, client.ip: "
			"{in: [10.%u.%u.0/24]}}, unless: {quality.grade: poor}}\n", i,
			versions[i / 4 % 4], 1 + i / 256, i % 256);
	}
}

static struct ruleset *load(unsigned n, struct errors *e)
{
	char path[] = "/tmp/judge.XXXXXX";
	const char *paths[] = { path };
	int fd = mkstemp(path);
	FILE *to = fd < 0 ? NULL : fdopen(fd, "w");
	struct ruleset *r;

	must(to, e);
	fputs("version: 1\nrules:\n", to);
	for (unsigned i = 0; i < n; i++)
		put_rule(to, i);
	fclose(to);
	r = ruleset_load(paths, n > 0, e);
	unlink(path);
	must(r, e);
	return r;
}

/* ---- measuring ---------------------------------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static uint64_t median(uint64_t *v)
{
	qsort(v, RUNS, sizeof(*v), by_number);
	return v[RUNS / 2];
}

/* Nanoseconds for all of it: rules of one handshake, late facts, sequences. */
static uint64_t judging(const struct ruleset *r)
{
	size_t rules = ruleset_count(r), times = WORK / 10 / (rules + 10);
	uint64_t v[RUNS];

	if (times > JUDGED)
		times = JUDGED;
	for (size_t run = 0; run < RUNS; run++) {
		struct sequences *q = sequences_new(r, 0);
		uint64_t begun = now();

		for (size_t i = 0; i < times; i++) {
			struct sighting *s = sightings[i % nsightings];

			s->nhits = s->hits_over = 0;
			ruleset_judge(r, s);
			ruleset_judge_late(r, s);
			sequences_see(q, s, NULL, NULL);
		}
		v[run] = (now() - begun) / times;
		sequences_free(q);
	}
	return median(v);
}

static void measure(const char *name, unsigned n, struct errors *e)
{
	struct ruleset *r = NULL;
	uint64_t v[RUNS];

	for (size_t run = 0; run < RUNS; run++) {
		uint64_t begun = now();

		ruleset_free(r);
		r = load(n, e);
		v[run] = now() - begun;
	}
	printf("| %s | %zu | %" PRIu64 " | %.1f |\n", name, ruleset_count(r), judging(r),
	       (double)median(v) / 1e6);
	ruleset_free(r);
}

int main(int argc, char **argv)
{
	static const unsigned many[] = { 10, 100, 1000, 10000 };
	struct errors e = { 0 };
	struct ruleset *shipped = load(0, &e);

	read_capture(argc > 1 ? argv[1] : "pcaps/demo.pcapng", shipped, &e);
	printf("%zu handshakes, medians of %d runs\n\n"
	       "| rules | number | judging one handshake, ns | loading, ms |\n"
	       "| --- | --- | --- | --- |\n", nsightings, RUNS);
	measure("shipped", 0, &e);
	for (size_t i = 0; i < sizeof(many) / sizeof(many[0]); i++)
		measure("made", many[i], &e);
	for (size_t i = 0; i < nsightings; i++)
		sighting_free(sightings[i]);
	ruleset_free(shipped);
	errors_done(&e);
	return 0;
}
