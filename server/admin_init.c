/*
 * admin_init.c - a new state folder: keys, configuration, places for files.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Nothing that exists is changed: a second run makes what is missing and says
 * what it kept. Layout: one folder holds everything of a node.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/admin.h"

static const char config_head[] =
    "# server.conf - one node of Countersign. `countersignd --print-config` explains every key.\n"
    "# Paths that do not begin with / start at the folder of this file.\n"
    "\n"
    "node = \"node1\"\n"
    "bank = \"Countersign Bank\"\n"
    "branch = 1\n"
    "\n"
    "# Where terminals connect. The first for messages, the second for camera frames.\n"
    "listen_control = \"127.0.0.1:7700\"\n"
    "listen_video = \"127.0.0.1:7701\"\n"
    "\n"
    "# Secret keys (this folder is for the server's user alone), and the file of signed\n"
    "# heads of the audit trail: copy it off this machine regularly.\n"
    "keys = \"keys\"\n"
    "seals = \"seals.log\"\n"
    "seal_every_ms = 3000\n"
    "\n"
    "desks = 16\n"
    "log = \"log/countersignd.log\"\n"
    "\n"
    "database {\n"
    "\tsocket = \"db/mariadb.sock\"\n"
    "\tname = \"countersign\"\n"
    "\tuser = \"countersign\"\n"
    "\tpassword_file = \"db/server.password\"\n"
    "}\n"
    "\n"
    "# The owner of the schema: for `countersign-admin db migrate` only.\n"
    "admin_database {\n"
    "\tuser = \"countersign_admin\"\n"
    "\tpassword_file = \"db/admin.password\"\n"
    "}\n"
    "\n";

static const char config_tail[] =
    "liveness {\n"
    "\ttimeout_ms = 20000\n"
    "\tchallenges = 2\n"
    "}\n"
    "\n"
    "code {\n"
    "\tlife_ms = 300000\n"
    "\tregister_life_ms = 600000\n"
    "}\n"
    "\n"
    "# When a session ends, where staff show their face, how sure a match is, and what a transfer\n"
    "# needs by amount: countersign-admin policy explain tells it, with the line of each.\n"
    "policy {\n"
    "\tidle_ms = 300000\n"
    "\thard_ms = 43200000\n"
    "\tbackoffice_face = false\n"
    "\taudit_face = false\n"
    "\tevidence_days = 90\n"
    "\tfmr = 1e-4\n"
    "\tgallery_fmr = 1e-6\n"
    "\n"
    "\ttransfer {\n"
    "\t\tcurrency = \"*\"\n"
    "\t\tup_to = \"10000\"\n"
    "\t\tproofs = { \"otp\", \"face\" }\n"
    "\t\tapprovals = 0\n"
    "\t}\n"
    "}\n"
    "\n"
    "# channel \"file\" writes each message into a file; \"smtp\" sends mail.\n"
    "notify {\n"
    "\tchannel = \"file\"\n"
    "\tdirectory = \"mail\"\n"
    "\tsmtp_url = \"\"\n"
    "\tsmtp_from = \"\"\n"
    "\tsmtp_user = \"\"\n"
    "\tsmtp_password_file = \"\"\n"
    "\tsmtp_tls = true\n"
    "}\n";

static int
make_folder(const char *path)
{
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return ADMIN_OK;
	return admin_fail(ADMIN_BROKEN, "cannot make the folder %s: %s", path, strerror(errno));
}

static int
join(char dst[static PATH_MAX], const char *a, const char *b)
{
	if (snprintf(dst, PATH_MAX, "%s/%s", a, b) >= PATH_MAX)
		return admin_fail(ADMIN_BROKEN, "the path %s is too long", a);
	return ADMIN_OK;
}

/* A new file with this text; one that exists is kept. */
static int
write_new(const char *path, mode_t mode, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	size_t n = strlen(text);

	if (fd < 0 && errno == EEXIST) {
		printf("kept  %s\n", path);
		return ADMIN_OK;
	}
	if (fd < 0 || fchmod(fd, mode) != 0 || write(fd, text, n) != (ssize_t)n || fsync(fd) != 0 || close(fd) != 0)
		return admin_fail(ADMIN_BROKEN, "cannot write %s: %s", path, strerror(errno));
	printf("made  %s\n", path);
	return ADMIN_OK;
}

static int
write_key(const char *keys, const char *file, const char *kind, const uint8_t *key, size_t n)
{
	char path[PATH_MAX], err[512] = "";
	enum rc r;

	if (join(path, keys, file) != ADMIN_OK)
		return ADMIN_BROKEN;
	r = keyfile_write(path, kind, key, n, err, sizeof err);
	if (r != RC_OK && r != RC_EXISTS)
		return admin_fail(ADMIN_BROKEN, "%s", err);
	printf("%s  %s\n", r == RC_OK ? "made" : "kept", path);
	return ADMIN_OK;
}

static int
make_keys(struct admin *a, const char *keys)
{
	static const struct { const char *file, *kind; } plain[] = {
		{ "master.key", "master" }, { "code.key", "code" }, { "outbox.key", "outbox" },
	};
	uint8_t pub[KEY_BYTES], key[KEY_BYTES];
	int status;

	curve_keypair(pub, key);
	status = write_key(keys, "server.curve", "curve", key, sizeof key);
	for (size_t i = 0; i < sizeof plain / sizeof plain[0] && status == ADMIN_OK; i++) {
		rng_fill(a->rng, key, sizeof key);
		status = write_key(keys, plain[i].file, plain[i].kind, key, sizeof key);
	}
	crypto_wipe(key, sizeof key);
	return status;
}

/* The sealer's pair: the public half is what an auditor needs, and stands outside the closed folder. */
static int
make_sealer(const char *state, const char *keys)
{
	uint8_t pub[SIGN_PUBLIC_BYTES], secret[SIGN_SECRET_BYTES];
	char path[PATH_MAX], key_path[PATH_MAX], err[512] = "", hex[2 * SIGN_PUBLIC_BYTES + 2];
	int status = ADMIN_BROKEN;

	sign_keypair(pub, secret);
	if (join(path, state, "seal.pub") != ADMIN_OK || join(key_path, keys, "seal.sign") != ADMIN_OK ||
	    write_key(keys, "seal.sign", "sign", secret, sizeof secret) != ADMIN_OK)
		goto out;
	if (keyfile_read(key_path, "sign", secret, sizeof secret, err, sizeof err) != RC_OK) {
		status = admin_fail(ADMIN_BROKEN, "%s", err);
		goto out;
	}
	hex_put(secret + SIGN_SECRET_BYTES - SIGN_PUBLIC_BYTES, SIGN_PUBLIC_BYTES, hex);	/* RFC 8032: seed, then public key */
	hex[2 * SIGN_PUBLIC_BYTES] = '\n';
	hex[2 * SIGN_PUBLIC_BYTES + 1] = '\0';
	status = write_new(path, 0644, hex);
out:
	crypto_wipe(secret, sizeof secret);
	return status;
}

/* The worker beside this program and the models of the same installation, where they are. */
static void
find_vision(char program[static PATH_MAX], char models[static PATH_MAX])
{
	char self[PATH_MAX], *slash;
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

	program[0] = models[0] = '\0';
	if (n <= 0)
		return;
	self[n] = '\0';
	if ((slash = strrchr(self, '/')) == NULL)
		return;
	*slash = '\0';
	if (snprintf(program, PATH_MAX, "%s/countersign-vision", self) >= PATH_MAX || access(program, X_OK) != 0)
		program[0] = '\0';
	if ((slash = strrchr(self, '/')) == NULL)
		return;
	*slash = '\0';
	if (snprintf(models, PATH_MAX, "%s/share/countersign/models", self) >= PATH_MAX || access(models, R_OK) != 0)
		models[0] = '\0';
}

static int
make_config(const char *state)
{
	char path[PATH_MAX], program[PATH_MAX], models[PATH_MAX], *text = NULL;
	int status;

	if (join(path, state, "server.conf") != ADMIN_OK)
		return ADMIN_BROKEN;
	find_vision(program, models);
	if (asprintf(&text, "%s# The worker that looks at pictures, and its networks.\n"
	    "vision {\n\tprogram = \"%s\"\n\tmodels = \"%s\"\n\tworkers = 1\n\tdeadline_ms = 2000\n}\n\n%s",
	    config_head, program, models, config_tail) < 0)
		return admin_fail(ADMIN_BROKEN, "out of memory");
	status = write_new(path, 0640, text);
	free(text);
	return status;
}

int
admin_init(struct admin *a)
{
	static const char *const folders[] = { "keys", "mail", "log", "run" };
	const char *state = admin_option(a, "--state");
	char path[PATH_MAX], keys[PATH_MAX];
	int status;

	if (state == NULL)
		return admin_fail(ADMIN_USAGE, "init needs --state DIR, the folder to make");
	if ((status = make_folder(state)) != ADMIN_OK)
		return status;
	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
		if ((status = join(path, state, folders[i])) != ADMIN_OK || (status = make_folder(path)) != ADMIN_OK)
			return status;
	if ((status = join(keys, state, "keys")) != ADMIN_OK || (status = make_keys(a, keys)) != ADMIN_OK ||
	    (status = make_sealer(state, keys)) != ADMIN_OK || (status = make_config(state)) != ADMIN_OK)
		return status;
	printf("next: deploy/mariadb/private %s/db start, then countersign-admin --config %s/server.conf db migrate\n", state, state);
	return ADMIN_OK;
}
