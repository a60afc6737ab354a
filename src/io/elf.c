/* SPDX-License-Identifier: Apache-2.0 */

/*
 * An ELF file is headers, segments that are loaded, and sections that tell what is
 * where.  A file of debug information has the sections of the program, most of them
 * without their bytes, and those that were stripped from it:
 *
 *	/usr/bin/app         .text .dynsym .note.gnu.build-id .gnu_debuglink
 *	/usr/lib/debug/.build-id/ab/cdef.debug
 *	                     (.text .dynsym) .note.gnu.build-id .symtab .debug_info ...
 *
 * libelf checks what it is asked for against the size of the file.  The file is mapped
 * by ourselves, private and writable, as libelf changes headers of sections that it
 * decompresses.
 * https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html
 */
#include "io/elf.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/num.h"
#include "io/elf_parts.h"
#include "io/inflate.h"
#include "io/unpack.h"

/* What may be opened. */
enum kind { PROGRAM, KERNEL, ANY };

enum { UNPACKED_MAX = 1 << 30 };

bool elf_is_supported(void)
{
	return true;
}

/* Sections */

struct Elf_Scn *elf_find_section(const struct elf_file *e, const char *name)
{
	size_t names;
	GElf_Shdr header;
	if (elf_getshdrstrndx(e->elf, &names) != 0)
		return NULL;
	for (Elf_Scn *s = NULL; (s = elf_nextscn(e->elf, s)) != NULL;) {
		if (gelf_getshdr(s, &header) == NULL)
			continue;
		const char *found = elf_strptr(e->elf, names, header.sh_name);
		if (found != NULL && strcmp(found, name) == 0)
			return s;
	}
	return NULL;
}

static bool has_contents(Elf_Scn *section)
{
	GElf_Shdr header;
	return section != NULL && gelf_getshdr(section, &header) != NULL &&
	       header.sh_type != SHT_NOBITS;
}

struct str elf_section(const struct elf_file *e, const char *name)
{
	Elf_Scn *section = elf_find_section(e, name);
	Elf_Data *data = has_contents(section) ? elf_rawdata(section, NULL) : NULL;
	if (data == NULL || data->d_buf == NULL)
		return STR("");
	return (struct str){ data->d_buf, data->d_size };
}

static int by_address(const void *pa, const void *pb)
{
	const struct elf_code *a = pa, *b = pb;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return a->to < b->to ? -1 : a->to > b->to;
}

static void read_code(struct elf_file *e)
{
	size_t capacity = 0;
	for (Elf_Scn *s = NULL; (s = elf_nextscn(e->elf, s)) != NULL;) {
		GElf_Shdr h;
		if (gelf_getshdr(s, &h) == NULL || !(h.sh_flags & SHF_EXECINSTR) ||
		    !(h.sh_flags & SHF_ALLOC))
			continue;
		uint64_t from = elf_module_place(e, elf_ndxscn(s), h.sh_addr);
		if (h.sh_size > UINT64_MAX - from)
			continue;
		ARRAY_RESERVE(e->code, capacity, e->code_count + 1);
		e->code[e->code_count++] = (struct elf_code){ from, from + h.sh_size };
	}
	if (e->code_count > 0)
		qsort(e->code, e->code_count, sizeof(*e->code), by_address);
}

uint64_t elf_code_end(const struct elf_file *e, uint64_t address)
{
	size_t from = 0, to = e->code_count;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (e->code[middle].from <= address)
			from = middle + 1;
		else
			to = middle;
	}
	return from > 0 && address < e->code[from - 1].to ? e->code[from - 1].to : 0;
}

/* Segments and notes */

static void read_build_id(struct elf_file *e, Elf_Data *notes)
{
	GElf_Nhdr note;
	size_t name, text;
	for (size_t at = 0;
	     notes && (at = gelf_getnote(notes, at, &note, &name, &text)) > 0;) {
		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == sizeof("GNU") &&
		    memcmp((char *)notes->d_buf + name, "GNU", sizeof("GNU")) == 0) {
			e->build_id = (struct str){ (char *)notes->d_buf + text,
						    note.n_descsz };
			return;
		}
	}
}

static void read_segments(struct elf_file *e)
{
	size_t count, capacity = 0;
	if (elf_getphdrnum(e->elf, &count) != 0)
		return;
	for (size_t i = 0; i < count && i <= INT32_MAX; i++) {
		GElf_Phdr p;
		if (gelf_getphdr(e->elf, (int)i, &p) == NULL)
			return;
		if (p.p_type == PT_NOTE && e->build_id.n == 0)
			read_build_id(e, elf_getdata_rawchunk(
				e->elf, (int64_t)p.p_offset, p.p_filesz,
				p.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR));
		if (p.p_type != PT_LOAD)
			continue;
		ARRAY_RESERVE(e->segments, capacity, e->segment_count + 1);
		e->segments[e->segment_count++] = (struct elf_segment){
			.offset = p.p_offset, .file_size = p.p_filesz,
			.address = p.p_vaddr, .memory_size = p.p_memsz,
			.executable = p.p_flags & PF_X,
		};
	}
}

/* In files of debug information segments lead nowhere, but the section is there. */
static void read_build_id_section(struct elf_file *e)
{
	for (Elf_Scn *s = NULL; e->build_id.n == 0 && (s = elf_nextscn(e->elf, s));) {
		GElf_Shdr h;
		if (gelf_getshdr(s, &h) != NULL && h.sh_type == SHT_NOTE)
			read_build_id(e, elf_getdata(s, NULL));
	}
}

const struct elf_segment *elf_file_segments(const struct elf_file *e, size_t *count)
{
	*count = e->segment_count;
	return e->segments;
}

bool elf_file_address(const struct elf_file *e, uint64_t offset, uint64_t *address)
{
	bool found = false;
	for (size_t i = 0; i < e->segment_count; i++) {
		const struct elf_segment *s = &e->segments[i];
		if (offset < s->offset || offset - s->offset >= s->file_size ||
		    (found && !s->executable))
			continue;
		*address = offset - s->offset + s->address;
		found = true;
	}
	return found;
}

struct str elf_file_build_id(const struct elf_file *e)
{
	return e->build_id;
}

/* Files */

static bool is_kind(enum kind kind, unsigned type)
{
	return type == ET_EXEC || type == ET_DYN || kind == ANY ||
	       (kind == KERNEL && type == ET_REL);
}

static struct elf_file *open_bytes(char *bytes, size_t size, bool mapped, enum kind kind,
				   const char **why)
{
	GElf_Ehdr header;
	struct elf_file *e = xcalloc(1, sizeof(*e));
	*e = (struct elf_file){ .bytes = bytes, .size = size, .mapped = mapped };
	elf_version(EV_CURRENT);
	e->elf = elf_memory(bytes, size);
	if (e->elf == NULL || elf_kind(e->elf) != ELF_K_ELF ||
	    gelf_getehdr(e->elf, &header) == NULL)
		*why = "is no ELF file";
	else if (!is_kind(kind, header.e_type))
		*why = "is neither a program nor a library";
	else
		*why = NULL;
	if (*why != NULL) {
		elf_file_close(e);
		return NULL;
	}
	e->machine = header.e_machine;
	read_segments(e);
	read_build_id_section(e);
	if (kind == KERNEL && header.e_type == ET_REL)
		elf_module_lay_out(e);
	read_code(e);
	return e;
}

struct elf_file *elf_file_memory(struct str bytes, const char **why)
{
	char *copy = xmalloc(bytes.n + 1);
	if (bytes.n > 0)
		memcpy(copy, bytes.p, bytes.n);
	struct elf_file *e = open_bytes(copy, bytes.n, false, PROGRAM, why);
	if (e != NULL)
		e->lonely = true;
	return e;
}

/* Devices and pipes are not even opened. */
static int open_regular(const char *path, struct stat *status, const char **why)
{
	*why = "is no regular file";
	if (stat(path, status) == 0) {
		if (!S_ISREG(status->st_mode))
			return -1;
		int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
		if (fd >= 0 && fstat(fd, status) == 0 && S_ISREG(status->st_mode))
			return fd;
		if (fd >= 0) {
			close(fd);
			return -1;
		}
	}
	*why = errno == ENOENT || errno == ENOTDIR ? "is not there" : "cannot be read";
	return -1;
}

/* What was packed is not mapped any more. */
static void unpack_bytes(char **bytes, size_t *size, bool *mapped)
{
	struct buf unpacked = { 0 };
	if (!unpack((struct str){ *bytes, *size }, UNPACKED_MAX, &unpacked)) {
		buf_free(&unpacked);
		return;
	}
	munmap(*bytes, *size);
	*bytes = unpacked.p;
	*size = unpacked.n;
	*mapped = false;
}

static struct elf_file *open_file(const char *path, enum kind kind, const char **why)
{
	struct stat status;
	int fd = open_regular(path, &status, why);
	if (fd < 0)
		return NULL;
	*why = "is no ELF file";
	void *bytes = MAP_FAILED;
	if (status.st_size > 0 && (uint64_t)status.st_size <= SIZE_MAX)
		bytes = mmap(NULL, (size_t)status.st_size, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE, fd, 0);
	close(fd);
	if (bytes == MAP_FAILED)
		return NULL;
	char *begin = bytes;
	size_t size = (size_t)status.st_size;
	bool mapped = true;
	if (kind == KERNEL)
		unpack_bytes(&begin, &size, &mapped);
	return open_bytes(begin, size, mapped, kind, why);
}

struct elf_file *elf_file_open(const char *path, const char **why)
{
	return open_file(path, PROGRAM, why);
}

struct elf_file *elf_file_open_kernel(const char *path, const char **why)
{
	return open_file(path, KERNEL, why);
}

struct elf_file *elf_file_open_alt(const char *path, const char **why)
{
	return open_file(path, ANY, why);
}

void elf_file_close(struct elf_file *e)
{
	if (e == NULL)
		return;
	dwarf_index_delete(e->dwarf);
	elf_symbols_delete(e->symbols);
	elf_file_close(e->debug);
	elf_file_close(e->alt);
	elf_end(e->elf);
	free(e->segments);
	free(e->code);
	free(e->places);
	if (e->mapped)
		munmap(e->bytes, e->size);
	else
		free(e->bytes);
	free(e);
}

/* Parts that are elsewhere */

static bool has_section(const struct elf_file *e, const char *name)
{
	return has_contents(elf_find_section(e, name));
}

bool elf_file_has_symbols(const struct elf_file *e)
{
	return has_section(e, ".symtab") || (e->debug && has_section(e->debug, ".symtab"));
}

static bool has_dwarf(const struct elf_file *e)
{
	return has_section(e, ".debug_info") || has_section(e, ".zdebug_info");
}

bool elf_file_has_dwarf(const struct elf_file *e)
{
	return has_dwarf(e) || (e->debug && has_dwarf(e->debug));
}

/* The name ends with a NUL, and the sum stands at the next multiple of 4. */
struct str elf_file_debuglink(const struct elf_file *e, uint32_t *crc)
{
	struct str link = elf_section(e, ".gnu_debuglink");
	ptrdiff_t end = str_chr(link, '\0');
	if (end <= 0)
		return STR("");
	size_t at = ((size_t)end + 4) & ~(size_t)3;
	if (at > link.n || link.n - at < 4)
		return STR("");
	const unsigned char *sum = (const unsigned char *)link.p + at;
	bool little = e->bytes[EI_DATA] == ELFDATA2LSB;
	*crc = 0;
	for (int i = 0; i < 4; i++)
		*crc |= (uint32_t)sum[i] << 8 * (little ? i : 3 - i);
	return str_head(link, (size_t)end);
}

struct str elf_file_altlink(const struct elf_file *e, struct str *build_id)
{
	struct str link = elf_section(e, ".gnu_debugaltlink");
	ptrdiff_t end = str_chr(link, '\0');
	*build_id = end > 0 ? str_skip(link, (size_t)end + 1) : STR("");
	return end > 0 ? str_head(link, (size_t)end) : STR("");
}

uint32_t elf_file_crc(const struct elf_file *e)
{
	return inflate_crc((struct str){ e->bytes, e->size });
}

void elf_file_use_debug(struct elf_file *e, struct elf_file *debug)
{
	elf_file_close(e->debug);
	e->debug = debug;
}

void elf_file_use_alt(struct elf_file *e, struct elf_file *alt)
{
	elf_file_close(e->alt);
	e->alt = alt;
}

/* DWARF */

size_t elf_file_frames(struct elf_file *e, uint64_t address, bool lines,
		       const struct elf_frame **frames)
{
	if (e->dwarf == NULL)
		e->dwarf = dwarf_index_new(has_dwarf(e) || !e->debug ? e : e->debug,
					   lines);
	return dwarf_index_frames(e->dwarf, address, lines, frames);
}

bool elf_file_dwarf_is_broken(const struct elf_file *e)
{
	return e->dwarf != NULL && dwarf_index_is_broken(e->dwarf);
}
