/*
 * field.h - a line of text that a person edits.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A plain struct inside a screen's state: no memory of its own. Secret kinds
 * are never drawn, only their length. Threads: none.
 */
#ifndef CLIENT_FIELD_H
#define CLIENT_FIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "client/cells.h"
#include "client/keymap.h"

#define FIELD_BYTES 160u

enum field_kind {
	FIELD_TEXT,
	FIELD_PASSWORD,		/* dots */
	FIELD_DIGITS,
	FIELD_CODE,		/* digits shown as dots */
	FIELD_AMOUNT,		/* right-aligned */
	FIELD_ACCOUNT,		/* upper case, in groups of four when left */
	FIELD_CURRENCY,		/* upper case letters */
	FIELD_CHOICE,		/* not typed: the page sets it */
};

struct field {
	const char *label;
	enum field_kind kind;
	size_t max;		/* bytes, < FIELD_BYTES */
	size_t len, cur;	/* bytes; cur is where the next character goes */
	char   text[FIELD_BYTES];
};

/* Why this field does not take the character, a sentence; NULL: it does, if there is room. */
const char *field_refuses(const struct field *f, uint32_t ch);
/* True if the key was for the field (it changed, or the cursor moved). */
bool field_key(struct field *f, struct key k);
void field_set(struct field *f, const char *text);
void field_wipe(struct field *f);
/* Draws w columns; with on it is the one with the cursor. */
void field_draw(const struct field *f, struct cells *c, int y, int x, int w, bool on);

#endif
