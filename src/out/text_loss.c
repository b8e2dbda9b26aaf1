/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text: packets that were lost before they could be read.
 *
 * A thousandth is where it is said in so many words: a handshake has some ten
 * packets, so one in a hundred handshakes then lacks one.
 */
#include "base/text.h"
#include "out/report.h"

enum { TOLD_FROM = 1000 };	/* lost, one in so many */

uint64_t summary_lost(const struct summary *sum)
{
	return sum->capture->kernel_drops + sum->capture->interface_drops;
}

bool summary_is_lossy(const struct summary *sum)
{
	uint64_t lost = summary_lost(sum);

	return lost > 0 && lost >= (lost + sum->capture->packets) / TOLD_FROM;
}

void report_drops(const struct report *r, struct buf *b)
{
	const struct capture_state *c = r->sum->capture;
	const char *between = b->n > 0 ? "; " : "";

	if (c->kernel_drops > 0) {
		buf_puts(b, between);
		report_count(b, c->kernel_drops, "packet");
		buf_puts(b, c->live ? " dropped by the kernel, its buffer was full (-B)"
				    : " dropped by the capturing system");
		between = "; ";
	}
	if (c->interface_drops > 0) {
		buf_puts(b, between);
		report_count(b, c->interface_drops, "packet");
		buf_puts(b, " dropped by the interface");
		between = "; ";
	}
	if (r->sum->overrun > 0) {
		buf_puts(b, between);
		report_count(b, r->sum->overrun, "handshake");
		buf_puts(b, " not recorded, there were too many at once");
	}
}

bool report_loss(const struct report *r, struct buf *b)
{
	if (!summary_is_lossy(r->sum))
		return false;
	report_share(b, summary_lost(r->sum), summary_lost(r->sum) + r->sum->capture->packets);
	buf_puts(b, " of the packets were lost before they could be read: handshakes are missing "
		    "here, and what is not reported may have happened");
	return true;
}
