/*
 * config_secret.c - the files that the configuration points to: where the keys
 * lie and what a password file holds.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/crypto.h"
#include "server/config.h"

enum rc
config_key_path(const struct config *c, const char *name, char dst[static CONFIG_PATH_BYTES])
{
	int n = snprintf(dst, CONFIG_PATH_BYTES, "%s/%s", c->keys, name);

	return n > 0 && (size_t)n < CONFIG_PATH_BYTES ? RC_OK : RC_TOO_BIG;
}

static enum rc
config_secret_open(const char *path, int *fd, char *err, size_t err_n)
{
	struct stat st;

	if ((*fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) < 0 || fstat(*fd, &st) != 0) {
		snprintf(err, err_n, "cannot open password file %s: %s", path, strerror(errno));
		return RC_IO;
	}
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 077) != 0) {
		snprintf(err, err_n, "password file %s must be a regular file of this program's user; run: chmod 600 %s",
		    path, path);
		return RC_FILE_MODE;
	}
	return RC_OK;
}

enum rc
config_secret(const char *path, char *dst, size_t n, char *err, size_t err_n)
{
	enum rc r = RC_BUG;
	ssize_t got;
	int fd = -1;

	if ((r = config_secret_open(path, &fd, err, err_n)) != RC_OK)
		goto out;
	if ((got = read(fd, dst, n - 1)) < 0) {
		snprintf(err, err_n, "cannot read password file %s: %s", path, strerror(errno));
		r = RC_IO;
		goto out;
	}
	dst[got] = '\0';
	dst[strcspn(dst, "\r\n")] = '\0';
	if (*dst == '\0' || (size_t)got == n - 1) {
		snprintf(err, err_n, "password file %s is empty or too long; write one line of at most %zu characters",
		    path, n - 2);
		r = RC_MALFORMED;
		goto out;
	}
	r = RC_OK;
out:
	if (fd >= 0)
		close(fd);
	if (r != RC_OK)
		crypto_wipe(dst, n);
	return r;
}
