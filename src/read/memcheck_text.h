/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_MEMCHECK_TEXT_H
#define READ_MEMCHECK_TEXT_H

#include "read/memcheck_report.h"

/*
 * Cuts "==123== " off, and with --time-stamp=yes "==00:00:00:01.234 123== "; what a
 * program has written in front of it, too.  The process id is digits; false when the
 * line is none of Valgrind's.
 */
bool memcheck_text_cut_prefix(struct str *line, struct str *pid);

/* Reads a log; what other programs have written into it is skipped. */
bool memcheck_text_read(struct memcheck_report *);

#endif
