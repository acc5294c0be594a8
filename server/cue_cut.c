/*
 * cue_cut.c - see cue_cut.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <string.h>

#include "server/cue_cut.h"

/*
 * 1 - correlation of two scenes in a row: below .06 over a turning head at 10
 * frames a second, .4 to .5 where a photograph jumps to 1.3 of its size, about
 * 1 where another picture takes its place (rendered captures, five people).
 */
#define CUT      .6
#define CUT_MS   200	/* before the first ask, frames further apart are not compared */
#define CONTRAST 100.0	/* variance, grey levels squared: a picture of one grey has nothing to compare */

static bool
scenes_differ(const uint8_t *a, const uint8_t *b, size_t n)
{
	double sa = 0, sb = 0, aa = 0, bb = 0, ab = 0, cells = (double)n;

	for (size_t i = 0; i < n; i++) {
		sa += a[i];
		sb += b[i];
		aa += (double)a[i] * a[i];
		bb += (double)b[i] * b[i];
		ab += (double)a[i] * b[i];
	}
	aa -= sa * sa / cells;
	bb -= sb * sb / cells;
	ab -= sa * sb / cells;
	return aa > cells * CONTRAST && bb > cells * CONTRAST && ab < (1 - CUT) * sqrt(aa * bb);
}

void
cue_cut_frame(struct cue_cut *c, const struct vision_features *f, int64_t at_ms, bool asked)
{
	if (f->faces == 0) {
		c->any = c->any && asked;
		return;
	}
	if (c->any && (asked || at_ms - c->at_ms <= CUT_MS) &&
	    scenes_differ(&c->scene[0][0], &f->scene[0][0], sizeof c->scene))
		c->cut = true;
	c->any = true;
	c->at_ms = at_ms;
	memcpy(c->scene, f->scene, sizeof c->scene);
}
