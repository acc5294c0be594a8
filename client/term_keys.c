/*
 * term_keys.c - control sequences become raw keys.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/term_keys.h"

#include <stdbool.h>
#include <stddef.h>

/* "CSI number ~", as the VT220 and those after it send them; the numbers 16 and 22 are none. */
static struct raw_key
keys_csi_number(uint32_t number)
{
	static const enum raw_kind pad[] = {
		[1] = RAW_HOME, [3] = RAW_DELETE, [4] = RAW_END, [5] = RAW_PGUP, [6] = RAW_PGDN, [7] = RAW_HOME, [8] = RAW_END,
	};

	if (number >= 11 && number <= 15)
		return (struct raw_key){ .kind = RAW_FUNCTION, .ch = number - 10 };
	if (number >= 17 && number <= 21)
		return (struct raw_key){ .kind = RAW_FUNCTION, .ch = number - 11 };
	if (number == 23 || number == 24)
		return (struct raw_key){ .kind = RAW_FUNCTION, .ch = number - 12 };
	if (number < sizeof pad / sizeof pad[0] && pad[number] != RAW_NONE)
		return (struct raw_key){ .kind = pad[number] };
	return (struct raw_key){ .kind = RAW_CHAR };
}

static struct raw_key
keys_cursor(uint32_t final)
{
	switch (final) {
	case 'A':
		return (struct raw_key){ .kind = RAW_UP };
	case 'B':
		return (struct raw_key){ .kind = RAW_DOWN };
	case 'C':
		return (struct raw_key){ .kind = RAW_RIGHT };
	case 'D':
		return (struct raw_key){ .kind = RAW_LEFT };
	case 'H':
		return (struct raw_key){ .kind = RAW_HOME };
	case 'F':
		return (struct raw_key){ .kind = RAW_END };
	case 'Z':
		return (struct raw_key){ .kind = RAW_BACKTAB };
	default:
		return (struct raw_key){ .kind = RAW_CHAR };
	}
}

struct raw_key
term_keys_csi(term_more_fn *more, void *ctx)
{
	uint32_t ch = more(ctx), number = 0;
	bool plain = true;	/* one number and no modifier */

	if (ch == '[') {	/* the Linux console's F1 to F5 */
		ch = more(ctx);
		return ch >= 'A' && ch <= 'E' ? (struct raw_key){ .kind = RAW_FUNCTION, .ch = ch - 'A' + 1 } :
		    (struct raw_key){ .kind = RAW_CHAR };
	}
	for (; ch >= 0x20 && ch < 0x40; ch = more(ctx)) {
		if (ch >= '0' && ch <= '9' && number < 1000)
			number = number * 10 + (ch - '0');
		else
			plain = false;
	}
	if (!plain)
		return (struct raw_key){ .kind = RAW_CHAR };
	return ch == '~' ? keys_csi_number(number) : keys_cursor(ch);
}

/* "SS3 final": the VT100's PF1 to PF4, its cursor keys, and its keypad, which stands for what is printed on it. */
struct raw_key
term_keys_ss3(term_more_fn *more, void *ctx)
{
	uint32_t ch = more(ctx);

	if (ch >= 'P' && ch <= 'S')
		return (struct raw_key){ .kind = RAW_FUNCTION, .ch = ch - 'P' + 1 };
	if (ch == 'M')
		return (struct raw_key){ .kind = RAW_ENTER };
	if (ch >= 'j' && ch <= 'y')
		return (struct raw_key){ .kind = RAW_CHAR, .ch = ch - 'p' + '0' };
	return keys_cursor(ch);
}
