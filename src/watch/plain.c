/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch: a stream of lines.
 *
 * Hosts are told when their verdict changes, findings when they are new; what
 * was told is kept by address and rule, and only that, up to TOLD_MOST of them.
 */
#include "watch/plain.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/text.h"
#include "watch/view.h"

/* What stands before a host's row; IPv6 addresses are not cut, so their rows are longer. */
enum { TOLD_MOST = 200000, LEAD = 17, COLUMNS_V4 = 120, COLUMNS_V6 = 140 };

struct plain {
	struct map *told;		/* address, or address and rule: to what was told of it */
	struct canvas line;
	uint64_t packets;
};

struct plain *plain_new(void)
{
	struct plain *p = xcalloc(1, sizeof(*p));

	p->told = map_new();
	return p;
}

void plain_free(struct plain *p)
{
	if (p == NULL)
		return;
	map_free(p->told);
	canvas_done(&p->line);
	free(p);
}

/* Whether this is not what was told of the key last time. */
static bool is_news(struct plain *p, const struct addr *ip, const void *what, uintptr_t state)
{
	uint8_t key[sizeof(ip->b) + sizeof(what)];
	struct slice k = { key, sizeof(key) };
	void **place;

	memcpy(key, ip->b, sizeof(ip->b));
	memcpy(key + sizeof(ip->b), &what, sizeof(what));
	if (map_count(p->told) >= TOLD_MOST && map_find(p->told, k) == NULL)
		return false;
	place = map_add(p->told, k);
	if ((uintptr_t)*place == state)
		return false;
	*place = (void *)state;
	return true;
}

static void print_line(struct plain *p, FILE *to)
{
	const struct canvas_line *l = &p->line.lines[0];

	while (p->line.text.n > 0 && p->line.text.p[p->line.text.n - 1] == ' ')
		p->line.text.n--;
	fwrite(p->line.text.p + l->from, 1, p->line.text.n, to);
	putc('\n', to);
}

static void print_host(struct plain *p, const struct host *h, FILE *to)
{
	if (!is_news(p, &h->ip, NULL, 1u + (uintptr_t)host_verdict(h)))
		return;
	canvas_clear(&p->line, (addr_is_v4(&h->ip) ? COLUMNS_V4 : COLUMNS_V6) - LEAD, 1);
	row_time(&p->line.text, h->last);
	buf_puts(&p->line.text, " host    ");
	row_host(&p->line, h, false);
	print_line(p, to);
}

static void print_finding(struct plain *p, const struct finding *f, FILE *to)
{
	if (!is_news(p, &f->who, f->rule, 1))
		return;
	canvas_clear(&p->line, 1000, 1);
	row_time(&p->line.text, f->last);
	buf_puts(&p->line.text, " finding ");
	row_finding(&p->line, f);
	print_line(p, to);
}

bool plain_print(struct plain *p, const struct summary *sum, FILE *to)
{
	const struct finding *const *findings;
	const struct host *const *hosts;
	size_t nfindings = hosts_findings(sum->hosts, &findings);
	size_t nhosts = hosts_all(sum->hosts, &hosts);

	for (size_t i = 0; i < nhosts; i++)
		print_host(p, hosts[i], to);
	for (size_t i = 0; i < nfindings; i++)
		print_finding(p, findings[i], to);
	if (p->packets != sum->capture->packets && sum->last != 0) {
		struct buf b = { 0 };

		p->packets = sum->capture->packets;
		row_time(&b, sum->last);
		buf_printf(&b, " counts  packets %" PRIu64 ", handshakes %" PRIu64 ", hosts %zu, "
			   "findings %zu; lost by the kernel %" PRIu64 ", holes %" PRIu64,
			   p->packets, sum->flow->handshakes, nhosts, nfindings,
			   sum->capture->kernel_drops, sum->flow->gaps);
		fprintf(to, "%s\n", buf_text(&b));
		buf_done(&b);
	}
	return fflush(to) == 0;
}
