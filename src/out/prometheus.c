/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prometheus: the figures of a run in Prometheus' text format, version 0.0.4.
 *
 * For the textfile collector (prometheus:FILE, replaced whole) or, while a
 * capture goes on, for whoever asks at prometheus:ADDRESS:PORT (serve.c).  Labels
 * are words of our own only: never an address or a name from the wire, which
 * would make a series of each.
 * https://prometheus.io/docs/instrumenting/exposition_formats/ and
 * https://prometheus.io/docs/practices/naming/
 */
#include <inttypes.h>

#include "base/text.h"
#include "config.h"
#include "out/file.h"

static void family(struct buf *b, const char *name, const char *type, const char *help)
{
	buf_printf(b, "# HELP hellotap_%s %s\n# TYPE hellotap_%s %s\n", name, help, name, type);
}

static void sample(struct buf *b, const char *name, const char *label, const char *value,
		   uint64_t n)
{
	buf_printf(b, "hellotap_%s{%s=\"%s\"} %" PRIu64 "\n", name, label, value, n);
}

static void single(struct buf *b, const char *name, const char *type, const char *help,
		   uint64_t n)
{
	family(b, name, type, help);
	buf_printf(b, "hellotap_%s %" PRIu64 "\n", name, n);
}

static void put_capture(struct buf *b, const struct summary *sum)
{
	const struct capture_state *c = sum->capture;

	family(b, "build_info", "gauge", "The version of hellotap that is running.");
	buf_puts(b, "hellotap_build_info{version=\"" PACKAGE_VERSION "\"} 1\n");
	single(b, "packets_total", "counter", "Packets read.", c->packets);
	single(b, "captured_bytes_total", "counter", "Bytes of these packets.", c->packet_bytes);
	family(b, "lost_packets_total", "counter",
	       "Packets that were on the wire and not read, by who lost them.");
	sample(b, "lost_packets_total", "by", "kernel", c->kernel_drops);
	sample(b, "lost_packets_total", "by", "interface", c->interface_drops);
	single(b, "cut_packets_total", "counter", "Packets shorter than on the wire.", sum->cut);
	family(b, "undecoded_packets_total", "counter", "Packets not understood, by cause.");
	for (unsigned why = DECODED_LINKTYPE; why <= DECODED_ENCRYPTED; why++) {
		uint64_t n = 0;

		for (size_t i = 0; i < sum->nundecoded; i++)
			if (sum->undecoded[i].why == (enum decoded)why)
				n += sum->undecoded[i].count;
		if (n > 0)
			sample(b, "undecoded_packets_total", "cause",
			       decoded_name((enum decoded)why), n);
	}
	sample(b, "undecoded_packets_total", "cause", "others", sum->undecoded_other);
	family(b, "last_packet_timestamp_seconds", "gauge", "Time of the latest packet.");
	buf_printf(b, "hellotap_last_packet_timestamp_seconds %" PRIu64 ".%03" PRIu64 "\n",
		   sum->last / NS_PER_SECOND, sum->last % NS_PER_SECOND / 1000000);
}

static void put_flows(struct buf *b, const struct flow_state *f)
{
	single(b, "connections_total", "counter", "TCP connections noticed.", f->connections);
	single(b, "tls_connections_total", "counter", "Connections that spoke TLS.", f->tls);
	single(b, "flows", "gauge", "Connections followed now.", f->flows_now);
	single(b, "flow_buffer_bytes", "gauge", "Bytes held for them.", f->bytes_now);
	single(b, "evicted_flows_total", "counter",
	       "Connections let go undecided because the table was full.", f->evicted);
	single(b, "gaps_total", "counter", "Holes in the bytes of handshakes.", f->gaps);
	single(b, "malformed_hellos_total", "counter",
	       "Hellos that were none behind a sound header.", f->malformed);
}

static void put_versions(struct buf *b, const char *name, const char *help,
			 const uint64_t counts[static VERSION_RANKS])
{
	family(b, name, "counter", help);
	for (unsigned rank = 0; rank < VERSION_RANKS; rank++)
		if (version_of_rank(rank) != NULL)
			sample(b, name, "version", version_of_rank(rank), counts[rank]);
	sample(b, name, "version", "none", counts[0]);
}

static void put_handshakes(struct buf *b, const struct totals *t)
{
	family(b, "handshakes_total", "counter", "TLS handshakes, by how they ended.");
	for (unsigned i = 0; i < RESULTS; i++)
		sample(b, "handshakes_total", "result", result_names[i], t->results[i]);
	put_versions(b, "offers_total", "Handshakes by the highest version offered.", t->offered);
	put_versions(b, "answers_total", "Handshakes by the version chosen.", t->negotiated);
	family(b, "handshake_quality_total", "counter",
	       "Handshakes by how completely they were captured.");
	for (unsigned i = 0; i < GRADES; i++)
		sample(b, "handshake_quality_total", "grade", grade_names[i], t->grades[i]);
}

static void put_findings(struct buf *b, const struct summary *sum)
{
	const struct finding *const *findings;
	const struct host *const *hosts;
	size_t n = hosts_findings(sum->hosts, &findings);

	single(b, "hosts", "gauge", "Hosts remembered.", hosts_all(sum->hosts, &hosts));
	family(b, "findings", "gauge", "Findings, by level.");
	for (unsigned level = 0; level < LEVELS; level++) {
		uint64_t of_level = 0;

		for (size_t i = 0; i < n; i++)
			of_level += findings[i]->rule->level == level;
		sample(b, "findings", "level", level_names[level], of_level);
	}
	single(b, "forgotten_hosts_total", "counter", "Hosts let go for want of room.",
	       hosts_forgotten(sum->hosts));
}

static void prometheus_finish(struct sink *s, const struct summary *sum)
{
	put_capture(&s->buf, sum);
	put_flows(&s->buf, sum->flow);
	put_handshakes(&s->buf, hosts_totals(sum->hosts));
	put_findings(&s->buf, sum);
}

const struct output output_prometheus = {
	.name = "prometheus",
	.help = "figures for Prometheus: a file for the textfile collector, or ADDRESS:PORT (live)",
	.served = true,
	.finish = prometheus_finish,
};
