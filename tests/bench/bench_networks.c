/*
 * bench_networks.c - see bench_networks.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench_networks.h"
#include "models/cpu_isa.h"
#include "models/net_check.h"
#include "models/net_darknet.h"
#include "models/net_kernels.h"
#include "proto/stopwatch.h"

#define WARM_RUNS   2		/* of each block of runs, not counted */
#define PEAK_SIDE   1024	/* of the matrices, before and after each network */
#define PEAK_SMALL  512		/* in between: short enough to fit into a quiet moment */
#define DIFFERS_F32 5e-4f	/* a peer that computes in float32 the same network stays far below */

const char *const bench_side_name[SIDES] = { "f32", "bf16", "stock", "opencv", "ort" };
static const size_t block_runs[SIDES] = { 10, 10, 1, 6, 10 };
#define BLOCK_MAX (10 + WARM_RUNS)
#define SLOW_EVERY  4		/* rounds, for what takes long */

/* One network with everything that runs it. */
struct stand {
	struct bench_network *w;
	struct net *net[SIDES];		/* ours; NULL for peers */
	struct bench_peer *peer;	/* [SIDES] */
	float *planar, *planar_out, *from_peer;
};

float
bench_network_least(struct bench_network *w, enum bench_side side)
{
	return w->has[side] ? bench_times_at(&w->times[side], 0) : 0.0f;
}

static float
worst(const float *a, const float *b, size_t n)
{
	float most = 0.0f;

	for (size_t i = 0; i < n; i++) {
		float d = fabsf(a[i] - b[i]) / fmaxf(1.0f, fabsf(b[i]));

		most = d > most || isnan(d) ? d : most;
	}
	return most;
}

static bool
open_ours(struct stand *s, enum bench_side side, enum net_backend backend)
{
	const struct net_setup setup = { .backend = backend };
	char err[512] = "out of memory";

	if (net_open(&s->net[side], &s->w->model, &setup, 0, err, sizeof err) != RC_OK) {
		(void)fprintf(stderr, "countersign-bench: %s in %s: %s\n", s->w->model.name, bench_side_name[side], err);
		return false;
	}
	net_check_picture(net_input(s->net[side]), model_shape_floats(net_shape_in(s->net[side])));
	net_planes(net_run(s->net[side]), net_shape_out(s->net[side]), s->from_peer);
	if (side == SIDE_F32)
		memcpy(s->planar_out, s->from_peer, model_shape_floats(s->w->model.out) * sizeof *s->planar_out);
	s->w->differs[side] = worst(s->from_peer, s->planar_out, model_shape_floats(s->w->model.out));
	return true;
}

/* onnxruntime has a form of its own of networks with PReLU (to_onnx.py). */
static bool
open_peer(struct stand *s, enum bench_side side, const char *onnx)
{
	struct model *m = &s->w->model;
	char path[4096];

	(void)snprintf(path, sizeof path, "%s/%s.split.onnx", onnx, m->name);
	if (side != SIDE_ORT || access(path, R_OK) != 0)
		(void)snprintf(path, sizeof path, "%s/%s.onnx", onnx, m->name);
	if (!bench_peer_open(&s->peer[side], path, m->in, s->planar, s->from_peer, model_shape_floats(m->out)))
		return false;
	s->w->differs[side] = worst(s->from_peer, s->planar_out, model_shape_floats(m->out));
	if (s->w->differs[side] <= DIFFERS_F32)
		return true;
	(void)fprintf(stderr, "countersign-bench: %s computes %s with a difference of %g: not counted\n",
	    s->peer[side].name, m->name, (double)s->w->differs[side]);
	return false;
}

static bool
stand_open(struct stand *s, const char *onnx)
{
	struct bench_network *w = s->w;

	s->planar = calloc(model_shape_floats(w->model.in), sizeof *s->planar);
	s->planar_out = calloc(model_shape_floats(w->model.out), sizeof *s->planar_out);
	s->from_peer = calloc(model_shape_floats(w->model.out), sizeof *s->from_peer);
	if (s->planar == NULL || s->planar_out == NULL || s->from_peer == NULL || !open_ours(s, SIDE_F32, NET_F32))
		return false;
	w->has[SIDE_F32] = true;
	w->gflop = net_gflop(s->net[SIDE_F32]);
	net_planes(net_input(s->net[SIDE_F32]), net_shape_in(s->net[SIDE_F32]), s->planar);
	w->has[SIDE_BF16] = cpu_isa_best() >= CPU_ISA_AVX512_BF16 && open_ours(s, SIDE_BF16, NET_BF16);
	w->has[SIDE_STOCK] = open_ours(s, SIDE_STOCK, NET_STOCK);
	w->has[SIDE_OPENCV] = open_peer(s, SIDE_OPENCV, onnx);
	w->has[SIDE_ORT] = open_peer(s, SIDE_ORT, onnx);
	return true;
}

static void
stand_close(struct stand *s)
{
	for (int side = 0; side < SIDES; side++)
		net_close(s->net[side]);
	free(s->planar);
	free(s->planar_out);
	free(s->from_peer);
}

static void
time_block(struct stand *s, enum bench_side side)
{
	size_t warm = side == SIDE_STOCK ? 0 : WARM_RUNS, runs = warm + block_runs[side];
	float ms[BLOCK_MAX];

	if (s->net[side] == NULL) {
		s->w->has[side] = bench_peer_run(&s->peer[side], runs, ms);
		if (!s->w->has[side])
			return;
	}
	for (size_t i = 0; s->net[side] != NULL && i < runs; i++) {
		int64_t start = stopwatch_us();

		(void)net_run(s->net[side]);
		ms[i] = stopwatch_ms_since(start);
	}
	for (size_t i = warm; i < runs; i++)
		bench_times_add(&s->w->times[side], ms[i]);
}

static void
look_at_peak(struct bench_networks *b, int side)
{
	b->peak_gflops = fmax(b->peak_gflops, kernels_peak_gflops(side));
}

static bool
measure(struct bench_networks *b, struct bench_network *w, const char *onnx, struct bench_peer *peer, unsigned rounds)
{
	struct stand s = { .w = w, .peer = peer };
	bool ok = stand_open(&s, onnx);

	look_at_peak(b, PEAK_SIDE);
	for (unsigned round = 0; ok && round < rounds; round++) {
		bool slow = round % SLOW_EVERY == 0;

		for (enum bench_side side = 0; side < SIDES; side++)
			if (w->has[side] && (side != SIDE_STOCK || slow))
				time_block(&s, side);
		if (slow)
			look_at_peak(b, PEAK_SMALL);
	}
	look_at_peak(b, PEAK_SIDE);
	stand_close(&s);
	(void)fprintf(stderr, "%s done\n", w->model.name);
	return ok;
}

/* Every name in MANIFEST. */
static bool
list_networks(struct bench_networks *b, const char *models)
{
	char path[4096], line[512], err[512] = "", name[MODEL_NAME_BYTES + 1];
	bool ok = true;
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/MANIFEST", models);
	if ((f = fopen(path, "re")) == NULL) {
		(void)fprintf(stderr, "countersign-bench: %s cannot be read\n", path);
		return false;
	}
	while (ok && b->n < BENCH_NETWORKS_MAX && fgets(line, sizeof line, f) != NULL)
		if (sscanf(line, "network %31s", name) == 1)
			ok = model_find(models, name, &b->at[b->n++].model, err, sizeof err) == RC_OK;
	(void)fclose(f);
	if (!ok)
		(void)fprintf(stderr, "countersign-bench: %s\n", err);
	return ok && b->n > 0;
}

bool
bench_networks_run(struct bench_networks *b, const char *models, const char *onnx, struct bench_peer *peer,
    unsigned rounds)
{
	bool ok = list_networks(b, models);

	for (unsigned i = 0; i < b->n; i++)
		ok &= measure(b, &b->at[i], onnx, peer, rounds);
	return ok;
}
