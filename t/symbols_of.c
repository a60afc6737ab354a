/* SPDX-License-Identifier: Apache-2.0 */

/*
 * For tests: the frames of addresses of a file, as readers get them.
 *
 *	symbols_of [-l] [-n] [-o] [-f] [-s DIR] [-m OLD=NEW]... [-b HEX] [-p PID]
 *	           FILE < ADDRESSES
 *
 * Prints a line for each: the address, then its frames, leaf first, each behind a
 * tab, with marks; then the warnings on standard error.  -l with lines, -n without what
 * was inlined, -o "[file+0x12]" where there is no name, -f names with parameters, -F
 * offsets of the file instead of addresses, -b its build id, -p a process that had it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/num.h"
#include "io/input.h"
#include "model/profile.h"
#include "read/symbolizer.h"

struct asked {
	struct want want;
	struct str build_id;
	uint64_t pid;
	bool offsets, places;    /* names with offsets; offsets given */
};

static void print_frames(const struct profile *p, uint64_t address, const uint32_t *frames,
			 uint32_t count)
{
	printf("%" PRIx64, address);
	for (uint32_t i = 0; i < count; i++) {
		struct str name = profile_name(p, frames[i]);
		struct str mark = frame_kind_mark(p->frames[frames[i]].kind);
		printf("\t%.*s%.*s", (int)name.n, name.p, (int)mark.n, mark.p);
	}
	putchar('\n');
}

static bool print_all(struct input *in, struct symbolizer *s, struct profile *p,
		      const struct asked *asked, const char *path)
{
	struct str line;
	uint32_t module = symbolizer_module(s, &(struct symbolizer_file){
		.path = str_of(path), .build_id = asked->build_id });
	symbolizer_process(s, module, (uint32_t)asked->pid);
	while (input_line(in, &line)) {
		uint64_t address;
		uint32_t count;
		if (!num_hex(line, &address))
			return input_error(in, "address is not a number");
		if (asked->places)
			address = symbolizer_address(s, module, address);
		uint32_t place = symbolizer_place(s, module, address);
		const uint32_t *frames = symbolizer_frames(s, place, &count);
		print_frames(p, address, frames, count);
	}
	return !in->failed;
}

static struct str bytes_of(const char *hex)
{
	struct buf bytes = { 0 };
	for (; hex[0] && hex[1]; hex += 2)
		buf_addc(&bytes, (char)(num_hex_digit(hex[0]) << 4 | num_hex_digit(hex[1])));
	return buf_str(&bytes);
}

static bool parse(struct asked *a, int argc, char **argv, const char **maps)
{
	for (int c; (c = getopt(argc, argv, "lnofFs:m:b:p:")) != -1;) {
		switch (c) {
		case 'l':
			a->want.granularity = GRANULARITY_LINES;
			break;
		case 'n':
			a->want.no_inline = true;
			break;
		case 'o':
			a->offsets = true;
			break;
		case 'f':
			a->want.names.style = NAMES_FULL;
			break;
		case 'F':
			a->places = true;
			break;
		case 's':
			a->want.sysroot = optarg;
			break;
		case 'm':
			maps[a->want.map_count++] = optarg;
			break;
		case 'b':
			a->build_id = bytes_of(optarg);
			break;
		case 'p':
			if (!num_u64(str_of(optarg), &a->pid))
				return false;
			break;
		default:
			return false;
		}
	}
	return optind + 1 == argc;
}

int main(int argc, char **argv)
{
	struct asked asked = { .want.names.style = NAMES_NOARGS };
	struct profile profile;
	struct input in;
	const char **maps = xcalloc((size_t)argc, sizeof(*maps));
	asked.want.maps = maps;
	if (!parse(&asked, argc, argv, maps)) {
		fprintf(stderr, "usage: symbols_of [options] FILE < ADDRESSES\n");
		return 2;
	}
	profile_init(&profile);
	bool good = input_open(&in, "-");
	if (good) {
		struct symbolizer *s = symbolizer_new(&in, &profile, &asked.want,
						      asked.offsets);
		good = print_all(&in, s, &profile, &asked, argv[optind]);
		symbolizer_delete(s);
	}
	for (unsigned i = 0; i < in.warning_count; i++)
		fprintf(stderr, "%" PRIu64 " %s: %.*s\n", in.warnings[i].count,
			in.warnings[i].what, STR_ARG(in.warnings[i].first_text));
	if (!good)
		fprintf(stderr, "%.*s\n", STR_ARG(buf_str(&in.message)));
	input_close(&in);
	profile_free(&profile);
	free((char *)(uintptr_t)asked.build_id.p);
	free(maps);
	return good && fflush(stdout) == 0 ? 0 : 2;
}
