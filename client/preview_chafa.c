/*
 * preview_chafa.c - libchafa chooses a character and two colours per cell.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The picture is first made smaller (and mirrored) by averaging blocks of
 * pixels to the eight by eight dots that chafa looks at per cell; that is
 * cheaper than letting it scale the whole camera picture.
 */
#include "client/preview.h"

#include <chafa.h>
#include <stdlib.h>
#include <string.h>

#define DOTS 8	/* of a cell, each way */

struct preview {
	enum preview_colours colours;
	bool ascii;
	int columns, rows;
	ChafaCanvas *canvas;
	uint8_t *small;		/* rows * DOTS lines of columns * DOTS pixels */
};

struct preview *
preview_new(enum preview_colours colours, bool ascii)
{
	struct preview *p = calloc(1, sizeof *p);

	if (p == NULL)
		return NULL;
	p->colours = colours;
	p->ascii = ascii;
	return p;
}

static void
preview_drop(struct preview *p)
{
	if (p->canvas != NULL)
		chafa_canvas_unref(p->canvas);
	free(p->small);
	p->canvas = NULL;
	p->small = NULL;
	p->columns = p->rows = 0;
}

void
preview_free(struct preview *p)
{
	if (p == NULL)
		return;
	preview_drop(p);
	free(p);
}

static enum rc
preview_size(struct preview *p, int columns, int rows)
{
	ChafaCanvasConfig *config;
	ChafaSymbolMap *map;

	if (p->columns == columns && p->rows == rows)
		return RC_OK;
	preview_drop(p);
	p->small = malloc((size_t)columns * (size_t)rows * DOTS * DOTS * 3);
	if (p->small == NULL)
		return RC_NOMEM;
	chafa_set_n_threads(1);
	map = chafa_symbol_map_new();
	chafa_symbol_map_add_by_tags(map, p->ascii ? CHAFA_SYMBOL_TAG_ASCII :
	    CHAFA_SYMBOL_TAG_SPACE | CHAFA_SYMBOL_TAG_SOLID | CHAFA_SYMBOL_TAG_BLOCK);
	config = chafa_canvas_config_new();
	chafa_canvas_config_set_geometry(config, columns, rows);
	chafa_canvas_config_set_symbol_map(config, map);
	chafa_canvas_config_set_canvas_mode(config, p->colours == PREVIEW_256 ? CHAFA_CANVAS_MODE_INDEXED_240 :
	    CHAFA_CANVAS_MODE_FGBG);
	/* Few colours: patterns stand in for shades. */
	chafa_canvas_config_set_dither_mode(config, p->colours == PREVIEW_256 ? CHAFA_DITHER_MODE_NONE :
	    CHAFA_DITHER_MODE_DIFFUSION);
	p->canvas = chafa_canvas_new(config);
	chafa_canvas_config_unref(config);
	chafa_symbol_map_unref(map);
	p->columns = columns;
	p->rows = rows;
	return RC_OK;
}

/* One pixel of the small picture: the mean of up to four samples of its block. */
static void
preview_sample(const uint8_t *rgb, int w, const int xs[2], const int ys[2], uint8_t dst[static 3])
{
	for (int k = 0; k < 3; k++) {
		unsigned sum = 0;

		for (int i = 0; i < 4; i++)
			sum += rgb[((size_t)ys[i >> 1] * (size_t)w + (size_t)xs[i & 1]) * 3 + (size_t)k];
		dst[k] = (uint8_t)((sum + 2) / 4);
	}
}

static void
preview_shrink(struct preview *p, const uint8_t *rgb, int w, int h, bool mirror)
{
	int sw = p->columns * DOTS, sh = p->rows * DOTS;

	for (int y = 0; y < sh; y++) {
		int ys[2] = { y * h / sh, (2 * y + 1) * h / (2 * sh) };

		for (int x = 0; x < sw; x++) {
			int from = mirror ? sw - 1 - x : x;
			int xs[2] = { from * w / sw, (2 * from + 1) * w / (2 * sw) };

			preview_sample(rgb, w, xs, ys, p->small + ((size_t)y * (size_t)sw + (size_t)x) * 3);
		}
	}
}

static int
preview_luma(const uint8_t rgb[static 3])
{
	return (rgb[0] + 2 * rgb[1] + rgb[2]) / 4;
}

/*
 * Takes the colour away, as the palette has 24 greys but few shades of skin,
 * and spreads the brightness over the whole range, as a counter is seldom well
 * lit. One in fifty dots may be lost at either end.
 */
static void
preview_spread(struct preview *p)
{
	size_t n = (size_t)p->columns * (size_t)p->rows * DOTS * DOTS, seen = 0;
	int counts[256] = { 0 }, low = 0, high = 255, gain, v;

	for (size_t i = 0; i < n; i++)
		counts[preview_luma(p->small + i * 3)]++;
	for (; low < 96 && (seen += (size_t)counts[low]) < n / 50; low++)
		continue;
	seen = 0;
	for (; high > 160 && (seen += (size_t)counts[high]) < n / 50; high--)
		continue;
	gain = 255 * 256 / (high - low);
	for (size_t i = 0; i < n; i++) {
		v = (preview_luma(p->small + i * 3) - low) * gain / 256;
		memset(p->small + i * 3, v < 0 ? 0 : v > 255 ? 255 : v, 3);
	}
}

enum rc
preview_make(struct preview *p, const uint8_t *rgb, int w, int h, bool mirror, struct cell *dst, int columns, int rows)
{
	enum rc r = RC_BUG;

	if (w <= 0 || h <= 0 || columns <= 0 || rows <= 0 || columns > CELLS_W_MAX || rows > CELLS_H_MAX)
		return RC_INVALID;
	if ((r = preview_size(p, columns, rows)) != RC_OK)
		return r;
	preview_shrink(p, rgb, w, h, mirror);
	preview_spread(p);
	chafa_canvas_draw_all_pixels(p->canvas, CHAFA_PIXEL_RGB8, p->small, columns * DOTS, rows * DOTS, columns * DOTS * 3);
	for (int y = 0; y < rows; y++)
		for (int x = 0; x < columns; x++) {
			struct cell *c = &dst[(size_t)y * (size_t)columns + (size_t)x];
			gint fg = -1, bg = -1;

			chafa_canvas_get_raw_colors_at(p->canvas, x, y, &fg, &bg);
			*c = (struct cell){ .cp = (uint32_t)chafa_canvas_get_char_at(p->canvas, x, y), .theme = THEME_PICTURE,
			    .fg = (int16_t)(fg < -1 || fg > 255 ? -1 : fg), .bg = (int16_t)(bg < -1 || bg > 255 ? -1 : bg) };
			if (p->colours != PREVIEW_256)
				c->fg = c->bg = -1;
			if (c->cp < 0x20)
				c->cp = ' ';
		}
	return RC_OK;
}
