/*
 * puppet_plate.c - a photograph scaled, placed and blended into a room.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <string.h>

#include "tests/puppet/puppet_plate.h"

#define FACE_SHARE  0.255f	/* jaw width / picture width */
#define EYES_LEVEL  0.43f	/* eyes / picture height */
#define JAW_MIN_PX  40.0f	/* a smaller face is too coarse to be a person */
#define SMEAR_SIDE  24u		/* the photograph's colours, coarse: what continues past its edges */

void
puppet_photo_free(struct puppet_photo *photo)
{
	image_free(&photo->picture);
	memset(photo, 0, sizeof *photo);
}

static float
plate_ease(float from, float to, float x)
{
	x = fminf(fmaxf((x - from) / (to - from), 0), 1);
	return x * x * (3 - 2 * x);
}

static void
plate_mix(float to[static 3], const float other[static 3], float share)
{
	for (unsigned c = 0; c < 3; c++)
		to[c] += (other[c] - to[c]) * share;
}

/* A wall lit from the left, a door frame and a shelf, all out of focus. */
static void
plate_room_at(float u, float v, float rgb[static 3])
{
	static const float wall[3] = { 150, 152, 150 }, frame[3] = { 118, 108, 98 }, shelf[3] = { 96, 100, 108 };
	float light = 1.06f - 0.18f * u - 0.10f * v;

	memcpy(rgb, wall, sizeof wall);
	plate_mix(rgb, frame, 0.7f * (plate_ease(0.04f, 0.07f, u) - plate_ease(0.13f, 0.17f, u)));
	plate_mix(rgb, shelf, 0.6f * plate_ease(0.80f, 0.84f, u) *
	    (plate_ease(0.20f, 0.24f, v) - plate_ease(0.30f, 0.36f, v)));
	for (unsigned c = 0; c < 3; c++)
		rgb[c] *= light;
}

static void
plate_store(struct image *im, uint32_t x, uint32_t y, const float rgb[static 3])
{
	uint8_t *to = im->rgb + ((size_t)y * im->width + x) * 3;

	for (unsigned c = 0; c < 3; c++)
		to[c] = (uint8_t)(fminf(fmaxf(rgb[c], 0), 255) + 0.5f);
}

void
puppet_plate_sample(const struct image *im, float x, float y, float rgb[static 3])
{
	float fx = fminf(fmaxf(x - 0.5f, 0), (float)(im->width - 1));
	float fy = fminf(fmaxf(y - 0.5f, 0), (float)(im->height - 1));
	uint32_t ix = (uint32_t)fx, iy = (uint32_t)fy;
	uint32_t jx = ix + 1 < im->width ? ix + 1 : ix, jy = iy + 1 < im->height ? iy + 1 : iy;
	const uint8_t *a = im->rgb + ((size_t)iy * im->width + ix) * 3, *b = im->rgb + ((size_t)iy * im->width + jx) * 3;
	const uint8_t *c = im->rgb + ((size_t)jy * im->width + ix) * 3, *d = im->rgb + ((size_t)jy * im->width + jx) * 3;

	fx -= (float)ix;
	fy -= (float)iy;
	for (unsigned k = 0; k < 3; k++) {
		float top = (float)a[k] + (float)(b[k] - a[k]) * fx;
		float low = (float)c[k] + (float)(d[k] - c[k]) * fx;

		rgb[k] = top + (low - top) * fy;
	}
}

enum rc
puppet_plate_room(struct image *plate, uint32_t width, uint32_t height)
{
	float rgb[3];
	enum rc r;

	if ((r = image_make(plate, width, height)) != RC_OK)
		return r;
	for (uint32_t y = 0; y < height; y++)
		for (uint32_t x = 0; x < width; x++) {
			plate_room_at((float)x / (float)width, (float)y / (float)height, rgb);
			plate_store(plate, x, y, rgb);
		}
	return RC_OK;
}

/* How much of this point of the photograph belongs to somebody else's face. */
static float
plate_other(const struct puppet_photo *photo, float x, float y)
{
	float most = 0;

	for (uint32_t i = 0; i < photo->others; i++) {
		const struct vision_box *b = &photo->other[i];
		float dx = (x - b->x - b->w / 2) / b->w, dy = (y - b->y - b->h / 2) / b->h;

		most = fmaxf(most, 1 - plate_ease(0.45f, 0.75f, hypotf(dx, dy)));
	}
	return most;
}

/*
 * Lays sharp (the photograph as the plate sees it) over the room. Towards the
 * photograph's edges it passes into its own coarse colours, these into the
 * room, below the picture excepted: there the person goes on.
 */
static void
plate_blend(struct image *plate, const struct image *sharp, const struct image *smear,
    const struct image_map *map, const struct puppet_photo *photo)
{
	float w = (float)photo->picture.width, h = (float)photo->picture.height, unit = 1 / hypotf(map->m[0], map->m[3]);

	for (uint32_t y = 0; y < plate->height; y++)
		for (uint32_t x = 0; x < plate->width; x++) {
			float cx = (float)x + 0.5f, cy = (float)y + 0.5f;
			float px = map->m[0] * cx + map->m[1] * cy + map->m[2];
			float py = map->m[3] * cx + map->m[4] * cy + map->m[5];
			float out = fminf(fminf(px, w - px), py) * unit;	/* plate pixels inside the edge */
			float inside = fminf(out, (h - py) * unit);
			const uint8_t *s = sharp->rgb + ((size_t)y * plate->width + x) * 3;
			float rgb[3], over[3];

			plate_room_at(((float)x + 0.5f) / (float)plate->width,
			    ((float)y + 0.5f) / (float)plate->height, rgb);
			puppet_plate_sample(smear, px * (float)SMEAR_SIDE / w, py * (float)SMEAR_SIDE / h, over);
			plate_mix(rgb, over, plate_ease(-90, 10, out));
			for (unsigned c = 0; c < 3; c++)
				over[c] = s[c];
			plate_mix(rgb, over, plate_ease(1, 18, inside) * (1 - plate_other(photo, px, py)));
			plate_store(plate, x, y, rgb);
		}
}

/* Eyes to their place in the plate, level, the jaw to its width. RC_FACE_QUALITY if this is no face. */
static enum rc
plate_map(const float p[static VISION_LANDMARKS][2], float width, float height, struct image_map *map)
{
	float lx = (p[36][0] + p[39][0]) / 2, ly = (p[36][1] + p[39][1]) / 2;
	float rx = (p[42][0] + p[45][0]) / 2, ry = (p[42][1] + p[45][1]) / 2;
	float eyes = hypotf(rx - lx, ry - ly), jaw = hypotf(p[16][0] - p[0][0], p[16][1] - p[0][1]);
	float k = jaw / (FACE_SHARE * width), a, b;	/* k: photograph pixels per plate pixel */

	if (!(jaw >= JAW_MIN_PX && eyes >= JAW_MIN_PX / 4))
		return RC_FACE_QUALITY;
	a = k * (rx - lx) / eyes;
	b = k * (ry - ly) / eyes;
	*map = (struct image_map){ { a, -b, (lx + rx) / 2 - a * width / 2 + b * EYES_LEVEL * height,
	    b, a, (ly + ry) / 2 - b * width / 2 - a * EYES_LEVEL * height } };
	return RC_OK;
}

enum rc
puppet_plate_make(const struct puppet_photo *photo, uint32_t width, uint32_t height,
    struct image *plate, float point[static VISION_LANDMARKS][2])
{
	struct image_rect whole = { 0, 0, (float)photo->picture.width, (float)photo->picture.height };
	struct image sharp = { 0 }, smear = { 0 };
	struct image_map map, coarse;
	struct image_pyramid pyramid = { 0 };
	enum rc r;

	if ((r = plate_map(photo->point, (float)width, (float)height, &map)) != RC_OK)
		return r;
	coarse = image_map_rect(&whole, SMEAR_SIDE, SMEAR_SIDE);
	if ((r = image_pyramid_show(&pyramid, &photo->picture)) != RC_OK ||
	    (r = image_make(plate, width, height)) != RC_OK ||
	    (r = image_make(&sharp, width, height)) != RC_OK ||
	    (r = image_make(&smear, SMEAR_SIDE, SMEAR_SIDE)) != RC_OK ||
	    (r = image_warp(&pyramid, &map, NULL, width, height, sharp.rgb)) != RC_OK ||
	    (r = image_warp(&pyramid, &coarse, NULL, SMEAR_SIDE, SMEAR_SIDE, smear.rgb)) != RC_OK)
		goto out;
	plate_blend(plate, &sharp, &smear, &map, photo);
	for (unsigned i = 0; i < VISION_LANDMARKS; i++) {
		float dx = photo->point[i][0] - map.m[2], dy = photo->point[i][1] - map.m[5];
		float d = map.m[0] * map.m[0] + map.m[3] * map.m[3];

		point[i][0] = (map.m[0] * dx + map.m[3] * dy) / d;
		point[i][1] = (map.m[0] * dy - map.m[3] * dx) / d;
	}
out:
	image_pyramid_close(&pyramid);
	image_free(&sharp);
	image_free(&smear);
	if (r != RC_OK)
		image_free(plate);
	return r;
}
