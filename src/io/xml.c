/* SPDX-License-Identifier: Apache-2.0 */

/*
 * expat pushes: it is given a piece of text, and calls back for each tag in it.
 * Here the calls fill a list of tokens, from which they are pulled; when it is
 * empty, the next piece is parsed.
 *
 * expat insists on valid characters of some encoding, but names of files and
 * functions are any bytes.  So it is told that all text is ISO-8859-1, where each
 * byte is a character, and what it makes of that becomes bytes again.
 *
 * <a><b></a> is mended by starting expat again in front of "</a>": a new parser is
 * led to the level of <a> by a tag for each, which nobody sees.
 */
#include "io/xml.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include <expat.h>

#include "base/alloc.h"

enum { PIECE = 16 * 1024, MENDS_MAX = 1000 };

struct xml_parser {
	struct xml xml;
	struct input *in;
	XML_Parser expat;
	struct token {
		enum xml_kind kind;
		uint64_t line;
		uint64_t text;           /* where it begins in texts */
		uint64_t size;
	} *tokens;
	size_t count, next, capacity;
	struct buf texts;        /* of the tokens */
	struct buf text;         /* since the last tag */
	struct buf path;         /* names of the open elements, each with a NUL */
	size_t path_at[XML_DEPTH_MAX];
	unsigned depth;
	struct buf element;      /* xml_element_text() */
	struct str piece;
	uint64_t base;           /* bytes that this expat got before the piece */
	uint64_t line;           /* of where it was started, less 1 */
	unsigned mends;
	size_t silent;           /* bytes since the last call */
	bool started;            /* the outermost element was there */
	bool muted;              /* tokens are not for others */
	bool ended;              /* all text was parsed */
	const char *wrong;       /* comes behind the tokens that wait; or NULL */
	uint64_t wrong_line;
};

static uint64_t line_now(const struct xml_parser *p)
{
	return p->line + XML_GetCurrentLineNumber(p->expat);
}

/* What is wrong first counts. */
static void stop(struct xml_parser *p, const char *words)
{
	if (!p->wrong) {
		p->wrong = words;
		p->wrong_line = line_now(p);
	}
	XML_StopParser(p->expat, XML_FALSE);
}

/* Tokens */

static void add(struct xml_parser *p, enum xml_kind kind, struct str text)
{
	ARRAY_RESERVE(p->tokens, p->capacity, p->count + 1);
	p->tokens[p->count++] = (struct token){
		.kind = kind, .line = line_now(p),
		.text = p->texts.n, .size = text.n,
	};
	buf_add(&p->texts, text);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void end_text(struct xml_parser *p)
{
	struct str s = buf_str(&p->text);
	while (s.n && is_blank(s.p[0]))
		s = str_skip(s, 1);
	while (s.n && is_blank(s.p[s.n - 1]))
		s.n--;
	if (s.n)
		add(p, XML_TEXT, s);
	buf_clear(&p->text);
}

/* Latin-1 as UTF-8 becomes bytes; what is larger was written as a number. */
static void add_bytes(struct buf *out, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		if ((c & 0xfe) == 0xc2 && i + 1 < n)
			c = (unsigned char)(c << 6 | (s[++i] & 0x3f));
		buf_addc(out, (char)c);
	}
}

static void on_text(void *data, const char *s, int n)
{
	struct xml_parser *p = data;
	p->silent = 0;
	add_bytes(&p->text, s, (size_t)n);
	if (p->text.n > XML_TEXT_MAX)
		stop(p, "text of more than 1 MiB");
}

static void on_open(void *data, const char *name, const char **attributes)
{
	struct xml_parser *p = data;
	(void)attributes;
	p->silent = 0;
	if (p->muted)
		return;
	if (p->depth == XML_DEPTH_MAX || strlen(name) > XML_NAME_MAX) {
		stop(p, p->depth == XML_DEPTH_MAX ? "more than 256 levels of tags" :
			"a tag with a name of more than 1000 bytes");
		return;
	}
	end_text(p);
	p->started = true;
	p->path_at[p->depth++] = p->path.n;
	size_t at = p->path.n;
	add_bytes(&p->path, name, strlen(name));
	add(p, XML_OPEN, str_skip(buf_str(&p->path), at));
	buf_addc(&p->path, '\0');
}

static struct str innermost(const struct xml_parser *p)
{
	return str_of(p->path.p + p->path_at[p->depth - 1]);
}

static void close_innermost(struct xml_parser *p)
{
	end_text(p);
	add(p, XML_CLOSE, innermost(p));
	p->path.n = p->path_at[--p->depth];
}

static void on_close(void *data, const char *name)
{
	struct xml_parser *p = data;
	(void)name;
	p->silent = 0;
	/* expat closes <a/> even after it was stopped at its beginning. */
	if (!p->wrong)
		close_innermost(p);
}

static void on_comment(void *data, const char *text)
{
	struct xml_parser *p = data;
	(void)text;
	p->silent = 0;
}

static void on_doctype(void *data, const char *name, const char *system,
		       const char *public, int has_subset)
{
	(void)name, (void)system, (void)public, (void)has_subset;
	stop(data, "a DOCTYPE is not accepted");
}

/* expat */

static void *retake(void *old, size_t n)
{
	return xreallocarray(old, n, 1);
}

static void start_expat(struct xml_parser *p)
{
	static const XML_Memory_Handling_Suite memory = { xmalloc, retake, free };
	if (p->expat)
		XML_ParserFree(p->expat);
	p->expat = XML_ParserCreate_MM("ISO-8859-1", &memory, NULL);
	assert(p->expat);
	p->base = 0;
	XML_SetUserData(p->expat, p);
	XML_SetElementHandler(p->expat, on_open, on_close);
	XML_SetCharacterDataHandler(p->expat, on_text);
	XML_SetCommentHandler(p->expat, on_comment);
	XML_SetStartDoctypeDeclHandler(p->expat, on_doctype);
}

/* Tags whole, for expat may wait for more when it got a part. */
static void feed_path(struct xml_parser *p)
{
	struct buf tags = { 0 };
	for (unsigned i = 0; i < p->depth; i++)
		buf_addf(&tags, "<%s>", p->path.p + p->path_at[i]);
	p->muted = true;
	XML_Parse(p->expat, tags.p, (int)tags.n, XML_FALSE);
	p->muted = false;
	p->base = tags.n;
	buf_free(&tags);
}

/* How many elements stay open when "name" is closed; 0 when it is not open. */
static unsigned level_of(const struct xml_parser *p, struct str name)
{
	for (unsigned i = p->depth; i-- > 0;)
		if (str_eq(str_of(p->path.p + p->path_at[i]), name))
			return i + 1;
	return 0;
}

/* expat stopped behind the "</" of a tag that closes another element. */
static bool mend(struct xml_parser *p, struct str *rest)
{
	uint64_t index = (uint64_t)XML_GetCurrentByteIndex(p->expat);
	if (!p->xml.mend_tags || p->mends == MENDS_MAX || index < p->base + 2 ||
	    index - p->base >= p->piece.n)
		return false;
	struct str name = str_skip(p->piece, index - p->base);
	*rest = str_skip(p->piece, index - p->base - 2);
	size_t n = 0;
	while (n < name.n && name.p[n] != '>' && !is_blank(name.p[n]))
		n++;
	unsigned level = level_of(p, str_head(name, n));
	if (level == 0)
		return false;
	p->mends++;
	input_warn_at(p->in, line_now(p), "tags that are not closed", innermost(p));
	while (p->depth > level)
		close_innermost(p);
	p->line = line_now(p) - 1;
	start_expat(p);
	feed_path(p);
	return true;
}

struct xml *xml_new(struct input *in)
{
	struct xml_parser *p = xcalloc(1, sizeof(*p));
	p->in = in;
	p->xml.parser = p;
	input_peek(in, 1);
	start_expat(p);
	return &p->xml;
}

void xml_delete(struct xml *x)
{
	struct xml_parser *p = x->parser;
	XML_ParserFree(p->expat);
	buf_free(&p->texts);
	buf_free(&p->text);
	buf_free(&p->path);
	buf_free(&p->element);
	free(p->tokens);
	free(p);
}

/* Pieces */

/* Up to the end of a tag, where there is one, so that none lies across two. */
static struct str next_piece(struct xml_parser *p)
{
	struct str s;
	ptrdiff_t end;
	bool waits;
	do {
		s = input_ahead(p->in);
		if (s.n > PIECE)
			s.n = PIECE;
		end = str_rchr(s, '>');
		waits = end < 0 && s.n < PIECE && input_refill(p->in);
	} while (waits);
	s = str_head(input_ahead(p->in), end < 0 ? s.n : (size_t)end + 1);
	input_take(p->in, s.n);
	return s;
}

static const char *words_for(enum XML_Error code)
{
	if (code == XML_ERROR_JUNK_AFTER_DOC_ELEMENT)
		return "text behind the end of the XML";
	if (code == XML_ERROR_TAG_MISMATCH)
		return "the XML closes another tag than it has opened";
	return XML_ErrorString(code);
}

static bool is_end(enum XML_Error code)
{
	return code == XML_ERROR_NO_ELEMENTS || code == XML_ERROR_UNCLOSED_TOKEN ||
	       code == XML_ERROR_PARTIAL_CHAR ||
	       code == XML_ERROR_UNCLOSED_CDATA_SECTION;
}

static void fail(struct xml_parser *p)
{
	if (!p->wrong)
		p->wrong_line = line_now(p);
	if (!p->wrong)
		p->wrong = words_for(XML_GetErrorCode(p->expat));
}

static void parse_piece(struct xml_parser *p)
{
	struct str rest = p->piece;
	p->silent += p->piece.n;
	while (XML_Parse(p->expat, rest.p, (int)rest.n, XML_FALSE) != XML_STATUS_OK) {
		if (p->wrong || XML_GetErrorCode(p->expat) != XML_ERROR_TAG_MISMATCH ||
		    !mend(p, &rest)) {
			fail(p);
			return;
		}
		p->piece = rest;
	}
	p->base += rest.n;
	if (p->silent > XML_TEXT_MAX && !p->wrong) {
		p->wrong = "a tag or comment of more than 1 MiB";
		p->wrong_line = line_now(p);
	}
}

static void parse_end(struct xml_parser *p)
{
	p->ended = true;
	if (XML_Parse(p->expat, "", 0, XML_TRUE) == XML_STATUS_OK)
		return;
	if (is_end(XML_GetErrorCode(p->expat)) && p->started)
		p->xml.is_cut = true;
	else
		fail(p);
}

/* Makes tokens of the next piece. */
static bool more(struct xml_parser *p)
{
	struct xml *x = &p->xml;
	while (p->next == p->count) {
		bool failed = p->in->failed || p->wrong;
		x->kind = failed ? XML_FAILED : XML_END;
		if (p->wrong) {
			x->line = p->wrong_line;
			xml_error(x, "%s", p->wrong);
		}
		if (failed || p->ended)
			return false;
		p->next = p->count = 0;
		buf_clear(&p->texts);
		p->piece = next_piece(p);
		if (p->piece.n > 0)
			parse_piece(p);
		else if (!p->in->failed)
			parse_end(p);
	}
	return true;
}

enum xml_kind xml_next(struct xml *x)
{
	struct xml_parser *p = x->parser;
	if (p->next == p->count && !more(p))
		return x->kind;
	const struct token *t = &p->tokens[p->next++];
	x->text = (struct str){ p->texts.p + t->text, t->size };
	x->line = p->in->line = t->line;
	return x->kind = t->kind;
}

bool xml_error(struct xml *x, const char *format, ...)
{
	struct buf text = { 0 };
	va_list args;
	va_start(args, format);
	buf_addv(&text, format, args);
	va_end(args);
	x->parser->in->line = x->line;
	input_error(x->parser->in, "%s", buf_cstr(&text));
	buf_free(&text);
	return false;
}

/* Elements */

bool xml_skip(struct xml *x)
{
	for (size_t depth = x->kind == XML_OPEN; depth > 0;) {
		enum xml_kind kind = xml_next(x);
		if (kind <= XML_END)
			return false;
		depth += kind == XML_OPEN;
		depth -= kind == XML_CLOSE;
	}
	return true;
}

bool xml_element_text(struct xml *x, struct str *text)
{
	struct buf *b = &x->parser->element;
	buf_clear(b);
	while (xml_next(x) > XML_END && x->kind != XML_CLOSE) {
		if (x->kind == XML_OPEN && !xml_skip(x))
			return false;
		if (x->kind == XML_TEXT && b->n < XML_TEXT_MAX)
			buf_add(b, x->text);
	}
	*text = buf_str(b);
	return x->kind == XML_CLOSE;
}
