/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_PERFDATA_VDSO_H
#define READ_PERFDATA_VDSO_H

#include "io/elf.h"

/*
 * The library that the kernel maps into each process, [vdso], as it is mapped into this
 * one: when it has the given build id.  NULL otherwise.
 */
struct elf_file *perfdata_vdso_open(struct str build_id);

#endif
