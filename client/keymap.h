/*
 * keymap.h - keys become requests before a screen sees them.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One list names every request, the key that makes it and what it is for; the
 * bar at the bottom and the help page are made from it, with the page's own
 * word for the key. No key makes two requests. Where a terminal has
 * no function keys, Esc and a digit sent together (Alt and the digit on most
 * keyboards, 0 for ten) do the same. Threads: none; pure functions.
 */
#ifndef CLIENT_KEYMAP_H
#define CLIENT_KEYMAP_H

#include <stdbool.h>
#include <stdint.h>

/* What the terminal reports. */
enum raw_kind {
	RAW_NONE, RAW_CHAR, RAW_ESC, RAW_ENTER, RAW_TAB, RAW_BACKTAB, RAW_BACKSPACE, RAW_DELETE,
	RAW_UP, RAW_DOWN, RAW_LEFT, RAW_RIGHT, RAW_HOME, RAW_END, RAW_PGUP, RAW_PGDN,
	RAW_FUNCTION,	/* ch is 1 ... 12 */
	RAW_RESIZE,
	RAW_CLICK,	/* y and x are of the page */
};

struct raw_key {
	enum raw_kind kind;
	uint32_t ch;	/* RAW_CHAR: the character */
	bool alt;	/* Esc came together with it */
	int  y, x;	/* RAW_CLICK */
};

/* X(request, key as shown, what it does) */
#define REQUEST_LIST(X) \
	X(REQ_NONE,      "",           "") \
	X(REQ_CHAR,      "",           "type into a field, or choose by number") \
	X(REQ_CLICK,     "",           "what the mouse points at") \
	X(REQ_HELP,      "F1",         "help for this page") \
	X(REQ_NEW,       "F2",         "begin something new") \
	X(REQ_FIND,      "F3",         "search; again: the next that fits") \
	X(REQ_PICK,      "F4",         "choose from a list") \
	X(REQ_AGAIN,     "F5",         "ask again: a new code, fresh balances") \
	X(REQ_COPY,      "F6",         "the same as in the line above") \
	X(REQ_REFUSE,    "F7",         "refuse or send back, with a reason") \
	X(REQ_SUBMIT,    "F8",         "go on with what this page shows") \
	X(REQ_LOGOUT,    "F9",         "log out; at the audit console: verify the trail") \
	X(REQ_QUIT,      "F10",        "leave the program") \
	X(REQ_BACK,      "Esc",        "back to the page before") \
	X(REQ_ENTER,     "Enter",      "next field, or choose") \
	X(REQ_NEXT,      "Tab",        "next field") \
	X(REQ_PREV,      "Shift-Tab",  "field before") \
	X(REQ_UP,        "Up",         "one line up") \
	X(REQ_DOWN,      "Down",       "one line down") \
	X(REQ_LEFT,      "Left",       "left in a field, or the choice before") \
	X(REQ_RIGHT,     "Right",      "right in a field, or the next choice") \
	X(REQ_HOME,      "Home",       "start of the field, first line of a table") \
	X(REQ_END,       "End",        "end of the field, last line of a table") \
	X(REQ_PGUP,      "PgUp",       "a page up") \
	X(REQ_PGDN,      "PgDn",       "a page down") \
	X(REQ_BACKSPACE, "Backspace",  "delete to the left") \
	X(REQ_DELETE,    "Del",        "delete to the right") \
	X(REQ_CLEAR,     "Ctrl-U",     "empty the field") \
	X(REQ_LINE_ADD,  "Ctrl-N",     "a new line above this one") \
	X(REQ_LINE_DROP, "Ctrl-D",     "take this line out") \
	X(REQ_REDRAW,    "Ctrl-L",     "draw the page again")

enum request {
#define X(name, key, what) name,
	REQUEST_LIST(X)
#undef X
	REQ_COUNT
};

struct key {
	enum request req;
	uint32_t ch;	/* REQ_CHAR: the character, never a control character; REQ_CLICK: which row, field or line */
};

struct key  keymap_request(struct raw_key raw);
const char *request_key(enum request r);	/* "F1"; "" if there is none */
const char *request_text(enum request r);

#endif
