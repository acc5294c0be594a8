/*
 * face_pipeline.c - see face_pipeline.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "models/align.h"
#include "models/area.h"
#include "models/edges.h"
#include "models/face_pipeline.h"
#include "models/finder.h"
#include "models/follow.h"
#include "models/quality.h"
#include "models/scene.h"
#include "proto/crypto.h"
#include "proto/face_outcome.h"
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
		if ((r = net_workspace_open(&p->own_workspace)) != RC_OK)
			return r;
		own.workspace = p->own_workspace;
	}
	p->workspace = own.workspace;
	if ((r = image_pyramid_open(&p->pyramid, FRAME_PIXELS)) != RC_OK ||
	    (r = detector_open(&p->detector, models_dir, &own, 0, err, err_n)) != RC_OK ||
	    (r = landmarks_open(&p->landmarks, models_dir, &own, err, err_n)) != RC_OK ||
	    (r = eyes_open(&p->eyes, models_dir, &own, err, err_n)) != RC_OK ||
	    (r = embedder_open(&p->embedder, models_dir, &own, err, err_n)) != RC_OK ||
	    (r = texture_open(&p->texture, models_dir, &own, err, err_n)) != RC_OK ||
	    (r = skin_pattern_open(&p->pattern, models_dir, err, err_n)) != RC_OK)
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
	skin_pattern_close(p->pattern);
	net_workspace_close(p->own_workspace);
	image_pyramid_close(&p->pyramid);
	*p = (struct face_pipeline){ 0 };
}

/* What a frame leaves behind, where one ran. */
static void
wipe(struct face_pipeline *p)
{
	detector_wipe(p->detector);
	landmarks_wipe(p->landmarks);
	eyes_wipe(p->eyes);
	embedder_wipe(p->embedder);
	texture_wipe(p->texture);
	net_workspace_wipe(p->workspace);
	image_pyramid_clear(&p->pyramid);
}

/* Landmarks that lie far outside their box would not survive the wire; they mean there is no face. */
static bool
plausible(const struct vision_box *b, const float point[static VISION_LANDMARKS][2])
{
	for (unsigned i = 0; i < VISION_LANDMARKS; i++) {
		float dx = point[i][0] - (b->x + b->w / 2), dy = point[i][1] - (b->y + b->h / 2);

		if (!(dx > -2 * b->w && dx < 2 * b->w && dy > -2 * b->h && dy < 2 * b->h))
			return false;
	}
	return true;
}

/*
 * Eyes of face[0]; points gets what the face is put upright by. The eyes are
 * looked at in the box that following gives, whichever way the face was found:
 * in a detector's box they have another level (up to .035 of .31 on nine
 * clips). An embedding is made of what both networks see in the box the face
 * was found with.
 */
static enum rc
see_eyes(struct face_pipeline *p, uint32_t want, struct vision_features *f, float points[static VISION_LANDMARKS][2])
{
	struct vision_box box = follow_box(f->landmark, f->face[0].score);
	float left, right;
	enum rc r;

	memcpy(points, f->landmark, sizeof f->landmark);
	if ((want & VISION_WANT_EYES) != 0 || f->tracked != 0) {
		if ((r = eyes_run(p->eyes, &p->pyramid, &box, f->second, &f->eye_left, &f->eye_right)) != RC_OK)
			return r;
		if (!plausible(&f->face[0], f->second))
			return RC_FACE_QUALITY;
		if ((r = eyes_shut(p->eyes, &p->pyramid, f->second, &f->shut_left, &f->shut_right)) != RC_OK)
			return r;
		f->has_eyes = 1;
	}
	if (f->tracked == 0 && (want & VISION_WANT_EMBEDDING) != 0) {
		if ((r = eyes_run(p->eyes, &p->pyramid, &f->face[0], points, &left, &right)) != RC_OK)
			return r;
		align_mean(f->landmark, points, points);
	} else if (f->has_eyes != 0)
		align_mean(f->landmark, f->second, points);
	return RC_OK;
}

/* Landmarks, eyes, pose and light of face[0]. A box to follow is first put where its landmarks went. */
static enum rc
see(struct face_pipeline *p, uint32_t want, struct vision_features *f, uint8_t chip[static ALIGN_BYTES])
{
	float points[VISION_LANDMARKS][2];	/* by which the face is put upright */
	int64_t start = stopwatch_us();
	enum rc r;

	if ((r = landmarks_run(p->landmarks, &p->pyramid, &f->face[0], f->landmark)) != RC_OK)
		return r;
	if (!plausible(&f->face[0], f->landmark))
		return RC_FACE_QUALITY;
	if (f->tracked != 0)
		f->face[0] = follow_box(f->landmark, f->face[0].score);
	if ((r = see_eyes(p, want, f, points)) != RC_OK)
		return r;
	quality_pose(f);
	if ((r = align_chip(&p->pyramid, points, chip)) != RC_OK)
		return r;
	quality_light(chip, f);
	f->ms_landmarks = stopwatch_ms_since(start);
	return RC_OK;
}

/* Who it is and whether it is skin, when asked. */
static enum rc
judge(struct face_pipeline *p, uint32_t want, struct vision_features *f, const uint8_t chip[static ALIGN_BYTES])
{
	int64_t start = stopwatch_us();
	struct vision_hello who;
	enum rc r;

	if ((want & VISION_WANT_EMBEDDING) != 0 && (p->alone || face_outcome(f) == FACE_OK)) {
		if ((r = embedder_run(p->embedder, chip, f->embedding, &f->embed_norm)) != RC_OK)
			return r;
		embedder_describe(p->embedder, &who);
		f->embed_dim = who.embed_dim;
	}
	if ((want & VISION_WANT_TEXTURE) != 0) {
		/* The same part of the picture whether the face was searched or followed. */
		const struct vision_box box = follow_box(f->landmark, f->face[0].score);

		if ((r = texture_run(p->texture, &p->pyramid, &box, &f->texture)) != RC_OK ||
		    (r = skin_pattern_run(p->pattern, &p->pyramid, &box, &f->pattern)) != RC_OK ||
		    (r = edges_run(&p->pyramid, &box, &f->edge)) != RC_OK)
			return r;
		f->has_texture = 1;
	}
	f->ms_embed = stopwatch_ms_since(start);
	return RC_OK;
}

/* RC_FACE_QUALITY: lost. */
static enum rc
follow_from(struct face_pipeline *p, uint32_t want, const struct vision_box *box, struct vision_features *f,
    uint8_t chip[static ALIGN_BYTES])
{
	enum rc r;

	f->face[0] = *box;
	if ((r = see(p, want, f, chip)) != RC_OK)
		return r;
	return follow_holds(box, f) ? RC_OK : RC_FACE_QUALITY;
}

/* A face that moved fast pulls the landmarks after it: a second look is where they went. */
static enum rc
follow(struct face_pipeline *p, uint32_t want, const struct vision_box *track, struct vision_features *f,
    uint8_t chip[static ALIGN_BYTES])
{
	struct vision_box again;
	enum rc r;

	f->faces = 1;
	f->tracked = 1;
	if ((r = follow_from(p, want, track, f, chip)) == RC_FACE_QUALITY && follow_again(track, f, &again))
		r = follow_from(p, want, &again, f, chip);
	return r;
}

static enum rc
find(struct face_pipeline *p, uint32_t want, struct vision_features *f, uint8_t chip[static ALIGN_BYTES])
{
	const struct finder finder = { p->detector, p->landmarks, p->eyes };
	int64_t start = stopwatch_us();
	enum rc r;

	r = finder_find(&finder, &p->pyramid, p->alone ? FINDER_ALL : f->seq, f->face, VISION_FACES_MAX, &f->faces);
	f->ms_detect = stopwatch_ms_since(start);
	return r == RC_OK && f->faces > 0 ? see(p, want, f, chip) : r;
}

enum rc
face_pipeline_run(struct face_pipeline *p, const struct image *im, uint32_t want, const struct vision_box *track,
    struct vision_features *f)
{
	struct vision_features kept = { .seq = f->seq, .ms_decode = f->ms_decode };
	uint8_t chip[ALIGN_BYTES];
	struct scene scene;
	float ms_detect;
	enum rc r;

	if ((r = image_pyramid_show(&p->pyramid, im)) != RC_OK) {
		*f = kept;
		f->rc = r;
		return r;
	}
	kept.width = p->pyramid.width;
	kept.height = p->pyramid.height;
	scene_look(im, &scene, &kept);
	kept.has_picture = (want & VISION_WANT_PICTURE) != 0;
	if (kept.has_picture != 0)
		area_picture(im, kept.picture);
	*f = kept;
	if (track != NULL && track->w > 0.0f)
		r = follow(p, want, track, f, chip);
	if (f->tracked == 0 || r == RC_FACE_QUALITY) {
		*f = kept;
		r = find(p, want, f, chip);
	}
	if (r == RC_OK && f->faces > 0) {
		scene_colours(&scene, chip, f);
		r = judge(p, want, f, chip);
	}
	ms_detect = f->ms_detect;
	if (r != RC_OK)
		*f = kept;
	if (r == RC_FACE_QUALITY) {	/* a box without a face that could be looked at */
		f->ms_detect = ms_detect;
		r = RC_OK;
	}
	f->rc = r;
	wipe(p);
	crypto_wipe(chip, sizeof chip);
	crypto_wipe(&scene, sizeof scene);
	crypto_wipe(kept.picture, sizeof kept.picture);
	return r;
}
