/*
 * eval_json.h - one JSON value on a stream, always valid (RFC 8259).
 * SPDX-License-Identifier: Apache-2.0
 *
 * Commas are its own business. Inside an object every value has a key, inside
 * an array key is NULL. A number that is none becomes null. Bytes of a text
 * that are not UTF-8 become \udc80 ... \udcff, as Python's surrogateescape
 * has it, so that file names survive.
 */
#ifndef TESTS_EVAL_JSON_H
#define TESTS_EVAL_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json { FILE *f; bool comma; };

void json_open(struct json *j, const char *key, char bracket);	/* '{' or '[' */
void json_close(struct json *j, char bracket);			/* '}' or ']' */
void json_count(struct json *j, const char *key, uint64_t n);
void json_real(struct json *j, const char *key, double v);	/* 7 significant digits */
void json_text(struct json *j, const char *key, const char *s);
void json_null(struct json *j, const char *key);

#endif
