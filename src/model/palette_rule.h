/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_PALETTE_RULE_H
#define MODEL_PALETTE_RULE_H

#include "model/match.h"
#include "model/palette.h"

/*
 * What the two parts of palettes share: palette_parse.c makes rules, palette.c
 * runs down them.
 */
enum palette_test_kind {
	TEST_IS, TEST_STARTS, TEST_ENDS, TEST_HAS, TEST_STARTS_UPPER, TEST_KIND,
	TEST_UNIT, TEST_MATCHES, TEST_MODULE
};

struct palette_test {
	enum palette_test_kind what;
	bool negated;
	unsigned kinds;          /* bits, of TEST_KIND */
	struct str words;        /* the others: separated by blanks */
	unsigned match_count;    /* of TEST_MATCHES */
	struct match **matches;
};

struct palette_rule {
	unsigned color;
	unsigned line;
	unsigned test_count;
	struct palette_test *tests;
};

/* Cuts the next word off *rest; empty when there is none. */
struct str palette_word(struct str *rest);

/* As palette_open(), for a palette within another, too. */
bool palette_open_form(struct palette *, const char *name_or_path, enum palette_form,
		       struct buf *message);

#endif
