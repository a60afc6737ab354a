/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WRITE_FIREFOX_H
#define WRITE_FIREFOX_H

#include "write/writer.h"

/* JSON for profiler.firefox.com. */
extern const struct writer writer_firefox;

#endif
