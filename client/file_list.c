/*
 * file_list.c - one folder, read once.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/file_list.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "proto/text.h"

#define FILE_PATH_BYTES 1024u

/* "" for a path without '/': the folder one is in. */
static size_t
folder_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? 0 : (size_t)(slash - path) + 1;
}

void
file_list_path(const char *path, const char *name, char *dst, size_t n)
{
	int w = snprintf(dst, n, "%.*s%s", (int)folder_length(path), path, name);

	if (w < 0 || (size_t)w >= n)
		dst[0] = '\0';
}

static int
names_compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Whether a name of the folder is shown: *folder says what it is. */
static bool
name_fits(int at, const char *name, bool *folder)
{
	size_t n = strlen(name);
	struct stat st;

	if (name[0] == '.' || n + 2 > FILE_NAME_BYTES || !text_is_clean(name, n) || fstatat(at, name, &st, 0) != 0)
		return false;
	*folder = S_ISDIR(st.st_mode);
	return *folder || (S_ISREG(st.st_mode) && n > 4 && strcasecmp(name + n - 4, ".csv") == 0);
}

void
file_list_read(struct file_list *l, const char *path)
{
	char folder[FILE_PATH_BYTES];
	struct dirent *e;
	bool is_folder;
	DIR *d;

	l->n = 1;
	snprintf(l->name[0], FILE_NAME_BYTES, "../");
	file_list_path(path, ".", folder, sizeof folder);
	if ((d = opendir(folder)) == NULL)
		return;
	while (l->n < FILE_LIST_MAX && (e = readdir(d)) != NULL)
		if (name_fits(dirfd(d), e->d_name, &is_folder)) {
			snprintf(l->name[l->n], FILE_NAME_BYTES, "%.*s%s", (int)FILE_NAME_BYTES - 2, e->d_name, is_folder ? "/" : "");
			l->n++;
		}
	closedir(d);
	qsort(l->name + 1, l->n - 1, sizeof l->name[0], names_compare);
}
