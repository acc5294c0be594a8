/*
 * dialog.h - a question over the page: choices, and a reason where one is due.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A plain struct inside a page's state. Threads: none.
 */
#ifndef CLIENT_DIALOG_H
#define CLIENT_DIALOG_H

#include <stdbool.h>

#include "client/cells.h"
#include "client/field.h"
#include "client/keymap.h"
#include "client/visit.h"

#define DIALOG_CHOICES 4

struct dialog_text {
	const char *title, *question;
	const char *choices[DIALOG_CHOICES];	/* up to the first NULL; the first is the harmless one */
	int  reason_chars;	/* the reason has at least so many; 0: none is asked for */
};

struct dialog {
	const struct dialog_text *text;		/* NULL: closed */
	int  on;
	struct field reason;
};

enum dialog_did { DIALOG_GOES_ON, DIALOG_CHOSEN, DIALOG_LEFT };

void dialog_open(struct dialog *d, const struct dialog_text *text);
void dialog_close(struct dialog *d);	/* wipes the reason */
/*
 * Takes every key while it is open. DIALOG_CHOSEN: d->on is the choice and
 * d->reason what was typed, until dialog_close(). Every choice but the first
 * wants its reason; what is missing is said on the message line.
 */
enum dialog_did dialog_key(struct dialog *d, struct visit *v, struct key k);
void dialog_draw(const struct dialog *d, struct cells *c);

#endif
