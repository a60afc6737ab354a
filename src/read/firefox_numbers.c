/* SPDX-License-Identifier: Apache-2.0 */
#include "read/firefox_numbers.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/num.h"

enum { MILLIONTHS = 6, SHORT = 9, FIRST_CAPACITY = 16 };

void firefox_numbers_free(struct firefox_numbers *n)
{
	free(n->narrow);
	free(n->wide);
	*n = (struct firefox_numbers){ 0 };
}

static void widen(struct firefox_numbers *n)
{
	if (n->capacity == 0)
		n->capacity = FIRST_CAPACITY;
	int64_t *wide = xreallocarray(NULL, n->capacity, sizeof(*wide));
	for (uint32_t i = 0; i < n->count; i++)
		wide[i] = firefox_numbers_get(n, i);
	free(n->narrow);
	n->narrow = NULL;
	n->wide = wide;
}

/* Of a column in 32 bits: whole units. */
static void put_narrow(struct firefox_numbers *n, int32_t units)
{
	ARRAY_RESERVE(n->narrow, n->capacity, n->count + 1ull);
	n->narrow[n->count++] = units;
}

static void put(struct firefox_numbers *n, int64_t value)
{
	int64_t unit = n->is_decimal ? FIREFOX_DECIMAL : 1;
	bool is_none = value == FIREFOX_NONE;
	int64_t units = is_none ? INT32_MIN : value / unit;
	bool fits = is_none || (value % unit == 0 && units > INT32_MIN &&
				units <= INT32_MAX);
	if (n->wide == NULL && fits) {
		put_narrow(n, (int32_t)units);
		return;
	}
	if (n->wide == NULL)
		widen(n);
	ARRAY_RESERVE(n->wide, n->capacity, n->count + 1ull);
	n->wide[n->count++] = value;
}

void firefox_numbers_fill(struct firefox_numbers *n, uint32_t count)
{
	while (n->count < count)
		put(n, FIREFOX_NONE);
}

bool firefox_numbers_make_whole(struct firefox_numbers *n)
{
	bool scaled = n->is_decimal && n->wide;
	n->is_decimal = false;
	for (uint32_t i = 0; scaled && i < n->count; i++) {
		if (n->wide[i] == FIREFOX_NONE)
			continue;
		if (n->wide[i] % FIREFOX_DECIMAL != 0)
			return false;
		n->wide[i] /= FIREFOX_DECIMAL;
	}
	return true;
}

/* "7", "-1" and such, without a look at what else a number may be. */
static bool short_number(struct str s, int32_t *value)
{
	bool negative = s.n > 1 && s.p[0] == '-';
	if (negative)
		s = str_skip(s, 1);
	if (s.n > SHORT)
		return false;
	int32_t sum = 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned digit = (unsigned char)s.p[i] - '0';
		if (digit > 9)
			return false;
		sum = sum * 10 + (int32_t)digit;
	}
	*value = negative ? -sum : sum;
	return true;
}

static bool long_number(const struct firefox_numbers *n, struct json *j, int64_t *value)
{
	struct decimal d;
	int words = (int)(j->text.n > 40 ? 40 : j->text.n);
	unsigned wanted = n->is_decimal ? MILLIONTHS : 0;
	if (!num_decimal(j->text, &d))
		return json_error(j, "'%.*s' does not fit in 63 bits", words, j->text.p);
	if (d.scale > wanted && !n->is_decimal)
		return json_error(j, "'%.*s' is no whole number", words, j->text.p);
	for (; d.scale > wanted; d.scale--)
		d.digits = d.digits / 10 + (d.scale == wanted + 1 ? d.digits % 10 / 5 : 0);
	for (; d.scale < wanted; d.scale++)
		if (__builtin_mul_overflow(d.digits, 10, &d.digits))
			return json_error(j, "'%.*s' is too large", words, j->text.p);
	if (d.digits == FIREFOX_NONE)
		return json_error(j, "'%.*s' is too large", words, j->text.p);
	*value = d.digits;
	return true;
}

bool firefox_numbers_add(struct firefox_numbers *n, struct json *j)
{
	int32_t units;
	int64_t value = FIREFOX_NONE;
	if (n->count == UINT32_MAX - 1)
		return json_error(j, "a table of more than 4 billion rows");
	if (j->kind == JSON_NUMBER) {
		if (n->wide == NULL && short_number(j->text, &units)) {
			put_narrow(n, units);
			return true;
		}
		if (!long_number(n, j, &value))
			return false;
	} else if (j->kind == JSON_TRUE || j->kind == JSON_FALSE) {
		value = j->kind == JSON_TRUE ? n->is_decimal ? FIREFOX_DECIMAL : 1 : 0;
	} else if (j->kind != JSON_NULL) {
		return j->kind > JSON_END && json_error(j, "no number where one belongs");
	}
	put(n, value);
	return true;
}

bool firefox_numbers_read(struct firefox_numbers *n, struct json *j)
{
	if (json_next(j) == JSON_NULL)
		return true;
	n->is_told = true;
	if (j->kind != JSON_ARRAY)
		return j->kind > JSON_END && json_error(j, "no list where one belongs");
	while (json_next(j) != JSON_ARRAY_END)
		if (!firefox_numbers_add(n, j))
			return false;
	return true;
}

bool firefox_numbers_next(struct json *j, int64_t *millionths)
{
	const struct firefox_numbers decimals = { .is_decimal = true };
	*millionths = FIREFOX_NONE;
	if (json_next(j) == JSON_NULL)
		return true;
	if (j->kind != JSON_NUMBER)
		return j->kind > JSON_END && json_error(j, "no number where one belongs");
	return long_number(&decimals, j, millionths);
}
