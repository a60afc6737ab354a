/* SPDX-License-Identifier: Apache-2.0 */
#include "write/pprof_types.h"

#include "base/alloc.h"

/* Of metrics that other formats have told, what pprof's own reports look for. */
struct str pprof_types_name(const struct series_item *item)
{
	static const struct { struct str name, type; } known[] = {
		{ STR("total"), STR("alloc_space") }, { STR("blocks"), STR("alloc_objects") },
		{ STR("live"), STR("inuse_space") }, { STR("live-blocks"), STR("inuse_objects") },
	};
	if (item->own.p)
		return item->own;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (item->is_metric && str_eq(known[i].name, item->name))
			return known[i].type;
	return item->name;
}

struct str pprof_types_unit(const struct series_item *item)
{
	if (item->own.p)
		return item->own_unit;
	/* What is counted is told by the names that pprof knows, else by the unit. */
	if (str_eq(item->unit, STR("blocks")) && str_eq(pprof_types_name(item), item->name))
		return item->unit;
	if (item->unit.n == 0 || str_eq(item->unit, STR("samples")) ||
	    str_eq(item->unit, STR("blocks")))
		return STR("count");
	return metrics_long_unit(item->unit);
}

struct str pprof_types_program(struct str title)
{
	ptrdiff_t blank = str_chr(title, ' ');
	return str_basename(blank > 0 ? str_head(title, (size_t)blank) : title);
}
