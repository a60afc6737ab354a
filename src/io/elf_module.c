/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A module of the kernel is an object file: its sections lie nowhere yet.  The kernel puts
 * those with code behind each other, in their order, each where its alignment allows; what
 * is needed only at the start comes elsewhere:
 *
 *	.text            0x1a3f   at 0
 *	.init.text       0x0120
 *	.text.unlikely   0x0044   at 0x1a40
 *	.exit.text       0x0030   at 0x1a84
 *
 * Where the first one is, /proc/modules and perf tell.  On some machines the kernel adds to
 * a section what jumps far away, so nothing is known of those behind it.  See
 * layout_sections() in kernel/module/main.c of the Linux source, and
 * module_frob_arch_sections().
 */
#include "io/elf_parts.h"

#include <gelf.h>

#include "base/alloc.h"

static bool is_code(const GElf_Shdr *h, struct str name)
{
	const uint64_t both = SHF_ALLOC | SHF_EXECINSTR;
	return (h->sh_flags & both) == both && !str_starts(name, STR(".init"));
}

static bool grows(struct str name)
{
	return str_eq(name, STR(".plt")) || str_eq(name, STR(".stubs")) ||
	       str_eq(name, STR(".text.ftrace_trampoline"));
}

void elf_module_lay_out(struct elf_file *e)
{
	size_t count, names;
	uint64_t end = 0;
	GElf_Shdr h;
	if (elf_getshdrnum(e->elf, &count) != 0 || elf_getshdrstrndx(e->elf, &names) != 0)
		return;
	e->places = xcalloc(count + 1, sizeof(*e->places));
	e->place_count = count;
	for (size_t i = 0; i < count; i++)
		e->places[i] = ELF_NO_PLACE;
	for (Elf_Scn *s = NULL; (s = elf_nextscn(e->elf, s)) != NULL;) {
		size_t i = elf_ndxscn(s);
		if (gelf_getshdr(s, &h) == NULL || i >= count)
			continue;
		struct str name = str_of(elf_strptr(e->elf, names, h.sh_name));
		if (grows(name))
			return;
		if (!is_code(&h, name))
			continue;
		uint64_t unit = h.sh_addralign ? h.sh_addralign : 1;
		uint64_t place = end % unit ? end + (unit - end % unit) : end;
		if (place < end || h.sh_size >= ELF_NO_PLACE - place)
			return;
		e->places[i] = place;
		end = place + h.sh_size;
	}
}

uint64_t elf_module_place(const struct elf_file *e, size_t section, uint64_t otherwise)
{
	if (e->places == NULL)
		return otherwise;
	return section < e->place_count ? e->places[section] : ELF_NO_PLACE;
}
