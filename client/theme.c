/*
 * theme.c - the three tables.
 * SPDX-License-Identifier: Apache-2.0
 *
 * High contrast keeps to black, white, yellow, cyan and green in pairs that
 * differ by 7 to 1 and more (WCAG 2.1, 1.4.6).
 */
#include "client/theme.h"

#include <stddef.h>
#include <string.h>

enum { BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE, OWN = -1 };

static const struct look colour[THEME_COUNT] = {
	[THEME_TEXT]      = { -1, -1, OWN, OWN, 0 },
	[THEME_DIM]       = { 245, -1, OWN, OWN, 0 },
	[THEME_STRONG]    = { -1, -1, OWN, OWN, LOOK_BOLD },
	[THEME_BORDER]    = { 66, -1, CYAN, OWN, 0 },
	[THEME_TITLE]     = { 255, 23, WHITE, BLUE, LOOK_BOLD },
	[THEME_TITLE_DIM] = { 152, 23, WHITE, BLUE, 0 },
	[THEME_KEY]       = { 255, 23, WHITE, BLUE, LOOK_BOLD },
	[THEME_KEY_TEXT]  = { 250, -1, OWN, OWN, 0 },
	[THEME_STATUS]    = { 252, 236, WHITE, BLACK, LOOK_BOLD },
	[THEME_FIELD]     = { 252, 236, WHITE, BLACK, LOOK_UNDERLINE },
	[THEME_FIELD_ON]  = { 255, 24, WHITE, BLUE, 0 },
	[THEME_CHOICE_ON] = { 255, 24, WHITE, BLUE, LOOK_BOLD },
	[THEME_GOOD]      = { 78, -1, GREEN, OWN, 0 },
	[THEME_WARN]      = { 179, -1, YELLOW, OWN, 0 },
	[THEME_BAD]       = { 203, -1, RED, OWN, LOOK_BOLD },
	[THEME_BANNER]    = { 255, 23, WHITE, BLUE, LOOK_BOLD },
	[THEME_PICTURE]   = { -1, -1, OWN, OWN, 0 },
	[THEME_FACE]      = { 120, 16, GREEN, BLACK, LOOK_BOLD },
};

static const struct look contrast[THEME_COUNT] = {
	[THEME_TEXT]      = { 231, 16, WHITE, BLACK, 0 },
	[THEME_DIM]       = { 231, 16, WHITE, BLACK, 0 },
	[THEME_STRONG]    = { 231, 16, WHITE, BLACK, LOOK_BOLD },
	[THEME_BORDER]    = { 231, 16, WHITE, BLACK, 0 },
	[THEME_TITLE]     = { 16, 231, BLACK, WHITE, 0 },
	[THEME_TITLE_DIM] = { 16, 231, BLACK, WHITE, 0 },
	[THEME_KEY]       = { 16, 51, BLACK, CYAN, 0 },
	[THEME_KEY_TEXT]  = { 231, 16, WHITE, BLACK, LOOK_BOLD },
	[THEME_STATUS]    = { 16, 231, BLACK, WHITE, 0 },
	[THEME_FIELD]     = { 231, 238, WHITE, BLACK, LOOK_UNDERLINE },
	[THEME_FIELD_ON]  = { 16, 226, BLACK, YELLOW, 0 },
	[THEME_CHOICE_ON] = { 16, 226, BLACK, YELLOW, 0 },
	[THEME_GOOD]      = { 46, 16, GREEN, BLACK, LOOK_BOLD },
	[THEME_WARN]      = { 226, 16, YELLOW, BLACK, LOOK_BOLD },
	[THEME_BAD]       = { 16, 226, BLACK, YELLOW, LOOK_BOLD },
	[THEME_BANNER]    = { 16, 226, BLACK, YELLOW, LOOK_BOLD },
	[THEME_PICTURE]   = { -1, -1, OWN, OWN, 0 },
	[THEME_FACE]      = { 46, 16, GREEN, BLACK, LOOK_BOLD },
};

#define PLAIN(attrs) { -1, -1, OWN, OWN, attrs }

static const struct look mono[THEME_COUNT] = {
	[THEME_TEXT] = PLAIN(0), [THEME_DIM] = PLAIN(0), [THEME_STRONG] = PLAIN(LOOK_BOLD), [THEME_BORDER] = PLAIN(0),
	[THEME_TITLE] = PLAIN(LOOK_REVERSE), [THEME_TITLE_DIM] = PLAIN(LOOK_REVERSE), [THEME_KEY] = PLAIN(LOOK_REVERSE),
	[THEME_KEY_TEXT] = PLAIN(0), [THEME_STATUS] = PLAIN(LOOK_REVERSE), [THEME_FIELD] = PLAIN(LOOK_UNDERLINE),
	[THEME_FIELD_ON] = PLAIN(LOOK_REVERSE), [THEME_CHOICE_ON] = PLAIN(LOOK_REVERSE), [THEME_GOOD] = PLAIN(LOOK_BOLD),
	[THEME_WARN] = PLAIN(LOOK_BOLD), [THEME_BAD] = PLAIN(LOOK_BOLD), [THEME_BANNER] = PLAIN(LOOK_REVERSE),
	[THEME_PICTURE] = PLAIN(0), [THEME_FACE] = PLAIN(LOOK_BOLD),
};

const struct look *
theme_look(enum palette p, enum theme t)
{
	const struct look *looks = p == PALETTE_MONO ? mono : p == PALETTE_CONTRAST ? contrast : colour;

	return &looks[t < THEME_COUNT ? t : THEME_TEXT];
}

int
theme_palette(const char *name)
{
	static const char *const names[] = {
		[PALETTE_AUTO] = "auto", [PALETTE_COLOUR] = "colour", [PALETTE_CONTRAST] = "contrast", [PALETTE_MONO] = "mono",
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(names[i], name) == 0)
			return (int)i;
	return -1;
}

enum palette
theme_choose(enum palette wanted, const char *no_color)
{
	if (wanted != PALETTE_AUTO)
		return wanted;
	return no_color != NULL && no_color[0] != '\0' ? PALETTE_MONO : PALETTE_COLOUR;
}
