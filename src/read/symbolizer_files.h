/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_SYMBOLIZER_FILES_H
#define READ_SYMBOLIZER_FILES_H

#include "io/elf.h"
#include "model/want.h"
#include "read/symbolizer.h"

/*
 * Where the file of a mapping is, and what was stripped from it.
 */

/*
 * Looks for the file, in this order: where the maps lead, in the sysroot, where its
 * name says, and, when its build id is known, in the root folder of the process, if
 * there is one, and in ~/.debug, where perf keeps copies.  With a file of debug
 * information beside it, if it needs one: for names, or for what was inlined ("dwarf").
 */
enum symbolizer_found symbolizer_files_find(const struct want *,
					    const struct symbolizer_file *, uint32_t pid,
					    bool dwarf, struct elf_file **);

#endif
