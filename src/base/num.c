/* SPDX-License-Identifier: Apache-2.0 */
#include "base/num.h"

#include <assert.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"

/*
 * The shape of every number with decimals:
 *
 *	[+-] digits [. digits] [e [+-] digits]
 *
 * with a digit somewhere before the exponent.  It is taken apart once;
 * num_double() then leaves the arithmetic to strtod_l() in the C locale and
 * num_decimal() does its own, which is exact.
 */
struct shape {
	bool negative;
	const char *digits;      /* with the point among them */
	const char *end;         /* of the digits */
	int64_t before;          /* digits before the point */
	int64_t exponent;        /* cut to +-EXPONENT_MAX */
};

enum { EXPONENT_MAX = 1000000, EXACT_DIGITS = 19 };

static const int64_t powers[] = {
	1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000,
	1000000000,
};

bool num_is_digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!num_is_digit(s.p[i]))
			return false;
	return s.n > 0;
}

bool num_u64(struct str s, uint64_t *value)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < s.n; i++)
		if (!num_is_digit(s.p[i]) || __builtin_mul_overflow(sum, 10, &sum) ||
		    __builtin_add_overflow(sum, s.p[i] - '0', &sum))
			return false;
	*value = sum;
	return s.n > 0;
}

int num_hex_digit(char c)
{
	if (num_is_digit(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool num_hex(struct str s, uint64_t *value)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < s.n; i++) {
		int digit = num_hex_digit(s.p[i]);
		if (digit < 0 || sum >> 60)
			return false;
		sum = sum << 4 | (unsigned)digit;
	}
	*value = sum;
	return s.n > 0;
}

static bool shape_exponent(struct shape *shape, const char *p, const char *end)
{
	bool negative = p < end && *p == '-';
	if (p < end && (*p == '-' || *p == '+'))
		p++;
	if (p == end)
		return false;
	int64_t exponent = 0;
	for (; p < end; p++) {
		if (!num_is_digit(*p))
			return false;
		exponent = exponent * 10 + (*p - '0');
		if (exponent > EXPONENT_MAX)
			exponent = EXPONENT_MAX;
	}
	shape->exponent = negative ? -exponent : exponent;
	return true;
}

static bool shape_read(struct shape *shape, struct str s)
{
	const char *p = s.p, *end = s.p + s.n;
	*shape = (struct shape){ .negative = p < end && *p == '-' };
	if (p < end && (*p == '-' || *p == '+'))
		p++;
	shape->digits = p;
	while (p < end && num_is_digit(*p))
		p++;
	shape->before = p - shape->digits;
	int64_t after = 0;
	if (p < end && *p == '.') {
		const char *point = p++;
		while (p < end && num_is_digit(*p))
			p++;
		after = p - point - 1;
	}
	shape->end = p;
	if (shape->before + after == 0)
		return false;
	if (p == end)
		return true;
	return (*p == 'e' || *p == 'E') && shape_exponent(shape, p + 1, end);
}

bool num_double(struct str s, double *value)
{
	struct shape shape;
	if (!shape_read(&shape, s))
		return false;
	locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	if (!plain)
		return false;
	struct buf text = { 0 };
	buf_add(&text, s);
	*value = strtod_l(buf_cstr(&text), NULL, plain);
	buf_free(&text);
	freelocale(plain);
	return isfinite(*value);
}

/*
 * Digits are counted from the first written one; "place" is the number of
 * them that stand before the point once the exponent is applied, and may be
 * anything.
 */
struct digits {
	int64_t first, last;     /* that are not 0; first < 0: there are none */
};

static struct digits digits_find(const struct shape *shape)
{
	struct digits found = { .first = -1 };
	int64_t i = 0;
	for (const char *p = shape->digits; p < shape->end; p++) {
		if (*p == '.')
			continue;
		if (*p != '0') {
			if (found.first < 0)
				found.first = i;
			found.last = i;
		}
		i++;
	}
	return found;
}

/* How many digits are kept: those up to the ninth decimal, as far as they fit. */
static int64_t digits_kept(const struct digits *digits, int64_t place)
{
	int64_t kept = place + DECIMAL_SCALE_MAX;
	int64_t fitting = digits->first + EXACT_DIGITS;
	if (fitting < place)
		fitting = place;
	if (kept > fitting)
		kept = fitting;
	return kept;
}

/* The first "kept" digits as a number, rounded by the one behind them. */
static bool digits_sum(const struct shape *shape, int64_t kept, int64_t *sum)
{
	int64_t i = 0;
	*sum = 0;
	for (const char *p = shape->digits; p < shape->end && i <= kept; p++) {
		if (*p == '.')
			continue;
		if (i == kept)
			return !__builtin_add_overflow(*sum, *p >= '5', sum);
		if (__builtin_mul_overflow(*sum, 10, sum) ||
		    __builtin_add_overflow(*sum, *p - '0', sum))
			return false;
		i++;
	}
	return true;
}

static bool decimal_integer(struct str s, struct decimal *decimal)
{
	if (s.n >= EXACT_DIGITS || !num_is_digits(s))
		return false;
	int64_t sum = 0;
	for (size_t i = 0; i < s.n; i++)
		sum = sum * 10 + (s.p[i] - '0');
	*decimal = (struct decimal){ .digits = sum };
	return true;
}

bool num_decimal(struct str s, struct decimal *decimal)
{
	if (decimal_integer(s, decimal))
		return true;
	struct shape shape;
	if (!shape_read(&shape, s))
		return false;
	*decimal = (struct decimal){ 0 };
	struct digits digits = digits_find(&shape);
	int64_t place = shape.before + shape.exponent;
	int64_t kept = digits_kept(&digits, place);
	if (digits.first < 0 || kept < 0)
		return true;
	if (kept > digits.last + 1)
		kept = digits.last + 1;
	int64_t sum;
	if (!digits_sum(&shape, kept, &sum) &&
	    (kept <= place || !digits_sum(&shape, --kept, &sum)))
		return false;
	int64_t scale = kept - place;
	for (; scale < 0 && sum != 0; scale++)
		if (__builtin_mul_overflow(sum, 10, &sum))
			return false;
	for (; scale > 0 && sum % 10 == 0; scale--) {
		sum /= 10;
		if (sum == 0)
			scale = 1;
	}
	decimal->digits = shape.negative ? -sum : sum;
	decimal->scale = scale > 0 ? (unsigned)scale : 0;
	return true;
}

bool num_rescale(struct decimal *d, unsigned scale)
{
	bool fits = true;
	if (d->scale > scale) {
		int64_t divisor = powers[d->scale - scale], rest = d->digits % divisor;
		d->digits = d->digits / divisor + (2 * rest >= divisor) - (-2 * rest >= divisor);
		d->scale = scale;
	}
	for (; fits && d->scale < scale; d->scale++)
		fits = !__builtin_mul_overflow(d->digits, 10, &d->digits);
	return fits;
}

void num_add_grouped(struct buf *buf, int64_t value)
{
	char text[32], *p = text + sizeof(text);
	uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
	for (unsigned digits = 0; digits == 0 || rest; digits++) {
		if (digits && digits % 3 == 0)
			*--p = ',';
		*--p = (char)('0' + rest % 10);
		rest /= 10;
	}
	if (value < 0)
		*--p = '-';
	buf_add(buf, str_span(p, text + sizeof(text)));
}

void num_add_decimal(struct buf *buf, int64_t digits, unsigned scale)
{
	assert(scale <= DECIMAL_SCALE_MAX);
	for (; scale > 0 && digits % 10 == 0; scale--)
		digits /= 10;
	char text[32], *p = text + sizeof(text);
	uint64_t rest = digits < 0 ? -(uint64_t)digits : (uint64_t)digits;
	for (unsigned i = 0; i <= scale || rest; i++) {
		if (i && i == scale)
			*--p = '.';
		*--p = (char)('0' + rest % 10);
		rest /= 10;
	}
	if (digits < 0)
		*--p = '-';
	buf_add(buf, str_span(p, text + sizeof(text)));
}

/* The decimal digits of a number without its sign, the lowest first. */
struct places {
	unsigned char digit[20];
	unsigned n;
	bool negative;
};

static struct places places_of(int64_t value)
{
	struct places p = { .negative = value < 0 };
	uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
	for (; rest; rest /= 10)
		p.digit[p.n++] = (unsigned char)(rest % 10);
	return p;
}

void num_add_product(struct buf *buf, int64_t digits, unsigned scale,
		     struct decimal factor)
{
	assert(scale <= DECIMAL_SCALE_MAX && factor.scale <= DECIMAL_SCALE_MAX);
	struct places a = places_of(digits), b = places_of(factor.digits);
	unsigned char product[40] = { 0 };
	for (unsigned i = 0; i < a.n; i++) {
		unsigned carry = 0;
		for (unsigned j = 0; j < b.n || carry; j++) {
			carry += product[i + j];
			if (j < b.n)
				carry += (unsigned)a.digit[i] * b.digit[j];
			product[i + j] = (unsigned char)(carry % 10);
			carry /= 10;
		}
	}
	unsigned point = scale + factor.scale, low = 0, high = a.n + b.n;
	while (low < point && product[low] == 0)
		low++;
	while (high > point && product[high - 1] == 0)
		high--;
	if (a.negative != b.negative && a.n && b.n)
		buf_addc(buf, '-');
	for (unsigned i = high > point ? high : point + 1; i-- > low;) {
		buf_addc(buf, (char)('0' + product[i]));
		if (i == point && i > low)
			buf_addc(buf, '.');
		else if (i > point && (i - point) % 3 == 0)
			buf_addc(buf, ',');
	}
}

/*
 * Steps of quantities: the first one whose limit the rounded value does not
 * reach is taken.
 */
struct step {
	double size;             /* in the smallest unit */
	double limit;            /* shown values stay below */
	struct str word;
};

static const struct step time_steps[] = {
	{ 1, 1000, STR("ns") },
	{ 1e3, 1000, STR("µs") },
	{ 1e6, 1000, STR("ms") },
	{ 1e9, INFINITY, STR("s") },
};

static const struct step byte_steps[] = {
	{ 0x1p0, 1024, STR("B") },
	{ 0x1p10, 1024, STR("KiB") },
	{ 0x1p20, 1024, STR("MiB") },
	{ 0x1p30, 1024, STR("GiB") },
	{ 0x1p40, 1024, STR("TiB") },
	{ 0x1p50, INFINITY, STR("PiB") },
};

static const struct step count_steps[] = {
	{ 1, 10000, STR("") },
	{ 1e3, 1000, STR("k") },
	{ 1e6, 1000, STR("M") },
	{ 1e9, 1000, STR("G") },
	{ 1e12, 1000, STR("T") },
	{ 1e15, INFINITY, STR("P") },
};

static const struct {
	struct str unit;
	double size;             /* in ns */
} time_units[] = {
	{ STR("ns"), 1 },
	{ STR("nanoseconds"), 1 },
	{ STR("us"), 1e3 },
	{ STR("µs"), 1e3 },
	{ STR("microseconds"), 1e3 },
	{ STR("ms"), 1e6 },
	{ STR("milliseconds"), 1e6 },
	{ STR("s"), 1e9 },
	{ STR("seconds"), 1e9 },
};

double num_time_unit(struct str unit)
{
	for (size_t i = 0; i < ARRAY_SIZE(time_units); i++)
		if (str_eq(unit, time_units[i].unit))
			return time_units[i].size;
	return 0;
}

/* v (not negative) to three digits, and all of those before the point. */
static struct decimal three_digits(double v)
{
	if (v > 9e17)
		v = 9e17;
	unsigned scale = 0;
	for (double w = v; w < 100 && scale < DECIMAL_SCALE_MAX; w *= 10)
		scale++;
	return (struct decimal){ llround(v * (double)powers[scale]), scale };
}

static double decimal_value(struct decimal d)
{
	return (double)d.digits / (double)powers[d.scale];
}

static void add_step(struct buf *buf, double value, const struct step *step)
{
	struct decimal d = three_digits(fabs(value) / step->size);
	while (decimal_value(d) >= step->limit) {
		step++;
		d = three_digits(fabs(value) / step->size);
	}
	if (value < 0 && d.digits)
		buf_addc(buf, '-');
	if (d.scale == 0)
		num_add_grouped(buf, d.digits);
	else
		num_add_decimal(buf, d.digits, d.scale);
	if (step->word.n) {
		buf_addc(buf, ' ');
		buf_add(buf, step->word);
	}
}

/* Units of ours that count things; those of others stay as they are. */
static bool is_plural(struct str unit)
{
	static const struct str units[] = {
		STR("samples"), STR("blocks"), STR("errors"), STR("contentions"),
		STR("goroutines"), STR("threads"),
	};
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (str_eq(unit, units[i]))
			return true;
	return false;
}

void num_add_quantity(struct buf *buf, double value, struct str unit)
{
	if (!isfinite(value))
		value = 0;
	double time = num_time_unit(unit);
	if (time > 0) {
		add_step(buf, value * time, time_steps);
		return;
	}
	if (str_eq(unit, STR("bytes")) || str_eq(unit, STR("B"))) {
		add_step(buf, value, byte_steps);
		return;
	}
	add_step(buf, value, count_steps);
	if (unit.n == 0)
		return;
	buf_addc(buf, ' ');
	buf_add(buf, value == 1 && is_plural(unit) ? str_head(unit, unit.n - 1) : unit);
}
