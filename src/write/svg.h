/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WRITE_SVG_H
#define WRITE_SVG_H

#include "io/output.h"
#include "model/picture.h"
#include "write/svg_links.h"

/*
 * A flame graph as SVG.  The picture is whole without scripts and styles:
 * title, labels, colours, tooltips, legend, the functions that cost most.
 * Where styles work it knows the dark theme; where scripts work, the viewer in
 * share/svg draws any part of the call tree, which travels in the file.
 *
 * These options come on top of the picture's.  Zeroed they are the default; set
 * what was asked for, then svg_check().  Text is borrowed and must live until
 * the picture is written; it may be anything, also invalid UTF-8.
 */
struct svg_options {
	struct str nametype;     /* in front of names in the details, "Function:" */
	struct str notes;        /* becomes a comment in the file */
	const char *detail;      /* "all", "drawn" or a number of nodes; NULL: what is
	                            useful and quick to load */
	const char *nameattr;    /* file of links and tooltips; NULL: none */
	bool no_javascript;

	/* set by svg_check() */
	struct svg_links links;
	uint32_t detail_nodes;   /* at most; UINT32_MAX: all */
	bool detail_drawn;       /* no more than is drawn */
	bool detail_default;     /* then it is limited in bytes, too */
};

/*
 * Checks the options and prepares what follows from them.  False with words
 * for people in *message when one is wrong; then nothing needs freeing.  What is
 * odd in a file is told in *warnings, a line each.
 */
bool svg_check(struct svg_options *, struct buf *message, struct buf *warnings);

void svg_options_free(struct svg_options *);

/* Writes the picture; one of an empty tree says so. */
void svg_write(const struct picture *, const struct svg_options *, struct output *);

#endif
