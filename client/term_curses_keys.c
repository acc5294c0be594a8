/*
 * term_curses_keys.c - ncurses: bytes become raw keys.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/term_curses_keys.h"
#include "client/term.h"
#include "client/term_keys.h"

#include <curses.h>

#define ESC_DELAY_MS 25

/* Descriptions name the keys of the keypad by their place, where they name them; term_keys_ss3() knows what is printed on them. */
static void
term_free_keypad(void)
{
	char s[] = "\033O?";

	for (s[2] = 'j'; s[2] <= 'y'; s[2]++) {
		int code = key_defined(s);

		if (code > 0 && (code < KEY_F0 || code > KEY_F(63)))
			define_key(s, 0);
	}
}

void
term_keys_init(bool mouse)
{
	set_escdelay(ESC_DELAY_MS);
	raw();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	term_free_keypad();
	define_key("\033[Z", KEY_BTAB);	/* some descriptions know it by another name */
	nodelay(stdscr, TRUE);
	if (mouse) {
		mousemask(BUTTON1_PRESSED | BUTTON1_CLICKED, NULL);
		mouseinterval(0);
	}
}

/* Where the first button went down; anything else the mouse does means nothing. */
static struct raw_key
term_mouse(void)
{
	MEVENT e;

	if (getmouse(&e) != OK || (e.bstate & (BUTTON1_PRESSED | BUTTON1_CLICKED)) == 0)
		return (struct raw_key){ .kind = RAW_CHAR };
	return (struct raw_key){ .kind = RAW_CLICK, .y = e.y, .x = e.x };
}

static struct raw_key
term_special(wint_t ch)
{
	static const struct { int code; enum raw_kind kind; } keys[] = {
		{ KEY_ENTER, RAW_ENTER }, { KEY_BTAB, RAW_BACKTAB }, { KEY_BACKSPACE, RAW_BACKSPACE },
		{ KEY_DC, RAW_DELETE }, { KEY_UP, RAW_UP }, { KEY_DOWN, RAW_DOWN }, { KEY_LEFT, RAW_LEFT },
		{ KEY_RIGHT, RAW_RIGHT }, { KEY_HOME, RAW_HOME }, { KEY_END, RAW_END }, { KEY_PPAGE, RAW_PGUP },
		{ KEY_NPAGE, RAW_PGDN }, { KEY_RESIZE, RAW_RESIZE },
	};

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		if ((wint_t)keys[i].code == ch)
			return (struct raw_key){ .kind = keys[i].kind };
	if (ch == KEY_MOUSE)
		return term_mouse();
	if (ch > KEY_F0 && ch <= KEY_F(12))
		return (struct raw_key){ .kind = RAW_FUNCTION, .ch = (uint32_t)(ch - KEY_F0) };
	return (struct raw_key){ .kind = RAW_CHAR, .ch = 0 };	/* a key that means nothing here */
}

/* One more byte of a sequence that has begun; 0 if none comes in time. */
static uint32_t
term_more(void *ctx)
{
	wint_t ch;
	int r;

	(void)ctx;
	timeout(ESC_DELAY_MS);
	r = get_wch(&ch);
	timeout(0);
	return r == OK ? (uint32_t)ch : 0;
}

/* Esc by itself, or what came together with it: Alt and a character, or a key that terminfo does not know. */
static struct raw_key
term_escape(void)
{
	wint_t after;
	int r = get_wch(&after);

	if (r == OK && after == '[')
		return term_keys_csi(term_more, NULL);
	if (r == OK && after == 'O')
		return term_keys_ss3(term_more, NULL);
	if (r == OK && after > 0x20 && after != 0x7f)
		return (struct raw_key){ .kind = RAW_CHAR, .ch = (uint32_t)after, .alt = true };
	if (r == OK)
		unget_wch((wchar_t)after);
	else if (r == KEY_CODE_YES)
		ungetch((int)after);
	return (struct raw_key){ .kind = RAW_ESC };
}

struct raw_key
term_key(struct tty *t)
{
	wint_t ch;
	int r = get_wch(&ch);

	(void)t;
	if (r == ERR)
		return (struct raw_key){ .kind = RAW_NONE };
	if (r == KEY_CODE_YES)
		return term_special(ch);
	if (ch != 27)
		return (struct raw_key){ .kind = RAW_CHAR, .ch = (uint32_t)ch };
	return term_escape();
}
