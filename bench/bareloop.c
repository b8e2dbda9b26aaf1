/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bareloop: counts the packets of a capture with pcap_dispatch() and does
 * nothing else: what reading costs through libpcap, and the measure for speed.
 */
#include <pcap/pcap.h>
#include <stdio.h>

struct count {
	unsigned long packets, bytes;
};

static void on_packet(u_char *user, const struct pcap_pkthdr *h, const u_char *bytes)
{
	struct count *n = (struct count *)user;

	(void)bytes;
	n->packets++;
	n->bytes += h->caplen;
}

int main(int argc, char **argv)
{
	char why[PCAP_ERRBUF_SIZE] = "usage: bareloop FILE";
	struct count n = { 0, 0 };
	pcap_t *p = argc == 2 ? pcap_open_offline(argv[1], why) : NULL;

	if (p == NULL) {
		fprintf(stderr, "bareloop: %s\n", why);
		return 1;
	}
	while (pcap_dispatch(p, -1, on_packet, (u_char *)&n) > 0)
		;
	printf("%lu packets, %lu bytes\n", n.packets, n.bytes);
	pcap_close(p);
	return 0;
}
