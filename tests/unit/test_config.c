/*
 * test_config.c - the configuration file: defaults, ranges, lines in messages.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/config.h"
#include "server/liveness.h"

struct place {
	char folder[64];
	char file[128];
};

static int
place_make(void **state)
{
	struct place *p = calloc(1, sizeof *p);

	assert_non_null(p);
	strcpy(p->folder, "/tmp/test_config.XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	snprintf(p->file, sizeof p->file, "%s/server.conf", p->folder);
	*state = p;
	return 0;
}

static int
place_drop(void **state)
{
	struct place *p = *state;

	unlink(p->file);
	rmdir(p->folder);
	free(p);
	return 0;
}

static enum rc
load(const struct place *p, const char *text, struct config **c, char *err)
{
	FILE *f = fopen(p->file, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	*c = NULL;
	err[0] = '\0';
	return config_load(p->file, c, err, CONFIG_ERR_BYTES);
}

static void
test_defaults_and_paths(void **state)
{
	const struct place *p = *state;
	char err[CONFIG_ERR_BYTES], want[CONFIG_PATH_BYTES];
	struct config *c;

	assert_int_equal(load(p, "seals = \"/var/seals\"\ndatabase { socket = \"db/x.sock\" }\n", &c, err), RC_OK);
	assert_int_equal(c->desks, 16);
	assert_int_equal(c->policy.rules, 1);
	assert_true(c->policy.rule[0].face && c->policy.rule[0].otp);
	assert_true(c->match_fmr > 0.99e-4 && c->match_fmr < 1.01e-4);
	assert_true(c->match_gallery_fmr > 0.99e-6 && c->match_gallery_fmr < 1.01e-6);
	assert_string_equal(c->vision.precision, "auto");
	assert_int_equal(c->liveness.challenges, 2);
	assert_int_equal(c->liveness.moves, LIVENESS_KINDS);
	assert_true(c->liveness.light);
	snprintf(want, sizeof want, "%s/keys", p->folder);
	assert_string_equal(c->keys, want);
	snprintf(want, sizeof want, "%s/db/x.sock", p->folder);
	assert_string_equal(c->database.socket, want);
	assert_string_equal(c->seals, "/var/seals");
	assert_string_equal(c->log, "");
	config_free(c);
}

static void
test_moves(void **state)
{
	static const struct { const char *text; uint32_t kinds; } t[] = {
		{ "turn", LIVENESS_TURN }, { "turn,nod", LIVENESS_TURN | LIVENESS_NOD },
		{ " twice , close,turn , twice", LIVENESS_BLINK_TWICE | LIVENESS_CLOSE | LIVENESS_TURN },
	};
	const struct place *p = *state;
	char err[CONFIG_ERR_BYTES], text[128];
	struct config *c;

	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		snprintf(text, sizeof text, "liveness { moves = \"%s\" light = off }\n", t[i].text);
		assert_int_equal(load(p, text, &c, err), RC_OK);
		assert_int_equal(c->liveness.moves, t[i].kinds);
		assert_false(c->liveness.light);
		config_free(c);
	}
}

static void
test_errors_name_the_line(void **state)
{
	static const struct {
		const char *text;
		int line;
		const char *says;
	} t[] = {
		{ "node = \"a\"\ndesk = 3\n", 2, "desk" },
		{ "\n\ndesks = 0\n", 3, "1 to 64" },
		{ "desks = many\n", 1, "desks" },
		{ "vision {\n workers = 1\n deadline_ms = 7\n}\n", 3, "deadline_ms" },
		{ "vision {\n worker = 1\n}\n", 2, "worker" },
		{ "policy { fmr = 1.5 }\n", 1, "fmr" },
		{ "policy {\n fmr = 1e-4\n gallery_fmr = 0\n}\n", 3, "gallery_fmr is out of range" },
		{ "policy {\n idle_ms = 86400001\n}\n", 2, "1000 to 86400000" },
		{ "policy {\n\n audit_face = maybe\n}\n", 3, "audit_face" },
		{ "policy {\n hard_ms = 5000\n}\n", 2, "idle_ms is longer" },
		{ "policy {\n\n evidence_days = 0\n}\n", 3, "1 to 3650" },
		{ "policy {\n hard_ms = 5000\n transfer { currency = EUR up_to = \"1.00\" proofs = {otp} }\n idle_ms = 6000\n}\n", 4, "idle_ms is longer" },
		{ "match {\n fmr = 1e-4\n}\n", 2, "policy { fmr = 1e-4 }" },
		{ "match { gallery_fmr = 1e-6 }\n", 1, "policy { gallery_fmr" },
		{ "session {\n idle_ms = 5000\n}\n", 2, "policy { idle_ms" },
		{ "session {\n hard_ms = 5000\n}\n", 2, "policy { hard_ms" },
		{ "sign_on { backoffice_face = true }\n", 1, "policy { backoffice_face" },
		{ "sign_on { audit_face = true }\n", 1, "policy { audit_face" },
		{ "liveness {\n moves = \"turn, wink\"\n}\n", 2, "'wink' in moves" },
		{ "liveness {\n moves = \"turn,\"\n}\n", 2, "'' in moves" },
		{ "liveness {\n moves = \", \"\n}\n", 2, "'' in moves" },
		{ "liveness {\n moves = \"\"\n}\n", 2, "0 characters" },
		{ "liveness {\n\n light = bright\n}\n", 3, "light" },
		{ "liveness {\n moves = \"blink, nod\"\n}\n", 2, "no turn" },
		{ "liveness { challenges = 1 }\n", 1, "2 to 3" },
		{ "liveness { challenges = 4 }\n", 1, "2 to 3" },
		{ "liveness {\n timeout_ms = 9999\n}\n", 2, "10000 to 20000" },
		{ "liveness {\n timeout_ms = 20001\n}\n", 2, "10000 to 20000" },
		{ "match {\n cosine = 0.540\n}\n", 2, "fmr = 1e-4" },
		{ "vision { precision = \"int8\" }\n", 1, "bf16" },
		{ "listen_control = \"7700\"\n", 1, "host:port" },
		{ "listen_control = \"a:70000\"\n", 1, "host:port" },
		{ "notify {\n channel = \"pigeon\"\n}\n", 2, "neither" },
		{ "# one\n# two\n// three\n/* four\n five */\ndesks = 0 # six\n", 6, "1 to 64" },
		{ "# a \"quote\nvision { # two\n # three\n\n workers = 0\n}\n", 5, "workers" },
		{ "node = \"\"\n", 1, "0 characters" },
		{ "transfer {\n limit = 5\n}\n", 2, "policy { transfer {" },
		{ "transfer { face = \"x\" }\n", 1, "proofs of a band" },
		{ "transfer { code = \"x\" }\n", 1, "\"otp\" in the proofs" },
		{ "listen_control = \"a:1\"\nlisten_video = \"a:1\"\n", 2, "own port" },
		{ "notify { channel = \"smtp\" }\n", 1, "smtp_url" },
	};
	const struct place *p = *state;
	char err[CONFIG_ERR_BYTES], want[CONFIG_ERR_BYTES];
	struct config *c;

	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		assert_int_equal(load(p, t[i].text, &c, err), RC_CONFIG);
		assert_null(c);
		snprintf(want, sizeof want, "%s:%d: ", p->file, t[i].line);
		if (strncmp(err, want, strlen(want)) != 0 || strstr(err, t[i].says) == NULL)
			fail_msg("case %zu: message \"%s\", wanted \"%s...%s\"", i, err, want, t[i].says);
	}
	assert_int_equal(config_load("/nonexistent/server.conf", &c, err, sizeof err), RC_CONFIG);
	assert_non_null(strstr(err, "/nonexistent/server.conf"));
}

/* The printed reference is itself a configuration with the same values. */
static void
test_reference_reads_back(void **state)
{
	const struct place *p = *state;
	char err[CONFIG_ERR_BYTES], *text = NULL;
	struct config *from_empty, *from_text;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	assert_non_null(f);
	config_print(f);
	fclose(f);
	assert_int_equal(load(p, "", &from_empty, err), RC_OK);
	if (load(p, text, &from_text, err) != RC_OK)
		fail_msg("%s", err);
	assert_true(from_text->policy.rule[0].line > 0);
	assert_true(config_line(from_text, "policy", "gallery_fmr") > config_line(from_text, "policy", "fmr"));
	assert_int_equal(config_line(from_empty, "policy", "fmr"), 0);
	from_text->policy.rule[0].line = 0;	/* built in */
	memset(from_text->lines, 0, sizeof from_text->lines);
	assert_memory_equal(from_empty, from_text, sizeof *from_empty);
	config_free(from_empty);
	config_free(from_text);
	free(text);
}

static void
test_secret_file(void **state)
{
	const struct place *p = *state;
	char err[CONFIG_ERR_BYTES], got[32];
	FILE *f = fopen(p->file, "w");

	assert_non_null(f);
	fputs("hunter2 but longer\n", f);
	fclose(f);
	chmod(p->file, 0640);
	assert_int_equal(config_secret(p->file, got, sizeof got, err, sizeof err), RC_FILE_MODE);
	assert_non_null(strstr(err, "chmod 600"));
	chmod(p->file, 0600);
	assert_int_equal(config_secret(p->file, got, sizeof got, err, sizeof err), RC_OK);
	assert_string_equal(got, "hunter2 but longer");
	assert_int_equal(config_secret(p->file, got, 8, err, sizeof err), RC_MALFORMED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_defaults_and_paths, place_make, place_drop),
		cmocka_unit_test_setup_teardown(test_moves, place_make, place_drop),
		cmocka_unit_test_setup_teardown(test_errors_name_the_line, place_make, place_drop),
		cmocka_unit_test_setup_teardown(test_reference_reads_back, place_make, place_drop),
		cmocka_unit_test_setup_teardown(test_secret_file, place_make, place_drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
