/*
 * test_screen_history.c - the history of an account as a file: all of it, or
 * nothing.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "screen_rig.h"

struct place {
	struct rig r;
	char folder[64];
};

static int
setup(void **state)
{
	static struct place p;

	strcpy(p.folder, "/tmp/countersign-history.XXXXXX");
	if (mkdtemp(p.folder) == NULL)
		return -1;
	rig_open(&p.r);
	rig_home(&p.r);
	*state = &p;
	return 0;
}

/* The only file in the folder, a page after its name is forgotten; "": there is none. */
static void
take_file(const struct place *p, char path[static 512], char *text, size_t n)
{
	DIR *d = opendir(p->folder);
	struct dirent *e;
	FILE *f;

	assert_non_null(d);
	path[0] = text[0] = '\0';
	while ((e = readdir(d)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) {
			assert_string_equal(path, "");
			snprintf(path, 512, "%s/%s", p->folder, e->d_name);
		}
	closedir(d);
	if (path[0] == '\0')
		return;
	assert_non_null(f = fopen(path, "r"));
	text[fread(text, 1, n - 1, f)] = '\0';
	fclose(f);
}

static int
teardown(void **state)
{
	struct place *p = *state;
	char path[512], text[8];

	rig_close(&p->r);
	(void)chmod(p->folder, 0700);
	take_file(p, path, text, sizeof text);
	if (path[0] != '\0')
		unlink(path);
	return rmdir(p->folder);
}

static void
answer(struct rig *r, uint64_t first, pb_size_t n, uint64_t next_before)
{
	cs_Envelope e = { .which_body = cs_Envelope_history_tag };
	cs_History *h = &e.body.history;

	rig_asked(r, history_get);
	strcpy(h->account, r->sent.body.history_get.account);
	strcpy(h->currency, "EUR");
	h->entries_count = n;
	h->next_before = next_before;
	for (pb_size_t i = 0; i < n; i++) {
		cs_HistoryEntry *x = &h->entries[i];

		x->posting = first - i;
		x->journal = 1000 + first - i;
		x->utc_ms = RIG_UTC_MS;
		x->amount = -123450;
		x->balance_after = 100;
		strcpy(x->other_name, "Grace Hopper");
		account_number_make(1, 5000, x->other);
		strcpy(x->reference, "=1+1, \"quoted\"");
	}
	rig_answer(r, &e);
}

static void
to_history(struct rig *r)
{
	rig_type(r, "2");
	rig_page(r, "history");
	answer(r, 40, 11, 30);
}

static void
test_all_of_it_is_written(void **state)
{
	struct place *p = *state;
	static char text[8192];
	char path[512];
	struct stat st;
	unsigned lines = 0;

	p->r.v->export = p->folder;
	to_history(&p->r);
	rig_press(&p->r, REQ_PGDN);
	answer(&p->r, 29, 11, 18);
	rig_press(&p->r, REQ_SUBMIT);		/* from the newest, whatever page is in view */
	assert_int_equal(p->r.sent.body.history_get.before, 0);
	answer(&p->r, 40, 16, 25);
	assert_int_equal(p->r.sent.body.history_get.before, 25);
	take_file(p, path, text, sizeof text);
	assert_non_null(strstr(path, "/."));	/* under its own name only when all is there */
	answer(&p->r, 24, 3, 0);
	rig_see(&p->r, "Written:", true);
	rig_see(&p->r, "page 2", true);
	take_file(p, path, text, sizeof text);
	assert_null(strstr(path, "/."));
	assert_non_null(strstr(path, p->r.v->overview.accounts[0].number));
	assert_non_null(strstr(path, ".csv"));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	for (const char *s = text; (s = strstr(s, "\r\n")) != NULL; s += 2)
		lines++;
	assert_int_equal(lines, 1 + 16 + 3);
	assert_non_null(strstr(text, ",1040,\"XC18000100000050"));
	assert_non_null(strstr(text, ",\"'=1+1, \"\"quoted\"\"\",-1234.50,1.00,EUR\r\n"));
}

static void
test_half_of_it_is_nothing(void **state)
{
	struct place *p = *state;
	char path[512], text[8];

	p->r.v->export = p->folder;
	to_history(&p->r);
	rig_press(&p->r, REQ_SUBMIT);
	answer(&p->r, 40, 16, 25);
	rig_refuse(&p->r, RC_STORE, "");
	take_file(p, path, text, sizeof text);
	assert_string_equal(path, "");
	rig_press(&p->r, REQ_SUBMIT);
	answer(&p->r, 40, 16, 25);
	answer(&p->r, 40, 16, 25);		/* a server that goes round in circles */
	take_file(p, path, text, sizeof text);
	assert_string_equal(path, "");
	rig_press(&p->r, REQ_SUBMIT);
	answer(&p->r, 40, 16, 25);
	rig_press(&p->r, REQ_BACK);		/* given up */
	take_file(p, path, text, sizeof text);
	assert_string_equal(path, "");
}

static void
test_nowhere_to_write(void **state)
{
	struct place *p = *state;
	char gone[128];
	unsigned count;

	to_history(&p->r);
	count = p->r.count;
	rig_press(&p->r, REQ_SUBMIT);
	rig_see(&p->r, "No files are written here", true);
	snprintf(gone, sizeof gone, "%s/gone", p->folder);
	p->r.v->export = gone;
	rig_press(&p->r, REQ_SUBMIT);
	rig_see(&p->r, "No such file or directory", true);
	assert_int_equal(p->r.count, count);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_all_of_it_is_written, setup, teardown),
		cmocka_unit_test_setup_teardown(test_half_of_it_is_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nowhere_to_write, setup, teardown),
	};

	return crypto_init() != RC_OK ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
