/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_PERF_TEXT_H
#define READ_PERF_TEXT_H

#include "read/reader.h"

/*
 * Single lines of "perf script" that are no headers (perf_header.h), and how the
 * text as a whole is recognised and cut; see perf.c.  Nothing here has state.
 * Texts point into the line.
 */

/* A frame line: "7f6f1c0b14d1 __poll+0x51 (/usr/lib/libc.so.6)" */
struct perf_frame {
	struct str address, offset;      /* hexadecimal digits */
	struct str symbol;               /* without offset */
	struct str module;
	bool has_module;                 /* or says that it is inlined */
	bool inlined;
	bool cut_off;                    /* the line ends inside the module's name */
};

/* False when it is no frame. */
bool perf_text_frame(struct str line, struct perf_frame *);

/*
 * Registers and branch records, printed where the empty line would be: they end
 * a call chain.
 */
bool perf_text_is_tail(struct str line);

/*
 * What follows something that is not wanted: a source line, the next line of a
 * hex dump.
 */
bool perf_text_is_more(struct str line);

/* The line without LF or CR LF. */
struct str perf_text_line(struct str raw);

/* Of struct reader. */
enum probe perf_text_probe(struct str head);

/* Of struct reader: the last header that follows an empty line. */
const char *perf_text_split(struct str block);

#endif
