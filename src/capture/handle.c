/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: libpcap's packet sockets.
 *
 * libpcap maps a ring of blocks (TPACKET_V3), which a timer hands over at the
 * latest after RETIRE_MS.  Its immediate mode has none: it falls back to
 * TPACKET_V2, a frame at a time, which takes several times the work.
 *
 * The kernel takes FILTER_MOST instructions at most.  libpcap would run a longer
 * filter itself without a word, and all packets would be copied for it: such a
 * filter is refused.
 */
#include "capture/handle.h"

#include <errno.h>
#include <string.h>

#include <pcap/pcap.h>

#include <linux/filter.h>
#include <sys/socket.h>

#include "capture/spare.h"

enum { RETIRE_MS = 5, SNAPLEN = 262144, BUFFER = 64 << 20, BUFFER_LEAST = 2 << 20 };

static int buffer_of(const struct live_options *o)
{
	size_t bytes = (o->buffer ? o->buffer : BUFFER) / o->queues;

	return (int)(bytes < BUFFER_LEAST && o->buffer == 0 ? BUFFER_LEAST : bytes);
}

static bool set_stamps(pcap_t *p, const struct live_options *o, struct buf *why)
{
	int type = o->stamps ? pcap_tstamp_type_name_to_val(o->stamps) : PCAP_TSTAMP_HOST;

	if (o->stamps == NULL)
		return true;
	if (type < 0) {
		buf_printf(why, "'%s' is no kind of time stamp; expected host, host_lowprec, "
			   "host_hiprec, adapter or adapter_unsynced", o->stamps);
		return false;
	}
	if (pcap_set_tstamp_type(p, type) != 0) {
		buf_printf(why, "does not offer time stamps of the kind %s", o->stamps);
		return false;
	}
	return true;
}

static void say_activation(pcap_t *p, int status, struct buf *why)
{
	const char *more = pcap_geterr(p);

	buf_puts(why, pcap_statustostr(status));
	if (*more != '\0' && strcmp(more, pcap_statustostr(status)) != 0)
		buf_printf(why, ": %s", more);
	if (status == PCAP_ERROR_PERM_DENIED || status == PCAP_ERROR_PROMISC_PERM_DENIED)
		buf_puts(why, "; capturing takes root, or the capability CAP_NET_RAW");
}

static pcap_t *activate(const struct live_options *o, const char *interface, struct buf *why)
{
	char said[PCAP_ERRBUF_SIZE] = "";
	pcap_t *p = pcap_create(interface, said);
	int status;

	if (p == NULL) {
		buf_puts(why, said);
		return NULL;
	}
	pcap_set_snaplen(p, (int)(o->snaplen ? o->snaplen : SNAPLEN));
	pcap_set_promisc(p, o->promiscuous);
	pcap_set_timeout(p, RETIRE_MS);
	pcap_set_immediate_mode(p, o->immediate);
	pcap_set_buffer_size(p, buffer_of(o));
	if (!o->micro)
		(void)pcap_set_tstamp_precision(p, PCAP_TSTAMP_PRECISION_NANO);
	if (set_stamps(p, o, why)) {
		status = pcap_activate(p);
		if (status >= 0 && pcap_setnonblock(p, 1, said) == 0)
			return p;
		if (status >= 0)
			buf_puts(why, said);
		else
			say_activation(p, status, why);
	}
	pcap_close(p);
	return NULL;
}

/* How many instructions the kernel has of the filter; 0: none. */
static unsigned attached(int fd)
{
	socklen_t n = 0;

	return getsockopt(fd, SOL_SOCKET, SO_GET_FILTER, NULL, &n) == 0 ? n : 0;
}

/*
 * Compiles; libpcap takes minutes to shorten a program that is much too long, so
 * such a one is not even tried.
 */
static bool compile(struct handle *h, const char *expression, struct bpf_program *ret,
		    struct buf *why)
{
	for (int optimize = 0; optimize <= 1; optimize++) {
		unsigned most = optimize ? FILTER_MOST : 2 * FILTER_MOST;

		if (pcap_compile(h->pcap, ret, expression, optimize, PCAP_NETMASK_UNKNOWN) != 0) {
			buf_printf(why, "filter \"%s\": %s", expression, pcap_geterr(h->pcap));
			return false;
		}
		if (ret->bf_len > most) {
			buf_printf(why, "the filter comes to %u instructions, the kernel takes "
				   "%d; expected a shorter one", ret->bf_len, FILTER_MOST);
			pcap_freecode(ret);
			return false;
		}
		if (!optimize)
			pcap_freecode(ret);
	}
	return true;
}

static bool set_filter(struct handle *h, const char *expression, struct buf *why)
{
	struct bpf_program code;
	bool set;

	if (expression == NULL)
		return true;
	if (!compile(h, expression, &code, why))
		return false;
	set = pcap_setfilter(h->pcap, &code) == 0;
	pcap_freecode(&code);
	if (!set)
		buf_printf(why, "filter \"%s\": %s", expression, pcap_geterr(h->pcap));
	else if (attached(h->fd) == 0)
		buf_printf(why, "filter \"%s\": the kernel does not take it", expression);
	return set && buf_slice(why).n == 0;
}

static bool set_spare(struct handle *h, const struct spare *s, struct buf *why)
{
	int program = s != NULL ? spare_program(s) : -1;

	if (s == NULL || setsockopt(h->fd, SOL_SOCKET, SO_ATTACH_BPF, &program,
				    sizeof(program)) == 0)
		return true;
	buf_printf(why, "the kernel filter: %s", strerror(errno));
	return false;
}

bool handle_open(struct handle *h, const struct live_options *o, const char *interface,
		 struct buf *why)
{
	*h = (struct handle){ .pcap = activate(o, interface, why), .fd = -1 };
	if (h->pcap == NULL)
		return false;
	h->fd = pcap_get_selectable_fd(h->pcap);
	h->nano = pcap_get_tstamp_precision(h->pcap) == PCAP_TSTAMP_PRECISION_NANO;
	h->is = (struct origin){
		.interface = interface, .linktype = (uint32_t)pcap_datalink(h->pcap),
		.snaplen = (uint32_t)pcap_snapshot(h->pcap),
	};
	if (set_filter(h, o->filter, why) && set_spare(h, o->spare, why))
		return true;
	handle_close(h);
	return false;
}

void handle_close(struct handle *h)
{
	if (h->pcap != NULL)
		pcap_close(h->pcap);
	h->pcap = NULL;
	h->fd = -1;
}

void handle_count(struct handle *h, uint64_t *received, uint64_t *dropped)
{
	struct pcap_stat now;

	if (h->pcap == NULL || pcap_stats(h->pcap, &now) != 0)
		return;
	*received += now.ps_recv - h->received;
	*dropped += now.ps_drop - h->dropped;
	h->received = now.ps_recv;
	h->dropped = now.ps_drop;
}

void handle_shut(struct handle *h)
{
	struct sock_filter none = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog code = { 1, &none };

	if (h->pcap != NULL)
		(void)setsockopt(h->fd, SOL_SOCKET, SO_ATTACH_FILTER, &code, sizeof(code));
}
