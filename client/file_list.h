/*
 * file_list.h - folders and files of payments to choose from.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Ownership: a plain struct. Threads: none.
 */
#ifndef CLIENT_FILE_LIST_H
#define CLIENT_FILE_LIST_H

#include <stddef.h>

#define FILE_LIST_MAX 200
#define FILE_NAME_BYTES 200u

struct file_list {
	size_t n;
	char name[FILE_LIST_MAX][FILE_NAME_BYTES];	/* folders end in '/'; "../" is the first */
};

/* The folders and *.csv files that are in the folder of path (all of it up to the last '/'), in the order of their names. */
void file_list_read(struct file_list *l, const char *path);
/* Where name leads from there; "" if it does not fit. */
void file_list_path(const char *path, const char *name, char *dst, size_t n);

#endif
