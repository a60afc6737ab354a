/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_MEMCHECK_LOSS_H
#define READ_MEMCHECK_LOSS_H

#include "base/str.h"

enum memcheck_kind {
	MEMCHECK_DEFINITE,
	MEMCHECK_INDIRECT,
	MEMCHECK_POSSIBLE,
	MEMCHECK_REACHABLE,
	MEMCHECK_LEAKS,
	MEMCHECK_ERROR = MEMCHECK_LEAKS,
	MEMCHECK_NONE
};

/* "160 (32 direct, 128 indirect) bytes in 1 blocks are definitely lost in ..." */
struct memcheck_loss {
	enum memcheck_kind kind;
	int64_t bytes;           /* of it and of what is lost through it */
	int64_t direct, blocks;  /* of it alone */
	int64_t number, count;   /* "in loss record 2 of 5" */
};

/* False when the text is nothing of the kind. */
bool memcheck_loss_parse(struct memcheck_loss *, struct str text);

/* "10,032 (+32) bytes in 11 (+1) blocks": without what has changed. */
bool memcheck_loss_amount(struct str text, int64_t *bytes, int64_t *blocks);

#endif
