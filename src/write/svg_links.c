/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The nameattr file of flamegraph.pl: a function and what it gets, separated by
 * TABs.
 *
 *	malloc	href=https://example.org/malloc	target=_blank	title="asks for memory"
 *
 * Quotes around a value are taken off.  Of several values for the same, also in
 * other lines, the last one counts.
 *
 * A URL is judged as a browser reads it: blanks and control characters in front
 * and TABs inside are no obstacle to "javascript:", '\' is as good as '/', and
 * "//host" names a host under the scheme of the page, which for a picture opened
 * from the disk is a file server.  What is refused is only taken off; escaping
 * stays with the writer.
 */
#include "write/svg_links.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "io/input.h"

enum { WARNINGS_MAX = 8, SHOWN_MAX = 120, URL_MAX = 2048, TARGET_MAX = 64 };

struct reading {
	struct svg_links *links;
	struct input in;
	struct buf *warnings;
	unsigned warning_count;
	bool unused;             /* attributes that do nothing here */
};

static const struct str schemes[] = { STR("http"), STR("https"), STR("mailto") };
static const struct str unused[] = {
	STR("id"), STR("class"), STR("g_extra"), STR("a_extra"),
};

static struct str shown(struct str s)
{
	return s.n > SHOWN_MAX ? str_head(s, SHOWN_MAX) : s;
}

/* Where a warning goes, "links.txt:3: " being there; NULL when there are too many. */
static struct buf *begin_warning(struct reading *r)
{
	if (r->warning_count++ >= WARNINGS_MAX)
		return NULL;
	buf_addf(r->warnings, "%s:%llu: ", r->in.name, (unsigned long long)r->in.line);
	return r->warnings;
}

/* Functions */

const struct svg_link *svg_links_find(const struct svg_links *l, struct str name)
{
	if (l->count == 0)
		return NULL;
	uint32_t hash = (uint32_t)hash_hidden(name.p, name.n);
	uint32_t id, place = table_place(&l->table, hash);
	while ((id = table_next(&l->table, hash, &place)) != TABLE_END)
		if (str_eq(l->items[id].name, name))
			return &l->items[id];
	return NULL;
}

const struct svg_link *svg_links_of(const struct svg_links *l, const struct profile *p,
				    uint32_t frame)
{
	if (l->count == 0 || frame == ID_NONE)
		return NULL;
	const struct svg_link *link = svg_links_find(l, profile_name(p, frame));
	uint32_t full = p->frames[frame].full;
	if (!link && full != ID_NONE && full != ID_SEVERAL)
		link = svg_links_find(l, intern_text(&p->text, full));
	return link;
}

static struct svg_link *link_of(struct svg_links *l, struct str name)
{
	const struct svg_link *known = svg_links_find(l, name);
	if (known)
		return &l->items[known - l->items];
	ARRAY_RESERVE(l->items, l->capacity, (size_t)l->count + 1);
	table_insert(&l->table, (uint32_t)hash_hidden(name.p, name.n), l->count);
	struct svg_link *link = &l->items[l->count++];
	*link = (struct svg_link){
		.name = arena_copy(&l->arena, name), .target = STR("_top"),
	};
	return link;
}

/* URLs */

/* Whether s is this word of small letters, in letters of any case. */
static bool is_word(struct str s, struct str word)
{
	size_t i = 0;
	while (i < s.n && i < word.n && (s.p[i] | 0x20) == word.p[i])
		i++;
	return i == s.n && i == word.n;
}

static bool is_known_scheme(struct str scheme)
{
	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++)
		if (is_word(scheme, schemes[i]))
			return true;
	return false;
}

static bool is_slash(struct str s, size_t at)
{
	return at < s.n && (s.p[at] == '/' || s.p[at] == '\\');
}

/* Why there is no link, or NULL when there is one. */
static const char *refusal(struct str url)
{
	if (url.n == 0)
		return "is empty";
	if (url.n > URL_MAX)
		return "is longer than 2048 bytes";
	if (url.p[0] == ' ')
		return "begins with a blank";
	for (size_t i = 0; i < url.n; i++)
		if ((unsigned char)url.p[i] < ' ' || url.p[i] == 0x7f)
			return "has a control character";
	if (is_slash(url, 0) && is_slash(url, 1))
		return "names a host without http or https";
	size_t end = 0;
	while (end < url.n && !strchr(":/\\?#", url.p[end]))
		end++;
	if (end < url.n && url.p[end] == ':' && !is_known_scheme(str_head(url, end)))
		return "is no http, https, mailto or relative URL";
	return NULL;
}

static bool is_target(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i], lower = (char)(c | 0x20);
		bool letter = lower >= 'a' && lower <= 'z';
		if (!letter && !(c >= '0' && c <= '9') && c != '_' && c != '-')
			return false;
	}
	return s.n > 0 && s.n <= TARGET_MAX;
}

/* Lines */

static struct str unquoted(struct str s)
{
	if (s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"')
		return str_head(str_skip(s, 1), s.n - 2);
	return s;
}

static bool is_unused(struct str key)
{
	for (size_t i = 0; i < ARRAY_SIZE(unused); i++)
		if (str_eq(key, unused[i]))
			return true;
	return false;
}

/* A blank inside a URL is what browsers make of it. */
static struct str without_blanks(struct arena *arena, struct str url)
{
	struct buf text = { 0 };
	for (size_t i = 0; i < url.n; i++)
		buf_add(&text, url.p[i] == ' ' ? STR("%20") : str_head(str_skip(url, i), 1));
	struct str copy = arena_copy(arena, buf_str(&text));
	buf_free(&text);
	return copy;
}

static void set_href(struct reading *r, struct svg_link *link, struct str url)
{
	const char *why = refusal(url);
	struct buf *text = why ? begin_warning(r) : NULL;
	if (text)
		buf_addf(text, "no link for '%.*s': '%.*s' %s\n",
			 STR_ARG(shown(link->name)), STR_ARG(shown(url)), why);
	link->href = why ? STR("") : without_blanks(&r->links->arena, url);
}

static void set_target(struct reading *r, struct svg_link *link, struct str target)
{
	if (is_target(target)) {
		link->target = arena_copy(&r->links->arena, target);
		return;
	}
	struct buf *text = begin_warning(r);
	if (text)
		buf_addf(text, "target '%.*s' is no name\n", STR_ARG(shown(target)));
}

static bool read_attribute(struct reading *r, struct svg_link *link, struct str field)
{
	struct str value = field;
	struct str key = str_trim(str_cut(&value, '='));
	if (field.n == 0)
		return true;
	if (value.p == NULL || key.n == 0)
		return input_error(&r->in, "'%.*s' is not name=value",
				   STR_ARG(shown(field)));
	value = unquoted(str_trim(value));
	if (str_eq(key, STR("title")))
		link->title = arena_copy(&r->links->arena, value);
	else if (str_eq(key, STR("href")))
		set_href(r, link, value);
	else if (str_eq(key, STR("target")))
		set_target(r, link, value);
	else if (is_unused(key))
		r->unused = true;
	else if (begin_warning(r))
		buf_addf(r->warnings, "unknown attribute '%.*s' (title, href, target)\n",
			 STR_ARG(shown(key)));
	return true;
}

static bool read_line(struct reading *r, struct str line)
{
	struct str rest = line;
	struct str name = str_cut(&rest, '\t');
	if (str_trim(line).n == 0)
		return true;
	if (name.n == 0)
		return input_error(&r->in, "no function in front of the TAB");
	if (rest.p == NULL)
		return input_error(&r->in, "no TAB behind the function");
	frame_kind_unmark(&name);
	struct svg_link *link = link_of(r->links, name);
	while (rest.p != NULL)
		if (!read_attribute(r, link, str_cut(&rest, '\t')))
			return false;
	return true;
}

/* For the viewer: only the title can have blanks. */
static void make_words(struct svg_links *l)
{
	struct buf words = { 0 };
	for (uint32_t i = 0; i < l->count; i++) {
		struct svg_link *link = &l->items[i];
		buf_clear(&words);
		buf_add(&words, link->target);
		buf_addc(&words, ' ');
		buf_add(&words, link->href);
		buf_addc(&words, ' ');
		buf_add(&words, link->title);
		link->words = arena_copy(&l->arena, buf_str(&words));
	}
	buf_free(&words);
}

static void say_rest(struct reading *r)
{
	if (r->warning_count > WARNINGS_MAX)
		buf_addf(r->warnings, "%s: %u more of the like\n", r->in.name,
			 r->warning_count - WARNINGS_MAX);
	if (r->unused)
		buf_addf(r->warnings, "%s: id, class, g_extra and a_extra are not used: "
			 "they would put any text into the picture\n", r->in.name);
}

/* What the input says, without its "error: ": the caller has such words of its own. */
static void take_message(struct input *in, struct buf *message)
{
	struct str why = buf_str(&in->message), word = STR(" error:");
	ptrdiff_t at = str_find(why, word);
	if (at >= 0) {
		buf_add(message, str_head(why, (size_t)at));
		why = str_skip(why, (size_t)at + word.n);
	}
	buf_add(message, why);
}

bool svg_links_open(struct svg_links *l, const char *path, struct buf *message,
		    struct buf *warnings)
{
	struct reading r = { .links = l, .warnings = warnings };
	struct str line;
	*l = (struct svg_links){ 0 };
	bool ok = input_open(&r.in, path);
	while (ok && input_line(&r.in, &line))
		ok = read_line(&r, line);
	ok = ok && !r.in.failed;
	if (ok) {
		make_words(l);
		say_rest(&r);
	} else {
		take_message(&r.in, message);
	}
	input_close(&r.in);
	if (!ok)
		svg_links_free(l);
	return ok;
}

void svg_links_free(struct svg_links *l)
{
	free(l->items);
	table_free(&l->table);
	arena_free(&l->arena);
	*l = (struct svg_links){ 0 };
}
