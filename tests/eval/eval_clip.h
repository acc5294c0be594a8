/*
 * eval_clip.h - a video file seen as a capture: the features of its frames,
 * and what the passive cues make of them.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Frames go through the path that serves captures: as JPEG, searched or
 * followed by the same rule (server/capture_look.h), at most as long as a
 * capture may last. Texture is looked at in the best frame of each eighth of
 * the clip, CAPTURE_TEXTURES_MOST in all. A file's time stamps say nothing
 * about a camera, so they are not judged.
 */
#ifndef TESTS_EVAL_CLIP_H
#define TESTS_EVAL_CLIP_H

#include <stdbool.h>
#include <stddef.h>

#include "models/face_frame.h"
#include "server/cues.h"

#define CLIP_SECONDS_MOST 20	/* of a video that are looked at */
#define CLIP_FACES_LEAST   5	/* frames with a face; fewer are a picture, not a video of a person */

struct clip_verdict {
	bool   readable;
	size_t frames, faces;			/* looked at; with a face */
	struct cue_value cue[CUES];
	float  fused;
	enum liveness_reason reason;		/* LIVENESS_FINE: taken for live */
};

/* Judges one file with these networks. False, after saying why, and readable false: it gave no frames. */
bool clip_judge(struct face_frame *ff, const char *path, struct clip_verdict *v);

#endif
