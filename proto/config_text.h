/*
 * config_text.h - a configuration file as a text without comments, for a
 * parser that counts lines wrong when there are any.
 * SPDX-License-Identifier: Apache-2.0
 *
 * It parses nothing else. Threads: none; pure functions.
 */
#ifndef PROTO_CONFIG_TEXT_H
#define PROTO_CONFIG_TEXT_H

#include <stddef.h>

#include "proto/rc.h"

#define CONFIG_TEXT_MAX_BYTES (1u << 20)

/*
 * Turns comments (from # or // to the end of the line, and between the marks
 * of C) into blanks, outside quotes. Length and line breaks stay. A comment
 * begins where a word could begin; one of C's kind that does not end stays as
 * it is, for the parser to complain about.
 */
void    config_text_blank(char *text);

/*
 * The file's text with comments blanked and a line break at its end; *text is
 * the caller's to free(). RC_CONFIG: not a regular file, too large, not a
 * text, or not to be read; err says which, with the path.
 */
enum rc config_text_read(const char *path, char **text, char *err, size_t err_n) MUST_CHECK;

#endif
