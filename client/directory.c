/*
 * directory.c - opening and, at the first start, making a terminal's folder.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/directory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static enum rc
directory_path(char dst[static PATH_MAX], const char *dir, const char *name, char *err, size_t err_n)
{
	int n = snprintf(dst, PATH_MAX, "%s/%s", dir, name);

	if (n > 0 && n < PATH_MAX)
		return RC_OK;
	snprintf(err, err_n, "The path of the terminal's folder is too long.");
	return RC_TOO_BIG;
}

static enum rc
directory_make(const char *dir, char *err, size_t err_n)
{
	struct stat st;

	if (mkdir(dir, 0700) != 0 && errno != EEXIST) {
		snprintf(err, err_n, "%s cannot be made: %s.", dir, strerror(errno));
		return RC_IO;
	}
	if (stat(dir, &st) != 0 || !S_ISDIR(st.st_mode)) {
		snprintf(err, err_n, "%s is not a folder.", dir);
		return RC_IO;
	}
	if ((st.st_mode & 022) != 0) {
		snprintf(err, err_n, "Others may write into %s: run 'chmod 700 %s'.", dir, dir);
		return RC_FILE_MODE;
	}
	return RC_OK;
}

/* One terminal at a time: two with one key would throw each other off the line. The system lets go with the process. */
static enum rc
directory_lock(const char *dir, struct directory *d, char *err, size_t err_n)
{
	char path[PATH_MAX], holder[24] = "";
	enum rc r = RC_BUG;
	ssize_t n;
	int fd;

	if ((r = directory_path(path, dir, "lock", err, err_n)) != RC_OK)
		return r;
	if ((fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) < 0) {
		snprintf(err, err_n, "%s cannot be opened: %s.", path, strerror(errno));
		return RC_IO;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
		n = snprintf(holder, sizeof holder, "%ld\n", (long)getpid());
		if (ftruncate(fd, 0) == 0 && write(fd, holder, (size_t)n) == n) {
			d->lock = fd;
			return RC_OK;
		}
		snprintf(err, err_n, "%s cannot be written: %s.", path, strerror(errno));
	} else if (errno == EWOULDBLOCK) {
		n = pread(fd, holder, sizeof holder - 1, 0);
		holder[n > 0 ? strspn(holder, "0123456789") : 0] = '\0';
		snprintf(err, err_n, "The folder %s is in use by another terminal (process %s). Close that one, or give this one "
		    "a folder of its own.", dir, holder[0] != '\0' ? holder : "unknown");
	} else {
		snprintf(err, err_n, "%s cannot be locked: %s.", path, strerror(errno));
	}
	close(fd);
	return RC_IO;
}

/* Replaces the file at once or not at all. */
static enum rc
directory_write(const char *path, const char *text, size_t n, char *err, size_t err_n)
{
	char fresh[PATH_MAX + 8];
	enum rc r = RC_IO;
	int fd;

	snprintf(fresh, sizeof fresh, "%s.new", path);
	unlink(fresh);
	if ((fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)) >= 0) {
		if (write(fd, text, n) == (ssize_t)n && fsync(fd) == 0)
			r = RC_OK;
		if (close(fd) != 0 || (r == RC_OK && rename(fresh, path) != 0))
			r = RC_IO;
	}
	if (r != RC_OK) {
		snprintf(err, err_n, "%s cannot be written: %s.", path, strerror(errno));
		unlink(fresh);
	}
	return r;
}

static enum rc
directory_read_invitation(const char *path, struct invitation *v, char *text, size_t *n, char *err, size_t err_n)
{
	char why[128] = "";
	FILE *f = fopen(path, "re");

	if (f == NULL) {
		snprintf(err, err_n, "The invitation %s cannot be read: %s.", path, strerror(errno));
		return RC_NOT_FOUND;
	}
	*n = fread(text, 1, INVITATION_MAX_BYTES, f);
	fclose(f);
	if (invitation_get(text, *n, v, why, sizeof why) == RC_OK)
		return RC_OK;
	snprintf(err, err_n, "%s is not an invitation: %s", path, why);
	return RC_MALFORMED;
}

static enum rc
directory_invitation(const char *dir, const char *given, struct directory *d, char *err, size_t err_n)
{
	char path[PATH_MAX], text[INVITATION_MAX_BYTES];
	enum rc r = RC_BUG;
	size_t n;

	if ((r = directory_path(path, dir, "invitation.txt", err, err_n)) != RC_OK)
		return r;
	if (given == NULL && access(path, F_OK) != 0) {
		snprintf(err, err_n, "There is no invitation in %s. Make one at the server with 'countersign-admin terminal "
		    "invite NAME --out FILE' and start with --invitation FILE.", dir);
		return RC_NOT_FOUND;
	}
	if ((r = directory_read_invitation(given != NULL ? given : path, &d->invitation, text, &n, err, err_n)) == RC_OK &&
	    given != NULL)
		r = directory_write(path, text, n, err, err_n);
	crypto_wipe(text, sizeof text);
	return r;
}

static enum rc
directory_keys(const char *dir, struct directory *d, char *err, size_t err_n)
{
	char path[PATH_MAX];
	enum rc r = RC_BUG;

	if ((r = directory_path(path, dir, "terminal.curve", err, err_n)) != RC_OK)
		return r;
	if (access(path, F_OK) == 0) {
		if ((r = keyfile_read(path, "curve", d->secret, KEY_BYTES, err, err_n)) == RC_OK)
			curve_public(d->secret, d->public_key);
		return r;
	}
	curve_keypair(d->public_key, d->secret);
	return keyfile_write(path, "curve", d->secret, KEY_BYTES, err, err_n);
}

static enum rc
directory_config(const char *dir, struct directory *d, char *err, size_t err_n)
{
	const char *text = config_default_text();
	char path[PATH_MAX];
	enum rc r = RC_BUG;

	if ((r = directory_path(path, dir, "terminal.conf", err, err_n)) != RC_OK ||
	    (access(path, F_OK) != 0 && (r = directory_write(path, text, strlen(text), err, err_n)) != RC_OK))
		return r;
	return config_load(path, &d->config, err, err_n);
}

enum rc
directory_open(const char *dir, const char *invitation, struct directory *d, char *err, size_t err_n)
{
	enum rc r = RC_BUG;

	memset(d, 0, sizeof *d);
	if ((r = directory_make(dir, err, err_n)) != RC_OK || (r = directory_lock(dir, d, err, err_n)) != RC_OK ||
	    (r = directory_invitation(dir, invitation, d, err, err_n)) != RC_OK ||
	    (r = directory_keys(dir, d, err, err_n)) != RC_OK ||
	    (r = directory_config(dir, d, err, err_n)) != RC_OK)
		directory_wipe(d);
	else
		fingerprint_make(d->public_key, d->invitation.word, d->fingerprint);
	return r;
}

void
directory_wipe(struct directory *d)
{
	if (d->lock > 0)
		close(d->lock);
	crypto_wipe(d, sizeof *d);
}
