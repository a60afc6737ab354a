/* SPDX-License-Identifier: Apache-2.0 */

/*
 * An address belongs to a unit, by the ranges its first DIE tells (.debug_aranges would
 * be quicker, but clang writes none), in it to a function or to what was inlined there,
 * and from that a chain leads outwards.  Units are looked at until one has the address, and
 * gone through when the first address in them is asked for; lines are decoded when they
 * are wanted.
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

enum {
	WORK_MIN = 1 << 20,              /* what any file may cost */
	BATCH_MIN = 64 << 10,            /* bytes; each batch takes twice those before it */
	BATCHES_MAX = 64,
	HEADER_MAX = 64,                 /* of a unit, or more */
};

struct dwarf_index {
	const struct elf_file *file;
	Dwarf *dwarf, *alt;
	struct dwarf_unit *units;
	uint32_t count;
	size_t capacity;
	struct spans batches[BATCHES_MAX];       /* of units, by address */
	unsigned batch_count;
	Dwarf_CU *last;          /* unit that was looked at */
	uint64_t next;           /* where the one behind it begins */
	bool is_complete;        /* there is none */
	struct dwarf_packed info;
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
	struct spans *spans = &d->batches[d->batch_count];
	size_t before = spans->count;
	d->is_broken |= !dwarf_unit_add_ranges(spans, d->file, &skeleton, d->count, &d->work);
	if (spans->count == before && dwarf_haschildren(&die) > 0) {
		ARRAY_RESERVE(d->rangeless, d->rangeless_capacity, d->rangeless_count + 1);
		d->rangeless[d->rangeless_count++] = d->count;
	}
	d->count++;
}

static void unpack_unit(struct dwarf_index *d)
{
	Dwarf_Off next;
	size_t header;
	bool good = dwarf_packed_need(&d->info, d->next + HEADER_MAX);
	if (dwarf_next_unit(d->dwarf, d->next, &next, &header, NULL, NULL, NULL, NULL, NULL,
			    NULL) == 0) {
		good &= dwarf_packed_need(&d->info, next);
		d->next = next;
	}
	d->is_broken |= !good;
}

static bool read_unit(struct dwarf_index *d)
{
	Dwarf_Die die;
	uint8_t type;
	unpack_unit(d);
	int status = dwarf_get_units(d->dwarf, d->last, &d->last, NULL, &type, &die, NULL);
	bool is_too_much = d->work.left == 0 || d->count == SPANS_NONE - 1;
	d->is_broken |= status < 0 || (status == 0 && is_too_much);
	if (status != 0 || is_too_much)
		return false;
	if (die.addr != NULL && (type == DW_UT_compile || type == DW_UT_skeleton))
		add_unit(d, die, d->last, type);
	return true;
}

/* False when there are no more. */
static bool read_batch(struct dwarf_index *d)
{
	if (d->is_complete)
		return false;
	bool is_last = d->batch_count == BATCHES_MAX - 1;
	uint64_t end = d->next * 2 + BATCH_MIN;
	while (!d->is_complete && (is_last || d->next < end))
		d->is_complete = !read_unit(d);
	spans_finish(&d->batches[d->batch_count++]);
	return true;
}

static Dwarf *open_dwarf(struct dwarf_index *d, const struct elf_file *e, bool lines,
			 struct dwarf_packed *info)
{
	uint64_t size = whole_size(e);
	if (size > e->size && size > UNPACKED_MAX)
		return NULL;
	d->work.left += WORK_MIN + 4 * size;
	dwarf_packed_hide_unused(e, lines);
	if (info != NULL)
		dwarf_packed_open(info, e);
	return dwarf_begin_elf(e->elf, DWARF_C_READ, NULL);
}

struct dwarf_index *dwarf_index_new(const struct elf_file *e, bool lines)
{
	struct dwarf_index *d = xcalloc(1, sizeof(*d));
	d->file = e;
	d->dwarf = open_dwarf(d, e, lines, &d->info);
	if (d->dwarf != NULL && e->alt != NULL)
		d->alt = open_dwarf(d, e->alt, lines, NULL);
	if (d->alt != NULL)
		dwarf_setalt(d->dwarf, d->alt);
	d->names.work = &d->work;
	d->names.info = &d->info;
	d->names.alt = d->alt;
	d->is_broken = d->is_complete = d->dwarf == NULL;
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
	for (unsigned i = 0; i < d->batch_count; i++)
		spans_free(&d->batches[i]);
	dwarf_names_free(&d->names);
	dwarf_end(d->dwarf);
	dwarf_end(d->alt);
	dwarf_packed_free(&d->info);
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

static uint32_t find_unit(struct dwarf_index *d, uint64_t address)
{
	uint32_t unit = SPANS_NONE;
	for (unsigned i = 0; unit == SPANS_NONE; i++) {
		if (i == d->batch_count && !read_batch(d))
			break;
		unit = spans_find(&d->batches[i], address);
	}
	return unit;
}

static struct dwarf_unit *find(struct dwarf_index *d, uint64_t address, uint32_t *node)
{
	uint32_t unit = find_unit(d, address);
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
