/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_LSAN_LINE_H
#define READ_LSAN_LINE_H

#include "model/frametext.h"

/*
 * Single lines of LeakSanitizer.  Anything may stand in front of what is looked for,
 * as in logs that begin each line with a time.
 */

/* "==123==ERROR: LeakSanitizer: detected memory leaks"; pid is -1 when it is not told. */
bool lsan_line_is_start(struct str line, int64_t *pid);

struct lsan_leak {
	bool indirect;
	int64_t bytes, objects;
};

/* "Direct leak of 32 byte(s) in 1 object(s) allocated from:" */
bool lsan_line_leak(struct str line, struct lsan_leak *);

/* "SUMMARY: AddressSanitizer: 10160 byte(s) leaked in 15 allocation(s)." */
bool lsan_line_summary(struct str line, int64_t *bytes, int64_t *objects);

/*
 * "    #1 0x55c9152c133a in leak_definite src/memdemo.c:33:5": the number, and the place,
 * with the whole name of the source file.  The address is that in the module where it
 * is told, else that in memory.
 */
bool lsan_line_frame(struct str line, uint64_t *number, struct frametext *place);

/* "      1         77 known_leak": how often, bytes, and by which pattern. */
bool lsan_line_suppression(struct str line, int64_t *count, int64_t *bytes,
			   struct str *pattern);

#endif
