/*
 * test_gallery.c - searches of gallery.h against a plain scan of the same rows,
 * for each instruction set, while rows come and go.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "models/cpu_isa.h"
#include "models/gallery.h"
#include "proto/limits.h"

#define ROWS_MAX 3000

static uint32_t seed = 7;

static float
any_float(void)
{
	seed = seed * 1664525u + 1013904223u;
	return (float)(seed >> 8) / 8388608.0f - 1.0f;
}

static void
make_unit(float *v, uint32_t dim)
{
	double square = 0;

	for (uint32_t i = 0; i < dim; i++)
		square += (double)v[i] * (double)v[i];
	for (uint32_t i = 0; i < dim; i++)
		v[i] = (float)((double)v[i] / sqrt(square));
}

/* A few large numbers among small ones, so that codes are cut off too. */
static void
any_unit(float *v, uint32_t dim)
{
	for (uint32_t i = 0; i < dim; i++)
		v[i] = any_float() * (seed % 97 == 0 ? 8 : 1);
	make_unit(v, dim);
}

/* The same rows, plainly. */
struct plain {
	uint32_t dim, n;
	uint64_t id[ROWS_MAX];
	float    row[ROWS_MAX][VISION_EMBED_MAX];
};

static struct plain plain;

static void
both_add(struct gallery *g, uint64_t id, const float *v)
{
	assert_int_equal(gallery_add(g, id, v, NULL, 0), RC_OK);
	plain.id[plain.n] = id;
	memcpy(plain.row[plain.n++], v, plain.dim * sizeof *v);
}

static void
both_remove(struct gallery *g, uint32_t i)
{
	assert_int_equal(gallery_remove(g, plain.id[i]), RC_OK);
	plain.n--;
	plain.id[i] = plain.id[plain.n];
	memmove(plain.row[i], plain.row[plain.n], sizeof plain.row[i]);
}

static double
plain_cosine(uint32_t i, const float *q)
{
	double sum = 0;

	for (uint32_t k = 0; k < plain.dim; k++)
		sum += (double)plain.row[i][k] * (double)q[k];
	return sum;
}

/* Every hit is true, in order, and no row that is better was left out. */
static void
check(const struct gallery *g, const float *q, uint32_t k, float threshold)
{
	struct gallery_hit hit[GALLERY_BEST_MAX];
	uint32_t n = 99, better = 0, reach = 0;

	assert_int_equal(gallery_search(g, q, k, threshold, hit, &n), RC_OK);
	assert_int_equal(gallery_rows(g), plain.n);
	for (uint32_t h = 0; h < n; h++) {
		uint32_t i = 0;

		while (i < plain.n && plain.id[i] != hit[h].id)
			i++;
		assert_true(i < plain.n);
		assert_true(fabs(plain_cosine(i, q) - (double)hit[h].cosine) < 1e-6);
		assert_true(hit[h].cosine >= threshold);
		assert_true(h == 0 || hit[h - 1].cosine >= hit[h].cosine);
	}
	for (uint32_t i = 0; i < plain.n; i++) {
		double c = plain_cosine(i, q);

		reach += (float)c >= threshold;
		better += n > 0 && (float)c > hit[n - 1].cosine;
	}
	assert_int_equal(n, reach < k ? reach : k);
	assert_true(better < k);
}

static void
check_many(const struct gallery *g)
{
	float q[VISION_EMBED_MAX];

	for (int i = 0; i < 6; i++) {
		any_unit(q, plain.dim);
		check(g, q, 1, -2);
		check(g, q, 5, -2);
		check(g, q, GALLERY_BEST_MAX, .1f);
		if (plain.n == 0)
			continue;
		memcpy(q, plain.row[seed % plain.n], sizeof q);	/* a noisy copy of a row */
		for (uint32_t k = 0; k < plain.dim; k++)
			q[k] += any_float() * .9f / sqrtf((float)plain.dim);
		make_unit(q, plain.dim);
		check(g, q, 3, .5f);
		check(g, q, 1, .99f);
	}
}

static void
life_of(uint32_t dim, uint32_t first)
{
	struct gallery *g = NULL;
	float v[VISION_EMBED_MAX];
	char err[200] = "";

	memset(&plain, 0, sizeof plain);
	plain.dim = dim;
	assert_int_equal(gallery_open(&g, dim, first, err, sizeof err), RC_OK);
	check_many(g);
	for (uint32_t i = 0; i < 1500; i++) {
		any_unit(v, dim);
		both_add(g, (uint64_t)i << 32 | 5, v);
		if (i % 3 == 2)
			both_remove(g, seed % plain.n);
		if (i % 500 == 10)
			check_many(g);
	}
	check_many(g);
	while (plain.n > 0)
		both_remove(g, seed++ % plain.n);
	check_many(g);
	gallery_close(g);
}

static void
every_row_is_found(void **state)
{
	static const uint32_t dims[] = { 1, 2, 33, 64, 192, 511, 512, VISION_EMBED_MAX };

	(void)state;
	for (size_t i = 0; i < sizeof dims / sizeof dims[0]; i++)
		life_of(dims[i], i % 2 == 0 ? 0 : 1200);
}

static void
near_the_threshold_nothing_is_lost(void **state)
{
	struct gallery *g = NULL;
	struct gallery_hit hit[GALLERY_BEST_MAX];
	float v[256] = { 0 }, q[256] = { 1 };
	uint32_t n = 0;

	(void)state;
	assert_int_equal(gallery_open(&g, 256, 0, NULL, 0), RC_OK);
	for (uint64_t i = 0; i < 40; i++) {	/* cosines .5 and a little, below and above */
		v[0] = .5f + ((float)i - 20) * 1e-6f;
		v[1 + i] = sqrtf(1 - v[0] * v[0]);
		assert_int_equal(gallery_add(g, i, v, NULL, 0), RC_OK);
		v[1 + i] = 0;
	}
	assert_int_equal(gallery_search(g, q, GALLERY_BEST_MAX, .5f, hit, &n), RC_OK);
	assert_int_equal(n, 20);
	for (uint32_t i = 0; i < n; i++)
		assert_int_equal(hit[i].id, 39 - i);
	gallery_close(g);
}

static void
equal_faces_come_by_id(void **state)
{
	struct gallery *g = NULL;
	struct gallery_hit hit[3];
	float v[64] = { 1 };
	uint32_t n = 0;

	(void)state;
	assert_int_equal(gallery_open(&g, 64, 0, NULL, 0), RC_OK);
	for (uint64_t i = 10; i > 0; i--)
		assert_int_equal(gallery_add(g, i, v, NULL, 0), RC_OK);
	assert_int_equal(gallery_search(g, v, 3, .9f, hit, &n), RC_OK);
	assert_int_equal(n, 3);
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(hit[i].id, i + 1);
	gallery_close(g);
}

static void
bad_input_is_refused(void **state)
{
	struct gallery *g = NULL;
	struct gallery_hit hit[1];
	float v[64] = { 1 }, half[64] = { .5f }, nan[64] = { NAN };
	uint32_t n = 7;

	(void)state;
	assert_int_equal(gallery_open(&g, 0, 0, NULL, 0), RC_INVALID);
	assert_int_equal(gallery_open(&g, VISION_EMBED_MAX + 1, 0, NULL, 0), RC_INVALID);
	assert_int_equal(gallery_open(&g, 64, 0, NULL, 0), RC_OK);
	assert_int_equal(gallery_add(g, 1, half, NULL, 0), RC_INVALID);
	assert_int_equal(gallery_add(g, 1, nan, NULL, 0), RC_INVALID);
	assert_int_equal(gallery_remove(g, 1), RC_NOT_FOUND);
	assert_int_equal(gallery_add(g, 1, v, NULL, 0), RC_OK);
	assert_int_equal(gallery_add(g, 1, v, NULL, 0), RC_EXISTS);
	assert_int_equal(gallery_rows(g), 1);
	assert_int_equal(gallery_search(g, half, 1, 0, hit, &n), RC_INVALID);
	assert_int_equal(n, 0);
	assert_int_equal(gallery_search(g, v, 0, 0, hit, &n), RC_INVALID);
	assert_int_equal(gallery_search(g, v, GALLERY_BEST_MAX + 1, 0, hit, &n), RC_INVALID);
	assert_int_equal(gallery_search(g, v, 1, NAN, hit, &n), RC_INVALID);
	gallery_close(g);
	gallery_close(NULL);
}

/* Reads VmLck of this process, in KiB. */
static unsigned long
locked_now(void)
{
	FILE *f = fopen("/proc/self/status", "r");
	char line[200];
	unsigned long kib = 0;

	assert_non_null(f);
	while (fgets(line, sizeof line, f) != NULL)
		(void)sscanf(line, "VmLck: %lu", &kib);
	fclose(f);
	return kib;
}

/* Sanitizers make mlock() do nothing. */
static bool
locking_works(void)
{
	unsigned long before = locked_now(), after;

	assert_int_equal(mlock(plain.id, sizeof plain.id), 0);
	after = locked_now();
	assert_int_equal(munlock(plain.id, sizeof plain.id), 0);
	return after > before;
}

/* In a process of its own, which may lock so much: 0 if it was refused with the right words, and rows were kept. */
static int
low_limit(rlim_t most)
{
	const struct rlimit limit = { most, most };
	struct gallery *g = NULL, *none = NULL;
	char err[300] = "", limit_words[120];
	float v[512] = { 1 };
	uint64_t id = 0;
	enum rc r = RC_OK;

	if (setrlimit(RLIMIT_MEMLOCK, &limit) != 0 || (geteuid() == 0 && setuid(65534) != 0))
		return 1;
	if (gallery_open(&none, 512, 10000, err, sizeof err) != RC_NOMEM || strstr(err, "LimitMEMLOCK") == NULL)
		return 2;
	if (gallery_open(&g, 512, 0, err, sizeof err) != RC_OK)
		return 3;
	err[0] = '\0';
	while (id < 10000 && (r = gallery_add(g, id, v, err, sizeof err)) == RC_OK)
		id++;
	if (r != RC_NOMEM || strstr(err, "LimitMEMLOCK") == NULL || gallery_rows(g) != id)
		return 4;
	(void)snprintf(limit_words, sizeof limit_words, " %zu MiB of locked memory are needed, the limit for all of the process is %zu MiB",
	    (gallery_bytes_locked(512, (uint32_t)id + 1) >> 20) + 1, (size_t)most >> 20);
	if (strstr(err, limit_words) == NULL || gallery_bytes_locked(512, (uint32_t)id) > most ||
	    gallery_bytes_locked(512, (uint32_t)id + 1) <= most)
		return 5;
	gallery_close(g);
	return 0;
}

static void
a_low_limit_of_locked_memory_is_named(void **state)
{
	static const rlim_t most[] = { 1 << 20, 4 << 20, 8 << 20 };	/* one, two and four segments */

	(void)state;
	if (!locking_works())
		skip();
	for (size_t i = 0; i < sizeof most / sizeof most[0]; i++) {
		int status = -1;
		pid_t child;

		if ((child = fork()) == 0)
			_exit(low_limit(most[i]));
		assert_true(child > 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_int_equal(status, 0);
	}
}

static void
memory_is_locked_and_given_back(void **state)
{
	struct gallery *g = NULL;
	unsigned long before = locked_now();

	(void)state;
	if (!locking_works())
		skip();
	assert_int_equal(gallery_open(&g, 128, 1000, NULL, 0), RC_OK);
	assert_true(locked_now() - before >= 128 * 4 * 1000 / 1024);
	assert_true(gallery_bytes(g) >= 1000 * 128 * 4);
	gallery_close(g);
	assert_int_equal(locked_now(), before);
}

int
main(void)
{
	static const char *const limits[] = { "SSE41", "AVX2", "ALL" };
	const struct CMUnitTest each[] = {
		cmocka_unit_test(every_row_is_found),
		cmocka_unit_test(near_the_threshold_nothing_is_lost),
	};
	const struct CMUnitTest once[] = {
		cmocka_unit_test(equal_faces_come_by_id),
		cmocka_unit_test(bad_input_is_refused),
		cmocka_unit_test(memory_is_locked_and_given_back),
		cmocka_unit_test(a_low_limit_of_locked_memory_is_named),
	};
	int failed = 0;

	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
		if (setenv("ONEDNN_MAX_CPU_ISA", limits[i], 1) != 0)
			return 1;
		failed += cmocka_run_group_tests_name(cpu_isa_name(cpu_isa_best()), each, NULL, NULL);
	}
	return failed + cmocka_run_group_tests(once, NULL, NULL);
}
