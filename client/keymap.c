/*
 * keymap.c - the table from keys to requests.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/keymap.h"

#include <stddef.h>

static const enum request by_function[] = {
	[1] = REQ_HELP, [2] = REQ_NEW, [3] = REQ_FIND, [4] = REQ_PICK, [5] = REQ_AGAIN, [6] = REQ_COPY,
	[7] = REQ_REFUSE, [8] = REQ_SUBMIT, [9] = REQ_LOGOUT, [10] = REQ_QUIT,
};

static const enum request by_kind[] = {
	[RAW_ESC] = REQ_BACK, [RAW_ENTER] = REQ_ENTER, [RAW_TAB] = REQ_NEXT, [RAW_BACKTAB] = REQ_PREV,
	[RAW_BACKSPACE] = REQ_BACKSPACE, [RAW_DELETE] = REQ_DELETE, [RAW_UP] = REQ_UP,
	[RAW_DOWN] = REQ_DOWN, [RAW_LEFT] = REQ_LEFT, [RAW_RIGHT] = REQ_RIGHT, [RAW_HOME] = REQ_HOME,
	[RAW_END] = REQ_END, [RAW_PGUP] = REQ_PGUP, [RAW_PGDN] = REQ_PGDN,
};

static enum request
keymap_function(uint32_t n)
{
	return n < sizeof by_function / sizeof by_function[0] ? by_function[n] : REQ_NONE;
}

/* Characters that no keypad key sends: control keys have their own few uses. */
static struct key
keymap_char(struct raw_key raw)
{
	if (raw.alt && raw.ch >= '0' && raw.ch <= '9')
		return (struct key){ .req = keymap_function(raw.ch == '0' ? 10 : raw.ch - '0') };
	switch (raw.ch) {
	case '\r':
	case '\n':
		return (struct key){ .req = REQ_ENTER };
	case '\t':
		return (struct key){ .req = REQ_NEXT };
	case 0x7f:
	case '\b':
		return (struct key){ .req = REQ_BACKSPACE };
	case 'U' & 0x1f:
		return (struct key){ .req = REQ_CLEAR };
	case 'N' & 0x1f:
		return (struct key){ .req = REQ_LINE_ADD };
	case 'D' & 0x1f:
		return (struct key){ .req = REQ_LINE_DROP };
	case 'L' & 0x1f:
		return (struct key){ .req = REQ_REDRAW };
	case 'A' & 0x1f:
		return (struct key){ .req = REQ_HOME };
	case 'E' & 0x1f:
		return (struct key){ .req = REQ_END };
	default:
		break;
	}
	if (raw.alt || raw.ch < 0x20 || (raw.ch >= 0x7f && raw.ch < 0xa0) || raw.ch > 0x10ffff ||
	    (raw.ch >= 0xd800 && raw.ch < 0xe000))
		return (struct key){ .req = REQ_NONE };
	return (struct key){ .req = REQ_CHAR, .ch = raw.ch };
}

struct key
keymap_request(struct raw_key raw)
{
	if (raw.kind == RAW_CHAR)
		return keymap_char(raw);
	if (raw.kind == RAW_FUNCTION)
		return (struct key){ .req = keymap_function(raw.ch) };
	if ((size_t)raw.kind < sizeof by_kind / sizeof by_kind[0])
		return (struct key){ .req = by_kind[raw.kind] };
	return (struct key){ .req = REQ_NONE };
}

const char *
request_key(enum request r)
{
	static const char *const names[] = {
#define X(name, key, what) [name] = key,
		REQUEST_LIST(X)
#undef X
	};

	return (size_t)r < REQ_COUNT ? names[r] : "";
}

const char *
request_text(enum request r)
{
	static const char *const texts[] = {
#define X(name, key, what) [name] = what,
		REQUEST_LIST(X)
#undef X
	};

	return (size_t)r < REQ_COUNT ? texts[r] : "";
}
