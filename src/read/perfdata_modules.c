/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A module is recorded with the path of its file, or, where perf did not find that, by its
 * name.  Packages with debug symbols have others, which are not packed:
 *
 *	/lib/modules/6.1.0-13-amd64/kernel/net/netfilter/nf_tables.ko.xz
 *	/usr/lib/debug/lib/modules/6.1.0-13-amd64/kernel/net/netfilter/nf_tables.ko
 *	[nf_tables]
 *
 * For the last one modules.dep has a line that begins with the rest of the path:
 *
 *	kernel/net/netfilter/nf_tables.ko.xz: kernel/net/netfilter/nfnetlink.ko.xz
 */
#include "read/perfdata_modules.h"

#include "base/buf.h"
#include "io/input.h"
#include "read/perfdata_paths.h"
#include "read/symbolizer_files.h"

struct module_search {
	const struct perfdata_module_told *told;
	struct elf_file *file;
	enum symbolizer_found found;
};

static bool try_path(struct module_search *s, struct str path)
{
	struct symbolizer_file file = {
		.path = path, .build_id = s->told->build_id, .is_kernel = true,
	};
	enum symbolizer_found found =
		symbolizer_files_find(s->told->want, &file, 0, false, &s->file);
	if (found != SYMBOLIZER_MISSING)
		s->found = found;
	return s->file != NULL;
}

/* "/usr/lib/debug/lib/modules/.../nf_tables.ko", or the same with ".debug" */
static bool try_debug(struct module_search *s, struct str path)
{
	struct buf name = { 0 };
	ptrdiff_t end = str_find(path, STR(".ko"));
	if (end > 0)
		path = str_head(path, (size_t)end + 3);
	buf_add(&name, STR("/usr/lib/debug"));
	buf_add(&name, path);
	bool found = try_path(s, buf_str(&name));
	buf_add(&name, STR(".debug"));
	found = found || try_path(s, buf_str(&name));
	buf_free(&name);
	return found;
}

static bool is_module_name(struct str path, struct str name)
{
	struct str base = str_basename(path);
	ptrdiff_t end = str_find(base, STR(".ko"));
	bool same = end > 0 && (size_t)end == name.n;
	for (size_t i = 0; same && i < name.n; i++)
		same = base.p[i] == name.p[i] || (base.p[i] == '-' && name.p[i] == '_');
	return same;
}

/* The path of a module that is listed in modules.dep. */
static bool find_listed(const struct perfdata_module_told *told, struct buf *path)
{
	struct input in;
	struct str line, name = told->name, release = told->info->release;
	struct buf folder = { 0 };
	bool found = false;
	if (release.n == 0 || str_chr(release, '/') >= 0 || name.n < 3)
		return false;
	name = str_head(str_skip(name, 1), name.n - 2);
	buf_add(&folder, STR("/lib/modules/"));
	buf_add(&folder, release);
	buf_add(&folder, STR("/modules.dep"));
	perfdata_paths_find(path, told->want, buf_str(&folder));
	folder.n -= STR("modules.dep").n;
	bool ok = perfdata_paths_is_file(buf_cstr(path)) && input_open(&in, buf_cstr(path));
	while (ok && !found && input_line(&in, &line))
		found = is_module_name(str_cut(&line, ':'), name);
	if (found) {
		struct str entry = in.raw;
		buf_clear(path);
		buf_add(path, buf_str(&folder));
		buf_add(path, str_cut(&entry, ':'));
	}
	if (ok)
		input_close(&in);
	buf_free(&folder);
	return found;
}

struct elf_file *perfdata_modules_open(const struct perfdata_module_told *told,
				       enum perfdata_why *why)
{
	static const enum perfdata_why whys[] = {
		[SYMBOLIZER_OTHER] = PERFDATA_FILE_OTHER,
		[SYMBOLIZER_BROKEN] = PERFDATA_FILE_BROKEN,
		[SYMBOLIZER_NO_ELF] = PERFDATA_NO_ELFUTILS,
	};
	struct module_search s = { .told = told, .found = SYMBOLIZER_MISSING };
	struct buf listed = { 0 };
	struct str path = told->path;
	bool found = try_path(&s, told->name);
	if (!found && path.n == 0 && find_listed(told, &listed))
		path = buf_str(&listed);
	if (!found && path.n > 0)
		found = try_path(&s, path) || try_debug(&s, path);
	buf_free(&listed);
	if (!found && whys[s.found] != PERFDATA_KNOWN)
		*why = whys[s.found];
	return s.file;
}
