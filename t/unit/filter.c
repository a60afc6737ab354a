/* SPDX-License-Identifier: Apache-2.0 */
#include "model/filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "grown.h"
#include "model/match.h"
#include "model/rename.h"

/* Patterns */

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
	static const struct { const char *text; size_t at; } wrong[] = {
		{ "a(", 2 }, { "[", 1 }, { "\\", 1 }, { "a(?<n>b", 7 },
	};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct match_error error = { 0 };
		struct buf message = { 0 };
		assert_null(match_new(str_of(wrong[i].text), &message));
		assert_true(message.n > 0);
		assert_null(match_try(str_of(wrong[i].text), false, &error));
		assert_true(error.why.n > 0);
		assert_int_equal(error.at, wrong[i].at);
		buf_free(&error.why);
		buf_free(&message);
	}
}

/* Long names need more room than the code of a pattern has by itself. */
static void long_names_match(void **state)
{
	(void)state;
	char subject[8000];
	memset(subject, 'a', sizeof(subject));
	assert_true(finds("^(?:a|b|(c))*$", (struct str){ subject, sizeof(subject) }));
	subject[sizeof(subject) - 1] = 'x';
	assert_true(finds("^(?:a|b|(c))*x", (struct str){ subject, sizeof(subject) }));
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

/* New names */

static void assert_renamed(const char *text, const char *name, const char *expected)
{
	struct match_error error = { 0 };
	struct rename *r = rename_new(str_of(text), &error);
	struct buf out = { 0 };
	assert_non_null(r);
	bool changed = rename_apply(r, str_of(name), &out);
	assert_string_equal(changed ? buf_cstr(&out) : "unchanged", expected);
	buf_free(&out);
	rename_free(r);
}

static void names_are_replaced(void **state)
{
	(void)state;
	assert_renamed("s/a/b/", "banana", "bbnana");
	assert_renamed("s/a/b/g", "banana", "bbnbnb");
	assert_renamed("s/A/b/gi", "banana", "bbnbnb");
	assert_renamed("s/x/b/", "banana", "unchanged");
	assert_renamed("s/^(\\w+)::(\\w+)$/$2 of \\1/", "geo::area", "area of geo");
	assert_renamed("s/(?<what>an)/[${what}${1}$&]/", "banana", "b[ananan]ana");
	assert_renamed("s|a|/|g", "aba", "/b/");
	assert_renamed("s/\\//\\\\/", "a/b", "a\\b");
	assert_renamed("s,a\\,b,x\\,y,", "a,b", "x,y");
	assert_renamed("s/a/$$/", "a", "$");
	assert_renamed("s$a$\\$$", "a", "$");
	assert_renamed("s/a|(b)/<$1>/g", "ab", "<><b>");
	assert_renamed("s/.*//", "all", "");
}

static void assert_wrong_rename(const char *text, size_t at)
{
	struct match_error error = { 0 };
	assert_null(rename_new(str_of(text), &error));
	assert_true(error.why.n > 0);
	assert_int_equal(error.at, at);
	buf_free(&error.why);
}

static void wrong_replacements_say_where(void **state)
{
	(void)state;
	assert_wrong_rename("", 0);
	assert_wrong_rename("y/a/b/", 0);
	assert_wrong_rename("s", 1);
	assert_wrong_rename("saba", 1);
	assert_wrong_rename("s a b ", 1);
	assert_wrong_rename("s/a", 3);
	assert_wrong_rename("s/a/b", 5);
	assert_wrong_rename("s/a\\/b", 6);
	assert_wrong_rename("s/a/b/x", 6);
	assert_wrong_rename("s/a(/b/", 4);
	assert_wrong_rename("s/a/x$1/", 5);
	assert_wrong_rename("s/a/$/", 4);
	assert_wrong_rename("s/(?<n>a)/${m}/", 10);
	assert_wrong_rename("s/a/${1/", 4);
	assert_wrong_rename("s/a/\\n/", 4);
	assert_wrong_rename("s/a/$99999999999999999999/", 4);
}

static void threads_lose_their_numbers(void **state)
{
	(void)state;
	static const char *const names[][2] = {
		{ "worker-12", "worker-*" }, { "pool-1-thread-23", "pool-*-thread-*" },
		{ "thread7", "thread*" }, { "x86_64", "x86_*" }, { "a1b", "a1b" },
		{ "", "" }, { "7", "*" }, { "GC Thread#0", "GC Thread#*" },
		{ "kworker/3:1H", "kworker/" "*:" "*H" },
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct buf out = { 0 };
		rename_add_thread(&out, str_of(names[i][0]));
		assert_string_equal(buf_cstr(&out), names[i][1]);
		buf_free(&out);
	}
}

/* Stacks */

struct filtering {
	enum filter_kind kind;
	const char *text;
};

static struct filter *made(const struct filtering *steps)
{
	struct filter *f = filter_new();
	struct match_error error = { 0 };
	for (; steps->text; steps++)
		assert_true(filter_add(f, steps->kind, str_of(steps->text), &error));
	return f;
}

static void add_stacks(struct buf *out, const struct stacks *s)
{
	for (uint32_t i = 0; i < s->count; i++) {
		const struct stacks_item *item = &s->items[i];
		buf_addf(out, "%s", i ? ", " : "");
		for (uint32_t d = 0; d < item->depth; d++) {
			struct str name = profile_name(s->profile, s->pool[item->first + d]);
			buf_addf(out, "%s%.*s", d ? ";" : "", STR_ARG(name));
		}
		buf_addf(out, " %lld", (long long)item->value[0]);
	}
}

static void assert_filtered(const char *lines, const struct filtering *steps,
			    const char *expected)
{
	struct filter *f = made(steps);
	struct grown g;
	struct buf text = { 0 };
	grown_make(&g, lines, (struct want){ .filter = f });
	add_stacks(&text, &g.stacks);
	assert_string_equal(buf_cstr(&text), expected);
	int64_t sum = 0;
	for (uint32_t i = 0; i < g.stacks.count; i++)
		sum += g.stacks.items[i].value[0];
	assert_int_equal(sum, g.stacks.total[0]);
	buf_free(&text);
	grown_free(&g);
	filter_free(f);
}

#define STEPS(...) (const struct filtering[]){ __VA_ARGS__, { 0, NULL } }

static const char few[] = "a;b;c;b;d 1\na;c 2\nd;a 4\n";

static void each_step_does_what_it_says(void **state)
{
	(void)state;
	assert_filtered(few, STEPS({ FILTER_FOCUS, "b|d" }), "a;b;c;b;d 1, d;a 4");
	assert_filtered(few, STEPS({ FILTER_IGNORE, "b" }), "a;c 2, d;a 4");
	assert_filtered(few, STEPS({ FILTER_HIDE, "[ac]" }), "b;b;d 1, d 4");
	assert_filtered(few, STEPS({ FILTER_SHOW, "[bd]" }), "b;b;d 1, d 4");
	assert_filtered(few, STEPS({ FILTER_SHOW_FROM, "b|c" }), "b;c;b;d 1, c 2");
	assert_filtered(few, STEPS({ FILTER_PRUNE_FROM, "b|c" }), "a;b;c;b 1, a;c 2, d;a 4");
	assert_filtered(few, STEPS({ FILTER_BASE, "b" }), "b;c;b;d 1");
	assert_filtered(few, STEPS({ FILTER_SKIP_AFTER, "b" }), "a;c 2, b;d 1, d;a 4");
	assert_filtered(few, STEPS({ FILTER_MERGE_FUNCTION, "[acd]" }), "[no stack] 6, b;b 1");
	assert_filtered(few, STEPS({ FILTER_DROP_FUNCTION, "c" }), "d;a 4");
	assert_filtered(few, STEPS({ FILTER_COLLAPSE_SUBTREE, "b|d" }), "a;b 1, a;c 2, d 4");
	assert_filtered(few, STEPS({ FILTER_DEPTH, "1" }), "a 3, d 4");
	assert_filtered(few, STEPS({ FILTER_REVERSE, "" }), "a;d 4, c;a 2, d;b;c;b;a 1");
	assert_filtered("a;do_idle;b 1\nc 2\n", STEPS({ FILTER_NO_IDLE, "" }), "c 2");
	assert_filtered("w-1;f 1\nw-2;f 2\nx;w-2 4\n", STEPS({ FILTER_MERGE_THREADS, "" }),
			"w-*;f 3, x;w-2 4");
	assert_filtered(few, STEPS({ FILTER_RENAME, "s/[ab]/x/" }), "d;x 4, x;c 2, x;x;c;x;d 1");
	assert_filtered(few, STEPS({ FILTER_RENAME, "s/^a$//" }),
			"[no name];b;c;b;d 1, [no name];c 2, d;[no name] 4");
}

static void recursion_is_collapsed(void **state)
{
	(void)state;
	static const char lines[] = "a;a;b;b_[i];a;c;a;d 1\nx;y;x;y 2\nz 4\n";
	assert_filtered(lines, STEPS({ FILTER_COLLAPSE_DIRECT, "" }),
			"a;b;a;c;a;d 1, x;y;x;y 2, z 4");
	assert_filtered(lines, STEPS({ FILTER_COLLAPSE_CYCLE, "" }), "a;d 1, x;y 2, z 4");
	assert_filtered("a;b;c;b;a;c 1\n", STEPS({ FILTER_COLLAPSE_CYCLE, "" }), "a;c 1");
}

static void order_matters(void **state)
{
	(void)state;
	assert_filtered(few, STEPS({ FILTER_HIDE, "b" }, { FILTER_FOCUS, "b" }), "");
	assert_filtered(few, STEPS({ FILTER_FOCUS, "b" }, { FILTER_HIDE, "b" }), "a;c;d 1");
	assert_filtered(few, STEPS({ FILTER_DEPTH, "1" }, { FILTER_REVERSE, "" }), "a 3, d 4");
	assert_filtered(few, STEPS({ FILTER_REVERSE, "" }, { FILTER_DEPTH, "1" }),
			"a 4, c 2, d 1");
	assert_filtered(few, STEPS({ FILTER_RENAME, "s/b/q/" }, { FILTER_FOCUS, "q" }),
			"a;q;c;q;d 1");
	assert_filtered(few, STEPS({ FILTER_FOCUS, "q" }, { FILTER_RENAME, "s/b/q/" }), "");
	assert_filtered(few, STEPS({ FILTER_REVERSE, "" }, { FILTER_REVERSE, "" }),
			"a;b;c;b;d 1, a;c 2, d;a 4");
	assert_filtered(few, STEPS({ FILTER_REVERSE, "" }, { FILTER_SHOW_FROM, "c" }),
			"c;a 2, c;b;a 1");
}

static void neighbours_that_cut_are_one_step(void **state)
{
	(void)state;
	assert_filtered(few, STEPS({ FILTER_SHOW_FROM, "b" }, { FILTER_BASE, "d" }),
			"b;c;b;d 1, d;a 4");
	assert_filtered(few, STEPS({ FILTER_SHOW_FROM, "^[bd]" }, { FILTER_HIDE, "c" },
				   { FILTER_SHOW_FROM, "d" }), "d 1, d;a 4");
	assert_filtered(few, STEPS({ FILTER_SKIP_AFTER, "b" }, { FILTER_SKIP_AFTER, "c" }),
			"b;d 1, c 2, d;a 4");
}

static void small_shares_become_other(void **state)
{
	(void)state;
	static const char lines[] = "a;b;c 1\na;b;d 2\na;e 96\nf 1\n";
	assert_filtered(lines, STEPS({ FILTER_MIN, "3" }), "[other] 1, a;b;[other] 3, a;e 96");
	assert_filtered(lines, STEPS({ FILTER_MIN, "5%" }), "[other] 1, a;[other] 3, a;e 96");
	assert_filtered(lines, STEPS({ FILTER_MIN, "0" }), "a;b;c 1, a;b;d 2, a;e 96, f 1");
	assert_filtered(lines, STEPS({ FILTER_MIN, "5" }, { FILTER_MIN, "5" }),
			"[other] 1, a;[other] 3, a;e 96");
	assert_filtered(lines, STEPS({ FILTER_MIN, "5" }, { FILTER_HIDE, "other" }),
			"a 3, a;e 96");
	assert_filtered(lines, STEPS({ FILTER_HIDE, "[be]" }, { FILTER_MIN, "2" }),
			"[other] 1, a 96, a;[other] 1, a;d 2");
	assert_filtered(lines, STEPS({ FILTER_REVERSE, "" }, { FILTER_MIN, "2" },
				     { FILTER_REVERSE, "" }, { FILTER_FOCUS, "b|other" }),
			"[other] 2, a;b;d 2");
}

static void what_found_nothing_is_told(void **state)
{
	(void)state;
	struct filter *f = made(STEPS({ FILTER_FOCUS, "b" }, { FILTER_HIDE, "zz" },
				      { FILTER_DEPTH, "9" }, { FILTER_TAG_IGNORE, "pid=3" }));
	struct grown g;
	struct buf text = { 0 };
	unsigned step = 0;
	grown_make(&g, few, (struct want){ .filter = f });
	assert_true(filter_add_unmatched(f, &text, &step));
	assert_true(filter_add_unmatched(f, &text, &step));
	assert_false(filter_add_unmatched(f, &text, &step));
	assert_string_equal(buf_cstr(&text), "--hide=zz--tagignore=pid=3");
	buf_clear(&text);
	assert_true(filter_add_dropper(f, &text));
	assert_string_equal(buf_cstr(&text), "--focus=b");
	assert_int_equal(g.stacks.total[0], 1);
	assert_int_equal(g.stacks.total_before, 7);
	buf_free(&text);
	grown_free(&g);
	filter_free(f);
}

/* Attributes and modules, which folded text has not */

static void tagged(struct profile *p)
{
	static const struct { const char *comm; int64_t pid, cpu; } groups[] = {
		{ "java", 12, 0 }, { "java", 13, 1 }, { "awk", 123, 1 }, { "awk", -1, -1 },
	};
	profile_init(p);
	p->column_count = 1;
	uint32_t event = profile_event(p, STR("cycles:u"), STR("cycles"));
	uint32_t frame = profile_frame(p, profile_text(p, STR("f")), FRAME_USER, ID_NONE,
				       profile_text(p, STR("/lib/libc.so.6")));
	uint32_t main = profile_frame(p, profile_text(p, STR("main")), FRAME_USER,
				      profile_text(p, STR("main(int, char**)")),
				      profile_text(p, STR("/usr/bin/java")));
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		struct group g = {
			.event = event, .comm = profile_text(p, str_of(groups[i].comm)),
			.pid = groups[i].pid, .tid = -1, .cpu = (int32_t)groups[i].cpu,
		};
		struct label labels[] = {
			{ profile_text(p, STR("request")), ID_NONE, ID_NONE, 4096 << i },
			{ profile_text(p, STR("wait")), ID_NONE, profile_text(p, STR("ms")), 7 },
			{ profile_text(p, STR("user")), g.comm, ID_NONE, 0 },
		};
		g.labels = labels_add(&p->labels, labels, i == 3 ? 0 : 3);
		uint32_t group = profile_group(p, &g), frames[] = { main, frame, frame };
		int64_t values[COLUMNS_MAX] = { (int64_t)1 << i };
		profile_append(p, frames, 3, false, group, values);
	}
}

static void assert_tagged(const struct filtering *steps, const char *expected)
{
	struct profile p;
	struct stacks s;
	struct filter *f = made(steps);
	struct buf text = { 0 };
	uint32_t event = 0;
	struct want want = { .filter = f };
	tagged(&p);
	assert_true(stacks_select(&s, &p, &want, &event, 1));
	add_stacks(&text, &s);
	assert_string_equal(buf_cstr(&text), expected);
	buf_free(&text);
	stacks_free(&s);
	profile_free(&p);
	filter_free(f);
}

static void tags_choose_stacks(void **state)
{
	(void)state;
	static const struct { const char *text, *expected; } cases[] = {
		{ "pid=12", "java;main;f;f 1" },
		{ "pid=13:", "awk;main;f;f 4, java;main;f;f 2" },
		{ "pid=:12", "java;main;f;f 1" },
		{ "pid=12:13", "java;main;f;f 3" },
		{ "pid=^12", "awk;main;f;f 4, java;main;f;f 1" },
		{ "pid=^12$,^13$", "java;main;f;f 3" },
		{ "cpu=1", "awk;main;f;f 4, java;main;f;f 2" },
		{ "1", "awk;main;f;f 4, java;main;f;f 2" },
		{ "comm=^aw", "awk;main;f;f 12" },
		{ "java,cpu:1", "java;main;f;f 2" },
		{ "comm=1", "" },
		{ "event=cycles", "awk;main;f;f 12, java;main;f;f 3" },
		{ "tid=0:", "" },
		{ "request=8kb", "java;main;f;f 2" },
		{ "request=8192bytes:", "awk;main;f;f 4, java;main;f;f 2" },
		{ "request=8192", "" },
		{ "request=:1mb", "awk;main;f;f 4, java;main;f;f 3" },
		{ "wait=7000us:0.1s", "" },
		{ "wait=7000us:1s", "awk;main;f;f 4, java;main;f;f 3" },
		{ "wait=7", "" },
		{ "wait=ms", "" },
		{ "user=^j", "java;main;f;f 3" },
		{ "user:java,comm:", "java;main;f;f 3" },
		{ "other=1", "" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_tagged(STEPS({ FILTER_TAG_FOCUS, cases[i].text }), cases[i].expected);
	assert_tagged(STEPS({ FILTER_TAG_IGNORE, "pid=12:13" }), "awk;main;f;f 12");
}

static void process_names_are_no_functions(void **state)
{
	(void)state;
	assert_tagged(STEPS({ FILTER_FOCUS, "awk" }), "");
	assert_tagged(STEPS({ FILTER_DEPTH, "1" }), "awk;main 12, java;main 3");
	assert_tagged(STEPS({ FILTER_MERGE_FUNCTION, "." }), "awk 12, java 3");
	assert_tagged(STEPS({ FILTER_HIDE, "." }), "");
	assert_tagged(STEPS({ FILTER_SHOW_FROM, "f" }), "f;f 15");
	assert_tagged(STEPS({ FILTER_REVERSE, "" }, { FILTER_DEPTH, "1" }), "f;awk 12, f;java 3");
	assert_tagged(STEPS({ FILTER_MIN, "30" }, { FILTER_DEPTH, "1" }),
		      "[other] 3, awk;main 12");
	assert_tagged(STEPS({ FILTER_REVERSE, "" }, { FILTER_MIN, "30" }, { FILTER_DEPTH, "2" }),
		      "f;f;[other] 3, f;f;awk 12");
}

static void modules_and_full_names_are_looked_at(void **state)
{
	(void)state;
	assert_tagged(STEPS({ FILTER_HIDE, "bin/java" }), "awk;f;f 12, java;f;f 3");
	assert_tagged(STEPS({ FILTER_SHOW, "libc" }), "awk;f;f 12, java;f;f 3");
	assert_tagged(STEPS({ FILTER_MERGE_FUNCTION, "libc" }),
		      "awk;main;f;f 12, java;main;f;f 3");
	assert_tagged(STEPS({ FILTER_COLLAPSE_MODULE, "libc" }),
		      "awk;main;[libc.so.6] 12, java;main;[libc.so.6] 3");
	assert_tagged(STEPS({ FILTER_HIDE, "int, char" }), "awk;f;f 12, java;f;f 3");
	assert_tagged(STEPS({ FILTER_PRUNE_FROM, "^main$" }), "awk;main 12, java;main 3");
	assert_tagged(STEPS({ FILTER_PRUNE_FROM, "int, char" }),
		      "awk;main;f;f 12, java;main;f;f 3");
	assert_tagged(STEPS({ FILTER_SKIP_AFTER, "main(int, char**)" }), "main;f;f 15");
}

static void arguments_are_checked(void **state)
{
	(void)state;
	static const struct { enum filter_kind kind; const char *text; size_t at; } wrong[] = {
		{ FILTER_FOCUS, "a(b", 3 }, { FILTER_DEPTH, "0", FILTER_NOWHERE },
		{ FILTER_DEPTH, "-1", FILTER_NOWHERE }, { FILTER_DEPTH, "x", FILTER_NOWHERE },
		{ FILTER_MIN, "101", FILTER_NOWHERE }, { FILTER_MIN, "nan", FILTER_NOWHERE },
		{ FILTER_MIN, "", FILTER_NOWHERE }, { FILTER_TAG_FOCUS, "x=1x(", 5 },
		{ FILTER_TAG_FOCUS, "comm=a,b(", 9 }, { FILTER_RENAME, "s/a/", 4 },
	};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct filter *f = filter_new();
		struct match_error error = { 0 };
		assert_false(filter_add(f, wrong[i].kind, str_of(wrong[i].text), &error));
		assert_int_equal(error.at, wrong[i].at);
		assert_true(error.why.n > 0);
		assert_true(filter_is_empty(f));
		buf_free(&error.why);
		filter_free(f);
	}
}

static void steps_have_an_end(void **state)
{
	(void)state;
	struct filter *f = filter_new();
	struct match_error error = { 0 };
	for (unsigned i = 0; i < FILTER_STEPS_MAX; i++)
		assert_true(filter_add(f, i % 2 ? FILTER_REVERSE : FILTER_MIN, STR("1"),
				       &error));
	assert_false(filter_add(f, FILTER_FOCUS, STR("a"), &error));
	assert_int_equal(filter_parts(f), FILTER_STEPS_MAX / 2 + 1);
	assert_false(filter_reverses(f));
	buf_free(&error.why);
	filter_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_are_looked_for_anywhere),
		cmocka_unit_test(wrong_patterns_say_why),
		cmocka_unit_test(long_names_match),
		cmocka_unit_test(hopeless_matches_end),
		cmocka_unit_test(names_are_replaced),
		cmocka_unit_test(wrong_replacements_say_where),
		cmocka_unit_test(threads_lose_their_numbers),
		cmocka_unit_test(each_step_does_what_it_says),
		cmocka_unit_test(recursion_is_collapsed),
		cmocka_unit_test(order_matters),
		cmocka_unit_test(neighbours_that_cut_are_one_step),
		cmocka_unit_test(small_shares_become_other),
		cmocka_unit_test(what_found_nothing_is_told),
		cmocka_unit_test(tags_choose_stacks),
		cmocka_unit_test(process_names_are_no_functions),
		cmocka_unit_test(modules_and_full_names_are_looked_at),
		cmocka_unit_test(arguments_are_checked),
		cmocka_unit_test(steps_have_an_end),
	};
	return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
