/*
 * puppet_stream.c - see puppet_stream.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proto/limits.h"
#include "tests/puppet/puppet_fifo.h"
#include "tests/puppet/puppet_stream.h"

struct puppet_stream {
	const char *path;	/* NULL: standard output; the caller's text */
	bool made;
	int fd;			/* -1 while nobody reads */
	size_t sent, length;	/* of waiting; equal: nothing waits */
	uint8_t waiting[JPEG_MAX_BYTES];
};

enum rc
puppet_stream_open(struct puppet_stream **out, const char *path, char *err, size_t err_n)
{
	struct puppet_stream *s;
	enum rc r;

	if (strcmp(path, "-") == 0 && isatty(STDOUT_FILENO)) {
		snprintf(err, err_n, "standard output is a terminal; pictures go to a fifo: --out FIFO");
		return RC_INVALID;
	}
	if ((s = calloc(1, sizeof *s)) == NULL) {
		snprintf(err, err_n, "%s", rc_text(RC_NOMEM));
		return RC_NOMEM;
	}
	s->fd = -1;
	if (strcmp(path, "-") != 0) {
		if ((r = puppet_fifo_make(path, &s->made, err, err_n)) != RC_OK) {
			free(s);
			return r;
		}
		s->path = path;
	} else if ((s->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)) < 0) {
		snprintf(err, err_n, "standard output: %s", strerror(errno));
		free(s);
		return RC_IO;
	}
	*out = s;
	return RC_OK;
}

void
puppet_stream_close(struct puppet_stream *s)
{
	if (s == NULL)
		return;
	if (s->fd >= 0)
		close(s->fd);
	if (s->made)
		unlink(s->path);
	free(s);
}

bool
puppet_stream_wants(struct puppet_stream *s)
{
	/* Without a reader this fails with ENXIO, and that is no fault. */
	if (s->fd < 0 && s->path != NULL)
		s->fd = open(s->path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	return s->fd >= 0 && s->sent == s->length;
}

enum rc
puppet_stream_push(struct puppet_stream *s)
{
	while (s->sent < s->length) {
		ssize_t n = write(s->fd, s->waiting + s->sent, s->length - s->sent);

		if (n >= 0) {
			s->sent += (size_t)n;
		} else if (errno == EAGAIN) {
			return RC_OK;
		} else if (errno != EINTR) {
			close(s->fd);
			s->fd = -1;
			s->sent = s->length = 0;
			return s->path == NULL ? RC_CLOSED : RC_OK;
		}
	}
	return RC_OK;
}

enum rc
puppet_stream_send(struct puppet_stream *s, const uint8_t *jpeg, size_t n)
{
	if (n > sizeof s->waiting)
		return RC_TOO_BIG;
	memcpy(s->waiting, jpeg, n);
	s->sent = 0;
	s->length = n;
	return puppet_stream_push(s);
}

int
puppet_stream_fd(const struct puppet_stream *s)
{
	return s->sent < s->length ? s->fd : -1;
}
