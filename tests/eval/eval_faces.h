/*
 * eval_faces.h - from pictures to the features of their faces, by the path that
 * serves captures (models/face_frame.h), on several threads.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Of several faces in a picture the pipeline's first one is taken, the
 * largest, wherever it stands; the outcome says "several" all the same. A
 * picture without features (no face, or unreadable) is a failure to acquire.
 */
#ifndef TESTS_EVAL_FACES_H
#define TESTS_EVAL_FACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eval.h"
#include "eval_json.h"
#include "eval_list.h"
#include "proto/face_outcome.h"
#include "proto/vision_wire.h"

/* Of one picture. */
struct eval_face {
	bool readable;		/* else there is nothing below */
	enum face_outcome outcome;
	bool have;		/* an embedding was asked for and made */
	float norm;		/* its length before scaling to 1 */
	bool judged;		/* texture was asked for and judged: the worker's three opinions, as proto/vision_wire.h has them */
	float yaw, texture, pattern, edge;
	uint32_t boxes;
	struct vision_box box[VISION_FACES_MAX];	/* largest first */
};

struct eval_faces {
	struct eval_list path;		/* sorted, below the folder of pictures */
	struct eval_face *face;		/* [path.n] */
	float *v;			/* [path.n][by.embed_dim], unit length where face[].have */
	struct vision_hello by;		/* the embedder */
	size_t fta, unreadable;		/* pictures without features; those that are no JPEG */
	double ms_per_image;		/* mean work of a thread on a picture: reading, decoding, networks */
};

/*
 * Looks at every path of f->path. want: bits of enum vision_want. Pictures
 * that could not be read are named on standard error, and with WANT_EMBEDDING or
 * WANT_TEXTURE all that gave none. False after saying why.
 */
bool eval_faces_look(struct eval_faces *f, const struct eval_options *o, uint32_t want);
void eval_faces_close(struct eval_faces *f);	/* wipes; safe on a zeroed struct */

/* What became of a picture: a word of proto/face_outcome.h, or "unreadable". */
const char *eval_face_text(const struct eval_face *f);

static inline const float *
eval_faces_v(const struct eval_faces *f, size_t i)
{
	return f->v + i * f->by.embed_dim;
}

/* "images", "outcomes", "fta", "fta_outcomes", "ms_per_image" of an open object. */
void eval_faces_json(const struct eval_faces *f, struct json *j);
void eval_faces_outcomes(const struct eval_faces *f, struct json *j);	/* "outcomes" alone */
void eval_faces_print(const struct eval_faces *f);			/* the same for a reader */

#endif
