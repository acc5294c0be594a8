/*
 * quality.c - see quality.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>

#include "models/head_pose.h"
#include "models/quality.h"
#include "proto/crypto.h"

static void
middle(const struct vision_features *f, unsigned first, float dst[2])
{
	dst[0] = dst[1] = 0.0f;
	for (unsigned i = first; i < first + 6; i++) {
		dst[0] += f->landmark[i][0] / 6.0f;
		dst[1] += f->landmark[i][1] / 6.0f;
	}
}

/* A number a message may carry, whatever the landmarks were. */
static float
bounded(float v, float low, float high)
{
	return !isfinite(v) ? 0.0f : v < low ? low : v > high ? high : v;
}

void
quality_pose(struct vision_features *f)
{
	float left[2], right[2], mid[2], axis[2], nose[2], apart, lips, both[VISION_LANDMARKS][2];
	struct head_pose pose;

	middle(f, 36, left);
	middle(f, 42, right);
	axis[0] = right[0] - left[0];
	axis[1] = right[1] - left[1];
	apart = fmaxf(hypotf(axis[0], axis[1]), 1e-3f);
	for (int k = 0; k < 2; k++) {
		axis[k] /= apart;
		mid[k] = (left[k] + right[k]) / 2;
		nose[k] = f->landmark[30][k] - mid[k];
	}
	f->turn = bounded((nose[0] * axis[0] + nose[1] * axis[1]) / apart, -10.0f, 10.0f);
	f->nod = bounded((nose[1] * axis[0] - nose[0] * axis[1]) / apart, -10.0f, 10.0f);
	lips = hypotf(f->landmark[66][0] - f->landmark[62][0], f->landmark[66][1] - f->landmark[62][1]);
	f->mouth = bounded(lips / apart, 0.0f, 10.0f);

	if (f->has_eyes != 0)
		align_mean(f->landmark, f->second, both);
	pose = head_pose_fit(f->has_eyes != 0 ? both : f->landmark);
	f->yaw = pose.yaw;
	f->pitch = pose.pitch;
	f->roll = pose.roll;
	f->pose_error = bounded(pose.error, 0.0f, 10.0f);
}

void
quality_light(const uint8_t chip[static ALIGN_BYTES], struct vision_features *f)
{
	uint8_t grey[ALIGN_SIDE * ALIGN_SIDE];
	double n = (double)(ALIGN_SIDE - 2) * (ALIGN_SIDE - 2), mean;
	int64_t sum = 0, lap = 0, lap2 = 0;

	image_luma(chip, sizeof grey, grey);
	for (size_t y = 1; y + 1 < ALIGN_SIDE; y++) {
		const uint8_t *g = &grey[y * ALIGN_SIDE], *above = g - ALIGN_SIDE, *below = g + ALIGN_SIDE;
		int32_t row = 0, row2 = 0;	/* of 110 numbers within +-1,020 */

		for (size_t x = 1; x + 1 < ALIGN_SIDE; x++) {
			int32_t v = g[x - 1] + g[x + 1] + above[x] + below[x] - 4 * g[x];

			row += v;
			row2 += v * v;
		}
		lap += row;
		lap2 += row2;
	}
	for (size_t i = 0; i < sizeof grey; i++)
		sum += grey[i];
	mean = (double)lap / n;
	f->brightness = (float)((double)sum / (double)sizeof grey);
	f->sharpness = (float)((double)lap2 / n - mean * mean);
	crypto_wipe(grey, sizeof grey);
}
