/* SPDX-License-Identifier: Apache-2.0 */
#include "read/perfdata_paths.h"

#include <sys/stat.h>

void perfdata_paths_find(struct buf *path, const struct want *want, struct str recorded)
{
	buf_clear(path);
	for (size_t i = 0; i < want->map_count; i++) {
		struct str to = str_of(want->maps[i]), from = str_cut(&to, '=');
		if (!str_starts(recorded, from))
			continue;
		buf_add(path, to);
		buf_add(path, str_skip(recorded, from.n));
		return;
	}
	if (want->sysroot)
		buf_add(path, str_of(want->sysroot));
	buf_add(path, recorded);
}

bool perfdata_paths_is_file(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}
