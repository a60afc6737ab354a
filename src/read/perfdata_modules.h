/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_PERFDATA_MODULES_H
#define READ_PERFDATA_MODULES_H

#include "io/elf.h"
#include "model/want.h"
#include "read/perfdata_info.h"
#include "read/perfdata_unknown.h"

/*
 * Modules of a kernel that is not the running one, or hides its symbols: from their files.
 */
struct perfdata_module_told {
	struct str name;                 /* "[nf_tables]" */
	struct str path;                 /* of its file; empty when perf did not find it */
	struct str build_id;             /* its bytes; may be empty */
	const struct perfdata_info *info;
	const struct want *want;
};

/*
 * The file of a module, whose addresses begin where the module was loaded.  NULL when there
 * is none; *why stays then, or tells more: it is another one, or cannot be read.
 */
struct elf_file *perfdata_modules_open(const struct perfdata_module_told *,
				       enum perfdata_why *why);

#endif
