/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_PERFDATA_VDSO_H
#define READ_PERFDATA_VDSO_H

#include "io/elf.h"
#include "model/want.h"
#include "read/perfdata_info.h"

/*
 * The library that the kernel maps into each process, [vdso], as it is mapped into this
 * one: when it has the given build id, or, when none was told (empty), when the kernel
 * that was recorded runs here.  Else the copy that perf has kept, or what is behind
 * --map=[vdso]=FILE, by its build id.  NULL otherwise.
 */
struct elf_file *perfdata_vdso_open(const struct perfdata_info *, const struct want *,
				    struct str build_id);

#endif
