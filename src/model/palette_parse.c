/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Palettes and rules are read line by line:
 *
 *	color  ours  hsl 12-48 88-92 66-72 : our code
 *	paint  ours  matches ^shop:: & not kind inlined
 *	paint  palette:java  module libjvm.so
 *
 * Whatever else is found in a palette's text, a slice of the palette's copy of it
 * is kept.
 */
#include "model/palette_rule.h"

#include "base/alloc.h"
#include "base/num.h"

enum { TESTS_MAX = 16 };

static const struct str other_palette = STR("palette:");

static const struct str test_words[] = {
	[TEST_IS] = STR("is"),
	[TEST_STARTS] = STR("starts"),
	[TEST_ENDS] = STR("ends"),
	[TEST_HAS] = STR("has"),
	[TEST_STARTS_UPPER] = STR("starts-upper"),
	[TEST_KIND] = STR("kind"),
	[TEST_UNIT] = STR("unit"),
	[TEST_MATCHES] = STR("matches"),
	[TEST_MODULE] = STR("module"),
};

/* Where a line is, for messages. */
struct place {
	const char *where;
	enum palette_form form;
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
	struct str form = palette_word(rest);
	struct color fixed;
	if (color_parse(form, &fixed)) {
		color->channel[0].from = color->channel[0].to = fixed.r;
		color->channel[1].from = color->channel[1].to = fixed.g;
		color->channel[2].from = color->channel[2].to = fixed.b;
		return true;
	}
	color->hsl = str_eq(form, STR("hsl"));
	if (!color->hsl && !str_eq(form, STR("rgb")))
		return wrong(at, "a colour is #RRGGBB, rgb R G B, hsl H S L or "
			     "palette:NAME, not '%.*s'", STR_ARG(form));
	for (unsigned i = 0; i < 3; i++) {
		double most = !color->hsl ? 255 : i == 0 ? 360 : 100;
		if (!parse_channel(at, palette_word(rest), most, i, &color->channel[i]))
			return false;
	}
	return true;
}

/* A new colour that is described by itself, or NULL when there are too many. */
static struct palette_color *add_color(struct palette *p, struct str name)
{
	if (p->color_count == PALETTE_COLORS_MAX)
		return NULL;
	ARRAY_RESERVE(p->colors, p->color_capacity, (size_t)p->color_count + 1);
	struct palette_color *color = &p->colors[p->color_count];
	*color = (struct palette_color){ .name = name, .legend = p->color_count };
	p->color_count++;
	return color;
}

static bool too_many(const struct place *at)
{
	return wrong(at, "more than %d colours", PALETTE_COLORS_MAX);
}

static bool open_other(const struct place *at, struct palette *p, struct str name,
		       struct palette *other)
{
	if (at->form == PALETTE_INNER)
		return wrong(at, "'palette:%.*s': a palette that is named by another "
			     "cannot name a third", STR_ARG(name));
	if (name.n == 0 || str_chr(name, '\0') >= 0)
		return wrong(at, "'palette:' is followed by the name of a palette");
	struct buf why = { 0 };
	bool good = palette_open_form(other, arena_copy(&p->arena, name).p, PALETTE_INNER,
				      &why);
	if (!good)
		wrong(at, "%s", buf_cstr(&why));
	buf_free(&why);
	return good;
}

/*
 * Makes the last colour the other palette of this name, whose colours are copied
 * behind it.  Words are those of the last colour, when it has any.
 */
static bool add_other(const struct place *at, struct palette *p, struct str name,
		      struct str words)
{
	unsigned owner = p->color_count - 1;
	struct palette *other = arena_alloc(&p->arena, sizeof(*other));
	if (!open_other(at, p, name, other))
		return false;
	p->colors[owner].other = other;
	p->colors[owner].first = p->color_count;
	for (unsigned i = 0; i < other->color_count; i++) {
		struct palette_color *copy = add_color(p, (struct str){ NULL, 0 });
		if (!copy)
			return too_many(at);
		unsigned own = copy->legend;
		*copy = other->colors[i];
		copy->name = (struct str){ NULL, 0 };
		copy->legend = words.n ? owner : own;
	}
	return true;
}

static bool parse_color(const struct place *at, struct palette *p, struct str rest)
{
	struct str name = palette_word(&rest);
	if (name.n == 0)
		return wrong(at, "the colour has no name");
	if (find_color(p, name) >= 0)
		return wrong(at, "colour '%.*s' is there already", STR_ARG(name));
	struct palette_color *color = add_color(p, name);
	if (!color)
		return too_many(at);
	struct str ahead = rest, other = palette_word(&ahead);
	bool has_other = str_starts(other, other_palette);
	if (has_other)
		rest = ahead;
	else if (!parse_span(at, &rest, color))
		return false;
	struct str colon = palette_word(&rest);
	if (colon.n && !str_eq(colon, STR(":")))
		return wrong(at, "':' and words for the legend expected, not '%.*s'",
			     STR_ARG(colon));
	color->words = str_trim(rest);
	return !has_other ||
	       add_other(at, p, str_skip(other, other_palette.n), color->words);
}

/* The words of a test up to a "&" or the end of the line. */
static struct str test_rest(struct str *rest)
{
	struct str all = *rest;
	struct str before = *rest;
	for (;;) {
		struct str word = palette_word(rest);
		if (word.n == 0 || str_eq(word, STR("&")))
			return str_trim(word.n ? str_span(all.p, before.p) : all);
		before = str_skip(all, (size_t)(rest->p - all.p));
	}
}

static bool parse_kinds(const struct place *at, struct palette_test *test)
{
	struct str rest = test->words;
	struct str word;
	while ((word = palette_word(&rest)).n > 0) {
		enum frame_kind kind = frame_kind_of_word(word);
		if (kind == FRAME_KINDS)
			return wrong(at, "unknown kind '%.*s' (user, kernel, inlined, "
				     "jit, waker, other)", STR_ARG(word));
		test->kinds |= 1u << kind;
	}
	return true;
}

static bool parse_matches(const struct place *at, struct palette *p,
			  struct palette_test *test)
{
	struct str rest = test->words, word;
	unsigned count = 0;
	while (palette_word(&rest).n > 0)
		count++;
	test->matches = arena_alloc(&p->arena, count * sizeof(struct match *));
	rest = test->words;
	while ((word = palette_word(&rest)).n > 0) {
		struct buf why = { 0 };
		struct match *match = match_new(word, &why);
		if (match)
			test->matches[test->match_count++] = match;
		else
			wrong(at, "'%.*s': %s", STR_ARG(word), buf_cstr(&why));
		buf_free(&why);
		if (!match)
			return false;
	}
	return true;
}

static bool parse_test(const struct place *at, struct palette *p, struct str *rest,
		       struct palette_test *test)
{
	struct str word = palette_word(rest);
	*test = (struct palette_test){ .negated = str_eq(word, STR("not")) };
	if (test->negated)
		word = palette_word(rest);
	unsigned what = 0;
	while (what < ARRAY_SIZE(test_words) && !str_eq(test_words[what], word))
		what++;
	if (what == ARRAY_SIZE(test_words))
		return wrong(at, "unknown test '%.*s' (is, starts, ends, has, "
			     "starts-upper, matches, module, kind, unit; 'not' in front)",
			     STR_ARG(word));
	test->what = what;
	test->words = test_rest(rest);
	if (what == TEST_STARTS_UPPER ? test->words.n > 0 : test->words.n == 0)
		return wrong(at, what == TEST_STARTS_UPPER ? "'%.*s' takes no word"
							   : "'%.*s' takes a word",
			     STR_ARG(word));
	return what == TEST_KIND ? parse_kinds(at, test) :
	       what != TEST_MATCHES || parse_matches(at, p, test);
}

/* The colour a rule names; "palette:NAME" becomes one where it is first named. */
static bool parse_target(const struct place *at, struct palette *p, struct str name,
			 unsigned *color)
{
	ptrdiff_t found = name.n ? find_color(p, name) : -1;
	*color = found >= 0 ? (unsigned)found : p->color_count;
	if (found >= 0)
		return true;
	if (!str_starts(name, other_palette))
		return wrong(at, "unknown colour '%.*s'", STR_ARG(name));
	if (!add_color(p, name))
		return too_many(at);
	return add_other(at, p, str_skip(name, other_palette.n),
			 (struct str){ NULL, 0 });
}

/* A rule is kept even when it is wrong: freeing the palette frees what it has. */
static bool parse_paint(const struct place *at, struct palette *p, struct str rest)
{
	struct palette_test tests[TESTS_MAX];
	unsigned color, count = 0;
	if (!parse_target(at, p, palette_word(&rest), &color))
		return false;
	if (p->rule_count && p->rules[p->rule_count - 1].test_count == 0)
		return wrong(at, "no frame comes here: the 'paint' before has no test");
	bool good = true;
	while (good && str_trim(rest).n > 0) {
		if (count == TESTS_MAX)
			good = wrong(at, "more than %d tests", TESTS_MAX);
		else
			good = parse_test(at, p, &rest, &tests[count++]);
	}
	ARRAY_RESERVE(p->rules, p->rule_capacity, p->rule_count + 1);
	struct palette_rule *rule = &p->rules[p->rule_count++];
	*rule = (struct palette_rule){ .color = color, .line = at->line,
				       .test_count = count };
	rule->tests = arena_alloc(&p->arena, sizeof(tests[0]) * (count + 1));
	memcpy(rule->tests, tests, sizeof(tests[0]) * count);
	return good;
}

static bool parse_line(const struct place *at, struct palette *p, struct str line)
{
	struct str rest = line;
	struct str word = palette_word(&rest);
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

/* What holds for the palette as a whole. */
static bool finish(const struct place *at, struct palette *p)
{
	for (unsigned i = 0; i < p->color_count; i++)
		if (p->colors[i].name.n > 0)
			p->colors[i].fades = p->fades_inlined;
	if (at->form == PALETTE_RULES ||
	    (p->rule_count > 0 && p->rules[p->rule_count - 1].test_count == 0))
		return true;
	return wrong(at, "the last 'paint' line must have no test");
}

bool palette_parse(struct palette *p, struct str text, const char *where,
		   enum palette_form form, struct buf *message)
{
	struct place at = { .where = where, .form = form, .message = message };
	*p = (struct palette){ .background = color_back_light };
	text = arena_copy(&p->arena, text);
	bool good = true;
	while (good && text.n > 0) {
		struct str line = str_cut(&text, '\n');
		at.line++;
		if (str_ends(line, STR("\r")))
			line.n--;
		good = parse_line(&at, p, line);
	}
	good = good && finish(&at, p);
	if (!good)
		palette_free(p);
	return good;
}
