/*
 * test_model_file.c - a network is loaded only from the very files that
 * MANIFEST names.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "models/net_darknet.h"
#include "proto/crypto.h"

#define NETWORK "fr_landmark"

struct copy { char dir[64], manifest[128], cfg[128], weights[128]; };

static void
copy_file(const char *from, const char *to)
{
	static uint8_t buf[8u << 20];
	FILE *f = fopen(from, "rb"), *t = fopen(to, "wb");
	size_t n;

	assert_non_null(f);
	assert_non_null(t);
	n = fread(buf, 1, sizeof buf, f);
	assert_true(n > 0 && fwrite(buf, 1, n, t) == n);
	(void)fclose(f);
	assert_int_equal(fclose(t), 0);
}

/* A folder of models of the test's own, to be spoiled. */
static int
setup(void **state)
{
	static struct copy c;
	const char *source = getenv("COUNTERSIGN_SOURCE");
	char from[4096], sub[128];

	source = source != NULL ? source : ".";
	(void)snprintf(c.dir, sizeof c.dir, "/tmp/countersign-models-XXXXXX");
	if (mkdtemp(c.dir) == NULL)
		return -1;
	(void)snprintf(sub, sizeof sub, "%s/cfg", c.dir);
	(void)mkdir(sub, 0700);
	(void)snprintf(sub, sizeof sub, "%s/weights", c.dir);
	(void)mkdir(sub, 0700);
	(void)snprintf(c.manifest, sizeof c.manifest, "%s/MANIFEST", c.dir);
	(void)snprintf(c.cfg, sizeof c.cfg, "%s/cfg/" NETWORK ".cfg", c.dir);
	(void)snprintf(c.weights, sizeof c.weights, "%s/weights/" NETWORK ".weights", c.dir);
	(void)snprintf(from, sizeof from, "%s/models/MANIFEST", source);
	copy_file(from, c.manifest);
	(void)snprintf(from, sizeof from, "%s/models/cfg/" NETWORK ".cfg", source);
	copy_file(from, c.cfg);
	(void)snprintf(from, sizeof from, "%s/models/weights/" NETWORK ".weights", source);
	copy_file(from, c.weights);
	*state = &c;
	return 0;
}

static int
teardown(void **state)
{
	struct copy *c = *state;
	char sub[128];

	(void)unlink(c->manifest);
	(void)unlink(c->cfg);
	(void)unlink(c->weights);
	(void)rmdir(c->weights);
	(void)snprintf(sub, sizeof sub, "%s/cfg", c->dir);
	(void)rmdir(sub);
	(void)snprintf(sub, sizeof sub, "%s/weights", c->dir);
	(void)rmdir(sub);
	(void)rmdir(c->dir);
	return 0;
}

static enum rc
load(const struct copy *c, char *err, size_t err_n)
{
	struct net *n = NULL;
	struct model m;
	enum rc r;

	err[0] = '\0';
	if ((r = model_find(c->dir, NETWORK, &m, err, err_n)) == RC_OK &&
	    (r = net_open(&n, &m, &(struct net_setup){ .backend = NET_F32 }, 0, err, err_n)) == RC_OK)
		net_close(n);
	return r;
}

/* Refused, and the sentence names what it is about. */
static void
refused(const struct copy *c, const char *word)
{
	char err[512];

	assert_int_equal(load(c, err, sizeof err), RC_MODEL_BAD);
	if (strstr(err, word) == NULL)
		fail_msg("'%s' does not say '%s'", err, word);
}

static void
flip_byte(const char *path, long at)
{
	FILE *f = fopen(path, "r+b");
	int c;

	assert_non_null(f);
	assert_int_equal(fseek(f, at, SEEK_SET), 0);
	c = fgetc(f);
	assert_int_equal(fseek(f, at, SEEK_SET), 0);
	assert_int_not_equal(fputc(c ^ 1, f), EOF);
	assert_int_equal(fclose(f), 0);
}

/* MANIFEST with the first `from` replaced by `to`. */
static void
edit_manifest(const struct copy *c, const char *from, const char *to)
{
	char text[16384], *at;
	FILE *f = fopen(c->manifest, "rb");
	size_t n;

	assert_non_null(f);
	n = fread(text, 1, sizeof text - 1, f);
	(void)fclose(f);
	text[n] = '\0';
	at = strstr(text, from);
	assert_non_null(at);
	f = fopen(c->manifest, "wb");
	assert_non_null(f);
	(void)fwrite(text, 1, (size_t)(at - text), f);
	(void)fputs(to, f);
	(void)fputs(at + strlen(from), f);
	assert_int_equal(fclose(f), 0);
}

static void
good_files_load(void **state)
{
	char err[512];

	assert_int_equal(load(*state, err, sizeof err), RC_OK);
}

static void
changed_files_are_refused(void **state)
{
	struct copy *c = *state;

	flip_byte(c->weights, 500000);
	refused(c, "weights/" NETWORK ".weights was changed");
	flip_byte(c->weights, 500000);
	flip_byte(c->cfg, 200);
	refused(c, "cfg/" NETWORK ".cfg was changed");
}

static void
files_of_another_size_are_refused(void **state)
{
	struct copy *c = *state;

	assert_int_equal(truncate(c->weights, 1000), 0);
	refused(c, "bytes");
	assert_int_equal(truncate(c->weights, 0), 0);
	refused(c, "bytes");
}

static void
missing_files_are_refused(void **state)
{
	struct copy *c = *state;

	assert_int_equal(unlink(c->weights), 0);
	refused(c, "weights/" NETWORK ".weights");
	assert_int_equal(mkdir(c->weights, 0700), 0);
	refused(c, "is not a file");
	assert_int_equal(unlink(c->manifest), 0);
	refused(c, "MANIFEST");
}

static void
other_manifests_are_refused(void **state)
{
	struct copy *c = *state;

	edit_manifest(c, "network " NETWORK, "network something_else");
	refused(c, "does not name the network " NETWORK);
	edit_manifest(c, "network something_else", "network " NETWORK);
	edit_manifest(c, "countersign-models 1", "countersign-models 2");
	refused(c, "not a list of models of this version");
}

static void
other_shapes_are_refused(void **state)
{
	struct copy *c = *state;

	edit_manifest(c, "input 1 64 64", "input 1 64 96");
	refused(c, "shapes");
	edit_manifest(c, "input 1 64 96", "input 1 64 64");
	edit_manifest(c, "layers 50", "layers 51");
	refused(c, "number of layers");
	edit_manifest(c, "layers 51", "layers 50");
	edit_manifest(c, "layers 50\nprelu 0", "layers 50\nprelu 1");
	refused(c, "PReLU");
	edit_manifest(c, "layers 50\nprelu 1", "layers 50");
	refused(c, "not complete");
	edit_manifest(c, "input 1 64 64", "input 1 64");
	refused(c, "cannot be read");
}

static void
paths_stay_inside(void **state)
{
	struct copy *c = *state;

	edit_manifest(c, "cfg cfg/" NETWORK, "cfg ../cfg/" NETWORK);
	refused(c, "cannot be read");
	edit_manifest(c, "cfg ../cfg/" NETWORK, "cfg /cfg/" NETWORK);
	refused(c, "cannot be read");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(good_files_load, setup, teardown),
		cmocka_unit_test_setup_teardown(changed_files_are_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(files_of_another_size_are_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(missing_files_are_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(other_manifests_are_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(other_shapes_are_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(paths_stay_inside, setup, teardown),
	};

	if (crypto_init() != RC_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
