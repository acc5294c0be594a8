/*
 * eval_list.c - see eval_list.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/types.h>

#include "eval_list.h"

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
list_order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void
eval_list_sort(struct eval_list *l)
{
	size_t kept = 0;

	if (l->n == 0)
		return;
	qsort(l->item, l->n, sizeof *l->item, list_order);
	for (size_t i = 1; i < l->n; i++) {
		if (strcmp(l->item[i], l->item[kept]) == 0)
			free(l->item[i]);
		else
			l->item[++kept] = l->item[i];
	}
	l->n = kept + 1;
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

static bool
list_is_picture(const char *name)
{
	static const char *const ending[] = { "jpg", "jpeg", "jpe", "jfif", "png", "bmp", "gif", "webp", "tif", "tiff",
	    "heic", "avif", "jp2", "ppm", "pgm" };
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot != NULL && i < sizeof ending / sizeof ending[0]; i++)
		if (strcasecmp(dot + 1, ending[i]) == 0)
			return true;
	return false;
}

/* One file or folder of the walk; false when the walk has to end. */
static bool
list_visit(struct eval_list *l, const FTSENT *at, size_t skip, char *err, size_t err_n)
{
	const char *path = at->fts_path + skip;

	if (at->fts_info == FTS_DNR || at->fts_info == FTS_ERR || at->fts_info == FTS_NS) {
		(void)snprintf(err, err_n, "%s: %s", at->fts_path, strerror(at->fts_errno));
		return false;
	}
	if ((at->fts_info != FTS_F && at->fts_info != FTS_SLNONE) || !list_is_picture(at->fts_name))
		return true;
	while (*path == '/')
		path++;
	if (eval_list_add(l, path))
		return true;
	(void)snprintf(err, err_n, "out of memory");
	return false;
}

bool
eval_list_pictures(struct eval_list *l, const char *dir, char *err, size_t err_n)
{
	char *root = strdup(dir), *roots[2] = { root, NULL };
	FTS *walk = root != NULL ? fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, NULL) : NULL;
	bool ok = walk != NULL;
	FTSENT *at;

	if (!ok)
		(void)snprintf(err, err_n, "%s: %s", dir, strerror(errno));
	while (ok && (at = fts_read(walk)) != NULL)
		ok = list_visit(l, at, strlen(dir), err, err_n);
	if (ok && l->n == 0) {
		(void)snprintf(err, err_n, "no picture below %s", dir);
		ok = false;
	}
	if (walk != NULL)
		(void)fts_close(walk);
	free(root);
	eval_list_sort(l);
	return ok;
}
