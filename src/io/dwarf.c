/* SPDX-License-Identifier: Apache-2.0 */

/*
 * An address belongs to a unit, by the ranges its first DIE tells (.debug_aranges would
 * be quicker, but clang writes none), in it to a function or to what was inlined there,
 * and from that a chain leads outwards.  Units are gone through when the first address
 * in them is asked for, lines are decoded when they are wanted.
 *
 *	address 1149 in unit 3:  dot      line 12, from the table of lines
 *	                         norm     line 15, where dot was called
 *	                         main     line 33, where norm was called
 *
 * A unit that tells no ranges may have any address.
 * https://dwarfstd.org/doc/DWARF5.pdf
 */
#include "io/dwarf_parts.h"

#include <dwarf.h>
#include <gelf.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/alloc.h"

/* Bytes of a file that are bearable when some of them were packed. */
#define UNPACKED_MAX ((uint64_t)4 << 30)

enum { WORK_MIN = 1 << 20 };             /* what any file may cost */

struct dwarf_index {
	const struct elf_file *file;
	Dwarf *dwarf, *alt;
	struct dwarf_unit *units;
	uint32_t count;
	size_t capacity;
	struct spans spans;      /* of units, by address */
	uint32_t *rangeless;     /* units that do not tell where they are */
	size_t rangeless_count, rangeless_capacity;
	struct dwarf_work work;
	struct dwarf_names names;
	struct elf_frame frames[ELF_FRAMES_MAX];
	bool is_broken;
};

/* Opening */

/* The bytes of its sections, unpacked. */
static uint64_t whole_size(const struct elf_file *e)
{
	uint64_t sum = e->size;
	for (Elf_Scn *s = NULL; (s = elf_nextscn(e->elf, s)) != NULL;) {
		GElf_Shdr header;
		GElf_Chdr packed;
		if (gelf_getshdr(s, &header) == NULL || !(header.sh_flags & SHF_COMPRESSED) ||
		    gelf_getchdr(s, &packed) == NULL)
			continue;
		if (packed.ch_size > UINT64_MAX / 8 - sum)
			return UINT64_MAX / 8;
		sum += packed.ch_size;
	}
	return sum;
}

/* The other file of a unit: libdw opens it, so it must be a plain file. */
static bool has_split_file(const struct dwarf_index *d, Dwarf_Die *skeleton)
{
	Dwarf_Attribute a;
	struct stat status;
	const char *file = NULL, *folder = NULL;
	if (dwarf_attr(skeleton, DW_AT_dwo_name, &a) != NULL ||
	    dwarf_attr(skeleton, DW_AT_GNU_dwo_name, &a) != NULL)
		file = dwarf_formstring(&a);
	if (dwarf_attr(skeleton, DW_AT_comp_dir, &a) != NULL)
		folder = dwarf_formstring(&a);
	if (d->file->lonely || file == NULL || *file == '\0')
		return false;
	struct buf path = { 0 };
	if (*file != '/' && folder != NULL) {
		buf_add(&path, str_of(folder));
		buf_addc(&path, '/');
	}
	buf_add(&path, str_of(file));
	bool there = stat(buf_cstr(&path), &status) == 0 && S_ISREG(status.st_mode);
	buf_free(&path);
	return there;
}

static void add_unit(struct dwarf_index *d, Dwarf_Die die, Dwarf_CU *cu, uint8_t type)
{
	Dwarf_Die split = { 0 };
	Dwarf_Die skeleton = die;
	if (type == DW_UT_skeleton && has_split_file(d, &die) &&
	    dwarf_cu_info(cu, NULL, NULL, NULL, &split, NULL, NULL, NULL) == 0 &&
	    split.addr != NULL)
		die = split;
	ARRAY_RESERVE(d->units, d->capacity, (size_t)d->count + 1);
	d->units[d->count] = (struct dwarf_unit){ .die = die };
	size_t before = d->spans.count;
	d->is_broken |= !dwarf_unit_add_ranges(&d->spans, d->file, &skeleton, d->count,
					       &d->work);
	if (d->spans.count == before && dwarf_haschildren(&die) > 0) {
		ARRAY_RESERVE(d->rangeless, d->rangeless_capacity, d->rangeless_count + 1);
		d->rangeless[d->rangeless_count++] = d->count;
	}
	d->count++;
}

static void read_units(struct dwarf_index *d)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die die;
	uint8_t type;
	int status;
	while ((status = dwarf_get_units(d->dwarf, cu, &cu, NULL, &type, &die, NULL)) == 0) {
		if (d->work.left == 0 || d->count == SPANS_NONE - 1)
			break;
		if (die.addr != NULL && (type == DW_UT_compile || type == DW_UT_skeleton))
			add_unit(d, die, cu, type);
	}
	d->is_broken |= status != 1;
	spans_finish(&d->spans);
}

/*
 * libdw unpacks all that is packed of a file when it opens it.  Where variables are nobody
 * asks, and for lines not always; these can be a quarter of that.  Such a section is taken
 * for one without contents.  Headers are changed in memory only.
 */
static void hide_unused(const struct elf_file *e, bool lines)
{
	static const char *const unused[] = { ".debug_loclists", ".debug_loc", ".debug_line" };
	size_t names, count = ARRAY_SIZE(unused) - lines;
	if (elf_getshdrstrndx(e->elf, &names) != 0)
		return;
	for (Elf_Scn *s = NULL; (s = elf_nextscn(e->elf, s)) != NULL;) {
		GElf_Shdr header;
		if (gelf_getshdr(s, &header) == NULL || !(header.sh_flags & SHF_COMPRESSED))
			continue;
		const char *name = elf_strptr(e->elf, names, header.sh_name);
		for (size_t i = 0; name != NULL && i < count; i++)
			if (strcmp(name, unused[i]) == 0)
				header.sh_type = SHT_NOBITS;
		if (header.sh_type == SHT_NOBITS)
			gelf_update_shdr(s, &header);
	}
}

static Dwarf *open_dwarf(struct dwarf_index *d, const struct elf_file *e, bool lines)
{
	uint64_t size = whole_size(e);
	if (size > e->size && size > UNPACKED_MAX)
		return NULL;
	d->work.left += WORK_MIN + 4 * size;
	hide_unused(e, lines);
	return dwarf_begin_elf(e->elf, DWARF_C_READ, NULL);
}

struct dwarf_index *dwarf_index_new(const struct elf_file *e, bool lines)
{
	struct dwarf_index *d = xcalloc(1, sizeof(*d));
	d->file = e;
	d->dwarf = open_dwarf(d, e, lines);
	if (d->dwarf != NULL && e->alt != NULL)
		d->alt = open_dwarf(d, e->alt, lines);
	if (d->alt != NULL)
		dwarf_setalt(d->dwarf, d->alt);
	d->names.work = &d->work;
	d->names.alt = d->alt;
	if (d->dwarf != NULL)
		read_units(d);
	else
		d->is_broken = true;
	return d;
}

void dwarf_index_delete(struct dwarf_index *d)
{
	if (d == NULL)
		return;
	for (uint32_t i = 0; i < d->count; i++)
		dwarf_unit_free(&d->units[i]);
	free(d->units);
	free(d->rangeless);
	spans_free(&d->spans);
	dwarf_names_free(&d->names);
	dwarf_end(d->dwarf);
	dwarf_end(d->alt);
	free(d);
}

bool dwarf_index_is_broken(const struct dwarf_index *d)
{
	return d->is_broken;
}

/* Functions at an address */

static uint32_t node_at(struct dwarf_index *d, struct dwarf_unit *u, uint64_t address)
{
	if (!u->is_walked)
		d->is_broken |= !dwarf_unit_walk(u, d->file, &d->work);
	return spans_find(&u->spans, address);
}

static struct dwarf_unit *find(struct dwarf_index *d, uint64_t address, uint32_t *node)
{
	uint32_t unit = spans_find(&d->spans, address);
	if (unit != SPANS_NONE) {
		*node = node_at(d, &d->units[unit], address);
		return &d->units[unit];
	}
	for (size_t i = 0; i < d->rangeless_count; i++) {
		struct dwarf_unit *u = &d->units[d->rangeless[i]];
		if ((*node = node_at(d, u, address)) != SPANS_NONE)
			return u;
	}
	return NULL;
}

static struct str file_of(const char *path)
{
	struct str base = str_basename(str_of(path));
	return str_eq(base, STR("???")) ? STR("") : base;
}

static void find_line(struct dwarf_unit *u, uint64_t address, struct elf_frame *frame)
{
	int number = 0;
	Dwarf_Line *line = dwarf_getsrc_die(&u->die, address);
	if (line == NULL)
		return;
	frame->file = file_of(dwarf_linesrc(line, NULL, NULL));
	if (dwarf_lineno(line, &number) == 0 && number > 0)
		frame->line = (uint32_t)number;
}

/* Where a function was called that is not there as such. */
static void find_call(struct dwarf_unit *u, Dwarf_Die *inlined, struct elf_frame *frame)
{
	Dwarf_Attribute a;
	Dwarf_Word file, line;
	Dwarf_Files *files;
	size_t count;
	if (dwarf_attr(inlined, DW_AT_call_line, &a) != NULL &&
	    dwarf_formudata(&a, &line) == 0 && line <= UINT32_MAX)
		frame->line = (uint32_t)line;
	if (dwarf_attr(inlined, DW_AT_call_file, &a) != NULL &&
	    dwarf_formudata(&a, &file) == 0 &&
	    dwarf_getsrcfiles(&u->die, &files, &count) == 0 && file < count)
		frame->file = file_of(dwarf_filesrc(files, file, NULL, NULL));
}

size_t dwarf_index_frames(struct dwarf_index *d, uint64_t address, bool lines,
			  const struct elf_frame **frames)
{
	uint32_t node;
	size_t count = 0;
	struct elf_frame frame = { 0 };
	struct dwarf_unit *u = find(d, address, &node);
	*frames = d->frames;
	if (u == NULL)
		return 0;
	if (lines)
		find_line(u, address, &frame);
	if (node == SPANS_NONE && frame.file.n > 0)
		d->frames[count++] = frame;
	while (node != SPANS_NONE) {
		Dwarf_Die die = { .addr = u->nodes[node].die, .cu = u->die.cu };
		frame.name = dwarf_names_find(&d->names, die);
		count -= count == ELF_FRAMES_MAX;
		d->frames[count++] = frame;
		frame = (struct elf_frame){ 0 };
		if (lines)
			find_call(u, &die, &frame);
		node = u->nodes[node].parent;
	}
	return count;
}
