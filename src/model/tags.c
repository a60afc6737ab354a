/* SPDX-License-Identifier: Apache-2.0 */
#include "model/tags.h"

#include <inttypes.h>

static void add_value(struct buf *out, const struct profile *p, const struct label *label)
{
	if (label->text != ID_NONE) {
		buf_add(out, intern_text(&p->text, label->text));
		return;
	}
	buf_addf(out, "%" PRId64, label->number);
	if (label->unit != ID_NONE) {
		buf_addc(out, ' ');
		buf_add(out, intern_text(&p->text, label->unit));
	}
}

static void push_key(struct samples *s, uint32_t set, struct str key)
{
	struct profile *p = s->profile;
	struct buf name = { 0 };
	uint32_t count;
	const struct label *labels = labels_of(&p->labels, set, &count);
	for (uint32_t i = 0; i < count; i++) {
		if (!str_eq(intern_text(&p->text, labels[i].key), key))
			continue;
		if (name.n)
			buf_addc(&name, ',');
		add_value(&name, p, &labels[i]);
	}
	if (name.n) {
		uint32_t text = profile_name_text(p, buf_str(&name));
		sample_push(s, profile_frame(p, text, frame_kind_of(buf_str(&name)),
					     ID_NONE, ID_NONE));
	}
	buf_free(&name);
}

/* The innermost first: the last one. */
static void push(struct samples *s, uint32_t set, const char *const *keys, size_t count)
{
	while (set && count-- > 0)
		push_key(s, set, str_of(keys[count]));
}

void tags_push_leaf(struct samples *s, const struct want *w, uint32_t labels)
{
	push(s, labels, w->tagleaf, w->tagleaf_count);
}

void tags_push_root(struct samples *s, const struct want *w, uint32_t labels)
{
	push(s, labels, w->tagroot, w->tagroot_count);
}
