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
 * A head that fills the picture and is thrown to the side takes nearly the whole
 * picture along: up to 1, but .41 at most with the face put where it was (video
 * cut tightly). Of pictures of other people put together so, a twentieth are as alike.
 */
#define CUT          .6
#define CUT_FOLLOWED .5
#define CUT_MS   200	/* before the first ask, frames further apart are not compared */
#define CONTRAST 100.0	/* variance, grey levels squared: a picture of one grey has nothing to compare */

/* Of how far to move one scene so that the face comes to lie where it is in the other, in cells. */
static int
cells_moved(float from, float to, uint32_t whole, unsigned cells)
{
	const float most = (float)cells / 2, by = (to - from) * (float)cells / (float)(whole > 0 ? whole : 1);

	return (int)lrintf(fmaxf(-most, fminf(most, by)));
}

/* Correlation of what both show once the second is moved by dx, dy; 1 where either has nothing to compare. */
static double
alike(const uint8_t a[VISION_SCENE_H][VISION_SCENE_W], const uint8_t b[VISION_SCENE_H][VISION_SCENE_W], int dx, int dy)
{
	const int x0 = dx < 0 ? -dx : 0, x1 = (int)VISION_SCENE_W - (dx > 0 ? dx : 0);
	const int y0 = dy < 0 ? -dy : 0, y1 = (int)VISION_SCENE_H - (dy > 0 ? dy : 0);
	double sa = 0, sb = 0, aa = 0, bb = 0, ab = 0, cells = (double)((x1 - x0) * (y1 - y0));

	for (int y = y0; y < y1; y++)
		for (int x = x0; x < x1; x++) {
			const double u = a[y][x], v = b[y + dy][x + dx];

			sa += u;
			sb += v;
			aa += u * u;
			bb += v * v;
			ab += u * v;
		}
	aa -= sa * sa / cells;
	bb -= sb * sb / cells;
	ab -= sa * sb / cells;
	return aa > cells * CONTRAST && bb > cells * CONTRAST ? ab / sqrt(aa * bb) : 1;
}

/* They differ as they are, and where the face of one lies on that of the other. */
static bool
scenes_differ(const struct cue_cut *c, const struct vision_features *f)
{
	const struct vision_box *a = &c->face, *b = &f->face[0];

	return alike(c->scene, f->scene, 0, 0) < 1 - CUT &&
	    alike(c->scene, f->scene, cells_moved(a->x + a->w / 2, b->x + b->w / 2, f->width, VISION_SCENE_W),
	    cells_moved(a->y + a->h / 2, b->y + b->h / 2, f->height, VISION_SCENE_H)) < 1 - CUT_FOLLOWED;
}

void
cue_cut_frame(struct cue_cut *c, const struct vision_features *f, int64_t at_ms, bool asked)
{
	if (f->faces == 0) {
		c->any = c->any && asked;
		return;
	}
	if (c->any && (asked || at_ms - c->at_ms <= CUT_MS) &&
	    scenes_differ(c, f))
		c->cut = true;
	c->any = true;
	c->at_ms = at_ms;
	c->face = f->face[0];
	memcpy(c->scene, f->scene, sizeof c->scene);
}
