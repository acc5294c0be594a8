/*
 * notify_file.c - the channel `file`: one file per message in a folder, for
 * demonstrations and for mail systems that pick files up.
 * SPDX-License-Identifier: Apache-2.0
 *
 * "<utc_ms>-<id>.txt", mode 0600, so that the newest name sorts last. Written
 * under another name first and renamed, so that a reader never sees half.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/notify.h"

struct notify_file {
	char folder[CONFIG_PATH_BYTES];
};

static enum rc
notify_file_write(int fd, const struct notify_message *m)
{
	int n = dprintf(fd, "To: %s\nSubject: %s\n\n%s", m->to, m->subject, m->body);

	if (n < 0 || fsync(fd) != 0)
		return errno == ENOSPC ? RC_DISK_FULL : RC_IO;
	return RC_OK;
}

static enum rc
notify_file_send(struct notify_channel *c, const struct notify_message *m, char *err, size_t err_n)
{
	const struct notify_file *f = c->ctx;
	char path[CONFIG_PATH_BYTES + 64], draft[CONFIG_PATH_BYTES + 64];
	enum rc r;
	int fd;

	snprintf(path, sizeof path, "%s/%013" PRId64 "-%" PRIu64 ".txt", f->folder, m->at_ms, m->id);
	snprintf(draft, sizeof draft, "%s/.%" PRIu64 ".draft", f->folder, m->id);
	(void)unlink(draft);
	if ((fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)) < 0) {
		snprintf(err, err_n, "cannot write into %s: %s", f->folder, strerror(errno));
		return RC_IO;
	}
	r = notify_file_write(fd, m);
	close(fd);
	if (r == RC_OK && rename(draft, path) != 0)
		r = RC_IO;
	if (r != RC_OK) {
		snprintf(err, err_n, "cannot write into %s: %s", f->folder, strerror(errno));
		(void)unlink(draft);
	}
	return r;
}

static void
notify_file_close(struct notify_channel *c)
{
	free(c->ctx);
	c->ctx = NULL;
}

static const struct notify_channel_ops notify_file_ops = {
	.name = "file",
	.send = notify_file_send,
	.close = notify_file_close,
};

enum rc
notify_file_open(const struct config *c, const struct rng *g, struct notify_channel *out, char *err, size_t err_n)
{
	struct notify_file *f;
	struct stat st;

	(void)g;
	if (mkdir(c->notify.directory, 0700) != 0 && errno != EEXIST) {
		snprintf(err, err_n, "cannot make the folder %s: %s", c->notify.directory, strerror(errno));
		return RC_IO;
	}
	if (stat(c->notify.directory, &st) != 0 || !S_ISDIR(st.st_mode) || (st.st_mode & 077) != 0) {
		snprintf(err, err_n, "%s must be a folder of the server's user alone, as codes arrive there; run: chmod 700 %s",
		    c->notify.directory, c->notify.directory);
		return RC_FILE_MODE;
	}
	if ((f = calloc(1, sizeof *f)) == NULL)
		return RC_NOMEM;
	memcpy(f->folder, c->notify.directory, sizeof f->folder);
	out->ops = &notify_file_ops;
	out->ctx = f;
	return RC_OK;
}
