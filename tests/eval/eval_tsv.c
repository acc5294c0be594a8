/*
 * eval_tsv.c - see eval_tsv.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <string.h>

#include "eval_tsv.h"

struct tsv {
	FILE *f;
	unsigned number;
	size_t columns, place[TSV_WANTED_MAX];
	char line[TSV_LINE_MAX + 3];	/* CR, LF, NUL */
	const char *field[TSV_COLUMNS_MAX];
};

enum tsv_got { TSV_LINE, TSV_END, TSV_BAD };

/* Only ends of lines are left. */
static bool
tsv_is_over(FILE *f)
{
	int c;

	while ((c = getc(f)) == '\n' || c == '\r')
		;
	return c == EOF;
}

/* The next line without its end. */
static enum tsv_got
tsv_line(struct tsv *t, const char **why)
{
	size_t n = 0;
	int c;

	t->number++;
	while ((c = getc(t->f)) != EOF && c != '\n' && n < sizeof t->line - 1) {
		if (c == '\0') {
			*why = "holds a NUL byte";
			return TSV_BAD;
		}
		t->line[n++] = (char)c;
	}
	if (n > 0 && t->line[n - 1] == '\r')
		n--;
	t->line[n] = '\0';
	if (n == 0 && tsv_is_over(t->f) && ferror(t->f) == 0)
		return TSV_END;
	if (ferror(t->f) != 0)
		*why = "cannot be read";
	else if (n > TSV_LINE_MAX)
		*why = "is too long";
	else if (n == 0)
		*why = "is empty";
	else if (strchr(t->line, '\r') != NULL)
		*why = "holds a carriage return";
	else
		return TSV_LINE;
	return TSV_BAD;
}

/* Cuts the line at its tabs; more fields than fit are counted, not kept. */
static size_t
tsv_split(struct tsv *t)
{
	char *at = t->line, *tab;
	size_t n = 0;

	if (t->number == 1 && strncmp(at, "\xef\xbb\xbf", 3) == 0)
		at += 3;
	for (;; at = tab + 1) {
		if (n < TSV_COLUMNS_MAX)
			t->field[n] = at;
		n++;
		if ((tab = strchr(at, '\t')) == NULL)
			return n;
		*tab = '\0';
	}
}

static bool
tsv_names(struct tsv *t, const char *const *wanted, size_t wants, char *why, size_t why_n)
{
	t->columns = tsv_split(t);
	if (t->columns > TSV_COLUMNS_MAX) {
		(void)snprintf(why, why_n, "has more than %u columns", TSV_COLUMNS_MAX);
		return false;
	}
	for (size_t w = 0; w < wants; w++) {
		size_t found = 0;

		for (size_t i = 0; i < t->columns; i++)
			if (strcmp(t->field[i], wanted[w]) == 0) {
				t->place[w] = i;
				found++;
			}
		if (found != 1) {
			(void)snprintf(why, why_n, "%s the column '%s'; the first line must name the columns, tab-separated",
			    found == 0 ? "does not name" : "names twice", wanted[w]);
			return false;
		}
	}
	return true;
}

static bool
tsv_fields(struct tsv *t, const char *const *wanted, size_t wants, const char **out, char *why, size_t why_n)
{
	size_t n = tsv_split(t);

	if (n != t->columns) {
		(void)snprintf(why, why_n, "has %zu tab-separated fields, the first line %zu", n, t->columns);
		return false;
	}
	for (size_t w = 0; w < wants; w++) {
		out[w] = t->field[t->place[w]];
		if (*out[w] == '\0') {
			(void)snprintf(why, why_n, "has nothing in the column '%s'", wanted[w]);
			return false;
		}
	}
	return true;
}

bool
tsv_read(FILE *f, const char *name, const char *const *wanted, size_t n, tsv_row *row, void *ctx,
    char *err, size_t err_n)
{
	const char *field[TSV_WANTED_MAX], *why = "is missing; it must name the columns";
	struct tsv t = { .f = f };
	char reason[256];
	enum tsv_got got = tsv_line(&t, &why);

	if (got == TSV_LINE && !tsv_names(&t, wanted, n, reason, sizeof reason)) {
		why = reason;
		got = TSV_BAD;
	} else if (got == TSV_END) {
		got = TSV_BAD;
	}
	while (got == TSV_LINE && (got = tsv_line(&t, &why)) == TSV_LINE)
		if (!tsv_fields(&t, wanted, n, field, reason, sizeof reason) ||
		    !row(ctx, t.number, field, reason, sizeof reason)) {
			why = reason;
			got = TSV_BAD;
		}
	if (got == TSV_END && t.number == 2) {
		(void)snprintf(err, err_n, "%s has no line below the names of its columns", name);
		return false;
	}
	if (got == TSV_BAD)
		(void)snprintf(err, err_n, "%s, line %u %s", name, t.number, why);
	return got == TSV_END;
}

bool
tsv_read_file(const char *path, const char *const *wanted, size_t n, tsv_row *row, void *ctx, char *err, size_t err_n)
{
	FILE *f = fopen(path, "re");
	bool ok;

	if (f == NULL) {
		(void)snprintf(err, err_n, "%s: %s", path, strerror(errno));
		return false;
	}
	ok = tsv_read(f, path, wanted, n, row, ctx, err, err_n);
	(void)fclose(f);	/* only read */
	return ok;
}
