/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Files people have at hand when they meant another one: recognised by their
 * first bytes, answered with the command that helps.
 */
#include "read/reader.h"

#include "base/alloc.h"

struct known {
	struct str start;
	size_t at;
	const char *advice;
};

static const struct known files[] = {
	{ STR("gmon"), 0, "this is a gmon.out file of gprof; it has no call stacks" },
	{ STR("\x7f" "ELF"), 0, "this is a program or library, not a profile of one" },
	{ STR("\xff\xfe"), 0,
	  "this is UTF-16 text; save it as UTF-8 (in PowerShell, use -Encoding utf8 or cmd /c to redirect)" },
	{ STR("\xfe\xff"), 0, "this is UTF-16 text; save it as UTF-8" },
	{ STR("\x89PNG"), 0, "this is a PNG picture, not a profile" },
	{ STR("%PDF"), 0, "this is a PDF file, not a profile" },
	{ STR("PK\x03\x04"), 0, "this is a zip archive; unpack it first" },
	{ STR("BZh"), 0, "this is bzip2 data; unpack it with bunzip2 -c FILE" },
	{ STR("\xfd" "7zXZ"), 0, "this is xz data; unpack it with xz -dc FILE" },
	{ STR("ustar"), 257, "this is a tar archive; unpack it first" },
	{ STR("go 1."), 0,
	  "this is a Go execution trace; use go tool trace to get a pprof profile from it" },
	{ STR("v8-version,"), 0,
	  "this is the log of node --prof; make JSON of it: node --prof-process --preprocess FILE" },
	{ STR("{\"snapshot\":{\"meta\":"), 0,
	  "this is a snapshot of V8's heap, which has no call stacks; record with node --heap-prof" },
	{ STR("\x04\x08{"), 0,
	  "this is a dump of Ruby, as stackprof writes it; run stackprof --json FILE" },
	{ STR("\xd4\xc3\xb2\xa1"), 0, "this is a network capture, not a profile" },
};

/* Text that has one of these early on. */
static const struct known texts[] = {
	{ STR("<svg"), 0, "this is an SVG picture; read the profile it was drawn from" },
	{ STR("<html"), 0, "this is an HTML page, not a profile" },
	{ STR("<!DOCTYPE html"), 0, "this is an HTML page, not a profile" },
	{ STR("# Samples: "), 0,
	  "this is the text of perf report; run perf script instead" },
	{ STR("Source code & Disassembly of"), 0,
	  "this is the text of perf annotate; run perf script instead" },
	{ STR("Performance counter stats for"), 0,
	  "this is the output of perf stat; it has no call stacks" },
	{ STR("--- symbol\nbinary="), 0,
	  "this is the output of pprof --raw; read the profile it was made from" },
	{ STR("Statistical profiling result from"), 0,
	  "this is the text of node --prof-process; run it with --preprocess on the log" },
	{ STR("failed to open perf.data"), 0,
	  "this is an error message of perf; there was nothing to read" },
	{ STR("incompatible file format"), 0,
	  "this is an error message of perf: perf.data was written by a newer one" },
};

static const char *advice_on_bytes(struct str head)
{
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (head.n > files[i].at &&
		    str_starts(str_skip(head, files[i].at), files[i].start))
			return files[i].advice;
	return NULL;
}

static const char *advice_on_text(struct str head)
{
	struct str start = head.n > 4096 ? str_head(head, 4096) : head;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (str_find(start, texts[i].start) >= 0)
			return texts[i].advice;
	return NULL;
}

static bool is_binary(struct str head)
{
	size_t odd = 0;
	for (size_t i = 0; i < head.n; i++)
		odd += head.p[i] == '\0' ||
		       ((unsigned char)head.p[i] < ' ' &&
			strchr("\t\n\r\f\x1b", head.p[i]) == NULL);
	return odd * 50 > head.n;
}

const char *reader_advice(struct str head)
{
	const char *advice = advice_on_bytes(head);
	if (advice == NULL)
		advice = advice_on_text(head);
	if (advice == NULL && head.n > 0 && is_binary(head))
		advice = "this is binary data of no known kind";
	return advice;
}
