/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IO_XML_H
#define IO_XML_H

#include "io/input.h"

/*
 * XML as tokens, one at a time, from an input of any size: what is kept in
 * memory is a piece of the text and its tokens.
 *
 *	struct xml *x = xml_new(in);
 *	enum xml_kind kind;
 *	while ((kind = xml_next(x)) > XML_END)
 *		... x->text ...
 *	ok = kind == XML_END;
 *	xml_delete(x);
 *
 * Each tag that opens is closed again.  When the text ends before that, the tokens
 * end there, too, and is_cut is set: what was recorded may have been killed.
 * Text behind the outermost element is an error, and so are a DOCTYPE with or
 * without entities, more than XML_DEPTH_MAX levels, a name of more than XML_NAME_MAX
 * bytes, and a tag, a comment or text of more than XML_TEXT_MAX bytes.
 *
 * Text is bytes, whatever encoding is declared: it need not be UTF-8.  Characters
 * written as &#12345; become UTF-8.  Attributes are left out.
 */
enum xml_kind {
	XML_FAILED,              /* told by the input */
	XML_END,                 /* of the text */
	XML_OPEN,                /* text: the name */
	XML_CLOSE,               /* text: the name */
	XML_TEXT,                /* text: all up to the next tag, without blanks around */
};

enum { XML_DEPTH_MAX = 256, XML_NAME_MAX = 1000, XML_TEXT_MAX = 1 << 20 };

struct xml {
	struct str text;         /* of the token got last, until the next one */
	enum xml_kind kind;      /* of that token */
	uint64_t line;           /* where it ends, from 1 */
	bool is_cut;
	bool mend_tags;          /* a tag that misses its end is closed with the one around
				    it, and told of: input_warn() */

	/* private */
	struct xml_parser *parser;
};

/* Reads the rest of the input, which must outlive the result. */
struct xml *xml_new(struct input *);
void xml_delete(struct xml *);

enum xml_kind xml_next(struct xml *);

/* Goes to the end of the element that began with the token got last. */
bool xml_skip(struct xml *);

/*
 * The text of the element that began with the token got last, and goes to its end;
 * what is in elements in it is left out.  Valid until the next token.
 */
bool xml_element_text(struct xml *, struct str *text);

/* An error at the token got last; returns false. */
bool xml_error(struct xml *, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
