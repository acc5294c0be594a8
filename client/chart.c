/*
 * chart.c - eighths of a cell.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/chart.h"

#define EIGHTHS     8
#define CHART_FULL  0x2588u
#define CHART_GAP_W 3	/* columns at least this wide have a gap between them */

static int64_t
chart_most(const int64_t *values, int n)
{
	int64_t most = 0;

	for (int i = 0; i < n; i++)
		if (values[i] > most)
			most = values[i];
	return most;
}

/* value of most as eighths of so many cells, at least one where there is something. */
static int
chart_eighths(int64_t value, int64_t most, int cells)
{
	int eighths;

	if (value <= 0 || most <= 0 || cells <= 0)
		return 0;
	eighths = (int)((double)value / (double)most * EIGHTHS * cells + .5);
	return eighths < 1 ? 1 : eighths > EIGHTHS * cells ? EIGHTHS * cells : eighths;
}

/* A cell filled from below, 1 to 8 eighths. */
static void
chart_lower(struct cells *c, int y, int x, enum theme t, int eighths)
{
	static const char plain[] = ".:-=+*%#";

	cells_put(c, y, x, t, c->ascii ? (uint32_t)plain[eighths - 1] : CHART_FULL - EIGHTHS + (uint32_t)eighths);
}

static void
chart_none(struct cells *c, int y, int x)
{
	cells_put(c, y, x, THEME_DIM, c->ascii ? '_' : 0x00b7);
}

void
chart_spark(struct cells *c, int y, int x, int w, enum theme t, const int64_t *values, int n)
{
	int first = n > w ? n - w : 0, eighths;
	int64_t most = chart_most(values + first, n - first);

	for (int i = first; i < n; i++) {
		int at = x + w - (n - i);

		if ((eighths = chart_eighths(values[i], most, 1)) == 0)
			chart_none(c, y, at);
		else
			chart_lower(c, y, at, t, eighths);
	}
}

/* A bar from the left; parts of a cell are left of its middle, so ASCII rounds them. */
static void
chart_bar(struct cells *c, int y, int x, enum theme t, int eighths)
{
	int full = c->ascii ? (eighths + EIGHTHS / 2) / EIGHTHS : eighths / EIGHTHS;

	if (eighths == 0) {
		chart_none(c, y, x);
		return;
	}
	if (c->ascii && full == 0)
		full = 1;
	for (int i = 0; i < full; i++)
		cells_put(c, y, x + i, t, CHART_FULL);
	if (!c->ascii && eighths % EIGHTHS != 0)
		cells_put(c, y, x + full, t, CHART_FULL + EIGHTHS - (uint32_t)(eighths % EIGHTHS));
}

void
chart_bars(struct cells *c, struct area in, enum theme t, const struct chart_bar *bars, int n)
{
	int label_w = 0, text_w = 0, room;
	int64_t most = 0;

	for (int i = 0; i < n && i < in.h; i++) {
		int label = utf8_columns(bars[i].label), text = utf8_columns(bars[i].text);

		label_w = label > label_w ? label : label_w;
		text_w = text > text_w ? text : text_w;
		most = bars[i].value > most ? bars[i].value : most;
	}
	if (label_w > in.w / 2)
		label_w = in.w / 2;
	room = in.w - label_w - text_w - 2;
	for (int i = 0; i < n && i < in.h; i++) {
		cells_text(c, in.y + i, in.x, label_w, THEME_TEXT, bars[i].label);
		if (room > 0)
			chart_bar(c, in.y + i, in.x + label_w + 1, t, chart_eighths(bars[i].value, most, room));
		cells_right(c, in.y + i, in.x + in.w, text_w, THEME_TEXT, bars[i].text);
	}
}

void
chart_columns(struct cells *c, struct area in, enum theme t, const int64_t *values, const char *const *labels, int n,
    const char *top)
{
	int w = n > 0 ? in.w / n : 0, bars = in.h - 2, bar_w = w >= CHART_GAP_W ? w - 1 : w, eighths;
	int64_t most = chart_most(values, n);

	cells_text(c, in.y, in.x, in.w, THEME_DIM, top);
	for (int i = 0; i < n && w > 0; i++) {
		int x = in.x + i * w, y = in.y + in.h - 2;

		eighths = chart_eighths(values[i], most, bars);
		for (int k = 0; k < bar_w; k++) {
			if (eighths == 0 && bars > 0)
				chart_none(c, y, x + k);
			for (int left = eighths, row = y; left > 0; left -= EIGHTHS, row--)
				chart_lower(c, row, x + k, t, left > EIGHTHS ? EIGHTHS : left);
		}
		if (utf8_columns(labels[i]) <= bar_w)
			cells_text(c, in.y + in.h - 1, x, bar_w, THEME_DIM, labels[i]);
	}
}
