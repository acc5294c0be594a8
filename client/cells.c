/*
 * cells.c - the grid: putting, clipping, wrapping, and its form as text.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/cells.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct cell blank = { .cp = ' ', .fg = -1, .bg = -1, .theme = THEME_TEXT };

enum rc
cells_size(struct cells *c, int w, int h)
{
	struct cell *grown;
	size_t want;

	w = w < 0 ? 0 : w > CELLS_W_MAX ? CELLS_W_MAX : w;
	h = h < 0 ? 0 : h > CELLS_H_MAX ? CELLS_H_MAX : h;
	want = (size_t)w * (size_t)h;
	if (want > c->cap) {
		if ((grown = realloc(c->at, want * sizeof *grown)) == NULL) {
			c->w = c->h = 0;
			return RC_NOMEM;
		}
		c->at = grown;
		c->cap = want;
	}
	c->w = w;
	c->h = h;
	cells_clear(c);
	return RC_OK;
}

void
cells_free(struct cells *c)
{
	free(c->at);
	*c = (struct cells){ 0 };
}

void
cells_clear(struct cells *c)
{
	for (size_t i = 0; i < (size_t)c->w * (size_t)c->h; i++)
		c->at[i] = blank;
	c->cur_on = false;
	c->zones = 0;
	c->lamp = 0;
	c->cur_y = c->cur_x = 0;
}

static struct cell *
cells_slot(const struct cells *c, int y, int x)
{
	if (y < 0 || x < 0 || y >= c->h || x >= c->w)
		return NULL;
	return &c->at[(size_t)y * (size_t)c->w + (size_t)x];
}

const struct cell *
cells_at(const struct cells *c, int y, int x)
{
	return cells_slot(c, y, x);
}

/* What stands for a character where only ASCII can be shown. */
static uint32_t
cells_plain(uint32_t cp)
{
	static const struct { uint32_t from, to; char as; } plain[] = {
		{ 0x00a0, 0x00a0, ' ' }, { 0x00b7, 0x00b7, '-' }, { 0x2010, 0x2015, '-' },
		{ 0x2018, 0x201b, '\'' }, { 0x201c, 0x201f, '"' }, { 0x2022, 0x2022, '*' },
		{ 0x2026, 0x2026, '.' }, { 0x2190, 0x2190, '<' }, { 0x2191, 0x2191, '^' },
		{ 0x2192, 0x2192, '>' }, { 0x2193, 0x2193, 'v' }, { 0x2500, 0x2501, '-' },
		{ 0x2502, 0x2503, '|' }, { 0x250c, 0x254b, '+' }, { 0x256d, 0x2570, '+' },
		{ 0x2580, 0x258f, '#' }, { 0x2591, 0x2593, '.' }, { 0x25b6, 0x25b8, '>' },
		{ 0x25c0, 0x25c2, '<' }, { 0x25cb, 0x25cb, 'o' }, { 0x25cf, 0x25cf, '*' },
		{ 0x2713, 0x2714, '+' }, { 0x2717, 0x2718, 'x' },
	};

	/* Letters of Latin-1 and Latin Extended-A from 0xc0 on, without what stands above or below them. */
	static const char letters[] =
	    "AAAAAAACEEEEIIIIDNOOOOOxOUUUUYTsaaaaaaaceeeeiiiidnooooo/ouuuuyty"
	    "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiIiJjKkkLlLlLlL"
	    "lLlNnNnNnnNnOoOoOoOoRrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs";

	if (cp < 0x7f)
		return cp;
	if (cp >= 0xc0 && cp < 0xc0 + sizeof letters - 1)
		return (uint32_t)letters[cp - 0xc0];
	for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
		if (cp >= plain[i].from && cp <= plain[i].to)
			return (uint32_t)plain[i].as;
	return '?';
}

/* A cell that is overwritten must not leave half of a wide character behind. */
static void
cells_split_wide(struct cells *c, int y, int x)
{
	struct cell *here = cells_slot(c, y, x), *other;

	if (here->cp == 0 && (other = cells_slot(c, y, x - 1)) != NULL)
		other->cp = ' ';
	if ((other = cells_slot(c, y, x + 1)) != NULL && other->cp == 0)
		other->cp = ' ';
}

int
cells_put(struct cells *c, int y, int x, enum theme t, uint32_t cp)
{
	struct cell *slot;
	int columns;

	if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
		cp = 0xfffd;
	columns = cp_columns(cp);
	if (columns == 0) {
		if ((slot = cells_slot(c, y, x - 1)) != NULL && slot->cp != 0 && !c->ascii)
			slot->mark = cp;
		return 0;
	}
	if (c->ascii) {
		cp = cells_plain(cp);
		columns = 1;
	}
	if (columns == 2 && (x < 0 || x + 1 >= c->w)) {
		cp = ' ';
		columns = 1;
	}
	if ((slot = cells_slot(c, y, x)) == NULL)
		return columns;
	cells_split_wide(c, y, x);
	*slot = (struct cell){ .cp = cp, .fg = -1, .bg = -1, .theme = (uint8_t)t };
	if (columns == 2) {
		cells_split_wide(c, y, x + 1);
		*cells_slot(c, y, x + 1) = (struct cell){ .fg = -1, .bg = -1, .theme = (uint8_t)t };
		slot->cp = cp;
	}
	return columns;
}

void
cells_over(struct cells *c, int y, int x, enum theme t, uint32_t cp)
{
	const struct cell *under = cells_at(c, y, x);
	int16_t bg = under != NULL ? under->bg : -1;

	if (cells_put(c, y, x, t, cp) == 1 && under != NULL)
		cells_slot(c, y, x)->bg = bg;
}

int
cells_text(struct cells *c, int y, int x, int max, enum theme t, const char *s)
{
	bool cut = utf8_columns(s) > max;
	int used = 0, room = cut ? max - 1 : max;
	uint32_t cp;

	if (max <= 0)
		return 0;
	while ((cp = utf8_next(&s)) != 0) {
		if (used + cp_columns(cp) > room)
			break;
		used += cells_put(c, y, x + used, t, cp);
	}
	if (cut)
		used += cells_put(c, y, x + used, t, 0x2026);
	return used;
}

int
cells_right(struct cells *c, int y, int end, int max, enum theme t, const char *s)
{
	int n = utf8_columns(s);

	if (n > max)
		n = max;
	return cells_text(c, y, end - n, n, t, s);
}

int
cells_centre(struct cells *c, int y, int x, int w, enum theme t, const char *s)
{
	int n = utf8_columns(s);

	if (n > w)
		n = w;
	return cells_text(c, y, x + (w - n) / 2, n, t, s);
}

int
cells_format(struct cells *c, int y, int x, int max, enum theme t, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	return cells_text(c, y, x, max, t, line);
}

/* The bytes of s that make the next line of at most w columns; *skip gets the blank or break after them. */
static size_t
cells_line_bytes(const char *s, int w, size_t *skip)
{
	const char *at = s, *before = s, *fits = NULL;
	int used = 0;
	uint32_t cp;

	*skip = 0;
	while ((before = at, cp = utf8_next(&at)) != 0) {
		if (cp == '\n') {
			*skip = 1;
			return (size_t)(before - s);
		}
		if (cp == ' ')
			fits = before;
		if ((used += cp_columns(cp)) > w) {
			if (fits != NULL) {
				*skip = 1;
				return (size_t)(fits - s);
			}
			return before == s ? (size_t)(at - s) : (size_t)(before - s);
		}
	}
	return (size_t)(before - s);
}

int
cells_wrap(struct cells *c, int y, int x, int w, int h, enum theme t, const char *s)
{
	char line[CELLS_W_MAX * 4 + 1];
	size_t n, skip;
	int lines = 0;

	if (w <= 0)
		return 0;
	while (*s != '\0' && lines < h) {
		n = cells_line_bytes(s, w, &skip);
		snprintf(line, sizeof line, "%.*s", (int)n, s);
		cells_text(c, y + lines, x, w, t, line);
		s += n + skip;
		lines++;
	}
	return lines;
}

void
cells_fill(struct cells *c, struct area a, enum theme t, uint32_t cp)
{
	for (int y = 0; y < a.h; y++)
		for (int x = 0; x < a.w; x++)
			cells_put(c, a.y + y, a.x + x, t, cp);
}

void
cells_box(struct cells *c, struct area a, enum theme t, const char *title)
{
	int bottom = a.y + a.h - 1, right = a.x + a.w - 1;

	if (a.w < 2 || a.h < 2)
		return;
	for (int x = a.x + 1; x < right; x++) {
		cells_put(c, a.y, x, t, 0x2500);
		cells_put(c, bottom, x, t, 0x2500);
	}
	for (int y = a.y + 1; y < bottom; y++) {
		cells_put(c, y, a.x, t, 0x2502);
		cells_put(c, y, right, t, 0x2502);
	}
	cells_put(c, a.y, a.x, t, 0x256d);
	cells_put(c, a.y, right, t, 0x256e);
	cells_put(c, bottom, a.x, t, 0x2570);
	cells_put(c, bottom, right, t, 0x256f);
	if (title != NULL && title[0] != '\0' && a.w > 8) {
		cells_put(c, a.y, a.x + 2, THEME_TEXT, ' ');
		cells_put(c, a.y, a.x + 3 + cells_text(c, a.y, a.x + 3, a.w - 6, THEME_STRONG, title), THEME_TEXT, ' ');
	}
}

void
cells_rule(struct cells *c, int y, int x, int w)
{
	for (int i = 0; i < w; i++)
		cells_put(c, y, x + i, THEME_BORDER, 0x2500);
}

void
cells_copy(struct cells *c, int y, int x, const struct cell *src, int w, int h)
{
	struct cell *slot;

	for (int i = 0; i < h; i++)
		for (int k = 0; k < w; k++)
			if ((slot = cells_slot(c, y + i, x + k)) != NULL)
				*slot = src[(size_t)i * (size_t)w + (size_t)k];
}

void
cells_zone(struct cells *c, struct area at, enum request req, uint32_t ch)
{
	if (c->zones < CELLS_ZONES)
		c->zone[c->zones++] = (struct zone){ at, req, ch };
}

const struct zone *
cells_zone_at(const struct cells *c, int y, int x)
{
	for (int i = c->zones - 1; i >= 0; i--) {
		const struct area *a = &c->zone[i].at;

		if (y >= a->y && y < a->y + a->h && x >= a->x && x < a->x + a->w)
			return &c->zone[i];
	}
	return NULL;
}

char *
cells_to_text(const struct cells *c)
{
	char *text = malloc((size_t)c->h * ((size_t)c->w * 8 + 1) + 1), *at = text, *end;
	const struct cell *cell;

	if (text == NULL)
		return NULL;
	for (int y = 0; y < c->h; y++) {
		end = at;
		for (int x = 0; x < c->w; x++) {
			cell = cells_at(c, y, x);
			if (cell->cp == 0)
				continue;
			at += utf8_put(cell->cp, at);
			if (cell->mark != 0)
				at += utf8_put(cell->mark, at);
			if (cell->cp != ' ')
				end = at;
		}
		at = end;
		*at++ = '\n';
	}
	*at = '\0';
	return text;
}
