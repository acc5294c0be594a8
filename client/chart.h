/*
 * chart.h - numbers as spark lines, bars and columns of block characters.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Readable without colour: height and length tell everything, and numbers stand
 * beside bars. In ASCII eight steps of height are eight characters, from '.' to
 * '#', and bars are of '#'. What is zero shows as a dot in the middle of the
 * row, or '_' in ASCII, and not as a small amount; anything above it shows.
 * Negative numbers count as zero.
 * Threads: none; pure functions.
 */
#ifndef CLIENT_CHART_H
#define CLIENT_CHART_H

#include <stdint.h>

#include "client/cells.h"

/* One row of w columns, a value in each, the newest (last) at the right end; where there are more, the oldest are left out. */
void chart_spark(struct cells *c, int y, int x, int w, enum theme t, const int64_t *values, int n);

struct chart_bar {
	const char *label;
	int64_t value;
	const char *text;	/* the value as it is to be read */
};

/* A bar in each row: label, bar, value; bars that do not fit are left out. */
void chart_bars(struct cells *c, struct area in, enum theme t, const struct chart_bar *bars, int n);

/*
 * Columns beside one another, as wide as fits, the labels below where they have
 * room. top: what the highest column means, in words, in the first row.
 */
void chart_columns(struct cells *c, struct area in, enum theme t, const int64_t *values, const char *const *labels, int n,
    const char *top);

#endif
