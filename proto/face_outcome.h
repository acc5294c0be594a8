/*
 * face_outcome.h - what is to be seen in a picture, in one word.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   the one place that says when a picture is good for a template,
 *               and what is wrong with it otherwise. Vision workers, the
 *               server and the tools ask it, so that they never disagree.
 * What it isn't: guidance (server/liveness.h asks for more than this) and
 *               liveness.
 * Threads: none; pure functions.
 */
#ifndef PROTO_FACE_OUTCOME_H
#define PROTO_FACE_OUTCOME_H

#include <stdbool.h>

#include "proto/vision_wire.h"

enum face_outcome {
	FACE_OK,	/* one face, good for a template */
	FACE_NONE,	/* nobody: a wall, an empty chair */
	FACE_SEVERAL,	/* a second face that is not far behind */
	FACE_SMALL,
	FACE_CUT,	/* by the border of the picture */
	FACE_DARK,	/* the face, or the whole picture where none was found */
	FACE_OUTCOMES
};

#define FACE_SMALL_PX    48.0f	/* shorter side of the box: below, embeddings are worth little */
#define FACE_CUT_PART    0.10f	/* of the box's side, beyond the border */
#define FACE_OUTLINE     17u	/* the first landmarks, of cheeks and chin ... */
#define FACE_OUTLINE_CUT 3u	/* ... so many of them outside, of both networks, are a cut; of the others each one is */
#define FACE_MEAN_CUT    4u	/* ... and so many of the mean face's, laid over eyes and nose */
#define FACE_DARK_LUMA   20.0f	/* mean of the face: below, noise is larger than its features */
#define FACE_BLACK_LUMA  16.0f	/* mean of a picture: below, nobody could be seen in it */
#define FACE_OTHER_SCORE 0.2f	/* a second face counts from this score on: both landmark networks saw it, too ... */
#define FACE_OTHER_AREA  0.10f	/* ... and this part of the largest one's area; smaller ones are far behind */

/* f->rc is RC_OK. The first that holds of: dark or none, several, cut, small, dark, ok. */
enum face_outcome face_outcome(const struct vision_features *f);
/* A second face is in view and near. */
bool        face_crowded(const struct vision_features *f);
/* The face is cut by the border: part of its box, of its outline as seen or as its eyes and nose tell, or a brow, eye, nose or mouth lies outside. */
bool        face_cut(const struct vision_features *f);
/* "ok", "none", "several", "small", "cut", "dark": for reports and tests. */
const char *face_outcome_text(enum face_outcome o);

#endif
