/* SPDX-License-Identifier: Apache-2.0 */
#include "model/filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "model/match.h"

static bool finds(const char *pattern, struct str subject)
{
	struct buf message = { 0 };
	struct match *m = match_new(str_of(pattern), &message);
	assert_non_null(m);
	bool found = match_find(m, subject);
	match_free(m);
	buf_free(&message);
	return found;
}

static void patterns_are_looked_for_anywhere(void **state)
{
	(void)state;
	assert_true(finds("b", STR("abc")));
	assert_false(finds("^b", STR("abc")));
	assert_true(finds("^a.*c$", STR("abc")));
	assert_true(finds("", STR("")));
	assert_true(finds("caf\xc3\xa9", STR("un caf\xc3\xa9")));
	assert_true(finds("x", STR("\xff\xfex")));
	assert_true(finds("b", STR("a\0b")));
}

static void wrong_patterns_say_why(void **state)
{
	(void)state;
	static const char *const wrong[] = { "a(", "[", "a{2,1}", "(?<n>a)(?<n>b)", "\\" };
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct buf message = { 0 };
		assert_null(match_new(str_of(wrong[i]), &message));
		assert_true(message.n > 0);
		buf_clear(&message);
		struct want want = { .show_from = &wrong[i], .show_from_count = 1 };
		assert_false(filter_check(&want, &message));
		assert_true(message.n > 0);
		buf_free(&message);
	}
}

/* A match that would take longer than anybody waits counts as none. */
static void hopeless_matches_end(void **state)
{
	(void)state;
	char subject[4096];
	memset(subject, 'a', sizeof(subject));
	subject[sizeof(subject) - 1] = 'b';
	clock_t start = clock();
	assert_false(finds("^(a+)+$", (struct str){ subject, sizeof(subject) }));
	assert_false(finds("^(a|aa)+$", (struct str){ subject, sizeof(subject) }));
	assert_true((clock() - start) / CLOCKS_PER_SEC < 20);
}

enum { MAIN, RUN, IDLE, OTHER, FRAMES };

static void make(struct profile *p)
{
	static const char *const names[FRAMES] = { "main", "run", "do_idle", "other" };
	profile_init(p);
	for (uint32_t i = 0; i < FRAMES; i++) {
		uint32_t name = profile_name_text(p, str_of(names[i]));
		uint32_t full = i == RUN ? profile_text(p, STR("int run(char)")) : ID_NONE;
		assert_int_equal(profile_frame(p, name, FRAME_USER, full, ID_NONE), i);
	}
}

/* How many frames go, -1 for all of it. */
static int64_t apply(struct want want, const uint32_t *frames, uint32_t depth, bool *cut)
{
	struct profile p;
	struct filter f;
	make(&p);
	filter_init(&f, &p, &want);
	int64_t skip = filter_apply(&f, frames, depth, cut);
	filter_free(&f);
	profile_free(&p);
	return skip;
}

static void stacks_are_cut_and_dropped(void **state)
{
	(void)state;
	static const uint32_t stack[] = { MAIN, RUN, OTHER, RUN, OTHER };
	static const uint32_t idle[] = { MAIN, IDLE, OTHER };
	static const char *const run[] = { "run" }, *const full[] = { "int run(char)" };
	static const char *const pattern[] = { "^int run" }, *const none[] = { "nothing" };
	bool cut;
	assert_int_equal(apply((struct want){ 0 }, stack, 5, &cut), 0);
	assert_false(cut);
	assert_int_equal(apply((struct want){ .skip_after = run, .skip_after_count = 1 }, stack,
			       5, &cut), 3);
	assert_true(cut);
	assert_int_equal(apply((struct want){ .skip_after = full, .skip_after_count = 1 }, stack,
			       5, &cut), 3);
	assert_int_equal(apply((struct want){ .show_from = pattern, .show_from_count = 1 }, stack,
			       5, &cut), 1);
	assert_true(cut);
	assert_int_equal(apply((struct want){ .show_from = none, .show_from_count = 1 }, stack, 5,
			       &cut), -1);
	assert_int_equal(apply((struct want){ .skip_after = none, .skip_after_count = 1 }, stack,
			       5, &cut), 0);
	assert_false(cut);
	assert_int_equal(apply((struct want){ .no_idle = true }, idle, 3, &cut), -1);
	assert_int_equal(apply((struct want){ .no_idle = true }, stack, 5, &cut), 0);
	assert_int_equal(apply((struct want){ .show_from = none, .show_from_count = 1 }, NULL, 0,
			       &cut), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_are_looked_for_anywhere),
		cmocka_unit_test(wrong_patterns_say_why),
		cmocka_unit_test(hopeless_matches_end),
		cmocka_unit_test(stacks_are_cut_and_dropped),
	};
	return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
