/* SPDX-License-Identifier: Apache-2.0 */
#include "read/suppress.h"

static bool load_file(struct suppressions *s, struct input *in, struct input *file)
{
	struct str line;
	while (input_line(file, &line))
		if (!suppressions_add_line(s, line))
			return input_fail(in, "%s:%llu: suppressions are lines such as "
					  "leak:name", file->name,
					  (unsigned long long)file->line);
	/* It has the name of the file in front. */
	return !file->failed || input_fail(in, "%s", buf_cstr(&file->message));
}

bool suppress_load(struct suppressions *s, struct input *in, const struct want *want)
{
	bool ok = true;
	for (size_t i = 0; ok && i < want->suppression_count; i++) {
		struct input file;
		ok = input_open(&file, want->suppressions[i]) ?
			     load_file(s, in, &file) :
			     input_fail(in, "%s", buf_cstr(&file.message));
		input_close(&file);
	}
	return ok;
}
