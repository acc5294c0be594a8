/*
 * form.h - fields in a column or two: moving, checking, marks for what must be
 * filled.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   a page's fields with the rules that are the same everywhere:
 *               Tab, Enter and the arrows move; what is wrong is said on the
 *               message line as soon as the field is left, and Enter stays.
 * What it isn't: it knows no rule of its own; the page's fault() judges.
 *
 * A plain struct inside a page's state. Threads: none.
 */
#ifndef CLIENT_FORM_H
#define CLIENT_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "client/cells.h"
#include "client/field.h"
#include "client/keymap.h"
#include "client/visit.h"

#define FORM_FIELDS 12

struct form_item {
	const char *label;
	enum field_kind kind;
	size_t max;		/* bytes */
	int  w;			/* columns of the page */
	int  row;		/* below the top of the form */
	bool required;		/* marked with a star */
	bool second;		/* in the second column, where the page has room for it, else below the first */
};

struct form_spec {
	struct form_item item[FORM_FIELDS];
	int n;
	int label_w;
	/* Why field i cannot be taken, a sentence; NULL: it can. state is the page's. */
	const char *(*fault)(const void *state, int i);
};

struct form {
	const struct form_spec *spec;	/* NULL: not open yet */
	int  on;
	struct field field[FORM_FIELDS];
};

enum form_did {
	FORM_UNHEARD,		/* the key was for nothing here */
	FORM_EDITED,
	FORM_MOVED,		/* to another field, or kept at one that is wrong */
	FORM_SUBMIT,		/* F8, or Enter in the last field */
};

/* Empty fields, the first one on; nothing if it is open already. */
void form_open(struct form *f, const struct form_spec *spec);
void form_wipe(struct form *f);
/* field_key(), with words for a character that the field does not take. */
bool form_field_key(struct field *f, struct visit *v, struct key k);
enum form_did form_key(struct form *f, const void *state, struct visit *v, struct key k);
/* Whether all can be taken; else the first that cannot is on, and the message line says why. */
bool form_ready(struct form *f, const void *state, struct visit *v);
void form_draw(const struct form *f, struct cells *c, struct area in);

#endif
