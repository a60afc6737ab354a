/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The shape of perf script text: how much of it there is and how much of it
 * is distinct.  Frame lines begin with a tab, headers with anything else:
 *
 *	rpc worker 7    4711 [003]  1000.004011:     251934 cycles:P:
 *	    55d5a1e02222 store::Page::flush(int)+0x9e (/opt/store/bin/store-server)
 *
 * Distinct things are counted by 64-bit hashes in open-addressing sets, so
 * the counts are exact but for collisions, one in 10^7 at these sizes.  A
 * symbol is the text after the address, without "+0x9e": name and module.  A
 * stack is the comm and the symbols.
 */

#include "gen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

struct set {
	uint64_t *slots;		/* 0: empty */
	size_t size, n;			/* size is a power of two, or 0 */
};

struct shape {
	uint64_t bytes, lines, frames, frame_bytes, headers, deepest, depth;
	struct set lines_set, symbols, stacks, comms;
	uint64_t stack;			/* hash of the stack being read */
};

static void set_put(struct set *s, uint64_t hash)
{
	size_t i = hash & (s->size - 1);
	while (s->slots[i] && s->slots[i] != hash)
		i = (i + 1) & (s->size - 1);
	s->n += s->slots[i] == 0;
	s->slots[i] = hash;
}

static bool set_add(struct set *s, uint64_t hash)
{
	if (2 * s->n >= s->size) {
		struct set bigger = { .size = s->size ? 2 * s->size : 1024 };
		bigger.slots = calloc(bigger.size, sizeof(*bigger.slots));
		if (!bigger.slots)
			return false;
		for (size_t i = 0; i < s->size; i++)
			if (s->slots[i])
				set_put(&bigger, s->slots[i]);
		free(s->slots);
		*s = bigger;
	}
	set_put(s, hash ? hash : 1);
	return true;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The comm of a header: what stands before the tid, the cpu and the time. */
static size_t comm_length(const char *line, size_t n)
{
	for (size_t i = 1; i + 8 < n; i++) {
		if (line[i] != '.' || !is_digit(line[i - 1]) ||
		    !is_digit(line[i + 1]))
			continue;
		while (i && line[i - 1] != ' ')		/* the time */
			i--;
		while (i && line[i - 1] == ' ')
			i--;
		if (i && line[i - 1] == ']') {		/* the cpu */
			while (i && line[i - 1] != ' ')
				i--;
			while (i && line[i - 1] == ' ')
				i--;
		}
		while (i && line[i - 1] != ' ')		/* the tid */
			i--;
		while (i && line[i - 1] == ' ')
			i--;
		return i;
	}
	return n;
}

static bool stack_end(struct shape *s)
{
	bool ok = s->depth == 0 || set_add(&s->stacks, s->stack);
	if (s->depth > s->deepest)
		s->deepest = s->depth;
	s->depth = 0;
	return ok;
}

static bool frame_line(struct shape *s, const char *line, size_t n)
{
	s->frames++;
	s->depth++;
	s->frame_bytes += n + 1;
	size_t at = 1;
	while (at < n && line[at] == ' ')
		at++;
	while (at < n && line[at] != ' ')
		at++;
	size_t dso = n;
	while (dso > at && line[dso] != '(')
		dso--;
	size_t end = dso;
	while (end > at && line[end] != '+')
		end--;
	bool offset = end > at && strncmp(line + end, "+0x", 3) == 0;
	uint64_t symbol = hash_bytes(line + at, (offset ? end : dso) - at) ^
			  mix(hash_bytes(line + dso, n - dso));
	s->stack = mix(s->stack ^ symbol);
	return set_add(&s->lines_set, hash_bytes(line, n)) &&
	       set_add(&s->symbols, symbol);
}

static bool shape_line(struct shape *s, const char *line, size_t n)
{
	s->lines++;
	s->bytes += n + 1;
	if (n && line[0] == '\t')
		return frame_line(s, line, n);
	if (!stack_end(s))
		return false;
	if (n == 0)
		return true;
	s->headers++;
	s->stack = hash_bytes(line, comm_length(line, n));
	return set_add(&s->comms, s->stack);
}

static double share(uint64_t part, uint64_t whole)
{
	return whole ? (double)part / (double)whole : 0;
}

static void shape_show(const struct shape *s)
{
	printf("bytes                  %llu\n", (unsigned long long)s->bytes);
	printf("lines                  %llu\n", (unsigned long long)s->lines);
	printf("samples                %llu\n", (unsigned long long)s->headers);
	printf("frame lines            %llu\n", (unsigned long long)s->frames);
	printf("bytes a frame line     %.1f\n", share(s->frame_bytes, s->frames));
	printf("frames a stack         %.1f, at most %llu\n",
	       share(s->frames, s->headers), (unsigned long long)s->deepest);
	printf("distinct frame lines   %zu (%.2f %%)\n", s->lines_set.n,
	       100 * share(s->lines_set.n, s->frames));
	printf("distinct symbols       %zu (with their module)\n", s->symbols.n);
	printf("distinct stacks        %zu (comm and symbols)\n", s->stacks.n);
	printf("distinct comms         %zu\n", s->comms.n);
}

bool shape_print(const char *path)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	struct shape s = { .bytes = 0 };
	bool ok = f != NULL;
	while (ok && (n = getline(&line, &room, f)) > 0)
		ok = shape_line(&s, line, (size_t)n - (line[n - 1] == '\n'));
	ok = ok && !ferror(f) && stack_end(&s);
	if (ok)
		shape_show(&s);
	else
		fprintf(stderr, "gen: cannot read '%s'\n", path);
	if (f && f != stdin)
		fclose(f);
	free(line);
	free(s.lines_set.slots);
	free(s.symbols.slots);
	free(s.stacks.slots);
	free(s.comms.slots);
	return ok;
}
