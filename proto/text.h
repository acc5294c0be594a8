/*
 * text.h - texts that came from outside: UTF-8, bounded, printable.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PROTO_TEXT_H
#define PROTO_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "proto/rc.h"

/*
 * The n bytes at s are valid UTF-8 (RFC 3629) and hold no character that moves
 * the cursor, starts a line or turns the writing direction. n may be 0.
 */
bool text_is_clean(const char *s, size_t n);
/* Valid UTF-8 (RFC 3629) of 1 ... max bytes, no control characters, not only blanks. */
bool text_is_line(const char *s, size_t max);
/* One '@', something on both sides, no blanks or control characters, bounded. */
bool text_is_email(const char *s);
/* Exactly n ASCII digits. */
bool text_is_digits(const char *s, size_t n);
/* How many characters (code points) a UTF-8 text has. */
size_t text_characters(const char *s);
/* Copies with NUL, RC_TOO_BIG if it does not fit (dst is then empty). */
enum rc text_copy(char *dst, size_t dst_n, const char *src) MUST_CHECK;

#endif
