/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_MEMCHECK_SUM_H
#define READ_MEMCHECK_SUM_H

#include "read/memcheck_report.h"

/* Hands over what counts of a report, as the metric that is wanted. */
bool memcheck_sum_push(struct memcheck_report *, struct samples *);

#endif
