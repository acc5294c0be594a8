/*
 * dialog.c - asking before something that cannot be taken back.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/dialog.h"

#include "client/widgets.h"
#include "proto/limits.h"
#include "proto/text.h"

#define DIALOG_W 56

void
dialog_open(struct dialog *d, const struct dialog_text *text)
{
	*d = (struct dialog){ .text = text };
	d->reason = (struct field){ .label = "Reason", .kind = FIELD_TEXT, .max = REFERENCE_MAX_BYTES };
}

void
dialog_close(struct dialog *d)
{
	field_wipe(&d->reason);
	d->text = NULL;
}

static int
dialog_choices(const struct dialog *d)
{
	int n = 0;

	while (n < DIALOG_CHOICES && d->text->choices[n] != NULL)
		n++;
	return n;
}

static enum dialog_did
dialog_choose(struct dialog *d, struct visit *v)
{
	if (d->on > 0 && (int)text_characters(d->reason.text) < d->text->reason_chars) {
		visit_say(v, NOTICE_WARN, "Type the reason, at least %d characters; it is kept with what you do.", d->text->reason_chars);
		return DIALOG_GOES_ON;
	}
	return DIALOG_CHOSEN;
}

enum dialog_did
dialog_key(struct dialog *d, struct visit *v, struct key k)
{
	int n = dialog_choices(d);

	switch (k.req) {
	case REQ_BACK:
		return DIALOG_LEFT;
	case REQ_UP:
	case REQ_PREV:
		d->on = (d->on + n - 1) % n;
		return DIALOG_GOES_ON;
	case REQ_DOWN:
	case REQ_NEXT:
		d->on = (d->on + 1) % n;
		return DIALOG_GOES_ON;
	case REQ_CLICK:
		if (k.ch >= (uint32_t)n)
			return DIALOG_GOES_ON;
		d->on = (int)k.ch;
		return dialog_choose(d, v);
	case REQ_ENTER:
		return dialog_choose(d, v);
	default:
		if (d->text->reason_chars > 0)
			field_key(&d->reason, k);
		else if (k.req == REQ_CHAR && menu_key(&d->on, n, k))
			return dialog_choose(d, v);
		return DIALOG_GOES_ON;
	}
}

void
dialog_draw(const struct dialog *d, struct cells *c)
{
	int n = dialog_choices(d), row, reason = d->text->reason_chars > 0 ? 2 : 0;
	struct area in = window_draw(c, d->text->title, DIALOG_W, 5 + reason + n);

	row = cells_wrap(c, in.y, in.x, in.w, 4, THEME_TEXT, d->text->question) + 1;
	if (reason > 0) {
		row_field(c, in, row, 10, &d->reason, in.w - 10, true);
		row += reason;
	}
	menu_draw(c, in, row, d->text->choices, n, d->on);
}
