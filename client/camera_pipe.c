/*
 * camera_pipe.c - JPEG pictures one after another on a fifo.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The fifo is opened for reading and writing, so that opening does not wait
 * for a writer and a writer may go and come back. Whatever is between whole
 * pictures is skipped.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/camera.h"
#include "client/camera_jpeg.h"
#include "proto/crypto.h"

#define PIPE_BYTES   (1u << 20)	/* more than one picture */
#define PIPE_WAIT_MS 100

struct pipe_state {
	const atomic_bool *stop;
	struct camera_opts opts;
	struct jpeg *jpeg;
	int fd;
	size_t n;
	uint8_t bytes[PIPE_BYTES];
};

static void
pipe_close(void *state)
{
	struct pipe_state *s = state;

	if (s->fd >= 0)
		close(s->fd);
	jpeg_free(s->jpeg);
	crypto_wipe(s->bytes, sizeof s->bytes);
	free(s);
}

static enum rc
pipe_open(const struct camera_opts *o, const char *where, const atomic_bool *stop, void **state, char *err, size_t err_n)
{
	struct pipe_state *s;
	struct stat st;

	if (stat(where, &st) != 0) {
		snprintf(err, err_n, "There is no fifo %s. Start the program that sends the pictures, or make it with mkfifo.", where);
		return RC_NOT_FOUND;
	}
	if (!S_ISFIFO(st.st_mode)) {
		snprintf(err, err_n, "%s is not a fifo; for a file use file:%s.", where, where);
		return RC_CONFIG;
	}
	if ((s = calloc(1, sizeof *s)) == NULL)
		return RC_NOMEM;
	s->stop = stop;
	s->opts = *o;
	s->jpeg = jpeg_new();
	s->fd = open(where, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (s->fd < 0 || s->jpeg == NULL) {
		snprintf(err, err_n, "%s cannot be opened: %s.", where, s->fd < 0 ? strerror(errno) : "out of memory");
		pipe_close(s);
		return RC_IO;
	}
	*state = s;
	return RC_OK;
}

/* The newest whole picture in the buffer; older ones are dropped. NULL: none. */
static struct camera_frame *
pipe_newest(struct pipe_state *s)
{
	size_t from = 0, start = 0, end, best = 0, best_end = 0;
	struct camera_frame *f = NULL;

	while ((end = jpeg_find(s->bytes + from, s->n - from, &start)) != 0) {
		best = from + start;
		best_end = from + end;
		from += end;
	}
	if (best_end > 0)
		f = jpeg_decode(s->jpeg, s->bytes + best, best_end - best, s->opts.width, s->opts.height);
	from += start;
	if (from > s->n || (from == 0 && s->n == sizeof s->bytes))
		from = s->n;
	memmove(s->bytes, s->bytes + from, s->n - from);
	s->n -= from;
	return f;
}

static enum rc
pipe_next(void *state, struct camera_frame **f, char *err, size_t err_n)
{
	struct pipe_state *s = state;
	struct pollfd p = { .fd = s->fd, .events = POLLIN };
	int64_t came_us;
	ssize_t n;

	for (int waited = 0; waited < 500 && !atomic_load(s->stop);) {
		if (poll(&p, 1, PIPE_WAIT_MS) <= 0) {
			waited += PIPE_WAIT_MS;
			continue;
		}
		n = read(s->fd, s->bytes + s->n, sizeof s->bytes - s->n);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (n <= 0) {
			snprintf(err, err_n, "Reading the fifo failed: %s.", n < 0 ? strerror(errno) : "it was closed");
			return RC_IO;
		}
		s->n += (size_t)n;
		came_us = clock_mono_us(clock_system());
		if ((*f = pipe_newest(s)) != NULL) {
			(*f)->taken_us = came_us;
			return RC_OK;
		}
	}
	snprintf(err, err_n, "Nothing is sent into the fifo. Start the program that sends the pictures.");
	return RC_AGAIN;
}

const struct camera_source camera_pipe = {
	.kind = "pipe",
	.open = pipe_open,
	.next = pipe_next,
	.close = pipe_close,
};
