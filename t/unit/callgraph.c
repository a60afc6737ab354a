/* SPDX-License-Identifier: Apache-2.0 */
#include "model/callgraph.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"

enum { FRAMES = 1 << 20 };

/* The spot of a part is its owner, so stacks are lists of functions. */
static void self(struct callgraph *g, uint32_t owner, int64_t value)
{
	assert_true(callgraph_add(g, callgraph_part(g, owner, CALLGRAPH_SELF, owner), &value));
}

static void call(struct callgraph *g, uint32_t owner, uint32_t callee, int64_t value)
{
	assert_true(callgraph_add(g, callgraph_part(g, owner, callee, owner), &value));
}

static void begin(struct callgraph *g, uint32_t functions)
{
	callgraph_init(g, 1);
	for (uint32_t i = 0; i < functions; i++)
		assert_int_equal(callgraph_function(g), i);
}

/* "b<a 3" for each stack, in the order in which they come */
static void print(void *context, uint32_t leaf, const uint32_t *spots, uint32_t depth,
		  int64_t value)
{
	struct buf *out = context;
	assert_int_equal(leaf, spots[0]);
	for (uint32_t i = 0; i < depth; i++)
		buf_addf(out, "%s%c", i ? "<" : "", 'a' + (int)spots[i]);
	buf_addf(out, " %lld\n", (long long)value);
}

static struct callgraph_report expect(struct callgraph *g, const char *stacks)
{
	struct buf out = { 0 };
	struct callgraph_report r;
	callgraph_expand(g, 0, FRAMES, print, &out, &r);
	assert_string_equal(buf_cstr(&out), stacks);
	buf_free(&out);
	callgraph_free(g);
	return r;
}

static void test_shares(void **state)
{
	(void)state;
	struct callgraph g;
	begin(&g, 5);
	self(&g, 0, 5);
	call(&g, 0, 1, 75);
	call(&g, 0, 2, 25);
	call(&g, 1, 3, 75);
	call(&g, 2, 3, 25);
	self(&g, 3, 40);
	call(&g, 3, 4, 60);
	self(&g, 4, 60);
	expect(&g, "a 5\n" "d<b<a 30\n" "d<c<a 10\n" "e<d<b<a 45\n" "e<d<c<a 15\n");
}

static void test_rounding(void **state)
{
	(void)state;
	struct callgraph g;
	begin(&g, 4);
	call(&g, 0, 1, 1);
	call(&g, 0, 2, 1);
	call(&g, 1, 3, 1);
	call(&g, 2, 3, 1);
	self(&g, 3, 1);
	self(&g, 0, 1);
	callgraph_function(&g);
	call(&g, 3, 4, 1);
	self(&g, 4, 1);
	expect(&g, "a 1\n" "d<c<a 1\n" "e<d<b<a 1\n");
}

/* Nobody calls b for all of its costs; c is called for more than it has. */
static void test_balance(void **state)
{
	(void)state;
	struct callgraph g;
	begin(&g, 3);
	call(&g, 0, 1, 10);
	self(&g, 1, 25);
	call(&g, 0, 2, 30);
	self(&g, 2, 20);
	struct callgraph_report r = expect(&g, "b 15\n" "b<a 10\n" "c<a 20\n");
	assert_int_equal(r.total, 45);
	assert_int_equal(r.excess, 10);
}

static void test_recursion(void **state)
{
	(void)state;
	struct callgraph g;
	begin(&g, 2);
	call(&g, 0, 1, 7);
	call(&g, 1, 1, 1000);
	self(&g, 1, 7);
	assert_int_equal(expect(&g, "b<a 7\n").excess, 0);
}

/* 1 -> 2 -> 1 -> 2: what the inner calls cost is in the outer ones, too. */
static void test_cycle(void **state)
{
	(void)state;
	struct callgraph g;
	begin(&g, 4);
	call(&g, 0, 1, 100);
	self(&g, 1, 30);
	call(&g, 1, 2, 170);
	self(&g, 2, 50);
	call(&g, 2, 1, 100);
	call(&g, 2, 3, 20);
	self(&g, 3, 20);
	assert_int_equal(expect(&g, "b<a 30\n" "c<b<a 50\n" "d<c<b<a 20\n").excess, 0);
}

/* A cycle that nobody enters. */
static void test_ring(void **state)
{
	(void)state;
	struct callgraph g;
	begin(&g, 2);
	call(&g, 0, 1, 70);
	self(&g, 0, 30);
	self(&g, 1, 70);
	call(&g, 1, 0, 5);
	struct callgraph_report r = expect(&g, "a 30\n" "b<a 65\n" "b 5\n");
	assert_int_equal(r.excess, 0);
}

static void test_nothing(void **state)
{
	(void)state;
	struct callgraph g;
	begin(&g, 0);
	expect(&g, "");
	begin(&g, 2);
	call(&g, 0, 1, 0);
	call(&g, 1, 0, 0);
	self(&g, 0, 0);
	expect(&g, "");
}

static void test_overflow(void **state)
{
	(void)state;
	struct callgraph g;
	int64_t one = 1;
	begin(&g, 3);
	call(&g, 0, 1, INT64_MAX);
	assert_false(callgraph_add(&g, callgraph_part(&g, 0, 1, 0), &one));
	callgraph_free(&g);
	begin(&g, 4);
	call(&g, 0, 2, INT64_MAX);
	call(&g, 1, 2, INT64_MAX);
	call(&g, 3, 2, INT64_MAX);
	self(&g, 2, 9);
	assert_int_equal(expect(&g, "c<d 3\n" "c<b 3\n" "c<a 3\n").excess, INT64_MAX);
}

struct sums {
	int64_t sum;
	uint64_t stacks, frames;
};

static void sum_up(void *context, uint32_t leaf, const uint32_t *spots, uint32_t depth,
		   int64_t value)
{
	struct sums *s = context;
	(void)leaf, (void)spots;
	assert_true(value > 0);
	s->sum += value;
	s->stacks++;
	s->frames += depth;
}

/* Functions that each call all behind them: 2^n ways, with few and with many frames. */
static void test_many_ways(void **state)
{
	(void)state;
	enum { N = 300 };
	static const uint64_t frames[] = { 100, 5000, 1 << 22 };
	for (size_t k = 0; k < ARRAY_SIZE(frames); k++) {
		struct callgraph g;
		struct sums sums = { 0 };
		struct callgraph_report r;
		int64_t come[N] = { 1000000000 };
		begin(&g, N);
		for (uint32_t i = 0; i < N; i++) {
			int64_t each = come[i] / (N - i);
			for (uint32_t j = i + 1; j < N; j++) {
				call(&g, i, j, each);
				come[j] += each;
				come[i] -= each;
			}
			self(&g, i, come[i]);
		}
		callgraph_expand(&g, 0, frames[k], sum_up, &sums, &r);
		assert_int_equal(sums.sum, 1000000000);
		assert_int_equal(r.total, 1000000000);
		assert_int_equal(r.excess, 0);
		assert_true((r.rootless > 0) == (k < 2));
		assert_true(sums.frames <= frames[k] + g.part_count);
		callgraph_free(&g);
	}
}

/* A chain that leads back from everywhere: steps along cycles, and depth. */
static void test_deep(void **state)
{
	(void)state;
	enum { N = 100000 };
	struct callgraph g;
	struct sums sums = { 0 };
	struct callgraph_report r;
	begin(&g, N);
	for (uint32_t i = 0; i + 1 < N; i++) {
		call(&g, i, i + 1, 1000000 + i);
		call(&g, N - 1, i, 1 + i % 7);
		self(&g, i, 1);
	}
	self(&g, N - 1, 1000000);
	callgraph_expand(&g, 0, FRAMES, sum_up, &sums, &r);
	assert_int_equal(sums.sum, 1000000 + N - 1);
	assert_true(sums.frames <= FRAMES + g.part_count);
	callgraph_free(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shares),
		cmocka_unit_test(test_rounding),
		cmocka_unit_test(test_balance),
		cmocka_unit_test(test_recursion),
		cmocka_unit_test(test_cycle),
		cmocka_unit_test(test_ring),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_overflow),
		cmocka_unit_test(test_many_ways),
		cmocka_unit_test(test_deep),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
