/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Symbols of code, sorted by address.  Several may lie at one place, and those without
 * a size end where the next one begins:
 *
 *	address  size  type    binding
 *	1139       23  FUNC    GLOBAL   sum
 *	1139       23  FUNC    WEAK     sum_v1          sum is taken
 *	1150        0  NOTYPE  LOCAL    loop            to the end of the section, or the next
 *
 * What is taken of those at one place, in perf's order: one with a size; with a type;
 * not weak; global; with fewer '_' before it; the longest.  Symbols in the middle of
 * others are no rarity in assembler; behind them the outer one goes on.
 */
#include "io/elf_parts.h"

#include <gelf.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "io/unxz.h"

enum { MINI_MAX = 64 << 20 };            /* bytes of .gnu_debugdata, unpacked */
enum { OUTER_MAX = 64 };                 /* symbols around one that are looked at */

void elf_symbols_add(struct elf_symbols *s, const struct elf_name *name)
{
	if (s->count == ELF_NAME_NONE - 1)
		return;
	ARRAY_RESERVE(s->items, s->capacity, s->count + 1);
	s->items[s->count++] = *name;
	s->name_bytes += name->length;
}

bool elf_symbols_fit(const struct elf_symbols *s, const struct elf_file *e)
{
	return s->name_bytes / 4 < e->size + (1 << 20);
}

/* One table */

static bool is_function(const GElf_Sym *symbol, const struct str name)
{
	int type = GELF_ST_TYPE(symbol->st_info);
	if (symbol->st_shndx == SHN_UNDEF || name.n == 0)
		return false;
	if (type == STT_FUNC || type == STT_GNU_IFUNC)
		return true;
	/* "$x" and ".L1" are marks for tools. */
	return type == STT_NOTYPE && symbol->st_shndx != SHN_ABS &&
	       name.p[0] != '$' && !str_starts(name, STR(".L"));
}

static uint8_t rank_of(const GElf_Sym *symbol)
{
	int binding = GELF_ST_BIND(symbol->st_info);
	return (uint8_t)((symbol->st_size > 0) << 3 |
			 (GELF_ST_TYPE(symbol->st_info) != STT_NOTYPE) << 2 |
			 (binding != STB_WEAK) << 1 | (binding == STB_GLOBAL));
}

static struct str name_of(Elf_Data *names, uint64_t at)
{
	if (names == NULL || names->d_buf == NULL || at >= names->d_size)
		return STR("");
	const char *p = (const char *)names->d_buf + at;
	const char *end = memchr(p, '\0', names->d_size - at);
	struct str name = end ? str_span(p, end) : STR("");
	/* "memcpy@@GLIBC_2.14"; a name may begin with '@'. */
	ptrdiff_t version = str_chr(name, '@');
	if (version > 0)
		name.n = (size_t)version;
	return name.n <= UINT32_MAX ? name : STR("");
}

/*
 * ARM has the lowest bit of an address say which instructions are used.  Those of modules
 * are told from the beginning of their section.
 */
static uint64_t address_of(const struct elf_file *e, const GElf_Sym *symbol)
{
	uint64_t place = elf_module_place(e, symbol->st_shndx, 0);
	uint64_t value = symbol->st_value;
	if (e->machine == EM_ARM)
		value &= ~(uint64_t)1;
	return value > UINT64_MAX - place ? ELF_NO_PLACE : place + value;
}

static void read_table(struct elf_symbols *s, const struct elf_file *e,
		       const struct elf_file *code, Elf_Scn *section, const GElf_Shdr *header)
{
	Elf_Data *data = elf_getdata(section, NULL);
	Elf_Scn *string_section = elf_getscn(e->elf, header->sh_link);
	Elf_Data *names = string_section ? elf_getdata(string_section, NULL) : NULL;
	GElf_Sym symbol;
	for (int i = 1; data && i < INT32_MAX && gelf_getsym(data, i, &symbol); i++) {
		if (!elf_symbols_fit(s, e))
			return;
		struct str name = name_of(names, symbol.st_name);
		uint64_t address = address_of(e, &symbol);
		if (!is_function(&symbol, name) || elf_code_end(code, address) == 0)
			continue;
		uint64_t end = symbol.st_size ? address + symbol.st_size : 0;
		if (symbol.st_size > 0 && end < address)
			end = UINT64_MAX;
		elf_symbols_add(s, &(struct elf_name){
			.address = address, .end = end, .name = name.p,
			.length = (uint32_t)name.n, .rank = rank_of(&symbol) });
	}
}

/* Whether there was a table with names. */
static bool read_tables(struct elf_symbols *s, const struct elf_file *e,
			const struct elf_file *code, uint32_t type)
{
	size_t before = s->count;
	for (Elf_Scn *section = NULL; (section = elf_nextscn(e->elf, section));) {
		GElf_Shdr header;
		if (gelf_getshdr(section, &header) != NULL && header.sh_type == type)
			read_table(s, e, code, section, &header);
	}
	return s->count > before;
}

/* The small table of symbols that some distributions leave in what they strip. */
static void read_mini(struct elf_symbols *s, const struct elf_file *e)
{
	struct buf bytes = { 0 };
	const char *why;
	struct str packed = elf_section(e, ".gnu_debugdata");
	if (packed.n > 0 && unxz(packed, MINI_MAX, &bytes))
		s->mini = elf_file_memory(buf_str(&bytes), &why);
	if (s->mini != NULL)
		read_tables(s, s->mini, e, SHT_SYMTAB);
	buf_free(&bytes);
}

/* The best of each place */

static struct str text_of(const struct elf_name *name)
{
	return (struct str){ name->name, name->length };
}

static size_t underscores(struct str s)
{
	size_t n = 0;
	while (n < s.n && s.p[n] == '_')
		n++;
	return n;
}

/* By address, then the best first. */
static int by_place(const void *pa, const void *pb)
{
	const struct elf_name *a = pa, *b = pb;
	if (a->address != b->address)
		return a->address < b->address ? -1 : 1;
	if (a->rank != b->rank)
		return a->rank > b->rank ? -1 : 1;
	size_t ua = underscores(text_of(a)), ub = underscores(text_of(b));
	if (ua != ub)
		return ua < ub ? -1 : 1;
	if (a->length != b->length)
		return a->length > b->length ? -1 : 1;
	return str_cmp(text_of(a), text_of(b));
}

static void sort(struct elf_symbols *s)
{
	if (s->count == 0)
		return;
	qsort(s->items, s->count, sizeof(*s->items), by_place);
	size_t kept = 1;
	for (size_t i = 1; i < s->count; i++)
		if (s->items[i].address != s->items[kept - 1].address)
			s->items[kept++] = s->items[i];
	s->count = kept;
}

/* Labels in the middle of a function are dropped, others get an end. */
static void end_labels(struct elf_symbols *s, const struct elf_file *e)
{
	uint64_t reach = 0;
	size_t kept = 0;
	for (size_t i = 0; i < s->count; i++) {
		struct elf_name name = s->items[i];
		if (name.end == 0) {
			if (name.address < reach)
				continue;
			name.end = elf_code_end(e, name.address);
			if (i + 1 < s->count && s->items[i + 1].address < name.end)
				name.end = s->items[i + 1].address;
		} else if (name.end > reach) {
			reach = name.end;
		}
		s->items[kept++] = name;
	}
	s->count = kept;
}

static void link_outer(struct elf_symbols *s)
{
	uint32_t outer = ELF_NAME_NONE;
	for (size_t i = 0; i < s->count; i++) {
		while (outer != ELF_NAME_NONE && s->items[outer].end <= s->items[i].address)
			outer = s->items[outer].outer;
		s->items[i].outer = outer;
		outer = (uint32_t)i;
	}
}

struct elf_symbols *elf_symbols_new(const struct elf_file *e)
{
	struct elf_symbols *s = xcalloc(1, sizeof(*s));
	if (!read_tables(s, e, e, SHT_SYMTAB) &&
	    !(e->debug && read_tables(s, e->debug, e, SHT_SYMTAB))) {
		read_tables(s, e, e, SHT_DYNSYM);
		read_mini(s, e);
	}
	sort(s);
	end_labels(s, e);
	elf_plt_add(s, e);
	sort(s);
	link_outer(s);
	return s;
}

void elf_symbols_delete(struct elf_symbols *s)
{
	if (s == NULL)
		return;
	free(s->items);
	elf_file_close(s->mini);
	arena_free(&s->arena);
	free(s);
}

/* Looking up */

/* The last one that begins at the address or before it, or ELF_NAME_NONE. */
static uint32_t last_before(const struct elf_symbols *s, uint64_t address)
{
	size_t from = 0, to = s->count;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (s->items[middle].address <= address)
			from = middle + 1;
		else
			to = middle;
	}
	return from > 0 ? (uint32_t)from - 1 : ELF_NAME_NONE;
}

const struct elf_name *elf_symbols_at(const struct elf_symbols *s, uint64_t address)
{
	uint32_t i = last_before(s, address);
	return i != ELF_NAME_NONE && s->items[i].address == address ? &s->items[i] : NULL;
}

bool elf_file_symbol(struct elf_file *e, uint64_t address, struct elf_symbol *symbol)
{
	if (e->symbols == NULL)
		e->symbols = elf_symbols_new(e);
	uint32_t i = last_before(e->symbols, address);
	for (unsigned n = 0; i != ELF_NAME_NONE && n < OUTER_MAX; n++) {
		const struct elf_name *name = &e->symbols->items[i];
		if (address < name->end) {
			*symbol = (struct elf_symbol){ text_of(name), name->address,
						       name->end };
			return true;
		}
		i = name->outer;
	}
	return false;
}
