/*
 * crypto_file.c - secret keys in files, and a process that keeps its memory
 * to itself.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/crypto.h"
#include "proto/sanitized.h"

#define KEYFILE_HEAD  "countersign-key 1 "
#define KEYFILE_BYTES 256u
#define KEYFILE_KEY_MAX 64u

/* Opens without following a link; the file must be ours alone. */
static enum rc
keyfile_open(const char *path, int *fd, char *err, size_t err_n)
{
	struct stat st;

	*fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (*fd < 0) {
		if (errno == ELOOP) {
			snprintf(err, err_n, "%s is a symbolic link; name the key file itself", path);
			return RC_FILE_MODE;
		}
		snprintf(err, err_n, "cannot open key file %s: %s", path, strerror(errno));
		return errno == ENOENT ? RC_NOT_FOUND : RC_IO;
	}
	if (fstat(*fd, &st) != 0) {
		snprintf(err, err_n, "cannot examine key file %s: %s", path, strerror(errno));
		return RC_IO;
	}
	if (!S_ISREG(st.st_mode)) {
		snprintf(err, err_n, "%s is not a regular file; name a key file", path);
		return RC_FILE_MODE;
	}
	if (st.st_uid != geteuid()) {
		snprintf(err, err_n, "key file %s belongs to user %lu but this program runs as user %lu; change its owner",
		    path, (unsigned long)st.st_uid, (unsigned long)geteuid());
		return RC_FILE_MODE;
	}
	if ((st.st_mode & 077) != 0) {
		snprintf(err, err_n, "key file %s can be read or changed by other users; run: chmod 600 %s", path, path);
		return RC_FILE_MODE;
	}
	return RC_OK;
}

/* Reads to the end, at most max bytes. */
static enum rc
keyfile_load(int fd, char *text, size_t max, size_t *n)
{
	ssize_t got;

	for (*n = 0; *n < max; *n += (size_t)got) {
		if ((got = read(fd, text + *n, max - *n)) < 0)
			return RC_IO;
		if (got == 0)
			return RC_OK;
	}
	return RC_TOO_BIG;
}

enum rc
keyfile_read(const char *path, const char *kind, uint8_t *key, size_t n, char *err, size_t err_n)
{
	char text[KEYFILE_BYTES] = { 0 }, head[KEYFILE_BYTES];
	size_t len = 0, head_n;
	enum rc r = RC_BUG;
	int fd = -1;

	if ((r = keyfile_open(path, &fd, err, err_n)) != RC_OK)
		goto out;
	if ((r = keyfile_load(fd, text, sizeof text - 1, &len)) == RC_IO) {
		snprintf(err, err_n, "cannot read key file %s: %s", path, strerror(errno));
		goto out;
	}
	snprintf(head, sizeof head, KEYFILE_HEAD "%s ", kind);
	head_n = strlen(head);
	if (r == RC_OK && (len != head_n + 2 * n + 1 || memcmp(text, head, head_n) != 0 || text[len - 1] != '\n'))
		r = RC_MALFORMED;
	if (r == RC_OK) {
		text[len - 1] = '\0';
		r = hex_get(text + head_n, key, n);
	}
	if (r != RC_OK) {
		snprintf(err, err_n, "%s does not hold a key of kind \"%s\"; name the right file or make the key again",
		    path, kind);
		r = RC_MALFORMED;
	}
out:
	if (fd >= 0)
		close(fd);
	crypto_wipe(text, sizeof text);
	if (r != RC_OK)
		crypto_wipe(key, n);
	return r;
}

static enum rc
keyfile_store(int fd, const char *text, size_t n)
{
	ssize_t put;

	if (fchmod(fd, 0600) != 0)
		return RC_IO;
	for (size_t done = 0; done < n; done += (size_t)put)
		if ((put = write(fd, text + done, n - done)) <= 0)
			return errno == ENOSPC ? RC_DISK_FULL : RC_IO;
	return fsync(fd) == 0 ? RC_OK : RC_IO;
}

/* The name in the folder has to survive a crash as well. */
static enum rc
keyfile_sync_folder(const char *path)
{
	char copy[PATH_MAX];
	enum rc r;
	int fd;

	if (snprintf(copy, sizeof copy, "%s", path) >= (int)sizeof copy)
		return RC_TOO_BIG;
	if ((fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return RC_IO;
	r = fsync(fd) == 0 ? RC_OK : RC_IO;
	close(fd);
	return r;
}

enum rc
keyfile_write(const char *path, const char *kind, const uint8_t *key, size_t n, char *err, size_t err_n)
{
	char text[KEYFILE_BYTES], hex[2 * KEYFILE_KEY_MAX + 1] = { 0 };
	enum rc r = RC_BUG;
	int len, fd = -1;

	if (n > KEYFILE_KEY_MAX) {
		snprintf(err, err_n, "a key of %zu bytes does not fit a key file", n);
		return RC_TOO_BIG;
	}
	hex_put(key, n, hex);
	len = snprintf(text, sizeof text, KEYFILE_HEAD "%s %s\n", kind, hex);
	if (len < 0 || (size_t)len >= sizeof text) {
		snprintf(err, err_n, "the key kind \"%.32s\" is too long", kind);
		r = RC_TOO_BIG;
		goto out;
	}
	if ((fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)) < 0) {
		r = errno == EEXIST ? RC_EXISTS : errno == ENOSPC ? RC_DISK_FULL : RC_IO;
		if (r == RC_EXISTS)
			snprintf(err, err_n, "%s exists already; keys are never overwritten, move it away first", path);
		else
			snprintf(err, err_n, "cannot create key file %s: %s", path, strerror(errno));
		goto out;
	}
	if ((r = keyfile_store(fd, text, (size_t)len)) != RC_OK || (r = keyfile_sync_folder(path)) != RC_OK) {
		snprintf(err, err_n, "cannot write key file %s: %s", path, strerror(errno));
		unlink(path);
	}
out:
	if (fd >= 0)
		close(fd);
	crypto_wipe(text, sizeof text);
	crypto_wipe(hex, sizeof hex);
	return r;
}

void
process_harden(void)
{
	const struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
#if !SANITIZED_ADDRESS	/* the leak checker attaches to its own process */
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}
