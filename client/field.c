/*
 * field.c - editing one line.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/field.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "proto/crypto.h"
#include "proto/limits.h"
#include "proto/money.h"

/* The character as this kind of field takes it, 0 if it does not. */
static uint32_t
field_accept(enum field_kind kind, uint32_t ch)
{
	bool digit = ch >= '0' && ch <= '9';
	bool lower = ch >= 'a' && ch <= 'z', upper = ch >= 'A' && ch <= 'Z';

	switch (kind) {
	case FIELD_DIGITS:
	case FIELD_CODE:
		return digit ? ch : 0;
	case FIELD_ACCOUNT:
		return lower ? ch - 32 : digit || upper || ch == ' ' ? ch : 0;
	case FIELD_CURRENCY:
		return lower ? ch - 32 : upper ? ch : 0;
	case FIELD_AMOUNT:	/* kept as typed, so that nothing turns it into another amount */
	case FIELD_TEXT:
	case FIELD_PASSWORD:
	case FIELD_CHOICE:
		break;
	}
	return ch;
}

static void
field_insert(struct field *f, uint32_t ch)
{
	char bytes[4];
	size_t n;

	if ((ch = field_accept(f->kind, ch)) == 0)
		return;
	n = utf8_put(ch, bytes);
	if (n > f->max - f->len)
		return;
	memmove(f->text + f->cur + n, f->text + f->cur, f->len - f->cur + 1);
	memcpy(f->text + f->cur, bytes, n);
	f->len += n;
	f->cur += n;
}

static size_t
field_before(const struct field *f, size_t at)
{
	if (at == 0)
		return 0;
	do
		at--;
	while (at > 0 && ((unsigned char)f->text[at] & 0xc0) == 0x80);
	return at;
}

static size_t
field_after(const struct field *f, size_t at)
{
	if (at >= f->len)
		return f->len;
	do
		at++;
	while (at < f->len && ((unsigned char)f->text[at] & 0xc0) == 0x80);
	return at;
}

static void
field_cut(struct field *f, size_t from, size_t to)
{
	memmove(f->text + from, f->text + to, f->len - to + 1);
	f->len -= to - from;
	f->cur = from;
	crypto_wipe(f->text + f->len, sizeof f->text - f->len);
}

const char *
field_refuses(const struct field *f, uint32_t ch)
{
	char bytes[4];

	if ((ch = field_accept(f->kind, ch)) == 0)
		return f->kind == FIELD_ACCOUNT ? "An account number has letters and digits only." :
		    f->kind == FIELD_CURRENCY ? "A currency has letters only." : "Digits only.";
	return utf8_put(ch, bytes) > f->max - f->len ? "There is no room for more here." : NULL;
}

bool
field_key(struct field *f, struct key k)
{
	if (f->kind == FIELD_CHOICE)
		return false;
	switch (k.req) {
	case REQ_CHAR:
		field_insert(f, k.ch);
		return true;
	case REQ_BACKSPACE:
		field_cut(f, field_before(f, f->cur), f->cur);
		return true;
	case REQ_DELETE: {
		size_t at = f->cur;

		field_cut(f, at, field_after(f, at));
		return true;
	}
	case REQ_CLEAR:
		field_wipe(f);
		return true;
	case REQ_LEFT:
		f->cur = field_before(f, f->cur);
		return true;
	case REQ_RIGHT:
		f->cur = field_after(f, f->cur);
		return true;
	case REQ_HOME:
		f->cur = 0;
		return true;
	case REQ_END:
		f->cur = f->len;
		return true;
	default:
		return false;
	}
}

void
field_set(struct field *f, const char *text)
{
	struct key k = { .req = REQ_CHAR };

	field_wipe(f);
	while ((k.ch = utf8_next(&text)) != 0)
		field_insert(f, k.ch);
}

void
field_wipe(struct field *f)
{
	crypto_wipe(f->text, sizeof f->text);
	f->len = f->cur = 0;
}

/* Columns of the first n bytes, as drawn. */
static int
field_columns(const struct field *f, size_t n)
{
	const char *s = f->text, *end = f->text + n;
	bool secret = f->kind == FIELD_PASSWORD || f->kind == FIELD_CODE;
	int columns = 0;

	while (s < end) {
		uint32_t cp = utf8_next(&s);

		columns += secret ? 1 : cp_columns(cp);
	}
	return columns;
}

void
field_draw(const struct field *f, struct cells *c, int y, int x, int w, bool on)
{
	enum theme t = on ? THEME_FIELD_ON : THEME_FIELD;
	bool secret = f->kind == FIELD_PASSWORD || f->kind == FIELD_CODE;
	char grouped[FIELD_BYTES + FIELD_BYTES / 4], account[ACCOUNT_MAX_BYTES + 1];
	const char *s = f->text;
	int cursor = on ? field_columns(f, f->cur) : 0, skip, at = x + 1, room = w - 2;

	if (room <= 0)
		return;
	cells_fill(c, (struct area){ y, x, 1, w }, t, ' ');
	if (f->kind == FIELD_ACCOUNT && !on && account_number_parse(s, account) == RC_OK) {
		account_number_format(account, grouped, sizeof grouped);
		cells_text(c, y, at, room, t, grouped);
		return;
	}
	if (f->kind == FIELD_AMOUNT && field_columns(f, f->len) < room)
		at = x + w - 1 - field_columns(f, f->len);
	if (f->kind == FIELD_CHOICE) {
		cells_text(c, y, at, room, t, s);
		return;
	}
	skip = cursor >= room && f->kind != FIELD_AMOUNT ? cursor - room + 1 : 0;
	for (int column = -skip; *s != '\0';) {
		uint32_t cp = utf8_next(&s);
		int wide = secret ? 1 : cp_columns(cp);

		if (column >= 0 && column + wide <= room)
			cells_put(c, y, at + column, t, secret ? 0x2022 : cp);
		column += wide;
	}
	if (on) {
		c->cur_on = true;
		c->cur_y = y;
		c->cur_x = at + cursor - skip;
	}
}
