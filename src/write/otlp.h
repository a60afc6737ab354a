/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WRITE_OTLP_H
#define WRITE_OTLP_H

#include "write/writer.h"

extern const struct writer writer_otlp, writer_otlp_json;

#endif
