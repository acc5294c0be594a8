/*
 * puppet_paint.c - lids and mouth, pixel by pixel in the axes of their slits.
 * SPDX-License-Identifier: Apache-2.0
 *
 * In a slit's own axes s runs from corner to corner, 0 ... 1, and t across it
 * in pixels, down positive. Both edges are parabolas.
 */
#include <math.h>

#include "tests/puppet/puppet_paint.h"
#include "tests/puppet/puppet_plate.h"

#define EYE_LONGER  0.25f	/* the eye reaches this share of its length past each corner found */
#define EYE_OVER    1.30f	/* ... and this much further up and down than its points say */
#define EYE_LEAST   0.12f	/* ... and at least this share of its length to each side */
#define EYE_MARGIN  0.15f	/* where bare skin begins beyond that, share of its length */
#define LID_PASSES  0.4f	/* from the upper skin's colour to the lower's, share of the lid */
#define LASH_SHARE  0.05f	/* half the line of lashes, share of the eye's length */
#define JAW_DROP    0.60f	/* of the distance of the eyes, mouth wide open */
#define LIPS_SPREAD 0.90f	/* the corners' stillness fades over this many eye distances */

static float
paint_ease(float from, float to, float x)
{
	x = fminf(fmaxf((x - from) / (to - from), 0), 1);
	return x * x * (3 - 2 * x);
}

static float
paint_arc(float s)
{
	return s <= 0 || s >= 1 ? 0 : 4 * s * (1 - s);
}

static void
paint_axes(const struct puppet_slit *k, float x, float y, float *s, float *t)
{
	float dx = x - k->x, dy = y - k->y;

	*s = (dx * k->ux + dy * k->uy) / k->length;
	*t = dy * k->ux - dx * k->uy;
}

static void
paint_sample(const struct puppet_slit *k, const struct image *im, float s, float t, float rgb[static 3])
{
	float along = s * k->length;

	puppet_plate_sample(im, k->x + along * k->ux - t * k->uy, k->y + along * k->uy + t * k->ux, rgb);
}

/* Least-squares height of the parabola through these points, signed. */
static float
paint_height(const struct puppet_slit *k, const float (*p)[2], unsigned n)
{
	float s, t, up = 0, low = 0;

	for (unsigned i = 0; i < n; i++) {
		paint_axes(k, p[i][0], p[i][1], &s, &t);
		up += t * paint_arc(s);
		low += paint_arc(s) * paint_arc(s);
	}
	return low > 0 ? up / low : 0;
}

static struct puppet_slit
paint_slit(const float left[static 2], const float right[static 2], const float (*upper)[2], unsigned n_upper,
    const float (*lower)[2], unsigned n_lower)
{
	struct puppet_slit k = { .x = left[0], .y = left[1] };

	k.length = fmaxf(hypotf(right[0] - left[0], right[1] - left[1]), 1);
	k.ux = (right[0] - left[0]) / k.length;
	k.uy = (right[1] - left[1]) / k.length;
	k.up = -paint_height(&k, upper, n_upper);
	k.low = paint_height(&k, lower, n_lower);
	return k;
}

void
puppet_paint_measure(struct puppet_paint *p, const float point[static VISION_LANDMARKS][2])
{
	float s;

	for (unsigned e = 0; e < 2; e++) {
		const float (*q)[2] = point + 36 + 6 * e;
		struct puppet_slit *k = &p->eye[e];

		*k = paint_slit(q[0], q[3], q + 1, 2, q + 4, 2);
		k->x -= EYE_LONGER * k->length * k->ux;
		k->y -= EYE_LONGER * k->length * k->uy;
		k->length *= 1 + 2 * EYE_LONGER;
		k->up = fmaxf(k->up * EYE_OVER, k->length * EYE_LEAST);
		k->low = fmaxf(k->low * EYE_OVER, k->length * EYE_LEAST);
	}
	p->mouth = paint_slit(point[60], point[64], point + 61, 3, point + 65, 3);
	p->mouth.up = fmaxf(p->mouth.up, 0);
	p->mouth.low = fmaxf(p->mouth.low, -p->mouth.up);
	paint_axes(&p->mouth, point[8][0], point[8][1], &s, &p->chin);
	p->unit = hypotf(p->eye[1].x - p->eye[0].x, p->eye[1].y - p->eye[0].y);
}

/* Pixels around a slit, cut at the picture's edges. */
struct paint_box { uint32_t x0, y0, x1, y1; };

static uint32_t
paint_cut(float v, uint32_t most)
{
	return v <= 0 ? 0 : v >= (float)most ? most : (uint32_t)v;
}

static struct paint_box
paint_box(const struct puppet_slit *k, const struct image *im, float beside, float above, float below)
{
	float cx = k->x + k->ux * k->length / 2, cy = k->y + k->uy * k->length / 2;
	float half = k->length / 2 + beside, lean = fabsf(k->uy) * half;

	return (struct paint_box){ paint_cut(cx - half - lean, im->width), paint_cut(cy - above - lean, im->height),
	    paint_cut(cx + half + lean, im->width), paint_cut(cy + below + lean, im->height) };
}

static void
paint_put(struct image *im, uint32_t x, uint32_t y, const float rgb[static 3], float share)
{
	uint8_t *to = im->rgb + ((size_t)y * im->width + x) * 3;

	for (unsigned c = 0; c < 3; c++)
		to[c] = (uint8_t)((float)to[c] + (rgb[c] - (float)to[c]) * share + 0.5f);
}

/* The mean colour of three neighbours along the slit: a column of skin must not become a streak. */
static void
paint_skin(const struct puppet_slit *k, const struct image *plate, float s, float t, float rgb[static 3])
{
	float one[3];

	rgb[0] = rgb[1] = rgb[2] = 0;
	for (int i = -1; i <= 1; i++) {
		paint_sample(k, plate, s + 0.06f * (float)i, t, one);
		for (unsigned c = 0; c < 3; c++)
			rgb[c] += one[c] / 3;
	}
}

/* In every column the lid passes from the skin above the eye to the skin below it. */
static void
paint_lid(const struct puppet_slit *k, float shut, const struct image *plate, struct image *to)
{
	float margin = k->length * EYE_MARGIN, sigma = fmaxf(k->length * LASH_SHARE, 0.8f);
	struct paint_box box = paint_box(k, plate, 1, k->up + margin + 1, k->low + margin + 1);
	float s, t, rgb[3], below[3];

	for (uint32_t y = box.y0; y < box.y1; y++)
		for (uint32_t x = box.x0; x < box.x1; x++) {
			float arc, top, end, edge, line;

			paint_axes(k, (float)x + 0.5f, (float)y + 0.5f, &s, &t);
			if ((arc = paint_arc(s)) <= 0)
				continue;
			top = -k->up * arc - margin;
			end = k->low * arc + margin;
			edge = top + margin + shut * (end - top - 2 * margin);
			if (t < top || t > (shut < 0.95f ? edge + 2 * sigma : end))
				continue;
			paint_skin(k, plate, s, top, rgb);
			paint_skin(k, plate, s, end, below);
			line = paint_ease(0, LID_PASSES, (t - top) / (end - top));
			for (unsigned c = 0; c < 3; c++)
				rgb[c] += (below[c] - rgb[c]) * line;
			if (t <= edge || shut >= 0.95f)
				paint_put(to, x, y, rgb, fminf(arc * 4, 1));
			line = expf(-(t - edge) * (t - edge) / (2 * sigma * sigma)) * fminf(arc * 2, 1) * fminf(shut * 3, 1);
			for (unsigned c = 0; c < 3; c++)
				rgb[c] *= 0.30f;
			paint_put(to, x, y, rgb, 0.85f * line);
		}
}

void
puppet_paint_lids(const struct puppet_paint *p, float shut, const struct image *plate, struct image *to)
{
	if (shut <= 0.02f)
		return;
	for (unsigned e = 0; e < 2; e++)
		paint_lid(&p->eye[e], shut, plate, to);
}

/* How much of the jaw's drop a point of the face takes part in. */
static float
paint_jaw(const struct puppet_paint *p, float s, float t)
{
	const struct puppet_slit *k = &p->mouth;
	float beside = fabsf(s - 0.5f) * k->length / p->unit, under = (t - k->low * paint_arc(s)) / p->unit;
	float still = 1 - paint_ease(0.3f, 1.1f, beside), throat = 1 - paint_ease(0, 1.2f, (t - p->chin) / p->unit);
	float lips = paint_arc(s) + (1 - paint_arc(s)) * paint_ease(0, LIPS_SPREAD, under);

	return still * throat * lips;
}

void
puppet_paint_mouth(const struct puppet_paint *p, float open, const struct image *plate, struct image *to)
{
	static const float dark[3] = { 48, 22, 24 };
	const struct puppet_slit *k = &p->mouth;
	float drop = open * JAW_DROP * p->unit, s, t, rgb[3];
	struct paint_box box = paint_box(k, plate, p->unit, 2, p->chin + 1.3f * p->unit + drop);

	if (open <= 0.02f)
		return;
	for (uint32_t y = box.y0; y < box.y1; y++)
		for (uint32_t x = box.x0; x < box.x1; x++) {
			float arc, from, lip, teeth;

			paint_axes(k, (float)x + 0.5f, (float)y + 0.5f, &s, &t);
			arc = paint_arc(s);
			lip = k->low * arc;
			if (t <= -k->up * arc)
				continue;
			from = t;
			for (unsigned i = 0; i < 6; i++)
				from = t - drop * paint_jaw(p, s, from);
			if (from >= lip) {
				paint_sample(k, plate, s, from, rgb);
				paint_put(to, x, y, rgb, 1);
			} else if (arc > 0) {
				/* Teeth that showed stay with the upper lip. */
				teeth = 1 - paint_ease(lip - 2, lip, t);
				paint_put(to, x, y, dark, 1 - teeth);
			}
		}
}
