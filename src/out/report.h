/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report: the sections of the report for people, in order.  Private to the room.
 */
#ifndef OUT_REPORT_H
#define OUT_REPORT_H

#include "out/out.h"
#include "out/page.h"

struct report {
	struct page page;
	struct sink *sink;
	const struct summary *sum;
	const struct finding *const *findings;
	const struct host *const *hosts;
	size_t nfindings, nhosts;
	bool one_day;			/* all packets are of one UTC day: times need no date */
};

void report_head(const struct report *r);
void report_findings(const struct report *r);
void report_hosts(const struct report *r);
void report_groups(const struct report *r);
void report_proxies(const struct report *r);
void report_unseen(const struct report *r);
void report_fixes(const struct report *r);

/* "16: 10 modern, 4 legacy, 2 mixed": hosts by verdict; nothing if there are none. */
void report_verdicts(const struct report *r, struct buf *b);

/* "1,234 handshakes", "1 handshake"; the plural by an s. */
void report_count(struct buf *b, uint64_t n, const char *noun);

/* "2026-11-20 09:00:00 to 09:12:44"; one time if both are the same second. */
void report_span(struct buf *b, uint64_t from, uint64_t to);

/* Part of whole: "12 %", "0.3 %", "under 0.1 %". */
void report_share(struct buf *b, uint64_t part, uint64_t whole);

/* A name of the operator's system or from a file, safe for a terminal. */
void report_name(struct buf *b, const char *s);

/* The label, "office.pcap frames 4 6 8" and the display filter beside it or below, indented. */
void report_evidence(const struct report *r, const struct evidence *e, const char *label,
		     unsigned indent);

/* Words of rules and fixes: the reader's own, perhaps UTF-8, but never a control character. */
void report_words(struct buf *b, const char *s);

/* "10.1.4.23", "the path of 10.1.4.23", "server 52.96.165.2:443 (outlook.office365.com)". */
void report_culprit(const struct report *r, struct buf *b, const struct finding *f);

enum ink report_ink(enum level level);

/* ---- text_loss.c ------------------------------------------------------------------------ */

/* What was dropped, and by whom, behind what is in b. */
void report_drops(const struct report *r, struct buf *b);

/* The words for a loss of a thousandth or more; false: there is none. */
bool report_loss(const struct report *r, struct buf *b);

#endif
