/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_OTLP_PROBE_H
#define READ_OTLP_PROBE_H

#include "read/reader.h"

/* Whether a file that begins so is JSON. */
bool otlp_probe_is_json(struct str head);

/* Whether a file that begins so has profiles of OpenTelemetry, of whatever version. */
enum probe otlp_probe(struct str head);

#endif
