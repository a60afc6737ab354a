/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_PICTURE_H
#define MODEL_PICTURE_H

#include "base/num.h"
#include "model/label.h"
#include "model/layout.h"
#include "model/match.h"
#include "model/paint.h"
#include "model/top.h"

/*
 * The page of a flame graph: its words, boxes, labels, colours, legend and
 * table, and where each lies.  Writers walk this and add nothing of their own,
 * so pictures of different kinds cannot disagree.
 *
 *	title
 *	subtitle
 *	boxes          layout.boxes, each with picture_box() and picture_label()
 *	legend         picture_legend()
 *	table          picture_table()
 *	footer
 *
 * All lengths are pixels from the top left.
 */
enum picture_theme { PICTURE_AUTO, PICTURE_LIGHT, PICTURE_DARK, PICTURE_PRINT };

/*
 * Fill the options: picture_options_init(), set what was asked for,
 * picture_check().  Text is borrowed and must live until the picture is
 * written; it may be anything, also invalid UTF-8.
 */
struct picture_options {
	struct str title;        /* empty: the recorded command, else "source" */
	struct str source;       /* name of the input; empty: the processes in it */
	struct str subtitle;     /* in front of unit and total */
	struct str countname;    /* word for the unit; empty: the profile's */
	struct str fonttype;     /* font family; empty: one for text, one for labels */
	struct str highlight;    /* regular expression, shown as if searched for */
	struct str zoom;         /* what fills the width: a name, or names with ';' between
	                            them, callers first; empty: everything */
	struct paint_options paint;
	const char *theme;       /* "auto", "light", "dark" or "print"; NULL: auto */
	const bool *changed;     /* of a difference, see paint_judge(); or NULL */
	const char *bgcolors;    /* yellow, blue, …, #rrggbb; NULL: the palette's */
	const char *ui_color;    /* of the text around the frames, #rrggbb */
	const char *search_color;    /* of what was found */
	const char *stroke_color;    /* of lines around frames; NULL or "none": no lines */
	const char *order;       /* "name" or "weight"; NULL: name */
	const char *label;       /* where labels are cut, see label.h; NULL: smart */
	const char *shape;       /* of a difference: "union", "after" or "before"; NULL: union */
	const char *minwidth;    /* "0.1", "0.1px", or "0.1%" of the total; NULL: 0.5 */
	double width;            /* px, nominal */
	double height;           /* px of a row; 0: what the font needs, 18 by default */
	double fontsize;         /* px of labels */
	double fontwidth;        /* of a column of labels, in parts of the font size */
	double total;            /* of the whole width, in units; 0: the profile's */
	double factor;           /* what values are multiplied by where people read them */
	uint32_t max_frames;     /* the narrowest beyond that are left out; 0: no limit */
	size_t max_bytes;        /* about what all frames may take, written with what is
	                            known of them; 0: no limit */
	bool inverted;           /* root on top */

	/* set by picture_check() */
	struct decimal times;    /* the factor */
	struct paint colors;
	struct match *pattern;   /* of highlight, or NULL */
	struct color background, hit, stroke, ui;
	enum picture_theme fixed_theme;
	enum label_cut cut;
	enum tree_shape drawn_shape;     /* for tree_shape(), before the picture is made */
	double min_width;        /* px */
	bool by_weight, has_stroke;
};

void picture_options_init(struct picture_options *);

/*
 * Checks the options and prepares what follows from them.  False with words
 * for people in *message ("unknown order 'x' (name, weight)") when one is
 * wrong; then nothing needs freeing.  What is odd in a file is told in
 * *warnings, a line each.
 */
bool picture_check(struct picture_options *, struct buf *message, struct buf *warnings);

void picture_options_free(struct picture_options *);

/* As many frames are drawn unless asked for more. */
enum { PICTURE_FRAMES = 5000 };

/* Pixels around the picture, around a label in its frame, between frames. */
enum { PICTURE_PAD = 16, PICTURE_INSET = 4, PICTURE_GAP = 1 };

/* Opacity of what --highlight does not fit, and of the edge of inlined frames. */
#define PICTURE_FAINT .35

struct picture_look {
	struct color back, ink, muted, bar;
	struct color label, faint, above;    /* ink of labels, as of the boxes below */
	double above_opacity;        /* of what lies around the node that fills the width */
	bool dim;                    /* colours let the background through, */
	                             /* COLOR_DARK_OPACITY */
};

enum { PICTURE_TITLE, PICTURE_SUBTITLE, PICTURE_FOOTER, PICTURE_LINES };

/* One of these lines of words; y is that of the baseline. */
struct picture_line {
	struct str words;        /* whole: picture_fit() cuts them; empty: no line */
	double x, y, size;
	double room;             /* for picture_fit() */
	bool bold;
	struct color color;
};

struct picture {
	const struct tree *tree;
	const struct stacks *stacks;
	const struct profile *profile;
	struct picture_options *options;
	struct picture_look look;
	struct layout layout;
	struct top top;
	struct str unit;             /* word for the values; may be empty */
	double divisor;              /* a value for people is digits / divisor */
	int64_t whole;               /* what 100 % is: of a difference, what is after */
	double frames_y, frames_height;
	double legend_y, table_y, height;
	uint32_t node;               /* what fills the width; 0: the root */
	struct picture_line lines[PICTURE_LINES];
	bool *hits;                  /* names that --highlight fits, by text id; or NULL */
	/* private */
	struct buf words[PICTURE_LINES];
};

/*
 * Makes the page of a tree; an empty one gives a page that says so.  Options and
 * tree must live as long.  False when nothing is called what "zoom" says; then
 * nothing needs freeing.  Why, or what is odd, is told in *message.
 */
bool picture_make(struct picture *, const struct tree *, struct picture_options *,
		  struct buf *message);
void picture_free(struct picture *);

/* Appends text, with "…" at its end where it would be wider than "width" in this size. */
void picture_fit(struct buf *, struct str text, double width, double size);

/* Appends a value for people, "1.24 G cycles". */
void picture_quantity(const struct picture *, struct buf *, int64_t value);

/* Appends a share for people: "62 %", "0.7 %", "<0.1 %". */
void picture_share(struct buf *, double share);

/* The name of a frame as shown, "all" for the root. */
struct str picture_name(const struct picture *, const struct layout_box *);

struct picture_box {
	double x, y, w, h;
	double edge;             /* width of its darker left edge, or 0 */
	double outline;          /* width of the line around it, inside; or 0 */
	bool is_hatched;         /* with picture_hatch() */
	struct color line;       /* of outline or hatch */
	double text_x, text_y;   /* of its label */
	double opacity;          /* below 1 where something else is pointed out */
	struct color color, ink; /* ink is for its label */
};

/* How a box is drawn. */
struct picture_box picture_box(const struct picture *, const struct layout_box *);

/* A line through a box of something that is gone. */
struct picture_segment {
	double x1, y1, x2, y2;
};

/* The line of this number, from 0 on, in a rectangle; false when there are no more. */
bool picture_hatch(double x, double y, double w, double h, unsigned number,
		   struct picture_segment *);

/* Appends how a node of a difference has changed, in lines of words. */
void picture_change(const struct picture *, uint32_t node, struct buf *);

/* Appends the label of a box; false when it has no room for one. */
bool picture_label(const struct picture *, const struct layout_box *,
		   const struct picture_box *, struct buf *);

/*
 * An entry of the legend at x, y: a swatch as large as the words are high, or
 * words, steps of colour side by side, words.  Words stand PICTURE_ENTRY_BASELINE
 * below y and have room for PICTURE_ENTRY_WORDS.
 */
enum { PICTURE_ENTRY = 12, PICTURE_ENTRY_BASELINE = 10, PICTURE_ENTRY_WORDS = 320,
       PICTURE_STEPS = 11, PICTURE_STEP = 14 };

struct picture_entry {
	const struct paint_entry *paint;
	double x, y;
	double words_x, steps_x, last_x;     /* from x */
};

struct picture_legend {
	unsigned count;
	double height;           /* with the room below; 0 without entries */
	struct picture_entry entries[PAINT_ENTRIES_MAX];
	/* private */
	struct paint_entry paint[PAINT_ENTRIES_MAX];
};

void picture_legend(const struct picture *, struct picture_legend *);

/* The colour of a step, from 0 on. */
struct color picture_step(const struct paint_entry *, unsigned step);

/*
 * The functions that cost most by themselves: a row of headings, which is bold,
 * and as many rows as there are, each PICTURE_ROW high.  Below are pixels in a
 * row: the baseline; from the left of the page where numbers end, where the bar
 * behind the total lies, and where names begin.
 */
enum { PICTURE_ROWS = 10, PICTURE_ROW = 22, PICTURE_ROW_SIZE = 12,
       PICTURE_ROW_BASELINE = 15, PICTURE_BAR_HEIGHT = 16, PICTURE_BAR_WIDTH = 64,
       PICTURE_SELF_END = PICTURE_PAD + 52, PICTURE_BAR = PICTURE_PAD + 64,
       PICTURE_TOTAL_END = PICTURE_BAR + PICTURE_BAR_WIDTH - 4,
       PICTURE_NAME = PICTURE_PAD + 144, PICTURE_CHANGE_END = PICTURE_PAD + 208,
       PICTURE_CHANGED_NAME = PICTURE_PAD + 224 };

struct picture_table {
	uint32_t count;          /* 0: there is no table */
	double name_x, name_room;    /* where names are; for picture_fit() */
	struct str title;        /* above them */
	bool has_change;         /* a difference: the functions that changed most */
	struct picture_row {
		struct str name;
		double self, total;      /* percent of the whole */
		double change;           /* of self, in points of the whole */
		double bar;              /* px */
	} rows[PICTURE_ROWS];
};

/* The headings. */
extern const struct str picture_self, picture_total, picture_changed;

void picture_table(const struct picture *, struct picture_table *);

/* Appends the name of a row, cut as labels are where it is too long. */
void picture_row_name(const struct picture *, const struct picture_table *, uint32_t row,
		      struct buf *);

/* Appends the percentage in a cell, "12.3 %"; and a change, "+1.2". */
void picture_cell(struct buf *, double percent);
void picture_change_cell(struct buf *, double points);

#endif
