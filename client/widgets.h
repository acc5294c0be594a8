/*
 * widgets.h - what pages share: cards, rows, menus, progress, large digits.
 * SPDX-License-Identifier: Apache-2.0
 *
 * All of them only draw, or only move a number; none keeps state.
 * Threads: none; pure functions.
 */
#ifndef CLIENT_WIDGETS_H
#define CLIENT_WIDGETS_H

#include "client/cells.h"
#include "client/field.h"
#include "client/screen.h"

/* A card of at most this inner size in the middle of the body; returns its inside. */
struct area card_draw(struct cells *c, const char *title, int w, int h);

/* A window of this inner size over the page; what lies below cannot be chosen any more. Returns its inside. */
struct area window_draw(struct cells *c, const char *title, int w, int h);

/* "label   value" on one row; labels are label_w wide. */
void row_draw(struct cells *c, struct area in, int row, int label_w, const char *label, enum theme t, const char *value);
/* An amount that is wider than room loses the signs between its groups of digits, never a digit. */
void amount_fit(char *text, int room);
/* The first 64 bits of a digest in groups of four digits, for comparing by eye. */
#define DIGEST_MARK_BYTES 20
void digest_mark(const uint8_t digest[static DIGEST_BYTES], char dst[static DIGEST_MARK_BYTES]);
/* A labelled field. */
void row_field(struct cells *c, struct area in, int row, int label_w, const struct field *f, int w, bool on);

/* Fields in a column: Tab, Enter, arrows. Returns the field that is on now. */
int  form_move(int on, int n, struct key k);
bool form_moves(struct key k);	/* a key that leaves a field */

/* "1  Log in" lines. A digit or a click chooses and enters at once: *on moves, true means chosen. */
void menu_draw(struct cells *c, struct area in, int row, const char *const *items, int n, int on);
bool menu_key(int *on, int n, struct key k);

/* A progress line of w columns. */
void progress_draw(struct cells *c, int y, int x, int w, int part, int whole);

/* Digits five rows high; returns the columns used (8 a digit). */
#define BIG_H 5
int  big_digits(struct cells *c, int y, int x, enum theme t, const char *digits);
int  big_digits_w(const char *digits);
/* An arrow seven rows high. */
#define ARROW_H 7
#define ARROW_W 14
enum arrow { ARROW_LEFT, ARROW_RIGHT, ARROW_DOWN };
void big_arrow(struct cells *c, int y, int x, enum theme t, enum arrow way);

#endif
