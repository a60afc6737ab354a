/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_MEMCHECK_XML_H
#define READ_MEMCHECK_XML_H

#include "read/memcheck_report.h"

/* Reads what --xml=yes writes; of Helgrind and DRD, too. */
bool memcheck_xml_read(struct memcheck_report *);

#endif
