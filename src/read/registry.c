/* SPDX-License-Identifier: Apache-2.0 */
#include "read/reader.h"

/* One line a format; the order does not matter. */
#define READERS(X)                                                             \
	X(callgrind)                                                           \
	X(chrome)                                                              \
	X(cpuprofile)                                                          \
	X(dhat)                                                                \
	X(firefox)                                                             \
	X(folded)                                                              \
	X(goprofile)                                                           \
	X(gperftools)                                                          \
	X(heapprofile)                                                         \
	X(heaptrack)                                                           \
	X(javaprofile)                                                         \
	X(jemalloc)                                                            \
	X(jfr)                                                                 \
	X(lsan)                                                                \
	X(massif)                                                              \
	X(memcheck)                                                            \
	X(memleak)                                                             \
	X(otlp)                                                                \
	X(perf)                                                                \
	X(perfdata)                                                            \
	X(pprof)                                                               \
	X(speedscope)                                                          \
	X(stackprof)                                                           \
	X(threadz)                                                             \
	X(v8heap)                                                              \
	X(v8log)                                                               \
	X(xtree)

#define DECLARE(name) extern const struct reader reader_##name;
READERS(DECLARE)

#define POINT(name) &reader_##name,
const struct reader *const readers[] = { READERS(POINT) NULL };

const struct reader *reader_find(struct str name)
{
	for (const struct reader *const *r = readers; *r; r++)
		if (str_eq(name, str_of((*r)->name)))
			return *r;
	return NULL;
}

const struct reader *reader_probe(struct str head)
{
	const struct reader *best = NULL;
	enum probe most = PROBE_NO;
	for (const struct reader *const *r = readers; *r; r++) {
		enum probe sure = (*r)->probe(head);
		if (sure > most) {
			most = sure;
			best = *r;
		}
	}
	return best;
}
