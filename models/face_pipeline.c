/*
 * face_pipeline.c - see face_pipeline.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdbool.h>
#include <stdio.h>

#include "models/align.h"
#include "models/face_pipeline.h"
#include "models/quality.h"
#include "proto/crypto.h"
#include "proto/stopwatch.h"

#define FRAME_PIXELS (1280u * 1280u)	/* larger pictures make the pyramid fetch memory once */

enum rc
face_pipeline_open(struct face_pipeline *p, const char *models_dir, const struct net_setup *setup, char *err,
    size_t err_n)
{
	struct net_setup own = *setup;
	enum rc r;

	*p = (struct face_pipeline){ 0 };
	(void)snprintf(err, err_n, "out of memory");
	if (own.workspace == NULL) {
		if ((r = net_workspace_open(&p->workspace)) != RC_OK)
			return r;
		own.workspace = p->workspace;
	}
	if ((r = image_pyramid_open(&p->pyramid, FRAME_PIXELS)) != RC_OK ||
	    (r = detector_open(&p->detector, models_dir, &own, 0, err, err_n)) != RC_OK ||
	    (r = landmarks_open(&p->landmarks, models_dir, &own, err, err_n)) != RC_OK ||
	    (r = eyes_open(&p->eyes, models_dir, &own, err, err_n)) != RC_OK ||
	    (r = embedder_open(&p->embedder, models_dir, &own, err, err_n)) != RC_OK ||
	    (r = texture_open(&p->texture, models_dir, &own, err, err_n)) != RC_OK)
		face_pipeline_close(p);
	return r;
}

void
face_pipeline_close(struct face_pipeline *p)
{
	detector_close(p->detector);
	landmarks_close(p->landmarks);
	eyes_close(p->eyes);
	embedder_close(p->embedder);
	texture_close(p->texture);
	net_workspace_close(p->workspace);
	image_pyramid_close(&p->pyramid);
	*p = (struct face_pipeline){ 0 };
}

/* Landmarks that lie far outside their box would not survive the wire; they mean there is no face. */
static bool
landmarks_plausible(const struct vision_features *f)
{
	const struct vision_box *b = &f->face[0];

	for (unsigned i = 0; i < VISION_LANDMARKS; i++) {
		float dx = f->landmark[i][0] - (b->x + b->w / 2), dy = f->landmark[i][1] - (b->y + b->h / 2);

		if (!(dx > -2 * b->w && dx < 2 * b->w && dy > -2 * b->h && dy < 2 * b->h))
			return false;
	}
	return true;
}

/* Everything about face[0]. */
static enum rc
look_at_face(struct face_pipeline *p, uint32_t want, struct vision_features *f)
{
	struct image_pyramid *pyramid = &p->pyramid;
	uint8_t chip[ALIGN_BYTES];
	struct vision_hello who;
	int64_t start = stopwatch_us();
	enum rc r;

	if ((r = landmarks_run(p->landmarks, pyramid, &f->face[0], f->landmark)) != RC_OK)
		return r;
	if (!landmarks_plausible(f))
		return RC_FACE_QUALITY;
	if ((want & VISION_WANT_EYES) != 0) {
		if ((r = eyes_run(p->eyes, pyramid, &f->face[0], &f->eye_left, &f->eye_right)) != RC_OK)
			return r;
		f->has_eyes = 1;
	}
	quality_pose(f);
	f->ms_landmarks = stopwatch_ms_since(start);
	start = stopwatch_us();
	if ((r = align_chip(pyramid, f->landmark, chip)) != RC_OK)
		goto out;
	quality_light(chip, f);
	if ((want & VISION_WANT_EMBEDDING) != 0) {
		if ((r = embedder_run(p->embedder, chip, f->embedding, &f->embed_norm)) != RC_OK)
			goto out;
		embedder_describe(p->embedder, &who);
		f->embed_dim = who.embed_dim;
	}
	if ((want & VISION_WANT_TEXTURE) != 0) {
		if ((r = texture_run(p->texture, pyramid, &f->face[0], &f->texture)) != RC_OK)
			goto out;
		f->has_texture = 1;
	}
	f->ms_embed = stopwatch_ms_since(start);
out:
	crypto_wipe(chip, sizeof chip);
	return r;
}

enum rc
face_pipeline_run(struct face_pipeline *p, const struct image *im, uint32_t want, struct vision_features *f)
{
	struct vision_features kept = { .seq = f->seq, .ms_decode = f->ms_decode, .width = im->width,
	    .height = im->height };
	int64_t start = stopwatch_us();
	enum rc r;

	*f = kept;
	if ((r = image_pyramid_show(&p->pyramid, im)) == RC_OK)
		r = detector_find(p->detector, &p->pyramid, f->face, VISION_FACES_MAX, &f->faces);
	f->ms_detect = stopwatch_ms_since(start);
	if (r == RC_OK && f->faces > 0)
		r = look_at_face(p, want, f);
	if (r == RC_FACE_QUALITY) {	/* a box without a face that could be looked at */
		kept.ms_detect = f->ms_detect;
		*f = kept;
		r = RC_OK;
	} else if (r != RC_OK) {
		*f = kept;
	}
	f->rc = r;
	image_pyramid_clear(&p->pyramid);
	return r;
}
