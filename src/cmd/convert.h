/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_CONVERT_H
#define CMD_CONVERT_H

#include "cmd/job.h"

/* What fg-convert writes. */
enum convert_way {
	CONVERT_WRITER,          /* through a struct writer */
	CONVERT_FOLDED,          /* as fg-collapse does */
	CONVERT_SVG,             /* as fg-svg does */
	CONVERT_UNKNOWN,         /* nobody can tell; it has been said */
};

struct convert_target {
	enum convert_way way;
	const struct writer *writer;
};

/*
 * The format that -t names, or the suffix of -o; sets what it wants of the input.
 */
struct convert_target convert_choose(struct settings *);

/* Reads and writes; returns the exit status. */
int convert_run(const struct settings *, const struct writer *);

#endif
