/*
 * eval_labels.h - which picture shows whom, and what is compared: pictures or
 * templates of several of them.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A template is what the server makes of several frames (server/match.h): the
 * mean of the embeddings, scaled to length 1.
 */
#ifndef TESTS_EVAL_LABELS_H
#define TESTS_EVAL_LABELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eval_cross.h"
#include "eval_faces.h"

struct eval_label { char *path, *identity; unsigned line; size_t face; uint32_t who; };

/* Sorted by identity; pictures of one identity stay in the order of the file. */
struct eval_labels { struct eval_label *item; size_t n, cap; uint32_t identities; };

/*
 * A table with the columns path and identity; the paths go to faces. A path
 * that is there twice is refused. False after saying why.
 */
bool eval_labels_read(struct eval_labels *l, const char *file, struct eval_list *paths);
void eval_labels_close(struct eval_labels *l);

/* What cross_all() takes, with the memory behind it. */
struct eval_side {
	struct cross_side side;
	const float **v;
	uint32_t *who;
	bool *taken;
	float *made;		/* of templates; wiped at close */
	size_t made_n;
};

/* Every picture with features. */
bool eval_side_pictures(struct eval_side *s, const struct eval_labels *l, const struct eval_faces *f);
/*
 * Of every identity with more than `frames` pictures with features, one
 * template of the first `frames` of them. They are marked as taken in
 * pictures, which eval_side_pictures() made.
 */
bool eval_side_enrolled(struct eval_side *s, const struct eval_labels *l, const struct eval_faces *f, unsigned frames,
    struct eval_side *pictures);
/* Templates of two to `frames` pictures, as many as an identity has with features, each used once. */
bool eval_side_templates(struct eval_side *s, const struct eval_labels *l, const struct eval_faces *f, unsigned frames);
void eval_side_close(struct eval_side *s);	/* safe on a zeroed struct */

#endif
