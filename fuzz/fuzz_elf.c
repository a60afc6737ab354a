/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Any bytes as an ELF file, of which some hundred addresses are looked up: symbols, what
 * was inlined, lines.  What is no program may be a module of the kernel, or packed.
 *
 * With libFuzzer it is a fuzz target.  Without, it has a main() that replays files:
 * "fuzz_elf FILE..." as they are, "fuzz_elf -m N FILE..." also cut off at N places, and N
 * times with some bytes changed, the same ones each time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../t/fold.h"
#include "base/alloc.h"
#include "base/hash.h"
#include "base/num.h"
#include "io/elf.h"

enum { ADDRESSES = 200, FAR = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

/* Reads all of it, so that a sanitizer sees what is not there. */
static uint64_t use(struct str s)
{
	return hash_str(s);
}

static uint64_t look_up(struct elf_file *e, uint64_t address)
{
	const struct elf_frame *frames;
	struct elf_symbol symbol;
	uint64_t sum = 0;
	if (elf_file_symbol(e, address, &symbol)) {
		check(symbol.address <= address && address < symbol.end,
		      "a symbol that does not have the address");
		sum += use(symbol.name);
	}
	if (!elf_file_has_dwarf(e))
		return sum;
	size_t count = elf_file_frames(e, address, address % 2, &frames);
	check(count <= ELF_FRAMES_MAX, "too many frames");
	for (size_t i = 0; i < count; i++)
		sum += use(frames[i].name) + use(frames[i].file) + frames[i].line;
	return sum;
}

/* The first bytes of all segments, one by one, then some all over. */
static uint64_t look_up_all(struct elf_file *e)
{
	size_t count;
	uint64_t sum = 0, address;
	const struct elf_segment *segments = elf_file_segments(e, &count);
	for (size_t i = 0; i < count && i < 4; i++) {
		uint64_t step = segments[i].memory_size / ADDRESSES + 1;
		for (unsigned n = 0; n < FAR; n++)
			sum += look_up(e, segments[i].address + n);
		for (unsigned n = 0; n < ADDRESSES; n++)
			sum += look_up(e, segments[i].address + n * step);
		if (elf_file_address(e, segments[i].offset, &address))
			sum += address;
	}
	for (unsigned n = 0; n < FAR; n++)
		sum += look_up(e, n);
	return sum + look_up(e, UINT64_MAX);
}

static struct elf_file *open_kernel(struct str bytes, const char **why)
{
	char path[64];
	int fd = memfd_create("fuzz_elf", MFD_CLOEXEC);
	check(fd >= 0 && write(fd, bytes.p, bytes.n) == (ssize_t)bytes.n, "no memory file");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	struct elf_file *e = elf_file_open_kernel(path, why);
	close(fd);
	return e;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *why;
	uint32_t crc;
	struct str id, bytes = { (const char *)data, size };
	struct elf_file *e = elf_file_memory(bytes, &why);
	check(e != NULL || why != NULL, "no file and no reason");
	if (e == NULL)
		e = open_kernel(bytes, &why);
	if (e == NULL) {
		check(why != NULL, "no file of a kernel and no reason");
		return 0;
	}
	uint64_t sum = use(elf_file_build_id(e)) + use(elf_file_debuglink(e, &crc)) +
		       use(elf_file_altlink(e, &id)) + elf_file_has_symbols(e) +
		       elf_file_crc(e);
	sum += use(id);
	/* The file as its own debug file. */
	if (size % 4 == 0)
		elf_file_use_debug(e, elf_file_memory(bytes, &why));
	if (size % 4 == 1)
		elf_file_use_alt(e, elf_file_memory(bytes, &why));
	sum += look_up_all(e);
	__asm__ volatile("" : : "r"(sum));
	elf_file_close(e);
	return 0;
}

#ifndef FUZZ_LIBFUZZER

static uint64_t random_next(uint64_t *state)
{
	*state += HASH_SPREAD;
	return hash_bytes(state, sizeof(*state));
}

static void replay(struct str bytes)
{
	char *copy = xmalloc(bytes.n);
	if (bytes.n > 0)
		memcpy(copy, bytes.p, bytes.n);
	LLVMFuzzerTestOneInput((uint8_t *)copy, bytes.n);
	free(copy);
}

static void replay_changed(struct str bytes, uint64_t times)
{
	uint64_t state = bytes.n;
	char *copy = xmalloc(bytes.n);
	for (uint64_t i = 0; i < times; i++)
		replay(str_head(bytes, (size_t)(bytes.n * i / times)));
	for (uint64_t i = 0; i < times && bytes.n > 0; i++) {
		memcpy(copy, bytes.p, bytes.n);
		for (uint64_t n = random_next(&state) % 6; n < 6; n++)
			copy[random_next(&state) % bytes.n] = (char)random_next(&state);
		replay((struct str){ copy, bytes.n });
	}
	free(copy);
}

int main(int argc, char **argv)
{
	uint64_t times = 0;
	for (int c; (c = getopt(argc, argv, "m:")) != -1;) {
		if (c == '?' || !num_u64(str_of(optarg), &times)) {
			fprintf(stderr, "usage: fuzz_elf [-m N] FILE...\n");
			return 2;
		}
	}
	for (int i = optind; i < argc; i++) {
		struct buf bytes = { 0 };
		if (!fold_slurp(argv[i], &bytes)) {
			perror(argv[i]);
			return 2;
		}
		replay(buf_str(&bytes));
		if (times > 0)
			replay_changed(buf_str(&bytes), times);
		buf_free(&bytes);
	}
	return 0;
}

#endif
