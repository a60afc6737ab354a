/* SPDX-License-Identifier: Apache-2.0 */
#include "model/location.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"

struct place {
	const char *symbol, *module, *line;
	uint64_t address, offset;
	bool inlined;
};

struct fixture {
	struct profile profile;
	struct want want;
	struct locations locations;
};

static void begin(struct fixture *f, struct want want)
{
	f->want = want;
	profile_init(&f->profile);
	locations_init(&f->locations, &f->profile, &f->want);
}

static void end(struct fixture *f)
{
	locations_free(&f->locations);
	profile_free(&f->profile);
}

static uint32_t find(struct fixture *f, struct place place)
{
	struct location_key key = {
		.symbol = str_of(place.symbol),
		.module = location_module(&f->locations, str_of(place.module)),
		.line = place.line ? profile_text(&f->profile, str_of(place.line)) : ID_NONE,
		.address = place.address, .offset = place.offset, .inlined = place.inlined,
	};
	return location_find(&f->locations, &key);
}

/* The frames of a place with their marks, leaf first, a blank between. */
static void add_frames(struct fixture *f, uint32_t location, struct buf *out)
{
	uint32_t count;
	const uint32_t *frames = location_frames(&f->locations, location, &count);
	for (uint32_t i = 0; i < count; i++) {
		if (i > 0)
			buf_addc(out, ' ');
		buf_add(out, profile_name(&f->profile, frames[i]));
		buf_add(out, frame_kind_mark(f->profile.frames[frames[i]].kind));
	}
}

static void assert_frames(struct want want, struct place place, const char *expected)
{
	struct fixture f;
	struct buf text = { 0 };
	begin(&f, want);
	add_frames(&f, find(&f, place), &text);
	assert_string_equal(buf_cstr(&text), expected);
	buf_free(&text);
	end(&f);
}

static const struct want plain = { .names.style = NAMES_NOARGS };

static void known_kinds_stay(void **state)
{
	(void)state;
	struct fixture f;
	struct buf text = { 0 };
	begin(&f, plain);
	struct location_key key = {
		.symbol = STR("Lex/Lib.run(int)"), .module = ID_NONE, .line = ID_NONE,
		.kind = FRAME_JIT, .address = UINT64_MAX / 2 + 1,
	};
	add_frames(&f, location_find(&f.locations, &key), &text);
	buf_addc(&text, ' ');
	key.inlined = true;
	add_frames(&f, location_find(&f.locations, &key), &text);
	assert_string_equal(buf_cstr(&text), "Lex/Lib.run_[j] Lex/Lib.run_[i]");
	buf_free(&text);
	end(&f);
}

static void places_become_frames(void **state)
{
	(void)state;
	static const struct { struct place place; const char *expected; } rows[] = {
		{ { "foo(int)", "/usr/bin/app", NULL, 1, 0, false }, "foo" },
		{ { "foo", "", NULL, 1, 0, false }, "foo" },
		{ { "[unknown]", "/usr/lib/libc.so.6", NULL, 1, 0, false }, "[libc.so.6]" },
		{ { "", "/tmp/gone (deleted)", NULL, 1, 0, false }, "[gone]" },
		{ { "[unknown]", "[unknown]", NULL, 1, 0, false }, "[unknown]" },
		{ { "", "", NULL, 1, 0, false }, "[unknown]" },
		{ { "[unknown]", "[vdso]", NULL, 1, 0, false }, "[vdso]" },
		{ { "foo", "/usr/bin/app", NULL, 1, 0, true }, "foo_[i]" },
		{ { "a;b", "/usr/bin/app", NULL, 1, 0, false }, "a:b" },
		{ { "foo", "/tmp/perf-12.map", NULL, 1, 0, false }, "foo_[j]" },
		{ { "foo", "/tmp/jitted-12-3.so", NULL, 1, 0, false }, "foo_[j]" },
		{ { "foo", "/usr/lib/perf-tool.map", NULL, 1, 0, false }, "foo" },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_frames(plain, rows[i].place, rows[i].expected);
}

static void kernel_modules_are_known(void **state)
{
	(void)state;
	static const char *const kernel[] = {
		"[kernel.kallsyms]", "[kernel.vmlinux]", "[guest.kernel.kallsyms]", "[xfs]",
		"[guest.kernel.kallsyms].12", "/lib/modules/6.1/kernel/fs/ext4/ext4.ko",
		"/lib/modules/ext4.ko.xz", "/usr/lib/debug/boot/vmlinux-5.4", "/boot/vmlinux",
		"bpf_prog_6deef7357e7b4530_dump", "[bpf]", "/proc/kcore",
	};
	static const char *const user[] = {
		"[vdso]", "[vsyscall]", "[heap]", "[stack]", "//anon", "/memfd:x (deleted)",
		"/dev/zero (deleted)", "/usr/bin/app", "/opt/my.kotlin/app", "[unknown]",
		"anon_inode:[perf_event]",
	};
	for (size_t i = 0; i < sizeof(kernel) / sizeof(kernel[0]); i++)
		assert_frames(plain, (struct place){ "f", kernel[i], NULL, 1, 0, false }, "f_[k]");
	for (size_t i = 0; i < sizeof(user) / sizeof(user[0]); i++)
		assert_frames(plain, (struct place){ "f", user[i], NULL, 1, 0, false }, "f");
}

static void addresses_tell_the_kernel_where_modules_do_not(void **state)
{
	(void)state;
	uint64_t high = 0xffffffff81000000, garbage = 0xffffffffffffff80;
	assert_frames(plain, (struct place){ "f", "", NULL, high, 0, false }, "f_[k]");
	assert_frames(plain, (struct place){ "", "[unknown]", NULL, high, 0, false },
		      "[unknown]_[k]");
	assert_frames(plain, (struct place){ "", "[unknown]", NULL, garbage, 0, false },
		      "[unknown]");
	assert_frames(plain, (struct place){ "f", "/usr/bin/app", NULL, high, 0, false }, "f");
}

static void java_chains_are_taken_apart(void **state)
{
	(void)state;
	struct place chain = {
		"La/B;::c->La/D;::e->La/F;::g", "/tmp/perf-12.map", NULL, 1, 0, false,
	};
	struct want physical = plain;
	physical.no_inline = true;
	assert_frames(plain, chain, "a/F:::g_[i] a/D:::e_[i] a/B:::c_[j]");
	assert_frames(physical, chain, "a/B:::c_[j]");
	assert_frames(plain, (struct place){ "Handle<T>::operator->() const", "/lib/x.so", NULL,
					     1, 0, false }, "Handle<T>::operator->");
	assert_frames(plain, (struct place){ "Lexicon::Lookup", "/lib/x.so", NULL, 1, 0, false },
		      "Lexicon::Lookup");
}

static void inlined_places_may_be_left_out(void **state)
{
	(void)state;
	struct want want = plain;
	want.no_inline = true;
	assert_frames(want, (struct place){ "f", "/bin/app", NULL, 1, 0, true }, "");
	assert_frames(want, (struct place){ "f", "/bin/app", NULL, 1, 0, false }, "f");
}

static void granularity_makes_the_name(void **state)
{
	(void)state;
	struct place place = { "f(int)", "/bin/app", "dir/a.c:12", 0x401010, 0x10, false };
	struct place bare = { "f(int)", "/bin/app", NULL, 0x401010, 0x10, false };
	static const char *const names[] = {
		[GRANULARITY_FUNCTIONS] = "f",
		[GRANULARITY_FILEFUNCTIONS] = "f:dir/a.c",
		[GRANULARITY_FILES] = "dir/a.c",
		[GRANULARITY_LINES] = "f:dir/a.c:12",
		[GRANULARITY_ADDRESSES] = "f+0x10",
	};
	for (int g = 0; g <= GRANULARITY_ADDRESSES; g++) {
		struct want want = plain;
		want.granularity = (enum granularity)g;
		assert_frames(want, place, names[g]);
		assert_frames(want, bare, g == GRANULARITY_ADDRESSES ? "f+0x10" : "f");
	}
	struct want want = plain;
	want.addrs = true;
	assert_frames(want, (struct place){ "", "/lib/x.so", NULL, 0x7f12, 0, false },
		      "[x.so <7f12>]");
	assert_frames(want, place, "f");
}

static void places_that_look_alike_are_one(void **state)
{
	(void)state;
	struct fixture f;
	begin(&f, plain);
	uint32_t a = find(&f, (struct place){ "f", "/bin/app", NULL, 0x1000, 0, false });
	assert_int_equal(find(&f, (struct place){ "f", "/bin/app", "a.c:1", 0x2000, 9, false }),
			 a);
	uint32_t b = find(&f, (struct place){ "f", "/bin/other", NULL, 0x1000, 0, false });
	assert_int_not_equal(a, b);
	assert_int_equal(f.locations.frame[a], f.locations.frame[b]);
	assert_int_not_equal(find(&f, (struct place){ "f", "/bin/app", NULL, 0, 0, true }), a);
	assert_int_equal(f.profile.frame_count, 2);
	end(&f);
}

static void many_places_are_found_again(void **state)
{
	(void)state;
	enum { PLACES = 20000 };
	struct fixture f;
	begin(&f, plain);
	for (int round = 0; round < 2; round++)
		for (uint32_t i = 0; i < PLACES; i++) {
			struct buf name = { 0 }, module = { 0 };
			buf_addf(&name, "function_%u", i);
			buf_addf(&module, "/usr/lib/lib%u.so", i % 300);
			uint32_t id = find(&f, (struct place){ buf_cstr(&name),
							       buf_cstr(&module), NULL, i, 0,
							       false });
			assert_int_equal(id, i);
			buf_free(&name);
			buf_free(&module);
		}
	assert_int_equal(f.locations.count, PLACES);
	end(&f);
}

static void source_lines_may_come_later(void **state)
{
	(void)state;
	struct fixture f;
	struct want want = plain;
	struct buf text = { 0 };
	want.granularity = GRANULARITY_LINES;
	begin(&f, want);
	uint32_t a = find(&f, (struct place){ "f", "/bin/app", NULL, 1, 0, false });
	uint32_t line = profile_text(&f.profile, STR("a.c:12"));
	uint32_t b = location_with_line(&f.locations, a, line, false);
	uint32_t c = location_with_line(&f.locations, a, line, true);
	add_frames(&f, b, &text);
	buf_addc(&text, '/');
	add_frames(&f, c, &text);
	assert_string_equal(buf_cstr(&text), "f:a.c:12/f:a.c:12_[i]");
	assert_int_equal(location_with_line(&f.locations, a, line, false), b);
	buf_free(&text);
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_become_frames),
		cmocka_unit_test(known_kinds_stay),
		cmocka_unit_test(kernel_modules_are_known),
		cmocka_unit_test(addresses_tell_the_kernel_where_modules_do_not),
		cmocka_unit_test(java_chains_are_taken_apart),
		cmocka_unit_test(inlined_places_may_be_left_out),
		cmocka_unit_test(granularity_makes_the_name),
		cmocka_unit_test(places_that_look_alike_are_one),
		cmocka_unit_test(many_places_are_found_again),
		cmocka_unit_test(source_lines_may_come_later),
	};
	return cmocka_run_group_tests_name("location", tests, NULL, NULL);
}
