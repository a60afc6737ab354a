/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A call into another library goes to a stub, which jumps to where the loader wrote
 * the address.  The stubs have no symbols, but what the loader writes is told by
 * relocations:
 *
 *	.plt.sec        1030: endbr64
 *	                1034: jmp *0x2fe6(%rip)         0x4020
 *	.rela.plt       4020  R_X86_64_JUMP_SLOT  memcpy
 *
 * so the stub is "memcpy@plt".  How stubs lie differs among linkers and options; the
 * jump in them does not.  aarch64 puts the page and the place in two instructions:
 *
 *	                adrp x16, 0x11000
 *	                ldr  x17, [x16, #0xfb8]
 *
 * What no stub was found in is ".plt", as with perf.
 */
#include "io/elf_parts.h"

#include <gelf.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"

struct slot {
	uint64_t address;        /* where the loader writes */
	uint64_t function;       /* without a name: its address */
	struct str name;
};

struct plt {
	const struct elf_file *file;
	struct elf_symbols *symbols;
	struct slot *slots;      /* by address */
	size_t count, capacity;
	uint64_t got;            /* to which stubs of i386 refer */
};

/* Slots */

static bool is_slot(uint16_t machine, uint64_t type)
{
	switch (machine) {
	case EM_X86_64:
		return type == R_X86_64_JUMP_SLOT || type == R_X86_64_GLOB_DAT ||
		       type == R_X86_64_IRELATIVE;
	case EM_386:
		return type == R_386_JMP_SLOT || type == R_386_GLOB_DAT ||
		       type == R_386_IRELATIVE;
	default:
		return type == R_AARCH64_JUMP_SLOT || type == R_AARCH64_GLOB_DAT ||
		       type == R_AARCH64_IRELATIVE;
	}
}

static struct str symbol_name(const struct elf_file *e, const GElf_Shdr *relocations,
			      uint64_t number)
{
	GElf_Shdr header;
	GElf_Sym symbol;
	Elf_Scn *section = elf_getscn(e->elf, relocations->sh_link);
	Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
	if (number == 0 || number >= INT32_MAX || data == NULL ||
	    gelf_getshdr(section, &header) == NULL ||
	    gelf_getsym(data, (int)number, &symbol) == NULL)
		return STR("");
	struct str name = str_of(elf_strptr(e->elf, header.sh_link, symbol.st_name));
	ptrdiff_t version = str_chr(name, '@');
	return version > 0 ? str_head(name, (size_t)version) : name;
}

static void add_slots(struct plt *p, Elf_Scn *section, const GElf_Shdr *header)
{
	const struct elf_file *e = p->file;
	Elf_Data *data = elf_getdata(section, NULL);
	GElf_Rela r = { 0 };
	GElf_Rel plain;
	for (int i = 0; data != NULL && i < INT32_MAX; i++) {
		if (header->sh_type == SHT_RELA) {
			if (gelf_getrela(data, i, &r) == NULL)
				return;
		} else {
			if (gelf_getrel(data, i, &plain) == NULL)
				return;
			r = (GElf_Rela){ .r_offset = plain.r_offset,
					 .r_info = plain.r_info };
		}
		if (!is_slot(e->machine, GELF_R_TYPE(r.r_info)))
			continue;
		ARRAY_RESERVE(p->slots, p->capacity, p->count + 1);
		p->slots[p->count++] = (struct slot){
			r.r_offset, (uint64_t)r.r_addend,
			symbol_name(e, header, GELF_R_SYM(r.r_info)) };
	}
}

static int by_address(const void *pa, const void *pb)
{
	const struct slot *a = pa, *b = pb;
	return a->address < b->address ? -1 : a->address > b->address;
}

static const struct slot *find_slot(const struct plt *p, uint64_t address)
{
	struct slot key = { .address = address };
	return p->count ? bsearch(&key, p->slots, p->count, sizeof(key), by_address) : NULL;
}

static void add_name(struct plt *p, uint64_t address, uint64_t end, struct str name)
{
	if (end <= address)
		return;
	elf_symbols_add(p->symbols, &(struct elf_name){
		.address = address, .end = end, .name = name.p,
		.length = (uint32_t)name.n, .rank = 0 });
}

/* False when nothing is known of what the stub jumps to. */
static bool add_stub(struct plt *p, uint64_t address, uint64_t end, uint64_t target)
{
	const struct slot *slot = find_slot(p, target);
	if (slot == NULL)
		return false;
	struct str name = slot->name;
	if (name.n == 0) {
		const struct elf_name *function = elf_symbols_at(p->symbols, slot->function);
		if (function == NULL)
			return false;
		name = (struct str){ function->name, function->length };
	}
	if (!elf_symbols_fit(p->symbols, p->file))
		return false;
	struct buf text = { 0 };
	buf_add(&text, name);
	buf_add(&text, STR("@plt"));
	add_name(p, address, end, arena_copy(&p->symbols->arena, buf_str(&text)));
	buf_free(&text);
	return true;
}

/* Stubs */

static uint32_t little32(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* The slot that an x86 stub jumps through: "ff 25" and a distance or place. */
static bool x86_target(const struct plt *p, const unsigned char *code, size_t n,
		       uint64_t address, uint64_t *target)
{
	for (size_t i = 0; i + 6 <= n; i++) {
		if (code[i] != 0xff)
			continue;
		uint64_t distance = (uint64_t)(int32_t)little32(code + i + 2);
		if (code[i + 1] == 0x25 && p->file->machine == EM_X86_64)
			*target = address + i + 6 + distance;
		else if (code[i + 1] == 0x25)
			*target = (uint32_t)distance;
		else if (code[i + 1] == 0xa3 && p->file->machine == EM_386)
			*target = (uint32_t)(p->got + distance);
		else
			continue;
		return true;
	}
	return false;
}

static void add_x86(struct plt *p, struct str code, uint64_t address, uint64_t size)
{
	uint64_t last = address;         /* where what was not named begins */
	size_t step = size == 8 ? 8 : 16;
	for (size_t at = 0; at < code.n; at += step) {
		size_t n = code.n - at < step ? code.n - at : step;
		uint64_t target, here = address + at;
		if (!x86_target(p, (const unsigned char *)code.p + at, n, here, &target) ||
		    !add_stub(p, here, here + n, target))
			continue;
		add_name(p, last, here, STR(".plt"));
		last = here + n;
	}
	add_name(p, last, address + code.n, STR(".plt"));
}

static bool arm_target(const unsigned char *code, uint64_t address, uint64_t *target)
{
	uint32_t page = little32(code), load = little32(code + 4);
	if ((page & 0x9f00001f) != 0x90000010 || (load & 0xffc003ff) != 0xf9400211)
		return false;
	uint64_t pages = (uint64_t)(page >> 5 & 0x7ffff) << 2 | (page >> 29 & 3);
	if (pages & 0x100000)
		pages |= ~UINT64_C(0x1fffff);
	*target = (address & ~UINT64_C(0xfff)) + (pages << 12) + (load >> 10 & 0xfff) * 8;
	return true;
}

static void add_arm(struct plt *p, struct str code, uint64_t address)
{
	enum { BTI_C = (int)0xd503245f };
	uint64_t last = address;
	for (size_t at = 0; at + 16 <= code.n; at += 4) {
		const unsigned char *here = (const unsigned char *)code.p + at;
		uint64_t target, from = address + at;
		if (!arm_target(here, address + at, &target))
			continue;
		if (at >= 4 && little32(here - 4) == (uint32_t)BTI_C)
			from -= 4;
		if (!add_stub(p, from, address + at + 16, target))
			continue;
		add_name(p, last, from, STR(".plt"));
		last = address + at + 16;
	}
	add_name(p, last, address + code.n, STR(".plt"));
}

static bool is_plt(struct str name)
{
	return str_eq(name, STR(".plt")) || str_eq(name, STR(".plt.sec")) ||
	       str_eq(name, STR(".plt.got")) || str_eq(name, STR(".iplt")) ||
	       str_eq(name, STR(".plt.bnd"));
}

static void add_section(struct plt *p, Elf_Scn *section, const GElf_Shdr *header)
{
	Elf_Data *data = elf_rawdata(section, NULL);
	if (header->sh_type != SHT_PROGBITS || data == NULL || data->d_buf == NULL ||
	    header->sh_addr > UINT64_MAX - data->d_size)
		return;
	struct str code = { data->d_buf, data->d_size };
	if (p->file->machine == EM_AARCH64)
		add_arm(p, code, header->sh_addr);
	else
		add_x86(p, code, header->sh_addr, header->sh_entsize);
}

void elf_plt_add(struct elf_symbols *symbols, const struct elf_file *e)
{
	struct plt p = { .file = e, .symbols = symbols };
	size_t names;
	if ((e->machine != EM_X86_64 && e->machine != EM_386 && e->machine != EM_AARCH64) ||
	    e->places != NULL || elf_getshdrstrndx(e->elf, &names) != 0)
		return;
	GElf_Shdr h;
	for (Elf_Scn *s = NULL; (s = elf_nextscn(e->elf, s)) != NULL;) {
		if (gelf_getshdr(s, &h) == NULL)
			continue;
		struct str name = str_of(elf_strptr(e->elf, names, h.sh_name));
		if (h.sh_type == SHT_RELA || h.sh_type == SHT_REL)
			add_slots(&p, s, &h);
		if (str_eq(name, STR(".got.plt")) ||
		    (str_eq(name, STR(".got")) && p.got == 0))
			p.got = h.sh_addr;
	}
	if (p.count > 0)
		qsort(p.slots, p.count, sizeof(*p.slots), by_address);
	for (Elf_Scn *s = NULL; p.count > 0 && (s = elf_nextscn(e->elf, s)) != NULL;)
		if (gelf_getshdr(s, &h) != NULL &&
		    is_plt(str_of(elf_strptr(e->elf, names, h.sh_name))))
			add_section(&p, s, &h);
	free(p.slots);
}
