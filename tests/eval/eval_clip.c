/*
 * eval_clip.c - see eval_clip.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval.h"
#include "eval_clip.h"
#include "eval_video.h"
#include "proto/crypto.h"
#include "proto/face_outcome.h"
#include "server/capture_ask.h"
#include "server/capture_look.h"
#include "tests/splitmix.h"

/* A frame, and the JPEG it came from until the clip is over. */
struct clip_frame {
	struct vision_features f;
	struct vision_box track;	/* followed from there; w 0: searched */
	uint8_t *jpeg;
	size_t   n;
	int64_t  at_us;
	uint64_t hash;
};

struct clip {
	struct clip_frame *frame;
	size_t n, cap;
	struct capture_look look;
	uint64_t random;
};

static void
clip_fill(void *ctx, void *dst, size_t n)
{
	struct clip *c = ctx;
	uint8_t *to = dst;

	for (size_t i = 0; i < n; i++)
		to[i] = (uint8_t)splitmix64(&c->random);
}

static bool
clip_grow(struct clip *c)
{
	struct clip_frame *more;
	size_t cap = c->cap == 0 ? 256 : c->cap * 2;

	if (c->n < c->cap)
		return true;
	if ((more = realloc(c->frame, cap * sizeof *more)) == NULL)
		return false;
	c->frame = more;
	c->cap = cap;
	return true;
}

/* The next frame, with all features but texture. */
static enum rc
clip_add(struct clip *c, struct face_frame *ff, const struct eval_video_frame *from)
{
	const struct rng random = { clip_fill, c };
	int64_t at_ms = from->at_us / 1000;
	const struct vision_box *track;
	uint8_t hash[DIGEST_BYTES];
	struct clip_frame *to;
	enum rc r;

	if (!clip_grow(c))
		return RC_NOMEM;
	to = &c->frame[c->n];
	*to = (struct clip_frame){ .n = from->n, .at_us = from->at_us };
	if ((to->jpeg = malloc(from->n)) == NULL)
		return RC_NOMEM;
	c->n++;
	memcpy(to->jpeg, from->jpeg, from->n);
	hash_plain(from->jpeg, from->n, hash);
	memcpy(&to->hash, hash, sizeof to->hash);
	if ((track = capture_look_next(&c->look, &random, at_ms, 0)) != NULL)
		to->track = *track;
	to->f.seq = c->n;
	if ((r = face_frame_run(ff, to->jpeg, to->n, VISION_WANT_EYES, &to->track, &to->f)) == RC_OK)
		capture_look_saw(&c->look, &to->f, at_ms, true);
	return r;
}

/* How good a frame is for texture: sharp, from the front, whole. Below 0: not at all. */
static float
clip_worth(const struct vision_features *f)
{
	if (f->faces == 0)
		return -1.0f;
	return (face_outcome(f) == FACE_OK ? 1e6f : 0.0f) + f->sharpness / (1.0f + fabsf(f->yaw) / 10.0f);
}

/* Looks at the texture of the best frame of each of `parts` equal parts. */
static enum rc
clip_textures(struct clip *c, struct face_frame *ff, size_t parts)
{
	enum rc r = RC_OK;

	for (size_t part = 0; part < parts && r == RC_OK; part++) {
		size_t best = part * c->n / parts, end = (part + 1) * c->n / parts;

		if (best == end)
			continue;
		for (size_t i = best; i < end; i++)
			if (clip_worth(&c->frame[i].f) > clip_worth(&c->frame[best].f))
				best = i;
		if (c->frame[best].f.faces > 0)
			r = face_frame_run(ff, c->frame[best].jpeg, c->frame[best].n, VISION_WANT_EYES | VISION_WANT_TEXTURE,
			    &c->frame[best].track, &c->frame[best].f);
	}
	return r;
}

static void
clip_cues(const struct clip *c, struct clip_verdict *v)
{
	struct cues_options o;
	struct cues cues;

	cues_defaults(&o);
	o.timed = false;
	cues_begin(&cues, &o);
	for (size_t i = 0; i < c->n; i++) {
		const struct clip_frame *f = &c->frame[i];

		cues_feed(&cues, &f->f, f->at_us / 1000, f->at_us, f->hash);
		v->faces += f->f.faces > 0;
	}
	v->reason = cues_judge(&cues, v->cue, &v->fused);
	if (v->reason == LIVENESS_FINE && (v->faces < CLIP_FACES_LEAST || !v->cue[CUE_TEXTURE].measured))
		v->reason = LIVENESS_NO_FACE;
	cues_end(&cues);
	v->frames = c->n;
}

bool
clip_judge(struct face_frame *ff, const char *path, struct clip_verdict *v)
{
	struct clip c = { .random = 1 };
	struct eval_video_frame frame = { 0 };
	struct eval_video *video = NULL;
	char err[512] = "";
	enum rc r;

	*v = (struct clip_verdict){ 0 };
	if ((r = eval_video_open(&video, path, err, sizeof err)) == RC_OK)
		while ((r = eval_video_next(video, &frame, err, sizeof err)) == RC_OK &&
		    frame.at_us < CLIP_SECONDS_MOST * INT64_C(1000000))
			if ((r = clip_add(&c, ff, &frame)) != RC_OK) {
				(void)snprintf(err, sizeof err, "%s, frame %zu: %s", path, c.n, rc_text(r));
				break;
			}
	if (r == RC_OK || r == RC_NOT_FOUND)
		r = clip_textures(&c, ff, CAPTURE_TEXTURES_MOST);
	if (r == RC_OK) {
		clip_cues(&c, v);
		v->readable = true;
	} else {
		eval_say("%s", err);
	}
	eval_video_close(video);
	for (size_t i = 0; i < c.n; i++) {
		crypto_wipe(&c.frame[i].f, sizeof c.frame[i].f);
		free(c.frame[i].jpeg);
	}
	free(c.frame);
	return v->readable;
}
