/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blast: sends a capture from an interface, paced or as fast as it goes.
 *
 * The file (pcap, in this machine's byte order, Ethernet) is mapped, and sent in
 * batches by sendmmsg() with the queueing discipline bypassed.  What the kernel has
 * no room for is sent again, so that the number of packets is exact.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64, FILE_HEADER = 24, PACKET_HEADER = 16, SEND_BUFFER = 64 << 20 };

struct capture {
	unsigned char *next, *end;
};

struct batch {
	struct mmsghdr message[BATCH];
	struct iovec bytes[BATCH];
	unsigned n;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int fail(const char *what)
{
	fprintf(stderr, "blast: %s: %s\n", what, strerror(errno));
	return -1;
}

static int map(const char *path, struct capture *ret)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *p;

	if (fd < 0 || fstat(fd, &st) != 0 || st.st_size < FILE_HEADER)
		return fail(path);
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (p == MAP_FAILED)
		return fail(path);
	ret->next = (unsigned char *)p + FILE_HEADER;
	ret->end = (unsigned char *)p + st.st_size;
	return 0;
}

static int open_socket(const char *interface)
{
	struct sockaddr_ll a = { .sll_family = AF_PACKET };
	int s = socket(AF_PACKET, SOCK_RAW, 0), buffer = SEND_BUFFER, bypass = 1;

	a.sll_ifindex = (int)if_nametoindex(interface);
	if (s < 0 || a.sll_ifindex == 0 || bind(s, (struct sockaddr *)&a, sizeof(a)) != 0)
		return fail(interface);
	(void)setsockopt(s, SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof(buffer));
	(void)setsockopt(s, SOL_PACKET, PACKET_QDISC_BYPASS, &bypass, sizeof(bypass));
	return s;
}

static void fill(struct capture *c, struct batch *b)
{
	for (b->n = 0; b->n < BATCH && c->end - c->next >= PACKET_HEADER; b->n++) {
		uint32_t length;

		memcpy(&length, c->next + 8, sizeof(length));
		c->next += PACKET_HEADER;
		if (length > (size_t)(c->end - c->next))
			length = (uint32_t)(c->end - c->next);
		b->bytes[b->n] = (struct iovec){ c->next, length };
		c->next += length;
	}
}

static int flush(int s, struct batch *b)
{
	for (unsigned sent = 0; sent < b->n;) {
		int n = sendmmsg(s, b->message + sent, b->n - sent, 0);

		if (n >= 0)
			sent += (unsigned)n;
		else if (errno != ENOBUFS && errno != EAGAIN && errno != EINTR)
			return fail("sendmmsg");
	}
	return 0;
}

int main(int argc, char **argv)
{
	static struct batch b;
	double rate = argc == 4 ? atof(argv[3]) : 0, began, took;
	struct capture c;
	unsigned long packets = 0;
	int s;

	if (argc < 3 || argc > 4) {
		fprintf(stderr, "usage: blast INTERFACE FILE.pcap [PACKETS-A-SECOND]\n");
		return 2;
	}
	s = open_socket(argv[1]);
	if (s < 0 || map(argv[2], &c) != 0)
		return 1;
	for (unsigned i = 0; i < BATCH; i++)
		b.message[i].msg_hdr = (struct msghdr){ .msg_iov = &b.bytes[i], .msg_iovlen = 1 };
	began = now();
	for (fill(&c, &b); b.n > 0; fill(&c, &b)) {
		if (flush(s, &b) != 0)
			return 1;
		packets += b.n;
		while (rate > 0 && now() < began + (double)packets / rate)
			usleep(50);
	}
	took = now() - began;
	printf("%lu %.3f\n", packets, took);
	close(s);
	return 0;
}
