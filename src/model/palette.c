/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A palette is colours and rules (palette_parse.c reads them), a rule's tests
 * being words that are slices of the palette's own copy of the text.  Choosing a
 * colour runs down the rules; it is done once per function, so a plain walk will
 * do.  Where a rule names another palette, that one's rules go on choosing; its
 * colours are copied into the table of this one, so that an index is enough to
 * tell a colour:
 *
 *	color ours palette:red : our code     0 ours  other=red, first=1
 *	                                      1 delimiter \
 *	                                      2 gap        > copies, legend=0
 *	                                      3 red       /
 */
#include "model/palette.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/embed.h"
#include "model/palette_rule.h"

enum { FILE_MAX = 1 << 20 };

/* An expression is no longer asked when it took too long for that many names. */
enum { SLOW_MAX = 20 };

struct str palette_word(struct str *rest)
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

struct color palette_color(const struct palette *p, unsigned pick, uint64_t hash,
			   enum frame_kind kind)
{
	double variable[3];
	for (int i = 0; i < 3; i++, hash >>= 21)
		variable[i] = (double)(hash & 0x1fffff) / 0x1fffff;
	struct color c = color_at(&p->colors[pick], variable);
	if (p->colors[pick].fades && kind == FRAME_INLINED)
		c = palette_faded(c);
	return c;
}

/* Of a palette in this one: what it has for frames that nothing is known of. */
struct color palette_swatch(const struct palette *p, unsigned pick)
{
	static const double middle[3] = { .5, .5, .5 };
	const struct palette *other = p->colors[pick].other;
	if (other)
		return palette_swatch(other, other->rules[other->rule_count - 1].color);
	return color_at(&p->colors[pick], middle);
}

/* "*" and "?"; when a text after a "*" does not fit, it is tried one byte further. */
static bool glob_fits(struct str glob, struct str s)
{
	size_t g = 0, i = 0, star = SIZE_MAX, tried = 0;
	while (i < s.n) {
		if (g < glob.n && glob.p[g] == '*') {
			star = g++;
			tried = i;
		} else if (g < glob.n && (glob.p[g] == '?' || glob.p[g] == s.p[i])) {
			g++;
			i++;
		} else if (star != SIZE_MAX) {
			g = star + 1;
			i = ++tried;
		} else {
			return false;
		}
	}
	while (g < glob.n && glob.p[g] == '*')
		g++;
	return g == glob.n;
}

static bool module_fits(struct str module, struct str glob)
{
	if (module.n == 0)
		return false;
	return glob_fits(glob, str_chr(glob, '/') >= 0 ? module : str_basename(module));
}

static bool word_fits(enum palette_test_kind what, const struct palette_subject *subject,
		      struct str word)
{
	switch (what) {
	case TEST_STARTS:
		return str_starts(subject->name, word);
	case TEST_ENDS:
		return str_ends(subject->name, word);
	case TEST_HAS:
		return str_find(subject->name, word) >= 0;
	case TEST_MODULE:
		return module_fits(subject->module, word);
	case TEST_UNIT:
		return str_eq(subject->unit, word);
	default:
		return str_eq(subject->name, word);
	}
}

static bool match_fits(const struct palette_test *t, struct str name)
{
	for (unsigned i = 0; i < t->match_count; i++)
		if (match_slow(t->matches[i]) < SLOW_MAX &&
		    match_find(t->matches[i], name))
			return true;
	return false;
}

static bool test_fits(const struct palette_test *t, const struct palette_subject *subject)
{
	struct str name = subject->name;
	bool fits = false;
	switch (t->what) {
	case TEST_KIND:
		fits = t->kinds >> subject->kind & 1;
		break;
	case TEST_STARTS_UPPER:
		fits = name.n > 0 && name.p[0] >= 'A' && name.p[0] <= 'Z';
		break;
	case TEST_MATCHES:
		fits = match_fits(t, name);
		break;
	default: {
		struct str rest = t->words, word;
		while (!fits && (word = palette_word(&rest)).n > 0)
			fits = word_fits(t->what, subject, word);
	}
	}
	return fits != t->negated;
}

static unsigned choose(const struct palette *p, const struct palette_subject *subject)
{
	for (size_t i = 0; i < p->rule_count; i++) {
		const struct palette_rule *rule = &p->rules[i];
		unsigned passed = 0;
		while (passed < rule->test_count &&
		       test_fits(&rule->tests[passed], subject))
			passed++;
		if (passed == rule->test_count)
			return rule->color;
	}
	return PALETTE_NONE;
}

unsigned palette_pick(const struct palette *p, const struct palette_subject *subject)
{
	unsigned pick = choose(p, subject);
	if (pick == PALETTE_NONE || !p->colors[pick].other)
		return pick;
	unsigned inner = choose(p->colors[pick].other, subject);
	assert(inner != PALETTE_NONE); /* its last rule has no test */
	return p->colors[pick].first + inner;
}

static void add_slow_test(const struct palette_rule *rule, const struct palette_test *t,
			  struct str where, struct buf *lines)
{
	struct str rest = t->words;
	for (unsigned i = 0; i < t->match_count; i++) {
		struct str word = palette_word(&rest);
		unsigned slow = match_slow(t->matches[i]);
		if (slow == 0)
			continue;
		buf_addf(lines, "%.*s:%u: '%.*s' takes too long ", STR_ARG(where),
			 rule->line, STR_ARG(word));
		if (slow < SLOW_MAX)
			buf_addf(lines, "on %u name%s, taken as not fitting\n", slow,
				 slow == 1 ? "" : "s");
		else
			buf_addf(lines, "on many names and was left out after %u\n",
				 slow);
	}
}

void palette_add_slow(const struct palette *p, struct buf *lines)
{
	for (size_t i = 0; i < p->rule_count; i++) {
		const struct palette_rule *rule = &p->rules[i];
		for (unsigned k = 0; k < rule->test_count; k++)
			add_slow_test(rule, &rule->tests[k], p->name, lines);
	}
	for (unsigned i = 0; i < p->color_count; i++)
		if (p->colors[i].other)
			palette_add_slow(p->colors[i].other, lines);
}

bool palette_read_file(struct buf *text, const char *what, const char *path,
		       size_t most, bool *missing, struct buf *message)
{
	FILE *file = fopen(path, "re");
	*missing = !file && errno == ENOENT;
	if (!file) {
		buf_addf(message, "cannot read %s '%s': %s", what, path, strerror(errno));
		return false;
	}
	size_t got;
	do {
		enum { STEP = 1 << 16 };
		got = fread(buf_reserve(text, STEP), 1, STEP, file);
		text->n += got;
	} while (got > 0 && text->n <= most);
	int error = ferror(file) ? errno : 0;
	fclose(file);
	if (error)
		buf_addf(message, "cannot read %s '%s': %s", what, path, strerror(error));
	else if (text->n > most)
		buf_addf(message, "%s '%s' is larger than %zu MiB", what, path,
			 most >> 20);
	return !error && text->n <= most;
}

static bool open_file(struct palette *p, const char *path, enum palette_form form,
		      struct buf *message)
{
	struct buf text = { 0 };
	bool missing;
	bool good = palette_read_file(&text, form == PALETTE_RULES ? "rules" : "palette",
				      path, FILE_MAX, &missing, message) &&
		    palette_parse(p, buf_str(&text), path, form, message);
	buf_free(&text);
	if (good)
		p->name = arena_copy(&p->arena, str_of(path));
	return good;
}

bool palette_open_rules(struct palette *p, const char *path, struct buf *message)
{
	return open_file(p, path, PALETTE_RULES, message);
}

bool palette_open_form(struct palette *p, const char *name, enum palette_form form,
		       struct buf *message)
{
	if (strchr(name, '/') || str_ends(str_of(name), STR(".pal")))
		return open_file(p, name, form, message);
	for (const struct embed *e = embed_palettes; e->name.n; e++) {
		if (!str_eq(e->name, str_of(name)))
			continue;
		bool good = palette_parse(p, e->text, name, form, message);
		p->name = e->name;
		return good;
	}
	buf_addf(message, "unknown palette '%s' (", name);
	palette_list(message);
	buf_add(message, STR(", hash, module; or a file, with '/' or '.pal' in its name)"));
	return false;
}

bool palette_open(struct palette *p, const char *name, struct buf *message)
{
	return palette_open_form(p, name, PALETTE_WHOLE, message);
}

bool palette_asks_for_modules(const struct palette *p)
{
	for (size_t i = 0; i < p->rule_count; i++)
		for (unsigned t = 0; t < p->rules[i].test_count; t++)
			if (p->rules[i].tests[t].what == TEST_MODULE)
				return true;
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
	for (size_t i = 0; i < p->rule_count; i++) {
		const struct palette_rule *rule = &p->rules[i];
		for (unsigned k = 0; k < rule->test_count; k++)
			for (unsigned m = 0; m < rule->tests[k].match_count; m++)
				match_free(rule->tests[k].matches[m]);
	}
	for (unsigned i = 0; i < p->color_count; i++)
		if (p->colors[i].other)
			palette_free(p->colors[i].other);
	free(p->rules);
	free(p->colors);
	arena_free(&p->arena);
	*p = (struct palette){ 0 };
}
