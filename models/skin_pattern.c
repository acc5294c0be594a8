/*
 * skin_pattern.c - see skin_pattern.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/model_file.h"
#include "models/skin_pattern.h"
#include "proto/crypto.h"
#include "proto/text.h"

#define SIDE   SKIN_PATTERN_SIDE
#define PIXELS (SIDE * SIDE)
#define INNER  ((SIDE - 2) * (SIDE - 2))	/* pixels that have all neighbours */
#define FIRST_LINE "# countersign-skin-pattern 1: a bias, then a weight for each bin; written by countersign-eval pattern\n"

struct skin_pattern {
	struct skin_pattern_table t;
};

/* ---- the histogram ---- */

/* Hue of a pixel, 0 ... 255. */
static float
hue(float r, float g, float b, float most, float range)
{
	float h;

	if (!(range > 0.0f))
		return 0.0f;
	if (most == r)
		h = (g - b) / range;
	else if (most == g)
		h = 2.0f + (b - r) / range;
	else
		h = 4.0f + (r - g) / range;
	return (h < 0.0f ? h + 6.0f : h) * (255.0f / 6.0f);
}

/* The planes of a picture, rounded to whole numbers so that noise of the arithmetic makes no pattern. */
static void
planes(const uint8_t *rgb, int16_t plane[SKIN_PATTERN_PLANES][PIXELS])
{
	for (size_t i = 0; i < PIXELS; i++) {
		float r = rgb[3 * i], g = rgb[3 * i + 1], b = rgb[3 * i + 2];
		float y = 0.299f * r + 0.587f * g + 0.114f * b;
		float most = fmaxf(fmaxf(r, g), b), range = most - fminf(fminf(r, g), b);

		plane[0][i] = (int16_t)lrintf(y);
		plane[1][i] = (int16_t)lrintf((r - y) * 0.713f);
		plane[2][i] = (int16_t)lrintf((b - y) * 0.564f);
		plane[3][i] = (int16_t)lrintf(hue(r, g, b, most, range));
		plane[4][i] = (int16_t)lrintf(most > 0.0f ? range / most * 255.0f : 0.0f);
		plane[5][i] = (int16_t)most;
	}
}

/* The bin of each of the 256 patterns: those with at most two changes round the circle have their own. */
static void
codes(uint8_t code[256])
{
	uint8_t next = 0;

	for (unsigned i = 0; i < 256; i++) {
		unsigned turned = i >> 1 | (i & 1) << 7;

		code[i] = __builtin_popcount(i ^ turned) <= 2 ? next++ : SKIN_PATTERN_CODES - 1;
	}
}

static void
count(const int16_t *plane, const uint8_t code[256], float *bin)
{
	static const int step[8] = { -(int)SIDE - 1, -(int)SIDE, -(int)SIDE + 1, 1, (int)SIDE + 1, (int)SIDE, (int)SIDE - 1,
	    -1 };
	uint32_t n[SKIN_PATTERN_CODES] = { 0 };

	for (unsigned y = 1; y < SIDE - 1; y++)
		for (unsigned x = 1; x < SIDE - 1; x++) {
			const int16_t *at = plane + y * SIDE + x;
			unsigned pattern = 0;

			for (unsigned k = 0; k < 8; k++)
				pattern |= (unsigned)(at[step[k]] >= *at) << k;
			n[code[pattern]]++;
		}
	for (unsigned i = 0; i < SKIN_PATTERN_CODES; i++)
		bin[i] = (float)n[i] / (float)INNER;
}

enum rc
skin_pattern_histogram(struct image_pyramid *p, const struct vision_box *box, float bin[static SKIN_PATTERN_BINS])
{
	const struct image_rect rect = { box->x, box->y, box->x + box->w, box->y + box->h };
	struct image_map map;
	int16_t plane[SKIN_PATTERN_PLANES][PIXELS];
	uint8_t rgb[PIXELS * 3], code[256];
	enum rc r;

	if (!(box->w >= 1.0f) || !(box->h >= 1.0f))
		return RC_FACE_QUALITY;
	map = image_map_rect(&rect, SIDE, SIDE);
	if ((r = image_warp(p, &map, NULL, SIDE, SIDE, rgb)) != RC_OK)
		return r;
	codes(code);
	planes(rgb, plane);
	for (unsigned i = 0; i < SKIN_PATTERN_PLANES; i++)
		count(plane[i], code, bin + i * SKIN_PATTERN_CODES);
	crypto_wipe(rgb, sizeof rgb);
	crypto_wipe(plane, sizeof plane);
	return RC_OK;
}

enum rc
skin_pattern_run(const struct skin_pattern *s, struct image_pyramid *p, const struct vision_box *box, float *logit)
{
	float bin[SKIN_PATTERN_BINS], sum = s->t.bias;
	enum rc r;

	if ((r = skin_pattern_histogram(p, box, bin)) != RC_OK)
		return r;
	for (unsigned i = 0; i < SKIN_PATTERN_BINS; i++)
		sum += bin[i] * s->t.weight[i];
	crypto_wipe(bin, sizeof bin);
	*logit = sum;
	return RC_OK;
}

/* ---- the table ---- */

static bool
sound(const struct skin_pattern_table *t)
{
	bool ok = text_is_line(t->data, sizeof t->data - 1) && fabsf(t->bias) < 1e4f;

	for (unsigned i = 0; ok && i < SKIN_PATTERN_BINS; i++)
		ok = fabsf(t->weight[i]) < 1e4f;
	return ok;
}

size_t
skin_pattern_put(const struct skin_pattern_table *t, char *dst, size_t dst_n)
{
	size_t n;
	int m;

	if (!sound(t))
		return 0;
	m = snprintf(dst, dst_n, FIRST_LINE "# data %s\n%.4f\n", t->data, (double)t->bias);
	n = m < 0 ? dst_n : (size_t)m;
	for (unsigned i = 0; i < SKIN_PATTERN_BINS && n < dst_n; i++) {
		m = snprintf(dst + n, dst_n - n, "%.4f\n", (double)t->weight[i]);
		n = m < 0 ? dst_n : n + (size_t)m;
	}
	return n < dst_n ? n : 0;
}

/* A number and the end of its line; NULL if there is none. */
static const char *
number(const char *at, float *to)
{
	char *end;

	*to = strtof(at, &end);
	return end != at && *end == '\n' ? end + 1 : NULL;
}

enum rc
skin_pattern_get(const char *text, size_t n, struct skin_pattern_table *t)
{
	char *copy = malloc(n + 1), *again = malloc(SKIN_PATTERN_TEXT_MAX);
	struct skin_pattern_table got = { .data = "" };
	const char *at = NULL;
	enum rc r = RC_MODEL_BAD;
	int end = 0;

	if (copy == NULL || again == NULL) {
		r = RC_NOMEM;
		goto out;
	}
	memcpy(copy, text, n);
	copy[n] = '\0';
	if (strncmp(copy, FIRST_LINE, strlen(FIRST_LINE)) == 0 &&
	    sscanf(copy + strlen(FIRST_LINE), "# data %200[^\n]\n%n", got.data, &end) == 1 && end > 0)
		at = number(copy + strlen(FIRST_LINE) + end, &got.bias);
	for (unsigned i = 0; at != NULL && i < SKIN_PATTERN_BINS; i++)
		at = number(at, &got.weight[i]);
	/* One spelling of a table: what was read is written again. */
	if (at != NULL && skin_pattern_put(&got, again, SKIN_PATTERN_TEXT_MAX) == n && memcmp(again, text, n) == 0) {
		*t = got;
		r = RC_OK;
	}
out:
	free(copy);
	free(again);
	return r;
}

enum rc
skin_pattern_open(struct skin_pattern **out, const char *models_dir, char *err, size_t err_n)
{
	struct skin_pattern *s = calloc(1, sizeof *s);
	struct model_file file;
	uint8_t *bytes = NULL;
	enum rc r;

	if (s == NULL) {
		(void)snprintf(err, err_n, "the table of skin patterns: out of memory");
		return RC_NOMEM;
	}
	if ((r = model_file_find(models_dir, "pattern", &file, err, err_n)) != RC_OK ||
	    (r = model_file_read(&file, &bytes, err, err_n)) != RC_OK)
		goto out;
	if ((r = skin_pattern_get((const char *)bytes, (size_t)file.size, &s->t)) != RC_OK) {
		(void)snprintf(err, err_n, "%s: %s", file.path,
		    r == RC_NOMEM ? "out of memory" : "no table of skin patterns; install the models again");
		goto out;
	}
	*out = s;
	s = NULL;
out:
	free(bytes);
	skin_pattern_close(s);
	return r;
}

void
skin_pattern_close(struct skin_pattern *s)
{
	free(s);
}
