/*
 * log.c - one line, one write().
 * SPDX-License-Identifier: Apache-2.0
 */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proto/clock.h"
#include "proto/log.h"
#include "proto/text.h"

#define LOG_LINE_BYTES 1024

struct log {
	int fd;
	enum log_level least;
};

static const char *const log_level_names[] = {
	[LOG_LEVEL_DEBUG] = "debug", [LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_WARN] = "warn", [LOG_LEVEL_ERROR] = "error",
};

struct log *
log_open(const char *path, enum log_level least)
{
	struct log *l;

	if ((l = calloc(1, sizeof *l)) == NULL)
		return NULL;
	l->least = least;
	l->fd = path == NULL ? STDERR_FILENO :
	    open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
	if (l->fd < 0) {
		free(l);
		return NULL;
	}
	return l;
}

void
log_close(struct log *l)
{
	if (l == NULL)
		return;
	if (l->fd != STDERR_FILENO)
		close(l->fd);
	free(l);
}

/* A terminal that shows the log is not to be led astray: no control characters, no ill-formed UTF-8. */
static void
log_clean(char *line, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			line[i] = '?';
	if (text_is_clean(line, n))
		return;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)line[i] >= 0x80)
			line[i] = '?';
}

void
log_line(struct log *l, enum log_level level, const char *part, const char *fmt, ...)
{
	char line[LOG_LINE_BYTES], when[CLOCK_TEXT_BYTES];
	const size_t room = sizeof line - 1;	/* the line feed has its place */
	size_t n, sent;
	ssize_t w;
	va_list ap;
	int k;

	if (l == NULL || level < l->least)
		return;
	clock_utc_text(clock_utc_ms(clock_system()), when);
	k = snprintf(line, room, "%s %s %s: ", when, log_level_names[level], part);
	if (k < 0)
		return;
	n = (size_t)k < room ? (size_t)k : room - 1;
	va_start(ap, fmt);
	k = vsnprintf(line + n, room - n, fmt, ap);
	va_end(ap);
	if (k > 0)
		n += (size_t)k < room - n ? (size_t)k : room - n - 1;
	log_clean(line, n);
	line[n++] = '\n';
	for (sent = 0; sent < n; sent += (size_t)w)
		if ((w = write(l->fd, line + sent, n - sent)) <= 0)
			break;
	explicit_bzero(line, sizeof line);
}
