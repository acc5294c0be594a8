/*
 * form.c - moving between fields and checking them.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/form.h"

#include <stdio.h>

#include "client/widgets.h"

void
form_open(struct form *f, const struct form_spec *spec)
{
	if (f->spec != NULL)
		return;
	f->spec = spec;
	f->on = 0;
	for (int i = 0; i < spec->n; i++)
		f->field[i] = (struct field){ .label = spec->item[i].label, .kind = spec->item[i].kind, .max = spec->item[i].max };
}

void
form_wipe(struct form *f)
{
	for (int i = 0; i < FORM_FIELDS; i++)
		field_wipe(&f->field[i]);
	f->on = 0;
}

/* What is wrong with the field that is left, if something stands in it. */
static bool
form_leaves(const struct form *f, const void *state, struct visit *v)
{
	const char *fault = f->field[f->on].len > 0 ? f->spec->fault(state, f->on) : NULL;

	if (fault != NULL)
		visit_say(v, NOTICE_WARN, "%s", fault);
	return fault == NULL;
}

static void
form_step(struct form *f, enum request req)
{
	int n = f->spec->n;

	switch (req) {
	case REQ_NEXT:
		f->on = f->on + 1 < n ? f->on + 1 : 0;
		break;
	case REQ_PREV:
		f->on = f->on > 0 ? f->on - 1 : n - 1;
		break;
	case REQ_UP:
		f->on -= f->on > 0;
		break;
	default:
		f->on += f->on + 1 < n;
		break;
	}
}

bool
form_field_key(struct field *f, struct visit *v, struct key k)
{
	const char *why = k.req == REQ_CHAR && f->kind != FIELD_CHOICE ? field_refuses(f, k.ch) : NULL;

	if (why != NULL)
		visit_say(v, NOTICE_INFO, "%s", why);
	return field_key(f, k);
}

enum form_did
form_key(struct form *f, const void *state, struct visit *v, struct key k)
{
	switch (k.req) {
	case REQ_SUBMIT:
		return FORM_SUBMIT;
	case REQ_ENTER:
		if (f->on + 1 == f->spec->n)
			return FORM_SUBMIT;
		if (form_leaves(f, state, v))
			form_step(f, k.req);
		return FORM_MOVED;
	case REQ_NEXT:
	case REQ_PREV:
	case REQ_UP:
	case REQ_DOWN:
		form_leaves(f, state, v);
		form_step(f, k.req);
		return FORM_MOVED;
	case REQ_CLICK:
		if (k.ch >= (uint32_t)f->spec->n)
			return FORM_UNHEARD;
		form_leaves(f, state, v);
		f->on = (int)k.ch;
		return FORM_MOVED;
	default:
		return form_field_key(&f->field[f->on], v, k) ? FORM_EDITED : FORM_UNHEARD;
	}
}

bool
form_ready(struct form *f, const void *state, struct visit *v)
{
	const char *fault;

	for (int i = 0; i < f->spec->n; i++) {
		if ((fault = f->spec->fault(state, i)) == NULL)
			continue;
		visit_say(v, NOTICE_WARN, "%s", fault);
		f->on = i;
		return false;
	}
	return true;
}

/* The columns of the page that one column of the form needs, and its rows. */
static int
form_extent(const struct form_spec *s, bool second, int *rows)
{
	int w = 0;

	*rows = 0;
	for (int i = 0; i < s->n; i++) {
		if (s->item[i].second != second)
			continue;
		if (s->item[i].w > w)
			w = s->item[i].w;
		if (s->item[i].row + 2 > *rows)
			*rows = s->item[i].row + 2;
	}
	return s->label_w + w;
}

void
form_draw(const struct form *f, struct cells *c, struct area in)
{
	const struct form_spec *s = f->spec;
	int rows, other, first_w = form_extent(s, false, &rows), second_w = form_extent(s, true, &other);
	bool two = first_w + 3 + second_w <= in.w;
	char label[64];

	for (int i = 0; i < s->n; i++) {
		const struct form_item *item = &s->item[i];
		struct field shown = f->field[i];
		struct area at = in;
		int row = item->row;

		if (item->second && two) {
			at.x += first_w + 3;
			at.w -= first_w + 3;
		} else if (item->second) {
			row += rows;
		}
		snprintf(label, sizeof label, "%s%s", item->label, item->required ? " *" : "");
		shown.label = label;
		row_field(c, at, row, s->label_w, &shown, item->w, i == f->on);
		cells_zone(c, (struct area){ at.y + row, at.x, 1, s->label_w + item->w }, REQ_CLICK, (uint32_t)i);
		field_wipe(&shown);
	}
}
