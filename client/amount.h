/*
 * amount.h - amounts as a teller types them.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Threads: none; pure functions.
 */
#ifndef CLIENT_AMOUNT_H
#define CLIENT_AMOUNT_H

#include <stddef.h>
#include <stdint.h>

#include "proto/rc.h"

/*
 * A calculator: numbers with +, - and * between them, "12,50+3-0.5", "12*3,50";
 * * goes first, and no product is rounded. A number
 * has digits, blanks between them for the eye, and at most one comma or point,
 * always the decimal one, with 1 to exponent digits behind it; exponent is 0 to
 * 3. So "1.000" is no thousand where there are cents, and "1,000.00" is
 * refused: nothing is guessed. RC_INVALID: no such text, or the sum is not
 * above zero, or a number or a sum on the way is above MONEY_MAX. *minor
 * changes with RC_OK alone.
 */
enum rc amount_calc(const char *text, int exponent, int64_t *minor) MUST_CHECK;

#define AMOUNT_TEXT_BYTES 24u
/* "1250.75": what amount_calc() reads back as the same. minor is not negative. */
void amount_text(int64_t minor, int exponent, char dst[static AMOUNT_TEXT_BYTES]);

#endif
