/* SPDX-License-Identifier: Apache-2.0 */
#include "read/reader.h"

bool reader_choose_metric(struct input *in, struct metrics *m, const struct want *want,
			  struct str usual)
{
	struct buf why = { 0 };
	bool ok = metrics_choose(m, want, usual, &why) ||
		  input_fail(in, "%s", buf_cstr(&why));
	buf_free(&why);
	return ok;
}

bool reader_choose_metric_here(struct input *in, struct metrics *m, const struct want *want,
			       struct str usual)
{
	struct buf why = { 0 };
	bool ok = metrics_choose(m, want, usual, &why) ||
		  input_error(in, "%s", buf_cstr(&why));
	buf_free(&why);
	return ok;
}

uint32_t reader_group(struct profile *p, struct str event, const struct metrics *m)
{
	struct group g = profile_nobody(profile_event(p, event, m->items[m->chosen].unit));
	return profile_group(p, &g);
}

bool reader_end_metrics(struct input *in, struct profile *p, const struct metrics *m)
{
	struct buf why = { 0 };
	bool ok = profile_metrics(p, m, &why) || input_fail(in, "%s", buf_cstr(&why));
	buf_free(&why);
	return ok;
}
