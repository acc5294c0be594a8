/*
 * bench_frame.c - see bench_frame.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "bench_frame.h"
#include "models/cpu_isa.h"
#include "models/face_frame.h"
#include "models/finder.h"
#include "models/quality.h"
#include "proto/stopwatch.h"

#define RUNS        8	/* of each kind in a round */
#define WARM_RUNS   2
#define FRAME_W     640u
#define FRAME_H     480u
#define QUALITY     80
#define PICTURE_MAX (4u << 20)
#define GREY        96
#define FRAME_BYTES ((size_t)FACE_FRAME_SIDE_MAX * FACE_FRAME_SIDE_MAX * 3)	/* that struct face_frame holds */

const char *const bench_stage_name[STAGES] = { "decode", "detect", "landmarks", "eyes", "align", "embed" };

const char *const bench_frame_network[BENCH_FRAME_NETWORKS] = { "tiny_face_detector", "face_landmark_68",
    "fr_landmark", "mobilefacenet", "fr_feature" };

/*
 * What the frame measured here runs, in its order: two looks for faces, landmarks,
 * the eyes where a followed face would have them, both lids, the eyes again in the
 * box that was found (face_pipeline.c), the embedding.
 */
static const struct { const char *name; unsigned times; } ran[] = {
	{ "tiny_face_detector", 2 }, { "face_landmark_68", 1 }, { "fr_landmark", 1 }, { "fr_eye", 2 },
	{ "fr_landmark", 1 }, { "mobilefacenet", 1 }, { "fr_feature", 1 },
};
#define RAN (sizeof ran / sizeof ran[0])

struct way {
	struct bench_frame *to;
	struct face_frame frame;
	struct net *net[RAN];
};

bool
bench_frame_make(const char *picture, struct bench_jpeg *to)
{
	struct image face = { 0 }, frame = { 0 };
	struct image_jpeg *jpeg = NULL;
	uint32_t left;
	enum rc r;

	if ((r = image_jpeg_open(&jpeg)) != RC_OK ||
	    (r = image_jpeg_read_file(jpeg, picture, PICTURE_MAX, &face)) != RC_OK ||
	    (r = image_make(&frame, FRAME_W, FRAME_H)) != RC_OK)
		goto out;
	memset(frame.rgb, GREY, (size_t)FRAME_W * FRAME_H * 3);
	left = face.width < FRAME_W ? (FRAME_W - face.width) / 2 : 0;
	for (uint32_t y = 0; y < FRAME_H && y < face.height; y++)
		memcpy(frame.rgb + ((size_t)y * FRAME_W + left) * 3, face.rgb + (size_t)y * face.width * 3,
		    (size_t)(face.width < FRAME_W ? face.width : FRAME_W) * 3);
	r = image_jpeg_encode(jpeg, &frame, QUALITY, to->bytes, sizeof to->bytes, &to->n);
out:
	if (r != RC_OK)
		(void)fprintf(stderr, "countersign-bench: %s cannot be read as a JPEG picture\n", picture);
	image_free(&face);
	image_free(&frame);
	image_jpeg_close(jpeg);
	return r == RC_OK;
}

static bool
whole_frame(struct way *w, const struct bench_jpeg *jpeg, bool keep)
{
	struct vision_features f = { 0 };
	int64_t start = stopwatch_us();
	enum rc r = face_frame_run(&w->frame, jpeg->bytes, jpeg->n, VISION_WANT_EYES | VISION_WANT_EMBEDDING, NULL, &f);

	if (keep)
		bench_times_add(&w->to->whole, stopwatch_ms_since(start));
	return r == RC_OK && f.faces == 1 && f.embed_dim > 0;
}

static void
lap(struct way *w, enum bench_stage s, int64_t *start, bool keep)
{
	if (keep)
		bench_times_add(&w->to->stage[s], stopwatch_ms_since(*start));
	*start = stopwatch_us();
}

/* The parts in the order of face_frame_run(). */
static bool
staged_frame(struct way *w, const struct bench_jpeg *jpeg, bool keep)
{
	struct face_pipeline *p = &w->frame.faces;
	const struct finder finder = { p->detector, p->landmarks, p->eyes };
	struct image_pyramid *pyramid = &p->pyramid;
	struct vision_features f = { 0 };
	int64_t start = stopwatch_us();
	float lids[VISION_LANDMARKS][2];
	uint8_t chip[ALIGN_BYTES];
	struct image *im = &w->frame.im;
	struct image_jpeg_info info;
	enum rc r;

	if ((r = image_jpeg_look(jpeg->bytes, jpeg->n, &info)) != RC_OK ||
	    (r = image_jpeg_decode_to(w->frame.jpeg, jpeg->bytes, jpeg->n, &info, 0, im, FRAME_BYTES)) != RC_OK)
		return false;
	lap(w, STAGE_DECODE, &start, keep);
	if ((r = image_pyramid_show(pyramid, im)) == RC_OK)
		r = finder_find(&finder, pyramid, 0, f.face, VISION_FACES_MAX, &f.faces);
	lap(w, STAGE_DETECT, &start, keep);
	if (r == RC_OK)
		r = landmarks_run(p->landmarks, pyramid, &f.face[0], f.landmark);
	lap(w, STAGE_LANDMARKS, &start, keep);
	if (r == RC_OK)
		r = eyes_run(p->eyes, pyramid, &f.face[0], lids, &f.eye_left, &f.eye_right);
	lap(w, STAGE_EYES, &start, keep);
	if (r == RC_OK) {
		quality_pose(&f);
		align_mean(f.landmark, lids, lids);
		r = align_chip(pyramid, lids, chip);
	}
	if (r == RC_OK)
		quality_light(chip, &f);
	lap(w, STAGE_ALIGN, &start, keep);
	if (r == RC_OK)
		r = embedder_run(p->embedder, chip, f.embedding, &f.embed_norm);
	lap(w, STAGE_EMBED, &start, keep);
	image_pyramid_clear(pyramid);
	image_wipe(im);
	return r == RC_OK;
}

/* In the order of a frame, so that each finds the caches as it would there. */
static void
networks_alone(struct way *w, bool keep)
{
	int64_t start = stopwatch_us();

	for (size_t i = 0; i < RAN; i++)
		for (unsigned k = 0; k < ran[i].times; k++)
			(void)net_run(w->net[i]);
	if (keep)
		bench_times_add(&w->to->networks, stopwatch_ms_since(start));
}

static bool
way_open(struct way *w, const char *models, enum net_backend backend)
{
	const struct net_setup setup = { .backend = backend };
	char err[512] = "out of memory";
	struct model m;
	enum rc r = face_frame_open(&w->frame, models, &setup, err, sizeof err);

	for (size_t i = 0; r == RC_OK && i < RAN; i++)
		if ((r = model_find(models, ran[i].name, &m, err, sizeof err)) == RC_OK)
			r = net_open(&w->net[i], &m, &setup, 0, err, sizeof err);
	if (r != RC_OK)
		(void)fprintf(stderr, "countersign-bench: %s\n", err);
	return r == RC_OK;
}

static void
way_close(struct way *w)
{
	face_frame_close(&w->frame);
	for (size_t i = 0; i < RAN; i++)
		net_close(w->net[i]);
}

bool
bench_frame_run(const char *models, const struct bench_jpeg *jpeg, struct bench_frame *f32, struct bench_frame *bf16,
    unsigned rounds)
{
	struct way way[] = { { .to = f32 }, { .to = bf16 } };
	unsigned ways = cpu_isa_best() >= CPU_ISA_AVX512_BF16 ? 2 : 1;
	bool ok = way_open(&way[0], models, NET_F32) && (ways == 1 || way_open(&way[1], models, NET_BF16));

	for (unsigned i = 0; ok && i < ways * rounds; i++) {
		struct way *w = &way[i % ways];

		for (int k = -WARM_RUNS; ok && k < RUNS; k++)
			ok = whole_frame(w, jpeg, k >= 0);
		for (int k = -WARM_RUNS; ok && k < RUNS; k++)
			ok = staged_frame(w, jpeg, k >= 0);
		for (int k = -WARM_RUNS; ok && k < RUNS; k++)
			networks_alone(w, k >= 0);
		w->to->measured = ok;
	}
	if (!ok)
		(void)fprintf(stderr, "countersign-bench: no features came out of the frame\n");
	for (unsigned i = 0; i < ways; i++)
		way_close(&way[i]);
	return ok;
}
