/*
 * text_find.h - whether a text has what somebody searches for.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Threads: none; pure functions.
 */
#ifndef CLIENT_TEXT_FIND_H
#define CLIENT_TEXT_FIND_H

#include <stdbool.h>

/*
 * Every word of words (divided by blanks) is somewhere in text. Large and small
 * letters are the same, those of Latin, Greek and Cyrillic beyond ASCII too.
 */
bool text_has(const char *text, const char *words);

#endif
