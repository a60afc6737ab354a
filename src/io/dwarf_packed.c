/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Debian packs the debug information of its libraries, and libdw unpacks all of it when it
 * opens a file.  Of the C library this is 9 MB, most of which nobody needs: where variables
 * are nobody asks, for lines not always, and what is asked for first, where programs begin,
 * stands in the first 20 kB of .debug_info.
 *
 * Sections nobody asks for are taken for some without contents.  Of .debug_info libdw gets
 * as much as the whole of it, which is filled from the front.  Headers are changed in memory
 * only.
 */
#include "io/dwarf_parts.h"

#include <gelf.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "io/inflate.h"

enum {
	STEP = 64 << 10,
	RATIO_MAX = 1032,        /* of zlib; what promises more is broken, as libdw will find */
};

/* NULL when it is not there, or not packed. */
static Elf_Scn *find_packed(const struct elf_file *e, const char *name, GElf_Shdr *header)
{
	Elf_Scn *s = elf_find_section(e, name);
	return s != NULL && gelf_getshdr(s, header) != NULL &&
	       header->sh_flags & SHF_COMPRESSED ? s : NULL;
}

void dwarf_packed_hide_unused(const struct elf_file *e, bool lines)
{
	static const char *const unused[] = { ".debug_loclists", ".debug_loc", ".debug_line" };
	GElf_Shdr header;
	for (size_t i = 0; i < ARRAY_SIZE(unused) - lines; i++) {
		Elf_Scn *s = find_packed(e, unused[i], &header);
		header.sh_type = SHT_NOBITS;
		if (s != NULL)
			gelf_update_shdr(s, &header);
	}
}

static size_t header_size(Elf *elf)
{
	return gelf_getclass(elf) == ELFCLASS32 ? sizeof(Elf32_Chdr) : sizeof(Elf64_Chdr);
}

void dwarf_packed_open(struct dwarf_packed *p, const struct elf_file *e)
{
	GElf_Shdr header;
	GElf_Chdr packed;
	Elf_Scn *s = find_packed(e, ".debug_info", &header);
	size_t start = header_size(e->elf);
	if (s == NULL || gelf_getchdr(s, &packed) == NULL ||
	    packed.ch_type != ELFCOMPRESS_ZLIB || packed.ch_size == 0)
		return;
	Elf_Data *raw = elf_rawdata(s, NULL), *data = elf_getdata(s, NULL);
	if (raw == NULL || data == NULL || raw->d_buf == NULL || raw->d_size <= start ||
	    packed.ch_size / RATIO_MAX > raw->d_size)
		return;
	p->size = packed.ch_size;
	p->bytes = xcalloc(p->size, 1);
	p->rest = inflate_new((struct str){ (char *)raw->d_buf + start,
					    raw->d_size - start }, NULL, NULL);
	/* libdw takes the second before version 0.190, and then the first. */
	raw->d_buf = data->d_buf = p->bytes;
	raw->d_size = data->d_size = p->size;
	header.sh_flags &= ~(GElf_Xword)SHF_COMPRESSED;
	header.sh_size = p->size;
	gelf_update_shdr(s, &header);
}

void dwarf_packed_free(struct dwarf_packed *p)
{
	inflate_free(p->rest);
	free(p->bytes);
}

bool dwarf_packed_need(struct dwarf_packed *p, uint64_t size)
{
	const char *message = NULL;
	if (p->rest == NULL)
		return true;
	if (size > p->size)
		size = p->size;
	while (p->ready < size) {
		size_t step = p->size - p->ready < STEP ? p->size - p->ready : STEP;
		ssize_t n = inflate_read(p->rest, p->bytes + p->ready, step, &message);
		if (n <= 0)
			return false;
		p->ready += (size_t)n;
	}
	return true;
}
