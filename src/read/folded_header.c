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

bool folded_header_whole(struct str value, struct decimal *sum)
{
	struct decimal whole;
	ptrdiff_t of = str_find(value, STR(" of "));
	struct str rest = str_skip(value, of < 0 ? value.n : (size_t)of + 4);
	if (!num_decimal(str_cut(&rest, ' '), &whole) || whole.digits < 0)
		return false;
	unsigned scale = whole.scale > sum->scale ? whole.scale : sum->scale;
	return num_rescale(&whole, scale) && num_rescale(sum, scale) &&
	       !__builtin_add_overflow(sum->digits, whole.digits, &sum->digits);
}

void folded_header_taken(struct profile *p, struct decimal whole,
			 struct decimal sum_before)
{
	int64_t sum, taken;
	/* What was taken away may have had more decimals than what is left. */
	if (profile_sum(p, 0, &sum) &&
	    num_rescale(&(struct decimal){ sum, p->columns[0].scale }, whole.scale))
		profile_rescale(p, 0, whole.scale);
	unsigned scale = p->columns[0].scale;
	if (!num_rescale(&whole, scale) || !num_rescale(&sum_before, scale) ||
	    !profile_sum(p, 0, &sum))
		return;
	taken = whole.digits - (sum - sum_before.digits);
	if (taken > 0 && __builtin_add_overflow(p->taken, taken, &p->taken))
		p->overflow = true;
}
