/*
 * area.c - see area.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "models/area.h"
#include "models/image_rows.h"
#include "proto/crypto.h"

/* Where cell i of n begins in a side of this many pixels. */
static size_t
edge(size_t i, size_t n, size_t side)
{
	return i * side / n;
}

/* At least one pixel, also where there are more cells than pixels. */
static size_t
end_of(size_t i, size_t n, size_t side)
{
	size_t from = edge(i, n, side), to = edge(i + 1, n, side);

	return to > from ? to : from + 1;
}

/* Rows y0 ... y1 - 1, one below the other; at most AREA_CELL_MOST of them. */
static void
add_rows(const struct image_rows *by, const struct image *im, size_t y0, size_t y1, uint16_t *sum)
{
	size_t n = (size_t)im->width * 3;

	memset(sum, 0, n * sizeof *sum);
	for (size_t y = y0; y < y1; y++)
		by->add(im->rgb + y * n, n, sum);
}

static void
cells_of_row(const uint16_t *sum, size_t width, size_t rows, size_t columns, uint8_t *cell)
{
	for (size_t x = 0; x < columns; x++) {
		size_t from = edge(x, columns, width), to = end_of(x, columns, width);
		uint32_t c[3] = { 0 }, n = (uint32_t)((to - from) * rows);

		for (size_t i = from; i < to; i++)
			for (size_t k = 0; k < 3; k++)
				c[k] += sum[3 * i + k];
		for (size_t k = 0; k < 3; k++)
			cell[3 * x + k] = (uint8_t)((c[k] + n / 2) / n);
	}
}

/* Row y of the cells. */
static void
row_of_cells(const struct image_rows *by, const struct image *im, size_t columns, size_t rows, size_t y, uint8_t *rgb)
{
	uint16_t sum[3 * IMAGE_SIDE_MAX];
	size_t from = edge(y, rows, im->height), to = end_of(y, rows, im->height);

	add_rows(by, im, from, to, sum);
	cells_of_row(sum, im->width, to - from, columns, rgb);
	crypto_wipe(sum, (size_t)im->width * 3 * sizeof *sum);
}

void
area_cells(const struct image *im, size_t columns, size_t rows, uint8_t *rgb)
{
	const struct image_rows *by = image_rows_for(cpu_isa_best());

	for (size_t y = 0; y < rows; y++)
		row_of_cells(by, im, columns, rows, y, rgb + y * columns * 3);
}

void
area_picture(const struct image *im, uint8_t to[EVIDENCE_H][EVIDENCE_W])
{
	const struct image_rows *by = image_rows_for(cpu_isa_best());
	uint8_t rgb[EVIDENCE_W * 3];
	size_t w = EVIDENCE_W, h = EVIDENCE_H, left, top;

	if ((size_t)im->width * h > (size_t)im->height * w)
		h = w * im->height / im->width;
	else
		w = h * im->width / im->height;
	w = w > 0 ? w : 1;
	h = h > 0 ? h : 1;
	left = (EVIDENCE_W - w) / 2;
	top = (EVIDENCE_H - h) / 2;
	memset(to, 0, EVIDENCE_BYTES);
	for (size_t y = 0; y < h; y++) {
		row_of_cells(by, im, w, h, y, rgb);
		image_luma(rgb, w, to[top + y] + left);
	}
	crypto_wipe(rgb, sizeof rgb);
}
