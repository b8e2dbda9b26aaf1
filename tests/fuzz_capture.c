/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target: a capture, from its first byte on.
 *
 * Input: the file.  It is read as a file, in one piece and as a stream; all must
 * see the same frames and say the same about how it ended.  A packed file is
 * read as a file only.
 *
 *	clang -std=c11 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined -Isrc -Itests \
 *	    -o fuzz_capture tests/fuzz_capture.c src/capture/[*].c src/base/[*].c \
 *	    -DDATADIR='""' -lpcap -lz -lzstd
 *	./fuzz_capture tests/corpus/capture
 */
#include "fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "capture/reader.h"

struct outcome {
	uint64_t frames, bytes, dropped, names;
	uint64_t sum;			/* of all that the frames say, in order */
	struct buf fault;
};

static void add(struct outcome *o, const struct frame *f)
{
	must(f->bytes.n <= READER_FRAME_MOST && f->wire_length >= f->bytes.n);
	must(f->from != NULL && f->from->file != NULL);
	o->frames++;
	o->bytes += f->bytes.n;
	o->sum = o->sum * 31 + f->ts + f->number * 7 + f->wire_length + f->from->linktype;
	for (size_t i = 0; i < f->bytes.n; i++)
		o->sum = o->sum * 31 + f->bytes.p[i];
}

/* Frames to the end; the window is the reader's already. */
static void read_all(struct reader *r, struct outcome *ret)
{
	struct frame f[3];		/* small batches end in more places */
	uint64_t last = 0;
	enum reading is;
	unsigned n;

	r->names = hostnames_new();
	do {
		is = r->format->read(r, f, 3, &n);
		must(n <= 3 && (is != READING_FULL || n == 3));
		for (unsigned i = 0; i < n; i++) {
			must(f[i].number > last);
			last = f[i].number;
			add(ret, &f[i]);
		}
	} while (n > 0 || (is == READING_MORE && window_more(&r->window)));
	ret->dropped = r->dropped;
	ret->names = hostnames_count(r->names) + r->names_left_out;
	hostnames_free(r->names);
	must(reader_fault(r, is, &ret->fault) || is == READING_MORE);
}

static void read_in_one_piece(const struct format *format, struct slice s, struct outcome *ret)
{
	struct arena origins = { 0 };
	struct reader r = {
		.name = "one",
		.format = format,
		.origins = &origins,
		.window = { .c = cursor_of(s), .seen = s.n },
	};

	read_all(&r, ret);
	if (format->done)
		format->done(&r);
	arena_done(&origins);
}

/* As a file; its name makes reader_open() see what it is. */
static bool read_file(const char *path, struct outcome *ret)
{
	struct arena origins = { 0 };
	struct buf why = { 0 };
	enum refusal kind;
	struct reader *r = reader_open(path, &origins, &why, &kind);

	if (r) {
		read_all(r, ret);
		reader_close(r);
	} else {
		must(why.n > 0 && kind == REFUSAL_FORMAT);
	}
	buf_done(&why);
	arena_done(&origins);
	return r != NULL;
}

static void read_streamed(const struct format *format, int fd, struct outcome *ret)
{
	struct arena origins = { 0 };
	struct reader r = { .name = "streamed", .format = format, .origins = &origins };

	must(lseek(fd, 0, SEEK_SET) == 0);
	window_stream(&r.window, fd);
	read_all(&r, ret);
	if (format->done)
		format->done(&r);
	window_done(&r.window);
	arena_done(&origins);
}

static void must_agree(const struct outcome *a, const struct outcome *b)
{
	must(a->frames == b->frames && a->bytes == b->bytes);
	must(a->sum == b->sum && a->dropped == b->dropped && a->names == b->names);
	must(a->fault.n == b->fault.n);
	must(a->fault.n == 0 || memcmp(a->fault.p, b->fault.p, a->fault.n) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice s = { data, size };
	struct outcome file = { 0 }, piece = { 0 }, streamed = { 0 };
	const struct format *format = format_pcap.knows(s) ? &format_pcap :
				      format_pcapng.knows(s) ? &format_pcapng :
				      format_snoop.knows(s) ? &format_snoop : NULL;
	int fd = memfd_create("capture", 0);
	char path[64];

	must(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	must(read_file(path, &file) == (format != NULL) || packing_of(s) != PACKING_NONE);
	if (format) {
		read_in_one_piece(format, s, &piece);
		read_streamed(format, fd, &streamed);
		must_agree(&file, &piece);
		must_agree(&piece, &streamed);
	}
	buf_done(&file.fault);
	buf_done(&piece.fault);
	buf_done(&streamed.fault);
	close(fd);
	return 0;
}
