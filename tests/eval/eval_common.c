/*
 * eval_common.c - see eval_common.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/types.h>
#include <unistd.h>

#include "eval_common.h"

bool
eval_list_add(struct eval_list *l, const char *text)
{
	if (l->n == l->cap) {
		size_t cap = l->cap == 0 ? 256 : l->cap * 2;
		char **item = realloc(l->item, cap * sizeof *item);

		if (item == NULL)
			return false;
		l->item = item;
		l->cap = cap;
	}
	if ((l->item[l->n] = strdup(text)) == NULL)
		return false;
	l->n++;
	return true;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void
eval_list_sort(struct eval_list *l)
{
	if (l->n > 0)
		qsort(l->item, l->n, sizeof *l->item, by_text);
}

size_t
eval_list_find(const struct eval_list *l, const char *text)
{
	size_t low = 0, high = l->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = strcmp(text, l->item[mid]);

		if (order == 0)
			return mid;
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return l->n;
}

void
eval_list_free(struct eval_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->item[i]);
	free(l->item);
	*l = (struct eval_list){ 0 };
}

bool
eval_pictures(const char *dir, struct eval_list *l)
{
	char *root = strdup(dir), *roots[2] = { root, NULL };
	size_t skip = strlen(dir);
	bool ok = root != NULL;
	FTSENT *at;
	FTS *walk;

	if (!ok || (walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL)) == NULL) {
		free(root);
		return false;
	}
	while (ok && (at = fts_read(walk)) != NULL) {
		const char *dot = strrchr(at->fts_name, '.'), *path = at->fts_path + skip;

		if (at->fts_info != FTS_F || dot == NULL ||
		    (strcasecmp(dot, ".jpg") != 0 && strcasecmp(dot, ".jpeg") != 0))
			continue;
		while (*path == '/')
			path++;
		ok = eval_list_add(l, path);
	}
	(void)fts_close(walk);
	free(root);
	eval_list_sort(l);
	return ok;
}

enum rc
eval_read(struct eval *e, const char *path, struct image *im)
{
	char full[4096];

	if (snprintf(full, sizeof full, "%s/%s", e->opt.images, path) >= (int)sizeof full)
		return RC_TOO_BIG;
	return image_jpeg_read_file(e->jpeg, full, EVAL_JPEG_MAX, im);
}

void
eval_progress(size_t done, size_t all)
{
	if (!isatty(STDERR_FILENO))
		return;
	(void)fprintf(stderr, "\r%zu of %zu%s", done, all, done == all ? "\n" : "");
}

void
eval_json_text(FILE *f, const char *s)
{
	(void)fputc('"', f);
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\')
			(void)fprintf(f, "\\%c", *s);
		else if ((unsigned char)*s < 0x20)
			(void)fprintf(f, "\\u%04x", (unsigned)(unsigned char)*s);
		else
			(void)fputc(*s, f);
	}
	(void)fputc('"', f);
}

void
eval_json_list(FILE *f, const struct eval_list *l)
{
	(void)fputc('[', f);
	for (size_t i = 0; i < l->n; i++) {
		if (i > 0)
			(void)fputs(", ", f);
		eval_json_text(f, l->item[i]);
	}
	(void)fputc(']', f);
}
