/* SPDX-License-Identifier: Apache-2.0 */
#include "model/profile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "model/samples.h"

static uint32_t frame(struct profile *p, const char *name, enum frame_kind kind)
{
	return profile_frame(p, profile_name_text(p, str_of(name)), kind, ID_NONE, ID_NONE);
}

static uint32_t group(struct profile *p, const char *event, int64_t pid)
{
	struct group g = {
		profile_event(p, str_of(event), STR("ns")), ID_NONE, pid, -1, -1, 0,
	};
	return profile_group(p, &g);
}

static void frames_are_names_and_kinds(void **state)
{
	(void)state;
	struct profile p;
	profile_init(&p);
	uint32_t user = frame(&p, "f", FRAME_USER);
	assert_int_equal(frame(&p, "f", FRAME_USER), user);
	assert_int_not_equal(frame(&p, "f", FRAME_KERNEL), user);
	assert_int_not_equal(frame(&p, "g", FRAME_USER), user);
	assert_true(str_eq(profile_name(&p, user), STR("f")));
	assert_int_equal(p.frame_count, 3);
	profile_free(&p);
}

static void attributes_of_a_frame_may_differ(void **state)
{
	(void)state;
	struct profile p;
	profile_init(&p);
	uint32_t name = profile_text(&p, STR("f")), a = profile_text(&p, STR("a.so"));
	uint32_t b = profile_text(&p, STR("b.so"));
	uint32_t id = profile_frame(&p, name, FRAME_USER, ID_NONE, ID_NONE);
	assert_int_equal(p.frames[id].module, ID_NONE);
	profile_frame(&p, name, FRAME_USER, ID_NONE, a);
	assert_int_equal(p.frames[id].module, a);
	profile_frame(&p, name, FRAME_USER, ID_NONE, ID_NONE);
	assert_int_equal(p.frames[id].module, a);
	profile_frame(&p, name, FRAME_USER, b, b);
	assert_int_equal(p.frames[id].module, ID_SEVERAL);
	assert_int_equal(p.frames[id].full, b);
	profile_frame(&p, name, FRAME_USER, ID_NONE, a);
	assert_int_equal(p.frames[id].module, ID_SEVERAL);
	profile_free(&p);
}

static void names_can_stand_in_folded_text(void **state)
{
	(void)state;
	static const struct { const char *raw, *name; } names[] = {
		{ "plain name", "plain name" }, { "a;b", "a:b" }, { "a\nb", "a\\x0ab" },
		{ "\x1b[31m", "\\x1b[31m" }, { "tab\there", "tab\\x09here" },
		{ "\x7f", "\\x7f" }, { "caf\xc3\xa9 \xff", "caf\xc3\xa9 \xff" },
	};
	struct profile p;
	profile_init(&p);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		uint32_t id = profile_name_text(&p, str_of(names[i].raw));
		assert_true(str_eq(intern_text(&p.text, id), str_of(names[i].name)));
	}
	profile_free(&p);
}

static void marks_are_cut_off_and_put_on(void **state)
{
	(void)state;
	static const struct { const char *text, *name; enum frame_kind kind; } marks[] = {
		{ "f_[k]", "f", FRAME_KERNEL }, { "f_[i]", "f", FRAME_INLINED },
		{ "f_[j]", "f", FRAME_JIT }, { "f_[w]", "f", FRAME_WAKER },
		{ "f_[0]", "f", FRAME_JIT }, { "f_[1]", "f", FRAME_JIT },
		{ "f_[x]", "f_[x]", FRAME_USER }, { "_[k]", "_[k]", FRAME_USER },
		{ "f[k]", "f[k]", FRAME_USER }, { "", "", FRAME_USER },
		{ "f_[k]_[i]", "f_[k]", FRAME_INLINED },
	};
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		struct str name = str_of(marks[i].text);
		assert_int_equal(frame_kind_unmark(&name), marks[i].kind);
		assert_true(str_eq(name, str_of(marks[i].name)));
	}
	for (int kind = 0; kind < FRAME_KINDS; kind++) {
		struct buf text = { 0 };
		buf_add(&text, STR("f"));
		buf_add(&text, frame_kind_mark((enum frame_kind)kind));
		struct str name = buf_str(&text);
		if (frame_kind_mark((enum frame_kind)kind).n)
			assert_int_equal(frame_kind_unmark(&name), kind);
		assert_true(str_eq(name, STR("f")));
		buf_free(&text);
	}
	assert_int_equal(frame_kind_of(STR("[libc.so.6]")), FRAME_OTHER);
	assert_int_equal(frame_kind_of(STR("-")), FRAME_OTHER);
	assert_int_equal(frame_kind_of(STR("[a")), FRAME_USER);
	assert_int_equal(frame_kind_of(STR("")), FRAME_USER);
}

static void groups_and_events_are_found_again(void **state)
{
	(void)state;
	struct profile p;
	profile_init(&p);
	uint32_t a = group(&p, "cycles", 1);
	assert_int_equal(group(&p, "cycles", 1), a);
	assert_int_not_equal(group(&p, "cycles", 2), a);
	assert_int_not_equal(group(&p, "cycles:u", 1), a);
	assert_int_equal(p.event_count, 2);
	assert_int_equal(p.group_count, 3);
	assert_string_equal(p.events[1].name.p, "cycles:u");
	profile_free(&p);
}

/* More samples than a batch holds, in stacks that come again. */
static void samples_become_distinct_stacks(void **state)
{
	(void)state;
	enum { DISTINCT = 700, ROUNDS = 3 };
	struct profile p;
	struct samples s;
	profile_init(&p);
	samples_init(&s, &p);
	s.leaf_first = true;
	uint32_t g = group(&p, "cycles", -1);
	for (int round = 0; round < ROUNDS; round++)
		for (uint32_t i = 0; i < DISTINCT; i++) {
			sample_push(&s, i);
			sample_push(&s, 1);
			sample_push(&s, 0);
			assert_int_equal(sample_depth(&s), 3);
			sample_pop(&s);
			sample_end(&s, g, (int64_t[]){ i, 1 });
		}
	samples_flush(&s);
	assert_int_equal(s.count, DISTINCT * ROUNDS);
	assert_int_equal(p.stack_count, DISTINCT);
	for (uint32_t i = 0; i < DISTINCT; i++) {
		const struct stack *stack = &p.stacks[i];
		assert_int_equal(stack->depth, 2);
		assert_int_equal(profile_stack_frame(&p, stack, 0), 1);
		assert_int_equal(profile_stack_frame(&p, stack, 1), i);
		assert_int_equal(p.values[i * COLUMNS_MAX], i * ROUNDS);
		assert_int_equal(p.values[i * COLUMNS_MAX + 1], ROUNDS);
	}
	samples_free(&s);
	profile_free(&p);
}

static void a_deep_stack_fits(void **state)
{
	(void)state;
	enum { DEEP = 300000 };
	struct profile p;
	struct samples s;
	profile_init(&p);
	samples_init(&s, &p);
	uint32_t g = group(&p, "", -1);
	sample_end(&s, g, (int64_t[]){ 1, 1 });
	for (uint32_t i = 0; i < DEEP; i++)
		sample_push(&s, i % 5);
	assert_int_equal(sample_depth(&s), DEEP);
	sample_end(&s, g, (int64_t[]){ 2, 1 });
	assert_int_equal(p.stack_count, 2);
	assert_int_equal(p.stacks[0].depth, 0);
	assert_int_equal(p.stacks[1].depth, DEEP);
	samples_free(&s);
	profile_free(&p);
}

static void sums_that_do_not_fit_are_noticed(void **state)
{
	(void)state;
	struct profile p;
	profile_init(&p);
	uint32_t frames[] = { 0 }, hash = profile_hash(frames, 1, 0);
	profile_add(&p, hash, frames, 1, false, 0, (int64_t[]){ INT64_MAX, 0 });
	assert_false(p.overflow);
	profile_add(&p, hash, frames, 1, false, 0, (int64_t[]){ 1, 0 });
	assert_true(p.overflow);
	profile_free(&p);
}

static void scales_only_grow(void **state)
{
	(void)state;
	struct profile p;
	profile_init(&p);
	uint32_t frames[] = { 0 }, hash = profile_hash(frames, 1, 0);
	profile_add(&p, hash, frames, 1, false, 0, (int64_t[]){ 7, 3 });
	profile_rescale(&p, 0, 3);
	profile_rescale(&p, 0, 2);
	assert_int_equal(p.values[0], 7000);
	assert_int_equal(p.values[1], 3);
	assert_int_equal(p.columns[0].scale, 3);
	assert_false(p.overflow);
	profile_rescale(&p, 0, 19);
	assert_true(p.overflow);
	profile_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_are_names_and_kinds),
		cmocka_unit_test(attributes_of_a_frame_may_differ),
		cmocka_unit_test(names_can_stand_in_folded_text),
		cmocka_unit_test(marks_are_cut_off_and_put_on),
		cmocka_unit_test(groups_and_events_are_found_again),
		cmocka_unit_test(samples_become_distinct_stacks),
		cmocka_unit_test(a_deep_stack_fits),
		cmocka_unit_test(sums_that_do_not_fit_are_noticed),
		cmocka_unit_test(scales_only_grow),
	};
	return cmocka_run_group_tests_name("profile", tests, NULL, NULL);
}
