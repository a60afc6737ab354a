/* SPDX-License-Identifier: Apache-2.0 */
#include "read/suppress.h"

/* "known.supp: cannot open: No such file or directory" */
static bool fail(struct input *in, struct input *file)
{
	struct str why = buf_str(&file->message), mark = STR("error: ");
	ptrdiff_t at = str_find(why, mark);
	if (at >= 0)
		why = str_skip(why, (size_t)at + mark.n);
	return input_fail(in, "%s: %.*s", file->name, STR_ARG(why));
}

static bool load_file(struct suppressions *s, struct input *in, struct input *file)
{
	struct str line;
	while (input_line(file, &line))
		if (!suppressions_add_line(s, line))
			return input_fail(in, "%s:%llu: suppressions are lines such as "
					  "leak:name", file->name,
					  (unsigned long long)file->line);
	return !file->failed || fail(in, file);
}

bool suppress_load(struct suppressions *s, struct input *in, const struct want *want)
{
	bool ok = true;
	for (size_t i = 0; ok && i < want->suppression_count; i++) {
		struct input file;
		ok = input_open(&file, want->suppressions[i]) ?
			     load_file(s, in, &file) :
			     fail(in, &file);
		input_close(&file);
	}
	return ok;
}
