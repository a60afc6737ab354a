/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_CHROME_SORT_H
#define READ_CHROME_SORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Events of a trace, of which there may be very many: in 16 bytes, and brought in order
 * without as much memory again.
 */
enum chrome_kind {
	CHROME_SPAN,             /* lasts as long as "span" says */
	CHROME_LONG_SPAN,        /* "span" is a number among the lane's long spans */
	CHROME_ENTER,
	CHROME_LEAVE,
};

struct chrome_event {
	int64_t time;            /* ns */
	uint32_t span;           /* ns */
	unsigned name : 30;      /* CHROME_NAMELESS: none */
	unsigned kind : 2;
};

enum { CHROME_NAMELESS = (1 << 30) - 1 };

/*
 * By time; those of one time stay in their order, but of spans that begin together and
 * stand side by side the longer one comes first, as it is around the other.
 */
void chrome_sort(struct chrome_event *, size_t count, const int64_t *long_spans);

#endif
