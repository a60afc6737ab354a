/* SPDX-License-Identifier: Apache-2.0 */
#include "read/folded_header.h"

#include "base/num.h"

struct str folded_header_value(struct str s)
{
	if (s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"')
		return str_head(str_skip(s, 1), s.n - 2);
	return s;
}

struct str folded_header_unit(struct str value)
{
	ptrdiff_t in = str_find(value, STR(" in "));
	return in < 0 ? value : str_trim(str_head(value, (size_t)in));
}

uint64_t folded_header_samples(struct str value)
{
	ptrdiff_t in = str_find(value, STR(" in "));
	uint64_t samples = 0;
	if (in < 0 || !str_ends(value, STR(" samples")))
		return 0;
	struct str number = str_skip(value, (size_t)in + 4);
	number.n -= STR(" samples").n;
	return num_u64(number, &samples) ? samples : 0;
}
