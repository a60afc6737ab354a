/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/compare_hints.h"

#include <math.h>

#include "base/message.h"

static void warn_of_totals(const struct diff *d)
{
	double before = (double)diff_before(d, d->stacks.total[0]);
	double after = (double)d->stacks.total[1];
	double off = before > 0 ? fabs(after / before - 1) : 0;
	if (d->normalize != DIFF_AS_IT_IS || before == after)
		return;
	if (before <= 0 || after <= 0)
		message_warning("the total %s is 0", before <= 0 ? "before" : "after");
	else if (off > .1 + 1e-9)
		message_warning("the totals differ by %.0f %% and nothing is normalised: if the "
				"recordings are of different length, add --normalize=total",
				off * 100);
}

/* What begins the stacks of a side, the widest such frame and how much is in common. */
struct roots {
	uint32_t widest;         /* a node; 0: none */
	double common;           /* share of the total that is in frames both sides have */
};

static struct roots roots_of(const struct diff *d, unsigned side)
{
	const struct node *nodes = d->tree.nodes;
	struct roots roots = { 0 };
	double whole = (double)nodes[0].total[side];
	for (uint32_t c = d->tree.count > 1; c; c = nodes[c].next) {
		int64_t own = nodes[c].total[side];
		if (own > 0 && nodes[c].total[!side] > 0)
			roots.common += (double)own / whole;
		else if (own > nodes[roots.widest].total[side] * (roots.widest > 0))
			roots.widest = c;
	}
	return roots;
}

static void add_name(struct buf *out, const struct diff *d, uint32_t node)
{
	buf_addc(out, '\'');
	message_visible(out, profile_name(&d->profile, d->tree.nodes[node].frame));
	buf_addc(out, '\'');
}

/* As of a program that has another name now: then every path is another one. */
static void hint_at_roots(const struct diff *d)
{
	struct roots before = roots_of(d, 0), after = roots_of(d, 1);
	if (d->stacks.reversed || before.widest == 0 || after.widest == 0 ||
	    before.common > .1 || after.common > .1)
		return;
	struct buf names = { 0 };
	add_name(&names, d, before.widest);
	buf_add(&names, STR(" before and with "));
	add_name(&names, d, after.widest);
	message_note("hint: stacks begin with %s after, so no call has the same callers on both "
		     "sides: --group-by=none leaves out names of processes, --show-from begins "
		     "at a function that both have, --rename makes one name of two",
		     buf_cstr(&names));
	buf_free(&names);
}

void compare_hints(const struct diff *d)
{
	warn_of_totals(d);
	if (d->tree.count > 0)
		hint_at_roots(d);
}

bool compare_hints_nothing(const struct diff *d, const struct filter *filter)
{
	struct buf option = { 0 };
	if (d->stacks.count > 0)
		return false;
	if (!filter_add_dropper(filter, &option))
		buf_addf(&option, "the filters");
	message_error("no stack of either side is left by %s", buf_cstr(&option));
	buf_free(&option);
	return true;
}
