/* SPDX-License-Identifier: Apache-2.0 */
#include "base/num.h"

#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/alloc.h"

static void whole_numbers_and_their_limits(void **state)
{
	(void)state;
	uint64_t value = 7;
	assert_true(num_u64(STR("0"), &value) && value == 0);
	assert_true(num_u64(STR("00012"), &value) && value == 12);
	assert_true(num_u64(STR("18446744073709551615"), &value) && value == UINT64_MAX);
	static const char *const bad[] = { "", "18446744073709551616", "-1", "+1", "1 ",
					   " 1", "1.0", "0x1", "99999999999999999999999" };
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(num_u64(str_of(bad[i]), &value));
}

static void hexadecimal_numbers(void **state)
{
	(void)state;
	uint64_t value = 7;
	assert_true(num_hex(STR("ffFFffff810010aB"), &value));
	assert_true(value == 0xffffffff810010abu);
	assert_true(num_hex(STR("0"), &value) && value == 0);
	assert_true(num_hex(STR("0000000000000000000001"), &value) && value == 1);
	static const char *const bad[] = { "", "0x1", "g", "1ffffffffffffffff", "-1", "@" };
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(num_hex(str_of(bad[i]), &value));
}

static const char *const no_numbers[] = {
	"", ".", "-", "+", "e5", "1e", "1e+", "1 ", " 1", "0x5", "nan", "inf", "1..2",
	"1.2.3", "1,5", "--1", "1e5.0", "1e5x", "1f",
};

static void doubles(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		double value;
	} good[] = {
		{ "12", 12 },     { "0.5", 0.5 },   { "-2.25", -2.25 }, { "1e-3", 0.001 },
		{ ".5", 0.5 },    { "5.", 5 },      { "+1E2", 100 },    { "1e308", 1e308 },
		{ "1e-999", 0 },
	};
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		double value = -1;
		assert_true(num_double(str_of(good[i].text), &value));
		assert_true(value == good[i].value);
	}
	double value;
	assert_false(num_double(STR("1e309"), &value));
	for (size_t i = 0; i < ARRAY_SIZE(no_numbers); i++)
		assert_false(num_double(str_of(no_numbers[i]), &value));
}

static void decimals_are_exact(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t digits;
		unsigned scale;
	} good[] = {
		{ "7", 7, 0 },
		{ "-2", -2, 0 },
		{ "0.156", 156, 3 },
		{ "0.100", 1, 1 },
		{ "1.5e10", 15000000000, 0 },
		{ "120e-1", 12, 0 },
		{ "0.0", 0, 0 },
		{ "-0", 0, 0 },
		{ "1e-9", 1, 9 },
		{ "5e-10", 1, 9 },
		{ "4e-10", 0, 0 },
		{ "1e-999999999999999999999", 0, 0 },
		{ "0e999999999999999999999", 0, 0 },
		{ "0.9999999999", 1, 0 },
		{ "0.1234567894", 123456789, 9 },
		{ "0.1234567895", 12345679, 8 },
		{ "1.00000000000000000000000000000", 1, 0 },
		{ "0000000000000000000000000001.5", 15, 1 },
		{ "1700000000.123456789", 1700000000123456789, 9 },
		{ "99999999999.123456789", 999999999991234568, 7 },
		{ "12345678901.100000001", 123456789011, 1 },
		{ "9223372036854775807", INT64_MAX, 0 },
		{ "922337203685477580.7", INT64_MAX, 1 },
		{ "-9223372036854775807", -INT64_MAX, 0 },
		{ "0.000000000000000000001e21", 1, 0 },
	};
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		struct decimal d = { -1, 77 };
		assert_true(num_decimal(str_of(good[i].text), &d));
		assert_int_equal(d.digits, good[i].digits);
		assert_int_equal(d.scale, good[i].scale);
	}
}

static void decimals_that_are_none(void **state)
{
	(void)state;
	struct decimal d;
	for (size_t i = 0; i < ARRAY_SIZE(no_numbers); i++)
		assert_false(num_decimal(str_of(no_numbers[i]), &d));
	assert_false(num_decimal(STR("9223372036854775808"), &d));
	assert_false(num_decimal(STR("1e19"), &d));
	assert_false(num_decimal(STR("1e999999999999"), &d));
	assert_false(num_decimal(STR("99999999999999999999999999"), &d));
}

static void check_text(struct buf *text, const char *expected)
{
	assert_string_equal(buf_cstr(text), expected);
	buf_clear(text);
}

static void numbers_as_text(void **state)
{
	(void)state;
	struct buf b = { 0 };
	static const struct {
		int64_t value;
		const char *grouped, *thousandths;
	} rows[] = {
		{ 0, "0", "0" },
		{ 999, "999", "0.999" },
		{ 1000, "1,000", "1" },
		{ 1234567, "1,234,567", "1234.567" },
		{ -1234560, "-1,234,560", "-1234.56" },
		{ -5, "-5", "-0.005" },
		{ INT64_MAX, "9,223,372,036,854,775,807", "9223372036854775.807" },
		{ INT64_MIN, "-9,223,372,036,854,775,808", "-9223372036854775.808" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		num_add_grouped(&b, rows[i].value);
		check_text(&b, rows[i].grouped);
		num_add_decimal(&b, rows[i].value, 3);
		check_text(&b, rows[i].thousandths);
	}
	num_add_decimal(&b, 12, 0);
	check_text(&b, "12");
	buf_free(&b);
}

static void products_are_exact(void **state)
{
	(void)state;
	static const struct {
		int64_t digits;
		unsigned scale;
		struct decimal factor;
		const char *text;
	} rows[] = {
		{ 0, 0, { 1, 0 }, "0" },
		{ 0, 9, { 5, 9 }, "0" },
		{ 1, 0, { 0, 0 }, "0" },
		{ 1234, 0, { 1, 0 }, "1,234" },
		{ 999, 0, { 1, 0 }, "999" },
		{ 12345, 1, { 1, 0 }, "1,234.5" },
		{ 12340, 1, { 1, 0 }, "1,234" },
		{ 51, 0, { 5, 1 }, "25.5" },
		{ 2, 0, { 5, 1 }, "1" },
		{ 3, 0, { 1, 1 }, "0.3" },
		{ -3, 0, { 1, 1 }, "-0.3" },
		{ -3, 0, { -1, 1 }, "0.3" },
		{ 1, 9, { 1, 9 }, "0.000000000000000001" },
		{ 1000000000, 9, { 1000000000, 9 }, "1" },
		{ 4096, 0, { 1000000, 0 }, "4,096,000,000" },
		{ INT64_MAX, 0, { 1, 0 }, "9,223,372,036,854,775,807" },
		{ INT64_MIN, 0, { 10, 0 }, "-92,233,720,368,547,758,080" },
		{ INT64_MAX, 0, { INT64_MAX, 0 },
		  "85,070,591,730,234,615,847,396,907,784,232,501,249" },
	};
	struct buf b = { 0 };
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		num_add_product(&b, rows[i].digits, rows[i].scale, rows[i].factor);
		check_text(&b, rows[i].text);
	}
	buf_free(&b);
}

static void quantities_for_people(void **state)
{
	(void)state;
	static const struct {
		double value;
		const char *unit, *text;
	} rows[] = {
		{ 268e9, "ns", "268 s" },
		{ 5, "ns", "5 ns" },
		{ 1500, "us", "1.5 ms" },
		{ 0.5, "s", "500 ms" },
		{ 999.6, "ns", "1 µs" },
		{ 12345, "seconds", "12,345 s" },
		{ 65431142, "bytes", "62.4 MiB" },
		{ 512, "bytes", "512 B" },
		{ 1023 * 1024., "bytes", "1,023 KiB" },
		{ 1.24e9, "cycles", "1.24 G cycles" },
		{ 3980, "samples", "3,980 samples" },
		{ 9999.4, "samples", "9,999 samples" },
		{ 9999.5, "samples", "10 k samples" },
		{ 1, "samples", "1 sample" },
		{ 1, "cycles", "1 cycles" },
		{ 1, "errors", "1 error" },
		{ 1, "goroutines", "1 goroutine" },
		{ 0, "errors", "0 errors" },
		{ 999.6e6, "cycles", "1 G cycles" },
		{ 0.156, "", "0.156" },
		{ 0.00012, "", "0.00012" },
		{ 0, "", "0" },
		{ -1.5e6, "", "-1.5 M" },
		{ INFINITY, "", "0" },
		{ NAN, "ns", "0 ns" },
	};
	struct buf b = { 0 };
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		num_add_quantity(&b, rows[i].value, str_of(rows[i].unit));
		check_text(&b, rows[i].text);
	}
	num_add_quantity(&b, 1e300, STR("bytes"));
	assert_true(b.n < 40);
	buf_free(&b);
}

/* A locale with a comma for the point changes nothing. */
static void the_locale_does_not_matter(void **state)
{
	if (!setlocale(LC_ALL, "de_DE.UTF-8"))
		print_message("no German locale here\n");
	doubles(state);
	decimals_are_exact(state);
	quantities_for_people(state);
	setlocale(LC_ALL, "C");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_numbers_and_their_limits),
		cmocka_unit_test(hexadecimal_numbers),
		cmocka_unit_test(doubles),
		cmocka_unit_test(decimals_are_exact),
		cmocka_unit_test(decimals_that_are_none),
		cmocka_unit_test(numbers_as_text),
		cmocka_unit_test(products_are_exact),
		cmocka_unit_test(quantities_for_people),
		cmocka_unit_test(the_locale_does_not_matter),
	};
	return cmocka_run_group_tests_name("num", tests, NULL, NULL);
}
