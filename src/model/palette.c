/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A palette is read line by line into colours and rules, and a rule's tests
 * into words that are slices of the palette's own copy of the text.  Choosing
 * a colour runs down the rules; it is done once per function, so a plain walk
 * will do.
 */
#include "model/palette.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/embed.h"
#include "base/hash.h"
#include "base/num.h"

enum { FILE_MAX = 1 << 20 };

enum test_kind {
	TEST_IS, TEST_STARTS, TEST_ENDS, TEST_HAS, TEST_STARTS_UPPER, TEST_KIND, TEST_UNIT
};

static const struct str test_words[] = {
	[TEST_IS] = STR("is"),
	[TEST_STARTS] = STR("starts"),
	[TEST_ENDS] = STR("ends"),
	[TEST_HAS] = STR("has"),
	[TEST_STARTS_UPPER] = STR("starts-upper"),
	[TEST_KIND] = STR("kind"),
	[TEST_UNIT] = STR("unit"),
};

static const struct str kind_words[FRAME_KINDS] = {
	[FRAME_USER] = STR("user"),
	[FRAME_KERNEL] = STR("kernel"),
	[FRAME_INLINED] = STR("inlined"),
	[FRAME_JIT] = STR("jit"),
	[FRAME_WAKER] = STR("waker"),
	[FRAME_OTHER] = STR("other"),
};

struct test {
	enum test_kind what;
	bool negated;
	unsigned kinds;          /* bits, of TEST_KIND */
	struct str words;        /* the others: separated by blanks */
};

struct palette_rule {
	unsigned color;
	unsigned test_count;
	struct test *tests;
};

/* Where a line is, for messages. */
struct place {
	const char *where;
	unsigned line;
	struct buf *message;
};

static bool wrong(const struct place *at, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static bool wrong(const struct place *at, const char *format, ...)
{
	va_list arguments;
	buf_addf(at->message, "%s:%u: ", at->where, at->line);
	va_start(arguments, format);
	buf_addv(at->message, format, arguments);
	va_end(arguments);
	return false;
}

/* Cuts the next word off *rest; empty when there is none. */
static struct str next_word(struct str *rest)
{
	size_t from = 0;
	while (from < rest->n && (rest->p[from] == ' ' || rest->p[from] == '\t'))
		from++;
	size_t to = from;
	while (to < rest->n && rest->p[to] != ' ' && rest->p[to] != '\t')
		to++;
	struct str word = { rest->p + from, to - from };
	*rest = str_skip(*rest, to);
	return word;
}

static struct color color_at(const struct palette_color *color, const double variable[3])
{
	double value[3];
	for (int i = 0; i < 3; i++) {
		const struct palette_channel *c = &color->channel[i];
		value[i] = c->from + (c->to - c->from) * variable[c->variable];
	}
	struct color c = color->hsl
		? color_from_hsl(value[0], value[1], value[2])
		: (struct color){ (uint8_t)value[0], (uint8_t)value[1],
				  (uint8_t)value[2] };
	return color_lightened(c);
}

struct color palette_faded(struct color c)
{
	return color_mix(c, color_back_light, .35);
}

struct color palette_color(const struct palette *p, unsigned pick, struct str name,
			   enum frame_kind kind)
{
	uint64_t hash = hash_str(name);
	double variable[3];
	for (int i = 0; i < 3; i++, hash >>= 21)
		variable[i] = (double)(hash & 0x1fffff) / 0x1fffff;
	struct color c = color_at(&p->colors[pick], variable);
	if (p->fades_inlined && kind == FRAME_INLINED)
		c = palette_faded(c);
	return c;
}

struct color palette_swatch(const struct palette *p, unsigned pick)
{
	static const double middle[3] = { .5, .5, .5 };
	return color_at(&p->colors[pick], middle);
}

static bool word_fits(enum test_kind what, struct str name, struct str word)
{
	switch (what) {
	case TEST_STARTS:
		return str_starts(name, word);
	case TEST_ENDS:
		return str_ends(name, word);
	case TEST_HAS:
		return str_find(name, word) >= 0;
	default:
		return str_eq(name, word);
	}
}

static bool test_fits(const struct test *t, struct str name, enum frame_kind kind,
		      struct str unit)
{
	bool fits = false;
	switch (t->what) {
	case TEST_KIND:
		fits = t->kinds >> kind & 1;
		break;
	case TEST_STARTS_UPPER:
		fits = name.n > 0 && name.p[0] >= 'A' && name.p[0] <= 'Z';
		break;
	default: {
		struct str subject = t->what == TEST_UNIT ? unit : name;
		struct str rest = t->words, word;
		while (!fits && (word = next_word(&rest)).n > 0)
			fits = word_fits(t->what, subject, word);
	}
	}
	return fits != t->negated;
}

unsigned palette_pick(const struct palette *p, struct str name, enum frame_kind kind,
		      struct str unit)
{
	for (size_t i = 0; i < p->rule_count; i++) {
		const struct palette_rule *rule = &p->rules[i];
		unsigned passed = 0;
		while (passed < rule->test_count &&
		       test_fits(&rule->tests[passed], name, kind, unit))
			passed++;
		if (passed == rule->test_count)
			return rule->color;
	}
	assert(!"the last rule has no test");
	return 0;
}

static ptrdiff_t find_color(const struct palette *p, struct str name)
{
	for (unsigned i = 0; i < p->color_count; i++)
		if (str_eq(p->colors[i].name, name))
			return i;
	return -1;
}

/* "205", "205-255" or "205-255@1"; own is the variable without "@". */
static bool parse_channel(const struct place *at, struct str word, double most,
			  unsigned own, struct palette_channel *channel)
{
	struct str text = word;
	ptrdiff_t mark = str_rchr(word, '@');
	channel->variable = own;
	if (mark >= 0) {
		char digit = (size_t)mark + 2 == word.n ? word.p[mark + 1] : '\0';
		if (digit < '1' || digit > '3')
			return wrong(at, "'%.*s': '@' is followed by 1, 2 or 3",
				     STR_ARG(word));
		channel->variable = (unsigned)(digit - '1');
		text = str_head(word, (size_t)mark);
	}
	struct str from = str_cut(&text, '-');
	if (!num_double(from, &channel->from))
		return wrong(at, "'%.*s' is not a number or a range", STR_ARG(word));
	channel->to = channel->from;
	if (text.p && !num_double(text, &channel->to))
		return wrong(at, "'%.*s' is not a number or a range", STR_ARG(word));
	if (channel->from < 0 || channel->to < channel->from || channel->to > most)
		return wrong(at, "'%.*s' is not within 0-%g, the smaller first",
			     STR_ARG(word), most);
	return true;
}

static bool parse_span(const struct place *at, struct str *rest,
		       struct palette_color *color)
{
	struct str form = next_word(rest);
	struct color fixed;
	if (color_parse(form, &fixed)) {
		color->channel[0].from = color->channel[0].to = fixed.r;
		color->channel[1].from = color->channel[1].to = fixed.g;
		color->channel[2].from = color->channel[2].to = fixed.b;
		return true;
	}
	color->hsl = str_eq(form, STR("hsl"));
	if (!color->hsl && !str_eq(form, STR("rgb")))
		return wrong(at, "a colour is #RRGGBB, rgb R G B or hsl H S L, not '%.*s'",
			     STR_ARG(form));
	for (unsigned i = 0; i < 3; i++) {
		double most = !color->hsl ? 255 : i == 0 ? 360 : 100;
		if (!parse_channel(at, next_word(rest), most, i, &color->channel[i]))
			return false;
	}
	return true;
}

static bool parse_color(const struct place *at, struct palette *p, struct str rest)
{
	if (p->color_count == PALETTE_COLORS_MAX)
		return wrong(at, "more than %d colours", PALETTE_COLORS_MAX);
	struct palette_color *color = &p->colors[p->color_count];
	*color = (struct palette_color){ .name = next_word(&rest) };
	if (color->name.n == 0)
		return wrong(at, "the colour has no name");
	if (find_color(p, color->name) >= 0)
		return wrong(at, "colour '%.*s' is there already", STR_ARG(color->name));
	if (!parse_span(at, &rest, color))
		return false;
	struct str colon = next_word(&rest);
	if (colon.n && !str_eq(colon, STR(":")))
		return wrong(at, "':' and words for the legend expected, not '%.*s'",
			     STR_ARG(colon));
	color->words = str_trim(rest);
	p->color_count++;
	return true;
}

/* The words of a test up to a "&" or the end of the line. */
static struct str test_rest(struct str *rest)
{
	struct str all = *rest;
	struct str before = *rest;
	for (;;) {
		struct str word = next_word(rest);
		if (word.n == 0 || str_eq(word, STR("&")))
			return str_trim(word.n ? str_span(all.p, before.p) : all);
		before = str_skip(all, (size_t)(rest->p - all.p));
	}
}

static bool parse_kinds(const struct place *at, struct test *test)
{
	struct str rest = test->words;
	struct str word;
	while ((word = next_word(&rest)).n > 0) {
		unsigned kind = 0;
		while (kind < FRAME_KINDS && !str_eq(kind_words[kind], word))
			kind++;
		if (kind == FRAME_KINDS)
			return wrong(at, "unknown kind '%.*s' (user, kernel, inlined, jit, "
				     "waker, other)", STR_ARG(word));
		test->kinds |= 1u << kind;
	}
	return true;
}

static bool parse_test(const struct place *at, struct str *rest, struct test *test)
{
	struct str word = next_word(rest);
	*test = (struct test){ .negated = str_eq(word, STR("not")) };
	if (test->negated)
		word = next_word(rest);
	unsigned what = 0;
	while (what < ARRAY_SIZE(test_words) && !str_eq(test_words[what], word))
		what++;
	if (what == ARRAY_SIZE(test_words))
		return wrong(at, "unknown test '%.*s' (is, starts, ends, has, starts-upper, "
			     "kind, unit; 'not' in front)", STR_ARG(word));
	test->what = what;
	test->words = test_rest(rest);
	if (what == TEST_STARTS_UPPER ? test->words.n > 0 : test->words.n == 0)
		return wrong(at, what == TEST_STARTS_UPPER ? "'%.*s' takes no word"
							   : "'%.*s' takes a word",
			     STR_ARG(word));
	return what != TEST_KIND || parse_kinds(at, test);
}

static bool parse_paint(const struct place *at, struct palette *p, struct str rest)
{
	enum { TESTS_MAX = 16 };
	struct test tests[TESTS_MAX];
	struct str name = next_word(&rest);
	ptrdiff_t color = find_color(p, name);
	unsigned count = 0;
	if (color < 0)
		return wrong(at, "unknown colour '%.*s'", STR_ARG(name));
	if (p->rule_count && p->rules[p->rule_count - 1].test_count == 0)
		return wrong(at, "no frame comes here: the 'paint' before has no test");
	while (str_trim(rest).n > 0) {
		if (count == TESTS_MAX)
			return wrong(at, "more than %d tests", TESTS_MAX);
		if (!parse_test(at, &rest, &tests[count++]))
			return false;
	}
	ARRAY_RESERVE(p->rules, p->rule_capacity, p->rule_count + 1);
	struct palette_rule *rule = &p->rules[p->rule_count++];
	*rule = (struct palette_rule){ .color = (unsigned)color, .test_count = count };
	rule->tests = arena_alloc(&p->arena, sizeof(tests[0]) * (count + 1));
	memcpy(rule->tests, tests, sizeof(tests[0]) * count);
	return true;
}

static bool parse_line(const struct place *at, struct palette *p, struct str line)
{
	struct str rest = line;
	struct str word = next_word(&rest);
	if (word.n == 0 || word.p[0] == '#')
		return true;
	if (str_eq(word, STR("color")) || str_eq(word, STR("colour")))
		return parse_color(at, p, rest);
	if (str_eq(word, STR("paint")))
		return parse_paint(at, p, rest);
	if (str_eq(word, STR("title"))) {
		p->title = str_trim(rest);
		return true;
	}
	if (str_eq(word, STR("background"))) {
		p->has_background = color_parse(str_trim(rest), &p->background);
		return p->has_background || wrong(at, "background is not #RRGGBB");
	}
	if (str_eq(word, STR("inlined"))) {
		p->fades_inlined = str_eq(str_trim(rest), STR("faded"));
		return p->fades_inlined || wrong(at, "'inlined' is followed by 'faded'");
	}
	return wrong(at, "unknown word '%.*s' (title, background, inlined, color, paint)",
		     STR_ARG(word));
}

bool palette_parse(struct palette *p, struct str text, const char *where,
		   struct buf *message)
{
	struct place at = { .where = where, .message = message };
	*p = (struct palette){ .background = color_back_light };
	text = arena_copy(&p->arena, text);
	while (text.n > 0) {
		struct str line = str_cut(&text, '\n');
		at.line++;
		if (str_ends(line, STR("\r")))
			line.n--;
		if (!parse_line(&at, p, line)) {
			palette_free(p);
			return false;
		}
	}
	if (p->rule_count == 0 || p->rules[p->rule_count - 1].test_count > 0) {
		palette_free(p);
		return wrong(&at, "the last 'paint' line must have no test");
	}
	return true;
}

static bool open_file(struct palette *p, const char *path, struct buf *message)
{
	FILE *file = fopen(path, "re");
	if (!file) {
		buf_addf(message, "cannot read palette '%s': %s", path, strerror(errno));
		return false;
	}
	struct buf text = { 0 };
	size_t got = fread(buf_reserve(&text, FILE_MAX + 1), 1, FILE_MAX + 1, file);
	bool failed = ferror(file);
	fclose(file);
	text.n = got;
	bool good = false;
	if (failed)
		buf_addf(message, "cannot read palette '%s'", path);
	else if (got > FILE_MAX)
		buf_addf(message, "palette '%s' is larger than 1 MiB", path);
	else
		good = palette_parse(p, buf_str(&text), path, message);
	buf_free(&text);
	if (good)
		p->name = arena_copy(&p->arena, str_basename(str_of(path)));
	return good;
}

bool palette_open(struct palette *p, const char *name, struct buf *message)
{
	if (strchr(name, '/') || str_ends(str_of(name), STR(".pal")))
		return open_file(p, name, message);
	for (const struct embed *e = embed_palettes; e->name.n; e++) {
		if (!str_eq(e->name, str_of(name)))
			continue;
		bool good = palette_parse(p, e->text, name, message);
		p->name = e->name;
		return good;
	}
	buf_addf(message, "unknown palette '%s' (", name);
	palette_list(message);
	buf_add(message, STR("; or a file, with '/' or '.pal' in its name)"));
	return false;
}

void palette_list(struct buf *b)
{
	for (const struct embed *e = embed_palettes; e->name.n; e++) {
		if (e != embed_palettes)
			buf_add(b, STR(", "));
		buf_add(b, e->name);
	}
}

void palette_free(struct palette *p)
{
	free(p->rules);
	arena_free(&p->arena);
	*p = (struct palette){ 0 };
}
