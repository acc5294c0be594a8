/*
 * eval_tsv.h - tables from outside: tab-separated, names of the columns first.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Columns are found by their names, in any order, and there may be others.
 * Every line must have as many fields as the first one. Lines end in LF or
 * CR LF; a byte order mark and empty lines at the end are passed over. Other
 * empty lines, empty fields in the columns asked for, NUL bytes and lone CRs
 * are refused. There is no quoting.
 */
#ifndef TESTS_EVAL_TSV_H
#define TESTS_EVAL_TSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define TSV_COLUMNS_MAX 64u
#define TSV_WANTED_MAX   8u
#define TSV_LINE_MAX 16384u

/* One line: the wanted fields, in the order they were asked for. False with a reason in why refuses it. */
typedef bool tsv_row(void *ctx, unsigned line, const char *const *field, char *why, size_t why_n);

/* False with one sentence in err, which names the file and the line: also when there is no line below the names. */
bool tsv_read(FILE *f, const char *name, const char *const *wanted, size_t n, tsv_row *row, void *ctx,
    char *err, size_t err_n);
/* The same of a file by its path. */
bool tsv_read_file(const char *path, const char *const *wanted, size_t n, tsv_row *row, void *ctx,
    char *err, size_t err_n);

#endif
