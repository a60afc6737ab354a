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

static void put_narrow(struct firefox_numbers *n, int32_t value)
{
	ARRAY_RESERVE(n->narrow, n->capacity, n->count + 1ull);
	n->narrow[n->count++] = value;
}

static void put(struct firefox_numbers *n, int64_t value)
{
	bool fits = value > INT32_MIN && value <= INT32_MAX;
	if (n->wide == NULL && (fits || value == FIREFOX_NONE)) {
		put_narrow(n, fits ? (int32_t)value : INT32_MIN);
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

/* From now on values are millionths; false when one is too large. */
static bool make_decimal(struct firefox_numbers *n)
{
	if (n->is_decimal)
		return true;
	n->is_decimal = true;
	if (n->wide == NULL)
		widen(n);
	for (uint32_t i = 0; i < n->count; i++)
		if (n->wide[i] != FIREFOX_NONE &&
		    __builtin_mul_overflow(n->wide[i], FIREFOX_DECIMAL, &n->wide[i]))
			return false;
	return true;
}

bool firefox_numbers_make_whole(struct firefox_numbers *n)
{
	for (uint32_t i = 0; n->is_decimal && i < n->count; i++) {
		if (n->wide[i] == FIREFOX_NONE)
			continue;
		if (n->wide[i] % FIREFOX_DECIMAL != 0)
			return false;
		n->wide[i] /= FIREFOX_DECIMAL;
	}
	n->is_decimal = false;
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

/* digits / 10^scale in millionths, rounded; false when that is too large. */
static bool millionths(struct decimal d, int64_t *value)
{
	for (; d.scale > MILLIONTHS; d.scale--)
		d.digits = d.digits / 10 +
			   (d.scale == MILLIONTHS + 1 ? d.digits % 10 / 5 : 0);
	for (; d.scale < MILLIONTHS; d.scale++)
		if (__builtin_mul_overflow(d.digits, 10, &d.digits))
			return false;
	*value = d.digits;
	return true;
}

static bool say(struct json *j, const char *what)
{
	return json_error(j, "'%.*s' %s", (int)(j->text.n > 40 ? 40 : j->text.n),
			  j->text.p, what);
}

static bool long_number(struct firefox_numbers *n, struct json *j, int64_t *value)
{
	struct decimal d;
	if (!num_decimal(j->text, &d))
		return say(j, "does not fit in 63 bits");
	if (d.scale > 0 && !n->may_be_decimal)
		return say(j, "is no whole number");
	bool fits = true;
	if (d.scale > 0)
		fits = make_decimal(n);
	*value = d.digits;
	if (fits && n->is_decimal)
		fits = millionths(d, value);
	return (fits && *value != FIREFOX_NONE) || say(j, "is too large");
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
		value = j->kind == JSON_TRUE;
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

bool firefox_numbers_next(struct json *j, int64_t *value)
{
	struct decimal d;
	*value = FIREFOX_NONE;
	if (json_next(j) == JSON_NULL)
		return true;
	if (j->kind != JSON_NUMBER)
		return j->kind > JSON_END && json_error(j, "no number where one belongs");
	return (num_decimal(j->text, &d) && millionths(d, value)) ||
	       say(j, "is too large");
}
