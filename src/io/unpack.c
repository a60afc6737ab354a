/* SPDX-License-Identifier: Apache-2.0 */
#include "io/unpack.h"

#include "io/inflate.h"
#include "io/unxz.h"

enum { STEP = 256 << 10 };

static bool inflate_all(struct str packed, size_t limit, struct buf *out)
{
	struct inflate *f = inflate_new(packed, NULL, NULL);
	const char *message = NULL;
	size_t before = out->n;
	ssize_t n;
	while ((n = inflate_read(f, buf_reserve(out, STEP), STEP, &message)) > 0 &&
	       out->n - before <= limit)
		out->n += (size_t)n;
	inflate_free(f);
	if (n == 0 && message == NULL && out->n - before <= limit)
		return true;
	out->n = before;
	return false;
}

bool unpack(struct str packed, size_t limit, struct buf *out)
{
	if (str_starts(packed, STR("\xfd" "7zXZ")))
		return unxz(packed, limit, out);
	return inflate_recognises(packed) && inflate_all(packed, limit, out);
}
