/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_PERFDATA_KERNEL_H
#define READ_PERFDATA_KERNEL_H

#include "base/buf.h"
#include "io/elf.h"
#include "model/want.h"
#include "read/perfdata_unknown.h"

/*
 * Names of the kernel's functions, from a list such as /proc/kallsyms: this kernel's
 * when it is the one that was recorded, or a copy that perf has kept; else from its ELF
 * file, vmlinux.
 */
struct perfdata_kernel {
	struct perfdata_symbol {
		uint64_t address;        /* as recorded */
		uint32_t name;           /* in names, ends at a NUL */
	} *symbols;                      /* ascending, one at an address */
	size_t count, capacity;
	struct buf names;
	uint64_t text;                   /* where "_text" is in the list; 0: not there */
	struct elf_file *vmlinux;        /* in place of a list; or NULL */
	uint64_t vmlinux_moved;          /* from its addresses to those recorded */
	bool was_moved;                  /* modules lay elsewhere when it was recorded */
	enum perfdata_why why;           /* it has no names; PERFDATA_KNOWN: it has */
};

/* What is known of the kernel that was recorded. */
struct perfdata_kernel_told {
	struct str build_id;             /* its bytes; may be empty */
	struct str release;              /* as uname -r; may be empty */
	uint64_t text;                   /* address of its first byte; 0: not known */
	const struct want *want;         /* for sysroot and maps */
};

/* Whether that kernel runs here; by its build id, if told, else by its release. */
bool perfdata_kernel_is_running(struct str build_id, struct str release);

void perfdata_kernel_load(struct perfdata_kernel *, const struct perfdata_kernel_told *);
void perfdata_kernel_free(struct perfdata_kernel *);

/* The function at an address, and its start; empty when none is known. */
struct str perfdata_kernel_find(const struct perfdata_kernel *, uint64_t address,
				bool in_module, uint64_t *start);

/* Why there is none. */
enum perfdata_why perfdata_kernel_why(const struct perfdata_kernel *, bool in_module);

#endif
