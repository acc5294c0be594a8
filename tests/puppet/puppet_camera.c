/*
 * puppet_camera.c - see puppet_camera.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdlib.h>

#include "tests/puppet/puppet_camera.h"
#include "tests/splitmix.h"

#define TILE         512u	/* sides of the noise, a power of two */
#define TILE_UNIT    20.0f	/* its standard deviation as stored */
#define READ_SIGMA    1.5f	/* grey levels in the dark */
#define SHOT         0.030f	/* variance per grey level of light */
#define COMMON       0.85f	/* of the noise in all three colours, the rest in each alone */
#define WANDER       0.010f	/* of the exposure */
#define FOLLOW       0.06f	/* part of the way that the exposure goes in one picture */
#define FOLLOW_MOST  0.25f	/* and how far it goes at all */
#define LATE_PART    40		/* 1/40 of the interval: standard deviation of the lateness */
#define LATE_SELDOM  29u	/* one picture of so many comes later */

struct puppet_camera {
	int8_t  *tile;		/* [TILE][TILE][3] */
	uint64_t random;
	float    light, exposure, usual;	/* usual: brightness that it was set up for; 0: not yet */
	float    phase[2];
	bool     clean;
};

/* Sum of eight even draws, about normal, of standard deviation 1. */
static float
camera_normal(uint64_t *random)
{
	uint64_t n = splitmix64(random);
	int sum = 0;

	for (unsigned i = 0; i < 8; i++)
		sum += (int)(n >> 8 * i & 255);
	return (float)(sum - 1020) / 209.0f;
}

/* White noise blurred by 1 2 1 in both directions, of standard deviation 1 again. */
static void
camera_blur(const float *white, float *to)
{
	for (uint32_t y = 0; y < TILE; y++)
		for (uint32_t x = 0; x < TILE; x++) {
			float sum = 0;

			for (uint32_t j = 0; j < 3; j++) {
				const float *row = white + (size_t)((y + j) % TILE) * TILE;

				sum += (j == 1 ? 2.0f : 1.0f) * (row[x] + 2 * row[(x + 1) % TILE] + row[(x + 2) % TILE]);
			}
			to[(size_t)y * TILE + x] = sum / 6.0f;
		}
}

static enum rc
camera_noise(struct puppet_camera *k)
{
	const size_t n = (size_t)TILE * TILE;
	float *white = malloc(n * sizeof *white), *common = malloc(n * sizeof *common), *own = malloc(n * sizeof *own);
	enum rc r = RC_NOMEM;

	if (white == NULL || common == NULL || own == NULL)
		goto out;
	for (unsigned c = 0; c <= 3; c++) {
		for (size_t i = 0; i < n; i++)
			white[i] = camera_normal(&k->random);
		camera_blur(white, c == 0 ? common : own);
		for (size_t i = 0; i < n && c > 0; i++) {
			float v = COMMON * common[i] + sqrtf(1 - COMMON * COMMON) * own[i];

			k->tile[3 * i + c - 1] = (int8_t)lrintf(fminf(fmaxf(TILE_UNIT * v, -127), 127));
		}
	}
	r = RC_OK;
out:
	free(white);
	free(common);
	free(own);
	return r;
}

enum rc
puppet_camera_open(struct puppet_camera **out, uint64_t seed)
{
	struct puppet_camera *k = calloc(1, sizeof *k);

	if (k == NULL)
		return RC_NOMEM;
	k->random = seed ^ 0x63616d657261u;
	k->light = k->exposure = 1;
	for (size_t i = 0; i < 2; i++)
		k->phase[i] = (float)(splitmix64(&k->random) % 6283u) / 1000;
	if ((k->tile = malloc((size_t)TILE * TILE * 3)) == NULL || camera_noise(k) != RC_OK) {
		puppet_camera_close(k);
		return RC_NOMEM;
	}
	*out = k;
	return RC_OK;
}

void
puppet_camera_close(struct puppet_camera *k)
{
	if (k == NULL)
		return;
	free(k->tile);
	free(k);
}

void
puppet_camera_set(struct puppet_camera *k, float light, bool clean)
{
	k->light = light;
	k->clean = clean;
}

static float
camera_brightness(const struct image *im)
{
	size_t n = (size_t)im->width * im->height, sum = 0, seen = 0;

	for (size_t i = 0; i < n; i += 61, seen++)
		sum += im->rgb[3 * i + 1];
	return fmaxf((float)sum / (float)seen, 1);
}

/* Follows what changes in front of it, and wanders. */
static float
camera_exposure(struct puppet_camera *k, const struct image *im, int64_t now_ms)
{
	float bright = camera_brightness(im), wish, t = (float)(now_ms % 1000000) / 1000;

	if (k->usual <= 0)
		k->usual = bright;
	wish = fminf(fmaxf(sqrtf(k->usual / bright), 1 - FOLLOW_MOST), 1 + FOLLOW_MOST);
	k->exposure += FOLLOW * (wish - k->exposure);
	return k->exposure * k->light *
	    (1 + WANDER * (0.7f * sinf(1.3f * t + k->phase[0]) + 0.3f * sinf(5.9f * t + k->phase[1])));
}

void
puppet_camera_take(struct puppet_camera *k, struct image *im, int64_t now_ms)
{
	int level[256], sigma[256];	/* grey level after exposure; noise there, 1/1024 of tile units */
	float exposure;
	uint64_t from;

	if (k->clean)
		return;
	exposure = camera_exposure(k, im, now_ms);
	for (int v = 0; v < 256; v++) {
		float lit = fminf((float)v * exposure, 255), gain = k->light < 1 ? 1 / sqrtf(k->light) : 1;

		level[v] = (int)lrintf(lit);
		sigma[v] = (int)lrintf(1024 * gain * sqrtf(READ_SIGMA * READ_SIGMA + SHOT * lit) / TILE_UNIT);
	}
	from = splitmix64(&k->random);
	for (uint32_t y = 0; y < im->height; y++) {
		uint8_t *to = im->rgb + (size_t)y * im->width * 3;
		const int8_t *row = k->tile + (size_t)((from / TILE + y) % TILE) * TILE * 3;

		for (uint32_t x = 0; x < im->width; x++, to += 3) {
			const int8_t *noise = row + (from + x) % TILE * 3;

			for (unsigned c = 0; c < 3; c++) {
				int v = level[to[c]] + ((noise[c] * sigma[to[c]] + 512) >> 10);

				to[c] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
			}
		}
	}
}

int64_t
puppet_camera_late_us(struct puppet_camera *k, int64_t interval_us)
{
	float late;

	if (k->clean)
		return 0;
	late = fabsf(camera_normal(&k->random)) * (float)interval_us / LATE_PART;
	if (splitmix64(&k->random) % LATE_SELDOM == 0)
		late += (float)interval_us / 4;
	return (int64_t)late;
}
