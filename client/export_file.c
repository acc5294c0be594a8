/*
 * export_file.c - see export_file.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/export_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum rc
export_failed(struct export_file *x, char *why, size_t why_n)
{
	int error = errno;

	snprintf(why, why_n, "%s was not written: %s.", x->path, strerror(error));
	export_file_drop(x);
	return RC_IO;
}

enum rc
export_file_open(struct export_file *x, const char *folder, const char *name, char *why, size_t why_n)
{
	int fd, n;

	*x = (struct export_file){ 0 };
	n = snprintf(x->draft, sizeof x->draft, "%s/.%s.XXXXXX", folder, name);
	if (n < 0 || (size_t)n >= sizeof x->draft || snprintf(x->path, sizeof x->path, "%s/%s", folder, name) < 0) {
		snprintf(why, why_n, "The folder for files has too long a name.");
		x->draft[0] = '\0';
		return RC_TOO_BIG;
	}
	if ((fd = mkostemp(x->draft, O_CLOEXEC)) < 0) {
		x->draft[0] = '\0';
		return export_failed(x, why, why_n);
	}
	if ((x->to = fdopen(fd, "w")) == NULL) {
		close(fd);
		return export_failed(x, why, why_n);
	}
	return RC_OK;
}

enum rc
export_file_done(struct export_file *x, char *why, size_t why_n)
{
	FILE *to = x->to;

	if (ferror(to) || fflush(to) != 0 || fsync(fileno(to)) != 0)
		return export_failed(x, why, why_n);
	x->to = NULL;
	if (fclose(to) != 0 || renameat2(AT_FDCWD, x->draft, AT_FDCWD, x->path, RENAME_NOREPLACE) != 0)
		return export_failed(x, why, why_n);
	x->draft[0] = '\0';
	return RC_OK;
}

void
export_file_drop(struct export_file *x)
{
	if (x->to != NULL)
		fclose(x->to);
	if (x->draft[0] != '\0')
		unlink(x->draft);
	x->to = NULL;
	x->draft[0] = '\0';
}
