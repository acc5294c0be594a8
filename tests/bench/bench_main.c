/*
 * bench_main.c - countersign-bench: how fast the parts are.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "models/net_kernels.h"
#include "proto/crypto.h"

void
bench_times_add(struct bench_times *t, float ms)
{
	if (t->n < BENCH_RUNS_MAX)
		t->ms[t->n++] = ms;
}

static int
by_time(const void *a, const void *b)
{
	const float *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

float
bench_times_at(struct bench_times *t, double part)
{
	if (t->n == 0)
		return 0.0f;
	qsort(t->ms, t->n, sizeof t->ms[0], by_time);
	return t->ms[(size_t)(part * (double)(t->n - 1) + 0.5)];
}

static int
usage(void)
{
	(void)fprintf(stderr,
	    "usage: countersign-bench vision [--threads N] [--json] [--models DIR] [--picture JPEG]\n"
	    "Times are milliseconds. Exit status: 0 measured, 1 something could not be measured, 2 wrong usage.\n");
	return 2;
}

int
main(int argc, char **argv)
{
	static const struct option known[] = {
		{ "models", required_argument, NULL, 'm' }, { "picture", required_argument, NULL, 'p' },
		{ "threads", required_argument, NULL, 't' }, { "json", no_argument, NULL, 'j' }, { 0 },
	};
	struct bench_options o = { COUNTERSIGN_MODELS, COUNTERSIGN_PICTURE, 1, false };
	int c;

	if (argc < 2 || strcmp(argv[1], "vision") != 0)
		return usage();
	while ((c = getopt_long(argc - 1, argv + 1, "", known, NULL)) != -1) {
		switch (c) {
		case 'm': o.models = optarg; break;
		case 'p': o.picture = optarg; break;
		case 't': o.threads = atoi(optarg); break;
		case 'j': o.json = true; break;
		default: return usage();
		}
	}
	if (optind != argc - 1 || o.threads < 1 || o.threads > 64)
		return usage();
	if (crypto_init() != RC_OK)
		return 1;
	kernels_use_threads(o.threads);
	return bench_vision(&o);
}
