/* SPDX-License-Identifier: Apache-2.0 */

/*
 * unpack FILE: what no reader of pprof can do without: gunzip, and protobuf-c's own
 * unpacking of the whole.  What it unpacked is thrown away.
 */
#include <stdio.h>
#include <zlib.h>

#include "base/alloc.h"
#include "io/pprof.pb-c.h"

int main(int argc, char **argv)
{
	size_t n = 0, capacity = 1 << 20;
	uint8_t *bytes = xmalloc(capacity);
	gzFile file = argc == 2 ? gzopen(argv[1], "rb") : NULL;
	int got;
	if (file == NULL) {
		fprintf(stderr, "usage: unpack FILE\n");
		return 2;
	}
	while ((got = gzread(file, bytes + n, (unsigned)(capacity - n))) > 0) {
		n += (size_t)got;
		ARRAY_RESERVE(bytes, capacity, n + 1);
	}
	Pprof__Profile *p = pprof__profile__unpack(NULL, n, bytes);
	if (p == NULL) {
		fprintf(stderr, "unpack: '%s' is no profile of pprof\n", argv[1]);
		return 2;
	}
	printf("%zu bytes, %zu samples, %zu locations\n", n, p->n_sample, p->n_location);
	return 0;
}
