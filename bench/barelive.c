/* SPDX-License-Identifier: Apache-2.0 */
/*
 * barelive: counts the packets of an interface with pcap_dispatch() until SIGINT
 * and does nothing else: what capturing costs through libpcap (TPACKET_V3, a ring
 * of 64 MiB).  Prints what was received and what the kernel dropped.
 */
#include <pcap/pcap.h>
#include <signal.h>
#include <stdio.h>

enum { RING = 64 << 20, RETIRE_MS = 5, SNAPLEN = 262144 };

static pcap_t *volatile capture;

static void stop(int signal)
{
	(void)signal;
	pcap_breakloop(capture);
}

static void on_packet(u_char *user, const struct pcap_pkthdr *h, const u_char *bytes)
{
	(void)h;
	(void)bytes;
	++*(unsigned long *)(void *)user;
}

int main(int argc, char **argv)
{
	char why[PCAP_ERRBUF_SIZE] = "usage: barelive INTERFACE";
	struct sigaction on_int = { .sa_handler = stop };
	pcap_t *p = argc == 2 ? pcap_create(argv[1], why) : NULL;
	struct pcap_stat st = { 0 };
	unsigned long packets = 0;

	if (p == NULL) {
		fprintf(stderr, "barelive: %s\n", why);
		return 1;
	}
	pcap_set_snaplen(p, SNAPLEN);
	pcap_set_timeout(p, RETIRE_MS);
	pcap_set_buffer_size(p, RING);
	if (pcap_activate(p) < 0) {
		fprintf(stderr, "barelive: %s\n", pcap_geterr(p));
		return 1;
	}
	capture = p;
	sigaction(SIGINT, &on_int, NULL);
	fprintf(stderr, "capturing on %s\n", argv[1]);
	while (pcap_dispatch(p, -1, on_packet, (u_char *)&packets) >= 0)
		;
	pcap_stats(p, &st);
	printf("%lu %u\n", packets, st.ps_drop);
	pcap_close(p);
	return 0;
}
