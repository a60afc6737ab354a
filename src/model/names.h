/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_NAMES_H
#define MODEL_NAMES_H

#include "base/buf.h"

/*
 * Names for people.  A symbol is what a producer wrote: mangled or not, with or
 * without parameters, depending on its version.  A cleaned name says which
 * function it is, the same for every producer, and is what frames are merged
 * by.  It is meant to be computed once per distinct symbol, whose "+0x1c" has
 * been taken off before.
 *
 *	raw       int geo::quick<Rec<int>*>(geo::Rec<int>*) [clone .cold]
 *	full      the same, demangled; only the hash of old Rust symbols is gone
 *	noargs    geo::quick<Rec<int>*>; and pow of pow@@GLIBC_2.29
 *	template:1  geo::quick<Rec<...>*>
 *	short     geo::quick
 *
 * What is no C++ signature stays whole: "StubRoutines (1)", "(cookie)",
 * "JS:~f /a (b).js:2:13", "net/http.(*Client).Do", "foo.part.0"; and so does
 * text whose brackets do not balance.
 */
enum names_style {
	NAMES_FULL,     /* demangled, otherwise as it came */
	NAMES_NOARGS,   /* without parameter lists, return types and clone marks */
	NAMES_SHORT,    /* ... and template arguments; the last two parts of the scope */
	NAMES_TEMPLATE, /* as noargs; deep template arguments become "<...>" */
};

/* What is asked for; zeroed, full names. */
struct names_choice {
	enum names_style style;
	unsigned template_depth; /* nested argument lists that NAMES_TEMPLATE keeps */
};

/* The choice and the room to work in; nothing else need be set. */
struct names {
	struct names_choice choice;
	/* private */
	struct buf full;
	struct buf text;
	struct buf styled;
};

enum { NAMES_TEMPLATE_MAX = 99 };

/*
 * Sets the style from "full", "noargs", "short" or "template:N" with N from 0
 * to NAMES_TEMPLATE_MAX.  False, and nothing changed, for anything else.
 */
bool names_parse_style(struct names_choice *, struct str word);

/*
 * The name of the symbol "raw" in the chosen style.  Any bytes are welcome and
 * pass through, ';', NUL and invalid UTF-8 too.  Takes linear time and memory;
 * never empty unless raw is.  The result may be part of raw, and is valid until
 * the next call with the same struct and as long as raw.
 */
struct str names_clean(struct names *, struct str raw);

/* Whether it begins as what C++ and Rust tell linkers. */
bool names_is_mangled(struct str raw);

/*
 * The demangled full name, whatever the style; raw itself when there is nothing
 * to do.  Valid as the result of names_clean() is.
 */
struct str names_demangled(struct names *, struct str raw);

void names_free(struct names *);

#endif
