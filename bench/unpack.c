/* SPDX-License-Identifier: Apache-2.0 */

/*
 * unpack FILE, unpack -o FILE: what no reader of pprof, or of OpenTelemetry's profiles, can
 * do without: gunzip, and protobuf-c's own unpacking of the whole.  What it unpacked is
 * thrown away.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "base/alloc.h"
#include "io/otlp.pb-c.h"
#include "io/pprof.pb-c.h"

static size_t read_all(const char *name, uint8_t **bytes)
{
	size_t n = 0, capacity = 1 << 20;
	gzFile file = gzopen(name, "rb");
	int got;
	*bytes = xmalloc(capacity);
	while (file && (got = gzread(file, *bytes + n, (unsigned)(capacity - n))) > 0) {
		n += (size_t)got;
		ARRAY_RESERVE(*bytes, capacity, n + 1);
	}
	return n;
}

int main(int argc, char **argv)
{
	uint8_t *bytes;
	bool is_otlp = argc == 3 && strcmp(argv[1], "-o") == 0;
	if (argc != 2 + is_otlp) {
		fprintf(stderr, "usage: unpack [-o] FILE\n");
		return 2;
	}
	size_t n = read_all(argv[argc - 1], &bytes);
	const void *p = is_otlp ? (void *)otlp__profiles_data__unpack(NULL, n, bytes) :
				  (void *)pprof__profile__unpack(NULL, n, bytes);
	if (p == NULL || n == 0) {
		fprintf(stderr, "unpack: '%s' is no such profile\n", argv[argc - 1]);
		return 2;
	}
	printf("%zu bytes\n", n);
	return 0;
}
