/*
 * test_calibration.c - cosines by false match rate: the file is read strictly,
 * and thresholds and scores say the same.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "models/calibration.h"
#include "proto/crypto.h"

static char text[CALIBRATION_BYTES_MAX + 1];

/* single: .1 at 1e-1, .001 more a row, a step without rise from row 20 on; template: .05 higher. */
static struct calibration_table
sample(void)
{
	struct calibration_table t = { .embedder = "net-a", .embedder_version = 3, .pictures = 40, .identities = 30,
	    .frames = 5, .trials = { 5000, 700 }, .data = "some pictures", .command = "countersign-eval calibrate",
	    .measured = { 60, 0 } };

	for (uint32_t i = 0; i < CALIBRATION_ROWS; i++) {
		t.cosine[0][i] = .1f + .001f * (float)(i > 20 && i <= 30 ? 20 : i);
		t.cosine[1][i] = t.cosine[0][i] + .05f;
	}
	return t;
}

/* A models folder with this table and a MANIFEST that vouches for it. */
struct folder { char dir[64], table[128], manifest[128]; };

static void
folder_make(struct folder *f, const char *file_text, size_t n)
{
	uint8_t hash[DIGEST_BYTES];
	char hex[2 * DIGEST_BYTES + 1];
	FILE *to;

	(void)snprintf(f->dir, sizeof f->dir, "/tmp/countersign-calibration-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	(void)snprintf(f->table, sizeof f->table, "%s/" CALIBRATION_FILE, f->dir);
	(void)snprintf(f->manifest, sizeof f->manifest, "%s/MANIFEST", f->dir);
	assert_non_null(to = fopen(f->table, "wb"));
	assert_int_equal(fwrite(file_text, 1, n, to), n);
	assert_int_equal(fclose(to), 0);
	hash_plain(file_text, n, hash);
	hex_put(hash, sizeof hash, hex);
	assert_non_null(to = fopen(f->manifest, "wb"));
	(void)fprintf(to, "countersign-models 1\ncalibration " CALIBRATION_FILE " %zu %s\n\nnetwork x\n", n, hex);
	assert_int_equal(fclose(to), 0);
}

static void
folder_remove(struct folder *f)
{
	(void)unlink(f->table);
	(void)unlink(f->manifest);
	(void)rmdir(f->dir);
}

static struct calibration *
opened(void)
{
	struct calibration_table t = sample();
	struct calibration *c = NULL;
	struct folder f;
	char err[256] = "";
	size_t n = calibration_put(&t, text, sizeof text);

	assert_true(n > 0);
	folder_make(&f, text, n);
	if (calibration_open(&c, f.dir, err, sizeof err) != RC_OK)
		fail_msg("%s", err);
	folder_remove(&f);
	return c;
}

static void
what_is_written_is_read(void **state)
{
	struct calibration_table t = sample(), got = { 0 };
	char err[256];
	size_t n = calibration_put(&t, text, sizeof text);

	(void)state;
	assert_true(n > 0);
	assert_int_equal(calibration_get(text, n, &got, err, sizeof err), RC_OK);
	assert_string_equal(got.embedder, "net-a");
	assert_int_equal(got.embedder_version, 3);
	assert_int_equal(got.pictures, 40);
	assert_int_equal(got.identities, 30);
	assert_int_equal(got.frames, 5);
	assert_int_equal(got.trials[0], 5000);
	assert_int_equal(got.trials[1], 700);
	assert_string_equal(got.data, t.data);
	assert_string_equal(got.command, t.command);
	assert_int_equal(got.measured[0], 60);
	assert_int_equal(got.measured[1], 0);
	for (uint32_t i = 0; i < CALIBRATION_ROWS; i++)
		assert_true(fabsf(got.cosine[1][i] - t.cosine[1][i]) < 1e-6f);
}

static void
what_is_accepted_is_a_table(void **state)
{
	static char back[CALIBRATION_BYTES_MAX + 1];
	struct calibration_table t = sample(), got;
	char err[256];
	size_t n = calibration_put(&t, text, sizeof text);

	(void)state;
	memset(&got, 0x5a, sizeof got);
	for (size_t i = 0; i < n; i += i < 800 ? 1 : 13)
		assert_int_equal(calibration_get(text, i, &got, err, sizeof err), RC_MODEL_BAD);
	assert_int_equal(((unsigned char *)&got)[7], 0x5a);
	for (size_t i = 0; i < n; i += i < 800 ? 1 : 13) {
		char was = text[i];

		text[i] = '\0';
		assert_int_equal(calibration_get(text, n, &got, err, sizeof err), RC_MODEL_BAD);
		text[i] = (char)(was ^ 1);
		if (calibration_get(text, n, &got, err, sizeof err) == RC_OK) {	/* another letter, another digit */
			assert_int_equal(calibration_put(&got, back, sizeof back), n);
			assert_memory_equal(back, text, n);
		}
		text[i] = was;
	}
	text[n] = '\n';
	assert_int_equal(calibration_get(text, n + 1, &got, err, sizeof err), RC_MODEL_BAD);
}

/* The text with the first `from` replaced by `to` is refused, and the sentence has `word`. */
static void
refused(const char *from, const char *to, const char *word)
{
	static char changed[CALIBRATION_BYTES_MAX + 1];
	struct calibration_table t = sample(), got;
	char err[256] = "", *at;
	size_t n;

	assert_true(calibration_put(&t, text, sizeof text) > 0);
	assert_non_null(at = strstr(text, from));
	n = (size_t)snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
	assert_int_equal(calibration_get(changed, n, &got, err, sizeof err), RC_MODEL_BAD);
	if (strstr(err, word) == NULL)
		fail_msg("'%s' does not say '%s'", err, word);
}

static void
bad_lines_are_named(void **state)
{
	(void)state;
	refused("countersign-calibration 1", "countersign-calibration 2", "line 1 ");
	refused("# embedder net-a 3", "# embedder net-a", "line 2 ");
	refused("# pictures 40", "# pictures -40", "line 3 ");
	refused("# pictures 40", "# pictures 040", "line 3 ");
	refused("# data some pictures", "# data ", "cannot be shown");
	refused("kind\tfmr", "kind fmr", "line 10 ");
	refused("single\t1.000e-01", "single\t1.0e-01", "line 11 ");
	refused("0.100000", "nan", "line 11 ");
	refused("0.101000", "0.1010000", "line 12 ");
	refused("0.101000", "0.090000", "fall");
	refused("measured\n", "extrapolated\n", "line 11 ");
	refused("template\t1.000e-01", "single\t1.000e-01", "line 112 ");
	refused("\n", "\r\n", "line 1 ");
}

static void
tables_that_are_none_are_not_written(void **state)
{
	struct calibration_table t = sample();

	(void)state;
	assert_int_equal(calibration_put(&t, text, 100), 0);
	t.cosine[0][50] = NAN;
	assert_int_equal(calibration_put(&t, text, sizeof text), 0);
	t = sample();
	t.cosine[0][50] = .1f;
	assert_int_equal(calibration_put(&t, text, sizeof text), 0);
	t = sample();
	(void)snprintf(t.data, sizeof t.data, "two\nlines");
	assert_int_equal(calibration_put(&t, text, sizeof text), 0);
	t = sample();
	t.embedder[0] = '\0';
	assert_int_equal(calibration_put(&t, text, sizeof text), 0);
}

static void
thresholds_are_the_rows_and_between_them(void **state)
{
	struct calibration *c = opened();

	(void)state;
	assert_float_equal(calibration_threshold(c, CALIBRATION_SINGLE, 1e-1), .100f, 1e-5f);
	assert_float_equal(calibration_threshold(c, CALIBRATION_SINGLE, 1e-4), .160f, 1e-5f);
	assert_float_equal(calibration_threshold(c, CALIBRATION_SINGLE, 1e-6), .200f, 1e-5f);
	assert_float_equal(calibration_threshold(c, CALIBRATION_TEMPLATE, 1e-4), .210f, 1e-5f);
	assert_float_equal(calibration_threshold(c, CALIBRATION_SINGLE, pow(10, -4.025)), .1605f, 1e-5f);
	calibration_close(c);
}

static void
rates_outside_the_table_let_nobody_pass(void **state)
{
	static const double fmr[] = { 0.0, -1.0, 9e-7, .11, 1.0, INFINITY, -INFINITY, NAN };
	struct calibration *c = opened();

	(void)state;
	for (size_t i = 0; i < sizeof fmr / sizeof fmr[0]; i++)
		assert_true(calibration_threshold(c, CALIBRATION_SINGLE, fmr[i]) > 1.0f);
	calibration_close(c);
}

static void
scores_are_thresholds_read_backwards(void **state)
{
	struct calibration *c = opened();

	(void)state;
	assert_float_equal(calibration_score(c, CALIBRATION_SINGLE, .160f), 4.0f, 1e-3f);
	assert_float_equal(calibration_score(c, CALIBRATION_SINGLE, .1605f), 4.025f, 1e-3f);
	assert_float_equal(calibration_score(c, CALIBRATION_TEMPLATE, .210f), 4.0f, 1e-3f);
	assert_float_equal(calibration_score(c, CALIBRATION_SINGLE, -1.0f), 1.0f, 0.0f);
	assert_float_equal(calibration_score(c, CALIBRATION_SINGLE, NAN), 1.0f, 0.0f);
	assert_float_equal(calibration_score(c, CALIBRATION_SINGLE, 1.0f), 6.0f, 0.0f);
	/* where the table does not rise, the rarest rate counts: they all pass */
	assert_float_equal(calibration_score(c, CALIBRATION_SINGLE, .1201f), 2.5f, .01f);
	for (double e = 1.0; e <= 6.0; e += .013) {
		float t = calibration_threshold(c, CALIBRATION_SINGLE, pow(10, -e));

		assert_true(calibration_score(c, CALIBRATION_SINGLE, t + 1e-5f) >= (float)e - 1e-3f);
		assert_true(calibration_score(c, CALIBRATION_SINGLE, t - 1e-5f) <= (float)e + 1e-3f);
	}
	calibration_close(c);
}

static void
other_embedders_are_refused(void **state)
{
	struct vision_hello by = { .embedder = "net-a", .embedder_version = 3, .embed_dim = 192 };
	struct calibration *c = opened();
	char err[512] = "";

	(void)state;
	assert_int_equal(calibration_check(c, &by, err, sizeof err), RC_OK);
	by.embedder_version = 4;
	assert_int_equal(calibration_check(c, &by, err, sizeof err), RC_MODEL_BAD);
	assert_non_null(strstr(err, "version 4"));
	(void)snprintf(by.embedder, sizeof by.embedder, "net-b");
	by.embedder_version = 3;
	assert_int_equal(calibration_check(c, &by, err, sizeof err), RC_MODEL_BAD);
	assert_non_null(strstr(err, "net-b"));
	calibration_close(c);
}

static void
files_manifest_does_not_vouch_for_are_refused(void **state)
{
	struct calibration_table t = sample();
	struct calibration *c = NULL;
	struct folder f;
	char err[512] = "";
	size_t n = calibration_put(&t, text, sizeof text);
	FILE *to;

	(void)state;
	folder_make(&f, text, n);
	assert_non_null(to = fopen(f.table, "r+b"));
	assert_int_equal(fputs("# C", to) >= 0, 1);
	assert_int_equal(fclose(to), 0);
	assert_int_equal(calibration_open(&c, f.dir, err, sizeof err), RC_MODEL_BAD);
	assert_non_null(strstr(err, "was changed"));
	assert_int_equal(unlink(f.table), 0);
	assert_int_equal(calibration_open(&c, f.dir, err, sizeof err), RC_MODEL_BAD);
	assert_non_null(strstr(err, CALIBRATION_FILE));
	assert_non_null(to = fopen(f.manifest, "wb"));
	assert_int_equal(fputs("countersign-models 1\nnetwork calibration\n", to) >= 0, 1);
	assert_int_equal(fclose(to), 0);
	assert_int_equal(calibration_open(&c, f.dir, err, sizeof err), RC_MODEL_BAD);
	assert_non_null(strstr(err, "does not name a file"));
	folder_remove(&f);
	folder_make(&f, "rubbish\n", 8);
	assert_int_equal(calibration_open(&c, f.dir, err, sizeof err), RC_MODEL_BAD);
	assert_non_null(strstr(err, "line 1 "));
	assert_null(c);
	folder_remove(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(what_is_accepted_is_a_table),
		cmocka_unit_test(bad_lines_are_named),
		cmocka_unit_test(tables_that_are_none_are_not_written),
		cmocka_unit_test(thresholds_are_the_rows_and_between_them),
		cmocka_unit_test(rates_outside_the_table_let_nobody_pass),
		cmocka_unit_test(scores_are_thresholds_read_backwards),
		cmocka_unit_test(other_embedders_are_refused),
		cmocka_unit_test(files_manifest_does_not_vouch_for_are_refused),
	};

	if (crypto_init() != RC_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
