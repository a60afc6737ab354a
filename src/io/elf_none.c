/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Without elfutils no file can be opened, so there is none that the rest could be asked
 * of.
 */
#include "io/elf.h"
#include "io/unwind.h"

#include <assert.h>
#include <stddef.h>
#include <unistd.h>

struct elf_file {
	char nothing;
};

bool elf_is_supported(void)
{
	return false;
}

struct elf_file *elf_file_open(const char *path, const char **why)
{
	bool is_there = path == NULL || access(path, F_OK) == 0;
	*why = is_there ? "cannot be read without elfutils" : "is not there";
	return NULL;
}

struct elf_file *elf_file_open_kernel(const char *path, const char **why)
{
	return elf_file_open(path, why);
}

struct elf_file *elf_file_open_alt(const char *path, const char **why)
{
	return elf_file_open(path, why);
}

struct elf_file *elf_file_memory(struct str bytes, const char **why)
{
	(void)bytes;
	return elf_file_open(NULL, why);
}

void elf_file_close(struct elf_file *e)
{
	assert(e == NULL);
}

struct str elf_file_build_id(const struct elf_file *e)
{
	assert(e == NULL);
	return STR("");
}

const struct elf_segment *elf_file_segments(const struct elf_file *e, size_t *count)
{
	assert(e == NULL);
	*count = 0;
	return NULL;
}

bool elf_file_address(const struct elf_file *e, uint64_t offset, uint64_t *address)
{
	assert(e == NULL);
	*address = offset;
	return false;
}

bool elf_file_has_symbols(const struct elf_file *e)
{
	assert(e == NULL);
	return false;
}

bool elf_file_has_dwarf(const struct elf_file *e)
{
	assert(e == NULL);
	return false;
}

struct str elf_file_debuglink(const struct elf_file *e, uint32_t *crc)
{
	assert(e == NULL);
	*crc = 0;
	return STR("");
}

struct str elf_file_altlink(const struct elf_file *e, struct str *build_id)
{
	assert(e == NULL);
	*build_id = STR("");
	return STR("");
}

uint32_t elf_file_crc(const struct elf_file *e)
{
	assert(e == NULL);
	return 0;
}

void elf_file_use_debug(struct elf_file *e, struct elf_file *debug)
{
	assert(e == NULL && debug == NULL);
}

void elf_file_use_alt(struct elf_file *e, struct elf_file *alt)
{
	assert(e == NULL && alt == NULL);
}

bool elf_file_symbol(struct elf_file *e, uint64_t address, struct elf_symbol *symbol)
{
	assert(e == NULL);
	(void)address;
	(void)symbol;
	return false;
}

size_t elf_file_frames(struct elf_file *e, uint64_t address, bool lines,
		       const struct elf_frame **frames)
{
	assert(e == NULL);
	(void)address;
	(void)lines;
	*frames = NULL;
	return 0;
}

bool elf_file_dwarf_is_broken(const struct elf_file *e)
{
	assert(e == NULL);
	return false;
}

/* io/unwind.h */

struct unwind *unwind_new(const struct elf_file *e)
{
	(void)e;
	return NULL;
}

void unwind_delete(struct unwind *u)
{
	(void)u;
}

const struct unwind_row *unwind_row_find(struct unwind *u, uint64_t address)
{
	(void)u;
	(void)address;
	return NULL;
}

bool unwind_step(const struct unwind_row *row, struct unwind_state *s)
{
	(void)row;
	(void)s;
	return false;
}
