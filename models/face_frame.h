/*
 * face_frame.h - one camera frame as it comes, a JPEG, to features; decoded no
 * larger than what is looked at needs.
 * SPDX-License-Identifier: Apache-2.0
 *
 * No state passes from one frame to the next; the memory does, wiped.
 * Threads: one belongs to one thread at a time.
 */
#ifndef MODELS_FACE_FRAME_H
#define MODELS_FACE_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "models/face_pipeline.h"
#include "models/image_jpeg.h"
#include "proto/rc.h"
#include "proto/vision_wire.h"

/* The longer side of what is decoded at most; a detector's face is then still 128 pixels wide. */
#define FACE_FRAME_SIDE_MAX 2048u

struct face_frame {
	struct face_pipeline faces;
	struct image_jpeg *jpeg;
	struct image im;	/* of the frame in work; its memory stays */
};

/* As face_pipeline_open(). */
enum rc face_frame_open(struct face_frame *ff, const char *models_dir, const struct net_setup *setup,
    char *err, size_t err_n) MUST_CHECK;
void    face_frame_close(struct face_frame *ff);	/* safe on a zeroed struct */

/*
 * Decodes src and runs the pipeline on it; want, track and *f as there, except
 * that ms_decode is set, too. RC_IMAGE_BAD, RC_IMAGE_BIG, RC_NOMEM and what
 * face_pipeline_run() gives; *f then holds nothing but seq, ms_decode and rc.
 */
enum rc face_frame_run(struct face_frame *ff, const uint8_t *src, size_t n, uint32_t want,
    const struct vision_box *track, struct vision_features *f) MUST_CHECK;

/*
 * How many times a picture of width x height may be halved. track: where the
 * face is, NULL: nobody knows yet.
 */
unsigned face_frame_halvings(uint32_t width, uint32_t height, uint32_t want, const struct vision_box *track);

#endif
