/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: filters are compiled and run by libpcap.
 */
#include "capture/filter.h"

#include <stdlib.h>

#include <pcap/pcap.h>

#include "base/arena.h"
#include "capture/reader.h"

#define PROGRAMS_MOST 64	/* link types in a run; frames of further ones do not pass */

struct program {
	uint32_t linktype;
	bool sound;
	struct bpf_program code;
};

struct filter {
	char *expression;
	struct errors *e;	/* borrowed */
	struct program v[PROGRAMS_MOST];
	size_t n;
	bool brief;		/* programs need not be short: they are not run */
	struct program *last;	/* the one used last: nearly always the next one too */
};

const char *capture_library_version(void)
{
	return pcap_lib_version();
}

struct filter *filter_new(const char *expression, struct errors *e)
{
	struct filter *f = xcalloc(1, sizeof(*f));

	f->expression = xstrdup(expression);
	f->e = e;
	return f;
}

void filter_free(struct filter *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].sound)
			pcap_freecode(&f->v[i].code);
	free(f->expression);
	free(f);
}

/*
 * The link types of files are those of libpcap's interface but for these, whose
 * numbers differ between systems.  Source: libpcap, pcap-common.c.
 */
static int dlt_of(uint32_t linktype)
{
	switch (linktype) {
	case 100:
		return DLT_ATM_RFC1483;
	case 101:
		return DLT_RAW;
	case 102:
		return DLT_SLIP_BSDOS;
	case 103:
		return DLT_PPP_BSDOS;
	case 106:
		return DLT_ATM_CLIP;
	case 107:
		return DLT_FRELAY;
	case 108:
		return DLT_LOOP;
	case 109:
		return DLT_ENC;
	default:
		return (int)linktype;
	}
}

static struct program *compile(struct filter *f, uint32_t linktype)
{
	struct program *p = &f->v[f->n++];
	pcap_t *dead = pcap_open_dead(dlt_of(linktype), READER_FRAME_MOST);

	p->linktype = linktype;
	if (dead == NULL) {
		errors_add(f->e, (struct place){ 0 }, "filter \"%s\": no memory for it",
			   f->expression);
		return p;
	}
	p->sound = pcap_compile(dead, &p->code, f->expression, !f->brief,
				PCAP_NETMASK_UNKNOWN) == 0;
	if (!p->sound)
		errors_add(f->e, (struct place){ 0 },
			   "filter \"%s\": %s (for frames of link type %u)", f->expression,
			   pcap_geterr(dead), linktype);
	pcap_close(dead);
	return p;
}

static struct program *program_for(struct filter *f, uint32_t linktype)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].linktype == linktype)
			return &f->v[i];
	return f->n < PROGRAMS_MOST ? compile(f, linktype) : NULL;
}

bool filter_ready(struct filter *f, uint32_t linktype)
{
	struct program *p = program_for(f, linktype);

	return p != NULL && p->sound;
}

bool filter_passes(struct filter *f, const struct frame *frame)
{
	struct pcap_pkthdr head = {
		.caplen = (bpf_u_int32)frame->bytes.n,
		.len = frame->wire_length,
	};

	if (f->last == NULL || f->last->linktype != frame->from->linktype)
		f->last = program_for(f, frame->from->linktype);
	return f->last != NULL && f->last->sound &&
	       pcap_offline_filter(&f->last->code, &head, frame->bytes.p) != 0;
}

/* An expression may suit one link type and not another: Ethernet, bare IP and 802.11 are tried. */
bool capture_filter_check(const char *expression, struct errors *e)
{
	static const uint32_t usual[] = { 1, 101, 127 };
	struct errors said = { 0 };
	struct filter *f = filter_new(expression, &said);
	bool sound = false;

	f->brief = true;
	for (size_t i = 0; !sound && i < sizeof(usual) / sizeof(usual[0]); i++)
		sound = filter_ready(f, usual[i]);
	if (!sound && said.n > 0)
		errors_add(e, (struct place){ 0 }, "%s", said.v[0].what);
	filter_free(f);
	errors_done(&said);
	return sound;
}
