/*
 * skin_pattern.h - a second opinion on skin: how often which small pattern of
 * light and colour occurs in a face.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   uniform local binary patterns (Ojala, Pietikäinen, Mäenpää,
 *               2002) of eight neighbours in the planes Y, Cr, Cb, H, S and V
 *               of a face of 64x64 pixels, one histogram for each (Boulkenafet,
 *               Komulainen, Hadid, "Face anti-spoofing based on color texture
 *               analysis", 2015), and a linear model over them.
 * What it isn't: a judge of its own. It tells prints from people almost without
 *               error where it knows the camera, and hardly where it does not.
 *
 * Threads: one belongs to one thread at a time; the histogram to any.
 */
#ifndef MODELS_SKIN_PATTERN_H
#define MODELS_SKIN_PATTERN_H

#include <stddef.h>
#include <stdint.h>

#include "models/image.h"
#include "proto/rc.h"
#include "proto/vision_wire.h"

#define SKIN_PATTERN_SIDE   64u
#define SKIN_PATTERN_PLANES 6u
#define SKIN_PATTERN_CODES  59u		/* 58 uniform patterns, and all others */
#define SKIN_PATTERN_BINS   (SKIN_PATTERN_PLANES * SKIN_PATTERN_CODES)

/* The linear model as its file holds it. */
struct skin_pattern_table {
	char  data[201];		/* which pictures it was made from, in words; one line */
	float bias, weight[SKIN_PATTERN_BINS];
};

struct skin_pattern;

/* Reads the table that MANIFEST names; err gets one sentence on failure. */
enum rc skin_pattern_open(struct skin_pattern **out, const char *models_dir, char *err, size_t err_n) MUST_CHECK;
void    skin_pattern_close(struct skin_pattern *s);	/* NULL is fine */

/* What occurs in the face in this box, each plane adding up to 1. RC_FACE_QUALITY if the box has no size. */
enum rc skin_pattern_histogram(struct image_pyramid *p, const struct vision_box *box, float bin[static SKIN_PATTERN_BINS])
    MUST_CHECK;

/* logit: > 0 speaks for a person. As above. */
enum rc skin_pattern_run(const struct skin_pattern *s, struct image_pyramid *p, const struct vision_box *box, float *logit)
    MUST_CHECK;

/* The file as text, into dst_n bytes; its length, 0: it does not fit or the table is not sound. */
#define SKIN_PATTERN_TEXT_MAX 16384u
size_t  skin_pattern_put(const struct skin_pattern_table *t, char *dst, size_t dst_n);
/* RC_MODEL_BAD unless text is byte for byte what skin_pattern_put() writes. */
enum rc skin_pattern_get(const char *text, size_t n, struct skin_pattern_table *t) MUST_CHECK;

#endif
