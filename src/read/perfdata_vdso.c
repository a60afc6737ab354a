/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A line of /proc/self/maps:
 *
 *	7ffd1a5f2000-7ffd1a5f4000 r-xp 00000000 00:00 0          [vdso]
 */
#include "read/perfdata_vdso.h"

#include "base/num.h"
#include "io/input.h"
#include "read/perfdata_kernel.h"
#include "read/symbolizer_files.h"

/* The bytes that are mapped there. */
static struct str find_image(void)
{
	struct input in;
	struct str line, image = STR("");
	bool ok = input_open(&in, "/proc/self/maps");
	while (ok && input_line(&in, &line)) {
		uint64_t from, to;
		if (!str_ends(line, STR(" [vdso]")))
			continue;
		if (num_hex(str_cut(&line, '-'), &from) &&
		    num_hex(str_cut(&line, ' '), &to) && from < to)
			image = str_span((const char *)(uintptr_t)from,
					 (const char *)(uintptr_t)to);
	}
	input_close(&in);
	return image;
}

static struct elf_file *find_copy(const struct want *want, struct str build_id)
{
	struct symbolizer_file copy = {
		.path = STR("[vdso]"), .build_id = build_id, .is_kernel = true,
	};
	struct elf_file *file = NULL;
	if (build_id.n > 0)
		symbolizer_files_find(want, &copy, 0, false, &file);
	return file;
}

struct elf_file *perfdata_vdso_open(const struct perfdata_info *info,
				    const struct want *want, struct str build_id)
{
	const char *why;
	struct str kernel = perfdata_info_find(info, STR("[kernel.kallsyms]"));
	bool may_be = build_id.n > 0 || perfdata_kernel_is_running(kernel, info->release);
	struct str image = may_be ? find_image() : STR("");
	struct elf_file *file = image.n > 0 ? elf_file_memory(image, &why) : NULL;
	if (file != NULL &&
	    (build_id.n == 0 || str_eq(elf_file_build_id(file), build_id)))
		return file;
	elf_file_close(file);
	return find_copy(want, build_id);
}
