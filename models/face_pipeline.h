/*
 * face_pipeline.h - everything one frame goes through: boxes, landmarks, pose,
 * eyes, texture, embedding.
 * SPDX-License-Identifier: Apache-2.0
 *
 * No state passes from one frame to the next: picture, chips, activations and
 * outputs are wiped when a run ends, the memory stays.
 * Threads: one pipeline belongs to one thread at a time.
 */
#ifndef MODELS_FACE_PIPELINE_H
#define MODELS_FACE_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/detector.h"
#include "models/embedder.h"
#include "models/eyes.h"
#include "models/image.h"
#include "models/landmarks.h"
#include "models/net_workspace.h"
#include "models/skin_pattern.h"
#include "models/texture.h"
#include "proto/rc.h"
#include "proto/vision_wire.h"

/* The parts may be used one by one (tools, measuring). */
struct face_pipeline {
	struct detector  *detector;
	struct landmarks *landmarks;
	struct eyes      *eyes;
	struct embedder  *embedder;
	struct texture   *texture;
	struct skin_pattern *pattern;
	struct net_workspace *workspace;	/* in which all of them compute */
	struct net_workspace *own_workspace;	/* unless the caller gave one */
	struct image_pyramid pyramid;	/* of the frame in work */
	/*
	 * Set by tools: every picture stands alone. It is searched in every way (a
	 * stream's frames share that work by their seq), and an embedding is made
	 * of any face, not only where face_outcome() allows a template.
	 */
	bool alone;
};

/* Loads all networks below models_dir (the folder of MANIFEST); err gets one sentence on failure. */
enum rc face_pipeline_open(struct face_pipeline *p, const char *models_dir, const struct net_setup *setup,
    char *err, size_t err_n) MUST_CHECK;
void    face_pipeline_close(struct face_pipeline *p);	/* safe on a zeroed struct */

/*
 * Features of one picture; want: bits of enum vision_want. An embedding that
 * is asked for is made if the outcome is FACE_OK. Sets everything in
 * *f but seq and ms_decode, f->rc included, and returns f->rc. All coordinates
 * are pixels of the full picture, also where im is one that was decoded smaller.
 *
 * track: where the one face was a moment ago (NULL or of no width: nobody
 * knows). It is followed from there without detecting; if it is lost or doubt
 * arises, the picture is searched. face[0] is the box to follow next,
 * either way. Following looks at the eyes too, asked or not.
 */
enum rc face_pipeline_run(struct face_pipeline *p, const struct image *im, uint32_t want,
    const struct vision_box *track, struct vision_features *f) MUST_CHECK;

#endif
