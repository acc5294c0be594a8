/*
 * test_keyfile.c - secret files: made private, read only when private, never
 * overwritten.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "proto/crypto.h"

struct folder {
	char path[40], file[64], other[64], err[300];
	uint8_t key[KEY_BYTES];
};

static int
folder_make(void **state)
{
	struct folder *f = calloc(1, sizeof *f);

	if (f == NULL)
		return -1;
	strcpy(f->path, "/tmp/countersign-keys.XXXXXX");
	if (mkdtemp(f->path) == NULL)
		return -1;
	snprintf(f->file, sizeof f->file, "%s/key", f->path);
	snprintf(f->other, sizeof f->other, "%s/other", f->path);
	for (uint8_t i = 0; i < KEY_BYTES; i++)
		f->key[i] = (uint8_t)(0xf0 ^ i);
	*state = f;
	return 0;
}

static int
folder_drop(void **state)
{
	struct folder *f = *state;

	unlink(f->file);
	unlink(f->other);
	rmdir(f->other);
	rmdir(f->path);
	free(f);
	return 0;
}

static void
put_text(const char *path, const char *text, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, n), n);
	close(fd);
}

/* Refused with this code, with the file named, and no byte of a key handed over. */
static void
refuses(struct folder *f, const char *path, const char *kind, enum rc want, const char *hint)
{
	static const uint8_t zero[KEY_BYTES];
	uint8_t got[KEY_BYTES];

	memset(got, 0xee, sizeof got);
	f->err[0] = '\0';
	assert_int_equal(keyfile_read(path, kind, got, sizeof got, f->err, sizeof f->err), want);
	assert_memory_equal(got, zero, sizeof got);
	if (strstr(f->err, path) == NULL || strstr(f->err, hint) == NULL)
		fail_msg("\"%s\" does not name the file or \"%s\"", f->err, hint);
}

static void
written_keys_are_private_and_come_back(void **state)
{
	struct folder *f = *state;
	uint8_t got[KEY_BYTES];
	static const mode_t masks[] = { 0777, 0 };
	struct stat st;

	for (size_t i = 0; i < 2; i++) {	/* whatever the mask says */
		mode_t before = umask(masks[i]);

		unlink(f->file);
		assert_int_equal(keyfile_write(f->file, "curve", f->key, KEY_BYTES, f->err, sizeof f->err), RC_OK);
		umask(before);
		assert_int_equal(stat(f->file, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
	}
	assert_int_equal(keyfile_read(f->file, "curve", got, sizeof got, f->err, sizeof f->err), RC_OK);
	assert_memory_equal(got, f->key, KEY_BYTES);
	refuses(f, f->file, "sign", RC_MALFORMED, "\"sign\"");
	refuses(f, f->file, "curv", RC_MALFORMED, "kind");
	refuses(f, f->file, "curve ", RC_MALFORMED, "kind");
}

static void
keys_are_never_overwritten(void **state)
{
	struct folder *f = *state;
	uint8_t other[KEY_BYTES] = { 9 }, got[KEY_BYTES];

	assert_int_equal(keyfile_write(f->file, "curve", f->key, KEY_BYTES, f->err, sizeof f->err), RC_OK);
	assert_int_equal(keyfile_write(f->file, "curve", other, KEY_BYTES, f->err, sizeof f->err), RC_EXISTS);
	assert_non_null(strstr(f->err, f->file));
	assert_int_equal(keyfile_read(f->file, "curve", got, sizeof got, f->err, sizeof f->err), RC_OK);
	assert_memory_equal(got, f->key, KEY_BYTES);
	assert_int_equal(symlink("/nowhere/at/all", f->other), 0);
	assert_int_equal(keyfile_write(f->other, "curve", other, KEY_BYTES, f->err, sizeof f->err), RC_EXISTS);
}

static void
what_cannot_be_written_is_named(void **state)
{
	struct folder *f = *state;
	uint8_t big[65] = { 0 };
	char kind[300];

	assert_int_equal(keyfile_write("/nonexistent/folder/key", "curve", f->key, KEY_BYTES, f->err, sizeof f->err), RC_IO);
	assert_non_null(strstr(f->err, "/nonexistent/folder/key"));
	assert_int_equal(keyfile_write(f->file, "curve", big, sizeof big, f->err, sizeof f->err), RC_TOO_BIG);
	memset(kind, 'k', sizeof kind - 1);
	kind[sizeof kind - 1] = '\0';
	assert_int_equal(keyfile_write(f->file, kind, f->key, KEY_BYTES, f->err, sizeof f->err), RC_TOO_BIG);
	assert_int_equal(access(f->file, F_OK), -1);
}

static void
files_that_others_can_reach_are_refused(void **state)
{
	static const mode_t mode[] = { 0640, 0604, 0620, 0602, 0610, 0601, 0644, 0666 };
	struct folder *f = *state;

	assert_int_equal(keyfile_write(f->file, "curve", f->key, KEY_BYTES, f->err, sizeof f->err), RC_OK);
	for (size_t i = 0; i < sizeof mode / sizeof mode[0]; i++) {
		assert_int_equal(chmod(f->file, mode[i]), 0);
		refuses(f, f->file, "curve", RC_FILE_MODE, "chmod 600");
	}
	assert_int_equal(chmod(f->file, 0600), 0);
	if (geteuid() == 0) {
		assert_int_equal(chown(f->file, 1, (gid_t)-1), 0);
		refuses(f, f->file, "curve", RC_FILE_MODE, "belongs to");
	}
}

static void
only_plain_files_are_read(void **state)
{
	struct folder *f = *state;

	refuses(f, f->file, "curve", RC_NOT_FOUND, "cannot open");
	assert_int_equal(keyfile_write(f->file, "curve", f->key, KEY_BYTES, f->err, sizeof f->err), RC_OK);
	assert_int_equal(symlink(f->file, f->other), 0);
	refuses(f, f->other, "curve", RC_FILE_MODE, "link");
	unlink(f->other);
	assert_int_equal(mkdir(f->other, 0700), 0);
	refuses(f, f->other, "curve", RC_FILE_MODE, "regular");
	rmdir(f->other);
	assert_int_equal(mkfifo(f->other, 0600), 0);
	refuses(f, f->other, "curve", RC_FILE_MODE, "regular");	/* and nobody waits for a writer */
}

static void
only_the_exact_form_is_read(void **state)
{
	struct folder *f = *state;
	char text[200], hex[2 * KEY_BYTES + 1];
	uint8_t got[KEY_BYTES];
	size_t n;

	hex_put(f->key, KEY_BYTES, hex);
	n = (size_t)snprintf(text, sizeof text, "countersign-key 1 curve %s\n", hex);
	put_text(f->file, text, n);
	assert_int_equal(keyfile_read(f->file, "curve", got, sizeof got, f->err, sizeof f->err), RC_OK);
	assert_memory_equal(got, f->key, KEY_BYTES);
	for (size_t cut = 0; cut < n; cut++) {
		put_text(f->file, text, cut);
		refuses(f, f->file, "curve", RC_MALFORMED, "kind");
	}
	put_text(f->file, text, n + 1);	/* a NUL behind */
	refuses(f, f->file, "curve", RC_MALFORMED, "kind");
	text[16] = '2';	/* another version */
	put_text(f->file, text, n);
	refuses(f, f->file, "curve", RC_MALFORMED, "kind");
	text[16] = '1';
	text[n - 5] = 'x';
	put_text(f->file, text, n);
	refuses(f, f->file, "curve", RC_MALFORMED, "kind");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_make, folder_drop)
	const struct CMUnitTest tests[] = {
		TEST(written_keys_are_private_and_come_back),
		TEST(keys_are_never_overwritten),
		TEST(what_cannot_be_written_is_named),
		TEST(files_that_others_can_reach_are_refused),
		TEST(only_plain_files_are_read),
		TEST(only_the_exact_form_is_read),
	};
#undef TEST

	if (crypto_init() != RC_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
