/*
 * cue_head.c - see cue_head.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <string.h>

#include "tests/splitmix.h"
#include "tests/unit/cue_head.h"

#define DISTANCE 9.0f	/* of the camera, in distances of the eyes: half a metre and more */

/* x to the right, y down, z towards the camera, in distances of the eyes from their middle. */
static void
head_point(unsigned i, float p[static 3])
{
	float t;

	if (i <= 16) {			/* from ear to ear over the chin */
		t = ((float)i - 8) / 8 * 1.45f;
		p[0] = 1.12f * sinf(t);
		p[1] = .05f + 1.55f * cosf(t);
		p[2] = -.15f - .85f * fabsf(sinf(t)) * fabsf(sinf(t));
	} else if (i <= 26) {		/* brows */
		t = ((float)i - (i <= 21 ? 21 : 22)) / 4 * .7f + (i <= 21 ? -.2f : .2f);
		p[0] = t;
		p[1] = -.35f + .1f * t * t;
		p[2] = .14f - .5f * (fabsf(t) - .2f);
	} else if (i <= 30) {		/* bridge of the nose to its tip */
		t = (float)(i - 27) / 3;
		p[0] = 0;
		p[1] = .05f + .6f * t;
		p[2] = .13f + .35f * t;
	} else if (i <= 35) {
		p[0] = ((float)i - 33) * .12f;
		p[1] = .8f - .04f * fabsf((float)i - 33);
		p[2] = .29f - .065f * fabsf((float)i - 33);
	} else if (i <= 47) {		/* eyes: outer corner, upper lid, inner corner, lower lid */
		static const float across[6] = { -.24f, -.08f, .08f, .24f, .08f, -.08f }, up[6] = { 0, -.08f, -.08f, 0, .08f, .08f };

		p[0] = (i <= 41 ? -.5f : .5f) + across[(i - 36) % 6];
		p[1] = up[(i - 36) % 6];
		p[2] = .08f - .45f * fabsf(p[0]);
	} else {			/* lips */
		t = (float)(i - 48) / 20 * 6.2832f;
		p[0] = .38f * cosf(t);
		p[1] = 1.15f + .15f * sinf(t);
		p[2] = .2f - .2f * p[0] * p[0];
	}
}

float
cue_head_normal(uint64_t *random)
{
	float sum = 0;

	for (int i = 0; i < 4; i++)
		sum += (float)(splitmix64(random) >> 40) / (float)(1 << 24) - .5f;
	return 1.732f * sum;
}

void
cue_head_room(float noise, uint64_t *random, struct vision_features *f)
{
	f->width = 640;
	f->height = 480;
	for (unsigned i = 0; i < VISION_SCENE_H * VISION_SCENE_W; i++)
		f->scene[i / VISION_SCENE_W][i % VISION_SCENE_W] =
		    (uint8_t)lrintf(100 + (float)(i % 23) + noise * cue_head_normal(random));
}

/* The sheet is the plane through the eyes, rolled to a cylinder about the face's vertical. */
static void
shape(unsigned i, float relief, float bend, float p[static 3])
{
	float x;

	head_point(i, p);
	p[2] *= relief;
	x = p[0];
	if (bend > 0) {
		p[0] = sinf(bend * x) / bend;
		p[2] -= (1 - cosf(bend * x)) / bend;
	}
}

void
cue_head_frame(const struct cue_pose *pose, float relief, float bend, float noise, uint64_t *random,
    struct vision_features *f)
{
	const float cy = cosf(pose->yaw), sy = sinf(pose->yaw), cp = cosf(pose->pitch), sp = sinf(pose->pitch);
	const float cr = cosf(pose->roll), sr = sinf(pose->roll);

	memset(f, 0, sizeof *f);
	cue_head_room(1, random, f);
	f->faces = 1;
	f->has_eyes = 1;
	f->eye_left = f->eye_right = .3f + noise * cue_head_normal(random);
	f->turn = sy * .5f * relief;
	f->nod = .6f + sp * .5f * relief;
	f->face[0] = (struct vision_box){ pose->x - pose->size, pose->y - .9f * pose->size, 2 * pose->size, 2.4f * pose->size, .9f };
	for (unsigned i = 0; i < VISION_LANDMARKS; i++) {
		float p[3], x, y, z, t, k;

		shape(i, relief, bend, p);
		x = cy * p[0] + sy * p[2];
		t = -sy * p[0] + cy * p[2];
		y = cp * p[1] + sp * t;
		z = -sp * p[1] + cp * t;
		k = pose->size * DISTANCE / (DISTANCE - z);
		for (unsigned s = 0; s < 2; s++) {
			float (*at)[2] = s == 0 ? f->landmark : f->second;

			at[i][0] = pose->x + k * (cr * x - sr * y) + noise * pose->size * cue_head_normal(random);
			at[i][1] = pose->y + k * (sr * x + cr * y) + noise * pose->size * cue_head_normal(random);
		}
	}
}
