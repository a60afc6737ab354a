/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IO_ELF_H
#define IO_ELF_H

#include "base/str.h"

/*
 * The door to elfutils: programs and libraries, the names of what lies at an address
 * of them, and what was compiled into it.
 *
 *	const char *why;
 *	struct elf_file *e = elf_file_open("/usr/bin/app", &why);
 *	if (elf_file_symbol(e, address, &symbol))
 *		...
 *	elf_file_close(e);
 *
 * Files are mapped, and only what is asked for is looked at.  They are hostile input:
 * whatever is wrong in them, less is known, and no memory or time is taken that the
 * size of the file does not justify.  No other file is opened, and no network asked,
 * but for the parts that a file without .dwo sections names as its own (see
 * elf_file_frames()).
 *
 * Addresses are those that the file itself tells, before it is moved to where it runs.
 */
struct elf_file;

/* Whether this program was made with elfutils; without it no file can be opened. */
bool elf_is_supported(void);

/*
 * A regular file that is a program or a library.  NULL otherwise, and *why says it:
 * "is not there", "is no ELF file".
 */
struct elf_file *elf_file_open(const char *path, const char **why);

/*
 * The same for the files of a kernel, which may be packed with xz, gzip or zstd: vmlinux,
 * and its modules.  Addresses of a module are distances from where it is loaded, and
 * only its symbols are of use.
 */
struct elf_file *elf_file_open_kernel(const char *path, const char **why);

/* The same for what an altlink names, which is neither. */
struct elf_file *elf_file_open_alt(const char *path, const char **why);

/* From memory, which must outlive it; such files get no files beside them. */
struct elf_file *elf_file_memory(struct str bytes, const char **why);

/* NULL is fine. */
void elf_file_close(struct elf_file *);

/* The bytes of its build id; empty when it has none. */
struct str elf_file_build_id(const struct elf_file *);

/* What is loaded of the file. */
struct elf_segment {
	uint64_t offset, file_size;
	uint64_t address, memory_size;
	bool executable;
};

const struct elf_segment *elf_file_segments(const struct elf_file *, size_t *count);

/* The address of what lies at this offset of the file; false when that is not loaded. */
bool elf_file_address(const struct elf_file *, uint64_t offset, uint64_t *address);

/*
 * Parts that stand in other files.  What is given away with elf_file_use_*() belongs
 * to the file then, also when it turns out to be of no use.
 */
bool elf_file_has_symbols(const struct elf_file *);  /* more than those for linking */
bool elf_file_has_dwarf(const struct elf_file *);

/* The name of its file of debug information, with the check sum of that; or empty. */
struct str elf_file_debuglink(const struct elf_file *, uint32_t *crc);

/* The name and build id of what several files share, as dwz makes it; or empty. */
struct str elf_file_altlink(const struct elf_file *, struct str *build_id);

/* The check sum that a debuglink has, over the whole file. */
uint32_t elf_file_crc(const struct elf_file *);

/* Before anything was asked for. */
void elf_file_use_debug(struct elf_file *, struct elf_file *debug);
void elf_file_use_alt(struct elf_file *, struct elf_file *alt);

/*
 * The symbol that holds the address, without its version ("@@GLIBC_2.2.5"); "memcpy@plt"
 * for what jumps there, ".plt" for what stubs have in common.  Of several at one place
 * the one that perf takes.  The name lives as long as the file.
 */
struct elf_symbol {
	struct str name;
	uint64_t address, end;
};

bool elf_file_symbol(struct elf_file *, uint64_t address, struct elf_symbol *);

/*
 * A function at an address, as DWARF tells: the innermost one that was inlined comes
 * first, the last one is the function that they were compiled into.
 */
struct elf_frame {
	struct str name;         /* for the linker, else as written with its scopes; may be
				    empty */
	struct str file;         /* without folder; empty when not known */
	uint32_t line;           /* of the address, or of the call of the frame before */
};

enum { ELF_FRAMES_MAX = 256 };

/*
 * The number of frames, innermost first, 0 when nothing is known of the address; the
 * outer ones of more than ELF_FRAMES_MAX are left out, but for the last.  Lines take
 * more time and memory, and are looked for only if asked; whoever will ask for them does
 * so from the first call on.  The frames are valid until
 * the next call, the texts as long as the file.
 */
size_t elf_file_frames(struct elf_file *, uint64_t address, bool lines,
		       const struct elf_frame **frames);

/* Whether something in the debug information was too much, or did not make sense. */
bool elf_file_dwarf_is_broken(const struct elf_file *);

#endif
