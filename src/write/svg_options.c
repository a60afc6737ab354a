/* SPDX-License-Identifier: Apache-2.0 */
#include "write/svg.h"

#include "base/num.h"

static bool check_detail(struct svg_options *o, struct buf *message)
{
	enum { DETAIL_DEFAULT = 200000 };
	uint64_t count = DETAIL_DEFAULT;
	o->detail_default = !o->detail;
	o->detail_drawn = o->detail && strcmp(o->detail, "drawn") == 0;
	if (o->detail && strcmp(o->detail, "all") == 0) {
		count = UINT32_MAX;
	} else if (o->detail && !o->detail_drawn &&
		   (!num_u64(str_of(o->detail), &count) || count < 1)) {
		buf_addf(message, "detail '%s' is not all, drawn or a number of frames",
			 o->detail);
		return false;
	}
	o->detail_nodes = count < UINT32_MAX ? (uint32_t)count : UINT32_MAX;
	return true;
}

bool svg_check(struct svg_options *o, struct buf *message, struct buf *warnings)
{
	return check_detail(o, message) &&
	       (!o->nameattr ||
		svg_links_open(&o->links, o->nameattr, message, warnings));
}

void svg_options_free(struct svg_options *o)
{
	svg_links_free(&o->links);
}
