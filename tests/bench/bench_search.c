/*
 * bench_search.c - countersign-bench search: how long models/gallery.h takes
 * to find a face among many, and whether it finds what a plain scan finds.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The faces are made up, from a fixed seed: LATENT normal numbers through one
 * fixed random matrix, cut to unit length. The cosines of strangers then have a
 * standard deviation of about 1 / sqrt(LATENT) = .14, and reach .45, .53 and .6
 * once in 1e3, 1e4 and 1e5 pairs, as measured with photographs. Half of the
 * queries are noisy copies of a template, at cosines of .6 to .8, half are
 * strangers. Recall counts, over all queries, how many of the rows that a plain
 * scan of the float rows finds the search returned: those above THRESHOLD,
 * and the NEAREST best.
 */
#include <getopt.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench.h"
#include "models/cpu_isa.h"
#include "models/gallery.h"
#include "proto/limits.h"
#include "proto/stopwatch.h"
#include "tests/splitmix.h"

#define LATENT    51
#define QUERIES   64
#define ROUNDS    4		/* each query is timed so often */
#define THRESHOLD .6f
#define NEAREST   5
#define CHANGES   200		/* rows added and removed for their time */
#define LANES     8
#define WIDTH     ((VISION_EMBED_MAX + LANES - 1) / LANES * LANES)	/* zeros after dim */

/* What a plain scan found for one query. */
struct truth {
	struct gallery_hit above[GALLERY_BEST_MAX], nearest[NEAREST];
	uint32_t above_n, nearest_n;
};

struct search {
	uint32_t templates, dim;
	struct gallery *gallery;
	float  matrix[LATENT][WIDTH];
	float  query[QUERIES][WIDTH];
	struct truth truth[QUERIES];
	struct bench_times above, above_cpu, nearest;	/* cpu: of this thread, whatever else the machine does */
	uint64_t above_due, above_found, nearest_due, nearest_found;
	double add_us, remove_us;
};

/* ---- faces ---- */

/* Nearly normal: the sum of eight even numbers. */
static float
random_normal(uint64_t *state)
{
	uint64_t a = splitmix64(state), b = splitmix64(state);
	int32_t sum = 0;

	for (int i = 0; i < 64; i += 16)
		sum += (int32_t)(a >> i & 0xffff) + (int32_t)(b >> i & 0xffff);
	return ((float)sum / 65536 - 4) * 1.2247449f;
}

static void
make_unit(float *v, uint32_t dim)
{
	double square = 0;
	float length;

	for (uint32_t i = 0; i < dim; i++)
		square += (double)v[i] * (double)v[i];
	length = (float)sqrt(square);
	for (uint32_t i = 0; i < dim; i++)
		v[i] /= length;
}

/* Face number `who`, the same at every call. */
static void
face_make(const struct search *s, uint64_t who, float *v)
{
	uint64_t state = who * 0xd1342543de82ef95u + 1;

	memset(v, 0, WIDTH * sizeof *v);
	for (int k = 0; k < LATENT; k++) {
		float z = random_normal(&state);

		for (uint32_t i = 0; i < WIDTH; i++)
			v[i] += z * s->matrix[k][i];
	}
	make_unit(v, s->dim);
}

/* Strangers have numbers that no template has. */
static void
queries_make(struct search *s)
{
	uint64_t state = 77;
	float mate[WIDTH];

	for (uint32_t q = 0; q < QUERIES; q++) {
		float *v = s->query[q];
		float c = .6f + .2f * (float)q / QUERIES, dot = 0;

		face_make(s, (uint64_t)1 << 40 | q, v);
		if (q % 2 == 0)
			continue;
		face_make(s, splitmix64(&state) % s->templates, mate);
		for (uint32_t i = 0; i < s->dim; i++)
			dot += v[i] * mate[i];
		for (uint32_t i = 0; i < s->dim; i++)
			v[i] -= dot * mate[i];
		make_unit(v, s->dim);
		for (uint32_t i = 0; i < s->dim; i++)
			v[i] = c * mate[i] + sqrtf(1 - c * c) * v[i];
		make_unit(v, s->dim);
	}
}

/* ---- the plain scan ---- */

static float
plain_cosine(const float *a, const float *b)
{
	double sum[LANES] = { 0 }, all = 0;

	for (uint32_t i = 0; i < WIDTH; i += LANES)
		for (uint32_t k = 0; k < LANES; k++)
			sum[k] += (double)a[i + k] * (double)b[i + k];
	for (uint32_t k = 0; k < LANES; k++)
		all += sum[k];
	return (float)all;
}

static void
truth_add(struct truth *t, struct gallery_hit h)
{
	uint32_t i;

	if (h.cosine >= THRESHOLD && t->above_n < GALLERY_BEST_MAX)
		t->above[t->above_n++] = h;
	if (t->nearest_n == NEAREST && h.cosine <= t->nearest[NEAREST - 1].cosine)
		return;
	if (t->nearest_n < NEAREST)
		t->nearest_n++;
	for (i = t->nearest_n - 1; i > 0 && h.cosine > t->nearest[i - 1].cosine; i--)
		t->nearest[i] = t->nearest[i - 1];
	t->nearest[i] = h;
}

static void
plain_scan(struct search *s)
{
	float v[WIDTH];

	for (uint32_t row = 0; row < s->templates; row++) {
		if (row % 100000 == 0)
			(void)fprintf(stderr, "plain scan: %u of %u\n", row, s->templates);
		face_make(s, row, v);
		for (uint32_t q = 0; q < QUERIES; q++)
			truth_add(&s->truth[q], (struct gallery_hit){ row, plain_cosine(v, s->query[q]) });
	}
}

/* ---- measuring ---- */

static uint64_t
count_found(const struct gallery_hit *due, uint32_t due_n, const struct gallery_hit *hit, uint32_t n)
{
	uint64_t found = 0;

	for (uint32_t d = 0; d < due_n; d++)
		for (uint32_t h = 0; h < n; h++)
			found += due[d].id == hit[h].id;
	return found;
}

static double
cpu_ms(void)
{
	struct timespec t = { 0 };

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static enum rc
search_measure(struct search *s)
{
	struct gallery_hit hit[GALLERY_BEST_MAX];
	uint32_t n = 0;
	enum rc r;

	for (uint32_t i = 0; i < QUERIES * ROUNDS; i++) {
		const float *q = s->query[i % QUERIES];
		struct truth *t = &s->truth[i % QUERIES];
		int64_t start = stopwatch_us();
		double cpu = cpu_ms();

		if ((r = gallery_search(s->gallery, q, GALLERY_BEST_MAX, THRESHOLD, hit, &n)) != RC_OK)
			return r;
		bench_times_add(&s->above, (float)(stopwatch_us() - start) / 1e3f);
		bench_times_add(&s->above_cpu, (float)(cpu_ms() - cpu));
		s->above_due += t->above_n;
		s->above_found += count_found(t->above, t->above_n, hit, n);
		start = stopwatch_us();
		if ((r = gallery_search(s->gallery, q, NEAREST, -2, hit, &n)) != RC_OK)
			return r;
		bench_times_add(&s->nearest, (float)(stopwatch_us() - start) / 1e3f);
		s->nearest_due += t->nearest_n;
		s->nearest_found += count_found(t->nearest, t->nearest_n, hit, n);
	}
	return RC_OK;
}

/* Rows come and go at the end, so that the search afterwards sees the same ones. */
static enum rc
changes_measure(struct search *s)
{
	float v[WIDTH];
	int64_t start, added = 0, removed = 0;
	enum rc r;

	for (uint32_t i = 0; i < CHANGES; i++) {
		face_make(s, (uint64_t)1 << 41 | i, v);
		start = stopwatch_us();
		if ((r = gallery_add(s->gallery, (uint64_t)1 << 41 | i, v, NULL, 0)) != RC_OK)
			return r;
		added += stopwatch_us() - start;
	}
	start = stopwatch_us();
	for (uint32_t i = 0; i < CHANGES; i++)
		if ((r = gallery_remove(s->gallery, (uint64_t)1 << 41 | i)) != RC_OK)
			return r;
	removed = stopwatch_us() - start;
	s->add_us = (double)added / CHANGES;
	s->remove_us = (double)removed / CHANGES;
	return RC_OK;
}

static enum rc
search_fill(struct search *s, char *err, size_t err_n)
{
	uint64_t state = 3;
	float v[WIDTH];
	enum rc r;

	for (int k = 0; k < LATENT; k++)
		for (uint32_t i = 0; i < s->dim; i++)
			s->matrix[k][i] = random_normal(&state);
	if ((r = gallery_open(&s->gallery, s->dim, s->templates, err, err_n)) != RC_OK)
		return r;
	for (uint32_t row = 0; r == RC_OK && row < s->templates; row++) {
		if (row % 100000 == 0)
			(void)fprintf(stderr, "filling: %u of %u\n", row, s->templates);
		face_make(s, row, v);
		r = gallery_add(s->gallery, row, v, err, err_n);
	}
	return r;
}

static double
part(uint64_t found, uint64_t due)
{
	return due == 0 ? 0 : (double)found / (double)due;
}

static void
search_print(struct search *s, bool json)
{
	double above = part(s->above_found, s->above_due), nearest = part(s->nearest_found, s->nearest_due);
	const char *isa = cpu_isa_name(cpu_isa_best());

	if (json)
		(void)printf("{\"templates\": %u, \"dim\": %u, \"isa\": \"%s\", \"queries\": %d, \"threshold\": %.2f,\n"
		    " \"ms_median\": %.3f, \"ms_p99\": %.3f, \"recall\": %.6f, \"due\": %llu, \"bytes\": %zu,\n"
		    " \"cpu_ms_median\": %.3f, \"cpu_ms_p99\": %.3f,\n"
		    " \"nearest\": {\"k\": %d, \"ms_median\": %.3f, \"ms_p99\": %.3f, \"recall\": %.6f},\n"
		    " \"add_us\": %.1f, \"remove_us\": %.1f}\n", s->templates, s->dim, isa, QUERIES * ROUNDS, (double)THRESHOLD,
		    (double)bench_times_at(&s->above, .5), (double)bench_times_at(&s->above, .99), above,
		    (unsigned long long)s->above_due, gallery_bytes(s->gallery),
		    (double)bench_times_at(&s->above_cpu, .5), (double)bench_times_at(&s->above_cpu, .99), NEAREST,
		    (double)bench_times_at(&s->nearest, .5), (double)bench_times_at(&s->nearest, .99), nearest, s->add_us,
		    s->remove_us);
	else
		(void)printf("%u templates of %u numbers, %zu MiB, one thread, %s\n"
		    "all above %.2f: min %.2f median %.2f p99 %.2f ms, recall %.6f of %llu\n"
		    "  processor time: min %.2f median %.2f p99 %.2f ms\n"
		    "nearest %d:     min %.2f median %.2f p99 %.2f ms, recall %.6f of %llu\n"
		    "add %.1f us, remove %.1f us\n", s->templates, s->dim, gallery_bytes(s->gallery) >> 20, isa,
		    (double)THRESHOLD, (double)bench_times_at(&s->above, 0), (double)bench_times_at(&s->above, .5),
		    (double)bench_times_at(&s->above, .99), above, (unsigned long long)s->above_due,
		    (double)bench_times_at(&s->above_cpu, 0), (double)bench_times_at(&s->above_cpu, .5),
		    (double)bench_times_at(&s->above_cpu, .99), NEAREST, (double)bench_times_at(&s->nearest, 0), (double)bench_times_at(&s->nearest, .5),
		    (double)bench_times_at(&s->nearest, .99), nearest, (unsigned long long)s->nearest_due, s->add_us,
		    s->remove_us);
}

static int
search_run(struct search *s, bool json)
{
	char err[300] = "";
	enum rc r;

	if ((r = search_fill(s, err, sizeof err)) != RC_OK) {
		(void)fprintf(stderr, "countersign-bench search: %s\n", err[0] != '\0' ? err : rc_text(r));
		return BENCH_FAILED;
	}
	queries_make(s);
	plain_scan(s);
	if ((r = changes_measure(s)) != RC_OK || (r = search_measure(s)) != RC_OK) {
		(void)fprintf(stderr, "countersign-bench search: %s\n", rc_text(r));
		return BENCH_FAILED;
	}
	search_print(s, json);
	if (s->above_found == s->above_due && s->nearest_found == s->nearest_due && s->above_due > 0)
		return BENCH_MEASURED;
	(void)fprintf(stderr, "countersign-bench search: rows that a plain scan finds were missed\n");
	return BENCH_FAILED;
}

int
bench_search(int argc, char **argv)
{
	static const struct option options[] = {
		{ "templates", required_argument, NULL, 't' },
		{ "dim", required_argument, NULL, 'd' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	struct search *s = calloc(1, sizeof *s);
	bool json = false, good = s != NULL;
	int c, status;

	if (s == NULL)
		return BENCH_FAILED;
	s->templates = 100000;
	s->dim = VISION_EMBED_MAX;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (c == 't')
			good = good && bench_whole(optarg, NEAREST, GALLERY_ROWS_MAX - CHANGES, &s->templates);
		else if (c == 'd')
			good = good && bench_whole(optarg, LATENT, VISION_EMBED_MAX, &s->dim);
		else if (c == 'j')
			json = true;
		else
			good = false;
	status = good && optind == argc ? search_run(s, json) : bench_usage("search");
	gallery_close(s->gallery);
	free(s);
	return status;
}
