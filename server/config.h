/*
 * config.h - the configuration file of the server and of the admin tool.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   one immutable struct, filled from a libconfuse file by one
 *               table of keys (type, range, default, help) that also prints
 *               the reference. Every error names file and line; a key that
 *               the table does not know is refused.
 * What it isn't: it reads no key file and opens no connection; the passwords
 *               are read by their users through config_secret().
 *
 * Relative paths are resolved against the folder of the configuration file.
 * Threads: after config_load() the struct is only read, by any thread.
 */
#ifndef SERVER_CONFIG_H
#define SERVER_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "proto/limits.h"
#include "proto/rc.h"
#include "server/policy.h"

#define CONFIG_PATH_BYTES 512u
#define CONFIG_TEXT_BYTES 128u
#define CONFIG_ERR_BYTES  512u
#define CONFIG_DESKS_MAX   64
#define CONFIG_KEYS_MAX    100	/* in the table of keys */

struct config {
	char    node[CONFIG_TEXT_BYTES];		/* names this server in audit lanes */
	char    bank[CONFIG_TEXT_BYTES];
	int64_t branch;					/* 4 digits of new account numbers */
	char    listen_control[CONFIG_TEXT_BYTES];	/* "host:port" */
	char    listen_video[CONFIG_TEXT_BYTES];
	char    keys[CONFIG_PATH_BYTES];		/* folder of the key files */
	char    seals[CONFIG_PATH_BYTES];
	int64_t seal_every_ms;
	int64_t desks;
	char    log[CONFIG_PATH_BYTES];			/* "": stderr */
	char    user[CONFIG_TEXT_BYTES];		/* what the server becomes when root starts it; "": it stays root */
	struct {
		char    socket[CONFIG_PATH_BYTES];	/* "": host and port */
		char    host[CONFIG_TEXT_BYTES];
		int64_t port;
		char    name[CONFIG_TEXT_BYTES];
		char    user[CONFIG_TEXT_BYTES];
		char    password_file[CONFIG_PATH_BYTES];
		int64_t timeout_ms;
	} database;
	struct {
		char user[CONFIG_TEXT_BYTES];
		char password_file[CONFIG_PATH_BYTES];
	} admin_database;
	struct {
		char    program[CONFIG_PATH_BYTES];
		char    models[CONFIG_PATH_BYTES];
		char    user[CONFIG_TEXT_BYTES];	/* of the workers, when root started the server */
		int64_t workers;
		char    precision[CONFIG_TEXT_BYTES];	/* "auto", "f32" or "bf16" */
		int64_t deadline_ms;
	} vision;
	struct {
		int64_t timeout_ms;
		int64_t challenges;
		uint32_t moves;			/* of which they are drawn, bits of enum liveness_kind */
		bool    light;			/* terminals shine in colours, where they can and may */
	} liveness;
	struct {
		int64_t life_ms, register_life_ms;
	} code;
	struct {
		char    channel[CONFIG_TEXT_BYTES];	/* "file" or "smtp" */
		char    directory[CONFIG_PATH_BYTES];
		char    smtp_url[CONFIG_TEXT_BYTES];
		char    smtp_from[CONFIG_TEXT_BYTES];
		char    smtp_user[CONFIG_TEXT_BYTES];
		char    smtp_password_file[CONFIG_PATH_BYTES];
		bool    smtp_tls;
	} notify;
	/* The section `policy`. */
	struct {
		int64_t idle_ms, hard_ms;
	} session;
	struct {
		bool    backoffice_face, audit_face;
	} sign_on;
	int64_t evidence_days;				/* how long pictures of judged captures are kept */
	double match_fmr;				/* false match rate, match_rule.h */
	double match_gallery_fmr;			/* the same, of each comparison with the enrolled faces; known.h */
	struct policy policy;				/* what a transaction needs, by amount */
	int     lines[CONFIG_KEYS_MAX];			/* where each key of the table stands; config_line() */
};

/*
 * Reads and checks the file. RC_CONFIG with a sentence in err ("FILE:LINE: ...")
 * that says what is wrong and what is allowed. The caller frees *out.
 */
enum rc config_load(const char *path, struct config **out, char *err, size_t err_n) MUST_CHECK;
/* The same of a text (changed on the way) that stands for the file `path` in the absolute folder. */
enum rc config_load_text(const char *path, const char *folder, char *text, struct config **out, char *err,
    size_t err_n) MUST_CHECK;
void    config_free(struct config *c);	/* NULL is fine */
/* The line of a key in the file; 0: it has its default. */
int     config_line(const struct config *c, const char *section, const char *name);

/* All keys with type, range, default and help, in the form of a configuration file. */
void    config_print(FILE *to);

/* "KEYS/name"; RC_TOO_BIG if it does not fit. */
enum rc config_key_path(const struct config *c, const char *name, char dst[static CONFIG_PATH_BYTES]) MUST_CHECK;

/*
 * The first line of a secret file (a password). Refuses files that group or
 * others can read, links, and files of another owner. The caller wipes dst.
 */
enum rc config_secret(const char *path, char *dst, size_t n, char *err, size_t err_n) MUST_CHECK;

#endif
