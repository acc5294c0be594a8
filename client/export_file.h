/*
 * export_file.h - a file that a page writes for the person: there whole, or not
 * at all.
 * SPDX-License-Identifier: Apache-2.0
 *
 * It is written under another name and gets its own when everything is on the
 * disk; nothing that stands there is overwritten, and nobody but the terminal's
 * user can read it. May be zeroed; export_file_drop() may follow at any time.
 * Threads: none.
 */
#ifndef CLIENT_EXPORT_FILE_H
#define CLIENT_EXPORT_FILE_H

#include <stddef.h>
#include <stdio.h>

#include "proto/rc.h"

#define EXPORT_PATH_BYTES 640u

struct export_file {
	FILE *to;				/* NULL: not open */
	char draft[EXPORT_PATH_BYTES], path[EXPORT_PATH_BYTES];
};

/* Opens folder/name. RC_IO, or RC_TOO_BIG: too long a path; why says what was wrong. */
enum rc export_file_open(struct export_file *x, const char *folder, const char *name, char *why, size_t why_n) MUST_CHECK;
/* Everything was written: the file gets its name, x->path. On failure nothing stays, and why says what was wrong. */
enum rc export_file_done(struct export_file *x, char *why, size_t why_n) MUST_CHECK;
/* Gives an unfinished one up. */
void    export_file_drop(struct export_file *x);

#endif
