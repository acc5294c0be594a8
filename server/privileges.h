/*
 * privileges.h - a program that root started becomes ordinary users.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it isn't: the worker's sandbox (sandbox.h), which holds whoever runs it.
 * Threads: before any is started.
 */
#ifndef SERVER_PRIVILEGES_H
#define SERVER_PRIVILEGES_H

#include <stddef.h>
#include <sys/types.h>

#include "proto/rc.h"

struct system_user {
	uid_t uid;
	gid_t gid;
};

/* RC_CONFIG if there is no such user or it is root; err says how to make one. key: the configuration's, for err. */
enum rc privileges_find(const char *key, const char *name, struct system_user *u, char *err, size_t err_n) MUST_CHECK;
/* The file that says which programs run as whom must be root's own to change. RC_CONFIG and what to do if it is not. */
enum rc privileges_check_file(const char *path, char *err, size_t err_n) MUST_CHECK;
/* Becomes that user for good: no groups, no capabilities, no new privileges. */
enum rc privileges_drop(const struct system_user *u, char *err, size_t err_n) MUST_CHECK;

#endif
