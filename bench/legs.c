/* SPDX-License-Identifier: Apache-2.0 */
/*
 * legs [CAPTURE]: what it costs to hold 100,000 clients' legs against 100,000
 * upstream ones, beside what parsing as many handshakes costs.  Prints Markdown;
 * ends with 1 if pairing costs more.
 *
 * What is parsed is a capture (pcaps/demo.pcapng), over and over; what is paired
 * is made from two of its handshakes: 500 clients of one proxy, 20 names, ten
 * conversations a second.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/arena.h"
#include "base/text.h"
#include "capture/capture.h"
#include "flow/flow.h"
#include "host/host.h"

enum { PAIRS = 100000, PASSES = 40, CLIENTS = 500, NAMES = 20 };

static struct sighting *sample;
static uint64_t nparsed;

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

/* The last one that was answered is kept. */
static void on_handshake(const struct handshake *h, void *arg)
{
	struct handshake named = *h;
	struct sighting *s;

	named.stack = ruleset_stack(arg, h->offer);
	s = sighting_new(&named);
	nparsed++;
	if (h->offer != NULL && h->answer != NULL && h->offer->complete) {
		sighting_free(sample);
		sample = s;
	} else {
		sighting_free(s);
	}
}

static void parse(const char *path, struct ruleset *rules, struct m365 *m365, struct errors *e)
{
	struct flow_options o = { .m365 = m365 };
	struct capture_options all = { .most = 0 };
	struct source *source = source_open(&path, 1, &all, e);
	struct flows *flows = flows_new(&o, on_handshake, rules);
	struct frame batch[CAPTURE_BATCH];
	struct packet p;
	unsigned n;

	must(source, e);
	must(flows, e);
	while ((n = capture_batch(source, batch)) > 0)
		for (unsigned i = 0; i < n; i++)
			if (decode(&batch[i], &p) == DECODED_TCP)
				flows_packet(flows, &p);
	flows_flush(flows);
	flows_free(flows);
	source_free(source);
}

static void put_text(struct sighting *s, enum field_id id, const char *text)
{
	s->values[id] = (struct value){ .type = VALUE_TEXT, .bytes = {
		(const uint8_t *)text, strlen(text) } };
}

static void put_addr(struct sighting *s, enum field_id id, const char *text)
{
	s->values[id].type = VALUE_ADDR;
	(void)addr_parse(text, &s->values[id].addr);
}

/* The n-th conversation's leg. */
static void see(struct hosts *h, unsigned n, bool upstream)
{
	static uint8_t random[32];
	uint32_t mark = 2 * n + upstream;
	char name[40], client[24];

	memcpy(random, &mark, sizeof(mark));
	snprintf(name, sizeof(name), "tenant%u.sharepoint.com", n % NAMES);
	snprintf(client, sizeof(client), "10.1.%u.%u", 4 + n % CLIENTS / 250, n % 250);
	sample->ts = n * (NS_PER_SECOND / 10) + (upstream ? 5000000 : 0);
	sample->ts_end = sample->ts + 30000000;
	put_addr(sample, FIELD_CLIENT_IP, upstream ? "10.1.9.8" : client);
	put_addr(sample, FIELD_SERVER_IP, upstream ? "13.107.136.10" : "10.1.9.8");
	put_text(sample, FIELD_SERVER_NAME, name);
	put_text(sample, FIELD_OFFER_NAME, name);
	sample->values[FIELD_CLIENT_PORT].number = 1024 + n % 60000;
	sample->values[FIELD_OFFER_RANDOM] = (struct value){ .type = VALUE_HEX,
							     .bytes = { random, 32 } };
	hosts_sighting(h, sample);
}

/* Nanoseconds for all legs, the findings at the end with them. */
static uint64_t pair(const struct ruleset *rules, size_t legs, bool inside_first)
{
	struct hosts *h = hosts_new(&(struct hosts_options){ .rules = rules, .legs = legs });
	const struct proxy *const *proxies;
	uint64_t before = now();

	for (unsigned i = 0; i < (inside_first ? PAIRS : 2 * PAIRS); i++)
		see(h, inside_first ? i : i / 2, !inside_first && i % 2);
	for (unsigned i = 0; inside_first && i < PAIRS; i++)
		see(h, i, true);
	if (hosts_proxies(h, &proxies) != 1 || proxies[0]->nested < PAIRS - 1)
		fprintf(stderr, "legs: not all were paired\n");
	before = now() - before;
	hosts_free(h);
	return before;
}

/* The same without legs held against each other: what hosts and rules cost anyhow. */
static uint64_t count_only(const struct ruleset *rules)
{
	struct hosts *h = hosts_new(&(struct hosts_options){ .rules = rules, .legs = 16 });
	uint64_t before;

	before = now();
	for (unsigned i = 0; i < 2 * PAIRS; i++) {
		sample->values[FIELD_OFFER_RANDOM].type = VALUE_NONE;	/* then it is no leg */
		hosts_sighting(h, sample);
	}
	before = now() - before;
	hosts_free(h);
	return before;
}

static double each(uint64_t ns, uint64_t n)
{
	return (double)ns / (double)n / 1000.0;
}

int main(int argc, char **argv)
{
	struct errors e = { 0 };
	struct m365_options cloud = { .cloud = "all" };
	struct ruleset *rules = ruleset_load(NULL, 0, &e);
	struct m365 *m365 = m365_load(&cloud, &e);
	uint64_t parsed, counted, together, files, windows;
	struct rusage usage;

	must(rules, &e);
	must(m365, &e);
	parsed = now();
	for (unsigned i = 0; i < PASSES; i++)
		parse(argc > 1 ? argv[1] : "pcaps/demo.pcapng", rules, m365, &e);
	parsed = now() - parsed;
	must(sample, &e);
	together = pair(rules, 0, false);
	files = pair(rules, 0, true);
	windows = pair(rules, 8192, false);
	counted = count_only(rules);
	getrusage(RUSAGE_SELF, &usage);
	printf("| microseconds a handshake | |\n| --- | --- |\n");
	printf("| parsed, from the capture | %.1f |\n", each(parsed, nparsed));
	printf("| counted on hosts, rules judged | %.1f |\n", each(counted, 2 * PAIRS));
	printf("| the same and paired, both sides in one stream | %.1f |\n",
	       each(together, 2 * PAIRS));
	printf("| the same, one side after the other | %.1f |\n", each(files, 2 * PAIRS));
	printf("| the same, with --max-legs 8192 | %.1f |\n", each(windows, 2 * PAIRS));
	printf("\n%d legs on each side; peak memory %ld MiB\n", PAIRS, usage.ru_maxrss / 1024);
	sighting_free(sample);
	m365_free(m365);
	ruleset_free(rules);
	return each(files - counted, 2 * PAIRS) < each(parsed, nparsed) ? 0 : 1;
}
