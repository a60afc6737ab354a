/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A program and what was stripped from it, as distributions keep it, and gdb and perf
 * look for it:
 *
 *	/usr/bin/app                                   .gnu_debuglink: app.debug
 *	/usr/lib/debug/.build-id/ab/cdef0123.debug     by build id
 *	/usr/bin/app.debug, /usr/bin/.debug/app.debug, /usr/lib/debug/usr/bin/app.debug
 *	~/.debug/.build-id/ab/cdef0123/elf, .../debug  copies that perf record made
 *	/proc/123/root/usr/bin/app                     while a process of a container lives
 *
 * A file is believed when its build id is the one that is asked for; where there is none
 * to compare, a debug file must have the check sum that the link tells.
 */
#include "read/symbolizer_files.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"

struct search {
	const struct want *want;
	struct str path;         /* as recorded, without " (deleted)" */
	struct str build_id;
	const struct symbolizer_file *recorded;
	uint32_t pid;
	struct elf_file *file;   /* the one that was found */
	struct buf name;         /* where it was found, or is looked for */
	enum symbolizer_found found;
};

/* Names */

static bool is_file_name(struct str path)
{
	static const struct str others[] = {
		STR("["), STR("//anon"), STR("/dev/"), STR("/memfd:"), STR("/SYSV"),
		STR("/anon_hugepage"), STR("anon_inode:"), STR("linux-vdso.so"),
		STR("linux-gate.so"),
	};
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (str_starts(path, others[i]))
			return false;
	return path.n > 0 && path.n < PATH_MAX && str_chr(path, '\0') < 0;
}

static void add_hex(struct buf *out, struct str bytes)
{
	for (size_t i = 0; i < bytes.n; i++)
		buf_addf(out, "%02x", (unsigned char)bytes.p[i]);
}

/* "ROOT/.build-id/ab/cdef0123" */
static void set_build_id_name(struct buf *name, struct str root, struct str id)
{
	buf_clear(name);
	buf_add(name, root);
	buf_add(name, STR("/.build-id/"));
	add_hex(name, str_head(id, 1));
	buf_addc(name, '/');
	add_hex(name, str_skip(id, 1));
}

static bool is_build_id(struct str id)
{
	return id.n >= 2 && id.n <= 64;
}

static struct str home(void)
{
	struct str folder = str_of(getenv("HOME"));
	return folder.n > 0 && folder.n < PATH_MAX ? folder : STR("");
}

static struct str folder_of(struct str path)
{
	ptrdiff_t slash = str_rchr(path, '/');
	return slash < 0 ? STR(".") : str_head(path, (size_t)slash);
}

/* The file itself */

static bool has_parts(const struct elf_file *e, const struct symbolizer_file *recorded)
{
	size_t count;
	const struct elf_segment *segments = elf_file_segments(e, &count);
	bool same = recorded->part_count == 0 || recorded->part_count == count;
	for (size_t i = 0; same && i < recorded->part_count; i++)
		same = segments[i].address == recorded->parts[i].address &&
		       segments[i].memory_size == recorded->parts[i].size;
	return same;
}

/* Takes the file whose name is in s->name, if it is the one. */
static bool try_file(struct search *s)
{
	const char *why;
	const char *path = buf_cstr(&s->name);
	struct elf_file *e = s->recorded->is_kernel ? elf_file_open_kernel(path, &why) :
						      elf_file_open(path, &why);
	if (e == NULL) {
		if (s->found == SYMBOLIZER_MISSING && strcmp(why, "is not there") != 0)
			s->found = SYMBOLIZER_BROKEN;
		return false;
	}
	struct str id = elf_file_build_id(e);
	bool is_other = s->build_id.n > 0 && id.n > 0 && !str_eq(id, s->build_id);
	if (is_other || !has_parts(e, s->recorded)) {
		s->found = SYMBOLIZER_OTHER;
		elf_file_close(e);
		return false;
	}
	s->file = e;
	s->found = SYMBOLIZER_FILE;
	return true;
}

static bool try_name(struct search *s, struct str before, struct str rest)
{
	buf_clear(&s->name);
	buf_add(&s->name, before);
	buf_add(&s->name, rest);
	return try_file(s);
}

/* "OLD=NEW"; OLD ends where a part of the path does. */
static bool try_map(struct search *s, const char *map)
{
	struct str new = str_of(map), old = str_cut(&new, '=');
	while (old.n > 1 && old.p[old.n - 1] == '/')
		old.n--;
	if (old.n == 0 || !str_starts(s->path, old))
		return false;
	struct str rest = str_skip(s->path, old.n);
	if (rest.n > 0 && rest.p[0] != '/' && !str_eq(old, STR("/")))
		return false;
	return try_name(s, new, rest);
}

/* Copies that perf made are folders with a file, older ones are the file. */
static bool try_copies(struct search *s)
{
	struct str folder = home();
	if (folder.n == 0 || !is_build_id(s->build_id))
		return false;
	struct buf root = { 0 };
	buf_add(&root, folder);
	buf_add(&root, STR("/.debug"));
	static const struct str files[] = { STR("/elf"), STR("/vdso"), STR("") };
	bool found = false;
	for (size_t i = 0; !found && i < sizeof(files) / sizeof(*files); i++) {
		set_build_id_name(&s->name, buf_str(&root), s->build_id);
		buf_add(&s->name, files[i]);
		found = try_file(s);
	}
	if (!found) {
		set_build_id_name(&s->name, STR("/usr/lib/debug"), s->build_id);
		found = try_file(s);
	}
	buf_free(&root);
	return found;
}

/* A container's process sees other folders; a number may have become another's. */
static bool try_process(struct search *s)
{
	char root[64];
	if (s->pid == 0 || s->build_id.n == 0 || s->path.p[0] != '/')
		return false;
	snprintf(root, sizeof(root), "/proc/%u/root", s->pid);
	return try_name(s, str_of(root), s->path);
}

static bool find_file(struct search *s)
{
	for (size_t i = 0; i < s->want->map_count; i++)
		if (try_map(s, s->want->maps[i]))
			return true;
	struct str sysroot = str_of(s->want->sysroot);
	while (sysroot.n > 0 && sysroot.p[sysroot.n - 1] == '/')
		sysroot.n--;
	if (s->want->sysroot != NULL && s->path.p[0] == '/' && try_name(s, sysroot, s->path))
		return true;
	bool is_path = s->path.p[0] != '[';
	return (is_path && try_name(s, STR(""), s->path)) || try_process(s) ||
	       try_copies(s);
}

/* What was stripped from it */

struct debug_search {
	struct search *of;
	struct buf name;
	struct str link;
	uint32_t crc;
	struct elf_file *file;
};

static bool is_same(const struct debug_search *d, const struct elf_file *debug)
{
	struct str id = elf_file_build_id(d->of->file), its = elf_file_build_id(debug);
	if (id.n > 0 && its.n > 0)
		return str_eq(id, its);
	return d->link.n > 0 && elf_file_crc(debug) == d->crc;
}

static bool try_debug(struct debug_search *d)
{
	const char *why;
	struct elf_file *e = elf_file_open(buf_cstr(&d->name), &why);
	if (e == NULL)
		return false;
	if (is_same(d, e) && (elf_file_has_symbols(e) || elf_file_has_dwarf(e))) {
		d->file = e;
		return true;
	}
	elf_file_close(e);
	return false;
}

static bool try_build_id(struct debug_search *d, struct str root, struct str top,
			 struct str suffix)
{
	struct str id = elf_file_build_id(d->of->file);
	struct buf folder = { 0 };
	if (!is_build_id(id))
		return false;
	buf_add(&folder, root);
	buf_add(&folder, top);
	set_build_id_name(&d->name, buf_str(&folder), id);
	buf_add(&d->name, suffix);
	buf_free(&folder);
	return try_debug(d);
}

static bool try_parts(struct debug_search *d, const struct str *parts, size_t n)
{
	buf_clear(&d->name);
	for (size_t i = 0; i < n; i++)
		buf_add(&d->name, parts[i]);
	return try_debug(d);
}

/* Beside the file, and in the folder of debug files of a root. */
static bool try_link(struct debug_search *d, struct str root)
{
	struct str folder = folder_of(buf_str(&d->of->name));
	struct str recorded = folder_of(d->of->path);
	const struct str beside[] = { folder, STR("/"), d->link };
	const struct str below[] = { folder, STR("/.debug/"), d->link };
	const struct str apart[] = { root, STR("/usr/lib/debug"), recorded, STR("/"),
				     d->link };
	if (d->link.n == 0 || str_chr(d->link, '/') >= 0)
		return false;
	return try_parts(d, beside, 3) || try_parts(d, below, 3) || try_parts(d, apart, 5);
}

static bool find_debug_in(struct debug_search *d, struct str root)
{
	const struct str named[] = { root, STR("/usr/lib/debug"), d->of->path,
				     STR(".debug") };
	return try_build_id(d, root, STR("/usr/lib/debug"), STR(".debug")) ||
	       try_link(d, root) || try_parts(d, named, 4);
}

/* What dwz took out of several files stands in one of its own. */
static void find_alt(struct search *s, struct elf_file *e, struct str where)
{
	struct str id, link = elf_file_altlink(e, &id);
	const char *why;
	if (link.n == 0 || link.n >= PATH_MAX)
		return;
	struct buf name = { 0 };
	if (link.p[0] != '/') {
		buf_add(&name, folder_of(where));
		buf_addc(&name, '/');
	} else if (s->want->sysroot != NULL) {
		buf_add(&name, str_of(s->want->sysroot));
	}
	buf_add(&name, link);
	struct elf_file *alt = elf_file_open_alt(buf_cstr(&name), &why);
	if (alt == NULL && is_build_id(id)) {
		set_build_id_name(&name, STR("/usr/lib/debug"), id);
		buf_add(&name, STR(".debug"));
		alt = elf_file_open_alt(buf_cstr(&name), &why);
	}
	if (alt != NULL && str_eq(elf_file_build_id(alt), id))
		elf_file_use_alt(e, alt);
	else
		elf_file_close(alt);
	buf_free(&name);
}

static void find_debug(struct search *s)
{
	struct debug_search d = { .of = s };
	char real[PATH_MAX];
	/* /lib may be a link to /usr/lib, where the debug file is looked for. */
	if (realpath(buf_cstr(&s->name), real) != NULL) {
		buf_clear(&s->name);
		buf_add(&s->name, str_of(real));
	}
	d.link = elf_file_debuglink(s->file, &d.crc);
	bool found = s->want->sysroot != NULL && find_debug_in(&d, str_of(s->want->sysroot));
	if (!found)
		found = find_debug_in(&d, STR(""));
	if (!found && home().n > 0)
		found = try_build_id(&d, home(), STR("/.debug"), STR("/debug"));
	if (found) {
		find_alt(s, d.file, buf_str(&d.name));
		elf_file_use_debug(s->file, d.file);
	}
	buf_free(&d.name);
}

enum symbolizer_found symbolizer_files_find(const struct want *want,
					    const struct symbolizer_file *recorded,
					    uint32_t pid, bool dwarf,
					    struct elf_file **file)
{
	struct str path = recorded->path, deleted = STR(" (deleted)");
	if (str_ends(path, deleted))
		path.n -= deleted.n;
	struct search s = { .want = want, .path = path, .build_id = recorded->build_id,
			    .recorded = recorded, .pid = pid, .found = SYMBOLIZER_MISSING };
	*file = NULL;
	if (!is_file_name(path) && !recorded->is_kernel)
		return SYMBOLIZER_NO_FILE;
	if (find_file(&s)) {
		find_alt(&s, s.file, buf_str(&s.name));
		if (!elf_file_has_symbols(s.file) || (dwarf && !elf_file_has_dwarf(s.file)))
			find_debug(&s);
	}
	buf_free(&s.name);
	*file = s.file;
	return s.found;
}
