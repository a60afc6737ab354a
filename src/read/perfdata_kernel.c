/* SPDX-License-Identifier: Apache-2.0 */

/*
 * /proc/kallsyms:
 *
 *	ffffffff81000000 T _text
 *	ffffffffc05b8000 t nf_hook_run [nf_tables]
 *
 * T and W, small or not, are functions.  Who may not see addresses gets zeros.  Each
 * boot puts the kernel elsewhere, all of it moved by the same distance; modules come each
 * to their own place.  vmlinux tells where the kernel would be if it were not moved: its
 * first code is "_text", of which the recording has the address.  /sys/kernel/notes holds
 * ELF notes, one of them the build id.
 */
#include "read/perfdata_kernel.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/num.h"
#include "io/input.h"

enum {
	NOTE_HEAD = 12, NOTE_BUILD_ID = 3,
	SYMBOLS_MAX = 8 << 20,
	END_MAX = 4096,                  /* bytes that the last function may have */
};

void perfdata_kernel_free(struct perfdata_kernel *k)
{
	elf_file_close(k->vmlinux);
	free(k->symbols);
	buf_free(&k->names);
}

/* This kernel */

static uint32_t u32_at(struct str s, size_t at)
{
	uint32_t value;
	memcpy(&value, s.p + at, sizeof(value));
	return value;
}

static struct str find_note(struct str notes)
{
	while (notes.n >= NOTE_HEAD) {
		size_t name = ((size_t)u32_at(notes, 0) + 3) & ~(size_t)3;
		size_t size = u32_at(notes, 4);
		uint32_t type = u32_at(notes, 8);
		notes = str_skip(notes, NOTE_HEAD);
		if (name > notes.n || size > notes.n - name)
			break;
		if (type == NOTE_BUILD_ID && str_starts(notes, STR("GNU")))
			return str_head(str_skip(notes, name), size);
		size = (size + 3) & ~(size_t)3;
		notes = str_skip(notes, name + size > notes.n ? notes.n : name + size);
	}
	return STR("");
}

static bool is_first_line(const char *path, struct str expected)
{
	struct input in;
	struct str line = STR("");
	bool ok = input_open(&in, path) && input_line(&in, &line) &&
		  str_eq(line, expected);
	input_close(&in);
	return ok;
}

bool perfdata_kernel_is_running(struct str build_id, struct str release)
{
	struct input in;
	if (build_id.n == 0)
		return release.n > 0 &&
		       is_first_line("/proc/sys/kernel/osrelease", release);
	bool ok = input_open(&in, "/sys/kernel/notes") &&
		  str_eq(find_note(input_peek(&in, INPUT_HEAD)), build_id);
	input_close(&in);
	return ok;
}

/* The list */

static void add_symbol(struct perfdata_kernel *k, uint64_t address, struct str name)
{
	ARRAY_RESERVE(k->symbols, k->capacity, k->count + 1);
	k->symbols[k->count++] = (struct perfdata_symbol){
		.address = address, .name = (uint32_t)k->names.n,
	};
	buf_add(&k->names, name);
	buf_addc(&k->names, '\0');
}

static void read_line(struct perfdata_kernel *k, struct str line)
{
	struct str address_text = str_cut(&line, ' ');
	struct str type = str_cut(&line, ' ');
	struct str name = str_cut(&line, '\t');
	uint64_t address;
	if (type.n != 1 || name.n == 0 || !num_hex(address_text, &address) ||
	    address == 0 || k->count == SYMBOLS_MAX ||
	    k->names.n > UINT32_MAX - name.n - 1)
		return;
	if (str_eq(name, STR("_text")))
		k->text = address;
	if ((type.p[0] | 32) == 't' || (type.p[0] | 32) == 'w')
		add_symbol(k, address, name);
}

static int by_address(const void *a, const void *b)
{
	const struct perfdata_symbol *x = a, *y = b;
	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return x->name < y->name ? -1 : 1;
}

/* Of several at one address perf takes the last. */
static void sort_symbols(struct perfdata_kernel *k)
{
	size_t kept = 0;
	if (k->count == 0)
		return;
	qsort(k->symbols, k->count, sizeof(*k->symbols), by_address);
	for (size_t i = 1; i < k->count; i++) {
		kept += k->symbols[i].address != k->symbols[kept].address;
		k->symbols[kept] = k->symbols[i];
	}
	k->count = kept + 1;
}

/* As recorded, where it was not the same boot. */
static void move(struct perfdata_kernel *k, uint64_t text)
{
	if (text == 0 || k->text == 0 || text == k->text)
		return;
	k->was_moved = true;
	for (size_t i = 0; i < k->count; i++)
		k->symbols[i].address += text - k->text;
}

/* Whether there was a list, be it of zeros. */
static bool read_list(struct perfdata_kernel *k, const char *path, uint64_t text)
{
	struct input in;
	struct str line;
	bool ok = input_open(&in, path);
	while (ok && input_line(&in, &line))
		read_line(k, line);
	input_close(&in);
	move(k, text);
	sort_symbols(k);
	return ok;
}

/* ~/.debug/[kernel.kallsyms]/BUILD-ID/kallsyms */
static bool read_kept(struct perfdata_kernel *k, const struct perfdata_kernel_told *told)
{
	const char *home = getenv("HOME");
	struct buf path = { 0 };
	if (home == NULL || told->build_id.n == 0)
		return false;
	buf_addf(&path, "%s/.debug/[kernel.kallsyms]/", home);
	for (size_t i = 0; i < told->build_id.n; i++)
		buf_addf(&path, "%02x", (unsigned char)told->build_id.p[i]);
	buf_addf(&path, "/kallsyms");
	bool ok = read_list(k, buf_cstr(&path), told->text) && k->count > 0;
	buf_free(&path);
	return ok;
}

static bool read_below(struct perfdata_kernel *k, const struct perfdata_kernel_told *told)
{
	struct buf path = { 0 };
	if (told->want->sysroot == NULL)
		return false;
	buf_addf(&path, "%s/proc/kallsyms", told->want->sysroot);
	bool ok = read_list(k, buf_cstr(&path), told->text) && k->count > 0;
	buf_free(&path);
	return ok;
}

/* vmlinux */

static uint64_t first_code(const struct elf_file *e)
{
	size_t count;
	const struct elf_segment *segments = elf_file_segments(e, &count);
	for (size_t i = 0; i < count; i++)
		if (segments[i].executable)
			return segments[i].address;
	return 0;
}

/* By its build id; where none was told, its name tells enough. */
static bool try_vmlinux(struct perfdata_kernel *k, const struct perfdata_kernel_told *told,
			struct buf *path)
{
	const char *why;
	struct elf_file *e = elf_file_open_kernel(buf_cstr(path), &why);
	uint64_t text = e ? first_code(e) : 0;
	if (text == 0 || (told->build_id.n > 0 &&
			  !str_eq(elf_file_build_id(e), told->build_id))) {
		elf_file_close(e);
		return false;
	}
	k->vmlinux = e;
	k->vmlinux_moved = told->text - text;
	k->was_moved = true;
	return true;
}

/* "/usr/lib/debug/.build-id/ab/cdef0123.debug" */
static bool find_by_build_id(struct perfdata_kernel *k,
			     const struct perfdata_kernel_told *told, const char *root)
{
	struct buf path = { 0 };
	buf_addf(&path, "%s/usr/lib/debug/.build-id/", root);
	for (size_t i = 0; i < told->build_id.n; i++)
		buf_addf(&path, i == 1 ? "/%02x" : "%02x",
			 (unsigned char)told->build_id.p[i]);
	buf_addf(&path, ".debug");
	bool found = told->build_id.n > 1 && try_vmlinux(k, told, &path);
	buf_free(&path);
	return found;
}

/* Where distributions put it, below a root; some pack it. */
static bool find_vmlinux(struct perfdata_kernel *k, const struct perfdata_kernel_told *told,
			 const char *root)
{
	static const char *const places[][2] = {
		{ "/usr/lib/debug/boot/vmlinux-", "" }, { "/boot/vmlinux-", "" },
		{ "/usr/lib/debug/lib/modules/", "/vmlinux" },
		{ "/lib/modules/", "/build/vmlinux" },
	};
	static const char *const packed[] = { "", ".debug", ".xz", ".gz", ".zst" };
	struct buf path = { 0 };
	bool found = false;
	bool is_name = told->release.n > 0 && str_chr(told->release, '/') < 0;
	for (size_t i = 0; is_name && !found && i < ARRAY_SIZE(places) * ARRAY_SIZE(packed);
	     i++) {
		const char *const *place = places[i / ARRAY_SIZE(packed)];
		buf_clear(&path);
		buf_addf(&path, "%s%s", root, place[0]);
		buf_add(&path, told->release);
		buf_addf(&path, "%s%s", place[1], packed[i % ARRAY_SIZE(packed)]);
		found = try_vmlinux(k, told, &path);
	}
	buf_free(&path);
	return found || find_by_build_id(k, told, root);
}

/* --map=[kernel.kallsyms]=FILE */
static bool find_mapped(struct perfdata_kernel *k, const struct perfdata_kernel_told *told)
{
	struct buf path = { 0 };
	bool found = false;
	for (size_t i = 0; !found && i < told->want->map_count; i++) {
		struct str to = str_of(told->want->maps[i]), from = str_cut(&to, '=');
		buf_clear(&path);
		buf_add(&path, to);
		found = str_eq(from, STR("[kernel.kallsyms]")) &&
			try_vmlinux(k, told, &path);
	}
	buf_free(&path);
	return found;
}

static bool open_vmlinux(struct perfdata_kernel *k, const struct perfdata_kernel_told *told)
{
	const char *root = told->want->sysroot;
	return told->text != 0 &&
	       (find_mapped(k, told) || (root && find_vmlinux(k, told, root)) ||
		find_vmlinux(k, told, ""));
}

void perfdata_kernel_load(struct perfdata_kernel *k,
			  const struct perfdata_kernel_told *told)
{
	*k = (struct perfdata_kernel){ 0 };
	if (read_below(k, told))
		return;
	/* Where neither is told, the same place for the kernel means the same boot. */
	bool untold = told->build_id.n == 0 && told->release.n == 0;
	k->why = PERFDATA_KERNEL_OTHER;
	if (untold || perfdata_kernel_is_running(told->build_id, told->release)) {
		bool there = read_list(k, "/proc/kallsyms", told->text);
		if (untold && (k->text == 0 || k->text != told->text))
			k->count = 0;
		else
			k->why = k->count > 0 ? PERFDATA_KNOWN :
				 there	      ? PERFDATA_KERNEL_HIDDEN :
						PERFDATA_KERNEL_ABSENT;
	}
	if (k->why && (read_kept(k, told) || open_vmlinux(k, told)))
		k->why = PERFDATA_KNOWN;
}

struct str perfdata_kernel_find(const struct perfdata_kernel *k, uint64_t address,
				bool in_module, uint64_t *start)
{
	size_t low = 0, high = k->count;
	struct elf_symbol found;
	if (k->vmlinux) {
		if (in_module ||
		    !elf_file_symbol(k->vmlinux, address - k->vmlinux_moved, &found))
			return STR("");
		*start = found.address + k->vmlinux_moved;
		return found.name;
	}
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (k->symbols[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || (in_module && k->was_moved))
		return STR("");
	const struct perfdata_symbol *symbol = &k->symbols[low - 1];
	if (low == k->count && address - symbol->address >= END_MAX)
		return STR("");
	*start = symbol->address;
	return str_of(k->names.p + symbol->name);
}

enum perfdata_why perfdata_kernel_why(const struct perfdata_kernel *k, bool in_module)
{
	if (k->why != PERFDATA_KNOWN)
		return k->why;
	return in_module && k->was_moved ? PERFDATA_KERNEL_MODULE : PERFDATA_KERNEL_SILENT;
}
