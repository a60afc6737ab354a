/* SPDX-License-Identifier: Apache-2.0 */

/* Options that only some formats have a use for; see enum reader_option. */
#include "cmd/options.h"

#include "base/alloc.h"
#include "base/num.h"

/* "1.5s", "200ms", "3": seconds without a unit; in ns. */
static bool read_time(struct str s, int64_t *ns)
{
	static const struct { struct str name; double ns; } units[] = {
		{ STR("ns"), 1 }, { STR("us"), 1e3 }, { STR("ms"), 1e6 },
		{ STR("min"), 60e9 }, { STR("h"), 3600e9 }, { STR("s"), 1e9 },
	};
	double factor = 1e9, value;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (!str_ends(s, units[i].name))
			continue;
		factor = units[i].ns;
		s = str_head(s, s.n - units[i].name.n);
		break;
	}
	if (!num_double(s, &value) || value < 0 || value * factor >= 0x1p62)
		return false;
	*ns = (int64_t)(value * factor + 0.5);
	return true;
}

/* "A,B", "A,", ",B" or "B" */
static const char *set_window(void *settings, const char *value)
{
	struct want_window *w = &((struct settings *)settings)->want.window;
	struct str to = str_of(value), from = STR("");
	*w = (struct want_window){ .is_set = true, .to = INT64_MAX };
	if (strchr(value, ','))
		from = str_cut(&to, ',');
	else if (to.n == 0)
		return "a time is needed, as in 1.5s, or two as in 200ms,3s";
	if ((from.n && !read_time(from, &w->from)) || (to.n && !read_time(to, &w->to)))
		return "times are numbers with ns, us, ms, s, min or h, as in 200ms,3s";
	return w->from <= w->to ? NULL : "the window ends before it begins";
}

static const char *add_map(void *settings, const char *value)
{
	const char *equals = strchr(value, '=');
	if (equals == NULL || equals == value)
		return "OLD=NEW is needed, the beginnings of two paths";
	opt_list_add(&((struct settings *)settings)->maps, value);
	return NULL;
}

/* "k1,k2" */
static const char *add_keys(struct settings *settings, struct opt_list *list,
			    const char *value)
{
	struct str rest = str_of(value);
	while (rest.n > 0) {
		struct str key = str_trim(str_cut(&rest, ','));
		if (key.n > 0)
			opt_list_add(list, arena_copy(&settings->parsed.arena, key).p);
	}
	return list->count ? NULL : "keys of labels are needed, as in worker,request";
}

static const char *add_tagroot(void *to, const char *value)
{
	struct settings *settings = to;
	return add_keys(settings, &settings->tagroot, value);
}

static const char *add_tagleaf(void *to, const char *value)
{
	struct settings *settings = to;
	return add_keys(settings, &settings->tagleaf, value);
}

const struct opt options_recording[] = {
	{ .name = "time", .kind = OPT_CALL, .call = set_window, .argument = "A,B",
	  .help = "count what happened from A to B, or until B; as in 1.5s, 200ms or 2min" },
	{ .name = "snapshot", .kind = OPT_STR, OPT_AT(want.snapshot), .argument = "N",
	  .help = "which of several snapshots: peak, last or its number" },
	{ .name = "suppressions", .kind = OPT_LIST, OPT_AT(suppressions),
	  .argument = "FILE", .complete = OPT_COMPLETE_FILE,
	  .help = "leaks that are known, as LeakSanitizer reads them; repeatable" },
	{ .name = "no-suppressions", .kind = OPT_SET, OPT_AT(want.no_suppressions),
	  .help = "without the suppressions that are built in or in the recording" },
	{ .name = "raw-counts", .kind = OPT_SET, OPT_AT(want.raw_counts),
	  .help = "leave counts of sampled allocations as they are written" },
	{ .name = "tagroot", .kind = OPT_CALL, .call = add_tagroot, .argument = "KEY",
	  .help = "values of these labels become frames, outermost; as in key,key" },
	{ .name = "tagleaf", .kind = OPT_CALL, .call = add_tagleaf, .argument = "KEY",
	  .help = "the same, innermost" },
	{ .name = "all-frames", .kind = OPT_SET, OPT_AT(want.all_frames),
	  .help = "also frames that the profile itself says to leave out" },
	{ .name = "sysroot", .kind = OPT_TEXT, OPT_AT(want.sysroot), .argument = "DIR",
	  .complete = OPT_COMPLETE_FILE,
	  .help = "look for the recorded programs and libraries below DIR" },
	{ .name = "map", .kind = OPT_CALL, .call = add_map, .argument = "OLD=NEW",
	  .help = "look below NEW for what was recorded below OLD; repeatable" },
	{ 0 },
};
