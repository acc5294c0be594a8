/*
 * net_file.c - see net_file.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "models/net_file.h"

#define SEAL_TRIES 20	/* the kernel itself waits some 0.1 s in each */

int
net_file_seal(int fd)
{
	int r, tries = 0;

	/* EBUSY: the kernel holds a page for a moment, as when it moves it. */
	do
		r = fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
	while (r != 0 && errno == EBUSY && ++tries < SEAL_TRIES);
	return r;
}

int
net_file_memory(const char *name, const uint8_t *bytes, size_t n)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	size_t done = 0;
	int failed;
	ssize_t w;

	while (fd >= 0 && done < n) {
		w = write(fd, bytes + done, n - done);
		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			goto fail;
		done += (size_t)w;
	}
	if (fd >= 0 && net_file_seal(fd) != 0)
		goto fail;
	return fd;
fail:
	failed = errno;
	(void)close(fd);
	errno = failed;
	return -1;
}

int
net_file_quiet(void)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC), kept = -1;

	if (null >= 0) {
		(void)fflush(stderr);
		kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
		if (kept >= 0 && dup2(null, STDERR_FILENO) < 0) {
			(void)close(kept);
			kept = -1;
		}
		(void)close(null);
	}
	return kept;
}

void
net_file_loud(int kept)
{
	if (kept < 0)
		return;
	(void)fflush(stderr);
	(void)dup2(kept, STDERR_FILENO);	/* the old stderr was valid a moment ago */
	(void)close(kept);
}

uint8_t *
net_file_resized(const uint8_t *cfg, size_t n, uint32_t side, size_t *out_n)
{
	size_t cap = n + 32;
	char *text = strndup((const char *)cfg, n), *to = malloc(cap), *at;
	size_t used = 0;

	for (char *line = text, *next; text != NULL && to != NULL && line != NULL && *line != '\0'; line = next) {
		at = strchr(line, '\n');
		next = at != NULL ? at + 1 : NULL;
		if (at != NULL)
			*at = '\0';
		if (strncmp(line, "width=", 6) == 0)
			used += (size_t)snprintf(to + used, cap - used, "width=%u\n", side);
		else if (strncmp(line, "height=", 7) == 0)
			used += (size_t)snprintf(to + used, cap - used, "height=%u\n", side);
		else
			used += (size_t)snprintf(to + used, cap - used, "%s\n", line);
		assert(used < cap);
	}
	free(text);
	*out_n = used;
	return (uint8_t *)to;
}
