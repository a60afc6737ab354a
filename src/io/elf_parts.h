/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IO_ELF_PARTS_H
#define IO_ELF_PARTS_H

#include "base/arena.h"
#include "io/elf.h"

/*
 * What the files that look into ELF share: elf.c has the file, elf_module.c where a module's
 * sections lie, elf_symbols.c and elf_plt.c the names, dwarf*.c what was inlined.
 */

/* A section with code. */
struct elf_code {
	uint64_t from, to;
};

struct elf_file {
	char *bytes;             /* all of it */
	size_t size;
	bool mapped;             /* bytes are unmapped, not freed */
	bool lonely;             /* from memory: no files beside it */
	uint16_t machine;
	struct Elf *elf;
	struct str build_id;
	struct elf_segment *segments;
	size_t segment_count;
	struct elf_code *code;   /* by address */
	size_t code_count;
	uint64_t *places;        /* by number of a section, of a module; else NULL */
	size_t place_count;
	struct elf_file *debug, *alt;
	struct elf_symbols *symbols;     /* NULL: not asked for yet */
	struct dwarf_index *dwarf;       /* NULL: not asked for yet */
};

/* The end of the section with code that has the address; 0: there is none. */
uint64_t elf_code_end(const struct elf_file *, uint64_t address);

/* The first section of that name; NULL when there is none. */
struct Elf_Scn *elf_find_section(const struct elf_file *, const char *name);

/* The bytes of a section as they are in the file, empty when it is not there. */
struct str elf_section(const struct elf_file *, const char *name);

/* Modules of the kernel */

#define ELF_NO_PLACE UINT64_MAX

/* Finds out where their sections with code are loaded. */
void elf_module_lay_out(struct elf_file *);

/* The address of a section: of a file that is no module it is told "otherwise". */
uint64_t elf_module_place(const struct elf_file *, size_t section, uint64_t otherwise);

/* Names */

struct elf_name {
	uint64_t address, end;   /* end 0: not known */
	const char *name;
	uint32_t length;
	uint8_t rank;            /* the greatest is taken of those at one address */
	uint32_t outer;          /* the one that goes on behind this one */
};

enum { ELF_NAME_NONE = UINT32_MAX };

struct elf_symbols {
	struct elf_name *items;  /* by address */
	size_t count, capacity;
	size_t name_bytes;       /* of all that were added */
	struct elf_file *mini;   /* what was packed in the file */
	struct arena arena;      /* names made here */
};

struct elf_symbols *elf_symbols_new(const struct elf_file *);
void elf_symbols_delete(struct elf_symbols *);

/*
 * False when the names together are longer than a file of this size has room for: when
 * many symbols share a long name.
 */
bool elf_symbols_fit(const struct elf_symbols *, const struct elf_file *);
void elf_symbols_add(struct elf_symbols *, const struct elf_name *);

/* The name that begins at the address, of those sorted so far; or NULL. */
const struct elf_name *elf_symbols_at(const struct elf_symbols *, uint64_t address);

/* Adds what jumps into other files. */
void elf_plt_add(struct elf_symbols *, const struct elf_file *);

/* DWARF */

struct dwarf_index *dwarf_index_new(const struct elf_file *, bool lines);
void dwarf_index_delete(struct dwarf_index *);
size_t dwarf_index_frames(struct dwarf_index *, uint64_t address, bool lines,
			  const struct elf_frame **);
bool dwarf_index_is_broken(const struct dwarf_index *);

#endif
