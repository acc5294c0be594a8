/*
 * bigtext.c - digits and arrows that can be read from across a counter.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/widgets.h"

/* Five rows of three dots, the highest bit is the leftmost dot. */
static const uint8_t digit_rows[10][BIG_H] = {
	{ 7, 5, 5, 5, 7 }, { 2, 6, 2, 2, 7 }, { 7, 1, 7, 4, 7 }, { 7, 1, 7, 1, 7 }, { 5, 5, 7, 1, 1 },
	{ 7, 4, 7, 1, 7 }, { 7, 4, 7, 5, 7 }, { 7, 1, 1, 1, 1 }, { 7, 5, 7, 5, 7 }, { 7, 5, 7, 1, 7 },
};

#define DOT_W   2
#define DIGIT_W (3 * DOT_W + 2)

int
big_digits_w(const char *digits)
{
	int n = 0;

	while (digits[n] != '\0')
		n++;
	return n > 0 ? n * DIGIT_W - 2 : 0;
}

int
big_digits(struct cells *c, int y, int x, enum theme t, const char *digits)
{
	for (int i = 0; digits[i] != '\0'; i++) {
		if (digits[i] < '0' || digits[i] > '9')
			continue;
		for (int row = 0; row < BIG_H; row++)
			for (int dot = 0; dot < 3; dot++)
				if ((digit_rows[digits[i] - '0'][row] & (4 >> dot)) != 0)
					for (int k = 0; k < DOT_W; k++)
						cells_put(c, y + row, x + i * DIGIT_W + dot * DOT_W + k, t, 0x2588);
	}
	return big_digits_w(digits);
}

/* A shaft of four rows and a head of three. */
static void
big_arrow_down(struct cells *c, int y, int x, enum theme t)
{
	for (int row = 0; row < ARROW_H; row++) {
		int w = row < ARROW_H - 3 ? 4 : 4 * (ARROW_H - row) - 2;

		for (int i = 0; i < w; i++)
			cells_put(c, y + row, x + (ARROW_W - w) / 2 + i, t, 0x2588);
	}
}

void
big_arrow(struct cells *c, int y, int x, enum theme t, enum arrow way)
{
	if (way == ARROW_DOWN) {
		big_arrow_down(c, y, x, t);
		return;
	}
	for (int row = 0; row < ARROW_H; row++) {
		int off = row < ARROW_H / 2 ? ARROW_H / 2 - row : row - ARROW_H / 2;	/* rows from the middle */
		int head = 2 * (ARROW_H / 2 + 1 - off);					/* columns of the head */
		int shaft = off <= 1 ? ARROW_W - 2 * (ARROW_H / 2 + 1) : 0;

		for (int i = 0; i < head + shaft; i++) {
			int from_tip = 2 * off + i;

			cells_put(c, y + row, way == ARROW_LEFT ? x + from_tip : x + ARROW_W - 1 - from_tip, t, 0x2588);
		}
	}
}
