/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The page of model/picture.h on a surface of cairo.  Coordinates are its pixels;
 * an image has "scale" of its own for each of them, and boxes begin and end at
 * whole ones, so that the gaps between are sharp.  A page of PDF is measured in
 * points, 3/4 of a pixel, and made smaller when it would be larger than readers
 * allow.
 */
#include "write/png.h"

#include <cairo-pdf.h>
#include <cairo.h>
#include <math.h>
#include <strings.h>
#include <time.h>

#include "base/alloc.h"
#include "base/num.h"
#include "io/bitmap.h"
#include "write/png_text.h"

/* An image may have this many pixels a side, and bytes; a page points a side. */
enum { SIDE_MAX = 32767, IMAGE_MAX = 1 << 30, PAGE_MAX = 14400, PIXEL = 4 };

struct canvas {
	const struct picture *picture;
	const struct png_options *options;
	cairo_t *cairo;
	struct png_text *text;
	double snap;             /* pixels of the image for one of the picture; 0: none */
	struct buf words;
};

/* Options */

static const char *type_of(const struct png_options *o)
{
	struct str name = str_basename(str_of(o->name));
	ptrdiff_t dot = str_rchr(name, '.');
	if (o->type)
		return o->type;
	return dot >= 0 ? name.p + dot + 1 : "";
}

static bool check_type(struct png_options *o, struct buf *message)
{
	static const char *const others[] = {
		"jpg", "jpeg", "gif", "webp", "tiff", "bmp",
	};
	const char *type = type_of(o);
	o->pdf = strcasecmp(type, "pdf") == 0;
	if (strcasecmp(type, "svg") == 0) {
		buf_addf(message, "'%s' is to be an SVG: that is what fg-svg writes",
			 o->name ? o->name : type);
		return false;
	}
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		if (strcasecmp(type, others[i]) == 0) {
			buf_addf(message, "PNG and PDF can be written, not '%s'", type);
			return false;
		}
	}
	return true;
}

/* Tells a scale at which a picture of this size, in its own pixels, fits. */
static void advise(struct buf *message, double w, double h)
{
	double side = SIDE_MAX / fmax(w, h);
	double memory = sqrt(IMAGE_MAX / PIXEL / (w * h)) * .9999;
	double fits = floor(fmin(side, memory) * 100) / 100;
	if (fits >= .1)
		buf_addf(message, "--scale=%g fits", fits);
	else
		buf_add(message, STR("draw less, with --minwidth=1% or --zoom"));
}

/* h is 0 when it is not known yet. */
static bool check_size(double w, double h, double scale, struct buf *message)
{
	double wide = ceil(w * scale), high = ceil(h * scale);
	double bytes = wide * high * PIXEL;
	bool is_wide = wide > SIDE_MAX;
	if (is_wide || high > SIDE_MAX) {
		buf_add(message, STR("the image would be "));
		num_add_grouped(message, (int64_t)(is_wide ? wide : high));
		buf_addf(message, " pixels %s, and 32,767 are possible: ",
			 is_wide ? "wide" : "high");
	} else if (bytes > IMAGE_MAX) {
		buf_addf(message, "the image would take %.1f GiB of memory, and 1 GiB is "
			 "possible: ", bytes / IMAGE_MAX);
	} else {
		return true;
	}
	advise(message, w, fmax(h, 1));
	return false;
}

static bool check_date(struct png_options *o, struct buf *message)
{
	/* The year 9999 ends. */
	if (!o->date || (num_u64(str_of(o->date), &o->seconds) &&
			 o->seconds < 253402300800))
		return true;
	buf_addf(message, "SOURCE_DATE_EPOCH '%s' is not a number of seconds", o->date);
	return false;
}

bool png_check(struct png_options *o, const struct picture_options *p,
	       struct buf *message)
{
	return check_type(o, message) && check_date(o, message) &&
	       (o->pdf || check_size(p->width, 0, o->scale, message));
}

/* Drawing */

static void set_color(const struct canvas *c, struct color color, double opacity)
{
	cairo_set_source_rgba(c->cairo, color.r / 255., color.g / 255., color.b / 255.,
			      opacity);
}

/* Text that is cut as all writers cut it. */
static void draw_fitted(struct canvas *c, enum png_font font, struct str text,
			double size, const struct png_at *at)
{
	buf_clear(&c->words);
	picture_fit(&c->words, text, at->room, size);
	png_text_draw(c->text, font, buf_str(&c->words), at);
}

/* Parts of the picture */

static double snapped(const struct canvas *c, double value)
{
	return c->snap > 0 ? round(value * c->snap) / c->snap : value;
}

/* A narrow one keeps its width, so that many of them look as wide as they are. */
static void add_rectangle(const struct canvas *c, double x, double y, double w, double h)
{
	double top = snapped(c, y), bottom = snapped(c, y + h);
	if (w * c->snap >= 2) {
		double left = snapped(c, x);
		w = snapped(c, x + w) - left;
		x = left;
	}
	cairo_rectangle(c->cairo, x, top, w, bottom - top);
}

static void fill(const struct canvas *c, double x, double y, double w, double h)
{
	add_rectangle(c, x, y, w, h);
	cairo_fill(c->cairo);
}

/* Half a pixel wide and inside, so that it is one of an image twice as large. */
static void draw_outline(const struct canvas *c, const struct picture_box *box)
{
	double x = snapped(c, box->x), y = snapped(c, box->y);
	set_color(c, c->picture->options->stroke, box->opacity);
	cairo_set_line_width(c->cairo, .5);
	cairo_rectangle(c->cairo, x + .25, y + .25, snapped(c, box->x + box->w) - x - .5,
			snapped(c, box->y + box->h) - y - .5);
	cairo_stroke(c->cairo);
}

static void draw_hatch(const struct canvas *c, const struct picture_box *box)
{
	struct picture_segment s;
	set_color(c, box->line, box->opacity);
	cairo_set_line_width(c->cairo, 1.5);
	for (unsigned i = 0; picture_hatch(box->x, box->y, box->w, box->h, i, &s); i++) {
		cairo_move_to(c->cairo, s.x1, s.y1);
		cairo_line_to(c->cairo, s.x2, s.y2);
	}
	cairo_stroke(c->cairo);
}

/* Around what is new. */
static void draw_frame(const struct canvas *c, const struct picture_box *box)
{
	double x = snapped(c, box->x), y = snapped(c, box->y), in = box->outline / 2;
	set_color(c, box->line, box->opacity);
	cairo_set_line_width(c->cairo, box->outline);
	cairo_rectangle(c->cairo, x + in, y + in,
			snapped(c, box->x + box->w) - x - box->outline,
			snapped(c, box->y + box->h) - y - box->outline);
	cairo_stroke(c->cairo);
}

static void draw_box(struct canvas *c, const struct layout_box *of)
{
	const struct picture *p = c->picture;
	const struct picture_options *o = p->options;
	struct picture_box box = picture_box(p, of);
	double opacity = p->look.dim ? COLOR_DARK_OPACITY : 1;
	set_color(c, box.color, opacity * box.opacity);
	fill(c, box.x, box.y, box.w, box.h);
	if (box.is_hatched)
		draw_hatch(c, &box);
	if (box.outline > 0)
		draw_frame(c, &box);
	else if (o->has_stroke && box.w >= 2)
		draw_outline(c, &box);
	if (box.edge > 0) {
		set_color(c, p->look.label, opacity * PICTURE_FAINT);
		fill(c, box.x, box.y, box.edge, box.h);
	}
	buf_clear(&c->words);
	if (!picture_label(p, of, &box, &c->words))
		return;
	set_color(c, box.ink, 1);
	png_text_draw(c->text, PNG_LABEL, buf_str(&c->words), &(struct png_at){
		.x = box.text_x, .y = box.text_y, .room = box.w - 2 * PICTURE_INSET,
		.above = box.text_y - box.y, .below = box.y + box.h - box.text_y,
	});
}

static void draw_words(struct canvas *c, struct str words, double x, double y)
{
	set_color(c, c->picture->look.muted, 1);
	draw_fitted(c, PNG_TEXT, words, PICTURE_ENTRY, &(struct png_at){
		.x = x, .y = y + PICTURE_ENTRY_BASELINE, .room = PICTURE_ENTRY_WORDS,
	});
}

static void draw_marks(const struct canvas *c, const struct picture_entry *e)
{
	struct picture_box box = {
		.x = e->x, .y = e->y, .w = PICTURE_ENTRY, .h = PICTURE_ENTRY,
		.line = e->paint->line, .outline = 2, .opacity = 1,
	};
	if (e->paint->outlined)
		draw_frame(c, &box);
	if (e->paint->hatched)
		draw_hatch(c, &box);
}

static void draw_entry(struct canvas *c, const struct picture_entry *e)
{
	double opacity = c->picture->look.dim ? COLOR_DARK_OPACITY : 1;
	draw_words(c, e->paint->words, e->x + e->words_x, e->y);
	if (e->paint->what == PAINT_SWATCH) {
		set_color(c, e->paint->color, opacity);
		fill(c, e->x, e->y, PICTURE_ENTRY, PICTURE_ENTRY);
		draw_marks(c, e);
		set_color(c, c->picture->look.ink, PICTURE_FAINT);
		if (e->paint->edge)
			fill(c, e->x, e->y, 2, PICTURE_ENTRY);
		return;
	}
	for (unsigned i = 0; i < PICTURE_STEPS; i++) {
		set_color(c, picture_step(e->paint, i), opacity);
		fill(c, e->x + e->steps_x + i * PICTURE_STEP, e->y,
		     PICTURE_STEP - PICTURE_GAP, PICTURE_ENTRY);
	}
	draw_words(c, e->paint->last_words, e->x + e->last_x, e->y);
}

static void draw_cell(struct canvas *c, enum png_font font, struct str words, double x,
		      double y)
{
	set_color(c, c->picture->look.ink, 1);
	png_text_draw(c->text, font, words, &(struct png_at){
		.x = x, .y = y + PICTURE_ROW_BASELINE, .right = true,
	});
}

static void draw_percent(struct canvas *c, double percent, double x, double y)
{
	buf_clear(&c->words);
	picture_cell(&c->words, percent);
	draw_cell(c, PNG_TEXT, buf_str(&c->words), x, y);
}

static void draw_name(struct canvas *c, enum png_font font, struct str name, double y,
		      const struct picture_table *table)
{
	set_color(c, c->picture->look.ink, 1);
	draw_fitted(c, font, name, PICTURE_ROW_SIZE, &(struct png_at){
		.x = table->name_x, .y = y + PICTURE_ROW_BASELINE, .room = table->name_room,
	});
}

static void draw_table(struct canvas *c)
{
	struct picture_table table;
	double y = c->picture->table_y;
	picture_table(c->picture, &table);
	if (table.count == 0)
		return;
	draw_cell(c, PNG_HEAD, picture_self, PICTURE_SELF_END, y);
	draw_cell(c, PNG_HEAD, picture_total, PICTURE_TOTAL_END, y);
	if (table.has_change)
		draw_cell(c, PNG_HEAD, picture_changed, PICTURE_CHANGE_END, y);
	draw_name(c, PNG_HEAD, table.title, y, &table);
	for (uint32_t i = 0; i < table.count; i++) {
		const struct picture_row *row = &table.rows[i];
		y += PICTURE_ROW;
		set_color(c, c->picture->look.bar, 1);
		fill(c, PICTURE_BAR, y + (PICTURE_ROW - PICTURE_BAR_HEIGHT) / 2, row->bar,
		     PICTURE_BAR_HEIGHT);
		draw_percent(c, row->self, PICTURE_SELF_END, y);
		draw_percent(c, row->total, PICTURE_TOTAL_END, y);
		struct buf name = { 0 };
		picture_row_name(c->picture, &table, i, &name);
		draw_name(c, PNG_TEXT, buf_str(&name), y, &table);
		if (table.has_change) {
			buf_clear(&name);
			picture_change_cell(&name, row->change);
			draw_cell(c, PNG_TEXT, buf_str(&name), PICTURE_CHANGE_END, y);
		}
		buf_free(&name);
	}
}

static void draw_all(struct canvas *c)
{
	static const enum png_font fonts[] = {
		[PICTURE_TITLE] = PNG_TITLE, [PICTURE_SUBTITLE] = PNG_TEXT,
		[PICTURE_FOOTER] = PNG_SMALL,
	};
	const struct picture *p = c->picture;
	struct picture_legend legend;
	if (!c->options->transparent) {
		set_color(c, p->look.back, 1);
		cairo_paint(c->cairo);
	}
	for (int i = 0; i < PICTURE_LINES; i++) {
		const struct picture_line *line = &p->lines[i];
		set_color(c, line->color, 1);
		draw_fitted(c, fonts[i], line->words, line->size, &(struct png_at){
			.x = line->x, .y = line->y, .room = line->room,
		});
	}
	for (uint32_t i = 0; i < p->layout.count; i++)
		draw_box(c, &p->layout.boxes[i]);
	picture_legend(p, &legend);
	for (unsigned i = 0; i < legend.count; i++)
		draw_entry(c, &legend.entries[i]);
	draw_table(c);
}

/* Writing */

static cairo_status_t put(void *to, const unsigned char *bytes, unsigned n)
{
	struct output *out = to;
	output_bytes(out, (struct str){ (const char *)bytes, n });
	return out->failed ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static bool draw_on(struct canvas *c, cairo_surface_t *surface, double scale,
		    struct buf *message, struct buf *warnings)
{
	c->cairo = cairo_create(surface);
	cairo_scale(c->cairo, scale, scale);
	c->text = png_text_new(c->cairo, c->picture);
	bool ok = png_text_has_font(c->text);
	if (ok)
		draw_all(c);
	else
		buf_add(message, STR("no font is installed; Debian's fonts-dejavu-core "
				     "has some"));
	png_text_tell(c->text, warnings);
	png_text_delete(c->text);
	cairo_destroy(c->cairo);
	return ok;
}

/* What went wrong with the output is in it. */
static bool good(cairo_status_t status, const struct output *out, struct buf *message)
{
	if (status == CAIRO_STATUS_SUCCESS || out->failed)
		return true;
	buf_addf(message, "the picture cannot be drawn: %s",
		 cairo_status_to_string(status));
	return false;
}

/* 96 pixels of the picture are an inch, of 0.0254 metres. */
static void put_image(cairo_surface_t *surface, const struct png_options *o,
		      struct output *out)
{
	cairo_surface_flush(surface);
	bitmap_write(&(struct bitmap){
		.pixels = cairo_image_surface_get_data(surface),
		.stride = (size_t)cairo_image_surface_get_stride(surface),
		.width = (uint32_t)cairo_image_surface_get_width(surface),
		.height = (uint32_t)cairo_image_surface_get_height(surface),
		.per_metre = (uint32_t)lround(o->scale * 96 / .0254),
		.has_alpha = o->transparent,
	}, out);
}

static bool write_image(struct canvas *c, struct output *out, struct buf *message,
		       struct buf *warnings)
{
	double scale = c->options->scale;
	double w = c->picture->options->width, h = c->picture->height;
	if (!check_size(w, h, scale, message))
		return false;
	cairo_surface_t *surface = cairo_image_surface_create(c->options->transparent
		? CAIRO_FORMAT_ARGB32 : CAIRO_FORMAT_RGB24,
		(int)ceil(w * scale), (int)ceil(h * scale));
	c->snap = scale;
	bool ok = good(cairo_surface_status(surface), out, message) &&
		  draw_on(c, surface, scale, message, warnings);
	if (ok)
		put_image(surface, c->options, out);
	cairo_surface_destroy(surface);
	return ok;
}

static void set_words(const struct canvas *c, cairo_surface_t *page)
{
	struct buf title = { 0 };
	char date[sizeof("9999-12-31T23:59:59Z")] = "";
	time_t seconds = (time_t)c->options->seconds;
	struct tm tm;
	output_xml_shown(&title, c->picture->lines[PICTURE_TITLE].words);
	if (c->options->date && gmtime_r(&seconds, &tm))
		strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", &tm);
	cairo_pdf_surface_set_metadata(page, CAIRO_PDF_METADATA_TITLE, buf_cstr(&title));
	cairo_pdf_surface_set_metadata(page, CAIRO_PDF_METADATA_CREATOR,
				       PACKAGE_NAME " " PACKAGE_VERSION);
	cairo_pdf_surface_set_metadata(page, CAIRO_PDF_METADATA_CREATE_DATE, date);
	buf_free(&title);
}

static bool write_page(struct canvas *c, struct output *out, struct buf *message,
		       struct buf *warnings)
{
	double w = c->picture->options->width, h = c->picture->height;
	double scale = fmin(.75, PAGE_MAX / fmax(w, h));
	cairo_surface_t *page =
		cairo_pdf_surface_create_for_stream(put, out, w * scale, h * scale);
	set_words(c, page);
	bool ok = draw_on(c, page, scale, message, warnings);
	cairo_surface_finish(page);
	ok = ok && good(cairo_surface_status(page), out, message);
	cairo_surface_destroy(page);
	return ok;
}

bool png_write(const struct picture *p, const struct png_options *o, struct output *out,
	       struct buf *message, struct buf *warnings)
{
	struct canvas c = { .picture = p, .options = o };
	bool ok = o->pdf ? write_page(&c, out, message, warnings)
			 : write_image(&c, out, message, warnings);
	buf_free(&c.words);
	return ok;
}
