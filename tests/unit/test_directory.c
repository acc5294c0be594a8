/*
 * test_directory.c - a terminal's folder: first start, second start, and what
 * is refused.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/directory.h"

static char root[] = "/tmp/countersign-directory-XXXXXX";
static char dir[128], invitation[128];

static char *
file_of(const char *name)
{
	static char path[256];

	snprintf(path, sizeof path, "%s/%s", dir, name);
	return path;
}

static void
write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void
write_invitation(void)
{
	struct invitation v = { .nodes = 1, .word = "K7QM-2XD9-4TVA-H8PR" };
	char text[INVITATION_MAX_BYTES];

	strcpy(v.node[0].control, "127.0.0.1:7700");
	strcpy(v.node[0].video, "127.0.0.1:7701");
	memset(v.server_public, 7, KEY_BYTES);
	invitation_put(&v, text);
	write_file(invitation, text);
}

static void
test_starts(void **state)
{
	struct directory first, second, kept;
	char err[1024] = "";
	struct stat st;

	(void)state;
	assert_int_equal(directory_open(dir, NULL, &first, err, sizeof err), RC_NOT_FOUND);
	assert_non_null(strstr(err, "terminal invite"));
	write_invitation();
	assert_int_equal(directory_open(dir, invitation, &first, err, sizeof err), RC_OK);
	assert_int_equal(stat(file_of("terminal.curve"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(strlen(first.fingerprint), FINGERPRINT_BYTES - 1);
	assert_int_equal(first.config.camera.width, 640);
	assert_true(first.config.mirror);
	unlink(invitation);
	kept = first;
	directory_wipe(&first);
	assert_int_equal(directory_open(dir, NULL, &second, err, sizeof err), RC_OK);
	assert_string_equal(kept.fingerprint, second.fingerprint);
	assert_memory_equal(kept.secret, second.secret, KEY_BYTES);
	assert_string_equal(second.invitation.node[0].video, "127.0.0.1:7701");
	directory_wipe(&second);
}

/* Two terminals in one folder: the second is told who has it; a killed one leaves it free. */
static void
test_lock(void **state)
{
	struct directory d;
	char err[1024] = "", holder[40];
	int ready[2], status;
	pid_t child;

	(void)state;
	write_invitation();
	assert_int_equal(pipe(ready), 0);
	assert_true((child = fork()) >= 0);
	if (child == 0) {
		if (directory_open(dir, invitation, &d, err, sizeof err) == RC_OK && write(ready[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], holder, 1), 1);
	snprintf(holder, sizeof holder, "(process %ld)", (long)child);
	assert_int_equal(directory_open(dir, NULL, &d, err, sizeof err), RC_IO);
	assert_non_null(strstr(err, "in use by another terminal"));
	assert_non_null(strstr(err, holder));
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(directory_open(dir, NULL, &d, err, sizeof err), RC_OK);
	directory_wipe(&d);
	close(ready[0]);
}

static void
test_refusals(void **state)
{
	static const struct { const char *what, *text, *word; } t[] = {
		{ "out of range",   "camera = \"test\"\n\nfps = 500\n", "line 3" },
		{ "behind remarks", "# one\n# two\n\n# four\nfps = 500\n",    "line 5" },
		{ "unknown key",    "speed = 3\n",                        "line 1" },
		{ "unknown camera", "camera = \"webcam\"\n",              "rtsp:URL" },
		{ "colours",        "colours = \"pink\"\n",               "mono" },
		{ "mono has a theme", "colours = \"mono\"\n",             "theme" },
		{ "theme",          "theme = \"pretty\"\n",              "contrast" },
		{ "mouse",          "mouse = \"maybe\"\n",               "line 1" },
		{ "export",         "export = \"files\"\n",              "whole path" },
		{ "not a number",   "\nwidth = wide\n",                  "line 2" },
	};
	struct directory d;
	char err[1024];

	(void)state;
	write_invitation();
	assert_int_equal(directory_open(dir, invitation, &d, err, sizeof err), RC_OK);
	directory_wipe(&d);
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		write_file(file_of("terminal.conf"), t[i].text);
		print_message("%s\n", t[i].what);
		assert_int_equal(directory_open(dir, NULL, &d, err, sizeof err), RC_CONFIG);
		print_message("  %s\n", err);
		assert_non_null(strstr(err, "terminal.conf"));
		assert_non_null(strstr(err, t[i].word));
	}
	unlink(file_of("terminal.conf"));
	assert_int_equal(chmod(file_of("terminal.curve"), 0644), 0);
	assert_int_equal(directory_open(dir, NULL, &d, err, sizeof err), RC_FILE_MODE);
	assert_non_null(strstr(err, "terminal.curve"));
	for (size_t i = 0; i < sizeof d; i++)
		assert_int_equal(((const uint8_t *)&d)[i], 0);		/* nothing is left of it */
	assert_int_equal(chmod(file_of("terminal.curve"), 0600), 0);
	write_file(invitation, "hello\n");
	assert_int_equal(directory_open(dir, invitation, &d, err, sizeof err), RC_MALFORMED);
	assert_int_equal(directory_open(dir, NULL, &d, err, sizeof err), RC_OK);	/* the good one was kept */
	directory_wipe(&d);
	assert_int_equal(chmod(dir, 0777), 0);
	assert_int_equal(directory_open(dir, NULL, &d, err, sizeof err), RC_FILE_MODE);
	assert_int_equal(chmod(dir, 0700), 0);
}

static int
set_up(void **state)
{
	(void)state;
	if (crypto_init() != RC_OK || mkdtemp(root) == NULL)
		return -1;
	snprintf(dir, sizeof dir, "%s/terminal", root);
	snprintf(invitation, sizeof invitation, "%s/invitation", root);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	unlink(file_of("terminal.curve"));
	unlink(file_of("terminal.conf"));
	unlink(file_of("lock"));
	unlink(file_of("invitation.txt"));
	unlink(invitation);
	return rmdir(dir) | rmdir(root);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_starts), cmocka_unit_test(test_lock), cmocka_unit_test(test_refusals) };

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
