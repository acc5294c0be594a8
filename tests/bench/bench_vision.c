/*
 * bench_vision.c - the networks one by one, one frame's way through them, and
 * whole workers.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The frame is 640x480, JPEG quality 80, with the given face in the middle.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "bench_workers.h"
#include "models/face_pipeline.h"
#include "models/image_jpeg.h"
#include "models/net_kernels.h"
#include "models/quality.h"
#include "proto/stopwatch.h"

#define FAST_RUNS    400
#define STOCK_RUNS   15
#define WARM_RUNS    10
#define PEAK_SIDE    1024
#define LOAD_SECONDS 3.0
#define FRAME_W      640u
#define FRAME_H      480u
#define PICTURE_MAX  (4u << 20)

enum stage { DECODE, DETECT, LANDMARKS, EYES, ALIGN, EMBED, FRAME, STAGES };
static const char *const stage_name[STAGES] = { "decode", "detect", "landmarks", "eyes", "align", "embed", "frame" };

enum { NETWORKS = 4, LOADS = 2 };

struct row { const char *name; struct net *fast, *stock; struct bench_times f32, plain; };

struct vision {
	struct face_pipeline fast, stock;
	struct image_jpeg *jpeg;
	uint8_t frame[JPEG_MAX_BYTES];
	size_t frame_n;
	double peak;
	struct row row[NETWORKS];
	struct bench_times stage[STAGES];
	struct bench_load load[LOADS];
};

static void
time_net(struct net *n, int runs, struct bench_times *t)
{
	for (int i = -WARM_RUNS; i < runs; i++) {
		int64_t start = stopwatch_us();

		(void)net_run(n);
		if (i >= 0)
			bench_times_add(t, stopwatch_ms_since(start));
	}
}

static void
time_networks(struct vision *v)
{
	static const char *const name[NETWORKS] = { "tiny_face_detector", "face_landmark_68", "fr_landmark",
	    "mobilefacenet" };
	struct net *fast[NETWORKS] = { detector_net(v->fast.detector), landmarks_net(v->fast.landmarks),
	    eyes_net(v->fast.eyes), embedder_net(v->fast.embedder) };
	struct net *stock[NETWORKS] = { detector_net(v->stock.detector), landmarks_net(v->stock.landmarks),
	    eyes_net(v->stock.eyes), embedder_net(v->stock.embedder) };

	v->peak = kernels_peak_gflops(PEAK_SIDE);
	for (int i = 0; i < NETWORKS; i++) {
		struct row *r = &v->row[i];

		r->name = name[i];
		r->fast = fast[i];
		r->stock = stock[i];
		time_net(r->fast, FAST_RUNS, &r->f32);
		time_net(r->stock, STOCK_RUNS, &r->plain);
		(void)fprintf(stderr, "%s done\n", r->name);
	}
}

/* The picture in the middle of a grey frame, as a camera would send it. */
static enum rc
make_frame(struct vision *v, const char *picture)
{
	struct image face = { 0 }, frame = { 0 };
	enum rc r;

	if ((r = image_jpeg_read_file(v->jpeg, picture, PICTURE_MAX, &face)) != RC_OK ||
	    (r = image_make(&frame, FRAME_W, FRAME_H)) != RC_OK)
		goto out;
	memset(frame.rgb, 96, (size_t)FRAME_W * FRAME_H * 3);
	for (uint32_t y = 0; y < FRAME_H && y < face.height; y++)
		for (uint32_t x = 0; x < FRAME_W && x < face.width; x++) {
			uint32_t left = face.width < FRAME_W ? (FRAME_W - face.width) / 2 : 0;

			memcpy(frame.rgb + ((size_t)y * FRAME_W + left + x) * 3,
			    face.rgb + ((size_t)y * face.width + x) * 3, 3);
		}
	r = image_jpeg_encode(v->jpeg, &frame, 80, v->frame, sizeof v->frame, &v->frame_n);
out:
	image_free(&face);
	image_free(&frame);
	return r;
}

static void
lap(struct vision *v, enum stage s, int64_t *start, bool keep)
{
	if (keep)
		bench_times_add(&v->stage[s], stopwatch_ms_since(*start));
	*start = stopwatch_us();
}

static enum rc
one_frame(struct vision *v, bool keep)
{
	struct vision_features f = { 0 };
	struct image_pyramid pyramid = { 0 };
	struct image im;
	uint8_t chip[ALIGN_BYTES];
	int64_t begin = stopwatch_us(), start = begin;
	enum rc r;

	if ((r = image_jpeg_decode(v->jpeg, v->frame, v->frame_n, &im)) != RC_OK)
		return r;
	lap(v, DECODE, &start, keep);
	if ((r = image_pyramid_show(&pyramid, &im)) == RC_OK)
		r = detector_find(v->fast.detector, &pyramid, f.face, VISION_FACES_MAX, &f.faces);
	if (r == RC_OK && f.faces == 0)
		r = RC_NO_FACE;
	lap(v, DETECT, &start, keep);
	if (r == RC_OK)
		r = landmarks_run(v->fast.landmarks, &pyramid, &f.face[0], f.landmark);
	lap(v, LANDMARKS, &start, keep);
	if (r == RC_OK)
		r = eyes_run(v->fast.eyes, &pyramid, &f.face[0], &f.eye_left, &f.eye_right);
	lap(v, EYES, &start, keep);
	if (r == RC_OK && (r = align_chip(&pyramid, f.landmark, chip)) == RC_OK) {
		quality_pose(&f);
		quality_light(chip, &f);
	}
	lap(v, ALIGN, &start, keep);
	if (r == RC_OK)
		r = embedder_run(v->fast.embedder, chip, f.embedding, &f.embed_norm);
	lap(v, EMBED, &start, keep);
	image_pyramid_close(&pyramid);
	image_free(&im);
	if (keep)
		bench_times_add(&v->stage[FRAME], stopwatch_ms_since(begin));
	return r;
}

static void
print_text(struct vision *v)
{
	(void)printf("peak %.0f GFLOP/s (float32 matrix product)\n\n", v->peak);
	(void)printf("%-20s %7s %8s %8s %8s %8s %10s\n", "network", "GFLOP", "min ms", "median", "p99", "GFLOP/s",
	    "stock min");
	for (int i = 0; i < NETWORKS; i++) {
		struct row *r = &v->row[i];
		double least = (double)bench_times_at(&r->f32, 0);

		(void)printf("%-20s %7.4f %8.3f %8.3f %8.3f %8.0f %10.1f\n", r->name, net_gflop(r->fast), least,
		    (double)bench_times_at(&r->f32, .5), (double)bench_times_at(&r->f32, .99),
		    net_gflop(r->fast) * 1e3 / least, (double)bench_times_at(&r->plain, 0));
	}
	(void)printf("\n");
	for (int s = 0; s < STAGES; s++)
		(void)printf("%-20s min %.2f  median %.2f  p99 %.2f ms\n", stage_name[s],
		    (double)bench_times_at(&v->stage[s], 0), (double)bench_times_at(&v->stage[s], .5),
		    (double)bench_times_at(&v->stage[s], .99));
	(void)printf("\n");
	for (int i = 0; i < LOADS; i++)
		(void)printf("%d worker%s %.1f frames/s\n", i + 1, i == 0 ? " " : "s", v->load[i].frames_per_s);
	(void)printf("a worker's memory %ld kB, the second one's share %ld kB\n", v->load[0].rss_kb,
	    v->load[1].pss_last_kb);
}

static void
print_json(struct vision *v)
{
	(void)printf("{\"peak_gflops\": {\"f32\": %.1f}, \"networks\": [", v->peak);
	for (int i = 0; i < NETWORKS; i++) {
		struct row *r = &v->row[i];
		double least = (double)bench_times_at(&r->f32, 0);

		(void)printf("%s{\"name\": \"%s\", \"gflop\": %.4f, \"f32\": {\"min\": %.3f, \"median\": %.3f, "
		    "\"p99\": %.3f, \"gflops\": %.1f}, \"bf16\": null, \"stock\": {\"min\": %.2f, \"median\": %.2f}, "
		    "\"opencv\": null, \"ort\": null}", i > 0 ? ", " : "", r->name, net_gflop(r->fast), least,
		    (double)bench_times_at(&r->f32, .5), (double)bench_times_at(&r->f32, .99),
		    net_gflop(r->fast) * 1e3 / least, (double)bench_times_at(&r->plain, 0),
		    (double)bench_times_at(&r->plain, .5));
	}
	(void)printf("], \"frame\": {\"f32\": {\"min\": %.3f, \"median\": %.3f, \"p99\": %.3f}, \"bf16\": null, "
	    "\"stages\": {", (double)bench_times_at(&v->stage[FRAME], 0), (double)bench_times_at(&v->stage[FRAME], .5),
	    (double)bench_times_at(&v->stage[FRAME], .99));
	for (int s = 0; s < FRAME; s++)
		(void)printf("%s\"%s\": %.3f", s > 0 ? ", " : "", stage_name[s],
		    (double)bench_times_at(&v->stage[s], .5));
	(void)printf("}}, \"workers\": {");
	for (int i = 0; i < LOADS; i++)
		(void)printf("%s\"%d\": %.1f", i > 0 ? ", " : "", i + 1, v->load[i].frames_per_s);
	(void)printf("}, \"rss\": %ld, \"pss_second\": %ld}\n", v->load[0].rss_kb * 1024, v->load[1].pss_last_kb * 1024);
}

static bool
measure(struct vision *v, const struct bench_options *o)
{
	const struct net_setup fast = { .backend = NET_F32 }, stock = { .backend = NET_STOCK };
	char err[512] = "out of memory";

	if (face_pipeline_open(&v->fast, o->models, &fast, err, sizeof err) != RC_OK ||
	    face_pipeline_open(&v->stock, o->models, &stock, err, sizeof err) != RC_OK ||
	    image_jpeg_open(&v->jpeg) != RC_OK) {
		(void)fprintf(stderr, "countersign-bench: %s\n", err);
		return false;
	}
	if (make_frame(v, o->picture) != RC_OK || one_frame(v, false) != RC_OK) {
		(void)fprintf(stderr, "countersign-bench: %s: no face could be read from it\n", o->picture);
		return false;
	}
	time_networks(v);
	for (int i = -WARM_RUNS; i < FAST_RUNS; i++)
		if (one_frame(v, i >= 0) != RC_OK)
			return false;
	(void)fprintf(stderr, "frames done\n");
	for (int i = 0; i < LOADS; i++)
		if (!bench_workers(i + 1, o->models, v->frame, v->frame_n, LOAD_SECONDS, &v->load[i])) {
			(void)fprintf(stderr, "countersign-bench: the worker countersign-vision beside this program failed\n");
			return false;
		}
	return true;
}

int
bench_vision(const struct bench_options *o)
{
	struct vision *v = calloc(1, sizeof *v);
	bool ok = v != NULL && measure(v, o);

	if (ok && o->json)
		print_json(v);
	else if (ok)
		print_text(v);
	if (v != NULL) {
		image_jpeg_close(v->jpeg);
		face_pipeline_close(&v->fast);
		face_pipeline_close(&v->stock);
	}
	free(v);
	return ok ? 0 : 1;
}
