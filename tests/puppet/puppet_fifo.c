/*
 * puppet_fifo.c - see puppet_fifo.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/puppet/puppet_fifo.h"

enum rc
puppet_fifo_make(const char *path, bool *made, char *err, size_t err_n)
{
	struct stat st;

	*made = false;
	if (mkfifo(path, 0600) == 0) {
		*made = true;
		return RC_OK;
	}
	if (errno != EEXIST || stat(path, &st) != 0) {
		snprintf(err, err_n, "%s: no fifo can be made here: %s", path, strerror(errno));
		return RC_IO;
	}
	if (!S_ISFIFO(st.st_mode)) {
		snprintf(err, err_n, "%s is no fifo; name a fifo or a path where nothing is yet", path);
		return RC_INVALID;
	}
	return RC_OK;
}

enum rc
puppet_lines_open(struct puppet_lines *l, const char *path, char *err, size_t err_n)
{
	enum rc r;

	*l = (struct puppet_lines){ .fd = -1 };
	if (strcmp(path, "-") == 0) {
		l->fd = STDIN_FILENO;
		return RC_OK;
	}
	if ((r = puppet_fifo_make(path, &l->made, err, err_n)) != RC_OK)
		return r;
	l->path = path;
	/* Opened for writing too, so that the last writer's leaving is not the end. */
	if ((l->fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)) < 0) {
		snprintf(err, err_n, "%s: %s", path, strerror(errno));
		puppet_lines_close(l);
		return RC_IO;
	}
	return RC_OK;
}

void
puppet_lines_close(struct puppet_lines *l)
{
	if (l->fd >= 0 && l->path != NULL)
		close(l->fd);
	if (l->made)
		unlink(l->path);
	*l = (struct puppet_lines){ .fd = -1 };
}

/* Takes the first line out of the text; the newline is at end. */
static void
lines_take(struct puppet_lines *l, size_t end, char *line)
{
	size_t from = 0, to = end;

	while (from < to && strchr(" \t\r", l->text[from]) != NULL)
		from++;
	while (to > from && strchr(" \t\r", l->text[to - 1]) != NULL)
		to--;
	memcpy(line, l->text + from, to - from);
	line[to - from] = '\0';
	l->length -= end + 1;
	memmove(l->text, l->text + end + 1, l->length);
}

static enum rc
lines_fill(struct puppet_lines *l)
{
	struct pollfd p = { .fd = l->fd, .events = POLLIN };
	ssize_t n;

	if (poll(&p, 1, 0) <= 0)
		return RC_AGAIN;
	n = read(l->fd, l->text + l->length, sizeof l->text - l->length);
	if (n > 0) {
		l->length += (size_t)n;
		return RC_OK;
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return RC_AGAIN;
	return RC_CLOSED;
}

enum rc
puppet_lines_next(struct puppet_lines *l, char line[static PUPPET_LINE_MAX])
{
	const char *end;
	enum rc r;

	if (l->fd < 0)
		return RC_CLOSED;
	for (;;) {
		while ((end = memchr(l->text, '\n', l->length)) != NULL) {
			bool rest = l->skipping;

			lines_take(l, (size_t)(end - l->text), line);
			l->skipping = false;
			if (rest)
				return RC_TOO_BIG;
			if (line[0] != '\0')
				return RC_OK;
		}
		if (l->length == sizeof l->text) {
			l->skipping = true;
			l->length = 0;
		}
		if ((r = lines_fill(l)) != RC_OK)
			return r;
	}
}
