/* SPDX-License-Identifier: Apache-2.0 */

/*
 * floor perf FILE      the least that reading perf script text can cost
 * floor folded FILE    the same for folded stacks
 * floor heaptrack FILE adds up the sizes in a raw recording of heaptrack
 *
 * What no reader can do without: read() the file ("-": standard input) in
 * blocks of 256 KiB, find the end of each line, and look at each byte once to
 * know whether the line, or the frame between two ';' of it, was met before:
 * one XXH3 hash each.  Nothing is looked up, stored or written.  The hashes
 * are combined and printed, so that a compiler cannot leave them out; lines
 * that two blocks share are moved to the front of the buffer.
 *
 * Of heaptrack the lines of allocations, "+ SIZE TRACE ADDRESS", are looked for, and
 * the sizes added up: no address, no stack, no free is looked at.
 */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"

enum { BLOCK = 256 * 1024 };

struct sums {
	uint64_t hash, pieces;
};

/* Takes the whole lines from p up to end, returns where the rest begins. */
typedef const char *take_lines(struct sums *, const char *p, const char *end);

static const char *take_perf(struct sums *s, const char *p, const char *end)
{
	const char *nl;
	for (; (nl = memchr(p, '\n', (size_t)(end - p))); p = nl + 1) {
		s->hash ^= hash_bytes(p, (size_t)(nl - p));
		s->pieces++;
	}
	return p;
}

static const char *take_folded(struct sums *s, const char *p, const char *end)
{
	const char *nl, *cut;
	for (; (nl = memchr(p, '\n', (size_t)(end - p))); p = nl + 1) {
		for (; (cut = memchr(p, ';', (size_t)(nl - p))); p = cut + 1) {
			s->hash ^= hash_bytes(p, (size_t)(cut - p));
			s->pieces++;
		}
		s->hash ^= hash_bytes(p, (size_t)(nl - p));
		s->pieces++;
	}
	return p;
}

static const char *take_heaptrack(struct sums *s, const char *p, const char *end)
{
	const char *nl;
	for (; (nl = memchr(p, '\n', (size_t)(end - p))); p = nl + 1) {
		uint64_t size = 0;
		if (p[0] != '+' || p[1] != ' ')
			continue;
		for (p += 2; *p > ' '; p++)
			size = size << 4 | (unsigned)(*p <= '9' ? *p - '0' : *p - 'a' + 10);
		s->hash += size;
		s->pieces++;
	}
	return p;
}

/* Reads fd to its end; false with errno when that fails. */
static bool read_all(int fd, take_lines *take, struct sums *s)
{
	size_t room = 2 * BLOCK, kept = 0;
	char *buffer = malloc(room);
	ssize_t n = -1;
	while (buffer && (n = read(fd, buffer + kept, BLOCK)) > 0) {
		const char *end = buffer + kept + n;
		const char *rest = take(s, buffer, end);
		kept = (size_t)(end - rest);
		memmove(buffer, rest, kept);
		if (room - kept >= BLOCK)
			continue;
		room *= 2;
		char *bigger = realloc(buffer, room);
		if (!bigger)
			free(buffer);
		buffer = bigger;
	}
	if (buffer && kept) {
		buffer[kept] = '\n';
		take(s, buffer, buffer + kept + 1);
	}
	int error = errno;
	free(buffer);
	errno = error;
	return n == 0;
}

int main(int argc, char **argv)
{
	static const struct { const char *name; take_lines *take; } kinds[] = {
		{ "perf", take_perf }, { "folded", take_folded },
		{ "heaptrack", take_heaptrack },
	};
	take_lines *take = NULL;
	for (size_t i = 0; argc == 3 && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(argv[1], kinds[i].name) == 0)
			take = kinds[i].take;
	if (take == NULL) {
		fputs("usage: floor perf|folded|heaptrack FILE\n", stderr);
		return 2;
	}
	bool standard = strcmp(argv[2], "-") == 0;
	int fd = standard ? STDIN_FILENO : open(argv[2], O_RDONLY | O_CLOEXEC);
	struct sums s = { 0, 0 };
	if (fd < 0 || !read_all(fd, take, &s)) {
		fprintf(stderr, "floor: cannot read '%s': %s\n", argv[2],
			strerror(errno));
		return 2;
	}
	printf("%016" PRIx64 " %" PRIu64 "\n", s.hash, s.pieces);
	return 0;
}
