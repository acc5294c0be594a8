/*
 * privileges.c - see privileges.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/crypto.h"
#include "server/privileges.h"

enum rc
privileges_find(const char *key, const char *name, struct system_user *u, char *err, size_t err_n)
{
	const struct passwd *pw = getpwnam(name);

	if (pw == NULL) {
		snprintf(err, err_n, "the system user \"%s\" (%s) does not exist; make it: useradd --system --user-group "
		    "--home-dir /nonexistent --shell /usr/sbin/nologin %s", name, key, name);
		return RC_CONFIG;
	}
	if (pw->pw_uid == 0 || pw->pw_gid == 0) {
		snprintf(err, err_n, "the system user \"%s\" (%s) has root's rights; name an ordinary user", name, key);
		return RC_CONFIG;
	}
	*u = (struct system_user){ pw->pw_uid, pw->pw_gid };
	return RC_OK;
}

enum rc
privileges_check_file(const char *path, char *err, size_t err_n)
{
	struct stat st;

	if (lstat(path, &st) != 0) {
		snprintf(err, err_n, "cannot look at %s: %s", path, strerror(errno));
		return RC_CONFIG;
	}
	if (S_ISREG(st.st_mode) && st.st_uid == 0 && (st.st_mode & (S_IWGRP | S_IWOTH)) == 0)
		return RC_OK;
	snprintf(err, err_n, "%s can be changed by others than root and says what root starts; look through it, then: "
	    "chown root %s && chmod g-w,o-w %s", path, path, path);
	return RC_CONFIG;
}

enum rc
privileges_drop(const struct system_user *u, char *err, size_t err_n)
{
	if (setgroups(0, NULL) != 0 || setresgid(u->gid, u->gid, u->gid) != 0 || setresuid(u->uid, u->uid, u->uid) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
		snprintf(err, err_n, "cannot give up root's rights: %s", strerror(errno));
		return RC_CONFIG;
	}
	if (setuid(0) == 0 || setgid(0) == 0) {
		snprintf(err, err_n, "root's rights came back after they were given up; this system cannot hold them apart");
		return RC_CONFIG;
	}
	process_harden();	/* a change of user resets it */
	return RC_OK;
}
